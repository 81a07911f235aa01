//! What the options of a simulation are read from.

use clap::ValueEnum;
use smol_str::SmolStr;
use std::str::FromStr;

/// How the report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One object; docs/simulate.md tells what stands in it
    Json,
}

/// Whose a known outcome is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SaidOutcome {
    /// Each lead keeps the outcome that it had
    Lead,
    /// A lead that goes to another rep converts at his rate
    Rep,
}

/// A time in microseconds, as `90s`, `30m`, `4h`, `2 days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub i64);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        let text = text.trim();
        let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
        let (count, unit) = text.split_at_checked(digits).unwrap_or((text, ""));
        let seconds = match unit.trim().trim_end_matches('s') {
            "" if unit.trim() == "s" => Some(1),
            "sec" | "second" => Some(1),
            "m" | "min" | "minute" => Some(60),
            "h" | "hour" => Some(3_600),
            "d" | "day" => Some(86_400),
            "w" | "week" => Some(7 * 86_400),
            _ => None,
        };
        let count = count.parse::<i64>().ok().filter(|count| (1..=1_000_000).contains(count));
        match (count, seconds) {
            (Some(count), Some(seconds)) => Ok(Span(count * seconds * 1_000_000)),
            _ => Err("write a time such as `90s`, `30m`, `4h` or `2 days`".to_owned()),
        }
    }
}

/// `Stage=Won,Closed Won`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    pub column: SmolStr,
    pub values: Vec<SmolStr>,
}

impl FromStr for Values {
    type Err = String;

    fn from_str(text: &str) -> Result<Values, String> {
        let (column, values) = text.split_once('=').unwrap_or((text, ""));
        let values = values.split(',').map(|value| SmolStr::new(value.trim()));
        let values: Vec<SmolStr> = values.filter(|value| !value.is_empty()).collect();
        match column.trim() {
            "" => Err("write the column and its values, such as `Stage=Won`".to_owned()),
            column if values.is_empty() => {
                Err(format!("write which values of `{column}` count, such as `{column}=Won`"))
            }
            column => Ok(Values { column: SmolStr::new(column), values }),
        }
    }
}
