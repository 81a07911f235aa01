//! The way of one lead, as far as the tests of a policy count it.

use super::{Answers, Item, Kind};
use crate::assign::Assignment;
use crate::matcher::Outcome;
use crate::matcher::reference::Reference;
use crate::policy::{
    Condition, ConditionKind, Entry, Fallback, LetValue, Policy, RouteId, Sla, Step, Target, TerritoryId, words,
};
use crate::sla::{Cause, Doing, Effect};
use crate::source::Span;
use crate::suite::Verdict;
use crate::syntax::ast::Stage;
use indexmap::IndexMap;

/// Kind, place, and line or number at that place.
pub(in crate::suite) type Key = (Kind, Span, u32);
pub(in crate::suite) type Items = IndexMap<Key, Item>;

/// Everything that can be reached, with nothing reached yet.
pub(in crate::suite) fn items(policy: &Policy) -> Items {
    let mut all = Collector { policy, items: Items::new() };
    for rule in &policy.rules {
        let name = if rule.otherwise { "otherwise".to_owned() } else { format!("rule \"{}\"", rule.title) };
        all.add(Kind::Rule, rule.span, 0, name, None);
        rule.when.iter().for_each(|when| all.condition(when, rule.span));
    }
    for entry in policy.routes.iter().flat_map(|route| &route.entries) {
        if let Entry::Continue { when: Some(when), span, .. } = entry {
            all.condition(when, *span);
        }
    }
    for exclude in &policy.excludes {
        all.add(Kind::Exclusion, exclude.span, 0, format!("exclude \"{}\"", exclude.title), None);
        all.condition(&exclude.when, exclude.span);
    }
    for segment in &policy.segments {
        all.add(Kind::Segment, segment.span, 0, format!("segment {}", segment.name), None);
        all.condition(&segment.when, segment.span);
    }
    for found in &policy.lets {
        if let LetValue::Condition(condition) = &found.value {
            all.condition(condition, found.span);
        }
    }
    for territory in &policy.territories {
        all.add(Kind::Territory, territory.span, 0, format!("territory {}", territory.name), None);
        all.condition(&territory.when, territory.span);
    }
    for term in policy.scores.iter().flat_map(|score| &score.terms) {
        term.when.iter().for_each(|when| all.condition(when, Span::default()));
    }
    for grade in &policy.grades {
        for (at, step) in (0..).zip(&grade.steps) {
            all.add(Kind::Grade, grade.span, at, format!("grade {} = {}", grade.name, step.0), None);
        }
    }
    for table in &policy.tables {
        for (at, row) in (0..).zip(&table.rows) {
            all.add(Kind::TableRow, row.span, at, format!("row {} of table {}", at + 1, table.name), row.line);
        }
    }
    for pool in &policy.pools {
        for (at, fallback) in (0..).zip(&pool.when_empty) {
            let to = match fallback {
                Fallback::Pool(id) => words::target(policy, &Target::Pool(*id)),
                Fallback::Queue(id) => words::target(policy, &Target::Queue(*id)),
                Fallback::WaitAtMost(_) | Fallback::WaitUntilOpening => continue,
            };
            all.add(Kind::Overflow, pool.span, at, format!("{to} when pool {} is empty", pool.name), None);
        }
    }
    for sla in &policy.slas {
        for (at, name) in (0..).zip(sla_steps(sla)) {
            all.add(Kind::SlaStep, sla.span, at, format!("{name} of sla {}", sla.name), None);
        }
    }
    all.items
}

/// What an SLA does by itself: its warnings, the breach of each promise, and `finally`.
fn sla_steps(sla: &Sla) -> Vec<String> {
    let warnings = sla.warnings.iter().map(|warning| format!("at {}%", warning.percent));
    let breaches = sla.promises.iter().map(|promise| format!("breach of `{}`", stage(promise.stage)));
    let finally = (!sla.finally.is_empty()).then(|| "finally".to_owned());
    warnings.chain(breaches).chain(finally).collect()
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Accept => "accept",
        Stage::Respond => "respond",
        Stage::Meet => "meet",
    }
}

struct Collector<'a> {
    policy: &'a Policy,
    items: Items,
}

impl Collector<'_> {
    fn add(&mut self, kind: Kind, span: Span, at: u32, name: String, line: Option<u32>) {
        let answers = (kind == Kind::Condition).then(Answers::default);
        self.items.entry((kind, span, at)).or_insert(Item { kind, name, span, line, hits: 0, answers });
    }

    /// `owner` is the name of what the condition is of. A question around it was never written: the checker made it, of a part that
    /// is `otherwise` or a territory that is all of its children.
    fn condition(&mut self, condition: &Condition, owner: Span) {
        let policy = self.policy;
        each_question(condition, &mut |leaf| {
            if leaf.span.start <= owner.start && owner.end <= leaf.span.end && leaf.span.file == owner.file {
                return;
            }
            let name = words::leaf(policy, leaf, true);
            self.add(Kind::Condition, leaf.span, 0, name, None);
        });
    }
}

pub(in crate::suite) fn each_question<'c>(condition: &'c Condition, take: &mut dyn FnMut(&'c Condition)) {
    match &condition.kind {
        ConditionKind::And(parts) | ConditionKind::Or(parts) => {
            parts.iter().for_each(|part| each_question(part, take));
        }
        ConditionKind::Not(part) => each_question(part, take),
        ConditionKind::Constant(_) => {}
        _ => take(condition),
    }
}

pub(super) struct Walk<'a, 'p> {
    lead: &'a Reference<'p>,
    items: &'a mut Items,
    entered: Vec<bool>,
}

impl<'a, 'p> Walk<'a, 'p> {
    pub(super) fn new(lead: &'a Reference<'p>, items: &'a mut Items) -> Self {
        let entered = vec![false; lead.policy.routes.len()];
        Walk { lead, items, entered }
    }

    pub(super) fn decision(&mut self, verdict: &Verdict) {
        let Verdict { decision, effects, .. } = verdict;
        let policy = self.lead.policy;
        let sla = decision.found.sla.and_then(|sla| policy.slas.get(sla.at()));
        sla.iter().for_each(|sla| self.followed(sla, effects));
        for exclude in &policy.excludes {
            self.asked(&exclude.when);
            if self.lead.holds(&exclude.when) {
                self.hit(Kind::Exclusion, exclude.span, 0);
                return;
            }
        }
        for segment in &policy.segments {
            self.asked(&segment.when);
            if self.lead.holds(&segment.when) {
                self.hit(Kind::Segment, segment.span, 0);
            }
        }
        for found in &policy.lets {
            if let LetValue::Condition(condition) = &found.value {
                self.asked(condition);
            }
        }
        for term in policy.scores.iter().flat_map(|score| &score.terms) {
            term.when.iter().for_each(|when| self.asked(when));
        }
        for (grade, step) in policy.grades.iter().zip(&decision.found.grades) {
            step.iter().for_each(|step| self.hit(Kind::Grade, grade.span, *step));
        }
        self.territories();
        if !matches!(decision.found.outcome, Outcome::Tie(_)) {
            self.route(policy.main);
        }
        for (table, row) in &decision.found.rows {
            let row_of = policy.tables.get(table.at()).and_then(|table| table.rows.get(*row as usize));
            row_of.into_iter().for_each(|found| self.hit(Kind::TableRow, found.span, *row));
        }
        self.overflow(&verdict.assignments);
    }

    fn route(&mut self, id: RouteId) -> bool {
        let lead = self.lead;
        let Some(route) = lead.policy.routes.get(id.at()) else { return false };
        if self.entered.get_mut(id.at()).is_none_or(|entered| std::mem::replace(entered, true)) {
            return false;
        }
        route.entries.iter().any(|entry| match entry {
            Entry::Rule(id) => {
                let Some(rule) = lead.policy.rules.get(id.at()) else { return false };
                if lead.on_its_days(rule) {
                    rule.when.iter().for_each(|when| self.asked(when));
                }
                let takes = lead.takes(rule);
                if takes {
                    self.hit(Kind::Rule, rule.span, 0);
                }
                takes
            }
            Entry::Continue { route, when, .. } => {
                when.iter().for_each(|when| self.asked(when));
                when.as_ref().is_none_or(|when| lead.holds(when)) && self.route(*route)
            }
        })
    }

    /// The territories that were asked on the way down, and those that hold the lead.
    fn territories(&mut self) {
        let policy = self.lead.policy;
        let set = policy.territory_set_at(self.lead.facts.at).and_then(|at| policy.territory_sets.get(at));
        let mut candidates: Vec<TerritoryId> = set.map(|set| set.roots.clone()).unwrap_or_default();
        while !candidates.is_empty() {
            let mut within = Vec::new();
            for id in candidates {
                let Some(territory) = policy.territories.get(id.at()) else { continue };
                self.asked(&territory.when);
                if self.lead.holds(&territory.when) {
                    self.hit(Kind::Territory, territory.span, 0);
                    within.clone_from(&territory.children);
                    break;
                }
            }
            candidates = within;
        }
    }

    fn followed(&mut self, sla: &Sla, effects: &[Effect]) {
        let (warnings, promises) = (sla.warnings.len(), sla.promises.len());
        let mut reached: Vec<usize> = Vec::new();
        for effect in effects {
            match effect.cause {
                Cause::Share(_, percent) => {
                    reached.extend(sla.warnings.iter().position(|warning| warning.percent == percent));
                }
                Cause::Breach(stage) => {
                    let promise = sla.promises.iter().position(|promise| promise.stage == stage);
                    reached.extend(promise.map(|at| warnings + at));
                }
                Cause::NobodyLeft | Cause::Returned => {}
            }
            let last = sla.finally.iter().any(|step| {
                matches!(
                    (step, &effect.doing),
                    (Step::Recycle(_), Doing::Recycle { .. })
                        | (Step::Recall(_), Doing::Recall(_))
                        | (Step::Reopen, Doing::Reopen)
                )
            });
            if last || effect.cause == Cause::NobodyLeft {
                reached.push(warnings + promises);
            }
        }
        reached.sort_unstable();
        reached.dedup();
        reached.into_iter().for_each(|at| self.hit(Kind::SlaStep, sla.span, at as u32));
    }

    /// Each step once, though the lead may come by it again.
    fn overflow(&mut self, assignments: &[Assignment]) {
        let policy = self.lead.policy;
        let mut steps: Vec<(Span, u32)> = Vec::new();
        for assignment in assignments {
            let pools = || assignment.pools.iter().filter_map(|pool| policy.pools.get(pool.at()));
            for (pool, next) in pools().zip(assignment.pools.iter().skip(1)) {
                let to = pool.when_empty.iter().position(|step| matches!(step, Fallback::Pool(to) if to == next));
                steps.extend(to.map(|at| (pool.span, at as u32)));
            }
            // The last that names the queue: a pool that names nothing for when it is empty gives the lead back to the one before.
            let to_queue = pools().rev().find_map(|pool| {
                let is_its = |step: &Fallback| matches!(step, Fallback::Queue(to) if assignment.queue == Some(*to));
                Some((pool.span, pool.when_empty.iter().position(is_its)? as u32))
            });
            steps.extend(to_queue);
        }
        steps.sort_unstable();
        steps.dedup();
        steps.into_iter().for_each(|(span, at)| self.hit(Kind::Overflow, span, at));
    }

    fn hit(&mut self, kind: Kind, span: Span, at: u32) {
        if let Some(item) = self.items.get_mut(&(kind, span, at)) {
            item.hits += 1;
        }
    }

    /// Counts the answers of a decision's questions, and which of them decided.
    fn asked(&mut self, decision: &Condition) {
        let lead = self.lead;
        let mut answers: Vec<(Span, bool, bool)> = Vec::new();
        each_question(decision, &mut |leaf| {
            let with = |answer: bool| answered(lead, decision, leaf, answer);
            answers.push((leaf.span, lead.holds(leaf), with(true) != with(false)));
        });
        for (span, holds, decides) in answers {
            let Some(item) = self.items.get_mut(&(Kind::Condition, span, 0)) else { continue };
            let Some(counts) = &mut item.answers else { continue };
            match holds {
                true => {
                    item.hits += 1;
                    counts.held_and_decided += u32::from(decides);
                }
                false => {
                    counts.failed += 1;
                    counts.failed_and_decided += u32::from(decides);
                }
            }
        }
    }
}

/// What a condition comes to where one of its questions, and no other, is answered so.
fn answered(lead: &Reference, condition: &Condition, question: &Condition, answer: bool) -> bool {
    match &condition.kind {
        _ if std::ptr::eq(condition, question) => answer,
        ConditionKind::And(parts) => parts.iter().all(|part| answered(lead, part, question, answer)),
        ConditionKind::Or(parts) => parts.iter().any(|part| answered(lead, part, question, answer)),
        ConditionKind::Not(part) => !answered(lead, part, question, answer),
        _ => lead.holds(condition),
    }
}
