//! Teams, reps, queues and pools.

use super::{Condition, DateRange, Day, Duration, Name, Text, Unit, Whole, ZoneRef};
use crate::source::Span;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Team {
    pub name: Name,
    pub manager: Option<Name>,
    pub members: Vec<Members>,
    pub reps: Vec<Rep>,
}

/// `members from "roster.csv" where team = "dach_aes"`
#[derive(Debug, Clone, Serialize)]
pub struct Members {
    pub path: Text,
    pub filter: Option<Condition>,
    #[serde(skip)]
    pub span: Span,
}

/// `rep ana "ana@acme.test" { ... }`
#[derive(Debug, Clone, Serialize)]
pub struct Rep {
    pub name: Name,
    pub email: Option<Text>,
    pub clauses: Vec<RepClause>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum RepClause {
    Hours(Name),
    Zone(Text),
    Weight(Whole),
    /// `cap 20 per day in zone "..."`
    Cap {
        count: Whole,
        per: Unit,
        zone: Option<ZoneRef>,
    },
    Speaks(Vec<Name>),
    Level(Whole),
    /// `away 2026-03-02..2026-03-13`
    Away(Vec<DateRange>),
    /// `delegate omar`: takes over while the rep is away or gone.
    Delegate(Name),
    Territory(Name),
    /// `since 2026-01-15`: the day on which the rep joins.
    Since(Day),
    Inactive(#[serde(skip)] Span),
}

/// `queue triage { worked by emea_sdrs }`
#[derive(Debug, Clone, Serialize)]
pub struct Queue {
    pub name: Name,
    pub worked_by: Vec<Name>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Pool {
    pub name: Name,
    pub teams: Vec<Name>,
    pub filter: Option<Condition>,
    pub clauses: Vec<PoolClause>,
}

#[derive(Debug, Clone, Serialize)]
pub struct PoolClause {
    pub kind: PoolClauseKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum PoolClauseKind {
    Strategy(Strategy),
    /// `only reps on duty, under cap, online`
    Only(Vec<Eligible>),
    /// `cap 5 hot per day in zone of rep, credited back on duplicate, wrong_territory`
    Cap {
        count: Whole,
        of: Option<Name>,
        per: Unit,
        zone: Option<ZoneRef>,
        credited_back_on: Vec<Name>,
    },
    /// `prefer reps who speak language, then level, then same territory`
    Prefer(Vec<RepPreference>),
    Joiners(Start),
    Returners(Start),
    WhenEmpty(Vec<Fallback>),
    /// `share turns with dach_enterprise`
    ShareTurnsWith(Vec<Name>),
    /// `after 10 minutes untouched try pool X`
    After {
        wait: Duration,
        fallback: Fallback,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Strategy {
    RoundRobin,
    RoundRobinWeighted,
    LeastLoaded,
    InOrder,
    /// `sticky by account`
    StickyByAccount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Eligible {
    OnDuty,
    UnderCap,
    Online,
}

#[derive(Debug, Clone, Serialize)]
pub enum RepPreference {
    /// `reps who speak language`: the lead's field.
    Speak(Name),
    /// `highest level`
    HighestLevel(#[serde(skip)] Span),
    /// `same territory`
    SameTerritory(#[serde(skip)] Span),
}

#[derive(Debug, Clone, Serialize)]
pub enum Start {
    /// `start level`
    Level,
    /// `made whole`
    MadeWhole,
    /// `catch up by 2 per day`
    CatchUp { by: Whole, per: Unit },
}

#[derive(Debug, Clone, Serialize)]
pub enum Fallback {
    Pool(Name),
    Queue(Name),
    /// `wait at most 4 hours`
    WaitAtMost(Duration),
    /// `wait until next opening`
    WaitUntilOpening(#[serde(skip)] Span),
}
