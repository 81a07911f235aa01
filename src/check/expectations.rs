//! What tests expect: that it is there, and that no two expectations of one lead contradict each other.

use super::names::Kind;
use super::scope::Scope;
use crate::diagnostic::Diagnostic;
use crate::policy::tests::{Expected, ExpectedKind};
use crate::policy::{GradeId, RuleId, ScoreId, SegmentId, SlaId, Target};
use crate::source::Span;
use crate::syntax::ast::{self, ExpectationKind};
use chrono_tz::Tz;
use smol_str::SmolStr;

impl Scope<'_> {
    /// Those that mean something; what is wrong with the others is said.
    pub(super) fn expectations(&mut self, written: &[ast::Expectation], zone: Tz) -> Vec<Expected> {
        let expected = written.iter().filter_map(|expectation| {
            let kind = self.expectation(&expectation.kind, zone)?;
            Some(Expected { negated: expectation.negated, kind, span: expectation.span })
        });
        expected.collect()
    }

    fn expectation(&mut self, expected: &ExpectationKind, zone: Tz) -> Option<ExpectedKind> {
        Some(match expected {
            ExpectationKind::Rule(title) => ExpectedKind::Rule(self.rule_titled(title)?),
            ExpectationKind::Fails { rule, record, name } => {
                let rule = self.rule_titled(rule)?;
                ExpectedKind::Fails(rule, self.asked_about(record.as_ref(), name)?)
            }
            ExpectationKind::Otherwise => ExpectedKind::Otherwise,
            ExpectationKind::Excluded(None) => ExpectedKind::Excluded(None),
            ExpectationKind::Excluded(Some(title)) => {
                ExpectedKind::Excluded(Some(self.resolve_text(Kind::Exclude, &title.text, title.span)?))
            }
            ExpectationKind::Target(target) => ExpectedKind::Target(self.target(target)?),
            ExpectationKind::Assignee(rep) => ExpectedKind::Assignee(self.rep(rep)?),
            ExpectationKind::Sla(name) => ExpectedKind::Sla(SlaId(self.resolve(Kind::Sla, name)?)),
            ExpectationKind::NoSla => ExpectedKind::NoSla,
            ExpectationKind::Breach => ExpectedKind::Breach,
            ExpectationKind::Notified(whom) => ExpectedKind::Notified(self.recipient(whom)?),
            ExpectationKind::EscalatedTo(whom) => ExpectedKind::EscalatedTo(self.recipient(whom)?),
            ExpectationKind::Status(name) => ExpectedKind::Status(self.status(name)?),
            ExpectationKind::Priority(priority) => ExpectedKind::Priority(priority.value),
            ExpectationKind::Due(at) => ExpectedKind::Due(self.instant(at, zone)?),
            ExpectationKind::Territory(name) => {
                self.resolve(Kind::Territory, name)?;
                ExpectedKind::Territory(self.territories.get(&name.text).cloned()?)
            }
            ExpectationKind::Segment(name) => ExpectedKind::Segment(SegmentId(self.resolve(Kind::Segment, name)?)),
            ExpectationKind::Score { name, value } => {
                ExpectedKind::Score(ScoreId(self.resolve(Kind::Score, name)?), value.value)
            }
            ExpectationKind::Grade { name, value } => {
                let id = self.resolve(Kind::Grade, name)?;
                let steps = self.grades.get(id as usize)?;
                match steps.get(&value.text) {
                    Some(step) => ExpectedKind::Grade(GradeId(id), *step),
                    None => {
                        let options: Vec<_> = steps.keys().cloned().collect();
                        self.outside_enum(&value.text, value.span, &name.text, &options);
                        return None;
                    }
                }
            }
        })
    }

    /// What a question of a rule may be about, as a trace names it.
    fn asked_about(&mut self, record: Option<&ast::Name>, name: &ast::Name) -> Option<SmolStr> {
        const KINDS: [Kind; 5] = [Kind::Field, Kind::Let, Kind::Segment, Kind::Score, Kind::Grade];
        if let Some(record) = record {
            self.column(record, name)?;
            return Some(SmolStr::new(format!("{}.{}", record.text, name.text)));
        }
        let is_known = ["territory", "instant"].contains(&name.text.as_str())
            || KINDS.iter().any(|kind| self.names.get(*kind, &name.text).is_some());
        if !is_known {
            self.unknown("field, segment or name of conditions", &KINDS, &name.text, name.span);
        }
        is_known.then(|| name.text.clone())
    }

    fn rule_titled(&mut self, title: &ast::Text) -> Option<RuleId> {
        self.resolve_text(Kind::Rule, &title.text, title.span).map(RuleId)
    }

    /// Says which expectations of one lead cannot hold together.
    pub(super) fn contradictions(&mut self, expected: &[Expected]) {
        for (at, later) in expected.iter().enumerate() {
            let earlier = expected.iter().take(at).find(|earlier| contradict(earlier, later));
            let Some(earlier) = earlier else { continue };
            let place: Span = earlier.span;
            self.report(
                Diagnostic::error(
                    "contradicting-expectations",
                    later.span,
                    "two expectations of one lead contradict each other",
                )
                .here("this one cannot hold")
                .also(place, "where this one does")
                .help("take one of them out"),
            );
        }
    }
}

fn contradict(one: &Expected, other: &Expected) -> bool {
    use ExpectedKind as K;
    match (one.negated, other.negated) {
        (true, true) => false,
        (true, false) | (false, true) => one.kind == other.kind,
        (false, false) => match (&one.kind, &other.kind) {
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
            | (K::Due(_), K::Due(_)) => one.kind != other.kind,
            _ => false,
        },
    }
}
