//! Formulas as a few cubes, and an index of which cubes meet.
//!
//! ```text
//!            cube 0   cube 1   cube 2          the row of an atom holds the cubes that allow it;
//! country DE    1        0        1            a box meets the cubes of OR over its atoms, AND over its dimensions
//! country FR    0        1        1
//! ```

use super::formula::{Formula, Formulas, Node};
use crate::graph::atoms::{Cube, DimId};
use crate::graph::axis::MISSING;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Cubes that one formula may come to.
const MOST: usize = 64;
/// Atoms that have a row of their own; a dimension with more shares rows between neighbours.
const MOST_ROWS: u32 = 4_096;

/// Formulas as cubes, as far as they were asked for.
#[derive(Debug, Default)]
pub struct Cubes {
    known: FxHashMap<Formula, Option<Arc<[Cube]>>>,
}

impl Cubes {
    /// The cubes that together are a formula; `None` where they are too many.
    pub fn of(&mut self, formulas: &mut Formulas, formula: Formula) -> Option<Arc<[Cube]>> {
        if let Some(known) = self.known.get(&formula) {
            return known.clone();
        }
        // Parts before what they are part of, each with the sign that it is needed in.
        let mut open = vec![(formula, false)];
        while let Some((next, ready)) = open.pop() {
            if self.known.contains_key(&next) {
                continue;
            }
            let parts: Vec<Formula> = match formulas.node(next).clone() {
                Node::And(parts) if !next.is_negated() => parts.to_vec(),
                Node::And(parts) => parts.iter().map(|part| formulas.negate(*part)).collect(),
                _ => Vec::new(),
            };
            if !ready && !parts.is_empty() {
                open.push((next, true));
                open.extend(parts.into_iter().map(|part| (part, false)));
                continue;
            }
            let cubes = self.made(formulas, next, &parts);
            self.known.insert(next, cubes.map(Arc::from));
        }
        self.known.get(&formula).cloned().flatten()
    }

    fn made(&self, formulas: &Formulas, formula: Formula, parts: &[Formula]) -> Option<Vec<Cube>> {
        let known = |part: &Formula| self.known.get(part).cloned().flatten();
        match formulas.node(formula) {
            Node::True => Some(if formula.is_negated() { Vec::new() } else { vec![Cube::default()] }),
            Node::In(dim, set) => {
                let set =
                    if formula.is_negated() { Arc::new(set.complement(formulas.size(*dim))) } else { set.clone() };
                Some(vec![Cube { sets: vec![(*dim, set)], flags: Vec::new() }])
            }
            Node::And(_) if formula.is_negated() => {
                let mut cubes = Vec::new();
                for part in parts {
                    cubes.extend_from_slice(&known(part)?);
                    if cubes.len() > MOST {
                        return None;
                    }
                }
                Some(cubes)
            }
            Node::And(_) => {
                let mut factors = parts.iter().map(known).collect::<Option<Vec<_>>>()?;
                factors.sort_by_key(|factor| factor.len());
                let mut cubes = vec![Cube::default()];
                for factor in factors {
                    if cubes.len() * factor.len() > MOST * 4 {
                        return None;
                    }
                    cubes = cubes.iter().flat_map(|cube| factor.iter().filter_map(|other| cube.and(other))).collect();
                    if cubes.len() > MOST {
                        return None;
                    }
                }
                Some(cubes)
            }
        }
    }
}

/// Which of many formulas meet a box. A formula that is no few cubes meets every box.
#[derive(Debug, Default)]
pub struct Index {
    /// The formula of each cube.
    owners: Vec<u32>,
    dims: FxHashMap<DimId, Rows>,
    /// Formulas that are no few cubes, in order.
    opaque: Vec<u32>,
    words: usize,
    /// Dimensions in which no cube takes what is missing, in order: whoever asks about one is kept away by it.
    pub kept_by_missing: Vec<DimId>,
}

#[derive(Debug)]
struct Rows {
    /// Atoms are joined by this many bits.
    shift: u32,
    /// One after the other, `words` each.
    bits: Vec<u64>,
}

impl Index {
    pub fn new(formulas: &Formulas, all: &[Option<Arc<[Cube]>>]) -> Index {
        let mut index = Index::default();
        let mut cubes: Vec<&Cube> = Vec::new();
        for (owner, of) in (0..).zip(all) {
            match of {
                Some(of) => {
                    cubes.extend(of.iter());
                    index.owners.resize(cubes.len(), owner);
                }
                None => index.opaque.push(owner),
            }
        }
        index.words = cubes.len().div_ceil(64);
        let mut dims: Vec<DimId> = cubes.iter().flat_map(|cube| cube.sets.iter().map(|(dim, _)| *dim)).collect();
        dims.sort_unstable();
        dims.dedup();
        let takes_missing =
            |dim: &DimId| cubes.iter().any(|cube| cube.set(*dim).is_some_and(|set| set.contains(MISSING)));
        index.kept_by_missing = dims.iter().copied().filter(|dim| !takes_missing(dim)).collect();
        for dim in dims {
            let size = formulas.size(dim);
            let shift = (0..32).find(|shift| size >> shift <= MOST_ROWS).unwrap_or(0);
            let rows = (size >> shift) as usize + 1;
            index.dims.insert(dim, Rows { shift, bits: vec![0; rows * index.words] });
        }
        for (dim, rows) in &mut index.dims {
            let words = index.words;
            let mut free = vec![!0u64; words];
            for (at, cube) in cubes.iter().enumerate() {
                let Some((_, set)) = cube.sets.iter().find(|(of, _)| of == dim) else { continue };
                free.get_mut(at / 64).into_iter().for_each(|word| *word &= !(1 << (at % 64)));
                for run in set.runs() {
                    for row in run.0 >> rows.shift..=(run.1 - 1) >> rows.shift {
                        let word = rows.bits.get_mut(row as usize * words + at / 64);
                        word.into_iter().for_each(|word| *word |= 1 << (at % 64));
                    }
                }
            }
            for row in rows.bits.chunks_exact_mut(words.max(1)) {
                row.iter_mut().zip(&free).for_each(|(word, free)| *word |= free);
            }
        }
        index
    }

    /// The formulas below a place that meet one of these cubes, in order; a superset where atoms share rows.
    pub fn meeting(&self, cubes: &[Cube], below: usize) -> Vec<usize> {
        let mut all = vec![0u64; self.words];
        let mut here = Vec::with_capacity(self.words);
        let mut any: Vec<u64> = Vec::with_capacity(self.words);
        for cube in cubes {
            here.clear();
            here.resize(self.words, !0u64);
            for (dim, set) in &cube.sets {
                let Some(rows) = self.dims.get(dim) else { continue };
                any.clear();
                any.resize(self.words, 0);
                for run in set.runs() {
                    for row in run.0 >> rows.shift..=(run.1 - 1) >> rows.shift {
                        let start = row as usize * self.words;
                        let bits = rows.bits.get(start..start + self.words).unwrap_or(&[]);
                        any.iter_mut().zip(bits).for_each(|(any, bits)| *any |= bits);
                    }
                }
                here.iter_mut().zip(&any).for_each(|(here, any)| *here &= any);
            }
            all.iter_mut().zip(&here).for_each(|(all, here)| *all |= here);
        }
        let mut owners: Vec<usize> = self.opaque.iter().map(|owner| *owner as usize).collect();
        for (at, word) in all.iter().enumerate() {
            let mut word = *word;
            while word != 0 {
                let bit = word.trailing_zeros() as usize;
                word &= word - 1;
                if let Some(owner) = self.owners.get(at * 64 + bit) {
                    owners.push(*owner as usize);
                }
            }
        }
        owners.retain(|owner| *owner < below);
        owners.sort_unstable();
        owners.dedup();
        owners
    }
}
