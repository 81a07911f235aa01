//! Lists, tables and records: how many entries came and went, and which.

use super::super::renumber::Renumbering;
use super::clauses::{self, first_of};
use super::{Change, Kind, Things, leads};
use crate::policy::{KeyPart, List, Policy, Preference, QueueId, Records, Row, Table, Value, words};
use indexmap::IndexMap;
use smol_str::SmolStr;
use std::hash::Hash;

/// Entries that are named before the rest is counted.
const SHOWN: usize = 6;

pub fn changes(old: &Policy, new: &Policy, names: &Renumbering) -> Vec<Change> {
    let mut found = lists(old, new);
    found.extend(records(old, new, names));
    found.extend(tables(old, new, names));
    found
}

fn lists(old: &Policy, new: &Policy) -> Vec<Change> {
    let things = Things {
        kind: Kind::Data,
        what: "list",
        old: &old.lists,
        new: &new.lists,
        name: |list| &list.name,
        span: |list| list.span,
    };
    things.changes(
        |before, after| {
            let entries = |list: &List| -> Vec<String> {
                let ranges = list.text_ranges.iter().map(|(low, high)| format!("{low}..{high}"));
                let numbers = list.ranges.iter().map(number_range);
                list.values.iter().map(ToString::to_string).chain(ranges).chain(numbers).collect()
            };
            came_and_went("entries", entries(before), entries(after))
        },
        |list| !(list.values.is_empty() && list.ranges.is_empty() && list.text_ranges.is_empty()),
    )
}

fn number_range(range: &crate::policy::Range) -> String {
    use std::ops::Bound::{Excluded, Included, Unbounded};
    let end = |bound: &std::ops::Bound<rust_decimal::Decimal>| match bound {
        Included(number) | Excluded(number) => number.to_string(),
        Unbounded => String::new(),
    };
    if range.low == range.high { end(&range.low) } else { format!("{}..{}", end(&range.low), end(&range.high)) }
}

/// `2 entries added: a, b`, `1 of them removed: c`; what stands there several times counts so often.
fn came_and_went(what: &str, old: Vec<String>, new: Vec<String>) -> Vec<String> {
    let (gone, come) = parted(old, new);
    let said = |names: Vec<String>, word: &str| {
        (!names.is_empty()).then(|| {
            let what = if names.len() == 1 { singular(what) } else { what };
            format!("{} {what} {word}: {}", names.len(), first_of(&names, SHOWN))
        })
    };
    said(come, "added").into_iter().chain(said(gone, "removed")).collect()
}

fn singular(what: &str) -> &str {
    match what {
        "entries" => "entry",
        "rows" => "row",
        other => other,
    }
}

/// What only the old has, and what only the new has, in their order.
fn parted<K: Hash + Eq + Clone>(old: Vec<K>, new: Vec<K>) -> (Vec<K>, Vec<K>) {
    let mut left: IndexMap<K, usize> = IndexMap::new();
    for one in &old {
        *left.entry(one.clone()).or_default() += 1;
    }
    let mut come = Vec::new();
    for one in new {
        match left.get_mut(&one).filter(|count| **count > 0) {
            Some(count) => *count -= 1,
            None => come.push(one),
        }
    }
    let mut gone = Vec::new();
    for one in old.into_iter().rev() {
        if let Some(count) = left.get_mut(&one).filter(|count| **count > 0) {
            *count -= 1;
            gone.push(one);
        }
    }
    gone.reverse();
    (gone, come)
}

// ---- records ----

fn records(old: &Policy, new: &Policy, names: &Renumbering) -> Vec<Change> {
    let things = Things {
        kind: Kind::Data,
        what: "records",
        old: &old.records,
        new: &new.records,
        name: |records| &records.name,
        span: |records| records.span,
    };
    things.changes(
        |before, after| {
            let mut details = Vec::new();
            for column in &after.columns {
                match before.columns.iter().find(|known| known.name == column.name) {
                    Some(known) => details.extend(
                        leads::field(old, known, new, column)
                            .into_iter()
                            .map(|detail| format!("column {}: {detail}", column.name)),
                    ),
                    None => details.push(format!("new column {}", column.name)),
                }
            }
            let has = |name: &SmolStr| after.columns.iter().any(|column| column.name == *name);
            let gone = before.columns.iter().filter(|column| !has(&column.name));
            details.extend(gone.map(|column| format!("no longer a column {}", column.name)));
            details.extend(clauses::changes(&matching(old, before), &matching(new, after)));
            if !same_keys(before, after, names) && details.is_empty() {
                details.push("leads find their row in another way".to_owned());
            }
            details.extend(rows(before, after));
            details
        },
        |records| !records.rows.is_empty(),
    )
}

/// How leads find a row, in words.
fn matching(policy: &Policy, records: &Records) -> Vec<clauses::Clause> {
    let column = |at: usize| records.columns.get(at).map_or("", |column| column.name.as_str());
    let mut said = Vec::new();
    for key in &records.keys {
        let part = |part: &KeyPart| {
            let word = if part.like { "like" } else { "=" };
            format!("{} {word} {}", column(part.column.at()), words::subject(policy, part.subject))
        };
        let unless = key.unless.as_ref();
        let unless = unless.map_or(String::new(), |unless| format!(" unless {}", words::condition(policy, unless)));
        let parts: Vec<String> = key.parts.iter().map(part).collect();
        said.push(("match by", format!("match by {}{unless}", parts.join(", "))));
    }
    for preference in &records.prefer {
        let words = match preference {
            Preference::Holds(of) => column(of.at()).to_owned(),
            Preference::Same { column: of, subject } => {
                format!("{} = {}", column(of.at()), words::subject(policy, *subject))
            }
            Preference::Most(of) => format!("most {}", column(of.at())),
            Preference::Least(of) => format!("least {}", column(of.at())),
        };
        said.push(("prefer", format!("prefer {words}")));
    }
    let queue = records.on_tie.and_then(|QueueId(at)| policy.queues.get(at as usize));
    said.push(("on tie", queue.map_or("on tie no match".to_owned(), |queue| format!("on tie queue {}", queue.name))));
    said
}

/// Whether leads find rows by the same keys, in ids of the old policy.
fn same_keys(old: &Records, new: &Records, names: &Renumbering) -> bool {
    let unless =
        |key: &crate::policy::MatchKey, names: &Renumbering| key.unless.as_ref().map(|unless| names.condition(unless));
    let own = Renumbering::own();
    old.keys.len() == new.keys.len()
        && old.keys.iter().zip(&new.keys).all(|(one, other)| unless(one, &own) == unless(other, names))
}

/// Rows that came, went and changed; a row is known by its first column.
fn rows(old: &Records, new: &Records) -> Vec<String> {
    if old.rows == new.rows {
        return Vec::new();
    }
    let key = |row: &Vec<Value>| row.first().and_then(|value| value.key_text()).map(|text| text.to_string());
    let by_key = |records: &Records| -> IndexMap<String, Vec<Value>> {
        records.rows.iter().filter_map(|row| Some((key(row)?, row.clone()))).collect()
    };
    let (was, is) = (by_key(old), by_key(new));
    let come: Vec<&String> = is.keys().filter(|key| !was.contains_key(*key)).collect();
    let gone: Vec<&String> = was.keys().filter(|key| !is.contains_key(*key)).collect();
    let other: Vec<&String> =
        is.iter().filter(|(key, row)| was.get(*key).is_some_and(|was| was != *row)).map(|(key, _)| key).collect();
    let mut details = Vec::new();
    for (names, word) in [(come, "added"), (gone, "removed"), (other, "changed")] {
        if !names.is_empty() {
            let rows = if names.len() == 1 { "row" } else { "rows" };
            details.push(format!("{} {rows} {word}: {}", names.len(), first_of(&names, SHOWN)));
        }
    }
    if details.is_empty() {
        details.push("the rows stand in another order, or their first column does not tell them apart".to_owned());
    }
    details
}

// ---- tables ----

fn tables(old: &Policy, new: &Policy, names: &Renumbering) -> Vec<Change> {
    let things = Things {
        kind: Kind::Data,
        what: "table",
        old: &old.tables,
        new: &new.tables,
        name: |table| &table.name,
        span: |table| table.span,
    };
    things.changes(
        |before, after| {
            let mut details = Vec::new();
            if before.inputs != after.inputs {
                details.push(format!("asks {}, was {}", after.inputs.join(", "), before.inputs.join(", ")));
            }
            if before.first_row_wins != after.first_row_wins {
                details.push(
                    if after.first_row_wins { "now first row wins" } else { "no longer first row wins" }.to_owned(),
                );
            }
            let own = Renumbering::own();
            let was = before.rows.iter().map(|row| (meaning(row, &own), row_words(old, row)));
            let is = after.rows.iter().map(|row| (meaning(row, names), row_words(new, row)));
            let (gone, come) = parted(was.clone().collect(), is.clone().collect());
            let words = |rows: Vec<(String, String)>| rows.into_iter().map(|(_, words)| words).collect();
            let moved = gone.is_empty() && come.is_empty() && !was.eq(is);
            details.extend(came_and_went("rows", words(gone), words(come)));
            if moved && after.first_row_wins {
                details.push("the rows stand in another order".to_owned());
            }
            details
        },
        |table: &Table| !table.rows.is_empty(),
    )
}

/// What a row says, in ids of the old policy, for comparison.
fn meaning(row: &Row, names: &Renumbering) -> String {
    let cells: Vec<_> = row.cells.iter().map(|cell| names.condition(cell)).collect();
    let target = row.target.as_ref().map(|target| names.target(target));
    let sla = row.sla.map(|sla| names.sla(sla));
    // A row has a JSON form: its numbers are exact and its keys texts.
    serde_json::to_string(&(cells, target, sla, row.priority)).unwrap_or_default()
}

/// A row in words: what it asks, and what it gives.
fn row_words(policy: &Policy, row: &Row) -> String {
    let cells: Vec<String> = row.cells.iter().map(|cell| words::condition(policy, cell)).collect();
    let sla = row.sla.and_then(|sla| policy.slas.get(sla.at())).map(|sla| format!("sla {}", sla.name));
    let target = row.target.as_ref().map(|target| words::target(policy, target));
    let priority = row.priority.map(|priority| format!("priority {priority}"));
    let gives: Vec<String> = target.into_iter().chain(sla).chain(priority).collect();
    format!("`{} -> {}`", cells.join(", "), gives.join(", "))
}
