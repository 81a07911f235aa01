//! Values that tell the conditions of a policy apart: on each end of a range and beside it, each text that is compared with.

use crate::policy::meaning::date_of_days;
use crate::policy::{Field, FieldId, LetValue, Policy, Predicate, Range, Subject, Text, Type, Value};
use indexmap::IndexSet;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use smol_str::SmolStr;
use std::ops::Bound;

/// Texts that are taken of one set.
const MOST_TEXTS: usize = 64;

/// Sample values of each field of a policy, in the order in which conditions speak of them.
#[derive(Debug, Clone)]
pub struct Samples {
    fields: Vec<Vec<Value>>,
}

impl Samples {
    pub fn new(policy: &Policy) -> Self {
        let mut tests: Vec<Vec<(&Predicate, bool)>> = vec![Vec::new(); policy.fields.len()];
        policy.each_test(&mut |test| {
            let field = field_of(policy, test.subject);
            let known = field.and_then(|(field, domain)| Some((tests.get_mut(field.at())?, domain)));
            if let Some((tests, domain)) = known {
                tests.push((&test.predicate, domain));
            }
        });
        let distinct = |(field, tests): (&Field, Vec<(&Predicate, bool)>)| {
            let mut seen = IndexSet::new();
            let values = tests.into_iter().flat_map(|(predicate, domain)| of_predicate(&field.ty, predicate, domain));
            let values = values.chain(of_type(field));
            // Values have no hash; their written form tells them apart.
            values.filter(|value| seen.insert(format!("{value:?}"))).collect()
        };
        Samples { fields: policy.fields.iter().zip(tests).map(distinct).collect() }
    }

    pub fn of(&self, field: FieldId) -> &[Value] {
        self.fields.get(field.at()).map_or(&[], Vec::as_slice)
    }
}

/// The field that a subject is taken from, and whether it is the field's domain.
pub fn field_of(policy: &Policy, subject: Subject) -> Option<(FieldId, bool)> {
    match subject {
        Subject::Field(field) => Some((field, false)),
        Subject::Let(id) => match policy.lets.get(id.at())?.value {
            LetValue::DomainOf(Subject::Field(field)) => Some((field, true)),
            _ => None,
        },
        Subject::Record(..) | Subject::Score(_) => None,
    }
}

/// Values that the type alone suggests.
fn of_type(field: &Field) -> Vec<Value> {
    let mut values = match &field.ty {
        Type::Boolean => vec![Value::Boolean(true), Value::Boolean(false)],
        Type::OneOf(all) => all.iter().map(|one| text(&one.to_lowercase(), one)).collect(),
        _ => Vec::new(),
    };
    if !field.required {
        values.push(Value::Missing);
    }
    values
}

/// Values on both sides of what a predicate tells apart; `domain` where it asks about the domain of an email.
pub fn of_predicate(ty: &Type, predicate: &Predicate, domain: bool) -> Vec<Value> {
    let email = |text_of: &SmolStr| match ty {
        Type::Email if domain => text(&format!("someone@{text_of}"), &format!("someone@{text_of}")),
        _ => text(text_of, text_of),
    };
    match predicate {
        Predicate::Missing => vec![Value::Missing],
        Predicate::True => vec![Value::Boolean(true), Value::Boolean(false)],
        Predicate::InRanges(ranges) => ranges.iter().flat_map(|range| of_range(ty, range)).collect(),
        Predicate::InTexts(set) => {
            let ends = set.ranges.iter().flat_map(|(low, high)| [low, high]);
            set.values.iter().chain(ends).take(MOST_TEXTS).map(email).collect()
        }
        Predicate::Exactly(texts) => texts.iter().map(|written| text(&written.to_lowercase(), written)).collect(),
        Predicate::EndsWith(part) | Predicate::Contains(part) | Predicate::HasWord(part) => vec![email(part)],
        Predicate::Matches(_) => Vec::new(),
        Predicate::HasAnyOf(members) => {
            let one = |member: &SmolStr| Value::Set(vec![Text { folded: member.clone(), written: member.clone() }]);
            members.iter().take(MOST_TEXTS).map(one).chain([Value::Set(Vec::new())]).collect()
        }
    }
}

fn of_range(ty: &Type, range: &Range) -> Vec<Value> {
    let step = match ty {
        Type::Decimal { .. } | Type::Money { .. } => Decimal::new(1, 2),
        Type::Time => Decimal::from(1_000_000),
        _ => Decimal::ONE,
    };
    let mut numbers = Vec::new();
    for bound in [range.low, range.high] {
        if let Bound::Included(number) | Bound::Excluded(number) = bound {
            numbers.extend([Some(number), number.checked_add(step), number.checked_sub(step)].into_iter().flatten());
        }
    }
    numbers.into_iter().filter_map(|number| of_number(ty, number)).collect()
}

/// The value of a type that a number stands for, where the type has it.
fn of_number(ty: &Type, number: Decimal) -> Option<Value> {
    match ty {
        Type::Integer { low, high } => {
            let number = number.to_i64().filter(|_| number.is_integer())?;
            let within = low.is_none_or(|low| low <= number) && high.is_none_or(|high| number <= high);
            within.then_some(Value::Integer(number))
        }
        Type::Decimal { low, high } => {
            let within = low.is_none_or(|low| low <= number) && high.is_none_or(|high| number <= high);
            within.then_some(Value::Decimal(number))
        }
        Type::Money { .. } => Some(Value::Decimal(number)),
        Type::Date => date_of_days(number.to_i64()?).map(Value::Date),
        Type::Time => Some(Value::Time(crate::policy::Instant { micros: number.to_i64()?, offset: 0 })),
        _ => None,
    }
}

fn text(folded: &str, written: &str) -> Value {
    Value::Text(Text { folded: folded.into(), written: written.into() })
}
