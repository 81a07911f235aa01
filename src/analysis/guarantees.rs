//! Guarantees: each claim is proved over all leads that can be read and are not excluded, or refuted with one.
//!
//! A claim becomes one formula, *where it is broken*: a chain over the rules in the order tried, and at each rule what its targets, its
//! tables' rows and its experiment's arms may come to. Where a lead may get to from a target is [`crate::policy::ways`]. Owners are those
//! whom the records at hand name.

use super::told::Prover;
use super::witness::Found;
use super::{Answer, Formula, Reason, Witness};
use crate::graph::questions::{Family, family};
use crate::matcher::{Match, Outcome, reference};
use crate::policy::guarantees::{Claim, Promised};
use crate::policy::ways::{Given, Met, Stop, Via, way_to, ways};
use crate::policy::{
    Arm, ColumnId, Condition, ConditionKind, Policy, Predicate, QueueId, RecordsId, RepId, Row, Rule, RuleId, SlaId,
    Subject, TableId, Target, TerritoryId, Test, TextSet, Value,
};
use crate::source::Span;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where a lead is judged at: all stops that it may meet (`no lead goes to`), or all where it may stay (`every lead goes to`).
#[derive(Clone, Copy)]
struct Goal<'a> {
    every: bool,
    targets: &'a [Target],
}

impl Goal<'_> {
    fn is_met(&self, policy: &Policy, stop: &Stop, by: Option<TableId>) -> bool {
        self.targets.iter().any(|target| meets(policy, target, stop, by))
    }

    /// The stop that breaks the claim, where a lead has these targets.
    fn broken_at(
        &self,
        policy: &Policy,
        given: &[Given],
        sla: Option<SlaId>,
        owners: &dyn Fn(RecordsId, ColumnId) -> Vec<RepId>,
    ) -> Option<(Vec<Met>, usize)> {
        let met = ways(policy, given, sla, owners, &|stop, by| self.is_met(policy, stop, by));
        let by = |at: &Met| match at.via {
            Via::Assign(at) => given.get(at).and_then(|given| given.by),
            _ => None,
        };
        let breaks = |at: &Met| {
            if self.every { at.end } else { self.is_met(policy, &at.stop, by(at)) }
        };
        let at = met.iter().position(breaks)?;
        Some((met, at))
    }
}

/// Whether a stop is what a claim names. A team is also where its people are; who is inactive gets nothing.
fn meets(policy: &Policy, target: &Target, stop: &Stop, by: Option<TableId>) -> bool {
    let is_active = |id: RepId| policy.reps.get(id.at()).is_some_and(|rep| rep.active);
    match (target, stop) {
        (Target::Pool(id), Stop::Pool(at)) => id == at,
        (Target::Queue(id), Stop::Queue(at)) => id == at,
        (Target::Rep(id), Stop::Rep(at)) => id == at && is_active(*at),
        (Target::Team(id), Stop::Team(at)) => id == at,
        (Target::Team(id), Stop::Rep(at)) => {
            is_active(*at) && policy.teams.get(id.at()).is_some_and(|team| team.members.contains(at))
        }
        (Target::Owner { records, column, .. }, Stop::Owner(of, at)) => (records, column) == (of, at),
        (Target::TeamOfOwner { records, column }, Stop::TeamOfOwner(of, at)) => (records, column) == (of, at),
        (Target::ManagerOfOwner { records, column }, Stop::ManagerOfOwner(of, at)) => (records, column) == (of, at),
        (Target::Table { table, output }, Stop::Pool(_) | Stop::Queue(_) | Stop::Team(_) | Stop::Rep(_)) => {
            by == Some(*table) && target_of(stop).is_some_and(|target| reference::gives(&target, *output))
        }
        _ => false,
    }
}

fn target_of(stop: &Stop) -> Option<Target> {
    Some(match *stop {
        Stop::Pool(id) => Target::Pool(id),
        Stop::Queue(id) => Target::Queue(id),
        Stop::Team(id) => Target::Team(id),
        Stop::Rep(id) => Target::Rep(id),
        Stop::Owner(..) | Stop::TeamOfOwner(..) | Stop::ManagerOfOwner(..) => return None,
    })
}

/// How a claim was decided.
pub(super) enum Verdict {
    Proved,
    Broken(Box<Broken>),
    Unproved(Reason),
}

/// A lead that breaks a claim, and what becomes of it.
pub(super) struct Broken {
    pub lead: Witness,
    pub found: Match,
}

/// Tests that claims ask of owners, besides what the policy's conditions ask.
pub(super) fn owner_tests(policy: &Policy) -> Vec<(usize, Test)> {
    let mut tests = Vec::new();
    for claim in policy.guarantees.iter().flat_map(|guarantee| &guarantee.claims) {
        let Promised::GoesTo(targets) = &claim.promised else { continue };
        let goal = Goal { every: claim.every, targets };
        for target in policy.rules.iter().flat_map(|rule| &rule.assign).chain(arms(policy).flat_map(|arm| &arm.assign))
        {
            tests.extend(owner_test(policy, goal, target).map(|test| (0, test)));
        }
    }
    tests
}

fn arms(policy: &Policy) -> impl Iterator<Item = &Arm> {
    policy.experiments.iter().flat_map(|experiment| &experiment.arms)
}

/// Whether the owner is one through whom this target breaks the goal; none where no owner at hand is.
fn owner_test(policy: &Policy, goal: Goal, target: &Target) -> Option<Test> {
    let (Target::Owner { records, column, .. }
    | Target::TeamOfOwner { records, column }
    | Target::ManagerOfOwner { records, column }) = target
    else {
        return None;
    };
    let given = [Given { target: target.clone(), by: None }];
    let mut texts: BTreeSet<SmolStr> = BTreeSet::new();
    for (owner, names) in policy.owners_at_hand(*records, *column) {
        if goal.broken_at(policy, &given, None, &|_, _| vec![owner]).is_some() {
            texts.extend(names);
        }
    }
    let subject = Subject::Record(*records, *column);
    let set = TextSet { values: Arc::new(texts), ..TextSet::default() };
    (!set.values.is_empty() && family(policy, subject) == Family::Text)
        .then_some(Test { subject, predicate: Predicate::InTexts(set) })
}

impl Prover<'_> {
    pub fn guarantees(&mut self) {
        let policy = self.policy;
        for guarantee in &policy.guarantees {
            for claim in &guarantee.claims {
                match self.claim(claim) {
                    Verdict::Proved => self.told.proved_claims += 1,
                    Verdict::Broken(broken) => self.tell_broken(guarantee, claim, &broken),
                    Verdict::Unproved(why) => self.tell_unproved(guarantee, claim, &why),
                }
            }
        }
    }

    fn claim(&mut self, claim: &Claim) -> Verdict {
        let decided = self.decided();
        let when = claim.when.as_ref().map_or(Formula::TRUE, |when| self.condition(when));
        let Some(broken) = self.broken(claim) else {
            return Verdict::Unproved(Reason::Loose("routes continue in one another in too many ways".to_owned()));
        };
        let budget = self.budget.at_most(Self::MOST);
        match self.space.find(&[decided, when, broken], &[], &budget) {
            Answer::Proved(_) => Verdict::Proved,
            Answer::Unknown(why) => Verdict::Unproved(why),
            Answer::Witness(lead) => match self.confirmed(claim, &lead) {
                Some(broken) => Verdict::Broken(Box::new(broken)),
                None => Verdict::Unproved(Reason::Loose("the lead that was found does not hold up".to_owned())),
            },
        }
    }

    /// Where a claim is broken, if its condition holds.
    fn broken(&mut self, claim: &Claim) -> Option<Formula> {
        let every = claim.every;
        match &claim.promised {
            Promised::InTerritory(ids) => {
                let parts: Vec<Formula> = ids.iter().map(|id| self.space.territory(0, *id)).collect();
                let inside = self.space.formulas.or(parts);
                Some(if every { self.space.formulas.negate(inside) } else { inside })
            }
            Promised::GoesTo(targets) => {
                let goal = Goal { every, targets };
                let tie = |prover: &mut Self, queue| prover.is_bad(goal, &Target::Queue(queue), None);
                self.over_outcomes(every, &tie, &|prover, rule, arm| prover.goes_wrong(goal, rule, arm))
            }
            Promised::HasAnSla | Promised::HasSla(_) => {
                let bad = |sla: Option<SlaId>| has_sla(&claim.promised, sla) != every;
                let judge = |prover: &mut Self, rule: &Rule, arm: Option<&Arm>| {
                    let own = arm.and_then(|arm| arm.sla).or(rule.sla);
                    prover.of_rows(rule, arm, own, &|row| row.sla, &bad)
                };
                self.over_outcomes(bad(None), &|_, _| bad(None), &judge)
            }
            Promised::HasPriority { low, high } => {
                let bad = |priority: Option<i64>| in_range(priority, *low, *high) != every;
                let judge = |prover: &mut Self, rule: &Rule, arm: Option<&Arm>| {
                    let own = arm.and_then(|arm| arm.priority).or(rule.priority);
                    prover.of_rows(rule, arm, own, &|row| row.priority, &bad)
                };
                self.over_outcomes(bad(None), &|_, _| bad(None), &judge)
            }
            Promised::TakenBy(rules) => {
                let policy = self.policy;
                let judge = |_: &mut Self, rule: &Rule, _: Option<&Arm>| {
                    let is_one =
                        rules.iter().filter_map(|id| policy.rules.get(id.at())).any(|one| std::ptr::eq(one, rule));
                    constant(is_one != every)
                };
                self.over_outcomes(every, &|_, _| every, &judge)
            }
        }
    }

    /// A formula over all that may become of a lead: its records tie and it goes to their queue, a rule takes it (in one arm of its
    /// experiment), or nothing does.
    fn over_outcomes(
        &mut self,
        nowhere: bool,
        tie: &dyn Fn(&mut Self, QueueId) -> bool,
        judge: &dyn Fn(&mut Self, &Rule, Option<&Arm>) -> Formula,
    ) -> Option<Formula> {
        let policy = self.policy;
        let steps = self.space.steps(0)?;
        let mut judged: Vec<Option<Formula>> = vec![None; policy.rules.len()];
        let mut broken = constant(nowhere);
        for step in steps.iter().rev() {
            let Some(rule) = policy.rules.get(step.rule.at()) else { continue };
            let known = judged.get(step.rule.at()).copied().flatten();
            let here = known.unwrap_or_else(|| self.in_some_arm(step.rule, rule, judge));
            judged.get_mut(step.rule.at()).into_iter().for_each(|place| *place = Some(here));
            broken = self.space.formulas.choose(step.takes, here, broken);
        }
        for (id, records) in (0..).map(RecordsId).zip(&policy.records).collect::<Vec<_>>().into_iter().rev() {
            if let Some(queue) = records.on_tie {
                let (ties, bad) = (self.space.ties(0, id), tie(self, queue));
                broken = self.space.formulas.choose(ties, constant(bad), broken);
            }
        }
        Some(broken)
    }

    /// A lead may land in any arm that has a share: the hash of its key decides.
    fn in_some_arm(
        &mut self,
        id: RuleId,
        rule: &Rule,
        judge: &dyn Fn(&mut Self, &Rule, Option<&Arm>) -> Formula,
    ) -> Formula {
        let Some(experiment) = self.policy.experiments.iter().find(|experiment| experiment.rule == id) else {
            return judge(self, rule, None);
        };
        let arms = experiment.arms.iter().filter(|arm| !arm.percent.is_zero());
        let parts: Vec<Formula> = arms.map(|arm| judge(self, rule, Some(arm))).collect();
        self.space.formulas.or(parts)
    }

    /// What an arm's targets come to, or the rule's where the arm has none that are there.
    fn resolved(
        &mut self,
        rule: &Rule,
        arm: Option<&Arm>,
        of: &mut dyn FnMut(&mut Self, &[Target]) -> Formula,
    ) -> Formula {
        let own = of(self, &rule.assign);
        let Some(arm) = arm.filter(|arm| !arm.assign.is_empty()) else { return own };
        let gives: Vec<Formula> = arm
            .assign
            .iter()
            .map(|target| match target {
                Target::Table { table, output } => self.space.gives(0, *table, *output),
                _ => Formula::TRUE,
            })
            .collect();
        let gives = self.space.formulas.or(gives);
        let arms = of(self, &arm.assign);
        self.space.formulas.choose(gives, arms, own)
    }

    /// The SLA or the priority: the rule's own, else that of the first row that has one.
    fn of_rows<T: Copy>(
        &mut self,
        rule: &Rule,
        arm: Option<&Arm>,
        own: Option<T>,
        of_row: &dyn Fn(&Row) -> Option<T>,
        bad: &dyn Fn(Option<T>) -> bool,
    ) -> Formula {
        if own.is_some() {
            return constant(bad(own));
        }
        self.resolved(rule, arm, &mut |prover, assign| {
            let mut next = constant(bad(None));
            for target in assign.iter().rev() {
                let Target::Table { table, output } = target else { continue };
                next = prover.by_row(*table, next, &mut |_, row| {
                    let given = row.target.as_ref().is_some_and(|target| reference::gives(target, *output));
                    of_row(row).filter(|_| given).map(|value| constant(bad(Some(value))))
                });
            }
            next
        })
    }

    /// The first row of a table that holds decides; `next` where there is none, or where it has nothing to say.
    fn by_row(
        &mut self,
        table: TableId,
        next: Formula,
        of: &mut dyn FnMut(&mut Self, &Row) -> Option<Formula>,
    ) -> Formula {
        let policy = self.policy;
        let rows = policy.tables.get(table.at()).map_or(&[][..], |table| &table.rows);
        let mut found = next;
        for row in rows.iter().rev() {
            let here = of(self, row).unwrap_or(next);
            let holds = self.space.all(0, &row.cells);
            found = self.space.formulas.choose(holds, here, found);
        }
        found
    }

    fn goes_wrong(&mut self, goal: Goal, rule: &Rule, arm: Option<&Arm>) -> Formula {
        let by_targets = self.resolved(rule, arm, &mut |prover, assign| prover.targets(goal, assign));
        let policy = self.policy;
        let bad_sla = |sla: Option<SlaId>| {
            let queues = sla.map(|sla| policy.queues_of_sla(sla)).unwrap_or_default();
            let given: Vec<Given> =
                queues.into_iter().map(|id| Given { target: Target::Queue(id), by: None }).collect();
            given
                .iter()
                .any(|given| goal.broken_at(policy, std::slice::from_ref(given), None, &|_, _| Vec::new()).is_some())
        };
        let own = arm.and_then(|arm| arm.sla).or(rule.sla);
        let by_sla = self.of_rows(rule, arm, own, &|row| row.sla, &bad_sla);
        self.space.formulas.or([by_targets, by_sla])
    }

    /// Targets are tried in order. A pool or a queue takes every lead that comes to it; others may not be able to.
    fn targets(&mut self, goal: Goal, assign: &[Target]) -> Formula {
        let mut next = Formula::FALSE;
        for target in assign.iter().rev() {
            next = match target {
                Target::Table { table, output } => self.by_row(*table, next, &mut |prover, row| {
                    let given = row.target.as_ref().filter(|target| reference::gives(target, *output))?;
                    Some(prover.target(goal, given, Some(*table), next))
                }),
                target => self.target(goal, target, None, next),
            };
        }
        next
    }

    fn target(&mut self, goal: Goal, target: &Target, by: Option<TableId>, next: Formula) -> Formula {
        let here = match target {
            Target::Pool(_) | Target::Queue(_) => return constant(self.is_bad(goal, target, by)),
            Target::Team(_) | Target::Rep(_) | Target::Table { .. } => constant(self.is_bad(goal, target, by)),
            Target::Owner { .. } | Target::TeamOfOwner { .. } | Target::ManagerOfOwner { .. } => {
                match owner_test(self.policy, goal, target) {
                    Some(test) => self.condition(&Condition { kind: ConditionKind::Test(test), span: Span::default() }),
                    None => Formula::FALSE,
                }
            }
        };
        self.space.formulas.or([here, next])
    }

    fn is_bad(&mut self, goal: Goal, target: &Target, by: Option<TableId>) -> bool {
        let given = [Given { target: target.clone(), by }];
        goal.broken_at(self.policy, &given, None, &|_, _| Vec::new()).is_some()
    }

    // ---- the lead that was found, by the reference matcher ----

    /// The lead as it breaks the claim. Where it lands in another arm, its key is varied.
    fn confirmed(&mut self, claim: &Claim, lead: &Witness) -> Option<Broken> {
        for lead in std::iter::once(lead.clone()).chain(self.varied(lead)) {
            let held = claim.when.as_ref().is_none_or(|when| self.space.holds(0, when, &lead));
            let found = self.space.decide(0, &lead);
            if held && !matches!(found.outcome, Outcome::Excluded(_)) && self.breaks(claim, &lead, &found) {
                return Some(Broken { lead, found });
            }
        }
        None
    }

    /// Whether what the matcher says of a lead breaks a claim.
    pub(super) fn breaks(&self, claim: &Claim, lead: &Witness, found: &Match) -> bool {
        let policy = self.policy;
        let every = claim.every;
        match &claim.promised {
            Promised::GoesTo(targets) => match found.outcome {
                Outcome::None => every,
                _ => {
                    let goal = Goal { every, targets };
                    self.way(goal, lead, found).is_some()
                }
            },
            Promised::HasAnSla | Promised::HasSla(_) => has_sla(&claim.promised, found.sla) != every,
            Promised::HasPriority { low, high } => in_range(found.priority, *low, *high) != every,
            Promised::InTerritory(ids) => {
                let above = |id: &TerritoryId| policy.territories.get(id.at()).and_then(|found| found.parent);
                std::iter::successors(found.territory, above).any(|id| ids.contains(&id)) != every
            }
            Promised::TakenBy(rules) => {
                let taken = matches!(found.outcome, Outcome::Rule(rule) if rules.contains(&rule));
                taken != every
            }
        }
    }

    /// The way on which a lead breaks a claim about where it goes.
    fn way(&self, goal: Goal, lead: &Witness, found: &Match) -> Option<(Vec<Met>, usize)> {
        goal.broken_at(self.policy, &self.given(found), found.sla, &|records, column| {
            self.owner_of(lead, records, column).into_iter().collect()
        })
    }

    fn given(&self, found: &Match) -> Vec<Given> {
        let policy = self.policy;
        let by = |target: &Target| {
            let row = |(table, row): &(TableId, u32)| policy.tables.get(table.at())?.rows.get(*row as usize);
            found.rows.iter().find(|at| row(at).is_some_and(|row| row.target.as_ref() == Some(target))).map(|at| at.0)
        };
        found.targets.iter().map(|target| Given { target: target.clone(), by: by(target) }).collect()
    }

    pub(super) fn stops(&self, claim: &Claim, lead: &Witness, found: &Match) -> Option<Vec<Met>> {
        let Promised::GoesTo(targets) = &claim.promised else { return None };
        let (met, at) = self.way(Goal { every: claim.every, targets }, lead, found)?;
        Some(way_to(&met, at))
    }

    fn owner_of(&self, lead: &Witness, records: RecordsId, column: ColumnId) -> Option<RepId> {
        let block = self.policy.records.get(records.at())?;
        let Found::Row(row) = lead.records.get(&block.name)? else { return None };
        match row.get(&block.columns.get(column.at())?.name)? {
            Value::Text(text) => self.policy.rep_named(&text.folded),
            _ => None,
        }
    }
}

fn constant(value: bool) -> Formula {
    if value { Formula::TRUE } else { Formula::FALSE }
}

fn has_sla(promised: &Promised, sla: Option<SlaId>) -> bool {
    match promised {
        Promised::HasSla(slas) => sla.is_some_and(|sla| slas.contains(&sla)),
        _ => sla.is_some(),
    }
}

fn in_range(priority: Option<i64>, low: Option<i64>, high: Option<i64>) -> bool {
    priority.is_some_and(|priority| low.is_none_or(|low| low <= priority) && high.is_none_or(|high| priority <= high))
}
