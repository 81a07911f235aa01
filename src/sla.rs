//! The follow-up of a lead: what happens from the moment it is assigned until its promises are kept or it has gone on.
//!
//! A [`FollowUp`] is a pure state machine over events and instants. It assigns nothing and tells nobody: it says what is to be
//! done ([`Effect`]), and whoever drives it (a simulation on a virtual clock, a server on a real one) does that and reports
//! back. It never reads a clock: the driver asks [`FollowUp::next_due`] and brings [`Event::Timer`] then.
//!
//! ```text
//!             events, each with its instant                    effects, each with its instant and cause
//!   driver -- Accepted, Responded, Met, Status, Returned --> FollowUp -- Breach, Notify, Escalate, Credit ----> driver
//!             Paused, Resumed, Timer                                  -- Recall, Recycle, Reopen (done already)
//!          <------------------------- Reassign { pool, excluding } --
//!          -- Assigned, or NobodyLeft ------------------------------>
//! ```
//!
//! How a driver goes round:
//!
//! ```text
//! follow_up = FollowUp::start(policy, people, sla, given, born, at)
//! loop: the next instant is that of the next event of the lead, or next_due(), whichever comes first
//!       (at the same instant the event comes before the timer: an answer in the last moment counts)
//!   effects = follow_up.step(event or Timer, instant)
//!   for Reassign: assign within the pool, leaving out whom it excludes and never trying what `when empty` says, then
//!       step(Assigned { .. }) or step(NobodyLeft) at the same instant
//! until follow_up.ended(), or next_due() is none and nothing more will come
//! ```
//!
//! What holds always: a lead has a [`Holder`]; a step is fired once for each time that its promise is broken (or that its share
//! is reached); what was due before an event is fired before it, with the instant at which it was due; an event that comes with
//! an earlier instant than one before it counts as of that one. A deadline moves only by a pause, by another holder, by
//! `restart clock` and by `reopen`.
//!
//! A follow-up borrows the policy under which it began, so it cannot run under another. [`saved`] writes one with names instead
//! of ids and the hash of its policy, and opens it under that policy, or, where asked, moves it to another one.

pub mod happened;
mod machine;
pub mod people;
mod promise;
pub mod saved;
pub mod statuses;
pub mod told;

use crate::policy::{Policy, PoolId, QueueId, RepId, Sla, SlaId};
use crate::syntax::ast::Stage;
use people::People;
use promise::Running;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Where a lead is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    Rep(RepId),
    Queue(QueueId),
    /// It waits until somebody of this pool may take it.
    Pool(PoolId),
}

/// What an assignment came to: who has the lead, and the pool that gave it (the one to reassign in).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Given {
    pub holder: Holder,
    pub pool: Option<PoolId>,
}

/// What happened to a lead. Instants are microseconds since 1970-01-01T00:00:00Z and stand beside the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The instant of [`FollowUp::next_due`] has come.
    Timer,
    /// The rep took the lead on.
    Accepted,
    /// The first answer went to the prospect.
    Responded,
    /// The first meeting stands in a calendar.
    Met,
    /// The lead has this status now: a place in [`Policy::statuses`].
    Status(u32),
    /// The rep gave it back.
    Returned {
        reason: SmolStr,
    },
    /// It has another holder: the answer to [`Doing::Reassign`], or a hand-over by people.
    Assigned(Given),
    /// The other answer to [`Doing::Reassign`]: nobody of the pool may take it.
    NobodyLeft,
    /// The clocks were stopped by hand, whatever the status is.
    Paused,
    Resumed,
}

/// Something that is to be done, or that was done to the lead, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// When it fell due; not later than the instant of the event that brought it.
    pub at: i64,
    pub cause: Cause,
    pub doing: Doing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// This share of a promise's time is gone, of a hundred.
    Share(Stage, u8),
    Breach(Stage),
    /// Nobody is left to reassign to.
    NobodyLeft,
    Returned,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// A promise is broken; for the record.
    Breach {
        due: i64,
    },
    Notify(Whom),
    /// This person answers for the lead from now on; its holder keeps it. `level` is how far up the chain of
    /// managers, which may be shorter.
    Escalate {
        whom: Whom,
        level: u32,
    },
    /// Find somebody of this pool, none of these, and say [`Event::Assigned`] or [`Event::NobodyLeft`].
    Reassign {
        pool: PoolId,
        excluding: Vec<RepId>,
    },
    /// The rep gave the lead back: his cap may be credited for this reason.
    Credit {
        rep: RepId,
        reason: SmolStr,
    },
    /// The lead was taken back into this queue; its other promises run on.
    Recall(QueueId),
    /// The lead ended in this queue and keeps its age: it was born then.
    Recycle {
        queue: QueueId,
        born: i64,
    },
    /// The lead is new again and every promise runs anew.
    Reopen,
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whom {
    Rep(RepId),
    /// Those who work this queue.
    Queue(QueueId),
    Email(SmolStr),
    /// There is no manager, or nobody has the lead.
    Nobody,
}

/// How a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Open,
    /// Kept in time.
    Kept {
        at: i64,
    },
    /// Broken at `due`; `kept` late, where it was.
    Broken {
        due: i64,
        kept: Option<i64>,
    },
}

/// One lead under one SLA.
#[derive(Debug, Clone)]
pub struct FollowUp<'p> {
    policy: &'p Policy,
    people: &'p People,
    sla: &'p Sla,
    id: SlaId,
    /// The age of the lead: the instant from which it counts.
    born: i64,
    /// A place in [`Policy::statuses`].
    status: u32,
    holder: Holder,
    pool: Option<PoolId>,
    /// Every rep who had it, in order, each once.
    had: Vec<RepId>,
    promises: Vec<Running>,
    stopped_by_hand: bool,
    stopped: bool,
    waiting: Option<Waiting>,
    reassigned: u32,
    nobody_left: bool,
    escalated: u32,
    reopened: bool,
    finished: bool,
    ended: bool,
    /// The latest instant that it knows of.
    now: i64,
}

/// A reassignment that was asked for and not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    restart_clock: bool,
    /// Whether it counts for `at most 2 times`.
    counts: bool,
}

impl<'p> FollowUp<'p> {
    /// Begins where an assignment was made, at that instant; `born` is when the lead came in. None where the policy has no such
    /// SLA.
    pub fn start(
        policy: &'p Policy,
        people: &'p People,
        sla: SlaId,
        given: Given,
        born: i64,
        at: i64,
    ) -> Option<FollowUp<'p>> {
        let terms = policy.slas.get(sla.at())?;
        let mut follow_up = FollowUp {
            policy,
            people,
            sla: terms,
            id: sla,
            born,
            status: statuses::place(policy, "new").unwrap_or(0),
            holder: given.holder,
            pool: given.pool,
            had: match given.holder {
                Holder::Rep(rep) => vec![rep],
                Holder::Queue(_) | Holder::Pool(_) => Vec::new(),
            },
            promises: Vec::with_capacity(terms.promises.len()),
            stopped_by_hand: false,
            stopped: false,
            waiting: None,
            reassigned: 0,
            nobody_left: false,
            escalated: 0,
            reopened: false,
            finished: false,
            ended: false,
            now: at,
        };
        follow_up.promises = terms.promises.iter().map(|promise| follow_up.begin(promise, at)).collect();
        follow_up.pause_or_go_on(at);
        Some(follow_up)
    }

    /// When something falls due by itself: a warning or a promise. None while the clocks stand still, and when nothing is open.
    pub fn next_due(&self) -> Option<i64> {
        if self.ended || self.stopped {
            return None;
        }
        self.promises.iter().filter_map(Running::next).min()
    }

    /// When a promise falls due (or did); none where the SLA does not promise this, or the calendar never opens.
    pub fn due(&self, stage: Stage) -> Option<i64> {
        self.promises.iter().find(|running| running.stage == stage)?.due
    }

    /// The earliest instant at which an open promise falls due.
    pub fn first_due(&self) -> Option<i64> {
        let open = self.promises.iter().filter(|running| running.standing == Standing::Open);
        open.filter_map(|running| running.due).min()
    }

    pub fn standing(&self, stage: Stage) -> Option<Standing> {
        Some(self.promises.iter().find(|running| running.stage == stage)?.standing)
    }

    pub fn holder(&self) -> Holder {
        self.holder
    }

    /// The pool to reassign in.
    pub fn pool(&self) -> Option<PoolId> {
        self.pool
    }

    /// Every rep who had the lead, in order, each once.
    pub fn had(&self) -> &[RepId] {
        &self.had
    }

    /// A place in [`Policy::statuses`].
    pub fn status(&self) -> u32 {
        self.status
    }

    pub fn sla(&self) -> SlaId {
        self.id
    }

    pub fn born(&self) -> i64 {
        self.born
    }

    /// How often the lead was reassigned because a promise was broken.
    pub fn reassigned(&self) -> u32 {
        self.reassigned
    }

    /// Whether the clocks stand still.
    pub fn is_paused(&self) -> bool {
        self.stopped
    }

    /// Nothing that happens to the lead matters to this follow-up any more.
    pub fn ended(&self) -> bool {
        self.ended
    }
}
