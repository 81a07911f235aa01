//! The user's words for things, as messages say them.

use crate::policy::Type;
use crate::syntax::ast;

/// A type with its article: `an integer`, `one of fintech, saas, ...`.
pub(super) fn a_type(ty: &Type) -> String {
    let words = match ty {
        Type::Text => "a text",
        Type::Integer { .. } => "an integer",
        Type::Decimal { .. } => "a decimal",
        Type::Money { currency: Some(code) } => return format!("money in {code}"),
        Type::Money { currency: None } => "money",
        Type::Boolean => "yes or no",
        Type::Date => "a date",
        Type::Time => "a time",
        Type::Email => "an email",
        Type::Domain => "a domain",
        Type::Country => "a country",
        Type::Region { .. } => "a region",
        Type::PostalCode { .. } => "a postal code",
        Type::Language => "a language",
        Type::Rep => "a rep",
        Type::OneOf(values) => return format!("one of {}", several(values.iter().map(|value| value.as_str()), 5)),
        Type::SetOf(element) => return format!("a set of {}", a_type(element).trim_start_matches("a ")),
    };
    words.to_string()
}

/// The first `most` words, and that there are more.
pub(super) fn several<'w>(words: impl ExactSizeIterator<Item = &'w str>, most: usize) -> String {
    let more = words.len() > most;
    let mut shown: Vec<&str> = words.take(most).collect();
    if more {
        shown.push("...");
    }
    shown.join(", ")
}

/// A literal as a user would write it, without quotes: for messages.
pub(super) fn literal(literal: &ast::Literal) -> String {
    match &literal.kind {
        ast::LiteralKind::Word(text) | ast::LiteralKind::Code(text) | ast::LiteralKind::Text(text) => text.to_string(),
        ast::LiteralKind::Exactly(text) => format!("exactly \"{text}\""),
        ast::LiteralKind::Number(number) => number.to_string(),
        ast::LiteralKind::Money(number, currency) => format!("{number} {currency}"),
        ast::LiteralKind::Date(date) => date.to_string(),
        ast::LiteralKind::Time(time, _) => time.format("%Y-%m-%d %H:%M").to_string(),
    }
}

/// What a literal is, with its article, where its kind is told by how it is written.
pub(super) fn literal_kind(literal: &ast::Literal) -> &'static str {
    match &literal.kind {
        ast::LiteralKind::Word(_) => "a word",
        ast::LiteralKind::Code(_) => "a code",
        ast::LiteralKind::Text(_) | ast::LiteralKind::Exactly(_) => "a text",
        ast::LiteralKind::Number(_) => "a number",
        ast::LiteralKind::Money(..) => "an amount of money",
        ast::LiteralKind::Date(_) => "a date",
        ast::LiteralKind::Time(..) => "a time",
    }
}

/// A subject as it is written.
pub(super) fn subject(subject: &ast::Subject) -> String {
    let record = subject.record.as_ref().map_or(String::new(), |record| format!("{}.", record.text));
    let function = subject.function.as_ref().map_or(String::new(), |function| format!("{} of ", function.text));
    format!("{function}{record}{}", subject.name.text)
}

/// `1 row`, `3 rows`.
pub(super) fn count(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}
