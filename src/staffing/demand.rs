//! What leads of the past ask of pools: more of them than the caps allow, and languages that nobody speaks.
//!
//! The leads are given one after the other, as they would be, from a state in which nobody has had one: so caps count in their own
//! zones and periods, and a rep of several pools has his cap once.

use super::people::{is_served, spoken_fields, unserved};
use crate::assign::{Request, State};
use crate::diagnostic::Diagnostic;
use crate::lead::Lead;
use crate::matcher::{Facts, Match, Matcher};
use crate::policy::{FieldId, Policy, PoolId, RepId, Target, Type, Value};
use crate::router::Router;
use chrono::NaiveDate;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Leads that came to pools, and what they asked for in vain.
#[derive(Debug, Default)]
pub struct Demand {
    pools: BTreeMap<PoolId, BTreeMap<NaiveDate, Day>>,
    languages: BTreeMap<(PoolId, SmolStr), u64>,
}

/// Leads that came to a pool on a day of the policy's zone.
#[derive(Debug, Default)]
struct Day {
    came: u64,
    /// Those of them for whom everybody who was there was at a cap.
    in_vain: u64,
    /// Who was the first that was, and at which cap.
    first: Option<(RepId, String)>,
}

impl Demand {
    /// Counts leads, each decided at the instant in its field `came`; says how many could not be read or have no instant.
    pub fn count<E>(&mut self, router: &Router, came: FieldId, leads: impl Iterator<Item = Result<Lead, E>>) -> u64 {
        let mut matcher = Matcher::new(router.graph());
        let mut state = State::new(router.crews());
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
            let found = matcher.decide_facts(&facts);
            let request = Request { found, asked: &router.asked(&facts), at, lead: None, never: &[] };
            let assignment = router.crews().assign(&mut state, &request);
            let taken = assignment.as_ref().and_then(|assignment| assignment.assignee);
            let tried = assignment.map_or_else(Vec::new, |assignment| assignment.pools);
            for (place, pool) in tried.iter().enumerate() {
                let day = self.pools.entry(*pool).or_default().entry(at.date_in(router.policy().zone)).or_default();
                day.came += 1;
                let took_it = taken.is_some() && place + 1 == tried.len();
                if !took_it && let Some(first) = router.crews().stopped_by_caps(&state, *pool, found) {
                    day.in_vain += 1;
                    day.first.get_or_insert(first);
                }
            }
            self.languages(router.policy(), found, &lead.values);
        }
        left_out
    }

    fn languages(&mut self, policy: &Policy, found: &Match, values: &[Value]) {
        let Some(Target::Pool(id)) = found.targets.first() else { return };
        let Some(pool) = policy.pools.get(id.at()) else { return };
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
        let mut found: Vec<Diagnostic> = self.pools.iter().filter_map(|(id, days)| above(policy, *id, days)).collect();
        for ((id, language), count) in &self.languages {
            let Some(pool) = policy.pools.get(id.at()) else { continue };
            let many = if *count == 1 { "1 lead came".to_owned() } else { format!("{count} leads came") };
            found.push(unserved(pool, language).note(format!("{many} in it")));
        }
        found
    }
}

/// Says where leads came to a pool in vain, and the day on which most did.
fn above(policy: &Policy, id: PoolId, days: &BTreeMap<NaiveDate, Day>) -> Option<Diagnostic> {
    let pool = policy.pools.get(id.at())?;
    let sum = |of: fn(&Day) -> u64| days.values().map(of).sum::<u64>();
    let (came, in_vain) = (sum(|day| day.came), sum(|day| day.in_vain));
    let worst = days.iter().filter(|(_, day)| day.in_vain > 0);
    let (date, day) = worst.max_by_key(|(date, day)| (day.in_vain, std::cmp::Reverse(**date)))?;
    let (rep, why) = day.first.as_ref()?;
    let rep = policy.reps.get(rep.at()).map_or("", |rep| &rep.name);
    let leads = if came == 1 { "lead" } else { "leads" };
    Some(
        Diagnostic::warning(
            "cap-below-demand",
            pool.span,
            format!("more leads come to the pool `{}` than the caps of its people allow", pool.name),
        )
        .note(format!(
            "of {came} {leads} that came to it, {in_vain} found everybody who was there at a cap; most on {date}: {} of {}",
            day.in_vain, day.came
        ))
        .note(format!("with the first of them, `{rep}` {why}"))
        .help("raise the caps, add people, or see that the pools it overflows into have room"),
    )
}
