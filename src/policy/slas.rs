//! SLAs: promises, warnings and steps.

use super::{CalendarId, QueueId, RepId};
use crate::source::Span;
use crate::syntax::ast;
use serde::Serialize;
use smol_str::SmolStr;

#[derive(Debug, Clone, Serialize)]
pub struct Sla {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub promises: Vec<Promise>,
    /// Places in [`Policy::statuses`]: while a lead has one of these, the clocks stand still.
    pub pause_while: Vec<u32>,
    /// By share, the smallest first.
    pub warnings: Vec<Warning>,
    pub on_breach: Vec<Step>,
    /// When nothing of `on_breach` moves the lead on.
    pub finally: Vec<Step>,
}

/// One promise; an SLA has at most one a stage.
#[derive(Debug, Clone, Serialize)]
pub struct Promise {
    #[serde(skip)]
    pub span: Span,
    pub stage: ast::Stage,
    pub within: ast::Duration,
    pub clock: Clock,
}

#[derive(Debug, Clone, Serialize)]
pub enum Clock {
    Elapsed,
    OfAssignee,
    OfPool,
    In(CalendarId),
}

/// What is done when a share of a promise's time is gone.
#[derive(Debug, Clone, Serialize)]
pub struct Warning {
    /// Of a hundred, from 1 to 99.
    pub percent: u8,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, Serialize)]
pub enum Step {
    Notify(Vec<Recipient>),
    Reassign {
        never_who_had_it: bool,
        at_most: Option<u32>,
        restart_clock: bool,
        #[serde(skip)]
        span: Span,
    },
    Escalate(Recipient),
    Recycle(QueueId),
    Recall(QueueId),
    Reopen,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Recipient {
    Assignee,
    ManagerOfAssignee,
    Rep(RepId),
    /// Lower case.
    Email(SmolStr),
}
