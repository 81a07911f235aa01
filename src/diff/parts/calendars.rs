//! Calendars: the hours of each weekday, seasons, exceptions, and which holidays came and went.

use super::clauses::{self, Clause, days, members};
use super::{Change, Kind, Things};
use crate::policy::{CalendarKind, DayHours, Hours, Policy, Week};
use smol_str::{SmolStr, ToSmolStr};

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

pub fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    let things = Things {
        kind: Kind::Calendar,
        what: "calendar",
        old: &old.calendars,
        new: &new.calendars,
        name: |calendar| &calendar.name,
        span: |calendar| calendar.span,
    };
    things.changes(
        |before, after| match (&before.kind, &after.kind) {
            (CalendarKind::Hours(was), CalendarKind::Hours(is)) => {
                let mut details = clauses::changes(&clauses_of(was), &clauses_of(is));
                let holidays = |hours: &Hours| hours.holidays.iter().map(ToSmolStr::to_smolstr).collect::<Vec<_>>();
                details.extend(members(["new holidays", "no longer holidays"], &holidays(was), &holidays(is)));
                details
            }
            (was, is) => {
                let said = |policy: &Policy, kind: &CalendarKind| vec![("calendar", words(policy, kind))];
                clauses::changes(&said(old, was), &said(new, is))
            }
        },
        |_| true,
    )
}

fn clauses_of(hours: &Hours) -> Vec<Clause> {
    let mut said = vec![("zone", format!("zone \"{}\"", hours.zone))];
    said.push(("week", week(&hours.weekly)));
    for season in &hours.seasons {
        let during = days(season.from, season.to);
        for (day, spans) in WEEKDAYS.iter().zip(&season.week) {
            said.extend(spans.as_ref().map(|spans| ("season", format!("{day} {} during {during}", open(spans)))));
        }
    }
    said.extend(hours.exceptions.iter().map(|(day, spans)| ("on", format!("on {day} {}", open(spans)))));
    said
}

/// `mon..fri 09:00-17:30, sat 10:00-14:00`; days that are not named are closed.
fn week(week: &Week) -> String {
    let days: Vec<(&str, &Vec<DayHours>)> = WEEKDAYS.into_iter().zip(week).collect();
    let runs = days.chunk_by(|one, next| one.1 == next.1).filter_map(|run| Some((run.first()?, run.last()?)));
    let open = runs.filter(|((_, spans), _)| !spans.is_empty()).map(|((first, spans), (last, _))| {
        let days = if first == last { (*first).to_owned() } else { format!("{first}..{last}") };
        format!("{days} {}", open(spans))
    });
    let open: Vec<String> = open.collect();
    if open.is_empty() { "always closed".to_owned() } else { open.join(", ") }
}

fn open(spans: &[DayHours]) -> String {
    if spans.is_empty() {
        return "closed".to_owned();
    }
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let spans: Vec<String> = spans.iter().map(|span| format!("{}-{}", clock(span.from), clock(span.to))).collect();
    spans.join(", ")
}

/// A combination of calendars as it is written.
fn words(policy: &Policy, kind: &CalendarKind) -> String {
    let joined = |parts: &[CalendarKind], word: &str| {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| match part {
                CalendarKind::Or(_) | CalendarKind::And(_) | CalendarKind::Except(_) => {
                    format!("({})", words(policy, part))
                }
                _ => words(policy, part),
            })
            .collect();
        parts.join(word)
    };
    match kind {
        CalendarKind::Hours(hours) => {
            let clauses: Vec<String> = clauses_of(hours).into_iter().map(|(_, words)| words).collect();
            clauses.join("  ")
        }
        CalendarKind::Or(parts) => joined(parts, " or "),
        CalendarKind::And(parts) => joined(parts, " and "),
        CalendarKind::Except(parts) => joined(parts, " except "),
        CalendarKind::Named(id) => {
            policy.calendars.get(id.at()).map_or(SmolStr::default(), |one| one.name.clone()).to_string()
        }
    }
}
