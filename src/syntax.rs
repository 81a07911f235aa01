//! Text to tree: parsing never fails, a broken item is one item lost and one or more diagnostics.
//!
//! ```text
//!  text --scan--> comments, pieces --parser--> items
//!                     |                  |
//!                     +-- diagnostics ---+
//! ```

pub mod ast;
mod literal;
mod messages;
mod parser;
mod rule_names;
mod scan;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, Span};
use scan::Piece;
use smol_str::SmolStr;

/// A file that was read, whatever is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Parsed {
    pub file: ast::File,
    /// In the order of the text.
    pub comments: Vec<Comment>,
    /// In the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// Where each item, each clause of a block and each entry of a list in braces starts, in bytes and in order: what a printer needs
    /// to know of the layout and the tree leaves out.
    pub starts: Vec<u32>,
}

impl Parsed {
    /// Whether something was not understood, so that the tree is less than the text.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// A comment from its `#` to the end of its line, without the blanks there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub span: Span,
    pub text: SmolStr,
}

/// A text past this is not read, so that memory stays bounded: reading needs some sixty bytes for each of the text. It is room for a
/// hundred thousand rules.
const LONGEST: usize = 16 << 20;

/// Whether a word holds a policy together, so that a name that is spelled so stands in quotes.
pub fn is_reserved(word: &str) -> bool {
    messages::RESERVED.contains(&word)
}

/// Reads one policy file. Takes time and memory in proportion to the text.
pub fn parse(file: FileId, text: &str) -> Parsed {
    if text.len() > LONGEST {
        return Parsed { diagnostics: vec![messages::file_too_long(file)], ..Parsed::default() };
    }
    let scan::Scan { comments, pieces, diagnostics } = scan::scan(file, text);
    let mut parsed = Parsed { comments, diagnostics, ..Parsed::default() };
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let before = (parsed.file.items.len(), parsed.diagnostics.len(), parsed.starts.len());
        let whole = parser::parse_piece(file, text, piece, &mut parsed);
        let rest = pieces.get(at..).filter(|_| !whole).unwrap_or(&[]);
        at += 1;
        if let Some((joined, count)) = joined(text, rest) {
            parsed.file.items.truncate(before.0);
            parsed.diagnostics.truncate(before.1);
            parsed.starts.truncate(before.2);
            parser::parse_piece(file, text, &joined, &mut parsed);
            at += count - 1;
        }
    }
    parsed.diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    parsed.starts.sort_unstable();
    parsed
}

/// How many pieces may make up one item: a bound for texts that no one writes.
const MAX_JOINED: usize = 64;

/// The first pieces as one, and how many, where that reads: the item goes on with a word in column 0 that could start another.
fn joined(text: &str, pieces: &[Piece]) -> Option<(Piece, usize)> {
    let (first, others) = pieces.split_first()?;
    let is_plain = |piece: &Piece| piece.mended.is_none() && !piece.hopeless;
    let mut others = others.iter().take_while(|piece| is_plain(first) && is_plain(piece));
    for count in 2..=MAX_JOINED {
        let last = others.next()?;
        match parser::is_items(text.get(first.start..last.end)?) {
            Ok(()) => return Some((Piece { start: first.start, end: last.end, mended: None, hopeless: false }, count)),
            Err(at) if first.start + at < last.start => return None,
            Err(_) => {}
        }
    }
    None
}
