//! What is to come in a replay: instants with leads, the earliest first.

use crate::policy::PoolId;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is due. A `turn` is the holder for whom it was entered: for another one it no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The lead's first answer goes out.
    Answer { turn: u32 },
    /// It is closed, and no open lead of its rep any more.
    Close { turn: u32 },
    /// It waits for somebody of a pool: perhaps there is one now.
    Wake { turn: u32, pool: PoolId, until: i64 },
    /// Its pool widens if nobody has touched it.
    Widen { turn: u32 },
    /// Its follow-up has something due.
    Timer,
}

impl What {
    /// At one instant what people do comes before what is due by itself.
    fn rank(&self) -> u8 {
        match self {
            What::Answer { .. } | What::Close { .. } => 0,
            What::Wake { .. } | What::Widen { .. } | What::Timer => 1,
        }
    }
}

/// What was entered; the fields stand in the order that entries are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    at: i64,
    rank: u8,
    /// How many were entered before.
    place: u64,
    lead: u32,
    what: What,
}

/// By instant, rank, and the order of entering.
#[derive(Debug, Default)]
pub struct Agenda {
    heap: BinaryHeap<Reverse<Entry>>,
    entered: u64,
}

impl Agenda {
    pub fn enter(&mut self, at: i64, lead: u32, what: What) {
        self.heap.push(Reverse(Entry { at, rank: what.rank(), place: self.entered, lead, what }));
        self.entered += 1;
    }

    pub fn next_at(&self) -> Option<i64> {
        self.heap.peek().map(|Reverse(entry)| entry.at)
    }

    pub fn take(&mut self) -> Option<(i64, u32, What)> {
        self.heap.pop().map(|Reverse(entry)| (entry.at, entry.lead, entry.what))
    }
}
