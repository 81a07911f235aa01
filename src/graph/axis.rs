//! Axes: how the values of one subject are cut into atoms, so that no condition can tell two values of an atom apart.
//!
//! On every axis atom 0 is *missing* and atom 1 a value of another type than the subject's, which no reader makes.

use super::atoms::AtomSet;
use super::literals::Literals;
use crate::policy::{Range, TextSet, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::ops::Bound;
use std::sync::Arc;

pub const MISSING: u32 = 0;
pub const OTHER_TYPE: u32 = 1;
const FIRST: u32 = 2;

/// Numbers, dates and times: the intervals between cuts, in order.
///
/// ```text
/// employees in 200..999, >= 1000:   atoms   2: below 200 | 3: 200 to 999 | 4: above 999, below 1000 | 5: from 1000
/// ```
#[derive(Debug, Clone, Default)]
pub struct NumberAxis {
    /// A value passes a cut when it is at least the number, or above it where `true`.
    cuts: Vec<(Decimal, bool)>,
    /// The same cuts for whole numbers: a value passes when it is at least this. Cuts above all of them are left out.
    whole: Vec<i64>,
}

impl NumberAxis {
    pub fn new<'a>(ranges: impl Iterator<Item = &'a Range>) -> Self {
        let mut cuts: Vec<_> = ranges.flat_map(|range| [low_cut(range), high_cut(range)]).flatten().collect();
        cuts.sort_unstable();
        cuts.dedup();
        let whole = cuts.iter().map_while(|(number, above)| {
            let least = if *above { number.floor().to_i128()? + 1 } else { number.ceil().to_i128()? };
            (least <= i128::from(i64::MAX)).then_some(least.max(i128::from(i64::MIN)) as i64)
        });
        NumberAxis { whole: whole.collect(), cuts }
    }

    pub fn size(&self) -> u32 {
        FIRST + self.cuts.len() as u32 + 1
    }

    pub fn set(&self, ranges: &[Range]) -> AtomSet {
        let passed = |cut: Option<(Decimal, bool)>| cut.map(|cut| self.cuts.partition_point(|at| *at <= cut) as u32);
        let run = |range: &Range| {
            let start = passed(low_cut(range)).unwrap_or(0);
            let end = passed(high_cut(range)).unwrap_or(self.cuts.len() as u32 + 1);
            (FIRST + start, FIRST + end)
        };
        AtomSet::new(ranges.iter().map(run).collect())
    }

    /// The ends of an atom's interval; none for what is no number.
    pub fn interval(&self, atom: u32) -> Option<(Bound<Decimal>, Bound<Decimal>)> {
        let place = atom.checked_sub(FIRST)? as usize;
        let low = match place.checked_sub(1).map(|below| self.cuts.get(below)) {
            None => Bound::Unbounded,
            Some(cut) => match *cut? {
                (number, false) => Bound::Included(number),
                (number, true) => Bound::Excluded(number),
            },
        };
        let high = match self.cuts.get(place) {
            None => Bound::Unbounded,
            Some((number, false)) => Bound::Excluded(*number),
            Some((number, true)) => Bound::Included(*number),
        };
        Some((low, high))
    }

    #[inline]
    pub fn atom(&self, value: &Value) -> u32 {
        match value {
            Value::Missing => MISSING,
            Value::Integer(value) => self.whole_atom(*value),
            value => value.number().map_or(OTHER_TYPE, |number| self.exact_atom(number)),
        }
    }

    #[inline]
    pub fn whole_atom(&self, value: i64) -> u32 {
        FIRST + self.whole.partition_point(|&least| least <= value) as u32
    }

    fn exact_atom(&self, value: Decimal) -> u32 {
        FIRST + self.cuts.partition_point(|(number, above)| *number < value || (*number == value && !above)) as u32
    }
}

/// The cut that a value passes when it is not below a range.
fn low_cut(range: &Range) -> Option<(Decimal, bool)> {
    match range.low {
        Bound::Included(low) => Some((low, false)),
        Bound::Excluded(low) => Some((low, true)),
        Bound::Unbounded => None,
    }
}

/// The cut that a value passes when it is above a range.
fn high_cut(range: &Range) -> Option<(Decimal, bool)> {
    match range.high {
        Bound::Included(high) => Some((high, true)),
        Bound::Excluded(high) => Some((high, false)),
        Bound::Unbounded => None,
    }
}

/// Texts: classes of the literals that occur, and for what is none of them the intervals between the ends of ranges.
///
/// The atoms are ordered by interval, each interval's literals behind its other texts, so that a range is one run; literals that
/// stand in the same sets are one class, and a long list that is always named as a whole is one atom.
#[derive(Debug, Clone, Default)]
pub struct TextAxis {
    literals: Literals,
    /// A text passes a cut when it is not below it, byte by byte.
    cuts: Vec<Vec<u8>>,
    /// For each interval the atom of a text that is no literal.
    others: Vec<u32>,
    size: u32,
}

impl TextAxis {
    /// The axis, and the atoms of each set.
    pub fn new(sets: &[TextSet]) -> (Self, Vec<Arc<AtomSet>>) {
        let ranges = sets.iter().flat_map(|set| &set.ranges);
        let mut cuts: Vec<Vec<u8>> =
            ranges.flat_map(|(low, high)| [Some(low.as_bytes().to_vec()), past(high)]).flatten().collect();
        cuts.sort_unstable();
        cuts.dedup();

        let mut classes = literal_classes(sets, &cuts).into_iter().peekable();
        let mut axis = TextAxis { literals: Literals::default(), others: Vec::new(), size: FIRST, cuts };
        let mut literals = Vec::new();
        let mut runs: Vec<Vec<(u32, u32)>> = vec![Vec::new(); sets.len()];
        for interval in 0..=axis.cuts.len() {
            axis.others.push(axis.size);
            axis.size += 1;
            while let Some(class) = classes.next_if(|class| class.interval == interval) {
                for set in class.sets {
                    if let Some(runs) = runs.get_mut(set) {
                        runs.push((axis.size, axis.size + 1));
                    }
                }
                literals.extend(class.literals.into_iter().map(|literal| (literal, axis.size)));
                axis.size += 1;
            }
        }
        axis.literals = Literals::new(literals);
        for (set, runs) in sets.iter().zip(&mut runs) {
            runs.extend(set.ranges.iter().map(|(low, high)| {
                let end = past(high).map_or(axis.size, |past| axis.other(&past));
                (axis.other(low.as_bytes()), end)
            }));
        }
        (axis, runs.into_iter().map(|runs| Arc::new(AtomSet::new(runs))).collect())
    }

    pub fn size(&self) -> u32 {
        self.size
    }

    /// The interval of an atom of texts that are no literals: from the first text, which is in it, to before the second.
    pub fn other_interval(&self, atom: u32) -> Option<(&[u8], Option<&[u8]>)> {
        let interval = self.others.binary_search(&atom).ok()?;
        let low = interval.checked_sub(1).and_then(|below| self.cuts.get(below));
        Some((low.map_or(&[][..], Vec::as_slice), self.cuts.get(interval).map(Vec::as_slice)))
    }

    /// The atoms of a run that are of texts that are no literals.
    pub fn others_in(&self, (start, end): (u32, u32)) -> &[u32] {
        let past = |atom: u32| self.others.partition_point(|other| *other < atom);
        self.others.get(past(start)..past(end)).unwrap_or(&[])
    }

    #[inline]
    pub fn atom(&self, text: &str) -> u32 {
        match self.literals.get(text) {
            Some(atom) => atom,
            None => self.other(text.as_bytes()),
        }
    }

    /// The atom of a text that is no literal: the first of its interval.
    #[inline]
    fn other(&self, text: &[u8]) -> u32 {
        if self.cuts.is_empty() {
            return FIRST;
        }
        let interval = self.cuts.partition_point(|cut| cut.as_slice() <= text);
        self.others.get(interval).copied().unwrap_or(FIRST)
    }
}

/// Literals of one interval that stand in the same sets.
struct LiteralClass {
    interval: usize,
    sets: Vec<usize>,
    literals: Vec<SmolStr>,
}

/// The classes, by interval, and within one by the largest set they stand in, so that a large set is few runs.
fn literal_classes(sets: &[TextSet], cuts: &[Vec<u8>]) -> Vec<LiteralClass> {
    let mut by_size: Vec<usize> = (0..sets.len()).collect();
    by_size.sort_by_key(|&at| std::cmp::Reverse(sets.get(at).map_or(0, |set| set.values.len())));
    let mut stands_in: FxHashMap<&SmolStr, Vec<usize>> = FxHashMap::default();
    for (rank, &at) in by_size.iter().enumerate() {
        for value in sets.get(at).iter().flat_map(|set| set.values.iter()) {
            stands_in.entry(value).or_default().push(rank);
        }
    }
    let mut literals: Vec<(usize, Vec<usize>, &SmolStr)> = stands_in
        .into_iter()
        .map(|(literal, ranks)| (cuts.partition_point(|cut| cut.as_slice() <= literal.as_bytes()), ranks, literal))
        .collect();
    literals.sort_unstable();
    let mut classes: Vec<LiteralClass> = Vec::new();
    let mut last: Option<(usize, Vec<usize>)> = None;
    for (interval, ranks, literal) in literals {
        match classes.last_mut() {
            Some(class) if last.as_ref().is_some_and(|last| (last.0, &last.1) == (interval, &ranks)) => {
                class.literals.push(literal.clone());
            }
            _ => {
                let sets = ranks.iter().filter_map(|&rank| by_size.get(rank).copied()).collect();
                classes.push(LiteralClass { interval, sets, literals: vec![literal.clone()] });
                last = Some((interval, ranks));
            }
        }
    }
    classes
}

/// The first text behind all that start with `high`; `None` where there is none.
fn past(high: &str) -> Option<Vec<u8>> {
    let mut bytes = high.as_bytes().to_vec();
    // No byte of UTF-8 is 255.
    let last = bytes.last_mut()?;
    *last = last.saturating_add(1);
    Some(bytes)
}
