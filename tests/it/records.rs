//! Finding a lead's account: the trace of small cases, and the index held against a walk over all rows.

mod names;
mod oracle;

use leadway::data::records::{Found, RecordIndex};
use leadway::policy::{
    ColumnId, Condition, ConditionKind, Field, FieldId, KeyPart, MatchKey, Preference, Records, Subject, Text, Type,
    Value,
};
use std::borrow::Cow;
use std::sync::Arc;

fn text(written: &str) -> Value {
    match written {
        "" => Value::Missing,
        _ => Value::Text(Text { folded: written.to_lowercase().into(), written: written.into() }),
    }
}

fn equal(column: u32) -> KeyPart {
    KeyPart { column: ColumnId(column), subject: Subject::Field(FieldId(column)), like: false }
}

fn like(column: u32) -> KeyPart {
    KeyPart { like: true, ..equal(column) }
}

fn key(parts: Vec<KeyPart>) -> MatchKey {
    MatchKey { parts, unless: None, span: Default::default() }
}

/// Records whose column `n` is matched with the lead's field `n`.
fn records(keys: Vec<MatchKey>, prefer: Vec<Preference>, rows: Vec<Vec<Value>>) -> Records {
    let width = rows.first().map_or(0, Vec::len);
    let column = |at: usize| Field {
        name: format!("c{at}").into(),
        span: Default::default(),
        ty: Type::Text,
        required: false,
        columns: Vec::new(),
        spellings: Vec::new(),
        missing: Vec::new(),
    };
    Records {
        name: "account".into(),
        span: Default::default(),
        columns: (0..width).map(column).collect(),
        keys,
        prefer,
        on_tie: None,
        rows: Arc::new(rows),
    }
}

fn find(index: &RecordIndex, lead: &[Value]) -> Found {
    let value_of = |subject| match subject {
        Subject::Field(field) => lead.get(field.at()).map_or(Cow::Owned(Value::Missing), Cow::Borrowed),
        _ => Cow::Owned(Value::Missing),
    };
    index.find(value_of, |condition| condition.kind == ConditionKind::Constant(true))
}

#[test]
fn every_step_is_told() {
    // domain, name, country, customer, employees
    let rows = vec![
        vec![text("acme.test"), text("Acme Inc."), text("US"), Value::Boolean(false), Value::Integer(40)],
        vec![text("acme.test"), text("ACME GmbH"), text("DE"), Value::Boolean(true), Value::Integer(900)],
        vec![text("acme.test"), text("Acme Holding AG"), text("DE"), Value::Boolean(true), Value::Missing],
        vec![text("globex.test"), text("Globex Corporation"), text("US"), Value::Boolean(true), Value::Integer(7)],
        vec![text("globex.test"), text("Globex Corp"), text("US"), Value::Boolean(true), Value::Integer(7)],
        vec![Value::Missing, text("Northwind Traders Ltd"), text("GB"), Value::Missing, Value::Missing],
        vec![Value::Missing, text("Northwind Trader"), text("GB"), Value::Missing, Value::Missing],
    ];
    let personal = Condition { kind: ConditionKind::Constant(true), span: Default::default() };
    let prefer = vec![
        Preference::Same { column: ColumnId(2), subject: Subject::Field(FieldId(2)) },
        Preference::Holds(ColumnId(3)),
        Preference::Most(ColumnId(4)),
    ];
    let by_domain = key(vec![equal(0)]);
    let by_name = key(vec![like(1), equal(2)]);
    let index = RecordIndex::new(&records(vec![by_domain.clone(), by_name.clone()], prefer.clone(), rows.clone()));
    let free_mail = MatchKey { unless: Some(personal), ..by_domain };
    let unless = RecordIndex::new(&records(vec![free_mail, by_name], prefer, rows));
    let cases: [(&str, &RecordIndex, [&str; 3]); 10] = [
        ("the domain decides", &index, ["ACME.test", "Globex", "US"]),
        ("two of the country, the larger one", &index, ["acme.test", "", "DE"]),
        ("no country: customers, then the larger one", &index, ["acme.test", "", ""]),
        ("a full tie", &index, ["globex.test", "", ""]),
        ("the second key", &index, ["unknown.test", "acme", "DE"]),
        ("the name, not in this country", &index, ["", "acme", "FR"]),
        ("no name", &index, ["", "", "US"]),
        ("a name without letters", &index, ["", "--", "GB"]),
        ("the same name before an alike one", &index, ["", "Northwind Traders", "GB"]),
        ("alike", &unless, ["acme.test", "Northwind Tradrs", "GB"]),
    ];
    let shown: Vec<String> = cases
        .iter()
        .map(|(name, index, lead)| {
            let found = find(index, &lead.map(text));
            format!("{name}: {lead:?}\n  {}", serde_json::to_string(&found).unwrap())
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let rows = |order: [usize; 3]| {
        let all = [
            vec![text("a.test"), Value::Boolean(true)],
            vec![text("a.test"), Value::Boolean(false)],
            vec![text("a.test"), Value::Boolean(true)],
        ];
        order.map(|at| all[at].clone()).to_vec()
    };
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let prefer = vec![Preference::Holds(ColumnId(1))];
        let index = RecordIndex::new(&records(vec![key(vec![equal(0)])], prefer, rows(order)));
        let tied = match find(&index, &[text("a.test")]).outcome {
            leadway::data::records::Outcome::Tie(rows) => rows.len(),
            other => panic!("{other:?}"),
        };
        assert_eq!(tied, 2);
    }
}
