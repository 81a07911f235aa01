//! What leads of the past ask of pools: more of them than the caps allow, and languages that nobody speaks.
//!
//! Each pool is looked at alone, with the leads whose first target it is: a rep of several pools may be at his cap before.

use super::people::{is_served, spoken_fields, unserved};
use crate::diagnostic::Diagnostic;
use crate::lead::Lead;
use crate::matcher::{Facts, Match, Matcher};
use crate::policy::{Cap, FieldId, GradeId, Instant, Policy, Pool, PoolId, Rep, Target, Type, Value};
use crate::router::Router;
use crate::syntax::ast::Unit;
use chrono::{Datelike, Days, NaiveDate};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// A step of a grade, or all leads.
type Of = Option<(GradeId, u32)>;

/// Leads counted by pool, by what a cap counts, and by its period: the first day of it, in the policy's zone.
#[derive(Debug, Default)]
pub struct Demand {
    counts: BTreeMap<(PoolId, Of, Period), u64>,
    languages: BTreeMap<(PoolId, SmolStr), u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Period {
    Day(NaiveDate),
    Week(NaiveDate),
    Month(NaiveDate),
}

impl Demand {
    /// Counts leads, each matched at the instant in its field `came`; says how many could not be read or have no instant.
    pub fn count<E>(&mut self, router: &Router, came: FieldId, leads: impl Iterator<Item = Result<Lead, E>>) -> u64 {
        let mut matcher = Matcher::new(router.graph());
        let mut left_out = 0;
        for lead in leads {
            let sound = lead.ok().filter(|lead| !lead.is_bad());
            let Some((lead, Value::Time(at))) = sound.and_then(|lead| {
                let at = lead.values.get(came.at())?.clone();
                Some((lead, at))
            }) else {
                left_out += 1;
                continue;
            };
            let moment = router.moment(at);
            let records = router.match_records(&lead.values, &moment);
            let facts = Facts { values: &lead.values, at, calendars: &moment.open, records: &records };
            self.add(router.policy(), matcher.decide_facts(&facts), &lead.values, at);
        }
        left_out
    }

    fn add(&mut self, policy: &Policy, found: &Match, values: &[Value], at: Instant) {
        let Some(Target::Pool(id)) = found.targets.first() else { return };
        let Some(pool) = policy.pools.get(id.at()) else { return };
        let day = at.date_in(policy.zone);
        let grades = (0..).map(GradeId).zip(&found.grades);
        let steps: Vec<Of> = grades.filter_map(|(grade, step)| Some(Some((grade, (*step)?)))).collect();
        for of in std::iter::once(None).chain(steps) {
            for unit in [Unit::Day, Unit::Week, Unit::Month] {
                if let Some(period) = Period::holding(day, unit) {
                    *self.counts.entry((*id, of, period)).or_default() += 1;
                }
            }
        }
        for language in spoken_fields(policy, pool).filter_map(|field| values.get(field.at())) {
            if let Value::Text(text) = language
                && !is_served(policy, pool, &text.folded)
            {
                *self.languages.entry((*id, text.written.clone())).or_default() += 1;
            }
        }
    }

    /// The field that says when a lead came: the first required time, else the first time.
    pub fn came(policy: &Policy) -> Option<FieldId> {
        let times = || (0..).map(FieldId).zip(&policy.fields).filter(|(_, field)| field.ty == Type::Time);
        times().find(|(_, field)| field.required).or_else(|| times().next()).map(|(id, _)| id)
    }

    pub fn findings(&self, policy: &Policy) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (at, pool) in policy.pools.iter().enumerate().filter(|(_, pool)| pool.only_under_cap) {
            let id = PoolId(at as u32);
            let steps = pool.caps.iter().map(|cap| cap.of).chain([None]);
            let steps: BTreeSet<Of> = steps.collect();
            for of in steps {
                for unit in [Unit::Day, Unit::Week, Unit::Month] {
                    found.extend(self.above(policy, id, pool, of, unit));
                }
            }
        }
        for ((id, language), count) in &self.languages {
            let Some(pool) = policy.pools.get(id.at()) else { continue };
            let many = if *count == 1 { "1 lead came".to_owned() } else { format!("{count} leads came") };
            found.push(unserved(pool, language).note(format!("{many} in it")));
        }
        found
    }

    /// Says where more leads came in a period than the caps of the pool's people allow.
    fn above(&self, policy: &Policy, id: PoolId, pool: &Pool, of: Of, unit: Unit) -> Option<Diagnostic> {
        let periods = self
            .counts
            .iter()
            .filter(|((other, step, period), _)| *other == id && *step == of && period.unit() == unit);
        let (mut all, mut above) = (0, 0);
        let mut worst: Option<(u64, u64, Period)> = None;
        for ((_, _, period), came) in periods {
            let allowed = allowed(policy, pool, of, *period)?;
            all += 1;
            if *came > allowed {
                above += 1;
                let more = |(came, allowed, _): &(u64, u64, Period)| came - allowed;
                if worst.as_ref().is_none_or(|worst| more(worst) < came - allowed) {
                    worst = Some((*came, allowed, *period));
                }
            }
        }
        let (came, allowed, period) = worst?;
        let word = match unit {
            Unit::Week => "week",
            Unit::Month => "month",
            _ => "day",
        };
        let step = of.and_then(|(grade, step)| policy.grades.get(grade.at())?.steps.get(step as usize));
        let what = step.map_or_else(|| "leads".to_owned(), |(name, _)| format!("`{name}` leads"));
        let message = format!("more {what} come to the pool `{}` than its caps per {word} allow", pool.name);
        Some(
            Diagnostic::warning("cap-below-demand", pool.span, message)
                .note(format!("on {above} of {all} {word}s with leads, most in the {word} of {}: {came}, and at most {allowed} may be taken", period.first()))
                .help("raise the caps, add people, or see that the pools it overflows into have room"),
        )
    }
}

/// How many leads the caps let the pool take in a period; none where somebody has no such cap.
fn allowed(policy: &Policy, pool: &Pool, of: Of, period: Period) -> Option<u64> {
    let members = pool.members.iter().filter_map(|rep| policy.reps.get(rep.at()));
    let there = members.filter(|rep| rep.active && period.days().any(|day| is_there(rep, day)));
    there.map(|rep| cap_of(rep, pool, of, period.unit())).sum()
}

/// The lower of the rep's own cap and the pool's.
fn cap_of(rep: &Rep, pool: &Pool, of: Of, unit: Unit) -> Option<u64> {
    let counts = |cap: &&Cap| cap.per == unit && (cap.of.is_none() || cap.of == of);
    let caps = rep.caps.iter().chain(&pool.caps).filter(counts);
    caps.map(|cap| u64::try_from(cap.count).unwrap_or(0)).min()
}

fn is_there(rep: &Rep, day: NaiveDate) -> bool {
    rep.since.is_none_or(|since| since <= day)
        && !rep.away.iter().any(|(from, to)| from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to))
}

impl Period {
    fn holding(day: NaiveDate, unit: Unit) -> Option<Period> {
        Some(match unit {
            Unit::Day => Period::Day(day),
            Unit::Week => {
                Period::Week(day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))?)
            }
            Unit::Month => Period::Month(day.with_day(1)?),
            _ => return None,
        })
    }

    fn unit(self) -> Unit {
        match self {
            Period::Day(_) => Unit::Day,
            Period::Week(_) => Unit::Week,
            Period::Month(_) => Unit::Month,
        }
    }

    fn first(self) -> NaiveDate {
        match self {
            Period::Day(first) | Period::Week(first) | Period::Month(first) => first,
        }
    }

    fn days(self) -> impl Iterator<Item = NaiveDate> {
        let first = self.first();
        first.iter_days().take(31).take_while(move |day| Period::holding(*day, self.unit()) == Some(self))
    }
}
