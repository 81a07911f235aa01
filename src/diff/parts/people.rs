//! Reps, teams, queues and pools: who joined, who left, who is away, how turns are taken.

use super::clauses::{self, members};
use super::{Change, Kind, Things, names};
use crate::policy::{Policy, QueueId, RepId, TeamId};
use smol_str::SmolStr;

pub fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    let mut found = reps(old, new);
    found.extend(teams(old, new));
    found.extend(queues(old, new));
    found.extend(pools(old, new));
    found
}

fn rep_names(policy: &Policy, ids: &[RepId]) -> Vec<SmolStr> {
    names(ids, RepId::at, &policy.reps, |rep| &rep.name)
}

fn team_names(policy: &Policy, ids: &[TeamId]) -> Vec<SmolStr> {
    names(ids, TeamId::at, &policy.teams, |team| &team.name)
}

fn reps(old: &Policy, new: &Policy) -> Vec<Change> {
    let things = Things {
        kind: Kind::People,
        what: "rep",
        old: &old.reps,
        new: &new.reps,
        name: |rep| &rep.name,
        span: |rep| rep.span,
    };
    things.changes(
        |before, after| {
            let mut details = clauses::changes(&clauses::rep(old, before), &clauses::rep(new, after));
            for (name, value) in &after.attributes {
                let was = before.attributes.get(name);
                if was != Some(value) {
                    details.push(format!("another `{name}` in the roster"));
                }
            }
            let gone = before.attributes.keys().filter(|name| !after.attributes.contains_key(*name));
            details.extend(gone.map(|name| format!("no `{name}` in the roster")));
            details
        },
        // Without an email nothing says that it is the same person.
        |rep| rep.email.is_some(),
    )
}

fn teams(old: &Policy, new: &Policy) -> Vec<Change> {
    let things = Things {
        kind: Kind::People,
        what: "team",
        old: &old.teams,
        new: &new.teams,
        name: |team| &team.name,
        span: |team| team.span,
    };
    things.changes(
        |before, after| {
            let manager = |policy: &Policy, id: Option<RepId>| {
                let rep = id.and_then(|id| policy.reps.get(id.at()));
                rep.map(|rep| ("manager", format!("manager {}", rep.name))).into_iter().collect::<Vec<_>>()
            };
            let mut details = clauses::changes(&manager(old, before.manager), &manager(new, after.manager));
            let (was, is) = (rep_names(old, &before.members), rep_names(new, &after.members));
            details.extend(members(["joined", "left"], &was, &is));
            details
        },
        |team| !team.members.is_empty(),
    )
}

fn queues(old: &Policy, new: &Policy) -> Vec<Change> {
    let things = Things {
        kind: Kind::Pool,
        what: "queue",
        old: &old.queues,
        new: &new.queues,
        name: |queue| &queue.name,
        span: |queue| queue.span,
    };
    let mut found = things.changes(
        |before, after| {
            let (was, is) = (team_names(old, &before.worked_by), team_names(new, &after.worked_by));
            members(["now worked by", "no longer worked by"], &was, &is)
        },
        |queue| !queue.worked_by.is_empty(),
    );
    let bad_lead = |policy: &Policy| {
        let queue = policy.on_bad_lead.and_then(|QueueId(at)| policy.queues.get(at as usize));
        queue.map(|queue| ("bad", format!("on bad lead queue {}", queue.name))).into_iter().collect::<Vec<_>>()
    };
    let details = clauses::changes(&bad_lead(old), &bad_lead(new));
    if !details.is_empty() {
        found.push(Change {
            kind: Kind::Schema,
            what: "policy",
            name: new.title.clone(),
            how: super::How::Changed,
            details,
            old: None,
            new: None,
        });
    }
    found
}

fn pools(old: &Policy, new: &Policy) -> Vec<Change> {
    let things = Things {
        kind: Kind::Pool,
        what: "pool",
        old: &old.pools,
        new: &new.pools,
        name: |pool| &pool.name,
        span: |pool| pool.span,
    };
    things.changes(
        |before, after| {
            let (was, is) = (rep_names(old, &before.members), rep_names(new, &after.members));
            let mut details = members(["joined", "left"], &was, &is);
            details.extend(clauses::changes(&clauses::pool(old, before), &clauses::pool(new, after)));
            details
        },
        |_| true,
    )
}
