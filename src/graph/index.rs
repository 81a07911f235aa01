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
//! rows lies a summary: one bit a word of 64 cubes, eight blocks in one number, that is ANDed first and shows where to look.
//!
//! Flags need no line for every combination: a line says which cubes do not wait for any flag, a line for each flag that holds is
//! ORed in, and cubes that the flag forbids are taken away. A cube that waits for several flags waits in several *layers*.
//!
//! A line has a number for each block, so lines times blocks would grow with the square of the cubes: an index is cut into parts of
//! so many blocks, each with lines of its own.
//!
//! Source: bitmap indexes as in O'Neil and Quass, "Improved query performance with variant indexes", SIGMOD 1997.

mod row;

use super::atoms::{Cube, DimId, FlagId};
use row::{Row, WORDS};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

const BLOCK: usize = 64 * WORDS;
/// Blocks whose summary fits in one number.
const GROUP: usize = 64 / WORDS;
const PART: usize = 32 * BLOCK;
/// Blocks of a part that needs no summary.
const WITHOUT_SUMMARY: usize = 2;

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
    /// `stride` numbers a line: the summary of each group of blocks in two halves, then the row of each block.
    lines: Vec<u32>,
    stride: usize,
    /// Groups of blocks that have a summary; none in a part so small that looking at the rows is as quick.
    groups: usize,
    rows: Vec<Row>,
}

/// Where the lines of one dimension are.
#[derive(Debug, Clone)]
struct AxisLines {
    dim: DimId,
    classes: Classes,
}

/// How an atom leads to the line of its class, the runs of atoms that no cube of this part tells apart.
#[derive(Debug, Clone)]
enum Classes {
    /// By atom, the start of a line in [`Part::lines`].
    Table(Vec<u32>),
    /// For a dimension of which this part asks little: the first atom of each class, and the start of the first line.
    Starts { atoms: Vec<u32>, first: u32, stride: u32 },
}

impl Classes {
    #[inline(always)]
    fn line(&self, atom: u32) -> u32 {
        match self {
            Classes::Table(lines) => lines.get(atom as usize).copied().unwrap_or(0),
            Classes::Starts { atoms, first, stride } => {
                let class = (atoms.partition_point(|&start| start <= atom) as u32).saturating_sub(1);
                first + class * stride
            }
        }
    }
}

/// Where the lines of flags start.
#[derive(Debug, Clone, Default)]
struct FlagLines {
    /// For each flag, how far behind the first line of a layer or of `forbids` its own line is.
    used: FxHashMap<FlagId, u32>,
    /// For each layer the line of the cubes that wait for no flag in it; the lines of the cubes that wait for each flag follow.
    layers: Vec<u32>,
    /// The same for the cubes that each flag forbids; the first line holds none. `None` where no flag forbids any.
    forbids: Option<u32>,
}

/// Room for what an index looks up for one lead. Reused from lead to lead, and for any index.
#[derive(Debug, Clone, Default)]
pub struct Cursor {
    /// The starts of the lines to AND.
    lines: Vec<u32>,
    /// Of the flags that hold, what [`FlagLines::used`] says.
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
        size_of_val(self.rows.as_slice()) + size_of_val(self.lines.as_slice()) + size_of_val(self.owners.as_slice())
    }

    /// Looks up the lines of a lead.
    #[inline(always)]
    fn aim(&self, cursor: &mut Cursor, atoms: &[u32], flags: &[FlagId]) {
        cursor.lines.clear();
        cursor.lines.extend(self.axes.iter().map(|axis| {
            let atom = atoms.get(axis.dim as usize).copied().unwrap_or(0);
            axis.classes.line(atom)
        }));
        cursor.flags.clear();
        if !self.flags.used.is_empty() {
            cursor.flags.extend(flags.iter().filter_map(|flag| self.flags.used.get(flag)));
        }
    }

    #[inline]
    fn first(&self, cursor: &Cursor, from: usize) -> Option<(usize, u32)> {
        let mut at = from / BLOCK;
        while let Some(block) = self.live_block(cursor, at) {
            for (word_at, &word) in self.block(cursor, block).0.iter().enumerate() {
                let start = block * BLOCK + word_at * 64;
                let word = word & after(start, from);
                if word != 0 {
                    let cube = start + word.trailing_zeros() as usize;
                    return self.owners.get(cube).map(|&owner| (cube, owner));
                }
            }
            at = block + 1;
        }
        None
    }

    #[inline]
    fn all(&self, cursor: &Cursor, owners: &mut Vec<u32>) {
        let mut at = 0;
        while let Some(block) = self.live_block(cursor, at) {
            for (word_at, &word) in self.block(cursor, block).0.iter().enumerate() {
                let mut word = word;
                while word != 0 {
                    let owner = self.owners.get(block * BLOCK + word_at * 64 + word.trailing_zeros() as usize);
                    owners.extend(owner.filter(|&owner| owners.last() != Some(owner)));
                    word &= word - 1;
                }
            }
            at = block + 1;
        }
    }

    /// The first block at or after this one in which a cube may hold.
    #[inline(always)]
    fn live_block(&self, cursor: &Cursor, from: usize) -> Option<usize> {
        if self.groups == 0 {
            return (from < self.blocks).then_some(from);
        }
        for group in from / GROUP..self.groups {
            let mut live = self.live_words(cursor, group);
            if group == from / GROUP {
                live &= u64::MAX << (from % GROUP * WORDS);
            }
            if live != 0 {
                return Some(group * GROUP + live.trailing_zeros() as usize / WORDS);
            }
        }
        None
    }

    /// The words of a group of blocks in which a cube may hold.
    #[inline(always)]
    fn live_words(&self, cursor: &Cursor, group: usize) -> u64 {
        let live = |line: u32| match self.lines.get(line as usize + 2 * group..) {
            Some([low, high, ..]) => u64::from(*low) | u64::from(*high) << 32,
            _ => 0,
        };
        let met = cursor.lines.iter().fold(u64::MAX, |met, &line| met & live(line));
        self.flags.layers.iter().fold(met, |met, &layer| {
            met & cursor.flags.iter().fold(live(layer), |waiting, flag| waiting | live(layer + flag))
        })
    }

    #[inline(always)]
    fn block(&self, cursor: &Cursor, block: usize) -> Row {
        let at = 2 * self.groups + block;
        let mut left = Row::FULL;
        for &line in &cursor.lines {
            left.and(self.row(line as usize + at));
            if left.is_empty() {
                return left;
            }
        }
        for &layer in &self.flags.layers {
            let mut met = *self.row(layer as usize + at);
            cursor.flags.iter().for_each(|flag| met.or(self.row((layer + flag) as usize + at)));
            left.and(&met);
        }
        if let Some(forbids) = self.flags.forbids {
            cursor.flags.iter().for_each(|flag| left.and_not(self.row((forbids + flag) as usize + at)));
        }
        left
    }

    #[inline(always)]
    fn row(&self, at: usize) -> &Row {
        const NONE: Row = Row([0; WORDS]);
        let number = self.lines.get(at).copied().unwrap_or(u32::MAX);
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

struct Builder {
    part: Part,
    numbers: FxHashMap<Row, u32>,
}

impl Builder {
    fn new(cubes: usize) -> Self {
        let blocks = cubes.div_ceil(BLOCK);
        let groups = if blocks > WITHOUT_SUMMARY { blocks.div_ceil(GROUP) } else { 0 };
        let part = Part {
            owners: Vec::with_capacity(cubes),
            blocks,
            axes: Vec::new(),
            flags: FlagLines::default(),
            lines: Vec::new(),
            stride: 2 * groups + blocks,
            groups,
            rows: Vec::new(),
        };
        Builder { part, numbers: FxHashMap::default() }
    }

    fn build(mut self, sizes: &[u32], cubes: &[(u32, Cube)]) -> Part {
        self.part.owners.extend(cubes.iter().map(|(owner, _)| *owner));
        // By dimension: in thousandths of a cube how much it rules out of a lead that may have any atom, and the changes.
        let mut uses: BTreeMap<DimId, (u64, Vec<Change>)> = BTreeMap::new();
        for (cube, (_, parts)) in cubes.iter().enumerate() {
            for (dim, set) in &parts.sets {
                let size = u64::from(sizes.get(*dim as usize).copied().unwrap_or(0)).max(1);
                let (ruled_out, changes) = uses.entry(*dim).or_default();
                *ruled_out += 1000;
                for &(start, end) in set.runs() {
                    *ruled_out = ruled_out.saturating_sub(1000 * u64::from(end - start) / size);
                    changes.push(Change { block: cube / BLOCK, atom: start, cube, on: true });
                    changes.push(Change { block: cube / BLOCK, atom: end, cube, on: false });
                }
            }
        }
        // What rules out most comes first, so that looking at a block soon ends.
        let mut uses: Vec<_> = uses.into_iter().collect();
        uses.sort_by_key(|(_, (ruled_out, _))| std::cmp::Reverse(*ruled_out));
        for (dim, (_, changes)) in uses {
            self.axis(dim, sizes.get(dim as usize).copied().unwrap_or(0), changes);
        }
        self.flags(cubes);
        if self.part.axes.is_empty() && self.part.flags.layers.is_empty() {
            // Even where nothing is asked, a line says which cubes there are.
            let line = self.line(|_| true);
            self.part.flags.layers.push(line);
        }
        self.part.rows.shrink_to_fit();
        self.part.lines.shrink_to_fit();
        self.part
    }

    fn number(&mut self, row: Row) -> u32 {
        let rows = &mut self.part.rows;
        *self.numbers.entry(row).or_insert_with(|| {
            rows.push(row);
            rows.len() as u32 - 1
        })
    }

    /// New lines with the same row in every block; gives the start of the first.
    fn new_lines(&mut self, count: usize, number: u32) -> usize {
        let first = self.part.lines.len();
        self.part.lines.resize(first + count * self.part.stride, number);
        first
    }

    fn put(&mut self, line: usize, block: usize, number: u32) {
        if let Some(place) = self.part.lines.get_mut(line + 2 * self.part.groups + block) {
            *place = number;
        }
    }

    /// A dimension's lines: a sweep over its atoms, block by block, switching the bits of the cubes on and off.
    fn axis(&mut self, dim: DimId, size: u32, mut changes: Vec<Change>) {
        let mut starts: Vec<u32> = changes.iter().map(|change| change.atom).filter(|&atom| atom < size).collect();
        starts.push(0);
        starts.sort_unstable();
        starts.dedup();
        changes.sort_unstable_by_key(|change| (change.block, change.atom));
        let first = self.new_lines(starts.len(), 0);
        let mut changes = changes.as_slice();
        for block in 0..self.part.blocks {
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
                self.put(first + class * self.part.stride, block, number);
            }
        }
        self.summarise(first);
        // A table costs no more than a few times what was written.
        let (first, stride) = (first as u32, self.part.stride as u32);
        let classes = if size as usize <= 256 + 8 * starts.len() {
            Classes::Table(by_atom(&starts, size).map(|class| first + class * stride).collect())
        } else {
            Classes::Starts { atoms: starts, first, stride }
        };
        self.part.axes.push(AxisLines { dim, classes });
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

    /// The summaries of all lines from this start on.
    fn summarise(&mut self, first: usize) {
        let (groups, rows) = (self.part.groups, &self.part.rows);
        let lines = self.part.lines.get_mut(first..).unwrap_or_default();
        for line in lines.chunks_exact_mut(self.part.stride.max(1)) {
            let (summaries, numbers) = line.split_at_mut(2 * groups);
            for (summary, group) in summaries.chunks_exact_mut(2).zip(numbers.chunks(GROUP)) {
                let live = group.iter().enumerate().fold(0, |live, (at, &number)| {
                    live | rows.get(number as usize).map_or(0, Row::live) << (at * WORDS)
                });
                summary.copy_from_slice(&[live as u32, (live >> 32) as u32]);
            }
        }
    }

    /// A line of the cubes for which something holds.
    fn line(&mut self, holds: impl Fn(usize) -> bool) -> u32 {
        let line = self.new_lines(1, 0);
        for block in 0..self.part.blocks {
            let mut row = Row::default();
            let cubes = block * BLOCK..self.part.owners.len().min((block + 1) * BLOCK);
            cubes.filter(|&cube| holds(cube)).for_each(|cube| row.set(cube % BLOCK));
            let number = self.number(row);
            self.put(line, block, number);
        }
        self.summarise(line);
        line as u32
    }

    fn flags(&mut self, cubes: &[(u32, Cube)]) {
        let mut used: Vec<FlagId> = cubes.iter().flat_map(|(_, cube)| &cube.flags).map(|(flag, _)| *flag).collect();
        used.sort_unstable();
        used.dedup();
        let stride = self.part.stride as u32;
        self.part.flags.used = (1..).zip(&used).map(|(at, &flag)| (flag, at * stride)).collect();
        let waits = |(_, cube): &(u32, Cube)| cube.flags.iter().filter(|(_, wanted)| *wanted).count();
        for layer in 0..cubes.iter().map(waits).max().unwrap_or(0) {
            // The flag that each cube waits for in this layer.
            let waiting = |(_, cube): &(u32, Cube)| {
                cube.flags.iter().filter(|(_, wanted)| *wanted).map(|(flag, _)| *flag).nth(layer)
            };
            let waited: Vec<Option<FlagId>> = cubes.iter().map(waiting).collect();
            let line = self.line(|cube| waited.get(cube).is_some_and(Option::is_none));
            self.part.flags.layers.push(line);
            self.flag_lines(&used, waited.iter().enumerate().filter_map(|(cube, flag)| Some(((*flag)?, cube))));
        }
        let forbidden = cubes.iter().enumerate().flat_map(|(at, (_, cube))| {
            cube.flags.iter().filter(|(_, wanted)| !wanted).map(move |(flag, _)| (*flag, at))
        });
        if forbidden.clone().next().is_some() {
            self.part.flags.forbids = Some(self.line(|_| false));
            self.flag_lines(&used, forbidden);
        }
    }

    /// A line for each flag with the cubes that go with it.
    fn flag_lines(&mut self, used: &[FlagId], pairs: impl Iterator<Item = (FlagId, usize)>) {
        let mut pairs: Vec<(FlagId, usize)> = pairs.collect();
        pairs.sort_unstable();
        let mut pairs = pairs.as_slice();
        let empty = self.number(Row::default());
        let first = self.new_lines(used.len(), empty);
        for (at, flag) in used.iter().enumerate() {
            let (here, rest) = pairs.split_at(pairs.partition_point(|pair| pair.0 == *flag));
            pairs = rest;
            for cubes in here.chunk_by(|one, next| one.1 / BLOCK == next.1 / BLOCK) {
                let mut row = Row::default();
                cubes.iter().for_each(|(_, cube)| row.set(cube % BLOCK));
                let number = self.number(row);
                let block = cubes.first().map_or(0, |(_, cube)| cube / BLOCK);
                self.put(first + at * self.part.stride, block, number);
            }
        }
        self.summarise(first);
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

/// The class of each atom.
fn by_atom(starts: &[u32], size: u32) -> impl Iterator<Item = u32> {
    let mut class = 0;
    let next = |class: u32| starts.get(class as usize + 1).copied().unwrap_or(u32::MAX);
    (0..size).map(move |atom| {
        while next(class) <= atom {
            class += 1;
        }
        class
    })
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
