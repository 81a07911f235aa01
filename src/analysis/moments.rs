//! Instants that a policy tells apart: one atom for each combination of calendars that are open, periods that hold and sets of
//! territories in force, with an instant at which it occurs.
//!
//! Weekly hours repeat, so the years that some date of the policy speaks of, one before and one after, show every combination; where
//! no date is named, the years of [`USUAL`]. A change of a zone's rules in a year that nothing speaks of is not looked at.

use crate::calendar::Calendars;
use crate::graph::atoms::AtomSet;
use crate::policy::meaning::days;
use crate::policy::{Calendar, CalendarId, CalendarKind, Condition, ConditionKind, Instant, Period, Policy};
use chrono::{Datelike, NaiveDate};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;

/// Looked at where no date is named.
const USUAL: (i32, i32) = (2026, 2027);
/// The years that calendars know.
const YEARS: (i32, i32) = (1970, 2100);
const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;

/// The combinations, by atom.
#[derive(Debug, Default)]
pub struct Moments {
    pub instants: Vec<Instant>,
    /// By policy.
    asked: Vec<Asked>,
    /// For each atom the answers to all questions, in the order of `asked`.
    answers: Vec<Vec<bool>>,
}

/// The questions of one policy, each with its place among the answers.
#[derive(Debug, Default)]
struct Asked {
    calendars: FxHashMap<CalendarId, usize>,
    periods: Vec<(Vec<Period>, usize)>,
    sets: Vec<usize>,
}

impl Moments {
    pub fn new(policies: &[&Policy]) -> Moments {
        let mut moments = Moments::default();
        let mut count = 0;
        let mut next = || {
            count += 1;
            count - 1
        };
        let mut edges: Vec<i64> = Vec::new();
        let mut years: Vec<i32> = Vec::new();
        let calendars: Vec<Calendars> = policies.iter().map(|policy| Calendars::new(&policy.calendars)).collect();
        for policy in policies {
            let mut asked = Asked::default();
            let mut collect = |condition| {
                each_calendar(condition, &mut |id| _ = asked.calendars.entry(id).or_insert_with(&mut next));
            };
            policy.each_condition(&mut collect);
            policy.each_claim(&mut collect);
            for rule in policy.rules.iter().filter(|rule| !rule.only.is_empty()) {
                if asked.periods.iter().all(|(known, _)| *known != rule.only) {
                    asked.periods.push((rule.only.clone(), next()));
                }
            }
            if policy.territory_sets.iter().any(|set| set.from.is_some()) {
                asked.sets = policy.territory_sets.iter().map(|_| next()).collect();
            }
            let periods = asked.periods.iter().flat_map(|(periods, _)| periods);
            let ends = periods.flat_map(|period| {
                [period.from, period.to.and_then(|to| to.succ_opt())]
                    .into_iter()
                    .flatten()
                    .map(|day| (day, period.zone))
            });
            let starts = policy.territory_sets.iter().filter_map(|set| set.from.map(|from| (from, policy.zone)));
            for (day, zone) in ends.chain(starts) {
                years.push(day.year());
                edges.push(first_instant(day, zone));
            }
            for id in asked.calendars.keys() {
                years.extend(policy.calendars.get(id.at()).iter().flat_map(|calendar| years_of(policy, calendar)));
            }
            moments.asked.push(asked);
        }
        let first = years.iter().min().map_or(USUAL.0, |year| year - 1).clamp(YEARS.0, YEARS.1);
        let last = years.iter().max().map_or(USUAL.1, |year| year + 1).clamp(YEARS.0, YEARS.1);
        let window = (instant_of(first), instant_of(last + 1));
        edges.push(window.0 + 2 * DAY + 15 * HOUR);
        for (asked, calendars) in moments.asked.iter().zip(&calendars) {
            for id in asked.calendars.keys() {
                let spans = calendars.open_spans(*id, window.0, window.1);
                edges.extend(spans.iter().flat_map(|span| [span.start, span.end]));
            }
        }
        edges.push(window.0);
        edges.extend(edges.iter().min().map(|first| first - DAY));
        edges.sort_unstable();
        edges.dedup();
        let mut known: IndexMap<Vec<bool>, Instant> = IndexMap::new();
        for edge in edges {
            let at = Instant { micros: edge, offset: 0 };
            let answers = moments.answers_at(policies, &calendars, at, count);
            known.entry(answers).or_insert(at);
        }
        (moments.answers, moments.instants) = known.into_iter().unzip();
        moments
    }

    fn answers_at(&self, policies: &[&Policy], calendars: &[Calendars], at: Instant, count: usize) -> Vec<bool> {
        let mut answers = vec![false; count];
        let mut say = |place: usize, answer: bool| answers.get_mut(place).into_iter().for_each(|place| *place = answer);
        for ((asked, policy), calendars) in self.asked.iter().zip(policies).zip(calendars) {
            for (id, place) in &asked.calendars {
                say(*place, calendars.contains(*id, at.micros));
            }
            for (periods, place) in &asked.periods {
                say(*place, periods.iter().any(|period| period.holds(at)));
            }
            let in_force = policy.territory_set_at(at);
            for (set, place) in asked.sets.iter().enumerate() {
                say(*place, in_force == Some(set));
            }
        }
        answers
    }

    /// Whether nothing that is asked depends on the instant.
    pub fn is_needless(&self) -> bool {
        self.instants.len() < 2
    }

    pub fn during(&self, policy: usize, calendar: CalendarId) -> Option<AtomSet> {
        self.asked.get(policy)?.calendars.get(&calendar).map(|place| self.where_holds(*place))
    }

    pub fn on_days(&self, policy: usize, periods: &[Period]) -> Option<AtomSet> {
        let known = self.asked.get(policy)?.periods.iter().find(|(known, _)| known == periods);
        known.map(|(_, place)| self.where_holds(*place))
    }

    /// `None` where one set is always in force.
    pub fn in_force(&self, policy: usize, set: usize) -> Option<AtomSet> {
        self.asked.get(policy)?.sets.get(set).map(|place| self.where_holds(*place))
    }

    fn where_holds(&self, place: usize) -> AtomSet {
        let atoms = (0..).zip(&self.answers).filter(|(_, answers)| answers.get(place) == Some(&true));
        AtomSet::new(atoms.map(|(atom, _)| (atom, atom + 1)).collect())
    }
}

fn each_calendar(condition: &Condition, visit: &mut impl FnMut(CalendarId)) {
    match &condition.kind {
        ConditionKind::And(parts) | ConditionKind::Or(parts) => {
            parts.iter().for_each(|part| each_calendar(part, visit));
        }
        ConditionKind::Not(part) => each_calendar(part, visit),
        ConditionKind::ArrivesDuring(id) => visit(*id),
        _ => {}
    }
}

/// The years that a calendar's dates are in, with those of the calendars that it names.
fn years_of(policy: &Policy, calendar: &Calendar) -> Vec<i32> {
    let mut years = Vec::new();
    let mut open = vec![&calendar.kind];
    let mut named = Vec::new();
    while let Some(kind) = open.pop() {
        match kind {
            CalendarKind::Or(parts) | CalendarKind::And(parts) | CalendarKind::Except(parts) => open.extend(parts),
            CalendarKind::Named(id) if !named.contains(id) => {
                named.push(*id);
                open.extend(policy.calendars.get(id.at()).map(|calendar| &calendar.kind));
            }
            CalendarKind::Named(_) => {}
            CalendarKind::Hours(hours) => {
                let dates = hours.exceptions.keys().chain(&hours.holidays);
                let ends = hours.seasons.iter().flat_map(|season| [season.from, season.to]).flatten();
                years.extend(dates.copied().chain(ends).map(|date| date.year()));
            }
        }
    }
    years
}

fn instant_of(year: i32) -> i64 {
    NaiveDate::from_ymd_opt(year, 1, 1).map_or(0, |day| days(day) * DAY)
}

/// The first instant of a day in a zone.
fn first_instant(day: NaiveDate, zone: chrono_tz::Tz) -> i64 {
    let near = days(day) * DAY;
    let on_it = |micros: i64| Instant { micros, offset: 0 }.date_in(zone) >= day;
    // Zones are at most a day from UTC.
    let (mut before, mut after) = (near - 2 * DAY, near + 2 * DAY);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if on_it(middle) { after = middle } else { before = middle }
    }
    after
}
