//! Guarantees: what they name is there, and their numbers make sense.

use super::declarations::Declarations;
use super::names::Kind;
use super::scope::Scope;
use super::words;
use crate::diagnostic::Diagnostic;
use crate::policy::guarantees::{Claim, Guarantee, Promised};
use crate::policy::{RuleId, SlaId, TableId, Target};
use crate::syntax::ast::{self, Literal, LiteralKind, Operand, Outcome, TargetKind};
use rust_decimal::prelude::ToPrimitive;

impl Scope<'_> {
    pub(super) fn guarantees(&mut self, found: &Declarations<'_>) -> Vec<Guarantee> {
        let guarantees = found.guarantees.iter().map(|guarantee| Guarantee {
            title: guarantee.title.text.clone(),
            span: guarantee.title.span,
            claims: guarantee.claims.iter().map(|claim| self.claim(claim)).collect(),
        });
        guarantees.collect()
    }

    fn claim(&mut self, claim: &ast::Claim) -> Claim {
        let when = claim.when.as_ref().map(|when| self.condition(when));
        Claim { every: claim.every, when, promised: self.promised(&claim.outcome), span: claim.span }
    }

    fn promised(&mut self, outcome: &Outcome) -> Promised {
        match outcome {
            Outcome::GoesTo(targets) => {
                Promised::GoesTo(targets.iter().filter_map(|target| self.goal_of(target)).collect())
            }
            Outcome::HasAnSla => Promised::HasAnSla,
            Outcome::HasSla(names) => {
                Promised::HasSla(names.iter().filter_map(|name| self.resolve(Kind::Sla, name)).map(SlaId).collect())
            }
            Outcome::HasPriority(Operand::One(literal)) => {
                let number = self.priority_number(literal);
                Promised::HasPriority { low: number, high: number }
            }
            Outcome::HasPriority(Operand::Range { low, high, .. }) => {
                let mut end = |literal: &Option<Literal>| literal.as_ref().and_then(|end| self.priority_number(end));
                Promised::HasPriority { low: end(low), high: end(high) }
            }
            Outcome::InTerritory(names) => {
                let mut ids = Vec::new();
                for name in names {
                    if self.resolve(Kind::Territory, name).is_some() {
                        ids.extend(self.territories.get(&name.text).into_iter().flatten().copied());
                    }
                }
                Promised::InTerritory(ids)
            }
            Outcome::TakenBy(titles) => {
                let mut rule = |title: &ast::Text| self.resolve_text(Kind::Rule, &title.text, title.span);
                Promised::TakenBy(titles.iter().filter_map(&mut rule).map(RuleId).collect())
            }
        }
    }

    /// Where a lead may be promised to go. A guarantee may name a table before a row of it gives anything.
    fn goal_of(&mut self, target: &ast::Target) -> Option<Target> {
        match &target.kind {
            TargetKind::Table(name) => {
                self.resolve(Kind::Table, name).map(|id| Target::Table { table: TableId(id), output: None })
            }
            TargetKind::TableOutput { table, output } => {
                let id = self.resolve(Kind::Table, table)?;
                Some(Target::Table { table: TableId(id), output: Some(*output) })
            }
            _ => self.target(target),
        }
    }

    fn priority_number(&mut self, literal: &Literal) -> Option<i64> {
        let number = match literal.kind {
            LiteralKind::Number(number) if number.fract().is_zero() => number.to_i64(),
            _ => None,
        };
        if number.is_none() {
            let written = words::literal(literal);
            self.report(
                Diagnostic::error("type-mismatch", literal.span, format!("`{written}` is not a priority"))
                    .help("write a whole number"),
            );
        }
        number
    }
}
