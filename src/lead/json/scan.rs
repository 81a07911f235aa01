//! The lexis of JSON (RFC 8259): where keys, strings, numbers and nested values end in a line.

use super::quotes::quote_or_backslash;
use crate::lead::raw::{Form, RawCell, unescape_json};
use smol_str::SmolStr;

/// Objects and arrays in a value may be this deep.
pub const DEPTH: usize = 64;

/// Why a line is not a lead; `at` is a byte of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    pub at: usize,
    pub expected: &'static str,
}

pub type Parsed<T> = Result<T, Fault>;

pub fn fault<T>(at: usize, expected: &'static str) -> Parsed<T> {
    Err(Fault { at, expected })
}

/// A value of the kinds that most are: a string without escapes or a whole number; and what is behind it.
#[inline(always)]
pub fn simple_value(line: &[u8], at: usize) -> Option<(RawCell, usize)> {
    match line.get(at)? {
        b'"' => {
            let end = quote_or_backslash(line, at + 1)?;
            let closed = line.get(end) == Some(&b'"');
            closed.then_some((cell(at + 1, end, Form::Plain), end + 1))
        }
        first @ b'0'..=b'9' => {
            let digits = line.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let ends = matches!(line.get(at + digits), Some(b',' | b'}')) && (*first != b'0' || digits == 1);
            ends.then_some((cell(at, at + digits, Form::Plain), at + digits))
        }
        _ => None,
    }
}

#[inline]
fn cell(start: usize, end: usize, form: Form) -> RawCell {
    RawCell { start: start as u32, end: end as u32, form }
}

/// A key and its colon: the name with escapes resolved, and what is behind the colon.
pub fn key(line: &[u8], at: usize) -> Parsed<(SmolStr, usize)> {
    if line.get(at) != Some(&b'"') {
        return fault(at, "a key in double quotes");
    }
    let (end, escaped) = closing_quote(line, at + 1).ok_or(Fault { at, expected: "a closing quote" })?;
    let raw = std::str::from_utf8(line.get(at + 1..end).unwrap_or(&[])).unwrap_or("");
    let name = if escaped { SmolStr::new(unescape_json(raw)) } else { SmolStr::new(raw) };
    match skip_space(line, end + 1) {
        colon if line.get(colon) == Some(&b':') => Ok((name, colon + 1)),
        other => fault(other, "`:` behind a key"),
    }
}

/// A value and what is behind it. Numbers are kept as they are written.
pub fn value(line: &[u8], at: usize) -> Parsed<(RawCell, usize)> {
    let at = skip_space(line, at);
    match line.get(at) {
        Some(b'"') => {
            let (end, escaped) = closing_quote(line, at + 1).ok_or(Fault { at, expected: "a closing quote" })?;
            let form = if escaped { Form::JsonEscaped } else { Form::Plain };
            Ok((cell(at + 1, end, form), end + 1))
        }
        Some(b'{' | b'[') => {
            let end = nested_end(line, at)?;
            Ok((cell(at, end, Form::Nested), end))
        }
        _ => {
            let rest = line.get(at..).unwrap_or(&[]);
            let (form, width) = match rest {
                [b'n', b'u', b'l', b'l', ..] => (Form::Absent, 4),
                [b't', b'r', b'u', b'e', ..] => (Form::Plain, 4),
                [b'f', b'a', b'l', b's', b'e', ..] => (Form::Plain, 5),
                _ => (Form::Plain, number_width(rest)),
            };
            if width == 0 || !matches!(rest.get(width), None | Some(b',' | b'}' | b']' | b' ' | b'\t' | b'\r')) {
                return fault(at, "a JSON value");
            }
            Ok((cell(at, at + width, form), at + width))
        }
    }
}

#[inline]
pub fn skip_space(line: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\r' | b'\n') = line.get(at) {
        at += 1;
    }
    at
}

/// The place of the quote that closes a string from `at`, and whether there are escapes before it.
fn closing_quote(line: &[u8], mut at: usize) -> Option<(usize, bool)> {
    let mut escaped = false;
    loop {
        at = quote_or_backslash(line, at)?;
        if line.get(at) == Some(&b'"') {
            return Some((at, escaped));
        }
        escaped = true;
        at += 2;
    }
}

/// The end of the array or object at `at`. Brackets must match; what is between them is not looked at.
fn nested_end(line: &[u8], mut at: usize) -> Parsed<usize> {
    let open = at;
    // One bit a level, from the lowest: set for an object.
    let (mut kinds, mut depth) = (0u64, 0usize);
    while let Some(byte) = line.get(at) {
        match byte {
            b'"' => at = closing_quote(line, at + 1).ok_or(Fault { at, expected: "a closing quote" })?.0,
            b'{' | b'[' if depth == DEPTH => return fault(at, "at most 64 levels of objects and arrays"),
            b'{' | b'[' => {
                kinds = kinds << 1 | u64::from(*byte == b'{');
                depth += 1;
            }
            b'}' | b']' if (kinds & 1 == 1) != (*byte == b'}') => {
                return fault(at, "the bracket that closes the last open one");
            }
            b'}' | b']' => {
                kinds >>= 1;
                depth -= 1;
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    fault(open, "an array or object that is closed")
}

/// How many bytes a number takes as JSON writes it (RFC 8259, section 6); 0 where there is none.
fn number_width(text: &[u8]) -> usize {
    let digits = |from: usize| text.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(text.first() == Some(&b'-'));
    let whole = digits(sign);
    if whole == 0 || whole > 1 && text.get(sign) == Some(&b'0') {
        return 0;
    }
    let mut width = sign + whole;
    if text.get(width) == Some(&b'.') {
        match digits(width + 1) {
            0 => return 0,
            fraction => width += 1 + fraction,
        }
    }
    if let Some(b'e' | b'E') = text.get(width) {
        let sign = usize::from(matches!(text.get(width + 1), Some(b'+' | b'-')));
        match digits(width + 1 + sign) {
            0 => return 0,
            power => width += 1 + sign + power,
        }
    }
    width
}

/// Whether a line is a JSON object from its first bracket to its last.
pub fn is_whole_object(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.first() == Some(&b'{') && nested_end(line, 0) == Ok(line.len())
}
