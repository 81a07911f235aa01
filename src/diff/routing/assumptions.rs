//! What a comparison over all leads cannot see: that a lead's values are read otherwise, or that it finds another row of the records.
//!
//! The proofs are about leads whose values were read, with a row that they found. Where a version changes the reading of something that
//! decides, two leads that are one in a file may be two to the versions; so that is said, and nothing is called proved.

use super::Routing;
use crate::analysis::{Formula, Space};
use crate::policy::{
    ColumnId, Field, KeyPart, LetId, LetValue, Policy, Preference, RecordsId, Subject, Target, Type, words,
};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Adds what is in doubt to a routing.
pub fn doubts(space: &mut Space, routing: &mut Routing) {
    let [Some(old), Some(new)] = [0, 1].map(|number| space.policies.get(number).copied()) else { return };
    let asked: Vec<Asked> = [old, new].into_iter().map(Asked::of).collect();
    let is_asked = |name: &SmolStr| asked.iter().any(|asked| asked.fields.contains(name));
    for field in &new.fields {
        let Some(before) = old.fields.iter().find(|known| known.name == field.name) else { continue };
        if is_asked(&field.name)
            && let Some(how) = reads_otherwise(old, before, new, field)
        {
            routing
                .unknown
                .push(format!("`{}` is read otherwise ({how}): a lead may have another value of it", field.name));
        }
    }
    if old.missing != new.missing && asked.iter().any(|asked| !asked.fields.is_empty()) {
        routing
            .unknown
            .push("other spellings stand for no value: a value may be missing that was not, or be there".to_owned());
    }
    for (id, records) in (0..).map(RecordsId).zip(&new.records) {
        if !asked.iter().any(|asked| asked.records.contains(&records.name)) {
            continue;
        }
        let Some(at) = old.records.iter().position(|known| known.name == records.name) else { continue };
        let Some(before) = old.records.get(at) else { continue };
        let columns = before.columns.len() == records.columns.len()
            && before.columns.iter().zip(&records.columns).all(|(was, is)| {
                was.name == is.name && was.columns == is.columns && reads_otherwise(old, was, new, is).is_none()
            });
        let alike = matching(space, 0, RecordsId(at as u32)) == matching(space, 1, id);
        let found_alike = alike && columns;
        if !found_alike {
            routing.unknown.push(format!("leads find their row of {} in another way", records.name));
        } else if before.rows != records.rows {
            routing.assuming.push(format!("a lead finds the same row of {}, whose rows have changed", records.name));
        }
    }
}

/// How a field that both have is read otherwise, so that one text may be two values.
fn reads_otherwise(old: &Policy, before: &Field, new: &Policy, after: &Field) -> Option<&'static str> {
    let own_name =
        |field: &Field| if field.columns.is_empty() { vec![field.name.clone()] } else { field.columns.clone() };
    let country = |policy: &Policy, field: &Field| match field.ty {
        Type::Region { of } | Type::PostalCode { of } => {
            of.and_then(|at| policy.fields.get(at as usize)).map(|field| field.name.clone())
        }
        _ => None,
    };
    let kind = |ty: &Type| match ty {
        Type::SetOf(member) => (std::mem::discriminant(ty), Some(std::mem::discriminant(&**member))),
        ty => (std::mem::discriminant(ty), None),
    };
    let currency = |ty: &Type| match ty {
        Type::Money { currency } => currency.clone(),
        _ => None,
    };
    if kind(&before.ty) != kind(&after.ty) || currency(&before.ty) != currency(&after.ty) {
        return Some("another type");
    }
    if matches!(after.ty, Type::SetOf(_)) && before.ty != after.ty {
        return Some("a set of other values");
    }
    if own_name(before) != own_name(after) {
        return Some("from other columns");
    }
    if before.spellings != after.spellings || before.missing != after.missing {
        return Some("other spellings");
    }
    if country(old, before) != country(new, after) {
        return Some("with another country");
    }
    if old.zone != new.zone && matches!(after.ty, Type::Time | Type::Date) {
        return Some("in another zone");
    }
    None
}

/// What decides in a policy.
#[derive(Default)]
struct Asked {
    fields: BTreeSet<SmolStr>,
    records: BTreeSet<SmolStr>,
}

impl Asked {
    fn of(policy: &Policy) -> Asked {
        let mut asked = Asked::default();
        let mut subjects: Vec<Subject> = Vec::new();
        policy.each_test(&mut |test| subjects.push(test.subject));
        let tables = policy.tables.iter().flat_map(|table| &table.rows).filter_map(|row| row.target.as_ref());
        let arms = policy.experiments.iter().flat_map(|one| &one.arms).flat_map(|arm| &arm.assign);
        for target in policy.rules.iter().flat_map(|rule| &rule.assign).chain(tables).chain(arms) {
            if let Target::Owner { records, .. }
            | Target::TeamOfOwner { records, .. }
            | Target::ManagerOfOwner { records, .. } = target
            {
                asked.enter_records(policy, *records);
            }
        }
        for records in policy.records.iter().filter(|records| records.on_tie.is_some()) {
            asked.records.insert(records.name.clone());
        }
        subjects.extend(policy.experiments.iter().flat_map(|one| &one.keys).map(|(subject, _)| *subject));
        for subject in subjects {
            asked.enter(policy, subject);
        }
        for field in policy.fields.iter().filter(|field| field.required) {
            asked.fields.insert(field.name.clone());
        }
        // Keys decide which row is found, where a row decides anything.
        let keyed: Vec<Subject> = policy
            .records
            .iter()
            .filter(|records| asked.records.contains(&records.name))
            .flat_map(|records| {
                let parts = records.keys.iter().flat_map(|key| &key.parts).map(|part| part.subject);
                let prefer = records.prefer.iter().filter_map(|one| match one {
                    Preference::Same { subject, .. } => Some(*subject),
                    _ => None,
                });
                parts.chain(prefer)
            })
            .collect();
        for subject in keyed {
            asked.enter(policy, subject);
        }
        asked
    }

    fn enter(&mut self, policy: &Policy, subject: Subject) {
        match subject {
            Subject::Field(id) => self.fields.extend(policy.fields.get(id.at()).map(|field| field.name.clone())),
            Subject::Record(id, _) => self.enter_records(policy, id),
            Subject::Let(LetId(at)) => {
                if let Some(LetValue::DomainOf(of)) = policy.lets.get(at as usize).map(|one| &one.value) {
                    self.enter(policy, *of);
                }
            }
            Subject::Score(_) => {}
        }
    }

    fn enter_records(&mut self, policy: &Policy, id: RecordsId) {
        self.records.extend(policy.records.get(id.at()).map(|records| records.name.clone()));
    }
}

/// How leads find a row of a records block: its keys and preferences, by names and formulas.
fn matching(space: &mut Space, number: usize, id: RecordsId) -> Vec<(String, Formula)> {
    let policy = space.policies.get(number).copied();
    let Some((policy, records)) = policy.and_then(|policy| Some((policy, policy.records.get(id.at())?))) else {
        return Vec::new();
    };
    let column = |at: ColumnId| records.columns.get(at.at()).map_or("", |column| column.name.as_str());
    let mut found = Vec::new();
    for key in &records.keys {
        let part = |part: &KeyPart| {
            let word = if part.like { "like" } else { "=" };
            format!("{} {word} {}", column(part.column), source(policy, part.subject))
        };
        let parts: Vec<String> = key.parts.iter().map(part).collect();
        let unless = key.unless.as_ref().map_or(Formula::FALSE, |unless| space.condition(number, unless));
        found.push((parts.join(", "), unless));
    }
    for one in &records.prefer {
        let words = match one {
            Preference::Holds(of) => column(*of).to_owned(),
            Preference::Same { column: of, subject } => format!("{} = {}", column(*of), source(policy, *subject)),
            Preference::Most(of) => format!("most {}", column(*of)),
            Preference::Least(of) => format!("least {}", column(*of)),
        };
        found.push((words, Formula::TRUE));
    }
    found
}

/// Where a subject's value comes from, whatever a `let` is called.
fn source(policy: &Policy, subject: Subject) -> String {
    match subject {
        Subject::Let(id) => match policy.lets.get(id.at()).map(|one| &one.value) {
            Some(LetValue::DomainOf(of)) => format!("domain of {}", source(policy, *of)),
            _ => String::new(),
        },
        other => words::subject(policy, other),
    }
}
