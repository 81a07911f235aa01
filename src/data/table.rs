//! Tables and lists of reference data: accounts, rosters, rows of a mapping, lists of domains.

use crate::data::csv::{self, Cell, Scan};
use crate::data::{encoding, text};
use smol_str::SmolStr;
use std::borrow::Cow;

/// A table with a header. Rows have as many cells as the header: a missing one is blank, a row with more is left out and said.
#[derive(Debug, Clone, Default)]
pub struct DataTable {
    /// The header's names, trimmed, in order.
    pub columns: Vec<SmolStr>,
    /// Rows that do not fit and names that occur twice, by line.
    pub faults: Vec<TableFault>,
    /// What was noticed about the file as a whole: its encoding.
    pub notes: Vec<String>,
    text: String,
    /// Row by row.
    cells: Vec<Cell>,
    lines: Vec<u32>,
}

/// Something wrong with a data file, in the user's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFault {
    /// Where a line is to blame, counted from 1.
    pub line: Option<u32>,
    pub message: String,
}

impl TableFault {
    fn new(line: Option<u32>, message: impl Into<String>) -> Self {
        TableFault { line, message: message.into() }
    }
}

impl DataTable {
    /// The number of rows, without the header.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The line on which a row starts, from 1; the header is usually line 1.
    pub fn line(&self, row: usize) -> u32 {
        self.lines.get(row).copied().unwrap_or(0)
    }

    /// A cell as written; blank where there is none.
    pub fn cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        match self.cells.get(row * self.columns.len() + column) {
            Some(cell) if column < self.columns.len() => cell.text(&self.text),
            _ => Cow::Borrowed(""),
        }
    }

    /// A column by its name: to the letter, else without regard to case, spaces, hyphens and underscores.
    pub fn column(&self, name: &str) -> Option<usize> {
        find_column(&self.columns, name)
    }
}

/// The place of a column in a header: by its name to the letter, else without regard to case, spaces, hyphens and underscores.
pub fn find_column(columns: &[SmolStr], name: &str) -> Option<usize> {
    let name = text::trim(name);
    let key = text::squeeze(name);
    let exact = columns.iter().position(|column| column == name);
    exact.or_else(|| columns.iter().position(|column| text::squeeze(column) == key))
}

/// Reads CSV with a header: any of the usual delimiters (the one that the first rows agree on), quoted cells, any of the encodings of
/// [`encoding`]. An error is a file without a header, or one past 4 GiB.
pub fn read_table(bytes: &[u8]) -> Result<DataTable, TableFault> {
    if bytes.len() >= u32::MAX as usize {
        return Err(TableFault::new(None, "the file is larger than 4 GiB"));
    }
    let encoding::Decoded { text, notes } = encoding::decode(bytes);
    let mut table = DataTable { notes, text, ..DataTable::default() };
    let bytes = table.text.as_bytes();
    let (delimiter, mut at) = csv::declared_delimiter(bytes).unwrap_or_else(|| (csv::delimiter(bytes), 0));
    let mut lines = LineCount::default();
    let mut cells = Vec::new();
    match csv::record(bytes, at, delimiter, &mut cells) {
        Scan::Record { start, end } => {
            let line = lines.at(bytes, start);
            table.columns = cells.iter().map(|cell| SmolStr::new(text::trim(&cell.text(&table.text)))).collect();
            table.faults.extend(repeated_names(&table.columns, line));
            at = end;
        }
        Scan::OpenQuote { start } => return Err(TableFault::new(Some(lines.at(bytes, start)), OPEN_QUOTE)),
        Scan::End => return Err(TableFault::new(None, "the file is empty: a header was expected in its first line")),
    }
    let width = table.columns.len();
    loop {
        let (start, end) = match csv::record(bytes, at, delimiter, &mut cells) {
            Scan::Record { start, end } => (start, end),
            Scan::OpenQuote { start } => {
                table.faults.push(TableFault::new(Some(lines.at(bytes, start)), OPEN_QUOTE));
                // Only the line that opens the quote is lost.
                at =
                    memchr::memchr(b'\n', bytes.get(start..).unwrap_or(&[])).map_or(bytes.len(), |end| start + end + 1);
                continue;
            }
            Scan::End => return Ok(table),
        };
        at = end;
        let line = lines.at(bytes, start);
        let blank_behind = cells.iter().skip(width).all(|cell| text::trim(&cell.text(&table.text)).is_empty());
        if cells.len() != width {
            let what = if cells.len() < width { "the missing ones are blank" } else { "the row is left out" };
            if !(blank_behind && cells.len() > width) {
                let message =
                    format!("the row has {} where the header has {width}; {what}", counted(cells.len(), "cell"));
                table.faults.push(TableFault::new(Some(line), message));
            }
        }
        if cells.len() <= width || blank_behind {
            cells.resize(width, Cell::default());
            table.cells.extend_from_slice(&cells);
            table.lines.push(line);
        }
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

const OPEN_QUOTE: &str = "a quote is opened in this line and never closed; the line is left out";

fn repeated_names(columns: &[SmolStr], line: u32) -> Vec<TableFault> {
    let mut seen = std::collections::BTreeMap::new();
    let mut faults = Vec::new();
    for (at, column) in columns.iter().enumerate().filter(|(_, column)| !column.is_empty()) {
        match seen.get(column) {
            Some(first) => faults.push(TableFault::new(
                Some(line),
                format!("column `{column}` occurs twice, as column {first} and column {}; the first is read", at + 1),
            )),
            None => {
                seen.insert(column, at + 1);
            }
        }
    }
    faults
}

/// Counts lines as a file is read on.
#[derive(Default)]
struct LineCount {
    at: usize,
    newlines: u32,
}

impl LineCount {
    /// The line of a place that is not before the last one asked for.
    fn at(&mut self, bytes: &[u8], place: usize) -> u32 {
        let passed = bytes.get(self.at..place).unwrap_or(&[]);
        self.newlines += memchr::memchr_iter(b'\n', passed).count() as u32;
        self.at = self.at.max(place);
        self.newlines + 1
    }
}

/// The entries of a plain list: one a line, trimmed. Blank lines and lines that start with `#` are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFile {
    /// With the line of each, from 1.
    pub entries: Vec<(u32, SmolStr)>,
    /// What was noticed about the file as a whole: its encoding.
    pub notes: Vec<String>,
}

/// Reads a plain list. It never fails: a list may be empty.
pub fn read_list(bytes: &[u8]) -> ListFile {
    let encoding::Decoded { text, notes } = encoding::decode(bytes);
    let lines = text.lines().zip(1..).map(|(line, number)| (number, text::trim(line)));
    let entries = lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(number, line)| (number, SmolStr::new(line)))
        .collect();
    ListFile { entries, notes }
}
