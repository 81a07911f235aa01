//! What tests reach of a policy: rules, conditions both ways, segments, territories, grades, exclusions, rows of tables, overflow
//! of pools and steps of SLAs.
//!
//! A condition is covered where it was seen to hold and seen to fail *and to decide*: with all other questions of its decision as they
//! were, the other answer would have turned the decision round. Both together are masking MC/DC (Chilenski, An Investigation of
//! Three Forms of the Modified Condition Decision Coverage Criterion, DOT/FAA/AR-01/18, 2001). A question that is asked of leads
//! and never decides anything is the one that a wrong boundary hides in.

mod paint;
pub(super) mod walk;

pub use paint::{html, lcov, told};

use super::{Suite, Verdict};
use crate::matcher::Facts;
use crate::matcher::reference::Reference;
use crate::policy::Policy;
use crate::policy::tests::TestCase;
use crate::source::Span;
use indexmap::IndexMap;
use serde::Serialize;
use walk::{Items, Walk};

/// Something of a policy that a test may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Rule,
    /// A question, each way it can be answered.
    Condition,
    Exclusion,
    Segment,
    Territory,
    Grade,
    TableRow,
    /// A step of a pool's `when empty`.
    Overflow,
    /// A warning, a breach, or the `finally` of an SLA.
    SlaStep,
}

impl Kind {
    pub const ALL: [Kind; 9] = [
        Kind::Rule,
        Kind::Condition,
        Kind::Exclusion,
        Kind::Segment,
        Kind::Territory,
        Kind::Grade,
        Kind::TableRow,
        Kind::Overflow,
        Kind::SlaStep,
    ];

    /// In the plural: `table rows`.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Rule => "rules",
            Kind::Condition => "conditions",
            Kind::Exclusion => "exclusions",
            Kind::Segment => "segments",
            Kind::Territory => "territories",
            Kind::Grade => "grades",
            Kind::TableRow => "table rows",
            Kind::Overflow => "overflow steps",
            Kind::SlaStep => "sla steps",
        }
    }
}

/// One thing that may be reached. A condition is reached once for each of its answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    pub kind: Kind,
    /// In the words of the policy: `rule "Booth week"`, `employees >= 1000`.
    pub name: String,
    #[serde(skip)]
    pub span: Span,
    /// The line of the data file that a row of a table stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// How many tests reached it; of a condition, in how many it held.
    pub hits: u32,
    /// Of a condition: in how many it failed, and in how many it held or failed and decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers: Option<Answers>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Answers {
    pub failed: u32,
    pub held_and_decided: u32,
    pub failed_and_decided: u32,
}

impl Item {
    /// What there is to reach in it, and what of that was reached.
    pub fn goals(&self) -> (u32, u32) {
        match &self.answers {
            None => (1, u32::from(self.hits > 0)),
            Some(answers) => (2, u32::from(answers.held_and_decided > 0) + u32::from(answers.failed_and_decided > 0)),
        }
    }

    pub fn is_covered(&self) -> bool {
        let (all, reached) = self.goals();
        all == reached
    }
}

/// What was reached, item by item, in the order of the policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    pub items: Vec<Item>,
}

/// How much of a kind was reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    pub kind: Kind,
    /// Goals: a condition has two.
    pub all: u32,
    pub reached: u32,
}

impl Share {
    /// Of a hundred; a hundred where there is nothing to reach.
    pub fn percent(&self) -> f64 {
        if self.all == 0 { 100.0 } else { f64::from(self.reached) * 100.0 / f64::from(self.all) }
    }
}

impl From<Items> for Coverage {
    fn from(items: Items) -> Coverage {
        let mut items: Vec<Item> = items.into_values().collect();
        items.sort_by_key(|item| (item.span, item.line, item.kind));
        Coverage { items }
    }
}

impl Coverage {
    /// What these tests reached; whether they passed does not matter.
    pub fn of(suite: &Suite, policy: &Policy, verdicts: &[Verdict]) -> Coverage {
        let mut items = walk::items(policy);
        for verdict in verdicts {
            let Some(case) = policy.tests.get(verdict.case).filter(|case| !case.bad) else { continue };
            count(suite, case, verdict, &mut items);
        }
        Coverage::from(items)
    }

    /// Of each kind that the policy has.
    pub fn shares(&self) -> Vec<Share> {
        let mut shares: IndexMap<Kind, Share> = IndexMap::new();
        for kind in Kind::ALL {
            for item in self.items.iter().filter(|item| item.kind == kind) {
                let (all, reached) = item.goals();
                let share = shares.entry(kind).or_insert(Share { kind, all: 0, reached: 0 });
                share.all += all;
                share.reached += reached;
            }
        }
        shares.into_values().collect()
    }

    /// What no test reached, or not in each way.
    pub fn open(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| !item.is_covered())
    }
}

/// Adds what one test reached.
pub(super) fn count(suite: &Suite, case: &TestCase, verdict: &Verdict, items: &mut Items) {
    let Some(router) = suite.router(case) else { return };
    let moment = router.moment(case.at);
    let records = router.match_records(&case.values, &moment);
    let facts = Facts { values: &case.values, at: case.at, calendars: &moment.open, records: &records };
    Walk::new(&Reference::new(router.policy(), &facts), items).decision(verdict);
}
