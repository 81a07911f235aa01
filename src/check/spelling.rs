//! Comparisons with a part of a text, and with members of a set.

use super::conditions::{any, test};
use super::scope::{Scope, Valued};
use crate::data::text::fold;
use crate::diagnostic::Diagnostic;
use crate::policy::{Condition, ConditionKind, Predicate, TextSet, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{self, LiteralKind, Op, Operand};
use smol_str::SmolStr;
use std::collections::BTreeSet;

impl Scope<'_> {
    pub(super) fn spelled(&mut self, valued: &Valued, op: Op, values: &[Operand], span: Span) -> Option<ConditionKind> {
        let mut kinds = Vec::new();
        for operand in values {
            let (text, at) = match operand {
                Operand::One(ast::Literal { kind: LiteralKind::Text(text), span }) => (text, *span),
                Operand::One(ast::Literal { span, .. }) | Operand::Range { span, .. } => {
                    let message = format!("`{}` compares with a text", op.text());
                    self.report(Diagnostic::error("type-mismatch", *span, message).help("write the text in quotes"));
                    continue;
                }
            };
            if text.is_empty() {
                let message = format!("`{}` with an empty text holds for every value", op.text());
                self.report(
                    Diagnostic::error("bad-value", at, message).help("write what to look for, or ask `is present`"),
                );
                continue;
            }
            let folded = spelled_as(text, &valued.ty);
            let predicate = match op {
                Op::StartsWith => {
                    Predicate::InTexts(TextSet { ranges: vec![(folded.clone(), folded)], ..TextSet::default() })
                }
                Op::EndsWith => Predicate::EndsWith(folded),
                Op::Contains => Predicate::Contains(folded),
                Op::HasWord => Predicate::HasWord(folded),
                _ => match regex::RegexBuilder::new(text).case_insensitive(true).build() {
                    Ok(_) => Predicate::Matches(text.clone()),
                    Err(error) => {
                        self.bad_pattern(text, at, &error);
                        continue;
                    }
                },
            };
            kinds.push(test(valued.subject, predicate));
        }
        if kinds.is_empty() { None } else { Some(any(kinds, span)) }
    }

    fn bad_pattern(&mut self, text: &str, span: Span, error: &regex::Error) {
        let error = error.to_string();
        let why = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_string();
        let message = format!("`{text}` is not a pattern that can be matched");
        self.report(
            Diagnostic::error("bad-value", span, message)
                .note(why)
                .help("write a regular expression, with `\\\\` before a character that is meant as itself"),
        );
    }

    pub(super) fn set_members(
        &mut self,
        valued: &Valued,
        name: &str,
        element: &Type,
        op: Op,
        values: &[Operand],
        span: Span,
    ) -> Option<ConditionKind> {
        let mut each: Vec<BTreeSet<SmolStr>> = Vec::new();
        for operand in values {
            let literal = match operand {
                Operand::One(literal) => literal,
                Operand::Range { span, .. } => {
                    let message = format!("`{}` takes values, not ranges", op.text());
                    self.report(Diagnostic::error("type-mismatch", *span, message).help("list the values one by one"));
                    continue;
                }
            };
            if let Some(list) = self.listed(literal, element, true) {
                let Some(values) = self.list_as(list, element, name) else { continue };
                match op {
                    Op::HasAllOf => each.extend(values.texts.iter().map(|text| BTreeSet::from([text.clone()]))),
                    _ => each.push(values.texts.as_ref().clone()),
                }
            } else if let Some(Value::Text(text)) = self.literal(literal, element, name) {
                each.push(BTreeSet::from([text.folded]));
            }
        }
        if each.is_empty() {
            return None;
        }
        let has = |texts| test(valued.subject, Predicate::HasAnyOf(texts));
        match op {
            Op::HasAllOf if each.len() > 1 => {
                Some(ConditionKind::And(each.into_iter().map(|texts| Condition { kind: has(texts), span }).collect()))
            }
            _ => Some(has(each.into_iter().flatten().collect())),
        }
    }
}

/// Its values are spelled freely enough to look for a part of them.
pub(super) fn is_spelled(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Text
            | Type::Email
            | Type::Domain
            | Type::PostalCode { .. }
            | Type::Region { .. }
            | Type::Language
            | Type::Rep
    )
}

/// A part of a value, in the form in which values of the type compare.
pub(super) fn spelled_as(text: &str, ty: &Type) -> SmolStr {
    match ty {
        Type::PostalCode { .. } | Type::Region { .. } => SmolStr::new(text.to_uppercase()),
        _ => fold(text),
    }
}
