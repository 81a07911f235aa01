//! The leads of each change as regions, so that a person sees not one lead but all that are like it.
//!
//! A change is found pair by pair: an entry of one version, one of the other, and what stands before either. The leads of a pair are
//! taken apart into regions, each with a lead that is in none before it.

use super::{Pair, Pairs};
use crate::analysis::regions::Rest;
use crate::analysis::{self, Budget, Formula};
use crate::diff::routing::entries::Decided;
use crate::diff::routing::{Outcome, Region, replay};
use indexmap::IndexMap;

/// Regions of one change, and of all.
const MOST_OF_ONE: usize = 8;
const MOST: usize = 64;
/// Pairs of entries that are looked into.
const MOST_PAIRS: usize = 600;
/// Steps of the budget that all regions together may take.
const STEPS: u64 = 20_000_000;

/// Old and new decision.
type Key = (u32, u32);

impl Pairs<'_, '_> {
    /// Gives each change that was found its regions. Where they are not all, the change does not say that they are.
    pub fn regions(&mut self) {
        let budget = self.budget.at_most(STEPS);
        let share = (MOST / self.found.len().max(1)).clamp(1, MOST_OF_ONE);
        let mut found: IndexMap<Key, Found> = self
            .found
            .keys()
            .map(|key| (*key, Found { most: share, all: self.unknown.is_empty(), ..Found::default() }))
            .collect();
        let mut looked = 0;
        for (side, at) in self.ready.not_common.clone() {
            self.each_pair(side, at, |pairs, Pair { entry, met, there, both }, blockers| {
                if pairs.empty.contains(&(side, at, there)) {
                    return true;
                }
                let (old, new) = if side == 0 { (entry, met) } else { (met, entry) };
                let key = (old.decided, new.decided);
                let Some(of) = found.get_mut(&key) else { return true };
                looked += 1;
                if looked > MOST_PAIRS || budget.is_spent() {
                    of.all = false;
                } else {
                    let without = pairs.near(both, blockers);
                    let known = pairs.at_hand.remove(&(side, at, there));
                    pairs.regions_of(key, both, without, known, of, &budget);
                }
                true
            });
        }
        for (key, of) in found {
            if let Some(change) = self.found.get_mut(&key) {
                change.regions = of.regions;
                change.all_regions = of.all;
            }
        }
    }

    fn regions_of(
        &mut self,
        key: Key,
        both: Formula,
        mut without: Vec<Formula>,
        known: Option<(analysis::regions::Region, [Outcome; 2])>,
        of: &mut Found,
        budget: &Budget,
    ) {
        let room = of.most.saturating_sub(of.regions.len());
        // Where regions were told it may reach into one of them.
        let known = known.filter(|_| of.told.is_empty() && room > 0);
        without.extend(known.iter().map(|(region, _)| self.space.region_formula(region)));
        without.extend(&of.told);
        let found = self.space.regions(&[both], &without, room - usize::from(known.is_some()), budget);
        of.all &= found.rest == Rest::Nothing;
        let known = known.map(|(region, decided)| (region, Some(decided)));
        for (mut region, decided) in known.into_iter().chain(found.regions.into_iter().map(|region| (region, None))) {
            let formula = self.space.region_formula(&region);
            of.told.push(formula);
            let decided = decided.unwrap_or_else(|| [0, 1].map(|number| replay(self.space, number, &region.lead).0));
            let says = |at: u32, number: usize| match (self.ready.decisions.get_index(at as usize), decided.get(number))
            {
                (Some(Decided::One(one)), Some(found)) => one == found,
                (Some(Decided::Split { arms, .. }), Some(found)) => arms.iter().any(|(_, one)| one == found),
                _ => false,
            };
            if says(key.0, 0) && says(key.1, 1) {
                region.sets.retain(|(dim, set)| !self.space.is_given(*dim, set));
                let conditions = self.space.region_words(&region);
                of.regions.push(Region { conditions, formula });
            } else {
                of.all = false;
            }
        }
    }
}

#[derive(Default)]
struct Found {
    /// So many regions are told.
    most: usize,
    regions: Vec<Region>,
    /// Where no more is looked for: regions that were told.
    told: Vec<Formula>,
    all: bool,
}
