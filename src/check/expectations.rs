//! The tests of a policy: their leads are typed, and what they expect is there.

use super::declarations::Declarations;
use super::names::Kind;
use super::scope::Scope;
use super::words;
use crate::diagnostic::Diagnostic;
use crate::policy::Type;
use crate::source::Span;
use crate::syntax::ast::{self, ExpectationKind, LiteralKind};
use rustc_hash::FxHashMap;

impl Scope<'_> {
    pub(super) fn tests(&mut self, found: &Declarations<'_>) {
        let mut titles: FxHashMap<&str, Span> = FxHashMap::default();
        for test in &found.tests {
            if let Some(first) = titles.insert(&test.title.text, test.title.span) {
                self.report(
                    Diagnostic::error(
                        "duplicate-name",
                        test.title.span,
                        format!("two tests are called `{}`", test.title.text),
                    )
                    .also(first, "the first is here")
                    .help("say in each title what it shows"),
                );
            }
            self.test_lead(test);
            if let Some(at) = &test.at {
                self.instant(&at.at);
                if let Some(zone) = &at.zone {
                    self.zone_named(&zone.text, zone.span);
                }
            }
            for expectation in &test.expect {
                self.expectation(&expectation.kind);
            }
        }
    }

    fn test_lead(&mut self, test: &ast::Test) {
        let mut given: FxHashMap<&str, Span> = FxHashMap::default();
        for field in &test.lead {
            let name = &field.name;
            if let Some(first) = given.insert(&name.text, name.span) {
                self.report(
                    Diagnostic::error("duplicate-name", name.span, format!("`{}` is given twice", name.text))
                        .also(first, "first given here")
                        .help("give each field once"),
                );
            }
            if !self.knows_leads() {
                continue;
            }
            let Some(known) = self.resolve(Kind::Field, name).and_then(|id| self.fields.get(id as usize)) else {
                continue;
            };
            let ty = known.ty.clone();
            if let ([_, second, ..], false) = (field.values.as_slice(), matches!(*ty, Type::SetOf(_))) {
                let is = words::a_type(&ty);
                self.report(
                    Diagnostic::error(
                        "type-mismatch",
                        second.span,
                        format!("`{}` is {is}, and has one value", name.text),
                    )
                    .help("give one value; only a set has several"),
                );
                continue;
            }
            for value in &field.values {
                if super::comparisons::is_ordered(&ty) {
                    if let Some(stretch) = self.stretch(value, &ty, &name.text) {
                        self.within_type(&stretch.compared(ast::Op::Equal), &ty, &name.text, value.span);
                    }
                } else {
                    self.literal(value, &ty, &name.text);
                }
            }
        }
    }

    fn instant(&mut self, literal: &ast::Literal) {
        if !matches!(literal.kind, LiteralKind::Date(_) | LiteralKind::Time(..)) {
            let written = words::literal(literal);
            self.report(
                Diagnostic::error("type-mismatch", literal.span, format!("`{written}` is not a time"))
                    .help("write a time such as 2026-03-04 10:00"),
            );
        }
    }

    fn expectation(&mut self, expected: &ExpectationKind) {
        match expected {
            ExpectationKind::Rule(title) => {
                self.resolve_text(Kind::Rule, &title.text, title.span);
            }
            ExpectationKind::Excluded(Some(title)) => {
                self.resolve_text(Kind::Exclude, &title.text, title.span);
            }
            ExpectationKind::Otherwise
            | ExpectationKind::Excluded(None)
            | ExpectationKind::NoSla
            | ExpectationKind::Priority(_) => {}
            ExpectationKind::Target(target) => {
                self.target(target);
            }
            ExpectationKind::Assignee(rep) => {
                self.rep(rep);
            }
            ExpectationKind::Sla(name) => {
                self.resolve(Kind::Sla, name);
            }
            ExpectationKind::Due(at) => self.instant(at),
            ExpectationKind::Territory(name) => {
                self.resolve(Kind::Territory, name);
            }
            ExpectationKind::Segment(name) => {
                self.resolve(Kind::Segment, name);
            }
            ExpectationKind::Score { name, .. } => {
                self.resolve(Kind::Score, name);
            }
            ExpectationKind::Grade { name, value } => {
                let steps = self.resolve(Kind::Grade, name).and_then(|id| self.grades.get(id as usize));
                let Some(steps) = steps else { return };
                if !steps.contains_key(&value.text) {
                    let options: Vec<_> = steps.keys().cloned().collect();
                    self.outside_enum(&value.text, value.span, &name.text, &options);
                }
            }
        }
    }
}
