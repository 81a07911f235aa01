//! `leadway explain`: text for people, JSON for machines, and what would have to change.

use super::{example, json, run, run_in, small};

const AT: &str = "--at 2026-03-04T10:00Z";

#[test]
fn why_and_why_not_in_words() {
    let folder = small();
    let arguments = ["explain", "main.leadway", "--lead", "leads.csv", "--id", "L2", "--rule", "Small, in Germany"];
    let ran = run(folder.path(), &[&arguments[..], &["--at", "2026-03-04T10:00Z"]].concat(), "").exits(0);
    insta::assert_snapshot!(ran.out);
}

#[test]
fn a_lead_in_arguments() {
    let folder = small();
    let ran = run_in(folder.path(), &format!("explain main.leadway Employees=4,000 {AT} --format json"), "").exits(0);
    let explained = json(&ran.out);
    assert_eq!(
        (&explained["decision"]["rule"], &explained["decision"]["outcome"]),
        (&"Large".into(), &"routed".into())
    );
    assert_eq!(explained["at"], "2026-03-04 10:00:00 +00:00");
}

/// What a machine reads is in the words of the policy: no numbers that mean something only inside.
#[test]
fn json_speaks_in_names() {
    let line = format!("explain main.leadway --lead leads.csv --id L0004 --format json {AT}");
    let explained = json(&run_in(&example("software_inbound"), &line, "").exits(0).out);
    let entries = explained["trace"]["entries"].as_array().unwrap();
    let plain: Vec<_> =
        entries.iter().map(|one| format!("{} {} {}", one["kind"], one["title"], one["verdict"])).collect();
    let records = serde_json::to_string_pretty(&(&explained["records"], &explained["trace"]["records"])).unwrap();
    insta::assert_snapshot!(format!("{}\n{records}", plain.join("\n")));
}

#[test]
fn which_lead_of_a_file() {
    let folder = small();
    let lead = |selection: &str| {
        run_in(folder.path(), &format!("explain main.leadway --lead leads.csv --format json {AT} {selection}"), "")
    };
    assert_eq!(json(&lead("").exits(0).out)["decision"]["lead"], "L1");
    assert_eq!(json(&lead("--line 5").exits(0).out)["decision"]["lead"], "L4");
    assert_eq!(json(&lead("--id L8").exits(0).out)["decision"]["line"], 9);
    let ran = run_in(folder.path(), &format!("explain main.leadway --lead - --format json {AT}"), r#"{"id": "S1"}"#);
    assert_eq!(json(&ran.exits(0).out)["decision"]["lead"], "S1");
    for (selection, said) in [
        ("--id L99", "`leads.csv` has no lead with the id `L99`"),
        ("--line 77", "no lead of `leads.csv` starts on line 77"),
        ("--line 7", "`leads.csv`, line 7: found `L6,"),
    ] {
        let ran = lead(selection).exits(2);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}

#[test]
fn what_cannot_be_explained_says_why() {
    let folder = small();
    for (line, said) in [
        ("contry=DE", "no field or column is called `contry`\n  help: did you mean `country`?"),
        ("country", "`country` is not of the form field=value"),
        ("country=DE --rule Larg", "the policy has no rule \"Larg\"\n  help: did you mean \"Large\"?"),
        ("country=DE --at someday", "`someday` is no time"),
        ("", "there is no lead to explain"),
        ("country=DE --lead leads.csv", "cannot be used with"),
        ("--lead none.csv", "cannot read `none.csv`: no such file or directory"),
    ] {
        let ran = run_in(folder.path(), &format!("explain main.leadway {line}"), "").exits(2);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}
