//! Literals, and conditions over them: what is asked of a lead.

use super::{Name, Text};
use crate::source::Span;
use serde::Serialize;
use smol_str::SmolStr;

/// A value as written. Dates and times are checked to exist by the parser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Literal {
    pub kind: LiteralKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum LiteralKind {
    /// A lower-case word: an enum value, `true`, a grade.
    Word(SmolStr),
    /// Upper-case code: `DE`, `US-CA`, `USD`.
    Code(SmolStr),
    Text(SmolStr),
    /// `exactly "X"`
    Exactly(SmolStr),
    /// `12`, `-3`, `1_000.50`; underscores left out.
    Number(rust_decimal::Decimal),
    /// `5_000_000 USD`
    Money(rust_decimal::Decimal, SmolStr),
    Date(chrono::NaiveDate),
    /// A local time, or with an offset in seconds east where one was written (`Z` is 0).
    Time(chrono::NaiveDateTime, Option<i32>),
}

/// A member of a list of values, in a condition, a table cell or a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Operand {
    One(Literal),
    /// `200..999`, `1000..`, `..10`: both ends are in it.
    Range {
        low: Option<Literal>,
        high: Option<Literal>,
        #[serde(skip)]
        span: Span,
    },
}

/// What a condition asks about: `employees`, `account.customer`, `domain of email`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The word before `of`: `domain` in `domain of email`.
    pub function: Option<Name>,
    /// `account` in `account.customer`.
    pub record: Option<Name>,
    pub name: Name,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    pub kind: ConditionKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum ConditionKind {
    /// Two or more, joined by `and`.
    And(Vec<Condition>),
    /// Two or more, joined by `or`.
    Or(Vec<Condition>),
    Not(Box<Condition>),
    /// What stands alone: a segment, a territory, a boolean field or let, `account.customer`.
    Holds(Subject),
    /// `S = V`, `S in V, W`, `S starts with V`, ...
    Compare {
        subject: Subject,
        op: Op,
        values: Vec<Operand>,
        #[serde(skip)]
        op_span: Span,
    },
    /// `S is missing`
    Missing(Subject),
    /// `S is present`
    Present(Subject),
    /// `arrives during CALENDAR`, or `arrives outside CALENDAR` where `outside`.
    Arrives {
        outside: bool,
        calendar: Name,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Op {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    StartsWith,
    EndsWith,
    Contains,
    HasWord,
    Matches,
    HasAnyOf,
    HasAllOf,
    HasNoneOf,
}

impl Op {
    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Op::Equal => "=",
            Op::NotEqual => "!=",
            Op::Less => "<",
            Op::LessOrEqual => "<=",
            Op::Greater => ">",
            Op::GreaterOrEqual => ">=",
            Op::In => "in",
            Op::NotIn => "not in",
            Op::StartsWith => "starts with",
            Op::EndsWith => "ends with",
            Op::Contains => "contains",
            Op::HasWord => "has word",
            Op::Matches => "matches",
            Op::HasAnyOf => "has any of",
            Op::HasAllOf => "has all of",
            Op::HasNoneOf => "has none of",
        }
    }
}

/// `5 minutes`, `1 business day`, `30 days`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duration {
    pub count: i64,
    pub unit: Unit,
    /// `1 business day`
    pub business: bool,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

/// One day as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Day {
    pub date: chrono::NaiveDate,
    #[serde(skip)]
    pub span: Span,
}

/// Days, both included; an open end where one side is not written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DateRange {
    pub from: Option<chrono::NaiveDate>,
    pub to: Option<chrono::NaiveDate>,
    #[serde(skip)]
    pub span: Span,
}

/// A zone of days: `in zone "Europe/Berlin"`, or `in zone of rep`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum ZoneRef {
    Named(Text),
    OfRep(#[serde(skip)] Span),
}
