//! Conditions, values and targets in the words of a policy, for people: traces, graphs, reports.
//!
//! What is written here reads as the policy does, but need not be what was written: a list from a file has its name, a long set its
//! first members, and a condition that a table's cell stands for is written out.

use super::guarantees::{Claim, Promised};
use super::meaning::date_of_days;
use super::{Condition, ConditionKind, Field, Policy, Predicate, Range, Subject, Target, Test, TextSet, Type, Value};
use crate::syntax::ast::OutputKind;
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use smol_str::SmolStr;
use std::ops::Bound;

/// Members of a set that are written out.
const SHOWN: usize = 6;
/// Characters of a text that are written out.
const LONGEST: usize = 120;

/// How tightly a condition is held together where it stands in another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Alone,
    And,
    Or,
    Not,
}

/// A condition, as `source = event and (german_speaking or emea)`.
pub fn condition(policy: &Policy, condition: &Condition) -> String {
    write(policy, condition, Place::Alone)
}

fn write(policy: &Policy, condition: &Condition, place: Place) -> String {
    let joined = |parts: &[Condition], own: Place, word: &str| {
        let parts: Vec<_> = parts.iter().map(|part| write(policy, part, own)).collect();
        let text = parts.join(word);
        if place == Place::Alone || place == own || parts.len() < 2 { text } else { format!("({text})") }
    };
    match &condition.kind {
        ConditionKind::Constant(true) => "any".to_owned(),
        ConditionKind::Constant(false) => "never".to_owned(),
        ConditionKind::And(parts) if parts.is_empty() => "any".to_owned(),
        ConditionKind::Or(parts) if parts.is_empty() => "never".to_owned(),
        ConditionKind::And(parts) => joined(parts, Place::And, " and "),
        ConditionKind::Or(parts) => joined(parts, Place::Or, " or "),
        ConditionKind::Not(part) => match &part.kind {
            ConditionKind::Test(asked) => test(policy, asked, false),
            ConditionKind::Grade(..) | ConditionKind::ArrivesDuring(_) => leaf(policy, part, false),
            _ => format!("not {}", write(policy, part, Place::Not)),
        },
        _ => leaf(policy, condition, true),
    }
}

/// A condition that has no parts, or that it does not hold.
pub fn leaf(policy: &Policy, condition: &Condition, positive: bool) -> String {
    let not = if positive { "" } else { "not " };
    match &condition.kind {
        ConditionKind::Test(asked) => test(policy, asked, positive),
        ConditionKind::Segment(id) => format!("{not}{}", name(&policy.segments, id.at(), |segment| &segment.name)),
        ConditionKind::Let(id) => format!("{not}{}", name(&policy.lets, id.at(), |found| &found.name)),
        ConditionKind::Territory(ids) => {
            let first =
                ids.first().map_or("never", |id| name(&policy.territories, id.at(), |territory| &territory.name));
            format!("{not}{first}")
        }
        ConditionKind::Grade(id, steps) => {
            let Some(grade) = policy.grades.get(id.at()) else { return String::new() };
            let steps = steps.iter().filter_map(|&step| grade.steps.get(step as usize));
            format!("{} {}", grade.name, in_list(steps.map(|step| step.0.to_string()).collect(), positive))
        }
        ConditionKind::ArrivesDuring(id) => {
            let word = if positive { "during" } else { "outside" };
            format!("arrives {word} {}", name(&policy.calendars, id.at(), |calendar| &calendar.name))
        }
        _ => format!("{not}{}", write(policy, condition, Place::Not)),
    }
}

/// A test, as `employees >= 1000`; or that it fails, as `not employees >= 1000`, which holds for a missing value too.
pub fn test(policy: &Policy, asked: &Test, positive: bool) -> String {
    let subject_name = subject(policy, asked.subject);
    let ty = subject_type(policy, asked.subject);
    let not = if positive { "" } else { "not " };
    match &asked.predicate {
        Predicate::Missing if positive => format!("{subject_name} is missing"),
        Predicate::Missing => format!("{subject_name} is present"),
        Predicate::True => format!("{not}{subject_name}"),
        Predicate::InRanges(ranges) => in_ranges(policy, &subject_name, ranges, ty, positive),
        Predicate::InTexts(set) => format!("{subject_name} {}", in_texts(policy, set, ty, positive)),
        Predicate::Exactly(texts) => {
            let texts = texts.iter().map(|text| format!("exactly {}", quoted(text)));
            format!("{subject_name} {}", in_list(texts.collect(), positive))
        }
        Predicate::EndsWith(text) => format!("{not}{subject_name} ends with {}", quoted(text)),
        Predicate::Contains(text) => format!("{not}{subject_name} contains {}", quoted(text)),
        Predicate::HasWord(text) => format!("{not}{subject_name} has word {}", quoted(text)),
        Predicate::Matches(text) => format!("{not}{subject_name} matches {}", quoted(text)),
        Predicate::HasAnyOf(members) => {
            let word = if positive { "any" } else { "none" };
            let members = members.iter().map(|member| literal(member, ty));
            format!("{subject_name} has {word} of {}", shown(members.collect()))
        }
    }
}

/// A subject as conditions name it: `employees`, `account.customer`, `fit`.
pub fn subject(policy: &Policy, subject: Subject) -> String {
    match subject {
        Subject::Field(id) => name(&policy.fields, id.at(), |field| &field.name).to_owned(),
        Subject::Let(id) => name(&policy.lets, id.at(), |found| &found.name).to_owned(),
        Subject::Score(id) => name(&policy.scores, id.at(), |score| &score.name).to_owned(),
        Subject::Record(id, column) => {
            let records = policy.records.get(id.at());
            let column = records.map_or("", |records| name(&records.columns, column.at(), |column| &column.name));
            format!("{}.{column}", records.map_or("", |records| records.name.as_str()))
        }
    }
}

/// The type of a subject's values; scores are whole numbers, and what a `let` takes from a field is a domain.
pub fn subject_type(policy: &Policy, subject: Subject) -> &Type {
    const NUMBER: &Type = &Type::Integer { low: None, high: None };
    let field: Option<&Field> = match subject {
        Subject::Field(id) => policy.fields.get(id.at()),
        Subject::Record(id, column) => policy.records.get(id.at()).and_then(|records| records.columns.get(column.at())),
        Subject::Let(_) => return &Type::Domain,
        Subject::Score(_) => return NUMBER,
    };
    field.map_or(&Type::Text, |field| &field.ty)
}

/// A value; text as it was written, in quotes where the policy would write it so.
pub fn value(value: &Value, ty: &Type) -> String {
    match value {
        Value::Missing => "missing".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Decimal(number) => with_currency(*number, ty),
        Value::Date(date) => date.to_string(),
        Value::Time(at) => moment(at.micros, at.offset),
        Value::Text(text) => literal(&text.written, ty),
        Value::Set(texts) if texts.is_empty() => "nothing".to_owned(),
        Value::Set(texts) => shown(texts.iter().map(|text| literal(&text.written, ty)).collect()),
    }
}

/// A target, as `pool dach_enterprise` or `team of account.owner`.
pub fn target(policy: &Policy, target: &Target) -> String {
    let column = |records, column| subject(policy, Subject::Record(records, column));
    match *target {
        Target::Pool(id) => format!("pool {}", name(&policy.pools, id.at(), |pool| &pool.name)),
        Target::Queue(id) => format!("queue {}", name(&policy.queues, id.at(), |queue| &queue.name)),
        Target::Team(id) => format!("team {}", name(&policy.teams, id.at(), |team| &team.name)),
        Target::Rep(id) => format!("rep {}", name(&policy.reps, id.at(), |rep| &rep.name)),
        Target::Owner { records, column: owner, .. } => column(records, owner),
        Target::TeamOfOwner { records, column: owner } => format!("team of {}", column(records, owner)),
        Target::ManagerOfOwner { records, column: owner } => format!("manager of {}", column(records, owner)),
        Target::Table { table, output } => {
            let of = match output {
                Some(OutputKind::Pool) => ".pool",
                Some(OutputKind::Queue) => ".queue",
                Some(OutputKind::Team) => ".team",
                Some(OutputKind::Rep) => ".rep",
                None | Some(OutputKind::Sla | OutputKind::Priority) => "",
            };
            format!("table {}{of}", name(&policy.tables, table.at(), |table| &table.name))
        }
    }
}

/// A claim of a guarantee, as `no lead where source = partner goes to team direct`.
pub fn claim(policy: &Policy, claim: &Claim) -> String {
    let who = if claim.every { "every lead" } else { "no lead" };
    let when = claim.when.as_ref().map_or(String::new(), |when| format!(" where {}", condition(policy, when)));
    let named = |names: &mut dyn Iterator<Item = String>| names.collect::<Vec<_>>().join(" or ");
    let what = match &claim.promised {
        Promised::GoesTo(targets) => format!("goes to {}", named(&mut targets.iter().map(|one| target(policy, one)))),
        Promised::HasAnSla => "has an sla".to_owned(),
        Promised::HasSla(ids) => {
            let mut slas = ids.iter().map(|id| name(&policy.slas, id.at(), |sla| &sla.name).to_owned());
            format!("has sla {}", named(&mut slas))
        }
        Promised::HasPriority { low, high } if low == high => {
            format!("has priority {}", low.map_or(String::new(), |low| low.to_string()))
        }
        Promised::HasPriority { low, high } => {
            let end = |end: &Option<i64>| end.map_or(String::new(), |end| end.to_string());
            format!("has priority {}..{}", end(low), end(high))
        }
        Promised::InTerritory(ids) => {
            let mut names: Vec<&str> =
                ids.iter().map(|id| name(&policy.territories, id.at(), |territory| &territory.name)).collect();
            names.dedup();
            format!("is in territory {}", names.join(" or "))
        }
        Promised::TakenBy(ids) => {
            let mut rules = ids.iter().map(|id| quoted(name(&policy.rules, id.at(), |rule| &rule.title)));
            format!("is taken by rule {}", named(&mut rules))
        }
    };
    format!("{who}{when} {what}")
}

fn name<T>(all: &[T], at: usize, name: impl Fn(&T) -> &SmolStr) -> &str {
    all.get(at).map_or("", |found| name(found).as_str())
}

fn in_ranges(policy: &Policy, subject: &str, ranges: &[Range], ty: &Type, positive: bool) -> String {
    let (ranges, ty) = match ty {
        Type::Time => match ranges.iter().map(|range| in_days(range, policy.zone)).collect::<Option<Vec<_>>>() {
            Some(days) => (days, &Type::Date),
            None => (ranges.to_vec(), ty),
        },
        _ => (ranges.to_vec(), ty),
    };
    let number = |value| number(value, ty, policy.zone);
    let not = if positive { "" } else { "not " };
    if let [range] = ranges.as_slice() {
        match (range.low, range.high) {
            (Bound::Included(low), Bound::Included(high)) if low == high => {
                let equal = if positive { "=" } else { "!=" };
                return format!("{subject} {equal} {}", number(low));
            }
            (Bound::Included(low), Bound::Unbounded) => return format!("{not}{subject} >= {}", number(low)),
            (Bound::Excluded(low), Bound::Unbounded) => return format!("{not}{subject} > {}", number(low)),
            (Bound::Unbounded, Bound::Included(high)) => return format!("{not}{subject} <= {}", number(high)),
            (Bound::Unbounded, Bound::Excluded(high)) => return format!("{not}{subject} < {}", number(high)),
            (Bound::Unbounded, Bound::Unbounded) => {
                return format!("{subject} is {}", if positive { "present" } else { "missing" });
            }
            (Bound::Included(_), Bound::Included(_)) => {}
            // An end that is not in a range has no spelling as one.
            (low, high) => {
                let from = match low {
                    Bound::Excluded(low) => format!("{subject} > {}", number(low)),
                    Bound::Included(low) => format!("{subject} >= {}", number(low)),
                    Bound::Unbounded => String::new(),
                };
                let to = match high {
                    Bound::Excluded(high) => format!("{subject} < {}", number(high)),
                    Bound::Included(high) => format!("{subject} <= {}", number(high)),
                    Bound::Unbounded => String::new(),
                };
                return format!("{not}({from} and {to})");
            }
        }
    }
    format!("{subject} {not}in {}", shown(ranges.iter().map(|range| range_words(range, &number)).collect()))
}

/// Times from the start of one day to the end of another, as a range of days; an end that is open stays so.
fn in_days(range: &Range, zone: Tz) -> Option<Range> {
    let day = |micros: Decimal| micros.to_i64().and_then(|micros| midnight(micros, zone)).map(days);
    let low = match range.low {
        Bound::Included(low) => Bound::Included(day(low)?),
        Bound::Unbounded => Bound::Unbounded,
        Bound::Excluded(_) => return None,
    };
    let high = match (range.low, range.high) {
        (Bound::Unbounded, Bound::Excluded(high)) => Bound::Excluded(day(high)?),
        (_, Bound::Excluded(high)) => Bound::Included(day(high)? - Decimal::ONE),
        (_, Bound::Unbounded) => Bound::Unbounded,
        (_, Bound::Included(_)) => return None,
    };
    Some(Range { low, high })
}

/// Days since 1970-01-01.
fn days(date: NaiveDate) -> Decimal {
    Decimal::from(date.num_days_from_ce() - NaiveDate::default().num_days_from_ce())
}

/// The day that begins at an instant.
fn midnight(micros: i64, zone: Tz) -> Option<NaiveDate> {
    let local = DateTime::from_timestamp_micros(micros)?.with_timezone(&zone).naive_local();
    (local.time() == NaiveTime::MIN).then(|| local.date())
}

/// `200..999`; an end that is not in it is said: `above 200..999`.
fn range_words(range: &Range, number: &dyn Fn(Decimal) -> String) -> String {
    let low = match range.low {
        Bound::Included(low) => number(low),
        Bound::Excluded(low) => format!("above {}", number(low)),
        Bound::Unbounded => String::new(),
    };
    match range.high {
        Bound::Included(high) if range.low == Bound::Included(high) => low,
        Bound::Included(high) => format!("{low}..{}", number(high)),
        Bound::Excluded(high) => format!("{low}..below {}", number(high)),
        Bound::Unbounded => format!("{low}.."),
    }
}

fn number(number: Decimal, ty: &Type, zone: Tz) -> String {
    match ty {
        Type::Date => {
            number.to_i64().and_then(date_of_days).map_or_else(|| number.to_string(), |date| date.to_string())
        }
        Type::Time => number.to_i64().map_or_else(|| number.to_string(), |micros| moment(micros, offset(micros, zone))),
        ty => with_currency(number, ty),
    }
}

/// Of a zone at an instant, in seconds.
fn offset(micros: i64, zone: Tz) -> i32 {
    DateTime::from_timestamp_micros(micros)
        .map_or(0, |utc| zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc())
}

fn with_currency(number: Decimal, ty: &Type) -> String {
    match ty {
        Type::Money { currency: Some(currency) } => format!("{number} {currency}"),
        _ => number.to_string(),
    }
}

/// `2026-03-04 10:00:00 +01:00`.
fn moment(micros: i64, offset: i32) -> String {
    let zone = FixedOffset::east_opt(offset);
    let local = DateTime::from_timestamp_micros(micros).zip(zone).and_then(|(utc, zone)| {
        utc.naive_utc().checked_add_offset(zone).map(|local| format!("{} {zone}", local.format("%Y-%m-%d %H:%M:%S%.f")))
    });
    local.unwrap_or_else(|| micros.to_string())
}

fn in_texts(policy: &Policy, set: &TextSet, ty: &Type, positive: bool) -> String {
    if let Some(list) = set.list.and_then(|list| policy.lists.get(list.at())) {
        return format!("{}in {}", if positive { "" } else { "not " }, list.name);
    }
    if let ([(low, high)], true, true) = (set.ranges.as_slice(), set.values.is_empty(), positive)
        && low == high
    {
        return format!("starts with {}", quoted(low));
    }
    let ranges = set.ranges.iter().map(|(low, high)| format!("{}..{}", quoted(low), quoted(high)));
    in_list(set.values.iter().map(|text| literal(text, ty)).chain(ranges).collect(), positive)
}

fn in_list(members: Vec<String>, positive: bool) -> String {
    match (members.as_slice(), positive) {
        ([one], true) if !one.contains("..") => format!("= {one}"),
        ([one], false) if !one.contains("..") => format!("!= {one}"),
        (_, true) => format!("in {}", shown(members)),
        (_, false) => format!("not in {}", shown(members)),
    }
}

fn shown(members: Vec<String>) -> String {
    let more = members.len().saturating_sub(SHOWN);
    let text = members.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
}

/// A text as a policy writes it for this type: codes and the values of an enum stand bare where they are words.
fn literal(text: &str, ty: &Type) -> String {
    match ty {
        Type::SetOf(of) => literal(text, of),
        Type::Country | Type::Region { .. } | Type::Language | Type::OneOf(_) | Type::Rep if is_word(text) => {
            text.to_owned()
        }
        _ => quoted(text),
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
}

fn quoted(text: &str) -> String {
    let cut = text.char_indices().nth(LONGEST).and_then(|(at, _)| text.get(..at));
    let more = if cut.is_some() { "..." } else { "" };
    format!("\"{}{more}\"", cut.unwrap_or(text).replace('\\', "\\\\").replace('"', "\\\""))
}
