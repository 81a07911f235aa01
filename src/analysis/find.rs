//! The one question: is there a lead in this box that no blocker takes?

use super::asked::{Axis, YES};
use super::budget::Budget;
use super::formula::Formula;
use super::quick::Quick;
use super::slice::{LocalDim, Slice};
use super::solver::{Clauses, Outcome};
use super::space::Space;
use super::texts::{self, Wish};
use super::witness::Witness;
use crate::graph::atoms::{AtomSet, Cube, DimId};
use crate::graph::axis::MISSING;
use crate::policy::Text;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// What is known after a question. A proof holds for every lead that can be read.
#[derive(Debug, Clone)]
pub enum Answer {
    /// There is no such lead. With the places (in `without`) of blockers that suffice for it, which need not be the fewest.
    Proved(Vec<usize>),
    /// Such a lead.
    Witness(Box<Witness>),
    /// Not decided, because.
    Unknown(Reason),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The budget was used up.
    OutOfBudget,
    /// The patterns on this subject are too many to find a text for, or to show that there is none.
    HardTexts(String),
    /// Something was left out, in words; the lead that was found without it is none.
    Loose(String),
}

impl std::fmt::Display for Reason {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reason::OutOfBudget => out.write_str("the proof ran out of its budget"),
            Reason::HardTexts(subject) => {
                write!(out, "no text was found that `{subject}` could be, nor shown that there is none")
            }
            Reason::Loose(why) => out.write_str(why),
        }
    }
}

/// Texts that were found for subjects, by place.
pub(super) type Texts = FxHashMap<usize, Text>;

/// How often the solver is asked again after a point turned out to have no text.
const MOST_POINTS: usize = 2_000;

/// Nodes of a question that come to a step of the budget.
const NODES_A_STEP: u64 = 4;

impl Space<'_> {
    /// Is there a lead for which all of `holds` hold and none of `without`?
    pub fn find(&mut self, holds: &[Formula], without: &[Formula], budget: &Budget) -> Answer {
        self.find_with_part(holds, without, budget).0
    }

    /// The same, with a box around the lead that no blocker meets where there is one at hand.
    pub(super) fn find_with_part(
        &mut self,
        holds: &[Formula],
        without: &[Formula],
        budget: &Budget,
    ) -> (Answer, Option<Cube>) {
        if budget.is_spent() {
            return (Answer::Unknown(Reason::OutOfBudget), None);
        }
        match self.quick(holds, without, budget) {
            Quick::Covered(blockers) => (Answer::Proved(blockers), None),
            // Whatever is in there will do, if anything is.
            Quick::Free(part) => match self.lead_of(&part, budget) {
                Some(witness) => (Answer::Witness(witness), Some(part)),
                None => (self.find_by_solver(holds, without, budget), None),
            },
            Quick::Undecided => (self.find_by_solver(holds, without, budget), None),
        }
    }

    /// [`Space::find`] where cubes do not decide.
    pub(super) fn find_by_solver(&self, holds: &[Formula], without: &[Formula], budget: &Budget) -> Answer {
        match self.search(&self.question(holds, without), budget) {
            Searched::Point(_, witness) => Answer::Witness(witness),
            Searched::Nothing(core) => Answer::Proved(core),
            Searched::Unknown(reason) => Answer::Unknown(reason),
        }
    }

    /// A lead of a box: by a look at its dimensions one by one, else by the solver.
    pub(super) fn lead_of(&mut self, part: &Cube, budget: &Budget) -> Option<Box<Witness>> {
        if let Some(lead) = self.lead_at_hand(part, budget) {
            return Some(Box::new(lead));
        }
        let sets = part.sets.iter().map(|(dim, set)| self.formulas.within(*dim, (**set).clone()));
        let sets: Vec<Formula> = sets.collect();
        match self.search(&self.question(&sets, &[]), budget) {
            Searched::Point(_, witness) => Some(witness),
            Searched::Nothing(_) | Searched::Unknown(_) => None,
        }
    }

    /// Each dimension gets what is missing, else the first that has a value; what comes of it is looked at by its values.
    fn lead_at_hand(&self, part: &Cube, budget: &Budget) -> Option<Witness> {
        let says_something = |(dim, set): &&(DimId, Arc<AtomSet>)| set.runs() != [(0, self.formulas.size(*dim))];
        let sets = part.sets.iter().filter(says_something).cloned().collect();
        let part = Cube { sets, flags: Vec::new() };
        let lead = self.witness(&part, budget).ok()?;
        self.is_in(&lead, &part).then_some(lead)
    }

    /// A point of a question and the lead that it stands for.
    pub(super) fn search(&self, question: &Question, budget: &Budget) -> Searched {
        // Making clauses of a large question takes as long as answering many small ones.
        if !budget.spend(1 + question.slice.nodes.len() as u64 / NODES_A_STEP) {
            return Searched::Unknown(Reason::OutOfBudget);
        }
        let mut clauses = Clauses::new(&question.slice, budget);
        let roots: Vec<usize> = (0..question.slice.roots.len()).collect();
        for _ in 0..MOST_POINTS {
            match clauses.solve(&roots) {
                Outcome::OutOfBudget => return Searched::Unknown(Reason::OutOfBudget),
                Outcome::Core(core) => {
                    let blockers = question.first_blocker..question.first_fact;
                    let in_core = core.into_iter().filter(|root| blockers.contains(root));
                    return Searched::Nothing(in_core.map(|root| root - question.first_blocker).collect());
                }
                Outcome::Model(point) => {
                    let point = self.simplified(question, point.into_iter().map(Some).collect());
                    match self.witness_at(question, &point, budget) {
                        Ok(witness) => return Searched::Point(point, Box::new(witness)),
                        Err(Fault::Impossible(dims)) => {
                            let together: Vec<(u32, u32)> =
                                dims.iter().filter_map(|dim| question.local(&point, *dim)).collect();
                            clauses.forbid(&together);
                        }
                        Err(Fault::Unknown(reason)) => return Searched::Unknown(reason),
                    }
                }
            }
        }
        Searched::Unknown(Reason::OutOfBudget)
    }

    /// The slice of a question, with the facts that its dimensions hang together with.
    pub(super) fn question(&self, holds: &[Formula], without: &[Formula]) -> Question {
        let mut roots: Vec<Formula> = holds.to_vec();
        roots.extend(without.iter().map(|formula| !*formula));
        let first_fact = roots.len();
        let mut seen: FxHashSet<DimId> = FxHashSet::default();
        for node in self.formulas.below(&roots) {
            if let super::formula::Node::In(dim, _) = self.formulas.at(node) {
                seen.insert(*dim);
            }
        }
        let mut taken = vec![false; self.facts.len()];
        loop {
            let before = seen.len();
            let mut more = false;
            for ((fact, dims), taken) in self.facts.iter().zip(&mut taken) {
                if !*taken && dims.iter().any(|dim| seen.contains(dim)) {
                    *taken = true;
                    more = true;
                    roots.push(*fact);
                    seen.extend(dims);
                }
            }
            if !more || seen.len() == before {
                break;
            }
        }
        Question { slice: Slice::new(&self.formulas, &roots), first_blocker: holds.len(), first_fact }
    }

    /// The point with as many missing values as there can be, so that a witness says only what matters.
    fn simplified(&self, question: &Question, mut point: Point) -> Point {
        let all_hold = |point: &Point| question.slice.holds(point).iter().all(|root| *root == Some(true));
        for (place, (_, asked)) in self.subjects.all.iter().enumerate() {
            let mut dims: Vec<(DimId, u32)> = vec![(asked.value, MISSING)];
            dims.extend(asked.exact.iter().map(|(dim, _)| (*dim, MISSING)));
            dims.extend(asked.patterns.iter().map(|(_, dim)| (*dim, 0)));
            dims.extend(asked.members.values().map(|dim| (*dim, 0)));
            for (_, other) in self.subjects.all.iter().filter(|(_, other)| other.domain_of == Some(place)) {
                dims.push((other.value, MISSING));
                dims.extend(other.exact.iter().map(|(dim, _)| (*dim, MISSING)));
                dims.extend(other.patterns.iter().map(|(_, dim)| (*dim, 0)));
            }
            let mut simpler = point.clone();
            for (dim, atom) in dims {
                question.set(&mut simpler, dim, atom);
            }
            if simpler != point && all_hold(&simpler) {
                point = simpler;
            }
        }
        if let Some(dim) = self.moment {
            let mut simpler = point.clone();
            question.set(&mut simpler, dim, 0);
            if simpler != point && all_hold(&simpler) {
                point = simpler;
            }
        }
        point
    }

    /// Texts for a lead of a box, or what of it cannot be.
    pub(super) fn texts(&self, part: &Cube, budget: &Budget) -> Result<Texts, Fault> {
        let mut found = Texts::default();
        for place in 0..self.subjects.all.len() {
            let Some(asked) = self.subjects.get(place) else { continue };
            if asked.domain_of.is_some() || !matches!(asked.axis, Axis::Text(_)) {
                continue;
            }
            let family = self.family_of(place);
            let wishes: Vec<Wish> = family.iter().map(|place| self.wish(part, *place)).collect();
            let nothing = |wish: &Wish| wish.value.is_none() && wish.exact.is_none() && wish.patterns.is_empty();
            if self.may_be_missing(part, &family) || wishes.iter().all(nothing) {
                continue;
            }
            match texts::realise(&self.subjects, &wishes, budget) {
                texts::Found::Text(text) => _ = found.insert(place, text),
                texts::Found::None => return Err(Fault::Impossible(self.impossible(part, &family, budget))),
                texts::Found::TooHard => {
                    let name = self.subject_name(place);
                    return Err(Fault::Unknown(Reason::HardTexts(name)));
                }
            }
        }
        Ok(found)
    }

    /// Whether a text and what is taken from it may be missing in a box.
    fn may_be_missing(&self, part: &Cube, family: &[usize]) -> bool {
        let allows = |dim: DimId, atom: u32| part.set(dim).is_none_or(|set| set.contains(atom));
        family.iter().filter_map(|place| self.subjects.get(*place)).all(|asked| {
            allows(asked.value, MISSING)
                && asked.exact.iter().all(|(dim, _)| allows(*dim, MISSING))
                && asked.patterns.iter().all(|(_, dim)| allows(*dim, 0))
        })
    }

    /// A subject and those that are taken from it.
    fn family_of(&self, place: usize) -> Vec<usize> {
        let mut family = vec![place];
        let mut next = 0;
        while let Some(at) = family.get(next).copied() {
            let taken = self.subjects.all.values().enumerate().filter(|(_, asked)| asked.domain_of == Some(at));
            family.extend(taken.map(|(place, _)| place));
            next += 1;
        }
        family
    }

    /// What a box wishes of one text.
    fn wish(&self, part: &Cube, place: usize) -> Wish {
        let Some(asked) = self.subjects.get(place) else { return Wish::default() };
        let present = AtomSet::new(vec![(MISSING + 1, u32::MAX)]);
        let atoms = |dim: DimId| Some(part.set(dim)?.intersection(&present));
        let held = |dim: DimId| part.set(dim).filter(|set| !set.contains(YES) || !set.contains(0));
        let patterns = asked.patterns.iter().enumerate();
        Wish {
            subject: place,
            value: atoms(asked.value),
            exact: asked.exact.as_ref().and_then(|(dim, _)| atoms(*dim)),
            patterns: patterns.filter_map(|(at, (_, dim))| Some((at, held(*dim)?.contains(YES)))).collect(),
        }
    }

    /// The fewest dimensions of a box that already leave no text.
    fn impossible(&self, part: &Cube, family: &[usize], budget: &Budget) -> Vec<DimId> {
        let mut dims: Vec<DimId> = Vec::new();
        for asked in family.iter().filter_map(|place| self.subjects.get(*place)) {
            dims.extend(asked.patterns.iter().map(|(_, dim)| *dim));
            dims.extend(asked.exact.iter().map(|(dim, _)| *dim));
            dims.push(asked.value);
        }
        let mut fewest = part.clone();
        for dim in &dims {
            let mut fewer = fewest.clone();
            fewer.sets.retain(|(known, _)| known != dim);
            let wishes: Vec<Wish> = family.iter().map(|place| self.wish(&fewer, *place)).collect();
            if texts::realise(&self.subjects, &wishes, budget) == texts::Found::None {
                fewest = fewer;
            }
        }
        dims.retain(|dim| fewest.set(*dim).is_some());
        dims
    }

    /// The atoms that some lead has in a dimension.
    pub(super) fn domain(&self, dim: DimId) -> &AtomSet {
        static NOTHING: AtomSet = AtomSet::NONE;
        self.domains.get(dim as usize).unwrap_or(&NOTHING)
    }
}

/// For each local dimension its atom; none where it is left open.
pub(super) type Point = Vec<Option<u32>>;

/// What is asked, its roots in this order: what is to hold, the opposites of the blockers, what is known of every lead.
pub(super) struct Question {
    pub slice: Slice,
    pub first_blocker: usize,
    pub first_fact: usize,
}

pub(super) enum Searched {
    Point(Point, Box<Witness>),
    /// With the places of blockers that suffice for it.
    Nothing(Vec<usize>),
    Unknown(Reason),
}

/// Why a point is no lead.
pub(super) enum Fault {
    /// What these dimensions have never comes together.
    Impossible(Vec<DimId>),
    Unknown(Reason),
}

impl Question {
    fn place(&self, dim: DimId) -> Option<(usize, &LocalDim)> {
        let at = self.slice.dims.partition_point(|local| local.dim < dim);
        self.slice.dims.get(at).filter(|local| local.dim == dim).map(|local| (at, local))
    }

    /// The atoms of the space that a point has in a dimension.
    pub fn run(&self, point: &Point, dim: DimId) -> Option<(u32, u32)> {
        let (at, local) = self.place(dim)?;
        Some(local.run(point.get(at).copied().flatten()?))
    }

    fn local(&self, point: &Point, dim: DimId) -> Option<(u32, u32)> {
        let (at, _) = self.place(dim)?;
        Some((at as u32, point.get(at).copied().flatten()?))
    }

    pub fn set(&self, point: &mut Point, dim: DimId, atom: u32) {
        if let Some((at, local)) = self.place(dim) {
            let found = local.starts.partition_point(|start| *start <= atom).saturating_sub(1) as u32;
            point.get_mut(at).into_iter().for_each(|place| *place = Some(found));
        }
    }
}
