//! Sets of atoms of one dimension, and cubes: conjunctions of such sets.

use std::sync::Arc;

/// A dimension of the space that leads live in: a question with exactly one answer, an *atom*, for every lead.
pub type DimId = u32;
/// A question that is answered with yes or no, of which a lead has many: a pattern, a member of a set, a segment.
pub type FlagId = u32;

/// Atoms of one dimension as sorted half-open runs that neither overlap nor touch.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct AtomSet {
    runs: Vec<(u32, u32)>,
}

impl AtomSet {
    pub const NONE: AtomSet = AtomSet { runs: Vec::new() };

    /// Runs may come in any order, overlap and be empty.
    pub fn new(mut runs: Vec<(u32, u32)>) -> Self {
        runs.retain(|(start, end)| start < end);
        runs.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(runs.len());
        for (start, end) in runs {
            match merged.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        AtomSet { runs: merged }
    }

    pub fn one(atom: u32) -> Self {
        AtomSet { runs: vec![(atom, atom + 1)] }
    }

    pub fn runs(&self) -> &[(u32, u32)] {
        &self.runs
    }

    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    pub fn contains(&self, atom: u32) -> bool {
        let past = self.runs.partition_point(|&(start, _)| start <= atom);
        past.checked_sub(1).and_then(|at| self.runs.get(at)).is_some_and(|&(_, end)| atom < end)
    }

    /// Whether some atom is in both.
    pub fn meets(&self, other: &AtomSet) -> bool {
        let (few, many) = if self.runs.len() <= other.runs.len() { (self, other) } else { (other, self) };
        few.runs.iter().any(|run| {
            let past = many.runs.partition_point(|other| other.1 <= run.0);
            many.runs.get(past).is_some_and(|other| other.0 < run.1)
        })
    }

    /// Everything else of a dimension with `size` atoms.
    pub fn complement(&self, size: u32) -> Self {
        let mut runs = Vec::with_capacity(self.runs.len() + 1);
        let mut from = 0;
        for &(start, end) in &self.runs {
            runs.push((from, start));
            from = end;
        }
        runs.push((from, size));
        AtomSet::new(runs)
    }

    pub fn union(&self, other: &AtomSet) -> Self {
        AtomSet::new(self.runs.iter().chain(&other.runs).copied().collect())
    }

    pub fn intersection(&self, other: &AtomSet) -> Self {
        let (mut ours, mut theirs) = (self.runs.iter().peekable(), other.runs.iter().peekable());
        let mut runs = Vec::new();
        while let (Some(&&(start, end)), Some(&&(other_start, other_end))) = (ours.peek(), theirs.peek()) {
            runs.push((start.max(other_start), end.min(other_end)));
            if end <= other_end {
                ours.next();
            } else {
                theirs.next();
            }
        }
        AtomSet::new(runs)
    }
}

/// A conjunction: the lead's atom is in each set, and each flag is as said. Without any part it holds for every lead.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cube {
    /// Sorted by dimension, one set each; no set is empty.
    pub sets: Vec<(DimId, Arc<AtomSet>)>,
    /// Sorted by flag, each once.
    pub flags: Vec<(FlagId, bool)>,
}

impl Cube {
    /// What both hold; `None` where nothing can.
    pub fn and(&self, other: &Cube) -> Option<Cube> {
        let mut sets = Vec::with_capacity(self.sets.len() + other.sets.len());
        let (mut ours, mut theirs) = (self.sets.iter().peekable(), other.sets.iter().peekable());
        loop {
            let next = match (ours.peek(), theirs.peek()) {
                (Some((dim, set)), Some((other_dim, other_set))) if dim == other_dim => {
                    let both = set.intersection(other_set);
                    if both.is_empty() {
                        return None;
                    }
                    let both = (*dim, Arc::new(both));
                    ours.next();
                    theirs.next();
                    Some(both)
                }
                (Some((dim, _)), Some((other_dim, _))) if dim > other_dim => theirs.next().cloned(),
                (Some(_), _) => ours.next().cloned(),
                (None, _) => theirs.next().cloned(),
            };
            let Some(next) = next else { break };
            sets.push(next);
        }
        let mut flags = [self.flags.as_slice(), other.flags.as_slice()].concat();
        flags.sort_unstable();
        flags.dedup();
        let contradicts = flags.iter().zip(flags.iter().skip(1)).any(|(one, next)| one.0 == next.0);
        (!contradicts).then_some(Cube { sets, flags })
    }

    /// The set of a dimension, where it has one.
    pub fn set(&self, dim: DimId) -> Option<&AtomSet> {
        let at = self.sets.binary_search_by_key(&dim, |(of, _)| *of).ok()?;
        self.sets.get(at).map(|(_, set)| &**set)
    }

    /// Gives a dimension this set, whatever it had.
    pub fn put(&mut self, dim: DimId, set: AtomSet) {
        let set = (dim, Arc::new(set));
        match self.sets.binary_search_by_key(&dim, |(of, _)| *of) {
            Ok(at) => self.sets.get_mut(at).into_iter().for_each(|place| *place = set.clone()),
            Err(at) => self.sets.insert(at, set),
        }
    }

    /// The only set, where a cube is nothing but one.
    pub fn only_set(&self) -> Option<(DimId, &AtomSet)> {
        match (self.sets.as_slice(), self.flags.is_empty()) {
            ([(dim, set)], true) => Some((*dim, set)),
            _ => None,
        }
    }

    pub fn holds(&self, atoms: &[u32], flags: &[FlagId]) -> bool {
        self.sets.iter().all(|(dim, set)| atoms.get(*dim as usize).is_some_and(|&atom| set.contains(atom)))
            && self.flags.iter().all(|(flag, wanted)| flags.contains(flag) == *wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIZE: u32 = 12;

    fn some_set() -> impl Strategy<Value = AtomSet> {
        prop::collection::vec((0..SIZE, 0..=SIZE), 0..5).prop_map(AtomSet::new)
    }

    proptest! {
        #[test]
        fn sets_agree_with_asking_each_atom(one in some_set(), other in some_set()) {
            for atom in 0..SIZE {
                let (in_one, in_other) = (one.contains(atom), other.contains(atom));
                prop_assert_eq!(one.union(&other).contains(atom), in_one || in_other);
                prop_assert_eq!(one.intersection(&other).contains(atom), in_one && in_other);
                prop_assert_eq!(one.complement(SIZE).contains(atom), !in_one);
            }
            prop_assert_eq!(one.meets(&other), !one.intersection(&other).is_empty());
            for set in [one.union(&other), one.intersection(&other), one.complement(SIZE)] {
                prop_assert!(set.runs().iter().zip(set.runs().iter().skip(1)).all(|(run, next)| run.1 < next.0));
            }
        }
    }
}
