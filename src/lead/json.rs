//! JSON objects, one a line, split into the values of their keys without copying.
//!
//! Leads of one file have the same keys in the same order nearly always. So the reader keeps the keys in the order in which it met them, and
//! compares the text behind a value with what stood before the next key's value; only where that fails it reads the key and looks it up.

mod quotes;
mod scan;

pub use scan::{Fault, is_whole_object};

use crate::lead::Plan;
use crate::lead::raw::{Form, RawCell};
use rustc_hash::FxHashMap;
use scan::{DEPTH, Parsed, fault, key, simple_value, skip_space, value};
use smol_str::{SmolStr, format_smolstr};

/// So many different keys are remembered; a file with more is read all the same.
const REMEMBERED: usize = 4096;

/// A key that was met.
#[derive(Debug, Clone)]
struct Key {
    /// What stands between the value before it and its own value: `,"name": `, or with `{` for the first.
    token: Vec<u8>,
    /// It starts its object.
    first: bool,
    /// The token's first 32 bytes and the bits of them that count, as numbers to compare with.
    start: [(u128, u128); 2],
    name: SmolStr,
    place: Place,
}

impl Key {
    fn new(token: &[u8], name: SmolStr, place: Place) -> Key {
        let mut key = Key { token: Vec::new(), first: false, start: [(0, 0); 2], name, place };
        key.learn(token);
        key
    }

    fn learn(&mut self, token: &[u8]) {
        self.token = token.to_vec();
        self.first = token.trim_ascii_start().starts_with(b"{");
        let word = |bytes: &[u8]| {
            bytes.iter().rev().fold((0, 0), |(word, mask), byte| (word << 8 | u128::from(*byte), mask << 8 | 0xff))
        };
        let start = token.get(..32).unwrap_or(token);
        let (first, second) = start.split_at_checked(16).unwrap_or((start, &[]));
        self.start = [word(first), word(second)];
    }

    /// Whether the text starts with the token.
    #[inline(always)]
    fn starts(&self, text: &[u8]) -> bool {
        let [first, second] = self.start;
        let starts = |chunk: &[u8; 16], (word, mask): (u128, u128)| (u128::from_le_bytes(*chunk) ^ word) & mask == 0;
        match (self.token.len(), text.split_first_chunk::<16>()) {
            (..=16, Some((chunk, _))) => starts(chunk, first),
            (17..=32, Some((chunk, rest))) if let Some(behind) = rest.first_chunk::<16>() => {
                starts(chunk, first) && starts(behind, second)
            }
            _ => text.starts_with(&self.token),
        }
    }
}

/// What the plan has for a key.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// In the plan's columns.
    column: Option<u32>,
    /// Columns lie inside its object.
    leads_into: bool,
}

impl Place {
    fn of(plan: &Plan, name: &str) -> Place {
        Place { column: plan.column(name), leads_into: plan.leads_into(name) }
    }
}

/// Splits lines; what it learns of their keys stays from line to line.
#[derive(Debug, Clone, Default)]
pub struct Objects {
    /// Those of the outermost objects, in the order met.
    keys: Vec<Key>,
    by_name: FxHashMap<SmolStr, u32>,
    /// Those of inner objects, by their whole dotted name.
    inner: FxHashMap<SmolStr, Place>,
    /// The column of a key that occurred twice in the last line.
    pub(super) repeated: Option<u32>,
}

/// Where values end up: cells by column, as places that count from `base`.
struct Target<'a> {
    plan: &'a Plan,
    cells: &'a mut [RawCell],
    base: u32,
}

impl Objects {
    /// Keys that no field reads, in the order met.
    pub fn unmapped(&self) -> impl Iterator<Item = &SmolStr> {
        self.keys.iter().filter(|key| key.place.column.is_none() && !key.place.leads_into).map(|key| &key.name)
    }

    /// The columns whose keys were met.
    pub fn met(&self) -> impl Iterator<Item = u32> {
        self.keys.iter().map(|key| key.place).chain(self.inner.values().copied()).filter_map(|place| place.column)
    }

    /// Splits the line that is the first `length` bytes of a text, which starts at byte `base` of the block; `cells` are those of the
    /// plan's columns, all absent. The text behind the line is looked at, so that whole words can be compared, and means nothing.
    pub fn split(&mut self, plan: &Plan, text: &[u8], length: usize, base: usize, cells: &mut [RawCell]) -> Parsed<()> {
        self.repeated = None;
        let line = text.get(..length).unwrap_or(text);
        let target = &mut Target { plan, cells, base: base as u32 };
        let (mut at, mut next) = self.familiar(text, line, 0, 0, target);
        let mut first = at == 0;
        loop {
            let open = skip_space(line, at);
            let inner = match (line.get(open), first) {
                (Some(b'{'), true) | (Some(b','), false) => skip_space(line, open + 1),
                (Some(b'}'), false) => break at = open + 1,
                (_, true) => return fault(open, "a JSON object, which starts with `{`"),
                (_, false) => return fault(open, "`,` or `}` behind a value"),
            };
            if first && line.get(inner) == Some(&b'}') {
                break at = inner + 1;
            }
            let (name, behind) = key(line, inner)?;
            let token = line.get(at..skip_space(line, behind)).unwrap_or(&[]);
            let (place, following) = self.meet(plan, &name, token);
            let (cell, behind) = value(line, behind)?;
            if place.leads_into && cell.form == Form::Nested {
                self.inside(line, cell, &name, target, 1)?;
            }
            self.put(target, place.column, cell);
            (at, next) = self.familiar(text, line, behind, following.unwrap_or(next), target);
            first = false;
        }
        match skip_space(line, at) {
            rest if rest >= line.len() => Ok(()),
            rest => fault(rest, "nothing behind the object but a new line"),
        }
    }

    /// Goes on as long as keys come in the order in which they were met, from the one at `next` on. Where it stops, and at which key.
    fn familiar(
        &mut self,
        text: &[u8],
        line: &[u8],
        mut at: usize,
        mut next: usize,
        target: &mut Target,
    ) -> (usize, usize) {
        for key in self.keys.get(next..).unwrap_or(&[]) {
            let known = text.get(at..).is_some_and(|rest| key.starts(rest)) && key.first == (at == 0);
            if !known {
                break;
            }
            let start = at + key.token.len();
            let (cell, behind) = match simple_value(text, start).filter(|(_, behind)| *behind <= line.len()) {
                Some(found) => found,
                None => match value(line, start) {
                    Ok(found) if found.0.form != Form::Nested || !key.place.leads_into => found,
                    _ => break,
                },
            };
            if let Some(slot) = key.place.column.and_then(|column| target.cells.get_mut(column as usize)) {
                if slot.form != Form::Absent {
                    self.repeated = key.place.column;
                }
                *slot = cell.moved(target.base);
            }
            at = behind;
            next += 1;
        }
        (at, next)
    }

    /// The members of an inner object that columns lie in.
    fn inside(&mut self, line: &[u8], object: RawCell, name: &str, target: &mut Target, depth: usize) -> Parsed<()> {
        let mut at = object.start as usize;
        if line.get(at) != Some(&b'{') || depth > DEPTH {
            return Ok(());
        }
        at = skip_space(line, at + 1);
        while line.get(at) != Some(&b'}') {
            let (key, behind) = key(line, at)?;
            let full = format_smolstr!("{name}.{key}");
            let place = match self.inner.get(&full) {
                Some(place) => *place,
                None => Place::of(target.plan, &full),
            };
            if self.inner.len() < REMEMBERED {
                self.inner.insert(full.clone(), place);
            }
            let (cell, behind) = value(line, behind)?;
            if place.leads_into && cell.form == Form::Nested {
                self.inside(line, cell, &full, target, depth + 1)?;
            }
            self.put(target, place.column, cell);
            at = skip_space(line, behind);
            match line.get(at) {
                Some(b',') => at = skip_space(line, at + 1),
                Some(b'}') => {}
                _ => return fault(at, "`,` or `}` behind a value"),
            }
        }
        Ok(())
    }

    fn put(&mut self, target: &mut Target, column: Option<u32>, cell: RawCell) {
        if let Some(slot) = column.and_then(|column| target.cells.get_mut(column as usize)) {
            self.repeated = if slot.form == Form::Absent { self.repeated } else { column };
            *slot = cell.moved(target.base);
        }
    }

    /// What the plan has for a key of an outermost object, and which key is to come next. A new key is entered; one that was met keeps what
    /// stands before its value now.
    fn meet(&mut self, plan: &Plan, name: &SmolStr, token: &[u8]) -> (Place, Option<usize>) {
        if let Some(at) = self.by_name.get(name)
            && let Some(key) = self.keys.get_mut(*at as usize)
        {
            if key.token != token {
                key.learn(token);
            }
            return (key.place, Some(*at as usize + 1));
        }
        let place = Place::of(plan, name);
        if self.keys.len() >= REMEMBERED {
            return (place, None);
        }
        self.by_name.insert(name.clone(), self.keys.len() as u32);
        self.keys.push(Key::new(token, name.clone(), place));
        (place, Some(self.keys.len()))
    }
}
