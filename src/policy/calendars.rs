//! Calendars, checked: weekly hours and what is made of several.

use super::CalendarId;
use crate::source::Span;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

#[derive(Debug, Clone, Serialize)]
pub struct Calendar {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub kind: CalendarKind,
}

#[allow(clippy::large_enum_variant, reason = "a policy has few calendars")]
#[derive(Debug, Clone, Serialize)]
pub enum CalendarKind {
    Hours(Hours),
    Or(Vec<CalendarKind>),
    And(Vec<CalendarKind>),
    /// The first, less the others.
    Except(Vec<CalendarKind>),
    Named(CalendarId),
}

/// Weekly hours in one zone. For a day: an exception where there is one, else closed on a holiday, else the last season written that
/// holds the day and speaks of its weekday, else the weekly hours.
#[derive(Debug, Clone, Serialize)]
pub struct Hours {
    pub zone: Tz,
    pub weekly: Week,
    pub seasons: Vec<Season>,
    pub exceptions: BTreeMap<NaiveDate, Vec<DayHours>>,
    pub holidays: BTreeSet<NaiveDate>,
    /// The files that holidays were read from.
    #[serde(skip)]
    pub files: Vec<HolidayFile>,
}

/// Monday first; each day's spans sorted and disjoint.
/// A file of holidays.
#[derive(Debug, Clone)]
pub struct HolidayFile {
    pub name: SmolStr,
    pub span: Span,
    /// The last day that no endless rule gives: after it the file knows no movable feast.
    pub listed_until: Option<NaiveDate>,
}

pub type Week = [Vec<DayHours>; 7];

#[derive(Debug, Clone, Serialize)]
pub struct Season {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// `None` for a weekday that the season does not speak of.
    pub week: [Option<Vec<DayHours>>; 7],
}

/// Local minutes after midnight; `from < to`, `to` at most 1440.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DayHours {
    pub from: u16,
    pub to: u16,
}
