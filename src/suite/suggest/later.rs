//! What no lead reaches by its values: the steps of SLAs, which need time, and those of pools that are empty, which need absences.

use super::{About, Suggester};
use crate::policy::tests::{Expected, ExpectedKind, Given, Step, TestCase};
use crate::policy::{Fallback, Policy, PoolId, Recipient, RepId, Target};
use crate::sla::{Doing, Whom};
use crate::suite::Verdict;
use crate::suite::course::Situation;
use crate::suite::coverage::Kind;
use crate::suite::coverage::walk::Key;

/// How long a lead is left alone, in microseconds: every promise that people make is broken by then.
const LONG: i64 = 400 * 86_400 * 1_000_000;

/// Absences that are written into one test: with more of them nobody reads it.
const MOST_AWAY: usize = 20;

/// Leads that are tried for one SLA or pool.
const MOST_LEADS: usize = 40;

impl Suggester<'_> {
    /// Leaves leads alone and sees what their SLA does.
    pub(super) fn leave_alone(&mut self) {
        for (sla, name) in self.policy.slas.iter().map(|sla| (sla.span, sla.name.clone())).collect::<Vec<_>>() {
            let promised = |policy: &Policy, verdict: &Verdict| {
                verdict
                    .decision
                    .found
                    .sla
                    .and_then(|id| policy.slas.get(id.at()))
                    .is_some_and(|found| found.span == sla)
            };
            for case in self.leads(&promised) {
                if !self.is_open(Kind::SlaStep, sla) {
                    break;
                }
                let alone =
                    TestCase { after: vec![Step { after: LONG, happening: None, expect: Vec::new() }], ..case.clone() };
                let Some(verdict) = self.suite.run(0, &alone) else { continue };
                let mut instants: Vec<i64> = verdict.effects.iter().map(|effect| effect.at - case.at.micros).collect();
                instants.retain(|after| *after >= 0 && after % 1_000_000 == 0);
                instants.dedup();
                let after = instants.into_iter().map(|after| Step { after, happening: None, expect: Vec::new() });
                let case = TestCase { after: after.collect(), ..case };
                self.take(case, About::Title(format!("Nobody answers: sla {name}")), &[]);
            }
        }
    }

    /// Sends people away until nobody is left to take a lead.
    pub(super) fn send_away(&mut self) {
        for at in 0..self.policy.pools.len() {
            let pool = PoolId(at as u32);
            let Some(span) = self.policy.pools.get(at).map(|pool| pool.span) else { continue };
            let sent = |_: &Policy, verdict: &Verdict| {
                verdict.assignments.iter().any(|assignment| assignment.pools.contains(&pool))
            };
            for case in self.leads(&sent) {
                if !self.is_open(Kind::Overflow, span) {
                    break;
                }
                self.send_away_from(case);
            }
        }
    }

    /// Empties the pools that a lead comes to, one after the other.
    fn send_away_from(&mut self, case: TestCase) {
        let mut case = TestCase { given: Vec::new(), after: Vec::new(), ..case };
        let mut away: Vec<RepId> = Vec::new();
        for _ in 0..=self.policy.pools.len() {
            let Some(verdict) = self.suite.run(0, &case) else { return };
            let Some(assignment) = &verdict.decision.assignment else { return };
            let waits = assignment.waits.map(|wait| (wait.until - case.at.micros).max(0));
            let last = assignment.pools.last().and_then(|pool| self.policy.pools.get(pool.at()));
            let mut members: Vec<RepId> = last.map_or_else(Vec::new, |pool| pool.members.clone());
            members.retain(|rep| !away.contains(rep));
            let is_away = !away.is_empty();
            let first = assignment.pools.first().and_then(|pool| self.policy.pools.get(pool.at()));
            let first = first.map_or("", |pool| pool.name.as_str());
            let about = || About::Title(format!("Nobody is there: pool {first}"));
            if let Some(after) = waits {
                let after = Step { after, happening: None, expect: Vec::new() };
                let waiting = TestCase { after: vec![after], ..case.clone() };
                self.take(waiting, about(), &[]);
            } else if is_away || assignment.queue.is_some() {
                self.take(case.clone(), about(), &[]);
            }
            if members.is_empty() || away.len() + members.len() > MOST_AWAY {
                return;
            }
            away.extend(members);
            case.given = away.iter().map(|rep| Given::Away(*rep)).collect();
        }
    }

    /// Leads of the tests that there are and of those that are suggested.
    fn leads(&self, that: &dyn Fn(&Policy, &Verdict) -> bool) -> Vec<TestCase> {
        let suggested = self.taken.iter().map(|taken| &taken.case);
        let there = self.policy.tests.iter().filter(|case| !case.bad && case.arm.is_none());
        let plain = suggested.chain(there).map(|case| TestCase {
            title: "".into(),
            given: Vec::new(),
            expect: Vec::new(),
            after: Vec::new(),
            ..case.clone()
        });
        plain
            .filter(|case| self.suite.run(0, case).is_some_and(|verdict| that(self.policy, &verdict)))
            .take(MOST_LEADS)
            .collect()
    }

    fn is_open(&self, kind: Kind, span: crate::source::Span) -> bool {
        self.items.iter().any(|((of, at, _), item)| *of == kind && *at == span && item.hits == 0)
    }

    /// Why a step that stays open does.
    pub(super) fn why_later(&self, (kind, span, at): Key) -> Option<String> {
        match kind {
            Kind::SlaStep => Some("no lead that was left alone for a year came to it: it may take an event, such as a lead that is returned".to_owned()),
            Kind::Overflow => {
                let pool = self.policy.pools.iter().find(|pool| pool.span == span)?;
                let before = pool.when_empty.iter().take(at as usize).find_map(|step| match step {
                    Fallback::Pool(id) => self.policy.pools.get(id.at()).filter(|_| ends(self.policy, *id)),
                    _ => None,
                });
                Some(match before {
                    Some(before) => format!("no lead can come to it: pool {}, which is tried before, goes on by itself", before.name),
                    None => "no lead came to it with everybody away: it may take reps at their caps".to_owned(),
                })
            }
            _ => None,
        }
    }
}

/// Whether a pool that is empty names something that takes every lead. Pools overflow in no cycle.
fn ends(policy: &Policy, id: PoolId) -> bool {
    policy.pools.get(id.at()).is_some_and(|pool| {
        pool.when_empty.iter().any(|step| match step {
            Fallback::Pool(next) => ends(policy, *next),
            Fallback::Queue(_) | Fallback::WaitAtMost(_) => true,
            Fallback::WaitUntilOpening => false,
        })
    })
}

/// What is to be so at a step of a test, given how it was at the one before.
pub(super) fn expected(policy: &Policy, before: &Situation, now: &Situation) -> Vec<ExpectedKind> {
    let mut all = Vec::new();
    if now.breached && !before.breached {
        all.push(ExpectedKind::Breach);
    }
    let mut told: Vec<ExpectedKind> = Vec::new();
    let mut tell = |kind: ExpectedKind| {
        if !told.contains(&kind) {
            told.push(kind);
        }
    };
    for effect in now.effects.iter().skip(before.effects.len()) {
        let holder = before.assignment.as_ref().and_then(|assignment| assignment.assignee);
        match &effect.doing {
            Doing::Notify(whom) => {
                recipient(whom, holder).into_iter().for_each(|whom| tell(ExpectedKind::Notified(whom)))
            }
            Doing::Escalate { whom, .. } => {
                recipient(whom, None).into_iter().for_each(|whom| tell(ExpectedKind::EscalatedTo(whom)));
            }
            _ => {}
        }
    }
    all.extend(told);
    let place = |now: &Situation| now.assignment.as_ref().map(|assignment| (assignment.assignee, assignment.queue));
    if place(before) != place(now) {
        all.extend(holder(policy, now));
    }
    all
}

/// Who has a lead, or where it lies.
pub(super) fn holder(policy: &Policy, now: &Situation) -> Option<ExpectedKind> {
    let assignment = now.assignment.as_ref()?;
    match (assignment.assignee, assignment.queue) {
        (Some(rep), _) => policy.reps.get(rep.at()).map(|_| ExpectedKind::Assignee(rep)),
        (None, Some(queue)) => Some(ExpectedKind::Target(Target::Queue(queue))),
        (None, None) => None,
    }
}

fn recipient(whom: &Whom, holder: Option<RepId>) -> Option<Recipient> {
    match whom {
        Whom::Rep(rep) if Some(*rep) == holder => Some(Recipient::Assignee),
        Whom::Rep(rep) => Some(Recipient::Rep(*rep)),
        Whom::Email(email) => Some(Recipient::Email(email.clone())),
        Whom::Queue(_) | Whom::Nobody => None,
    }
}

/// Expected as it is, nowhere written.
pub(super) fn plain(kind: ExpectedKind) -> Expected {
    Expected { negated: false, kind, span: Default::default() }
}
