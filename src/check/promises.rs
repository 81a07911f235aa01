//! Guarantees and goals: what they name is there, and their numbers make sense.

use super::declarations::Declarations;
use super::names::Kind;
use super::scope::Scope;
use super::words;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{self, LiteralKind, MeasureKind, Operand, Outcome, TargetKind};

impl Scope<'_> {
    pub(super) fn guarantees(&mut self, found: &Declarations<'_>) {
        for claim in found.guarantees.iter().flat_map(|guarantee| &guarantee.claims) {
            if let Some(when) = &claim.when {
                self.condition(when);
            }
            self.outcome(&claim.outcome);
        }
    }

    fn outcome(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::GoesTo(targets) => {
                for target in targets {
                    match &target.kind {
                        TargetKind::Table(name) | TargetKind::TableOutput { table: name, .. } => {
                            self.resolve(Kind::Table, name);
                        }
                        _ => {
                            self.target(target);
                        }
                    }
                }
            }
            Outcome::HasAnSla => {}
            Outcome::HasSla(names) => names.iter().for_each(|name| {
                self.resolve(Kind::Sla, name);
            }),
            Outcome::HasPriority(operand) => self.whole_operand(operand, "a priority"),
            Outcome::InTerritory(names) => names.iter().for_each(|name| {
                self.resolve(Kind::Territory, name);
            }),
            Outcome::TakenBy(titles) => titles.iter().for_each(|title| {
                self.resolve_text(Kind::Rule, &title.text, title.span);
            }),
        }
    }

    fn whole_operand(&mut self, operand: &Operand, what: &str) {
        let literals = match operand {
            Operand::One(literal) => [Some(literal), None],
            Operand::Range { low, high, .. } => [low.as_ref(), high.as_ref()],
        };
        for literal in literals.into_iter().flatten() {
            if !matches!(literal.kind, LiteralKind::Number(number) if number.fract().is_zero()) {
                let written = words::literal(literal);
                self.report(
                    Diagnostic::error("type-mismatch", literal.span, format!("`{written}` is not {what}"))
                        .help("write a whole number"),
                );
            }
        }
    }

    pub(super) fn goals(&mut self, found: &Declarations<'_>) {
        for goal in &found.goals {
            if let Some(when) = &goal.when {
                self.condition(when);
            }
            for measure in &goal.measures {
                self.measure(&measure.kind);
            }
        }
    }

    fn measure(&mut self, kind: &MeasureKind) {
        match kind {
            MeasureKind::MedianResponse(within) => self.some_time(within),
            MeasureKind::ShareOfResponses { percent, within } => {
                self.percent(percent, 1, 100);
                self.some_time(within);
            }
            MeasureKind::AssignedToRep(percent) | MeasureKind::Breaches(percent) | MeasureKind::Conversion(percent) => {
                self.percent(percent, 0, 100);
            }
        }
    }

    /// Where a lead goes that cannot be read.
    pub(super) fn policy_block(&mut self, block: &ast::PolicyBlock) -> Option<crate::policy::QueueId> {
        let mut queue = None;
        for clause in &block.clauses {
            if let ast::PolicyClause::OnBadLead(name) = clause {
                queue = self.resolve(Kind::Queue, name).map(crate::policy::QueueId);
            }
        }
        queue
    }
}
