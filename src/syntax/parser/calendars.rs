//! Calendars.

use super::{Builder, Pair, Parts, Rule, messages};
use crate::syntax::ast::{Calendar, CalendarBody, CalendarClause, DaySpan, HourSpan, ItemKind};
use crate::syntax::literal;
use chrono::Weekday;

impl Builder<'_> {
    pub(super) fn calendar(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let name = self.name(&mut parts)?;
        let body = match parts.take(Rule::calendar_block) {
            Some(block) => {
                CalendarBody::Block(self.clauses(Parts::of(&block), Rule::calendar_clause_alone, |builder, pair| {
                    builder.calendar_clause(&Parts::of(&pair).0.next()?)
                }))
            }
            None => {
                self.equals(&mut parts)?;
                CalendarBody::Combined(self.calendar_expr(&mut parts)?)
            }
        };
        Some(ItemKind::Calendar(Calendar { name, body }))
    }

    fn calendar_clause(&mut self, pair: &Pair<'_, Rule>) -> Option<CalendarClause> {
        let mut parts = Parts::of(pair);
        let span = self.span(pair);
        Some(match pair.as_rule() {
            Rule::calendar_zone => CalendarClause::Zone(self.text(&mut parts)?),
            Rule::holidays => match self.text(&mut parts) {
                Some(path) => CalendarClause::HolidaysFile(path),
                None => CalendarClause::HolidayDates(self.date_ranges(&mut parts)?),
            },
            Rule::calendar_on => {
                CalendarClause::On { dates: self.date_ranges(&mut parts)?, hours: self.hours(&mut parts)?, span }
            }
            _ => CalendarClause::Hours {
                days: parts.take_all(Rule::day_span).map(|days| day_span(&days)).collect::<Option<_>>()?,
                hours: self.hours(&mut parts)?,
                during: parts.take(Rule::date_range).and_then(|range| self.date_range(&range)),
                span,
            },
        })
    }

    /// None of `closed`.
    fn hours(&mut self, parts: &mut Parts<'_>) -> Option<Vec<HourSpan>> {
        let mut hours = Parts::of(&parts.take(Rule::hours)?);
        hours.take_all(Rule::hour_span).map(|pair| self.hour_span(&pair)).collect()
    }

    fn hour_span(&mut self, pair: &Pair<'_, Rule>) -> Option<HourSpan> {
        let (from, to) = pair.as_str().split_once('-')?;
        let span = self.token_span(pair);
        let mut minutes = |token: &str| {
            literal::clock(token).unwrap_or_else(|why| {
                self.tell(messages::bad_value("bad-date", span, token, &why));
                0
            })
        };
        Some(HourSpan { from: minutes(from), to: minutes(to), span })
    }
}

fn day_span(pair: &Pair<'_, Rule>) -> Option<DaySpan> {
    let mut days = Parts::of(pair);
    let from = weekday(days.take(Rule::weekday)?.as_str())?;
    let to = match days.take(Rule::dots).and_then(|_| days.take(Rule::weekday)) {
        Some(last) => weekday(last.as_str())?,
        None => from,
    };
    Some(DaySpan { from, to })
}

fn weekday(word: &str) -> Option<Weekday> {
    word.parse().ok()
}
