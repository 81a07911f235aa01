//! The numbers of a simulation as data: what `leadway simulate --format json` writes, and what its pages show.
//!
//! Times are in seconds, instants in RFC 3339, shares from 0 to 1. What is not known is `null`.

mod assumptions;
pub mod each;
mod gather;
mod goals;
pub mod html;
mod tables;
pub mod text;
mod words;

pub use assumptions::assumptions;
pub use gather::{Against, changes, counts, numbers, past};

use crate::simulate::statistics::{Difference, Share};
use serde::Serialize;

/// A simulation, or two on the same leads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Simulation {
    /// The first and the last arrival.
    pub from: Option<String>,
    pub to: Option<String>,
    /// The zone of days and hours.
    pub zone: String,
    pub seed: u64,
    /// What was taken for granted where the history says nothing, in sentences.
    pub assumptions: Vec<String>,
    /// Values of the history that could not be read, by field or column.
    pub bad_values: Vec<Count>,
    /// What the history itself says, where it names who had its leads.
    pub history: Option<Past>,
    pub policy: Numbers,
    /// The other policy, on the same leads with the same chances.
    pub against: Option<Numbers>,
    /// What differs between the two, lead by lead.
    pub changes: Option<Changes>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Count {
    pub name: String,
    pub count: u64,
}

/// What happened, before any simulation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Past {
    pub speed: Option<Speed>,
    pub conversion: Option<Share>,
    pub reps: Vec<PastRep>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PastRep {
    pub rep: String,
    /// The policy has such a rep.
    pub known: bool,
    pub leads: u64,
    pub conversion: Share,
}

/// One policy's run over the history.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Numbers {
    pub title: String,
    /// See `leadway route`: the hash of all that a decision depends on.
    pub hash: String,
    pub leads: Leads,
    pub speed: Speed,
    pub slas: Vec<Promise>,
    pub steps: Steps,
    pub goals: Vec<Goal>,
    pub reps: Vec<Rep>,
    pub pools: Vec<Turns>,
    pub queues: Vec<Lying>,
    pub zones: Vec<Count>,
    /// By hour of the day in the simulation's zone.
    pub hours: Vec<Hour>,
    pub days: Vec<Day>,
    /// The share of leads that was answered within so many seconds after they came.
    pub answered_within: Vec<Within>,
    pub conversion: Conversion,
    pub experiments: Vec<Experiment>,
}

/// Leads in are all that follows together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Leads {
    pub leads: u64,
    /// A rep has it at the end.
    pub with_rep: u64,
    /// It lies in a queue at the end.
    pub in_queue: u64,
    pub excluded: u64,
    /// No rule took it, or none of the rule's targets could.
    pub nowhere: u64,
    /// It became no lead.
    pub errors: u64,
}

/// How soon leads are answered. A lead without an answer is later than every answer, so the median is `null` where half have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Speed {
    pub leads: u64,
    pub answered: u64,
    /// Time on the wall, from arrival to answer.
    pub median: Option<i64>,
    pub p90: Option<i64>,
    /// Time on the clock of the lead's promise; where that counts all time or there is none, the working time of who answered.
    pub business_median: Option<i64>,
    pub business_p90: Option<i64>,
}

/// What became of one promise of an SLA.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Promise {
    pub sla: String,
    /// `accept`, `respond` or `meet`.
    pub stage: &'static str,
    pub kept: Share,
    pub broken: u64,
    /// Neither when the lead ended: it went on before the promise fell due, or the clock stands still.
    pub open: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Steps {
    pub reassigned: u64,
    pub escalated: u64,
    pub recycled: u64,
    pub recalled: u64,
    pub returned: u64,
    pub notified: u64,
    /// Leads that waited for somebody of a pool, and their longest wait in seconds.
    pub waited: u64,
    pub longest_wait: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Goal {
    pub title: String,
    /// Leads that count.
    pub leads: u64,
    pub measures: Vec<Measure>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    /// As the policy writes it.
    pub goal: String,
    /// What was measured, for people.
    pub measured: String,
    /// Seconds, or a share; none where nothing was measured.
    pub value: Option<f64>,
    /// None where there is no data.
    pub met: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rep {
    pub rep: String,
    /// Leads that were given to him, first or later.
    pub given: u64,
    /// Leads that he has at the end.
    pub has: u64,
    /// Of all that reps were given.
    pub share: f64,
    /// What the pools owed him: see [`PoolRep::due`]; 0 for leads that no pool gave.
    pub due: f64,
    /// Leads that he had in the history.
    pub had: Option<u64>,
    pub answered: u64,
    /// Seconds of working time.
    pub median: Option<i64>,
    /// Promises broken while he had the lead.
    pub broken: u64,
}

/// Fairness within a pool, or within several that share their turns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Turns {
    pub pools: Vec<String>,
    /// Leads that were given in turn.
    pub given: u64,
    pub reps: Vec<PoolRep>,
    /// How far the rep is from his due who is furthest, in leads.
    pub furthest: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PoolRep {
    pub rep: String,
    pub weight: i64,
    pub given: u64,
    /// His part of each lead that the pool gave while he might be picked, by weight among those who might.
    pub due: f64,
}

/// What lies in a queue at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lying {
    pub name: String,
    pub count: u64,
    /// Those that were recycled into it.
    pub recycled: u64,
    /// The instant from which the age of the oldest counts: a recycled lead keeps its own.
    pub oldest: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Hour {
    pub hour: u32,
    pub arrived: u64,
    /// Of those that arrived in this hour.
    pub broken: u64,
    pub median: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Day {
    pub day: String,
    pub arrived: u64,
    pub with_rep: u64,
    pub in_queue: u64,
    pub broken: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Within {
    pub seconds: i64,
    pub share: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conversion {
    pub all: Option<Share>,
    pub rules: Vec<Part>,
    pub segments: Vec<Part>,
    /// The field or column that leads are grouped by besides.
    pub by: Option<String>,
    pub groups: Vec<Part>,
    pub reps: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    pub name: String,
    pub leads: u64,
    pub conversion: Share,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Experiment {
    pub experiment: String,
    pub rule: String,
    pub arms: Vec<Arm>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arm {
    pub arm: String,
    /// Of a hundred, as declared.
    pub percent: f64,
    pub leads: u64,
    pub speed: Speed,
    pub conversion: Share,
    /// Answered within the promise's time.
    pub kept: Share,
    /// Against the first arm; none for that one.
    pub conversion_difference: Option<Difference>,
    pub kept_difference: Option<Difference>,
}

/// Leads that two policies treat differently.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changes {
    pub leads: u64,
    pub another_rule: u64,
    pub another_holder: u64,
    pub sooner: u64,
    pub later: u64,
    /// Leads that converted under this policy less those under the other.
    pub conversions: i64,
    /// The most frequent moves: from where to where, by rule.
    pub moves: Vec<Move>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Move {
    pub from: String,
    pub to: String,
    pub leads: u64,
}
