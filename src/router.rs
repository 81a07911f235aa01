//! One lead, all the way: records, match and assignment, with everything of a policy made ready once.
//!
//! ```
//! use leadway::{lead, load, router::Router};
//! use std::{collections::BTreeMap, sync::Arc};
//!
//! let text = r#"
//! lead { id text required  country country  employees integer 1.. }
//! queue triage { }
//! queue enterprise { }
//! route main {
//!   rule "Large, in Germany" { match country = DE and employees >= 1000  assign queue enterprise }
//!   otherwise { assign queue triage }
//! }
//! "#;
//! let files = BTreeMap::from([("main.leadway".to_owned(), Arc::from(text.as_bytes()))]);
//! let compiled = load::compile("main.leadway", &files).unwrap();
//! let router = Router::new(compiled.policy.expect("the policy has no errors"));
//!
//! let lead = lead::from_pairs(router.policy(), &[("id", "L1"), ("country", "Germany"), ("employees", "4,000")]);
//! let decision = router.decide(&lead.values, router.policy().instant("2026-03-04 10:00").unwrap());
//! assert_eq!(router.rule(&decision).map(|rule| rule.title.as_str()), Some("Large, in Germany"));
//! ```

use crate::assign::{Assignment, Roster, Tried};
use crate::calendar::Calendars;
use crate::data::records::{Found, RecordIndex};
use crate::graph::{Graph, Scratch};
use crate::matcher::{Facts, Match, Outcome, RecordMatch, reference};
use crate::policy::{CalendarId, Instant, Policy, RecordsId, Rule, Target, Value};

/// A policy that is ready to decide.
pub struct Router {
    policy: Policy,
    graph: Graph,
    calendars: Calendars,
    records: Vec<RecordIndex>,
}

/// What became of a lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub at: Instant,
    pub found: Match,
    /// Who has it. None for a lead that is excluded, that no rule took, or that none of its rule's targets could take.
    pub assignment: Option<Assignment>,
}

/// The clock's part of the facts: the same for all leads of one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    pub at: Instant,
    /// Whether each calendar is open, by [`CalendarId`].
    pub open: Vec<bool>,
}

impl Router {
    pub fn new(policy: Policy) -> Router {
        let graph = Graph::build(&policy);
        let calendars = Calendars::new(&policy.calendars);
        let records = policy.records.iter().map(RecordIndex::new).collect();
        Router { policy, graph, calendars, records }
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    pub fn moment(&self, at: Instant) -> Moment {
        let calendars = (0..self.policy.calendars.len() as u32).map(CalendarId);
        Moment { at, open: calendars.map(|calendar| self.calendars.contains(calendar, at.micros)).collect() }
    }

    /// Decides one lead: its values by [`crate::policy::FieldId`].
    pub fn decide(&self, values: &[Value], at: Instant) -> Decision {
        self.decide_at(values, &self.moment(at), &mut Scratch::default())
    }

    /// As [`Router::decide`], for many leads of one instant; `scratch` is memory that is used again.
    pub fn decide_at(&self, values: &[Value], moment: &Moment, scratch: &mut Scratch) -> Decision {
        let records = self.match_records(values, moment);
        let facts = Facts { values, at: moment.at, calendars: &moment.open, records: &records };
        let found = self.graph.decide(&self.policy, &facts, scratch);
        let assignment = self.assign(&found, moment.at, &mut |_| {});
        Decision { at: moment.at, found, assignment }
    }

    /// The row of each records block that belongs to the lead, by [`RecordsId`].
    pub fn match_records(&self, values: &[Value], moment: &Moment) -> Vec<RecordMatch> {
        let mut matches = vec![RecordMatch::None; self.records.len()];
        for at in 0..self.records.len() {
            if let Some(found) = self.find_record(RecordsId(at as u32), values, moment, &matches) {
                if let Some(place) = matches.get_mut(at) {
                    *place = found.matched();
                }
            }
        }
        matches
    }

    /// How the lead finds its row in one records block; `earlier` are the rows that it found in the blocks before.
    pub fn find_record(
        &self,
        id: RecordsId,
        values: &[Value],
        moment: &Moment,
        earlier: &[RecordMatch],
    ) -> Option<Found> {
        let facts = Facts { values, at: moment.at, calendars: &moment.open, records: earlier };
        let lead = reference::Reference::new(&self.policy, &facts);
        let index = self.records.get(id.at())?;
        let records = self.policy.records.get(id.at())?;
        Some(index.find(records, &|subject| lead.value(subject), &|condition| lead.holds(condition)))
    }

    /// Who takes a matched lead at an instant.
    pub fn assign(&self, found: &Match, at: Instant, trace: &mut dyn FnMut(Tried)) -> Option<Assignment> {
        let roster = Roster { policy: &self.policy, at, is_open: &|calendar| self.calendars.contains(calendar, at.micros) };
        roster.assign(&found.targets, &|target| self.owner(found, target), trace)
    }

    /// What the column of a matched record that a target speaks of holds.
    fn owner(&self, found: &Match, target: &Target) -> Value {
        let (Target::Owner { records, column, .. }
        | Target::TeamOfOwner { records, column }
        | Target::ManagerOfOwner { records, column }) = target
        else {
            return Value::Missing;
        };
        let Some(RecordMatch::Row(row)) = found.records.get(records.at()) else { return Value::Missing };
        let rows = self.policy.records.get(records.at()).map(|records| &records.rows);
        let row = rows.and_then(|rows| rows.get(*row as usize));
        row.and_then(|row| row.get(column.at())).cloned().unwrap_or(Value::Missing)
    }

    /// The rule that took the lead.
    pub fn rule(&self, decision: &Decision) -> Option<&Rule> {
        match decision.found.outcome {
            Outcome::Rule(rule) => self.policy.rules.get(rule.at()),
            _ => None,
        }
    }
}
