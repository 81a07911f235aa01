//! When somebody is there, as spans of the year.

use super::Year;
use crate::calendar::hours::{DAY, instant_of};
use crate::calendar::spans::{Span, difference, intersection, union};
use crate::policy::meaning::days;
use crate::policy::{CalendarId, Fallback, Policy, Pool, PoolId, QueueId, Rep, RepId, TeamId};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// When each pool and queue has somebody.
pub(super) struct Attendance {
    /// By [`PoolId`]: somebody of the pool itself, in his hours.
    pools: Vec<Vec<Span>>,
    /// By [`PoolId`]: somebody of the pool itself, at any hour of a day on which he is not away.
    present: Vec<Vec<Span>>,
    /// By [`QueueId`]: somebody of those who work it; at any time where nobody is named.
    queues: Vec<Vec<Span>>,
    /// By [`TeamId`]: somebody of the team, in his hours.
    teams: Vec<Vec<Span>>,
}

impl Attendance {
    pub fn new(year: &Year) -> Attendance {
        let policy = year.policy;
        let mut people = Presence { year, known: BTreeMap::new() };
        let pools = policy.pools.iter().map(|pool| people.together(&pool.members, true));
        let pools = pools.collect();
        let present = policy.pools.iter().map(|pool| people.together(&pool.members, false)).collect();
        let queues = policy.queues.iter().map(|queue| {
            let teams = queue.worked_by.iter().filter_map(|team| policy.teams.get(team.at()));
            let members: Vec<RepId> = teams.flat_map(|team| team.members.iter().copied()).collect();
            if members.is_empty() { vec![year.window] } else { people.together(&members, true) }
        });
        let queues = queues.collect();
        let teams = policy.teams.iter().map(|team| people.together(&team.members, true)).collect();
        Attendance { pools, present, queues, teams }
    }

    /// When somebody is on duty whom a pool gives its leads: of the pool itself, or of those that it overflows into.
    pub fn of_chain(&self, policy: &Policy, pool: PoolId) -> Vec<Span> {
        let chain = off_duty_chain(policy, pool);
        union(chain.iter().filter_map(|pool| self.pools.get(pool.at())).flatten().copied().collect())
    }

    /// When somebody of the queues is there that take what no pool of the chain could, since nobody was on duty.
    pub fn of_queues(&self, policy: &Policy, pool: PoolId) -> Vec<Span> {
        let queues = last_queues(policy, &off_duty_chain(policy, pool));
        union(queues.iter().filter_map(|queue| self.queues.get(queue.at())).flatten().copied().collect())
    }

    /// When somebody is there of the teams that are named to work the queues that take what a pool cannot.
    pub fn named_of_queues(&self, policy: &Policy, pool: &Pool) -> Vec<Span> {
        let queues = pool.when_empty.iter().filter_map(|step| match step {
            Fallback::Queue(queue) => policy.queues.get(queue.at()),
            Fallback::Pool(_) | Fallback::WaitAtMost(_) | Fallback::WaitUntilOpening => None,
        });
        union(queues.flat_map(|queue| &queue.worked_by).flat_map(|team| self.of_team(*team)).copied().collect())
    }

    pub fn of_queue(&self, queue: QueueId) -> &[Span] {
        self.queues.get(queue.at()).map_or(&[], Vec::as_slice)
    }

    pub fn of_team(&self, team: TeamId) -> &[Span] {
        self.teams.get(team.at()).map_or(&[], Vec::as_slice)
    }

    /// When somebody of the pool itself is on duty.
    pub fn on_duty(&self, pool: PoolId) -> &[Span] {
        self.pools.get(pool.at()).map_or(&[], Vec::as_slice)
    }

    pub fn present(&self, pool: PoolId) -> &[Span] {
        self.present.get(pool.at()).map_or(&[], Vec::as_slice)
    }
}

/// A pool and those that it overflows into.
pub(super) fn chain(policy: &Policy, pool: PoolId) -> Vec<PoolId> {
    let mut chain = vec![pool];
    let mut at = 0;
    while let Some(pool) = chain.get(at).and_then(|id| policy.pools.get(id.at())) {
        for fallback in &pool.when_empty {
            if let Fallback::Pool(next) = fallback
                && !chain.contains(next)
            {
                chain.push(*next);
            }
        }
        at += 1;
    }
    chain
}

/// A pool and those that get its leads where nobody is on duty: a pool that does not say `only reps on duty` keeps them.
fn off_duty_chain(policy: &Policy, pool: PoolId) -> Vec<PoolId> {
    let keeps = |id: &PoolId| policy.pools.get(id.at()).is_some_and(|pool| !pool.only_on_duty);
    let mut found = Vec::new();
    let mut next = vec![pool];
    while let Some(id) = next.pop() {
        if found.contains(&id) {
            continue;
        }
        found.push(id);
        let steps = policy.pools.get(id.at()).filter(|_| !keeps(&id)).map_or(&[][..], |pool| &pool.when_empty);
        next.extend(steps.iter().filter_map(|step| match step {
            Fallback::Pool(next) => Some(*next),
            Fallback::Queue(_) | Fallback::WaitAtMost(_) | Fallback::WaitUntilOpening => None,
        }));
    }
    found
}

/// The queues that take what nobody of these pools takes, off duty.
fn last_queues(policy: &Policy, pools: &[PoolId]) -> Vec<QueueId> {
    let pools = pools.iter().filter_map(|id| policy.pools.get(id.at())).filter(|pool| pool.only_on_duty);
    let fallbacks = pools.flat_map(|pool| &pool.when_empty);
    let queues = fallbacks.filter_map(|fallback| match fallback {
        Fallback::Queue(queue) => Some(*queue),
        Fallback::Pool(_) | Fallback::WaitAtMost(_) | Fallback::WaitUntilOpening => None,
    });
    queues.collect()
}

/// What decides when a rep is there; many reps have it in common.
type Habits = (Option<CalendarId>, &'static str, Option<NaiveDate>, Vec<(Option<NaiveDate>, Option<NaiveDate>)>);

struct Presence<'y, 'p> {
    year: &'y Year<'p>,
    known: BTreeMap<Habits, Vec<Span>>,
}

impl Presence<'_, '_> {
    /// When one of these reps is there: in their hours, or at any time of the days on which they are not away.
    fn together(&mut self, members: &[RepId], in_hours: bool) -> Vec<Span> {
        let policy = self.year.policy;
        let active = members.iter().filter_map(|rep| policy.reps.get(rep.at())).filter(|rep| rep.active);
        let habits: BTreeSet<Habits> = active
            .map(|rep| (rep.hours.filter(|_| in_hours), zone(policy, rep).name(), rep.since, rep.away.clone()))
            .collect();
        let mut spans = Vec::new();
        for habits in habits {
            let year = self.year;
            spans.extend_from_slice(self.known.entry(habits).or_insert_with_key(|habits| there(year, habits)));
        }
        union(spans)
    }
}

/// The zone of a rep's days: its own, else its calendar's, else the policy's.
pub(super) fn zone(policy: &Policy, rep: &Rep) -> Tz {
    rep.zone.or_else(|| policy.calendar_zone(rep.hours?)).unwrap_or(policy.zone)
}

/// The zone of a pool's first member.
pub(super) fn zone_of_pool(policy: &Policy, pool: &Pool) -> Tz {
    let first = pool.members.first().and_then(|rep| policy.reps.get(rep.at()));
    first.map_or(policy.zone, |rep| zone(policy, rep))
}

fn there(year: &Year, (hours, zone, since, away): &Habits) -> Vec<Span> {
    let window = year.window;
    let zone: Tz = zone.parse().unwrap_or(year.policy.zone);
    let open = match hours {
        Some(hours) => year.staff.calendars().open_spans(*hours, window.start, window.end),
        None => vec![window],
    };
    let midnight = |day: NaiveDate| instant_of(zone, days(day).saturating_mul(DAY));
    let after = |day: NaiveDate| day.succ_opt().map_or(i64::MAX, midnight);
    let joined = Span { start: since.map_or(i64::MIN, midnight), end: i64::MAX };
    let away =
        away.iter().map(|(from, to)| Span { start: from.map_or(i64::MIN, midnight), end: to.map_or(i64::MAX, after) });
    difference(&intersection(&open, &[joined]), &union(away.collect()))
}
