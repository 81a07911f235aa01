//! Tests made ready to be decided again and again: what the policy itself says of each lead, found once.

use super::Suite;
use crate::matcher::reference::Reference;
use crate::matcher::{Facts, Match, Outcome, RecordMatch};
use crate::policy::tests::{ExpectedKind, TestCase};
use crate::policy::{Entry, Policy, RouteId};
use crate::router::{Moment, Router};

/// A test with all that the policy itself says of its lead.
pub struct Prepared<'a> {
    pub number: usize,
    pub case: &'a TestCase,
    /// Its place in [`Suite::routers`].
    pub suite_router: usize,
    pub router: &'a Router,
    pub moment: Moment,
    pub records: Vec<RecordMatch>,
    pub found: Match,
    /// By [`RuleId`]: the lead came to the rule.
    pub tried: Vec<bool>,
    /// It expects a question of a rule to fail, which can change where no decision does.
    pub asks_why: bool,
}

/// All but those of bad leads, which come to no rule.
pub fn prepare<'a>(suite: &'a Suite, policy: &'a Policy) -> Vec<Prepared<'a>> {
    let all = policy.tests.iter().enumerate().filter_map(|(number, case)| {
        if case.bad && policy.on_bad_lead.is_some() {
            return None;
        }
        let suite_router = suite.routers.iter().position(|(arm, _)| *arm == case.arm)?;
        let (_, router) = suite.routers.get(suite_router)?;
        let moment = router.moment(case.at);
        let records = router.match_records(&case.values, &moment);
        let facts = Facts { values: &case.values, at: case.at, calendars: &moment.open, records: &records };
        let lead = Reference::new(router.policy(), &facts);
        let found = lead.decide();
        let mut tried = vec![false; policy.rules.len()];
        come_to(&lead, &found, &mut tried);
        let asks_why = case.expected().any(|expected| matches!(expected.kind, ExpectedKind::Fails(..)));
        Some(Prepared { number, case, suite_router, router, moment, records, found, tried, asks_why })
    });
    all.collect()
}

/// Marks the rules that a lead comes to.
fn come_to(lead: &Reference, found: &Match, tried: &mut [bool]) {
    if matches!(found.outcome, Outcome::Excluded(_) | Outcome::Tie(_)) {
        return;
    }
    let policy = lead.policy;
    let mut entered = vec![false; policy.routes.len()];
    let mut open: Vec<(RouteId, usize)> = vec![(policy.main, 0)];
    while let Some((route, at)) = open.last_mut() {
        let entry = policy.routes.get(route.at()).and_then(|route| route.entries.get(*at));
        *at += 1;
        match entry {
            None => _ = open.pop(),
            Some(Entry::Rule(id)) => {
                tried.get_mut(id.at()).into_iter().for_each(|tried| *tried = true);
                if found.outcome == Outcome::Rule(*id) {
                    return;
                }
            }
            Some(Entry::Continue { route, when, .. }) => {
                let enters = when.as_ref().is_none_or(|when| lead.holds(when));
                if enters && entered.get_mut(route.at()).is_some_and(|known| !std::mem::replace(known, true)) {
                    open.push((*route, 0));
                }
            }
        }
    }
}
