//! Whole records in blocks: what one thread works on at a time.

use crate::data::encoding::{self, Encoding};
use crate::lead::RowError;
use encoding_rs::WINDOWS_1252;
use std::borrow::Cow;

/// Some whole records of a file, in order.
#[derive(Debug, Clone, Default)]
pub struct Block {
    pub(super) bytes: Vec<u8>,
    /// The line of the file on which the block starts, from 1.
    pub first_line: u64,
    /// The line on which each record starts, where records were cut out of a JSON text; else lines are counted.
    pub(super) lines: Vec<u64>,
    /// Records that could not be cut out, before the byte of the block at which they would stand; ascending.
    pub(super) faults: Vec<(usize, RowError)>,
    /// The file says that it is UTF-8.
    pub(super) marked: bool,
}

impl Block {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.lines.clear();
        self.faults.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.faults.is_empty()
    }

    /// The text: borrowed where the bytes are UTF-8, else decoded, and what was noticed then. It depends on this block alone, so that
    /// threads come to the same text in any order.
    pub fn text(&self) -> (Cow<'_, str>, Option<String>) {
        if let Ok(text) = simdutf8::basic::from_utf8(&self.bytes) {
            let note = memchr::memchr(0, &self.bytes).map(|at| {
                let before = memchr::memchr_iter(b'\n', self.bytes.get(..at).unwrap_or(&[])).count() as u64;
                format!(
                    "line {}: holds the character NUL, which is kept as part of its value",
                    self.first_line + before
                )
            });
            return (Cow::Borrowed(text), note);
        }
        let line = self.first_line + invalid_line(&self.bytes);
        if self.marked || encoding::of_invalid(&self.bytes) == Encoding::Utf8 {
            let note = format!("line {line}: some bytes are not UTF-8; each is read as `\u{fffd}`");
            return (String::from_utf8_lossy(&self.bytes), Some(note));
        }
        let note = format!("line {line}: read as Windows-1252, since it is not UTF-8");
        (WINDOWS_1252.decode_without_bom_handling(&self.bytes).0, Some(note))
    }
}

/// How many lines stand before the first byte that is not UTF-8.
fn invalid_line(bytes: &[u8]) -> u64 {
    let valid = bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
    memchr::memchr_iter(b'\n', bytes.get(..valid).unwrap_or(&[])).count() as u64
}
