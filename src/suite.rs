//! The tests of a policy, run: each lead decided and followed up, and what was expected held against what came.
//!
//! A test sees no experiment unless it names an arm, since an arm is chosen by a hash that nobody can see through: without that, a test
//! would turn over when an experiment is started.

mod course;
pub mod coverage;
mod expect;
mod failure;
pub mod mutate;
mod prepared;
pub mod profile;
pub mod snapshot;
pub mod suggest;

pub use failure::{diagnostics, told};

use crate::assign::Assignment;
use crate::policy::tests::TestCase;
use crate::policy::{ExperimentId, Policy};
use crate::router::{Decision, Router};
use crate::sla::Effect;
use rust_decimal::Decimal;
use std::num::NonZero;

/// A policy made ready for its tests: one router for each arm that a test names, and one without experiments.
pub struct Suite {
    routers: Vec<(Option<(ExperimentId, usize)>, Router)>,
}

/// How one test went.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Its place in [`Policy::tests`].
    pub case: usize,
    pub decision: Decision,
    /// With whom the lead was, or in which queue, after the decision and at each step, as far as that changed.
    pub assignments: Vec<Assignment>,
    /// What the SLA did in all its steps.
    pub effects: Vec<Effect>,
    /// What was expected and is otherwise; none where the test passed.
    pub mismatches: Vec<Mismatch>,
}

/// An expectation that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Its place in [`TestCase::expected`].
    pub expectation: usize,
    /// Both in the words of the language: `sla hot`.
    pub expected: String,
    pub got: String,
}

impl Verdict {
    pub fn passed(&self) -> bool {
        self.mismatches.is_empty()
    }
}

impl Suite {
    pub fn new(policy: &Policy) -> Suite {
        let mut arms: Vec<Option<(ExperimentId, usize)>> = policy.tests.iter().map(|case| case.arm).collect();
        arms.push(None);
        arms.sort_unstable();
        arms.dedup();
        Suite { routers: arms.into_iter().map(|arm| (arm, Router::new(in_arm(policy, arm)))).collect() }
    }

    pub fn run(&self, number: usize, case: &TestCase) -> Option<Verdict> {
        let router = self.router(case)?;
        let (decision, situations) = course::run(router, case);
        let mismatches = expect::mismatches(router, router.policy(), case, &decision, &situations);
        let mut assignments: Vec<Assignment> = situations.iter().filter_map(|now| now.assignment.clone()).collect();
        assignments.dedup();
        let effects = situations.into_iter().last().map(|last| last.effects).unwrap_or_default();
        Some(Verdict { case: number, decision, assignments, effects, mismatches })
    }

    /// Runs these tests, by their places in [`Policy::tests`], on some threads; the verdicts are in that order.
    pub fn run_all(&self, policy: &Policy, chosen: &[usize], threads: NonZero<usize>) -> Vec<Verdict> {
        let run = |part: &[usize]| -> Vec<Verdict> {
            part.iter().filter_map(|&number| self.run(number, policy.tests.get(number)?)).collect()
        };
        if threads.get() == 1 {
            return run(chosen);
        }
        let share = chosen.len().div_ceil(threads.get()).max(1);
        std::thread::scope(|scope| {
            let parts: Vec<_> = chosen.chunks(share).map(|part| scope.spawn(move || run(part))).collect();
            // A thread that panics is a fault of Leadway, and is not to look like tests that passed.
            parts
                .into_iter()
                .flat_map(|part| part.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault)))
                .collect()
        })
    }

    fn router(&self, case: &TestCase) -> Option<&Router> {
        self.routers.iter().find(|(arm, _)| *arm == case.arm).map(|(_, router)| router)
    }
}

/// The policy with every lead of an experiment in one arm, and without the other experiments.
fn in_arm(policy: &Policy, arm: Option<(ExperimentId, usize)>) -> Policy {
    let mut policy = policy.clone();
    let experiments = std::mem::take(&mut policy.experiments);
    if let Some((id, at)) = arm
        && let Some(mut experiment) = experiments.into_iter().nth(id.at())
    {
        experiment.arms = experiment.arms.into_iter().skip(at).take(1).collect();
        experiment.arms.iter_mut().for_each(|arm| arm.percent = Decimal::ONE_HUNDRED);
        policy.experiments = vec![experiment];
    }
    policy
}
