//! Comparisons of a value with constants, ranges and lists.

use super::conditions::{not, test};
use super::intervals::{self, Stretch};
use super::scope::{Meaning, Scope, Side, Valued};
use super::words;
use crate::data::time;
use crate::diagnostic::Diagnostic;
use crate::policy::{ConditionKind, Predicate, Range, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{self, LiteralKind, Op, Operand};
use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use std::ops::Bound;

impl Scope<'_> {
    pub(super) fn compare(
        &mut self,
        subject: &ast::Subject,
        op: Op,
        values: &[Operand],
        op_span: Span,
        span: Span,
        side: Side,
    ) -> Option<ConditionKind> {
        let name = words::subject(subject);
        let negative = matches!(op, Op::NotEqual | Op::NotIn | Op::HasNoneOf);
        let kind = match self.subject(subject, side)? {
            Meaning::Value(valued) => self.compare_value(&valued, &name, op, values, op_span, span)?,
            Meaning::Partition(id) => {
                self.only_equality(op, op_span, &name, "a partition of segments")?;
                self.parts(id, &name, values, span)?
            }
            Meaning::Grade(id) => {
                self.only_equality(op, op_span, &name, "a grade")?;
                self.steps(id, &name, values)?
            }
            Meaning::Segment(_) | Meaning::Let(_) | Meaning::Territory(_) => {
                self.report(
                    Diagnostic::error("type-mismatch", span, format!("`{name}` holds or not, and is not compared"))
                        .help(format!("write `{name}` or `not {name}`")),
                );
                return None;
            }
        };
        Some(if negative { not(kind, span) } else { kind })
    }

    fn only_equality(&mut self, op: Op, span: Span, name: &str, is: &str) -> Option<()> {
        if matches!(op, Op::Equal | Op::NotEqual | Op::In | Op::NotIn) {
            return Some(());
        }
        self.no_such_comparison(op, span, name, is, "`=`, `!=`, `in` or `not in`");
        None
    }

    fn no_such_comparison(&mut self, op: Op, span: Span, name: &str, is: &str, instead: &str) {
        let message = format!("`{}` does not fit `{name}`, which is {is}", op.text());
        self.report(Diagnostic::error("type-mismatch", span, message).help(format!("compare it with {instead}")));
    }

    fn compare_value(
        &mut self,
        valued: &Valued,
        name: &str,
        op: Op,
        values: &[Operand],
        op_span: Span,
        span: Span,
    ) -> Option<ConditionKind> {
        let ty = &*valued.ty;
        match op {
            Op::Equal | Op::NotEqual | Op::In | Op::NotIn if matches!(ty, Type::SetOf(_)) => {
                self.no_such_comparison(
                    op,
                    op_span,
                    name,
                    &words::a_type(ty),
                    "`has any of`, `has all of` or `has none of`",
                );
                None
            }
            Op::Equal | Op::NotEqual => self.one_of(valued, name, values, false, span),
            Op::In | Op::NotIn => self.one_of(valued, name, values, true, span),
            Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
                if !is_ordered(ty) {
                    self.no_such_comparison(op, op_span, name, &words::a_type(ty), equality_of(ty));
                    return None;
                }
                self.ordered(valued, name, op, values, span)
            }
            Op::StartsWith | Op::EndsWith | Op::Contains | Op::HasWord | Op::Matches => {
                if !super::spelling::is_spelled(ty) {
                    self.no_such_comparison(op, op_span, name, &words::a_type(ty), equality_of(ty));
                    return None;
                }
                self.spelled(valued, op, values, span)
            }
            Op::HasAnyOf | Op::HasAllOf | Op::HasNoneOf => {
                let Type::SetOf(element) = ty else {
                    self.no_such_comparison(op, op_span, name, &words::a_type(ty), equality_of(ty));
                    return None;
                };
                self.set_members(valued, name, element, op, values, span)
            }
        }
    }

    pub(super) fn reversed(&mut self, span: Span, from: &str, to: &str) {
        self.report(
            Diagnostic::error(
                "reversed-range",
                span,
                format!("`{from}` comes after `{to}`, so that nothing lies between"),
            )
            .help(format!("write `{to}..{from}`")),
        );
    }

    /// A range of an ordered type that has its ends in order.
    pub(super) fn ordered_range(
        &mut self,
        low: Option<&ast::Literal>,
        high: Option<&ast::Literal>,
        span: Span,
        ty: &Type,
        name: &str,
    ) -> Option<Range> {
        let from = match low {
            Some(low) => Some(self.stretch(low, ty, name)?),
            None => None,
        };
        let to = match high {
            Some(high) => Some(self.stretch(high, ty, name)?),
            None => None,
        };
        let range = intervals::between(from, to);
        if let (true, Some(low), Some(high)) = (intervals::is_empty(&range), low, high) {
            self.reversed(span, &words::literal(low), &words::literal(high));
            return None;
        }
        Some(range)
    }

    fn ordered(
        &mut self,
        valued: &Valued,
        name: &str,
        op: Op,
        values: &[Operand],
        span: Span,
    ) -> Option<ConditionKind> {
        let [Operand::One(literal)] = values else {
            self.report(
                Diagnostic::error("type-mismatch", span, format!("`{}` compares with one value", op.text()))
                    .help("compare with one number, date or time; `in` takes ranges and several values"),
            );
            return None;
        };
        let stretch = self.stretch(literal, &valued.ty, name)?;
        let range = stretch.compared(op);
        if !self.within_type(&range, &valued.ty, name, span) {
            return None;
        }
        let ranges = intervals::joined(vec![if is_whole(&valued.ty) { intervals::whole(range) } else { range }], false);
        Some(test(valued.subject, Predicate::InRanges(ranges)))
    }

    /// False, and said, where no value of the type lies in the range.
    pub(super) fn within_type(&mut self, range: &Range, ty: &Type, name: &str, span: Span) -> bool {
        let Some(bounds) = bounds_of(ty) else { return true };
        let range = if is_whole(ty) { intervals::whole(range.clone()) } else { range.clone() };
        if !intervals::is_empty(&intervals::shared(&range, &bounds)) {
            return true;
        }
        let bounds = bounds_in_words(&bounds);
        let found = match (range.low, range.high) {
            (Bound::Included(low), Bound::Included(high)) if low == high => Diagnostic::error(
                "value-outside-range",
                span,
                format!("`{low}` is not a value of `{name}`, which goes {bounds}"),
            ),
            _ => Diagnostic::error("never-holds", span, format!("this never holds: `{name}` goes {bounds}")),
        };
        self.report(
            found.help(format!("compare with a value {bounds}, or widen the range where `{name}` is declared")),
        );
        false
    }

    /// The values that a literal of an ordered type stands for; a date compared with a time is its whole day in the policy's zone.
    pub(super) fn stretch(&mut self, literal: &ast::Literal, ty: &Type, name: &str) -> Option<Stretch> {
        if let (Type::Time, LiteralKind::Date(date)) = (ty, &literal.kind) {
            let midnight =
                |date: NaiveDate| Decimal::from(time::instant(date.and_time(NaiveTime::MIN), self.zone).micros);
            return Some(Stretch { low: midnight(*date), high: Bound::Excluded(midnight(date.succ_opt()?)) });
        }
        let value = match self.literal(literal, ty, name)? {
            Value::Integer(value) => Decimal::from(value),
            Value::Decimal(value) => value,
            Value::Date(date) => Decimal::from(time::days(date)),
            Value::Time(at) => Decimal::from(at.micros),
            _ => return None,
        };
        Some(Stretch::point(value))
    }
}

/// Its values have an order that comparisons ask for.
pub(super) fn is_ordered(ty: &Type) -> bool {
    matches!(ty, Type::Integer { .. } | Type::Decimal { .. } | Type::Money { .. } | Type::Date | Type::Time)
}

/// Its values are whole numbers, of days for dates.
pub(super) fn is_whole(ty: &Type) -> bool {
    matches!(ty, Type::Integer { .. } | Type::Date)
}

fn equality_of(ty: &Type) -> &'static str {
    match ty {
        Type::SetOf(_) => "`has any of`, `has all of` or `has none of`",
        Type::Boolean => "`= yes` or `= no`",
        _ if is_ordered(ty) => "`=`, `<`, `>` or a range after `in`",
        _ => "`=`, `!=`, `in` or `not in`",
    }
}

fn bounds_of(ty: &Type) -> Option<Range> {
    let included = |end: Option<Decimal>| end.map_or(Bound::Unbounded, Bound::Included);
    match ty {
        Type::Integer { low, high } => {
            Some(Range { low: included(low.map(Decimal::from)), high: included(high.map(Decimal::from)) })
        }
        Type::Decimal { low, high } => Some(Range { low: included(*low), high: included(*high) }),
        _ => None,
    }
}

fn bounds_in_words(bounds: &Range) -> String {
    match (bounds.low, bounds.high) {
        (Bound::Included(low), Bound::Included(high)) => format!("from {low} to {high}"),
        (Bound::Included(low), _) => format!("from {low} up"),
        (_, Bound::Included(high)) => format!("up to {high}"),
        _ => "without end".to_string(),
    }
}
