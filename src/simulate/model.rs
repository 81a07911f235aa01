//! How long reps take to answer: as it happened where the history tells, as a stated distribution where it does not.
//!
//! An answer takes a rep so much working time (see [`Duty`]), and that time is lognormal: most answers are quick and some take very
//! long. Where the history tells of enough answers of a rep, the rep has a distribution of his own; else that of all answers; else
//! the one that is stated.
//!
//! An answer that the history tells of is kept as its rank in the distribution of the rep who gave it. The same rep takes as long as
//! he took; another takes as long as his own distribution has it at that rank (quantile coupling: Law, "Simulation Modeling and
//! Analysis", 5th edition, section 11.2).

use super::Fate;
use super::chance::{Chance, Purpose};
use super::duty::Duty;
use super::history::{History, PastLead};
use crate::policy::{Policy, QueueId, RepId};
use crate::sla::Holder;
use crate::sla::people::People;
use serde::Serialize;

/// So many answers must be known before a distribution is made of them.
pub const ENOUGH: usize = 20;
const SECOND: f64 = 1_000_000.0;
/// An answer takes a hundred years at most, so that a wild distribution stays in the calendar.
const LONGEST: f64 = 100.0 * 365.25 * 86_400.0 * SECOND;
/// The 90% point of the standard normal distribution.
const Z90: f64 = 1.281_551_565_544_600_4;

/// A lognormal time: the logarithm of its seconds is normal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Answering {
    mean: f64,
    deviation: f64,
}

impl Answering {
    /// With this median and 90% point, in microseconds.
    pub fn new(median: i64, p90: i64) -> Answering {
        let [median, p90] = [median, p90].map(|time| libm::log((time as f64 / SECOND).max(1.0)));
        Answering { mean: median, deviation: ((p90 - median) / Z90).max(0.0) }
    }

    fn fitted(seconds: &[f64]) -> Option<Answering> {
        if seconds.len() < ENOUGH {
            return None;
        }
        let logs: Vec<f64> = seconds.iter().map(|seconds| libm::log(*seconds)).collect();
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        let squares = logs.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>();
        Some(Answering { mean, deviation: libm::sqrt(squares / (logs.len() - 1) as f64) })
    }

    /// In microseconds.
    pub fn median(&self) -> i64 {
        self.at(0.0)
    }

    pub fn p90(&self) -> i64 {
        self.at(Z90)
    }

    /// The time at a rank, given as a number of the standard normal distribution; in microseconds, to the millisecond.
    fn at(&self, rank: f64) -> i64 {
        libm::round(libm::exp(self.mean + self.deviation * rank) * 1e3).min(LONGEST / 1e3) as i64 * 1_000
    }

    fn rank(&self, micros: i64) -> f64 {
        match self.deviation > 0.0 {
            true => (libm::log(seconds(micros)) - self.mean) / self.deviation,
            false => 0.0,
        }
    }
}

/// An answer within the second counts as a second: its logarithm must be a number.
fn seconds(micros: i64) -> f64 {
    (micros as f64 / SECOND).max(1.0)
}

/// The distributions of a run.
pub struct Model {
    pub chance: Chance,
    pub stated: Answering,
    /// Of all answers that the history tells of, with their number.
    pub all: Option<(Answering, usize)>,
    /// By [`RepId`], of those with enough answers.
    pub reps: Vec<Option<Answering>>,
    /// The history says when leads were answered, so one without an answer had none.
    pub told: bool,
    pub outcomes: Outcomes,
    /// By [`RepId`], of those with enough outcomes: the share that converted.
    rates: Vec<Option<f64>>,
    rate: f64,
}

impl Model {
    pub fn new(history: &History, duty: &Duty, reps: usize, stated: Answering, seed: u64, outcomes: Outcomes) -> Model {
        let mut of_rep: Vec<Vec<f64>> = vec![Vec::new(); reps];
        let mut of_all = Vec::new();
        let mut known = vec![(0usize, 0usize); reps + 1];
        for lead in &history.leads {
            let rep = lead.past.rep.map(RepId::at);
            if let Some(micros) = took(lead, duty) {
                of_all.push(seconds(micros));
                if let Some(times) = rep.and_then(|rep| of_rep.get_mut(rep)) {
                    times.push(seconds(micros));
                }
            }
            for place in rep.into_iter().chain([reps]) {
                if let (Some(converted), Some((count, of))) = (lead.past.converted, known.get_mut(place)) {
                    *count += usize::from(converted);
                    *of += 1;
                }
            }
        }
        let rate = |&(count, of): &(usize, usize)| count as f64 / of.max(1) as f64;
        Model {
            chance: Chance { seed },
            stated,
            all: Answering::fitted(&of_all).map(|fitted| (fitted, of_all.len())),
            reps: of_rep.iter().map(|times| Answering::fitted(times)).collect(),
            told: !of_all.is_empty(),
            outcomes,
            rates: known.iter().take(reps).map(|known| (known.1 >= ENOUGH).then(|| rate(known))).collect(),
            rate: known.last().map_or(0.0, rate),
        }
    }

    /// The distribution of a rep; of whoever answers, where none is named.
    pub fn of(&self, rep: Option<RepId>) -> Answering {
        let own = rep.and_then(|rep| self.reps.get(rep.at()).copied().flatten());
        own.or(self.all.map(|(fitted, _)| fitted)).unwrap_or(self.stated)
    }

    /// When a lead is answered that a rep has since `from`: the `turn`-th to have it, from 0. None where the history knows of no
    /// answer and nobody else has had it since, and where the rep never works again.
    pub fn answered(&self, lead: &PastLead, duty: &Duty, rep: RepId, turn: u32, from: i64) -> Option<i64> {
        if turn > 0 || !self.told {
            let rank = self.chance.normal(Purpose::Response, lead.key, turn);
            return duty.done_at(rep, from, self.of(Some(rep)).at(rank));
        }
        // As it was, to the microsecond.
        if lead.past.rep == Some(rep) && lead.at == from {
            return lead.past.responded;
        }
        let took = took(lead, duty)?;
        match lead.past.rep {
            Some(past) if past == rep => duty.done_at(rep, from, took),
            Some(past) => duty.done_at(rep, from, self.of(Some(rep)).at(self.of(Some(past)).rank(took))),
            // Whose hours the time has in it is not known, so it is time on the wall.
            None => Some(from.saturating_add(took)),
        }
    }

    /// When a lead is answered that lies in a queue since `from`: by whoever works it, in the hours at which one of them does.
    /// None where nobody works it, and where the history knows of no answer.
    pub fn answered_from_queue(
        &self,
        lead: &PastLead,
        policy: &Policy,
        people: &People,
        queue: QueueId,
        turn: u32,
        from: i64,
    ) -> Option<i64> {
        policy.queues.get(queue.at()).filter(|queue| !queue.worked_by.is_empty())?;
        if self.told && turn == 0 {
            lead.past.responded?;
        }
        let work = self.of(None).at(self.chance.normal(Purpose::Response, lead.key, turn));
        match people.hours(Holder::Queue(queue)) {
            Some(hours) => people.calendars().deadline(hours, from, work),
            None => Some(from.saturating_add(work)),
        }
    }

    /// Whether a lead converts that ended so.
    pub fn converted(&self, lead: &PastLead, fate: &Fate) -> Option<bool> {
        match self.outcomes {
            Outcomes::StayWithLead => lead.past.converted,
            Outcomes::Stated(share) => {
                let lucky = self.chance.uniform(Purpose::Outcome, lead.key, 0) < share;
                Some(fate.answered.is_some() && lucky)
            }
            Outcomes::FollowRep => {
                let converted = lead.past.converted?;
                if lead.past.rep == fate.rep {
                    return Some(converted);
                }
                let rate = |rep: Option<RepId>| {
                    rep.and_then(|rep| self.rates.get(rep.at()).copied().flatten()).unwrap_or(self.rate)
                };
                let (past, now) = (rate(lead.past.rep), rate(fate.rep));
                let chance = self.chance.uniform(Purpose::Outcome, lead.key, 0);
                let rank = if converted { chance * past } else { past + chance * (1.0 - past) };
                Some(rank < now)
            }
        }
    }
}

/// How leads convert, where a simulation says so.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Outcomes {
    /// The outcome that the history tells of is the lead's, whoever has it.
    #[default]
    StayWithLead,
    /// It is kept as its rank under the conversion rate of the rep who had the lead, and read at the rate of the one who has it.
    FollowRep,
    /// So many of each lead that is answered convert; the history tells of none.
    Stated(f64),
}

/// The working time until the history's answer; time on the wall where the policy does not know who had the lead.
fn took(lead: &PastLead, duty: &Duty) -> Option<i64> {
    let answered = lead.past.responded?;
    Some(match lead.past.rep {
        Some(rep) => duty.worked(rep, lead.at, answered),
        None => answered.saturating_sub(lead.at),
    })
}
