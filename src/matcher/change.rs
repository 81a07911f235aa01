//! What would have to change for a rule to take a lead: few changes of field values, each set tried with the matcher before it is
//! said.
//!
//! The search goes backwards from the rule: what fails of its condition, of the routes that lead to it and of its tables is turned
//! into values that would pass; where an earlier rule then takes the lead, that rule is made to fail too. What cannot be reached by
//! field values (a record that does not match, a day, a calendar) is said instead.

use super::reason::{Reason, reasons};
use super::reference::Reference;
use super::samples::{Samples, field_of, of_predicate};
use super::{Facts, Outcome, RecordMatch, reference};
use crate::policy::{
    Condition, ConditionKind, Entry, FieldId, LetValue, Policy, RouteId, Rule, RuleId, Subject, Target, TerritoryId,
    Test, Value,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Sets of changes that one condition may lead to.
const MOST_PLANS: usize = 48;
/// Values that one test may lead to.
const MOST_VALUES: usize = 6;
/// Leads that are tried.
const MOST_TRIES: usize = 400;
/// Sets of changes that are said.
const MOST_SAID: usize = 5;
/// How many earlier rules in a row are made to fail.
const MOST_AVOIDED: usize = 3;

/// New values of fields.
pub type Changes = BTreeMap<FieldId, Value>;

/// The answer to "what would have to change".
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The rule takes the lead as it is.
    pub takes_it: bool,
    /// Each is enough, and none of its values can be left out; the smallest first. All were tried.
    pub suggestions: Vec<Changes>,
    /// What took the lead instead in the tries that failed, the most frequent first.
    pub in_the_way: Vec<InTheWay>,
    /// What the rule asks that the lead fails today.
    pub fails: Vec<Reason>,
    /// The rule does not run on this day.
    pub not_on_its_days: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum InTheWay {
    /// An exclusion, by its place.
    Exclusion(u32),
    Rule(RuleId),
}

/// Finds what would have to change for `rule` to take the lead. `rematch` gives the records that a lead with other values would
/// match.
pub fn what_would_change(
    policy: &Policy,
    facts: &Facts,
    rule: RuleId,
    rematch: impl Fn(&[Value]) -> Vec<RecordMatch>,
) -> Change {
    let lead = Reference::new(policy, facts);
    let mut change = Change {
        takes_it: lead.decide().outcome == Outcome::Rule(rule),
        suggestions: Vec::new(),
        in_the_way: Vec::new(),
        fails: Vec::new(),
        not_on_its_days: false,
    };
    let Some(wanted) = policy.rules.get(rule.at()) else { return change };
    if change.takes_it {
        return change;
    }
    change.not_on_its_days = !lead.on_its_days(wanted);
    let when = wanted.when.as_ref().filter(|when| !lead.holds(when));
    change.fails = when.map(|when| reasons(&lead, when)).unwrap_or_default();
    let samples = Samples::new(policy);
    let plans = Planner { lead: &lead, samples: &samples }.rule(wanted);
    let mut search =
        Search { policy, facts, samples: &samples, rule, rematch, tries: 0, met: BTreeMap::new(), said: Vec::new() };
    search.run(plans);
    change.suggestions = search.said;
    let mut met: Vec<_> = search.met.into_iter().collect();
    met.sort_by_key(|(who, count)| (std::cmp::Reverse(*count), *who));
    change.in_the_way = met.into_iter().map(|(who, _)| who).collect();
    change
}

struct Search<'a, R> {
    policy: &'a Policy,
    facts: &'a Facts<'a>,
    samples: &'a Samples,
    rule: RuleId,
    rematch: R,
    tries: usize,
    met: BTreeMap<InTheWay, usize>,
    said: Vec<Changes>,
}

impl<R: Fn(&[Value]) -> Vec<RecordMatch>> Search<'_, R> {
    fn run(&mut self, mut plans: Vec<Changes>) {
        for _ in 0..=MOST_AVOIDED {
            plans.sort_by_key(Changes::len);
            let mut next = Vec::new();
            for plan in plans {
                if self.said.len() >= MOST_SAID || self.tries >= MOST_TRIES {
                    return self.finish();
                }
                match self.outcome(&plan) {
                    Outcome::Rule(taken) if taken == self.rule => self.say(plan),
                    Outcome::Rule(taken) => {
                        *self.met.entry(InTheWay::Rule(taken)).or_default() += 1;
                        let when = self.policy.rules.get(taken.at()).and_then(|rule| rule.when.as_ref());
                        next.extend(self.avoided(&plan, when));
                    }
                    Outcome::Excluded(at) => {
                        *self.met.entry(InTheWay::Exclusion(at)).or_default() += 1;
                        let when = self.policy.excludes.get(at as usize).map(|exclude| &exclude.when);
                        next.extend(self.avoided(&plan, when));
                    }
                    Outcome::Tie(_) | Outcome::None => {}
                }
            }
            plans = next;
        }
        self.finish();
    }

    /// The plan, with more changes that make the condition in the way fail.
    fn avoided(&self, plan: &Changes, when: Option<&Condition>) -> Vec<Changes> {
        let Some(when) = when else { return Vec::new() };
        self.with(plan, |lead| {
            let more = Planner { lead, samples: self.samples }.plans(when, false);
            more.into_iter().filter_map(|more| merged(plan, &more)).take(MOST_PLANS / 4).collect()
        })
    }

    /// Leaves out of a plan that works what is not needed, and keeps it.
    fn say(&mut self, mut plan: Changes) {
        let without = |plan: &Changes, field: &FieldId| {
            let mut smaller = plan.clone();
            smaller.remove(field);
            smaller
        };
        // Once one change is gone, another may be needless that was not before.
        while let Some(field) =
            plan.keys().copied().find(|field| self.outcome(&without(&plan, field)) == Outcome::Rule(self.rule))
        {
            plan.remove(&field);
        }
        if !self.said.contains(&plan) {
            self.said.push(plan);
        }
    }

    fn finish(&mut self) {
        self.said.sort_by_key(Changes::len);
    }

    fn outcome(&mut self, plan: &Changes) -> Outcome {
        self.tries += 1;
        self.with(plan, |lead| lead.decide().outcome)
    }

    /// Looks at the lead with these changes.
    fn with<T>(&self, plan: &Changes, look: impl FnOnce(&Reference) -> T) -> T {
        let values = changed(self.facts.values, plan);
        let records = (self.rematch)(&values);
        let facts = Facts { values: &values, records: &records, ..*self.facts };
        look(&Reference::new(self.policy, &facts))
    }
}

/// The values of a lead after some changes.
pub fn changed(values: &[Value], plan: &Changes) -> Vec<Value> {
    let mut values = values.to_vec();
    for (field, value) in plan {
        values.get_mut(field.at()).into_iter().for_each(|place| *place = value.clone());
    }
    values
}

/// Turns conditions into changes under which they may come out as wished. A plan is a guess, and is tried afterwards.
struct Planner<'a> {
    lead: &'a Reference<'a>,
    samples: &'a Samples,
}

impl Planner<'_> {
    /// What may make a rule take the lead, if none before it does.
    fn rule(&self, rule: &Rule) -> Vec<Changes> {
        let mut plans = rule.when.as_ref().map_or_else(nothing, |when| self.plans(when, true));
        if !rule.assign.iter().any(|target| !matches!(target, Target::Table { .. })) {
            plans = both(&plans, &self.table_row(rule));
        }
        both(&plans, &self.way_to(rule.route))
    }

    /// What may lead into a route, on a shortest way from `main`.
    fn way_to(&self, route: RouteId) -> Vec<Changes> {
        let mut plans = nothing();
        let mut at = route;
        while at != self.lead.policy.main {
            let Some(from) = self.route_before(at) else { return Vec::new() };
            let entries = self.lead.policy.routes.get(from.at()).map_or(&[][..], |route| &route.entries);
            let enters = entries.iter().filter_map(|entry| match entry {
                Entry::Continue { route, when, .. } if *route == at => {
                    Some(when.as_ref().map_or_else(nothing, |when| self.plans(when, true)))
                }
                _ => None,
            });
            plans = both(&plans, &some(enters.flatten()));
            at = from;
        }
        plans
    }

    /// The route before this one on a shortest way from `main`.
    fn route_before(&self, wanted: RouteId) -> Option<RouteId> {
        let policy = self.lead.policy;
        let mut met = vec![policy.main];
        let mut next = 0;
        while let Some(&from) = met.get(next) {
            next += 1;
            for entry in &policy.routes.get(from.at())?.entries {
                let Entry::Continue { route, .. } = entry else { continue };
                if *route == wanted {
                    return Some(from);
                }
                if !met.contains(route) {
                    met.push(*route);
                }
            }
        }
        None
    }

    /// What may give a rule's tables a row.
    fn table_row(&self, rule: &Rule) -> Vec<Changes> {
        if !self.lead.resolve(&rule.assign).targets.is_empty() {
            return nothing();
        }
        let tables = rule.assign.iter().filter_map(|target| match target {
            Target::Table { table, output } => Some((self.lead.policy.tables.get(table.at())?, *output)),
            _ => None,
        });
        let mut plans = Vec::new();
        for (table, output) in tables {
            let gives =
                |row: &&crate::policy::Row| row.target.as_ref().is_some_and(|target| reference::gives(target, output));
            for row in table.rows.iter().filter(gives) {
                if plans.len() < MOST_PLANS {
                    plans.extend(self.all(&row.cells, true));
                }
            }
        }
        plans
    }

    /// What may make a condition hold, or not.
    fn plans(&self, condition: &Condition, wanted: bool) -> Vec<Changes> {
        if self.lead.holds(condition) == wanted {
            return nothing();
        }
        let policy = self.lead.policy;
        match &condition.kind {
            ConditionKind::Constant(_) | ConditionKind::ArrivesDuring(_) => Vec::new(),
            ConditionKind::Not(part) => self.plans(part, !wanted),
            ConditionKind::And(parts) if wanted => self.all(parts, true),
            ConditionKind::Or(parts) if !wanted => self.all(parts, false),
            ConditionKind::And(parts) | ConditionKind::Or(parts) => {
                some(parts.iter().flat_map(|part| self.plans(part, wanted)))
            }
            ConditionKind::Test(test) => self.test(test, wanted),
            ConditionKind::Segment(id) => {
                policy.segments.get(id.at()).map(|segment| self.plans(&segment.when, wanted)).unwrap_or_default()
            }
            ConditionKind::Let(id) => match policy.lets.get(id.at()).map(|found| &found.value) {
                Some(LetValue::Condition(condition)) => self.plans(condition, wanted),
                _ => Vec::new(),
            },
            ConditionKind::Territory(ids) if wanted => some(ids.iter().flat_map(|id| self.plans_into(*id))),
            ConditionKind::Territory(_) => self.plans_out_of_territory(),
            ConditionKind::Grade(id, _) => {
                policy.grades.get(id.at()).map(|grade| self.score(grade.score)).unwrap_or_default()
            }
        }
    }

    /// What may make all of these hold (none of them, if not `wanted`).
    fn all(&self, parts: &[Condition], wanted: bool) -> Vec<Changes> {
        parts.iter().fold(
            nothing(),
            |plans, part| if plans.is_empty() { plans } else { both(&plans, &self.plans(part, wanted)) },
        )
    }

    /// Values of the field that a test is about, those that the test itself names first.
    fn test(&self, test: &Test, wanted: bool) -> Vec<Changes> {
        if let Subject::Score(id) = test.subject {
            return self.score(id);
        }
        // A record is another's; only the fields that lead to it could be changed.
        let policy = self.lead.policy;
        let Some((field, domain)) = field_of(policy, test.subject) else { return Vec::new() };
        let Some(declared) = policy.fields.get(field.at()) else { return Vec::new() };
        let now = self.lead.facts.value(field.at());
        let own = of_predicate(&declared.ty, &test.predicate, domain);
        let mut values: Vec<Value> = Vec::new();
        for value in own.iter().chain(self.samples.of(field)) {
            let allowed = value != now && !(declared.required && *value == Value::Missing) && !values.contains(value);
            if allowed && self.passes(test, field, value) == wanted {
                values.push(value.clone());
            }
            if values.len() == MOST_VALUES {
                break;
            }
        }
        values.into_iter().map(|value| Changes::from([(field, value)])).collect()
    }

    fn passes(&self, test: &Test, field: FieldId, value: &Value) -> bool {
        let values = changed(self.lead.facts.values, &Changes::from([(field, value.clone())]));
        let facts = Facts { values: &values, ..*self.lead.facts };
        test.predicate.holds(&Reference::new(self.lead.policy, &facts).value(test.subject))
    }

    /// Each term that may be turned, and all of them together.
    fn score(&self, id: crate::policy::ScoreId) -> Vec<Changes> {
        let Some(score) = self.lead.policy.scores.get(id.at()) else { return Vec::new() };
        let conditions = score.terms.iter().filter_map(|term| term.when.as_ref().map(|when| (term.points, when)));
        let turned: Vec<(i64, Vec<Changes>)> =
            conditions.map(|(points, when)| (points, self.plans(when, !self.lead.holds(when)))).collect();
        let single = turned.iter().flat_map(|(_, plans)| plans.iter().take(3).cloned());
        let up = turned.iter().filter(|(points, _)| *points > 0).filter_map(|(_, plans)| plans.first());
        let together = up.fold(Changes::new(), |all, plan| merged(&all, plan).unwrap_or(all));
        some(single.chain([together]))
    }

    fn plans_into(&self, id: TerritoryId) -> Vec<Changes> {
        let policy = self.lead.policy;
        let parent = |id: &TerritoryId| policy.territories.get(id.at()).and_then(|territory| territory.parent);
        let path = std::iter::successors(Some(id), parent).filter_map(|id| policy.territories.get(id.at()));
        path.fold(nothing(), |plans, territory| both(&plans, &self.plans(&territory.when, true)))
    }

    fn plans_out_of_territory(&self) -> Vec<Changes> {
        let policy = self.lead.policy;
        let parent = |id: &TerritoryId| policy.territories.get(id.at()).and_then(|territory| territory.parent);
        let path =
            std::iter::successors(self.lead.territory(), parent).filter_map(|id| policy.territories.get(id.at()));
        some(path.flat_map(|territory| self.plans(&territory.when, false)))
    }
}

/// One plan, which changes nothing.
fn nothing() -> Vec<Changes> {
    vec![Changes::new()]
}

fn some(plans: impl Iterator<Item = Changes>) -> Vec<Changes> {
    plans.take(MOST_PLANS).collect()
}

/// Every plan of one with every plan of the other, where they do not disagree.
fn both(ones: &[Changes], others: &[Changes]) -> Vec<Changes> {
    some(ones.iter().flat_map(|one| others.iter().filter_map(|other| merged(one, other))))
}

fn merged(one: &Changes, other: &Changes) -> Option<Changes> {
    let agree = other.iter().all(|(field, value)| one.get(field).is_none_or(|known| known == value));
    agree.then(|| one.iter().chain(other).map(|(field, value)| (*field, value.clone())).collect())
}
