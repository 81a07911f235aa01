//! Whether two versions of a policy mean the same for every lead, so that one may be put in the other's place.
//!
//! They must have the same things, with conditions that hold for the same leads, and routes that send each lead to the same targets with
//! the same SLA and priority. A rule may be gone where others do what it did.

use super::{Answer, Budget, Formula, Space, Step};
use crate::policy::{Condition, ConditionKind, Entry, LetValue, Policy, Rule, RuleId};
use crate::source::Span;
use serde_json::{Value, json};

/// Rules times outcomes that are followed through the routes.
const MOST: usize = 2_000_000;

/// Whether it is proved that two policies mean the same; what is not decided within the budget is not.
pub fn mean_the_same(one: &Policy, other: &Policy, budget: &Budget) -> bool {
    if things(one) != things(other) {
        return false;
    }
    let mut space = Space::new(&[one, other]);
    let mut same = Same { space: &mut space, budget };
    let (mine, yours) = (conditions(one), conditions(other));
    if mine.len() != yours.len() || !mine.iter().zip(&yours).all(|(mine, yours)| same.conditions(mine, yours)) {
        return false;
    }
    match routes(one) == routes(other) {
        true => same.rules(one, other),
        false => same.outcomes(one, other),
    }
}

struct Same<'s, 'a> {
    space: &'s mut Space<'a>,
    budget: &'s Budget,
}

impl Same<'_, '_> {
    fn formulas(&mut self, mine: Formula, yours: Formula) -> bool {
        if mine == yours {
            return true;
        }
        let (first, second) = (self.space.readable(0), self.space.readable(1));
        let mut only = |here: Formula, there: Formula| {
            let holds = [first, second, here];
            matches!(self.space.find(&holds, &[there], self.budget), Answer::Proved(_))
        };
        only(mine, yours) && only(yours, mine)
    }

    fn conditions(&mut self, mine: &Condition, yours: &Condition) -> bool {
        let (mine, yours) = (self.space.condition(0, mine), self.space.condition(1, yours));
        self.formulas(mine, yours)
    }

    /// Rules that stand side by side, one for one.
    fn rules(&mut self, one: &Policy, other: &Policy) -> bool {
        let (mine, yours) = (asked_by_routes(one), asked_by_routes(other));
        mine.len() == yours.len()
            && mine.iter().zip(&yours).all(|(mine, yours)| match (mine, yours) {
                (Some(mine), Some(yours)) => self.conditions(mine, yours),
                (Some(when), None) => {
                    let formula = self.space.condition(0, when);
                    self.formulas(formula, Formula::TRUE)
                }
                (None, Some(when)) => {
                    let formula = self.space.condition(1, when);
                    self.formulas(formula, Formula::TRUE)
                }
                (None, None) => true,
            })
    }

    /// Each outcome is that of the same leads.
    fn outcomes(&mut self, one: &Policy, other: &Policy) -> bool {
        let Some((mine, yours)) = self.space.steps(0).zip(self.space.steps(1)) else { return false };
        let outcome = |policy: &Policy, step: &Step| {
            let rule = policy.rules.get(step.rule.at());
            rule.map_or(Value::Null, |rule| {
                let experiments = policy.experiments.iter().filter(|experiment| experiment.rule == step.rule);
                let experiments: Vec<_> = experiments.map(|experiment| &experiment.name).collect();
                json!([rule.assign, rule.sla, rule.priority, experiments])
            })
        };
        let mine: Vec<(Formula, Value)> = mine.iter().map(|step| (step.takes, outcome(one, step))).collect();
        let yours: Vec<(Formula, Value)> = yours.iter().map(|step| (step.takes, outcome(other, step))).collect();
        let mut all: Vec<&Value> = Vec::new();
        for (_, outcome) in mine.iter().chain(&yours) {
            if !all.contains(&outcome) {
                all.push(outcome);
            }
        }
        let count = all.len() * (mine.len() + yours.len());
        count <= MOST
            && all.iter().all(|outcome| {
                let (mine, yours) = (self.comes_to(&mine, outcome), self.comes_to(&yours, outcome));
                self.formulas(mine, yours)
            })
    }

    /// Where the first step that takes a lead has an outcome.
    fn comes_to(&mut self, steps: &[(Formula, Value)], wanted: &Value) -> Formula {
        steps.iter().rev().fold(Formula::FALSE, |next, (takes, outcome)| {
            let here = if outcome == wanted { Formula::TRUE } else { Formula::FALSE };
            self.space.formulas.choose(*takes, here, next)
        })
    }
}

/// A policy without its routes and without what conditions ask.
fn things(policy: &Policy) -> Value {
    let mut bare = policy.clone();
    let any = || Condition { kind: ConditionKind::Constant(true), span: Span::default() };
    for found in &mut bare.lets {
        if let LetValue::Condition(condition) = &mut found.value {
            *condition = any();
        }
    }
    bare.segments.iter_mut().for_each(|segment| segment.when = any());
    bare.scores
        .iter_mut()
        .flat_map(|score| &mut score.terms)
        .for_each(|term| term.when = term.when.as_ref().map(|_| any()));
    bare.territories.iter_mut().for_each(|territory| territory.when = any());
    bare.excludes.iter_mut().for_each(|exclude| exclude.when = any());
    bare.tables
        .iter_mut()
        .flat_map(|table| &mut table.rows)
        .flat_map(|row| &mut row.cells)
        .for_each(|cell| *cell = any());
    bare.guarantees.clear();
    bare.hash.clear();
    bare.routes.clear();
    bare.rules.clear();
    let title = |rule: RuleId| policy.rules.get(rule.at()).map(|rule| &rule.title);
    let experiments: Vec<_> = policy.experiments.iter().map(|experiment| title(experiment.rule)).collect();
    for experiment in &mut bare.experiments {
        experiment.rule = RuleId(0);
        experiment.keys.iter_mut().for_each(|(_, unless)| *unless = unless.as_ref().map(|_| any()));
    }
    let claims: Vec<String> = policy.guarantees.iter().map(|guarantee| guarantee.title.to_string()).collect();
    json!([bare, experiments, claims])
}

/// Routes and rules without what conditions ask.
fn routes(policy: &Policy) -> Value {
    let bare = |rule: &Rule| Rule { when: None, ..rule.clone() };
    let entries = policy.routes.iter().map(|route| {
        let entry = |entry: &Entry| match entry {
            Entry::Rule(id) => json!(["rule", id]),
            Entry::Continue { route, .. } => json!(["continue", route]),
        };
        route.entries.iter().map(entry).collect::<Vec<_>>()
    });
    json!([entries.collect::<Vec<_>>(), policy.rules.iter().map(bare).collect::<Vec<_>>()])
}

/// All conditions but those of routes.
fn conditions(policy: &Policy) -> Vec<&Condition> {
    let mut all = Vec::new();
    all.extend(policy.lets.iter().filter_map(|found| match &found.value {
        LetValue::Condition(condition) => Some(condition),
        LetValue::DomainOf(_) => None,
    }));
    all.extend(policy.segments.iter().map(|segment| &segment.when));
    all.extend(policy.scores.iter().flat_map(|score| &score.terms).filter_map(|term| term.when.as_ref()));
    all.extend(policy.territories.iter().map(|territory| &territory.when));
    all.extend(policy.excludes.iter().map(|exclude| &exclude.when));
    all.extend(policy.tables.iter().flat_map(|table| &table.rows).flat_map(|row| &row.cells));
    let keys = policy.experiments.iter().flat_map(|experiment| &experiment.keys);
    all.extend(keys.filter_map(|(_, unless)| unless.as_ref()));
    policy.each_claim(&mut |when| all.push(when));
    all
}

/// The conditions of rules and of `continue`s, in order.
fn asked_by_routes(policy: &Policy) -> Vec<Option<&Condition>> {
    let entries = policy.routes.iter().flat_map(|route| &route.entries);
    let continues = entries.filter_map(|entry| match entry {
        Entry::Continue { when, .. } => Some(when.as_ref()),
        Entry::Rule(_) => None,
    });
    policy.rules.iter().map(|rule| rule.when.as_ref()).chain(continues).collect()
}
