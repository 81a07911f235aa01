//! One change of a checked policy that can be taken back: an edit is its own inverse, so that one copy of the policy serves for all.

use crate::policy::{
    Condition, ConditionKind, Entry, Fallback, LetValue, ListId, Period, Policy, PoolId, Predicate, RouteId, Row, Rule,
    RuleId, SlaId, Step, TableId, Target, Territory, TerritoryId,
};
use crate::syntax::ast::Duration;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::mem::swap;
use std::sync::Arc;

/// Where a whole condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    Let(usize),
    Segment(usize),
    /// A score and one of its terms.
    Term(usize, usize),
    Territory(usize),
    Exclude(usize),
    Rule(usize),
    /// A route and one of its entries.
    Continue(usize, usize),
    /// A table, a row and a cell.
    Cell(usize, usize, usize),
}

/// What decides something: a rule, or a row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decider {
    Rule(RuleId),
    Row(TableId, u32),
}

/// What takes the place of what stands there; after [`Edit::toggle`] it holds what stood there.
#[derive(Debug, Clone)]
pub enum Edit {
    /// The part of a condition at the end of a path of places in `and`, `or` and `not`.
    Condition {
        slot: Slot,
        path: Vec<u32>,
        other: Condition,
    },
    /// A list's entries, in every condition that asks it.
    List {
        list: ListId,
        values: Arc<BTreeSet<SmolStr>>,
        others: Arc<BTreeSet<SmolStr>>,
    },
    /// The whole condition of a rule: one that never holds takes the rule away.
    When(RuleId, Option<Condition>),
    /// This entry of a route and the next change places.
    Order(RouteId, usize),
    Target(Decider, usize, Target),
    Sla(Decider, Option<SlaId>),
    Priority(Decider, Option<i64>),
    Period(RuleId, usize, Period),
    Points {
        score: usize,
        term: usize,
        points: i64,
    },
    Step {
        grade: usize,
        step: usize,
        from: Option<i64>,
    },
    Time(Time, Duration),
    /// The share of a warning.
    Share(SlaId, usize, u8),
    /// How often a lead is reassigned at most, in a step on breach.
    Times(SlaId, usize, Option<u32>),
}

/// Where a duration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    Promise(SlaId, usize),
    /// A wait where a pool is empty.
    WhenEmpty(PoolId, usize),
    Untouched(PoolId, usize),
}

impl Edit {
    /// Makes the change, or takes it back.
    pub fn toggle(&mut self, policy: &mut Policy) {
        match self {
            Edit::Condition { slot, path, other } => {
                let part = slot.condition_mut(policy).and_then(|root| part_mut(root, path));
                part.into_iter().for_each(|part| swap(part, other));
                if let Slot::Territory(at) = slot {
                    add_up_above(policy, *at);
                }
            }
            Edit::List { list, values, others } => {
                for slot in slots(policy) {
                    slot.condition_mut(policy).into_iter().for_each(|root| replace_list(root, *list, values, others));
                }
                swap(values, others);
            }
            Edit::When(rule, other) => rule_mut(policy, *rule).into_iter().for_each(|rule| swap(&mut rule.when, other)),
            Edit::Order(route, at) => {
                let entries = policy.routes.get_mut(route.at()).map(|route| &mut route.entries);
                entries.filter(|entries| *at + 1 < entries.len()).into_iter().for_each(|all| all.swap(*at, *at + 1));
            }
            Edit::Target(of, at, other) => {
                let target = match of {
                    Decider::Rule(id) => rule_mut(policy, *id).and_then(|rule| rule.assign.get_mut(*at)),
                    Decider::Row(table, row) => row_mut(policy, *table, *row).and_then(|row| row.target.as_mut()),
                };
                target.into_iter().for_each(|target| swap(target, other));
            }
            Edit::Sla(of, other) => {
                let sla = match of {
                    Decider::Rule(id) => rule_mut(policy, *id).map(|rule| &mut rule.sla),
                    Decider::Row(table, row) => row_mut(policy, *table, *row).map(|row| &mut row.sla),
                };
                sla.into_iter().for_each(|sla| swap(sla, other));
            }
            Edit::Priority(of, other) => {
                let priority = match of {
                    Decider::Rule(id) => rule_mut(policy, *id).map(|rule| &mut rule.priority),
                    Decider::Row(table, row) => row_mut(policy, *table, *row).map(|row| &mut row.priority),
                };
                priority.into_iter().for_each(|priority| swap(priority, other));
            }
            Edit::Period(rule, at, other) => {
                let period = rule_mut(policy, *rule).and_then(|rule| rule.only.get_mut(*at));
                period.into_iter().for_each(|period| swap(period, other));
            }
            Edit::Points { score, term, points } => {
                let term = policy.scores.get_mut(*score).and_then(|score| score.terms.get_mut(*term));
                term.into_iter().for_each(|term| swap(&mut term.points, points));
            }
            Edit::Step { grade, step, from } => {
                let step = policy.grades.get_mut(*grade).and_then(|grade| grade.steps.get_mut(*step));
                step.into_iter().for_each(|step| swap(&mut step.1, from));
            }
            Edit::Time(time, other) => time.duration_mut(policy).into_iter().for_each(|time| swap(time, other)),
            Edit::Share(sla, at, other) => {
                let warning = policy.slas.get_mut(sla.at()).and_then(|sla| sla.warnings.get_mut(*at));
                warning.into_iter().for_each(|warning| swap(&mut warning.percent, other));
            }
            Edit::Times(sla, at, other) => {
                let step = policy.slas.get_mut(sla.at()).and_then(|sla| sla.on_breach.get_mut(*at));
                if let Some(Step::Reassign { at_most, .. }) = step {
                    swap(at_most, other);
                }
            }
        }
    }

    /// Whether every lead is matched as before: what comes after, who gets it and what is done by when, is otherwise.
    pub fn is_of_what_follows(&self) -> bool {
        matches!(self, Edit::Time(..) | Edit::Share(..) | Edit::Times(..))
    }

    /// Whether names mean something else under it, so that a lead may also find another row of its records.
    pub fn is_of_a_name(&self) -> bool {
        match self {
            Edit::Condition { slot, .. } => {
                matches!(slot, Slot::Let(_) | Slot::Segment(_) | Slot::Term(..) | Slot::Territory(_))
            }
            Edit::List { .. } | Edit::Points { .. } | Edit::Step { .. } => true,
            _ => false,
        }
    }
}

impl Time {
    fn duration_mut(self, policy: &mut Policy) -> Option<&mut Duration> {
        match self {
            Time::Promise(sla, at) => Some(&mut policy.slas.get_mut(sla.at())?.promises.get_mut(at)?.within),
            Time::WhenEmpty(pool, at) => match policy.pools.get_mut(pool.at())?.when_empty.get_mut(at)? {
                Fallback::WaitAtMost(wait) => Some(wait),
                _ => None,
            },
            Time::Untouched(pool, at) => policy.pools.get_mut(pool.at())?.after.get_mut(at).map(|(_, wait, _)| wait),
        }
    }
}

impl Slot {
    pub fn condition(self, policy: &Policy) -> Option<&Condition> {
        match self {
            Slot::Let(at) => match &policy.lets.get(at)?.value {
                LetValue::Condition(condition) => Some(condition),
                LetValue::DomainOf(_) => None,
            },
            Slot::Segment(at) => policy.segments.get(at).map(|segment| &segment.when),
            Slot::Term(score, term) => policy.scores.get(score)?.terms.get(term)?.when.as_ref(),
            Slot::Territory(at) => policy.territories.get(at).map(|territory| &territory.when),
            Slot::Exclude(at) => policy.excludes.get(at).map(|exclude| &exclude.when),
            Slot::Rule(at) => policy.rules.get(at)?.when.as_ref(),
            Slot::Continue(route, at) => match policy.routes.get(route)?.entries.get(at)? {
                Entry::Continue { when, .. } => when.as_ref(),
                Entry::Rule(_) => None,
            },
            Slot::Cell(table, row, cell) => policy.tables.get(table)?.rows.get(row)?.cells.get(cell),
        }
    }

    fn condition_mut(self, policy: &mut Policy) -> Option<&mut Condition> {
        match self {
            Slot::Let(at) => match &mut policy.lets.get_mut(at)?.value {
                LetValue::Condition(condition) => Some(condition),
                LetValue::DomainOf(_) => None,
            },
            Slot::Segment(at) => policy.segments.get_mut(at).map(|segment| &mut segment.when),
            Slot::Term(score, term) => policy.scores.get_mut(score)?.terms.get_mut(term)?.when.as_mut(),
            Slot::Territory(at) => policy.territories.get_mut(at).map(|territory| &mut territory.when),
            Slot::Exclude(at) => policy.excludes.get_mut(at).map(|exclude| &mut exclude.when),
            Slot::Rule(at) => policy.rules.get_mut(at)?.when.as_mut(),
            Slot::Continue(route, at) => match policy.routes.get_mut(route)?.entries.get_mut(at)? {
                Entry::Continue { when, .. } => when.as_mut(),
                Entry::Rule(_) => None,
            },
            Slot::Cell(table, row, cell) => policy.tables.get_mut(table)?.rows.get_mut(row)?.cells.get_mut(cell),
        }
    }
}

/// Every condition of a policy, in the order in which a lead meets them.
pub fn slots(policy: &Policy) -> Vec<Slot> {
    let mut all: Vec<Slot> = (0..policy.excludes.len()).map(Slot::Exclude).collect();
    all.extend((0..policy.lets.len()).map(Slot::Let));
    all.extend((0..policy.segments.len()).map(Slot::Segment));
    for (at, score) in policy.scores.iter().enumerate() {
        all.extend((0..score.terms.len()).map(|term| Slot::Term(at, term)));
    }
    all.extend((0..policy.territories.len()).map(Slot::Territory));
    for (at, table) in policy.tables.iter().enumerate() {
        let cells = table
            .rows
            .iter()
            .enumerate()
            .flat_map(|(row, found)| (0..found.cells.len()).map(move |cell| Slot::Cell(at, row, cell)));
        all.extend(cells);
    }
    all.extend((0..policy.rules.len()).map(Slot::Rule));
    for (at, route) in policy.routes.iter().enumerate() {
        all.extend((0..route.entries.len()).map(|entry| Slot::Continue(at, entry)));
    }
    all.retain(|slot| slot.condition(policy).is_some());
    all
}

/// Whether a territory has no condition of its own, and is what its children are.
pub fn is_sum(territory: &Territory) -> bool {
    territory.when.span.start <= territory.span.start && territory.span.end <= territory.when.span.end
}

/// A territory that is the sum of its children changes with them.
fn add_up_above(policy: &mut Policy, at: usize) {
    let mut child = policy.territories.get(at);
    while let Some(parent) = child.and_then(|child| child.parent) {
        let Some(found) = policy.territories.get(parent.at()).filter(|found| is_sum(found)) else { return };
        let when = |id: &TerritoryId| policy.territories.get(id.at()).map(|child| child.when.clone());
        let parts = found.children.iter().filter_map(when).collect();
        if let Some(sum) = policy.territories.get_mut(parent.at()) {
            sum.when.kind = ConditionKind::Or(parts);
        }
        child = policy.territories.get(parent.at());
    }
}

fn part_mut<'c>(condition: &'c mut Condition, path: &[u32]) -> Option<&'c mut Condition> {
    let Some((at, rest)) = path.split_first() else { return Some(condition) };
    match &mut condition.kind {
        ConditionKind::And(parts) | ConditionKind::Or(parts) => part_mut(parts.get_mut(*at as usize)?, rest),
        ConditionKind::Not(part) => part_mut(part, rest),
        _ => None,
    }
}

fn replace_list(condition: &mut Condition, list: ListId, by: &Arc<BTreeSet<SmolStr>>, what: &Arc<BTreeSet<SmolStr>>) {
    match &mut condition.kind {
        ConditionKind::And(parts) | ConditionKind::Or(parts) => {
            parts.iter_mut().for_each(|part| replace_list(part, list, by, what));
        }
        ConditionKind::Not(part) => replace_list(part, list, by, what),
        ConditionKind::Test(test) => {
            if let Predicate::InTexts(set) = &mut test.predicate
                && set.list == Some(list)
                && (Arc::ptr_eq(&set.values, what) || set.values == *what)
            {
                set.values = Arc::clone(by);
            }
        }
        _ => {}
    }
}

fn rule_mut(policy: &mut Policy, id: RuleId) -> Option<&mut Rule> {
    policy.rules.get_mut(id.at())
}

fn row_mut(policy: &mut Policy, table: TableId, row: u32) -> Option<&mut Row> {
    policy.tables.get_mut(table.at())?.rows.get_mut(row as usize)
}
