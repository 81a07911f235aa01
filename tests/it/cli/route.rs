//! `leadway route`: formats, destinations, instants, compressed input, and the sum that always holds.

use super::{EXAMPLES, LEADS, example, folder, json, run_in, small};
use std::io::Write;
use std::path::Path;

const AT: &str = "--at 2026-03-04T10:00Z";

fn ndjson(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(json).collect()
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Without the line that tells the time, which is never the same.
fn without_speed(text: &str) -> String {
    text.lines().filter(|line| !line.contains(" leads a second")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_table_for_people() {
    let folder = small();
    let ran = run_in(folder.path(), &format!("route main.leadway --leads leads.csv {AT}"), "").exits(1);
    insta::assert_snapshot!(format!("{}\n--- standard error\n{}", ran.out, without_speed(&ran.err)));
}

#[test]
fn every_lead_is_a_decision_or_an_error_in_files_too() {
    let folder = small();
    let line = "route main.leadway --leads leads.csv --format ndjson --out d.ndjson --errors e.ndjson --summary s.json";
    let ran = run_in(folder.path(), &format!("{line} {AT}"), "").exits(1);
    assert_eq!(ran.out, "");
    let decisions = ndjson(&read(folder.path(), "d.ndjson"));
    let errors = ndjson(&read(folder.path(), "e.ndjson"));
    let summary = json(&read(folder.path(), "s.json"));
    assert_eq!(decisions.len() + errors.len(), 8);
    assert_eq!((&summary["leads"], &summary["decisions"], &summary["errors"]), (&json("8"), &json("5"), &json("3")));
    let of =
        |decision: &serde_json::Value| format!("{} {} {}", decision["lead"], decision["outcome"], decision["rule"]);
    let of: Vec<String> = decisions.iter().map(of).collect();
    assert_eq!(
        of,
        [
            r#""L1" "routed" "Large""#,
            r#""L2" "routed" "otherwise of europe""#,
            r#""L3" "excluded" null"#,
            r#""L4" "routed" "otherwise""#,
            r#""L8" "routed" "otherwise""#
        ]
    );
    for key in ["lead", "rule", "target", "assignee", "sla", "priority", "territory", "segments", "scores", "policy"] {
        assert!(decisions.iter().all(|decision| decision.get(key).is_some()), "{key}");
    }
    assert_eq!(decisions[3]["bad_values"][0]["value"], "Atlantis");
    assert_eq!(errors.iter().map(|error| error["line"].as_u64().unwrap()).collect::<Vec<_>>(), [6, 7, 8]);
    assert_eq!(errors[0]["field"], "id");
    assert!(errors.iter().all(|error| error["expected"].as_str().is_some_and(|expected| !expected.is_empty())));
    assert_eq!((&summary["rules"]["otherwise"], &summary["rules"]["otherwise of europe"]), (&json("2"), &json("1")));
}

#[test]
fn a_restored_zero_is_said() {
    let lead = "id text required\n country country\n zip postal code of country\n old_zip postal code of country";
    let policy = format!(
        "lead {{ {lead} }}\nqueue q\nqueue r\nroute main {{\n rule \"R\" {{ match zip = \"02134\" assign queue r }}\n otherwise {{ assign queue q }}\n}}\n"
    );
    let leads = "id,country,zip,old_zip\n1,US,2134,\n2,US,02134,2135\n3,DE,2134,1067\n";
    let folder = folder(&[("main.leadway", policy.as_str()), ("leads.csv", leads)]);
    let ran =
        run_in(folder.path(), "route main.leadway --leads leads.csv --format ndjson --summary s.json", "").exits(0);
    let decisions = ndjson(&ran.out);
    assert_eq!(decisions[0]["rule"], "R");
    let zero = |zip: &str, field: &str| {
        json(&format!(r#"[{{"field": "{field}", "what": "leading zero restored: {zip} -> 0{zip}"}}]"#))
    };
    assert_eq!(decisions[0]["mended"], zero("2134", "zip"));
    assert_eq!(decisions[1]["mended"], zero("2135", "old_zip"));
    assert_eq!(decisions[2]["mended"].as_array().unwrap().len(), 2);
    assert_eq!(json(&read(folder.path(), "s.json"))["mended"], json(r#"{"zip": 2, "old_zip": 2}"#));
    let table = run_in(folder.path(), "route main.leadway --leads leads.csv", "").exits(0).out;
    assert!(table.contains("2 values of `zip` mended: a lost leading zero restored"), "{table}");
    let csv = run_in(folder.path(), "route main.leadway --leads leads.csv --format csv", "").exits(0).out;
    assert!(csv.contains(",zip: leading zero restored: 2134 -> 02134,"), "{csv}");
}

#[test]
fn a_csv_of_decisions_is_a_csv() {
    let folder = small();
    let ran = run_in(folder.path(), &format!("route main.leadway --leads leads.csv --format csv {AT}"), "").exits(1);
    let mut reader = csv::Reader::from_reader(ran.out.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().take(4).collect::<Vec<_>>(), ["lead", "line", "outcome", "rule"]);
    assert_eq!(
        reader.records().map(|row| row.unwrap().len()).collect::<Vec<_>>(),
        [leadway::decision::COLUMNS.len(); 5]
    );
}

#[test]
fn strict_makes_bad_values_errors() {
    let folder = small();
    let line = format!("route main.leadway --leads leads.csv --format ndjson --strict {AT}");
    let ran = run_in(folder.path(), &line, "").exits(1);
    assert_eq!(ran.out.lines().count(), 4);
    assert!(ran.err.contains("error: line 5, lead `L4`: `country` is `Atlantis`; expected a country"), "{}", ran.err);
}

#[test]
fn each_lead_at_its_own_instant() {
    let folder = small();
    let ran =
        run_in(folder.path(), "route main.leadway --leads leads.csv --format ndjson --at created_at", "").exits(1);
    let rules: Vec<_> = ndjson(&ran.out).iter().map(|decision| decision["rule"].clone()).collect();
    assert_eq!(rules, ["Large".into(), "Late".into(), serde_json::Value::Null, "otherwise".into()]);
    let expected = "error: line 9, lead `L8`: `created_at` is missing; expected a value, since leads are decided at their `created_at`";
    assert!(ran.err.contains(expected), "{}", ran.err);
    let ran = run_in(folder.path(), "route main.leadway --leads leads.csv --at country", "").exits(2);
    assert!(ran.err.contains("`country` is neither a time nor a time field"), "{}", ran.err);
}

#[test]
fn threads_standard_input_and_compression_change_nothing() {
    for (name, leads) in EXAMPLES {
        let folder = example(name);
        let plain = std::fs::read(folder.join(leads)).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&plain).unwrap();
        let zstd = ruzstd::encoding::compress_to_vec(&plain[..], ruzstd::encoding::CompressionLevel::Fastest);
        let line = format!("route main.leadway --format ndjson {AT}");
        let expected = run_in(&folder, &format!("{line} --leads {leads} --threads 1"), "").exits(0).out;
        assert_eq!(
            expected.lines().count(),
            plain.split(|byte| *byte == b'\n').count() - 1 - usize::from(leads.ends_with("csv"))
        );
        for (threads, input) in [(4, plain), (1, gzip.finish().unwrap()), (2, zstd)] {
            let ran = run_in(&folder, &format!("{line} --leads - --threads {threads}"), input).exits(0);
            assert!(ran.out == expected, "{name}: {threads} threads");
        }
    }
}

#[test]
fn blocks_of_many_threads_come_in_order() {
    let rows: String =
        (0..120_000).map(|at| format!("M{at},2026-03-04 10:00,DE,Company {at},{}\n", at % 2000)).collect();
    let header = LEADS.lines().next().unwrap();
    let folder = folder(&[("main.leadway", super::POLICY), ("leads.csv", &format!("{header}\n{rows}"))]);
    let line = format!("route main.leadway --leads leads.csv --format csv --errors e.ndjson {AT}");
    let [one, four] = [1, 4].map(|threads| run_in(folder.path(), &format!("{line} --threads {threads}"), "").exits(0));
    assert!(one.out == four.out);
    assert_eq!(one.out.lines().count(), 120_001);
    assert!(four.out.lines().last().unwrap().starts_with("M119999,120001,"));
}

#[test]
fn what_is_read_is_never_written_over() {
    let folder = small();
    for line in [
        "--leads leads.csv --out leads.csv",
        "--leads leads.csv --out ./main.leadway",
        "--leads leads.csv --errors ./leads.csv",
        "--leads leads.csv --out new --summary new",
    ] {
        let ran = run_in(folder.path(), &format!("route main.leadway {line}"), "").exits(2);
        assert!(ran.err.contains("would be written over"), "{}", ran.err);
    }
    assert_eq!(read(folder.path(), "leads.csv"), LEADS);
    assert!(!folder.path().join("new").exists());
}

#[test]
fn a_closed_pipe_ends_the_run_in_silence() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_leadway"))
        .args(["route", "main.leadway", "--leads", "leads.csv", "--format", "ndjson"])
        .current_dir(example("education"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(2), ""));
}

#[test]
fn owners_who_are_no_reps_are_told_and_counted() {
    let policy = r#"lead { id text required  email email }
let home = domain of email
records account from "accounts.csv" { id text required  site domain  owner rep  match by site = lead.home }
team sales { rep ana "ana@acme.test"  rep bo "bo@acme.test" { away 2026-01-01..2026-12-31 } }
queue triage { worked by sales }
route main {
  rule "Owned" { match account is present  assign account.owner, else team of account.owner, else queue triage }
  otherwise { assign queue triage }
}
"#;
    let accounts = "id,site,owner\n1,a.test,ana@acme.test\n2,b.test,Gone@acme.test\n3,c.test,gone@acme.test\n4,d.test,Bo\n5,e.test,\n6,f.test,zed\n";
    let leads = "id,email\n1,x@a.test\n2,x@b.test\n3,y@b.test\n4,x@d.test\n5,x@e.test\n6,x@f.test\n7,x@g.test\n";
    let files = [("main.leadway", policy), ("accounts.csv", accounts), ("leads.csv", leads)];
    let folder = folder(&files);
    let line = "route main.leadway --leads leads.csv --at 2026-03-04T10:00Z --format ndjson --summary s.json";
    run_in(folder.path(), line, "").exits(0);
    let summary = json(&read(folder.path(), "s.json"));
    assert_eq!(summary["unknown_owners"].to_string(), r#"{"Gone@acme.test":2,"zed":1}"#);
    let told = run_in(folder.path(), "check main.leadway --from 2026-01-01 --format json", "").exits(0);
    let finding = &json(&told.out)["findings"][0];
    assert_eq!((&finding["code"], &finding["start"]["line"]), (&json("\"unknown-owner\""), &json("3")));
    assert_eq!(finding["notes"], json(r#"["`Gone@acme.test` in 1 row, `gone@acme.test` in 1 row, `zed` in 1 row"]"#));
}
