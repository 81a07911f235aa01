//! Which expectations of one lead can never hold together.

use crate::calendar::Calendars;
use crate::diagnostic::Diagnostic;
use crate::policy::tests::{Expected, ExpectedKind, TestCase};
use crate::policy::{Clock, GradeId, Instant, Policy, ScoreId, SlaId, Target, TerritoryId, Type, Value, words};
use crate::source::Span;
use crate::syntax::ast::Unit;
use rustc_hash::FxHashSet;
use std::cell::OnceCell;
use std::ops::RangeInclusive;

pub(super) fn contradictions(policy: &Policy) -> Vec<Diagnostic> {
    let judge = Judge { policy, calendars: OnceCell::new() };
    let mut said = FxHashSet::default();
    let mut found = Vec::new();
    for case in &policy.tests {
        judge.one_lead(case, &case.expect, true, &mut said, &mut found);
        for step in &case.after {
            judge.one_lead(case, &step.expect, false, &mut said, &mut found);
        }
    }
    found
}

/// Where an expectation stands that was said to contradict another; those of a file's row share one place.
type Said = FxHashSet<(Span, Option<u32>)>;

struct Judge<'a> {
    policy: &'a Policy,
    calendars: OnceCell<Calendars>,
}

impl Judge<'_> {
    fn one_lead(
        &self,
        case: &TestCase,
        expected: &[Expected],
        at_once: bool,
        said: &mut Said,
        found: &mut Vec<Diagnostic>,
    ) {
        for (at, later) in expected.iter().enumerate() {
            let earlier = expected.iter().take(at);
            let mut contradicted = earlier.filter_map(|earlier| {
                let why = self.contradict(earlier, later).or_else(|| {
                    let due = at_once.then(|| self.never_due(case.at, earlier, later))?;
                    due.or_else(|| self.never_due(case.at, later, earlier))
                })?;
                Some((earlier.span, why))
            });
            let Some((earlier, why)) = contradicted.next() else { continue };
            if !said.insert((later.span, case.line)) {
                continue;
            }
            let what = "two expectations of one lead contradict each other";
            let what = match case.line {
                Some(line) => format!("line {line}: {what}"),
                None => what.to_owned(),
            };
            found.push(
                Diagnostic::error("contradicting-expectations", later.span, what)
                    .here(why)
                    .also(earlier, "where this one does")
                    .help("take one of them out"),
            );
        }
    }

    /// Why they contradict each other, where they do.
    fn contradict(&self, one: &Expected, other: &Expected) -> Option<String> {
        let bare = || "this one cannot hold".to_owned();
        match (one.negated, other.negated) {
            (true, true) => None,
            (false, true) => self.denied(&one.kind, &other.kind),
            (true, false) => self.denied(&other.kind, &one.kind),
            (false, false) if exclude_each_other(&one.kind, &other.kind) => Some(bare()),
            (false, false) => self.apart(&one.kind, &other.kind),
        }
    }

    /// Why what is expected is what must not be.
    fn denied(&self, expected: &ExpectedKind, denied: &ExpectedKind) -> Option<String> {
        if expected == denied {
            return Some("this one cannot hold".to_owned());
        }
        if let (ExpectedKind::Territory(inner), ExpectedKind::Territory(outer)) = (expected, denied) {
            let is_in_one = |id: &TerritoryId| outer.iter().any(|outer| self.is_within(*id, *outer));
            let name = |ids: &[TerritoryId]| ids.first().map_or("", |id| self.territory_name(*id)).to_owned();
            return inner
                .iter()
                .all(is_in_one)
                .then(|| format!("this one cannot hold: `{}` lies in `{}`", name(inner), name(outer)));
        }
        let (score, values) = self.scores(expected)?;
        let (denied_score, denied_values) = self.scores(denied)?;
        let holds = denied_values.contains(values.start()) && denied_values.contains(values.end());
        (score == denied_score && holds).then(|| self.score_words(score, expected, denied))
    }

    /// Why two things that are expected are never true of one lead.
    fn apart(&self, one: &ExpectedKind, other: &ExpectedKind) -> Option<String> {
        if let (ExpectedKind::Territory(one), ExpectedKind::Territory(other)) = (one, other) {
            let related = |a: TerritoryId, b: TerritoryId| self.is_within(a, b) || self.is_within(b, a);
            return (!one.iter().any(|a| other.iter().any(|b| related(*a, *b))))
                .then(|| "this one cannot hold: neither territory lies in the other".to_owned());
        }
        let (score, values) = self.scores(one)?;
        let (other_score, other_values) = self.scores(other)?;
        let apart = values.end() < other_values.start() || other_values.end() < values.start();
        (score == other_score && apart).then(|| self.score_words(score, one, other))
    }

    /// The values of a score under which something that is expected of it holds; none where there is none at all.
    fn scores(&self, expected: &ExpectedKind) -> Option<(ScoreId, RangeInclusive<i64>)> {
        match expected {
            ExpectedKind::Score(score, value) => Some((*score, *value..=*value)),
            ExpectedKind::Grade(grade, step) => {
                let grade = self.policy.grades.get(grade.at())?;
                let score = self.policy.scores.get(grade.score.at())?;
                let above = grade.steps.iter().take(*step as usize).filter_map(|(_, from)| *from).min();
                let high = above.map_or(score.high, |above| score.high.min(above.saturating_sub(1)));
                let low = grade.steps.get(*step as usize)?.1.map_or(score.low, |from| score.low.max(from));
                (low <= high).then_some((grade.score, low..=high))
            }
            _ => None,
        }
    }

    /// The grade that a value has, where one of the two is a value.
    fn score_words(&self, score: ScoreId, one: &ExpectedKind, other: &ExpectedKind) -> String {
        let name = self.policy.scores.get(score.at()).map_or("", |score| score.name.as_str());
        let graded = |value: &ExpectedKind, grade: &ExpectedKind| match (value, grade) {
            (ExpectedKind::Score(_, value), ExpectedKind::Grade(grade, _)) => {
                Some(format!("this one cannot hold: a `{name}` of {value} has {}", self.grade_of(*grade, *value)))
            }
            _ => None,
        };
        let words = graded(one, other).or_else(|| graded(other, one));
        words.unwrap_or_else(|| format!("this one cannot hold for one value of `{name}`"))
    }

    fn grade_of(&self, grade: GradeId, value: i64) -> String {
        let Some(grade) = self.policy.grades.get(grade.at()) else { return String::new() };
        let step = grade.steps.iter().find(|(_, from)| from.is_none_or(|from| from <= value));
        step.map_or_else(|| format!("no `{}`", grade.name), |(step, _)| format!("the grade `{step}`"))
    }

    /// Whether a territory is another or lies in it.
    fn is_within(&self, inner: TerritoryId, outer: TerritoryId) -> bool {
        let parent = |id: &TerritoryId| self.policy.territories.get(id.at()).and_then(|territory| territory.parent);
        std::iter::successors(Some(inner), parent).any(|id| id == outer)
    }

    fn territory_name(&self, id: TerritoryId) -> &str {
        self.policy.territories.get(id.at()).map_or("", |territory| territory.name.as_str())
    }

    /// Why an SLA that begins at an instant does not fall due when it is expected to.
    fn never_due(&self, at: Instant, sla: &Expected, due: &Expected) -> Option<String> {
        let (ExpectedKind::Sla(sla), ExpectedKind::Due(expected)) = (&sla.kind, &due.kind) else { return None };
        let name = &self.policy.slas.get(sla.at())?.name;
        let shown = |micros| words::value(&Value::Time(Instant { micros, offset: at.offset }), &Type::Time);
        match self.due(*sla, at.micros) {
            None => Some(format!("this one cannot hold: `{name}` never falls due")),
            Some((first, last)) if expected.micros < first || last.is_some_and(|last| last < expected.micros) => {
                let which = if last == Some(first) { "" } else { " at the earliest" };
                Some(format!("this one cannot hold: `{name}` falls due {}{which}", shown(first)))
            }
            Some(_) => None,
        }
    }

    /// When the first promise of an SLA that begins at an instant falls due, at the earliest and at the latest: whose hours count is not
    /// known where they are those of the assignee or the pool. None where it never does.
    fn due(&self, sla: SlaId, at: i64) -> Option<(i64, Option<i64>)> {
        let zone = self.policy.zone;
        let sla = self.policy.slas.get(sla.at())?;
        let each = sla.promises.iter().filter_map(|promise| {
            let calendars = self.calendars.get_or_init(|| Calendars::new(&self.policy.calendars));
            let due = |calendar| calendars.due(&promise.within, calendar, zone, at);
            Some(match (&promise.clock, promise.within.unit) {
                (Clock::Elapsed, _) => due(None).map(|due| (due, Some(due)))?,
                (Clock::In(calendar), _) => due(Some(*calendar)).map(|due| (due, Some(due)))?,
                (_, Unit::Second | Unit::Minute | Unit::Hour) => (due(None)?, None),
                _ => (at, None),
            })
        });
        each.reduce(|(first, last), (other_first, other_last)| {
            (first.min(other_first), [last, other_last].into_iter().flatten().min())
        })
    }
}

/// Things of which a lead has one alone, and two different ones are expected.
fn exclude_each_other(one: &ExpectedKind, other: &ExpectedKind) -> bool {
    use ExpectedKind as K;
    match (one, other) {
        (K::Excluded(a), K::Excluded(b)) => a.is_some() && b.is_some() && a != b,
        (K::Excluded(_), other) | (other, K::Excluded(_)) => !matches!(other, K::Fails(..)),
        (K::Sla(_), K::NoSla) | (K::NoSla, K::Sla(_) | K::Due(_)) | (K::Due(_), K::NoSla) => true,
        (K::Rule(_), K::Otherwise) | (K::Otherwise, K::Rule(_)) => true,
        (K::Rule(a), K::Fails(b, _)) | (K::Fails(b, _), K::Rule(a)) => a == b,
        (K::Fails(a, x), K::Fails(b, y)) => a == b && x != y,
        (K::Score(a, x), K::Score(b, y)) => a == b && x != y,
        (K::Grade(a, x), K::Grade(b, y)) => a == b && x != y,
        // A lead lies in one queue, or a rep has it.
        (K::Target(Target::Queue(_)), K::Assignee(_)) | (K::Assignee(_), K::Target(Target::Queue(_))) => true,
        (K::Target(Target::Queue(a)), K::Target(Target::Queue(b))) => a != b,
        (K::Rule(_), K::Rule(_))
        | (K::Assignee(_), K::Assignee(_))
        | (K::Sla(_), K::Sla(_))
        | (K::Priority(_), K::Priority(_))
        | (K::Status(_), K::Status(_))
        | (K::Due(_), K::Due(_)) => one != other,
        _ => false,
    }
}
