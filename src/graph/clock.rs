//! What an instant alone decides, found once for all leads of that instant.

use super::atoms::FlagId;
use super::compile::Compiler;
use crate::policy::{CalendarId, Instant, Period};
use chrono::NaiveDate;
use chrono_tz::Tz;

/// The calendars that an instant is in, the days that it is on, the territories in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clock {
    pub(crate) flags: Vec<FlagId>,
    pub(crate) territory_set: Option<u32>,
}

/// The questions about instants that a policy asks.
#[derive(Debug, Clone)]
pub(crate) struct ClockPlan {
    pub calendars: Vec<(CalendarId, FlagId)>,
    /// The zones in which a day is asked for, each once.
    zones: Vec<Tz>,
    /// Periods with the places of their zones, and the flag that says that one of them holds.
    days: Vec<(Vec<(Period, usize)>, FlagId)>,
    /// The days from which the sets of territories are in force, and the place of the zone of these days.
    sets: Vec<Option<NaiveDate>>,
    set_zone: usize,
}

impl ClockPlan {
    pub fn new(compiler: &Compiler) -> Self {
        let policy = compiler.policy;
        let mut zones = Vec::new();
        let mut place = |zone: Tz| {
            zones.iter().position(|&known| known == zone).unwrap_or_else(|| {
                zones.push(zone);
                zones.len() - 1
            })
        };
        let sets: Vec<_> = policy.territory_sets.iter().map(|set| set.from).collect();
        let set_zone = if sets.iter().any(Option::is_some) { place(policy.zone) } else { 0 };
        let mut days = Vec::new();
        for (periods, flag) in compiler.days() {
            days.push((periods.iter().map(|period| (period.clone(), place(period.zone))).collect(), flag));
        }
        let calendars = (0..).map(CalendarId).zip(&compiler.calendars);
        ClockPlan {
            calendars: calendars.filter_map(|(id, flag)| Some((id, (*flag)?))).collect(),
            zones,
            days,
            sets,
            set_zone,
        }
    }

    /// `calendars` says of each calendar whether the instant is in it.
    pub fn at(&self, at: Instant, calendars: &[bool]) -> Clock {
        let open = |id: &CalendarId| calendars.get(id.at()).is_some_and(|&open| open);
        let open = self.calendars.iter().filter(|(id, _)| open(id)).map(|(_, flag)| *flag);
        let dates: Vec<NaiveDate> = self.zones.iter().map(|&zone| at.date_in(zone)).collect();
        let holds = |(period, zone): &(Period, usize)| dates.get(*zone).is_some_and(|&date| period.holds_on(date));
        let on = self.days.iter().filter(|(periods, _)| periods.iter().any(holds)).map(|(_, flag)| *flag);
        let begun = |from: NaiveDate| dates.get(self.set_zone).is_some_and(|&date| from <= date);
        let set = self.sets.iter().rposition(|from| from.is_none_or(begun));
        Clock { flags: open.chain(on).collect(), territory_set: set.map(|set| set as u32) }
    }
}
