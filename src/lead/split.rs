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

/// Splits blocks into raw leads.
#[derive(Debug, Clone)]
pub struct Splitter {
    layout: Layout,
    cells: Vec<RawCell>,
    row: Vec<Cell>,
    objects: Objects,
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

    /// Calls `each` with every record of a block in order: a lead as found, or why it is none. `text` is [`Block::text`].
    pub fn split(&mut self, plan: &Plan, block: &Block, text: &str, mut each: impl FnMut(Result<RawLead, RowError>)) {
        let mut faults = block.faults.iter().peekable();
        self.cells.resize(plan.columns().len(), RawCell::ABSENT);
        let mut faults_before = |at: usize, each: &mut dyn FnMut(Result<RawLead, RowError>)| {
            while let Some((_, fault)) = faults.next_if(|(place, _)| *place <= at) {
                each(Err(fault.clone()));
            }
        };
        match &self.layout {
            Layout::Csv { delimiter, header } => {
                let (delimiter, header) = (*delimiter, Arc::clone(header));
                self.rows(delimiter, &header, block, text, &mut each);
            }
            Layout::Json => {
                let mut lines = Lines { rest: text, at: 0, number: block.first_line, listed: &block.lines, record: 0 };
                while let Some((start, line, number)) = lines.next() {
                    if !block.faults.is_empty() {
                        faults_before(start, &mut each);
                    }
                    self.cells.fill(RawCell::ABSENT);
                    let split = self.objects.split(plan, line.as_bytes(), start, &mut self.cells);
                    each(match split {
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
                    });
                }
            }
        }
        faults_before(usize::MAX, &mut each);
    }

    fn rows(
        &mut self,
        delimiter: u8,
        header: &[Option<u32>],
        block: &Block,
        text: &str,
        each: &mut impl FnMut(Result<RawLead, RowError>),
    ) {
        let bytes = text.as_bytes();
        let (mut at, mut counted, mut line) = (0, 0, block.first_line);
        loop {
            let scan = csv::record(bytes, at, delimiter, &mut self.row);
            let (Scan::Record { start, .. } | Scan::OpenQuote { start }) = scan else { return };
            line += newlines(bytes, counted, start);
            counted = start;
            let Scan::Record { end, .. } = scan else {
                let rest = bytes.get(start..).unwrap_or(&[]);
                at = memchr::memchr(b'\n', rest).map_or(bytes.len(), |end| start + end + 1);
                let found = text.get(start..at).unwrap_or("");
                each(Err(RowError::new(line, found, "a closing quote: one is opened in this line and never closed")));
                continue;
            };
            at = end;
            self.cells.fill(RawCell::ABSENT);
            for (cell, column) in self.row.iter().zip(header) {
                if let Some(slot) = column.and_then(|column| self.cells.get_mut(column as usize)) {
                    let form = if cell.escaped { Form::CsvEscaped } else { Form::Plain };
                    *slot = RawCell { start: cell.start, end: cell.end, form };
                }
            }
            let (width, found) = (header.len(), self.row.len());
            let too_many = found > width && self.row.iter().skip(width).any(|cell| !cell.text(text).trim().is_empty());
            each(match too_many {
                true => {
                    let row = text.get(start..end).unwrap_or("");
                    Err(RowError::new(line, row, format!("{width} cells, as in the header; there are {found}")))
                }
                false => Ok(RawLead {
                    text,
                    cells: &self.cells,
                    start,
                    end,
                    line,
                    short_of: (found < width).then_some((found as u32, width as u32)),
                    repeated: None,
                }),
            });
        }
    }
}

fn newlines(bytes: &[u8], from: usize, to: usize) -> u64 {
    memchr::memchr_iter(b'\n', bytes.get(from..to).unwrap_or(&[])).count() as u64
}

/// The lines of a block that are not blank, each with its place and number.
struct Lines<'a> {
    rest: &'a str,
    at: usize,
    number: u64,
    listed: &'a [u64],
    record: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<(usize, &'a str, u64)> {
        while !self.rest.is_empty() {
            let width = memchr::memchr(b'\n', self.rest.as_bytes());
            let (line, rest) = match width.and_then(|width| self.rest.split_at_checked(width + 1)) {
                Some((line, rest)) => (line, rest),
                None => (self.rest, ""),
            };
            let (start, number) = (self.at, self.listed.get(self.record).copied().unwrap_or(self.number));
            self.rest = rest;
            self.at += line.len();
            self.number += 1;
            self.record += 1;
            let line = line.trim_ascii_end();
            if !line.is_empty() {
                return Some((start, line, number));
            }
        }
        None
    }
}
