//! A lead block for a real export: types, ranges, enums with their spellings, what stands for missing.
//!
//! Values are read by the reader that reads leads later, so that what is inferred reads.

use crate::init::column::Column;
use crate::init::{decide, name};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// In fewer rows, a field that is never blank says nothing about the next lead.
const ENOUGH_ROWS: u64 = 20;
/// What the header of a column ends in whose values name a thing.
const IDS: [&str; 3] = ["id", "uuid", "guid"];
/// Pairs of a country and a region or postal code that are kept to be read together.
const MAX_PAIRS: usize = 5_000;

/// An export while it is read. Give it every row, then ask for what was inferred.
#[derive(Debug)]
pub struct Inference {
    rows: u64,
    columns: Vec<Column>,
    /// The column that holds the country, by its header.
    country: Option<usize>,
    /// For each column that may hold regions or postal codes, by its place: values with the country beside them.
    placed: FxHashMap<usize, IndexMap<(SmolStr, SmolStr), u64>>,
}

/// What an export looks like.
#[derive(Debug, Clone)]
pub struct Inferred {
    pub rows: u64,
    /// Spellings that stand for no value anywhere, as written, with how often they occur.
    pub missing: Vec<(SmolStr, u64)>,
    pub fields: Vec<InferredField>,
    /// Columns that no field reads, and why.
    pub left_out: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
pub struct InferredField {
    pub name: String,
    pub column: String,
    pub ty: InferredType,
    pub required: bool,
    /// Spellings that stand for no value in this field alone.
    pub missing: Vec<SmolStr>,
    /// What was seen, for a comment.
    pub seen: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum InferredType {
    /// A type as it is written: `integer 0..`, `region of country`.
    Plain(String),
    /// Values with the spellings of each, the most frequent first.
    OneOf(Vec<Choice>),
}

/// A value of an enum and what the export calls it.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub value: String,
    pub spellings: Vec<SmolStr>,
}

impl Inference {
    pub fn new<'a>(header: impl IntoIterator<Item = &'a str>) -> Self {
        let columns: Vec<Column> = header.into_iter().map(Column::new).collect();
        let country = columns.iter().position(|column| column.hints(&decide::COUNTRY));
        let placed = columns
            .iter()
            .enumerate()
            .filter(|(_, column)| decide::may_be_placed(column))
            .map(|(place, _)| (place, IndexMap::new()))
            .collect();
        Inference { rows: 0, columns, country, placed }
    }

    /// Sees one row; values past the header are left out, missing ones are blank.
    pub fn row<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) {
        self.rows += 1;
        let values: Vec<&str> = values.into_iter().collect();
        let country = self.country.and_then(|place| values.get(place)).copied().unwrap_or("");
        for (place, column) in self.columns.iter_mut().enumerate() {
            let value = values.get(place).copied().unwrap_or("");
            column.see(value);
            if let Some(pairs) = self.placed.get_mut(&place)
                && pairs.len() < MAX_PAIRS
            {
                *pairs.entry((value.into(), country.into())).or_default() += 1;
            }
        }
    }

    pub fn finish(self) -> Inferred {
        let mut missing: IndexMap<SmolStr, u64> = IndexMap::new();
        for (spelling, count) in self.columns.iter().flat_map(|column| &column.stand_ins) {
            *missing.entry(spelling.clone()).or_default() += count;
        }
        missing.sort_by(|_, a, _, b| b.cmp(a));
        let key = self.key();
        let country = self.country.filter(|&place| {
            Some(place) != key && self.columns.get(place).is_some_and(|column| decide::country(column).is_some())
        });
        let mut names = IndexSet::from(["id".to_string(), "country".to_string()]);
        let mut fields = Vec::new();
        let mut left_out = Vec::new();
        for (place, column) in self.columns.iter().enumerate() {
            if let Some(why) = self.why_left_out(column) {
                left_out.push((column.header.clone(), why.to_string()));
                continue;
            }
            let name = match Some(place) {
                this if this == key => "id".to_string(),
                this if this == country => "country".to_string(),
                _ => unused(name::of_column(&column.header, place + 1), &mut names),
            };
            let placed = self.placed.get(&place).and_then(|pairs| decide::placed(column, pairs, country.is_some()));
            let decision = match key == Some(place) {
                true => decide::text(column),
                false => placed.unwrap_or_else(|| decide::decide(column)),
            };
            let full = column.is_full() && decision.missing.is_empty() && decision.unread == 0;
            fields.push(InferredField {
                name,
                column: column.header.clone(),
                required: full && (key == Some(place) || self.rows >= ENOUGH_ROWS),
                ty: decision.ty,
                missing: decision.missing,
                seen: decision.seen,
            });
        }
        Inferred { rows: self.rows, missing: missing.into_iter().collect(), fields, left_out }
    }

    /// The column that tells leads apart: the first whose header is the likeliest, `Id` before `Phone Number`, and any of text last.
    fn key(&self) -> Option<usize> {
        const OF_LEADS: [&str; 4] = ["lead", "record", "prospect", "contact"];
        let likeliness: [fn(&Column) -> bool; 5] = [
            |column| column.words == ["id"],
            |column| column.ends_in(&IDS) && column.hints(&OF_LEADS),
            |column| column.ends_in(&IDS),
            |column| column.hints(&["id", "uuid", "guid", "key", "num", "number", "ref"]),
            decide::is_text,
        ];
        let keys = || {
            self.columns.iter().enumerate().filter(|(_, column)| column.is_key() && self.why_left_out(column).is_none())
        };
        let place = |is: &fn(&Column) -> bool| keys().find(|(_, column)| is(column)).map(|(place, _)| place);
        likeliness.iter().find_map(place)
    }

    fn why_left_out(&self, column: &Column) -> Option<&'static str> {
        let twice = self.columns.iter().filter(|other| other.header == column.header).count() > 1;
        match () {
            () if column.header.trim().is_empty() => Some("it has no name"),
            () if twice => Some("another column has the same name"),
            () if column.present == 0 => Some("it is empty in every lead"),
            () => None,
        }
    }
}

/// The name, with a number behind it where another field has it.
fn unused(name: String, names: &mut IndexSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| !names.contains(name)).unwrap_or(name);
    names.insert(free.clone());
    free
}
