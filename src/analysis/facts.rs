//! What is known of every lead, whatever a policy says: values that no type has, a region and its country, what a pattern implies.

use super::asked::{Asked, Axis, Key, Subjects, YES};
use super::formula::{Formula, Formulas};
use super::space::ROW;
use super::texts::pattern_holds;
use super::values::{closed_texts, number_between};
use crate::data::region;
use crate::data::text::code;
use crate::graph::atoms::{AtomSet, DimId};
use crate::graph::axis::MISSING;
use crate::graph::questions::Family;
use crate::policy::{ColumnId, Field, FieldId, Policy, Predicate, RecordsId, Subject, Type};
use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// What [`known`] gives; see [`super::space::Space`].
pub struct Known {
    pub domains: Vec<AtomSet>,
    pub facts: Vec<(Formula, Vec<DimId>)>,
    pub admitted: Vec<FxHashMap<DimId, AtomSet>>,
    pub readable: Vec<Formula>,
    pub links: Vec<Option<Link>>,
}

/// How a dimension hangs together with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// With all of the same number: any atom of one of them goes with some atoms of the others.
    Group(u32),
    /// An atom may need a text that there is not.
    Hard,
}

/// Literals times patterns that are compared beforehand; what is beyond is found when it matters.
const MOST_PAIRS: usize = 400_000;

struct Facts<'a> {
    policies: &'a [&'a Policy],
    formulas: &'a mut Formulas,
    known: Known,
}

pub fn known(
    policies: &[&Policy],
    subjects: &mut Subjects,
    rows: &IndexMap<SmolStr, DimId>,
    formulas: &mut Formulas,
) -> Known {
    let domains = formulas.sizes.iter().map(|size| AtomSet::new(vec![(0, *size)])).collect();
    let known = Known {
        domains,
        facts: Vec::new(),
        admitted: policies.iter().map(|_| FxHashMap::default()).collect(),
        readable: vec![Formula::TRUE; policies.len()],
        links: vec![None; formulas.sizes.len()],
    };
    let mut facts = Facts { policies, formulas, known };
    facts.rows(rows);
    for (key, asked) in &subjects.all {
        facts.types(key, asked);
        facts.parts(subjects, asked);
        facts.patterns(asked);
        facts.record(rows, key, asked);
    }
    facts.places(subjects);
    facts.links(subjects);
    let all: Vec<DimId> = (0..facts.formulas.sizes.len() as DimId).collect();
    for dim in all {
        let domain = facts.known.domains.get(dim as usize).cloned().unwrap_or_default();
        facts.say(vec![(dim, domain)]);
    }
    facts.known
}

impl Facts<'_> {
    /// The lead is in one of these sets.
    fn say(&mut self, any: Vec<(DimId, AtomSet)>) {
        let dims: Vec<DimId> = any.iter().map(|(dim, _)| *dim).collect();
        let parts: Vec<Formula> = any.into_iter().map(|(dim, set)| self.formulas.within(dim, set)).collect();
        let fact = self.formulas.or(parts);
        if fact != Formula::TRUE {
            self.known.facts.push((fact, dims));
        }
    }

    /// If it is in the first set, it is in the second.
    fn implies(&mut self, (dim, set): (DimId, AtomSet), then: (DimId, AtomSet)) {
        let others = set.complement(self.formulas.size(dim));
        self.say(vec![(dim, others), then]);
    }

    /// A tie is of interest only where some policy names a queue for it.
    fn rows(&mut self, rows: &IndexMap<SmolStr, DimId>) {
        for (name, dim) in rows {
            let records = self.policies.iter().flat_map(|policy| &policy.records);
            let ties = records.filter(|records| records.name == *name).any(|records| records.on_tie.is_some());
            if let (false, Some(domain)) = (ties, self.known.domains.get_mut(*dim as usize)) {
                *domain = AtomSet::new(vec![(0, 2)]);
            }
        }
    }

    /// The atoms that the declared types have.
    fn types(&mut self, key: &Key, asked: &Asked) {
        let all = AtomSet::new(vec![(0, self.formulas.size(asked.value))]);
        let mut domain = AtomSet::default();
        let mut each = Vec::new();
        for (policy, field) in &asked.fields {
            let admitted = admitted(asked, field).unwrap_or_else(|| all.clone());
            domain = domain.union(&admitted);
            each.push((*policy, field.required, admitted));
        }
        if asked.fields.is_empty() {
            domain = match asked.axis {
                // An atom for values of another type stands behind the missing.
                Axis::Text(_) => all.intersection(&AtomSet::new(vec![(0, 1), (2, u32::MAX)])),
                _ => all.clone(),
            };
        }
        let several = self.policies.len() > 1;
        for (policy, required, admitted) in each {
            let present = admitted.intersection(&AtomSet::new(vec![(MISSING + 1, u32::MAX)]));
            if required && matches!(key, Key::Field(..)) {
                let holds = self.formulas.within(asked.value, present);
                let before = self.known.readable.get(policy).copied().unwrap_or(Formula::TRUE);
                let both = self.formulas.and([before, holds]);
                self.known.readable.get_mut(policy).into_iter().for_each(|readable| *readable = both);
                if !several {
                    domain = domain.intersection(&AtomSet::new(vec![(MISSING + 1, u32::MAX)]));
                }
            }
            if several && admitted != domain {
                self.known
                    .admitted
                    .get_mut(policy)
                    .into_iter()
                    .for_each(|of| _ = of.insert(asked.value, admitted.clone()));
            }
        }
        if let Some(place) = self.known.domains.get_mut(asked.value as usize) {
            *place = domain;
        }
    }

    /// A missing text has no pattern and no spelling; the domain of what is missing is missing; a set is there with its members.
    fn parts(&mut self, subjects: &Subjects, asked: &Asked) {
        let missing = (asked.value, AtomSet::one(MISSING));
        let present = (asked.value, AtomSet::new(vec![(MISSING + 1, self.formulas.size(asked.value))]));
        for (_, dim) in &asked.patterns {
            self.implies((*dim, AtomSet::one(YES)), present.clone());
        }
        if let Some((dim, _)) = &asked.exact {
            let domain = AtomSet::new(vec![(0, 1), (2, self.formulas.size(*dim))]);
            self.known.domains.get_mut(*dim as usize).into_iter().for_each(|place| *place = domain.clone());
            self.implies(missing.clone(), (*dim, AtomSet::one(MISSING)));
            self.implies((*dim, AtomSet::one(MISSING)), missing.clone());
        }
        for dim in asked.members.values() {
            self.implies((*dim, AtomSet::one(YES)), present.clone());
        }
        if let Some(all) = closed_members(asked) {
            for (_, dim) in asked.members.iter().filter(|(member, _)| !all.contains(member.as_str())) {
                self.known.domains.get_mut(*dim as usize).into_iter().for_each(|of| *of = AtomSet::one(0));
            }
            if all.iter().all(|member| asked.members.contains_key(member)) {
                // Where every member there is has a name here, one of them is in it.
                let mut any: Vec<(DimId, AtomSet)> =
                    asked.members.values().map(|dim| (*dim, AtomSet::one(YES))).collect();
                any.push(missing.clone());
                self.say(any);
            }
        }
        if let Some(from) = asked.domain_of.and_then(|place| subjects.get(place)) {
            match from.axis {
                Axis::Text(_) => {
                    let from_missing = (from.value, AtomSet::one(MISSING));
                    self.implies(missing.clone(), from_missing.clone());
                    self.implies(from_missing, missing);
                }
                _ => self
                    .known
                    .domains
                    .get_mut(asked.value as usize)
                    .into_iter()
                    .for_each(|of| *of = AtomSet::one(MISSING)),
            }
        }
    }

    /// What literals say of patterns, and patterns of each other.
    fn patterns(&mut self, asked: &Asked) {
        for (pattern, dim) in &asked.patterns {
            for (other, other_dim) in &asked.patterns {
                if pattern != other && implies(pattern, other) {
                    self.implies((*dim, AtomSet::one(YES)), (*other_dim, AtomSet::one(YES)));
                }
            }
        }
        let Axis::Text(axis) = &asked.axis else { return };
        if asked.patterns.is_empty() || asked.literals.len() * asked.patterns.len() > MOST_PAIRS {
            return;
        }
        // A type with few values may spell them in its own way.
        if asked.fields.iter().any(|(_, field)| matches!(field.ty, Type::OneOf(_))) {
            return;
        }
        for (pattern, dim) in &asked.patterns {
            let mut held: FxHashMap<u32, (bool, bool)> = FxHashMap::default();
            for literal in &asked.literals {
                let holds = pattern_holds(pattern, &code(literal.clone()));
                let seen = held.entry(axis.atom(literal)).or_default();
                seen.0 |= holds;
                seen.1 |= !holds;
            }
            let others: Vec<u32> = held.keys().copied().filter(|atom| axis.other_interval(*atom).is_some()).collect();
            others.iter().for_each(|atom| _ = held.remove(atom));
            let only = |wanted: bool| {
                let atoms = held.iter().filter(|(_, seen)| if wanted { !seen.1 } else { !seen.0 });
                AtomSet::new(atoms.map(|(atom, _)| (*atom, *atom + 1)).collect())
            };
            let (yes, no) = (only(true), only(false));
            self.implies((asked.value, yes), (*dim, AtomSet::one(YES)));
            self.implies((asked.value, no), (*dim, AtomSet::one(0)));
        }
    }

    /// The columns of a records block are missing where the lead found no row.
    fn record(&mut self, rows: &IndexMap<SmolStr, DimId>, key: &Key, asked: &Asked) {
        let Key::Column(records, ..) = key else { return };
        let Some(row) = rows.get(records).copied() else { return };
        let size = self.formulas.size(asked.value);
        self.implies((asked.value, AtomSet::new(vec![(MISSING + 1, size)])), (row, AtomSet::one(ROW)));
        if asked.fields.iter().all(|(_, field)| field.required) {
            self.implies((row, AtomSet::one(ROW)), (asked.value, AtomSet::new(vec![(MISSING + 1, size)])));
        }
    }

    /// A region is in its country, unless the country is missing.
    fn places(&mut self, subjects: &mut Subjects) {
        for (number, policy) in self.policies.iter().enumerate() {
            let fields = (0..).map(FieldId).zip(&policy.fields);
            let mut pairs: Vec<(Subject, Subject)> = fields
                .filter_map(|(id, field)| Some((Subject::Field(id), Subject::Field(FieldId(country_of(field)?)))))
                .collect();
            for (id, records) in (0..).map(RecordsId).zip(&policy.records) {
                let columns = (0..).map(ColumnId).zip(&records.columns);
                pairs.extend(columns.filter_map(|(column, field)| {
                    let country = ColumnId(country_of(field)?);
                    Some((Subject::Record(id, column), Subject::Record(id, country)))
                }));
            }
            for (region, country) in pairs {
                let region = subjects.place(policy, region).and_then(|place| subjects.get(place));
                let country = subjects.place(policy, country).and_then(|place| subjects.get(place));
                let (Some(region), Some(country)) = (region, country) else { continue };
                if number == 0 || !region.fields.iter().any(|(of, _)| *of == 0) {
                    self.place(region, country);
                }
            }
        }
    }

    /// Dimensions that some fact speaks of together, in groups.
    fn links(&mut self, subjects: &Subjects) {
        let mut group: Vec<u32> = (0..self.known.links.len() as u32).collect();
        let find = |group: &[u32], dim: DimId| {
            let above = |at: &u32| group.get(*at as usize).copied().filter(|above| above != at);
            std::iter::successors(Some(dim), above).last().unwrap_or(dim)
        };
        for (_, dims) in &self.known.facts {
            for (one, other) in dims.iter().zip(dims.iter().skip(1)) {
                let (one, other) = (find(&group, *one), find(&group, *other));
                group.get_mut(one.max(other) as usize).into_iter().for_each(|above| *above = one.min(other));
            }
            for dim in dims.iter().filter(|_| dims.len() > 1) {
                self.known.links.get_mut(*dim as usize).into_iter().for_each(|link| *link = Some(Link::Group(0)));
            }
        }
        for (dim, link) in (0..).zip(&mut self.known.links) {
            *link = link.map(|_| Link::Group(find(&group, dim)));
        }
        // A text and the domain that is taken from it are missing together.
        let taken_from: FxHashSet<usize> = subjects.all.values().filter_map(|asked| asked.domain_of).collect();
        for (place, asked) in subjects.all.values().enumerate().filter(|(_, asked)| asked.family == Family::Text) {
            let closed =
                !asked.fields.is_empty() && asked.fields.iter().all(|(_, field)| closed_texts(&field.ty).is_some());
            let mut hard: Vec<DimId> = asked.patterns.iter().map(|(_, dim)| *dim).collect();
            hard.extend(asked.exact.iter().map(|(dim, _)| *dim));
            if !hard.is_empty() || asked.domain_of.is_some() || taken_from.contains(&place) {
                hard.push(asked.value);
            }
            // Not every country has regions.
            if closed && self.known.domains.get(asked.value as usize).is_some_and(|domain| !domain.contains(MISSING)) {
                hard.push(asked.value);
            }
            for dim in hard {
                self.known.links.get_mut(dim as usize).into_iter().for_each(|link| *link = Some(Link::Hard));
            }
        }
    }

    fn place(&mut self, region: &Asked, country: &Asked) {
        let (Axis::Text(regions), Axis::Text(countries)) = (&region.axis, &country.axis) else { return };
        let mut allowed: IndexMap<u32, Vec<(u32, u32)>> = IndexMap::new();
        for code in crate::data::country::codes() {
            let country = countries.atom(&code);
            for region in region::codes_of(&code) {
                allowed.entry(regions.atom(&region)).or_default().push((country, country + 1));
            }
        }
        let size = self.formulas.size(country.value);
        for (atom, mut runs) in allowed {
            runs.push((MISSING, MISSING + 1));
            let set = AtomSet::new(runs);
            if set.complement(size) != AtomSet::one(1) {
                self.implies((region.value, AtomSet::one(atom)), (country.value, set));
            }
        }
    }
}

/// The field that a region is read together with.
fn country_of(field: &Field) -> Option<u32> {
    match field.ty {
        Type::Region { of } => of,
        _ => None,
    }
}

/// All members that a set of few values can have, folded.
fn closed_members(asked: &Asked) -> Option<BTreeSet<SmolStr>> {
    let mut all = BTreeSet::new();
    for (_, field) in asked.fields.iter().filter(|_| asked.family == Family::Set) {
        let Type::SetOf(member) = &field.ty else { return None };
        all.extend(closed_texts(member)?.into_iter().map(|text| text.folded));
    }
    (!all.is_empty()).then_some(all)
}

/// The atoms of a subject that a field's type has, missing among them; `None` for all.
fn admitted(asked: &Asked, field: &Field) -> Option<AtomSet> {
    let missing = (MISSING, MISSING + 1);
    match &asked.axis {
        Axis::Presence | Axis::Boolean => None,
        Axis::Number(axis) => {
            let inhabited = (2..axis.size()).filter(|atom| {
                let ends = axis.interval(*atom);
                ends.is_some_and(|(low, high)| number_between(&field.ty, low, high).is_some())
            });
            Some(AtomSet::new(inhabited.map(|atom| (atom, atom + 1)).chain([missing]).collect()))
        }
        Axis::Text(axis) => {
            let runs = match closed_texts(&field.ty) {
                Some(texts) => texts.iter().map(|text| axis.atom(&text.folded)).map(|atom| (atom, atom + 1)).collect(),
                // All but the atom for values of another type.
                None => vec![(2, axis.size())],
            };
            Some(AtomSet::new(runs.into_iter().chain([missing]).collect()))
        }
    }
}

/// Whether a text of which one pattern holds has the other too, for the plain cases.
fn implies(pattern: &Predicate, other: &Predicate) -> bool {
    match (pattern, other) {
        (Predicate::Contains(a) | Predicate::EndsWith(a) | Predicate::HasWord(a), Predicate::Contains(b)) => {
            a.contains(b.as_str())
        }
        (Predicate::EndsWith(a), Predicate::EndsWith(b)) => a.ends_with(b.as_str()),
        _ => false,
    }
}
