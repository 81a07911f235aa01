//! Blocks to raw leads, for CSV and JSON. Each thread has a splitter of its own.

use crate::data::csv::{self, Cell, Scan};
use crate::lead::block::Block;
use crate::lead::json::{self, Objects};
use crate::lead::raw::{Form, RawCell, RawLead};
use crate::lead::{Plan, RowError};
use smol_str::SmolStr;
use std::sync::Arc;

/// What the start of a file told about its records.
#[derive(Debug, Clone)]
pub enum Layout {
    Csv {
        delimiter: u8,
        /// For each column of the header its place in the plan's columns.
        header: Arc<Vec<Option<u32>>>,
    },
    /// One JSON object a line.
    Json,
}

/// Splits blocks into raw leads. What it learns of the keys of JSON objects stays from block to block.
#[derive(Debug, Clone)]
pub struct Splitter {
    layout: Layout,
    /// Those of the lead at hand, by place in the plan's columns.
    cells: Vec<RawCell>,
    /// Those of the CSV row at hand.
    row: Vec<Cell>,
    objects: Objects,
}

/// Where a splitter is in a block.
#[derive(Debug, Clone, Default)]
pub struct Cursor {
    /// In the block's text.
    at: usize,
    /// Line ends passed.
    lines: u64,
    records: usize,
    faults: usize,
}

impl Cursor {
    /// The next fault of the block, where it stands at `place` or before.
    fn fault(&mut self, block: &Block, place: usize) -> Option<RowError> {
        let (_, fault) = block.faults.get(self.faults).filter(|(at, _)| *at <= place)?;
        self.faults += 1;
        Some(fault.clone())
    }
}

impl Splitter {
    pub(super) fn new(layout: Layout) -> Self {
        Splitter { layout, cells: Vec::new(), row: Vec::new(), objects: Objects::default() }
    }

    /// Keys of JSON leads that no field reads, in the order met.
    pub fn unmapped(&self) -> impl Iterator<Item = &SmolStr> {
        self.objects.unmapped()
    }

    /// The columns whose keys were met in JSON leads.
    pub fn met(&self) -> impl Iterator<Item = u32> {
        self.objects.met()
    }

    /// The record at the cursor: a lead as found, or why it is none; `None` at the end of the block. `text` is [`Block::text`].
    pub fn next<'a>(
        &'a mut self,
        plan: &Plan,
        block: &Block,
        text: &'a str,
        cursor: &mut Cursor,
    ) -> Option<Result<RawLead<'a>, RowError>> {
        if let Some(fault) = cursor.fault(block, cursor.at) {
            return Some(Err(fault));
        }
        if self.cells.len() != plan.columns().len() {
            self.cells.resize(plan.columns().len(), RawCell::ABSENT);
        }
        self.cells.fill(RawCell::ABSENT);
        let record = match self.layout {
            Layout::Json => self.object(plan, block, text, cursor),
            Layout::Csv { delimiter, .. } => self.row(delimiter, block, text, cursor),
        };
        record.or_else(|| cursor.fault(block, usize::MAX).map(Err))
    }

    /// Calls `each` with every record of a block, in order.
    pub fn split(&mut self, plan: &Plan, block: &Block, text: &str, mut each: impl FnMut(Result<RawLead, RowError>)) {
        let mut cursor = Cursor::default();
        while let Some(record) = self.next(plan, block, text, &mut cursor) {
            each(record);
        }
    }

    fn object<'a>(
        &'a mut self,
        plan: &Plan,
        block: &Block,
        text: &'a str,
        cursor: &mut Cursor,
    ) -> Option<Result<RawLead<'a>, RowError>> {
        let (start, line) = loop {
            let rest = text.get(cursor.at..).filter(|rest| !rest.is_empty())?;
            let width = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |newline| newline + 1);
            let (start, line) = (cursor.at, rest.get(..width).unwrap_or(rest).trim_ascii_end());
            cursor.at += width;
            cursor.lines += 1;
            if !line.is_empty() {
                break (start, line);
            }
        };
        let number = block.lines.get(cursor.records).copied().unwrap_or(block.first_line + cursor.lines - 1);
        cursor.records += 1;
        let rest = text.as_bytes().get(start..).unwrap_or(&[]);
        Some(match self.objects.split(plan, rest, line.len(), start, &mut self.cells) {
            Ok(()) => Ok(RawLead {
                text,
                cells: &self.cells,
                start,
                end: start + line.len(),
                line: number,
                short_of: None,
                repeated: self.objects.repeated,
            }),
            Err(json::Fault { at, expected }) => Err(match line.get(at..).unwrap_or("") {
                "" => RowError::new(number, line, format!("{expected}; the line ends before")),
                found => RowError::new(number, found, expected),
            }),
        })
    }

    fn row<'a>(
        &'a mut self,
        delimiter: u8,
        block: &Block,
        text: &'a str,
        cursor: &mut Cursor,
    ) -> Option<Result<RawLead<'a>, RowError>> {
        let bytes = text.as_bytes();
        let (start, end) = match csv::record(bytes, cursor.at, delimiter, &mut self.row) {
            Scan::Record { start, end } => (start, Some(end)),
            Scan::OpenQuote { start } => (start, None),
            Scan::End => return None,
        };
        let line = block.first_line + cursor.lines + newlines(bytes, cursor.at, start);
        let line_end =
            |from| memchr::memchr(b'\n', bytes.get(from..).unwrap_or(&[])).map_or(bytes.len(), |end| from + end + 1);
        let behind = end.unwrap_or_else(|| line_end(start));
        cursor.lines += newlines(bytes, cursor.at, behind);
        cursor.at = behind;
        let record = text.get(start..behind).unwrap_or("");
        if end.is_none() {
            // Only the line that opens the quote is lost.
            return Some(Err(RowError::new(
                line,
                record,
                "a closing quote: one is opened in this line and never closed",
            )));
        }
        let Layout::Csv { header, .. } = &self.layout else { return None };
        for (cell, column) in self.row.iter().zip(header.iter()) {
            if let Some(slot) = column.and_then(|column| self.cells.get_mut(column as usize)) {
                let form = if cell.escaped { Form::CsvEscaped } else { Form::Plain };
                *slot = RawCell { start: cell.start, end: cell.end, form };
            }
        }
        let (width, found) = (header.len(), self.row.len());
        if self.row.iter().skip(width).any(|cell| !cell.text(text).trim().is_empty()) {
            let expected = format!("{width} cells, as in the header; there are {found}");
            return Some(Err(RowError::new(line, record, expected)));
        }
        Some(Ok(RawLead {
            text,
            cells: &self.cells,
            start,
            end: behind,
            line,
            short_of: (found < width).then_some((found as u32, width as u32)),
            repeated: None,
        }))
    }
}

fn newlines(bytes: &[u8], from: usize, to: usize) -> u64 {
    memchr::memchr_iter(b'\n', bytes.get(from..to).unwrap_or(&[])).count() as u64
}
