//! Postal codes, read together with their country: upper case, usual spacing, and the leading zeros that spreadsheets drop.

use crate::data::{country, text};
use keshvar::CountryIterator;
use smol_str::{SmolStr, format_smolstr};

/// A postal code and what was done to it beyond case and white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postal {
    pub code: SmolStr,
    pub note: Option<String>,
}

/// Countries whose codes are digits only and may start with a zero: how many digits there are, and the least that can be left when the
/// zeros are lost. Sources: the Universal Postal Union's addressing sheets (upu.int, "Postal addressing systems in member countries").
const NUMERIC: [(&str, usize, usize); 27] = [
    ("US", 5, 3),
    ("PR", 5, 3),
    ("VI", 5, 3),
    ("DE", 5, 4),
    ("FR", 5, 4),
    ("IT", 5, 3),
    ("ES", 5, 4),
    ("FI", 5, 3),
    ("MX", 5, 4),
    ("MY", 5, 4),
    ("TR", 5, 4),
    ("KR", 5, 4),
    ("UA", 5, 4),
    ("SK", 5, 4),
    ("PL", 5, 4),
    ("DZ", 5, 4),
    ("PE", 5, 4),
    ("AU", 4, 3),
    ("NO", 4, 3),
    ("ZA", 4, 2),
    ("JP", 7, 6),
    ("CN", 6, 5),
    ("SG", 6, 5),
    ("RO", 6, 5),
    ("CO", 6, 5),
    ("EC", 6, 5),
    ("BR", 8, 7),
];

/// The fewest letters and digits that a whole code of the country has, as far as that is known; of any country where none is named.
pub fn shortest(country: Option<&str>) -> usize {
    /// Iceland, the Faroe Islands and a few others.
    const OF_ALL: usize = 3;
    let Some(country) = country else { return OF_ALL };
    if let Some((_, length, _)) = NUMERIC.iter().find(|(code, ..)| *code == country) {
        return *length;
    }
    let format = CountryIterator::new().find(|known| country::code_of(known) == country);
    let format = format.and_then(|known| known.postal_code_format());
    let parsed = format.and_then(|format| regex_syntax::parse(format).ok());
    let least = parsed.and_then(|format| format.properties().minimum_len()).unwrap_or(0);
    // The space or hyphen in the middle is no letter.
    least.saturating_sub(usize::from(format.is_some_and(|format| format.contains([' ', '-']))))
}

/// Reads a postal code. Without a country, or in one that [`NUMERIC`] does not list, letters, digits, spaces and hyphens with at least one digit
/// among them are a postal code as they are.
pub fn read(raw: &str, country: Option<&str>) -> Option<Postal> {
    let written = text::trim(raw).to_uppercase();
    let plain = written.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '-');
    let country = country.unwrap_or("");
    if let Some((_, length, least)) = NUMERIC.iter().find(|(code, ..)| *code == country) {
        return numeric(&written, country, *length, *least);
    }
    if !plain || written.len() > 12 || !written.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Postal { code: spaced(&written, country), note: None })
}

fn numeric(written: &str, country: &str, length: usize, least: usize) -> Option<Postal> {
    // A spreadsheet that took the code for a number may have written a fraction.
    let whole = written.strip_suffix(".0").unwrap_or(written);
    // `D-10115`, `F-75001`, `DE-10115`: the country's sign before the code.
    let own_sign = |sign: &str| sign == country || country.starts_with(sign);
    let whole = match whole.split_once('-') {
        Some((sign, rest)) if own_sign(sign) => rest,
        _ => whole,
    };
    let (digits, extension) = match (country, whole.split_once(['-', ' '])) {
        ("US" | "PR" | "VI", Some((digits, extension))) => (digits.to_string(), Some(extension)),
        _ => (whole.replace(['-', ' '], ""), None),
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(&digits) || extension.is_some_and(|extension| extension.len() != 4 || !is_number(extension)) {
        return None;
    }
    let zip4 = matches!(country, "US" | "PR" | "VI") && digits.len() == 9 && extension.is_none();
    let (digits, extension) = match (zip4, digits.split_at_checked(5)) {
        (true, Some((digits, extension))) => (digits.to_string(), Some(extension.to_string())),
        _ => (digits, extension.map(str::to_string)),
    };
    if digits.len() > length || digits.len() < least {
        return None;
    }
    let full = format!("{digits:0>length$}");
    let restored = full.len() > digits.len();
    let code = match (country, extension) {
        (_, Some(extension)) => format_smolstr!("{full}-{extension}"),
        ("JP", None) => hyphened(&full, 3),
        ("PL", None) => hyphened(&full, 2),
        ("BR", None) => hyphened(&full, 5),
        _ => SmolStr::new(full),
    };
    let note = match (restored, written.ends_with(".0")) {
        (true, _) => Some(format!("leading zero restored: {written} -> {code}")),
        (false, true) => Some(format!("fraction removed: {written} -> {code}")),
        (false, false) => None,
    };
    Some(Postal { code, note })
}

fn hyphened(digits: &str, at: usize) -> SmolStr {
    match digits.split_at_checked(at) {
        Some((before, after)) => format_smolstr!("{before}-{after}"),
        None => SmolStr::new(digits),
    }
}

/// The space that a country puts into its codes: `SW1A1AA` is `SW1A 1AA`, `K1A0B1` is `K1A 0B1`, `1012AB` is `1012 AB`.
fn spaced(written: &str, country: &str) -> SmolStr {
    let close = || written.replace([' ', '-'], "");
    let split = match country {
        "GB" if (5..=7).contains(&close().len()) => close().len() - 3,
        "CA" if close().len() == 6 => 3,
        "NL" if close().len() == 6 => 4,
        _ => return written.split_whitespace().collect::<Vec<_>>().join(" ").into(),
    };
    let close = close();
    match close.split_at_checked(split) {
        Some((before, after)) => format_smolstr!("{before} {after}"),
        None => close.into(),
    }
}
