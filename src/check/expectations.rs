//! What tests expect: that it is there.

use super::intervals::Stretch;
use super::names::Kind;
use super::scope::Scope;
use crate::policy::tests::{Expected, ExpectedKind};
use crate::policy::{GradeId, RuleId, ScoreId, SegmentId, SlaId};
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
                let id = self.resolve(Kind::Score, name)?;
                let scale = self.scores.get(id as usize).cloned()?;
                let point = Stretch::point(value.value.into()).compared(ast::Op::Equal);
                self.within_type(&point, &scale, &name.text, value.span);
                ExpectedKind::Score(ScoreId(id), value.value)
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
}
