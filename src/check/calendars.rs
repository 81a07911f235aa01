//! Calendars: weekly hours, seasons, holidays and exceptions, and calendars made of calendars.

use super::cycles::Node;
use super::declarations::Declarations;
use super::names::Kind;
use super::scope::Scope;
use crate::data::icalendar::{self, Holidays};
use crate::diagnostic::{Diagnostic, Severity};
use crate::policy::{
    Calendar, CalendarId, CalendarKind, CapZone, DataFiles, DayHours, HolidayFile, Hours, Season, Week,
};
use crate::syntax::ast::{self, CalendarBody, CalendarClause, CalendarExpr};
use chrono::{NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// So many days one range of holidays or exceptions may span: more is a typing mistake in a year.
const LONGEST_HOLIDAY: i64 = 3_700;

impl Scope<'_> {
    pub(super) fn calendars(&mut self, found: &Declarations<'_>, data: &DataFiles) -> Vec<Calendar> {
        let mut calendars = Vec::with_capacity(found.calendars.len());
        for (id, calendar) in found.calendars.iter().enumerate() {
            self.dependencies.enter(Node::Calendar(CalendarId(id as u32)), calendar.name.text.as_str());
            let kind = match &calendar.body {
                CalendarBody::Block(clauses) => CalendarKind::Hours(self.hours(&calendar.name, clauses, data)),
                CalendarBody::Combined(expr) => self.combined(expr),
            };
            calendars.push(Calendar { name: calendar.name.text.clone(), span: calendar.name.span, kind });
        }
        self.dependencies.leave();
        calendars
    }

    fn combined(&mut self, expr: &CalendarExpr) -> CalendarKind {
        let each = |scope: &mut Self, parts: &[CalendarExpr]| parts.iter().map(|part| scope.combined(part)).collect();
        match expr {
            CalendarExpr::Name(name) => {
                let id = CalendarId(self.resolve(Kind::Calendar, name).unwrap_or_default());
                self.dependencies.edge(Node::Calendar(id), name.span);
                CalendarKind::Named(id)
            }
            CalendarExpr::Or(parts) => CalendarKind::Or(each(self, parts)),
            CalendarExpr::And(parts) => CalendarKind::And(each(self, parts)),
            CalendarExpr::Except(parts) => CalendarKind::Except(each(self, parts)),
        }
    }

    fn hours(&mut self, name: &ast::Name, clauses: &[CalendarClause], data: &DataFiles) -> Hours {
        let mut hours = Hours {
            zone: self.zone,
            weekly: Week::default(),
            seasons: Vec::new(),
            exceptions: BTreeMap::new(),
            holidays: BTreeSet::new(),
            files: Vec::new(),
        };
        let mut open = false;
        for clause in clauses {
            match clause {
                CalendarClause::Zone(zone) => {
                    hours.zone = self.zone_named(&zone.text, zone.span).unwrap_or(hours.zone);
                }
                CalendarClause::Hours { days, hours: spans, during, .. } => {
                    open |= !spans.is_empty();
                    let spans = self.day_hours(spans);
                    self.weekdays(&mut hours, days, &spans, during.as_ref());
                }
                CalendarClause::HolidaysFile(path) => {
                    let read = self.holidays_file(path, data);
                    hours.holidays.extend(read.days);
                    let (name, span) = (path.text.clone(), path.span);
                    hours.files.push(HolidayFile { name, span, listed_until: read.listed_until });
                }
                CalendarClause::HolidayDates(ranges) => {
                    for range in ranges {
                        hours.holidays.extend(self.days_of(range));
                    }
                }
                CalendarClause::On { dates, hours: spans, .. } => {
                    open |= !spans.is_empty();
                    let spans = self.day_hours(spans);
                    for range in dates {
                        hours.exceptions.extend(self.days_of(range).map(|day| (day, spans.clone())));
                    }
                }
            }
        }
        if !open {
            self.report(
                Diagnostic::error("missing-part", name.span, format!("the calendar `{}` is never open", name.text))
                    .help("write its hours, such as `mon..fri 09:00-17:30`"),
            );
        }
        hours
    }

    fn weekdays(
        &mut self,
        hours: &mut Hours,
        days: &[ast::DaySpan],
        spans: &[DayHours],
        during: Option<&ast::DateRange>,
    ) {
        let days = days.iter().flat_map(|span| weekdays_of(span.from, span.to));
        match during {
            None => {
                for day in days {
                    if let Some(slot) = hours.weekly.get_mut(day) {
                        *slot = spans.to_vec();
                    }
                }
            }
            Some(range) => {
                self.check_dates(range);
                let mut week: [Option<Vec<DayHours>>; 7] = Default::default();
                for day in days {
                    if let Some(slot) = week.get_mut(day) {
                        *slot = Some(spans.to_vec());
                    }
                }
                hours.seasons.push(Season { from: range.from, to: range.to, week });
            }
        }
    }

    /// Spans of a day, sorted and joined where they overlap or touch.
    fn day_hours(&mut self, spans: &[ast::HourSpan]) -> Vec<DayHours> {
        let mut hours: Vec<DayHours> = Vec::with_capacity(spans.len());
        for span in spans {
            if span.from >= span.to {
                let (from, to) = (clock(span.from), clock(span.to));
                self.report(
                    Diagnostic::error(
                        "reversed-range",
                        span.span,
                        format!("the hours end at {to}, before they start at {from}"),
                    )
                    .help(format!(
                        "where they run past midnight, write `{from}-24:00` and, on the next day, `00:00-{to}`"
                    )),
                );
                continue;
            }
            hours.push(DayHours { from: span.from, to: span.to });
        }
        hours.sort_by_key(|span| (span.from, span.to));
        let mut joined: Vec<DayHours> = Vec::with_capacity(hours.len());
        for span in hours {
            match joined.last_mut() {
                Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
                _ => joined.push(span),
            }
        }
        joined
    }

    /// False, and said, where a range of days ends before it starts.
    pub(super) fn check_dates(&mut self, range: &ast::DateRange) -> bool {
        match (range.from, range.to) {
            (Some(from), Some(to)) if from > to => {
                self.reversed(range.span, &from.to_string(), &to.to_string());
                false
            }
            _ => true,
        }
    }

    fn days_of(&mut self, range: &ast::DateRange) -> impl Iterator<Item = NaiveDate> + use<> {
        let sound = self.check_dates(range);
        let (from, to) = match (range.from, range.to) {
            (Some(from), Some(to)) if sound => (from, to),
            (Some(day), None) | (None, Some(day)) => {
                self.report(
                    Diagnostic::error("missing-part", range.span, "these days have no end")
                        .help("write the first and the last day"),
                );
                (day, day)
            }
            _ => return NaiveDate::MAX.iter_days().take(0),
        };
        let days = (to - from).num_days() + 1;
        if days > LONGEST_HOLIDAY {
            self.report(
                Diagnostic::error("value-outside-range", range.span, format!("these are {days} days"))
                    .here("more than ten years")
                    .help("see whether the years are right"),
            );
        }
        from.iter_days().take(days.clamp(0, LONGEST_HOLIDAY) as usize)
    }

    fn holidays_file(&mut self, path: &ast::Text, data: &DataFiles) -> Holidays {
        let Some(bytes) = self.file(path, data) else { return Holidays::default() };
        match icalendar::holidays(&bytes) {
            Ok(holidays) => {
                let warnings = holidays.warnings.iter().map(|warning| (warning.line, warning.message.clone()));
                let help =
                    "mend the file, leave out of it what does not close your office, or open a day again with `on`";
                self.file_findings(path, warnings.collect(), Severity::Warning, help);
                holidays
            }
            Err(fault) => {
                self.report(
                    Diagnostic::error("bad-data", path.span, format!("`{}` is not a calendar of holidays", path.text))
                        .note(format!("line {}: {}", fault.line, fault.message))
                        .help("export the holidays as iCalendar (.ics)"),
                );
                Holidays::default()
            }
        }
    }

    /// The zone in which days are counted.
    pub(super) fn zone_of(&mut self, zone: Option<&ast::ZoneRef>) -> CapZone {
        match zone {
            None => CapZone::Policy,
            Some(ast::ZoneRef::OfRep(_)) => CapZone::OfRep,
            Some(ast::ZoneRef::Named(name)) => {
                self.zone_named(&name.text, name.span).map_or(CapZone::Policy, CapZone::Named)
            }
        }
    }
}

/// `mon..fri`, and round the end of the week as in `sat..mon`; Monday is 0.
fn weekdays_of(from: Weekday, to: Weekday) -> impl Iterator<Item = usize> {
    let (from, to) = (from.num_days_from_monday() as usize, to.num_days_from_monday() as usize);
    let count = (to + 7 - from) % 7 + 1;
    (0..count).map(move |step| (from + step) % 7)
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
