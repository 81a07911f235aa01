//! The numbers of a run as data: how many leads each rule, target, queue, territory and segment got.

pub mod simulation;
pub mod text;

use crate::decision::{Decided, Ending, ending};
use crate::lead::RawLead;
use crate::matcher::{Outcome, RecordMatch};
use crate::policy::{ColumnId, FieldId, Policy, RecordsId, RepId, RuleId, SlaId, Target, TerritoryId, Value};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts by id, made while leads go by; counts of several threads add up.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    endings: BTreeMap<Ending, u64>,
    rules: Vec<u64>,
    excludes: Vec<u64>,
    pools: Vec<u64>,
    queues: Vec<u64>,
    reps: Vec<u64>,
    slas: Vec<u64>,
    territories: Vec<u64>,
    no_territory: u64,
    segments: Vec<u64>,
    grades: Vec<Vec<u64>>,
    /// Leads whose rule's targets could none of them take it.
    unassigned: u64,
    /// Leads that an owner might have had who did not get them, by the row that names him.
    passed_over: BTreeMap<(RecordsId, ColumnId, u32), u64>,
    /// Leads with a value that could not be read, and how many such values each field had.
    leads_with_bad_values: u64,
    bad_values: BTreeMap<FieldId, u64>,
    mended: BTreeMap<FieldId, u64>,
    short_rows: u64,
    repeated_keys: u64,
    pub errors: u64,
}

/// The numbers of a run. `leads` is `decisions` and `errors` together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    pub leads: u64,
    pub decisions: u64,
    pub errors: u64,
    /// By ending: routed, excluded, bad_lead, tie, unrouted; those that happened.
    pub outcomes: IndexMap<String, u64>,
    /// In the order of the policy, those that took no lead too.
    pub rules: IndexMap<String, u64>,
    pub excluded: IndexMap<String, u64>,
    /// Leads that a pool gave to a rep or passed on.
    pub pools: IndexMap<String, u64>,
    /// Leads that lie in a queue.
    pub queues: IndexMap<String, u64>,
    pub reps: IndexMap<String, u64>,
    pub slas: IndexMap<String, u64>,
    /// By deepest territory, those with leads; the key of leads in none is `(none)`.
    pub territories: IndexMap<String, u64>,
    pub segments: IndexMap<String, u64>,
    pub grades: IndexMap<String, IndexMap<String, u64>>,
    /// Leads that went on to `else` since the owner whom the records name is no rep of the policy, by what is written there.
    pub unknown_owners: IndexMap<String, u64>,
    pub unassigned: u64,
    pub leads_with_bad_values: u64,
    /// Bad values by field.
    pub bad_values: IndexMap<String, u64>,
    /// Values that were mended when they were read, as a lost leading zero that was restored, by field.
    pub mended: IndexMap<String, u64>,
    /// CSV rows with fewer cells than the header; the others were read as missing.
    pub short_rows: u64,
    /// JSON objects that hold a key twice; the last was read.
    pub repeated_keys: u64,
}

fn count(counts: &mut Vec<u64>, at: usize) {
    if counts.len() <= at {
        counts.resize(at + 1, 0);
    }
    if let Some(count) = counts.get_mut(at) {
        *count += 1;
    }
}

fn add_all(to: &mut Vec<u64>, from: &[u64]) {
    if to.len() < from.len() {
        to.resize(from.len(), 0);
    }
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

impl Tally {
    /// What a record was like before it was read as a lead.
    pub fn record(&mut self, raw: &RawLead) {
        self.short_rows += u64::from(raw.is_short());
        self.repeated_keys += u64::from(raw.repeats_a_key());
    }

    pub fn decision(&mut self, decided: &Decided) {
        *self.endings.entry(ending(decided)).or_default() += 1;
        let found = decided.found;
        match found.outcome {
            Outcome::Rule(RuleId(rule)) => count(&mut self.rules, rule as usize),
            Outcome::Excluded(exclude) => count(&mut self.excludes, exclude as usize),
            Outcome::Tie(_) | Outcome::None => {}
        }
        match decided.assignment {
            Some(assignment) => {
                assignment.pools.iter().for_each(|pool| count(&mut self.pools, pool.at()));
                assignment.queue.iter().for_each(|queue| count(&mut self.queues, queue.at()));
                assignment.assignee.iter().for_each(|RepId(rep)| count(&mut self.reps, *rep as usize));
            }
            None => self.unassigned += u64::from(!found.targets.is_empty()),
        }
        self.passed_over(decided);
        if let Some(SlaId(sla)) = found.sla {
            count(&mut self.slas, sla as usize);
        }
        if !matches!(found.outcome, Outcome::Excluded(_)) && !decided.bad {
            match found.territory {
                Some(TerritoryId(territory)) => count(&mut self.territories, territory as usize),
                None => self.no_territory += 1,
            }
        }
        found.segments.iter().for_each(|segment| count(&mut self.segments, segment.at()));
        if self.grades.len() < found.grades.len() {
            self.grades.resize(found.grades.len(), Vec::new());
        }
        for (counts, step) in self.grades.iter_mut().zip(&found.grades) {
            step.iter().for_each(|&step| count(counts, step as usize));
        }
        if !decided.bad_values.is_empty() {
            self.leads_with_bad_values += 1;
            for bad in decided.bad_values {
                *self.bad_values.entry(bad.field).or_default() += 1;
            }
        }
        for (field, _) in decided.mended() {
            *self.mended.entry(field).or_default() += 1;
        }
    }

    /// Counts owners before the target that took the lead.
    fn passed_over(&mut self, decided: &Decided) {
        let found = decided.found;
        let tried = decided.assignment.map_or(found.targets.len(), |assignment| assignment.choice);
        let owned = found.targets.iter().take(tried).find_map(|target| match target {
            Target::Owner { records, column, .. }
            | Target::TeamOfOwner { records, column }
            | Target::ManagerOfOwner { records, column } => Some((*records, *column)),
            _ => None,
        });
        if let Some((records, column)) = owned
            && let Some(RecordMatch::Row(row)) = found.records.get(records.at())
        {
            *self.passed_over.entry((records, column, *row)).or_default() += 1;
        }
    }

    /// Of the owners that were passed over, those whom nobody knows; others are away or inactive.
    fn unknown_owners(&self, policy: &Policy) -> IndexMap<String, u64> {
        let mut unknown: BTreeMap<&str, u64> = BTreeMap::new();
        for ((records, column, row), count) in &self.passed_over {
            let rows = policy.records.get(records.at()).map(|records| &records.rows);
            if let Some(Value::Text(owner)) = rows.and_then(|rows| rows.get(*row as usize)?.get(column.at()))
                && policy.rep_named(&owner.folded).is_none()
            {
                *unknown.entry(&owner.written).or_default() += count;
            }
        }
        let mut unknown: Vec<(&str, u64)> = unknown.into_iter().collect();
        unknown.sort_by_key(|(owner, count)| (std::cmp::Reverse(*count), *owner));
        unknown.into_iter().map(|(owner, count)| (owner.to_owned(), count)).collect()
    }

    pub fn add(&mut self, other: &Tally) {
        for (ending, count) in &other.endings {
            *self.endings.entry(*ending).or_default() += count;
        }
        for (to, from) in [
            (&mut self.rules, &other.rules),
            (&mut self.excludes, &other.excludes),
            (&mut self.pools, &other.pools),
            (&mut self.queues, &other.queues),
            (&mut self.reps, &other.reps),
            (&mut self.slas, &other.slas),
            (&mut self.territories, &other.territories),
            (&mut self.segments, &other.segments),
        ] {
            add_all(to, from);
        }
        if self.grades.len() < other.grades.len() {
            self.grades.resize(other.grades.len(), Vec::new());
        }
        for (to, from) in self.grades.iter_mut().zip(&other.grades) {
            add_all(to, from);
        }
        for (to, from) in [(&mut self.bad_values, &other.bad_values), (&mut self.mended, &other.mended)] {
            from.iter().for_each(|(field, count)| *to.entry(*field).or_default() += count);
        }
        for (row, count) in &other.passed_over {
            *self.passed_over.entry(*row).or_default() += count;
        }
        self.no_territory += other.no_territory;
        self.unassigned += other.unassigned;
        self.leads_with_bad_values += other.leads_with_bad_values;
        self.short_rows += other.short_rows;
        self.repeated_keys += other.repeated_keys;
        self.errors += other.errors;
    }

    pub fn decisions(&self) -> u64 {
        self.endings.values().sum()
    }

    /// The counts with the policy's names.
    pub fn summary(&self, policy: &Policy) -> Summary {
        let all = |names: Vec<&str>, counts: &[u64]| -> IndexMap<String, u64> {
            let counts = counts.iter().copied().chain(std::iter::repeat(0));
            let mut named = IndexMap::new();
            for (name, count) in names.into_iter().zip(counts) {
                // Territories of several sets share their names.
                *named.entry(name.to_owned()).or_default() += count;
            }
            named
        };
        let those_with_leads = |mut counts: IndexMap<String, u64>| {
            counts.retain(|_, count| *count > 0);
            counts
        };
        let by_field = |counts: &BTreeMap<FieldId, u64>| {
            let named = counts.iter().filter_map(|(field, count)| Some((policy.fields.get(field.at())?, *count)));
            named.map(|(field, count)| (field.name.to_string(), count)).collect()
        };
        let decisions = self.decisions();
        let mut territories = all(policy.territories.iter().map(|one| one.name.as_str()).collect(), &self.territories);
        if !policy.territories.is_empty() {
            territories.insert("(none)".to_owned(), self.no_territory);
        }
        Summary {
            leads: decisions + self.errors,
            decisions,
            errors: self.errors,
            outcomes: self.endings.iter().map(|(ending, count)| (ending.name().to_owned(), *count)).collect(),
            rules: all(policy.rules.iter().map(|one| one.title.as_str()).collect(), &self.rules),
            excluded: all(policy.excludes.iter().map(|one| one.title.as_str()).collect(), &self.excludes),
            pools: all(policy.pools.iter().map(|one| one.name.as_str()).collect(), &self.pools),
            queues: all(policy.queues.iter().map(|one| one.name.as_str()).collect(), &self.queues),
            reps: those_with_leads(all(policy.reps.iter().map(|one| one.name.as_str()).collect(), &self.reps)),
            slas: all(policy.slas.iter().map(|one| one.name.as_str()).collect(), &self.slas),
            territories: those_with_leads(territories),
            segments: all(policy.segments.iter().map(|one| one.name.as_str()).collect(), &self.segments),
            grades: policy
                .grades
                .iter()
                .enumerate()
                .map(|(at, grade)| {
                    let counts = self.grades.get(at).map_or(&[][..], Vec::as_slice);
                    (grade.name.to_string(), all(grade.steps.iter().map(|step| step.0.as_str()).collect(), counts))
                })
                .collect(),
            unknown_owners: self.unknown_owners(policy),
            unassigned: self.unassigned,
            leads_with_bad_values: self.leads_with_bad_values,
            short_rows: self.short_rows,
            repeated_keys: self.repeated_keys,
            bad_values: by_field(&self.bad_values),
            mended: by_field(&self.mended),
        }
    }
}
