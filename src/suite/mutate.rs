//! Mutants of a policy: each is the policy with one mistake in it, and is killed where a test fails on it. A mutant that no test
//! notices shows what the tests leave open, unless it is proved to route every lead as the policy does.

mod edit;
mod mistakes;
mod times;
mod trial;

pub use mistakes::mutants;

use crate::analysis::Budget;
use crate::diff::routing::{self, Routing, Verdict};
use crate::policy::Policy;
use crate::source::Span;
use crate::suite::{Suite, prepared};
use edit::Edit;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use trial::Trial;

/// A policy with one mistake.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// What the mistake is in.
    pub owner: Owner,
    pub span: Span,
    /// Both in the words of the policy: `employees >= 1000` and `employees > 1000`.
    pub was: String,
    pub now: String,
    edit: Edit,
}

impl Mutant {
    /// The policy with this mistake in it.
    pub fn of(&self, policy: &Policy) -> Policy {
        let mut mutant = policy.clone();
        self.edit.clone().toggle(&mut mutant);
        mutant
    }
}

/// Something that has a name: a rule, a segment, a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub what: &'static str,
    pub name: SmolStr,
}

impl Owner {
    /// `rule "Warm"`, `segment large`.
    pub fn words(&self) -> String {
        match self.what {
            "rule" if self.name == "otherwise" => "otherwise".to_owned(),
            "rule" | "exclude" => format!("{} \"{}\"", self.what, self.name),
            what => format!("{what} {}", self.name),
        }
    }
}

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fate")]
pub enum Fate {
    /// This test, by its place in [`Policy::tests`], fails on it.
    Killed { by: usize },
    /// Proved: every lead is routed as by the policy.
    Equivalent,
    /// No test notices. Either a lead that goes elsewhere, or why none was found.
    Survived { witness: Option<Witness>, not_proved: Option<String> },
}

/// A lead that the policy and a mutant route differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// `country = DE, employees = 1000`; the instant where it matters.
    pub lead: String,
    pub policy: String,
    pub mutant: String,
}

/// Steps of proof that one mutant may take: a hard one is not to use up what all have.
const STEPS: u64 = 3_000_000;

const NOT_ROUTING: &str = "leads go where they did, and no proof is about what follows";

/// Tries mutants, by their places, on some threads; each fate is told as soon as it is known, in no order.
pub fn run(
    suite: &Suite,
    policy: &Policy,
    mutants: &[Mutant],
    chosen: &[usize],
    (threads, budget): (NonZero<usize>, &Budget),
    tell: &mut dyn FnMut(usize, Fate),
) {
    let next = AtomicUsize::new(0);
    let (tell_fate, fates) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads.get().min(chosen.len()).max(1) {
            let (tell_fate, next) = (tell_fate.clone(), &next);
            scope.spawn(move || {
                let prepared = prepared::prepare(suite, policy);
                let mut trial = Trial::new(suite, policy, &prepared);
                while let Some(&at) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some(mutant) = mutants.get(at) else { continue };
                    let fate = match trial.killed_by(mutant.edit.clone()) {
                        Some(by) => Fate::Killed { by },
                        // Which lead goes where says nothing of when: no such mutant is ever called equivalent.
                        None if mutant.edit.is_of_what_follows() => {
                            Fate::Survived { witness: None, not_proved: Some(NOT_ROUTING.to_owned()) }
                        }
                        None => trial.with_mutant(mutant.edit.clone(), |changed| judge(policy, changed, budget)),
                    };
                    if tell_fate.send((at, fate)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(tell_fate);
        while let Ok((at, fate)) = fates.recv() {
            tell(at, fate);
        }
    });
}

/// Whether a mutant that no test notices routes some lead differently.
fn judge(policy: &Policy, mutant: &Policy, budget: &Budget) -> Fate {
    let Routing { verdict, changes, unknown, assuming, territories } =
        routing::compare(policy, mutant, &budget.at_most(STEPS));
    let why = |all: Vec<String>| all.into_iter().next().unwrap_or_else(|| "it was not decided".to_owned());
    let case = changes.into_iter().flat_map(|change| change.cases).next();
    match (verdict, case) {
        (_, Some(case)) => {
            let example = case.witness;
            let witness =
                Witness { lead: example.words, policy: example.old.to_string(), mutant: example.new.to_string() };
            Fate::Survived { witness: Some(witness), not_proved: None }
        }
        (Verdict::Same, None) if assuming.is_empty() && territories.is_empty() => Fate::Equivalent,
        (Verdict::Same, None) => {
            let why = match territories.is_empty() {
                true => why(assuming),
                false => "leads are in another territory, though none goes elsewhere".to_owned(),
            };
            Fate::Survived { witness: None, not_proved: Some(why) }
        }
        (_, None) => Fate::Survived { witness: None, not_proved: Some(why(unknown)) },
    }
}

/// How a run came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Score {
    pub killed: usize,
    pub survived: usize,
    pub equivalent: usize,
}

impl Score {
    pub fn of<'f>(fates: impl Iterator<Item = &'f Fate>) -> Score {
        let mut score = Score::default();
        for fate in fates {
            match fate {
                Fate::Killed { .. } => score.killed += 1,
                Fate::Survived { .. } => score.survived += 1,
                Fate::Equivalent => score.equivalent += 1,
            }
        }
        score
    }

    /// Killed mutants of a hundred that are not equivalent; nothing where there is none.
    pub fn percent(&self) -> Option<f64> {
        match self.killed + self.survived {
            0 => None,
            all => Some(self.killed as f64 * 100.0 / all as f64),
        }
    }
}
