//! Which rules the leads of the tests come to, which take them, and what is asked on the way.

use super::Suite;
use super::coverage::walk::each_question;
use super::prepared::{self, Prepared};
use crate::assign::State;
use crate::matcher::reference::Reference;
use crate::matcher::{Facts, Matcher, Outcome};
use crate::policy::{Policy, RuleId};

/// The leads of tests, made ready to be decided again and again.
pub struct Profile<'a> {
    policy: &'a Policy,
    tests: Vec<Prepared<'a>>,
}

/// What is known of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub rule: RuleId,
    /// Leads that came to it, and those of them that it took.
    pub came: u32,
    pub took: u32,
    /// Questions that its condition has, times the leads that came: an upper bound of what was asked.
    pub questions: u64,
}

impl<'a> Profile<'a> {
    /// Of these tests, by their places in [`Policy::tests`]. Those of bad leads come to no rule.
    pub fn new(suite: &'a Suite, policy: &'a Policy, chosen: &[usize]) -> Profile<'a> {
        let mut tests = prepared::prepare(suite, policy);
        tests.retain(|test| chosen.binary_search(&test.number).is_ok());
        Profile { policy, tests }
    }

    pub fn leads(&self) -> usize {
        self.tests.len()
    }

    /// Rule by rule, in the order of the policy.
    pub fn shares(&self) -> Vec<Share> {
        let of = |(rule, found): (RuleId, &crate::policy::Rule)| {
            let mut questions = 0;
            found.when.iter().for_each(|when| each_question(when, &mut |_| questions += 1));
            let came = self.came_to(rule).count() as u32;
            let took = self.tests.iter().filter(|test| test.found.outcome == Outcome::Rule(rule)).count() as u32;
            Share { rule, came, took, questions: questions * u64::from(came) }
        };
        (0..).map(RuleId).zip(&self.policy.rules).map(of).collect()
    }

    /// Asks a rule, and the names that it asks, of every lead that comes to it; how many it takes.
    pub fn ask(&self, id: RuleId) -> usize {
        let takes = |test: &&Prepared| {
            let policy = test.router.policy();
            let rule = policy.rules.get(id.at());
            rule.is_some_and(|rule| Reference::new(policy, &facts(test)).takes(rule))
        };
        self.came_to(id).filter(takes).count()
    }

    /// Matches every lead with the graph; how many some rule takes.
    pub fn match_all(&self) -> usize {
        let mut taken = 0;
        let mut tests = self.tests.iter().peekable();
        while let Some(first) = tests.peek() {
            let router = first.router;
            let mut matcher = Matcher::new(router.graph());
            while let Some(test) = tests.next_if(|test| std::ptr::eq(test.router, router)) {
                taken += usize::from(matches!(matcher.decide_facts(&facts(test)).outcome, Outcome::Rule(_)));
            }
        }
        taken
    }

    /// Decides every lead as the first ever: its records looked up, matched, and handed to a rep; how many have one then.
    pub fn decide_all(&self) -> usize {
        let assigned = |test: &&Prepared| {
            let mut state = State::new(test.router.crews());
            let decision = test.router.decide_next(&mut state, None, &test.case.values, test.case.at);
            decision.assignment.is_some_and(|assignment| assignment.assignee.is_some())
        };
        self.tests.iter().filter(assigned).count()
    }

    fn came_to(&self, rule: RuleId) -> impl Iterator<Item = &Prepared<'a>> {
        self.tests.iter().filter(move |test| test.tried.get(rule.at()) == Some(&true))
    }
}

fn facts<'t>(test: &'t Prepared) -> Facts<'t> {
    Facts { values: &test.case.values, at: test.case.at, calendars: &test.moment.open, records: &test.records }
}
