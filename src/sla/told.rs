//! How a deadline came about, for people: what counted, and what did not, and why.

use super::people::People;
use super::{Given, Holder};
use crate::calendar::Calendars;
use crate::calendar::hours::local_at;
use crate::calendar::spans::Span;
use crate::policy::{CalendarId, CalendarKind, Clock, Hours, Policy, Promise, SlaId};
use crate::syntax::ast::{Duration, Unit};
use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use serde::Serialize;
use std::collections::BTreeSet;

/// So many spans of time are told of one promise.
const MOST_SPANS: usize = 6;

/// A promise as it stands when a lead is assigned. Instants are on the clock of the calendar that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pledge {
    /// `respond`
    pub promise: &'static str,
    /// `5 minutes`
    pub within: String,
    /// `of the hours of ana (calendar berlin)`
    pub clock: String,
    /// None where the calendar never opens long enough.
    pub due: Option<String>,
    pub zone: String,
    /// In order, those that count and those that do not; the first of them where they are many.
    pub spans: Vec<ToldSpan>,
    /// How many spans are not told.
    pub more: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldSpan {
    pub from: String,
    pub to: String,
    pub counts: bool,
    /// Why it does not count: `closed`, `closed, holiday 2026-05-01`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Every promise of an SLA, for a lead that was assigned at an instant.
pub fn told(policy: &Policy, people: &People, sla: SlaId, given: Given, at: i64) -> Vec<Pledge> {
    let promises = policy.slas.get(sla.at()).map_or(&[][..], |sla| &sla.promises);
    let all_days = people.calendars().without_holidays();
    promises.iter().map(|promise| told_promise(policy, people, &all_days, promise, given, at)).collect()
}

fn told_promise(
    policy: &Policy,
    people: &People,
    all_days: &Calendars,
    promise: &Promise,
    given: Given,
    at: i64,
) -> Pledge {
    let calendar = people.calendar(&promise.clock, given.holder, given.pool);
    let zone = calendar.map_or(policy.zone, |calendar| people.calendars().zone(calendar));
    let due = people.due(&promise.within, calendar, at);
    let (spans, more) = match (calendar, due) {
        (Some(calendar), Some(due)) => {
            let window = Span { start: at, end: due };
            let open = people.calendars().open_spans(calendar, at, due);
            let why = |from, to| match all_days.open_spans(calendar, from, to).is_empty() {
                true => "closed".to_owned(),
                false => holidays(policy, calendar, from, to),
            };
            spans(&open, zone, window, &why)
        }
        _ => (Vec::new(), 0),
    };
    Pledge {
        promise: promise.stage.word(),
        within: duration(&promise.within),
        clock: clock(policy, &promise.clock, given, calendar),
        due: due.map(|due| moment(zone, due)),
        zone: zone.name().to_owned(),
        spans,
        more,
    }
}

fn spans(open: &[Span], zone: Tz, window: Span, why: &dyn Fn(i64, i64) -> String) -> (Vec<ToldSpan>, usize) {
    let mut told = Vec::new();
    let one = |from: i64, to: i64, why: Option<String>| ToldSpan {
        from: moment(zone, from),
        to: moment(zone, to),
        counts: why.is_none(),
        why,
    };
    let mut last = window.start;
    for span in open {
        if span.start > last {
            told.push(one(last, span.start, Some(why(last, span.start))));
        }
        told.push(one(span.start, span.end, None));
        last = span.end;
    }
    if last < window.end {
        told.push(one(last, window.end, Some(why(last, window.end))));
    }
    let more = told.len().saturating_sub(MOST_SPANS);
    told.truncate(MOST_SPANS);
    (told, more)
}

/// The holidays of a calendar from the day of one instant to that of another.
fn holidays(policy: &Policy, calendar: CalendarId, from: i64, to: i64) -> String {
    let mut holidays: BTreeSet<NaiveDate> = BTreeSet::new();
    let mut named = vec![calendar];
    let mut at = 0;
    while let Some(calendar) = named.get(at).and_then(|id| policy.calendars.get(id.at())) {
        each_hours(&calendar.kind, &mut named, &mut |hours| {
            let day =
                |instant| DateTime::from_timestamp_micros(local_at(hours.zone, instant)).map(|at| at.date_naive());
            if let Some((first, last)) = day(from).zip(day(to)).filter(|(first, last)| first <= last) {
                holidays.extend(hours.holidays.range(first..=last));
            }
        });
        at += 1;
    }
    match (holidays.first(), holidays.last()) {
        (Some(first), Some(last)) if first == last => format!("closed, holiday {first}"),
        (Some(first), Some(last)) => format!("closed, {} holidays from {first} to {last}", holidays.len()),
        _ => "closed".to_owned(),
    }
}

fn each_hours(kind: &CalendarKind, named: &mut Vec<CalendarId>, take: &mut dyn FnMut(&Hours)) {
    match kind {
        CalendarKind::Hours(hours) => take(hours),
        CalendarKind::Or(parts) | CalendarKind::And(parts) | CalendarKind::Except(parts) => {
            parts.iter().for_each(|part| each_hours(part, named, take));
        }
        CalendarKind::Named(id) if !named.contains(id) => named.push(*id),
        CalendarKind::Named(_) => {}
    }
}

/// `5 minutes`, `1 business day`.
pub fn duration(duration: &Duration) -> String {
    let unit = match duration.unit {
        Unit::Second => "second",
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
    };
    let business = if duration.business { "business " } else { "" };
    format!("{} {business}{unit}{}", duration.count, if duration.count == 1 { "" } else { "s" })
}

/// Whose time counts, in words.
fn clock(policy: &Policy, clock: &Clock, given: Given, calendar: Option<CalendarId>) -> String {
    let pool = |id: crate::policy::PoolId| policy.pools.get(id.at()).map_or("", |pool| pool.name.as_str());
    let whose = match (clock, given) {
        (Clock::Elapsed, _) => return "on the clock".to_owned(),
        (Clock::In(id), _) => {
            let name = policy.calendars.get(id.at()).map_or("", |calendar| calendar.name.as_str());
            return format!("of business time in {name}");
        }
        (Clock::OfPool, Given { pool: Some(id), .. }) => format!("the people of pool {}", pool(id)),
        (Clock::OfPool | Clock::OfAssignee, Given { holder, .. }) => match holder {
            Holder::Rep(id) => policy.reps.get(id.at()).map_or_else(String::new, |rep| rep.name.to_string()),
            Holder::Queue(id) => {
                let name = policy.queues.get(id.at()).map_or("", |queue| queue.name.as_str());
                format!("those who work queue {name}")
            }
            Holder::Pool(id) => format!("the people of pool {}", pool(id)),
        },
    };
    match calendar.map(|id| policy.calendars.get(id.at())) {
        None => format!("on the clock, since {whose} have no hours"),
        Some(Some(calendar)) => format!("of business time of {whose} (calendar {})", calendar.name),
        // A calendar that was made of those of several people.
        Some(None) => format!("of business time of {whose}"),
    }
}

/// `Wed 2026-03-04 10:05`, with seconds where there are any.
pub fn moment(zone: Tz, instant: i64) -> String {
    let local = DateTime::from_timestamp_micros(local_at(zone, instant)).unwrap_or_default();
    let text = local.format("%a %Y-%m-%d %H:%M:%S").to_string();
    text.strip_suffix(":00").map_or_else(|| text.clone(), str::to_owned)
}
