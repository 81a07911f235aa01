//! One look at the text before the grammar: comments, where the items are, whether brackets and quotes close.
//!
//! ```text
//!  text --marks--> comments
//!                  pieces: the items, cut at the words that start one in column 0
//!                  what is wrong with brackets, quotes and characters, said once and mended where a guess is safe
//! ```
//! A piece is read on its own, so that one that cannot be read costs no other. While the brackets of a file balance they say where
//! an item ends; when they do not, column 0 does.

use super::{Comment, messages};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// How deep brackets may nest. People write three levels; the reader of the tree recurses.
const MAX_DEPTH: usize = 64;

/// The words that start an item.
pub const ITEM_WORDS: [&str; 26] = [
    "include",
    "policy",
    "lead",
    "status",
    "list",
    "let",
    "records",
    "segment",
    "segments",
    "score",
    "grade",
    "territories",
    "calendar",
    "team",
    "queue",
    "pool",
    "sla",
    "exclude",
    "returning",
    "table",
    "route",
    "tier",
    "experiment",
    "guarantee",
    "goal",
    "test",
];

/// The words that go on with what stands before them, so that no item starts with them.
const GOES_ON: [&str; 11] = ["and", "or", "not", "in", "is", "of", "when", "from", "unless", "then", "else"];

/// What a scan finds.
#[derive(Debug, Default)]
pub struct Scan {
    pub comments: Vec<Comment>,
    pub pieces: Vec<Piece>,
    pub diagnostics: Vec<Diagnostic>,
}

/// A run of text that holds whole items, by bytes.
#[derive(Debug)]
pub struct Piece {
    pub start: usize,
    pub end: usize,
    /// The piece with its brackets mended, of the same length but perhaps for one byte at the end; nothing where none is needed.
    pub mended: Option<String>,
    /// It holds a mistake that would only confuse the grammar: it is not read.
    pub hopeless: bool,
}

/// What matters in a text before it has a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MarkKind {
    Comment,
    Quoted {
        closed: bool,
    },
    Open,
    Close,
    ParenOpen,
    ParenClose,
    /// A lower-case word that is the first on its line.
    Word,
    /// A character that is in no policy outside quotes and is not seen on a screen.
    Invisible,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    kind: MarkKind,
    start: usize,
    end: usize,
    /// How many blanks its line starts with.
    indent: usize,
    /// Only blanks stand before it on its line.
    first: bool,
}

/// The marks of a text, in order, in one pass.
struct Marks<'t> {
    bytes: &'t [u8],
    at: usize,
    line_start: usize,
    indent: usize,
}

impl<'t> Marks<'t> {
    fn new(text: &'t str) -> Self {
        let mut marks = Marks { bytes: text.as_bytes(), at: 0, line_start: 0, indent: 0 };
        marks.start_line(if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 });
        marks
    }

    fn start_line(&mut self, at: usize) {
        let line = self.bytes.get(at..).unwrap_or(&[]);
        self.at = at;
        self.line_start = at;
        self.indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn end_of_line(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or(&[]);
        memchr::memchr2(b'\n', b'\r', rest).map_or(self.bytes.len(), |offset| from + offset)
    }

    /// The end of the text that opens at `from`, and whether a quote closes it on its line.
    fn end_of_quoted(&self, from: usize) -> (usize, bool) {
        let mut at = from + 1;
        while at < self.bytes.len() {
            match self.byte(at) {
                b'"' => return (at + 1, true),
                b'\\' if !matches!(self.byte(at + 1), b'\n' | b'\r') => at += 2,
                b'\n' | b'\r' => return (at, false),
                _ => at += 1,
            }
        }
        (self.bytes.len(), false)
    }

    fn end_of_word(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or(&[]);
        from + rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()
    }

    /// The length of an invisible character at `at`, 0 where there is none.
    fn invisible(&self, at: usize) -> usize {
        match self.bytes.get(at..) {
            Some([0xC2, 0xA0, ..]) => 2,
            Some([0xE2, 0x80, 0x8B, ..] | [0xEF, 0xBB, 0xBF, ..]) => 3,
            Some([0..=0x1F, ..]) => 1,
            _ => 0,
        }
    }
}

impl Iterator for Marks<'_> {
    type Item = Mark;

    fn next(&mut self) -> Option<Mark> {
        while let Some(&byte) = self.bytes.get(self.at) {
            let start = self.at;
            let (kind, end) = match byte {
                b'\n' | b'\r' => {
                    self.start_line(start + 1);
                    continue;
                }
                b'#' => (MarkKind::Comment, self.end_of_line(start)),
                b'"' => {
                    let (end, closed) = self.end_of_quoted(start);
                    (MarkKind::Quoted { closed }, end)
                }
                b'{' => (MarkKind::Open, start + 1),
                b'}' => (MarkKind::Close, start + 1),
                b'(' => (MarkKind::ParenOpen, start + 1),
                b')' => (MarkKind::ParenClose, start + 1),
                b'a'..=b'z' if start == self.line_start + self.indent => (MarkKind::Word, self.end_of_word(start)),
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b' ' | b'\t' => {
                    self.at += 1;
                    continue;
                }
                _ => match self.invisible(start) {
                    0 => {
                        self.at += 1;
                        continue;
                    }
                    length => (MarkKind::Invisible, start + length),
                },
            };
            self.at = end;
            let first = start == self.line_start + self.indent;
            return Some(Mark { kind, start, end, indent: self.indent, first });
        }
        None
    }
}

/// Scans the text of one file.
pub fn scan(file: FileId, text: &str) -> Scan {
    let columns_decide = !brackets_balance(text);
    let mut scan = Scan::default();
    let mut piece = PieceScan::new(0);
    for mark in Marks::new(text) {
        let word = text.get(mark.start..mark.end).unwrap_or("");
        if let MarkKind::Comment | MarkKind::Quoted { .. } = mark.kind
            && let Some(at) = word.bytes().position(|byte| byte < b' ' && byte != b'\t')
        {
            piece.invisible.get_or_insert((mark.start + at, mark.start + at + 1));
        }
        if mark.kind == MarkKind::Word {
            let may_start = columns_decide || piece.braces.is_empty();
            if may_start && mark.indent == 0 && ITEM_WORDS.contains(&word) {
                let done = std::mem::replace(&mut piece, PieceScan::new(mark.start));
                done.finish(file, text, mark.start, &mut scan);
                continue;
            }
        }
        if mark.kind == MarkKind::Comment {
            let comment = word.trim_end_matches(is_blank);
            let span = Span::new(file, mark.start, mark.start + comment.len());
            scan.comments.push(Comment { span, text: comment.into() });
            continue;
        }
        piece.see(mark);
    }
    piece.finish(file, text, text.len(), &mut scan);
    scan
}

/// Where to go on reading after the item at `from` could not be read: the next line outside brackets that starts with a word, is not
/// further indented than that item and does not go on with it; or the end.
pub fn next_item(text: &str, from: usize, indent: usize) -> usize {
    let rest = text.get(from..).unwrap_or("");
    let Some(newline) = rest.find(['\n', '\r']) else { return text.len() };
    let mut depth = 0_usize;
    // The marks start with the item, for it may open brackets on its first line.
    for mark in Marks::new(rest) {
        match mark.kind {
            MarkKind::Open => depth += 1,
            MarkKind::Close => depth = depth.saturating_sub(1),
            MarkKind::Word if depth == 0 && mark.start > newline && mark.indent <= indent => {
                let word = rest.get(mark.start..mark.end).unwrap_or("");
                if !GOES_ON.contains(&word) {
                    return from + mark.start;
                }
            }
            _ => {}
        }
    }
    text.len()
}

fn brackets_balance(text: &str) -> bool {
    let mut depth = 0_usize;
    for mark in Marks::new(text) {
        match mark.kind {
            MarkKind::Open => depth += 1,
            MarkKind::Close => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            },
            MarkKind::Quoted { closed: false } => return false,
            _ => {}
        }
    }
    depth == 0
}

/// A brace that is open: where it is and how far its line is indented.
#[derive(Debug, Clone, Copy)]
struct OpenBrace {
    at: usize,
    indent: usize,
    /// How far the first line of the block is indented.
    inner: Option<usize>,
}

/// What is known of a piece while its marks go by.
#[derive(Debug)]
struct PieceScan {
    start: usize,
    braces: Vec<OpenBrace>,
    parens: usize,
    deepest: usize,
    too_deep_at: Option<usize>,
    unclosed_text: Vec<(usize, usize)>,
    invisible: Option<(usize, usize)>,
    /// The first line of an indented block that is indented no more than the line of its `{`: the block should have been closed.
    outdented: Option<(OpenBrace, usize)>,
    /// The first `}` that opens its line right of the line of its `{`: it is one too many.
    indented: Option<usize>,
    /// The first `}` without a `{`.
    extra: Option<usize>,
}

impl PieceScan {
    fn new(start: usize) -> Self {
        PieceScan {
            start,
            braces: Vec::new(),
            parens: 0,
            deepest: 0,
            too_deep_at: None,
            unclosed_text: Vec::new(),
            invisible: None,
            outdented: None,
            indented: None,
            extra: None,
        }
    }

    fn see(&mut self, mark: Mark) {
        match mark.kind {
            MarkKind::Open => {
                self.braces.push(OpenBrace { at: mark.start, indent: mark.indent, inner: None });
                self.parens = 0;
            }
            MarkKind::Close => self.close(mark),
            MarkKind::ParenOpen => self.parens += 1,
            MarkKind::ParenClose => self.parens = self.parens.saturating_sub(1),
            MarkKind::Quoted { closed: false } => self.unclosed_text.push((mark.start, mark.end)),
            MarkKind::Invisible => {
                self.invisible.get_or_insert((mark.start, mark.end));
            }
            MarkKind::Word => self.line(mark),
            MarkKind::Comment | MarkKind::Quoted { closed: true } => {}
        }
        let depth = self.braces.len() + self.parens;
        if depth > self.deepest {
            self.deepest = depth;
            if depth == MAX_DEPTH + 1 {
                self.too_deep_at = Some(mark.start);
            }
        }
    }

    /// A line that starts with a word.
    fn line(&mut self, mark: Mark) {
        let Some(open) = self.braces.last_mut() else { return };
        let inner = *open.inner.get_or_insert(mark.indent);
        if inner > open.indent && mark.indent <= open.indent && self.outdented.is_none() {
            self.outdented = Some((*open, mark.start));
        }
    }

    fn close(&mut self, brace: Mark) {
        self.parens = 0;
        let Some(open) = self.braces.pop() else {
            self.extra.get_or_insert(brace.start);
            return;
        };
        if brace.first && brace.indent < open.indent && self.outdented.is_none() {
            self.outdented = Some((open, brace.start));
        }
        if brace.first && brace.indent > open.indent && self.indented.is_none() {
            self.indented = Some(brace.start);
        }
    }

    fn finish(self, file: FileId, text: &str, end: usize, scan: &mut Scan) {
        let mut piece = Piece { start: self.start, end, mended: None, hopeless: false };
        if let Some((start, end)) = self.invisible {
            messages::tell(&mut scan.diagnostics, messages::invisible(file, text, start, end));
        }
        for (start, end) in &self.unclosed_text {
            messages::tell(&mut scan.diagnostics, messages::unclosed_text(file, *start, *end));
        }
        if let Some(at) = self.too_deep_at {
            messages::tell(&mut scan.diagnostics, messages::nested_too_deep(Span::new(file, at, at + 1), MAX_DEPTH));
            piece.hopeless = true;
        } else if !self.unclosed_text.is_empty() {
            // The quote may have eaten a brace: nothing that the grammar says past it can be trusted.
            piece.hopeless = self.extra.is_some() || !self.braces.is_empty();
        } else if let Some(extra) = self.extra {
            let at = self.indented.unwrap_or(extra);
            messages::tell(&mut scan.diagnostics, messages::extra_brace(Span::new(file, at, at + 1)));
            piece.mended = replace_byte(text, &piece, at, ' ');
            piece.hopeless = piece.mended.is_none();
        } else if let Some(last) = self.braces.last() {
            let (open, before) = self.outdented.unwrap_or((*last, end));
            messages::tell(&mut scan.diagnostics, messages::unclosed_block(file, text, open.at));
            if self.braces.len() == 1 {
                let at = end_of_code(text, &scan.comments, before);
                piece.mended = replace_byte(text, &piece, at, '}');
            }
            piece.hopeless = piece.mended.is_none();
        }
        scan.pieces.push(piece);
    }
}

/// The piece with one ASCII character in place of the brace or the white space at `at`, so that all others keep their place; one past its
/// end is added.
fn replace_byte(text: &str, piece: &Piece, at: usize, with: char) -> Option<String> {
    let mut mended = String::with_capacity(piece.end - piece.start + 1);
    mended.push_str(text.get(piece.start..at)?);
    mended.push(with);
    if at < piece.end {
        if !matches!(text.as_bytes().get(at), Some(b'}' | b' ' | b'\t' | b'\r' | b'\n')) {
            return None;
        }
        mended.push_str(text.get(at + 1..piece.end)?);
    }
    Some(mended)
}

/// Where the code before `end` ends: before the white space and the comments that stand there.
pub fn end_of_code(text: &str, comments: &[Comment], end: usize) -> usize {
    let mut end = end.min(text.len());
    loop {
        let code = text.get(..end).unwrap_or("").trim_end_matches(is_blank);
        let comment = comments.binary_search_by(|comment| (comment.span.end as usize).cmp(&code.len()));
        match comment.ok().and_then(|found| comments.get(found)) {
            Some(comment) => end = comment.span.start as usize,
            None => return code.len(),
        }
    }
}

/// What the grammar skips.
pub fn is_blank(letter: char) -> bool {
    matches!(letter, '\0'..=' ' | '\u{A0}' | '\u{FEFF}' | '\u{200B}')
}

/// How far the line of `at` is indented, if `at` is the first on it.
pub fn indent_before(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?;
    let line = before.trim_end_matches([' ', '\t']);
    (line.is_empty() || line.ends_with(['\n', '\r', '\u{FEFF}'])).then(|| before.len() - line.len())
}

/// Whether only blanks stand before `at` on its line.
pub fn opens_line(text: &str, at: usize) -> bool {
    indent_before(text, at).is_some()
}

/// Where the line of `at` starts.
pub fn line_start(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or(&[]);
    memchr::memrchr2(b'\n', b'\r', before).map_or(0, |newline| newline + 1)
}
