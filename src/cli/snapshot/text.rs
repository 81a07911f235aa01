//! How leads moved, for people.

use crate::suite::snapshot::{Fate, Move};

/// Leads that are named before the rest is counted.
const NAMED: usize = 5;

/// A group with its number: how many leads, what was, what is, and which.
pub fn group(number: usize, one: &Move) -> String {
    let leads = if one.ids.len() == 1 { "lead" } else { "leads" };
    let named: Vec<&str> = one.ids.iter().take(NAMED).map(|id| id.as_str()).collect();
    let more = one.ids.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(
        "  {number}. {} {leads}\n     was {}\n     now {}\n     {}{more}\n",
        one.ids.len(),
        fate(&one.old),
        fate(&one.new),
        named.join(", ")
    )
}

fn fate(fate: &Fate) -> String {
    match fate.outcome.is_empty() {
        true => fate.by.to_string(),
        false => format!("{}, by {}", fate.outcome, fate.by),
    }
}
