//! Why a rep may not have a lead, and what it is in words.

use super::crews::Crews;
use super::state::State;
use crate::matcher::Match;
use crate::policy::{Cap, CapZone, PoolId, RepId};
use crate::syntax::ast::Unit;
use chrono::NaiveDate;

/// Why a rep was not picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhyNot {
    Inactive,
    /// Joins on this day.
    NotYet(NaiveDate),
    /// The last day of the absence, where it is known.
    Away(Option<NaiveDate>),
    OffDuty,
    Offline,
    OwnCap {
        rep: RepId,
        cap: usize,
        count: i64,
    },
    PoolCap {
        crew: usize,
        cap: usize,
        count: i64,
    },
    /// It may not have this lead, since it had it.
    Excluded,
}

impl WhyNot {
    pub fn words(self, crews: &Crews) -> String {
        match self {
            WhyNot::Inactive => "is not active".to_owned(),
            WhyNot::NotYet(since) => format!("joins on {since}"),
            WhyNot::Away(Some(to)) => format!("is away until {to}"),
            WhyNot::Away(None) => "is away".to_owned(),
            WhyNot::OffDuty => "is not on duty".to_owned(),
            WhyNot::Offline => "is not online".to_owned(),
            WhyNot::OwnCap { rep, cap, count } => {
                let found = crews.policy.reps.get(rep.at()).and_then(|rep| rep.caps.get(cap));
                at_cap(crews, "its own cap", found, count)
            }
            WhyNot::PoolCap { crew, cap, count } => {
                let found = crews.policy.pools.get(crew).and_then(|pool| pool.caps.get(cap));
                at_cap(crews, "the pool's cap", found, count)
            }
            WhyNot::Excluded => "had this lead before".to_owned(),
        }
    }
}

impl Crews {
    /// Whether caps alone keep a pool from taking such a lead at the instant of the latest step: of those who are there
    /// (active, not away, on duty and online if asked), everybody is at one. Names the first of them, and says of him why.
    pub fn stopped_by_caps(&self, state: &State, pool: PoolId, found: &Match) -> Option<(RepId, String)> {
        let at = self.crew_of_pool(pool);
        let crew = self.all.get(at)?;
        let kind = crew.kind(&found.grades);
        let mut first = None;
        for &rep in crew.members.iter().filter(|rep| state.why_not(self, at, **rep).is_none()) {
            let reached = state.reached(self, at, rep, kind)?;
            first.get_or_insert((rep, reached));
        }
        first.map(|(rep, reached)| (rep, reached.words(self)))
    }
}

fn at_cap(crews: &Crews, whose: &str, cap: Option<&Cap>, count: i64) -> String {
    let Some(cap) = cap else { return "is at its cap".to_owned() };
    let step = cap
        .of
        .and_then(|(grade, step)| Some(crews.policy.grades.get(grade.at())?.steps.get(step as usize)?.0.as_str()));
    let of = step.map_or_else(String::new, |step| format!(" {step}"));
    let zone = match cap.zone {
        CapZone::Policy => String::new(),
        CapZone::Named(zone) => format!(" in {zone}"),
        CapZone::OfRep => " in its zone".to_owned(),
    };
    let per = match cap.per {
        Unit::Second => "a second",
        Unit::Minute => "a minute",
        Unit::Hour => "an hour",
        Unit::Day => "a day",
        Unit::Week => "a week",
        Unit::Month => "a month",
    };
    format!("has {count}{of} and is at {whose} of {}{of} {per}{zone}", cap.count)
}
