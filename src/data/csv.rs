//! CSV as spreadsheets and CRMs write it (RFC 4180 with any delimiter), split without copying.
//!
//! A quote opens a quoted cell only at the start of the cell; inside, two quotes stand for one; what follows a closing quote belongs to the cell as it
//! is. Lines without a character are no records. The crate `csv` reads the same way and is the oracle of the tests; this reader exists
//! because it hands out places in the text instead of copies, and can say where a quote was opened that never closes.

use std::borrow::Cow;

/// The delimiters that are looked for, in the order in which they win a tie.
pub const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Where a cell stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    pub start: u32,
    pub end: u32,
    /// It runs from its opening quote and has doubled quotes, or text behind the closing one. Else it is the text itself.
    pub escaped: bool,
}

impl Cell {
    /// The cell's text; `text` is what it was split from.
    pub fn text(self, text: &str) -> Cow<'_, str> {
        let raw = text.get(self.start as usize..self.end as usize).unwrap_or("");
        if self.escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) }
    }
}

/// The text of a quoted cell that [`Cell::text`] would resolve: from its opening quote on.
pub fn unescape(raw: &str) -> String {
    let mut rest = raw.get(1..).unwrap_or("");
    let mut plain = String::with_capacity(rest.len());
    while let Some(at) = memchr::memchr(b'"', rest.as_bytes()) {
        plain.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at + 1..).unwrap_or("");
        match rest.strip_prefix('"') {
            Some(behind) => {
                plain.push('"');
                rest = behind;
            }
            None => break,
        }
    }
    plain.push_str(rest);
    plain
}

/// What [`record`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// A record that starts and ends here; the end is past its line end.
    Record { start: usize, end: usize },
    /// A record whose quote is never closed.
    OpenQuote { start: usize },
    /// Nothing but empty lines.
    End,
}

/// Splits the record at `at`, or behind the empty lines there, into `cells`. The text must be shorter than 4 GiB.
pub fn record(text: &[u8], at: usize, delimiter: u8, cells: &mut Vec<Cell>) -> Scan {
    cells.clear();
    let mut start = at;
    while let Some([b'\n', ..] | [b'\r', b'\n', ..]) = text.get(start..) {
        start += 1;
    }
    if start >= text.len() {
        return Scan::End;
    }
    let mut at = start;
    loop {
        let opened = text.get(at) == Some(&b'"');
        let (end, escaped) = match opened {
            true => match quoted(text, at, delimiter) {
                Some(found) => found,
                None => return Scan::OpenQuote { start },
            },
            false => (plain(text, at, delimiter), false),
        };
        let last = text.get(end) != Some(&delimiter);
        // The line end may be `\r\n`.
        let stop = if last && end > at && text.get(end - 1) == Some(&b'\r') { end - 1 } else { end };
        let (from, to) = if opened && !escaped { (at + 1, stop.saturating_sub(1)) } else { (at, stop) };
        cells.push(Cell { start: from as u32, end: to as u32, escaped });
        at = end + 1;
        if last {
            return Scan::Record { start, end: at.min(text.len()) };
        }
    }
}

/// The end of an unquoted run: a delimiter, a line end or the end of the text.
fn plain(text: &[u8], at: usize, delimiter: u8) -> usize {
    let rest = text.get(at..).unwrap_or(&[]);
    memchr::memchr2(delimiter, b'\n', rest).map_or(text.len(), |found| at + found)
}

/// The end of a cell that a quote opens at `at`, and whether it is escaped; `None` where the quote is never closed.
fn quoted(text: &[u8], at: usize, delimiter: u8) -> Option<(usize, bool)> {
    let mut escaped = false;
    let mut from = at + 1;
    loop {
        let close = from + memchr::memchr(b'"', text.get(from..)?)?;
        match text.get(close + 1) {
            Some(b'"') => {
                escaped = true;
                from = close + 2;
            }
            None | Some(b'\n') => return Some((close + 1, escaped)),
            Some(b'\r') if matches!(text.get(close + 2), None | Some(b'\n')) => {
                return Some(((close + 2).min(text.len()), escaped));
            }
            Some(next) if *next == delimiter => return Some((close + 1, escaped)),
            Some(_) => return Some((plain(text, close + 1, delimiter), true)),
        }
    }
}

/// The end of the last whole record in a text that starts with a record, or 0; the text may go on.
pub fn last_record_end(text: &[u8], delimiter: u8) -> usize {
    let (mut at, mut end) = (0, 0);
    loop {
        // Outside quotes: a quote opens where a cell starts and is a character elsewhere.
        let rest = text.get(at..).unwrap_or(&[]);
        let open = memchr::memchr_iter(b'"', rest).find(|quote| {
            let before = (at + quote).checked_sub(1).and_then(|before| text.get(before));
            before.is_none_or(|byte| *byte == delimiter || *byte == b'\n')
        });
        let outside = rest.get(..open.unwrap_or(rest.len())).unwrap_or(&[]);
        if let Some(newline) = memchr::memrchr(b'\n', outside) {
            end = at + newline + 1;
        }
        let Some(open) = open else { return end };
        match quoted(text, at + open, delimiter) {
            Some((behind, _)) if behind < text.len() => at = behind,
            _ => return end,
        }
    }
}

/// The delimiter that the first records agree on best: it splits the header, and the most records into as many cells.
pub fn delimiter(text: &[u8]) -> u8 {
    const RECORDS: usize = 20;
    let mut best = (0, 0, b',');
    let mut cells = Vec::new();
    for candidate in DELIMITERS {
        let (mut at, mut header, mut agree) = (0, 0, 0);
        for _ in 0..RECORDS {
            let Scan::Record { end, .. } = record(text, at, candidate, &mut cells) else { break };
            at = end;
            header = if header == 0 { cells.len() } else { header };
            agree += usize::from(cells.len() == header);
        }
        if header > 1 && (agree, header) > (best.0, best.1) {
            best = (agree, header, candidate);
        }
    }
    best.2
}

/// The delimiter that a first line `sep=;` declares (spreadsheets write it), and where the text goes on behind that line.
pub fn declared_delimiter(text: &[u8]) -> Option<(u8, usize)> {
    let line_end = memchr::memchr(b'\n', text.get(..text.len().min(16))?)?;
    match text.get(..line_end)? {
        [b's', b'e', b'p', b'=', delimiter] | [b's', b'e', b'p', b'=', delimiter, b'\r'] => {
            Some((*delimiter, line_end + 1))
        }
        _ => None,
    }
}
