//! Intervals of ordered values, as exact decimals: made from comparisons, joined, and held against a type's own bounds.

use crate::policy::Range;
use crate::syntax::ast::Op;
use rust_decimal::Decimal;
use std::ops::Bound;

/// The values that a literal stands for: one, or a whole day where a date is compared with a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretch {
    /// In it.
    pub low: Decimal,
    pub high: Bound<Decimal>,
}

impl Stretch {
    pub(super) fn point(value: Decimal) -> Self {
        Stretch { low: value, high: Bound::Included(value) }
    }

    /// The values `v` for which `v OP stretch` holds; for an operator that does not order, those that are equal.
    pub(super) fn compared(self, op: Op) -> Range {
        match op {
            Op::Less => Range { low: Bound::Unbounded, high: Bound::Excluded(self.low) },
            Op::LessOrEqual => Range { low: Bound::Unbounded, high: self.high },
            Op::Greater => Range { low: behind(self.high), high: Bound::Unbounded },
            Op::GreaterOrEqual => Range { low: Bound::Included(self.low), high: Bound::Unbounded },
            _ => Range { low: Bound::Included(self.low), high: self.high },
        }
    }
}

/// From the first to the last of two stretches; an open end where one is left out.
pub(super) fn between(low: Option<Stretch>, high: Option<Stretch>) -> Range {
    Range {
        low: low.map_or(Bound::Unbounded, |low| Bound::Included(low.low)),
        high: high.map_or(Bound::Unbounded, |high| high.high),
    }
}

/// The lower bound of what lies behind an upper bound.
fn behind(high: Bound<Decimal>) -> Bound<Decimal> {
    match high {
        Bound::Included(value) => Bound::Excluded(value),
        Bound::Excluded(value) => Bound::Included(value),
        Bound::Unbounded => Bound::Unbounded,
    }
}

/// The same whole numbers, with both ends included.
pub(super) fn whole(range: Range) -> Range {
    let low = match range.low {
        Bound::Excluded(value) => Bound::Included(value.floor().saturating_add(Decimal::ONE)),
        Bound::Included(value) => Bound::Included(value.ceil()),
        Bound::Unbounded => Bound::Unbounded,
    };
    let high = match range.high {
        Bound::Excluded(value) => Bound::Included(value.ceil().saturating_sub(Decimal::ONE)),
        Bound::Included(value) => Bound::Included(value.floor()),
        Bound::Unbounded => Bound::Unbounded,
    };
    Range { low, high }
}

/// No value lies in it.
pub(super) fn is_empty(range: &Range) -> bool {
    match (range.low, range.high) {
        (Bound::Included(low), Bound::Included(high)) => low > high,
        (Bound::Included(low) | Bound::Excluded(low), Bound::Included(high) | Bound::Excluded(high)) => low >= high,
        _ => false,
    }
}

/// What two intervals share.
pub(super) fn shared(one: &Range, other: &Range) -> Range {
    let low = if starts_before(&one.low, &other.low) { other.low } else { one.low };
    let high = if ends_before(&one.high, &other.high) { one.high } else { other.high };
    Range { low, high }
}

fn starts_before(one: &Bound<Decimal>, other: &Bound<Decimal>) -> bool {
    match (one, other) {
        (_, Bound::Unbounded) => false,
        (Bound::Unbounded, _) => true,
        (Bound::Included(one), Bound::Excluded(other)) => one <= other,
        (Bound::Included(one) | Bound::Excluded(one), Bound::Included(other) | Bound::Excluded(other)) => one < other,
    }
}

fn ends_before(one: &Bound<Decimal>, other: &Bound<Decimal>) -> bool {
    match (one, other) {
        (Bound::Unbounded, _) => false,
        (_, Bound::Unbounded) => true,
        (Bound::Excluded(one), Bound::Included(other)) => one <= other,
        (Bound::Included(one) | Bound::Excluded(one), Bound::Included(other) | Bound::Excluded(other)) => one < other,
    }
}

/// Sorted, disjoint and not empty; intervals that touch are joined. `of_wholes` joins `1..2` and `3..4` too.
pub(super) fn joined(mut ranges: Vec<Range>, of_wholes: bool) -> Vec<Range> {
    ranges.retain(|range| !is_empty(range));
    ranges.sort_by(|one, other| match (starts_before(&one.low, &other.low), starts_before(&other.low, &one.low)) {
        (true, _) => std::cmp::Ordering::Less,
        (_, true) => std::cmp::Ordering::Greater,
        _ => std::cmp::Ordering::Equal,
    });
    let mut joined: Vec<Range> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if touch(&last.high, &range.low, of_wholes) => {
                if ends_before(&last.high, &range.high) {
                    last.high = range.high;
                }
            }
            _ => joined.push(range),
        }
    }
    joined
}

/// No value lies between where one interval ends and the next starts.
fn touch(high: &Bound<Decimal>, low: &Bound<Decimal>, of_wholes: bool) -> bool {
    match (high, low) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => true,
        (Bound::Excluded(high), Bound::Excluded(low)) => low < high,
        (Bound::Included(high), Bound::Included(low)) if of_wholes => *low <= high.saturating_add(Decimal::ONE),
        (Bound::Included(high) | Bound::Excluded(high), Bound::Included(low) | Bound::Excluded(low)) => low <= high,
    }
}
