//! Whether blockers cover a box: the tier that needs no solver.
//!
//! A lead in no blocker has, for each blocker, a dimension whose atom keeps the blocker away. So each dimension of the box is cut into
//! pieces at the ends of the blockers' sets, and a piece is known by the blockers that allow it, as a bitset:
//!
//! ```text
//!            blocker 0  1  2           missing keeps more away than FR does, and FR more than DE:
//! missing            0  0  1           where one piece allows no more than another does, the other need not be looked at
//! FR                 0  1  1
//! DE                 1  1  1
//! ```
//!
//! A search goes depth first through what is left: first the piece that the fewest blockers allow; a blocker with one dimension left
//! takes from it the pieces that it allows (forward checking: Haralick and Elliott, "Increasing tree search efficiency for constraint
//! satisfaction problems", 1980), a dimension with one piece left is settled, and the next to be cut is one that many blockers ask
//! about and that has few pieces. That a worse piece is left out (dominance) loses no proof: blockers that cover all behind the better
//! piece allow the worse one too.

use super::budget::Budget;
use crate::graph::atoms::{AtomSet, Cube, DimId};
use crate::graph::axis::MISSING;
use std::sync::Arc;

/// Branches of one search.
const MOST_BRANCHES: usize = 4_000;
/// Pieces that each other piece is compared with.
const COMPARED: usize = 32;

/// What a search over cubes found.
#[derive(Debug, Clone, PartialEq)]
pub enum Covered {
    /// A part of the box that no blocker meets.
    No(Cube),
    /// Every part is in some blocker; these suffice, by place, though fewer may.
    Yes(Vec<usize>),
    /// Too many branches.
    TooHard,
}

/// Whether blockers, each with its place, cover a box, where each dimension has the atoms of its domain.
pub fn cover(domains: &[AtomSet], of: &Cube, blockers: &[(usize, &Cube)], budget: &Budget) -> Covered {
    if !budget.spend(1 + blockers.len() as u64 / 16) {
        return Covered::TooHard;
    }
    let mut near = match Near::new(domains, of, blockers) {
        Ok(near) => near,
        Err(place) => return Covered::Yes(vec![place]),
    };
    let mut part = of.clone();
    for dim in near.leave_to_missing() {
        part.put(dim, AtomSet::one(MISSING));
    }
    let (tables, places) = near.tables();
    let mut search = Search { tables, places, used: Vec::new(), budget };
    match search.run() {
        Found::Point(point) => {
            for (table, at) in search.tables.iter().zip(point) {
                if let Some(run) = table.runs.get(at as usize) {
                    part.put(table.dim, AtomSet::new(vec![*run]));
                }
            }
            Covered::No(part)
        }
        Found::Nothing => {
            search.used.sort_unstable();
            search.used.dedup();
            Covered::Yes(search.used)
        }
        Found::TooHard => Covered::TooHard,
    }
}

/// A part of a box that no blocker meets, grown as far as none does: dimensions are left open where they can be, the last first, then
/// each gets what the others leave it.
pub fn grown(domains: &[AtomSet], of: &Cube, mut part: Cube, blockers: &[(usize, &Cube)]) -> Cube {
    // For each blocker that the whole box meets, and each dimension by its place in the part, whether it keeps the blocker away.
    let mut apart: Vec<(&Cube, Vec<bool>)> = blockers
        .iter()
        .filter(|(_, blocker)| blocker.sets.iter().all(|(dim, set)| own(domains, of, *dim).meets(set)))
        .map(|(_, blocker)| {
            let keeps = |(dim, set): &(DimId, Arc<AtomSet>)| blocker.set(*dim).is_some_and(|taken| !taken.meets(set));
            (*blocker, part.sets.iter().map(keeps).collect())
        })
        .collect();
    let mut rest = Vec::new();
    for at in (0..part.sets.len()).rev() {
        let alone = |keeps: &Vec<bool>| keeps.iter().enumerate().all(|(dim, keeps)| *keeps == (dim == at));
        if apart.iter().any(|(_, keeps)| alone(keeps)) {
            rest.push(at);
            continue;
        }
        apart.iter_mut().flat_map(|(_, keeps)| keeps.get_mut(at)).for_each(|keeps| *keeps = false);
        if let Some((dim, set)) = part.sets.get_mut(at) {
            *set = Arc::new(own(domains, of, *dim).clone());
        }
    }
    for at in rest.into_iter().rev() {
        let Some((dim, set)) = part.sets.get_mut(at) else { continue };
        let whole = own(domains, of, *dim);
        let others = |keeps: &Vec<bool>| keeps.iter().enumerate().any(|(dim, keeps)| *keeps && dim != at);
        let taken = apart.iter().filter(|(_, keeps)| !others(keeps)).filter_map(|(blocker, _)| blocker.set(*dim));
        let taken = AtomSet::new(taken.flat_map(|set| set.runs()).copied().collect());
        let end = whole.runs().last().map_or(0, |run| run.1);
        *set = Arc::new(taken.complement(end).intersection(whole));
        for (blocker, keeps) in &mut apart {
            let keep = keeps.get_mut(at).zip(blocker.set(*dim));
            keep.into_iter().for_each(|(keeps, taken)| *keeps = !taken.meets(set));
        }
    }
    part
}

/// The atoms of a box in a dimension.
fn own<'a>(domains: &'a [AtomSet], of: &'a Cube, dim: DimId) -> &'a AtomSet {
    static NOTHING: AtomSet = AtomSet::NONE;
    of.set(dim).or_else(|| domains.get(dim as usize)).unwrap_or(&NOTHING)
}

#[derive(PartialEq, Eq)]
enum Relation {
    Apart,
    Meets,
    Covers,
}

/// How a box lies to a blocker; `asks` is told of each dimension in which the blocker takes only a part of the box.
fn relation<'b>(
    domains: &[AtomSet],
    of: &Cube,
    blocker: &'b Cube,
    mut asks: impl FnMut(DimId, &'b AtomSet),
) -> Relation {
    let mut covers = true;
    for (dim, set) in &blocker.sets {
        match set_relation(own(domains, of, *dim), set) {
            Relation::Apart => return Relation::Apart,
            Relation::Meets => {
                covers = false;
                asks(*dim, set);
            }
            Relation::Covers => {}
        }
    }
    if covers { Relation::Covers } else { Relation::Meets }
}

/// Whether the first set is apart from the second, meets it, or lies in it.
fn set_relation(of: &AtomSet, set: &AtomSet) -> Relation {
    let (mut meets, mut inside) = (false, true);
    for run in of.runs() {
        let past = set.runs().partition_point(|other| other.1 <= run.0);
        match set.runs().get(past) {
            Some(other) if other.0 < run.1 => {
                meets = true;
                inside &= other.0 <= run.0 && run.1 <= other.1;
            }
            _ => inside = false,
        }
        if meets && !inside {
            return Relation::Meets;
        }
    }
    match (meets, inside) {
        (false, _) => Relation::Apart,
        (true, true) => Relation::Covers,
        (true, false) => Relation::Meets,
    }
}

/// The blockers that take a part of a box.
struct Near<'b> {
    domains: &'b [AtomSet],
    of: &'b Cube,
    /// For each its place, and where its asks end.
    blockers: Vec<(usize, usize)>,
    /// The dimensions in which each takes only a part of the box, one blocker after the other.
    asks: Vec<(DimId, &'b AtomSet)>,
}

impl<'b> Near<'b> {
    /// The place of a blocker that takes all of the box, where there is one.
    fn new(domains: &'b [AtomSet], of: &'b Cube, blockers: &[(usize, &'b Cube)]) -> Result<Near<'b>, usize> {
        let mut near = Near { domains, of, blockers: Vec::new(), asks: Vec::new() };
        for (place, blocker) in blockers {
            let before = near.asks.len();
            match relation(domains, of, blocker, |dim, set| near.asks.push((dim, set))) {
                Relation::Apart => near.asks.truncate(before),
                Relation::Covers => return Err(*place),
                Relation::Meets => near.blockers.push((*place, near.asks.len())),
            }
        }
        Ok(near)
    }

    /// Drops the blockers that a missing value keeps away, in dimensions where it keeps away all that ask; gives those dimensions.
    fn leave_to_missing(&mut self) -> Vec<DimId> {
        let mut left = Vec::new();
        loop {
            let mut dims: Vec<(DimId, bool)> =
                self.asks.iter().map(|(dim, set)| (*dim, set.contains(MISSING))).collect();
            dims.sort_unstable();
            dims.dedup();
            // A dimension that some blocker asks about and takes the missing of stands here with `true`.
            let taken: Vec<DimId> = dims.iter().filter(|(_, taken)| *taken).map(|(dim, _)| *dim).collect();
            let free =
                |dim: &DimId| taken.binary_search(dim).is_err() && own(self.domains, self.of, *dim).contains(MISSING);
            let free: Vec<DimId> = dims.into_iter().map(|(dim, _)| dim).filter(free).collect();
            if free.is_empty() {
                return left;
            }
            let (mut blockers, mut asks) = (Vec::new(), Vec::new());
            let mut start = 0;
            for (place, end) in &self.blockers {
                let own = self.asks.get(start..*end).unwrap_or(&[]);
                if own.iter().all(|(dim, _)| free.binary_search(dim).is_err()) {
                    asks.extend_from_slice(own);
                    blockers.push((*place, asks.len()));
                }
                start = *end;
            }
            (self.blockers, self.asks) = (blockers, asks);
            left.extend(free);
        }
    }

    /// The pieces of each dimension that is asked about, and the place of each blocker.
    fn tables(&self) -> (Vec<Table>, Vec<usize>) {
        let words = self.blockers.len().div_ceil(64);
        let mut asks: Vec<(DimId, u32, &AtomSet)> = Vec::with_capacity(self.asks.len());
        let mut start = 0;
        for (number, (_, end)) in (0..).zip(&self.blockers) {
            let of = self.asks.get(start..*end).unwrap_or(&[]);
            asks.extend(of.iter().map(|(dim, set)| (*dim, number, *set)));
            start = *end;
        }
        asks.sort_unstable_by_key(|(dim, number, _)| (*dim, *number));
        let same = asks.chunk_by(|one, next| one.0 == next.0);
        let tables = same.filter_map(|same| {
            let dim = same.first()?.0;
            Some(Table::new(dim, own(self.domains, self.of, dim), same, words))
        });
        (tables.collect(), self.blockers.iter().map(|(place, _)| *place).collect())
    }
}

/// One dimension of a box, cut into pieces.
struct Table {
    dim: DimId,
    /// The blockers that ask about it.
    asking: Vec<u64>,
    /// The pieces that none of the others is better than, as far as they were compared.
    runs: Vec<(u32, u32)>,
    /// For each the blockers that allow it, those that do not ask among them.
    allowing: Vec<Vec<u64>>,
}

impl Table {
    /// A sweep over the ends of the sets. Pieces side by side differ by what starts and what ends between them, so that most of the
    /// worse ones are seen at once.
    fn new(dim: DimId, own: &AtomSet, asks: &[(DimId, u32, &AtomSet)], words: usize) -> Table {
        let mut asking = vec![0u64; words];
        asks.iter().for_each(|(_, number, _)| set_bit(&mut asking, *number));
        let mut now: Vec<u64> = asking.iter().map(|word| !word).collect();
        // Where, of which blocker (none: of the box), whether it starts.
        let mut ends: Vec<(u32, Option<u32>, bool)> = Vec::new();
        ends.extend(own.runs().iter().flat_map(|run| [(run.0, None, true), (run.1, None, false)]));
        for (_, number, set) in asks {
            ends.extend(
                set.runs().iter().flat_map(|run| [(run.0, Some(*number), true), (run.1, Some(*number), false)]),
            );
        }
        ends.sort_unstable();
        let mut found: Vec<((u32, u32), Vec<u64>)> = Vec::new();
        let mut inside = false;
        // What started and what ended since the last piece that was kept.
        let (mut started, mut ended) = (false, false);
        let mut same_place = ends.chunk_by(|one, next| one.0 == next.0).peekable();
        while let Some(here) = same_place.next() {
            for (_, blocker, starts) in here {
                match blocker {
                    None => inside = *starts,
                    Some(number) if *starts => {
                        set_bit(&mut now, *number);
                        started = true;
                    }
                    Some(number) => {
                        clear_bit(&mut now, *number);
                        ended = true;
                    }
                }
            }
            let next = same_place.peek().and_then(|next| next.first());
            let (true, Some(start), Some(end)) = (inside, here.first(), next) else { continue };
            let run = (start.0, end.0);
            match found.last_mut().filter(|_| !(started && ended)) {
                // Nothing but ends: this one is better. Nothing but starts: the last one is.
                Some(last) if !started => {
                    last.0 = run;
                    last.1.copy_from_slice(&now);
                }
                Some(_) => continue,
                None => found.push((run, now.clone())),
            }
            (started, ended) = (false, false);
        }
        found.sort_by_cached_key(|(_, allowing)| count(allowing));
        let mut table = Table { dim, asking, runs: Vec::new(), allowing: Vec::new() };
        for (run, allowing) in found {
            if !table.allowing.iter().take(COMPARED).any(|better| is_within(better, &allowing)) {
                table.runs.push(run);
                table.allowing.push(allowing);
            }
        }
        table
    }
}

struct Search<'b> {
    tables: Vec<Table>,
    /// By blocker.
    places: Vec<usize>,
    /// The places of blockers that a proof needs so far.
    used: Vec<usize>,
    budget: &'b Budget,
}

/// For each dimension the piece, or [`OPEN`].
type Point = Vec<u32>;
const OPEN: u32 = u32::MAX;

enum Found {
    Point(Point),
    Nothing,
    TooHard,
}

/// What becomes of a node of the search.
enum Step {
    /// No blocker is left.
    Point,
    /// Every point behind it is in a blocker.
    Covered,
    /// One of these pieces of a dimension, the best one first.
    Branch(usize, Vec<u32>),
}

impl Search<'_> {
    fn run(&mut self) -> Found {
        let words = self.places.len().div_ceil(64);
        let mut all = vec![0u64; words];
        (0..self.places.len() as u32).for_each(|number| set_bit(&mut all, number));
        let mut open: Vec<(Point, Vec<u64>)> = vec![(vec![OPEN; self.tables.len()], all)];
        let mut branches = 0;
        while let Some((mut point, mut left)) = open.pop() {
            branches += 1;
            let cost = 1 + (self.tables.len() * words) as u64 / 8;
            if branches > MOST_BRANCHES || !self.budget.spend(cost) {
                return Found::TooHard;
            }
            match self.step(&mut point, &mut left) {
                Step::Point => return Found::Point(point),
                Step::Covered => {}
                Step::Branch(dim, pieces) => {
                    for piece in pieces.into_iter().rev() {
                        let (mut point, mut left) = (point.clone(), left.clone());
                        self.settle(dim, piece, &mut point, &mut left);
                        open.push((point, left));
                    }
                }
            }
        }
        Found::Nothing
    }

    fn settle(&self, dim: usize, piece: u32, point: &mut Point, left: &mut [u64]) {
        point.get_mut(dim).into_iter().for_each(|place| *place = piece);
        if let Some(allowing) = self.tables.get(dim).and_then(|table| table.allowing.get(piece as usize)) {
            left.iter_mut().zip(allowing).for_each(|(left, allowing)| *left &= allowing);
        }
    }

    /// Settles what there is no choice about, then says where to branch.
    fn step(&mut self, point: &mut Point, left: &mut [u64]) -> Step {
        'settled: loop {
            if left.iter().all(|word| *word == 0) {
                return Step::Point;
            }
            // Blockers with at least one, and with at least two dimensions left.
            let (mut once, mut twice) = (vec![0u64; left.len()], vec![0u64; left.len()]);
            for (table, _) in self.tables.iter().zip(point.iter()).filter(|(_, at)| **at == OPEN) {
                for ((once, twice), asking) in once.iter_mut().zip(&mut twice).zip(&table.asking) {
                    *twice |= *once & asking;
                    *once |= asking;
                }
            }
            if let Some(number) = first_bit(left.iter().zip(&once).map(|(left, once)| left & !once)) {
                self.used.extend(self.places.get(number));
                return Step::Covered;
            }
            let only: Vec<u64> = left.iter().zip(&twice).map(|(left, twice)| left & !twice).collect();
            let mut best: Option<(f64, usize, Choice)> = None;
            for (dim, table) in self.tables.iter().enumerate() {
                let asked: u32 =
                    left.iter().zip(&table.asking).map(|(left, asking)| (left & asking).count_ones()).sum();
                if point.get(dim) != Some(&OPEN) || asked == 0 {
                    continue;
                }
                let choice = Choice::new(table, left, &only);
                if choice.pieces.len() <= 1 {
                    self.used.extend(choice.without.iter().filter_map(|number| self.places.get(*number)));
                    match choice.pieces.first() {
                        None => return Step::Covered,
                        Some(piece) => self.settle(dim, *piece, point, left),
                    }
                    continue 'settled;
                }
                // Many blockers, few pieces.
                let weight = f64::from(asked) / (1.0 + (choice.pieces.len() as f64).ln());
                if best.as_ref().is_none_or(|(known, ..)| weight > *known) {
                    best = Some((weight, dim, choice));
                }
            }
            let Some((_, dim, choice)) = best else { return Step::Point };
            self.used.extend(choice.without.iter().filter_map(|number| self.places.get(*number)));
            return Step::Branch(dim, choice.pieces);
        }
    }
}

/// The pieces of a dimension that are worth a look.
struct Choice {
    /// By the number of blockers that allow them, the fewest first.
    pieces: Vec<u32>,
    /// Blockers that have only this dimension left and that take the other pieces.
    without: Vec<usize>,
}

impl Choice {
    fn new(table: &Table, left: &[u64], only: &[u64]) -> Choice {
        let mut without: Vec<usize> = Vec::new();
        let mut pieces: Vec<(u32, u32, &[u64])> = Vec::new();
        for (piece, allowing) in (0..).zip(&table.allowing) {
            let taking = only.iter().zip(allowing).zip(&table.asking);
            match first_bit(taking.map(|((only, allowing), asking)| only & allowing & asking)) {
                Some(number) if without.last() == Some(&number) => {}
                Some(number) => without.push(number),
                None => {
                    let allowed: u32 = left.iter().zip(allowing).map(|(left, of)| (left & of).count_ones()).sum();
                    pieces.push((allowed, piece, allowing));
                }
            }
        }
        pieces.sort_unstable_by_key(|(allowed, piece, _)| (*allowed, *piece));
        let mut kept: Vec<(u32, &[u64])> = Vec::new();
        for (_, piece, allowing) in pieces {
            let worse = |(_, better): &(u32, &[u64])| {
                better.iter().zip(allowing).zip(left).all(|((better, allowing), left)| better & left & !allowing == 0)
            };
            if !kept.iter().take(COMPARED).any(worse) {
                kept.push((piece, allowing));
            }
        }
        Choice { pieces: kept.into_iter().map(|(piece, _)| piece).collect(), without }
    }
}

fn set_bit(bits: &mut [u64], number: u32) {
    bits.get_mut(number as usize / 64).into_iter().for_each(|word| *word |= 1 << (number % 64));
}

fn clear_bit(bits: &mut [u64], number: u32) {
    bits.get_mut(number as usize / 64).into_iter().for_each(|word| *word &= !(1 << (number % 64)));
}

fn count(bits: &[u64]) -> u32 {
    bits.iter().map(|word| word.count_ones()).sum()
}

fn is_within(one: &[u64], other: &[u64]) -> bool {
    one.iter().zip(other).all(|(one, other)| one & !other == 0)
}

fn first_bit(mut words: impl Iterator<Item = u64>) -> Option<usize> {
    let mut at = 0;
    words.find_map(|word| {
        at += 64;
        (word != 0).then(|| at - 64 + word.trailing_zeros() as usize)
    })
}
