//! Calendars: weekly hours, holidays, and what is made of several.

use super::{DateRange, Name, Text};
use crate::source::Span;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Calendar {
    pub name: Name,
    pub body: CalendarBody,
}

#[derive(Debug, Clone, Serialize)]
pub enum CalendarBody {
    Block(Vec<CalendarClause>),
    /// `london or sydney except bank_holidays`; of one kind of operator unless bracketed.
    Combined(CalendarExpr),
}

#[derive(Debug, Clone, Serialize)]
pub enum CalendarExpr {
    Name(Name),
    Or(Vec<CalendarExpr>),
    And(Vec<CalendarExpr>),
    /// The first, less the others.
    Except(Vec<CalendarExpr>),
}

#[derive(Debug, Clone, Serialize)]
pub enum CalendarClause {
    Zone(Text),
    /// `mon..fri 09:00-12:30, 13:30-18:00`, `sat closed`; a season where `during` is written.
    Hours {
        days: Vec<DaySpan>,
        hours: Vec<HourSpan>,
        during: Option<DateRange>,
        #[serde(skip)]
        span: Span,
    },
    /// `holidays "calendars/gb.ics"`
    HolidaysFile(Text),
    /// `holidays 2026-12-24, 2026-12-27..2026-12-31`
    HolidayDates(Vec<DateRange>),
    /// `on 2026-12-24 09:00-12:00`, `on 2026-12-24 closed`: an exception for dates.
    On {
        dates: Vec<DateRange>,
        hours: Vec<HourSpan>,
        #[serde(skip)]
        span: Span,
    },
}

/// `mon..fri` or `sat` (both ends the same).
#[derive(Debug, Clone, Serialize)]
pub struct DaySpan {
    pub from: chrono::Weekday,
    pub to: chrono::Weekday,
}

/// `09:00-17:30`, in minutes after midnight; `to` may be 1440 (`24:00`).
#[derive(Debug, Clone, Serialize)]
pub struct HourSpan {
    pub from: u16,
    pub to: u16,
    #[serde(skip)]
    pub span: Span,
}
