//! What follow-ups ask of a policy's people: whose hours a clock counts, and who is whose manager.

use super::{Given, Holder};
use crate::calendar::Calendars;
use crate::policy::{Calendar, CalendarId, CalendarKind, Clock, Policy, PoolId, Promise, QueueId, RepId, Sla};
use crate::source::Span;
use crate::syntax::ast::Duration;
use chrono_tz::Tz;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The hours of everyone who can hold a lead. Made once for a policy.
#[derive(Debug, Clone)]
pub struct People {
    /// Those of the policy, and behind them the ones that pools and queues make of the hours of their people.
    calendars: Calendars,
    zone: Tz,
    /// None where all time counts: for a rep without hours, and for a pool or queue that has such a rep, or nobody.
    reps: Vec<Option<CalendarId>>,
    pools: Vec<Option<CalendarId>>,
    queues: Vec<Option<CalendarId>>,
    managers: Vec<Option<RepId>>,
    queue_managers: Vec<Option<RepId>>,
    pool_managers: Vec<Option<RepId>>,
}

impl People {
    pub fn new(policy: &Policy) -> People {
        let mut unions = Unions { calendars: policy.calendars.clone(), known: BTreeMap::new() };
        let reps: Vec<Option<CalendarId>> = policy.reps.iter().map(|rep| rep.hours).collect();
        let mut together = |members: &mut dyn Iterator<Item = RepId>| {
            let active = members.filter(|rep| policy.reps.get(rep.at()).is_some_and(|rep| rep.active));
            let hours: Option<BTreeSet<CalendarId>> = active.map(|rep| reps.get(rep.at()).copied().flatten()).collect();
            unions.of(hours?)
        };
        let pools = policy.pools.iter().map(|pool| together(&mut pool.members.iter().copied())).collect();
        let teams_of_queue = |queue: &crate::policy::Queue| {
            queue.worked_by.iter().filter_map(|team| policy.teams.get(team.at())).collect::<Vec<_>>()
        };
        let queues = policy.queues.iter().map(|queue| {
            let teams = teams_of_queue(queue);
            together(&mut teams.iter().flat_map(|team| team.members.iter().copied()))
        });
        let queues = queues.collect();
        // Who manages his own team alone answers to himself: better than to nobody.
        let mut managers: Vec<Option<RepId>> = vec![None; policy.reps.len()];
        for team in &policy.teams {
            for member in &team.members {
                if let Some(manager) = managers.get_mut(member.at())
                    && manager.is_none_or(|manager| manager == *member)
                {
                    *manager = team.manager.or(*manager);
                }
            }
        }
        let queue_managers =
            policy.queues.iter().map(|queue| teams_of_queue(queue).iter().find_map(|team| team.manager));
        let queue_managers = queue_managers.collect();
        let of_members = |pool: &crate::policy::Pool| pool.members.iter().find_map(|rep| *managers.get(rep.at())?);
        let pool_managers = policy.pools.iter().map(of_members).collect();
        let calendars = Calendars::new(&unions.calendars);
        People { calendars, zone: policy.zone, reps, pools, queues, managers, queue_managers, pool_managers }
    }

    pub fn calendars(&self) -> &Calendars {
        &self.calendars
    }

    /// The zone for days that are not business days.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The calendar that a clock counts while this holder has the lead; none where all time counts.
    ///
    /// In a queue the assignee's hours are those of the people who work it, and so are the pool's where no pool gave the lead.
    pub fn calendar(&self, clock: &Clock, holder: Holder, pool: Option<PoolId>) -> Option<CalendarId> {
        match (clock, pool) {
            (Clock::Elapsed, _) => None,
            (Clock::In(calendar), _) => Some(*calendar),
            (Clock::OfPool, Some(pool)) => self.of_pool(pool),
            (Clock::OfPool, None) | (Clock::OfAssignee, _) => self.hours(holder),
        }
    }

    /// The hours of a holder; none where all time counts.
    pub fn hours(&self, holder: Holder) -> Option<CalendarId> {
        match holder {
            Holder::Rep(rep) => self.reps.get(rep.at()).copied().flatten(),
            Holder::Queue(queue) => self.of_queue(queue),
            Holder::Pool(pool) => self.of_pool(pool),
        }
    }

    fn of_pool(&self, pool: PoolId) -> Option<CalendarId> {
        self.pools.get(pool.at()).copied().flatten()
    }

    fn of_queue(&self, queue: QueueId) -> Option<CalendarId> {
        self.queues.get(queue.at()).copied().flatten()
    }

    /// The manager of a holder, `level` steps up the chain (1 is the nearest), or the highest where it has fewer. The chain ends
    /// where it would come round.
    pub fn manager(&self, holder: Holder, level: u32) -> Option<RepId> {
        let mut seen = Vec::new();
        let mut manager = match holder {
            Holder::Rep(rep) => {
                seen.push(rep);
                self.managers.get(rep.at()).copied().flatten()
            }
            Holder::Queue(queue) => self.queue_managers.get(queue.at()).copied().flatten(),
            Holder::Pool(pool) => self.pool_managers.get(pool.at()).copied().flatten(),
        }?;
        for _ in 1..level {
            seen.push(manager);
            match self.managers.get(manager.at()).copied().flatten() {
                Some(next) if !seen.contains(&next) => manager = next,
                _ => break,
            }
        }
        Some(manager)
    }

    /// When a promise that was made at `from` falls due: [`Calendars::due`].
    pub fn due(&self, within: &Duration, calendar: Option<CalendarId>, from: i64) -> Option<i64> {
        self.calendars.due(within, calendar, self.zone, from)
    }

    /// When the first promise of an SLA falls due that begins at an instant.
    pub fn first_due(&self, sla: &Sla, given: Given, at: i64) -> Option<i64> {
        let due = |promise: &Promise| {
            let calendar = self.calendar(&promise.clock, given.holder, given.pool);
            self.due(&promise.within, calendar, at)
        };
        sla.promises.iter().filter_map(due).min()
    }

    /// The instant at which so much time that counts has gone by.
    pub(super) fn after(&self, calendar: Option<CalendarId>, from: i64, open: i64) -> Option<i64> {
        match calendar {
            Some(calendar) => self.calendars.deadline(calendar, from, open),
            None => from.checked_add(open.max(0)),
        }
    }

    /// Time that counts from one instant to another.
    pub(super) fn between(&self, calendar: Option<CalendarId>, from: i64, to: i64) -> i64 {
        match calendar {
            Some(calendar) => self.calendars.business_between(calendar, from, to),
            None => to.saturating_sub(from).max(0),
        }
    }
}

/// Calendars that are open when one of several is, each made once.
struct Unions {
    calendars: Vec<Calendar>,
    known: BTreeMap<BTreeSet<CalendarId>, CalendarId>,
}

impl Unions {
    /// None where there is nobody.
    fn of(&mut self, hours: BTreeSet<CalendarId>) -> Option<CalendarId> {
        if hours.len() < 2 {
            return hours.first().copied();
        }
        let calendars = &mut self.calendars;
        Some(*self.known.entry(hours).or_insert_with_key(|hours| {
            let kind = CalendarKind::Or(hours.iter().map(|id| CalendarKind::Named(*id)).collect());
            calendars.push(Calendar { name: SmolStr::default(), span: Span::default(), kind });
            CalendarId(calendars.len() as u32 - 1)
        }))
    }
}
