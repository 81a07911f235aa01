//! Blocks to lines.
//!
//! A line is broken where the author broke it, at a place where lines may be broken, and where it would not fit. What fits is
//! measured before columns are aligned, so that printing what was printed changes nothing.

use super::columns::{self, BlockKind, Cell, CellStart};
use super::layout::{Block, Entry, Piece, PieceKind};

/// How many characters a line has at most, where it can be broken.
const LINE_WIDTH: usize = 120;
const INDENT: usize = 2;
/// A comment is not aligned with those of longer lines.
const COMMENT_COLUMN: usize = 80;

/// Prints a file.
pub fn print(file: &Block<'_>) -> String {
    let mut text = String::new();
    for line in block_lines(file, BlockKind::File, 0) {
        text.push_str(&line.text);
        if let Some(comment) = line.comment {
            let width = width(&line.text);
            let gap = if width == 0 { line.comment_column } else { line.comment_column.max(width + 2) - width };
            text.extend(std::iter::repeat_n(' ', gap));
            text.push_str(comment);
        }
        text.push('\n');
    }
    text
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[derive(Debug, Default)]
struct Line<'t> {
    text: String,
    comment: Option<&'t str>,
    /// Where the comment starts at least.
    comment_column: usize,
}

impl<'t> Line<'t> {
    fn comment(indent: usize, comment: &'t str) -> Self {
        Line { text: String::new(), comment: Some(comment), comment_column: indent }
    }
}

fn block_lines<'t>(block: &Block<'t>, kind: BlockKind, indent: usize) -> Vec<Line<'t>> {
    let mut rows: Vec<Row<'t>> = block.entries.iter().map(|entry| Row::new(entry, kind, indent)).collect();
    align(kind, indent, &block.entries, &mut rows);
    let mut lines = Vec::new();
    let mut comment_run: Vec<usize> = Vec::new();
    for (entry, row) in block.entries.iter().zip(rows) {
        for &(blank_before, comment) in &entry.comments {
            if blank_before && !lines.is_empty() {
                lines.push(Line::default());
            }
            lines.push(Line::comment(indent, comment));
        }
        if entry.pieces.is_empty() {
            continue;
        }
        if entry.blank_before && !lines.is_empty() {
            align_comments(&mut lines, &std::mem::take(&mut comment_run));
            lines.push(Line::default());
        }
        let single = row.more.is_empty();
        if single && row.comment.is_some() {
            comment_run.push(lines.len());
        }
        lines.extend(row.lines(indent));
    }
    align_comments(&mut lines, &comment_run);
    lines
}

/// Sets the comments behind some lines below each other.
fn align_comments(lines: &mut [Line<'_>], run: &[usize]) {
    let widths = run.iter().filter_map(|&at| lines.get(at)).map(|line| width(&line.text) + 2);
    let column = widths.filter(|&width| width <= COMMENT_COLUMN).max().unwrap_or(0);
    for &at in run {
        if let Some(line) = lines.get_mut(at) {
            line.comment_column = column;
        }
    }
}

/// An entry set in lines: its first line in cells, and what follows that.
#[derive(Debug, Default)]
struct Row<'t> {
    cells: Vec<Cell<'t>>,
    /// Where the cells start on the line, when they are aligned.
    starts: Vec<usize>,
    comment: Option<&'t str>,
    more: Vec<More<'t>>,
}

/// What follows the first line of a row.
#[derive(Debug)]
enum More<'t> {
    /// A line that goes on with the cell of this place.
    Continued {
        cell: usize,
        text: String,
        comment: Option<&'t str>,
    },
    /// The line of a closing brace, and what stands behind it.
    Closing {
        text: String,
        comment: Option<&'t str>,
    },
    Block(Vec<Line<'t>>),
}

/// A piece of a row that is not broken: a token, or all tokens of a block on one line.
struct Atom<'a, 't> {
    text: &'t str,
    gap: usize,
    cell: Option<CellStart<'t>>,
    breaks: Break,
    /// On lines of their own before it.
    comments: &'a [&'t str],
    comment: Option<&'t str>,
    /// It is a block over several lines; its text is the brace.
    block: Option<&'a Block<'t>>,
    /// The place of the piece that it belongs to.
    piece: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    Never,
    /// Where the line would be too long.
    May,
    /// Where the author did.
    Must,
}

impl<'t> Row<'t> {
    fn new(entry: &Entry<'t>, kind: BlockKind, indent: usize) -> Self {
        let mut opened: Vec<usize> = Vec::new();
        loop {
            let atoms = atoms(entry, kind, &opened);
            let mut fill = Fill::new(entry, kind, indent);
            match fill.all(&atoms) {
                // A block does not fit on its line: it is set on several.
                Some(piece) if !opened.contains(&piece) => opened.push(piece),
                _ => return fill.row,
            }
        }
    }

    fn lines(self, indent: usize) -> Vec<Line<'t>> {
        let natural = natural_starts(&self.cells);
        let starts = if self.starts.is_empty() { natural } else { self.starts };
        let mut first = " ".repeat(indent);
        let mut at = 0;
        for (cell, &start) in self.cells.iter().zip(&starts) {
            let start = if at == 0 { start } else { start.max(at + cell.gap) };
            first.extend(std::iter::repeat_n(' ', start - at));
            first.push_str(&cell.text);
            at = start + cell.width;
        }
        let mut lines = vec![Line { text: first, comment: self.comment, comment_column: 0 }];
        for more in self.more {
            let (column, text, comment) = match more {
                More::Block(block) => {
                    lines.extend(block);
                    continue;
                }
                More::Closing { text, comment } => (indent, text, comment),
                More::Continued { cell: 0, text, comment } => (indent + 2 * INDENT, text, comment),
                More::Continued { cell, text, comment } => {
                    (indent + starts.get(cell).copied().unwrap_or(0) + INDENT, text, comment)
                }
            };
            if text.is_empty() {
                lines.extend(comment.map(|comment| Line::comment(column, comment)));
            } else {
                lines.push(Line { text: " ".repeat(column) + &text, comment, comment_column: 0 });
            }
        }
        lines
    }
}

fn natural_starts(cells: &[Cell<'_>]) -> Vec<usize> {
    let mut at = 0;
    let mut starts = Vec::with_capacity(cells.len());
    for (place, cell) in cells.iter().enumerate() {
        at += if place == 0 { 0 } else { cell.gap };
        starts.push(at);
        at += cell.width;
    }
    starts
}

/// Aligns the cells of rows that follow each other without an empty line.
fn align(kind: BlockKind, indent: usize, entries: &[Entry<'_>], rows: &mut [Row<'_>]) {
    let alone = |entry: &Entry<'_>, row: &Row<'_>| {
        entry.pieces.is_empty() || (!row.more.is_empty() && !kind.aligns_long_entries())
    };
    let mut from = 0;
    while from < rows.len() {
        let mut to = from + 1;
        let starts_alone = entries.get(from).zip(rows.get(from)).is_none_or(|(entry, row)| alone(entry, row));
        while let Some((entry, row)) = entries.get(to).zip(rows.get(to)) {
            let same = entries.get(from).is_some_and(|first| kind.group(first) == kind.group(entry));
            let first_key = |row: &Row<'_>| row.cells.get(1).map(|cell| cell.key.to_string());
            let like_first = kind.aligns_always() || rows.get(from).map(first_key) == Some(first_key(row));
            let apart = entry.blank_before || entry.comments.iter().any(|&(blank_before, _)| blank_before);
            if starts_alone || alone(entry, row) || !same || !like_first || apart {
                break;
            }
            to += 1;
        }
        if let Some(group) = rows.get_mut(from..to).filter(|_| !starts_alone) {
            align_group(kind, indent, group);
        }
        from = to;
    }
}

fn align_group(kind: BlockKind, indent: usize, rows: &mut [Row<'_>]) {
    if rows.len() < 2 && !kind.aligns_always() {
        return;
    }
    let cells: Vec<&[Cell<'_>]> = rows.iter().map(|row| row.cells.as_slice()).collect();
    let Some(starts) = columns::aligned(kind, &cells) else { return };
    let fits = |(row, starts): (&&[Cell<'_>], &Vec<usize>)| {
        let end =
            |starts: &[usize]| starts.last().zip(row.last()).map_or(0, |(start, cell)| indent + start + cell.width);
        end(starts) <= LINE_WIDTH.max(end(&natural_starts(row)))
    };
    if kind.aligns_always() || cells.iter().zip(&starts).all(fits) {
        for (row, starts) in rows.iter_mut().zip(starts) {
            row.starts = starts;
        }
    }
}

/// The atoms of an entry; `opened` are the places of blocks that do not fit on one line.
fn atoms<'a, 't>(entry: &'a Entry<'t>, kind: BlockKind, opened: &[usize]) -> Vec<Atom<'a, 't>> {
    let mut atoms: Vec<Atom<'a, 't>> = Vec::new();
    for (at, piece) in entry.pieces.iter().enumerate() {
        let gap = gap(atoms.last().map(|atom| atom.text), entry.word(at));
        match &piece.kind {
            PieceKind::Token(text) => atoms.push(Atom {
                text,
                gap,
                cell: columns::cell_at(kind, entry, at),
                breaks: breaks(entry, at),
                comments: &piece.comments,
                comment: piece.comment,
                block: None,
                piece: at,
            }),
            PieceKind::Block(block) if block.broken || opened.contains(&at) => atoms.push(Atom {
                text: "{",
                gap,
                cell: None,
                breaks: Break::Never,
                comments: &piece.comments,
                comment: piece.comment,
                block: Some(block),
                piece: at,
            }),
            PieceKind::Block(block) => {
                let cell = columns::cell_at(kind, entry, at).or(columns::block_cell(kind));
                let from = atoms.len();
                inline(block, at, columns::aligns_clauses(kind), &mut atoms);
                if let Some(open) = atoms.get_mut(from) {
                    open.cell = cell;
                    open.comments = &piece.comments;
                }
                if let Some(close) = atoms.last_mut() {
                    close.comment = piece.comment;
                }
            }
        }
    }
    atoms
}

/// The atoms of a block on one line.
fn inline<'a, 't>(block: &'a Block<'t>, piece: usize, with_cells: bool, atoms: &mut Vec<Atom<'a, 't>>) {
    let atom = |text, gap, cell| Atom {
        text,
        gap,
        cell,
        breaks: Break::Never,
        comments: &[],
        comment: None,
        block: None,
        piece,
    };
    let commas = columns::has_commas(block);
    atoms.push(atom("{", 1, None));
    for (nth, clause) in block.entries.iter().enumerate() {
        for (at, part) in clause.pieces.iter().enumerate() {
            let starts_cell = at == 0 && nth > 0 && !commas;
            let cell = starts_cell.then(|| columns::clause_cell(clause));
            let gap = cell.map_or_else(|| gap(atoms.last().map(|atom| atom.text), clause.word(at)), |cell| cell.gap);
            match &part.kind {
                PieceKind::Token(text) => atoms.push(atom(text, gap, cell.filter(|_| with_cells))),
                PieceKind::Block(block) => inline(block, piece, false, atoms),
            }
        }
    }
    atoms.push(atom("}", 1, None));
}

/// The blanks between two tokens.
fn gap(before: Option<&str>, text: &str) -> usize {
    match (before, text) {
        (None | Some("("), _) | (_, "," | ")" | ":") => 0,
        _ => 1,
    }
}

/// Whether the line may be broken before a piece.
fn breaks(entry: &Entry<'_>, at: usize) -> Break {
    if at == 0 {
        return Break::Never;
    }
    let joins = matches!(entry.word(at), "and" | "or");
    let behind_comma = entry.word(at - 1) == ",";
    let opens = matches!(entry.word(at), "from" | "unless" | "when" | "where" | "for" | "->" | "|" | "covered");
    if !joins && !behind_comma && !opens {
        return Break::Never;
    }
    let newline = |at: usize| entry.pieces.get(at).is_some_and(|piece: &Piece<'_>| piece.newline);
    // `a and` at the end of a line becomes `and b` at the start of the next.
    if newline(at) || (joins && newline(at + 1)) { Break::Must } else { Break::May }
}

/// Fills the lines of a row.
struct Fill<'a, 't> {
    row: Row<'t>,
    kind: BlockKind,
    entry: &'a Entry<'t>,
    indent: usize,
    /// The width of the line so far, without alignment.
    used: usize,
    /// The line ends here: a comment stands behind it.
    ended: bool,
}

impl<'a, 't> Fill<'a, 't> {
    fn new(entry: &'a Entry<'t>, kind: BlockKind, indent: usize) -> Self {
        let row = Row { cells: vec![Cell::default()], ..Row::default() };
        Fill { row, kind, entry, indent, used: indent, ended: false }
    }

    /// Sets all atoms, or says which piece is a block on one line that does not fit.
    fn all(&mut self, atoms: &[Atom<'a, 't>]) -> Option<usize> {
        for (at, atom) in atoms.iter().enumerate() {
            self.one(atom, atoms.get(at..).unwrap_or(&[]));
            if self.used > LINE_WIDTH && atom.text == "}" && atom.block.is_none() {
                return Some(atom.piece);
            }
        }
        None
    }

    fn one(&mut self, atom: &Atom<'a, 't>, rest: &[Atom<'a, 't>]) {
        for comment in atom.comments {
            self.next_line();
            self.put_comment(comment);
        }
        let breaks = match atom.breaks {
            Break::Never => false,
            Break::Must => true,
            Break::May => self.used + atom.gap + unbroken_width(rest) > LINE_WIDTH,
        };
        if self.ended || breaks {
            self.next_line();
        } else if let Some(cell) = atom.cell.filter(|_| self.row.more.is_empty()) {
            self.row.cells.push(Cell { key: cell.key, gap: cell.gap, ..Cell::default() });
            self.used += atom.gap;
        } else {
            self.put(&" ".repeat(atom.gap));
        }
        self.put(atom.text);
        match atom.block {
            Some(block) => self.put_block(block, atom.comment),
            None => self.row_comment(atom.comment),
        }
    }

    fn put_block(&mut self, block: &Block<'t>, behind: Option<&'t str>) {
        self.row_comment(block.comment);
        let kind = self.kind.of_block_in(self.entry);
        self.row.more.push(More::Block(block_lines(block, kind, self.indent + INDENT)));
        self.row.more.push(More::Closing { text: "}".into(), comment: None });
        self.used = self.indent + 1;
        self.ended = false;
        self.row_comment(behind);
    }

    fn put(&mut self, text: &str) {
        let width = width(text);
        self.used += width;
        match self.row.more.last_mut() {
            Some(More::Continued { text: line, .. } | More::Closing { text: line, .. }) => line.push_str(text),
            Some(More::Block(_)) => {}
            None => {
                if let Some(cell) = self.row.cells.last_mut() {
                    cell.text.push_str(text);
                    cell.width += width;
                }
            }
        }
    }

    /// The comment behind what was put last.
    fn row_comment(&mut self, comment: Option<&'t str>) {
        if let Some(comment) = comment {
            self.put_comment(comment);
        }
    }

    fn put_comment(&mut self, text: &'t str) {
        match self.row.more.last_mut() {
            Some(More::Continued { comment, .. } | More::Closing { comment, .. }) => *comment = Some(text),
            Some(More::Block(_)) => {}
            None => self.row.comment = Some(text),
        }
        self.ended = true;
    }

    fn next_line(&mut self) {
        let cell = self.row.cells.len() - 1;
        self.row.more.push(More::Continued { cell, text: String::new(), comment: None });
        self.used = self.indent + 2 * INDENT;
        self.ended = false;
    }
}

/// The width of what must stay on one line: up to the next place where the line may be broken.
fn unbroken_width(atoms: &[Atom<'_, '_>]) -> usize {
    let mut sum = 0;
    for (at, atom) in atoms.iter().enumerate() {
        if at > 0 && (atom.breaks != Break::Never || !atom.comments.is_empty()) {
            break;
        }
        sum += width(atom.text) + if at > 0 { atom.gap } else { 0 };
        if atom.comment.is_some() || atom.block.is_some() || sum > LINE_WIDTH {
            break;
        }
    }
    sum
}
