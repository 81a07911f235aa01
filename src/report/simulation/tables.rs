//! Conversion by rule, segment, group and rep, and the arms of experiments.

use super::gather::{Against, Fated, rule_title, speed};
use super::{Arm, Conversion, Experiment, Part, PastRep};
use crate::policy::{ExperimentId, Policy};
use crate::simulate::Promised;
use crate::simulate::history::History;
use crate::simulate::statistics::{Share, difference};
use indexmap::IndexMap;
use rust_decimal::prelude::ToPrimitive;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Groups past this many, by number of leads, are told as one.
const GROUPS: usize = 30;

/// Leads of one part: all of them, those whose outcome is known, those that converted.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    leads: u64,
    known: u64,
    converted: u64,
}

impl Counts {
    fn add(&mut self, converted: Option<bool>) {
        self.leads += 1;
        self.known += u64::from(converted.is_some());
        self.converted += u64::from(converted == Some(true));
    }

    fn part(self, name: impl Into<String>) -> Part {
        Part { name: name.into(), leads: self.leads, conversion: Share::of(self.converted, self.known) }
    }
}

pub fn conversion(of: Against) -> Conversion {
    let policy = of.policy;
    let mut all = Counts::default();
    let mut rules: IndexMap<&str, Counts> =
        policy.rules.iter().map(|rule| (rule.title.as_str(), Counts::default())).collect();
    let mut segments = vec![Counts::default(); policy.segments.len()];
    let mut groups: BTreeMap<&str, Counts> = BTreeMap::new();
    let mut reps = vec![Counts::default(); policy.reps.len()];
    for (lead, fate) in of.counted() {
        all.add(fate.converted);
        rules.entry(rule_title(policy, lead)).or_default().add(fate.converted);
        for segment in &lead.kind.found.segments {
            if let Some(counts) = segments.get_mut(segment.at()) {
                counts.add(fate.converted);
            }
        }
        groups.entry(lead.kind.group.as_deref().unwrap_or("(missing)")).or_default().add(fate.converted);
        if let Some(counts) = fate.rep.and_then(|rep| reps.get_mut(rep.at())) {
            counts.add(fate.converted);
        }
    }
    let named = |counts: Vec<Counts>, names: Vec<&SmolStr>| -> Vec<Part> {
        let parts = names.into_iter().zip(counts).filter(|(_, counts)| counts.leads > 0);
        parts.map(|(name, counts)| counts.part(name.as_str())).collect()
    };
    let mut by_rep = named(reps, policy.reps.iter().map(|rep| &rep.name).collect());
    most_first(&mut by_rep);
    Conversion {
        all: (all.known > 0).then(|| Share::of(all.converted, all.known)),
        rules: rules
            .into_iter()
            .filter(|(_, counts)| counts.leads > 0)
            .map(|(rule, counts)| counts.part(rule))
            .collect(),
        segments: named(segments, policy.segments.iter().map(|segment| &segment.name).collect()),
        by: of.history.by.as_ref().map(SmolStr::to_string),
        groups: match of.history.by {
            Some(_) => largest(groups),
            None => Vec::new(),
        },
        reps: by_rep,
    }
}

fn most_first(parts: &mut [Part]) {
    parts.sort_by(|one, other| other.leads.cmp(&one.leads).then_with(|| one.name.cmp(&other.name)));
}

fn largest(groups: BTreeMap<&str, Counts>) -> Vec<Part> {
    let mut groups: Vec<(&str, Counts)> = groups.into_iter().collect();
    groups.sort_by(|one, other| other.1.leads.cmp(&one.1.leads).then_with(|| one.0.cmp(other.0)));
    let mut rest = Counts::default();
    for (_, counts) in groups.iter().skip(GROUPS) {
        rest.leads += counts.leads;
        rest.known += counts.known;
        rest.converted += counts.converted;
    }
    let others = groups.len().saturating_sub(GROUPS);
    let mut parts: Vec<Part> = groups.iter().take(GROUPS).map(|(name, counts)| counts.part(*name)).collect();
    if others > 0 {
        parts.push(rest.part(format!("({others} others)")));
    }
    parts
}

/// Who had the leads of the history, most leads first.
pub fn past_reps(policy: &Policy, history: &History) -> Vec<PastRep> {
    let mut reps: BTreeMap<&str, (bool, Counts)> = BTreeMap::new();
    for lead in &history.leads {
        let Some(assignee) = &lead.past.assignee else { continue };
        let rep = lead.past.rep.and_then(|rep| policy.reps.get(rep.at()));
        let (known, counts) = reps.entry(rep.map_or(assignee, |rep| &rep.name)).or_default();
        *known = rep.is_some();
        counts.add(lead.past.converted);
    }
    let mut reps: Vec<PastRep> = reps
        .into_iter()
        .map(|(rep, (known, counts))| PastRep {
            rep: rep.to_owned(),
            known,
            leads: counts.leads,
            conversion: Share::of(counts.converted, counts.known),
        })
        .collect();
    reps.sort_by(|one, other| other.leads.cmp(&one.leads).then_with(|| one.rep.cmp(&other.rep)));
    reps
}

pub fn experiments(of: Against) -> Vec<Experiment> {
    let told = of.policy.experiments.iter().zip((0..).map(ExperimentId)).map(|(experiment, id)| {
        let mut arms: Vec<Arm> = Vec::with_capacity(experiment.arms.len());
        for (arm, at) in experiment.arms.iter().zip(0u32..) {
            let leads = || of.counted().filter(move |(lead, _)| lead.kind.found.arm == Some((id, at)));
            let (conversion, kept) = (converted(leads()), kept(leads()));
            let first = arms.first();
            arms.push(Arm {
                arm: arm.name.to_string(),
                percent: arm.percent.to_f64().unwrap_or(0.0),
                leads: leads().count() as u64,
                speed: speed(leads()),
                conversion_difference: first.and_then(|first| difference(&conversion, &first.conversion)),
                kept_difference: first.and_then(|first| difference(&kept, &first.kept)),
                conversion,
                kept,
            });
        }
        let rule = of.policy.rules.get(experiment.rule.at()).map_or("", |rule| rule.title.as_str());
        Experiment { experiment: experiment.name.to_string(), rule: rule.to_owned(), arms }
    });
    told.collect()
}

pub fn converted<'a>(leads: impl Iterator<Item = Fated<'a>>) -> Share {
    let mut counts = Counts::default();
    leads.for_each(|(_, fate)| counts.add(fate.converted));
    Share::of(counts.converted, counts.known)
}

/// Leads that have promises, with those of which none was broken and none is open.
fn kept<'a>(leads: impl Iterator<Item = Fated<'a>>) -> Share {
    let (mut kept, mut all) = (0, 0);
    for (_, fate) in leads.filter(|(_, fate)| !fate.promises.is_empty()) {
        all += 1;
        kept += u64::from(fate.promises.iter().all(|promised| *promised == Promised::Kept));
    }
    Share::of(kept, all)
}
