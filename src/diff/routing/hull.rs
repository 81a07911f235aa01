//! A box around a formula: for some dimensions the atoms outside of which it never holds. Two formulas whose boxes do not meet have no
//! lead in common, which is found without a solver.

use crate::analysis::formula::{Formula, Formulas, Node};
use crate::graph::atoms::{AtomSet, DimId};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Sorted by dimension.
pub type Hull = Arc<[(DimId, Arc<AtomSet>)]>;

/// Boxes by formula, each found once.
#[derive(Debug, Default)]
pub struct Hulls {
    known: FxHashMap<Formula, Hull>,
}

/// The boxes of a list, with their outer bounds side by side in memory: most of those that do not meet a box are seen by these.
#[derive(Debug, Default)]
pub struct Boxes {
    hulls: Vec<Hull>,
    /// Dimension, first atom and the atom behind the last, one box after the other.
    bounds: Vec<(DimId, u32, u32)>,
    /// Where the bounds of each box end.
    ends: Vec<usize>,
}

impl Boxes {
    pub fn push(&mut self, hull: Hull) {
        let ends = |set: &AtomSet| Some((set.runs().first()?.0, set.runs().last()?.1));
        self.bounds.extend(hull.iter().map(|(dim, set)| {
            let (first, end) = ends(set).unwrap_or_default();
            (*dim, first, end)
        }));
        self.ends.push(self.bounds.len());
        self.hulls.push(hull);
    }

    pub fn get(&self, at: usize) -> Option<&Hull> {
        self.hulls.get(at)
    }

    /// The places below one of the boxes that meet a box, in order.
    pub fn meeting(&self, with: &Hull, below: usize) -> Vec<usize> {
        let mut wanted: FxHashMap<DimId, (u32, u32)> = FxHashMap::default();
        for (dim, set) in with.iter() {
            let (first, last) = (set.runs().first(), set.runs().last());
            wanted.extend(first.zip(last).map(|(first, last)| (*dim, (first.0, last.1))));
        }
        let mut found = Vec::new();
        let mut start = 0;
        for (at, (end, hull)) in self.ends.iter().zip(&self.hulls).enumerate().take(below) {
            let bounds = self.bounds.get(start..*end).unwrap_or(&[]);
            start = *end;
            let apart = |(dim, first, end): &(DimId, u32, u32)| {
                wanted.get(dim).is_some_and(|wanted| *end <= wanted.0 || wanted.1 <= *first)
            };
            if !bounds.iter().any(apart) && meet(with, hull) {
                found.push(at);
            }
        }
        found
    }
}

/// Alternatives that are looked into; a formula of more is taken to hold anywhere.
const ALTERNATIVES: usize = 64;
/// How deep formulas are looked into.
const DEEPEST: usize = 6;

impl Hulls {
    pub fn of(&mut self, formulas: &Formulas, formula: Formula) -> Hull {
        self.at_depth(formulas, formula, 0)
    }

    fn at_depth(&mut self, formulas: &Formulas, formula: Formula, depth: usize) -> Hull {
        if let Some(known) = self.known.get(&formula) {
            return Arc::clone(known);
        }
        let hull: Hull = match formulas.node(formula) {
            Node::In(dim, set) if !formula.is_negated() => Arc::from([(*dim, Arc::clone(set))]),
            Node::And(parts) if depth < DEEPEST => {
                if formula.is_negated() {
                    self.any(formulas, parts, depth)
                } else {
                    self.all(formulas, parts, depth)
                }
            }
            _ => Arc::from([]),
        };
        if depth == 0 {
            self.known.insert(formula, Arc::clone(&hull));
        }
        hull
    }

    /// Where all of these may hold.
    fn all(&mut self, formulas: &Formulas, parts: &[Formula], depth: usize) -> Hull {
        let mut found: Vec<(DimId, Arc<AtomSet>)> = Vec::new();
        for part in parts {
            for (dim, set) in self.at_depth(formulas, *part, depth + 1).iter() {
                match found.iter_mut().find(|(known, _)| known == dim) {
                    Some((_, known)) => *known = Arc::new(known.intersection(set)),
                    None => found.push((*dim, Arc::clone(set))),
                }
            }
        }
        found.sort_by_key(|(dim, _)| *dim);
        found.into()
    }

    /// Where one of these does not hold.
    fn any(&mut self, formulas: &Formulas, parts: &[Formula], depth: usize) -> Hull {
        if parts.len() > ALTERNATIVES {
            return Arc::from([]);
        }
        let mut found: Option<Vec<(DimId, Arc<AtomSet>)>> = None;
        for part in parts {
            let hull = self.at_depth(formulas, !*part, depth + 1);
            found = Some(match found {
                None => hull.to_vec(),
                Some(mut found) => {
                    found.retain_mut(|(dim, set)| match hull.iter().find(|(other, _)| other == dim) {
                        Some((_, other)) => {
                            *set = Arc::new(set.union(other));
                            true
                        }
                        None => false,
                    });
                    found
                }
            });
        }
        found.unwrap_or_default().into()
    }
}

/// Whether some lead may be in both boxes.
pub fn meet(one: &[(DimId, Arc<AtomSet>)], other: &[(DimId, Arc<AtomSet>)]) -> bool {
    let (mut ours, mut theirs) = (one.iter().peekable(), other.iter().peekable());
    while let (Some((dim, set)), Some((other_dim, other_set))) = (ours.peek(), theirs.peek()) {
        match dim.cmp(other_dim) {
            std::cmp::Ordering::Less => _ = ours.next(),
            std::cmp::Ordering::Greater => _ = theirs.next(),
            std::cmp::Ordering::Equal => {
                if !set.meets(other_set) {
                    return false;
                }
                ours.next();
                theirs.next();
            }
        }
    }
    true
}
