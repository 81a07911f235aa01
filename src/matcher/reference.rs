//! The meaning of a policy, written to be read: straight recursion over [`Policy`], without an index.
//!
//! It is the oracle of the decision graph, and what traces and witnesses are made with. What has a name (a let, a segment, a score,
//! the territory) is found at most once a lead, so that names which build on names stay cheap. Where the leads of proofs are
//! decided ([`Reference::sharing`]), so is what many rules need, and entries that lack it are passed over; a property test holds that
//! equal to the plain walk, which skips nothing.

use super::shared::Shared;
use super::{Facts, Match, Outcome, RecordMatch};
use crate::policy::meaning::domain_of;
use crate::policy::{
    Condition, ConditionKind, Entry, Experiment, ExperimentId, GradeId, LetId, LetValue, Policy, RecordsId, RouteId,
    Rule, RuleId, ScoreId, SegmentId, Subject, TableId, Target, TerritoryId, Test, Text, Value,
};
use crate::syntax::ast::OutputKind;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell};

/// Decides one lead.
pub fn decide(policy: &Policy, facts: &Facts) -> Match {
    Reference::new(policy, facts).decide()
}

/// Whether a condition holds for a lead.
pub fn holds(policy: &Policy, condition: &Condition, facts: &Facts) -> bool {
    Reference::new(policy, facts).holds(condition)
}

/// One lead under one policy.
pub struct Reference<'a> {
    pub policy: &'a Policy,
    pub facts: &'a Facts<'a>,
    lets: Vec<OnceCell<bool>>,
    segments: Vec<OnceCell<bool>>,
    scores: Vec<OnceCell<i64>>,
    rows: Vec<OnceCell<Option<usize>>>,
    shared: Option<(&'a Shared, Vec<OnceCell<bool>>)>,
    territory: OnceCell<Option<TerritoryId>>,
    /// Routes that were entered: entering one again would fail as it did before.
    entered: Vec<Cell<bool>>,
}

/// What a list of targets comes to: tables replaced by their rows' targets.
#[derive(Debug, Default)]
pub struct Resolved {
    pub targets: Vec<Target>,
    pub rows: Vec<(TableId, u32)>,
}

impl<'a> Reference<'a> {
    pub fn new(policy: &'a Policy, facts: &'a Facts<'a>) -> Self {
        Reference {
            policy,
            facts,
            lets: vec![OnceCell::new(); policy.lets.len()],
            segments: vec![OnceCell::new(); policy.segments.len()],
            scores: vec![OnceCell::new(); policy.scores.len()],
            rows: vec![OnceCell::new(); policy.tables.len()],
            shared: None,
            territory: OnceCell::new(),
            entered: vec![Cell::new(false); policy.routes.len()],
        }
    }

    /// The same, where it is known what rules of the policy share.
    pub fn sharing(policy: &'a Policy, facts: &'a Facts<'a>, shared: &'a Shared) -> Self {
        let cells = vec![OnceCell::new(); shared.tests.len()];
        Reference { shared: Some((shared, cells)), ..Reference::new(policy, facts) }
    }

    /// Exclusions, then ties that go to a queue, then the routes from `main`.
    pub fn decide(&self) -> Match {
        let records = (0..self.policy.records.len()).map(|at| self.facts.record(RecordsId(at as u32))).collect();
        if let Some(at) = self.policy.excludes.iter().position(|exclude| self.holds(&exclude.when)) {
            return Match { outcome: Outcome::Excluded(at as u32), records, ..Match::default() };
        }
        let segments = (0..self.policy.segments.len() as u32).map(SegmentId);
        let found = Match {
            territory: self.territory(),
            segments: segments.filter(|&id| self.segment(id)).collect(),
            scores: (0..self.policy.scores.len()).map(|at| self.score(ScoreId(at as u32))).collect(),
            grades: (0..self.policy.grades.len()).map(|at| self.grade(GradeId(at as u32))).collect(),
            records,
            ..Match::default()
        };
        if let Some((id, queue)) = self.tie() {
            return Match { outcome: Outcome::Tie(id), targets: vec![Target::Queue(queue)], ..found };
        }
        for route in &self.entered {
            route.set(false);
        }
        match self.route(self.policy.main) {
            Some(rule) => self.taken(rule, found),
            None => found,
        }
    }

    /// The first records block whose rows tie for this lead and that names a queue for it.
    pub(super) fn tie(&self) -> Option<(RecordsId, crate::policy::QueueId)> {
        self.policy.records.iter().enumerate().find_map(|(at, records)| {
            let id = RecordsId(at as u32);
            records.on_tie.filter(|_| self.facts.record(id) == RecordMatch::Tie).map(|queue| (id, queue))
        })
    }

    fn route(&self, route: RouteId) -> Option<RuleId> {
        if self.entered.get(route.at())?.replace(true) {
            return None;
        }
        let entries = &self.policy.routes.get(route.at())?.entries;
        let mut at = self.past_what_lacks(route, 0);
        while let Some(entry) = entries.get(at) {
            let found = match entry {
                Entry::Rule(id) if self.lacks_what_is_shared(*id) => None,
                Entry::Rule(id) => self.policy.rules.get(id.at()).filter(|rule| self.takes(rule)).map(|_| *id),
                Entry::Continue { route, when, .. } => {
                    if when.as_ref().is_none_or(|when| self.holds(when)) {
                        self.route(*route)
                    } else {
                        None
                    }
                }
            };
            if found.is_some() {
                return found;
            }
            at = self.past_what_lacks(route, at + 1);
        }
        None
    }

    /// The place of the next entry of a route whose first shared test does not fail.
    fn past_what_lacks(&self, route: RouteId, from: usize) -> usize {
        let Some((shared, cells)) = &self.shared else { return from };
        let tests = shared.of_entries(route, from).iter();
        from + tests.take_while(|test| self.fails(shared, cells, **test)).count()
    }

    fn fails(&self, shared: &Shared, cells: &[OnceCell<bool>], test: u32) -> bool {
        let Some(cell) = cells.get(test as usize) else { return false };
        let holds = |test: &Test| test.predicate.holds(&self.value(test.subject));
        !*cell.get_or_init(|| shared.tests.get(test as usize).is_none_or(holds))
    }

    /// Whether one of the tests that a rule shares with others fails.
    fn lacks_what_is_shared(&self, id: RuleId) -> bool {
        let Some((shared, cells)) = &self.shared else { return false };
        shared.of(id).iter().any(|test| self.fails(shared, cells, *test))
    }

    /// A rule takes the lead: on its days, when its condition holds, and when at least one of its targets is there.
    pub fn takes(&self, rule: &Rule) -> bool {
        self.on_its_days(rule)
            && rule.when.as_ref().is_none_or(|when| self.holds(when))
            && !self.resolve(&rule.assign).targets.is_empty()
    }

    pub fn on_its_days(&self, rule: &Rule) -> bool {
        rule.only.is_empty() || rule.only.iter().any(|period| period.holds(self.facts.at))
    }

    fn taken(&self, id: RuleId, found: Match) -> Match {
        let Some(rule) = self.policy.rules.get(id.at()) else { return found };
        let arm = self.arm(id);
        let says =
            arm.and_then(|(experiment, arm)| self.policy.experiments.get(experiment.at())?.arms.get(arm as usize));
        // An arm whose targets are all tables without a row leaves what the rule says.
        let resolved = says
            .map(|arm| self.resolve(&arm.assign))
            .filter(|resolved| !resolved.targets.is_empty())
            .unwrap_or_else(|| self.resolve(&rule.assign));
        let row = |&(table, row): &(TableId, u32)| self.policy.tables.get(table.at())?.rows.get(row as usize);
        let row_sla = resolved.rows.iter().filter_map(row).find_map(|row| row.sla);
        let row_priority = resolved.rows.iter().filter_map(row).find_map(|row| row.priority);
        Match {
            outcome: Outcome::Rule(id),
            sla: says.and_then(|arm| arm.sla).or(rule.sla).or(row_sla),
            priority: says.and_then(|arm| arm.priority).or(rule.priority).or(row_priority),
            targets: resolved.targets,
            rows: resolved.rows,
            arm,
            ..found
        }
    }

    /// Targets in order; a table whose row does not give what is asked is left out.
    pub fn resolve(&self, assign: &[Target]) -> Resolved {
        let mut resolved = Resolved::default();
        for target in assign {
            let Target::Table { table, output } = target else {
                resolved.targets.push(target.clone());
                continue;
            };
            let Some(row) = self.row(*table) else { continue };
            let given = self.policy.tables.get(table.at()).and_then(|table| table.rows.get(row)?.target.as_ref());
            if let Some(target) = given.filter(|target| gives(target, *output)) {
                resolved.targets.push(target.clone());
                resolved.rows.push((*table, row as u32));
            }
        }
        resolved
    }

    /// The first row of a table whose cells all hold.
    pub fn row(&self, table: TableId) -> Option<usize> {
        *self.rows.get(table.at())?.get_or_init(|| {
            let rows = &self.policy.tables.get(table.at())?.rows;
            rows.iter().position(|row| row.cells.iter().all(|cell| self.holds(cell)))
        })
    }

    /// The first experiment on a rule, and the arm of its key.
    fn arm(&self, rule: RuleId) -> Option<(ExperimentId, u32)> {
        let at = self.policy.experiments.iter().position(|experiment| experiment.rule == rule)?;
        let experiment = self.policy.experiments.get(at)?;
        let (_, key) = self.key(experiment)?;
        Some((ExperimentId(at as u32), experiment.arm_of(&key)? as u32))
    }

    /// The first key that is there and not held back by its `unless`.
    pub(super) fn key(&self, experiment: &Experiment) -> Option<(Subject, String)> {
        experiment.keys.iter().find_map(|(subject, unless)| {
            if unless.as_ref().is_some_and(|unless| self.holds(unless)) {
                return None;
            }
            self.value(*subject).key_text().map(|key| (*subject, key.into_owned()))
        })
    }

    // ---- conditions ----

    pub fn holds(&self, condition: &Condition) -> bool {
        match &condition.kind {
            ConditionKind::Constant(value) => *value,
            ConditionKind::And(parts) => parts.iter().all(|part| self.holds(part)),
            ConditionKind::Or(parts) => parts.iter().any(|part| self.holds(part)),
            ConditionKind::Not(part) => !self.holds(part),
            ConditionKind::Test(test) => test.predicate.holds(&self.value(test.subject)),
            ConditionKind::Segment(id) => self.segment(*id),
            ConditionKind::Let(id) => self.let_holds(*id),
            ConditionKind::Territory(ids) => ids.iter().any(|id| self.is_in_territory(*id)),
            ConditionKind::Grade(id, steps) => self.grade(*id).is_some_and(|step| steps.contains(&step)),
            ConditionKind::ArrivesDuring(calendar) => self.facts.is_open(*calendar),
        }
    }

    pub fn value(&self, subject: Subject) -> Cow<'a, Value> {
        match subject {
            Subject::Field(field) => Cow::Borrowed(self.facts.value(field.at())),
            Subject::Let(id) => match self.policy.lets.get(id.at()).map(|found| &found.value) {
                Some(LetValue::DomainOf(subject)) => match &*self.value(*subject) {
                    Value::Text(text) => {
                        let domain = domain_of(&text.folded);
                        Cow::Owned(Value::Text(Text { folded: domain.into(), written: domain.into() }))
                    }
                    _ => Cow::Owned(Value::Missing),
                },
                _ => Cow::Owned(Value::Missing),
            },
            Subject::Record(records, column) => match self.facts.record(records) {
                RecordMatch::Row(row) => {
                    let rows = self.policy.records.get(records.at()).map(|records| &records.rows);
                    let value = rows.and_then(|rows| rows.get(row as usize)?.get(column.at()));
                    Cow::Borrowed(value.unwrap_or(&Value::Missing))
                }
                RecordMatch::None | RecordMatch::Tie => Cow::Owned(Value::Missing),
            },
            Subject::Score(id) => Cow::Owned(Value::Integer(self.score(id))),
        }
    }

    pub fn let_holds(&self, id: LetId) -> bool {
        let (Some(known), Some(found)) = (self.lets.get(id.at()), self.policy.lets.get(id.at())) else { return false };
        *known.get_or_init(|| match &found.value {
            LetValue::Condition(condition) => self.holds(condition),
            LetValue::DomainOf(_) => false,
        })
    }

    pub fn segment(&self, id: SegmentId) -> bool {
        let (Some(known), Some(found)) = (self.segments.get(id.at()), self.policy.segments.get(id.at())) else {
            return false;
        };
        *known.get_or_init(|| self.holds(&found.when))
    }

    /// The sum of the terms that hold, held within the score's ends.
    pub fn score(&self, id: ScoreId) -> i64 {
        let (Some(known), Some(found)) = (self.scores.get(id.at()), self.policy.scores.get(id.at())) else { return 0 };
        *known.get_or_init(|| {
            let held = found.terms.iter().filter(|term| term.when.as_ref().is_none_or(|when| self.holds(when)));
            let sum: i128 = held.map(|term| i128::from(term.points)).sum();
            sum.min(i128::from(found.high)).max(i128::from(found.low)) as i64
        })
    }

    pub fn grade(&self, id: GradeId) -> Option<u32> {
        let grade = self.policy.grades.get(id.at())?;
        let score = self.score(grade.score);
        grade.steps.iter().position(|(_, from)| from.is_none_or(|from| from <= score)).map(|step| step as u32)
    }

    /// From the roots of the set in force, always into the first that holds.
    pub fn territory(&self) -> Option<TerritoryId> {
        *self.territory.get_or_init(|| {
            let set = self.policy.territory_sets.get(self.policy.territory_set_at(self.facts.at)?)?;
            let mut deepest = None;
            let mut candidates = &set.roots;
            while let Some(&id) = candidates.iter().find(|id| self.territory_holds(**id)) {
                deepest = Some(id);
                candidates = &self.policy.territories.get(id.at())?.children;
            }
            deepest
        })
    }

    pub(super) fn territory_holds(&self, id: TerritoryId) -> bool {
        self.policy.territories.get(id.at()).is_some_and(|territory| self.holds(&territory.when))
    }

    fn is_in_territory(&self, id: TerritoryId) -> bool {
        let parent = |id: &TerritoryId| self.policy.territories.get(id.at()).and_then(|territory| territory.parent);
        std::iter::successors(self.territory(), parent).any(|above| above == id)
    }
}

/// Whether a row's target is what a rule asks of its table: any target, or one of a kind.
pub fn gives(target: &Target, asked: Option<OutputKind>) -> bool {
    match asked {
        None => true,
        Some(OutputKind::Pool) => matches!(target, Target::Pool(_)),
        Some(OutputKind::Queue) => matches!(target, Target::Queue(_)),
        Some(OutputKind::Team) => matches!(target, Target::Team(_)),
        Some(OutputKind::Rep) => matches!(target, Target::Rep(_)),
        Some(OutputKind::Sla | OutputKind::Priority) => false,
    }
}
