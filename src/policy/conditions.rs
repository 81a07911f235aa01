//! Going through all conditions of a policy.

use super::{Condition, ConditionKind, Entry, LetValue, Policy, Test};

impl Policy {
    /// Every condition that a match may ask.
    pub fn each_condition<'a>(&'a self, visit: &mut impl FnMut(&'a Condition)) {
        for found in &self.lets {
            if let LetValue::Condition(condition) = &found.value {
                visit(condition);
            }
        }
        self.segments.iter().for_each(|segment| visit(&segment.when));
        self.scores.iter().flat_map(|score| &score.terms).filter_map(|term| term.when.as_ref()).for_each(&mut *visit);
        self.territories.iter().for_each(|territory| visit(&territory.when));
        self.excludes.iter().for_each(|exclude| visit(&exclude.when));
        self.tables.iter().flat_map(|table| &table.rows).flat_map(|row| &row.cells).for_each(&mut *visit);
        self.rules.iter().filter_map(|rule| rule.when.as_ref()).for_each(&mut *visit);
        for entry in self.routes.iter().flat_map(|route| &route.entries) {
            if let Entry::Continue { when: Some(when), .. } = entry {
                visit(when);
            }
        }
        let keys = self.experiments.iter().flat_map(|experiment| &experiment.keys);
        keys.filter_map(|(_, unless)| unless.as_ref()).for_each(visit);
    }

    /// Every test of these conditions.
    pub fn each_test<'a>(&'a self, visit: &mut impl FnMut(&'a Test)) {
        self.each_condition(&mut |condition| condition.each_test(visit));
    }
}

impl Condition {
    /// Every test in this condition; not those of the names that it speaks of.
    pub fn each_test<'a>(&'a self, visit: &mut impl FnMut(&'a Test)) {
        match &self.kind {
            ConditionKind::And(parts) | ConditionKind::Or(parts) => parts.iter().for_each(|part| part.each_test(visit)),
            ConditionKind::Not(part) => part.each_test(visit),
            ConditionKind::Test(test) => visit(test),
            _ => {}
        }
    }
}
