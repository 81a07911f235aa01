//! When a promise falls due.

use super::Calendars;
use super::hours::{DAY, SECOND, instant_of, local_at};
use crate::policy::CalendarId;
use crate::syntax::ast::{Duration, Unit};
use chrono::{DateTime, Months, NaiveTime};
use chrono_tz::Tz;

impl Calendars {
    /// When a promise that was made at `from` falls due, on a calendar or, without one, on the wall's clock. None where the
    /// calendar does not open long enough until the end of 2100.
    ///
    /// Seconds, minutes and hours are exact. Days, weeks and months on the wall's clock end at the same time of day in the zone;
    /// on a calendar days are business days ([`Calendars::deadline_days`]).
    pub fn due(&self, within: &Duration, calendar: Option<CalendarId>, zone: Tz, from: i64) -> Option<i64> {
        let seconds = |each: i64| within.count.saturating_mul(each).saturating_mul(SECOND);
        let exact = match within.unit {
            Unit::Second => Some(seconds(1)),
            Unit::Minute => Some(seconds(60)),
            Unit::Hour => Some(seconds(3_600)),
            Unit::Day | Unit::Week | Unit::Month => None,
        };
        match (calendar, exact, within.unit) {
            (Some(calendar), Some(exact), _) => self.deadline(calendar, from, exact),
            (None, Some(exact), _) => from.checked_add(exact.max(0)),
            // What `check` refuses for a calendar, weeks and months, is taken as so many business days.
            (Some(calendar), None, unit) => {
                let days = within.count.saturating_mul(match unit {
                    Unit::Week => 5,
                    Unit::Month => 21,
                    _ => 1,
                });
                self.deadline_days(calendar, from, days)
            }
            (None, None, Unit::Month) => months_later(zone, from, within.count),
            (None, None, unit) => {
                let days = within.count.saturating_mul(if unit == Unit::Week { 7 } else { 1 });
                let local = local_at(zone, from).checked_add(days.checked_mul(DAY)?)?;
                DateTime::from_timestamp_micros(local).map(|_| instant_of(zone, local))
            }
        }
    }
}

fn months_later(zone: Tz, from: i64, months: i64) -> Option<i64> {
    let local = DateTime::from_timestamp_micros(local_at(zone, from))?.naive_utc();
    let date = local.date().checked_add_months(Months::new(u32::try_from(months).ok()?))?;
    let midnight = date.and_time(NaiveTime::MIN).and_utc().timestamp_micros();
    Some(instant_of(zone, midnight + local_at(zone, from).rem_euclid(DAY)))
}
