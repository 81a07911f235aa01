//! The tests of a policy, checked: a lead, an instant, and what is expected of the decision.

use super::{ExperimentId, GradeId, Instant, RepId, RuleId, ScoreId, SegmentId, SlaId, Target, TerritoryId, Value};
use crate::source::Span;
use smol_str::SmolStr;

/// One lead to decide. A `test` block is one of these, or one for each of its cases and rows.
#[derive(Debug, Clone)]
pub struct TestCase {
    /// The block's title; behind it, where the block has several leads, which one it is.
    pub title: SmolStr,
    /// Where the lead is written: the block's title, the row of `cases`, or the file's name.
    pub span: Span,
    /// The line of the CSV file, from 1 (the header is 1).
    pub line: Option<u32>,
    /// By [`super::FieldId`].
    pub values: Vec<Value>,
    /// A required field was given as `missing`, so the lead goes where `on bad lead` says.
    pub bad: bool,
    /// Where the test names none: see [`super::Policy::instant_of`].
    pub at: Instant,
    /// An experiment and the place of one of its arms. A test that names none sees no experiment.
    pub arm: Option<(ExperimentId, usize)>,
    /// Never empty.
    pub expect: Vec<Expected>,
}

/// Something that is expected, or, where it is negated, must not be.
#[derive(Debug, Clone)]
pub struct Expected {
    pub negated: bool,
    pub kind: ExpectedKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ExpectedKind {
    /// This rule takes the lead.
    Rule(RuleId),
    /// The rule is tried, and the first question that fails is about this field or name.
    Fails(RuleId, SmolStr),
    /// An `otherwise` takes the lead.
    Otherwise,
    /// By this exclusion (its place in [`super::Policy::excludes`]), or by any.
    Excluded(Option<u32>),
    /// The target that took the lead; of a pool also the one that it overflowed to, of a queue also the one it lies in at last.
    Target(Target),
    Assignee(RepId),
    Sla(SlaId),
    NoSla,
    Priority(i64),
    Due(Instant),
    /// The lead is in it or below, in whichever set of territories is in force.
    Territory(Vec<TerritoryId>),
    Segment(SegmentId),
    Score(ScoreId, i64),
    /// The step's place in [`super::Grade::steps`].
    Grade(GradeId, u32),
}
