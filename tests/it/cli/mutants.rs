//! `leadway mutate`: what tests notice and what not, resumed, since a revision, and in both formats.

use super::{folder, json, run_in};

const POLICY: &str = r#"lead {
  id         text      required
  country    country
  employees  integer 0..
  source     text
}
queue big { }
queue ours { }
queue triage { }
sla fast { respond within 1 hour }
sla slow { respond within 1 day }

let large = employees >= 1000

route main {
  rule "Large" { match large and country in DE, AT  assign queue big  sla fast  priority 1 }
  rule "Ours"  { match not source = "partner"  assign queue ours  sla slow }
  otherwise { assign queue triage }
}
"#;

const TESTS: &str = r#"test "large" {
  lead   { id "1" }
  at     2026-03-04 10:00
  cases  country, employees, source {
    DE, 1000, missing   -> rule "Large", queue big, sla fast, due 2026-03-04 11:00, priority 1
    DE, 999,  missing   -> rule "Ours", queue ours, sla slow, due 2026-03-05 10:00
    AT, 5000, missing   -> rule "Large"
    US, 5000, missing   -> rule "Ours"
    US, 1,    "partner" -> otherwise, queue triage
  }
}
"#;

#[test]
fn survivors_are_told_with_a_lead_that_moves() {
    let tests =
        TESTS.replace("    DE, 999,  missing   -> rule \"Ours\", queue ours, sla slow, due 2026-03-05 10:00\n", "");
    let files = folder(&[("main.leadway", POLICY), ("a.test.leadway", &tests)]);
    let ran = run_in(files.path(), "mutate main.leadway", "").exits(1);
    insta::assert_snapshot!(ran.out);
    run_in(files.path(), "mutate main.leadway --fail-under 20", "").exits(0);

    let files = folder(&[("main.leadway", POLICY), ("a.test.leadway", TESTS)]);
    let ran = run_in(files.path(), "mutate main.leadway --format json", "").exits(0);
    let result = json(&ran.out);
    assert_eq!(result["summary"]["survived"], 0, "{}", ran.out);
    assert_eq!(result["summary"]["score"], 100.0);
    let boundary = result["mutants"].as_array().unwrap().iter().find(|one| one["now"] == "employees > 1000").unwrap();
    assert_eq!(boundary["of"], "let large");
    assert_eq!(boundary["fate"], "killed");
    assert_eq!(boundary["line"], 13);
}

#[test]
fn a_run_goes_on_where_it_was_unless_something_changed() {
    let files = folder(&[("main.leadway", POLICY), ("a.test.leadway", TESTS)]);
    let run = || run_in(files.path(), "mutate main.leadway --resume done.json", "");
    let first = run().exits(0).out;
    let path = files.path().join("done.json");
    let kept = std::fs::read_to_string(&path).unwrap();
    // A result that is in the file is believed.
    let mut told = json(&kept);
    told["fates"]["0"] = serde_json::json!({ "fate": "survived", "witness": null, "not_proved": "said so" });
    std::fs::write(&path, told.to_string()).unwrap();
    assert!(run().exits(1).out.contains("not proved equivalent: said so"));
    // Of other tests it is not.
    std::fs::write(files.path().join("a.test.leadway"), TESTS.replace("\"large\"", "\"size\"")).unwrap();
    assert_eq!(run().exits(0).out, first);
    std::fs::write(&path, "{}").unwrap();
    assert!(run().exits(2).err.contains("`done.json` holds no results of `leadway mutate`"));
}

#[test]
fn since_a_revision_only_what_changed_is_tried() {
    let files = folder(&[("main.leadway", POLICY), ("a.test.leadway", TESTS)]);
    let git = |arguments: &[&str]| {
        let done = std::process::Command::new("git").current_dir(files.path()).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["-c", "user.name=a", "-c", "user.email=a@b.test", "commit", "-qm", "first"]);
    let ran = run_in(files.path(), "mutate main.leadway --since HEAD", "").exits(0);
    assert_eq!(ran.out, "nothing to mutate: nothing that a mistake is put in has changed since HEAD\n");
    // A rule that is only gone leaves nothing to put a mistake in, and nothing that a test could be asked for.
    let rule = "  rule \"Ours\"  { match not source = \"partner\"  assign queue ours  sla slow }\n";
    let gone =
        POLICY.replace(rule, "").replace("queue ours { }\n", "").replace("sla slow { respond within 1 day }\n", "");
    std::fs::write(files.path().join("main.leadway"), gone).unwrap();
    std::fs::write(files.path().join("a.test.leadway"), "test \"a\" { lead { id \"1\" } expect otherwise }").unwrap();
    let ran = run_in(files.path(), "mutate main.leadway --since HEAD", "").exits(0);
    assert_eq!(ran.out, "nothing to mutate in what changed since HEAD: queue ours, sla slow, rule \"Ours\" are gone\n");
    let result = json(&run_in(files.path(), "mutate main.leadway --since HEAD --format json", "").exits(0).out);
    assert_eq!(result["summary"]["score"], serde_json::Value::Null);
    std::fs::write(files.path().join("a.test.leadway"), TESTS).unwrap();
    std::fs::write(files.path().join("main.leadway"), POLICY.replace("= \"partner\"", "in \"partner\", \"ally\""))
        .unwrap();
    let result = json(&run_in(files.path(), "mutate main.leadway --since HEAD --format json", "").exits(1).out);
    let mutants = result["mutants"].as_array().unwrap();
    assert!(!mutants.is_empty() && mutants.iter().all(|one| one["of"] == "rule \"Ours\""), "{result}");
    // What a rule says in other words is what somebody has just touched.
    std::fs::write(files.path().join("main.leadway"), POLICY.replace("= \"partner\"", "in \"partner\"")).unwrap();
    let ran = run_in(files.path(), "mutate main.leadway --since HEAD --fail-under 0", "").exits(0);
    assert!(ran.out.contains(" killed, "), "{}", ran.out);
    assert!(run_in(files.path(), "mutate main.leadway --since nothing", "").exits(2).err.contains("nothing"));
}

#[test]
fn tests_that_fail_or_are_not_there_cannot_notice_anything() {
    let files = folder(&[("main.leadway", POLICY)]);
    assert!(run_in(files.path(), "mutate main.leadway", "").exits(2).err.contains("`main.leadway` has no test"));
    let files = folder(&[("main.leadway", POLICY), ("a.test.leadway", &TESTS.replace("US, 1, ", "US, 9999, "))]);
    run_in(files.path(), "mutate main.leadway", "").exits(0);
    let failing = TESTS.replace("otherwise, queue triage", "otherwise, queue big");
    let files = folder(&[("main.leadway", POLICY), ("a.test.leadway", &failing)]);
    let ran = run_in(files.path(), "mutate main.leadway", "").exits(2);
    assert!(ran.err.contains("fails on the policy as it is"), "{}", ran.err);
    assert!(
        run_in(files.path(), "mutate main.leadway --fail-under 101", "")
            .exits(2)
            .err
            .contains("no share from 0 to 100")
    );
}

/// What follows a decision is never called equivalent: no proof is about it.
#[test]
fn a_mistake_in_a_time_is_noticed_by_due_and_steps() {
    let policy = r#"lead { id text required  size integer 0.. }
calendar day { zone "UTC"  mon..fri 09:00-17:00 }
team sales { rep ana "ana@acme.test"  rep bob "bob@acme.test" }
team night { rep eva "eva@acme.test" { hours day } }
queue triage { worked by sales }
pool callers of sales { in order  when empty queue triage  after 20 minutes untouched try queue triage }
pool nights of night { in order  only reps on duty  when empty wait at most 2 hours, then queue triage }
pool idle of sales { in order  when empty wait at most 1 hour, then queue triage }
sla quick {
  respond within 10 minutes
  at 50%    { notify assignee }
  on breach { notify "boss@acme.test"  reassign in pool, at most 1 times, restart clock }
  finally   { recycle to queue triage }
}
sla unused { respond within 1 day }
route main {
  rule "Large" { match size > 10  assign pool callers  sla quick }
  rule "Mid" { match size > 5  assign pool callers }
  otherwise { assign pool nights }
}
"#;
    let times = |tests: &str| {
        let files = folder(&[("main.leadway", policy), ("a.test.leadway", tests)]);
        let result = json(&run_in(files.path(), "mutate main.leadway --format json --fail-under 0", "").exits(0).out);
        let all = result["mutants"].as_array().unwrap().iter().filter(|one| {
            let of = one["of"].as_str().unwrap();
            of.starts_with("sla ") || of.starts_with("pool ")
        });
        let told = |one: &serde_json::Value| {
            format!("{}: {} -> {}: {}", one["of"], one["was"], one["now"], one["fate"]).replace('"', "")
        };
        all.map(told).collect::<Vec<_>>().join("\n")
    };
    let blind = r#"test "a" { lead { id "1", size 20 } expect pool callers, sla quick }"#;
    insta::assert_snapshot!(times(blind));
    let sees = r#"test "a" {
  lead { id "1", size 20 }
  at 2026-03-04 10:00
  expect due 2026-03-04 10:10
  after 5 minutes expect notified assignee
  after 10 minutes expect breach, not queue triage
  after 20 minutes expect queue triage
}
test "b" {
  lead { id "1", size 7 }
  at 2026-03-04 10:00
  after 19 minutes expect not queue triage
  after 20 minutes expect queue triage
}
test "c" {
  lead { id "1", size 2 }
  at 2026-03-04 20:00
  after 119 minutes expect not queue triage
  after 2 hours expect queue triage
}"#;
    insta::assert_snapshot!(times(sees));
}
