//! Who gets a lead: a pure step from what the match says, the reps and the instant to a rep or a queue.
//!
//! A pool gives its first member who may be picked, in the order declared.

use crate::policy::{CalendarId, Fallback, Instant, Policy, PoolId, QueueId, Rep, RepId, Target, Value};
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;

/// Where a lead went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assignment {
    /// The place in the rule's `assign` that took the lead.
    pub choice: usize,
    /// The pools that were tried, the first first; empty where the target is no pool.
    pub pools: Vec<PoolId>,
    pub assignee: Option<RepId>,
    /// The queue that the lead lies in; none where a rep has it.
    pub queue: Option<QueueId>,
}

/// What was found of one candidate or one target, for a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tried {
    pub what: String,
    /// Why not; none where it was taken.
    pub why_not: Option<String>,
}

/// All that an assignment depends on besides the targets.
pub struct Roster<'a> {
    pub policy: &'a Policy,
    pub at: Instant,
    /// Whether a calendar is open at `at`.
    pub is_open: &'a dyn Fn(CalendarId) -> bool,
}

impl Roster<'_> {
    /// Takes the first target that can take the lead. `owner` gives the value of a record's column for the matched row.
    /// None where no target can, which a checked policy allows only after owners and reps.
    pub fn assign(
        &self,
        targets: &[Target],
        owner: &dyn Fn(&Target) -> Value,
        trace: &mut dyn FnMut(Tried),
    ) -> Option<Assignment> {
        targets.iter().enumerate().find_map(|(choice, target)| {
            let (pools, assignee, queue) = self.target(target, owner, trace)?;
            Some(Assignment { choice, pools, assignee, queue })
        })
    }

    #[allow(clippy::type_complexity, reason = "the three parts of an assignment, named where it is made")]
    fn target(
        &self,
        target: &Target,
        owner: &dyn Fn(&Target) -> Value,
        trace: &mut dyn FnMut(Tried),
    ) -> Option<(Vec<PoolId>, Option<RepId>, Option<QueueId>)> {
        match target {
            Target::Queue(queue) => {
                trace(Tried { what: self.queue_words(*queue), why_not: None });
                Some((Vec::new(), None, Some(*queue)))
            }
            Target::Pool(pool) => {
                let mut pools = Vec::new();
                let (rep, queue) = self.pool(*pool, &mut pools, trace)?;
                Some((pools, rep, queue))
            }
            Target::Team(team) => {
                let members = self.policy.teams.get(team.at()).map_or(&[][..], |team| &team.members);
                Some((Vec::new(), Some(self.first(members, false, trace)?), None))
            }
            Target::Rep(rep) => Some((Vec::new(), Some(self.first(&[*rep], false, trace)?), None)),
            Target::Owner { .. } => {
                let rep = self.owner(target, owner, trace)?;
                Some((Vec::new(), Some(self.first(&[rep], false, trace)?), None))
            }
            Target::TeamOfOwner { .. } => {
                let rep = self.owner(target, owner, trace)?;
                let teams = self.policy.teams.iter().filter(|team| team.members.contains(&rep));
                let mates: Vec<RepId> = teams.flat_map(|team| team.members.iter().copied()).collect();
                Some((Vec::new(), Some(self.first(&mates, false, trace)?), None))
            }
            Target::ManagerOfOwner { .. } => {
                let rep = self.owner(target, owner, trace)?;
                let teams = self.policy.teams.iter().filter(|team| team.members.contains(&rep));
                let managers: Vec<RepId> = teams.filter_map(|team| team.manager).collect();
                Some((Vec::new(), Some(self.first(&managers, false, trace)?), None))
            }
            // The match puts what the row gives in its place.
            Target::Table { .. } => None,
        }
    }

    fn pool(
        &self,
        id: PoolId,
        tried: &mut Vec<PoolId>,
        trace: &mut dyn FnMut(Tried),
    ) -> Option<(Option<RepId>, Option<QueueId>)> {
        if tried.contains(&id) {
            return None;
        }
        tried.push(id);
        let pool = self.policy.pools.get(id.at())?;
        if let Some(rep) = self.first(&pool.members, pool.only_on_duty, trace) {
            return Some((Some(rep), None));
        }
        trace(Tried { what: format!("pool `{}`", pool.name), why_not: Some("nobody may be picked".to_owned()) });
        pool.when_empty.iter().find_map(|fallback| match fallback {
            Fallback::Pool(next) => self.pool(*next, tried, trace),
            Fallback::Queue(queue) => {
                trace(Tried { what: self.queue_words(*queue), why_not: None });
                Some((None, Some(*queue)))
            }
            Fallback::WaitAtMost(_) | Fallback::WaitUntilOpening => None,
        })
    }

    fn first(&self, reps: &[RepId], on_duty: bool, trace: &mut dyn FnMut(Tried)) -> Option<RepId> {
        reps.iter().copied().find(|&id| {
            let Some(rep) = self.policy.reps.get(id.at()) else { return false };
            let why_not = self.why_not(rep, on_duty);
            let free = why_not.is_none();
            trace(Tried { what: format!("rep `{}`", rep.name), why_not });
            free
        })
    }

    fn why_not(&self, rep: &Rep, on_duty: bool) -> Option<String> {
        if !rep.active {
            return Some("is not active".to_owned());
        }
        let today = self.day(rep);
        if let Some(since) = rep.since.filter(|&since| today < since) {
            return Some(format!("joins on {since}"));
        }
        let away =
            rep.away.iter().find(|(from, to)| from.is_none_or(|from| from <= today) && to.is_none_or(|to| today <= to));
        if let Some((_, to)) = away {
            return Some(to.map_or_else(|| "is away".to_owned(), |to| format!("is away until {to}")));
        }
        let closed = on_duty && rep.hours.is_some_and(|hours| !(self.is_open)(hours));
        closed.then(|| "is not on duty".to_owned())
    }

    /// The day it is for a rep: in its own zone, else the policy's.
    fn day(&self, rep: &Rep) -> NaiveDate {
        let zone: Tz = rep.zone.or_else(|| self.policy.calendar_zone(rep.hours?)).unwrap_or(self.policy.zone);
        self.at.date_in(zone)
    }

    fn owner(&self, target: &Target, owner: &dyn Fn(&Target) -> Value, trace: &mut dyn FnMut(Tried)) -> Option<RepId> {
        let (what, why_not) = match owner(target) {
            Value::Text(text) => match self.policy.rep_named(&text.folded) {
                Some(rep) => return Some(rep),
                None => (format!("owner `{}`", text.written), "is no rep of this policy"),
            },
            _ => ("the owner".to_owned(), "no record matched, or it names no owner"),
        };
        trace(Tried { what, why_not: Some(why_not.to_owned()) });
        None
    }

    fn queue_words(&self, queue: QueueId) -> String {
        self.policy.queues.get(queue.at()).map_or_else(String::new, |queue| format!("queue `{}`", queue.name))
    }
}
