//! Comparisons with values, ranges and lists: what `=`, `in` and the cells of tables ask.

use super::comparisons::{is_ordered, is_whole};
use super::conditions::{any, not, test};
use super::intervals;
use super::names::Kind;
use super::scope::{Scope, Valued};
use super::words;
use crate::diagnostic::Diagnostic;
use crate::policy::{ConditionKind, GradeId, ListId, Predicate, Range, TextSet, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{self, LiteralKind, Op, Operand};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Scope<'_> {
    /// The value is one of these: of the constants, in one of the ranges, in a list.
    pub(super) fn one_of(
        &mut self,
        valued: &Valued,
        name: &str,
        values: &[Operand],
        lists: bool,
        span: Span,
    ) -> Option<ConditionKind> {
        let ty = &*valued.ty;
        if *ty == Type::Boolean {
            return self.truth(valued, name, values, span);
        }
        let mut found = Found::default();
        for operand in values {
            match operand {
                Operand::One(literal) => match self.listed(literal, ty, lists) {
                    Some(list) => self.list_members(list, ty, name, &mut found),
                    None if lists && self.is_unknown_list(literal, ty) => {}
                    None => self.one(literal, ty, name, &mut found),
                },
                Operand::Range { low, high, span } => {
                    self.range(low.as_ref(), high.as_ref(), *span, ty, name, &mut found);
                }
            }
        }
        found.kind(valued, span)
    }

    fn one(&mut self, literal: &ast::Literal, ty: &Type, name: &str, found: &mut Found) {
        if is_ordered(ty) {
            let Some(stretch) = self.stretch(literal, ty, name) else { return };
            let range = stretch.compared(Op::Equal);
            if self.within_type(&range, ty, name, literal.span) {
                found.ranges.push(range);
            }
            return;
        }
        if let LiteralKind::Exactly(exact) = &literal.kind {
            if self.is_free_text(ty, name, literal) {
                found.exactly.insert(exact.clone());
            }
            return;
        }
        let Some(Value::Text(text)) = self.literal(literal, ty, name) else { return };
        if *ty == Type::Language {
            found.text_ranges.push(below(&text.folded));
        }
        found.texts.insert(text.folded);
    }

    fn is_free_text(&mut self, ty: &Type, name: &str, literal: &ast::Literal) -> bool {
        if matches!(ty, Type::Text | Type::Email | Type::PostalCode { .. } | Type::Rep) {
            return true;
        }
        self.report(
            Diagnostic::error(
                "type-mismatch",
                literal.span,
                format!("`exactly` compares letters, and `{name}` is {}", words::a_type(ty)),
            )
            .help("leave out `exactly`"),
        );
        false
    }

    /// The list that a word names, where a list may stand; an enum's own value goes first.
    pub(super) fn listed(&mut self, literal: &ast::Literal, ty: &Type, lists: bool) -> Option<u32> {
        let LiteralKind::Word(word) = &literal.kind else { return None };
        if let Type::OneOf(options) = ty
            && options.iter().any(|option| option == word)
        {
            return None;
        }
        if !lists {
            return None;
        }
        self.names.take(Kind::List, word).map(|declared| declared.id)
    }

    /// A word where no value is written as one was meant as a list: says that there is none of that name.
    fn is_unknown_list(&mut self, literal: &ast::Literal, ty: &Type) -> bool {
        let LiteralKind::Word(word) = &literal.kind else { return false };
        if matches!(ty, Type::OneOf(_) | Type::Language | Type::Rep | Type::Boolean) {
            return false;
        }
        let lists = self.names.of(Kind::List).map(|(name, _)| name.as_str());
        let close = self.suggester.closest(word, lists).is_some();
        let quoted = matches!(ty, Type::Text | Type::Email | Type::Domain | Type::PostalCode { .. });
        if !close && !quoted {
            return false;
        }
        let said = self.diagnostics.len();
        self.unknown("list", &[Kind::List], word, literal.span);
        if let (Some(found), true) = (self.diagnostics.get_mut(said), quoted) {
            found.notes.push(format!("a text is written in quotes: `\"{word}\"`"));
        }
        true
    }

    fn list_members(&mut self, list: u32, ty: &Type, name: &str, found: &mut Found) {
        let Some(values) = self.list_as(list, ty, name) else { return };
        found.ranges.extend(values.ranges.iter().cloned());
        if !is_ordered(ty) {
            found.lists.push(TextSet {
                values: values.texts.clone(),
                ranges: values.text_ranges.clone(),
                list: Some(ListId(list)),
            });
        }
    }

    fn range(
        &mut self,
        low: Option<&ast::Literal>,
        high: Option<&ast::Literal>,
        span: Span,
        ty: &Type,
        name: &str,
        found: &mut Found,
    ) {
        if is_ordered(ty) {
            if let Some(range) = self.ordered_range(low, high, span, ty, name)
                && self.within_type(&range, ty, name, span)
            {
                found.ranges.push(range);
            }
            return;
        }
        found.text_ranges.extend(self.text_range(low, high, span, ty, name));
    }

    /// A range of texts, as of postal codes: from one start of a text to another.
    pub(super) fn text_range(
        &mut self,
        low: Option<&ast::Literal>,
        high: Option<&ast::Literal>,
        span: Span,
        ty: &Type,
        name: &str,
    ) -> Option<(SmolStr, SmolStr)> {
        let (Type::PostalCode { .. } | Type::Text, Some(low), Some(high)) = (ty, low, high) else {
            let message = match ty {
                Type::PostalCode { .. } | Type::Text => format!("a range of `{name}` has two ends"),
                _ => format!("`{name}` is {}, which has no ranges", words::a_type(ty)),
            };
            self.report(
                Diagnostic::error("type-mismatch", span, message).help("write both ends, or the values one by one"),
            );
            return None;
        };
        let (from, to) = (self.spelling(low, ty, name)?, self.spelling(high, ty, name)?);
        if from > to && !from.starts_with(to.as_str()) {
            self.reversed(span, &format!("\"{from}\""), &format!("\"{to}\""));
            return None;
        }
        Some((from, to))
    }

    fn truth(&mut self, valued: &Valued, name: &str, values: &[Operand], span: Span) -> Option<ConditionKind> {
        let mut kinds = Vec::new();
        for operand in values {
            let holds = test(valued.subject, Predicate::True);
            kinds.push(match self.yes(operand, name)? {
                true => holds,
                // A missing value is neither yes nor no.
                false => not(any(vec![holds, test(valued.subject, Predicate::Missing)], span), span),
            });
        }
        Some(any(kinds, span))
    }

    /// `yes` or `no`, also written `true` or `false`.
    pub(super) fn yes(&mut self, operand: &Operand, name: &str) -> Option<bool> {
        let (word, span) = match operand {
            Operand::One(literal) => match &literal.kind {
                LiteralKind::Word(word) if matches!(word.as_str(), "yes" | "true") => return Some(true),
                LiteralKind::Word(word) if matches!(word.as_str(), "no" | "false") => return Some(false),
                _ => (words::literal(literal), literal.span),
            },
            Operand::Range { span, .. } => ("a range".to_string(), *span),
        };
        self.report(
            Diagnostic::error("type-mismatch", span, format!("`{name}` is yes or no, and is not `{word}`"))
                .help(format!("write `{name}` alone, `not {name}`, or `{name} = no`")),
        );
        None
    }

    /// The parts of a partition that are named.
    pub(super) fn parts(
        &mut self,
        partition: u32,
        name: &str,
        values: &[Operand],
        span: Span,
    ) -> Option<ConditionKind> {
        let mut kinds = Vec::new();
        for operand in values {
            let Some(word) = self.word(operand, name) else { continue };
            let parts = self.partitions.get(partition as usize)?;
            match parts.get(word.0.as_str()) {
                Some(segment) => {
                    let segment = *segment;
                    self.names.take(Kind::Segment, &word.0);
                    kinds.push(ConditionKind::Segment(segment));
                }
                None => {
                    let options: Vec<SmolStr> = parts.keys().cloned().collect();
                    self.outside_enum(&word.0, word.1, name, &options);
                }
            }
        }
        if kinds.is_empty() { None } else { Some(any(kinds, span)) }
    }

    /// The steps of a grade that are named.
    pub(super) fn steps(&mut self, grade: GradeId, name: &str, values: &[Operand]) -> Option<ConditionKind> {
        let mut places = Vec::new();
        for operand in values {
            let Some((word, span)) = self.word(operand, name) else { continue };
            let steps = self.grades.get(grade.at())?;
            match steps.get(word.as_str()) {
                Some(place) => places.push(*place),
                None => {
                    let options: Vec<SmolStr> = steps.keys().cloned().collect();
                    self.outside_enum(&word, span, name, &options);
                }
            }
        }
        if places.is_empty() { None } else { Some(ConditionKind::Grade(grade, places)) }
    }

    /// The word that an operand is, quoted or not.
    fn word(&mut self, operand: &Operand, name: &str) -> Option<(SmolStr, Span)> {
        let span = match operand {
            Operand::One(ast::Literal {
                kind: LiteralKind::Word(word) | LiteralKind::Text(word) | LiteralKind::Code(word),
                span,
            }) => return Some((word.clone(), *span)),
            Operand::One(literal) => literal.span,
            Operand::Range { span, .. } => *span,
        };
        self.report(
            Diagnostic::error("type-mismatch", span, format!("`{name}` is compared with the names of its parts"))
                .help("write one of the names that stand where it is declared"),
        );
        None
    }

    /// A value that is none of those declared.
    pub(super) fn outside_enum(&mut self, word: &str, span: Span, name: &str, options: &[SmolStr]) {
        let close = self.suggester.closest(word, options.iter().map(SmolStr::as_str));
        let mut found = Diagnostic::error("value-outside-enum", span, format!("`{word}` is not a value of `{name}`"));
        if let Some(close) = close {
            let plain = close.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            let spelled = if plain { close.to_string() } else { format!("\"{close}\"") };
            found = found.here(format!("did you mean `{close}`?")).fix(span, spelled);
        }
        let options = words::several(options.iter().map(SmolStr::as_str), 12);
        self.report(found.help(format!("its values are {options}")));
    }
}

/// What the values of one comparison come to.
#[derive(Default)]
struct Found {
    ranges: Vec<Range>,
    texts: BTreeSet<SmolStr>,
    text_ranges: Vec<(SmolStr, SmolStr)>,
    exactly: BTreeSet<SmolStr>,
    lists: Vec<TextSet>,
}

impl Found {
    /// One test a kind of values, joined by `or`; none where every value was at fault.
    fn kind(self, valued: &Valued, span: Span) -> Option<ConditionKind> {
        let ty = &*valued.ty;
        let mut kinds = Vec::new();
        if is_ordered(ty) {
            let ranges = match is_whole(ty) {
                true => self.ranges.into_iter().map(intervals::whole).collect(),
                false => self.ranges,
            };
            let ranges = intervals::joined(ranges, is_whole(ty));
            return if ranges.is_empty() { None } else { Some(test(valued.subject, Predicate::InRanges(ranges))) };
        }
        if !self.texts.is_empty() || !self.text_ranges.is_empty() {
            let set = TextSet { values: Arc::new(self.texts), ranges: self.text_ranges, list: None };
            kinds.push(test(valued.subject, Predicate::InTexts(set)));
        }
        if !self.exactly.is_empty() {
            kinds.push(test(valued.subject, Predicate::Exactly(self.exactly)));
        }
        kinds.extend(self.lists.into_iter().map(|set| test(valued.subject, Predicate::InTexts(set))));
        if kinds.is_empty() { None } else { Some(any(kinds, span)) }
    }
}

/// The languages below one, by RFC 4647, basic filtering: `de` is also every `de-...`.
pub(super) fn below(language: &str) -> (SmolStr, SmolStr) {
    let start = SmolStr::new(format!("{language}-"));
    (start.clone(), start)
}
