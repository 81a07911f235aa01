//! Sums of points as formulas.

use super::formula::{Formula, Formulas};
use rustc_hash::FxHashMap;

/// Different sums that are followed.
const MOST: usize = 20_000;

/// Where the points of the terms that hold add up to at least a number: a decision diagram over the terms, whose nodes are the sums
/// still missing (Eén and Sörensson, "Translating pseudo-Boolean constraints into SAT", JSAT 2006). `None` where there are too many.
pub fn threshold(formulas: &mut Formulas, terms: &[(i64, Formula)], least: i64) -> Option<Formula> {
    // What the terms from each on can add at most and at least.
    let mut reach = vec![(0i128, 0i128); terms.len() + 1];
    for (at, (points, _)) in terms.iter().enumerate().rev() {
        let (low, high) = reach.get(at + 1).copied()?;
        let points = i128::from(*points);
        *reach.get_mut(at)? = (low + points.min(0), high + points.max(0));
    }
    // Layers of what is still missing, from the first term on.
    let mut layers: Vec<Vec<i128>> = vec![vec![i128::from(least)]];
    let mut count = 1;
    for (at, (points, _)) in terms.iter().enumerate() {
        let (low, high) = reach.get(at + 1).copied()?;
        let open = |missing: &i128| *missing > low && *missing <= high;
        let here = layers.last()?;
        let mut next: Vec<i128> =
            here.iter().flat_map(|missing| [*missing, missing - i128::from(*points)]).filter(open).collect();
        next.sort_unstable();
        next.dedup();
        count += next.len();
        if count > MOST {
            return None;
        }
        layers.push(next);
    }
    let mut known: FxHashMap<i128, Formula> = FxHashMap::default();
    for (at, (points, holds)) in terms.iter().enumerate().rev() {
        let (low, high) = reach.get(at + 1).copied()?;
        let decided = |missing: i128, known: &FxHashMap<i128, Formula>| match missing {
            missing if missing <= low => Some(Formula::TRUE),
            missing if missing > high => Some(Formula::FALSE),
            missing => known.get(&missing).copied(),
        };
        let mut here = FxHashMap::default();
        for missing in layers.get(at)? {
            let then = decided(missing - i128::from(*points), &known)?;
            let otherwise = decided(*missing, &known)?;
            here.insert(*missing, formulas.choose(*holds, then, otherwise));
        }
        known = here;
    }
    match known.get(&i128::from(least)) {
        Some(formula) => Some(*formula),
        None => Some(Formula::from(least <= 0)),
    }
}
