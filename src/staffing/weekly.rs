//! Spans of a year as a week that people can read: what a weekday usually has, and how many days differ.

use crate::calendar::hours::{DAY, instant_of, local_at};
use crate::calendar::spans::Span;
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::fmt::Write;

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

/// So many days that are not as usual are told, those in a row as one.
const MOST_RUNS: usize = 4;

/// Minutes of a day's clock, from and to.
type DaySpans = Vec<(i64, i64)>;

/// `mon..fri 00:00-09:00, 17:30-24:00; sat..sun all day`, then how many days differ. The days are those of a zone.
pub(super) fn words(spans: &[Span], window: Span, zone: Tz) -> Vec<String> {
    let days = by_day(spans, zone);
    let mut usual: Vec<DaySpans> = Vec::with_capacity(7);
    // The days that are whole in the window.
    let (first, last) =
        (-(-local_at(zone, window.start)).div_euclid(DAY), local_at(zone, window.end).div_euclid(DAY) - 1);
    let none = Vec::new();
    for weekday in 0..7 {
        let mut counts: BTreeMap<&DaySpans, usize> = BTreeMap::new();
        for day in (first..=last).filter(|day| weekday_of(*day) == Some(weekday)) {
            *counts.entry(days.get(&day).unwrap_or(&none)).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        usual.push(most.map_or_else(Vec::new, |(spans, _)| spans.clone()));
    }
    let mut words = Vec::new();
    let week = week(&usual);
    if !week.is_empty() {
        words.push(week);
    }
    let differs =
        |day: &i64| days.contains_key(day) && weekday_of(*day).and_then(|weekday| usual.get(weekday)) != days.get(day);
    // Days in a row that have the same spans stand together.
    let mut runs: Vec<(i64, i64, &DaySpans)> = Vec::new();
    for day in (first..=last).filter(differs) {
        let spans = days.get(&day).unwrap_or(&none);
        match runs.last_mut() {
            Some((_, to, same)) if *to + 1 == day && *same == spans => *to = day,
            _ => runs.push((day, day, spans)),
        }
    }
    for (from, to, spans) in runs.iter().take(MOST_RUNS) {
        let date = |day: i64| date_of(day).map_or_else(String::new, |date| date.to_string());
        let dates = if from == to { date(*from) } else { format!("{}..{}", date(*from), date(*to)) };
        words.push(format!("{dates} {}", day_words(spans)));
    }
    let more: i64 = runs.iter().skip(MOST_RUNS).map(|(from, to, _)| to - from + 1).sum();
    if more > 0 {
        words.push(format!(
            "and on {more} more day{} that {} not as usual",
            if more == 1 { "" } else { "s" },
            if more == 1 { "is" } else { "are" }
        ));
    }
    words
}

/// Weekdays in a row that have the same spans stand together.
fn week(usual: &[DaySpans]) -> String {
    let mut words = String::new();
    let mut from = 0;
    while let Some(spans) = usual.get(from) {
        let same = usual.iter().skip(from).take_while(|other| *other == spans).count();
        if !spans.is_empty() {
            let separator = if words.is_empty() { "" } else { "; " };
            let last = from + same - 1;
            let names = match same {
                1 => NAMES.get(from).map_or_else(String::new, |name| (*name).to_owned()),
                _ => format!("{}..{}", NAMES.get(from).unwrap_or(&""), NAMES.get(last).unwrap_or(&"")),
            };
            // Writing to a string cannot fail.
            let _ = write!(words, "{separator}{names} {}", day_words(spans));
        }
        from += same;
    }
    words
}

fn day_words(spans: &DaySpans) -> String {
    if spans.as_slice() == [(0, 1440)] {
        return "all day".to_owned();
    }
    let clock = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let each: Vec<String> = spans.iter().map(|(from, to)| format!("{}-{}", clock(*from), clock(*to))).collect();
    each.join(", ")
}

/// The spans of each day that has any, in minutes of its clock, by days since 1970-01-01.
fn by_day(spans: &[Span], zone: Tz) -> BTreeMap<i64, DaySpans> {
    let mut days: BTreeMap<i64, DaySpans> = BTreeMap::new();
    for span in spans {
        let mut at = span.start;
        while at < span.end {
            let local = local_at(zone, at);
            let day = local.div_euclid(DAY);
            // A day that begins later by the clock's jump must not keep the search where it is.
            let next = instant_of(zone, (day + 1) * DAY).max(at + MINUTE);
            let end = span.end.min(next);
            let from = local.rem_euclid(DAY) / MINUTE;
            let to = if end == next { 1440 } else { local_at(zone, end).rem_euclid(DAY) / MINUTE };
            if from < to {
                days.entry(day).or_default().push((from, to));
            }
            at = end;
        }
    }
    days
}

fn date_of(day: i64) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(i32::try_from(day).ok()?)
}

fn weekday_of(day: i64) -> Option<usize> {
    date_of(day).map(|date| date.weekday().num_days_from_monday() as usize)
}
