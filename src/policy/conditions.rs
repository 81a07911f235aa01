//! Going through all conditions of a policy.

use super::{Condition, ConditionKind, Entry, LetValue, Policy, ScoreId, Subject, Test};
use std::collections::BTreeSet;

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

impl Policy {
    /// Every test that a condition comes to, those of the names that it speaks of among them. A name is followed once.
    pub fn each_test_below<'a>(&'a self, condition: &'a Condition, visit: &mut impl FnMut(&'a Test)) {
        let mut open = vec![condition];
        let mut named: BTreeSet<(u8, u32)> = BTreeSet::new();
        while let Some(condition) = open.pop() {
            match &condition.kind {
                ConditionKind::And(parts) | ConditionKind::Or(parts) => open.extend(parts),
                ConditionKind::Not(part) => open.push(part),
                ConditionKind::Test(test) => {
                    visit(test);
                    if let Subject::Score(id) = test.subject {
                        self.open_score(id, &mut named, &mut open);
                    }
                }
                ConditionKind::Segment(id) if named.insert((0, id.0)) => {
                    open.extend(self.segments.get(id.at()).map(|segment| &segment.when));
                }
                ConditionKind::Let(id) if named.insert((1, id.0)) => {
                    if let Some(LetValue::Condition(condition)) = self.lets.get(id.at()).map(|found| &found.value) {
                        open.push(condition);
                    }
                }
                ConditionKind::Territory(ids) => {
                    let new: Vec<_> = ids.iter().filter(|id| named.insert((2, id.0))).collect();
                    open.extend(new.iter().filter_map(|id| self.territories.get(id.at())).map(|found| &found.when));
                }
                ConditionKind::Grade(id, _) => {
                    if let Some(grade) = self.grades.get(id.at()) {
                        self.open_score(grade.score, &mut named, &mut open);
                    }
                }
                _ => {}
            }
        }
    }

    fn open_score<'a>(&'a self, id: ScoreId, named: &mut BTreeSet<(u8, u32)>, open: &mut Vec<&'a Condition>) {
        if named.insert((3, id.0)) {
            let terms = self.scores.get(id.at()).into_iter().flat_map(|score| &score.terms);
            open.extend(terms.filter_map(|term| term.when.as_ref()));
        }
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
