//! What is wrong with the text of a policy, in words for its author.

mod failure;

pub use failure::{Failure, RESERVED, syntax_error};

use super::ast::Op;
use super::{literal, scan};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use std::cmp::Ordering;

/// How much of the author's text a message repeats, in characters.
const CLIPPED: usize = 40;

/// How many mistakes of one file are told.
pub const MAX_TOLD: usize = 100;

/// Adds a diagnostic, unless there are too many: then that is told, and reading stops.
pub fn tell(told: &mut Vec<Diagnostic>, diagnostic: Diagnostic) {
    match told.len().cmp(&(MAX_TOLD - 1)) {
        Ordering::Less => told.push(diagnostic),
        Ordering::Equal => told.push(too_many(diagnostic.primary.span)),
        Ordering::Greater => {}
    }
}

/// The author's text for a message: one line of it, not too long.
fn clip(text: &str) -> String {
    let line = text.lines().next().unwrap_or("").trim_end();
    match line.char_indices().nth(CLIPPED) {
        Some((end, _)) => format!("{}...", line.get(..end).unwrap_or("").trim_end()),
        None => line.to_string(),
    }
}

/// Said where a pair lacks the parts that the grammar gives it.
pub fn not_understood(span: Span) -> Diagnostic {
    Diagnostic::error("syntax-error", span, "this cannot be read")
        .help("write it in another way, and report it as a bug")
}

pub fn file_too_long(file: FileId) -> Diagnostic {
    Diagnostic::error("file-too-long", Span::new(file, 0, 0), "the file has more than 16 MiB, and was not read")
        .help("keep lists and tables in CSV files (`list NAME from \"file.csv\"`), and part the policy with `include`")
}

/// The last diagnostic of a file that has too many.
fn too_many(span: Span) -> Diagnostic {
    Diagnostic::error("syntax-error", span, "too many mistakes: the rest of the file was not read")
        .help("mend those above first")
}

/// A token of the right kind without a value; `why` follows the token.
pub fn bad_value(code: &'static str, span: Span, token: &str, why: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(code, span, format!("`{}` {why}", clip(token)));
    if code == "bad-date" && !token.contains('-') && token.contains(':') {
        return diagnostic.help("write hours as `09:00-17:30`");
    }
    if code == "bad-date" {
        return match other_dates(token) {
            Some(dates) => diagnostic.help(format!("write {dates}")),
            None => diagnostic.help("write a day as `2026-03-04`, and a time as `2026-03-04 10:00`"),
        };
    }
    if literal::decimal(token).is_ok() {
        return diagnostic.help("write a whole number, such as `5`");
    }
    if token.starts_with('0') {
        return diagnostic.help(format!("write `\"{token}\"`")).fix(span, format!("\"{token}\""));
    }
    diagnostic.help("write a number as `1000`, `1_000` or `0.5`")
}

/// How the parts of a date of another shape may be meant.
fn other_dates(token: &str) -> Option<String> {
    let parts: Vec<u32> = token.split(['-', '/', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let &[first, second, third] = parts.as_slice() else { return None };
    let iso = |year: u32, month: u32, day: u32| {
        let exists = year > 999 && chrono::NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).is_some();
        exists.then(|| format!("`{year:04}-{month:02}-{day:02}`"))
    };
    let mut dates: Vec<String> = if first > 999 {
        iso(first, second, third).into_iter().collect()
    } else {
        iso(third, first, second).into_iter().chain(iso(third, second, first)).collect()
    };
    dates.dedup();
    (!dates.is_empty()).then(|| dates.join(" or "))
}

/// `terms` are the texts between the joiners, `ands` says of each joiner whether it is an `and`.
pub fn mixed_and_or(span: Span, other: Span, terms: &[&str], ands: &[bool]) -> Diagnostic {
    let diagnostic = Diagnostic::error("mixed-and-or", span, "`and` and `or` are mixed without brackets")
        .also(other, "another word than the one before");
    if terms.len() > 6 {
        return diagnostic.help("put brackets around what belongs together");
    }
    diagnostic.help(format!(
        "put brackets around what belongs together: `{}` or `{}`",
        bracketed(terms, ands, true),
        bracketed(terms, ands, false)
    ))
}

/// The condition with brackets around its runs of `and`, or else of `or`.
fn bracketed(terms: &[&str], ands: &[bool], around_and: bool) -> String {
    let grouped = |joiner: Option<&bool>| joiner == Some(&around_and);
    let mut text = String::new();
    for (at, term) in terms.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| ands.get(before));
        let after = ands.get(at);
        if let Some(and) = before {
            text.push_str(if *and { " and " } else { " or " });
        }
        if !grouped(before) && grouped(after) {
            text.push('(');
        }
        text.push_str(&clip(term));
        if grouped(before) && !grouped(after) {
            text.push(')');
        }
    }
    text
}

pub fn mixed_calendars(span: Span, other: Span) -> Diagnostic {
    Diagnostic::error("mixed-and-or", span, "`or`, `and` and `except` are mixed without brackets")
        .also(other, "another word than the one before")
        .help("put brackets around what belongs together: `(london or berlin) except bank_holidays`")
}

/// `values` is the text of the values after a comparison that takes one.
pub fn several_values(op: Op, op_span: Span, values_span: Span, values: &str) -> Diagnostic {
    let mut groups = values.split(',');
    let first = groups.next().unwrap_or("");
    let is_group = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = (1..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && groups.all(is_group) {
        let number = values.replace(',', "_");
        return Diagnostic::error(
            "bad-number",
            values_span,
            format!("`{}` has commas between its digits", clip(values)),
        )
        .help(format!("write `{}`", clip(&number)))
        .fix(values_span, number);
    }
    let diagnostic =
        Diagnostic::error("syntax-error", op_span, format!("`{}` takes one value, not several", op.text()));
    let many = match op {
        Op::Equal => "in",
        Op::NotEqual => "not in",
        _ => return diagnostic.help("write one value"),
    };
    diagnostic.help(format!("write `{many}` for a list of values")).fix(op_span, many)
}

/// `account.x of y`
pub fn no_function(span: Span) -> Diagnostic {
    Diagnostic::error("syntax-error", span, "before `of` stands one word, as in `domain of email`")
}

/// A sign or word of another language that is understood all the same.
pub fn other_spelling(span: Span, found: &str, right: &str) -> Diagnostic {
    Diagnostic::error("syntax-error", span, format!("`{}` is written `{right}`", clip(found)))
        .help(format!("write `{right}`"))
        .fix(span, right)
}

/// `what` is the clause; its first word is told.
pub fn twice(span: Span, what: &str) -> Diagnostic {
    let word = what.split_whitespace().next().unwrap_or("");
    Diagnostic::error("syntax-error", span, format!("`{word}` is written twice")).help("keep one of them")
}

/// A character that is not seen on a screen, from `start` to `end`.
pub fn invisible(file: FileId, text: &str, start: usize, end: usize) -> Diagnostic {
    let what = match text.get(start..end).and_then(|found| found.chars().next()) {
        Some('\u{A0}') => "a no-break space".to_string(),
        Some('\u{200B}') => "a zero-width space".to_string(),
        Some('\u{FEFF}') => "a byte-order mark inside the text".to_string(),
        Some(other) => format!("the control character U+{:04X}", u32::from(other)),
        None => "a character".to_string(),
    };
    let span = Span::new(file, start, end);
    Diagnostic::error("bad-character", span, format!("{what}, which cannot be seen"))
        .help("write a blank in its place")
        .fix(span, " ")
}

pub fn unclosed_text(file: FileId, start: usize, end: usize) -> Diagnostic {
    Diagnostic::error("unclosed-text", Span::new(file, start, end), "a text that is not closed")
        .here("no `\"` follows on this line")
        .help("close it with `\"`; a text does not run over lines")
}

pub fn nested_too_deep(span: Span, most: usize) -> Diagnostic {
    Diagnostic::error("nested-too-deep", span, format!("brackets inside more than {most} others"))
        .help("name a part with `let NAME = ...` or `segment NAME when ...` and use the name")
}

pub fn extra_brace(span: Span) -> Diagnostic {
    Diagnostic::error("syntax-error", span, "this `}` closes nothing")
        .help("take it out, or open its block with `{`")
        .fix(span, "")
}

/// `open` is the brace.
pub fn unclosed_block(file: FileId, text: &str, open: usize) -> Diagnostic {
    let start = scan::line_start(text, open);
    let head = text.get(start..open).unwrap_or("").trim();
    let what = if head.is_empty() { "this block".to_string() } else { format!("the block of `{}`", clip(head)) };
    Diagnostic::error("unclosed-block", Span::new(file, open, open + 1), format!("{what} is not closed"))
        .here("opened here")
        .help("close it with `}`")
}
