//! When reps work: their hours, less the days on which they are away.

use crate::calendar::Calendars;
use crate::data::time;
use crate::policy::{CalendarId, Policy, Rep, RepId};
use chrono::{NaiveDate, NaiveTime};

/// The working time of all reps of a policy.
pub struct Duty<'a> {
    calendars: &'a Calendars,
    reps: Vec<Worker>,
}

struct Worker {
    hours: Option<CalendarId>,
    /// Absences in order and apart: from an instant to before another, in microseconds since 1970.
    away: Vec<(i64, i64)>,
}

impl<'a> Duty<'a> {
    pub fn new(policy: &Policy, calendars: &'a Calendars) -> Duty<'a> {
        let worker = |rep: &Rep| Worker { hours: rep.hours, away: absences(policy, rep) };
        Duty { calendars, reps: policy.reps.iter().map(worker).collect() }
    }

    /// When somebody who begins at `from` has worked for so long, in microseconds. None where that is never.
    pub fn done_at(&self, rep: RepId, from: i64, work: i64) -> Option<i64> {
        let worker = self.reps.get(rep.at())?;
        let (mut from, mut left) = (from, work.max(0));
        for &(start, end) in &worker.away {
            if end <= from {
                continue;
            }
            let before = self.between(worker, from, start);
            if left <= before && from < start {
                break;
            }
            left -= before;
            from = end;
        }
        match worker.hours {
            Some(hours) => self.calendars.deadline(hours, self.calendars.next_opening(hours, from)?, left),
            None => Some(from.saturating_add(left)),
        }
    }

    /// How long somebody works between two instants, in microseconds.
    pub fn worked(&self, rep: RepId, from: i64, to: i64) -> i64 {
        let Some(worker) = self.reps.get(rep.at()) else { return 0 };
        let away = worker.away.iter().map(|&(start, end)| self.between(worker, start.max(from), end.min(to)));
        self.between(worker, from, to) - away.sum::<i64>()
    }

    fn between(&self, worker: &Worker, from: i64, to: i64) -> i64 {
        match worker.hours {
            Some(hours) => self.calendars.business_between(hours, from, to),
            None => to.saturating_sub(from),
        }
        .max(0)
    }
}

/// The days are those of the rep's zone, else of its calendar's, else of the policy's.
fn absences(policy: &Policy, rep: &Rep) -> Vec<(i64, i64)> {
    let zone = rep.zone.or_else(|| policy.calendar_zone(rep.hours?)).unwrap_or(policy.zone);
    let midnight = |date: NaiveDate| time::instant(date.and_time(NaiveTime::MIN), zone).micros;
    let after = |date: NaiveDate| date.succ_opt().map_or(i64::MAX, midnight);
    let not_yet = rep.since.map(|since| (i64::MIN, midnight(since)));
    let away = rep.away.iter().map(|(from, to)| (from.map_or(i64::MIN, midnight), to.map_or(i64::MAX, after)));
    let mut all: Vec<(i64, i64)> = not_yet.into_iter().chain(away).collect();
    all.sort_unstable();
    let mut apart: Vec<(i64, i64)> = Vec::with_capacity(all.len());
    for (start, end) in all {
        match apart.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => apart.push((start, end)),
        }
    }
    apart
}
