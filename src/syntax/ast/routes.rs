//! Routes: rules, targets and tiers.

use super::{Condition, DateRange, Name, OutputKind, Text, Whole, ZoneRef};
use crate::source::Span;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Route {
    pub name: Name,
    pub exclusive: bool,
    pub entries: Vec<RouteEntry>,
}

#[derive(Debug, Clone, Serialize)]
pub enum RouteEntry {
    Rule(Rule),
    /// `continue in emea_route when emea`
    Continue {
        route: Name,
        when: Option<Condition>,
        #[serde(skip)]
        span: Span,
    },
    Otherwise(Otherwise),
}

#[derive(Debug, Clone, Serialize)]
pub struct Rule {
    pub title: Text,
    pub clauses: Vec<RuleClause>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct RuleClause {
    pub kind: RuleClauseKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum RuleClauseKind {
    /// `only 2026-05-04..2026-05-08 in zone "Europe/Berlin"`
    Only {
        dates: Vec<DateRange>,
        zone: Option<ZoneRef>,
    },
    Match(Condition),
    /// `assign X, else Y, else Z`
    Assign(Vec<Target>),
    Sla(Name),
    Priority(Whole),
    /// `tier named`
    Tier(Name),
    /// `overrides rule "X"`
    Overrides(Vec<Text>),
}

#[derive(Debug, Clone, Serialize)]
pub struct Otherwise {
    pub clauses: Vec<RuleClause>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct Target {
    pub kind: TargetKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum TargetKind {
    Pool(Name),
    Queue(Name),
    Team(Name),
    Rep(Name),
    /// `account.owner`, with `under cap` where written.
    Owner {
        record: Name,
        column: Name,
        under_cap: bool,
    },
    /// `team of account.owner`
    TeamOfOwner {
        record: Name,
        column: Name,
    },
    /// `manager of account.owner`
    ManagerOfOwner {
        record: Name,
        column: Name,
    },
    /// `desk.pool`: one output of a table's row.
    TableOutput {
        table: Name,
        output: OutputKind,
    },
    /// `reach`: the target that a table's row gives.
    Table(Name),
}

#[derive(Debug, Clone, Serialize)]
pub struct Tier {
    /// From above to below: `tier a above b above c`.
    pub order: Vec<Name>,
}
