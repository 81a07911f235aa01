//! What the conditions of one or two policies ask of a lead, by name, cut into dimensions.
//!
//! A field of the same name and kind in both policies is one subject. Each subject has a dimension of its values; texts may have one
//! more of their spelling to the letter, and two atoms (no, yes) for each pattern; a set has two atoms for each member that is named.

use super::formula::Formulas;
use super::values::closed_texts;
use crate::data::text::fold;
use crate::graph::atoms::{AtomSet, DimId};
use crate::graph::axis::{MISSING, NumberAxis, TextAxis};
use crate::graph::questions::{Family, TextSets, family};
use crate::policy::{Field, FieldId, LetValue, Policy, Predicate, Range, Subject, Test, Text, TextSet, Type};
use indexmap::IndexMap;
use rust_decimal::Decimal;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

/// A subject by its names, the same in every policy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    Field(SmolStr, Family),
    /// A column of a records block.
    Column(SmolStr, SmolStr, Family),
    DomainOf(Box<Key>),
}

/// All subjects that are asked about.
#[derive(Debug, Default)]
pub struct Subjects {
    pub all: IndexMap<Key, Asked>,
}

/// One subject.
#[derive(Debug)]
pub struct Asked {
    pub family: Family,
    /// The declaration in each policy that has it; a domain has none.
    pub fields: Vec<(usize, Field)>,
    /// The place of the subject that this one is the domain of.
    pub domain_of: Option<usize>,
    pub axis: Axis,
    /// The dimension of its values.
    pub value: DimId,
    pub exact: Option<(DimId, TextAxis)>,
    /// Two atoms each: no and yes.
    pub patterns: Vec<(Predicate, DimId)>,
    /// Members of a set that are named, folded: two atoms each.
    pub members: IndexMap<SmolStr, DimId>,
    /// Texts that are compared with, folded.
    pub literals: Vec<SmolStr>,
    /// The atom of each.
    pub literal_atoms: Vec<u32>,
    pub exact_literals: Vec<SmolStr>,
    /// The options of a type that lists them, folded, with the atom of each.
    pub options: Vec<(SmolStr, u32)>,
    /// All texts that there are, where each declaration has few, with the atom of each.
    pub closed: Option<Vec<(Text, u32)>>,

    /// Values are whole numbers, so that intervals between cuts are never empty.
    whole: bool,
    ranges: Vec<Range>,
    texts: TextSets,
    exact_sets: Vec<TextSet>,
    exact_atoms: Vec<Arc<AtomSet>>,
}

#[derive(Debug, Clone)]
pub enum Axis {
    /// Missing or present.
    Presence,
    /// Missing, false, true.
    Boolean,
    Number(NumberAxis),
    Text(TextAxis),
}

/// What a test comes to.
#[derive(Debug, Clone)]
pub enum Question {
    Never,
    In(DimId, AtomSet),
    /// One of these dimensions of two atoms says yes.
    AnyOf(Vec<DimId>),
}

/// The atom that says yes.
pub const YES: u32 = 1;
/// Of [`Axis::Boolean`].
pub const FALSE: u32 = 1;
pub const TRUE: u32 = 2;

impl Subjects {
    /// Everything that some policies ask, and these tests of them; the numbers of atoms are entered in `formulas`.
    pub fn new(policies: &[&Policy], more: &[(usize, Test)], formulas: &mut Formulas) -> Subjects {
        let mut subjects = Subjects::default();
        for (number, policy) in policies.iter().enumerate() {
            policy.each_test(&mut |test| subjects.collect(number, policy, test));
            policy.each_claim(&mut |when| when.each_test(&mut |test| subjects.collect(number, policy, test)));
        }
        for (number, test) in more {
            policies.get(*number).into_iter().for_each(|policy| subjects.collect(*number, policy, test));
        }
        // A lead that one policy can read may be a bad one to the other, and a key of an experiment to one alone, though nothing is asked of
        // the field.
        for (number, policy) in policies.iter().enumerate().filter(|_| policies.len() > 1) {
            for (id, _) in (0..).map(FieldId).zip(&policy.fields).filter(|(_, field)| field.required) {
                subjects.enter(number, policy, Subject::Field(id));
            }
            for (subject, _) in policy.experiments.iter().flat_map(|one| &one.keys) {
                subjects.enter(number, policy, *subject);
            }
        }
        for asked in subjects.all.values_mut() {
            asked.tell_options_apart();
            asked.cut(formulas);
        }
        subjects
    }

    pub fn place(&self, policy: &Policy, subject: Subject) -> Option<usize> {
        self.all.get_index_of(&key(policy, subject)?)
    }

    pub fn get(&self, place: usize) -> Option<&Asked> {
        self.all.get_index(place).map(|(_, asked)| asked)
    }

    fn collect(&mut self, number: usize, policy: &Policy, test: &Test) {
        if let Some(place) = self.enter(number, policy, test.subject)
            && let Some((_, asked)) = self.all.get_index_mut(place)
        {
            asked.add(&test.predicate);
        }
    }

    /// The place of a subject, which is new or known.
    pub fn enter(&mut self, number: usize, policy: &Policy, subject: Subject) -> Option<usize> {
        let key = key(policy, subject)?;
        let domain_of = match subject {
            Subject::Let(id) => match policy.lets.get(id.at())?.value {
                LetValue::DomainOf(of) => Some(self.enter(number, policy, of)?),
                LetValue::Condition(_) => None,
            },
            _ => None,
        };
        let entry = self.all.entry(key);
        let place = entry.index();
        let asked = entry.or_insert_with(|| Asked::new(family(policy, subject), domain_of));
        if let Some(field) = field(policy, subject)
            && asked.fields.iter().all(|(known, _)| *known != number)
        {
            asked.ranges.extend(type_ranges(field));
            asked.fields.push((number, field.clone()));
        }
        Some(place)
    }

    /// What a test of a policy comes to.
    pub fn question(&self, policy: &Policy, test: &Test) -> Question {
        self.place(policy, test.subject)
            .and_then(|place| self.get(place))
            .and_then(|asked| asked.question(&test.predicate))
            .unwrap_or(Question::Never)
    }
}

impl Asked {
    fn new(family: Family, domain_of: Option<usize>) -> Asked {
        Asked {
            family,
            fields: Vec::new(),
            domain_of,
            axis: Axis::Presence,
            value: 0,
            exact: None,
            patterns: Vec::new(),
            members: IndexMap::new(),
            literals: Vec::new(),
            literal_atoms: Vec::new(),
            exact_literals: Vec::new(),
            options: Vec::new(),
            closed: None,
            whole: false,
            ranges: Vec::new(),
            texts: TextSets::default(),
            exact_sets: Vec::new(),
            exact_atoms: Vec::new(),
        }
    }

    fn add(&mut self, predicate: &Predicate) {
        match (predicate, self.family) {
            (Predicate::InRanges(ranges), Family::Number) => self.ranges.extend_from_slice(ranges),
            (Predicate::InTexts(set), Family::Text) => self.texts.add(set),
            (Predicate::Exactly(texts), Family::Text) => {
                let set = TextSet { values: Arc::new(texts.clone()), ..TextSet::default() };
                if !self.exact_sets.contains(&set) {
                    self.exact_sets.push(set);
                }
            }
            (Predicate::HasAnyOf(members), Family::Set) => {
                for member in members {
                    self.members.entry(member.clone()).or_insert(0);
                }
            }
            (
                Predicate::EndsWith(_) | Predicate::Contains(_) | Predicate::HasWord(_) | Predicate::Matches(_),
                Family::Text,
            ) if self.patterns.iter().all(|(known, _)| known != predicate) => {
                self.patterns.push((predicate.clone(), 0));
            }
            _ => {}
        }
    }

    /// Where policies declare other options, an option is a value to one and missing to another.
    fn tell_options_apart(&mut self) {
        let options = self.fields.iter().filter_map(|(_, field)| match &field.ty {
            Type::OneOf(options) => Some(options.iter().map(|option| fold(option)).collect::<BTreeSet<SmolStr>>()),
            _ => None,
        });
        let options: Vec<BTreeSet<SmolStr>> = options.collect();
        if options.iter().zip(options.iter().skip(1)).any(|(one, next)| one != next) {
            for values in options.iter().flatten() {
                let values = Arc::new(BTreeSet::from([values.clone()]));
                self.texts.add(&TextSet { values, ..TextSet::default() });
            }
        }
    }

    /// Whether nothing is asked but whether it is missing.
    pub fn is_bare(&self) -> bool {
        self.ranges.is_empty()
            && self.literals.is_empty()
            && self.exact.is_none()
            && self.patterns.is_empty()
            && self.members.is_empty()
    }

    fn cut(&mut self, formulas: &mut Formulas) {
        let (axis, size) = match self.family {
            Family::Boolean => (Axis::Boolean, 3),
            Family::Set => (Axis::Presence, 2),
            Family::Number => {
                let is_whole = |ty: &Type| matches!(ty, Type::Integer { .. } | Type::Date);
                self.whole = !self.fields.is_empty() && self.fields.iter().all(|(_, field)| is_whole(&field.ty));
                if self.whole {
                    self.ranges = whole_ranges(&self.ranges);
                }
                let axis = NumberAxis::new(self.ranges.iter());
                let size = axis.size();
                (Axis::Number(axis), size)
            }
            Family::Text => {
                let axis = self.texts.cut();
                let size = axis.size();
                (Axis::Text(axis), size)
            }
        };
        self.value = formulas.new_dim(size);
        self.axis = axis;
        let all: BTreeSet<&SmolStr> = self.texts.sets().iter().flat_map(|set| set.values.iter()).collect();
        self.literals = all.into_iter().cloned().collect();
        if let Axis::Text(axis) = &self.axis {
            self.literal_atoms = self.literals.iter().map(|literal| axis.atom(literal)).collect();
            let options = self.fields.iter().filter_map(|(_, field)| match &field.ty {
                Type::OneOf(options) => Some(options.iter().map(|option| fold(option))),
                _ => None,
            });
            self.options = options.flatten().map(|option| (option.clone(), axis.atom(&option))).collect();
            let closed: Option<Vec<_>> = self.fields.iter().map(|(_, field)| closed_texts(&field.ty)).collect();
            let closed = closed.filter(|each| !each.is_empty());
            let with_atom = |text: Text| (axis.atom(&text.folded), text);
            let flat =
                |each: Vec<Vec<Text>>| each.into_iter().flatten().map(with_atom).map(|(atom, text)| (text, atom));
            self.closed = closed.map(|each| flat(each).collect());
        }
        if !self.exact_sets.is_empty() {
            let (axis, atoms) = TextAxis::new(&self.exact_sets);
            self.exact = Some((formulas.new_dim(axis.size()), axis));
            self.exact_atoms = atoms;
            let all: BTreeSet<&SmolStr> = self.exact_sets.iter().flat_map(|set| set.values.iter()).collect();
            self.exact_literals = all.into_iter().cloned().collect();
        }
        for (_, dim) in &mut self.patterns {
            *dim = formulas.new_dim(2);
        }
        for dim in self.members.values_mut() {
            *dim = formulas.new_dim(2);
        }
    }

    fn question(&self, predicate: &Predicate) -> Option<Question> {
        Some(match (predicate, &self.axis) {
            (Predicate::Missing, _) => Question::In(self.value, AtomSet::one(MISSING)),
            (Predicate::True, Axis::Boolean) => Question::In(self.value, AtomSet::one(TRUE)),
            (Predicate::InRanges(ranges), Axis::Number(axis)) if self.whole => {
                Question::In(self.value, axis.set(&whole_ranges(ranges)))
            }
            (Predicate::InRanges(ranges), Axis::Number(axis)) => Question::In(self.value, axis.set(ranges)),
            (Predicate::InTexts(set), Axis::Text(_)) => Question::In(self.value, (*self.texts.atoms(set)?).clone()),
            (Predicate::Exactly(texts), Axis::Text(_)) => {
                let at = self.exact_sets.iter().position(|set| *set.values == *texts)?;
                Question::In(self.exact.as_ref()?.0, (**self.exact_atoms.get(at)?).clone())
            }
            (Predicate::HasAnyOf(members), Axis::Presence) => {
                Question::AnyOf(members.iter().filter_map(|member| self.members.get(member).copied()).collect())
            }
            (predicate, Axis::Text(_)) => {
                let (_, dim) = self.patterns.iter().find(|(known, _)| known == predicate)?;
                Question::In(*dim, AtomSet::one(YES))
            }
            _ => return None,
        })
    }
}

/// The names of a subject; a score has none, since it is a formula.
fn key(policy: &Policy, subject: Subject) -> Option<Key> {
    Some(match subject {
        Subject::Field(id) => Key::Field(policy.fields.get(id.at())?.name.clone(), family(policy, subject)),
        Subject::Record(id, column) => {
            let records = policy.records.get(id.at())?;
            let column = records.columns.get(column.at())?;
            Key::Column(records.name.clone(), column.name.clone(), family(policy, subject))
        }
        Subject::Let(id) => match policy.lets.get(id.at())?.value {
            LetValue::DomainOf(of) => Key::DomainOf(Box::new(key(policy, of)?)),
            LetValue::Condition(_) => return None,
        },
        Subject::Score(_) => return None,
    })
}

fn field(policy: &Policy, subject: Subject) -> Option<&Field> {
    match subject {
        Subject::Field(id) => policy.fields.get(id.at()),
        Subject::Record(id, column) => policy.records.get(id.at())?.columns.get(column.at()),
        Subject::Let(_) | Subject::Score(_) => None,
    }
}

/// The values that a declaration allows, where it names an end.
fn type_ranges(field: &Field) -> Option<Range> {
    super::values::declared_range(&field.ty)
}

/// The same whole numbers, from a first one to before another.
fn whole_ranges(ranges: &[Range]) -> Vec<Range> {
    let behind = |number: Decimal| number.floor().checked_add(Decimal::ONE);
    let whole = |range: &Range| Range {
        low: match range.low {
            Bound::Included(low) => Bound::Included(low.ceil()),
            Bound::Excluded(low) => behind(low).map_or(range.low, Bound::Included),
            Bound::Unbounded => Bound::Unbounded,
        },
        high: match range.high {
            Bound::Included(high) => behind(high).map_or(range.high, Bound::Excluded),
            Bound::Excluded(high) => Bound::Excluded(high.ceil()),
            Bound::Unbounded => Bound::Unbounded,
        },
    };
    ranges.iter().map(whole).collect()
}
