//! A lead as found: places of its values in the text of a block, by column, without a copy.

use crate::data::csv;
use crate::lead::Plan;
use crate::policy::FieldId;
use std::borrow::Cow;

/// Where one value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawCell {
    pub(super) start: u32,
    pub(super) end: u32,
    pub form: Form,
}

/// How a value stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The lead has no such column, or a JSON `null`.
    Absent,
    /// The text as it is; for a quoted text, what is between its quotes; for JSON also a number, `true` or `false`.
    Plain,
    /// A quoted CSV cell with its quotes, some of them doubled.
    CsvEscaped,
    /// What is between the quotes of a JSON string that has escapes.
    JsonEscaped,
    /// A JSON array or object as it is.
    Nested,
}

impl RawCell {
    pub const ABSENT: RawCell = RawCell { start: 0, end: 0, form: Form::Absent };

    /// The cell of a text that starts `base` bytes on.
    pub(super) fn moved(self, base: u32) -> RawCell {
        RawCell { start: self.start + base, end: self.end + base, form: self.form }
    }

    /// What stands in the file; `text` is that of the block.
    pub fn found(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// One lead as found.
#[derive(Debug, Clone, Copy)]
pub struct RawLead<'a> {
    /// The block's text.
    pub(super) text: &'a str,
    /// By place in [`Plan::columns`].
    pub(super) cells: &'a [RawCell],
    /// Where the record stands in the text.
    pub(super) start: usize,
    pub(super) end: usize,
    pub line: u64,
    /// The row has so many cells and the header so many more.
    pub(super) short_of: Option<(u32, u32)>,
    /// A key that occurs twice; the last one counts.
    pub(super) repeated: Option<u32>,
}

impl<'a> RawLead<'a> {
    /// Whether its CSV row has fewer cells than the header.
    pub fn is_short(&self) -> bool {
        self.short_of.is_some()
    }

    /// Whether its JSON object holds a key twice that a field reads.
    pub fn repeats_a_key(&self) -> bool {
        self.repeated.is_some()
    }

    /// The cells by place in [`Plan::columns`].
    pub fn cells(&self) -> &'a [RawCell] {
        self.cells
    }

    /// The cell of a column.
    pub fn cell(&self, column: u32) -> RawCell {
        self.cells.get(column as usize).copied().unwrap_or(RawCell::ABSENT)
    }

    /// What stands in the file for a cell.
    pub fn found(&self, cell: RawCell) -> &'a str {
        cell.found(self.text)
    }

    /// The text of a cell with escapes resolved; blank where it is absent.
    pub fn value(&self, cell: RawCell) -> Cow<'a, str> {
        let found = cell.found(self.text);
        match cell.form {
            Form::Absent => Cow::Borrowed(""),
            Form::Plain | Form::Nested => Cow::Borrowed(found),
            Form::CsvEscaped => Cow::Owned(csv::unescape(found)),
            Form::JsonEscaped => Cow::Owned(unescape_json(found)),
        }
    }

    /// The first value that is not blank among the columns of a field.
    pub fn field(&self, plan: &Plan, field: FieldId) -> Option<Cow<'a, str>> {
        let columns = plan.columns_of(field).iter();
        columns.map(|column| self.value(self.cell(*column))).find(|value| !value.trim().is_empty())
    }

    /// The whole record as it stands in the file.
    pub fn record(&self) -> &'a str {
        self.text.get(self.start..self.end).unwrap_or("")
    }
}

/// Resolves the escapes of JSON (RFC 8259, section 7); one that means nothing, such as half a surrogate pair, becomes U+FFFD.
pub(super) fn unescape_json(raw: &str) -> String {
    let mut plain = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, behind)) = rest.split_once('\\') {
        plain.push_str(before);
        let (c, behind) = escape(behind);
        plain.push(c);
        rest = behind;
    }
    plain.push_str(rest);
    plain
}

/// The character that the text behind a backslash stands for, and what follows.
fn escape(behind: &str) -> (char, &str) {
    let mut chars = behind.chars();
    let c = match chars.next() {
        Some('n') => '\n',
        Some('t') => '\t',
        Some('r') => '\r',
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some(c @ ('"' | '\\' | '/')) => c,
        Some('u') => return unicode_escape(chars.as_str()),
        _ => char::REPLACEMENT_CHARACTER,
    };
    (c, chars.as_str())
}

fn unicode_escape(digits: &str) -> (char, &str) {
    let Some((unit, behind)) = hex4(digits) else {
        return (char::REPLACEMENT_CHARACTER, digits);
    };
    if let Some(c) = char::from_u32(unit) {
        return (c, behind);
    }
    let low = behind.strip_prefix("\\u").and_then(hex4);
    match (unit, low) {
        (0xd800..0xdc00, Some((low @ 0xdc00..0xe000, behind))) => {
            let c = char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
            (c.unwrap_or(char::REPLACEMENT_CHARACTER), behind)
        }
        _ => (char::REPLACEMENT_CHARACTER, behind),
    }
}

fn hex4(digits: &str) -> Option<(u32, &str)> {
    let (hex, behind) = digits.split_at_checked(4)?;
    let all = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    if all { Some((u32::from_str_radix(hex, 16).ok()?, behind)) } else { None }
}
