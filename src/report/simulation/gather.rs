//! From what became of each lead to the numbers of a run.

use super::goals;
use super::tables::{conversion, experiments, past_reps};
use super::{
    Changes, Count, Day, Hour, Leads, Lying, Move, Numbers, Past, PoolRep, Promise, Rep, Speed, Steps, Turns, Within,
};
use crate::data::time;
use crate::matcher::Outcome;
use crate::policy::{Instant, Policy, QueueId, RepId, RuleId, SlaId};
use crate::simulate::history::{History, PastLead};
use crate::simulate::statistics::{PERCENT, Share, quantile};
use crate::simulate::{Fate, Promised, Run};
use chrono::NaiveDate;
use smol_str::SmolStr;
use std::collections::BTreeMap;

pub const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
/// The steps of [`Numbers::answered_within`], in seconds.
const LADDER: [i64; 22] = [
    60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 28_800, 43_200, 64_800, 86_400, 129_600, 172_800,
    259_200, 345_600, 604_800, 1_209_600, 1_814_400, 2_592_000,
];
/// So many moves are told of two policies.
const MOVES: usize = 12;

/// A run and what it was of.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    pub policy: &'a Policy,
    pub history: &'a History,
    pub run: &'a Run,
}

/// Leads of a run with what became of them.
pub type Fated<'a> = (&'a PastLead, &'a Fate);

impl<'a> Against<'a> {
    pub fn leads(self) -> impl Iterator<Item = Fated<'a>> + Clone {
        self.history.leads.iter().zip(&self.run.fates)
    }

    /// Those that were not excluded.
    pub fn counted(self) -> impl Iterator<Item = Fated<'a>> + Clone {
        self.leads().filter(|(lead, _)| !excluded(lead))
    }
}

pub fn excluded(lead: &PastLead) -> bool {
    matches!(lead.kind.found.outcome, Outcome::Excluded(_))
}

/// The numbers of one run.
pub fn numbers(of: Against) -> Numbers {
    let policy = of.policy;
    Numbers {
        title: policy.title.to_string(),
        hash: policy.hash.clone(),
        leads: flow(of),
        speed: speed(of.counted()),
        slas: promises(of),
        steps: steps(of),
        goals: goals::goals(of),
        reps: reps(of),
        pools: pools(of),
        queues: queues(of),
        zones: zones(of),
        hours: hours(of),
        days: days(of),
        answered_within: answered_within(of),
        conversion: conversion(of),
        experiments: experiments(of),
    }
}

pub fn counts(named: &[(SmolStr, u64)]) -> Vec<Count> {
    named.iter().map(|(name, count)| Count { name: name.to_string(), count: *count }).collect()
}

/// What the history says of itself; none where it names nobody who had a lead.
pub fn past(policy: &Policy, history: &History) -> Option<Past> {
    let leads = || history.leads.iter();
    let told = leads().any(|lead| lead.past.responded.is_some());
    let known = leads().filter(|lead| lead.past.converted.is_some()).count() as u64;
    let reps = past_reps(policy, history);
    if reps.is_empty() && !told {
        return None;
    }
    let converted = leads().filter(|lead| lead.past.converted == Some(true)).count() as u64;
    let took = || leads().filter_map(|lead| Some(lead.past.responded? - lead.at));
    Some(Past {
        speed: told.then(|| speed_of(leads().count() as u64, took(), std::iter::empty())),
        conversion: (known > 0).then(|| Share::of(converted, known)),
        reps,
    })
}

fn flow(of: Against) -> Leads {
    let errors = of.history.errors.len() as u64;
    let mut leads = Leads { leads: of.history.leads.len() as u64 + errors, errors, ..Leads::default() };
    for (lead, fate) in of.leads() {
        let count = match (excluded(lead), fate.rep, fate.queue) {
            (true, ..) => &mut leads.excluded,
            (_, Some(_), _) => &mut leads.with_rep,
            (_, None, Some(_)) => &mut leads.in_queue,
            (_, None, None) => &mut leads.nowhere,
        };
        *count += 1;
    }
    leads
}

pub fn speed<'a>(leads: impl Iterator<Item = Fated<'a>> + Clone) -> Speed {
    let took = leads.clone().filter_map(|(lead, fate)| Some(fate.answered? - lead.at));
    let business = leads.clone().filter_map(|(_, fate)| fate.business);
    speed_of(leads.count() as u64, took, business)
}

fn speed_of(leads: u64, took: impl Iterator<Item = i64>, business: impl Iterator<Item = i64>) -> Speed {
    let [took, business] = [sorted(took), sorted(business)];
    let seconds = |times: &[i64], percent| quantile(times, leads, percent * PERCENT).map(|time| time / SECOND);
    Speed {
        leads,
        answered: took.len() as u64,
        median: seconds(&took, 50),
        p90: seconds(&took, 90),
        business_median: seconds(&business, 50),
        business_p90: seconds(&business, 90),
    }
}

pub fn sorted(times: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut times: Vec<i64> = times.collect();
    times.sort_unstable();
    times
}

fn promises(of: Against) -> Vec<Promise> {
    let mut counts: BTreeMap<(SlaId, usize), [u64; 3]> = BTreeMap::new();
    for (lead, fate) in of.leads() {
        let Some(sla) = lead.sla() else { continue };
        for (at, promised) in fate.promises.iter().enumerate() {
            let [kept, broken, open] = counts.entry((sla, at)).or_default();
            *match promised {
                Promised::Kept => kept,
                Promised::Broken => broken,
                Promised::Open => open,
            } += 1;
        }
    }
    let told = counts.into_iter().filter_map(|((sla, at), [kept, broken, open])| {
        let sla = of.policy.slas.get(sla.at())?;
        let stage = sla.promises.get(at)?.stage.word();
        Some(Promise { sla: sla.name.to_string(), stage, kept: Share::of(kept, kept + broken), broken, open })
    });
    told.collect()
}

fn steps(of: Against) -> Steps {
    let mut steps = Steps { notified: of.run.notified, ..Steps::default() };
    for fate in &of.run.fates {
        steps.reassigned += u64::from(fate.reassigned);
        steps.escalated += u64::from(fate.escalated);
        steps.recycled += u64::from(fate.recycled);
        steps.recalled += u64::from(fate.recalled);
        steps.returned += u64::from(fate.returned);
        steps.waited += u64::from(fate.waited > 0);
        steps.longest_wait = steps.longest_wait.max(fate.waited / SECOND);
    }
    steps
}

fn reps(of: Against) -> Vec<Rep> {
    let all: u64 = of.run.reps.iter().map(|load| load.given).sum();
    let mut has = vec![0u64; of.policy.reps.len()];
    let mut took: Vec<Vec<i64>> = vec![Vec::new(); of.policy.reps.len()];
    let mut had = vec![0u64; of.policy.reps.len()];
    for (lead, fate) in of.leads() {
        let add = |counts: &mut Vec<u64>, rep: Option<RepId>| {
            if let Some(count) = rep.and_then(|rep| counts.get_mut(rep.at())) {
                *count += 1;
            }
        };
        add(&mut has, fate.rep);
        add(&mut had, lead.past.rep);
        if let (Some(rep), Some(business)) = (fate.answered_by, fate.business)
            && let Some(times) = took.get_mut(rep.at())
        {
            times.push(business);
        }
    }
    let mut due = vec![0.0; of.policy.reps.len()];
    for (rep, _, owed) in of.run.turns.iter().flat_map(|turns| &turns.members) {
        if let Some(sum) = due.get_mut(rep.at()) {
            *sum += owed;
        }
    }
    let names_assignees = of.history.leads.iter().any(|lead| lead.past.assignee.is_some());
    let told = of.policy.reps.iter().zip(&of.run.reps).zip(has.iter().zip(&had)).zip(took.iter().zip(&due));
    let mut reps: Vec<Rep> = told
        .map(|(((rep, load), (has, had)), (took, due))| Rep {
            rep: rep.name.to_string(),
            given: load.given,
            has: *has,
            share: if all == 0 { 0.0 } else { load.given as f64 / all as f64 },
            due: *due,
            had: names_assignees.then_some(*had),
            answered: took.len() as u64,
            median: quantile(&sorted(took.iter().copied()), took.len() as u64, 50 * PERCENT).map(|time| time / SECOND),
            broken: load.broken,
        })
        .filter(|rep| rep.given > 0 || rep.due > 0.0 || rep.had.is_some_and(|had| had > 0))
        .collect();
    reps.sort_by(|one, other| other.given.cmp(&one.given).then_with(|| one.rep.cmp(&other.rep)));
    reps
}

fn pools(of: Against) -> Vec<Turns> {
    let told = of.run.turns.iter().map(|turns| {
        let members = turns.members.iter().filter_map(|(rep, given, due)| {
            let rep = of.policy.reps.get(rep.at())?;
            Some(PoolRep { rep: rep.name.to_string(), weight: rep.weight, given: *given, due: *due })
        });
        let reps: Vec<PoolRep> = members.collect();
        let furthest = reps.iter().map(|rep| (rep.given as f64 - rep.due).abs()).fold(0.0, f64::max);
        let pools = turns.pools.iter().filter_map(|pool| of.policy.pools.get(pool.at()));
        Turns { pools: pools.map(|pool| pool.name.to_string()).collect(), given: turns.given, reps, furthest }
    });
    told.collect()
}

fn queues(of: Against) -> Vec<Lying> {
    let mut queues: BTreeMap<QueueId, (u64, u64, i64)> = BTreeMap::new();
    for (lead, fate) in of.leads() {
        let Some(queue) = fate.queue else { continue };
        let (count, recycled, oldest) = queues.entry(queue).or_insert((0, 0, i64::MAX));
        *count += 1;
        *recycled += u64::from(fate.born.is_some());
        *oldest = fate.born.unwrap_or(lead.at).min(*oldest);
    }
    let told = queues.into_iter().filter_map(|(queue, (count, recycled, oldest))| {
        let name = of.policy.queues.get(queue.at())?.name.to_string();
        let oldest = time::show(Instant { micros: oldest, offset: 0 }.seen_in(of.policy.zone));
        Some(Lying { name, count, recycled, oldest })
    });
    told.collect()
}

/// Leads by the zone of the rep who has them.
fn zones(of: Against) -> Vec<Count> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for rep in of.run.fates.iter().filter_map(|fate| of.policy.reps.get(fate.rep?.at())) {
        let zone = rep.zone.or_else(|| of.policy.calendar_zone(rep.hours?)).unwrap_or(of.policy.zone);
        *counts.entry(zone.name().to_owned()).or_default() += 1;
    }
    counts.into_iter().map(|(name, count)| Count { name, count }).collect()
}

fn hours(of: Against) -> Vec<Hour> {
    let mut took: Vec<Vec<i64>> = vec![Vec::new(); 24];
    let mut hours: Vec<Hour> = (0..24).map(|hour| Hour { hour, ..Hour::default() }).collect();
    for (lead, fate) in of.counted() {
        let offset = i64::from(Instant { micros: lead.at, offset: 0 }.seen_in(of.policy.zone).offset) * SECOND;
        let at = ((lead.at + offset).rem_euclid(24 * HOUR) / HOUR) as usize;
        if let (Some(hour), Some(took)) = (hours.get_mut(at), took.get_mut(at)) {
            hour.arrived += 1;
            hour.broken += u64::from(fate.is_broken());
            took.extend(fate.answered.map(|answered| answered - lead.at));
        }
    }
    for (hour, took) in hours.iter_mut().zip(took) {
        hour.median = quantile(&sorted(took.into_iter()), hour.arrived, 50 * PERCENT).map(|time| time / SECOND);
    }
    hours
}

/// Every day from the first to the last, those without leads too.
fn days(of: Against) -> Vec<Day> {
    let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
    for (lead, fate) in of.leads() {
        let date = Instant { micros: lead.at, offset: 0 }.date_in(of.policy.zone);
        let day = days.entry(date).or_default();
        day.arrived += 1;
        day.with_rep += u64::from(fate.rep.is_some());
        day.in_queue += u64::from(fate.queue.is_some());
        day.broken += u64::from(fate.is_broken());
    }
    let (Some(first), Some(last)) = (days.keys().next().copied(), days.keys().next_back().copied()) else {
        return Vec::new();
    };
    let all = first.iter_days().take_while(|day| *day <= last);
    all.map(|date| Day { day: date.to_string(), ..days.remove(&date).unwrap_or_default() }).collect()
}

fn answered_within(of: Against) -> Vec<Within> {
    let took = sorted(of.counted().filter_map(|(lead, fate)| Some(fate.answered? - lead.at)));
    let all = of.counted().count().max(1) as f64;
    let within = |seconds: &i64| took.partition_point(|time| *time <= seconds * SECOND) as f64 / all;
    LADDER.iter().map(|seconds| Within { seconds: *seconds, share: within(seconds) }).collect()
}

/// What leads meet under one policy that they do not meet under the other.
pub fn changes(new: Against, old: Against) -> Changes {
    let mut changes = Changes {
        leads: 0,
        another_rule: 0,
        another_holder: 0,
        sooner: 0,
        later: 0,
        conversions: 0,
        moves: Vec::new(),
    };
    let mut moves: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for ((lead, fate), (old_lead, old_fate)) in same_leads(new, old) {
        let rules = (rule_title(old.policy, old_lead), rule_title(new.policy, lead));
        let other_holder = holder(new.policy, fate) != holder(old.policy, old_fate);
        changes.leads += u64::from(rules.0 != rules.1 || other_holder || fate.answered != old_fate.answered);
        changes.another_holder += u64::from(other_holder);
        // An answer is sooner than none.
        let [soon, old_soon] = [fate, old_fate].map(|fate| fate.answered.unwrap_or(i64::MAX));
        changes.sooner += u64::from(soon < old_soon);
        changes.later += u64::from(soon > old_soon);
        changes.conversions += i64::from(fate.converted == Some(true)) - i64::from(old_fate.converted == Some(true));
        if rules.0 != rules.1 {
            changes.another_rule += 1;
            *moves.entry(rules).or_default() += 1;
        }
    }
    let move_of = |((from, to), leads): ((&str, &str), u64)| Move { from: from.to_owned(), to: to.to_owned(), leads };
    changes.moves = moves.into_iter().map(move_of).collect();
    changes.moves.sort_by_key(|one| std::cmp::Reverse(one.leads));
    changes.moves.truncate(MOVES);
    changes
}

/// Leads of both runs: a record may be a lead to one policy and an error to the other.
fn same_leads<'a>(new: Against<'a>, old: Against<'a>) -> impl Iterator<Item = (Fated<'a>, Fated<'a>)> {
    let place = |(lead, _): &Fated| (lead.at, lead.line);
    let mut old = old.leads().peekable();
    new.leads().filter_map(move |fated| {
        while old.next_if(|other| place(other) < place(&fated)).is_some() {}
        old.next_if(|other| place(other) == place(&fated)).map(|other| (fated, other))
    })
}

fn holder<'p>(policy: &'p Policy, fate: &Fate) -> Option<&'p str> {
    let rep = fate.rep.and_then(|rep| policy.reps.get(rep.at())).map(|rep| rep.name.as_str());
    rep.or_else(|| fate.queue.and_then(|queue| policy.queues.get(queue.at())).map(|queue| queue.name.as_str()))
}

/// The rule that took a lead, or what became of it instead.
pub fn rule_title<'p>(policy: &'p Policy, lead: &PastLead) -> &'p str {
    match lead.kind.found.outcome {
        Outcome::Rule(RuleId(rule)) => policy.rules.get(rule as usize).map_or("", |rule| rule.title.as_str()),
        Outcome::Excluded(_) => "(excluded)",
        Outcome::Tie(_) => "(tie)",
        Outcome::None if lead.kind.bad => "(bad lead)",
        Outcome::None => "(no rule)",
    }
}
