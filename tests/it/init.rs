//! A first policy from nothing, and from an export.

use leadway::init::infer::{Inference, Inferred};
use leadway::init::{starter, write};
use leadway::load;
use leadway::policy::Policy;
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
        inferred("code", &["00123", "00456", "7"], 20),
        inferred("when", &["4/3/2026", "5/6/2026"], 20),
        inferred("when", &["24/3/2026", "5/16/2026"], 20),
    ];
    let policies: Vec<String> = policies.iter().map(|inferred| write::policy(inferred, "x.csv").unwrap()).collect();
    policies.iter().for_each(|policy| _ = checked(policy));
    insta::assert_snapshot!(policies.join("\n-----\n"));
}

#[test]
fn an_export_without_values_has_no_policy() {
    for (header, rows) in [("", &[][..]), ("a|b", &[]), ("|", &["x|y"]), ("a", &["", "n/a"])] {
        assert_eq!(write::policy(&inferred(header, rows, 1), "x.csv"), None, "{header}");
    }
}

#[test]
fn the_starter_checks_and_names_its_files() {
    let files = starter();
    let readme = &files.iter().find(|file| file.path == "README.md").unwrap().text;
    checked(&files.iter().find(|file| file.path == "main.leadway").unwrap().text);
    for name in ["main.leadway", "leads.csv"] {
        assert!(files.iter().any(|file| file.path == name) && readme.contains(name), "{name}");
    }
}
