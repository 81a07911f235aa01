//! An index of plain company names that finds every name alike to a given one (see [`crate::data::company`]) without looking
//! at the others.
//!
//! Each name is cut into one segment more than it may have slips, so that in any name alike to it at least one segment stands
//! unchanged, at most as far from its place as there are slips: Li, Deng, Wang and Feng, "Pass-Join: a partition-based method
//! for similarity joins" (PVLDB 5, 2011). Segments are looked up by the hash of name length, number and letters; each name
//! that turns up is then compared in full, so that the index decides what is looked at and never what is alike.
//!
//! A name stands in a *scope*, the hash of whatever else must be equal, which is part of every hash.

use super::postings::{Postings, hash};
use crate::data::company::{MOST_SLIPS, allowed_slips, likeness};
use rustc_hash::FxHashMap;
use std::ops::RangeInclusive;

#[derive(Debug, Clone, Default)]
pub struct NameIndex {
    /// All different names of all scopes, one after the other; name `n` ends at `ends[n]`.
    letters: String,
    ends: Vec<u32>,
    whole: Postings,
    segments: Postings,
    /// The rows of name `n` are `rows[row_ends[n - 1]..row_ends[n]]`.
    rows: Vec<u32>,
    row_ends: Vec<u32>,
}

impl NameIndex {
    /// From (scope, plain name, row), rows ascending; empty names are left out.
    pub fn new(named: Vec<(u64, String, u32)>) -> Self {
        let mut rows_of: FxHashMap<(u64, String), u32> = FxHashMap::default();
        let mut index = NameIndex::default();
        let mut row_names: Vec<(u32, u32)> = Vec::new();
        let (mut whole, mut segments) = (Vec::new(), Vec::new());
        for (scope, name, row) in named {
            if name.is_empty() {
                continue;
            }
            let next = index.ends.len() as u32;
            let id = *rows_of.entry((scope, name)).or_insert_with_key(|(scope, name)| {
                index.letters.push_str(name);
                index.ends.push(index.letters.len() as u32);
                whole.push((hash((scope, name.as_str())), next));
                let letters: Vec<char> = name.chars().collect();
                segments.extend(cuts(letters.len()).filter_map(|segment| {
                    let piece = letters.get(segment.start..segment.start + segment.length)?;
                    Some((segment_hash(*scope, letters.len(), segment.number, piece), next))
                }));
                next
            });
            row_names.push((id, row));
        }
        row_names.sort_unstable();
        index.row_ends =
            (0..index.ends.len() as u32).map(|id| row_names.partition_point(|&(of, _)| of <= id) as u32).collect();
        index.rows = row_names.into_iter().map(|(_, row)| row).collect();
        index.whole = Postings::new(whole);
        index.segments = Postings::new(segments);
        index
    }

    /// The rows with the same plain name, ascending.
    pub fn same(&self, scope: u64, name: &str) -> &[u32] {
        self.id_of(scope, name).map_or(&[], |id| self.rows_of(id))
    }

    /// The rows with the same or an alike plain name, each with its score. Where two scopes have one hash, rows of both.
    pub fn alike(&self, scope: u64, name: &str) -> impl Iterator<Item = (u16, u32)> {
        let names = self.near(scope, name).into_iter().filter_map(|id| Some((likeness(self.name(id), name)?, id)));
        names.flat_map(|(score, id)| self.rows_of(id).iter().map(move |&row| (score, row)))
    }

    /// The name itself, and those that share a segment with it where an alike name would.
    fn near(&self, scope: u64, name: &str) -> Vec<u32> {
        let letters: Vec<char> = name.chars().collect();
        let mut ids: Vec<u32> = self.id_of(scope, name).into_iter().collect();
        for length in letters.len().saturating_sub(MOST_SLIPS)..=letters.len() + MOST_SLIPS {
            let slips = allowed_slips(length.max(letters.len()));
            if length.abs_diff(letters.len()) > slips {
                continue;
            }
            for segment in cuts(length) {
                for start in starts(segment.start, length, letters.len(), slips) {
                    if let Some(piece) = letters.get(start..start + segment.length) {
                        ids.extend(self.segments.get(segment_hash(scope, length, segment.number, piece)));
                    }
                }
            }
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn id_of(&self, scope: u64, name: &str) -> Option<u32> {
        self.whole.get(hash((scope, name))).find(|&id| self.name(id) == name)
    }

    fn name(&self, id: u32) -> &str {
        between(&self.ends, id).and_then(|(start, end)| self.letters.get(start..end)).unwrap_or("")
    }

    fn rows_of(&self, id: u32) -> &[u32] {
        between(&self.row_ends, id).and_then(|(start, end)| self.rows.get(start..end)).unwrap_or(&[])
    }
}

/// Where the item of this number starts and ends.
fn between(ends: &[u32], number: u32) -> Option<(usize, usize)> {
    let end = *ends.get(number as usize)?;
    let start = number.checked_sub(1).and_then(|before| ends.get(before as usize)).copied().unwrap_or(0);
    Some((start as usize, end as usize))
}

/// A run of letters of a stored name.
struct Segment {
    number: usize,
    start: usize,
    length: usize,
}

/// The segments of a stored name of this length, one more than the slips between it and any name alike; none for a name that
/// is alike to no other.
fn cuts(length: usize) -> impl Iterator<Item = Segment> {
    let slips = (length..=length + MOST_SLIPS)
        .filter(|&longer| longer - length <= allowed_slips(longer))
        .map(allowed_slips)
        .max()
        .unwrap_or(0);
    let count = if slips == 0 { 0 } else { slips + 1 };
    (0..count).map(move |number| {
        let start = number * length / count;
        Segment { number, start, length: (number + 1) * length / count - start }
    })
}

/// Where a segment that starts at `start` in a name of `length` letters may start in one of `other` letters: what the shift
/// takes before it, and what the lengths still differ by after it, is together no more than the slips.
fn starts(start: usize, length: usize, other: usize, slips: usize) -> RangeInclusive<usize> {
    let (spare_left, spare_right) = if other >= length {
        let longer = other - length;
        ((slips - longer) / 2, (slips + longer) / 2)
    } else {
        let shorter = length - other;
        ((slips + shorter) / 2, (slips - shorter) / 2)
    };
    start.saturating_sub(spare_left)..=start + spare_right
}

fn segment_hash(scope: u64, length: usize, number: usize, piece: &[char]) -> u64 {
    hash((scope, length as u32, number as u32, piece))
}
