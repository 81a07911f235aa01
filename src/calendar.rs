//! Business time: which instants a calendar holds, when it opens next, and when a promise falls due.
//!
//! A calendar is a set of instants: weekly hours on a zone's clock (see [`hours`]), and unions, intersections and differences
//! of calendars. Instants are microseconds since 1970-01-01T00:00:00Z. Calendars are known from 1970 to 2100, in UTC; outside
//! of that nothing is open, so that every search ends.
//!
//! Spans are made a UTC year at a time, when one is first asked for, and kept: the answer does not depend on what was asked
//! before. A year of weekly hours takes about 10 kB.

mod due;
pub mod hours;
pub mod spans;
mod year;

use crate::policy::{Calendar, CalendarId, CalendarKind};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use hours::{DAY, SECOND, instant_of, local_at};
use spans::{Span, difference, intersection, union};
use std::sync::OnceLock;
use year::Year;

const FIRST_YEAR: i32 = 1970;
const LAST_YEAR: i32 = 2100;
/// 2101-01-01T00:00:00Z.
const END: i64 = 4_133_980_800 * SECOND;
const YEARS: usize = (LAST_YEAR - FIRST_YEAR + 1) as usize;

/// Whether calendars know an instant: from 1970 to 2100.
pub fn is_known(instant: i64) -> bool {
    (0..END).contains(&instant)
}

/// All calendars of a policy, by their ids. An id that is not of the policy is a calendar that is never open.
#[derive(Debug, Clone)]
pub struct Calendars {
    kinds: Vec<CalendarKind>,
    /// The calendars that each one names.
    named: Vec<Vec<CalendarId>>,
    /// By calendar, then year.
    years: Vec<OnceLock<Box<Year>>>,
}

impl Calendars {
    /// A calendar that is made of itself, which no checked policy has, is never open.
    pub fn new(calendars: &[Calendar]) -> Self {
        let mut kinds: Vec<CalendarKind> = calendars.iter().map(|calendar| calendar.kind.clone()).collect();
        let named: Vec<Vec<CalendarId>> = kinds.iter().map(named_in).collect();
        for (kind, circular) in kinds.iter_mut().zip(circular(&named)) {
            if circular {
                *kind = CalendarKind::Or(Vec::new());
            }
        }
        let named: Vec<Vec<CalendarId>> = kinds.iter().map(named_in).collect();
        let years = vec![OnceLock::new(); kinds.len() * YEARS];
        Calendars { kinds, named, years }
    }

    /// The same calendars as if there were no holidays: to tell what a holiday closes.
    pub fn without_holidays(&self) -> Calendars {
        let mut kinds = self.kinds.clone();
        kinds.iter_mut().for_each(forget_holidays);
        Calendars { years: vec![OnceLock::new(); self.years.len()], kinds, named: self.named.clone() }
    }

    /// Whether the calendar is open at an instant.
    pub fn contains(&self, calendar: CalendarId, instant: i64) -> bool {
        let span = self.year(calendar, year_of(instant)).and_then(|year| year.next_span(instant));
        span.is_some_and(|span| span.start <= instant)
    }

    /// Whether the calendar is open at an instant, with a window around it throughout which that holds: from, and before when.
    pub fn window(&self, calendar: CalendarId, instant: i64) -> (bool, i64, i64) {
        match self.year(calendar, year_of(instant)).and_then(|year| year.next_span(instant)) {
            Some(span) if span.start <= instant => (true, span.start, span.end),
            Some(span) => (false, instant, span.start),
            None => (false, instant, year_start(year_of(instant) + 1).max(instant.saturating_add(1))),
        }
    }

    /// The first instant from `from` on at which the calendar is open: `from` itself where it is open then.
    pub fn next_opening(&self, calendar: CalendarId, from: i64) -> Option<i64> {
        let span = self.years_from(calendar, from).find_map(|year| year.next_span(from))?;
        Some(span.start.max(from))
    }

    /// Open time from `from` to `to`; none where `to` is not after `from`.
    pub fn business_between(&self, calendar: CalendarId, from: i64, to: i64) -> i64 {
        let last = year_of(to);
        let whole: i64 = (year_of(from)..last).filter_map(|year| self.year(calendar, year)).map(Year::total).sum();
        let until_to = self.year(calendar, last).map_or(0, |year| year.open_before(to));
        let until_from = self.year(calendar, year_of(from)).map_or(0, |year| year.open_before(from));
        (whole + until_to - until_from).max(0)
    }

    /// The first instant at which the calendar was open for `business` microseconds since `from`: a promise made at `from`
    /// falls due then. It may be the instant of closing, when the time is up to the microsecond.
    pub fn deadline(&self, calendar: CalendarId, from: i64, business: i64) -> Option<i64> {
        if business <= 0 {
            return Some(from);
        }
        let mut missing = business;
        for year in self.years_from(calendar, from) {
            let before = year.open_before(from);
            let left = year.total() - before;
            if missing <= left {
                return year.reached(before + missing);
            }
            missing -= left;
        }
        None
    }

    /// The end of the n-th business day after `from`, counted from the opening where `from` is outside: the same time of day on
    /// the n-th day after that has any open time, or, where the calendar is closed then, the closing before it, or that day's
    /// opening where there is none. Monday 15:00 and one business day are Tuesday 15:00; Saturday and one are Tuesday's
    /// opening. Days are those of the calendar's first hours, from left to right.
    ///
    /// Help desks differ here (the same time, a fixed hour, the end of the day); this reading gives the assignee one working
    /// day's time whenever the lead comes in, and never moves a deadline into closed hours.
    pub fn deadline_days(&self, calendar: CalendarId, from: i64, days: i64) -> Option<i64> {
        if days <= 0 {
            return Some(from);
        }
        let zone = self.zone(calendar);
        let start = local_at(zone, self.next_opening(calendar, from)?);
        let mut day = start.div_euclid(DAY);
        for _ in 0..days {
            let opening = self.next_opening(calendar, instant_of(zone, (day + 1) * DAY))?;
            day = local_at(zone, opening).div_euclid(DAY).max(day + 1);
        }
        let same_time = instant_of(zone, day * DAY + start.rem_euclid(DAY));
        if self.contains(calendar, same_time) {
            return Some(same_time);
        }
        let midnight = instant_of(zone, day * DAY);
        match self.business_between(calendar, midnight, same_time) {
            0 => self.next_opening(calendar, midnight),
            open => self.deadline(calendar, midnight, open),
        }
    }

    /// The zone of the first hours in the calendar, from left to right.
    pub fn zone(&self, calendar: CalendarId) -> Tz {
        let mut kind = self.kinds.get(calendar.at());
        while let Some(inner) = kind {
            kind = match inner {
                CalendarKind::Hours(hours) => return hours.zone,
                CalendarKind::Or(parts) | CalendarKind::And(parts) | CalendarKind::Except(parts) => parts.first(),
                CalendarKind::Named(id) => self.kinds.get(id.at()),
            };
        }
        Tz::UTC
    }

    /// The open spans of a window, in order; neighbouring ones never touch.
    pub fn open_spans(&self, calendar: CalendarId, from: i64, to: i64) -> Vec<Span> {
        let window = Span { start: from, end: to };
        let years = self
            .years_from(calendar, from)
            .take_while(|year| year.spans().first().is_none_or(|first| first.start < to));
        union(years.flat_map(Year::spans).filter_map(|span| span.within(window)).collect())
    }

    /// The years from the one of an instant to the last.
    fn years_from(&self, calendar: CalendarId, from: i64) -> impl Iterator<Item = &Year> {
        (year_of(from)..=LAST_YEAR).map_while(move |year| self.year(calendar, year))
    }

    fn year(&self, calendar: CalendarId, year: i32) -> Option<&Year> {
        let cell = self.cell(calendar, year)?;
        if cell.get().is_none() {
            self.fill(calendar, year);
        }
        cell.get().map(Box::as_ref)
    }

    fn cell(&self, calendar: CalendarId, year: i32) -> Option<&OnceLock<Box<Year>>> {
        let place = usize::try_from(year - FIRST_YEAR).ok().filter(|&place| place < YEARS)?;
        self.years.get(calendar.at() * YEARS + place)
    }

    /// Makes a year of a calendar after those of the calendars that it names: by a stack of its own, since names may go deep.
    fn fill(&self, calendar: CalendarId, year: i32) {
        let window = Span { start: year_start(year), end: year_start(year + 1) };
        let mut stack = vec![calendar];
        while let Some(&top) = stack.last() {
            let known = stack.len();
            let named = self.named.get(top.at()).map_or(&[][..], Vec::as_slice);
            stack.extend(named.iter().filter(|&&id| self.cell(id, year).is_some_and(|cell| cell.get().is_none())));
            if stack.len() == known {
                stack.pop();
                if let (Some(kind), Some(cell)) = (self.kinds.get(top.at()), self.cell(top, year)) {
                    cell.get_or_init(|| Box::new(Year::new(window, self.spans_of(kind, year, window))));
                }
            }
        }
    }

    /// The calendars that are named have this year already.
    fn spans_of(&self, kind: &CalendarKind, year: i32, window: Span) -> Vec<Span> {
        let open = |kind: &CalendarKind| self.spans_of(kind, year, window);
        match kind {
            CalendarKind::Hours(hours) => hours::open_spans(hours, window),
            CalendarKind::Or(parts) => union(parts.iter().flat_map(open).collect()),
            CalendarKind::And(parts) => {
                parts.iter().map(open).reduce(|all, part| intersection(&all, &part)).unwrap_or_default()
            }
            CalendarKind::Except(parts) => {
                parts.iter().map(open).reduce(|all, part| difference(&all, &part)).unwrap_or_default()
            }
            CalendarKind::Named(id) => {
                self.cell(*id, year).and_then(OnceLock::get).map_or_else(Vec::new, |year| year.spans().to_vec())
            }
        }
    }
}

fn forget_holidays(kind: &mut CalendarKind) {
    match kind {
        CalendarKind::Hours(hours) => hours.holidays.clear(),
        CalendarKind::Or(parts) | CalendarKind::And(parts) | CalendarKind::Except(parts) => {
            parts.iter_mut().for_each(forget_holidays);
        }
        CalendarKind::Named(_) => {}
    }
}

fn named_in(kind: &CalendarKind) -> Vec<CalendarId> {
    match kind {
        CalendarKind::Hours(_) => Vec::new(),
        CalendarKind::Or(parts) | CalendarKind::And(parts) | CalendarKind::Except(parts) => {
            parts.iter().flat_map(named_in).collect()
        }
        CalendarKind::Named(id) => vec![*id],
    }
}

/// Which calendars are made of themselves, or of one that is: what is left when those that name only settled ones are
/// settled one after the other (Kahn, CACM 1962).
fn circular(named: &[Vec<CalendarId>]) -> Vec<bool> {
    let mut open: Vec<usize> = named.iter().map(Vec::len).collect();
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); named.len()];
    for (user, names) in named.iter().enumerate() {
        for id in names {
            if let Some(users) = users.get_mut(id.at()) {
                users.push(user);
            }
        }
    }
    let mut settled: Vec<usize> = (0..named.len()).filter(|&at| open.get(at) == Some(&0)).collect();
    while let Some(at) = settled.pop() {
        for &user in users.get(at).into_iter().flatten() {
            if let Some(left) = open.get_mut(user) {
                *left -= 1;
                if *left == 0 {
                    settled.push(user);
                }
            }
        }
    }
    open.into_iter().map(|left| left > 0).collect()
}

/// The UTC year of an instant; 1970 for those before it, 2101 for those after 2100.
fn year_of(instant: i64) -> i32 {
    DateTime::from_timestamp_micros(instant.clamp(0, END)).map_or(FIRST_YEAR, |at| at.year())
}

fn year_start(year: i32) -> i64 {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    first.and_time(NaiveTime::MIN).and_utc().timestamp_micros()
}
