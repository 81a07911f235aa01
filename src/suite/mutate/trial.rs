//! Tests run on a mutant, without making ready a router for it.
//!
//! A mutant of a time has a router of its own, since what follows a decision is otherwise. For all others people, pools, SLAs and
//! calendars are the policy's own. Such a mutant only matches leads otherwise, so the reference matcher decides each test's lead under
//! the mutant, and only where the match differs is the rest of the test run. Most tests never come to the changed place: a changed
//! condition that has the same answer for their lead changes nothing.

use super::edit::{Decider, Edit, Slot, Time};
use crate::matcher::reference;
use crate::matcher::{Facts, Outcome};
use crate::policy::{Entry, Policy, RuleId};
use crate::router::Router;
use crate::suite::prepared::Prepared;
use crate::suite::{Suite, course, expect};

/// One thread's copies of the policy, and the tests.
pub struct Trial<'a> {
    tests: &'a [Prepared<'a>],
    leads: Vec<Facts<'a>>,
    /// A copy for each router of the suite, and one of the policy as it is.
    copies: Vec<Policy>,
    whole: Policy,
    /// A lead may find another row of its records where names mean something else.
    records_ask_names: bool,
}

impl<'a> Trial<'a> {
    pub fn new(suite: &'a Suite, policy: &Policy, tests: &'a [Prepared<'a>]) -> Trial<'a> {
        let without_tests = |policy: &Policy| Policy { tests: Vec::new(), ..policy.clone() };
        let facts = |test: &'a Prepared| Facts {
            values: &test.case.values,
            at: test.case.at,
            calendars: &test.moment.open,
            records: &test.records,
        };
        Trial {
            tests,
            leads: tests.iter().map(facts).collect(),
            copies: suite.routers.iter().map(|(_, router)| without_tests(router.policy())).collect(),
            whole: without_tests(policy),
            records_ask_names: policy.records.iter().flat_map(|one| &one.keys).any(|key| key.unless.is_some()),
        }
    }

    /// Looks at the policy with a mistake in it.
    pub fn with_mutant<T>(&mut self, mut edit: Edit, look: impl FnOnce(&Policy) -> T) -> T {
        edit.toggle(&mut self.whole);
        let seen = look(&self.whole);
        edit.toggle(&mut self.whole);
        seen
    }

    /// The first test that fails on a mutant, by its place in [`Policy::tests`].
    pub fn killed_by(&mut self, edit: Edit) -> Option<usize> {
        if edit.is_of_what_follows() {
            return self.noticed_later(&edit);
        }
        let mut edits: Vec<Edit> = vec![edit.clone(); self.copies.len()];
        edits.iter_mut().zip(&mut self.copies).for_each(|(edit, copy)| edit.toggle(copy));
        let mut tests = self.tests.iter().zip(&self.leads);
        let killer = tests.find(|(test, facts)| self.notices(test, facts, &edit)).map(|(test, _)| test.number);
        edits.iter_mut().zip(&mut self.copies).for_each(|(edit, copy)| edit.toggle(copy));
        killer
    }

    /// As [`Trial::killed_by`] for a mutant that matches every lead as the policy does.
    fn noticed_later(&self, edit: &Edit) -> Option<usize> {
        let mut routers: Vec<Option<Router>> = self.copies.iter().map(|_| None).collect();
        let concerns = |test: &&Prepared| match edit {
            Edit::Time(Time::Promise(sla, _), _) | Edit::Share(sla, ..) | Edit::Times(sla, ..) => {
                test.found.sla == Some(*sla)
            }
            _ => !test.found.targets.is_empty(),
        };
        let fails = |test: &&Prepared| {
            let (Some(place), Some(copy)) = (routers.get_mut(test.suite_router), self.copies.get(test.suite_router))
            else {
                return false;
            };
            let router = place.get_or_insert_with(|| {
                let mut mutant = copy.clone();
                edit.clone().toggle(&mut mutant);
                Router::new(mutant)
            });
            let (decision, situations) = course::run(router, test.case);
            !expect::mismatches(router, router.policy(), test.case, &decision, &situations).is_empty()
        };
        self.tests.iter().filter(concerns).find(fails).map(|test| test.number)
    }

    fn notices(&self, test: &Prepared, facts: &Facts, edit: &Edit) -> bool {
        let Some(mutant) = self.copies.get(test.suite_router) else { return false };
        let finds_anew = self.records_ask_names && edit.is_of_a_name();
        if !finds_anew && !test.asks_why && !may_move(test, facts, edit, mutant) {
            return false;
        }
        let records = finds_anew.then(|| test.router.match_records_under(mutant, facts.values, &test.moment));
        let facts = Facts { records: records.as_deref().unwrap_or(facts.records), ..*facts };
        let found = reference::decide(mutant, &facts);
        if found == test.found && !test.asks_why {
            return false;
        }
        let decide = |state: &mut crate::assign::State| test.router.hand_out(state, Some(course::LEAD), found, &facts);
        let (decision, situations) = course::follow(test.router, test.case, decide);
        !expect::mismatches(test.router, mutant, test.case, &decision, &situations).is_empty()
    }
}

/// Whether a mistake can change the match of a test's lead: no where it is behind what the lead comes to, or answers as before.
fn may_move(test: &Prepared, facts: &Facts, edit: &Edit, mutant: &Policy) -> bool {
    let policy = test.router.policy();
    let takes = |id: RuleId| test.found.outcome == Outcome::Rule(id);
    let came_to = |id: usize| test.tried.get(id) == Some(&true);
    let decides = |of: &Decider| match of {
        Decider::Rule(id) => takes(*id),
        Decider::Row(table, row) => test.found.rows.contains(&(*table, *row)),
    };
    match edit {
        Edit::Condition { slot, .. } => {
            if let Slot::Rule(at) = slot
                && !came_to(*at)
            {
                return false;
            }
            let answer = |of: &Policy| slot.condition(of).map(|condition| reference::holds(policy, condition, facts));
            answer(policy) != answer(mutant)
        }
        Edit::When(id, _) => takes(*id),
        Edit::Order(route, at) => {
            let entry = |at: usize| policy.routes.get(route.at()).and_then(|route| route.entries.get(at));
            let is_its = |at: usize| matches!(entry(at), Some(Entry::Rule(id)) if takes(*id));
            is_its(*at) || is_its(*at + 1)
        }
        Edit::Target(of, ..) | Edit::Sla(of, _) | Edit::Priority(of, _) => decides(of),
        Edit::Period(id, ..) => came_to(id.at()),
        Edit::List { .. } | Edit::Points { .. } | Edit::Step { .. } => true,
        Edit::Time(..) | Edit::Share(..) | Edit::Times(..) => false,
    }
}
