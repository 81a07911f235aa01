//! Everywhere that a lead may get from the targets of a rule: its pools and those that they overflow to, the reps of each, who stands
//! in for them, and the queues that an SLA sends a lead to.
//!
//! ```text
//! rule --assign--> account.owner --is--> rep ana --delegate--> rep ben
//!              +-> pool a --member--> rep eva
//!                         --when empty--> pool b --member--> ...
//!                                                --when empty--> queue triage --worked by--> team sdrs --member--> rep dan
//!      --sla hot--> queue triage
//! ```
//! What a lead meets on its way is a [`Stop`]. The search goes breadth first, so that the way to a stop is a shortest one.

use super::{
    ColumnId, Fallback, Policy, PoolId, QueueId, RecordsId, RepId, SlaId, Step, TableId, Target, TeamId, Value,
};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// A target as a rule gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    pub target: Target,
    /// The table whose row gave it.
    pub by: Option<TableId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stop {
    /// The rep in this column of the lead's row.
    Owner(RecordsId, ColumnId),
    TeamOfOwner(RecordsId, ColumnId),
    ManagerOfOwner(RecordsId, ColumnId),
    Team(TeamId),
    Pool(PoolId),
    Queue(QueueId),
    Rep(RepId),
}

/// What led to a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// The rule's target at this place.
    Assign(usize),
    /// The SLA, when it is breached.
    Sla(SlaId),
    WhenEmpty,
    /// `after 10 minutes untouched`
    Untouched,
    WorkedBy,
    Member,
    Delegate,
    /// Somebody whom the records at hand name.
    Named,
}

/// A stop, what led to it, and the stop before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Met {
    pub stop: Stop,
    pub via: Via,
    pub from: Option<usize>,
    /// The lead may stay here.
    pub end: bool,
}

/// All stops of a lead, the nearest first; `owners` are those that a column may name. Those for which `halt` holds are met, and not gone beyond.
pub fn ways(
    policy: &Policy,
    given: &[Given],
    sla: Option<SlaId>,
    owners: &dyn Fn(RecordsId, ColumnId) -> Vec<RepId>,
    halt: &dyn Fn(&Stop, Option<TableId>) -> bool,
) -> Vec<Met> {
    let mut search = Search { policy, owners, met: Vec::new(), known: FxHashSet::default() };
    let mut halted = Vec::new();
    for (at, Given { target, by }) in given.iter().enumerate() {
        let Some(stop) = stop(target).filter(|stop| search.has_somebody(stop)) else { continue };
        if search.meet(stop, Via::Assign(at), None) && halt(&stop, *by) {
            halted.push(search.met.len() - 1);
        }
        // A pool or a queue always takes the lead.
        if matches!(stop, Stop::Pool(_) | Stop::Queue(_)) {
            break;
        }
    }
    for queue in sla.map(|sla| policy.queues_of_sla(sla)).unwrap_or_default() {
        search.meet(Stop::Queue(queue), Via::Sla(sla.unwrap_or(SlaId(0))), None);
    }
    let mut next = 0;
    while let Some(met) = search.met.get(next).copied() {
        if !halted.contains(&next) && !halt(&met.stop, None) {
            search.follow(met.stop, next);
            let end = search.may_stay(met.stop);
            search.met.get_mut(next).into_iter().for_each(|met| met.end = end);
        }
        next += 1;
    }
    search.met
}

/// The stops of the way to one of them, the first first.
pub fn way_to(met: &[Met], at: usize) -> Vec<Met> {
    let mut way: Vec<Met> = std::iter::successors(met.get(at), |met_at| met.get(met_at.from?)).copied().collect();
    way.reverse();
    way
}

fn stop(target: &Target) -> Option<Stop> {
    Some(match *target {
        Target::Pool(id) => Stop::Pool(id),
        Target::Queue(id) => Stop::Queue(id),
        Target::Team(id) => Stop::Team(id),
        Target::Rep(id) => Stop::Rep(id),
        Target::Owner { records, column, .. } => Stop::Owner(records, column),
        Target::TeamOfOwner { records, column } => Stop::TeamOfOwner(records, column),
        Target::ManagerOfOwner { records, column } => Stop::ManagerOfOwner(records, column),
        Target::Table { .. } => return None,
    })
}

struct Search<'a> {
    policy: &'a Policy,
    owners: &'a dyn Fn(RecordsId, ColumnId) -> Vec<RepId>,
    met: Vec<Met>,
    known: FxHashSet<Stop>,
}

impl Search<'_> {
    fn meet(&mut self, stop: Stop, via: Via, from: Option<usize>) -> bool {
        let new = self.known.insert(stop);
        if new {
            self.met.push(Met { stop, via, from, end: false });
        }
        new
    }

    fn follow(&mut self, stop: Stop, at: usize) {
        let policy = self.policy;
        let from = Some(at);
        match stop {
            Stop::Owner(records, column) => {
                for rep in (self.owners)(records, column) {
                    self.meet(Stop::Rep(rep), Via::Named, from);
                }
            }
            Stop::TeamOfOwner(records, column) => {
                for team in self.teams_of_owners(records, column) {
                    self.meet(Stop::Team(team), Via::Named, from);
                }
            }
            Stop::ManagerOfOwner(records, column) => {
                let teams = self.teams_of_owners(records, column);
                for manager in teams.into_iter().filter_map(|team| policy.teams.get(team.at())?.manager) {
                    self.meet(Stop::Rep(manager), Via::Named, from);
                }
            }
            Stop::Team(id) => {
                let members = policy.teams.get(id.at()).map_or(&[][..], |team| &team.members);
                self.members(members, from);
            }
            Stop::Pool(id) => {
                let Some(pool) = policy.pools.get(id.at()) else { return };
                self.members(&pool.members, from);
                for fallback in &pool.when_empty {
                    self.fall_back(fallback, Via::WhenEmpty, from);
                }
                for (_, _, fallback) in &pool.after {
                    self.fall_back(fallback, Via::Untouched, from);
                }
            }
            Stop::Queue(id) => {
                for team in policy.queues.get(id.at()).into_iter().flat_map(|queue| &queue.worked_by) {
                    self.meet(Stop::Team(*team), Via::WorkedBy, from);
                }
            }
            Stop::Rep(id) => {
                // Somebody stands in for a rep that was meant by name, not for one whose turn it would be.
                let meant = self.met.get(at).is_some_and(|met| met.via != Via::Member);
                if let Some(delegate) = policy.reps.get(id.at()).filter(|_| meant).and_then(|rep| rep.delegate) {
                    self.meet(Stop::Rep(delegate), Via::Delegate, from);
                }
            }
        }
    }

    fn members(&mut self, members: &[RepId], from: Option<usize>) {
        for id in members {
            if self.policy.reps.get(id.at()).is_some_and(|rep| rep.active) {
                self.meet(Stop::Rep(*id), Via::Member, from);
            }
        }
    }

    fn fall_back(&mut self, fallback: &Fallback, via: Via, from: Option<usize>) {
        match fallback {
            Fallback::Pool(id) => _ = self.meet(Stop::Pool(*id), via, from),
            Fallback::Queue(id) => _ = self.meet(Stop::Queue(*id), via, from),
            Fallback::WaitAtMost(_) | Fallback::WaitUntilOpening => {}
        }
    }

    fn teams_of_owners(&self, records: RecordsId, column: ColumnId) -> Vec<TeamId> {
        let owners = (self.owners)(records, column);
        let ids = (0..self.policy.teams.len() as u32).map(TeamId);
        let has_owner = |id: &TeamId| {
            self.policy.teams.get(id.at()).is_some_and(|team| owners.iter().any(|owner| team.members.contains(owner)))
        };
        ids.filter(has_owner).collect()
    }

    /// A pool or a queue takes every lead; others are passed over where nobody could ever have the lead there.
    fn has_somebody(&self, stop: &Stop) -> bool {
        let policy = self.policy;
        let active = |id: &RepId| policy.reps.get(id.at()).is_some_and(|rep| rep.active);
        // Somebody may stand in for who is meant by name; those who do in turn may form a circle.
        let named = |id: RepId| {
            let delegate = |id: &RepId| policy.reps.get(id.at()).and_then(|rep| rep.delegate);
            std::iter::successors(Some(id), delegate).take(policy.reps.len()).any(|id| active(&id))
        };
        let of_team = |id: &TeamId| policy.teams.get(id.at()).is_some_and(|team| team.members.iter().any(active));
        let manager = |id: TeamId| policy.teams.get(id.at()).and_then(|team| team.manager);
        match *stop {
            Stop::Pool(_) | Stop::Queue(_) => true,
            Stop::Rep(id) => named(id),
            Stop::Team(id) => of_team(&id),
            Stop::Owner(records, column) => (self.owners)(records, column).into_iter().any(named),
            Stop::TeamOfOwner(records, column) => self.teams_of_owners(records, column).iter().any(of_team),
            Stop::ManagerOfOwner(records, column) => {
                self.teams_of_owners(records, column).into_iter().filter_map(manager).any(named)
            }
        }
    }

    /// A lead stays with a rep, and in a queue that nobody works.
    fn may_stay(&self, stop: Stop) -> bool {
        match stop {
            Stop::Rep(id) => self.policy.reps.get(id.at()).is_some_and(|rep| rep.active),
            Stop::Queue(id) => self.policy.queues.get(id.at()).is_some_and(|queue| queue.worked_by.is_empty()),
            _ => false,
        }
    }
}

impl Policy {
    /// Everybody whom this column names in a row at hand, each with the texts that name him there, folded; in the order of the ids.
    pub fn owners_at_hand(&self, records: RecordsId, column: ColumnId) -> BTreeMap<RepId, BTreeSet<SmolStr>> {
        let rows = self.records.get(records.at()).map(|records| &records.rows);
        let mut names: BTreeSet<&SmolStr> = BTreeSet::new();
        names.extend(rows.into_iter().flat_map(|rows| rows.iter()).filter_map(|row| match row.get(column.at()) {
            Some(Value::Text(text)) => Some(&text.folded),
            _ => None,
        }));
        let known = self.reps_by_name();
        let mut owners: BTreeMap<RepId, BTreeSet<SmolStr>> = BTreeMap::new();
        for name in names {
            if let Some(rep) = known.get(name.as_str()) {
                owners.entry(*rep).or_default().insert(name.clone());
            }
        }
        owners
    }

    /// The queues that a breach of an SLA sends a lead to.
    pub fn queues_of_sla(&self, sla: SlaId) -> Vec<QueueId> {
        let sla = self.slas.get(sla.at());
        let warnings = sla.into_iter().flat_map(|sla| &sla.warnings).flat_map(|warning| &warning.steps);
        let steps = warnings.chain(sla.into_iter().flat_map(|sla| sla.on_breach.iter().chain(&sla.finally)));
        let queue = |step: &Step| match step {
            Step::Recycle(queue) | Step::Recall(queue) => Some(*queue),
            _ => None,
        };
        steps.filter_map(queue).collect()
    }
}
