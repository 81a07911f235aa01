//! The part of a space that one question is about: its nodes renumbered, its dimensions cut only where the question tells values
//! apart.
//!
//! ```text
//! country of the space:   missing | AT | BE | CH | DE | others      six atoms
//! `country in AT, CH`:    ------- | AT | -- | CH | ----------      five, in the order of the space's
//! ```

use super::formula::{Formula, Formulas, Node};
use crate::graph::atoms::DimId;
use rustc_hash::FxHashMap;

/// A node of the slice by its place, and whether it is negated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Literal {
    pub node: u32,
    pub negated: bool,
}

#[derive(Debug, Clone)]
pub enum Part {
    True,
    /// The local atom of a local dimension is in one of these runs.
    In(u32, Vec<(u32, u32)>),
    And(Vec<Literal>),
}

/// Nodes stand behind those that they are made of.
#[derive(Debug, Clone)]
pub struct Slice {
    pub nodes: Vec<Part>,
    pub roots: Vec<Literal>,
    pub dims: Vec<LocalDim>,
}

/// A dimension as one question sees it.
#[derive(Debug, Clone)]
pub struct LocalDim {
    pub dim: DimId,
    /// The first atom of the space in each local atom; the first is 0.
    pub starts: Vec<u32>,
    /// The number of atoms in the space.
    pub size: u32,
}

impl LocalDim {
    pub fn local_atoms(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The atoms of the space that one local atom stands for.
    pub fn run(&self, local: u32) -> (u32, u32) {
        let start = self.starts.get(local as usize).copied().unwrap_or(0);
        (start, self.starts.get(local as usize + 1).copied().unwrap_or(self.size))
    }
}

impl Slice {
    pub fn new(formulas: &Formulas, roots: &[Formula]) -> Slice {
        let order = formulas.below(roots);
        let mut places: FxHashMap<usize, u32> = FxHashMap::default();
        let mut cuts: Vec<(DimId, u32)> = Vec::new();
        for (place, node) in order.iter().enumerate() {
            places.insert(*node, place as u32);
            if let Node::In(dim, set) = formulas.at(*node) {
                cuts.push((*dim, 0));
                let size = formulas.size(*dim);
                let ends = set.runs().iter().flat_map(|run| [run.0, run.1]);
                cuts.extend(ends.filter(|&end| end < size).map(|end| (*dim, end)));
            }
        }
        cuts.sort_unstable();
        cuts.dedup();
        let dims: Vec<LocalDim> = cuts
            .chunk_by(|one, next| one.0 == next.0)
            .filter_map(|same| same.first().map(|first| (first.0, same)))
            .map(|(dim, same)| LocalDim {
                dim,
                starts: same.iter().map(|cut| cut.1).collect(),
                size: formulas.size(dim),
            })
            .collect();
        let literal = |formula: Formula| Literal {
            node: places.get(&formula.node()).copied().unwrap_or(0),
            negated: formula.is_negated(),
        };
        let nodes = order.iter().map(|node| match formulas.at(*node) {
            Node::True => Part::True,
            Node::And(parts) => Part::And(parts.iter().map(|part| literal(*part)).collect()),
            Node::In(dim, set) => {
                let at = dims.partition_point(|local| local.dim < *dim);
                let local = |atom: u32| dims.get(at).map_or(0, |dim| dim.starts.partition_point(|&s| s < atom)) as u32;
                Part::In(at as u32, set.runs().iter().map(|run| (local(run.0), local(run.1))).collect())
            }
        });
        let nodes = nodes.collect();
        Slice { nodes, roots: roots.iter().map(|root| literal(*root)).collect(), dims }
    }

    /// What the roots come to at a point: the local atom of each dimension, or none where it is left open. `None` where the atoms
    /// that are given do not decide a root.
    pub fn holds(&self, point: &[Option<u32>]) -> Vec<Option<bool>> {
        self.evaluate(self.roots.len(), |dim, runs| {
            let atom = point.get(dim as usize).copied().flatten()?;
            Some(runs.iter().any(|run| run.0 <= atom && atom < run.1))
        })
    }

    /// Whether the first roots are sure to hold wherever each dimension has one of the atoms that are allowed for it.
    pub fn hold_within(&self, roots: usize, allowed: &[Vec<bool>]) -> bool {
        let found = self.evaluate(roots, |dim, runs| {
            let allowed = allowed.get(dim as usize)?;
            let inside = |atom: u32| runs.iter().any(|run| run.0 <= atom && atom < run.1);
            let mut atoms = (0..).zip(allowed).filter(|(_, allowed)| **allowed).map(|(atom, _)| inside(atom));
            let first = atoms.next()?;
            atoms.all(|other| other == first).then_some(first)
        });
        found.iter().all(|root| *root == Some(true))
    }

    fn evaluate(&self, roots: usize, ask: impl Fn(u32, &[(u32, u32)]) -> Option<bool>) -> Vec<Option<bool>> {
        let mut truths: Vec<Option<bool>> = Vec::with_capacity(self.nodes.len());
        let of = |truths: &[Option<bool>], part: &Literal| {
            truths.get(part.node as usize).copied().flatten().map(|truth| truth != part.negated)
        };
        for node in &self.nodes {
            let truth = match node {
                Part::True => Some(true),
                Part::In(dim, runs) => ask(*dim, runs),
                Part::And(parts) => {
                    let mut all = Some(true);
                    for part in parts {
                        match of(&truths, part) {
                            Some(false) => {
                                all = Some(false);
                                break;
                            }
                            Some(true) => {}
                            None => all = None,
                        }
                    }
                    all
                }
            };
            truths.push(truth);
        }
        self.roots.iter().take(roots).map(|root| of(&truths, root)).collect()
    }
}
