//! Ids as people count them: sorted, and runs of them.

use smol_str::SmolStr;
use std::cmp::Ordering;

/// Sorts so that `L9` stands before `L10`.
pub(super) fn sort(ids: &mut [SmolStr]) {
    ids.sort_by_cached_key(Key::of);
}

/// What an id is sorted by: what stands before its last digits, and those.
#[derive(Debug, PartialEq, Eq)]
struct Key {
    stem: SmolStr,
    number: Option<(u64, usize)>,
    whole: SmolStr,
}

impl Key {
    fn of(id: &SmolStr) -> Key {
        let (stem, number) = split(id);
        Key { stem: SmolStr::new(stem), number, whole: id.clone() }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.stem, self.number, &self.whole).cmp(&(&other.stem, other.number, &other.whole))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// An id's last digits, as a number and how many they are, and what stands before.
fn split(id: &str) -> (&str, Option<(u64, usize)>) {
    let stem = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = id.get(stem.len()..).unwrap_or("");
    match digits.parse() {
        Ok(number) if digits.len() <= 18 => (stem, Some((number, digits.len()))),
        _ => (id, None),
    }
}

/// Ids as they are written, runs as `L0010..L0014`; they are sorted.
pub(super) fn runs(ids: &[SmolStr]) -> Vec<String> {
    let mut written = Vec::new();
    let mut at = 0;
    while let Some(first) = ids.get(at) {
        let mut length = 1;
        while ids.get(at + length).is_some_and(|id| follows(first, length as u64, id)) {
            length += 1;
        }
        match (length, ids.get(at + length - 1)) {
            (3.., Some(last)) => written.push(format!("{}..{}", quoted(first), quoted(last))),
            _ => written.extend(ids.iter().skip(at).take(length).map(|id| quoted(id))),
        }
        at += length;
    }
    written
}

/// Whether an id is the one so many after the first.
fn follows(first: &str, after: u64, id: &str) -> bool {
    match (split(first), split(id)) {
        ((stem, Some((from, width))), (other, Some((number, other_width)))) => {
            stem == other && width == other_width && from.checked_add(after) == Some(number)
        }
        _ => false,
    }
}

fn quoted(id: &str) -> String {
    let plain = !id.is_empty()
        && !id.contains("..")
        && id.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != '"' && c != '\\');
    // A text always has a JSON form.
    if plain { id.to_owned() } else { serde_json::to_string(id).unwrap_or_default() }
}

/// Reads what [`runs`] wrote on one line into `ids`; `None` where it is something else.
pub(super) fn read_line(line: &str, ids: &mut Vec<SmolStr>) -> Option<()> {
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (first, behind) = one(rest)?;
        match behind.strip_prefix("..") {
            Some(behind) => {
                let (last, behind) = one(behind)?;
                run(&first, &last, ids)?;
                rest = behind;
            }
            None => {
                ids.push(first);
                rest = behind;
            }
        }
        if !rest.is_empty() {
            rest = rest.strip_prefix(' ')?.trim_start();
        }
    }
    Some(())
}

/// An id at the start of a text, and what stands behind it.
fn one(text: &str) -> Option<(SmolStr, &str)> {
    if text.starts_with('"') {
        let mut read = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let id = read.next()?.ok()?;
        return Some((SmolStr::new(id), text.get(read.byte_offset()..)?));
    }
    let end = text.find(' ').unwrap_or(text.len()).min(text.find("..").unwrap_or(text.len()));
    let id = text.get(..end).filter(|id| !id.is_empty())?;
    Some((SmolStr::new(id), text.get(end..)?))
}

/// The longest run that is read: no file of leads comes near.
const LONGEST: u64 = 100_000_000;

fn run(first: &str, last: &str, ids: &mut Vec<SmolStr>) -> Option<()> {
    let ((stem, Some((from, width))), (other, Some((to, other_width)))) = (split(first), split(last)) else {
        return None;
    };
    if stem != other || width != other_width || to < from || to - from > LONGEST {
        return None;
    }
    ids.extend((from..=to).map(|number| SmolStr::new(format!("{stem}{number:0width$}"))));
    Some(())
}
