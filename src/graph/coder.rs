//! From the values of a lead to codes: an atom a dimension, and the flags that hold.

use super::atoms::{DimId, FlagId};
use super::axis::{MISSING, OTHER_TYPE, TextAxis};
use super::patterns::Patterns;
use super::questions::{Asked, Axis, Questions};
use crate::policy::meaning::domain_of;
use crate::policy::{ColumnId, FieldId, Policy, RecordsId, ScoreId, Subject, Value};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::Arc;

/// A lead as the graph sees it. Made once and filled again for each lead.
#[derive(Debug, Clone, Default)]
pub struct Codes {
    /// By dimension.
    pub(crate) atoms: Vec<u32>,
    /// Each once, in no order.
    pub(crate) flags: Vec<FlagId>,
}

impl Codes {
    /// Back to a lead without any value.
    pub fn clear(&mut self) {
        self.atoms.fill(MISSING);
        self.flags.clear();
    }

    #[inline]
    pub(crate) fn set(&mut self, dim: DimId, atom: u32) {
        if let Some(place) = self.atoms.get_mut(dim as usize) {
            *place = atom;
        }
    }

    /// Sets what one value of a field comes to. The field must not have been set since [`Codes::clear`].
    #[inline]
    pub fn apply(&mut self, code: &FieldCode) {
        if let Some((dim, atom)) = code.first {
            self.set(dim, atom);
        }
        for &(dim, atom) in &code.rest {
            self.set(dim, atom);
        }
        self.flags.extend_from_slice(&code.flags);
    }
}

/// What one value of one field comes to, for a reader that remembers it by the bytes it came as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldCode {
    first: Option<(DimId, u32)>,
    rest: Box<[(DimId, u32)]>,
    flags: Box<[FlagId]>,
}

/// The subjects of a graph, ready to code their values.
#[derive(Debug, Clone, Default)]
pub struct Coder {
    subjects: Vec<Feed>,
    /// By [`FieldId`], a place in `subjects`, or [`NOT_ASKED`].
    fields: Vec<u32>,
    /// Columns that are asked about: records, column, place in `subjects`.
    columns: Vec<(RecordsId, usize, u32)>,
    /// By [`ScoreId`].
    scores: Vec<u32>,
    /// By [`RecordsId`].
    rows: Vec<Arc<Vec<Vec<Value>>>>,
    dims: usize,
}

const NOT_ASKED: u32 = u32::MAX;

/// What the values of one subject feed.
#[derive(Debug, Clone)]
struct Feed {
    dim: Option<(DimId, Axis)>,
    /// What few subjects have.
    more: Option<Box<More>>,
}

#[derive(Debug, Clone)]
struct More {
    exact: Option<(DimId, TextAxis)>,
    patterns: Patterns,
    /// The flags that a member of a set raises.
    members: FxHashMap<SmolStr, Vec<FlagId>>,
    /// The subjects that are the domain of this one.
    domains: Vec<u32>,
}

impl Feed {
    fn new(asked: &Asked) -> Self {
        let dim_only =
            asked.exact.is_none() && asked.patterns.is_empty() && asked.members.is_empty() && asked.domains.is_empty();
        let more = (!dim_only).then(|| More {
            exact: asked.exact.clone(),
            patterns: asked.patterns.clone(),
            members: asked.members.clone(),
            domains: asked.domains.iter().map(|&at| at as u32).collect(),
        });
        Feed { dim: asked.dim.clone(), more: more.map(Box::new) }
    }
}

impl Coder {
    pub fn new(policy: &Policy, questions: &Questions) -> Self {
        let mut coder = Coder {
            subjects: questions.subjects.iter().map(Feed::new).collect(),
            fields: vec![NOT_ASKED; policy.fields.len()],
            columns: Vec::new(),
            scores: vec![NOT_ASKED; policy.scores.len()],
            rows: policy.records.iter().map(|records| records.rows.clone()).collect(),
            dims: questions.sizes.len(),
        };
        for (at, asked) in (0..).zip(&questions.subjects) {
            match asked.subject {
                Subject::Field(field) => coder.fields.get_mut(field.at()).into_iter().for_each(|place| *place = at),
                Subject::Record(records, column) => coder.columns.push((records, column.at(), at)),
                Subject::Score(score) => coder.scores.get_mut(score.at()).into_iter().for_each(|place| *place = at),
                // Coded with the subject that it is the domain of.
                Subject::Let(_) => {}
            }
        }
        coder
    }

    /// Room for a lead.
    pub fn codes(&self) -> Codes {
        Codes { atoms: vec![MISSING; self.dims], flags: Vec::new() }
    }

    /// Codes the fields of a lead, after [`Codes::clear`].
    #[inline]
    pub fn fields(&self, values: &[Value], codes: &mut Codes) {
        for (&subject, value) in self.fields.iter().zip(values) {
            self.value(subject, value, codes);
        }
    }

    /// Whether any condition asks about a field.
    pub fn asks_about(&self, field: FieldId) -> bool {
        self.field_subject(field) != NOT_ASKED
    }

    /// Codes one field.
    #[inline]
    pub fn field(&self, field: FieldId, value: &Value, codes: &mut Codes) {
        self.value(self.field_subject(field), value, codes);
    }

    #[inline]
    fn field_subject(&self, field: FieldId) -> u32 {
        self.fields.get(field.at()).copied().unwrap_or(NOT_ASKED)
    }

    /// What a value of a field comes to, by itself.
    pub fn field_code(&self, field: FieldId, value: &Value) -> FieldCode {
        let mut codes = self.codes();
        self.field(field, value, &mut codes);
        let mut atoms = (0..).zip(&codes.atoms).map(|(dim, &atom)| (dim, atom)).filter(|(_, atom)| *atom != MISSING);
        FieldCode { first: atoms.next(), rest: atoms.collect(), flags: codes.flags.into_boxed_slice() }
    }

    /// Codes the columns of the rows that a lead matched; `row` gives the row of a records block.
    #[inline]
    pub fn records(&self, row: impl Fn(RecordsId) -> Option<u32>, codes: &mut Codes) {
        for &(records, column, subject) in &self.columns {
            let rows = self.rows.get(records.at());
            let value = row(records).and_then(|row| rows?.get(row as usize)?.get(column));
            self.value(subject, value.unwrap_or(&Value::Missing), codes);
        }
    }

    /// A value of a records block.
    pub fn cell(&self, records: RecordsId, row: u32, column: ColumnId) -> Option<&Value> {
        self.rows.get(records.at())?.get(row as usize)?.get(column.at())
    }

    /// The dimension and atom of a score, where a condition asks about its value.
    #[inline]
    pub fn score(&self, score: ScoreId, value: i64) -> Option<(DimId, u32)> {
        match &self.subjects.get(*self.scores.get(score.at())? as usize)?.dim {
            Some((dim, Axis::Number(axis))) => Some((*dim, axis.whole_atom(value))),
            Some((dim, _)) => Some((*dim, OTHER_TYPE)),
            None => None,
        }
    }

    #[inline]
    fn value(&self, subject: u32, value: &Value, codes: &mut Codes) {
        let Some(feed) = self.subjects.get(subject as usize) else { return };
        match value {
            Value::Missing => {}
            Value::Text(text) => self.text(feed, &text.folded, || &text.written, codes),
            value => self.other(feed, value, codes),
        }
    }

    #[inline]
    fn other(&self, feed: &Feed, value: &Value, codes: &mut Codes) {
        if let Some((dim, axis)) = &feed.dim {
            let atom = match (axis, value) {
                (Axis::Number(axis), value) => axis.atom(value),
                (Axis::Boolean, Value::Boolean(true)) => 2,
                _ => OTHER_TYPE,
            };
            codes.set(*dim, atom);
        }
        if let (Value::Set(texts), Some(more)) = (value, &feed.more) {
            let first = codes.flags.len();
            for flag in texts.iter().filter_map(|text| more.members.get(&text.folded)).flatten() {
                if codes.flags.iter().skip(first).all(|known| known != flag) {
                    codes.flags.push(*flag);
                }
            }
        }
    }

    #[inline]
    fn text<'t>(&self, feed: &Feed, folded: &str, written: impl Fn() -> &'t str, codes: &mut Codes) {
        if let Some((dim, axis)) = &feed.dim {
            let atom = match axis {
                Axis::Text(axis) => axis.atom(folded),
                _ => OTHER_TYPE,
            };
            codes.set(*dim, atom);
        }
        if let Some(more) = &feed.more {
            self.text_more(more, folded, written(), codes);
        }
    }

    fn text_more(&self, more: &More, folded: &str, written: &str, codes: &mut Codes) {
        if let Some((dim, axis)) = &more.exact {
            codes.set(*dim, axis.atom(written));
        }
        if !more.patterns.is_empty() {
            more.patterns.find(folded, written, &mut codes.flags);
        }
        for feed in more.domains.iter().filter_map(|&domain| self.subjects.get(domain as usize)) {
            let domain = domain_of(folded);
            self.text(feed, domain, || domain, codes);
        }
    }
}
