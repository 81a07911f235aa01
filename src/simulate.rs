//! What would happen: a history of leads, replayed through match, assignment and follow-up on a clock of its own.
//!
//! ```text
//! file --history--> leads by arrival --replay--> Run --report--> numbers, text, page
//!                                       ^
//!                    model: when reps answer, and what comes of it
//! ```
//!
//! A run is a pure function of the policy, the history, the model and its seed: the same give the same bytes everywhere.

mod agenda;
pub mod chance;
pub mod duty;
pub mod events;
pub mod history;
pub mod model;
pub mod replay;
pub mod statistics;

use crate::policy::{PoolId, QueueId, RepId};

/// What a replay came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// By place in the history.
    pub fates: Vec<Fate>,
    pub turns: Vec<Turns>,
    /// By [`RepId`].
    pub reps: Vec<Load>,
    pub notified: u64,
}

/// What became of a lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fate {
    /// Who has it at the end.
    pub rep: Option<RepId>,
    /// Where it lies at the end, where no rep has it.
    pub queue: Option<QueueId>,
    /// The pool that gave it to its first rep.
    pub pool: Option<PoolId>,
    /// When its first rep got it; instants are microseconds since 1970.
    pub given: Option<i64>,
    pub answered: Option<i64>,
    pub answered_by: Option<RepId>,
    /// From arrival to answer on the clock of its promise; where that counts all time or there is none, the working time of who
    /// answered, and time on the wall where that is nobody's.
    pub business: Option<i64>,
    /// The clock of its promise to respond is not the one on the wall.
    pub on_business_clock: bool,
    /// How its promises ended, in the order of the SLA.
    pub promises: Vec<Promised>,
    /// How often one of them was broken: one that begins anew may be broken again.
    pub breaches: u32,
    /// How often a rep got it.
    pub turns: u32,
    pub reassigned: u32,
    pub escalated: u32,
    pub recycled: u32,
    pub recalled: u32,
    pub returned: u32,
    /// The instant from which its age counts, which it keeps when it is recycled; none where it never was.
    pub born: Option<i64>,
    /// Since when it lies in its queue.
    pub queued: Option<i64>,
    /// How long it waited for somebody of a pool, in microseconds.
    pub waited: i64,
    pub converted: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promised {
    Open,
    Kept,
    Broken,
}

/// One count of turns: that of a pool, or of several that share it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Turns {
    pub pools: Vec<PoolId>,
    pub given: u64,
    /// Leads that each rep got in turn, and what he was due: his part of every lead that was given while he might have it.
    pub members: Vec<(RepId, u64, f64)>,
}

/// What a rep had to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    pub given: u64,
    /// Promises that were broken while he had the lead.
    pub broken: u64,
}

impl Fate {
    pub fn is_broken(&self) -> bool {
        self.promises.contains(&Promised::Broken)
    }
}
