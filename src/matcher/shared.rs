//! Tests that stand in several rules, so that the reference matcher asks each once a lead, however many rules there are.

use crate::policy::{Condition, ConditionKind, Entry, Policy, Predicate, RouteId, RuleId, Subject, Test};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// For each rule of a policy the tests without which it takes no lead and which other rules need too.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    pub tests: Vec<Test>,
    /// By their place in `tests`, one rule after the other.
    needed: Vec<u32>,
    /// Where those of each rule end.
    ends: Vec<usize>,
    /// For each entry of each route the first test that its rule needs; [`Shared::NONE`] where there is none.
    routes: Vec<Vec<u32>>,
}

impl Shared {
    /// The place of no test.
    pub const NONE: u32 = u32::MAX;

    pub fn new(policy: &Policy) -> Self {
        let mut found: Vec<(&Test, bool)> = Vec::new();
        let mut alike: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        let (mut needed, mut ends) = (Vec::new(), Vec::with_capacity(policy.rules.len()));
        for rule in &policy.rules {
            for test in rule.when.iter().flat_map(conjuncts) {
                let known = alike.entry(fingerprint(test)).or_default();
                let same = known.iter().find(|at| found.get(**at as usize).is_some_and(|(other, _)| *other == test));
                let number = match same.copied() {
                    Some(number) => {
                        found.get_mut(number as usize).into_iter().for_each(|(_, several)| *several = true);
                        number
                    }
                    None => {
                        known.push(found.len() as u32);
                        found.push((test, false));
                        found.len() as u32 - 1
                    }
                };
                needed.push(number);
            }
            ends.push(needed.len());
        }
        // Only those that several rules need are kept.
        let mut shared = Shared::default();
        let mut numbers: Vec<Option<u32>> = Vec::with_capacity(found.len());
        for (test, several) in found {
            numbers.push(several.then_some(shared.tests.len() as u32));
            shared.tests.extend(several.then(|| test.clone()));
        }
        let mut start = 0;
        for end in ends {
            let own = needed.get(start..end).unwrap_or(&[]).iter();
            shared.needed.extend(own.filter_map(|number| numbers.get(*number as usize).copied().flatten()));
            shared.ends.push(shared.needed.len());
            start = end;
        }
        let first = |entry: &Entry| match entry {
            Entry::Rule(rule) => shared.of(*rule).first().copied().unwrap_or(Self::NONE),
            Entry::Continue { .. } => Self::NONE,
        };
        let routes = policy.routes.iter().map(|route| route.entries.iter().map(first).collect());
        shared.routes = routes.collect();
        shared
    }

    /// For each entry of a route, from a place on, the first test that it needs.
    pub fn of_entries(&self, route: RouteId, from: usize) -> &[u32] {
        self.routes.get(route.at()).and_then(|entries| entries.get(from..)).unwrap_or(&[])
    }

    /// The tests that a rule needs, by place.
    pub fn of(&self, rule: RuleId) -> &[u32] {
        let start = rule.at().checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(rule.at()).and_then(|end| self.needed.get(start..*end)).unwrap_or(&[])
    }
}

/// The tests that all have to hold.
fn conjuncts(condition: &Condition) -> Vec<&Test> {
    match &condition.kind {
        ConditionKind::Test(test) => vec![test],
        ConditionKind::And(parts) => parts
            .iter()
            .filter_map(|part| match &part.kind {
                ConditionKind::Test(test) => Some(test),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The same for tests that are the same; of a long list only its length and its ends, since it may stand in many rules.
fn fingerprint(test: &Test) -> u64 {
    let mut hasher = FxHasher::default();
    let subject: Subject = test.subject;
    subject.hash(&mut hasher);
    std::mem::discriminant(&test.predicate).hash(&mut hasher);
    match &test.predicate {
        Predicate::Missing | Predicate::True => {}
        Predicate::InRanges(ranges) => ranges.iter().for_each(|range| (range.low, range.high).hash(&mut hasher)),
        Predicate::InTexts(set) => {
            (set.values.len(), set.values.first(), set.values.last(), &set.ranges).hash(&mut hasher)
        }
        Predicate::Exactly(texts) | Predicate::HasAnyOf(texts) => {
            (texts.len(), texts.first(), texts.last()).hash(&mut hasher);
        }
        Predicate::EndsWith(text) | Predicate::Contains(text) | Predicate::HasWord(text) | Predicate::Matches(text) => {
            text.hash(&mut hasher);
        }
    }
    hasher.finish()
}
