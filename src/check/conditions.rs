//! Conditions: what each name and comparison means, as tests of normalised values.

use super::names::Kind;
use super::scope::{Meaning, Scope, Side, Valued};
use super::words;
use crate::diagnostic::Diagnostic;
use crate::policy::{CalendarId, Condition, ConditionKind, Predicate, RecordsId, Subject, Test, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Op};

/// A condition with no meaning, since a finding says that it has none.
pub(super) fn broken(span: Span) -> Condition {
    Condition { kind: ConditionKind::Constant(false), span }
}

pub(super) fn test(subject: Subject, predicate: Predicate) -> ConditionKind {
    ConditionKind::Test(Test { subject, predicate })
}

pub(super) fn not(kind: ConditionKind, span: Span) -> ConditionKind {
    ConditionKind::Not(Box::new(Condition { kind, span }))
}

/// One of these: itself where it is alone, never where there is none.
pub(super) fn any(mut kinds: Vec<ConditionKind>, span: Span) -> ConditionKind {
    match (kinds.pop(), kinds.is_empty()) {
        (None, _) => ConditionKind::Constant(false),
        (Some(only), true) => only,
        (Some(last), false) => {
            kinds.push(last);
            ConditionKind::Or(kinds.into_iter().map(|kind| Condition { kind, span }).collect())
        }
    }
}

impl Scope<'_> {
    /// A condition about a lead.
    pub(super) fn condition(&mut self, condition: &ast::Condition) -> Condition {
        self.condition_at(condition, Side::Lead)
    }

    pub(super) fn condition_at(&mut self, condition: &ast::Condition, side: Side) -> Condition {
        let span = condition.span;
        let kind = match &condition.kind {
            ast::ConditionKind::And(parts) => Some(ConditionKind::And(self.conditions(parts, side))),
            ast::ConditionKind::Or(parts) => Some(ConditionKind::Or(self.conditions(parts, side))),
            ast::ConditionKind::Not(inner) => Some(ConditionKind::Not(Box::new(self.condition_at(inner, side)))),
            ast::ConditionKind::Holds(subject) => self.holds(subject, side),
            ast::ConditionKind::Compare { subject, op, values, op_span } => {
                self.compare(subject, *op, values, *op_span, span, side)
            }
            ast::ConditionKind::Missing(subject) => self.missing(subject, side, true),
            ast::ConditionKind::Present(subject) => {
                self.missing(subject, side, false).map(|missing| not(missing, span))
            }
            ast::ConditionKind::Arrives { outside, calendar } => self.resolve(Kind::Calendar, calendar).map(|id| {
                let during = ConditionKind::ArrivesDuring(CalendarId(id));
                if *outside { not(during, span) } else { during }
            }),
        };
        kind.map_or(broken(span), |kind| Condition { kind, span })
    }

    fn conditions(&mut self, parts: &[ast::Condition], side: Side) -> Vec<Condition> {
        let mut lowered = Vec::with_capacity(parts.len());
        let mut compared: Option<(&ast::Subject, Op, &[ast::Operand], Span)> = None;
        for part in parts {
            if let (Some(before), ast::ConditionKind::Holds(subject)) = (compared, &part.kind)
                && self.value_for_condition(before, subject, part.span)
            {
                lowered.push(broken(part.span));
                continue;
            }
            if let ast::ConditionKind::Compare { subject, op, values, .. } = &part.kind {
                compared = Some((subject, *op, values, part.span));
            }
            lowered.push(self.condition_at(part, side));
        }
        lowered
    }

    /// `industry = retail or saas`: says so, with the right spelling, where the name that stands alone is a value of the field before.
    fn value_for_condition(
        &mut self,
        (before, op, values, before_span): (&ast::Subject, Op, &[ast::Operand], Span),
        alone: &ast::Subject,
        span: Span,
    ) -> bool {
        let word = &alone.name.text;
        let known = Kind::IN_CONDITIONS.iter().any(|kind| self.names.get(*kind, word).is_some());
        if known || alone.record.is_some() || alone.function.is_some() || before.record.is_some() {
            return false;
        }
        let Some(field) = self.names.get(Kind::Field, &before.name.text) else { return false };
        let Some(Type::OneOf(options)) = self.fields.get(field.id as usize).map(|known| &*known.ty) else {
            return false;
        };
        if !options.iter().any(|option| option.eq_ignore_ascii_case(word)) {
            return false;
        }
        let listing = match op {
            Op::Equal | Op::In => "in",
            Op::NotEqual | Op::NotIn => "not in",
            _ => return false,
        };
        let mut all: Vec<String> = values
            .iter()
            .filter_map(|value| match value {
                ast::Operand::One(literal) => Some(words::literal(literal)),
                ast::Operand::Range { .. } => None,
            })
            .collect();
        all.push(word.to_string());
        let name = words::subject(before);
        self.report(
            Diagnostic::error("unknown-name", span, format!("`{word}` is a value of `{name}`, not a condition"))
                .here("`and` and `or` join conditions, not values")
                .also(before_span, format!("compared with `{name}` here"))
                .help(format!("write `{name} {listing} {}`", all.join(", ")))
                .fix(before_span.to(span), format!("{name} {listing} {}", all.join(", "))),
        );
        true
    }

    /// What stands alone.
    fn holds(&mut self, subject: &ast::Subject, side: Side) -> Option<ConditionKind> {
        match self.subject(subject, side)? {
            Meaning::Segment(id) => Some(ConditionKind::Segment(id)),
            Meaning::Let(id) => Some(ConditionKind::Let(id)),
            Meaning::Territory(ids) => Some(ConditionKind::Territory(ids)),
            Meaning::Value(Valued { subject, ty, .. }) if *ty == Type::Boolean => Some(test(subject, Predicate::True)),
            Meaning::Value(valued) => {
                let name = words::subject(subject);
                self.report(
                    Diagnostic::error(
                        "type-mismatch",
                        subject.span,
                        format!("`{name}` is {} and does not stand alone", words::a_type(&valued.ty)),
                    )
                    .here("not a condition by itself")
                    .help(format!("compare it, or ask `{name} is present`")),
                );
                None
            }
            Meaning::Partition(_) | Meaning::Grade(_) => {
                let name = words::subject(subject);
                let part = self.first_part(&subject.name).unwrap_or_default();
                self.report(
                    Diagnostic::error("type-mismatch", subject.span, format!("`{name}` does not stand alone"))
                        .here("which of its values?")
                        .help(format!("compare it: `{name} = {part}`")),
                );
                None
            }
        }
    }

    /// The first part of a partition or step of a grade, to show how one is written.
    fn first_part(&self, name: &ast::Name) -> Option<String> {
        if let Some(partition) = self.names.get(Kind::Partition, &name.text) {
            return self.partitions.get(partition.id as usize)?.keys().next().map(|part| part.to_string());
        }
        let grade = self.names.get(Kind::Grade, &name.text)?;
        self.grades.get(grade.id as usize)?.keys().next().map(|step| step.to_string())
    }

    /// `S is missing`; of a name of records: no row was found for the lead.
    fn missing(&mut self, subject: &ast::Subject, side: Side, asked: bool) -> Option<ConditionKind> {
        if let (None, None, Some(records)) =
            (&subject.record, &subject.function, self.names.get(Kind::Records, &subject.name.text))
            && Kind::IN_CONDITIONS.iter().all(|kind| self.names.get(*kind, &subject.name.text).is_none())
        {
            return self.no_row(RecordsId(records.id), subject);
        }
        match self.subject(subject, side)? {
            Meaning::Value(valued) => {
                if valued.required && asked {
                    self.never_missing_here(subject, &valued);
                }
                Some(test(valued.subject, Predicate::Missing))
            }
            _ => {
                let name = words::subject(subject);
                self.report(
                    Diagnostic::error(
                        "type-mismatch",
                        subject.span,
                        format!("`{name}` holds or not, it is never missing"),
                    )
                    .help(format!("write `{name}` or `not {name}`")),
                );
                None
            }
        }
    }

    fn never_missing_here(&mut self, subject: &ast::Subject, valued: &Valued) {
        let name = words::subject(subject);
        let (why, help) = match valued.subject {
            Subject::Score(_) => {
                (format!("this never holds: the score `{name}` always has a value"), "take the question out")
            }
            _ => (
                format!("this never holds: `{name}` is required"),
                "take it out; `on bad lead` in the policy block says where leads go whose required field is missing",
            ),
        };
        self.report(Diagnostic::error("never-holds", subject.span, why).here("never missing").help(help));
    }

    fn no_row(&mut self, records: RecordsId, subject: &ast::Subject) -> Option<ConditionKind> {
        self.names.take(Kind::Records, &subject.name.text);
        self.dependencies.edge(super::cycles::Node::Records(records), subject.span);
        let columns = self.columns.get(records.at())?;
        match columns.names.values().position(|(known, _)| known.required) {
            Some(column) => {
                let column = crate::policy::ColumnId(column as u32);
                Some(test(Subject::Record(records, column), Predicate::Missing))
            }
            None => {
                let name = &subject.name.text;
                self.report(
                    Diagnostic::error(
                        "type-mismatch",
                        subject.span,
                        format!("whether a row of `{name}` was found is told by a column that every row has, and none is `required`"),
                    )
                    .help("mark the column that every row has as `required`"),
                );
                None
            }
        }
    }
}
