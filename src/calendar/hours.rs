//! Weekly hours on a zone's clock, as spans of real time.
//!
//! An instant is open when the zone's clock shows an open time at it. So an open hour that the clock skips in spring takes no
//! time at all, one that it shows twice in autumn is open twice, and a day without a midnight starts when the clock says so.
//! Real time is cut where the offset changes; within a piece the clock is a plain sum, and hours are moved back by the offset.

use super::spans::{Span, union};
use crate::policy::{DayHours, Hours};
use chrono::{DateTime, Datelike, LocalResult, NaiveDate, Offset, TimeZone};
use chrono_tz::{GapInfo, Tz};

pub const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
pub const DAY: i64 = 24 * 60 * MINUTE;

/// The spans of `window` in which the hours are open.
pub fn open_spans(hours: &Hours, window: Span) -> Vec<Span> {
    let mut open = Vec::new();
    for (piece, offset) in pieces(hours.zone, window) {
        let local_start = (piece.start + offset).div_euclid(DAY);
        let local_end = (piece.end + offset).div_euclid(DAY);
        for day in local_start..=local_end {
            let midnight = day * DAY - offset;
            let Some(date) = date_of(day) else { continue };
            open.extend(day_hours(hours, date).iter().filter_map(|span| {
                let (from, to) = (i64::from(span.from) * MINUTE, i64::from(span.to) * MINUTE);
                Span { start: midnight + from, end: midnight + to }.within(piece)
            }));
        }
    }
    union(open)
}

/// The hours of a local day: an exception, else none on a holiday, else the last season that speaks of it, else the week's.
fn day_hours(hours: &Hours, date: NaiveDate) -> &[DayHours] {
    if let Some(exception) = hours.exceptions.get(&date) {
        return exception;
    }
    if hours.holidays.contains(&date) {
        return &[];
    }
    let weekday = date.weekday().num_days_from_monday() as usize;
    let of_season = hours.seasons.iter().rev().find_map(|season| {
        let holds = season.from.is_none_or(|from| from <= date) && season.to.is_none_or(|to| date <= to);
        season.week.get(weekday).filter(|_| holds)?.as_deref()
    });
    of_season.or_else(|| hours.weekly.get(weekday).map(Vec::as_slice)).unwrap_or(&[])
}

/// The day of this count since 1970-01-01.
fn date_of(day: i64) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(i32::try_from(day).ok()?)
}

/// What the zone's clock shows at an instant, as microseconds since it showed 1970-01-01 00:00.
pub fn local_at(zone: Tz, instant: i64) -> i64 {
    instant + offset_at(zone, instant)
}

/// The instant at which the zone's clock shows a local time: the first where it shows it twice, the end of the gap where it
/// skips it.
pub fn instant_of(zone: Tz, local: i64) -> i64 {
    let local = DateTime::from_timestamp_micros(local).unwrap_or_default().naive_utc();
    let shown = match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at),
        LocalResult::None => GapInfo::new(&local, &zone).and_then(|gap| gap.end),
    };
    shown.map_or_else(|| local.and_utc().timestamp_micros(), |at| at.timestamp_micros())
}

/// How far the zone's clock is ahead of UTC at an instant, in microseconds.
fn offset_at(zone: Tz, instant: i64) -> i64 {
    let utc = DateTime::from_timestamp_micros(instant).unwrap_or_default().naive_utc();
    i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * SECOND
}

/// The window cut where the zone's offset changes, each piece with its offset. Changes are looked for day by day: since 1970 no
/// zone of the database has changed its clock twice within six days.
fn pieces(zone: Tz, window: Span) -> Vec<(Span, i64)> {
    let mut pieces = Vec::new();
    let (mut start, mut offset) = (window.start, offset_at(zone, window.start));
    let mut at = window.start;
    while at < window.end {
        let next = (at + DAY).min(window.end);
        let next_offset = offset_at(zone, next);
        if next_offset != offset {
            let change = first_second(at, next, |instant| offset_at(zone, instant) != offset);
            pieces.push((Span { start, end: change }, offset));
            (start, offset) = (change, next_offset);
        }
        at = next;
    }
    pieces.push((Span { start, end: window.end }, offset));
    pieces
}

/// The first instant after `before`, in whole seconds from it and at most `after`, at which `changed` holds.
fn first_second(before: i64, after: i64, changed: impl Fn(i64) -> bool) -> i64 {
    let (mut low, mut high) = (before, after);
    while high - low > SECOND {
        let middle = low + (high - low) / (2 * SECOND) * SECOND;
        if changed(middle) { high = middle } else { low = middle }
    }
    high
}
