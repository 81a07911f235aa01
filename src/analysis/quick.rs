//! The first tiers of a question: cubes instead of clauses.

use super::budget::Budget;
use super::cover::{Covered, cover, grown};
use super::cubes::Index;
use super::facts::Link;
use super::find::{Answer, Reason};
use super::formula::Formula;
use super::space::Space;
use crate::graph::atoms::{AtomSet, Cube};
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
        let mut groups = Vec::new();
        for (dim, set) in &cube.sets {
            match self.links.get(*dim as usize).copied().flatten() {
                None => {}
                Some(Link::Hard) => {
                    // What is missing has no text to find.
                    if !set.contains(0) {
                        return false;
                    }
                    groups.push(u32::MAX);
                }
                Some(Link::Group(group)) => groups.push(group),
            }
        }
        groups.sort_unstable();
        groups.iter().zip(groups.iter().skip(1)).all(|(one, next)| one != next)
    }
}
