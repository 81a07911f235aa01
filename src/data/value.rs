//! A value as someone wrote it, read as a value of a type: the one meaning of every cell, key and attribute.

use crate::data::time::DateOrder;
use crate::data::{country, email, language, number, postal, region, text, time};
use crate::policy::{Text, Type, Value};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use smol_str::SmolStr;

/// What a value is read together with.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The zone of local times.
    pub zone: Tz,
    /// The alpha-2 code that the country field of the same lead holds: for regions and postal codes.
    pub country: Option<&'a str>,
    /// The order of dates such as `3/4/2026` in this column, where it is known.
    pub dates: Option<DateOrder>,
}

impl Context<'_> {
    pub fn in_zone(zone: Tz) -> Self {
        Context { zone, country: None, dates: None }
    }
}

/// A value that could be read, maybe [`Value::Missing`], or what was expected instead.
pub type Read = Result<Good, Bad>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Good {
    pub value: Value,
    /// What was mended, where the reader did more than trim and fold: `leading zero restored: 2134 -> 02134`.
    pub note: Option<String>,
}

impl From<Value> for Good {
    fn from(value: Value) -> Self {
        Good { value, note: None }
    }
}

/// A text that is no value of the type. [`read`] leaves the suggestion to [`suggest`], since a file may have a million bad values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// In the user's words, to stand behind "expected": `a date such as 2026-03-04`.
    pub expected: String,
    /// A value that may have been meant.
    pub suggestion: Option<SmolStr>,
}

impl Bad {
    pub fn new(expected: impl Into<String>) -> Self {
        Bad { expected: expected.into(), suggestion: None }
    }

    pub fn suggest(mut self, suggestion: Option<impl Into<SmolStr>>) -> Self {
        self.suggestion = suggestion.map(Into::into);
        self
    }
}

/// Reads a value of a type. Blank text is missing; what else stands for no value is the field's to say (`data::field`).
pub fn read(ty: &Type, raw: &str, context: &Context) -> Read {
    let raw = text::trim(raw);
    if raw.is_empty() {
        return Ok(Value::Missing.into());
    }
    let value = match ty {
        Type::Text => Value::Text(text::text(raw)),
        Type::Integer { low, high } => integer(raw, *low, *high).ok_or_else(|| integer_fault(ty, raw))?,
        Type::Decimal { low, high } => {
            let value = number::decimal(raw, number::LoneDot::Point).map_err(|_| Bad::new(expected(ty)))?;
            within(&value, low, high).then_some(Value::Decimal(value)).ok_or_else(|| Bad::new(expected(ty)))?
        }
        Type::Money { currency } => return money(ty, raw, currency.as_deref()),
        Type::Boolean => Value::Boolean(number::boolean(raw).ok_or_else(|| Bad::new(expected(ty)))?),
        Type::Date => {
            Value::Date(time::date(raw, context.dates, context.zone).map_err(|fault| bad_time(ty, raw, fault))?)
        }
        Type::Time => {
            Value::Time(time::time(raw, context.dates, context.zone).map_err(|fault| bad_time(ty, raw, fault))?)
        }
        Type::Email => code(email::email(raw), ty)?,
        Type::Domain => code(email::domain(raw), ty)?,
        Type::Country => code(country::code(raw), ty)?,
        Type::Region { .. } => {
            Value::Text(region::text(raw, context.country).map_err(|fault| bad_region(fault, context))?)
        }
        Type::PostalCode { .. } => {
            let postal = postal::read(raw, context.country).ok_or_else(|| bad_postal(context))?;
            return Ok(Good { value: Value::Text(text::code(postal.code)), note: postal.note });
        }
        Type::Language => code(language::tag(raw), ty)?,
        Type::Rep => Value::Text(text::text(raw)),
        Type::OneOf(options) => Value::Text(one_of(options, raw)?),
        Type::SetOf(member) => return set(member, raw, context),
    };
    Ok(value.into())
}

/// What a value of this type looks like, to stand behind "expected".
pub fn expected(ty: &Type) -> String {
    match ty {
        Type::Text => "a text".to_string(),
        Type::Integer { low, high } => format!("a whole number{}", bounds(low.as_ref(), high.as_ref())),
        Type::Decimal { low, high } => format!("a number{}", bounds(low.as_ref(), high.as_ref())),
        Type::Money { currency: Some(currency) } => format!("an amount in {currency}"),
        Type::Money { currency: None } => "an amount of money".to_string(),
        Type::Boolean => "yes or no (also true or false, 1 or 0)".to_string(),
        Type::Date => "a date such as 2026-03-04".to_string(),
        Type::Time => "a time such as 2026-03-04T10:00:00Z".to_string(),
        Type::Email => "an email address such as ana@acme.test".to_string(),
        Type::Domain => "a domain such as acme.test".to_string(),
        Type::Country => "a country, by name or ISO 3166 code".to_string(),
        Type::Region { .. } => "a region, by ISO 3166-2 code such as US-CA or by name with its country".to_string(),
        Type::PostalCode { .. } => "a postal code".to_string(),
        Type::Language => "a language, by tag such as en or by English name".to_string(),
        Type::Rep => "a rep, by name or email".to_string(),
        Type::OneOf(options) => one_of_words(options),
        Type::SetOf(member) => format!("a list, each {}", expected(member)),
    }
}

/// A value that may have been meant by a bad one, where there is something near: for countries and options.
pub fn suggest(ty: &Type, raw: &str) -> Option<SmolStr> {
    match ty {
        Type::Country => country::nearest(raw),
        Type::OneOf(options) => text::nearest(raw, options.iter().map(SmolStr::as_str)).map(SmolStr::new),
        Type::SetOf(member) => suggest(member, raw),
        _ => None,
    }
}

fn bounds<T: std::fmt::Display>(low: Option<&T>, high: Option<&T>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!(" from {low} to {high}"),
        (Some(low), None) => format!(", at least {low}"),
        (None, Some(high)) => format!(", at most {high}"),
        (None, None) => String::new(),
    }
}

fn one_of_words(options: &[SmolStr]) -> String {
    const SHOWN: usize = 8;
    let mut words: Vec<String> = options.iter().take(SHOWN).map(|option| format!("`{option}`")).collect();
    if options.len() > SHOWN {
        words.push(format!("{} more", options.len() - SHOWN));
    }
    format!("one of {}", words.join(", "))
}

fn code(code: Option<SmolStr>, ty: &Type) -> Result<Value, Bad> {
    code.map(|code| Value::Text(text::code(code))).ok_or_else(|| Bad::new(expected(ty)))
}

fn integer(raw: &str, low: Option<i64>, high: Option<i64>) -> Option<Value> {
    let value = number::integer(raw).ok()?;
    within(&value, &low, &high).then_some(Value::Integer(value))
}

fn within<T: PartialOrd>(value: &T, low: &Option<T>, high: &Option<T>) -> bool {
    low.as_ref().is_none_or(|low| low <= value) && high.as_ref().is_none_or(|high| value <= high)
}

fn integer_fault(ty: &Type, raw: &str) -> Bad {
    match number::integer(raw) {
        Err(number::Fault::Ambiguous) => {
            Bad::new(format!("{}, without a point (it could be `{}`)", expected(ty), raw.replace('.', "")))
        }
        _ => Bad::new(expected(ty)),
    }
}

fn money(ty: &Type, raw: &str, declared: Option<&str>) -> Read {
    let amount = match number::money(raw) {
        Ok(amount) => amount,
        Err(number::Fault::Ambiguous) => {
            return Err(Bad::new(format!("{} whose point is clear, such as `1,234` or `1234.00`", expected(ty))));
        }
        Err(number::Fault::NotANumber) => return Err(Bad::new(expected(ty))),
    };
    match (amount.currency, declared) {
        (Some(written), Some(declared)) if !written.is(declared) => Err(Bad::new(expected(ty))),
        _ => Ok(Value::Decimal(amount.value).into()),
    }
}

fn bad_time(ty: &Type, raw: &str, fault: time::Fault) -> Bad {
    let what = if matches!(ty, Type::Date) { "a date" } else { "a time" };
    match fault {
        time::Fault::Unreadable => Bad::new(expected(ty)),
        time::Fault::NoSuchDay => Bad::new(format!("{what} that the calendar has")),
        time::Fault::Ambiguous => {
            Bad::new(format!("{what} whose order is clear: in `{raw}` either number could be the month"))
        }
        time::Fault::OtherOrder(DateOrder::MonthFirst) => {
            Bad::new(format!("{what} as month/day/year, as in the rest of the column"))
        }
        time::Fault::OtherOrder(DateOrder::DayFirst) => {
            Bad::new(format!("{what} as day/month/year, as in the rest of the column"))
        }
    }
}

fn bad_region(fault: region::Fault, context: &Context) -> Bad {
    let country = context.country.unwrap_or("");
    let name = country::name(country).unwrap_or(country);
    match fault {
        region::Fault::Unknown if country.is_empty() => Bad::new(expected(&Type::Region { of: None })),
        region::Fault::Unknown => Bad::new(format!("a region of {name}")),
        region::Fault::OfOtherCountry(_) => Bad::new(format!("a region of {name}, the country of the lead")),
        region::Fault::NeedsCountry => Bad::new("a full code such as US-CA, since the country is not known"),
        region::Fault::Several(codes) => {
            Bad::new(format!("a code, since the name is that of {}", codes.join(" and of ")))
        }
    }
}

fn bad_postal(context: &Context) -> Bad {
    match context.country {
        Some(country) => Bad::new(format!("a postal code of {}", country::name(country).unwrap_or(country))),
        None => Bad::new(expected(&Type::PostalCode { of: None })),
    }
}

/// The option that is meant: by folded form, else by what is left without spaces, hyphens and underscores.
pub fn one_of(options: &[SmolStr], raw: &str) -> Result<Text, Bad> {
    let folded = text::fold(raw);
    let option = |option: &SmolStr| Text { folded: text::fold(option), written: option.clone() };
    if let Some(same) = options.iter().find(|option| text::fold(option) == folded) {
        return Ok(option(same));
    }
    let key = text::squeeze(raw);
    let mut alike = options.iter().filter(|option| text::squeeze(option) == key);
    match (alike.next(), alike.next()) {
        (Some(same), None) => Ok(option(same)),
        _ => Err(Bad::new(one_of_words(options))),
    }
}

/// Blank members are left out; one bad member makes the set bad.
fn set(member: &Type, raw: &str, context: &Context) -> Read {
    let mut members = Vec::new();
    for part in parts(raw) {
        let Good { value, .. } = read(member, &part, context)?;
        match value {
            Value::Missing => {}
            Value::Text(text) => members.push(text),
            _ => return Err(Bad::new(expected(&Type::SetOf(Box::new(member.clone()))))),
        }
    }
    Ok(set_of(members).into())
}

/// A set as a value: sorted, each once; without members it is missing.
pub fn set_of(mut members: Vec<Text>) -> Value {
    members.sort();
    members.dedup_by(|left, right| left.folded == right.folded);
    if members.is_empty() { Value::Missing } else { Value::Set(members) }
}

/// The members of a set as written: a JSON array, or parts between `;`, else `|`, else `,`.
pub fn parts(raw: &str) -> Vec<String> {
    if raw.starts_with('[')
        && let Ok(members) = serde_json::from_str::<Vec<serde_json::Value>>(raw)
    {
        return members
            .into_iter()
            .map(|member| match member {
                serde_json::Value::String(text) => text,
                serde_json::Value::Null => String::new(),
                other => other.to_string(),
            })
            .collect();
    }
    let separator = [';', '|', ','].into_iter().find(|separator| raw.contains(*separator)).unwrap_or(',');
    raw.split(separator).map(str::to_string).collect()
}

/// A value as messages and machines show it: codes and texts as written, times in RFC 3339, sets with `;`.
pub fn show(value: &Value) -> String {
    match value {
        Value::Missing => "missing".to_string(),
        Value::Boolean(true) => "yes".to_string(),
        Value::Boolean(false) => "no".to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Decimal(value) => value.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Time(instant) => time::show(*instant),
        Value::Text(text) => text.written.to_string(),
        Value::Set(members) => members.iter().map(|member| member.written.as_str()).collect::<Vec<_>>().join("; "),
    }
}

/// A value of an ordered type as the number by which conditions compare it: integers, amounts and decimals as they are, dates as days
/// and times as microseconds since 1970-01-01.
pub fn ordinal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(value) => Some(Decimal::from(*value)),
        Value::Decimal(value) => Some(*value),
        Value::Date(date) => Some(Decimal::from(time::days(*date))),
        Value::Time(instant) => Some(Decimal::from(instant.micros)),
        Value::Missing | Value::Boolean(_) | Value::Text(_) | Value::Set(_) => None,
    }
}
