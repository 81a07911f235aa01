//! What the smallest parts of a policy mean: a predicate on a value, a period on an instant, a key on the arms of an experiment.
//!
//! The reference matcher and the decision graph both rest on these, so that they can only differ in how they search.

use super::{Arm, Experiment, Instant, Period, Policy, Predicate, Range, TextSet, Value};
use chrono::{DateTime, NaiveDate, Offset, TimeDelta};
use chrono_tz::Tz;
use regex::{Regex, RegexBuilder};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::ops::RangeBounds;

impl Predicate {
    /// A missing value, or a value of another type than the predicate asks about, fails every predicate but [`Predicate::Missing`].
    pub fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (Predicate::Missing, value) => *value == Value::Missing,
            (Predicate::True, Value::Boolean(value)) => *value,
            (Predicate::InRanges(ranges), value) => {
                value.number().is_some_and(|number| ranges.iter().any(|range| range.contains(&number)))
            }
            (Predicate::InTexts(set), Value::Text(text)) => set.holds(&text.folded),
            (Predicate::Exactly(texts), Value::Text(text)) => texts.contains(&text.written),
            (Predicate::EndsWith(end), Value::Text(text)) => text.folded.ends_with(end.as_str()),
            (Predicate::Contains(part), Value::Text(text)) => text.folded.contains(part.as_str()),
            (Predicate::HasWord(word), Value::Text(text)) => has_word(&text.folded, word),
            (Predicate::Matches(pattern), Value::Text(text)) => {
                pattern_regex(pattern).is_some_and(|regex| regex.is_match(&text.written))
            }
            (Predicate::HasAnyOf(members), Value::Set(set)) => set.iter().any(|text| members.contains(&text.folded)),
            _ => false,
        }
    }
}

impl TextSet {
    pub fn holds(&self, folded: &str) -> bool {
        self.values.contains(folded) || self.ranges.iter().any(|(low, high)| in_text_range(folded, low, high))
    }
}

fn in_text_range(folded: &str, low: &str, high: &str) -> bool {
    low <= folded && (folded <= high || folded.starts_with(high))
}

/// `word` stands in `text` with no letter or digit directly before or after it; an empty word stands nowhere.
pub fn has_word(text: &str, word: &str) -> bool {
    if word.is_empty() {
        return false;
    }
    // Occurrences may overlap ("a a" twice in "a a a"), so the search goes on one character after the start of the last.
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find(word)) {
        let start = from + found;
        if is_word_at(text, start, start + word.len()) {
            return true;
        }
        from = start + text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    }
    false
}

/// No letter or digit directly before `start` or after `end`.
pub fn is_word_at(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|before| before.chars().next_back());
    let after = text.get(end..).and_then(|after| after.chars().next());
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}

/// The expression of [`Predicate::Matches`]; `None` where it is not one, which `check` reports.
pub fn pattern_regex(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).case_insensitive(true).build().ok()
}

impl Range {
    pub fn contains(&self, number: &Decimal) -> bool {
        (self.low.as_ref(), self.high.as_ref()).contains(number)
    }
}

impl Value {
    /// The number that ranges compare: the value itself, days since 1970-01-01 of a date, microseconds of a time.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Value::Integer(value) => Some(Decimal::from(*value)),
            Value::Decimal(value) => Some(*value),
            Value::Date(date) => Some(Decimal::from(days(*date))),
            Value::Time(instant) => Some(Decimal::from(instant.micros)),
            _ => None,
        }
    }

    /// The text that an experiment hashes; the same value always has the same text. Missing has none.
    pub fn key_text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Value::Missing => return None,
            Value::Text(text) => Cow::Borrowed(text.folded.as_str()),
            Value::Boolean(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Value::Integer(value) => Cow::Owned(value.to_string()),
            Value::Decimal(value) => Cow::Owned(value.normalize().to_string()),
            Value::Date(date) => Cow::Owned(date.to_string()),
            Value::Time(instant) => Cow::Owned(instant.micros.to_string()),
            Value::Set(texts) => {
                Cow::Owned(texts.iter().map(|text| text.folded.as_str()).collect::<Vec<_>>().join(","))
            }
        })
    }
}

/// Days since 1970-01-01.
pub fn days(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

/// The date that is so many days after 1970-01-01.
pub fn date_of_days(days: i64) -> Option<NaiveDate> {
    NaiveDate::default().checked_add_signed(TimeDelta::try_days(days)?)
}

/// The domain in an email; what has no `@` is a domain itself.
pub fn domain_of(email: &str) -> &str {
    email.rsplit_once('@').map_or(email, |(_, domain)| domain)
}

impl Instant {
    /// The same instant with the offset of a zone beside it.
    pub fn seen_in(self, zone: Tz) -> Instant {
        let offset = DateTime::from_timestamp_micros(self.micros)
            .map_or(0, |utc| utc.with_timezone(&zone).offset().fix().local_minus_utc());
        Instant { micros: self.micros, offset }
    }

    /// The calendar day in a zone. Instants beyond the years that calendars speak of are on the last such day.
    pub fn date_in(self, zone: Tz) -> NaiveDate {
        // Year -290,000 to 290,000 fits in `micros`, but chrono ends at 262,142; a zone moves a day at most.
        const LAST: i64 = 6_000_000_000_000_000_000;
        DateTime::from_timestamp_micros(self.micros.clamp(-LAST, LAST))
            .map_or(NaiveDate::default(), |utc| utc.with_timezone(&zone).date_naive())
    }
}

impl Period {
    pub fn holds(&self, at: Instant) -> bool {
        self.holds_on(at.date_in(self.zone))
    }

    /// Whether a day of the period's zone is in it.
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }
}

impl Policy {
    /// The set of territories in force: the last that has begun, on the instant's day in the policy's zone.
    pub fn territory_set_at(&self, at: Instant) -> Option<usize> {
        let date = at.date_in(self.zone);
        self.territory_sets.iter().rposition(|set| set.from.is_none_or(|from| from <= date))
    }
}

impl Experiment {
    /// The arm of a key: its place in [`Experiment::arms`]. The first eight bytes (big end first) of SHA-256 over name, NUL and key
    /// are a fraction of 2^64, and the arm is the first whose cumulative share is above it, in exact arithmetic.
    pub fn arm_of(&self, key: &str) -> Option<usize> {
        let digest = Sha256::new().chain_update(&self.name).chain_update([0]).chain_update(key).finalize();
        let fraction = digest.iter().take(8).fold(0u64, |number, &byte| number << 8 | u64::from(byte));
        let mut sum = Decimal::ZERO;
        let reached = self.arms.iter().position(|Arm { percent, .. }| {
            sum = sum.saturating_add(*percent);
            u128::from(fraction) < share_of_2_64(sum)
        });
        reached.or(self.arms.len().checked_sub(1))
    }
}

/// `percent` / 100 * 2^64, rounded up; percents are taken to 16 decimals.
fn share_of_2_64(percent: Decimal) -> u128 {
    let percent = percent.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED).trunc_with_scale(16).normalize();
    // At most 100 * 10^16 < 2^60, so that the product stays below 2^124.
    let numerator = percent.mantissa().unsigned_abs() << 64;
    numerator.div_ceil(100 * 10u128.pow(percent.scale()))
}
