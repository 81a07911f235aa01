//! Which pools share one count of turns, and which kinds of leads a pool's caps tell apart.

use super::{GradeId, Pool, PoolId};

/// How many kinds of leads one count of turns tells apart.
pub const MOST_KINDS: usize = u128::BITS as usize;

impl Pool {
    /// The steps of grades that its caps name, by grade.
    pub fn capped(&self) -> Vec<(GradeId, Vec<u32>)> {
        let mut capped: Vec<(GradeId, Vec<u32>)> = Vec::new();
        for (grade, step) in self.caps.iter().filter_map(|cap| cap.of) {
            match capped.iter_mut().find(|(known, _)| *known == grade) {
                Some((_, steps)) if steps.contains(&step) => {}
                Some((_, steps)) => steps.push(step),
                None => capped.push((grade, vec![step])),
            }
        }
        capped
    }

    /// How many kinds of leads its caps tell apart: for each grade, the steps that are named, and the others.
    pub fn kinds(&self) -> usize {
        self.capped().iter().map(|(_, steps)| steps.len() + 1).fold(1, usize::saturating_mul)
    }
}

/// The pools that share turns with one another, each pool in one group, in the order of the first.
pub fn sharing(pools: &[Pool]) -> Vec<Vec<PoolId>> {
    let mut first: Vec<usize> = (0..pools.len()).collect();
    for (at, pool) in pools.iter().enumerate() {
        for other in &pool.shares_turns_with {
            let (Some(&mine), Some(&theirs)) = (first.get(at), first.get(other.at())) else { continue };
            let (low, high) = (mine.min(theirs), mine.max(theirs));
            first.iter_mut().filter(|one| **one == high).for_each(|one| *one = low);
        }
    }
    let mut groups: Vec<Vec<PoolId>> = vec![Vec::new(); pools.len()];
    for (at, low) in first.into_iter().enumerate() {
        if let Some(group) = groups.get_mut(low) {
            group.push(PoolId(at as u32));
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}
