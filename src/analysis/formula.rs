//! Formulas over the dimensions of a space, each kept once.
//!
//! A formula is a node and a sign, so that negation is free and a condition and its opposite share everything below. Equal
//! formulas are the same number. What has a name in a policy (a segment, a territory) is one node wherever it is used.

use crate::graph::atoms::{AtomSet, DimId};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A formula in [`Formulas`]: twice the place of its node, and one more where it is negated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Formula(u32);

impl Formula {
    pub const TRUE: Formula = Formula(0);
    pub const FALSE: Formula = Formula(1);

    pub fn is_negated(self) -> bool {
        self.0 & 1 == 1
    }

    pub fn node(self) -> usize {
        (self.0 >> 1) as usize
    }
}

impl From<bool> for Formula {
    fn from(value: bool) -> Formula {
        if value { Formula::TRUE } else { Formula::FALSE }
    }
}

impl std::ops::Not for Formula {
    type Output = Formula;

    fn not(self) -> Formula {
        Formula(self.0 ^ 1)
    }
}

/// What a formula says, without its sign.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Node {
    True,
    /// The lead's atom is one of these, which are neither none nor all.
    In(DimId, Arc<AtomSet>),
    /// All of these: at least two, sorted.
    And(Arc<[Formula]>),
}

/// All formulas of a space.
#[derive(Debug, Clone)]
pub struct Formulas {
    nodes: Vec<Node>,
    places: FxHashMap<Node, u32>,
    /// The number of atoms of each dimension.
    pub sizes: Vec<u32>,
}

/// Conjunctions of up to so many parts are taken apart where they stand in another.
const FLAT: usize = 16;

impl Default for Formulas {
    fn default() -> Self {
        Formulas { nodes: vec![Node::True], places: FxHashMap::default(), sizes: Vec::new() }
    }
}

impl Formulas {
    pub fn new_dim(&mut self, size: u32) -> DimId {
        self.sizes.push(size);
        self.sizes.len() as DimId - 1
    }

    pub fn size(&self, dim: DimId) -> u32 {
        self.sizes.get(dim as usize).copied().unwrap_or(0)
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn node(&self, formula: Formula) -> &Node {
        self.nodes.get(formula.node()).unwrap_or(&Node::True)
    }

    /// The lead's atom of a dimension is in the set. Never negated: the opposite is the other atoms.
    pub fn within(&mut self, dim: DimId, set: AtomSet) -> Formula {
        let size = self.size(dim);
        let set = if set.runs().last().is_some_and(|run| run.1 > size) {
            set.intersection(&AtomSet::new(vec![(0, size)]))
        } else {
            set
        };
        match set.runs() {
            [] => Formula::FALSE,
            [(0, end)] if *end == size => Formula::TRUE,
            _ => self.keep(Node::In(dim, Arc::new(set))),
        }
    }

    /// The opposite; a question about one dimension stays one.
    pub fn negate(&mut self, formula: Formula) -> Formula {
        if let (false, Node::In(dim, set)) = (formula.is_negated(), self.node(formula)) {
            let (dim, others) = (*dim, set.complement(self.size(*dim)));
            return self.within(dim, others);
        }
        !formula
    }

    pub fn and(&mut self, parts: impl IntoIterator<Item = Formula>) -> Formula {
        let mut flat = Vec::new();
        for part in parts {
            match self.node(part) {
                Node::And(inner) if !part.is_negated() && inner.len() <= FLAT => flat.extend_from_slice(inner),
                _ => flat.push(part),
            }
        }
        if flat.contains(&Formula::FALSE) {
            return Formula::FALSE;
        }
        flat.retain(|&part| part != Formula::TRUE);
        flat.sort_unstable();
        flat.dedup();
        self.merge_sets(&mut flat);
        match flat.as_slice() {
            [] => Formula::TRUE,
            [one] => *one,
            _ if flat.contains(&Formula::FALSE) || self.contradicts(&flat) => Formula::FALSE,
            _ => self.keep(Node::And(flat.into())),
        }
    }

    pub fn or(&mut self, parts: impl IntoIterator<Item = Formula>) -> Formula {
        let parts: Vec<Formula> = parts.into_iter().map(|part| self.negate(part)).collect();
        let none = self.and(parts);
        self.negate(none)
    }

    /// `then` where `test` holds, `otherwise` where it does not.
    pub fn choose(&mut self, test: Formula, then: Formula, otherwise: Formula) -> Formula {
        if then == otherwise {
            return then;
        }
        let not = self.negate(test);
        let held = self.and([test, then]);
        let failed = self.and([not, otherwise]);
        self.or([held, failed])
    }

    /// Sets of one dimension become one set.
    fn merge_sets(&mut self, parts: &mut Vec<Formula>) {
        let mut sets: Vec<(DimId, Arc<AtomSet>, Formula)> = Vec::new();
        for part in parts.iter() {
            if let Node::In(dim, set) = self.node(*part) {
                sets.push((*dim, set.clone(), *part));
            }
        }
        sets.sort_by_key(|(dim, ..)| *dim);
        if sets.iter().zip(sets.iter().skip(1)).all(|(one, next)| one.0 != next.0) {
            return;
        }
        parts.retain(|part| !sets.iter().any(|(.., of)| of == part));
        for same in sets.chunk_by(|one, next| one.0 == next.0) {
            let Some((dim, first, _)) = same.first() else { continue };
            let all = same.iter().skip(1).fold((**first).clone(), |all, (_, set, _)| all.intersection(set));
            let merged = self.within(*dim, all);
            parts.push(merged);
        }
        parts.sort_unstable();
        parts.dedup();
    }

    /// A part and its opposite stand side by side.
    fn contradicts(&self, sorted: &[Formula]) -> bool {
        sorted.iter().zip(sorted.iter().skip(1)).any(|(one, next)| one.node() == next.node())
    }

    fn keep(&mut self, node: Node) -> Formula {
        if let Some(&at) = self.places.get(&node) {
            return Formula(at << 1);
        }
        let at = self.nodes.len() as u32;
        self.nodes.push(node.clone());
        self.places.insert(node, at);
        Formula(at << 1)
    }

    /// Every node below some formulas, each once, those below others before them.
    pub fn below(&self, roots: &[Formula]) -> Vec<usize> {
        let mut seen = rustc_hash::FxHashSet::default();
        let mut order = Vec::new();
        let mut open: Vec<(usize, bool)> = roots.iter().rev().map(|root| (root.node(), false)).collect();
        while let Some((node, done)) = open.pop() {
            if done {
                order.push(node);
                continue;
            }
            if !seen.insert(node) {
                continue;
            }
            open.push((node, true));
            if let Some(Node::And(parts)) = self.nodes.get(node) {
                open.extend(parts.iter().map(|part| (part.node(), false)));
            }
        }
        order
    }

    pub fn at(&self, node: usize) -> &Node {
        self.nodes.get(node).unwrap_or(&Node::True)
    }
}
