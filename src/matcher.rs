//! What a policy says of a lead at an instant: exclusions, then the routes. A pure function; nobody is picked here.

pub mod change;
mod decide;
pub mod reason;
pub mod reference;
pub mod samples;
pub mod shared;
pub mod trace;

pub use decide::{Matcher, row};

use crate::policy::{
    CalendarId, ExperimentId, Instant, RecordsId, RuleId, SegmentId, SlaId, TableId, Target, TerritoryId, Value,
};
use serde::Serialize;

/// Everything besides the policy that a match depends on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// One for each field of the lead, by [`crate::policy::FieldId`].
    pub values: &'a [Value],
    /// The decision's instant.
    pub at: Instant,
    /// Whether `at` is in each calendar, by [`CalendarId`].
    pub calendars: &'a [bool],
    /// What the lead found in each records block, by [`RecordsId`].
    pub records: &'a [RecordMatch],
}

impl Facts<'_> {
    pub fn value(&self, field: usize) -> &Value {
        self.values.get(field).unwrap_or(&Value::Missing)
    }

    pub fn is_open(&self, calendar: CalendarId) -> bool {
        self.calendars.get(calendar.at()).is_some_and(|&open| open)
    }

    pub fn record(&self, records: RecordsId) -> RecordMatch {
        self.records.get(records.at()).copied().unwrap_or(RecordMatch::None)
    }
}

/// The row of one records block that belongs to a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
pub enum RecordMatch {
    #[default]
    None,
    /// Its place in [`crate::policy::Records::rows`].
    Row(u32),
    /// Several rows that no preference tells apart. Its columns are missing; with `on tie queue` the lead goes there.
    Tie,
}

/// How the match of a lead ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
pub enum Outcome {
    /// By the exclusion at this place of [`crate::policy::Policy::excludes`]; the rest of the match is empty.
    Excluded(u32),
    /// To the queue of this records block's `on tie`; no rule was tried.
    Tie(RecordsId),
    Rule(RuleId),
    /// No rule took the lead.
    #[default]
    None,
}

/// The answer of the matcher.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Match {
    pub outcome: Outcome,
    /// Tried in order; tables are resolved to what their row gives. Empty where nothing took the lead.
    pub targets: Vec<Target>,
    pub sla: Option<SlaId>,
    pub priority: Option<i64>,
    /// The deepest territory that holds the lead, in the set in force.
    pub territory: Option<TerritoryId>,
    /// All that hold, in the order declared.
    pub segments: Vec<SegmentId>,
    /// By [`crate::policy::ScoreId`].
    pub scores: Vec<i64>,
    /// The step of each grade, by [`crate::policy::GradeId`].
    pub grades: Vec<Option<u32>>,
    /// By [`RecordsId`].
    pub records: Vec<RecordMatch>,
    /// The rows of tables that gave targets, in the order of the targets.
    pub rows: Vec<(TableId, u32)>,
    /// The experiment on the rule, and the arm that the lead's key falls in.
    pub arm: Option<(ExperimentId, u32)>,
}

impl Match {
    /// Becomes another, in the room that it has.
    pub fn take_over(&mut self, other: &Match) {
        let Match { outcome, targets, sla, priority, territory, segments, scores, grades, records, rows, arm } = other;
        (self.outcome, self.sla, self.priority) = (*outcome, *sla, *priority);
        (self.territory, self.arm) = (*territory, *arm);
        self.targets.clone_from(targets);
        self.segments.clone_from(segments);
        self.scores.clone_from(scores);
        self.grades.clone_from(grades);
        self.records.clone_from(records);
        self.rows.clone_from(rows);
    }
}
