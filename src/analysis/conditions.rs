//! Conditions that say nothing, or too much: those that hold for no lead, for every lead, and parts that change nothing.
//!
//! A part is looked at where it matters: in `a and b`, `b` matters where `a` holds; in `a or b`, where `a` does not. It changes nothing
//! if it holds everywhere there (in `and`), or nowhere (in `or`).

use super::Formula;
use super::told::Prover;
use crate::diagnostic::Diagnostic;
use crate::policy::{
    Condition, ConditionKind, Entry, FieldId, LetId, LetValue, Policy, Predicate, SegmentId, Subject, TerritoryId, Type,
};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// Parts that are named where several come together.
const MOST_NAMED: usize = 6;

/// What a condition gives a meaning to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Name {
    Let(LetId),
    Segment(SegmentId),
    Territory(TerritoryId),
}

/// A condition that somebody wrote, and what hangs on it.
struct Written<'a> {
    condition: &'a Condition,
    name: Option<Name>,
    /// What a condition that no lead meets does, as `the rule "X" takes no lead`.
    never: String,
    /// What one does that every lead meets.
    always: String,
}

impl Prover<'_> {
    pub fn conditions(&mut self) {
        let policy = self.policy;
        // Names that no lead meets: what is made of them is no fault of its own.
        let mut dead: FxHashSet<Name> = FxHashSet::default();
        let mut known: FxHashMap<Formula, bool> = FxHashMap::default();
        for written in written(policy) {
            if self.is_plain(written.condition, &mut known) {
                continue;
            }
            let readable = self.space.readable(0);
            let holds = self.condition(written.condition);
            if matches!(written.condition.kind, ConditionKind::Constant(_)) {
                continue;
            }
            if self.is_proved(&[readable, holds], &[]) {
                self.contradictory(&written, readable, &dead);
                dead.extend(written.name);
            } else if self.is_proved(&[readable], &[holds]) {
                self.tell(
                    Diagnostic::warning(
                        "always-true",
                        written.condition.span,
                        format!("this holds for every lead, so {}", written.always),
                    )
                    .here("always holds")
                    .help("take the condition out, or ask what was meant"),
                );
            } else {
                self.parts(written.condition, readable, &mut known);
            }
        }
    }

    fn contradictory(&mut self, written: &Written, context: Formula, dead: &FxHashSet<Name>) {
        let mut parts = Vec::new();
        conjuncts(written.condition, &mut parts);
        let core = self.fewest(&parts, context, &[]);
        let is_dead = |part: &&Condition| match &part.kind {
            ConditionKind::Segment(id) => dead.contains(&Name::Segment(*id)),
            ConditionKind::Let(id) => dead.contains(&Name::Let(*id)),
            ConditionKind::Territory(ids) => ids.iter().all(|id| dead.contains(&Name::Territory(*id))),
            _ => false,
        };
        if core.iter().any(is_dead) {
            return;
        }
        let span = written.condition.span;
        let message = match core.len() {
            1 => format!("this holds for no lead, so {}", written.never),
            _ => format!("these parts hold for no lead together, so {}", written.never),
        };
        let found = match core.as_slice() {
            [one] => Diagnostic::error("contradictory-condition", one.span, message).here("never holds"),
            parts => {
                let (first, last) = (parts.first(), parts.last());
                let found = Diagnostic::error("contradictory-condition", last.map_or(span, |part| part.span), message)
                    .here("cannot hold here");
                let others = parts.iter().take(parts.len().saturating_sub(1)).take(MOST_NAMED);
                let word = |part: &Condition| {
                    if first.is_some_and(|first| first.span == part.span) { "where this holds" } else { "and this" }
                };
                others.fold(found, |found, part| found.also(part.span, word(part)))
            }
        };
        self.tell(found.help(match core.len() {
            1 => "ask for something that a lead can have, or take it out",
            _ => "take one of them out, or join them by `or` where one is enough",
        }));
    }

    /// The fewest of these (in their order) of which no lead in the context meets all, and all of `with`.
    fn fewest<'c>(&mut self, parts: &[&'c Condition], context: Formula, with: &[Formula]) -> Vec<&'c Condition> {
        let mut core: Vec<&Condition> = parts.to_vec();
        let mut at = 0;
        while at < core.len() {
            let mut fewer = core.clone();
            fewer.remove(at);
            let mut holds: Vec<Formula> = fewer.iter().map(|part| self.condition(part)).collect();
            holds.push(context);
            holds.extend_from_slice(with);
            match self.is_proved(&holds, &[]) {
                true => core = fewer,
                false => at += 1,
            }
        }
        core
    }

    /// Parts of a condition that change nothing, where it stands in a context. From the last to the first, so that of two that say the
    /// same the first stays.
    fn parts(&mut self, condition: &Condition, context: Formula, known: &mut FxHashMap<Formula, bool>) {
        let (parts, joined_by_and) = match &condition.kind {
            ConditionKind::And(parts) => (parts, true),
            ConditionKind::Or(parts) => (parts, false),
            ConditionKind::Not(part) if inside(part.span, condition.span) => return self.parts(part, context, known),
            _ => return,
        };
        if !stand_apart(parts, condition.span) {
            return;
        }
        // What each must be for the others to matter.
        let mut matters: Vec<Formula> = Vec::with_capacity(parts.len());
        for part in parts {
            let holds = self.condition(part);
            matters.push(if joined_by_and { holds } else { self.space.formulas.negate(holds) });
        }
        let mut left: Vec<bool> = vec![true; parts.len()];
        for at in (0..parts.len()).rev() {
            let Some(own) = matters.get(at).copied() else { continue };
            let apart = !self.may_be_needless(parts, at);
            if apart && parts.get(at).is_some_and(|part| self.tells_apart(part, known)) {
                continue;
            }
            let others = matters.iter().zip(&left).enumerate().filter(|(other, (_, left))| *other != at && **left);
            let others: Vec<Formula> = others.map(|(_, (formula, _))| *formula).collect();
            let mut here = others.clone();
            here.push(context);
            if others.is_empty() || self.is_proved(&here, &[]) || !self.is_proved(&here, &[own]) {
                continue;
            }
            self.needless(parts, at, &left, joined_by_and, context);
            left.get_mut(at).into_iter().for_each(|left| *left = false);
        }
        for at in 0..parts.len() {
            let Some(part) = parts.get(at).filter(|_| left.get(at) == Some(&true)) else { continue };
            let others = matters.iter().zip(&left).enumerate().filter(|(other, (_, left))| *other != at && **left);
            let mut here: Vec<Formula> = others.map(|(_, (formula, _))| *formula).collect();
            here.push(context);
            let here = self.space.formulas.and(here);
            self.parts(part, here, known);
        }
    }

    /// Comparisons of fields that have nothing to do with each other, each of which some leads pass and some fail: such a condition
    /// neither contradicts itself nor always holds, and each part counts. Most conditions are like this.
    fn is_plain(&mut self, condition: &Condition, known: &mut FxHashMap<Formula, bool>) -> bool {
        let parts = match &condition.kind {
            ConditionKind::And(parts) | ConditionKind::Or(parts) => parts.as_slice(),
            _ => std::slice::from_ref(condition),
        };
        (0..parts.len()).all(|at| !self.may_be_needless(parts, at))
            && parts.iter().all(|part| self.tells_apart(part, known))
    }

    /// Whether some leads pass a comparison of a field and some fail it.
    fn tells_apart(&mut self, part: &Condition, known: &mut FxHashMap<Formula, bool>) -> bool {
        let Some((field, predicate)) = plain(part) else { return false };
        let is_text = matches!(self.policy.fields.get(field.at()).map(|field| &field.ty), Some(Type::Text));
        if let (true, Predicate::Contains(word) | Predicate::EndsWith(word) | Predicate::HasWord(word)) =
            (is_text, predicate)
        {
            return !word.is_empty();
        }
        let holds = self.condition(part);
        if let Some(known) = known.get(&holds) {
            return *known;
        }
        let readable = self.space.readable(0);
        let found = !self.is_proved(&[readable, holds], &[]) && !self.is_proved(&[readable], &[holds]);
        known.insert(holds, found);
        found
    }

    /// Whether a part shares a subject with another, or is more than one comparison: others cannot be needless unless they always hold.
    fn may_be_needless(&self, parts: &[Condition], at: usize) -> bool {
        let Some((own, _)) = parts.get(at).and_then(plain) else { return true };
        parts.iter().enumerate().filter(|(other, _)| *other != at).any(|(_, part)| match plain(part) {
            Some((field, _)) => field == own || related(self.policy, field.at(), own.at()),
            None => true,
        })
    }

    fn needless(&mut self, parts: &[Condition], at: usize, left: &[bool], joined_by_and: bool, context: Formula) {
        let Some(part) = parts.get(at) else { return };
        let own = self.condition(part);
        let not = self.space.formulas.negate(own);
        let others = parts.iter().zip(left).enumerate().filter(|(other, (_, left))| *other != at && **left);
        let others: Vec<&Condition> = others.map(|(_, (other, _))| other).collect();
        let (why, with) = if joined_by_and { (others, vec![not]) } else { (others, vec![own]) };
        // In `or`, a part is needless where the others do hold: there are no fewest of them to ask for all at once.
        let why = match joined_by_and {
            true => self.fewest(&why, context, &with),
            false => self.fewest_of_any(&why, context, own),
        };
        let message = match (joined_by_and, why.is_empty()) {
            (true, true) => "this part changes nothing, since it always holds here",
            (false, true) => "this part changes nothing, since it never holds here",
            (true, false) => "this part changes nothing, since it holds wherever the rest does",
            (false, false) => "this part changes nothing, since the rest holds wherever it does",
        };
        let mut found = Diagnostic::warning("irrelevant-condition", part.span, message).here("can be left out");
        for other in why.iter().take(MOST_NAMED) {
            found = found.also(
                other.span,
                if joined_by_and { "where this holds, it does too" } else { "holds wherever it does" },
            );
        }
        found = found.help("take it out, or ask for what was meant");
        let removed = match (at.checked_sub(1).and_then(|before| parts.get(before)), parts.get(at + 1)) {
            (Some(before), _) => Span { start: before.span.end, ..part.span },
            (None, Some(next)) => Span { end: next.span.start, ..part.span },
            (None, None) => part.span,
        };
        self.tell(found.safe_fix(removed, ""));
    }

    /// The fewest of these of which one holds wherever `own` does.
    fn fewest_of_any<'c>(&mut self, parts: &[&'c Condition], context: Formula, own: Formula) -> Vec<&'c Condition> {
        let mut core: Vec<&Condition> = parts.to_vec();
        let mut at = 0;
        while at < core.len() {
            let mut fewer = core.clone();
            fewer.remove(at);
            let without: Vec<Formula> = fewer.iter().map(|part| self.condition(part)).collect();
            match self.is_proved(&[context, own], &without) {
                true => core = fewer,
                false => at += 1,
            }
        }
        core
    }
}

/// All conditions of a policy, those first that others speak of.
fn written(policy: &Policy) -> Vec<Written<'_>> {
    let mut all = Vec::new();
    let mut add = |condition, name, never: String, always: String| all.push(Written { condition, name, never, always });
    for (id, found) in (0..).map(LetId).zip(&policy.lets) {
        if let LetValue::Condition(condition) = &found.value {
            let name = &found.name;
            let (never, always) = (format!("`{name}` never holds"), format!("`{name}` tells nothing apart"));
            add(condition, Some(Name::Let(id)), never, always);
        }
    }
    for (id, segment) in (0..).map(SegmentId).zip(&policy.segments) {
        let name = &segment.name;
        // `otherwise` is what is left, and may be nothing.
        if !is_otherwise(&segment.when) {
            let (never, always) = (format!("no lead is in `{name}`"), format!("every lead is in `{name}`"));
            add(&segment.when, Some(Name::Segment(id)), never, always);
        }
    }
    for score in &policy.scores {
        for (points, when) in score.terms.iter().filter_map(|term| Some((term.points, term.when.as_ref()?))) {
            let who = |who: &str| format!("{who} gets the {points:+} of `{}`", score.name);
            add(when, None, who("nobody"), who("everybody"));
        }
    }
    for (id, territory) in (0..).map(TerritoryId).zip(&policy.territories) {
        let name = &territory.name;
        // Where the condition starts with the name, none is written: the territory is made of its children.
        if territory.when.span.start != territory.span.start {
            let (never, always) = (format!("no lead is in `{name}`"), format!("`{name}` takes every lead"));
            add(&territory.when, Some(Name::Territory(id)), never, always);
        }
    }
    for exclude in &policy.excludes {
        let title = &exclude.title;
        add(&exclude.when, None, format!("\"{title}\" excludes nobody"), format!("\"{title}\" excludes everybody"));
    }
    for entry in policy.routes.iter().flat_map(|route| &route.entries) {
        match entry {
            Entry::Rule(id) => {
                let Some(rule) = policy.rules.get(id.at()) else { continue };
                let title = &rule.title;
                if let Some(when) = &rule.when {
                    let never = format!("rule \"{title}\" takes no lead");
                    add(when, None, never, format!("rule \"{title}\" takes every lead that comes to it"));
                }
            }
            Entry::Continue { route, when, .. } => {
                let name = policy.routes.get(route.at()).map_or("", |route| &route.name);
                if let Some(when) = when {
                    let never = format!("no lead continues in `{name}`");
                    add(when, None, never, format!("every lead continues in `{name}`"));
                }
            }
        }
    }
    for experiment in &policy.experiments {
        for unless in experiment.keys.iter().filter_map(|(_, unless)| unless.as_ref()) {
            let name = &experiment.name;
            let never = format!("the key of `{name}` is never held back");
            add(unless, None, never, format!("the key of `{name}` is never used"));
        }
    }
    for claim in policy.guarantees.iter().flat_map(|guarantee| &guarantee.claims) {
        if let Some(when) = &claim.when {
            add(when, None, "this guarantees nothing".to_owned(), "it can be left out".to_owned());
        }
    }
    all
}

/// The field that a single comparison is about.
fn plain(part: &Condition) -> Option<(FieldId, &Predicate)> {
    let test = match &part.kind {
        ConditionKind::Test(test) => test,
        ConditionKind::Not(inner) => match &inner.kind {
            ConditionKind::Test(test) => test,
            _ => return None,
        },
        _ => return None,
    };
    match test.subject {
        Subject::Field(field) => Some((field, &test.predicate)),
        _ => None,
    }
}

/// The parts that `and` joins, however they are bracketed.
fn conjuncts<'c>(condition: &'c Condition, parts: &mut Vec<&'c Condition>) {
    match &condition.kind {
        ConditionKind::And(inner) if stand_apart(inner, condition.span) => {
            inner.iter().for_each(|part| conjuncts(part, parts));
        }
        _ => parts.push(condition),
    }
}

/// Each part is written by itself: `has all of a, b` comes to two tests of one text.
fn stand_apart(parts: &[Condition], whole: Span) -> bool {
    let apart = parts.iter().zip(parts.iter().skip(1)).all(|(one, next)| one.span.end < next.span.start);
    apart && parts.iter().all(|part| inside(part.span, whole))
}

fn inside(part: Span, whole: Span) -> bool {
    part.file == whole.file && whole.start <= part.start && part.end <= whole.end
}

fn is_otherwise(condition: &Condition) -> bool {
    match &condition.kind {
        ConditionKind::Not(inner) => inner.span == condition.span && !matches!(inner.kind, ConditionKind::Test(_)),
        _ => false,
    }
}

/// A region or postal code and its country say something of each other.
fn related(policy: &Policy, one: usize, other: usize) -> bool {
    let of = |field: usize| match policy.fields.get(field).map(|field| &field.ty) {
        Some(Type::Region { of } | Type::PostalCode { of }) => *of,
        _ => None,
    };
    let is = |field: usize, country: usize| of(field) == u32::try_from(country).ok();
    is(one, other) || is(other, one) || (of(one).is_some() && of(one) == of(other))
}
