//! The text of one token to its value: numbers, days, times, quoted texts.
//!
//! Each returns what is wrong in words that can follow the token's own text.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;

/// A whole number: `12`, `-3`, `+40`, `1_000`.
pub fn whole(token: &str) -> Result<i64, String> {
    let digits = number_text(token)?;
    if digits.contains('.') {
        return Err("is no whole number".into());
    }
    digits.parse().map_err(|_| "is too large: a whole number has at most 18 digits".into())
}

/// A decimal number, exact: at most 28 digits.
pub fn decimal(token: &str) -> Result<Decimal, String> {
    let digits = number_text(token)?;
    Decimal::from_str_exact(&digits).map_err(|_| "has too many digits: a number has at most 28".into())
}

/// The number without its underscores and plus sign, if it is written as numbers are.
fn number_text(token: &str) -> Result<String, String> {
    let unsigned = token.trim_start_matches(['+', '-']);
    if let Some(letter) = unsigned.chars().find(char::is_ascii_alphabetic) {
        return Err(format!("is no number: it has the letter `{letter}`"));
    }
    let whole = unsigned.split('.').next().unwrap_or("");
    if whole.len() > 1 && whole.starts_with('0') {
        return Err("starts with a zero, which a number does not: quote it where it is a code".into());
    }
    if unsigned.ends_with('_') || unsigned.contains("__") || unsigned.contains("_.") {
        return Err("is no number: `_` stands between two digits".into());
    }
    Ok(token.trim_start_matches('+').replace('_', ""))
}

/// A day, `2026-03-04`, that exists.
pub fn date(token: &str) -> Result<NaiveDate, String> {
    let shape = token.split('-').map(str::len).eq([4, 2, 2]);
    if !shape {
        return Err("is no date: a date is written year-month-day".into());
    }
    NaiveDate::parse_from_str(token, "%Y-%m-%d").map_err(|_| "is no day of the calendar".into())
}

/// An hour of the day, `09:00` to `24:00`, in minutes after midnight.
pub fn clock(token: &str) -> Result<u16, String> {
    let wrong = || "is no time of day: it runs from `00:00` to `24:00`".to_string();
    let (hour, minute) = token.split_once(':').ok_or_else(wrong)?;
    let hour: u16 = hour.parse().map_err(|_| wrong())?;
    let minute: u16 = minute.parse().map_err(|_| wrong())?;
    let minutes = hour * 60 + minute;
    if minute < 60 && minutes <= 24 * 60 { Ok(minutes) } else { Err(wrong()) }
}

/// A local time, with its offset from UTC in seconds east where one is written: `2026-03-04 10:00`, `2026-03-04T10:00:00+01:00`.
pub fn time(token: &str) -> Result<(NaiveDateTime, Option<i32>), String> {
    let split = token.find(['T', 't', ' ', '\t']).unwrap_or(token.len());
    let (day, rest) = token.split_at_checked(split).unwrap_or((token, ""));
    let rest = rest.trim_start_matches(['T', 't', ' ', '\t']);
    let (hour, offset) = match rest.find(['Z', 'z', '+', '-']).and_then(|at| rest.split_at_checked(at)) {
        Some((hour, offset)) => (hour, Some(offset_seconds(offset)?)),
        None => (rest, None),
    };
    let time = NaiveTime::parse_from_str(hour, "%H:%M")
        .or_else(|_| NaiveTime::parse_from_str(hour, "%H:%M:%S%.f"))
        .map_err(|_| format!("has no time of day: `{hour}` is not between `00:00` and `23:59:59`"))?;
    Ok((date(day)?.and_time(time), offset))
}

fn offset_seconds(token: &str) -> Result<i32, String> {
    if token.eq_ignore_ascii_case("z") {
        return Ok(0);
    }
    let digits: String = token.chars().filter(char::is_ascii_digit).collect();
    let number: i32 = digits.parse().unwrap_or(i32::MAX);
    let (hours, minutes) = (number / 100, number % 100);
    if hours > 18 || minutes > 59 {
        return Err(format!("has no offset from UTC: `{token}` is not between `-18:00` and `+18:00`"));
    }
    let seconds = hours * 3600 + minutes * 60;
    Ok(if token.starts_with('-') { -seconds } else { seconds })
}

/// What a quoted text says. `\"`, `\\`, `\n` and `\t` are escapes; before any other character a backslash stands for itself, so that a
/// pattern such as `"\d+"` is written as it is known elsewhere.
pub fn unquote(token: &str) -> String {
    let inner = token.strip_prefix('"').unwrap_or(token);
    let mut text = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => match letters.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(escaped @ ('"' | '\\')) => text.push(escaped),
                Some(other) => text.extend(['\\', other]),
                None => text.push('\\'),
            },
            _ => text.push(letter),
        }
    }
    text
}
