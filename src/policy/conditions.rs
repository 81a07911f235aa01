//! Conditions over the values of a lead, lists and `let`; and going through all conditions of a policy.

use super::{
    CalendarId, ColumnId, Entry, FieldId, GradeId, LetId, ListId, Policy, RecordsId, ScoreId, SegmentId, TerritoryId,
};
use crate::source::Span;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::Serializer;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Condition {
    pub kind: ConditionKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum ConditionKind {
    Constant(bool),
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Test(Test),
    Segment(SegmentId),
    /// A `let` that is a condition.
    Let(LetId),
    /// The lead is in this territory or below, in whichever set is in force: all territories of that name, one a set.
    Territory(Vec<TerritoryId>),
    /// The grade is one of these steps (places in [`Grade::steps`]).
    Grade(GradeId, Vec<u32>),
    /// The decision's instant is in the calendar (`Not` of it is `arrives outside`).
    ArrivesDuring(CalendarId),
}

/// A question about one value. A missing value fails every test but [`Predicate::Missing`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Test {
    pub subject: Subject,
    pub predicate: Predicate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Subject {
    Field(FieldId),
    /// A `let` that is a value: the domain of an email.
    Let(LetId),
    /// A column of the record that the lead matched; missing where none did.
    Record(RecordsId, ColumnId),
    Score(ScoreId),
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Predicate {
    Missing,
    /// Booleans.
    True,
    /// Integers, decimals, money, dates (days since 1970-01-01), times (microseconds) and scores, all as exact decimals: the value is in one of
    /// these intervals, which are sorted, disjoint and not empty.
    InRanges(Vec<Range>),
    /// Text-like types, compared in the folded form.
    InTexts(TextSet),
    /// The written form, to the letter.
    Exactly(BTreeSet<SmolStr>),
    /// Folded.
    EndsWith(SmolStr),
    /// Folded.
    Contains(SmolStr),
    /// Folded; a whole word: no letter or digit directly before or after it.
    HasWord(SmolStr),
    /// A regular expression (crate `regex`), case-insensitive, found anywhere.
    Matches(SmolStr),
    /// Sets: holds one of these (folded).
    HasAnyOf(BTreeSet<SmolStr>),
}

/// An interval of an ordered type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Range {
    pub low: Bound<Decimal>,
    pub high: Bound<Decimal>,
}

/// Texts to compare with. A list is shared, since it may have thousands of entries and stand in many conditions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextSet {
    /// Folded.
    pub values: Arc<BTreeSet<SmolStr>>,
    /// Ranges of text as of postal codes, in byte order of the folded form: `low <= value`, and `value <= high` or `value` starts with
    /// `high`. `starts with "x"` is the range from x to x.
    pub ranges: Vec<(SmolStr, SmolStr)>,
    /// The list that the values come from, for words and messages.
    pub list: Option<ListId>,
}

/// The values of a list are serialised once, with the list.
impl Serialize for TextSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.list {
            Some(list) => (list, &self.ranges).serialize(serializer),
            None => (&self.values, &self.ranges).serialize(serializer),
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct List {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    /// Folded as its uses' types ask; numbers and dates in `ranges`.
    pub values: Arc<BTreeSet<SmolStr>>,
    pub ranges: Vec<Range>,
    pub text_ranges: Vec<(SmolStr, SmolStr)>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Let {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub value: LetValue,
}

#[derive(Debug, Clone, Serialize)]
pub enum LetValue {
    Condition(Condition),
    /// The domain of an email field (also of a domain field: itself); missing where that is missing.
    DomainOf(Subject),
}

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
