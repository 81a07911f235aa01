//! The index finds what a comparison with every row finds.

use super::{Found, equal, find, key, like, records, text};
use leadway::data::company::{likeness, plain};
use leadway::data::records::{KeyTrial, Outcome, RecordIndex};
use leadway::policy::{ColumnId, KeyPart, Preference, Records, Subject, Value};
use proptest::prelude::*;

/// The rows that a key gave, and their score where it has a `like`.
type Candidates = Option<(Vec<u32>, Option<u16>)>;

/// The definition, row by row.
fn walk(records: &Records, lead: &[Value]) -> (Candidates, Outcome) {
    let of_lead = |subject: Subject| match subject {
        Subject::Field(field) => lead[field.at()].clone(),
        _ => Value::Missing,
    };
    for key in &records.keys {
        let score = |row: &Vec<Value>| {
            let parts = key.parts.iter().map(|part: &KeyPart| match (&row[part.column.at()], &of_lead(part.subject)) {
                (Value::Missing, _) | (_, Value::Missing) => None,
                (Value::Text(a), Value::Text(b)) if part.like => match (plain(&a.written), plain(&b.written)) {
                    (a, b) if a.is_empty() || b.is_empty() => None,
                    (a, b) => likeness(&a, &b),
                },
                (Value::Text(a), Value::Text(b)) => (a.folded == b.folded).then_some(1000),
                (a, b) => (a == b).then_some(1000),
            });
            parts.collect::<Option<Vec<u16>>>()?.into_iter().min()
        };
        let scores: Vec<Option<u16>> = records.rows.iter().map(score).collect();
        if let Some(best) = scores.iter().flatten().max() {
            let rows: Vec<u32> =
                (0..).zip(&scores).filter(|(_, score)| *score == &Some(*best)).map(|(at, _)| at).collect();
            let like = key.parts.iter().any(|part| part.like).then_some(*best);
            return (Some((rows.clone(), like)), prefer(records, rows, &of_lead));
        }
    }
    (None, Outcome::NoMatch)
}

fn prefer(records: &Records, mut left: Vec<u32>, of_lead: &impl Fn(Subject) -> Value) -> Outcome {
    for preference in &records.prefer {
        let value = |row: &u32, column: &ColumnId| records.rows[*row as usize][column.at()].clone();
        let number = |row: &u32, column: &ColumnId| match value(row, column) {
            Value::Integer(number) => Some(number),
            _ => None,
        };
        let favoured: Vec<u32> = match preference {
            Preference::Holds(column) => {
                left.iter().copied().filter(|row| value(row, column) == Value::Boolean(true)).collect()
            }
            Preference::Same { column, subject } => {
                let wanted = of_lead(*subject);
                left.iter().copied().filter(|row| wanted != Value::Missing && value(row, column) == wanted).collect()
            }
            Preference::Most(column) => {
                let most = left.iter().filter_map(|row| number(row, column)).max();
                left.iter().copied().filter(|row| most.is_some() && number(row, column) == most).collect()
            }
            Preference::Least(column) => {
                let least = left.iter().filter_map(|row| number(row, column)).min();
                left.iter().copied().filter(|row| least.is_some() && number(row, column) == least).collect()
            }
        };
        if !favoured.is_empty() {
            left = favoured;
        }
    }
    if left.len() == 1 { Outcome::Row(left[0]) } else { Outcome::Tie(left) }
}

fn decided(found: &Found) -> Candidates {
    match found.keys.last()? {
        KeyTrial::Rows { rows, score } => Some((rows.clone(), *score)),
        _ => None,
    }
}

/// Names over few letters, of the lengths at which the number of slips changes, with a slip now and then.
fn name() -> impl Strategy<Value = String> {
    let stem = prop_oneof![
        Just("abcdabcd"),
        Just("abcdabcda"),
        Just("aaaaaaaaaaaaaaaa"),
        Just("abcabcabcabcabcabc"),
        Just("thegreateasternrailwayco"),
        Just("thegreateasternrailwaycos"),
        Just("äbcdéfghijklmnöpqrstüvwxyz"),
        Just("ab1cdefgh"),
        Just("北京的公司在上海和广州也有"),
        Just("")
    ];
    (stem, prop::collection::vec((0usize..30, 0..4, "[ab1é]"), 0..5)).prop_map(|(stem, slips)| {
        let mut letters: Vec<char> = stem.chars().collect();
        for (place, kind, letter) in slips {
            let at = place.min(letters.len());
            let letter = letter.chars().next().unwrap();
            match kind {
                0 => letters.insert(at, letter),
                1 if at < letters.len() => letters[at] = letter,
                2 if at < letters.len() => {
                    letters.remove(at);
                }
                _ => {}
            }
        }
        letters.into_iter().collect()
    })
}

fn row() -> impl Strategy<Value = Vec<Value>> {
    (
        prop_oneof![Just(""), Just("a.test"), Just("b.test")],
        name(),
        prop_oneof![Just(""), Just("US"), Just("DE")],
        0i64..4,
        any::<bool>(),
        name(),
    )
        .prop_map(|(domain, name, country, size, customer, other)| {
            let size = if size == 0 { Value::Missing } else { Value::Integer(size) };
            vec![text(domain), text(&name), text(country), size, Value::Boolean(customer), text(&other)]
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn the_index_agrees_with_a_walk(
        rows in prop::collection::vec(row(), 0..40),
        lead in row(),
        which in 0usize..4,
    ) {
        let keys = match which {
            0 => vec![key(vec![equal(0), equal(2)]), key(vec![like(1), equal(2)])],
            1 => vec![key(vec![like(1)])],
            2 => vec![key(vec![equal(0), equal(3)]), key(vec![like(1), like(5)]), key(vec![equal(2)])],
            _ => vec![key(vec![equal(4), like(5)]), key(vec![like(1)])],
        };
        let prefer = vec![
            Preference::Same { column: ColumnId(2), subject: Subject::Field(leadway::policy::FieldId(2)) },
            Preference::Holds(ColumnId(4)),
            if which == 1 { Preference::Least(ColumnId(3)) } else { Preference::Most(ColumnId(3)) },
        ];
        let records = records(keys, prefer, rows);
        let found = find(&RecordIndex::new(&records), &lead);
        let (rows, outcome) = walk(&records, &lead);
        prop_assert_eq!(decided(&found), rows);
        prop_assert_eq!(found.outcome, outcome);
    }
}
