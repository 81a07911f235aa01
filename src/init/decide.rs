//! The type of a column, from what was seen of it: a ladder of types, from the most telling to free text.

use crate::data::number::{self, Currency};
use crate::data::value::{self, Context};
use crate::data::{country, text as words};
use crate::init::column::{Candidate, Column, MAX_BAD, Seen};
use crate::init::infer::{Choice, InferredType};
use crate::init::name;
use crate::policy::Type;
use chrono_tz::Tz;
use indexmap::{IndexMap, IndexSet};
use rust_decimal::Decimal;
use smol_str::SmolStr;

/// A column with more distinct values than this is text.
const MAX_OPTIONS: usize = 25;
/// An enum has few values for its leads: each occurs so often on average.
const LEADS_PER_OPTION: u64 = 3;

/// The words of a header that other columns are read together with.
pub(super) const COUNTRY: [&str; 2] = ["country", "nation"];

pub(super) struct Decision {
    pub ty: InferredType,
    /// Spellings that stand for no value in this column alone.
    pub missing: Vec<SmolStr>,
    /// Values that the type does not read and that are too many to list.
    pub unread: u64,
    /// What was seen, in words.
    pub seen: String,
}

pub(super) fn decide(column: &Column) -> Decision {
    let ladder =
        [named_country, boolean, named_time, code, number, money, email, any_time, language, country, domain, one_of];
    ladder.iter().find_map(|step| step(column)).unwrap_or_else(|| text(column))
}

/// Whether nothing but text is seen in it: a name, a number of a document, an address.
pub(super) fn is_text(column: &Column) -> bool {
    decide(column).ty == InferredType::Plain("text".to_string())
}

fn plain(ty: impl Into<String>, seen: String) -> Decision {
    Decision { ty: InferredType::Plain(ty.into()), missing: Vec::new(), unread: 0, seen }
}

/// The type, with the few values that it does not read taken for missing.
fn tolerant(ty: impl Into<String>, candidate: &Candidate, column: &Column) -> Decision {
    let mut decision = plain(ty, filled(column));
    if candidate.bad > 0 && candidate.bad_values.len() <= MAX_BAD {
        decision.missing = candidate.bad_values.iter().cloned().collect();
    } else {
        decision.unread = candidate.bad;
    }
    if candidate.bad > 0 {
        decision.seen.push_str(&format!(
            ", {} of them not {}",
            thousands(candidate.bad),
            value::expected(&candidate.ty)
        ));
    }
    decision
}

/// Norway is `NO`, which also reads as a boolean.
fn named_country(column: &Column) -> Option<Decision> {
    column.hints(&COUNTRY).then(|| country(column))?
}

fn boolean(column: &Column) -> Option<Decision> {
    column.reads(|ty| matches!(ty, Type::Boolean))?;
    let only_digits = column.values.keys().all(|value| value == "0" || value == "1");
    (!only_digits || column.values.len() == 2).then(|| {
        let counts: Vec<String> =
            column.values.values().map(|seen| format!("{} {}", thousands(seen.count), seen.written)).collect();
        plain("boolean", counts.join(", "))
    })
}

fn named_time(column: &Column) -> Option<Decision> {
    column.hints(&["date", "time", "timestamp", "created", "updated", "modified", "at"]).then(|| any_time(column))?
}

fn any_time(column: &Column) -> Option<Decision> {
    let (ty, candidate) = match column.clock {
        true => ("time", column.mostly_reads(|ty| matches!(ty, Type::Time))?),
        false => ("date", column.mostly_reads(|ty| matches!(ty, Type::Date))?),
    };
    Some(tolerant(ty, candidate, column))
}

/// What looks like a number and is none: nobody adds up telephone numbers.
fn code(column: &Column) -> Option<Decision> {
    let named = column.hints(&["id", "phone", "mobile", "fax", "number", "num", "code", "ref"]);
    ((named && column.values.len() > MAX_OPTIONS) || column.leading_zero).then(|| text(column))
}

fn number(column: &Column) -> Option<Decision> {
    let whole = column.reads(|ty| matches!(ty, Type::Integer { .. })).is_some();
    if !whole {
        column.reads(|ty| matches!(ty, Type::Decimal { .. }))?;
    }
    let numbers = &column.numbers;
    let minus_ones = column.missing_minus_ones();
    let low = if minus_ones.is_some() { numbers.low_but_minus_one? } else { numbers.low? };
    let high = numbers.high?;
    let percent = column.hints(&["score", "percent", "percentage", "probability", "intent"]);
    let range = match () {
        () if low.is_sign_negative() && !low.is_zero() => "",
        () if percent && high <= Decimal::ONE_HUNDRED => " 0..100",
        () => " 0..",
    };
    let kind = if whole { "integer" } else { "decimal" };
    let mut decision = plain(format!("{kind}{range}"), format!("{low} to {high}, {}", filled(column)));
    if let Some(count) = minus_ones {
        decision.missing.push("-1".into());
        decision.seen.push_str(&format!(", {} of them -1", thousands(count)));
    }
    Some(decision)
}

fn money(column: &Column) -> Option<Decision> {
    column.reads(|ty| matches!(ty, Type::Money { .. }))?;
    let mut currencies = IndexSet::new();
    for seen in column.values.values() {
        match number::money(&seen.written).ok()?.currency {
            Some(Currency::Code(code)) => currencies.insert(code.to_ascii_uppercase()),
            Some(Currency::Sign(_, codes)) => currencies.insert(codes.first()?.to_string()),
            None => false,
        };
    }
    let currency = currencies.pop().filter(|_| currencies.is_empty())?;
    Some(plain(format!("money in {currency}"), filled(column)))
}

fn email(column: &Column) -> Option<Decision> {
    column.mostly_reads(|ty| matches!(ty, Type::Email)).map(|candidate| tolerant("email", candidate, column))
}

fn language(column: &Column) -> Option<Decision> {
    let candidate = column.mostly_reads(|ty| matches!(ty, Type::Language))?;
    column.hints(&["language", "lang", "locale"]).then(|| tolerant("language", candidate, column))
}

pub(super) fn country(column: &Column) -> Option<Decision> {
    let candidate = column.mostly_reads(|ty| matches!(ty, Type::Country))?;
    let named = column.hints(&["country", "nation", "location", "market"]);
    (named || column.values.len() > 3).then(|| tolerant("country", candidate, column))
}

fn domain(column: &Column) -> Option<Decision> {
    let candidate = column.mostly_reads(|ty| matches!(ty, Type::Domain))?;
    let named = column.hints(&["website", "domain", "url", "web", "homepage", "site"]);
    named.then(|| tolerant("domain", candidate, column))
}

/// Whether the header speaks of regions or postal codes, which are read together with the country beside them.
pub(super) fn may_be_placed(column: &Column) -> bool {
    column.hints(&["state", "province", "region", "zip", "zipcode", "postal", "postcode"])
}

/// A region or a postal code, where nearly all values read as one with their country.
pub(super) fn placed(
    column: &Column,
    pairs: &IndexMap<(SmolStr, SmolStr), u64>,
    has_country: bool,
) -> Option<Decision> {
    let postal = column.hints(&["zip", "zipcode", "postal", "postcode"]);
    let ty = if postal { Type::PostalCode { of: None } } else { Type::Region { of: None } };
    let (mut good, mut bad) = (0, 0);
    for ((written, beside), count) in pairs.iter().filter(|((written, _), _)| !words::trim(written).is_empty()) {
        let country = country::code(beside).filter(|_| has_country);
        let context = Context { country: country.as_deref(), ..Context::in_zone(Tz::UTC) };
        match value::read(&ty, written, &context) {
            Ok(_) => good += count,
            Err(_) if column.stand_ins.contains_key(words::trim(written)) => {}
            Err(_) => bad += count,
        }
    }
    let kind = if postal { "postal code" } else { "region" };
    let of = if has_country { " of country" } else { "" };
    let mut decision = plain(format!("{kind}{of}"), filled(column));
    if bad > 0 {
        decision.unread = bad;
        decision.seen.push_str(&format!(", {} of them not {}", thousands(bad), value::expected(&ty)));
    }
    (good > 0 && bad * 20 <= good).then_some(decision)
}

fn one_of(column: &Column) -> Option<Decision> {
    let options = column.values.len() as u64;
    if column.many || column.values.len() > MAX_OPTIONS || options * LEADS_PER_OPTION > column.present {
        return None;
    }
    let mut values: Vec<&Seen> = column.values.values().collect();
    values.sort_by_key(|seen| std::cmp::Reverse(seen.count));
    let mut choices: IndexMap<String, Vec<SmolStr>> = IndexMap::new();
    for Seen { written: spelling, .. } in values {
        let word = name::of_value(spelling).unwrap_or_else(|| spelling.to_string());
        let same = |other: &SmolStr| words::squeeze(other) == words::squeeze(spelling);
        match choices.get_mut(&word) {
            Some(spellings) if spellings.iter().all(same) => spellings.push(spelling.clone()),
            // Two values that differ in what a word leaves out: this one keeps its own writing.
            Some(_) => choices.entry(spelling.to_string()).or_default().push(spelling.clone()),
            None => choices.entry(word).or_default().push(spelling.clone()),
        }
    }
    let choices = choices.into_iter().map(|(value, spellings)| Choice { value, spellings }).collect();
    Some(Decision { ty: InferredType::OneOf(choices), missing: Vec::new(), unread: 0, seen: filled(column) })
}

pub(super) fn text(column: &Column) -> Decision {
    let different = match (column.many, column.values.len()) {
        (true, kept) => format!("more than {} different", thousands(kept as u64)),
        (false, kept) => format!("{} different", thousands(kept as u64)),
    };
    plain("text", format!("{}, {different}", filled(column)))
}

/// `9,204 values, 36 blank`.
fn filled(column: &Column) -> String {
    let blank = column.blank + column.stand_ins.values().sum::<u64>();
    let values = format!("{} value{}", thousands(column.present), if column.present == 1 { "" } else { "s" });
    match blank {
        0 => values,
        _ => format!("{values}, {} missing", thousands(blank)),
    }
}

/// `9240` as `9,240`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
