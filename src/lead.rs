//! Leads from files and streams: CSV, JSON lines and JSON, plain or compressed, in any of the usual encodings.
//!
//! ```text
//! bytes --file--> blocks of whole records --split--> raw leads --values--> leads
//!                        (any thread from here on)
//! ```
//!
//! Nothing is dropped: every record of a file becomes a [`Lead`] or a [`RowError`], in order. Whatever a value is, the lead goes on: a bad value
//! is missing and told in [`Lead::faults`].

mod block;
mod elements;
mod file;
mod json;
mod pairs;
mod plan;
mod raw;
mod split;
mod stream;
mod values;

pub use block::Block;
pub use file::{LeadFile, LeadFormat, OpenError};
pub use pairs::UnknownName;
pub use plan::Plan;
pub use raw::{Form, RawCell, RawLead};
pub use split::{Cursor, Layout, Splitter};
pub use values::DateOrders;

use crate::policy::{FieldId, Value};
use smol_str::SmolStr;

/// A lead whose values were read.
#[derive(Debug, Clone, PartialEq)]
pub struct Lead {
    /// By place in the policy's fields.
    pub values: Vec<Value>,
    /// Values that are not of their field's type, and required ones that are missing.
    pub faults: Vec<BadValue>,
    /// What was mended on the way.
    pub notes: Vec<Note>,
    /// The line of the file on which its record starts, from 1.
    pub line: u64,
    /// What the field `id` holds, as found; empty where there is none.
    pub id: SmolStr,
}

impl Lead {
    /// Whether a required field is missing or bad, so that the lead cannot be routed by rules.
    pub fn is_bad(&self) -> bool {
        self.faults.iter().any(|fault| fault.required)
    }
}

/// A value that was treated as missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadValue {
    pub field: FieldId,
    /// As found, cut short where it is long; empty where a required value is missing.
    pub raw: String,
    /// In the user's words, to stand behind "expected".
    pub expected: String,
    pub required: bool,
}

/// Something that was mended, in the user's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// `None` for the row as a whole.
    pub field: Option<FieldId>,
    pub text: String,
}

/// A record that is not a lead at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// From 1.
    pub line: u64,
    /// What was found, cut short where it is long.
    pub found: String,
    /// In the user's words, to stand behind "expected".
    pub expected: String,
}

impl RowError {
    pub(crate) fn new(line: u64, found: &str, expected: impl Into<String>) -> Self {
        RowError { line, found: clip(found), expected: expected.into() }
    }
}

/// What messages show of a text that may be very long.
fn clip(text: &str) -> String {
    const SHOWN: usize = 120;
    let text = text.trim_end_matches(['\r', '\n']);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or("")),
        None => text.to_string(),
    }
}

/// Reads the leads of a file one after the other.
#[derive(Debug)]
pub struct LeadReader<'a> {
    plan: &'a Plan,
    file: LeadFile<'a>,
    splitter: Splitter,
    block: Block,
    /// Of the block.
    text: String,
    cursor: Cursor,
}

impl<'a> LeadReader<'a> {
    pub fn new(plan: &'a Plan, file: LeadFile<'a>) -> Self {
        let splitter = file.splitter();
        LeadReader { plan, file, splitter, block: Block::default(), text: String::new(), cursor: Cursor::default() }
    }

    /// What is to be said about the file as a whole, so far; complete at its end.
    pub fn warnings(&self) -> Vec<String> {
        self.file.warnings(self.plan, [&self.splitter])
    }

    /// Why the file ended before its end, where it could not be read on; there was a [`RowError`] for it too.
    pub fn failure(&self) -> Option<&str> {
        self.file.failure()
    }

    fn next_block(&mut self) -> bool {
        let more = self.file.next_block(&mut self.block);
        if more {
            let (text, note) = self.block.text();
            self.text.clear();
            self.text.push_str(&text);
            self.file.notice(note);
            self.cursor = Cursor::default();
        }
        more
    }
}

impl Iterator for LeadReader<'_> {
    type Item = Result<Lead, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(record) = self.splitter.next(self.plan, &self.block, &self.text, &mut self.cursor) {
                return Some(record.map(|raw| self.plan.lead(&raw, self.file.dates())));
            }
            if !self.next_block() {
                return None;
            }
        }
    }
}
