//! The tests of a policy, checked: a lead, an instant, and what is expected of the decision.

use super::{
    ExperimentId, GradeId, Instant, PoolId, Recipient, RepId, RuleId, ScoreId, SegmentId, SlaId, Target, TerritoryId,
    Value,
};
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
    pub given: Vec<Given>,
    /// Of the decision.
    pub expect: Vec<Expected>,
    /// In the order of their instants.
    pub after: Vec<Step>,
}

impl TestCase {
    /// Everything that is expected, of the decision first, then step by step.
    pub fn expected(&self) -> impl Iterator<Item = &Expected> {
        self.expect.iter().chain(self.after.iter().flat_map(|step| &step.expect))
    }
}

/// How things stand when the lead comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    Away(RepId),
    Offline(RepId),
    /// It has had as many leads as its own caps allow in the present periods.
    AtCap(RepId),
    HadLastTurn(RepId, PoolId),
}

/// Something that happens after the decision, and what is expected then.
#[derive(Debug, Clone)]
pub struct Step {
    /// Microseconds since the decision, on the wall's clock.
    pub after: i64,
    pub happening: Option<Happening>,
    pub expect: Vec<Expected>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A place in [`super::Policy::statuses`].
    Status(u32),
    Accepted,
    Responded,
    Met,
    Returned(SmolStr),
    Paused,
    Resumed,
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
    /// The target that took the lead, or, later, where it is by then; of a pool also the one that it overflowed to, of a queue also the one it lies in at last.
    Target(Target),
    /// Later: who has it by then.
    Assignee(RepId),
    Sla(SlaId),
    NoSla,
    /// A promise is broken by then.
    Breach,
    /// By then, by the steps of the SLA.
    Notified(Recipient),
    EscalatedTo(Recipient),
    /// A place in [`super::Policy::statuses`].
    Status(u32),
    Priority(i64),
    /// The next promise that is open falls due then.
    Due(Instant),
    /// The lead is in it or below, in whichever set of territories is in force.
    Territory(Vec<TerritoryId>),
    Segment(SegmentId),
    Score(ScoreId, i64),
    /// The step's place in [`super::Grade::steps`].
    Grade(GradeId, u32),
}
