//! SLAs and their steps, and what comes before all rules: exclusions and returning leads.

use super::{Condition, Duration, Name, Text, Whole};
use crate::source::Span;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Sla {
    pub name: Name,
    pub clauses: Vec<SlaClause>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SlaClause {
    pub kind: SlaClauseKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum SlaClauseKind {
    /// `respond within 5 minutes of business time of assignee`
    Within {
        stage: Stage,
        within: Duration,
        clock: SlaClock,
    },
    /// `pause while waiting_on_prospect`
    PauseWhile(Vec<Name>),
    /// `at 80% { ... }`
    At {
        percent: Whole,
        steps: Vec<Step>,
    },
    OnBreach(Vec<Step>),
    Finally(Vec<Step>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Stage {
    Accept,
    Respond,
    /// `meet within ...`: the first meeting.
    Meet,
}

impl Stage {
    /// The word that promises it.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Accept => "accept",
            Stage::Respond => "respond",
            Stage::Meet => "meet",
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub enum SlaClock {
    /// Time on the wall.
    Elapsed,
    /// `of business time of assignee`
    OfAssignee,
    /// `of business time of pool`
    OfPool,
    /// `of business time in follow_the_sun`, `within 1 business day in berlin`
    In(Name),
}

#[derive(Debug, Clone, Serialize)]
pub struct Step {
    pub kind: StepKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum StepKind {
    Notify(Vec<Recipient>),
    /// `reassign in pool, never to a rep who had it, at most 2 times, restart clock`
    Reassign {
        never_who_had_it: bool,
        at_most: Option<Whole>,
        restart_clock: bool,
    },
    /// `escalate to manager of assignee`
    Escalate(Recipient),
    /// `recycle to queue triage`
    Recycle(Name),
    /// `recall to queue partners`
    Recall(Name),
    Reopen,
}

#[derive(Debug, Clone, Serialize)]
pub enum Recipient {
    Assignee,
    ManagerOfAssignee,
    Email(Text),
    /// A rep, by name.
    Rep(Name),
}

#[derive(Debug, Clone, Serialize)]
pub struct Exclude {
    pub title: Text,
    pub when: Condition,
}

/// `returning leads by email, then account { ... }`
#[derive(Debug, Clone, Serialize)]
pub struct Returning {
    pub by: Vec<Name>,
    pub clauses: Vec<ReturningClause>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ReturningClause {
    pub within: Duration,
    pub kind: ReturningKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum ReturningKind {
    KeepOwner,
    JoinSameOwner,
}
