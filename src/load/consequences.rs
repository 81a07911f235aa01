//! Findings that only follow from text that could not be read: a lost clause is no reason to say that its name is unknown.
//!
//! What was lost is what stands around each error of reading, from the clause or item before that was read to the one behind. A finding
//! is left out where the words that were lost may hold what it misses, or where it misses a part of an item that lost some.

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, Sources, Span};
use crate::syntax::Parsed;
use rustc_hash::FxHashSet;
use std::ops::Range;

/// Leaves out of `checked` what may be wrong only because something else could not be read, as `read` says.
pub(super) fn leave_out(
    checked: &mut Vec<Diagnostic>,
    read: &[Diagnostic],
    sources: &Sources,
    files: &[(FileId, Parsed)],
) {
    let lost = Lost::all(read, files);
    if lost.is_empty() {
        return;
    }
    let a_file_is_lost =
        read.iter().any(|found| matches!(found.code, "include-not-found" | "include-outside" | "file-too-long"));
    let words: FxHashSet<&str> = lost.iter().flat_map(|lost| lost.words(sources)).collect();
    checked.retain(|found| {
        let place = found.primary.span;
        let name = sources.slice(place).trim_matches('"');
        let named = || a_file_is_lost || self::words(name).all(|word| words.contains(word));
        let in_its_item = || lost.iter().any(|lost| lost.is_in_item_of(place));
        !match found.code {
            "unknown-name" | "unused" => named(),
            "no-main-route" => a_file_is_lost || words.contains("main") || words.contains("route"),
            "unreachable" => named() || in_its_item(),
            "missing-part" | "no-fallback" | "no-members" | "no-otherwise" => in_its_item(),
            _ => false,
        }
    });
}

/// The words of a text; a quoted name may be several.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

/// A stretch of text that was not read.
pub(super) struct Lost {
    file: FileId,
    bytes: Range<u32>,
    /// The item that it is a part of, where that was read apart from it.
    pub item: Option<Span>,
}

impl Lost {
    /// What the errors of reading lost.
    pub fn all(read: &[Diagnostic], files: &[(FileId, Parsed)]) -> Vec<Lost> {
        read.iter()
            .filter(|found| found.severity == Severity::Error)
            .filter_map(|found| {
                let (_, parsed) = files.iter().find(|(id, _)| *id == found.primary.span.file)?;
                Some(Lost::around(found.primary.span, parsed))
            })
            .collect()
    }

    pub fn touches(&self, place: Span) -> bool {
        self.file == place.file && self.bytes.start <= place.end && place.start < self.bytes.end
    }

    pub fn holds(&self, place: Span) -> bool {
        self.file == place.file && self.bytes.start <= place.start && place.end <= self.bytes.end
    }

    fn around(error: Span, parsed: &Parsed) -> Lost {
        let behind = parsed.starts.partition_point(|&start| start <= error.start);
        let last_start = behind.checked_sub(1).and_then(|before| parsed.starts.get(before)).copied().unwrap_or(0);
        let end = parsed.starts.get(behind).copied().unwrap_or(u32::MAX);
        let items = &parsed.file.items;
        let place = items.partition_point(|item| item.span.end <= error.start);
        let last_end = place.checked_sub(1).and_then(|before| items.get(before)).map_or(0, |item| item.span.end);
        let start = last_start.max(last_end);
        let item = items.get(place).map(|item| item.span).filter(|item| item.start <= error.start);
        Lost { file: error.file, bytes: start..end, item }
    }

    pub fn words<'s>(&self, sources: &'s Sources) -> impl Iterator<Item = &'s str> {
        let text = sources.get(self.file).map_or("", |file| &file.text);
        let (start, end) = (self.bytes.start as usize, (self.bytes.end as usize).min(text.len()));
        words(text.get(start..end).unwrap_or(""))
    }

    fn is_in_item_of(&self, place: Span) -> bool {
        self.file == place.file && self.item.is_some_and(|item| (item.start..=item.end).contains(&place.start))
    }
}
