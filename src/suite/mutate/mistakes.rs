//! The mistakes that people make in a policy, each as a mutant of it.
//!
//! The operators are those of mutation testing that a policy has a use for (Offutt et al., An Experimental Determination of
//! Sufficient Mutant Operators, TOSEM 5(2), 1996: relational, logical and absolute-value replacement), and what goes wrong with lists, rules and targets.

use super::edit::{Decider, Edit, Slot, is_sum, slots};
use super::{Mutant, Owner, times};
use crate::policy::{
    Condition, ConditionKind, Entry, ListId, Period, Policy, PoolId, Predicate, QueueId, Range, RouteId, Rule, RuleId,
    SlaId, Subject, TableId, Target, Test, TextSet, Type, words,
};
use crate::source::Span;
use rust_decimal::Decimal;
use smol_str::SmolStr;
use std::ops::Bound;
use std::sync::Arc;

/// Entries of one list, and rows of one table, that are mutated: more are chosen evenly.
const MOST: usize = 12;

/// All mutants of a policy, in the order of its conditions, then lists, rules, rows, scores, grades, SLAs and pools.
pub fn mutants(policy: &Policy) -> Vec<Mutant> {
    let mut all = Collector { policy, mutants: Vec::new() };
    for slot in slots(policy) {
        all.slot(slot);
    }
    all.lists();
    all.rules();
    all.rows();
    all.scores();
    all.mutants.extend(times::mutants(policy));
    all.mutants
}

struct Collector<'a> {
    policy: &'a Policy,
    mutants: Vec<Mutant>,
}

impl Collector<'_> {
    fn add(&mut self, owner: &Owner, span: Span, was: String, now: String, edit: Edit) {
        self.mutants.push(Mutant { owner: owner.clone(), span, was, now, edit });
    }

    fn slot(&mut self, slot: Slot) {
        let policy = self.policy;
        let Some((owner, at)) = owner(policy, slot) else { return };
        if let Slot::Cell(_, row, _) = slot
            && !is_chosen(row, rows_of(policy, slot))
        {
            return;
        }
        if let Slot::Territory(at) = slot
            && policy.territories.get(at).is_some_and(is_sum)
        {
            return;
        }
        let Some(root) = slot.condition(policy) else { return };
        // What the checker made of an `otherwise` stands nowhere in the text.
        if matches!(slot, Slot::Segment(_)) && root.span.start <= at.start && at.end <= root.span.end {
            return;
        }
        self.condition(slot, &owner, root, &mut Vec::new());
    }

    fn condition(&mut self, slot: Slot, owner: &Owner, condition: &Condition, path: &mut Vec<u32>) {
        let policy = self.policy;
        let mut change = |kind: ConditionKind, now: Option<String>| {
            let other = Condition { kind, span: condition.span };
            let now = now.unwrap_or_else(|| words::condition(policy, &other));
            let edit = Edit::Condition { slot, path: path.clone(), other };
            self.add(owner, condition.span, words::condition(policy, condition), now, edit);
        };
        match &condition.kind {
            ConditionKind::And(parts) | ConditionKind::Or(parts) if parts.len() > 1 => {
                let is_and = matches!(condition.kind, ConditionKind::And(_));
                let join = |parts, and| if and { ConditionKind::And(parts) } else { ConditionKind::Or(parts) };
                for lost in 0..parts.len() {
                    let rest = (0..).zip(parts).filter(|(at, _)| *at != lost).map(|(_, part)| part.clone());
                    let rest: Vec<Condition> = rest.collect();
                    change(
                        match rest.as_slice() {
                            [one] => one.kind.clone(),
                            _ => join(rest, is_and),
                        },
                        None,
                    );
                }
                change(join(parts.clone(), !is_and), None);
            }
            ConditionKind::Not(part) => change(part.kind.clone(), None),
            ConditionKind::Grade(grade, steps) if steps.len() > 1 => {
                for lost in steps {
                    let rest = steps.iter().filter(|step| *step != lost).copied().collect();
                    change(ConditionKind::Grade(*grade, rest), None);
                }
            }
            ConditionKind::Test(test) => {
                for (predicate, lost) in predicates(policy, test) {
                    let now = lost.map(|lost| format!("{} without {lost}", words::condition(policy, condition)));
                    change(ConditionKind::Test(Test { subject: test.subject, predicate }), now);
                }
            }
            _ => {}
        }
        let parts: &[Condition] = match &condition.kind {
            ConditionKind::And(parts) | ConditionKind::Or(parts) => parts,
            ConditionKind::Not(part) => std::slice::from_ref(part),
            _ => &[],
        };
        for (at, part) in (0..).zip(parts) {
            path.push(at);
            self.condition(slot, owner, part, path);
            path.pop();
        }
    }

    fn lists(&mut self) {
        let policy = self.policy;
        for (id, list) in (0..).map(ListId).zip(&policy.lists) {
            let owner = Owner { what: "list", name: list.name.clone() };
            if list.values.len() + list.text_ranges.len() < 2 {
                continue;
            }
            for (_, lost) in chosen(list.values.iter()) {
                let rest = list.values.iter().filter(|value| *value != lost).cloned().collect();
                let edit = Edit::List { list: id, values: Arc::new(rest), others: Arc::clone(&list.values) };
                let was = format!("list {}", list.name);
                self.add(&owner, list.span, was.clone(), format!("{was} without \"{lost}\""), edit);
            }
        }
    }

    fn rules(&mut self) {
        let policy = self.policy;
        let never = || Condition { kind: ConditionKind::Constant(false), span: Span::default() };
        for (route_id, route) in (0..).map(RouteId).zip(&policy.routes) {
            for (at, entry) in route.entries.iter().enumerate() {
                let Entry::Rule(id) = entry else { continue };
                let Some(rule) = policy.rules.get(id.at()) else { continue };
                let owner = rule_owner(rule);
                let title = owner.words();
                let edit = Edit::When(*id, Some(never()));
                self.add(&owner, rule.span, title.clone(), format!("without {title}"), edit);
                if let Some(Entry::Rule(next)) = route.entries.get(at + 1)
                    && let Some(next) = policy.rules.get(next.at()).filter(|next| !next.otherwise)
                {
                    let next = rule_owner(next).words();
                    let was = format!("{title}, then {next}");
                    self.add(&owner, rule.span, was, format!("{next}, then {title}"), Edit::Order(route_id, at));
                }
                self.says(&owner, rule.span, Decider::Rule(*id), &rule.assign, rule.sla, rule.priority);
                self.days(&owner, *id, rule);
            }
        }
    }

    fn rows(&mut self) {
        let policy = self.policy;
        for (id, table) in (0..).map(TableId).zip(&policy.tables) {
            let owner = Owner { what: "table", name: table.name.clone() };
            for (at, row) in chosen(table.rows.iter()) {
                let of = Decider::Row(id, at as u32);
                self.says(&owner, row.span, of, row.target.as_slice(), row.sla, row.priority);
            }
        }
    }

    /// Where a lead goes, and what is promised.
    fn says(
        &mut self,
        owner: &Owner,
        span: Span,
        of: Decider,
        targets: &[Target],
        sla: Option<SlaId>,
        priority: Option<i64>,
    ) {
        let policy = self.policy;
        let place = match of {
            Decider::Rule(_) => String::new(),
            Decider::Row(_, row) => format!(", row {}", row + 1),
        };
        for (at, target) in targets.iter().enumerate() {
            let next = |id: u32, all: usize| (all > 1).then(|| (id + 1) % all as u32);
            let other = match target {
                Target::Pool(id) => next(id.0, policy.pools.len()).map(|id| Target::Pool(PoolId(id))),
                Target::Queue(id) => next(id.0, policy.queues.len()).map(|id| Target::Queue(QueueId(id))),
                _ => None,
            };
            if let Some(other) = other {
                let (was, now) = (words::target(policy, target), words::target(policy, &other));
                self.add(owner, span, was + &place, now, Edit::Target(of, at, other));
            }
        }
        if let Some(id) = sla {
            let other = (policy.slas.len() > 1).then(|| SlaId((id.0 + 1) % policy.slas.len() as u32));
            let name = |id: SlaId| policy.slas.get(id.at()).map_or("", |sla| sla.name.as_str());
            let now = other.map_or_else(|| "no sla".to_owned(), |other| format!("sla {}", name(other)));
            self.add(owner, span, format!("sla {}{place}", name(id)), now, Edit::Sla(of, other));
        }
        if let Some(priority) = priority {
            let other = priority.saturating_add(1);
            let was = format!("priority {priority}{place}");
            self.add(owner, span, was, format!("priority {other}"), Edit::Priority(of, Some(other)));
        }
    }

    fn days(&mut self, owner: &Owner, id: RuleId, rule: &Rule) {
        let said = |period: &Period| {
            let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
            format!("only {}..{}", day(period.from), day(period.to))
        };
        for (at, period) in rule.only.iter().enumerate() {
            let from = period.from.into_iter().flat_map(|day| [day.pred_opt(), day.succ_opt()]);
            let to = period.to.into_iter().flat_map(|day| [day.pred_opt(), day.succ_opt()]);
            let from = from.flatten().map(|day| Period { from: Some(day), ..period.clone() });
            let to = to.flatten().map(|day| Period { to: Some(day), ..period.clone() });
            for other in from.chain(to) {
                self.add(owner, rule.span, said(period), said(&other), Edit::Period(id, at, other));
            }
        }
    }

    fn scores(&mut self) {
        let policy = self.policy;
        for (at, score) in policy.scores.iter().enumerate() {
            let owner = Owner { what: "score", name: score.name.clone() };
            for (number, term) in score.terms.iter().enumerate() {
                let when =
                    term.when.as_ref().map_or_else(|| "always".to_owned(), |when| words::condition(policy, when));
                let points = term.points.saturating_add(1);
                let edit = Edit::Points { score: at, term: number, points };
                self.add(&owner, term.span, format!("{:+} when {when}", term.points), format!("{points:+}"), edit);
            }
        }
        for (at, grade) in policy.grades.iter().enumerate() {
            let owner = Owner { what: "grade", name: grade.name.clone() };
            for (number, (step, from)) in grade.steps.iter().enumerate() {
                for other in from.iter().flat_map(|from| [from.saturating_sub(1), from.saturating_add(1)]) {
                    let was = format!("{step} from {}", from.unwrap_or_default());
                    let edit = Edit::Step { grade: at, step: number, from: Some(other) };
                    self.add(&owner, grade.span, was, format!("{step} from {other}"), edit);
                }
            }
        }
    }
}

fn rule_owner(rule: &Rule) -> Owner {
    Owner { what: "rule", name: rule.title.clone() }
}

/// What a condition is of, and where that is named.
fn owner(policy: &Policy, slot: Slot) -> Option<(Owner, Span)> {
    let named = |what, name: &SmolStr, span| Some((Owner { what, name: name.clone() }, span));
    match slot {
        Slot::Let(at) => policy.lets.get(at).and_then(|found| named("let", &found.name, found.span)),
        Slot::Segment(at) => policy.segments.get(at).and_then(|found| named("segment", &found.name, found.span)),
        Slot::Term(at, _) => policy.scores.get(at).and_then(|found| named("score", &found.name, found.span)),
        Slot::Territory(at) => policy.territories.get(at).and_then(|found| named("territory", &found.name, found.span)),
        Slot::Exclude(at) => policy.excludes.get(at).and_then(|found| named("exclude", &found.title, found.span)),
        Slot::Rule(at) => policy.rules.get(at).map(|rule| (rule_owner(rule), rule.span)),
        Slot::Continue(at, _) => policy.routes.get(at).and_then(|found| named("route", &found.name, found.span)),
        Slot::Cell(at, ..) => policy.tables.get(at).and_then(|found| named("table", &found.name, found.span)),
    }
}

fn rows_of(policy: &Policy, slot: Slot) -> usize {
    match slot {
        Slot::Cell(table, ..) => policy.tables.get(table).map_or(0, |table| table.rows.len()),
        _ => 0,
    }
}

fn is_chosen(at: usize, all: usize) -> bool {
    all > 0 && at * MOST % all < MOST
}

fn chosen<'t, T: 't>(all: impl ExactSizeIterator<Item = &'t T>) -> Vec<(usize, &'t T)> {
    let count = all.len();
    all.enumerate().filter(|(at, _)| is_chosen(*at, count)).collect()
}

/// Predicates that are nearly the same; with what was lost, where an entry of several was.
fn predicates(policy: &Policy, test: &Test) -> Vec<(Predicate, Option<String>)> {
    let quoted = |text: &SmolStr| Some(format!("\"{text}\""));
    match &test.predicate {
        Predicate::InRanges(ranges) => {
            let step = step(policy, test.subject);
            let others = ranges_off_by_one(ranges, step).into_iter().map(|ranges| (Predicate::InRanges(ranges), None));
            others.collect()
        }
        Predicate::InTexts(set) if set.list.is_none() && set.values.len() + set.ranges.len() > 1 => {
            let values = chosen(set.values.iter()).into_iter().map(|(_, lost)| {
                let rest = set.values.iter().filter(|value| *value != lost).cloned().collect();
                (Predicate::InTexts(TextSet { values: Arc::new(rest), ..set.clone() }), quoted(lost))
            });
            let ranges = chosen(set.ranges.iter()).into_iter().map(|(at, (low, high))| {
                let rest = (0..).zip(&set.ranges).filter(|(other, _)| *other != at).map(|(_, range)| range.clone());
                let lost = Some(format!("\"{low}\"..\"{high}\""));
                (Predicate::InTexts(TextSet { ranges: rest.collect(), ..set.clone() }), lost)
            });
            values.chain(ranges).collect()
        }
        Predicate::Exactly(texts) if texts.len() > 1 => {
            let rest = |lost: &SmolStr| texts.iter().filter(|text| *text != lost).cloned().collect();
            chosen(texts.iter()).into_iter().map(|(_, lost)| (Predicate::Exactly(rest(lost)), quoted(lost))).collect()
        }
        Predicate::HasAnyOf(texts) if texts.len() > 1 => {
            let rest = |lost: &SmolStr| texts.iter().filter(|text| *text != lost).cloned().collect();
            chosen(texts.iter()).into_iter().map(|(_, lost)| (Predicate::HasAnyOf(rest(lost)), quoted(lost))).collect()
        }
        _ => Vec::new(),
    }
}

/// The next value of a type: one, or a day of a time.
fn step(policy: &Policy, subject: Subject) -> Decimal {
    match words::subject_type(policy, subject) {
        Type::Time => Decimal::from(86_400_000_000_i64),
        _ => Decimal::ONE,
    }
}

/// Each end of each range taken in or left out, and moved by one step to the other side.
fn ranges_off_by_one(ranges: &[Range], step: Decimal) -> Vec<Vec<Range>> {
    let mut all = Vec::new();
    for (at, range) in ranges.iter().enumerate() {
        let mut others: Vec<Range> = Vec::new();
        match (range.low, range.high) {
            (Bound::Included(low), Bound::Included(high)) if low == high => {
                for moved in [low.checked_sub(step), low.checked_add(step)].into_iter().flatten() {
                    others.push(Range { low: Bound::Included(moved), high: Bound::Included(moved) });
                }
            }
            (low, high) => {
                others.extend(ends(low, -step).into_iter().map(|low| Range { low, high }));
                others.extend(ends(high, step).into_iter().map(|high| Range { low, high }));
            }
        }
        for other in others.into_iter().filter(is_not_empty) {
            let mut changed = ranges.to_vec();
            changed.get_mut(at).into_iter().for_each(|range| *range = other.clone());
            all.push(changed);
        }
    }
    all
}

/// `outward` is a step that makes the range larger.
fn ends(end: Bound<Decimal>, outward: Decimal) -> Vec<Bound<Decimal>> {
    match end {
        Bound::Included(at) => {
            let moved = at.checked_add(outward).map(Bound::Included);
            std::iter::once(Bound::Excluded(at)).chain(moved).collect()
        }
        Bound::Excluded(at) => {
            let moved = at.checked_sub(outward).map(Bound::Excluded);
            std::iter::once(Bound::Included(at)).chain(moved).collect()
        }
        Bound::Unbounded => Vec::new(),
    }
}

fn is_not_empty(range: &Range) -> bool {
    match (range.low, range.high) {
        (Bound::Included(low), Bound::Included(high)) => low <= high,
        (Bound::Included(low) | Bound::Excluded(low), Bound::Included(high) | Bound::Excluded(high)) => low < high,
        _ => true,
    }
}
