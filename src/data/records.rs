//! The row of reference data that belongs to a lead: its account.
//!
//! Keys are tried in the order written and the first with any row decides; each preference then keeps the rows it favours,
//! where there are any; one row left is the match, and several are a tie, which is never broken by their order in the file.
//! A key is answered from an index made when the policy is loaded, so that a lead costs the same whatever the number of rows.
//! Nothing here writes words: what was tried is handed back as data.

mod names;
mod postings;

use super::company::{likeness, plain};
use crate::policy::{ColumnId, Condition, MatchKey, Preference, Records, Subject, Value};
use names::NameIndex;
use postings::{Postings, hash};
use rust_decimal::Decimal;
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;

/// What came of looking for a lead's row, with every step to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The keys that were tried, in order; the last one decided where it has rows.
    pub keys: Vec<KeyTrial>,
    /// The preferences that were asked, in order, each with the rows it left. Empty where one row matched.
    pub preferences: Vec<Vec<u32>>,
    pub outcome: Outcome,
}

/// What one key gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum KeyTrial {
    /// Its `unless` holds.
    Unless,
    /// The lead has no value for this, or none that could match.
    Missing(Subject),
    NoRow,
    /// The rows, ascending; `score` is how alike the names are, in thousandths, where the key has a `like`.
    Rows {
        rows: Vec<u32>,
        score: Option<u16>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Outcome {
    NoMatch,
    /// A place in [`Records::rows`].
    Row(u32),
    /// Rows that no preference tells apart.
    Tie(Vec<u32>),
}

/// The rows of one [`Records`], indexed by each of its keys.
#[derive(Debug, Clone)]
pub struct RecordIndex {
    rows: Arc<Vec<Vec<Value>>>,
    keys: Vec<(MatchKey, KeyIndex)>,
    prefer: Vec<Preference>,
}

#[derive(Debug, Clone)]
enum KeyIndex {
    /// Rows by the hash of all parts.
    Equal(Postings),
    /// Rows by the first `like`, in the scope of the parts without one.
    Alike(NameIndex),
}

impl RecordIndex {
    pub fn new(records: &Records) -> Self {
        let keys = records.keys.iter().map(|key| (key.clone(), KeyIndex::new(key, &records.rows))).collect();
        RecordIndex { rows: Arc::clone(&records.rows), keys, prefer: records.prefer.clone() }
    }

    /// The row for a lead, whose values and conditions the caller answers.
    pub fn find<'v>(&self, value_of: impl Fn(Subject) -> Cow<'v, Value>, holds: impl Fn(&Condition) -> bool) -> Found {
        let mut found = Found { keys: Vec::new(), preferences: Vec::new(), outcome: Outcome::NoMatch };
        for (key, index) in &self.keys {
            let trial = match &key.unless {
                Some(unless) if holds(unless) => KeyTrial::Unless,
                _ => self.try_key(key, index, &value_of),
            };
            found.keys.push(trial);
            if let Some(KeyTrial::Rows { rows, .. }) = found.keys.last() {
                let (preferences, outcome) = self.choose(rows, &value_of);
                return Found { keys: found.keys, preferences, outcome };
            }
        }
        found
    }

    fn try_key<'v>(&self, key: &MatchKey, index: &KeyIndex, value_of: &impl Fn(Subject) -> Cow<'v, Value>) -> KeyTrial {
        let mut equal: Vec<(ColumnId, Cow<Value>)> = Vec::new();
        let mut like: Vec<(ColumnId, String)> = Vec::new();
        for part in &key.parts {
            let value = value_of(part.subject);
            let name = if part.like { plain_of(&value) } else { String::new() };
            if *value == Value::Missing || (part.like && name.is_empty()) {
                return KeyTrial::Missing(part.subject);
            }
            if part.like {
                like.push((part.column, name));
            } else {
                equal.push((part.column, value));
            }
        }
        let scope = hash_of(equal.iter().map(|(_, value)| value.as_ref()));
        let is_equal = |row: u32| equal.iter().all(|(column, value)| same(self.value(row, *column), value));
        match (index, like.split_first()) {
            (KeyIndex::Equal(rows), _) => KeyTrial::of(rows.get(scope).filter(|&row| is_equal(row)).collect(), None),
            (KeyIndex::Alike(_), None) => KeyTrial::NoRow,
            (KeyIndex::Alike(names), Some(((_, name), others))) => {
                let scored = |(score, row): (u16, u32)| {
                    let mut others =
                        others.iter().map(|(column, name)| likeness(&plain_of(self.value(row, *column)), name));
                    let lowest = others.try_fold(score, |lowest, other| Some(lowest.min(other?)))?;
                    is_equal(row).then_some((lowest, row))
                };
                let (score, rows) = highest(names.same(scope, name).iter().map(|&row| (1000, row)).filter_map(scored));
                if score == 1000 {
                    return KeyTrial::of(rows, Some(score));
                }
                let (score, rows) = highest(names.alike(scope, name).filter_map(scored));
                KeyTrial::of(rows, Some(score))
            }
        }
    }

    /// Asks the preferences in order until one row is left.
    fn choose<'v>(&self, rows: &[u32], value_of: &impl Fn(Subject) -> Cow<'v, Value>) -> (Vec<Vec<u32>>, Outcome) {
        let mut left = rows.to_vec();
        let mut steps = Vec::new();
        for preference in &self.prefer {
            if left.len() < 2 {
                break;
            }
            let favoured = self.favoured(preference, &left, value_of);
            if !favoured.is_empty() {
                left = favoured;
            }
            steps.push(left.clone());
        }
        let outcome = match left[..] {
            [row] => Outcome::Row(row),
            _ => Outcome::Tie(left),
        };
        (steps, outcome)
    }

    fn favoured<'v>(
        &self,
        preference: &Preference,
        rows: &[u32],
        value_of: &impl Fn(Subject) -> Cow<'v, Value>,
    ) -> Vec<u32> {
        let those = |column: ColumnId, wanted: &Value| {
            rows.iter().copied().filter(|&row| same(self.value(row, column), wanted)).collect::<Vec<_>>()
        };
        match preference {
            Preference::Holds(column) => those(*column, &Value::Boolean(true)),
            Preference::Same { column, subject } => those(*column, &value_of(*subject)),
            Preference::Most(column) | Preference::Least(column) => {
                let ranks = rows.iter().filter_map(|&row| Some((rank(self.value(row, *column))?, row)));
                let ranks: Vec<(Decimal, u32)> = ranks.collect();
                let each = ranks.iter().map(|&(rank, _)| rank);
                let best = if matches!(preference, Preference::Most(_)) { each.max() } else { each.min() };
                ranks.iter().filter(|&&(rank, _)| Some(rank) == best).map(|&(_, row)| row).collect()
            }
        }
    }

    fn value(&self, row: u32, column: ColumnId) -> &Value {
        cell(self.rows.get(row as usize), column)
    }
}

impl KeyTrial {
    fn of(rows: Vec<u32>, score: Option<u16>) -> Self {
        if rows.is_empty() { KeyTrial::NoRow } else { KeyTrial::Rows { rows, score } }
    }
}

impl KeyIndex {
    fn new(key: &MatchKey, rows: &[Vec<Value>]) -> Self {
        let equal: Vec<ColumnId> = key.parts.iter().filter(|part| !part.like).map(|part| part.column).collect();
        let complete = (0..)
            .zip(rows)
            .filter(|(_, row)| key.parts.iter().all(|part| *cell(Some(*row), part.column) != Value::Missing));
        let scoped = complete.map(|(at, row)| (at, row, hash_of(equal.iter().map(|&column| cell(Some(row), column)))));
        match key.parts.iter().find(|part| part.like) {
            None => KeyIndex::Equal(Postings::new(scoped.map(|(at, _, scope)| (scope, at)).collect())),
            Some(like) => KeyIndex::Alike(NameIndex::new(
                scoped.map(|(at, row, scope)| (scope, plain_of(cell(Some(row), like.column)), at)).collect(),
            )),
        }
    }
}

fn cell(row: Option<&Vec<Value>>, column: ColumnId) -> &Value {
    row.and_then(|row| row.get(column.at())).unwrap_or(&Value::Missing)
}

/// The rows of the highest score, ascending.
fn highest(scored: impl Iterator<Item = (u16, u32)>) -> (u16, Vec<u32>) {
    let (mut highest, mut rows) = (0, Vec::new());
    for (score, row) in scored {
        if score > highest {
            highest = score;
            rows.clear();
        }
        if score == highest {
            rows.push(row);
        }
    }
    rows.sort_unstable();
    (highest, rows)
}

fn plain_of(value: &Value) -> String {
    match value {
        Value::Text(text) => plain(&text.written),
        _ => String::new(),
    }
}

/// Whether two values match: neither is missing, texts compare folded, numbers by value, times by instant.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.folded == b.folded,
        (Value::Set(a), Value::Set(b)) => a.iter().map(|text| &text.folded).eq(b.iter().map(|text| &text.folded)),
        _ => rank(a).is_some_and(|a| rank(b) == Some(a)),
    }
}

/// A number that orders values of a kind that has an order.
fn rank(value: &Value) -> Option<Decimal> {
    match value {
        Value::Boolean(held) => Some(Decimal::from(u8::from(*held))),
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(*number),
        Value::Date(day) => Some(Decimal::from(day.to_epoch_days())),
        Value::Time(instant) => Some(Decimal::from(instant.micros)),
        Value::Missing | Value::Text(_) | Value::Set(_) => None,
    }
}

/// Equal for values that are the same.
fn hash_of<'v>(values: impl Iterator<Item = &'v Value>) -> u64 {
    values.fold(0, |before, value| match value {
        Value::Text(text) => hash((before, text.folded.as_str())),
        Value::Set(texts) => texts.iter().fold(before, |before, text| hash((before, text.folded.as_str()))),
        _ => hash((before, rank(value))),
    })
}
