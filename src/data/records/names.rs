//! An index of plain company names that finds every name alike to a given one (see [`crate::data::company`]) without looking
//! at the others.
//!
//! A name that may have `k` slips is cut into `m` segments. Wherever the slips are, leaving out some `k` segments leaves only
//! letters that stand unchanged in the other name, so each name is put in under every choice of `k` segments to leave out:
//!
//! ```text
//! northwindtraders, k = 1, m = 4      put in under   ....hwindtraders  nort....dtraders  northwin....ders  northwindtra....
//! northwindtrders                     looked up as   ....hwindtrders   nort....dtrders   northwin....ers   northwindtr.... found
//! ```
//!
//! This joins the pigeonhole of partitions (Li, Deng, Wang and Feng, "Pass-Join: a partition-based method for similarity
//! joins", PVLDB 5, 2011) with deletion neighbourhoods (Bocek, Hunt and Stiller, "Fast similarity search in large
//! dictionaries", 2007): one segment alone is often a word that thousands of names share (`software`). What is left out before
//! a place tells how far the letters after it may have moved. Names that turn up are compared in full, so that the index
//! decides what is looked at and never what is alike.
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
    partial: Postings,
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
        let (mut whole, mut partial) = (Vec::new(), Vec::new());
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
                let hashes = cut_choices(letters.len()).filter_map(|cut| cut.hash_of(*scope, &letters, 0));
                partial.extend(hashes.map(|hash| (hash, next)));
                next
            });
            row_names.push((id, row));
        }
        row_names.sort_unstable();
        index.row_ends =
            (0..index.ends.len() as u32).map(|id| row_names.partition_point(|&(of, _)| of <= id) as u32).collect();
        index.rows = row_names.into_iter().map(|(_, row)| row).collect();
        index.whole = Postings::new(whole);
        index.partial = Postings::new(partial);
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

    /// The name itself, and those that are put in under letters that it has where an alike name would.
    fn near(&self, scope: u64, name: &str) -> Vec<u32> {
        let letters: Vec<char> = name.chars().collect();
        let mut ids: Vec<u32> = self.id_of(scope, name).into_iter().collect();
        for length in letters.len().saturating_sub(MOST_SLIPS)..=letters.len() + MOST_SLIPS {
            let slips = allowed_slips(length.max(letters.len()));
            let Some(spare) = slips.checked_sub(length.abs_diff(letters.len())) else { continue };
            for cut in cut_choices(length) {
                for shift in cut.shifts(letters.len(), spare) {
                    let hash = cut.hash_of(scope, &letters, shift);
                    ids.extend(hash.into_iter().flat_map(|hash| self.partial.get(hash)));
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

/// A choice of segments to leave out of a stored name of `length` letters: `first` and `second`, or one where they are the
/// same.
#[derive(Clone, Copy)]
struct Cut {
    length: usize,
    segments: usize,
    first: usize,
    second: usize,
}

/// All choices for a stored name of this length, as many segments as there may be slips between it and any name alike; none
/// for a name that is alike to no other.
fn cut_choices(length: usize) -> impl Iterator<Item = Cut> {
    let alike_lengths = (length..=length + MOST_SLIPS).filter(|&longer| longer - length <= allowed_slips(longer));
    let slips = alike_lengths.map(allowed_slips).max().unwrap_or(0);
    let segments = match slips {
        0 => 0,
        1 => 4,
        _ => 6,
    };
    (0..segments).flat_map(move |first| {
        let seconds = if slips == 1 { first..first + 1 } else { first + 1..segments };
        seconds.map(move |second| Cut { length, segments, first, second })
    })
}

impl Cut {
    /// By how much the letters between the two segments may have moved in a name of `other` letters, where `spare` slips are left
    /// over after the lengths differ: what moves them, and moves on or back after them, is no more than all slips.
    fn shifts(self, other: usize, spare: usize) -> RangeInclusive<isize> {
        let moved = other as isize - self.length as isize;
        if self.second <= self.first + 1 {
            return 0..=0;
        }
        let spare = (spare / 2) as isize;
        moved.min(0) - spare..=moved.max(0) + spare
    }

    /// The hash of what stands in `letters` where this choice keeps letters, those between the two segments moved by `shift`
    /// and those after by the difference of the lengths. `None` where that is outside.
    fn hash_of(self, scope: u64, letters: &[char], shift: isize) -> Option<u64> {
        let moved = letters.len() as isize - self.length as isize;
        let border = |segment: usize| segment * self.length / self.segments;
        let kept = |from: usize, to: usize, shift: isize| {
            letters.get(border(from).checked_add_signed(shift)?..border(to).checked_add_signed(shift)?)
        };
        let before = kept(0, self.first, 0)?;
        let between = if self.second <= self.first + 1 { &[][..] } else { kept(self.first + 1, self.second, shift)? };
        let after = kept(self.second + 1, self.segments, moved)?;
        Some(hash((
            scope,
            self.length as u32,
            (self.first * self.segments + self.second) as u32,
            before,
            between,
            after,
        )))
    }
}
