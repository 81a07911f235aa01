//! What is tried and promised beside the routes: experiments, guarantees and goals.

use super::{Condition, Duration, Name, Op, Operand, RuleClause, Subject, Target, Text};
use crate::source::Span;
use serde::Serialize;

/// `experiment ae_first on rule "..." by company_domain unless personal, else email, else id { ... }`
#[derive(Debug, Clone, Serialize)]
pub struct Experiment {
    pub name: Name,
    pub rule: Text,
    pub keys: Vec<ExperimentKey>,
    pub arms: Vec<Arm>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ExperimentKey {
    pub field: Subject,
    pub unless: Option<Condition>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Arm {
    /// Of a hundred; decimals allowed.
    pub percent: rust_decimal::Decimal,
    /// Empty is `control`.
    pub clauses: Vec<RuleClause>,
    /// A name of the arm where one is written (`50% direct: assign ...`).
    pub name: Option<Name>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct Guarantee {
    pub title: Text,
    pub claims: Vec<Claim>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Claim {
    /// `every lead` rather than `no lead`.
    pub every: bool,
    pub when: Option<Condition>,
    pub outcome: Outcome,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum Outcome {
    /// `goes to team dach_aes`; several are joined by `or`.
    GoesTo(Vec<Target>),
    /// `has an sla`
    HasAnSla,
    /// `has sla hot or standard`
    HasSla(Vec<Name>),
    /// `has priority 1`, `has priority 1..3`
    HasPriority(Operand),
    /// `is in territory emea`
    InTerritory(Vec<Name>),
    /// `is taken by rule "X"`
    TakenBy(Vec<Text>),
}

#[derive(Debug, Clone, Serialize)]
pub struct Goal {
    pub title: Text,
    pub when: Option<Condition>,
    pub measures: Vec<Measure>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Measure {
    pub kind: MeasureKind,
    pub op: Op,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum MeasureKind {
    /// `median response <= 5 minutes`
    MedianResponse(Duration),
    /// `95% of responses <= 15 minutes`
    ShareOfResponses { percent: Percent, within: Duration },
    /// `assigned to a rep >= 98%`
    AssignedToRep(Percent),
    /// `breaches <= 2%`
    Breaches(Percent),
    /// `conversion >= 10%`
    Conversion(Percent),
}

/// `99.5%`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Percent {
    pub value: rust_decimal::Decimal,
    #[serde(skip)]
    pub span: Span,
}
