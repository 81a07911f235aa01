//! JSON objects, one a line, split into the values of their keys without copying.
//!
//! Leads of one file have the same keys in the same order nearly always. So the reader keeps the keys in the order in which it met them and compares
//! the text with the key that comes next; only where that fails it looks the key up. Strings are searched for their closing quote eight bytes
//! at a time ("SIMD within a register", Lamport, "Multiple byte processing with full-word instructions", 1975).

use crate::lead::Plan;
use crate::lead::raw::{Form, RawCell, unescape_json};
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};

/// Objects in objects may be this deep.
pub const DEPTH: usize = 64;
/// So many different keys are remembered; a file with more is read all the same.
const REMEMBERED: usize = 4096;

/// Why a line is not a lead; `at` is a byte of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    pub at: usize,
    pub expected: &'static str,
}

type Parsed<T> = Result<T, Fault>;

fn fault<T>(at: usize, expected: &'static str) -> Parsed<T> {
    Err(Fault { at, expected })
}

/// A key that was met.
#[derive(Debug, Clone)]
struct Key {
    /// As it stands in the text, with its quotes and colon.
    token: Vec<u8>,
    name: SmolStr,
    place: Place,
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

    /// Splits one line, which starts at byte `base` of the block; `cells` are those of the plan's columns, all absent.
    pub fn split(&mut self, plan: &Plan, line: &[u8], base: usize, cells: &mut [RawCell]) -> Parsed<()> {
        self.repeated = None;
        let open = skip_space(line, 0);
        if line.get(open) != Some(&b'{') {
            return fault(open, "a JSON object, which starts with `{`");
        }
        let end = self.outermost(line, open + 1, &mut Target { plan, cells, base: base as u32 })?;
        match skip_space(line, end) {
            rest if rest >= line.len() => Ok(()),
            rest => fault(rest, "nothing behind the object but a new line"),
        }
    }

    /// The members of the outermost object, from behind its `{` to behind its `}`.
    fn outermost(&mut self, line: &[u8], at: usize, target: &mut Target) -> Parsed<usize> {
        let mut at = skip_space(line, at);
        if line.get(at) == Some(&b'}') {
            return Ok(at + 1);
        }
        let mut next = 0;
        loop {
            let (place, behind) = match self.keys.get(next) {
                Some(key) if line.get(at..).is_some_and(|rest| rest.starts_with(&key.token)) => {
                    next += 1;
                    (key.place, at + key.token.len())
                }
                _ => {
                    let (name, behind) = key(line, at)?;
                    let token = line.get(at..behind).unwrap_or(&[]);
                    let (place, following) = self.meet(target.plan, name, token);
                    next = following.unwrap_or(next);
                    (place, behind)
                }
            };
            let (cell, behind) = value(line, behind)?;
            if place.leads_into && cell.form == Form::Nested {
                let name = next.checked_sub(1).and_then(|at| self.keys.get(at)).map(|key| key.name.clone());
                self.inside(line, cell, &name.unwrap_or_default(), target, 1)?;
            }
            self.put(target, place.column, cell);
            at = skip_space(line, behind);
            match line.get(at) {
                Some(b',') => at = skip_space(line, at + 1),
                Some(b'}') => return Ok(at + 1),
                _ => return fault(at, "`,` or `}` behind a value"),
            }
        }
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
        let Some(slot) = column.and_then(|column| target.cells.get_mut(column as usize)) else { return };
        if slot.form != Form::Absent {
            self.repeated = column;
        }
        *slot = RawCell { start: cell.start + target.base, end: cell.end + target.base, form: cell.form };
    }

    /// What the plan has for a key of an outermost object, and where the keys go on behind it. A new key is entered.
    fn meet(&mut self, plan: &Plan, name: SmolStr, token: &[u8]) -> (Place, Option<usize>) {
        if let Some(at) = self.by_name.get(&name)
            && let Some(key) = self.keys.get(*at as usize)
        {
            return (key.place, Some(*at as usize + 1));
        }
        let place = Place::of(plan, &name);
        if self.keys.len() >= REMEMBERED && !place.leads_into {
            return (place, None);
        }
        self.by_name.insert(name.clone(), self.keys.len() as u32);
        self.keys.push(Key { token: token.to_vec(), name, place });
        (place, Some(self.keys.len()))
    }
}

/// A key and its colon: the name with escapes resolved, and what is behind the colon.
fn key(line: &[u8], at: usize) -> Parsed<(SmolStr, usize)> {
    if line.get(at) != Some(&b'"') {
        return fault(at, "a key in double quotes");
    }
    let (end, escaped) = closing_quote(line, at + 1).ok_or(Fault { at, expected: "a closing quote" })?;
    let raw = std::str::from_utf8(line.get(at + 1..end).unwrap_or(&[])).unwrap_or("");
    let name = if escaped { SmolStr::new(unescape_json(raw)) } else { SmolStr::new(raw) };
    match skip_space(line, end + 1) {
        colon if line.get(colon) == Some(&b':') => Ok((name, colon + 1)),
        other => fault(other, "`:` behind a key"),
    }
}

/// A value and what is behind it. Numbers are kept as they are written.
fn value(line: &[u8], at: usize) -> Parsed<(RawCell, usize)> {
    let at = skip_space(line, at);
    let cell = |start: usize, end: usize, form| RawCell { start: start as u32, end: end as u32, form };
    match line.get(at) {
        Some(b'"') => {
            let (end, escaped) = closing_quote(line, at + 1).ok_or(Fault { at, expected: "a closing quote" })?;
            let form = if escaped { Form::JsonEscaped } else { Form::Plain };
            Ok((cell(at + 1, end, form), end + 1))
        }
        Some(b'{' | b'[') => {
            let end = nested_end(line, at)?;
            Ok((cell(at, end, Form::Nested), end))
        }
        _ => {
            let rest = line.get(at..).unwrap_or(&[]);
            let width =
                rest.iter().take_while(|byte| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r')).count();
            let form = match rest.get(..width) {
                Some(b"null") => Form::Absent,
                Some(b"true" | b"false") => Form::Plain,
                Some(number) if is_number(number) => Form::Plain,
                _ => return fault(at, "a JSON value"),
            };
            Ok((cell(at, at + width, form), at + width))
        }
    }
}

fn skip_space(line: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\r' | b'\n') = line.get(at) {
        at += 1;
    }
    at
}

/// The place of the quote that closes a string from `at`, and whether there are escapes before it.
fn closing_quote(line: &[u8], mut at: usize) -> Option<(usize, bool)> {
    let mut escaped = false;
    loop {
        at = quote_or_backslash(line, at)?;
        if line.get(at) == Some(&b'"') {
            return Some((at, escaped));
        }
        escaped = true;
        at += 2;
    }
}

fn quote_or_backslash(line: &[u8], mut at: usize) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    // The lowest high bit that is set stands for the first zero byte.
    let zero_bytes = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut rest = line.get(at..)?;
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let hits = zero_bytes(word ^ u64::from_ne_bytes([b'"'; 8])) | zero_bytes(word ^ u64::from_ne_bytes([b'\\'; 8]));
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += 8;
        rest = behind;
    }
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).map(|found| at + found)
}

/// The end of the array or object at `at`. Brackets must match; what is between them is not looked at.
fn nested_end(line: &[u8], mut at: usize) -> Parsed<usize> {
    let open = at;
    // One bit a level, from the lowest: set for an object.
    let (mut kinds, mut depth) = (0u64, 0usize);
    while let Some(byte) = line.get(at) {
        match byte {
            b'"' => at = closing_quote(line, at + 1).ok_or(Fault { at, expected: "a closing quote" })?.0,
            b'{' | b'[' if depth == DEPTH => return fault(at, "at most 64 levels of objects and arrays"),
            b'{' | b'[' => {
                kinds = kinds << 1 | u64::from(*byte == b'{');
                depth += 1;
            }
            b'}' | b']' if (kinds & 1 == 1) != (*byte == b'}') => {
                return fault(at, "the bracket that closes the last open one");
            }
            b'}' | b']' => {
                kinds >>= 1;
                depth -= 1;
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    fault(open, "an array or object that is closed")
}

/// A number as JSON writes it (RFC 8259, section 6).
fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || whole > 1 && rest.first() == Some(&b'0') {
        return false;
    }
    let mut rest = rest.get(whole..).unwrap_or(&[]);
    if let Some(behind) = rest.strip_prefix(b".") {
        let fraction = digits(behind);
        rest = behind.get(fraction..).unwrap_or(&[]);
        if fraction == 0 {
            return false;
        }
    }
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', power @ ..] | [b'e' | b'E', power @ ..] => {
            !power.is_empty() && digits(power) == power.len()
        }
        _ => false,
    }
}

/// Whether a line is a JSON object from its first bracket to its last.
pub fn is_whole_object(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.first() == Some(&b'{') && nested_end(line, 0) == Ok(line.len())
}
