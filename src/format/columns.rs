//! What stands below what: the cells of an entry, and where they start when entries that follow each other are aligned.

use super::layout::{Block, Entry, Piece, PieceKind};

/// What the entries of a block look like, from the word that its own entry starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    File,
    /// `name  type  required`
    Fields,
    /// `name  when ...`
    Parts,
    /// `+40 when ...`
    Terms,
    /// `a, b  -> c`
    Rows,
    /// `match  ...`: the first word is padded.
    Clauses,
    /// A route or a team: entries of different kinds, each with its own block.
    Mixed,
    Other,
}

impl BlockKind {
    /// The kind of the block that an entry of a block of this kind holds.
    pub fn of_block_in(self, entry: &Entry<'_>) -> BlockKind {
        match (self, entry.word(0)) {
            (BlockKind::File, "lead" | "records") => BlockKind::Fields,
            (BlockKind::File, "segments" | "territories") => BlockKind::Parts,
            (BlockKind::File, "score") => BlockKind::Terms,
            (BlockKind::File, "table") => BlockKind::Rows,
            (BlockKind::File, "test") => BlockKind::Clauses,
            (BlockKind::File, "route" | "team") => BlockKind::Mixed,
            (BlockKind::Mixed, "rule" | "otherwise") => BlockKind::Clauses,
            (BlockKind::Parts, _) => BlockKind::Parts,
            _ => BlockKind::Other,
        }
    }

    /// Only entries of one group are aligned with each other.
    pub fn group<'t>(self, entry: &Entry<'t>) -> &'t str {
        match self {
            BlockKind::File | BlockKind::Mixed => entry.word(0),
            _ => "",
        }
    }

    /// Whether an entry that goes on over several lines is aligned with its neighbours.
    pub fn aligns_long_entries(self) -> bool {
        matches!(self, BlockKind::Fields | BlockKind::Clauses)
    }

    /// Whether columns matter more than the length of a line.
    pub fn aligns_always(self) -> bool {
        matches!(self, BlockKind::Fields | BlockKind::Clauses | BlockKind::Rows)
    }

    /// The width of the first cell where it is not that of the longest: in rules and tests that of `assign` and `expect`.
    fn first_width(self) -> Option<usize> {
        (self == BlockKind::Clauses).then_some(6)
    }
}

/// The start of a cell: what it is called, so that cells of several entries find each other, and the blanks before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellStart<'t> {
    pub key: &'t str,
    pub gap: usize,
}

/// Whether a cell starts at a piece of an entry; blocks are handled by [`block_cell`].
pub fn cell_at<'t>(kind: BlockKind, entry: &Entry<'t>, at: usize) -> Option<CellStart<'t>> {
    let word = entry.word(at);
    let first_of = |words: &[&str]| words.contains(&word) && !(1..at).any(|before| words.contains(&entry.word(before)));
    let cell = |key, gap| Some(CellStart { key, gap });
    match kind {
        _ if at == 0 => None,
        BlockKind::Fields if matches!(entry.word(0), "missing" | "match" | "prefer" | "on") => None,
        BlockKind::Fields if at == 1 => cell("type", 2),
        BlockKind::Fields if first_of(&["required", "from", "missing"]) => cell("marks", 2),
        BlockKind::Parts if entry.word(0) == "move" && entry.word(1) == "open" => None,
        BlockKind::Parts if first_of(&["when", "otherwise"]) => cell("when", 2),
        BlockKind::Terms if first_of(&["when"]) => cell("when", 1),
        BlockKind::Rows if first_of(&["->"]) => cell("->", 2),
        BlockKind::Rows if entry.word(at - 1) == "," && !(1..at).any(|before| entry.word(before) == "->") => {
            cell(",", 1)
        }
        BlockKind::Clauses if at == 1 => cell("body", 1),
        BlockKind::File if first_of(&["from", "=", "when", "for"]) => cell(word, 1),
        BlockKind::Mixed if at == 2 && entry.word(0) == "rep" && word.starts_with('"') => cell("email", 1),
        _ => None,
    }
}

/// The cell that the brace of a block on one line starts.
pub fn block_cell(kind: BlockKind) -> Option<CellStart<'static>> {
    let aligned = matches!(kind, BlockKind::File | BlockKind::Mixed | BlockKind::Other);
    aligned.then_some(CellStart { key: "{", gap: 1 })
}

/// Whether the clauses of blocks on one line are aligned, and not just their braces.
pub fn aligns_clauses(kind: BlockKind) -> bool {
    matches!(kind, BlockKind::File | BlockKind::Mixed)
}

/// The cell that a clause of a block on one line starts.
pub fn clause_cell<'t>(clause: &Entry<'t>) -> CellStart<'t> {
    let word = clause.word(0);
    let day = word.split("..").next().unwrap_or("");
    let is_day = matches!(day, "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun");
    CellStart { key: if is_day { "days" } else { word }, gap: 2 }
}

/// Whether the entries of a block are separated by commas.
pub fn has_commas(block: &Block<'_>) -> bool {
    let ends_in_comma =
        |entry: &Entry<'_>| matches!(entry.pieces.last(), Some(Piece { kind: PieceKind::Token(","), .. }));
    block.entries.first().is_some_and(ends_in_comma)
}

/// One cell of one entry, on its first line.
#[derive(Debug, Default)]
pub struct Cell<'t> {
    pub key: &'t str,
    pub gap: usize,
    pub text: String,
    pub width: usize,
}

/// A column that several rows share.
struct Column<'t> {
    key: &'t str,
    /// Among columns of the same key, which.
    nth: usize,
    gap: usize,
    width: usize,
}

/// A field whose type is longer than this stands out of its column, so that a long list of values does not push the others away.
const LONG: usize = 24;

/// The columns, from 0, at which the cells of each row start when the rows are aligned; nothing where their cells stand in another order.
pub fn aligned(kind: BlockKind, rows: &[&[Cell<'_>]]) -> Option<Vec<Vec<usize>>> {
    let mut columns: Vec<Column<'_>> = Vec::new();
    let mut places: Vec<Vec<usize>> = Vec::new();
    for row in rows {
        place(row, &mut columns)?;
    }
    for row in rows {
        let found = place(row, &mut columns)?;
        for (at, (cell, &column)) in row.iter().zip(&found).enumerate() {
            let counts = at + 1 < row.len() && (kind != BlockKind::Fields || cell.width <= LONG);
            if let Some(column) = columns.get_mut(column).filter(|_| counts) {
                column.width = column.width.max(cell.width);
            }
        }
        places.push(found);
    }
    let mut starts = Vec::with_capacity(columns.len());
    let mut end = 0;
    for (at, column) in columns.iter().enumerate() {
        let start = if at == 0 { 0 } else { end + column.gap };
        starts.push(start);
        end = match kind.first_width().filter(|_| at == 0) {
            Some(width) => width,
            None if column.width == 0 => end,
            None => start + column.width,
        };
    }
    let start_of = |column: &usize| starts.get(*column).copied().unwrap_or(0);
    Some(places.iter().map(|row| row.iter().map(start_of).collect()).collect())
}

/// The column of each cell of a row; columns that are new are put in where the row has them.
fn place<'t>(row: &[Cell<'t>], columns: &mut Vec<Column<'t>>) -> Option<Vec<usize>> {
    let mut found = Vec::with_capacity(row.len());
    let mut from = 0;
    for (at, cell) in row.iter().enumerate() {
        let nth = row.iter().take(at).filter(|before| before.key == cell.key).count();
        let known = columns.iter().position(|column| column.key == cell.key && column.nth == nth);
        let column = match known {
            Some(known) if known < from => return None,
            Some(known) => known,
            None => {
                columns.insert(from, Column { key: cell.key, nth, gap: cell.gap, width: 0 });
                from
            }
        };
        found.push(column);
        from = column + 1;
    }
    Some(found)
}
