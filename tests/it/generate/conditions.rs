//! Conditions of every kind over the fields, names and records of a policy.

use super::{Choices, EMAILS, PARTS, PATTERNS, TEXTS, WRITTEN, value};
use leadway::policy::*;
use leadway::source::Span;
use rust_decimal::Decimal;
use smol_str::SmolStr;
use std::ops::Bound;
use std::sync::Arc;

/// The names that a condition may speak of, so that names form no cycle.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    pub lets: usize,
    pub segments: usize,
    pub scores: usize,
    pub grades: usize,
    pub territories: usize,
    pub calendars: usize,
}

pub fn plain(kind: ConditionKind) -> Condition {
    Condition { kind, span: Span::default() }
}

pub fn condition(choices: &mut Choices, policy: &Policy, scope: Scope, depth: usize) -> Condition {
    let parts = |choices: &mut Choices| {
        (0..2 + choices.below(3)).map(|_| condition(choices, policy, scope, depth - 1)).collect::<Vec<_>>()
    };
    plain(match choices.below(if depth == 0 { 12 } else { 19 }) {
        6 if scope.segments > 0 => ConditionKind::Segment(SegmentId(choices.below(scope.segments) as u32)),
        7 if scope.lets > 1 => ConditionKind::Let(LetId(1 + choices.below(scope.lets - 1) as u32)),
        8 if scope.grades > 0 => {
            let steps = (0..3).filter(|_| choices.below(2) == 1).collect();
            ConditionKind::Grade(GradeId(choices.below(scope.grades) as u32), steps)
        }
        9 if scope.territories > 0 => {
            let ids = (0..1 + choices.below(2)).map(|_| TerritoryId(choices.below(scope.territories) as u32));
            ConditionKind::Territory(ids.collect())
        }
        10 if scope.calendars > 0 => ConditionKind::ArrivesDuring(CalendarId(choices.below(scope.calendars) as u32)),
        11 => ConditionKind::Constant(choices.below(2) == 1),
        12 | 13 => ConditionKind::And(parts(choices)),
        14 | 15 => ConditionKind::Or(parts(choices)),
        16 | 17 => ConditionKind::Not(Box::new(condition(choices, policy, scope, depth - 1))),
        18 => wide(choices, policy, scope),
        _ => ConditionKind::Test(test(choices, policy, scope)),
    })
}

/// Many alternatives that must all hold, as a long list of patterns or of bracketed lines gives.
fn wide(choices: &mut Choices, policy: &Policy, scope: Scope) -> ConditionKind {
    let parts = (0..4 + choices.below(8)).map(|_| {
        let tests = (0..1 + choices.below(3)).map(|_| plain(ConditionKind::Test(test(choices, policy, scope))));
        plain(ConditionKind::Or(tests.collect()))
    });
    match parts.collect() {
        parts if choices.below(2) == 1 => ConditionKind::Not(Box::new(plain(ConditionKind::And(parts)))),
        parts => ConditionKind::And(parts),
    }
}

fn test(choices: &mut Choices, policy: &Policy, scope: Scope) -> Test {
    let records = policy.records.len();
    let (subject, ty) = match choices.below(9) {
        6 if records > 0 => {
            let at = choices.below(records);
            let column = choices.below(policy.records[at].columns.len());
            let ty = policy.records[at].columns[column].ty.clone();
            (Subject::Record(RecordsId(at as u32), ColumnId(column as u32)), ty)
        }
        7 if scope.scores > 0 => {
            (Subject::Score(ScoreId(choices.below(scope.scores) as u32)), Type::Integer { low: None, high: None })
        }
        8 if !policy.lets.is_empty() => (Subject::Let(LetId(0)), Type::Domain),
        _ => {
            let at = choices.below(policy.fields.len());
            (Subject::Field(FieldId(at as u32)), policy.fields[at].ty.clone())
        }
    };
    Test { subject, predicate: predicate(choices, &ty) }
}

fn predicate(choices: &mut Choices, ty: &Type) -> Predicate {
    if choices.one_in(7) {
        return Predicate::Missing;
    }
    let some = |choices: &mut Choices, pool: &[&str]| -> Vec<SmolStr> {
        (0..1 + choices.below(3)).map(|_| (*choices.pick(pool)).into()).collect()
    };
    match ty {
        Type::Integer { .. } | Type::Decimal { .. } | Type::Money { .. } | Type::Date | Type::Time => {
            Predicate::InRanges(ranges(choices, ty))
        }
        Type::Boolean => Predicate::True,
        Type::SetOf(_) => Predicate::HasAnyOf(some(choices, &TEXTS[..6]).into_iter().collect()),
        Type::Email => Predicate::InTexts(TextSet {
            values: Arc::new(some(choices, &EMAILS).into_iter().collect()),
            ..TextSet::default()
        }),
        _ => match choices.below(9) {
            4 => Predicate::Exactly(some(choices, &WRITTEN).into_iter().collect()),
            5 => Predicate::EndsWith((*choices.pick(&PARTS)).into()),
            6 => Predicate::Contains((*choices.pick(&PARTS)).into()),
            7 => Predicate::HasWord((*choices.pick(&PARTS)).into()),
            8 => Predicate::Matches((*choices.pick(&PATTERNS)).into()),
            _ => {
                let ranges = choices.list(2, |choices, _| {
                    let (low, high) = (*choices.pick(&TEXTS), *choices.pick(&TEXTS));
                    (low.into(), high.into())
                });
                let values =
                    if ranges.is_empty() || choices.below(2) == 1 { some(choices, &TEXTS) } else { Vec::new() };
                Predicate::InTexts(TextSet { values: Arc::new(values.into_iter().collect()), ranges, list: None })
            }
        },
    }
}

/// Sorted, disjoint, not empty.
fn ranges(choices: &mut Choices, ty: &Type) -> Vec<Range> {
    let mut numbers: Vec<Decimal> =
        (0..1 + choices.below(4)).map(|_| present(choices, ty).number().unwrap_or_default()).collect();
    numbers.sort();
    numbers.dedup();
    let mut ranges: Vec<Range> = numbers
        .chunks(2)
        .map(|pair| match pair {
            [low, high] => Range {
                low: if choices.below(2) == 1 { Bound::Excluded(*low) } else { Bound::Included(*low) },
                high: if choices.below(2) == 1 { Bound::Excluded(*high) } else { Bound::Included(*high) },
            },
            [one, ..] => Range { low: Bound::Included(*one), high: Bound::Included(*one) },
            [] => unreachable!(),
        })
        .collect();
    match choices.below(4) {
        1 => ranges.first_mut().into_iter().for_each(|range| range.low = Bound::Unbounded),
        2 => ranges.last_mut().into_iter().for_each(|range| range.high = Bound::Unbounded),
        _ => {}
    }
    ranges
}

fn present(choices: &mut Choices, ty: &Type) -> Value {
    match value(choices, ty) {
        Value::Missing => value(&mut Choices::new(&[]), ty),
        value => value,
    }
}
