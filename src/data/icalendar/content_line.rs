//! The lines of an iCalendar file (RFC 5545, section 3.1), unfolded, each with the number it starts on.

use std::borrow::Cow;

/// `NAME;PARAM=value:value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentLine {
    /// Counts from 1, before unfolding.
    pub number: u32,
    /// In upper case.
    pub name: String,
    pub value: String,
}

/// The content lines of a file, and what was wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentLines {
    pub lines: Vec<ContentLine>,
    /// The numbers of lines that have no `NAME:`.
    pub unreadable: Vec<u32>,
    pub windows_1252: bool,
}

/// Reads bytes in UTF-8, in UTF-16 with a byte order mark, or else in Windows-1252.
pub fn content_lines(bytes: &[u8]) -> ContentLines {
    let decoded: Cow<[u8]> = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) if encoding != encoding_rs::UTF_8 => {
            Cow::Owned(encoding.decode(bytes).0.into_owned().into_bytes())
        }
        _ => Cow::Borrowed(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
    };
    let mut read = ContentLines { lines: Vec::new(), unreadable: Vec::new(), windows_1252: false };
    for (number, line) in unfold(&decoded) {
        let text = match std::str::from_utf8(&line) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                read.windows_1252 = true;
                encoding_rs::WINDOWS_1252.decode_without_bom_handling(&line).0
            }
        };
        if text.trim().is_empty() {
            continue;
        }
        match split(&text) {
            Some((name, value)) => read.lines.push(ContentLine { number, name, value }),
            None => read.unreadable.push(number),
        }
    }
    read
}

/// Joins folded lines as bytes, since a fold may fall inside a character.
fn unfold(bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut unfolded: Vec<(u32, Vec<u8>)> = Vec::new();
    for (number, line) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (line, unfolded.last_mut()) {
            ([b' ' | b'\t', rest @ ..], Some((_, last))) => last.extend_from_slice(rest),
            _ => unfolded.push((number, line.to_vec())),
        }
    }
    unfolded
}

/// The name and the value, which starts after the first colon outside quotes; parameters are left out, since the shape of
/// a date tells what `VALUE` says, and whole days have no zone.
fn split(line: &str) -> Option<(String, String)> {
    let mut quoted = false;
    let colon = line.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b':' && !quoted
    })?;
    let (head, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    let name = head.split(';').next().unwrap_or_default().trim();
    let named = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    named.then(|| (name.to_ascii_uppercase(), value.trim().to_owned()))
}
