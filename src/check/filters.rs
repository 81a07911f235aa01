//! `where` behind a roster or a pool: a condition about reps, settled when the policy is checked.

use super::scope::Scope;
use super::words;
use crate::data::{number, text, time};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Condition, ConditionKind, Literal, LiteralKind, Op, Operand};
use rust_decimal::Decimal;
use smol_str::SmolStr;

/// What one rep has under a name, as written: nothing where it is missing, several for teams and languages.
pub(super) trait Facts {
    fn values(&self, column: &str) -> Vec<SmolStr>;
}

impl Scope<'_> {
    /// Says what a filter names that reps do not have, and asks in a way that `holds` cannot answer; true where it is sound.
    pub(super) fn check_filter(&mut self, filter: &Condition, columns: &[SmolStr]) -> bool {
        match &filter.kind {
            ConditionKind::And(parts) | ConditionKind::Or(parts) => {
                let unsound = parts.iter().filter(|part| !self.check_filter(part, columns)).count();
                unsound == 0
            }
            ConditionKind::Not(inner) => self.check_filter(inner, columns),
            ConditionKind::Holds(subject) | ConditionKind::Missing(subject) | ConditionKind::Present(subject) => {
                self.check_column(&subject.name.text, subject.span, columns)
            }
            ConditionKind::Compare { subject, op, values, op_span } => {
                let known = self.check_column(&subject.name.text, subject.span, columns);
                if !matches!(
                    op,
                    Op::Equal
                        | Op::NotEqual
                        | Op::In
                        | Op::NotIn
                        | Op::Less
                        | Op::LessOrEqual
                        | Op::Greater
                        | Op::GreaterOrEqual
                        | Op::HasAnyOf
                        | Op::HasAllOf
                        | Op::HasNoneOf
                        | Op::StartsWith
                        | Op::EndsWith
                        | Op::Contains
                ) {
                    let message = format!("`{}` cannot be asked of a rep", op.text());
                    self.report(
                        Diagnostic::error("type-mismatch", *op_span, message)
                            .help("use `=`, `in`, `<`, `>` or `contains`"),
                    );
                    return false;
                }
                known && self.check_numbers(&subject.name.text, *op, values)
            }
            ConditionKind::Arrives { .. } => {
                self.report(
                    Diagnostic::error("type-mismatch", filter.span, "when a lead arrives says nothing of a rep")
                        .help("write `only reps on duty` in the pool"),
                );
                false
            }
        }
    }

    fn check_column(&mut self, name: &SmolStr, span: Span, columns: &[SmolStr]) -> bool {
        if columns.iter().any(|column| column == name) || columns.contains(&super::roster::column_name(name)) {
            return true;
        }
        let close = self.suggester.closest(name, columns.iter().map(SmolStr::as_str));
        let has = words::several(columns.iter().map(SmolStr::as_str), 16);
        let found = Diagnostic::error("unknown-name", span, format!("reps have no `{name}`"));
        self.report(match close {
            Some(close) => found.here(format!("did you mean `{close}`?")).fix(span, close),
            None => found.help(format!("name one of {has}")),
        });
        false
    }

    /// Levels and weights are compared with numbers.
    fn check_numbers(&mut self, name: &str, op: Op, values: &[Operand]) -> bool {
        let ordering = matches!(op, Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual);
        for value in values {
            let Operand::One(literal) = value else { continue };
            let number = matches!(literal.kind, LiteralKind::Number(_));
            let date = matches!(literal.kind, LiteralKind::Date(_));
            let asked = matches!(name, "level" | "weight") && !number || ordering && !number && !date;
            if asked {
                let message = format!(
                    "`{name}` is compared with a number here, and `{}` is {}",
                    words::literal(literal),
                    words::literal_kind(literal)
                );
                self.report(Diagnostic::error("type-mismatch", literal.span, message).help("write a number"));
                return false;
            }
        }
        true
    }
}

/// Whether a filter holds for a rep. A comparison with what is missing is false.
pub(super) fn holds(filter: &Condition, rep: &dyn Facts) -> bool {
    match &filter.kind {
        ConditionKind::And(parts) => parts.iter().all(|part| holds(part, rep)),
        ConditionKind::Or(parts) => parts.iter().any(|part| holds(part, rep)),
        ConditionKind::Not(inner) => !holds(inner, rep),
        ConditionKind::Holds(subject) => {
            rep.values(&subject.name.text).iter().any(|value| number::boolean(value) == Some(true))
        }
        ConditionKind::Missing(subject) => rep.values(&subject.name.text).is_empty(),
        ConditionKind::Present(subject) => !rep.values(&subject.name.text).is_empty(),
        ConditionKind::Compare { subject, op, values, .. } => {
            let has = rep.values(&subject.name.text);
            let any = |value: &Operand| has.iter().any(|has| compares(has, *op, value));
            match op {
                Op::NotEqual | Op::NotIn | Op::HasNoneOf => !values.iter().any(any),
                Op::HasAllOf => values.iter().all(any),
                _ => values.iter().any(any),
            }
        }
        ConditionKind::Arrives { .. } => false,
    }
}

fn compares(has: &str, op: Op, value: &Operand) -> bool {
    match value {
        Operand::One(literal) => match op {
            Op::Less => order(has, literal).is_some_and(|order| order.is_lt()),
            Op::LessOrEqual => order(has, literal).is_some_and(|order| order.is_le()),
            Op::Greater => order(has, literal).is_some_and(|order| order.is_gt()),
            Op::GreaterOrEqual => order(has, literal).is_some_and(|order| order.is_ge()),
            Op::StartsWith => text::fold(has).starts_with(text::fold(&words::literal(literal)).as_str()),
            Op::EndsWith => text::fold(has).ends_with(text::fold(&words::literal(literal)).as_str()),
            Op::Contains => text::fold(has).contains(text::fold(&words::literal(literal)).as_str()),
            _ => equals(has, literal),
        },
        Operand::Range { low, high, .. } => {
            let above = low.as_ref().is_none_or(|low| order(has, low).is_some_and(|order| order.is_ge()));
            let below = high.as_ref().is_none_or(|high| order(has, high).is_some_and(|order| order.is_le()));
            above && below
        }
    }
}

fn equals(has: &str, literal: &Literal) -> bool {
    if let Some(order) = order(has, literal) {
        return order.is_eq();
    }
    if let (LiteralKind::Word(word), Some(has)) = (&literal.kind, number::boolean(has))
        && let Some(asked) = number::boolean(word)
    {
        return has == asked;
    }
    text::fold(text::trim(has)) == text::fold(text::trim(&words::literal(literal)))
}

/// How what a rep has compares with a number or a date.
fn order(has: &str, literal: &Literal) -> Option<std::cmp::Ordering> {
    match &literal.kind {
        LiteralKind::Number(asked) => {
            let has: Decimal = number::decimal(has, number::LoneDot::Point).ok()?;
            Some(has.cmp(asked))
        }
        LiteralKind::Date(asked) => Some(time::date(has, None, chrono_tz::UTC).ok()?.cmp(asked)),
        _ => None,
    }
}
