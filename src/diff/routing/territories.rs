//! Leads that are in another territory.

use super::{Example, Routing, because, replay};
use crate::analysis::find::Answer;
use crate::analysis::{Budget, Formula, Space};
use indexmap::{IndexMap, IndexSet};
use serde::Serialize;
use smol_str::SmolStr;

/// Leads that come to the rules of both versions and are in another territory.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Move {
    /// The deepest territory that holds them; none for leads in no territory.
    pub old: Option<SmolStr>,
    pub new: Option<SmolStr>,
    pub witness: Example,
}

/// Steps of the budget that one territory may take.
const STEPS: u64 = 20_000_000;

/// Says of each territory where its leads are now.
pub fn compare(space: &mut Space, budget: &Budget, routing: &mut Routing) {
    let [old, new] = [0, 1].map(|number| deepest(space, number));
    if old == new {
        return;
    }
    let both = [0, 1].map(|number| space.comes_to_routes(number));
    let both = space.formulas.and(both);
    for (name, was) in &old {
        let is = new.get(name).copied().unwrap_or(Formula::FALSE);
        if *was == is {
            continue;
        }
        let mut without = vec![is];
        loop {
            let witness = match space.find(&[both, *was], &without, &budget.at_most(STEPS)) {
                Answer::Proved(_) => break,
                Answer::Unknown(reason) => {
                    let name = name.as_deref().unwrap_or("no territory");
                    routing.unknown.push(format!("the leads of {name}: {}", because(&reason)));
                    break;
                }
                Answer::Witness(witness) => witness,
            };
            let place = |space: &mut Space, number: usize| {
                let found = space.decide(number, &witness).territory;
                let policy = space.policies.get(number);
                policy
                    .zip(found)
                    .and_then(|(policy, id)| policy.territories.get(id.at()))
                    .map(|found| found.name.clone())
            };
            let (before, after) = (place(space, 0), place(space, 1));
            let Some(there) = new.get(&after).filter(|_| before != after) else {
                routing.unknown.push("a lead was found whose territory differs in theory only".to_owned());
                break;
            };
            without.push(*there);
            let (was, _) = replay(space, 0, &witness);
            let (is, _) = replay(space, 1, &witness);
            let witness = Example::new(space, &witness, was, is);
            routing.territories.push(Move { old: before, new: after, witness });
        }
    }
}

/// By name, where a territory is the deepest that holds a lead; none for leads in no territory.
fn deepest(space: &mut Space, number: usize) -> IndexMap<Option<SmolStr>, Formula> {
    let mut found: IndexMap<Option<SmolStr>, Vec<Formula>> = IndexMap::new();
    let Some(policy) = space.policies.get(number).copied() else { return IndexMap::new() };
    let mut anywhere = Vec::new();
    for (id, territory) in (0..).map(crate::policy::TerritoryId).zip(&policy.territories) {
        let within = space.territory(number, id);
        let below: Vec<Formula> = territory.children.iter().map(|child| space.territory(number, *child)).collect();
        let below = space.formulas.or(below);
        let not_below = space.formulas.negate(below);
        let only = space.formulas.and([within, not_below]);
        found.entry(Some(territory.name.clone())).or_default().push(only);
        if territory.parent.is_none() {
            anywhere.push(within);
        }
    }
    let anywhere = space.formulas.or(anywhere);
    found.entry(None).or_default().push(space.formulas.negate(anywhere));
    let names: IndexSet<Option<SmolStr>> = found.keys().cloned().collect();
    names
        .into_iter()
        .map(|name| {
            let parts = found.get(&name).cloned().unwrap_or_default();
            (name, space.formulas.or(parts))
        })
        .collect()
}
