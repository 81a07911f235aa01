//! Exclusions, tables, routes with their rules and targets, experiments and goals.

use super::{ColumnId, Condition, PoolId, QueueId, RecordsId, RepId, RouteId, RuleId, SlaId, Subject, TableId, TeamId};
use crate::source::Span;
use crate::syntax::ast;
use chrono::NaiveDate;
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::Serialize;
use smol_str::SmolStr;

#[derive(Debug, Clone, Serialize)]
pub struct Exclude {
    pub title: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub when: Condition,
}

/// A mapping of many rows.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub first_row_wins: bool,
    /// The questions that cells ask, for words in a trace.
    pub inputs: Vec<SmolStr>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// One condition an input (`any` is `Constant(true)`); all must hold.
    pub cells: Vec<Condition>,
    pub target: Option<Target>,
    pub sla: Option<SlaId>,
    pub priority: Option<i64>,
    /// Where the row is written; a row of a CSV file has the span of the file's name in the policy.
    #[serde(skip)]
    pub span: Span,
    /// The line of the CSV file, from 1 (the header is 1).
    pub line: Option<u32>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Route {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub exclusive: bool,
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone, Serialize)]
pub enum Entry {
    Rule(RuleId),
    /// Enter another route; come back where nothing there matches.
    Continue {
        route: RouteId,
        when: Option<Condition>,
        #[serde(skip)]
        span: Span,
    },
}

/// A rule; an `otherwise` is one without `when` whose title is `otherwise`.
#[derive(Debug, Clone, Serialize)]
pub struct Rule {
    pub title: SmolStr,
    pub route: RouteId,
    #[serde(skip)]
    pub span: Span,
    /// From its first word to its closing brace.
    #[serde(skip)]
    pub whole: Span,
    pub otherwise: bool,
    pub only: Vec<Period>,
    pub when: Option<Condition>,
    /// Tried in order. Never empty.
    pub assign: Vec<Target>,
    pub sla: Option<SlaId>,
    pub priority: Option<i64>,
    pub tier: Option<SmolStr>,
    pub overrides: Vec<RuleId>,
}

/// Days in a zone, both included.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Period {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub zone: Tz,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Target {
    Pool(PoolId),
    Queue(QueueId),
    Team(TeamId),
    Rep(RepId),
    Owner {
        records: RecordsId,
        column: ColumnId,
        under_cap: bool,
    },
    TeamOfOwner {
        records: RecordsId,
        column: ColumnId,
    },
    ManagerOfOwner {
        records: RecordsId,
        column: ColumnId,
    },
    /// What the row of the table gives; a rule that assigns it matches only where there is a row that gives it.
    Table {
        table: TableId,
        output: Option<ast::OutputKind>,
    },
}

#[derive(Debug, Clone, Serialize)]
pub struct Experiment {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub rule: RuleId,
    /// The last has no `unless` and its field is required.
    pub keys: Vec<(Subject, Option<Condition>)>,
    pub arms: Vec<Arm>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Arm {
    pub name: SmolStr,
    /// Of a hundred; the arms' sum is 100.
    pub percent: Decimal,
    /// Empty: what the rule says.
    pub assign: Vec<Target>,
    pub sla: Option<SlaId>,
    pub priority: Option<i64>,
}

/// What is to be reached, measured over many leads. It changes no decision.
#[derive(Debug, Clone, Serialize)]
pub struct Goal {
    pub written: ast::Goal,
    /// The leads that count; `None`: all.
    #[serde(skip)]
    pub when: Option<Condition>,
}
