//! A first policy from nothing, and from an export.

use leadway::data::table::{DataTable, read_table};
use leadway::format::format;
use leadway::init::infer::{Inference, Inferred};
use leadway::init::{starter, write};
use leadway::lead::{LeadFile, LeadReader, Plan};
use leadway::load;
use leadway::policy::Policy;
use leadway::source::FileId;
use leadway::syntax;
use proptest::prelude::*;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An export as a spreadsheet gives it, whose rows repeat with another id.
fn inferred(header: &str, rows: &[&str], times: usize) -> Inferred {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_string()).collect::<Vec<_>>();
    let mut inference = Inference::new(cells(header).iter().map(String::as_str));
    for number in 0..times {
        for (at, row) in rows.iter().enumerate() {
            let row = row.replace('#', &format!("{}", number * rows.len() + at));
            inference.row(cells(&row).iter().map(String::as_str));
        }
    }
    inference.finish()
}

/// The policy of a text that has no finding.
fn checked(text: &str) -> Policy {
    let files: BTreeMap<String, Arc<[u8]>> = BTreeMap::from([("main.leadway".to_string(), text.as_bytes().into())]);
    let compiled = load::compile("main.leadway", &files).unwrap();
    let said: Vec<_> = compiled.diagnostics.iter().map(|finding| (finding.code, &finding.message)).collect();
    assert!(said.is_empty(), "{said:#?}\nin\n{text}");
    compiled.policy.unwrap()
}

#[test]
fn an_export_becomes_a_lead_block() {
    let header = "Record ID|Created Date|Email|Company Name|Website|Country|State/Province|Zip|Annual Revenue|# Employees\
        |Lead Source|Rating|Opted Out|Score|Last Contact (days)|Priority|Preferred Language|Phone|From|Notes||Email 2|Notes";
    let rows = [
        "00Q-#|3/4/2026 10:05|ana#@acme.test|Acme #|www.acme.test|Germany|BE|10115|$1,200|12|Web Form|1 - Hot|Yes|80|3|High|German|0301 #|Fair|a||x|",
        "00Q-#|3/14/2026 9:00 PM|bo#@bolt.test|Bolt #|http://bolt.test/x|USA|California|94105|$900.50|1,200|web form|2 - Warm|No|55|-1|Low|en-US|0302 #|Fair|b||y|",
        "00Q-#|12/1/2026 11:30|cy#@cy.test|Cy #|cy.test|United States|NY|10001|USD 12|900|Trade Show|1 - Hot|No|0|-1|High|French|#|Web|c||z|",
        "00Q-#|1/31/2026 08:15|di@di.test|Di & Co #|-|AT|Wien||$0|7|--None--|A+|No|100|40|N/A|de|+49#|Web|d \"q\"||x|",
        "00Q-#|2/2/2026 00:00|ed@ed.test||ed.test|Select|||$7k|0|Trade Show|A-|yes|7|12|Low|German||東京|e||y|",
    ];
    let inferred = inferred(header, &rows, 12);
    let policy = write::policy(&inferred, "exports/march leads.csv").unwrap();
    insta::assert_snapshot!(policy);
    checked(&policy);
}

#[test]
fn awkward_exports_become_policies_too() {
    let policies = [
        inferred("name", &["one"], 1),
        inferred("a|b|a", &["1|2|3|4", "5", ""], 9),
        inferred("Land", &["DE", "AT", "CH", "France", "Atlantis #"], 30),
        inferred("Land", &["DE"; 40].map(|_| "DE").into_iter().chain(["Atlantis"]).collect::<Vec<_>>(), 1),
        inferred("Country|State", &["NO|", "NO|Oslo", "no|Oslo"], 20),
        inferred("code", &["00123", "00456", "7"], 20),
        inferred("when", &["4/3/2026", "5/6/2026"], 20),
        inferred("when", &["24/3/2026", "5/16/2026"], 20),
    ];
    let policies: Vec<String> = policies.iter().map(|inferred| write::policy(inferred, "x.csv").unwrap()).collect();
    policies.iter().for_each(|policy| _ = checked(policy));
    insta::assert_snapshot!(policies.join("\n-----\n"));
}

#[test]
fn the_likeliest_column_is_the_id() {
    for (header, expected) in [
        ("Phone Number|Reference|Account Id|Lead ID|Id|Name", "Id"),
        ("Phone Number|Reference|Account Id|leadId|Name", "leadId"),
        ("Phone Number|Reference|Account Id|Name", "Account Id"),
        ("Name|Phone Number|Reference", "Phone Number"),
        ("Name|Company", "Name"),
    ] {
        let row = header.split('|').map(|_| "x#").collect::<Vec<_>>().join("|");
        let fields = inferred(header, &[&row], 30).fields;
        assert_eq!(fields.iter().find(|field| field.name == "id").map(|field| field.column.as_str()), Some(expected));
    }
}

#[test]
fn an_export_without_values_has_no_policy() {
    for (header, rows) in [("", &[][..]), ("a|b", &[]), ("|", &["x|y"]), ("a", &["", "n/a"])] {
        assert_eq!(write::policy(&inferred(header, rows, 1), "x.csv"), None, "{header}");
    }
}

#[test]
fn the_starter_checks_is_formatted_and_routes_its_leads() {
    let files = starter();
    let file = |path: &str| &files.iter().find(|file| file.path == path).unwrap().text;
    let policy = file("main.leadway");
    assert_eq!(&format(&syntax::parse(FileId(0), policy), policy).unwrap(), policy);
    let plan = Plan::of(&checked(policy));
    let leads = file("leads.csv").as_bytes();
    let leads = LeadReader::new(&plan, LeadFile::open(leads, Some("leads.csv"), &plan).unwrap());
    let leads: Vec<_> = leads.map(Result::unwrap).collect();
    assert!(leads.len() >= 5 && leads.iter().all(|lead| lead.faults.is_empty()), "{leads:#?}");
    for name in ["main.leadway", "leads.csv"] {
        assert!(file("README.md").contains(name) && file(".github/workflows/leadway.yml").contains(name), "{name}");
    }
}

/// A column: a header, and values of one kind, as exports have them.
fn column() -> impl Strategy<Value = (String, Vec<String>)> {
    let header = prop_oneof![
        Just(""),
        Just("Id"),
        Just("Country"),
        Just("State"),
        Just("Zip Code"),
        Just("Created At"),
        Just("Amount"),
        Just("Website"),
        Just("Match"),
        Just("Größe \"x\""),
        Just("Score"),
        Just("Language"),
        Just("Phone Number"),
    ];
    let value = prop_oneof![
        Just("-?[0-9]{1,6}"),
        Just("0[0-9]{3}"),
        Just("-1|[0-9]{1,2}"),
        Just("[0-9]{1,3}[.,][0-9]{1,3}"),
        Just("[01]"),
        Just("Yes|No|yes"),
        Just("[$€][0-9]{1,3}"),
        Just("[a-c]@x\\.test"),
        Just("DE|France|USA|Atlantis"),
        Just("CA|NY|Bavaria|75"),
        Just("[0-9]{1,2}/[0-9]{1,2}/202[0-9]"),
        Just("202[0-9]-0[1-9]-[0-3][0-9] [01][0-9]:[0-5][0-9]"),
        Just("[0-9]{10}"),
        Just("(https://)?[a-c]\\.test/?"),
        Just("Web Form|web form|Trade-Show|A\\+|A-|0[1-3]\\.Hot|true|any"),
        Just("[a-zA-Z é東\"',#\\\\{}]{0,12}"),
        Just("de|en|German"),
        Just("|N/A|-|Select"),
    ];
    let values = prop::collection::vec(value, 1..3).prop_flat_map(|kinds| {
        let any = prop::sample::select(kinds).prop_flat_map(|kind| prop::string::string_regex(kind).unwrap());
        prop::collection::vec(prop_oneof![9 => any, 1 => Just(String::new())], 60)
    });
    (header.prop_map(String::from), values)
}

fn of_table(table: &DataTable) -> Inferred {
    let mut inference = Inference::new(table.columns.iter().map(SmolStr::as_str));
    for row in 0..table.len() {
        let cells: Vec<_> = (0..table.columns.len()).map(|column| table.cell(row, column)).collect();
        inference.row(cells.iter().map(AsRef::as_ref));
    }
    inference.finish()
}

/// The table as a spreadsheet saves it.
fn csv(columns: &[(String, Vec<String>)], rows: usize) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |cells: Vec<&String>| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\n";
    let header = line(columns.iter().map(|(header, _)| header).collect());
    header + &(0..rows).map(|row| line(columns.iter().map(|(_, values)| &values[row]).collect())).collect::<String>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What is inferred checks without a finding, is formatted, and reads every lead of its export without a fault.
    #[test]
    fn an_export_reads_with_what_was_inferred(columns in prop::collection::vec(column(), 1..8), rows in 1usize..60) {
        let csv = csv(&columns, rows);
        let inferred = of_table(&read_table(csv.as_bytes()).unwrap());
        let Some(policy) = write::policy(&inferred, "x.csv") else { return Ok(()) };
        prop_assert_eq!(&format(&syntax::parse(FileId(0), &policy), &policy).unwrap(), &policy);
        let plan = Plan::of(&checked(&policy));
        let mut leads = LeadReader::new(&plan, LeadFile::open(csv.as_bytes(), Some("x.csv"), &plan).unwrap());
        for lead in &mut leads {
            let lead = lead.unwrap();
            prop_assert!(lead.faults.is_empty(), "{:?} in\n{}\n{}", lead.faults, policy, csv);
        }
    }
}
