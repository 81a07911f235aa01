//! Where a lead may get to, written to be read: every way from its targets, one after the other.

use leadway::matcher::{Match, Outcome, RecordMatch};
use leadway::policy::guarantees::{Claim, Promised};
use leadway::policy::*;

/// What a way passes, as people would say it.
type Way = Vec<String>;

pub fn breaks(policy: &Policy, claim: &Claim, found: &Match) -> bool {
    let holds = match &claim.promised {
        Promised::GoesTo(targets) => {
            let goals: Vec<String> = targets.iter().map(|target| words::target(policy, target)).collect();
            let meets = |way: &Way| {
                way.iter().any(|stop| {
                    let rep_of = |goal: &String| {
                        let team = policy.teams.iter().find(|team| *goal == format!("team {}", team.name));
                        team.is_some_and(|team| {
                            team.members.iter().any(|rep| *stop == format!("rep {}", policy.reps[rep.at()].name))
                        })
                    };
                    goals.iter().any(|goal| goal == stop || rep_of(goal))
                })
            };
            let ways = all_ways(policy, found);
            return match (found.outcome, claim.every) {
                (Outcome::None, every) => every,
                (_, true) => ways.iter().any(|way| !meets(way)),
                (_, false) => ways.iter().any(meets),
            };
        }
        Promised::HasAnSla => found.sla.is_some(),
        Promised::HasSla(slas) => found.sla.is_some_and(|sla| slas.contains(&sla)),
        Promised::HasPriority { low, .. } => found.priority.is_some_and(|priority| priority >= low.unwrap()),
        Promised::InTerritory(ids) => {
            let mut at = found.territory;
            let mut inside = false;
            while let Some(id) = at {
                inside |= ids.contains(&id);
                at = policy.territories[id.at()].parent;
            }
            inside
        }
        Promised::TakenBy(rules) => matches!(found.outcome, Outcome::Rule(rule) if rules.contains(&rule)),
    };
    holds != claim.every
}

fn all_ways(policy: &Policy, found: &Match) -> Vec<Way> {
    let mut ways = Vec::new();
    for target in &found.targets {
        // A target that a table gave may be claimed by the table's name.
        let mut start = vec![words::target(policy, target)];
        for (table, row) in &found.rows {
            let table = &policy.tables[table.at()];
            if table.rows[*row as usize].target.as_ref() == Some(target) {
                start.push(format!("table {}", table.name));
                if matches!(target, Target::Pool(_)) {
                    start.push(format!("table {}.pool", table.name));
                }
            }
        }
        let owner = owner(policy, found);
        let of_teams = || policy.teams.iter().filter(|team| owner.is_some_and(|owner| team.members.contains(&owner)));
        match target {
            Target::Pool(id) => {
                pool(policy, *id, &start, &mut ways);
                break;
            }
            Target::Queue(id) => {
                queue(policy, *id, &start, &mut ways);
                break;
            }
            Target::Team(id) => members(policy, &policy.teams[id.at()].members, &start, &mut ways),
            Target::Rep(id) => rep(policy, *id, &start, &mut ways),
            Target::Owner { .. } => owner.into_iter().for_each(|id| rep(policy, id, &start, &mut ways)),
            Target::TeamOfOwner { .. } => {
                for team in of_teams() {
                    members(policy, &team.members, &with(&start, format!("team {}", team.name)), &mut ways);
                }
            }
            Target::ManagerOfOwner { .. } => {
                of_teams().filter_map(|team| team.manager).for_each(|id| rep(policy, id, &start, &mut ways));
            }
            Target::Table { .. } => unreachable!(),
        }
    }
    for id in found.sla.map(|sla| policy.queues_of_sla(sla)).unwrap_or_default() {
        queue(policy, id, &Vec::new(), &mut ways);
    }
    ways
}

fn owner(policy: &Policy, found: &Match) -> Option<RepId> {
    let RecordMatch::Row(row) = found.records[0] else { return None };
    match &policy.records[0].rows[row as usize][1] {
        Value::Text(text) => policy.rep_named(&text.folded),
        _ => None,
    }
}

fn with(way: &Way, stop: String) -> Way {
    let mut way = way.clone();
    way.push(stop);
    way
}

fn pool(policy: &Policy, id: PoolId, way: &Way, ways: &mut Vec<Way>) {
    let pool_of = &policy.pools[id.at()];
    let way = with(way, format!("pool {}", pool_of.name));
    members(policy, &pool_of.members, &way, ways);
    for fallback in pool_of.when_empty.iter().chain(pool_of.after.iter().map(|(.., fallback)| fallback)) {
        match fallback {
            Fallback::Pool(next) => pool(policy, *next, &way, ways),
            Fallback::Queue(next) => queue(policy, *next, &way, ways),
            Fallback::WaitAtMost(_) | Fallback::WaitUntilOpening => {}
        }
    }
}

fn queue(policy: &Policy, id: QueueId, way: &Way, ways: &mut Vec<Way>) {
    let queue = &policy.queues[id.at()];
    let way = with(way, format!("queue {}", queue.name));
    if queue.worked_by.is_empty() {
        ways.push(way);
        return;
    }
    for team in queue.worked_by.iter().map(|team| &policy.teams[team.at()]) {
        members(policy, &team.members, &with(&way, format!("team {}", team.name)), ways);
    }
}

fn members(policy: &Policy, members: &[RepId], way: &Way, ways: &mut Vec<Way>) {
    let active = members.iter().map(|id| &policy.reps[id.at()]).filter(|rep| rep.active);
    ways.extend(active.map(|rep| with(way, format!("rep {}", rep.name))));
}

/// A rep who is meant by name, then whoever stands in.
fn rep(policy: &Policy, id: RepId, way: &Way, ways: &mut Vec<Way>) {
    let found = &policy.reps[id.at()];
    let named = format!("rep {}", found.name);
    // Who is inactive gets nothing, though the target may say his name.
    let way: Way = way.iter().filter(|stop| found.active || **stop != named).cloned().collect();
    let here = if found.active { with(&way, named) } else { way };
    if found.active {
        ways.push(here.clone());
    }
    if let Some(delegate) = found.delegate {
        rep(policy, delegate, &here, ways);
    }
}
