//! The commands about a policy itself: `check`, `fmt`, `graph`, `init`, and those about the command line.

use super::{EXAMPLES, POLICY, example, folder, json, run, run_in, small};
use leadway::diagnostic::pages;

const FAULTY: &str = "lead {\n  id text required\n  employees integer 1..\n}\nqueue triage\nqueue spare\nroute main {\n  rule \"Big\" { match emploees > 5  assign queue triage }\n  otherwise { assign queue triage }\n}\n";

#[test]
fn check_tells_findings_in_every_format() {
    let folder = folder(&[("main.leadway", FAULTY)]);
    let check = |rest: &str| run_in(folder.path(), &format!("check main.leadway {rest}"), "").exits(1).out;
    insta::assert_snapshot!(check(""));
    let found = json(&check("--format json"));
    assert_eq!(found["summary"]["errors"], 1);
    let finding = &found["findings"][0];
    assert_eq!((&finding["code"], &finding["start"]["line"]), (&"unused".into(), &6.into()));
    assert_eq!(json(&check("--format sarif"))["runs"][0]["results"].as_array().unwrap().len(), 2);
    assert!(check("--format github").contains("::error file=main.leadway,line=8"), "{}", check("--format github"));
}

/// Editors and code scanners look for a file from where the command runs.
#[test]
fn findings_say_the_way_to_the_file() {
    let faulty = format!("include \"./more/two.leadway\"\n{FAULTY}");
    let folder =
        folder(&[("acme/main.leadway", faulty.as_str()), ("acme/more/two.leadway", "queue unused\n"), ("b/x", "")]);
    let whole = folder.path().canonicalize().unwrap();
    let whole = whole.join("acme/main.leadway");
    for policy in ["acme/main.leadway", "./acme/main.leadway", "b/../acme/main.leadway"] {
        let check = |format: &str| run_in(folder.path(), &format!("check {policy} --format {format}"), "").exits(1).out;
        let files = |found: &serde_json::Value, at: &str| {
            found
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one.pointer(at).unwrap().as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let expected = ["acme/main.leadway", "acme/main.leadway", "acme/more/two.leadway"];
        assert_eq!(files(&json(&check("json"))["findings"], "/file"), expected);
        let sarif = json(&check("sarif"));
        let uri = "/locations/0/physicalLocation/artifactLocation/uri";
        assert_eq!(files(&sarif["runs"][0]["results"], uri), expected);
        assert!(check("github").contains("::warning file=acme/more/two.leadway,line=1"), "{}", check("github"));
        assert!(check("human").contains("[ acme/more/two.leadway:1:7 ]"), "{}", check("human"));
    }
    let whole = run(folder.path(), &["check", whole.to_str().unwrap(), "--format", "github"], "").exits(1).out;
    assert!(whole.contains("error file=acme/main.leadway,line=9"), "{whole}");
    let beside = run_in(&folder.path().join("b"), "check ../acme/main.leadway --format github", "").exits(1).out;
    assert!(beside.contains("error file=../acme/main.leadway,line=9"), "{beside}");
}

#[test]
fn warnings_are_errors_where_that_is_asked() {
    let folder = folder(&[("main.leadway", FAULTY.replace("emploees", "employees"))]);
    run_in(folder.path(), "check main.leadway", "").exits(0);
    run_in(folder.path(), "check main.leadway --deny-warnings", "").exits(1);
    let ran = run_in(small().path(), "check main.leadway --deny-warnings", "").exits(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", "main.leadway: no findings\n"));
}

#[test]
fn a_policy_with_errors_does_not_run() {
    let folder = folder(&[("main.leadway", FAULTY)]);
    for line in ["route main.leadway --leads -", "explain main.leadway id=1", "graph main.leadway"] {
        let ran = run_in(folder.path(), line, "id\n1\n").exits(2);
        assert_eq!(ran.out, "");
        assert!(ran.err.contains("unknown-name") && !ran.err.contains("unused"), "{}", ran.err);
        assert!(ran.err.ends_with("error: `main.leadway` has errors, so nothing was run\n"), "{}", ran.err);
    }
}

#[test]
fn the_examples_have_no_finding_and_are_formatted() {
    for (name, _) in EXAMPLES {
        run_in(&example(name), "check main.leadway --deny-warnings", "").exits(0);
        run_in(&example(name), "fmt --check main.leadway", "").exits(0);
    }
}

#[test]
fn fmt_changes_what_it_is_asked_to() {
    let ugly = POLICY.replace("  id          text  ", "   id text ");
    let folder = folder(&[("ugly.leadway", ugly.as_str()), ("broken.leadway", "queue {\n"), ("fine.leadway", POLICY)]);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let run = |line: &str| run_in(folder.path(), line, "");
    assert_eq!(run("fmt --check ugly.leadway fine.leadway").exits(1).out, "ugly.leadway is not formatted\n");
    let diff = run("fmt --diff ugly.leadway").exits(1).out;
    assert!(diff.contains("\n-   id text ") && diff.contains("\n+  id          text"), "{diff}");
    assert_eq!(read("ugly.leadway"), ugly);
    assert_eq!(run_in(folder.path(), "fmt -", ugly.as_str()).exits(0).out, POLICY);
    let ran = run("fmt ugly.leadway broken.leadway fine.leadway").exits(1);
    assert_eq!((read("ugly.leadway").as_str(), read("broken.leadway").as_str()), (POLICY, "queue {\n"));
    assert!(ran.err.contains("`broken.leadway` was left as it is"), "{}", ran.err);
    assert!(ran.err.contains("formatted ugly.leadway\n") && !ran.err.contains("fine.leadway"), "{}", ran.err);
    run("fmt none.leadway").exits(2);
}

#[test]
fn graphs_of_every_format() {
    for (name, _) in EXAMPLES {
        let graph =
            |format: &str| run_in(&example(name), &format!("graph main.leadway --format {format}"), "").exits(0).out;
        assert!(graph("mermaid").starts_with("flowchart"), "{}", graph("mermaid"));
        assert!(graph("dot").starts_with("digraph"));
        assert!(!json(&graph("json"))["cards"].as_array().unwrap().is_empty());
        well_formed(&graph("svg"));
    }
}

/// Every element that is opened is closed, in order, and text holds no stray `<` or `&`.
fn well_formed(xml: &str) {
    let entity = regex::Regex::new("&(amp|lt|gt|quot|apos|#[0-9]+);").unwrap();
    let mut open = Vec::new();
    for part in xml.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag ends");
        let name = tag.trim_start_matches('/').split([' ', '/', '\n']).next().unwrap();
        match tag {
            tag if tag.starts_with(['?', '!']) || tag.ends_with('/') => {}
            tag if tag.starts_with('/') => assert_eq!(open.pop(), Some(name)),
            _ => open.push(name),
        }
        let entities = entity.replace_all(text, "");
        assert!(!entities.contains('&'), "{text}");
    }
    assert!(open.is_empty() && xml.contains("<svg"), "{open:?}");
}

#[test]
fn init_starts_a_policy_that_works() {
    let empty = folder::<&str>(&[]);
    let run = |line: &str| run_in(empty.path(), line, "");
    let ran = run("init acme").exits(0);
    assert!(
        ran.out.contains("acme/main.leadway")
            && ran.out.contains("leadway route acme/main.leadway --leads acme/leads.csv")
    );
    run("check acme/main.leadway --deny-warnings").exits(0);
    run("fmt --check acme/main.leadway").exits(0);
    run("test acme/main.leadway").exits(0);
    run("route acme/main.leadway --leads acme/leads.csv --strict").exits(0);
    std::fs::write(empty.path().join("acme/main.leadway"), "mine").unwrap();
    let ran = run("init acme").exits(2);
    assert!(ran.err.contains("`acme/main.leadway` is there already"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(empty.path().join("acme/main.leadway")).unwrap(), "mine");
}

#[test]
fn init_reads_an_export() {
    let rows: String = (0..60)
        .map(|at| {
            let (land, size) = (["Germany", "France", "Select"][at % 3], at * 7 + 1);
            format!(
                "{},\"{land}\",2026-0{}-0{} 0{}:15,Web Form,{size},x{at}@acme.test\n",
                at + 100,
                at % 8 + 1,
                at % 9 + 1,
                at % 9
            )
        })
        .collect();
    let csv = format!("Lead ID,Country,Created,Lead Source,Employees,Email\n{rows}");
    let folder = folder(&[("export.csv", csv)]);
    let printed = run_in(folder.path(), "init --from export.csv --print", "").exits(0).out;
    run_in(folder.path(), "init acme --from export.csv", "").exits(0);
    assert_eq!(std::fs::read_to_string(folder.path().join("acme/main.leadway")).unwrap(), printed);
    run_in(folder.path(), "check acme/main.leadway --deny-warnings", "").exits(0);
    run_in(folder.path(), "fmt --check acme/main.leadway", "").exits(0);
    let ran = run_in(folder.path(), "route acme/main.leadway --leads export.csv --strict --format ndjson", "").exits(0);
    assert_eq!(ran.out.lines().count(), 60);
    assert!(!ran.out.contains("bad_values"));
}

#[test]
fn pages_of_codes() {
    let folder = folder::<&str>(&[]);
    let all = run_in(folder.path(), "explain-code", "").exits(0).out;
    assert_eq!(all.lines().collect::<Vec<_>>(), pages::codes().collect::<Vec<_>>());
    assert!(run_in(folder.path(), "explain-code unknown-name", "").exits(0).out.contains("# "));
    let ran = run_in(folder.path(), "explain-code unkown-name", "").exits(2);
    assert!(ran.err.contains("did you mean `unknown-name`?"), "{}", ran.err);
}

#[test]
fn completions_and_manual_pages() {
    let folder = folder::<&str>(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(
            run_in(folder.path(), &format!("completions {shell}"), "").exits(0).out.contains("explain-code"),
            "{shell}"
        );
    }
    assert!(run_in(folder.path(), "man", "").exits(0).out.contains(".TH leadway 1"));
    run_in(folder.path(), "man --out none", "").exits(2);
    run_in(folder.path(), "man --out .", "").exits(0);
    assert!(std::fs::read_to_string(folder.path().join("leadway-route.1")).unwrap().contains("leads"));
}

#[test]
fn a_command_line_that_makes_no_sense() {
    let folder = folder::<&str>(&[]);
    for line in ["", "rout", "check", "check a b", "route main.leadway", "check main.leadway --format xml"] {
        let ran = run_in(folder.path(), line, "").exits(2);
        assert!(ran.err.contains("Usage") || ran.err.contains("--help"), "{}", ran.err);
    }
    assert!(run_in(folder.path(), "--version", "").exits(0).out.starts_with("leadway "));
}

#[test]
fn check_holds_leads_of_the_past_against_caps_and_languages() {
    let policy = r#"policy "Caps" { timezone "UTC" }
lead { id text required  created_at time required  language language  source one of event, web }
calendar office { zone "America/New_York"  mon..fri 09:00-17:00 }
team sales { rep ana "ana@acme.test" { cap 1 per day  speaks en } }
team night { rep ben { cap 1 per hour }  rep cyd { hours office } }
queue triage { worked by sales }
pool closers of sales {
  only reps under cap
  prefer reps who speak language
  when empty use pool owls, then queue triage
}
pool owls of night { only reps on duty, under cap  cap 2 per day in zone "Asia/Tokyo"  when empty queue triage }
pool twins of sales { only reps under cap  when empty queue triage }
route main { rule "Events" { match source = event  assign pool twins }  otherwise { assign pool closers } }
"#;
    let rows = [
        "1,2026-03-04 10:00,en,",
        "2,2026-03-04 11:00,fr,",
        "3,2026-03-04 11:59,en,",
        "4,2026-03-04 12:00,en,",
        // In Tokyo it is the next day, but of those on duty ben has had his lead of the hour.
        "5,2026-03-04 23:00,en,",
        "6,2026-03-04 23:30,en,",
        // Ana's cap is one over both of her pools.
        "7,2026-03-05 11:00,,event",
        "8,2026-03-05 11:00,,",
        "9,,,",
    ];
    let leads = format!("id,created_at,language,source\n{}\n", rows.join("\n"));
    let folder = folder(&[("main.leadway", policy), ("leads.csv", &leads)]);
    let ran =
        run_in(folder.path(), "check main.leadway --from 2026-01-01 --leads leads.csv --deny-warnings", "").exits(1);
    for said in [
        "more leads come to the pool `closers` than the caps of its people allow",
        "of 7 leads that came to it, 6 found everybody who was there at a cap; most on 2026-03-04: 5 of 6",
        "with the first of them, `ana` has 1 and is at its own cap of 1 a day",
        "more leads come to the pool `owls` than the caps of its people allow",
        "of 6 leads that came to it, 2 found everybody who was there at a cap; most on 2026-03-04: 2 of 5",
        "with the first of them, `ben` has 1 and is at its own cap of 1 an hour",
        "nobody of the pool `closers` speaks `fr`",
    ] {
        let told =
            ran.out.replace("\n   │ ", "").replace("\n   │", " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(said), "{said}\n{told}");
    }
    assert!(!ran.out.contains("`twins`"), "{}", ran.out);
    assert!(ran.err.contains("1 lead left out"), "{}", ran.err);
    let ran = run_in(folder.path(), "check main.leadway --from 2026-01-01", "").exits(0);
    assert!(!ran.out.contains("cap"), "{}", ran.out);
}
