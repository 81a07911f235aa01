//! An index over cubes in order: which is the first that holds a lead, or which are all.
//!
//! ```text
//! cubes   0 .. 511 | 512 .. 1023 | ...          blocks of 512, one bit a cube, 64 bytes a row
//! country = DE   ->  row 7  row 9  ...           a line: for one class of atoms, the cubes of each block that this
//! country = FR   ->  row 7  row 2  ...           dimension does not rule out
//! industry = x   ->  row 4  row 1  ...
//!                    AND    AND                  what is left holds the lead; its first bit is the first cube
//! ```
//!
//! Atoms that no cube tells apart share a line, and equal rows are stored once, so that memory follows what is written. Above the
//! rows lies a summary, `live`: one bit a word of 64 cubes, eight blocks in one number, that is ANDed first and shows where to look.
//!
//! Flags need no line for every combination: a line says which cubes do not wait for any flag, a line for each flag that holds is
//! ORed in, and cubes that the flag forbids are taken away. A cube that waits for several flags waits in several *layers*.
//!
//! A line has a number for each block, so lines times blocks would grow with the square of the cubes: an index is cut into parts of
//! so many blocks, each with lines of its own.
//!
//! Source: bitmap indexes as in O'Neil and Quass, "Improved query performance with variant indexes", SIGMOD 1997.

use super::atoms::{Cube, DimId, FlagId};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

const WORDS: usize = 8;
const BLOCK: usize = 64 * WORDS;
/// Blocks whose summary fits in one number.
const GROUP: usize = 64 / WORDS;
const PART: usize = 32 * BLOCK;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(align(64))]
struct Row([u64; WORDS]);

impl Row {
    const FULL: Row = Row([u64::MAX; WORDS]);

    fn set(&mut self, bit: usize) {
        if let Some(word) = self.0.get_mut(bit / 64 % WORDS) {
            *word |= 1 << (bit % 64);
        }
    }

    fn clear(&mut self, bit: usize) {
        if let Some(word) = self.0.get_mut(bit / 64 % WORDS) {
            *word &= !(1 << (bit % 64));
        }
    }

    #[inline(always)]
    fn and(&mut self, other: &Row) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    #[inline(always)]
    fn or(&mut self, other: &Row) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    #[inline(always)]
    fn and_not(&mut self, other: &Row) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= !other);
    }

    /// A bit for each word that is not zero.
    fn live(&self) -> u64 {
        self.0.iter().enumerate().fold(0, |live, (at, &word)| live | u64::from(word != 0) << at)
    }
}

/// See the module's text.
#[derive(Debug, Clone)]
pub struct Index {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
struct Part {
    /// Whose each cube is.
    owners: Vec<u32>,
    blocks: usize,
    axes: Vec<AxisLines>,
    flags: FlagLines,
    /// Row numbers, `blocks` a line.
    lines: Vec<u32>,
    /// Summaries, one number a group of blocks, for each line.
    live: Vec<u64>,
    rows: Vec<Row>,
}

/// Where the lines of one dimension are.
#[derive(Debug, Clone)]
struct AxisLines {
    dim: DimId,
    first_line: u32,
    classes: Classes,
}

/// How an atom leads to its class, the runs of atoms that no cube of this index tells apart.
#[derive(Debug, Clone)]
enum Classes {
    Same,
    /// By atom.
    Table(Vec<u32>),
    /// The first atom of each class, for a dimension of which this index asks little.
    Starts(Vec<u32>),
}

impl Classes {
    #[inline(always)]
    fn of(&self, atom: u32) -> u32 {
        match self {
            Classes::Same => atom,
            Classes::Table(classes) => classes.get(atom as usize).copied().unwrap_or(0),
            Classes::Starts(starts) => (starts.partition_point(|&start| start <= atom) as u32).saturating_sub(1),
        }
    }
}

/// Where the lines of flags are. A flag is known here by its place in `used`.
#[derive(Debug, Clone, Default)]
struct FlagLines {
    used: FxHashMap<FlagId, u32>,
    /// For each layer the line of the cubes that wait for no flag in it; the lines of the cubes that wait for each flag follow.
    layers: Vec<u32>,
    /// The line of the cubes that flag 0 forbids; the other flags follow. `None` where no flag forbids any.
    forbids: Option<u32>,
}

/// Room for what an index looks up for one lead. Reused from lead to lead, and for any index.
#[derive(Debug, Clone, Default)]
pub struct Cursor {
    lines: Vec<u32>,
    flags: Vec<u32>,
}

/// A cube that holds the lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub cube: u32,
    pub owner: u32,
}

impl Index {
    /// `sizes` are the numbers of atoms of each dimension; the cubes of an owner stand together.
    pub fn new(sizes: &[u32], cubes: &[(u32, Cube)]) -> Self {
        Index { parts: cubes.chunks(PART).map(|cubes| Builder::new(cubes.len()).build(sizes, cubes)).collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Bytes of memory, near enough.
    pub fn size(&self) -> usize {
        self.parts.iter().map(Part::size).sum()
    }

    /// The first cube at or after `from` that holds a lead: `atoms` by dimension, and the flags that hold.
    #[inline]
    pub fn first(&self, cursor: &mut Cursor, atoms: &[u32], flags: &[FlagId], from: u32) -> Option<Hit> {
        let mut from = from as usize;
        let skipped = from / PART;
        from %= PART;
        for (at, part) in self.parts.iter().enumerate().skip(skipped) {
            part.aim(cursor, atoms, flags);
            if let Some((cube, owner)) = part.first(cursor, from) {
                return Some(Hit { cube: (at * PART + cube) as u32, owner });
            }
            from = 0;
        }
        None
    }

    /// All owners with a cube that holds the lead, each once, in order.
    #[inline]
    pub fn all(&self, cursor: &mut Cursor, atoms: &[u32], flags: &[FlagId], owners: &mut Vec<u32>) {
        owners.clear();
        for part in &self.parts {
            part.aim(cursor, atoms, flags);
            part.all(cursor, owners);
        }
    }
}

impl Part {
    fn size(&self) -> usize {
        size_of_val(self.rows.as_slice())
            + size_of_val(self.lines.as_slice())
            + size_of_val(self.live.as_slice())
            + size_of_val(self.owners.as_slice())
    }

    /// Looks up the lines of a lead.
    #[inline]
    fn aim(&self, cursor: &mut Cursor, atoms: &[u32], flags: &[FlagId]) {
        cursor.lines.clear();
        cursor.lines.extend(self.axes.iter().map(|axis| {
            let atom = atoms.get(axis.dim as usize).copied().unwrap_or(0);
            axis.first_line + axis.classes.of(atom)
        }));
        cursor.flags.clear();
        if !self.flags.used.is_empty() {
            cursor.flags.extend(flags.iter().filter_map(|flag| self.flags.used.get(flag)));
        }
    }

    #[inline]
    fn first(&self, cursor: &Cursor, from: usize) -> Option<(usize, u32)> {
        for group in from / (BLOCK * GROUP)..self.blocks.div_ceil(GROUP) {
            let mut live = self.live_words(cursor, group);
            if group == from / (BLOCK * GROUP) {
                live &= u64::MAX << (from / 64 % 64);
            }
            while live != 0 {
                let block = group * GROUP + live.trailing_zeros() as usize / WORDS;
                for (at, &word) in self.block(cursor, block).0.iter().enumerate() {
                    let start = block * BLOCK + at * 64;
                    let word = word & after(start, from);
                    if word != 0 {
                        let cube = start + word.trailing_zeros() as usize;
                        return self.owners.get(cube).map(|&owner| (cube, owner));
                    }
                }
                live &= past_block(block % GROUP);
            }
        }
        None
    }

    #[inline]
    fn all(&self, cursor: &Cursor, owners: &mut Vec<u32>) {
        for group in 0..self.blocks.div_ceil(GROUP) {
            let mut live = self.live_words(cursor, group);
            while live != 0 {
                let block = group * GROUP + live.trailing_zeros() as usize / WORDS;
                for (at, &word) in self.block(cursor, block).0.iter().enumerate() {
                    let mut word = word;
                    while word != 0 {
                        let owner = self.owners.get(block * BLOCK + at * 64 + word.trailing_zeros() as usize);
                        owners.extend(owner.filter(|&owner| owners.last() != Some(owner)));
                        word &= word - 1;
                    }
                }
                live &= past_block(block % GROUP);
            }
        }
    }

    /// The words of a group of blocks in which a cube may hold.
    #[inline(always)]
    fn live_words(&self, cursor: &Cursor, group: usize) -> u64 {
        let groups = self.blocks.div_ceil(GROUP);
        let line = |line: u32| self.live.get(line as usize * groups + group).copied().unwrap_or(0);
        let mut live = u64::MAX;
        for &at in &cursor.lines {
            live &= line(at);
        }
        for &layer in &self.flags.layers {
            live &= cursor.flags.iter().fold(line(layer), |waiting, flag| waiting | line(layer + 1 + flag));
        }
        live
    }

    #[inline(always)]
    fn block(&self, cursor: &Cursor, block: usize) -> Row {
        let mut left = Row::FULL;
        for &line in &cursor.lines {
            left.and(self.row(line, block));
        }
        for &layer in &self.flags.layers {
            let mut met = *self.row(layer, block);
            cursor.flags.iter().for_each(|flag| met.or(self.row(layer + 1 + flag, block)));
            left.and(&met);
        }
        if let Some(forbids) = self.flags.forbids {
            cursor.flags.iter().for_each(|flag| left.and_not(self.row(forbids + flag, block)));
        }
        left
    }

    #[inline(always)]
    fn row(&self, line: u32, block: usize) -> &Row {
        const NONE: Row = Row([0; WORDS]);
        let number = self.lines.get(line as usize * self.blocks + block).copied().unwrap_or(u32::MAX);
        self.rows.get(number as usize).unwrap_or(&NONE)
    }
}

/// The bits of a word whose first cube is `start` that are at or after cube `from`.
fn after(start: usize, from: usize) -> u64 {
    match from.saturating_sub(start) {
        skip @ 0..64 => u64::MAX << skip,
        _ => 0,
    }
}

/// The bits of a summary behind a block's.
fn past_block(block: usize) -> u64 {
    u64::MAX.checked_shl((block as u32 + 1) * WORDS as u32).unwrap_or(0)
}

struct Builder {
    part: Part,
    numbers: FxHashMap<Row, u32>,
}

impl Builder {
    fn new(cubes: usize) -> Self {
        let part = Part {
            owners: Vec::with_capacity(cubes),
            blocks: cubes.div_ceil(BLOCK),
            axes: Vec::new(),
            flags: FlagLines::default(),
            lines: Vec::new(),
            live: Vec::new(),
            rows: Vec::new(),
        };
        Builder { part, numbers: FxHashMap::default() }
    }

    fn build(mut self, sizes: &[u32], cubes: &[(u32, Cube)]) -> Part {
        self.part.owners.extend(cubes.iter().map(|(owner, _)| *owner));
        let mut uses: BTreeMap<DimId, Vec<Change>> = BTreeMap::new();
        for (cube, (_, parts)) in cubes.iter().enumerate() {
            for (dim, set) in &parts.sets {
                let changes = uses.entry(*dim).or_default();
                for &(start, end) in set.runs() {
                    changes.push(Change { block: cube / BLOCK, atom: start, cube, on: true });
                    changes.push(Change { block: cube / BLOCK, atom: end, cube, on: false });
                }
            }
        }
        for (dim, changes) in uses {
            self.axis(dim, sizes.get(dim as usize).copied().unwrap_or(0), changes);
        }
        self.flags(cubes);
        if self.part.axes.is_empty() && self.part.flags.layers.is_empty() {
            // Even where nothing is asked, a line says which cubes there are.
            self.part.flags.layers.push(self.next_line());
            self.line(|_| true);
        }
        self.part.rows.shrink_to_fit();
        self.part.lines.shrink_to_fit();
        self.part
    }

    fn next_line(&self) -> u32 {
        self.part.lines.len().checked_div(self.part.blocks).unwrap_or(0) as u32
    }

    fn number(&mut self, row: Row) -> u32 {
        let rows = &mut self.part.rows;
        *self.numbers.entry(row).or_insert_with(|| {
            rows.push(row);
            rows.len() as u32 - 1
        })
    }

    /// A dimension's lines: a sweep over its atoms, block by block, switching the bits of the cubes on and off.
    fn axis(&mut self, dim: DimId, size: u32, mut changes: Vec<Change>) {
        let mut starts: Vec<u32> = changes.iter().map(|change| change.atom).filter(|&atom| atom < size).collect();
        starts.push(0);
        starts.sort_unstable();
        starts.dedup();
        changes.sort_unstable_by_key(|change| (change.block, change.atom));
        let blocks = self.part.blocks;
        let first_line = self.next_line();
        let first = self.part.lines.len();
        self.part.lines.resize(first + starts.len() * blocks, 0);
        let mut changes = changes.as_slice();
        for block in 0..blocks {
            let (here, rest) = changes.split_at(changes.partition_point(|change| change.block == block));
            changes = rest;
            let mut row = self.free(block, here);
            let mut number = self.number(row);
            let mut here = here.iter().peekable();
            for (class, &start) in starts.iter().enumerate() {
                let mut changed = false;
                while let Some(change) = here.next_if(|change| change.atom == start) {
                    changed = true;
                    if change.on { row.set(change.cube % BLOCK) } else { row.clear(change.cube % BLOCK) }
                }
                if changed {
                    number = self.number(row);
                }
                if let Some(place) = self.part.lines.get_mut(first + class * blocks + block) {
                    *place = number;
                }
            }
        }
        self.summarise(first_line);
        let classes = match starts.len() {
            count if count == size as usize => Classes::Same,
            // A table costs no more than a few times what was written.
            count if size as usize <= 256 + 8 * count => Classes::Table(by_atom(&starts, size)),
            _ => Classes::Starts(starts),
        };
        self.part.axes.push(AxisLines { dim, first_line, classes });
    }

    /// The cubes of a block that do not ask about the dimension of these changes.
    fn free(&self, block: usize, changes: &[Change]) -> Row {
        let mut row = Row::default();
        for cube in block * BLOCK..self.part.owners.len().min((block + 1) * BLOCK) {
            row.set(cube % BLOCK);
        }
        changes.iter().for_each(|change| row.clear(change.cube % BLOCK));
        row
    }

    /// The summaries of all lines from this one on.
    fn summarise(&mut self, first_line: u32) {
        let blocks = self.part.blocks;
        for line in self.part.lines.chunks(blocks.max(1)).skip(first_line as usize) {
            for group in line.chunks(GROUP) {
                let live = group.iter().enumerate().fold(0, |live, (at, &number)| {
                    let row = self.part.rows.get(number as usize).copied().unwrap_or_default();
                    live | row.live() << (at * WORDS)
                });
                self.part.live.push(live);
            }
        }
    }

    fn line(&mut self, holds: impl Fn(usize) -> bool) {
        let first_line = self.next_line();
        for block in 0..self.part.blocks {
            let mut row = Row::default();
            let cubes = block * BLOCK..self.part.owners.len().min((block + 1) * BLOCK);
            cubes.filter(|&cube| holds(cube)).for_each(|cube| row.set(cube % BLOCK));
            let number = self.number(row);
            self.part.lines.push(number);
        }
        self.summarise(first_line);
    }

    fn flags(&mut self, cubes: &[(u32, Cube)]) {
        let mut used: Vec<FlagId> = cubes.iter().flat_map(|(_, cube)| &cube.flags).map(|(flag, _)| *flag).collect();
        used.sort_unstable();
        used.dedup();
        let waits = |(_, cube): &(u32, Cube)| cube.flags.iter().filter(|(_, wanted)| *wanted).count();
        let count = cubes.iter().map(waits).max().unwrap_or(0);
        self.part.flags.used = used.iter().enumerate().map(|(at, &flag)| (flag, at as u32)).collect();
        for layer in 0..count {
            // The flag that each cube waits for in this layer.
            let waiting = |(_, cube): &(u32, Cube)| {
                cube.flags.iter().filter(|(_, wanted)| *wanted).map(|(flag, _)| *flag).nth(layer)
            };
            let waited: Vec<Option<FlagId>> = cubes.iter().map(waiting).collect();
            self.part.flags.layers.push(self.next_line());
            self.line(|cube| waited.get(cube).is_some_and(Option::is_none));
            self.flag_lines(&used, waited.iter().enumerate().filter_map(|(cube, flag)| Some(((*flag)?, cube))));
        }
        let forbidden = cubes.iter().enumerate().flat_map(|(at, (_, cube))| {
            cube.flags.iter().filter(|(_, wanted)| !wanted).map(move |(flag, _)| (*flag, at))
        });
        if forbidden.clone().next().is_some() {
            self.part.flags.forbids = Some(self.next_line());
            self.flag_lines(&used, forbidden);
        }
    }

    /// A line for each flag with the cubes that go with it.
    fn flag_lines(&mut self, used: &[FlagId], pairs: impl Iterator<Item = (FlagId, usize)>) {
        let mut pairs: Vec<(FlagId, usize)> = pairs.collect();
        pairs.sort_unstable();
        let first_line = self.next_line();
        let mut pairs = pairs.as_slice();
        let empty = self.number(Row::default());
        for flag in used {
            let (here, rest) = pairs.split_at(pairs.partition_point(|pair| pair.0 == *flag));
            pairs = rest;
            let mut rows: Vec<(usize, Row)> = Vec::new();
            for &(_, cube) in here {
                match rows.last_mut() {
                    Some((block, row)) if *block == cube / BLOCK => row.set(cube % BLOCK),
                    _ => {
                        let mut row = Row::default();
                        row.set(cube % BLOCK);
                        rows.push((cube / BLOCK, row));
                    }
                }
            }
            let first = self.part.lines.len();
            self.part.lines.resize(first + self.part.blocks, empty);
            for (block, row) in rows {
                let number = self.number(row);
                if let Some(place) = self.part.lines.get_mut(first + block) {
                    *place = number;
                }
            }
        }
        self.summarise(first_line);
    }
}

/// A cube's bit goes on or off at an atom.
#[derive(Debug, Clone, Copy)]
struct Change {
    block: usize,
    atom: u32,
    cube: usize,
    on: bool,
}

fn by_atom(starts: &[u32], size: u32) -> Vec<u32> {
    let mut class = 0;
    let next = |class: u32| starts.get(class as usize + 1).copied().unwrap_or(u32::MAX);
    (0..size)
        .map(|atom| {
            while next(class) <= atom {
                class += 1;
            }
            class
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::atoms::AtomSet;
    use super::*;
    use proptest::prelude::*;
    use std::sync::Arc;

    /// Few and many atoms, and more atoms than a table is made for.
    const SIZES: [u32; 3] = [3, 40, 5_000];
    const FLAGS: FlagId = 5;

    fn some_cube() -> impl Strategy<Value = Cube> {
        let set = |dim: u32| {
            let size = SIZES[dim as usize];
            prop::collection::vec((0..size, 1..=size / 2 + 1), 1..3).prop_map(move |runs| {
                let runs = runs.into_iter().map(|(start, length)| (start, (start + length).min(size))).collect();
                (dim, Arc::new(AtomSet::new(runs)))
            })
        };
        let flags = prop::collection::btree_map(0..FLAGS, any::<bool>(), 0..4);
        let sets = (prop::option::of(set(0)), prop::option::of(set(1)), prop::option::of(set(2)));
        (sets, flags).prop_map(|((one, two, three), flags)| Cube {
            sets: [one, two, three].into_iter().flatten().collect(),
            flags: flags.into_iter().collect(),
        })
    }

    fn some_lead() -> impl Strategy<Value = (Vec<u32>, Vec<FlagId>)> {
        let atoms = (0..SIZES[0], 0..SIZES[1], 0..SIZES[2]).prop_map(|(one, two, three)| vec![one, two, three]);
        (atoms, prop::sample::subsequence((0..FLAGS).collect::<Vec<_>>(), 0..FLAGS as usize))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// Cubes are repeated with a rare one among them, so that hits lie in all words, blocks and parts.
        #[test]
        fn an_index_finds_what_going_through_the_cubes_does(
            cubes in prop::collection::vec(some_cube(), 1..40),
            times in prop::sample::select(vec![1, 2, 13, 40, 600]),
            leads in prop::collection::vec(some_lead(), 1..6),
            skip in any::<prop::sample::Index>(),
        ) {
            let never = Cube { sets: vec![(1, Arc::new(AtomSet::one(39)))], flags: vec![(0, true), (1, true)] };
            let filled = cubes.iter().flat_map(|cube| std::iter::repeat_n(&never, times).chain([cube]));
            let owned: Vec<(u32, Cube)> = filled.enumerate().map(|(at, cube)| (at as u32 / 3, cube.clone())).collect();
            let index = Index::new(&SIZES, &owned);
            let mut cursor = Cursor::default();
            let mut owners = Vec::new();
            for (atoms, flags) in &leads {
                let from = skip.index(owned.len());
                let holds: Vec<usize> = (0..owned.len()).filter(|&at| owned[at].1.holds(atoms, flags)).collect();
                let first = holds.iter().find(|&&at| at >= from);
                let hit = index.first(&mut cursor, atoms, flags, from as u32);
                prop_assert_eq!(hit, first.map(|&at| Hit { cube: at as u32, owner: at as u32 / 3 }));
                let mut expected: Vec<u32> = holds.iter().map(|&at| at as u32 / 3).collect();
                expected.dedup();
                index.all(&mut cursor, atoms, flags, &mut owners);
                prop_assert_eq!(&owners, &expected);
            }
        }
    }
}
