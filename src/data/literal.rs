//! A value as a policy writes it, read as a value of a type. Stricter than [`value::read`]: a policy is written once and read by many, so a
//! code is written as the code, and what a lead may spell in ten ways has one spelling here.

use crate::data::value::{self, Bad, Context};
use crate::data::{country, email, language, number, region, text, time};
use crate::policy::{Type, Value};
use crate::syntax::ast::LiteralKind;
use chrono::NaiveTime;
use rust_decimal::prelude::ToPrimitive;
use smol_str::{SmolStr, ToSmolStr};

/// Reads a literal. A range of the type (`integer 1..`) does not bind it: whether a comparison can hold is the checker's question. For a set the
/// literal is one of its members.
///
/// [`Bad::suggestion`] is the right spelling as it would stand in the policy, with quotes where it needs them.
pub fn read(ty: &Type, literal: &LiteralKind, context: &Context) -> Result<Value, Bad> {
    match ty {
        Type::Text | Type::Rep => free_text(ty, literal),
        Type::Integer { .. } => integer(literal),
        Type::Decimal { .. } => decimal(literal),
        Type::Money { currency } => money(literal, currency.as_deref()),
        Type::Boolean => boolean(literal),
        Type::Date => date(literal, context),
        Type::Time => instant(literal, context),
        Type::Email | Type::Domain => address(ty, literal),
        Type::Country => country_code(literal),
        Type::Region { .. } => region_code(literal, context),
        Type::PostalCode { .. } => postal_code(literal),
        Type::Language => language_tag(literal),
        Type::OneOf(options) => {
            let written = words(literal).ok_or_else(|| Bad::new(value::expected(ty)))?;
            let meant = || value::suggest(ty, &written).map(|option| as_option(&option));
            value::one_of(options, &written).map(Value::Text).map_err(|bad| bad.suggest(meant()))
        }
        Type::SetOf(member) => read(member, literal, context),
    }
}

/// What was written, where it is a word, a code, a text or a number.
fn words(literal: &LiteralKind) -> Option<SmolStr> {
    match literal {
        LiteralKind::Word(word) | LiteralKind::Code(word) | LiteralKind::Text(word) | LiteralKind::Exactly(word) => {
            Some(word.clone())
        }
        LiteralKind::Number(number) => Some(number.to_smolstr()),
        LiteralKind::Date(date) => Some(date.to_smolstr()),
        LiteralKind::Money(..) | LiteralKind::Time(..) => None,
    }
}

fn quoted(text: &str) -> SmolStr {
    SmolStr::new(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// An option of an enum: as a word where it is one.
fn as_option(option: &str) -> SmolStr {
    let word = option.starts_with(|c: char| c.is_ascii_lowercase())
        && option.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if word { SmolStr::new(option) } else { quoted(option) }
}

fn free_text(ty: &Type, literal: &LiteralKind) -> Result<Value, Bad> {
    match literal {
        LiteralKind::Text(written) | LiteralKind::Exactly(written) => Ok(Value::Text(text::text(written))),
        LiteralKind::Word(name) if *ty == Type::Rep => Ok(Value::Text(text::text(name))),
        _ => Err(Bad::new("a text in quotes").suggest(words(literal).map(|word| quoted(&word)))),
    }
}

fn integer(literal: &LiteralKind) -> Result<Value, Bad> {
    match literal {
        LiteralKind::Number(number) if number.fract().is_zero() => {
            number.to_i64().map(Value::Integer).ok_or_else(|| Bad::new("a whole number of at most 64 bits"))
        }
        LiteralKind::Text(written) => {
            Err(Bad::new("a whole number").suggest(number::integer(written).ok().map(|number| number.to_smolstr())))
        }
        _ => Err(Bad::new("a whole number")),
    }
}

fn decimal(literal: &LiteralKind) -> Result<Value, Bad> {
    match literal {
        LiteralKind::Number(number) => Ok(Value::Decimal(*number)),
        LiteralKind::Text(written) => {
            let meant = number::decimal(written, number::LoneDot::Point).ok();
            Err(Bad::new("a number").suggest(meant.map(|number| number.to_smolstr())))
        }
        _ => Err(Bad::new("a number")),
    }
}

fn money(literal: &LiteralKind, declared: Option<&str>) -> Result<Value, Bad> {
    let expected = || match declared {
        Some(declared) => Bad::new(format!("an amount in {declared}, such as 5_000 {declared}")),
        None => Bad::new("an amount such as 5_000"),
    };
    match (literal, declared) {
        (LiteralKind::Number(amount), _) => Ok(Value::Decimal(*amount)),
        (LiteralKind::Money(amount, currency), Some(declared)) if currency == declared => Ok(Value::Decimal(*amount)),
        (LiteralKind::Text(written), _) => {
            Err(expected().suggest(number::money(written).ok().map(|amount| amount.value.to_smolstr())))
        }
        _ => Err(expected()),
    }
}

fn boolean(literal: &LiteralKind) -> Result<Value, Bad> {
    match words(literal).as_deref() {
        Some("true") => Ok(Value::Boolean(true)),
        Some("false") => Ok(Value::Boolean(false)),
        Some(other) => {
            Err(Bad::new("`true` or `false`").suggest(number::boolean(other).map(|value| value.to_smolstr())))
        }
        None => Err(Bad::new("`true` or `false`")),
    }
}

fn date(literal: &LiteralKind, context: &Context) -> Result<Value, Bad> {
    match literal {
        LiteralKind::Date(date) => Ok(Value::Date(*date)),
        LiteralKind::Time(local, _) => {
            Err(Bad::new("a date without a time of day").suggest(Some(local.date().to_smolstr())))
        }
        LiteralKind::Text(written) => {
            let meant = time::date(written, None, context.zone).ok();
            Err(Bad::new("a date such as 2026-03-04, without quotes").suggest(meant.map(|date| date.to_smolstr())))
        }
        _ => Err(Bad::new("a date such as 2026-03-04")),
    }
}

fn instant(literal: &LiteralKind, context: &Context) -> Result<Value, Bad> {
    match literal {
        LiteralKind::Time(local, Some(offset)) => Ok(Value::Time(time::at_offset(*local, *offset))),
        LiteralKind::Time(local, None) => Ok(Value::Time(time::instant(*local, context.zone))),
        LiteralKind::Date(date) => Ok(Value::Time(time::instant(date.and_time(NaiveTime::MIN), context.zone))),
        _ => Err(Bad::new("a time such as 2026-03-04 10:00")),
    }
}

fn address(ty: &Type, literal: &LiteralKind) -> Result<Value, Bad> {
    let read = |written: &str| if *ty == Type::Email { email::email(written) } else { email::domain(written) };
    match literal {
        LiteralKind::Text(written) | LiteralKind::Exactly(written) => match read(written) {
            Some(address) => Ok(Value::Text(text::code(address))),
            None => Err(Bad::new(value::expected(ty)).suggest(domain_of_email(ty, written))),
        },
        _ => Err(Bad::new(format!("{}, in quotes", value::expected(ty)))),
    }
}

fn domain_of_email(ty: &Type, written: &str) -> Option<SmolStr> {
    let address = if *ty == Type::Domain { email::email(written)? } else { return None };
    email::domain_of(&address).map(quoted)
}

fn country_code(literal: &LiteralKind) -> Result<Value, Bad> {
    let written = words(literal).ok_or_else(|| Bad::new("a country code such as DE"))?;
    let is_code = matches!(literal, LiteralKind::Code(_) | LiteralKind::Text(_)) && country::is_code(&written);
    if is_code {
        return Ok(Value::Text(text::code(written)));
    }
    let meant = country::code(&written).or_else(|| country::nearest(&written));
    Err(Bad::new("a country code such as DE").suggest(meant))
}

fn region_code(literal: &LiteralKind, context: &Context) -> Result<Value, Bad> {
    let expected = || Bad::new("a region code such as US-CA");
    let written = words(literal).ok_or_else(expected)?;
    match region::full_code(&written) {
        Some(code) if code == written => Ok(Value::Text(text::code(code))),
        Some(code) => Err(expected().suggest(Some(code))),
        None => {
            let meant = region::code(&written, context.country).ok().or_else(|| only(region::codes_named(&written)));
            Err(expected().suggest(meant))
        }
    }
}

/// A postal code or the start of one, in quotes; digits may stand bare where they have no leading zero.
fn postal_code(literal: &LiteralKind) -> Result<Value, Bad> {
    let expected = || Bad::new("a postal code in quotes, such as \"94105\"");
    match literal {
        LiteralKind::Text(written) | LiteralKind::Exactly(written) | LiteralKind::Code(written) => {
            let written = text::trim(written).to_uppercase();
            match !written.is_empty() && written.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '-') {
                true => Ok(Value::Text(text::code(written))),
                false => Err(expected()),
            }
        }
        LiteralKind::Number(number) if number.scale() == 0 && !number.is_sign_negative() => {
            Ok(Value::Text(text::code(number.to_smolstr())))
        }
        _ => Err(expected()),
    }
}

fn language_tag(literal: &LiteralKind) -> Result<Value, Bad> {
    let expected = || Bad::new("a language tag such as en or \"en-US\"");
    let written = words(literal).ok_or_else(expected)?;
    match language::tag(&written) {
        Some(tag) if tag == written => Ok(Value::Text(text::code(tag))),
        Some(tag) if tag.contains('-') => Err(expected().suggest(Some(quoted(&tag)))),
        tag => Err(expected().suggest(tag)),
    }
}

/// The one entry of a list that has one.
fn only(mut codes: Vec<SmolStr>) -> Option<SmolStr> {
    if codes.len() == 1 { codes.pop() } else { None }
}
