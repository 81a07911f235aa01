//! What is decided of a lead, by names, so that the decisions of two policies can be compared.
//!
//! It is where the lead goes, under which SLA and with which priority. Which rule says so is no part of it: a rule may get
//! another title, be split or be merged, and no lead notices. A target under another name is another target, since whatever
//! stands behind Leadway knows it by its name.

use crate::matcher;
use crate::policy::{ExperimentId, Policy, Target, words};
use serde::Serialize;
use smol_str::SmolStr;
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Outcome {
    #[serde(flatten)]
    pub place: Place,
    pub sla: Option<SmolStr>,
    pub priority: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "goes", content = "targets")]
pub enum Place {
    /// Tried in order: `pool senior`, `account.owner`.
    To(Vec<SmolStr>),
    /// No rule takes it.
    Nowhere,
    Excluded,
    /// To the error output: it could not be decided.
    Errors,
}

/// In what respect two outcomes differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Respect {
    Target,
    Sla,
    Priority,
}

impl Outcome {
    pub const EXCLUDED: Outcome = Outcome { place: Place::Excluded, sla: None, priority: None };
    pub const ERRORS: Outcome = Outcome { place: Place::Errors, sla: None, priority: None };

    /// What a match comes to.
    pub fn of(policy: &Policy, found: &matcher::Match) -> Outcome {
        if let matcher::Outcome::Excluded(_) = found.outcome {
            return Outcome::EXCLUDED;
        }
        Outcome::to(policy, &found.targets, found.sla, found.priority)
    }

    /// Of targets, in which tables are resolved.
    pub fn to(
        policy: &Policy,
        targets: &[Target],
        sla: Option<crate::policy::SlaId>,
        priority: Option<i64>,
    ) -> Outcome {
        let place = match targets {
            [] => Place::Nowhere,
            targets => Place::To(targets.iter().map(|one| target(policy, one)).collect()),
        };
        let sla = sla.and_then(|id| policy.slas.get(id.at())).map(|sla| sla.name.clone());
        Outcome { place, sla, priority }
    }

    pub fn differs(&self, other: &Outcome) -> Vec<Respect> {
        let respects = [
            (self.place != other.place, Respect::Target),
            (self.sla != other.sla, Respect::Sla),
            (self.priority != other.priority, Respect::Priority),
        ];
        respects.into_iter().filter_map(|(differs, respect)| differs.then_some(respect)).collect()
    }
}

fn target(policy: &Policy, one: &Target) -> SmolStr {
    let words = words::target(policy, one);
    match one {
        Target::Owner { under_cap: true, .. } => format!("{words} under cap").into(),
        _ => words.into(),
    }
}

/// `pool senior, else queue triage · sla hot · priority 1`
impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match &self.place {
            Place::To(targets) => out.write_str(&targets.join(", else "))?,
            Place::Nowhere => out.write_str("nowhere")?,
            Place::Excluded => out.write_str("excluded")?,
            Place::Errors => out.write_str("the error output")?,
        }
        if let Some(sla) = &self.sla {
            write!(out, " · sla {sla}")?;
        }
        if let Some(priority) = self.priority {
            write!(out, " · priority {priority}")?;
        }
        Ok(())
    }
}

/// What decided, in words: `rule "Warm"`, `exclude "Sanctioned"`. Nothing where no rule took the lead.
pub fn by(policy: &Policy, found: &matcher::Match) -> Option<SmolStr> {
    Some(match found.outcome {
        matcher::Outcome::Excluded(at) => format!("exclude \"{}\"", policy.excludes.get(at as usize)?.title).into(),
        matcher::Outcome::Tie(id) => format!("on tie of {}", policy.records.get(id.at())?.name).into(),
        matcher::Outcome::Rule(id) => {
            let title = &policy.rules.get(id.at())?.title;
            let arm = found.arm.and_then(|(ExperimentId(at), arm)| {
                policy.experiments.get(at as usize)?.arms.get(arm as usize).map(|arm| &arm.name)
            });
            match arm {
                Some(arm) => format!("rule \"{title}\", arm {arm}").into(),
                None => format!("rule \"{title}\"").into(),
            }
        }
        matcher::Outcome::None => return None,
    })
}
