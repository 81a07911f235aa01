//! Who gets a lead, and what is remembered of it: a pure step from what the match says, the people, the state and the instant
//! to a rep or a queue and the next state. No clock, no I/O, no chance: the same steps always come to the same.
//!
//! ```text
//! Policy ──Crews::new──> Crews                  made once: who is in them, counts of turns, caps, owners by name
//!                          │
//! Match, values, instant ──┼──> Crews::assign(&mut State, Request) -> Assignment
//! closed, returned, away ──┴──> State::closed, returned, recalled, present
//! ```
//!
//! First it is settled who may have the lead (member, active, joined, not away, on duty, online, under cap, not excluded), then
//! whose turn it is. Who may is known before a lead comes: a cap that is reached, a shift that ends, a day that begins change
//! it, and nothing else is looked at; see [`state`]. Whose turn it is takes logarithmic time; see [`rota`].
//!
//! A driver (the command line, the simulator, a server) keeps one [`State`] and takes the steps in the order of their instants:
//! - [`Crews::assign`] for a lead that comes. A lead that is known already keeps its assignment.
//! - [`Crews::reassign`] for a lead that has to go on: from a rep who did not respond, from a pool that it waited for.
//! - [`State::closed`], [`State::returned`] and [`State::recalled`] for a lead that leaves its rep.
//! - [`State::present`] for a rep who signs in or out, goes away or is back.

mod clock;
mod crews;
mod dues;
mod events;
pub mod kept;
pub mod rota;
pub mod state;
mod step;
mod why_not;

pub use crews::{Asked, Crews};
pub use state::{Held, Presence, State};

use crate::matcher::Match;
use crate::policy::{Instant, PoolId, QueueId, RepId};
use serde::{Deserialize, Serialize};

/// A lead to be assigned.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What the match says of it: its targets, records, grades and territory are read.
    pub found: &'a Match,
    /// What its values say; see [`Crews::asked`].
    pub asked: &'a Asked,
    pub at: Instant,
    /// The name under which it is remembered; none for a lead that is forgotten at once.
    pub lead: Option<&'a str>,
    /// Who may not have it.
    pub never: &'a [RepId],
}

/// Where a lead went: to a rep, to a queue, or into the line of a pool that it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assignment {
    /// The place in the rule's `assign` that took the lead.
    pub choice: usize,
    /// The pools that were tried, the first first; empty where the target is no pool.
    pub pools: Vec<PoolId>,
    pub assignee: Option<RepId>,
    /// The queue that the lead lies in; none where a rep has it.
    pub queue: Option<QueueId>,
    /// How it came to its rep or queue.
    pub how: How,
    /// The pool that it waits for, where nobody has it yet.
    pub waits: Option<Wait>,
    /// How the search widens if nobody has touched the lead by then.
    pub widens: Option<Widening>,
}

impl Assignment {
    /// A lead that goes straight to a queue.
    pub fn to_queue(queue: QueueId) -> Assignment {
        Assignment {
            choice: 0,
            pools: Vec::new(),
            assignee: None,
            queue: Some(queue),
            how: How::Queued,
            waits: None,
            widens: None,
        }
    }
}

/// How a lead came to where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It was the rep's turn in a pool or a team.
    Turn,
    /// The rule names the rep, or the rep is a record's owner or the owner's manager.
    Named,
    /// The rep stands in for one who is away or gone.
    Delegate,
    /// The rep had this lead, or one of the same person or account, before.
    Kept,
    /// The rep was given another lead of the same person or account a moment ago.
    Joined,
    /// The rep has the account, in a pool that is sticky by account.
    Sticky,
    /// The lead lies in a queue.
    Queued,
    /// The lead waits for somebody of a pool.
    Waiting,
}

impl How {
    pub fn name(self) -> &'static str {
        match self {
            How::Turn => "turn",
            How::Named => "named",
            How::Delegate => "delegate",
            How::Kept => "kept",
            How::Joined => "joined",
            How::Sticky => "sticky",
            How::Queued => "queued",
            How::Waiting => "waiting",
        }
    }
}

/// What a lead waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Wait {
    pub pool: PoolId,
    /// When it goes on, in microseconds: to whoever may have it then, else to what the pool names next.
    pub until: i64,
    /// The place of the wait in the pool's `when empty`.
    pub step: usize,
}

/// The `after ... untouched` of a pool that counts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Widening {
    /// In microseconds.
    pub at: i64,
    pub pool: PoolId,
    /// The place in the pool's `after`.
    pub step: usize,
    /// When the pool gave the lead, in microseconds: all its steps count from then.
    pub since: i64,
}

/// What was found of one candidate or one target, for a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tried {
    pub what: String,
    /// Why not; none where it was taken.
    pub why_not: Option<String>,
}

/// Why a lead is assigned again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Its rep did not do what was promised: somebody else of the same pool.
    Reassign,
    /// Nobody touched it: what the pool widens to.
    Widen,
    /// It waited: somebody of the pool, and when the wait is over, what comes next.
    Wake,
}
