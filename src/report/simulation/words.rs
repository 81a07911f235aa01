//! Times, counts and shares as people read them.

use super::Steps;
use crate::simulate::statistics::Share;

/// `45 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`: two units at most.
pub fn time(seconds: i64) -> String {
    const UNITS: [(&str, i64); 4] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let mut parts = Vec::new();
    let mut left = seconds.max(0);
    for (unit, length) in UNITS {
        let count = left / length;
        left %= length;
        if count > 0 {
            parts.push(format!("{count} {unit}"));
        } else if !parts.is_empty() {
            break;
        }
        if parts.len() == 2 {
            break;
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// A time that may be past every answer.
pub fn answer(seconds: Option<i64>) -> String {
    seconds.map_or_else(|| "not answered".to_owned(), time)
}

/// `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

pub fn part(count: u64, of: u64) -> String {
    if of == 0 { "-".to_owned() } else { percent(count as f64 / of as f64) }
}

/// `12.5%`, or a dash where there is no data.
pub fn share(share: &Share) -> String {
    share.share.map_or_else(|| "-".to_owned(), percent)
}

/// `9.1% to 16.8%`.
pub fn interval(share: &Share) -> String {
    match (share.low, share.high) {
        (Some(low), Some(high)) => format!("{} to {}", percent(low), percent(high)),
        _ => String::new(),
    }
}

/// `+1.5 points`, for the difference of two shares.
pub fn points(difference: f64) -> String {
    format!("{:+.1} points", difference * 100.0)
}

/// `12 reassigned`: the steps of SLAs that were taken at all.
pub fn steps_taken(steps: &Steps) -> impl Iterator<Item = String> + use<> {
    let told = [
        (steps.reassigned, "reassigned"),
        (steps.escalated, "escalated"),
        (steps.recycled, "recycled"),
        (steps.recalled, "recalled"),
        (steps.returned, "given back"),
        (steps.notified, "notices sent"),
    ];
    told.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{} {what}", count(number)))
}

/// `2026-03-02 10:10`, of an instant in RFC 3339.
pub fn minute(instant: &str) -> String {
    instant.get(..16).unwrap_or(instant).replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_counts_read_well() {
        let words = [0, 45, 250, 3_600, 7_500, 90_061, 273_600].map(time);
        assert_eq!(words, ["0 s", "45 s", "4 min 10 s", "1 h", "2 h 5 min", "1 d 1 h", "3 d 4 h"]);
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }
}
