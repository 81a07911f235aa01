//! Numbers, amounts of money and yes or no, as people and spreadsheets write them. Exact: never through a float.

use crate::data::text;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Why a text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    NotANumber,
    /// `1.234` may be a thousand or one and a bit.
    Ambiguous,
}

/// How to read a single dot that three digits follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoneDot {
    /// `1.234` is one and a bit.
    Point,
    /// `1.234` could be either, and a wrong guess is a thousandfold.
    Ambiguous,
}

/// A whole number: `1200`, `1,200`, `1 200`, `1'200`, `1.200.000`, `3.0`, `12k`; `1.200` is ambiguous.
pub fn integer(raw: &str) -> Result<i64, Fault> {
    let raw = text::trim(raw);
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    if !digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return raw.parse().map_err(|_| Fault::NotANumber);
    }
    let value = decimal(raw, LoneDot::Ambiguous)?.normalize();
    if value.scale() != 0 {
        return Err(Fault::NotANumber);
    }
    value.to_i64().ok_or(Fault::NotANumber)
}

/// A decimal number: what [`integer`] reads, and `0.5`, `0,5`, `1,200.50`, `1.200,50`, `1e3`, with up to 28 digits.
///
/// A comma that exactly three digits follow separates thousands (`1,234`), unless a zero stands before it (`0,125`).
pub fn decimal(raw: &str, lone_dot: LoneDot) -> Result<Decimal, Fault> {
    let raw = text::trim(raw);
    let (negative, unsigned) = sign(raw);
    let (unsigned, factor) = magnitude(unsigned);
    let plain = plain_digits(unsigned, lone_dot)?;
    let value = match plain.bytes().any(|byte| matches!(byte, b'e' | b'E')) {
        true => Decimal::from_scientific(&plain),
        false => Decimal::from_str_exact(&plain),
    };
    let value = value.ok().and_then(|value| value.checked_mul(Decimal::from(factor))).ok_or(Fault::NotANumber)?;
    Ok(if negative { -value } else { value })
}

fn sign(raw: &str) -> (bool, &str) {
    match raw.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, raw.strip_prefix('+').unwrap_or(raw)),
    }
}

/// `5k`, `2M`, `1.5bn`: the number before and what it is multiplied by.
fn magnitude(raw: &str) -> (&str, i64) {
    const SUFFIXES: [(&str, i64); 6] = [
        ("k", 1_000),
        ("mm", 1_000_000),
        ("mn", 1_000_000),
        ("m", 1_000_000),
        ("bn", 1_000_000_000),
        ("b", 1_000_000_000),
    ];
    let digits = raw.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (Some(suffix), true) = (raw.get(digits.len()..), digits.ends_with(|c: char| c.is_ascii_digit() || c == ' '))
    else {
        return (raw, 1);
    };
    match SUFFIXES.iter().find(|(name, _)| suffix.eq_ignore_ascii_case(name)) {
        Some((_, factor)) => (digits.trim_end(), *factor),
        None => (raw, 1),
    }
}

/// Digits with at most one point and an exponent: separators of thousands are gone.
fn plain_digits(raw: &str, lone_dot: LoneDot) -> Result<String, Fault> {
    if !raw.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',') {
        return Err(Fault::NotANumber);
    }
    if raw.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(raw.to_string());
    }
    if let Some(at) = raw.find(['e', 'E']) {
        let (mantissa, exponent) = raw.split_at(at);
        let plain = mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let power = exponent.get(1..).and_then(|power| power.parse::<i32>().ok());
        return match (plain, power) {
            (true, Some(power)) if power.abs() <= 28 => Ok(format!("{mantissa}e{power}")),
            _ => Err(Fault::NotANumber),
        };
    }
    let (whole, fraction) = match point(raw, lone_dot)? {
        Some((at, width)) => (raw.get(..at).unwrap_or(""), raw.get(at + width..).unwrap_or("")),
        None => (raw, ""),
    };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::NotANumber);
    }
    let mut digits = without_groups(whole)?;
    if digits.is_empty() && fraction.is_empty() {
        return Err(Fault::NotANumber);
    }
    if digits.is_empty() {
        digits.push('0');
    }
    if !fraction.is_empty() {
        digits.push('.');
        digits.push_str(fraction);
    }
    Ok(digits)
}

/// Where the decimal point is: its place and width.
fn point(raw: &str, lone_dot: LoneDot) -> Result<Option<(usize, usize)>, Fault> {
    let (dots, commas) = (raw.matches('.').count(), raw.matches(',').count());
    let last = raw.rfind(['.', ',']);
    match (dots, commas, last) {
        (0, 0, _) | (_, _, None) => Ok(None),
        // Both occur: the later one is the point, and it stands once.
        (1.., 1.., Some(at)) => {
            let once = if raw.get(at..).is_some_and(|rest| rest.starts_with('.')) { dots } else { commas };
            if once == 1 { Ok(Some((at, 1))) } else { Err(Fault::NotANumber) }
        }
        (2.., 0, _) | (0, 2.., _) => Ok(None),
        (_, _, Some(at)) => {
            let before = raw.get(..at).unwrap_or("");
            let thousands = raw.len() - at == 4
                && (1..=3).contains(&before.len())
                && before.bytes().all(|byte| byte.is_ascii_digit())
                && !before.starts_with('0');
            match (thousands, dots, lone_dot) {
                (true, 0, _) => Ok(None),
                (true, 1, LoneDot::Ambiguous) => Err(Fault::Ambiguous),
                _ => Ok(Some((at, 1))),
            }
        }
    }
}

/// `1,234,567`, `1 234`, `12,34,567` (the Indian way): groups of three behind the first, or of two with three last.
fn without_groups(whole: &str) -> Result<String, Fault> {
    let separator =
        |c: char| matches!(c, ',' | '.' | '\'' | '\u{2019}' | '_' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}');
    if !whole.contains(separator) {
        return match whole.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Ok(whole.to_string()),
            false => Err(Fault::NotANumber),
        };
    }
    let groups: Vec<&str> = whole.split(separator).collect();
    let mut separators = whole.matches(separator);
    let first_separator = separators.next();
    let one_kind = separators.all(|other| Some(other) == first_separator);
    let digits = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    let grouped = match groups.as_slice() {
        [first, middle @ .., last] => {
            let western = (1..=3).contains(&first.len()) && middle.iter().all(|group| group.len() == 3);
            let indian = (1..=2).contains(&first.len())
                && middle.iter().all(|group| group.len() == 2)
                && first_separator == Some(",");
            last.len() == 3 && (western || indian)
        }
        _ => false,
    };
    if one_kind && digits && grouped { Ok(groups.concat()) } else { Err(Fault::NotANumber) }
}

/// An amount with the currency that was written with it, where one was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount<'a> {
    pub value: Decimal,
    pub currency: Option<Currency<'a>>,
}

/// A currency as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currency<'a> {
    /// Three letters, in any case.
    Code(&'a str),
    /// A sign and the codes that it may stand for.
    Sign(&'a str, &'static [&'static str]),
}

impl Currency<'_> {
    /// Whether it may be the currency of this ISO 4217 code.
    pub fn is(self, code: &str) -> bool {
        match self {
            Currency::Code(written) => written.eq_ignore_ascii_case(code),
            Currency::Sign(_, codes) => codes.contains(&code),
        }
    }
}

/// Longer signs first, since `$` ends `US$`.
const SIGNS: [(&str, &[&str]); 17] = [
    ("US$", &["USD"]),
    ("CA$", &["CAD"]),
    ("C$", &["CAD"]),
    ("AU$", &["AUD"]),
    ("A$", &["AUD"]),
    ("NZ$", &["NZD"]),
    ("HK$", &["HKD"]),
    ("S$", &["SGD"]),
    ("R$", &["BRL"]),
    ("$", &["USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP", "TWD"]),
    ("€", &["EUR"]),
    ("£", &["GBP", "EGP", "GIP"]),
    ("¥", &["JPY", "CNY"]),
    ("₹", &["INR"]),
    ("₩", &["KRW"]),
    ("zł", &["PLN"]),
    ("₽", &["RUB"]),
];

/// An amount of money: `1200.50`, `$1,200.50`, `1.200,50 EUR`, `USD 5k`, `-€3`, `(1,200)` for a negative one.
pub fn money(raw: &str) -> Result<Amount<'_>, Fault> {
    let raw = text::trim(raw);
    let (negative, inner) = match raw.strip_prefix('(').and_then(|raw| raw.strip_suffix(')')) {
        Some(inner) => (true, inner.trim()),
        None => sign(raw),
    };
    let (currency, digits) = currency(inner);
    let (negative_inside, digits) = sign(digits);
    if negative && negative_inside {
        return Err(Fault::NotANumber);
    }
    let value = decimal(digits, LoneDot::Ambiguous)?;
    if value.is_sign_negative() && (negative || negative_inside) {
        return Err(Fault::NotANumber);
    }
    Ok(Amount { value: if negative || negative_inside { -value } else { value }, currency })
}

fn currency(raw: &str) -> (Option<Currency<'_>>, &str) {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    if digit(raw.as_bytes().first()) && digit(raw.as_bytes().last()) {
        return (None, raw);
    }
    for (sign, codes) in SIGNS {
        if let Some(rest) = raw.strip_prefix(sign).or_else(|| raw.strip_suffix(sign)) {
            return (Some(Currency::Sign(sign, codes)), rest.trim());
        }
    }
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    if let (Some(code), Some(rest)) = (raw.get(..3), raw.get(3..))
        && is_code(code)
        && rest.starts_with(|c: char| c.is_ascii_digit() || c.is_whitespace() || c == '-')
    {
        return (Some(Currency::Code(code)), rest.trim_start());
    }
    let at = raw.len().saturating_sub(3);
    if let (Some(rest), Some(code)) = (raw.get(..at), raw.get(at..))
        && is_code(code)
        && rest.ends_with(|c: char| !c.is_ascii_alphabetic())
    {
        return (Some(Currency::Code(code)), rest.trim_end());
    }
    (None, raw)
}

/// `true`, `yes`, `y`, `t`, `on`, `1` and `false`, `no`, `n`, `f`, `off`, `0`, in any case.
pub fn boolean(raw: &str) -> Option<bool> {
    const WORDS: [(&str, bool); 12] = [
        ("true", true),
        ("false", false),
        ("yes", true),
        ("no", false),
        ("1", true),
        ("0", false),
        ("y", true),
        ("n", false),
        ("t", true),
        ("f", false),
        ("on", true),
        ("off", false),
    ];
    let raw = text::trim(raw);
    WORDS.iter().find(|(word, _)| raw.eq_ignore_ascii_case(word)).map(|(_, value)| *value)
}
