//! Values that stand for an atom: which atoms of a type are inhabited, and by what a lead could really hold.

use crate::data::{country, region, text};
use crate::policy::meaning::date_of_days;
use crate::policy::{Instant, Range, Text, Type, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::ops::{Bound, RangeBounds};

/// The numbers that a declaration allows, where it names an end.
pub fn declared_range(ty: &Type) -> Option<Range> {
    let end = |end: Option<Decimal>| end.map_or(Bound::Unbounded, Bound::Included);
    let range = match ty {
        Type::Integer { low, high } => Range { low: end(low.map(Decimal::from)), high: end(high.map(Decimal::from)) },
        Type::Decimal { low, high } => Range { low: end(*low), high: end(*high) },
        _ => return None,
    };
    (range.low != Bound::Unbounded || range.high != Bound::Unbounded).then_some(range)
}

/// Noon on this day stands for a time or a date that nothing was asked of.
const USUAL_DAY: i64 = 20_516; // 2026-03-04
const DAY: i64 = 86_400_000_000;

/// A value of the type between two ends, where there is one: an end where that is one, for people know it from the policy.
pub fn number_between(ty: &Type, low: Bound<Decimal>, high: Bound<Decimal>) -> Option<Value> {
    let declared = declared_range(ty).unwrap_or(Range { low: Bound::Unbounded, high: Bound::Unbounded });
    let fits = |number: &Decimal| (low, high).contains(number) && declared.contains(number);
    let one = Decimal::ONE;
    let whole = !matches!(ty, Type::Decimal { .. } | Type::Money { .. });
    let near = |bound: Bound<Decimal>, up: bool| {
        let (Bound::Included(number) | Bound::Excluded(number)) = bound else { return Vec::new() };
        let step = |by: Decimal| if up { number.checked_add(by) } else { number.checked_sub(by) };
        let cent = Decimal::new(1, 2);
        let round = if up { number.ceil() } else { number.floor() };
        let mut near: Vec<Decimal> = vec![number, round];
        near.extend([step(one), step(cent)].into_iter().flatten());
        near.extend(if up { round.checked_add(one) } else { round.checked_sub(one) });
        near
    };
    let middle = match (low, high) {
        (Bound::Included(low) | Bound::Excluded(low), Bound::Included(high) | Bound::Excluded(high)) => {
            high.checked_sub(low).and_then(|apart| low.checked_add(apart / Decimal::TWO))
        }
        _ => None,
    };
    let usual = match ty {
        Type::Date => Decimal::from(USUAL_DAY),
        Type::Time => Decimal::from(USUAL_DAY * DAY + DAY / 2),
        _ => one,
    };
    let candidates =
        near(low, true).into_iter().chain([usual]).chain(near(high, false)).chain(near(declared.low, true));
    let candidates = candidates.chain(near(declared.high, false)).chain(middle).chain([Decimal::ZERO]);
    candidates.filter(fits).filter(|number| !whole || number.is_integer()).find_map(|number| as_value(ty, number))
}

fn as_value(ty: &Type, number: Decimal) -> Option<Value> {
    Some(match ty {
        Type::Decimal { .. } | Type::Money { .. } => Value::Decimal(number.normalize()),
        Type::Date => Value::Date(date_of_days(number.to_i64()?)?),
        Type::Time => Value::Time(Instant { micros: number.to_i64()?, offset: 0 }),
        _ => Value::Integer(number.to_i64()?),
    })
}

/// All values of a type that has few: options, countries, regions.
pub fn closed_texts(ty: &Type) -> Option<Vec<Text>> {
    Some(match ty {
        Type::OneOf(options) => {
            options.iter().map(|option| Text { folded: text::fold(option), written: option.clone() }).collect()
        }
        Type::Country => country::codes().into_iter().map(text::code).collect(),
        Type::Region { .. } => {
            country::codes().iter().flat_map(|country| region::codes_of(country)).map(text::code).collect()
        }
        _ => return None,
    })
}

/// A value for a required field that nothing is asked of.
pub fn usual(name: &str, ty: &Type) -> Value {
    let text = |text: &str| Value::Text(text::text(text));
    match ty {
        Type::Text if name == "id" => text("L1"),
        Type::Text | Type::Rep => text("Acme"),
        Type::Integer { .. } | Type::Decimal { .. } | Type::Money { .. } | Type::Date | Type::Time => {
            number_between(ty, Bound::Unbounded, Bound::Unbounded).unwrap_or(Value::Missing)
        }
        Type::Boolean => Value::Boolean(false),
        Type::Email => text("ada@acme.test"),
        Type::Domain => text("acme.test"),
        Type::PostalCode { .. } => text("10115"),
        Type::Language => Value::Text(text::code("en")),
        Type::Country => Value::Text(text::code("US")),
        Type::Region { .. } => Value::Text(text::code("US-CA")),
        Type::OneOf(_) => closed_texts(ty).and_then(|all| all.into_iter().next()).map_or(Value::Missing, Value::Text),
        Type::SetOf(member) => match usual(name, member) {
            Value::Text(one) => Value::Set(vec![one]),
            _ => Value::Missing,
        },
    }
}
