//! All that the conditions of a policy ask, collected by subject and cut into dimensions and flags.

use super::atoms::{AtomSet, DimId, FlagId};
use super::axis::{NumberAxis, TextAxis};
use super::patterns::Patterns;
use crate::policy::{LetId, LetValue, Policy, Predicate, Range, Subject, Test, TextSet, Type};
use indexmap::IndexSet;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a test comes to.
#[derive(Debug, Clone)]
pub enum Question {
    /// No value of the subject's type passes.
    Never,
    In(DimId, Arc<AtomSet>),
    Flag(FlagId),
}

/// The dimensions and flags of a policy's subjects, while its graph is built.
#[derive(Debug, Default)]
pub struct Questions {
    pub subjects: Vec<Asked>,
    by_subject: BTreeMap<Subject, usize>,
    /// The number of atoms of each dimension.
    pub sizes: Vec<u32>,
    pub flags: u32,
}

/// What is asked of one subject.
#[derive(Debug)]
pub struct Asked {
    pub subject: Subject,
    pub family: Family,
    /// The dimension of the subject's values, where a test needs one.
    pub dim: Option<(DimId, Axis)>,
    /// The dimension of its texts to the letter.
    pub exact: Option<(DimId, TextAxis)>,
    pub patterns: Patterns,
    /// The flags that a member of a set raises.
    pub members: FxHashMap<SmolStr, Vec<FlagId>>,
    /// Subjects that are the domain of this one, by place.
    pub domains: Vec<usize>,

    needs_dim: bool,
    ranges: Vec<Range>,
    texts: TextSets,
    exact_texts: IndexSet<BTreeSet<SmolStr>>,
    exact_atoms: Vec<Arc<AtomSet>>,
    flagged: IndexSet<Flagged>,
    first_flag: FlagId,
}

/// How a subject's values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    Boolean,
    Number,
    Text,
    Set,
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

impl Axis {
    pub fn size(&self) -> u32 {
        match self {
            Axis::Presence => 2,
            Axis::Boolean => 3,
            Axis::Number(axis) => axis.size(),
            Axis::Text(axis) => axis.size(),
        }
    }
}

/// A predicate that has a flag.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Flagged {
    EndsWith(SmolStr),
    Contains(SmolStr),
    HasWord(SmolStr),
    Matches(SmolStr),
    HasAnyOf(BTreeSet<SmolStr>),
}

impl Flagged {
    fn new(predicate: &Predicate) -> Option<Self> {
        Some(match predicate {
            Predicate::EndsWith(text) => Flagged::EndsWith(text.clone()),
            Predicate::Contains(text) => Flagged::Contains(text.clone()),
            Predicate::HasWord(text) => Flagged::HasWord(text.clone()),
            Predicate::Matches(text) => Flagged::Matches(text.clone()),
            Predicate::HasAnyOf(members) => Flagged::HasAnyOf(members.clone()),
            _ => return None,
        })
    }

    fn pattern(&self) -> Option<Predicate> {
        Some(match self {
            Flagged::EndsWith(text) => Predicate::EndsWith(text.clone()),
            Flagged::Contains(text) => Predicate::Contains(text.clone()),
            Flagged::HasWord(text) => Predicate::HasWord(text.clone()),
            Flagged::Matches(text) => Predicate::Matches(text.clone()),
            Flagged::HasAnyOf(_) => return None,
        })
    }
}

/// Distinct text sets with the atoms of each once they are cut.
#[derive(Debug, Default)]
pub struct TextSets {
    sets: Vec<TextSet>,
    by_content: FxHashMap<(Arc<BTreeSet<SmolStr>>, TextRanges), usize>,
    /// Long sets by their place in memory, so that a shared list is not gone through for each of its uses. The policy outlives this.
    by_place: FxHashMap<(*const BTreeSet<SmolStr>, TextRanges), usize>,
    atoms: Vec<Arc<AtomSet>>,
}

type TextRanges = Vec<(SmolStr, SmolStr)>;

impl TextSets {
    const LONG: usize = 16;

    pub fn add(&mut self, set: &TextSet) {
        let place = (Arc::as_ptr(&set.values), set.ranges.clone());
        if self.by_place.contains_key(&place) {
            return;
        }
        let sets = &mut self.sets;
        let number = *self.by_content.entry((set.values.clone(), set.ranges.clone())).or_insert_with(|| {
            sets.push(set.clone());
            sets.len() - 1
        });
        if set.values.len() >= Self::LONG {
            self.by_place.insert(place, number);
        }
    }

    pub fn cut(&mut self) -> TextAxis {
        let (axis, atoms) = TextAxis::new(&self.sets);
        self.atoms = atoms;
        axis
    }

    pub fn sets(&self) -> &[TextSet] {
        &self.sets
    }

    pub fn atoms(&self, set: &TextSet) -> Option<Arc<AtomSet>> {
        let number = if set.values.len() >= Self::LONG {
            self.by_place.get(&(Arc::as_ptr(&set.values), set.ranges.clone()))
        } else {
            self.by_content.get(&(set.values.clone(), set.ranges.clone()))
        };
        self.atoms.get(*number?).cloned()
    }
}

impl Questions {
    pub fn new(policy: &Policy) -> Self {
        let mut questions = Questions::default();
        policy.each_test(&mut |test| questions.collect(policy, test));
        questions.cut();
        questions
    }

    pub fn get(&self, subject: Subject) -> Option<&Asked> {
        self.by_subject.get(&subject).and_then(|&at| self.subjects.get(at))
    }

    pub fn size(&self, dim: DimId) -> u32 {
        self.sizes.get(dim as usize).copied().unwrap_or(0)
    }

    pub fn new_dim(&mut self, size: u32) -> DimId {
        self.sizes.push(size);
        self.sizes.len() as DimId - 1
    }

    pub fn new_flag(&mut self) -> FlagId {
        self.flags += 1;
        self.flags - 1
    }

    fn collect(&mut self, policy: &Policy, test: &Test) {
        let at = self.subject(policy, test.subject);
        if let Some(asked) = self.subjects.get_mut(at) {
            asked.add(&test.predicate);
        }
    }

    fn subject(&mut self, policy: &Policy, subject: Subject) -> usize {
        if let Some(&at) = self.by_subject.get(&subject) {
            return at;
        }
        let at = self.subjects.len();
        self.subjects.push(Asked::new(subject, family(policy, subject)));
        self.by_subject.insert(subject, at);
        if let Some(of) = domain_of(policy, subject) {
            let of = self.subject(policy, of);
            if let Some(asked) = self.subjects.get_mut(of) {
                asked.domains.push(at);
            }
        }
        at
    }

    fn cut(&mut self) {
        let mut subjects = std::mem::take(&mut self.subjects);
        for asked in &mut subjects {
            if asked.needs_dim {
                let axis = match asked.family {
                    Family::Boolean => Axis::Boolean,
                    Family::Number => Axis::Number(NumberAxis::new(asked.ranges.iter())),
                    Family::Text => Axis::Text(asked.texts.cut()),
                    Family::Set => Axis::Presence,
                };
                asked.dim = Some((self.new_dim(axis.size()), axis));
            }
            if !asked.exact_texts.is_empty() {
                let set = |texts: &BTreeSet<_>| TextSet { values: Arc::new(texts.clone()), ..TextSet::default() };
                let (axis, atoms) = TextAxis::new(&asked.exact_texts.iter().map(set).collect::<Vec<_>>());
                asked.exact = Some((self.new_dim(axis.size()), axis));
                asked.exact_atoms = atoms;
            }
            asked.first_flag = self.flags;
            self.flags += asked.flagged.len() as FlagId;
            let patterns: Vec<_> = (asked.first_flag..)
                .zip(&asked.flagged)
                .filter_map(|(flag, flagged)| Some((flagged.pattern()?, flag)))
                .collect();
            asked.patterns = Patterns::new(patterns.iter().map(|(pattern, flag)| (pattern, *flag)));
            for (flag, flagged) in (asked.first_flag..).zip(&asked.flagged) {
                let Flagged::HasAnyOf(members) = flagged else { continue };
                for member in members {
                    asked.members.entry(member.clone()).or_default().push(flag);
                }
            }
        }
        self.subjects = subjects;
    }

    /// What a test of this policy comes to.
    pub fn question(&self, test: &Test) -> Question {
        let Some(asked) = self.get(test.subject) else { return Question::Never };
        let dim = asked.dim.as_ref();
        let found = match &test.predicate {
            Predicate::Missing => dim.map(|(dim, _)| Question::In(*dim, Arc::new(AtomSet::one(super::axis::MISSING)))),
            Predicate::True => match dim {
                Some((dim, Axis::Boolean)) => Some(Question::In(*dim, Arc::new(AtomSet::one(2)))),
                _ => None,
            },
            Predicate::InRanges(ranges) => match dim {
                Some((dim, Axis::Number(axis))) => Some(Question::In(*dim, Arc::new(axis.set(ranges)))),
                _ => None,
            },
            Predicate::InTexts(set) => match dim {
                Some((dim, Axis::Text(_))) => asked.texts.atoms(set).map(|atoms| Question::In(*dim, atoms)),
                _ => None,
            },
            Predicate::Exactly(texts) => asked.exact.as_ref().and_then(|(dim, _)| {
                let atoms = asked.exact_atoms.get(asked.exact_texts.get_index_of(texts)?)?;
                Some(Question::In(*dim, atoms.clone()))
            }),
            predicate => Flagged::new(predicate)
                .and_then(|flagged| asked.flagged.get_index_of(&flagged))
                .map(|at| Question::Flag(asked.first_flag + at as FlagId)),
        };
        found.unwrap_or(Question::Never)
    }
}

impl Asked {
    fn new(subject: Subject, family: Family) -> Self {
        Asked {
            subject,
            family,
            dim: None,
            exact: None,
            patterns: Patterns::default(),
            members: FxHashMap::default(),
            domains: Vec::new(),
            needs_dim: false,
            ranges: Vec::new(),
            texts: TextSets::default(),
            exact_texts: IndexSet::new(),
            exact_atoms: Vec::new(),
            flagged: IndexSet::new(),
            first_flag: 0,
        }
    }

    /// A predicate of another family never holds and asks nothing.
    fn add(&mut self, predicate: &Predicate) {
        match (predicate, self.family) {
            (Predicate::Missing, _) | (Predicate::True, Family::Boolean) => self.needs_dim = true,
            (Predicate::InRanges(ranges), Family::Number) => {
                self.needs_dim = true;
                self.ranges.extend_from_slice(ranges);
            }
            (Predicate::InTexts(set), Family::Text) => {
                self.needs_dim = true;
                self.texts.add(set);
            }
            (Predicate::Exactly(texts), Family::Text) => {
                self.exact_texts.insert(texts.clone());
            }
            (Predicate::HasAnyOf(_), Family::Set) => self.flagged.extend(Flagged::new(predicate)),
            (Predicate::HasAnyOf(_), _) => {}
            (_, Family::Text) => self.flagged.extend(Flagged::new(predicate)),
            _ => {}
        }
    }
}

/// The subject whose domain this one is.
fn domain_of(policy: &Policy, subject: Subject) -> Option<Subject> {
    let Subject::Let(LetId(at)) = subject else { return None };
    match policy.lets.get(at as usize)?.value {
        LetValue::DomainOf(of) => Some(of),
        LetValue::Condition(_) => None,
    }
}

pub fn family(policy: &Policy, subject: Subject) -> Family {
    let ty = match subject {
        Subject::Field(field) => policy.fields.get(field.at()).map(|field| &field.ty),
        Subject::Record(records, column) => {
            policy.records.get(records.at()).and_then(|records| records.columns.get(column.at())).map(|field| &field.ty)
        }
        Subject::Let(_) => return Family::Text,
        Subject::Score(_) => return Family::Number,
    };
    match ty {
        Some(Type::Boolean) => Family::Boolean,
        Some(Type::Integer { .. } | Type::Decimal { .. } | Type::Money { .. } | Type::Date | Type::Time) => {
            Family::Number
        }
        Some(Type::SetOf(_)) => Family::Set,
        _ => Family::Text,
    }
}
