//! The fields of a lead and the columns of records: their types, where they are read from, and spellings.

use super::declarations::Declarations;
use super::scope::{Columns, Known, Scope};
use super::words;
use crate::diagnostic::Diagnostic;
use crate::policy::{Field, Type};
use crate::source::Span;
use crate::syntax::ast::{self, LiteralKind, Operand, TypeKind};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use smol_str::SmolStr;
use std::sync::Arc;

impl Scope<'_> {
    /// The fields of the lead, which conditions know from here on.
    pub(super) fn lead_fields(&mut self, found: &Declarations<'_>) -> Vec<Field> {
        let fields = self.fields_of(&found.fields, false);
        self.fields =
            fields.iter().map(|field| Known { ty: Arc::new(field.ty.clone()), required: field.required }).collect();
        fields
    }

    /// The columns of records, without those whose name is taken.
    pub(super) fn columns_of(&mut self, records: &ast::Records) -> (Vec<Field>, Columns) {
        let mut columns = Columns::default();
        let mut declared: Vec<&ast::Field> = Vec::new();
        for column in &records.columns {
            let name = &column.name;
            if let Some(first) = declared.iter().find(|other| other.name.text == name.text) {
                self.report(
                    Diagnostic::error(
                        "duplicate-name",
                        name.span,
                        format!("the column `{}` is declared twice", name.text),
                    )
                    .here("declared again here")
                    .also(first.name.span, "first declared here")
                    .help("give one of them another name and say `from` which column it is read"),
                );
                continue;
            }
            declared.push(column);
        }
        let fields = self.fields_of(&declared, true);
        for field in &fields {
            let known = Known { ty: Arc::new(field.ty.clone()), required: field.required };
            columns.names.insert(field.name.clone(), (known, field.span));
        }
        (fields, columns)
    }

    fn fields_of(&mut self, declared: &[&ast::Field], in_records: bool) -> Vec<Field> {
        declared.iter().map(|field| self.field(field, declared, in_records)).collect()
    }

    fn field(&mut self, field: &ast::Field, siblings: &[&ast::Field], in_records: bool) -> Field {
        let name = field.name.text.clone();
        let ty = self.field_type(&field.ty, siblings, in_records);
        let mut columns = vec![name.clone()];
        let mut spellings = Vec::new();
        if let Some(from) = &field.from {
            if !from.columns.is_empty() {
                columns = from.columns.iter().map(|column| column.text.clone()).collect();
            }
            let of = if let Type::SetOf(element) = &ty { element } else { &ty };
            for (spelling, literal) in &from.spellings {
                if let Some(value) = self.literal(literal, of, &name) {
                    spellings.push((spelling.text.clone(), value));
                }
            }
        }
        let missing = field.missing.iter().map(|text| text.text.clone()).collect();
        Field { name, span: field.name.span, ty, required: field.required, columns, spellings, missing }
    }

    fn field_type(&mut self, ty: &ast::Type, siblings: &[&ast::Field], in_records: bool) -> Type {
        match &ty.kind {
            TypeKind::Text => Type::Text,
            TypeKind::Integer(range) => {
                let (low, high) = self.type_range(range.as_ref(), "an integer");
                Type::Integer { low: low.and_then(|low| low.to_i64()), high: high.and_then(|high| high.to_i64()) }
            }
            TypeKind::Decimal(range) => {
                let (low, high) = self.type_range(range.as_ref(), "a decimal");
                Type::Decimal { low, high }
            }
            TypeKind::Money(currency) => Type::Money { currency: currency.as_ref().map(|code| self.currency(code)) },
            TypeKind::Boolean => Type::Boolean,
            TypeKind::Date => Type::Date,
            TypeKind::Time => Type::Time,
            TypeKind::Email => Type::Email,
            TypeKind::Domain => Type::Domain,
            TypeKind::Country => Type::Country,
            TypeKind::Region(of) => Type::Region { of: self.country_field(of.as_ref(), siblings) },
            TypeKind::PostalCode(of) => Type::PostalCode { of: self.country_field(of.as_ref(), siblings) },
            TypeKind::Language => Type::Language,
            TypeKind::Rep => {
                if !in_records {
                    self.report(
                        Diagnostic::error("type-mismatch", ty.span, "a lead has no field of type `rep`")
                            .here("only a column of `records` names a rep")
                            .help("use `email` or `text`, or read the owner from the account's records"),
                    );
                }
                Type::Rep
            }
            TypeKind::OneOf(values) => Type::OneOf(self.enum_values(values)),
            TypeKind::SetOf(element) => match self.field_type(element, siblings, in_records) {
                element @ (Type::Text | Type::OneOf(_)) => Type::SetOf(Box::new(element)),
                other => {
                    let message = format!("a set holds texts or enum values, not {}", words::a_type(&other));
                    self.report(
                        Diagnostic::error("type-mismatch", element.span, message)
                            .help("write `set of text` or `set of one of ...`"),
                    );
                    Type::SetOf(Box::new(Type::Text))
                }
            },
        }
    }

    /// The ends of `0..100` behind a type, both in it.
    fn type_range(&mut self, range: Option<&Operand>, what: &str) -> (Option<Decimal>, Option<Decimal>) {
        let Some(Operand::Range { low, high, span }) = range else {
            if let Some(Operand::One(literal)) = range {
                let message = format!("{what} goes from one value to another");
                self.report(
                    Diagnostic::error("type-mismatch", literal.span, message).help("write a range such as `0..100`"),
                );
            }
            return (None, None);
        };
        let (low, high) = (self.bound(low.as_ref(), what), self.bound(high.as_ref(), what));
        if let (Some(from), Some(to)) = (low, high)
            && from > to
        {
            self.reversed(*span, &from.to_string(), &to.to_string());
            return (None, None);
        }
        (low, high)
    }

    fn bound(&mut self, literal: Option<&ast::Literal>, what: &str) -> Option<Decimal> {
        let literal = literal?;
        let whole_asked = what == "an integer";
        match literal.kind {
            LiteralKind::Number(number) if !whole_asked => Some(number),
            LiteralKind::Number(number) if number.fract().is_zero() && number.to_i64().is_some() => Some(number),
            _ => {
                let message = format!("`{}` is not a bound of {what}", words::literal(literal));
                self.report(Diagnostic::error("type-mismatch", literal.span, message).help("write a number"));
                None
            }
        }
    }

    /// The country beside which a region or postal code is read.
    fn country_field(&mut self, of: Option<&ast::Name>, siblings: &[&ast::Field]) -> Option<u32> {
        let of = of?;
        match siblings.iter().position(|field| field.name.text == of.text) {
            Some(at) if siblings.get(at).is_some_and(|field| matches!(field.ty.kind, TypeKind::Country)) => {
                Some(at as u32)
            }
            Some(at) => {
                let place = siblings.get(at).map_or(of.span, |field| field.span);
                self.report(
                    Diagnostic::error("type-mismatch", of.span, format!("`{}` is not a country", of.text))
                        .here("the country beside which it is read")
                        .also(place, "declared here")
                        .help("name a field whose type is `country`"),
                );
                None
            }
            None => {
                let close = self.suggester.closest(&of.text, siblings.iter().map(|field| field.name.text.as_str()));
                let found = Diagnostic::error("unknown-name", of.span, format!("there is no field `{}` here", of.text));
                let found = match close {
                    Some(close) => found.here(format!("did you mean `{close}`?")).fix(of.span, close),
                    None => found.help("name a field of the same block whose type is `country`"),
                };
                self.report(found);
                None
            }
        }
    }

    fn currency(&mut self, code: &ast::Literal) -> SmolStr {
        match &code.kind {
            LiteralKind::Code(text) if is_currency(text) => text.clone(),
            _ => {
                let written = words::literal(code);
                self.report(
                    Diagnostic::error("bad-value", code.span, format!("`{written}` is not a currency"))
                        .help("write its three-letter code of ISO 4217, such as `USD` or `EUR`"),
                );
                SmolStr::new(written)
            }
        }
    }

    /// The values of an enum as written, without repetition.
    fn enum_values(&mut self, literals: &[ast::Literal]) -> Vec<SmolStr> {
        let mut values: Vec<SmolStr> = Vec::with_capacity(literals.len());
        let mut seen = rustc_hash::FxHashMap::<SmolStr, Span>::default();
        for literal in literals {
            let text = match &literal.kind {
                LiteralKind::Word(text) | LiteralKind::Code(text) | LiteralKind::Text(text) => text.clone(),
                LiteralKind::Number(number) => SmolStr::new(number.to_string()),
                _ => {
                    let message = format!("{} is not a value that an enum can have", words::literal_kind(literal));
                    self.report(
                        Diagnostic::error("type-mismatch", literal.span, message)
                            .help("write a word or a text in quotes"),
                    );
                    continue;
                }
            };
            if let Some(first) = seen.insert(crate::data::text::fold(&text), literal.span) {
                self.report(
                    Diagnostic::error("duplicate-name", literal.span, format!("the value `{text}` stands here twice"))
                        .here("again here")
                        .also(first, "first here")
                        .help("take one out; values that differ only in case are the same"),
                );
                continue;
            }
            values.push(text);
        }
        values
    }
}

/// A three-letter code; which of them ISO 4217 has given out changes too often to hold a policy to it.
fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}
