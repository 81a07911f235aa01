//! Parts of the space in words, so that a person sees not one lead but all that are like it.
//!
//! A witness is grown: each dimension is left open where nothing changes by it, else given every atom with which nothing changes. Then
//! the region is taken out and the question is asked again.

use super::asked::{Asked, Axis, Key, YES};
use super::budget::Budget;
use super::find::{Answer, Point, Question, Reason, Searched};
use super::formula::Formula;
use super::quick::Quick;
use super::space::{NO_ROW, ROW, Space};
use super::witness::Witness;
use crate::graph::atoms::{AtomSet, Cube, DimId};
use crate::graph::axis::MISSING;
use crate::policy::{
    ColumnId, FieldId, LetId, LetValue, Policy, Predicate, Range, RecordsId, Subject, Test, TextSet, Type, Value, words,
};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

/// Looks at atoms that growing one region may take.
const MOST_WORK: usize = 4_000_000;

/// A conjunction: the lead's atom is in each set. With a lead of it.
#[derive(Debug, Clone)]
pub struct Region {
    pub sets: Vec<(DimId, AtomSet)>,
    pub lead: Witness,
}

/// Regions that together hold all leads of a question, or some of them.
#[derive(Debug, Clone)]
pub struct Regions {
    pub regions: Vec<Region>,
    pub rest: Rest,
}

/// What is beyond the regions that are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rest {
    /// No lead.
    Nothing,
    /// At least one lead more.
    More,
    Unknown(Reason),
}

impl Space<'_> {
    /// The leads for which all of `holds` hold and none of `without`, as at most so many regions.
    pub fn regions(&mut self, holds: &[Formula], without: &[Formula], most: usize, budget: &Budget) -> Regions {
        let mut found = Regions { regions: Vec::new(), rest: Rest::Nothing };
        let mut without = without.to_vec();
        let own = holds.len() + without.len();
        loop {
            let region = match self.region_of_cubes(holds, &without, budget) {
                Some(None) => return found,
                Some(Some(region)) => region,
                None => {
                    let question = self.question(holds, &without);
                    match self.search(&question, budget) {
                        Searched::Nothing(_) => return found,
                        Searched::Unknown(reason) => {
                            found.rest = Rest::Unknown(reason);
                            return found;
                        }
                        Searched::Point(point, lead) => {
                            Region { sets: self.grown(&question, own, &point, budget), lead: *lead }
                        }
                    }
                }
            };
            if found.regions.len() == most {
                found.rest = Rest::More;
                return found;
            }
            without.push(self.region_formula(&region));
            found.regions.push(region);
        }
    }

    /// Where a lead is in a region.
    pub fn region_formula(&mut self, region: &Region) -> Formula {
        let parts: Vec<Formula> =
            region.sets.iter().map(|(dim, set)| self.formulas.within(*dim, set.clone())).collect();
        self.formulas.and(parts)
    }

    /// A region with a lead of it, or that there is none; `None` where cubes alone do not say.
    fn region_of_cubes(&mut self, holds: &[Formula], without: &[Formula], budget: &Budget) -> Option<Option<Region>> {
        let all = self.formulas.and(holds.iter().copied());
        // A region of several cubes may reach from one into the other.
        if self.cubes.of(&mut self.formulas, all)?.len() > 1 {
            return None;
        }
        let part = match self.quick(&[all], without, budget) {
            Quick::Covered(_) => return Some(None),
            Quick::Undecided => return None,
            Quick::Free(part) => part,
        };
        let lead = *self.lead_of(&part, budget)?;
        Some(Some(self.region(part, lead)))
    }

    fn region(&self, part: Cube, lead: Witness) -> Region {
        let sets = part.sets.into_iter().filter(|(dim, set)| **set != *self.domain(*dim));
        Region { sets: sets.map(|(dim, set)| (dim, Arc::unwrap_or_clone(set))).collect(), lead }
    }

    /// [`Space::find`], with the first of the [`Space::regions`] where it comes along.
    pub fn find_with_region(
        &mut self,
        holds: &[Formula],
        without: &[Formula],
        budget: &Budget,
    ) -> (Answer, Option<Region>) {
        let all = self.formulas.and(holds.iter().copied());
        let (answer, part) = self.find_with_part(&[all], without, budget);
        // A region of several cubes may reach from one into the other.
        let is_one = self.cubes.of(&mut self.formulas, all).is_some_and(|cubes| cubes.len() == 1);
        let region = match (&answer, part) {
            (Answer::Witness(lead), Some(part)) if is_one => Some(self.region(part, (**lead).clone())),
            _ => None,
        };
        (answer, region)
    }

    fn grown(&self, question: &Question, own: usize, point: &Point, budget: &Budget) -> Vec<(DimId, AtomSet)> {
        let slice = &question.slice;
        // A region that is not grown to its end is still right.
        let mut left = MOST_WORK;
        let atoms: usize = slice.dims.iter().map(|local| local.starts.len()).max().unwrap_or(1);
        let mut may_go_on = || {
            left = left.saturating_sub(slice.nodes.len() * atoms);
            left > 0 && budget.spend(1 + slice.nodes.len() as u64 / 16)
        };
        let start = |(local, atom): (&super::slice::LocalDim, &Option<u32>)| {
            (0..local.local_atoms()).map(|at| Some(at) == *atom).collect::<Vec<bool>>()
        };
        let mut allowed: Vec<Vec<bool>> = slice.dims.iter().zip(point).map(start).collect();
        let mut open = Vec::new();
        // The dimensions that came last are those of patterns and members: what people wrote first stays longest.
        for dim in (0..allowed.len()).rev() {
            let Some(of) = allowed.get_mut(dim) else { continue };
            let before = std::mem::replace(of, vec![true; of.len()]);
            if slice.hold_within(own, &allowed) {
                open.push(dim);
            } else if let Some(of) = allowed.get_mut(dim) {
                *of = before;
            }
        }
        for dim in (0..allowed.len()).filter(|dim| !open.contains(dim)) {
            for atom in 0..allowed.get(dim).map_or(0, Vec::len) {
                if !may_go_on() {
                    break;
                }
                let mut try_with = |with: bool| {
                    let place = allowed.get_mut(dim).and_then(|of| of.get_mut(atom));
                    place.map(|place| std::mem::replace(place, with)).unwrap_or(true)
                };
                if !try_with(true) && !slice.hold_within(own, &allowed) {
                    let place = allowed.get_mut(dim).and_then(|of| of.get_mut(atom));
                    place.into_iter().for_each(|place| *place = false);
                }
            }
        }
        let sets = slice.dims.iter().zip(&allowed).map(|(local, allowed)| {
            let runs = (0..).zip(allowed).filter(|(_, allowed)| **allowed).map(|(atom, _)| local.run(atom));
            (local.dim, AtomSet::new(runs.collect()).intersection(self.domain(local.dim)))
        });
        sets.filter(|(dim, set)| set != self.domain(*dim)).collect()
    }

    /// A region in words, a condition each: `country not in DE, AT`, `employees >= 1000`. Without any it is every lead.
    pub fn region_words(&self, region: &Region) -> Vec<String> {
        region.sets.iter().map(|(dim, set)| self.set_words(*dim, set)).collect()
    }

    /// Whether a condition of a region says no more than that a field is present which every policy requires.
    pub fn is_given(&self, dim: DimId, set: &AtomSet) -> bool {
        let asked = self.subjects.all.iter().find(|(_, asked)| asked.value == dim);
        let Some((Key::Field(name, _), _)) = asked else { return false };
        let requires = |policy: &&Policy| policy.fields.iter().any(|field| field.required && field.name == *name);
        let present = AtomSet::new(vec![(MISSING + 1, u32::MAX)]);
        let all = set.intersection(&present) == self.domain(dim).intersection(&present);
        all && !set.contains(MISSING) && self.policies.iter().all(requires)
    }

    fn set_words(&self, dim: DimId, set: &AtomSet) -> String {
        if self.moment == Some(dim) {
            let at = set.runs().first().and_then(|run| self.moments.instants.get(run.0 as usize)).copied();
            let zone = self.policies.first().map_or(chrono_tz::Tz::UTC, |policy| policy.zone);
            let at = at.map(|at| words::value(&Value::Time(at.seen_in(zone)), &Type::Time));
            return format!("at times such as {}", at.unwrap_or_default());
        }
        if let Some((name, _)) = self.rows.iter().find(|(_, known)| **known == dim) {
            return match (set.contains(NO_ROW), set.contains(ROW)) {
                (true, _) => format!("without a row of {name}"),
                (false, true) => format!("with a row of {name}"),
                _ => format!("several rows of {name} tie"),
            };
        }
        for (key, asked) in &self.subjects.all {
            let Some((policy, subject)) =
                self.policies.iter().find_map(|policy| Some((*policy, subject_of(policy, key)?)))
            else {
                continue;
            };
            let test =
                |predicate: Predicate, positive: bool| words::test(policy, &Test { subject, predicate }, positive);
            if asked.value == dim {
                return value_words(asked, set, self.domain(dim), policy, subject);
            }
            if let Some((_, axis)) = asked.exact.as_ref().filter(|(known, _)| *known == dim) {
                let texts = |inside: bool| {
                    let texts = asked.exact_literals.iter().filter(|text| set.contains(axis.atom(text)) == inside);
                    texts.cloned().collect::<BTreeSet<SmolStr>>()
                };
                let others = set.contains(axis.atom("\u{0}"));
                return test(Predicate::Exactly(texts(!others)), !others);
            }
            if let Some((pattern, _)) = asked.patterns.iter().find(|(_, known)| *known == dim) {
                return test(pattern.clone(), set.contains(YES));
            }
            if let Some((member, _)) = asked.members.iter().find(|(_, known)| **known == dim) {
                return test(Predicate::HasAnyOf([member.clone()].into()), set.contains(YES));
            }
        }
        let why = self.loose.iter().find(|(known, _)| *known == dim);
        why.map_or_else(String::new, |(_, why)| why.clone())
    }
}

fn value_words(asked: &Asked, set: &AtomSet, domain: &AtomSet, policy: &Policy, subject: Subject) -> String {
    let test = |predicate: Predicate, positive: bool| words::test(policy, &Test { subject, predicate }, positive);
    let missing = set.contains(MISSING);
    let present = AtomSet::new(vec![(MISSING + 1, u32::MAX)]);
    let inside = set.intersection(&present);
    if inside.is_empty() {
        return test(Predicate::Missing, true);
    }
    if inside == domain.intersection(&present) {
        return test(Predicate::Missing, false);
    }
    let or_missing = |text: String| if missing { format!("{text} (or missing)") } else { text };
    match &asked.axis {
        Axis::Presence => test(Predicate::Missing, false),
        Axis::Boolean => match inside.contains(super::asked::TRUE) {
            true => or_missing(test(Predicate::True, true)),
            // `not x` holds for a missing value too.
            false if missing => test(Predicate::True, false),
            false => format!("{} = no", words::subject(policy, subject)),
        },
        Axis::Number(axis) => {
            // What no value of the type lies in does not part two intervals.
            let parted = |end: u32, start: u32| domain.meets(&AtomSet::new(vec![(end, start)]));
            let mut ranges: Vec<Range> = Vec::new();
            let mut last_end = None;
            for run in inside.runs() {
                let first = axis.interval(run.0).map(|ends| ends.0);
                let last = axis.interval(run.1.saturating_sub(1)).map(|ends| ends.1);
                let (Some(low), Some(high)) = (first, last) else { continue };
                match ranges.last_mut().filter(|_| last_end.is_some_and(|end| !parted(end, run.0))) {
                    Some(last) => last.high = high,
                    None => ranges.push(Range { low, high }),
                }
                last_end = Some(run.1);
            }
            let ty = words::subject_type(policy, subject);
            let ranges = ranges.into_iter().map(|range| neat(ty, range)).collect();
            or_missing(test(Predicate::InRanges(ranges), true))
        }
        Axis::Text(axis) => {
            let open: Vec<u32> = inside.runs().iter().flat_map(|run| axis.others_in(*run)).copied().collect();
            let others: usize = domain.runs().iter().map(|run| axis.others_in(*run).len()).sum();
            let texts = |wanted: bool| {
                let named = asked.literals.iter().zip(&asked.literal_atoms);
                let named = named.chain(asked.options.iter().map(|(option, atom)| (option, atom)));
                let texts = named.filter(|(_, atom)| inside.contains(**atom) == wanted).map(|(text, _)| text.clone());
                TextSet { values: Arc::new(texts.collect()), ..TextSet::default() }
            };
            if open.is_empty() {
                return or_missing(test(Predicate::InTexts(texts(true)), true));
            }
            if open.len() == others {
                let not = test(Predicate::InTexts(texts(false)), false);
                return if missing { not } else { format!("{not}, and not missing") };
            }
            let mut parts = Vec::new();
            let named = texts(true);
            if !named.values.is_empty() {
                parts.push(test(Predicate::InTexts(named), true));
            }
            let name = words::subject(policy, subject);
            // Intervals side by side are one.
            for side_by_side in open.chunk_by(|one, next| one + 1 == *next) {
                let ends = side_by_side.first().zip(side_by_side.last());
                let Some((low, high)) = ends
                    .and_then(|(first, last)| Some((axis.other_interval(*first)?.0, axis.other_interval(*last)?.1)))
                else {
                    continue;
                };
                let low = String::from_utf8_lossy(low);
                let from = if low.is_empty() { String::new() } else { format!(" from \"{low}\"") };
                let to = high.map(|high| format!(" to before \"{}\"", String::from_utf8_lossy(high)));
                parts.push(format!("{name}{from}{}", to.unwrap_or_default()));
            }
            or_missing(parts.join(" or "))
        }
    }
}

/// Whole numbers have ends that are in the range.
fn neat(ty: &Type, range: Range) -> Range {
    if matches!(ty, Type::Decimal { .. } | Type::Money { .. } | Type::Time) {
        return range;
    }
    let one = rust_decimal::Decimal::ONE;
    let low = match range.low {
        Bound::Excluded(low) => low.floor().checked_add(one).map_or(range.low, Bound::Included),
        Bound::Included(low) => Bound::Included(low.ceil()),
        Bound::Unbounded => Bound::Unbounded,
    };
    let high = match range.high {
        Bound::Excluded(high) => high.ceil().checked_sub(one).map_or(range.high, Bound::Included),
        Bound::Included(high) => Bound::Included(high.floor()),
        Bound::Unbounded => Bound::Unbounded,
    };
    Range { low, high }
}

/// The subject of these names in a policy.
fn subject_of(policy: &Policy, key: &Key) -> Option<Subject> {
    match key {
        Key::Field(name, _) => {
            let at = policy.fields.iter().position(|field| field.name == *name)?;
            Some(Subject::Field(FieldId(at as u32)))
        }
        Key::Column(records, column, _) => {
            let at = policy.records.iter().position(|block| block.name == *records)?;
            let column = policy.records.get(at)?.columns.iter().position(|field| field.name == *column)?;
            Some(Subject::Record(RecordsId(at as u32), ColumnId(column as u32)))
        }
        Key::DomainOf(of) => {
            let from = subject_of(policy, of)?;
            let at =
                policy.lets.iter().position(|found| matches!(found.value, LetValue::DomainOf(of) if of == from))?;
            Some(Subject::Let(LetId(at as u32)))
        }
    }
}
