//! What time it is for the people: which calendars are open, and which day, week, month or hour runs in each zone.
//!
//! Each watched thing holds over a window of time. While an instant stays in all windows nothing has changed, which is one
//! comparison; where it leaves one, those alone who depend on that thing are looked at again.

use crate::calendar::Calendars;
use crate::calendar::hours::{DAY, SECOND, instant_of, local_at};
use crate::policy::{CalendarId, meaning};
use crate::syntax::ast::{self, Unit};
use chrono::Datelike;
use chrono_tz::Tz;

const HOUR: i64 = DAY / 24;

/// What is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Watched {
    /// Whether it is open: 1 or 0.
    Calendar(CalendarId),
    /// The period that runs on the zone's clock. A day, week or month is named by its first day, counted from 1970-01-01, what
    /// is shorter by its first instant.
    Period(Tz, Unit),
}

/// What holds, and from when to before when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub from: i64,
    pub until: i64,
    pub value: i64,
}

impl Window {
    pub const NEVER: Window = Window { from: 0, until: 0, value: i64::MIN };

    pub fn holds(&self, at: i64) -> bool {
        self.from <= at && at < self.until
    }
}

impl Watched {
    pub fn at(self, calendars: &Calendars, at: i64) -> Window {
        match self {
            Watched::Calendar(calendar) => {
                let (open, from, until) = calendars.window(calendar, at);
                Window { from, until, value: i64::from(open) }
            }
            Watched::Period(zone, unit) => {
                let local = local_at(zone, at);
                let days = |first: i64, next: i64| {
                    let window = Window {
                        from: instant_of(zone, first * DAY),
                        until: instant_of(zone, next * DAY),
                        value: first,
                    };
                    // Where the clock shows midnight twice, the instants between are looked at one by one.
                    if window.holds(at) { window } else { Window { from: at, until: at + 1, value: first } }
                };
                let today = local.div_euclid(DAY);
                let part = |length: i64| {
                    let from = at - local.rem_euclid(length);
                    let steady = [from, from + length - 1].iter().all(|&end| local_at(zone, end) - end == local - at);
                    // Where the clock is changed within an hour, too.
                    let (start, until) = if steady { (from, from + length) } else { (at, at + 1) };
                    Window { from: start, until, value: from }
                };
                match unit {
                    Unit::Second => part(HOUR / 3600),
                    Unit::Minute => part(HOUR / 60),
                    Unit::Hour => part(HOUR),
                    Unit::Day => days(today, today + 1),
                    Unit::Week => {
                        // 1970-01-01 was a Thursday; weeks begin on Monday, ISO 8601.
                        let monday = today - (today + 3).rem_euclid(7);
                        days(monday, monday + 7)
                    }
                    Unit::Month => month(today).map_or(days(today, today + 1), |(first, next)| days(first, next)),
                }
            }
        }
    }
}

/// The first day of the month of a day, and of the month after.
fn month(today: i64) -> Option<(i64, i64)> {
    let first = meaning::date_of_days(today)?.with_day(1)?;
    let next = first.checked_add_months(chrono::Months::new(1))?;
    Some((meaning::days(first), meaning::days(next)))
}

/// The instant so long after another on the wall: days, weeks and months end at the same time of day on the zone's clock.
pub(super) fn later(at: i64, duration: &ast::Duration, zone: chrono_tz::Tz) -> i64 {
    let days = |days: i64| {
        let local = local_at(zone, at).saturating_add(duration.count.saturating_mul(days * DAY));
        instant_of(zone, local).max(at)
    };
    let seconds = |seconds: i64| at.saturating_add(duration.count.saturating_mul(seconds * SECOND));
    match duration.unit {
        Unit::Second => seconds(1),
        Unit::Minute => seconds(60),
        Unit::Hour => seconds(3600),
        Unit::Day => days(1),
        Unit::Week => days(7),
        Unit::Month => {
            let local = chrono::DateTime::from_timestamp_micros(local_at(zone, at));
            let months = u32::try_from(duration.count).ok().map(chrono::Months::new);
            let later = local.zip(months).and_then(|(local, months)| local.checked_add_months(months));
            later.map_or(i64::MAX, |later| instant_of(zone, later.timestamp_micros()))
        }
    }
}
