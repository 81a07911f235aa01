//! What is wrong with the text of a policy, in words for its author.

use super::ast::Op;
use super::rule_names::Words;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// Where the grammar could not go on.
#[derive(Debug)]
pub struct Failure<'t> {
    pub file: FileId,
    /// The whole file.
    pub text: &'t str,
    /// The byte at which nothing fits.
    pub at: usize,
    /// What was not understood: from here ...
    pub start: usize,
    /// ... to here.
    pub end: usize,
    /// It is a whole item rather than a clause.
    pub item: bool,
    /// What would have fitted.
    pub expected: Vec<Words>,
}

pub fn syntax_error(failure: &Failure<'_>) -> Diagnostic {
    let span = Span::new(failure.file, failure.at, failure.at + 1);
    let words: Vec<String> = failure.expected.iter().map(|w| format!("{w:?}")).collect();
    Diagnostic::error("syntax-error", span, format!("expected {}", words.join(", ")))
}

pub fn not_understood(span: Span) -> Diagnostic {
    Diagnostic::error("syntax-error", span, "this cannot be read here")
}
pub fn file_too_long(file: FileId) -> Diagnostic {
    Diagnostic::error("file-too-long", Span::new(file, 0, 0), "a policy file has less than 4 GiB")
}
pub fn bad_value(code: &'static str, span: Span, token: &str, why: &str) -> Diagnostic {
    Diagnostic::error(code, span, format!("`{token}` {why}"))
}
pub fn mixed_and_or(span: Span, _other: Span, _terms: &[&str], _ands: &[bool]) -> Diagnostic {
    Diagnostic::error("mixed-and-or", span, "`and` and `or` are mixed without brackets")
}
pub fn mixed_calendars(span: Span, _other: Span) -> Diagnostic {
    Diagnostic::error("mixed-and-or", span, "`and`, `or` and `except` are mixed without brackets")
}
pub fn several_values(op: Op, span: Span) -> Diagnostic {
    Diagnostic::error("syntax-error", span, format!("`{}` takes one value", op.text()))
}
pub fn no_function(span: Span) -> Diagnostic {
    Diagnostic::error("syntax-error", span, "a function is one word")
}
pub fn other_spelling(span: Span, found: &str, right: &str) -> Diagnostic {
    Diagnostic::error("syntax-error", span, format!("`{found}` is written `{right}`"))
}
pub fn twice(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error("syntax-error", span, format!("`{what}` is written twice"))
}
pub fn invisible(file: FileId, _text: &str, start: usize, end: usize) -> Diagnostic {
    Diagnostic::error("bad-character", Span::new(file, start, end), "an invisible character")
}
pub fn unclosed_text(file: FileId, _text: &str, start: usize, end: usize) -> Diagnostic {
    Diagnostic::error("unclosed-text", Span::new(file, start, end), "a text has no closing quote")
}
pub fn nested_too_deep(span: Span, most: usize) -> Diagnostic {
    Diagnostic::error("nested-too-deep", span, format!("brackets nest deeper than {most}"))
}
pub fn extra_brace(span: Span) -> Diagnostic {
    Diagnostic::error("unclosed-block", span, "this `}` closes nothing")
}
pub fn unclosed_block(file: FileId, _text: &str, open: usize) -> Diagnostic {
    Diagnostic::error("unclosed-block", Span::new(file, open, open + 1), "this block is not closed")
}
