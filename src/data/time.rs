//! Dates and times as people and systems write them.
//!
//! Read are: `2026-03-04` (also with `/` or `.`), `20260304`, `04.03.2026` (dots: day first), `3/4/2026` and `3-4-2026` (the order
//! is the column's, see [`DateOrder`]), `Mar 4, 2026`, `4 March 2026`, `4-Mar-26`, with a weekday before any of them; two digits of a
//! year are 1970 to 2069. A time of day follows behind `T`, a space or a comma (`10:05`, `10:05:30.25`, `10 PM`), and behind it
//! `Z`, `UTC`, `GMT`, an offset or a zone's name. Ten digits are seconds since 1970, thirteen are milliseconds.

use crate::data::text;
use crate::policy::Instant;
use chrono::{Datelike, Days, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

/// Which comes first in a date such as `3/4/2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    DayFirst,
    MonthFirst,
}

/// Why a text is not a date or a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Unreadable,
    /// It has the form of a date, but the calendar has no such day.
    NoSuchDay,
    /// Day and month could be either way round, and nothing says which.
    Ambiguous,
    /// The month is past 12 in the order of the column.
    OtherOrder(DateOrder),
}

/// A date; a time of day behind it is read and left out. Seconds since 1970 give the day in `zone`.
pub fn date(raw: &str, order: Option<DateOrder>, zone: Tz) -> Result<NaiveDate, Fault> {
    let raw = text::trim(raw);
    if let Some(instant) = epoch(raw) {
        return Ok(in_zone(instant, zone)?.date());
    }
    let (day, rest) = day(raw, order)?;
    if !rest.is_empty() {
        time_of_day(rest)?;
    }
    Ok(day)
}

/// An instant. A local time is in `zone` (see [`instant`]); a date alone is its midnight there.
pub fn time(raw: &str, order: Option<DateOrder>, zone: Tz) -> Result<Instant, Fault> {
    let raw = text::trim(raw);
    if let Some(instant) = epoch(raw) {
        return Ok(instant);
    }
    let (day, rest) = day(raw, order)?;
    if rest.is_empty() {
        return Ok(instant(day.and_time(NaiveTime::MIN), zone));
    }
    let (clock, rest) = time_of_day(rest)?;
    let local = day.and_time(clock);
    match written_zone(rest)? {
        Some(WrittenZone::Offset(offset)) => Ok(at_offset(local, offset)),
        Some(WrittenZone::Named(zone)) => Ok(instant(local, zone)),
        None => Ok(instant(local, zone)),
    }
}

/// The instant of a local time with an offset in seconds east.
pub fn at_offset(local: NaiveDateTime, offset: i32) -> Instant {
    Instant { micros: local.and_utc().timestamp_micros() - i64::from(offset) * 1_000_000, offset }
}

/// The instant of a local time in a zone. A time that the clock skips (spring) is as much later as the clock is put forward, one that
/// it shows twice (autumn) is the earlier, as in RFC 5545, section 3.3.5.
pub fn instant(local: NaiveDateTime, zone: Tz) -> Instant {
    match zone.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => {
            at_offset(local, written(local, offset.fix().local_minus_utc()))
        }
        LocalResult::None => {
            let Instant { micros, offset } = at_offset(local, offset_before(local, zone));
            let behind = chrono::DateTime::from_timestamp_micros(micros)
                .map(|utc| zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc());
            Instant { micros, offset: behind.unwrap_or(offset) }
        }
    }
}

/// An offset as it can be written. Clocks of the sun, as that of Berlin until 1893, differ by seconds too, which RFC 3339 has no place for;
/// no calendar knows those years.
fn written(local: NaiveDateTime, offset: i32) -> i32 {
    if local.year() < 1970 { offset - offset % 60 } else { offset }
}

/// The offset in force before the gap that holds a local time. No gap is longer than a day (Samoa, 2011).
fn offset_before(local: NaiveDateTime, zone: Tz) -> i32 {
    (1..=100)
        .filter_map(|quarters| local.checked_sub_signed(Duration::minutes(15 * quarters)))
        .find_map(|earlier| zone.offset_from_local_datetime(&earlier).latest())
        .map_or(0, |offset| offset.fix().local_minus_utc())
}

fn in_zone(instant: Instant, zone: Tz) -> Result<NaiveDateTime, Fault> {
    let utc = chrono::DateTime::from_timestamp_micros(instant.micros).ok_or(Fault::Unreadable)?;
    Ok(utc.with_timezone(&zone).naive_local())
}

fn epoch(raw: &str) -> Option<Instant> {
    let factor = match raw.len() {
        10 => 1_000_000,
        13 => 1_000,
        _ => return None,
    };
    let digits = raw.bytes().all(|byte| byte.is_ascii_digit());
    let count: i64 = if digits { raw.parse().ok()? } else { return None };
    Some(Instant { micros: count * factor, offset: 0 })
}

/// What a value tells of the order of its column: something only where a number past 12 shows which is the day.
pub fn order_shown(raw: &str) -> Option<DateOrder> {
    let (first, rest) = number(without_weekday(text::trim(raw)), 2)?;
    let (second, _) = number(rest.strip_prefix(['/', '-'])?, 2)?;
    match (first, second) {
        (13..=31, 1..=12) => Some(DateOrder::DayFirst),
        (1..=12, 13..=31) => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

/// The day that a text starts with, and what stands behind it.
fn day(raw: &str, order: Option<DateOrder>) -> Result<(NaiveDate, &str), Fault> {
    let raw = without_weekday(raw);
    if raw.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return month_day_year(raw).ok_or(Fault::Unreadable)?;
    }
    let width = raw.bytes().take_while(u8::is_ascii_digit).count();
    let parsed = match width {
        8 => compact(raw),
        4 => year_month_day(raw),
        1 | 2 => numeric(raw, order).or_else(|| day_month_year(raw)),
        _ => None,
    };
    let (day, rest) = parsed.ok_or(Fault::Unreadable)??;
    let rest = match rest.strip_prefix(['T', 't', ' ', ',']) {
        Some(rest) => rest.trim_start().trim_start_matches("at ").trim_start(),
        None if rest.is_empty() => rest,
        None => return Err(Fault::Unreadable),
    };
    Ok((day, rest))
}

/// A day that was recognised (it may not exist) and what is behind it; `None` where the text has another form.
type Recognised<'a> = Option<Result<(NaiveDate, &'a str), Fault>>;

fn found(year: i32, month: u32, day: u32, rest: &str) -> Recognised<'_> {
    Some(NaiveDate::from_ymd_opt(year, month, day).map(|day| (day, rest)).ok_or(Fault::NoSuchDay))
}

fn compact(raw: &str) -> Recognised<'_> {
    let (year, rest) = (raw.get(..4)?.parse().ok()?, raw.get(4..)?);
    found(year, rest.get(..2)?.parse().ok()?, rest.get(2..4)?.parse().ok()?, rest.get(4..)?)
}

fn year_month_day(raw: &str) -> Recognised<'_> {
    let (year, rest) = number(raw, 4)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (month, rest) = number(rest.get(1..)?, 2)?;
    let (day, rest) = number(rest.strip_prefix(separator)?, 2)?;
    found(year as i32, month, day, rest)
}

/// `3/4/2026`, `3-4-2026` in the column's order, `4.3.2026` and `4. 3. 2026` with the day first.
fn numeric(raw: &str, order: Option<DateOrder>) -> Recognised<'_> {
    let (first, rest) = number(raw, 2)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (second, rest) = number(rest.get(1..)?.trim_start(), 2)?;
    let (year, rest) = year(rest.strip_prefix(separator)?.trim_start())?;
    let order = if separator == '.' { Some(DateOrder::DayFirst) } else { order };
    let (day, month) = match (order, first, second) {
        (Some(DateOrder::DayFirst), day, month) => (day, month),
        (Some(DateOrder::MonthFirst), month, day) => (day, month),
        (None, 13.., month) => (first, month),
        (None, month, 13..) => (second, month),
        (None, same, _) if same == second => (same, same),
        (None, _, _) => return Some(Err(Fault::Ambiguous)),
    };
    match order {
        Some(order) if separator != '.' && month > 12 && day <= 12 => Some(Err(Fault::OtherOrder(order))),
        _ => found(year, month, day, rest),
    }
}

/// `4 March 2026`, `4th of March, 2026`, `4-Mar-26`.
fn day_month_year(raw: &str) -> Recognised<'_> {
    let (day, rest) = number(raw, 2)?;
    let rest = between(without_ordinal(rest));
    let (month, rest) = month(rest.strip_prefix("of ").unwrap_or(rest))?;
    let (year, rest) = year(between(rest))?;
    found(year, month, day, rest)
}

/// `March 4, 2026`, `Mar 4th 2026`, `Mar-04-2026`.
fn month_day_year(raw: &str) -> Recognised<'_> {
    let (month, rest) = month(raw)?;
    let (day, rest) = number(between(rest), 2)?;
    let (year, rest) = year(between(without_ordinal(rest)))?;
    let rest = match rest.strip_prefix(['T', 't', ' ', ',']) {
        Some(rest) => rest.trim_start().trim_start_matches("at ").trim_start(),
        None if rest.is_empty() => rest,
        None => return None,
    };
    found(year, month, day, rest)
}

fn between(rest: &str) -> &str {
    rest.trim_start_matches([' ', '.', ',', '-', '/', '\u{a0}'])
}

fn without_ordinal(rest: &str) -> &str {
    match rest.get(..2) {
        Some(suffix) if ["st", "nd", "rd", "th"].iter().any(|known| suffix.eq_ignore_ascii_case(known)) => {
            rest.get(2..).unwrap_or("")
        }
        _ => rest,
    }
}

fn without_weekday(raw: &str) -> &str {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let (word, rest) = word(raw);
    if word.len() >= 3 && DAYS.iter().any(|day| begins(day, word)) { between(rest) } else { raw }
}

/// The letters at the start, and the rest.
fn word(raw: &str) -> (&str, &str) {
    let width = raw.bytes().take_while(u8::is_ascii_alphabetic).count();
    raw.split_at_checked(width).unwrap_or(("", raw))
}

fn begins(name: &str, start: &str) -> bool {
    name.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

fn month(raw: &str) -> Option<(u32, &str)> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let (word, rest) = word(raw);
    let at = MONTHS.iter().position(|month| word.len() >= 3 && begins(month, word))?;
    Some((at as u32 + 1, rest))
}

/// A number of at most so many digits, and what is behind it.
fn number(raw: &str, most: usize) -> Option<(u32, &str)> {
    let width = raw.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = raw.split_at_checked(width)?;
    if width > most {
        return None;
    }
    Some((digits.parse().ok()?, rest))
}

/// Four digits, or two (1970 to 2069).
fn year(raw: &str) -> Option<(i32, &str)> {
    let width = raw.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = number(raw, 4)?;
    match (width, year as i32) {
        (4, year) => Some((year, rest)),
        (2, year @ 0..70) => Some((2000 + year, rest)),
        (2, year) => Some((1900 + year, rest)),
        _ => None,
    }
}

/// A time of day and what is behind it (a zone, or nothing). A leap second is the last second of its minute.
fn time_of_day(raw: &str) -> Result<(NaiveTime, &str), Fault> {
    let (clock, rest) = clock(raw).ok_or(Fault::Unreadable)?;
    written_zone(rest)?;
    Ok((clock, rest))
}

fn clock(raw: &str) -> Option<(NaiveTime, &str)> {
    let (hour, mut rest) = number(raw, 2)?;
    let (mut minute, mut second, mut micros) = (None, 0, 0);
    if let Some(tail) = rest.strip_prefix(':') {
        let (value, tail) = number(tail, 2)?;
        (minute, rest) = (Some(value), tail);
        if let Some(tail) = rest.strip_prefix(':') {
            (second, rest) = number(tail, 2)?;
            if let Some(tail) = rest.strip_prefix(['.', ',']) {
                (micros, rest) = fraction(tail)?;
            }
        }
    }
    let (half, behind) = word(rest.trim_start());
    let afternoon = match half {
        half if half.eq_ignore_ascii_case("am") => Some(false),
        half if half.eq_ignore_ascii_case("pm") => Some(true),
        _ => None,
    };
    let hour = match (afternoon, hour) {
        (None, hour) => hour,
        (Some(afternoon), 12) => 12 * u32::from(afternoon),
        (Some(afternoon), 1..12) => hour + 12 * u32::from(afternoon),
        (Some(_), _) => return None,
    };
    if afternoon.is_none() && minute.is_none() {
        return None;
    }
    let rest = if afternoon.is_some() { behind } else { rest };
    let clock = NaiveTime::from_hms_micro_opt(hour, minute.unwrap_or(0), second.min(59), micros)?;
    (second <= 60).then_some((clock, rest.trim_start()))
}

/// Digits behind a point as microseconds; finer ones are dropped.
fn fraction(raw: &str) -> Option<(u32, &str)> {
    let width = raw.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = raw.split_at_checked(width)?;
    if digits.is_empty() {
        return None;
    }
    Some((
        digits.bytes().chain(std::iter::repeat(b'0')).take(6).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')),
        rest,
    ))
}

enum WrittenZone {
    Offset(i32),
    Named(Tz),
}

/// `Z`, `UTC`, `+01:00`, `-0500`, `GMT+1`, `Europe/Berlin`, `+01:00[Europe/Berlin]`; a comment in brackets is left out.
fn written_zone(raw: &str) -> Result<Option<WrittenZone>, Fault> {
    let raw = raw.split(" (").next().unwrap_or(raw).trim();
    let (offset, name) = match (raw.strip_suffix(']'), raw.find('[')) {
        (Some(inner), Some(at)) => (raw.get(..at).unwrap_or(""), inner.get(at + 1..).unwrap_or("")),
        _ if raw.contains('/') => ("", raw),
        _ => (raw, ""),
    };
    let utc = ["Z", "UTC", "GMT"].iter().find(|word| begins(offset, word) && offset.len() >= word.len());
    let signed = utc.map_or(offset, |word| offset.get(word.len()..).unwrap_or("")).trim_start();
    match (utc, signed, name) {
        (None, "", "") => Ok(None),
        (None, "", name) => name.parse().map(|zone| Some(WrittenZone::Named(zone))).map_err(|_| Fault::Unreadable),
        (Some(_), "", _) => Ok(Some(WrittenZone::Offset(0))),
        (_, signed, _) => {
            offset_seconds(signed).map(|offset| Some(WrittenZone::Offset(offset))).ok_or(Fault::Unreadable)
        }
    }
}

/// `+01:00`, `+0100`, `+01`, `+1` in seconds east.
fn offset_seconds(raw: &str) -> Option<i32> {
    let (east, digits) = match (raw.strip_prefix('+'), raw.strip_prefix(['-', '\u{2212}'])) {
        (Some(digits), _) => (1, digits),
        (None, Some(digits)) => (-1, digits),
        (None, None) => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let ((hours, ""), (minutes, "")) = (number(hours, 2)?, number(minutes, 2)?) else {
        return None;
    };
    (hours <= 18 && minutes < 60).then_some(east * (hours * 3600 + minutes * 60) as i32)
}

/// Days since 1970-01-01.
pub fn days(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

/// The date of so many days since 1970-01-01, where the calendar reaches that far.
pub fn date_of_days(days: i64) -> Option<NaiveDate> {
    let count = Days::new(days.unsigned_abs());
    let epoch = NaiveDate::default();
    if days < 0 { epoch.checked_sub_days(count) } else { epoch.checked_add_days(count) }
}

/// An instant in RFC 3339 with the offset that it was written with: `2026-03-04T10:00:00+01:00`.
pub fn show(instant: Instant) -> String {
    let utc = chrono::DateTime::from_timestamp_micros(instant.micros);
    let offset = chrono::FixedOffset::east_opt(instant.offset);
    match (utc, offset) {
        (Some(utc), Some(offset)) => utc.with_timezone(&offset).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        _ => format!("{} microseconds since 1970", instant.micros),
    }
}
