//! A lead of the analysis as the lead of a test: what it found in records becomes values by which it finds a row that is there.

use crate::analysis::Witness;
use crate::analysis::witness::Found;
use crate::check::usual_instant;
use crate::data::text;
use crate::policy::tests::TestCase;
use crate::policy::{FieldId, Instant, LetValue, MatchKey, Policy, Records, Subject, Text, Type, Value};
use std::collections::BTreeMap;

/// Rows that are tried for one lead.
const MOST_ROWS: usize = 200;

/// Tests of a witness, the most likely to find what it found first.
pub(super) fn cases(policy: &Policy, witness: &Witness) -> Vec<TestCase> {
    let value = |name| witness.values.get(name).cloned().unwrap_or(Value::Missing);
    let values: Vec<Value> = policy.fields.iter().map(|field| value(&field.name)).collect();
    let mut all = vec![values];
    for records in &policy.records {
        if let Some(Found::Row(columns)) = witness.records.get(&records.name) {
            all = all.iter().flat_map(|values| with_row(policy, values, records, columns)).take(MOST_ROWS).collect();
        }
    }
    all.into_iter().map(|values| case(policy, values, witness.at_matters.then_some(witness.at))).collect()
}

pub(super) fn case(policy: &Policy, values: Vec<Value>, at: Option<Instant>) -> TestCase {
    let at = at.map(|at| at.seen_in(policy.zone)).unwrap_or_else(|| usual_instant(&values, policy.zone));
    TestCase {
        title: "".into(),
        span: Default::default(),
        line: None,
        values,
        bad: false,
        at,
        arm: None,
        given: Vec::new(),
        expect: Vec::new(),
        after: Vec::new(),
    }
}

/// The lead with what it takes to find a row, for the rows that are most like the one it is to find.
fn with_row(
    policy: &Policy,
    values: &[Value],
    records: &Records,
    columns: &BTreeMap<smol_str::SmolStr, Value>,
) -> Vec<Vec<Value>> {
    let unlike = |row: &Vec<Value>| {
        let wanted = |(at, column): (usize, &crate::policy::Field)| {
            let wanted = columns.get(&column.name).unwrap_or(&Value::Missing);
            row.get(at) != Some(wanted) && *wanted != Value::Missing
        };
        records.columns.iter().enumerate().filter(|column| wanted(*column)).count()
    };
    let mut rows: Vec<&Vec<Value>> = records.rows.iter().collect();
    rows.sort_by_key(|row| unlike(row));
    let found = rows.into_iter().flat_map(|row| {
        records.keys.iter().filter_map(move |key| {
            let mut values = values.to_vec();
            fits(policy, &mut values, records, key, row).then_some(values)
        })
    });
    found.take(MOST_ROWS).collect()
}

/// Gives a lead the values by which it finds a row; false where there are none.
fn fits(policy: &Policy, values: &mut [Value], records: &Records, key: &MatchKey, row: &[Value]) -> bool {
    key.parts.iter().all(|part| {
        let column = records.columns.get(part.column.at()).map(|column| &column.ty);
        match (row.get(part.column.at()), column) {
            (Some(value), Some(ty)) if *value != Value::Missing => put(policy, values, part.subject, value, ty),
            _ => false,
        }
    })
}

fn put(policy: &Policy, values: &mut [Value], subject: Subject, value: &Value, ty: &Type) -> bool {
    let field = |id: FieldId| policy.fields.get(id.at()).map(|field| &field.ty);
    match subject {
        Subject::Field(id) => {
            let fits = field(id).is_some_and(|own| {
                std::mem::discriminant(own) == std::mem::discriminant(ty) || is_text(own) && is_text(ty)
            });
            let place = values.get_mut(id.at()).filter(|_| fits);
            place.map(|place| *place = value.clone()).is_some()
        }
        Subject::Let(id) => match policy.lets.get(id.at()).map(|found| &found.value) {
            Some(LetValue::DomainOf(Subject::Field(from))) => {
                let Value::Text(Text { folded, .. }) = value else { return false };
                let written = match field(*from) {
                    Some(Type::Email) => format!("ada@{folded}"),
                    _ => folded.to_string(),
                };
                let place = values.get_mut(from.at());
                place.map(|place| *place = Value::Text(text::text(&written))).is_some()
            }
            _ => false,
        },
        Subject::Record(..) | Subject::Score(_) => false,
    }
}

fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Text | Type::Domain | Type::Email | Type::OneOf(_))
}
