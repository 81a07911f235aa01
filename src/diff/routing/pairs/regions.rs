//! The leads of each change as regions, so that a person sees not one lead but all that are like it.
//!
//! A change is found pair by pair: an entry of one version, one of the other, and what stands before either. The leads of a pair are
//! taken apart into regions, each with a lead that is in none before it.

use super::Pairs;
use crate::analysis::regions::Rest;
use crate::analysis::{Budget, Formula};
use crate::diff::routing::entries::Decided;
use crate::diff::routing::hull::meet;
use crate::diff::routing::{Region, replay};
use crate::policy::Field;
use indexmap::IndexMap;
use rustc_hash::FxHashSet;

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
        let mut found: IndexMap<Key, Found> =
            self.found.keys().map(|key| (*key, Found { all: self.unknown.is_empty(), ..Found::default() })).collect();
        let mut pairs = 0;
        for (side, at) in self.ready.not_common.clone() {
            for pair in self.pairs_of(side, at) {
                let Some(of) = found.get_mut(&pair.key) else { continue };
                pairs += 1;
                if pairs > MOST_PAIRS || budget.is_spent() {
                    of.all = false;
                    continue;
                }
                self.regions_of(&pair, of, share, &budget);
            }
        }
        for (key, of) in found {
            if let Some(change) = self.found.get_mut(&key) {
                change.regions = of.regions;
                change.all_regions = of.all;
            }
        }
    }

    /// The leads that an entry decides, by the entries of the other version that decide them otherwise.
    fn pairs_of(&mut self, side: usize, at: usize) -> Vec<Pair> {
        let other = 1 - side;
        let hull_of = |pairs: &Self, side: usize, at: usize| pairs.ready.boxes.get(side)?.get(at).cloned();
        let (Some(entry), Some(hull)) = (self.get(side, at), hull_of(self, side, at)) else { return Vec::new() };
        let blocker =
            |pairs: &Self, side: usize, at: usize| Some((pairs.get(side, at)?.holds, hull_of(pairs, side, at)?));
        let mut blockers: Vec<_> =
            self.relevant(side, &hull, at).into_iter().filter_map(|at| blocker(self, side, at)).collect();
        // What has the same condition before it on its own side never comes to the other.
        let taken: FxHashSet<Formula> = blockers.iter().map(|(formula, _)| *formula).collect();
        let mut pairs = Vec::new();
        for there in self.relevant(other, &hull, usize::MAX) {
            let (Some(met), Some(own)) = (self.get(other, there), blocker(self, other, there)) else { continue };
            let both = self.space.formulas.and([entry.holds, met.holds]);
            let differs = entry.decided != met.decided && both != Formula::FALSE && !taken.contains(&met.holds);
            if differs {
                let meeting = blockers.iter().filter(|(_, hull)| meet(&own.1, hull));
                let without = meeting.map(|(formula, _)| *formula).collect();
                let key = if side == 0 { (entry.decided, met.decided) } else { (met.decided, entry.decided) };
                pairs.push(Pair { key, both, without });
            }
            if both == entry.holds {
                break;
            }
            blockers.push(own);
        }
        pairs
    }

    fn regions_of(&mut self, pair: &Pair, of: &mut Found, most: usize, budget: &Budget) {
        let without: Vec<Formula> = pair.without.iter().chain(&of.told).copied().collect();
        let found = self.space.regions(&[pair.both], &without, most - of.regions.len().min(most), budget);
        of.all &= found.rest == Rest::Nothing;
        for region in found.regions {
            let formula = self.space.region_formula(&region);
            of.told.push(formula);
            let decided = [0, 1].map(|number| replay(self.space, number, &region.lead).0);
            let says = |at: u32, number: usize| match (self.ready.decisions.get_index(at as usize), decided.get(number))
            {
                (Some(Decided::One(one)), Some(found)) => one == found,
                (Some(Decided::Split { arms, .. }), Some(found)) => arms.iter().any(|(_, one)| one == found),
                _ => false,
            };
            if says(pair.key.0, 0) && says(pair.key.1, 1) {
                let mut conditions = self.space.region_words(&region);
                conditions.retain(|words| !self.is_required(words));
                of.regions.push(Region { conditions, formula });
            } else {
                of.all = false;
            }
        }
    }
}

impl Pairs<'_, '_> {
    /// Whether a condition says no more than that a field is present which both versions require.
    fn is_required(&self, words: &str) -> bool {
        let Some(name) = words.strip_suffix(" is present") else { return false };
        let required = |field: &Field| field.required && field.name == name;
        self.policies.iter().all(|policy| policy.fields.iter().any(required))
    }
}

struct Pair {
    key: Key,
    both: Formula,
    without: Vec<Formula>,
}

#[derive(Default)]
struct Found {
    regions: Vec<Region>,
    /// Where no more is looked for: regions that were told.
    told: Vec<Formula>,
    all: bool,
}
