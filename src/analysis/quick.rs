//! The first tiers of a question: cubes instead of clauses.

use super::budget::Budget;
use super::cover::{Covered, cover, grown};
use super::cubes::Index;
use super::facts::Link;
use super::find::{Answer, Reason};
use super::formula::Formula;
use super::space::Space;
use crate::graph::atoms::{AtomSet, Cube};
use crate::graph::axis::MISSING;
use std::sync::Arc;

/// What cubes alone say.
pub(super) enum Quick {
    /// Nothing is left; these blockers suffice.
    Covered(Vec<usize>),
    /// A box that meets no blocker, as wide as it can be; what is known of every lead was not looked at.
    Free(Cube),
    Undecided,
}

/// Whether there is a lead, without making one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Existence {
    Yes,
    /// With the places of blockers that suffice for it.
    No(Vec<usize>),
    Unknown(Reason),
}

/// Formulas in order, and an index of which of them meet.
#[derive(Debug)]
pub struct Ordered {
    pub formulas: Vec<Formula>,
    index: Index,
}

impl Space<'_> {
    /// An index over formulas.
    pub fn ordered(&mut self, formulas: Vec<Formula>) -> Ordered {
        let cubes: Vec<_> = formulas.iter().map(|formula| self.cubes.of(&mut self.formulas, *formula)).collect();
        Ordered { index: Index::new(&self.formulas, &cubes), formulas }
    }

    /// The places below `below` whose formulas may hold together with one, in order.
    pub fn meeting(&mut self, among: &Ordered, with: Formula, below: usize) -> Vec<usize> {
        match self.cubes.of(&mut self.formulas, with) {
            Some(cubes) => among.index.meeting(&cubes, below),
            None => (0..below.min(among.formulas.len())).collect(),
        }
    }

    /// Whether there is a lead for which all of `holds` hold and none of `without`: [`Space::find`] without the lead.
    pub fn exists(&mut self, holds: &[Formula], without: &[Formula], budget: &Budget) -> Existence {
        let all = self.formulas.and(holds.iter().copied());
        if let Some(cubes) = self.cubes.of(&mut self.formulas, all) {
            match self.quick_cubes(&cubes, without, false, budget) {
                Quick::Covered(blockers) => return Existence::No(blockers),
                Quick::Free(part) if self.surely_inhabited(&part) || self.lead_of(&part, budget).is_some() => {
                    return Existence::Yes;
                }
                Quick::Free(_) | Quick::Undecided => {}
            }
        }
        if budget.is_spent() {
            return Existence::Unknown(Reason::OutOfBudget);
        }
        match self.find_by_solver(holds, without, budget) {
            Answer::Proved(blockers) => Existence::No(blockers),
            Answer::Witness(_) => Existence::Yes,
            Answer::Unknown(reason) => Existence::Unknown(reason),
        }
    }

    /// [`Space::exists`], without those below a place that count; with the places of those that suffice for a proof.
    pub fn exists_among(
        &mut self,
        holds: &[Formula],
        among: &Ordered,
        below: usize,
        counts: impl Fn(usize) -> bool,
        budget: &Budget,
    ) -> Existence {
        let all = self.formulas.and(holds.iter().copied());
        if let Some(found) = self.exists_where_missing(all, among, below, &counts, budget) {
            return found;
        }
        let mut places = self.meeting(among, all, below);
        places.retain(|place| counts(*place));
        let without: Vec<Formula> = places.iter().filter_map(|at| among.formulas.get(*at)).copied().collect();
        match self.exists(holds, &without, budget) {
            Existence::No(core) => Existence::No(core.iter().filter_map(|at| places.get(*at)).copied().collect()),
            other => other,
        }
    }

    /// The same, asked only of leads that miss whatever keeps all away that ask for it: if these few are covered, they are by blockers that
    /// do not ask, so all are. `None` where that does not decide.
    fn exists_where_missing(
        &mut self,
        all: Formula,
        among: &Ordered,
        below: usize,
        counts: &impl Fn(usize) -> bool,
        budget: &Budget,
    ) -> Option<Existence> {
        let cubes = self.cubes.of(&mut self.formulas, all)?;
        let mut used = Vec::new();
        for cube in cubes.iter() {
            let Some(mut inside) = self.in_domains(cube) else { continue };
            for dim in &among.index.kept_by_missing {
                if inside.set(*dim).unwrap_or(self.domain(*dim)).contains(MISSING) {
                    inside.put(*dim, AtomSet::one(MISSING));
                }
            }
            let mut near = Vec::new();
            for place in among.index.meeting(std::slice::from_ref(&inside), below).into_iter().filter(|at| counts(*at))
            {
                near.push((place, self.cubes.of(&mut self.formulas, *among.formulas.get(place)?)?));
            }
            let blockers: Vec<(usize, &Cube)> =
                near.iter().flat_map(|(place, cubes)| cubes.iter().map(|cube| (*place, cube))).collect();
            match cover(&self.domains, &inside, &blockers, budget) {
                Covered::Yes(places) => used.extend(places),
                Covered::No(part) if self.surely_inhabited(&part) || self.lead_of(&part, budget).is_some() => {
                    return Some(Existence::Yes);
                }
                Covered::No(_) | Covered::TooHard => return None,
            }
        }
        used.sort_unstable();
        used.dedup();
        Some(Existence::No(used))
    }

    pub(super) fn quick(&mut self, holds: &[Formula], without: &[Formula], budget: &Budget) -> Quick {
        let all = self.formulas.and(holds.iter().copied());
        let Some(cubes) = self.cubes.of(&mut self.formulas, all) else { return Quick::Undecided };
        self.quick_cubes(&cubes, without, true, budget)
    }

    /// `grow` asks for a part that is as wide as it can be.
    fn quick_cubes(&mut self, cubes: &[Cube], without: &[Formula], grow: bool, budget: &Budget) -> Quick {
        let mut blockers: Vec<(usize, Arc<[Cube]>)> = Vec::with_capacity(without.len());
        let mut all_known = true;
        for (place, formula) in without.iter().enumerate() {
            match self.cubes.of(&mut self.formulas, *formula) {
                Some(cubes) => blockers.push((place, cubes)),
                None => all_known = false,
            }
        }
        let flat: Vec<(usize, &Cube)> =
            blockers.iter().flat_map(|(place, cubes)| cubes.iter().map(|cube| (*place, cube))).collect();
        let mut used = Vec::new();
        for cube in cubes {
            let Some(inside) = self.in_domains(cube) else { continue };
            match cover(&self.domains, &inside, &flat, budget) {
                Covered::Yes(blockers) => used.extend(blockers),
                Covered::No(part) if all_known && grow => {
                    return Quick::Free(grown(&self.domains, &inside, part, &flat));
                }
                Covered::No(part) if all_known => return Quick::Free(part),
                Covered::No(_) | Covered::TooHard => return Quick::Undecided,
            }
        }
        used.sort_unstable();
        used.dedup();
        Quick::Covered(used)
    }

    /// The part of a cube whose atoms some lead has; none where there is none.
    fn in_domains(&self, cube: &Cube) -> Option<Cube> {
        let mut sets = Vec::with_capacity(cube.sets.len());
        for (dim, set) in &cube.sets {
            let inside =
                self.domains.get(*dim as usize).map_or_else(AtomSet::default, |domain| set.intersection(domain));
            if inside.is_empty() {
                return None;
            }
            sets.push((*dim, Arc::new(inside)));
        }
        Some(Cube { sets, flags: Vec::new() })
    }

    /// Whether some lead is in a cube for certain, by a look at its dimensions alone.
    fn surely_inhabited(&self, cube: &Cube) -> bool {
        let linked = cube.sets.iter().filter_map(|(dim, set)| {
            let link = self.links.get(*dim as usize).copied().flatten()?;
            Some((link, set.contains(MISSING)))
        });
        let linked: Vec<(Link, bool)> = linked.collect();
        // A lead may miss all of them together.
        if linked.iter().all(|(_, may_be_missing)| *may_be_missing) {
            return true;
        }
        let groups = linked.iter().map(|(link, _)| match link {
            Link::Group(group) => Some(*group),
            Link::Hard => None,
        });
        let Some(mut groups) = groups.collect::<Option<Vec<u32>>>() else { return false };
        groups.sort_unstable();
        groups.iter().zip(groups.iter().skip(1)).all(|(one, next)| one != next)
    }
}
