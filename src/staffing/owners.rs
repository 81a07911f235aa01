//! Owners whom records name and who are nobody in the policy: their leads go where `else` says.

use super::Year;
use super::offers::Offer;
use crate::diagnostic::Diagnostic;
use crate::policy::{ColumnId, RecordsId, Target, Value};
use std::collections::{BTreeMap, BTreeSet};

/// So many names stand in one finding.
const MOST_NAMES: usize = 5;

/// Says which columns that rules take owners from name people who are no reps.
pub(super) fn unknown(year: &Year, offers: &[Offer], found: &mut Vec<Diagnostic>) {
    let policy = year.policy;
    let asked: BTreeSet<(RecordsId, ColumnId)> =
        offers.iter().filter_map(|offer| owner_column(&offer.target)).collect();
    if asked.is_empty() {
        return;
    }
    let known = policy.reps_by_name();
    for (id, column) in asked {
        let Some(records) = policy.records.get(id.at()) else { continue };
        let mut nobody: BTreeMap<&str, u64> = BTreeMap::new();
        let mut rows = 0;
        for row in records.rows.iter() {
            if let Some(Value::Text(owner)) = row.get(column.at())
                && !known.contains_key(owner.folded.as_str())
            {
                *nobody.entry(&owner.written).or_default() += 1;
                rows += 1;
            }
        }
        if nobody.is_empty() {
            continue;
        }
        let column = records.columns.get(column.at()).map_or("", |column| column.name.as_str());
        let many = |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        let message = format!("the `{column}` of {} of `{}` is no rep of this policy", many(rows, "row"), records.name);
        let mut most: Vec<(&str, u64)> = nobody.into_iter().collect();
        most.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
        let names = most.iter().take(MOST_NAMES).map(|(name, count)| format!("`{name}` in {}", many(*count, "row")));
        let mut names = names.collect::<Vec<_>>().join(", ");
        if most.len() > MOST_NAMES {
            names.push_str(&format!(", and {} more", most.len() - MOST_NAMES));
        }
        found.push(
            Diagnostic::warning("unknown-owner", records.span, message).note(names).help(
                "take them into a team, by email or by name, or give these rows to others; until then their leads go where `else` says",
            ),
        );
    }
}

fn owner_column(target: &Target) -> Option<(RecordsId, ColumnId)> {
    match target {
        Target::Owner { records, column, .. }
        | Target::TeamOfOwner { records, column }
        | Target::ManagerOfOwner { records, column } => Some((*records, *column)),
        Target::Pool(_) | Target::Queue(_) | Target::Team(_) | Target::Rep(_) | Target::Table { .. } => None,
    }
}
