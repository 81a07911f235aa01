//! The tests of a policy: a lead, what happened before and after, and what is expected.

use super::{Duration, Literal, Name, Recipient, Target, Text, Whole};
use crate::source::Span;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Test {
    pub title: Text,
    pub lead: Vec<TestField>,
    /// Leads and what is expected of each, in a CSV file.
    pub leads: Option<Text>,
    pub cases: Option<Cases>,
    pub at: Option<TestInstant>,
    /// The arm of an experiment, and the experiment; without it the test sees no experiment.
    pub arm: Option<(Name, Name)>,
    pub given: Vec<Given>,
    /// What happens later, in the order written.
    pub after: Vec<After>,
    pub expect: Vec<Expectation>,
}

/// How things stand when the lead comes: a rep, and what is so of it.
#[derive(Debug, Clone, Serialize)]
pub struct Given {
    pub rep: Name,
    pub kind: GivenKind,
}

#[derive(Debug, Clone, Serialize)]
pub enum GivenKind {
    Away,
    Offline,
    AtCap,
    /// In this pool.
    HadLastTurn(Name),
}

/// Something that happens a while after the decision, and what is expected then.
#[derive(Debug, Clone, Serialize)]
pub struct After {
    pub wait: Duration,
    pub happening: Option<Happening>,
    pub expect: Vec<Expectation>,
}

#[derive(Debug, Clone, Serialize)]
pub enum Happening {
    Status(Name),
    Accepted,
    Responded,
    Met,
    /// For this reason.
    Returned(Name),
    Paused,
    Resumed,
}

/// Leads that differ in a few fields, a row each.
#[derive(Debug, Clone, Serialize)]
pub struct Cases {
    pub fields: Vec<Name>,
    pub rows: Vec<Case>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Case {
    /// One for each field: its values, none for `missing`.
    pub values: Vec<Vec<Literal>>,
    pub expect: Vec<Expectation>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct TestField {
    pub name: Name,
    /// None is `missing`; several for a set.
    pub values: Vec<Literal>,
}

#[derive(Debug, Clone, Serialize)]
pub struct TestInstant {
    /// A date alone is its midnight.
    pub at: Literal,
    pub zone: Option<Text>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Expectation {
    /// `not` stands before it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub negated: bool,
    pub kind: ExpectationKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum ExpectationKind {
    Rule(Text),
    /// `rule "X" fails on employees`: it is tried, and this is the first question that fails.
    Fails {
        rule: Text,
        record: Option<Name>,
        name: Name,
    },
    /// `otherwise`
    Otherwise,
    /// `excluded`, `excluded "Sanctioned countries"`
    Excluded(Option<Text>),
    Target(Target),
    Assignee(Name),
    Sla(Name),
    NoSla,
    /// A promise was broken by then.
    Breach,
    Notified(Recipient),
    EscalatedTo(Recipient),
    Status(Name),
    Priority(Whole),
    Due(Literal),
    Territory(Name),
    Segment(Name),
    Score {
        name: Name,
        value: Whole,
    },
    Grade {
        name: Name,
        value: Name,
    },
}
