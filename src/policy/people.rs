//! Teams, reps, queues and pools.

use super::{CalendarId, GradeId, PoolId, QueueId, RepId, TeamId, Value};
use crate::source::Span;
use crate::syntax::ast;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;
use serde::Serializer;
use smol_str::SmolStr;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Serialize)]
pub struct Team {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub manager: Option<RepId>,
    /// In the order declared, roster files in place.
    pub members: Vec<RepId>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Rep {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub email: Option<SmolStr>,
    pub hours: Option<CalendarId>,
    pub zone: Option<Tz>,
    pub weight: i64,
    pub caps: Vec<Cap>,
    /// BCP 47 tags, canonical.
    pub speaks: Vec<SmolStr>,
    pub level: Option<i64>,
    /// Days in the rep's zone (else its calendar's, else the policy's), both included.
    pub away: Vec<(Option<NaiveDate>, Option<NaiveDate>)>,
    pub delegate: Option<RepId>,
    /// A territory's name.
    pub territory: Option<SmolStr>,
    pub since: Option<NaiveDate>,
    pub active: bool,
    /// The other columns of the roster, by name, for `where`.
    pub attributes: BTreeMap<SmolStr, Value>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Cap {
    pub count: i64,
    pub per: ast::Unit,
    /// A step of a grade that alone is counted: `cap 5 hot per day`.
    pub of: Option<(GradeId, u32)>,
    pub zone: CapZone,
    pub credited_back_on: Vec<SmolStr>,
}

#[derive(Debug, Clone, Serialize)]
pub enum CapZone {
    Policy,
    Named(Tz),
    OfRep,
}

#[derive(Debug, Clone, Serialize)]
pub struct Queue {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub worked_by: Vec<TeamId>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Pool {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    /// Members after `where`, in the order of the teams.
    pub members: Vec<RepId>,
    pub strategy: ast::Strategy,
    pub only_on_duty: bool,
    pub only_under_cap: bool,
    pub only_online: bool,
    pub caps: Vec<Cap>,
    pub prefer: Vec<ast::RepPreference>,
    pub joiners: ast::Start,
    pub returners: ast::Start,
    pub when_empty: Vec<Fallback>,
    pub shares_turns_with: Vec<PoolId>,
    #[serde(serialize_with = "without_spans")]
    pub after: Vec<(Span, ast::Duration, Fallback)>,
}

fn without_spans<S: Serializer>(after: &[(Span, ast::Duration, Fallback)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(after.iter().map(|(_, wait, fallback)| (wait, fallback)))
}

#[derive(Debug, Clone, Serialize)]
pub enum Fallback {
    Pool(PoolId),
    Queue(QueueId),
    WaitAtMost(ast::Duration),
    WaitUntilOpening,
}
