//! `leadway test`: what passes, what fails and why, in every format.

use super::{POLICY, folder, json, run_in};

const TESTS: &str = r#"test "A large company" {
  lead   { id "1", country US, employees 5000 }
  expect rule "Large", queue big, priority 1, no sla, segment large, not excluded
}

test "Our own" {
  lead   { id "1", company "ACME" }
  expect excluded "Our own", not rule "Large"
}

test "Europe" {
  lead   { id "1" }
  at     2026-06-15 10:00
  cases  country, employees {
    DE,      9       -> rule "Small, in Germany"
    FR,      9       -> rule "Late", rule "Small, in Germany" fails on country
    FR,      missing -> rule "Large" fails on employees
    missing, 9       -> otherwise, queue triage
  }
}

test "From a file" { leads from "cases.csv" }
"#;

const CASES: &str = "\
id,created_at,country,employees,expect rule,expect queue,expect priority
1,2026-06-15 10:00,Germany,\"5,000\",Large,big,1
2,2026-06-15 10:00,France,7,Late,late,
3,2026-07-15 10:00,France,7,otherwise,,
";

fn with(tests: &str, cases: &str) -> tempfile::TempDir {
    folder(&[("main.leadway", POLICY), ("size.test.leadway", tests), ("cases.csv", cases)])
}

#[test]
fn tests_beside_the_policy_pass() {
    let folder = with(TESTS, CASES);
    let ran = run_in(folder.path(), "test main.leadway", "").exits(0);
    assert!(ran.out.starts_with("9 tests: 9 passed, 0 failed ("), "{}", ran.out);
    let ran = run_in(folder.path(), "test main.leadway --filter EUROPE --filter file --list", "").exits(0);
    insta::assert_snapshot!(ran.out, @r#"
    Europe, DE, 9
    Europe, FR, 9
    Europe, FR, missing
    Europe, missing, 9
    From a file, line 2
    From a file, line 3
    From a file, line 4
    "#);
    let ran = run_in(folder.path(), "test main.leadway --filter europe", "").exits(0);
    assert!(ran.out.starts_with("4 tests: 4 passed, 0 failed, 5 left out by the filter ("), "{}", ran.out);
    run_in(folder.path(), "check main.leadway --deny-warnings", "").exits(0);
}

#[test]
fn tests_of_another_policy_are_its_own() {
    let other = TESTS.replace("5000", "5");
    let folder = folder(&[
        ("shop.leadway", POLICY),
        ("shop.test.leadway", TESTS),
        ("other.test.leadway", &other),
        ("cases.csv", CASES),
    ]);
    assert!(run_in(folder.path(), "test shop.leadway", "").exits(0).out.starts_with("9 tests: 9 passed"));
}

#[test]
fn a_failure_tells_what_came_and_why() {
    let tests = TESTS.replace("5000", "500").replace("DE,      9 ", "DE,      90").replace("\"ACME\"", "\"Bolt\"");
    let folder = with(&tests, &CASES.replace("late,\n", "big,\n"));
    let out = run_in(folder.path(), "test main.leadway", "").exits(1).out;
    let (out, summary) = out.trim_end().rsplit_once('\n').unwrap();
    assert!(summary.starts_with("9 tests: 5 passed, 4 failed ("), "{summary}");
    insta::assert_snapshot!(out);

    let result = json(&run_in(folder.path(), "test main.leadway --format json", "").exits(1).out);
    assert_eq!(result["summary"], serde_json::json!({ "tests": 9, "passed": 5, "failed": 4, "left_out": 0 }));
    insta::assert_json_snapshot!(result["tests"][0]);

    let github = run_in(folder.path(), "test main.leadway --format github", "").exits(1).out;
    assert!(github.contains("::error file=size.test.leadway,line=3"), "{github}");

    let junit = run_in(folder.path(), "test main.leadway --format junit", "").exits(1).out;
    assert!(junit.contains(r#"<testsuites name="leadway" tests="9" skipped="0" failures="4" errors="0""#), "{junit}");
    assert!(
        junit.contains(r#"message="expected rule &quot;Small, in Germany&quot;, got rule &quot;Late&quot;""#),
        "{junit}"
    );
}

#[test]
fn experiments_are_not_seen_unless_an_arm_is_named() {
    let experiment = "experiment fast on rule \"Large\" by id {\n  1% control\n  99% wide: assign queue late\n}\n";
    let lead = "lead { id \"1\", employees 5000 }";
    let tests = format!(
        "test \"none\" {{ {lead} expect queue big }}\ntest \"control\" {{ {lead} in arm control of fast expect queue big }}\n\
         test \"wide\" {{ {lead} in arm wide of fast expect queue late, rule \"Large\" }}\n"
    );
    let folder = folder(&[("main.leadway", format!("{POLICY}{experiment}{tests}"))]);
    assert!(run_in(folder.path(), "test main.leadway", "").exits(0).out.starts_with("3 tests: 3 passed"));
}

#[test]
fn a_bad_lead_goes_where_it_is_said() {
    let policy = format!("policy \"P\" {{ on bad lead queue late }}\n{POLICY}");
    let tests = "test \"bad\" { lead { id missing, employees 5000 } expect queue late, not rule \"Large\" }\n";
    let folder = folder(&[("main.leadway", format!("{policy}{tests}"))]);
    assert!(run_in(folder.path(), "test main.leadway", "").exits(0).out.starts_with("1 test: 1 passed"));
}

#[test]
fn a_run_without_a_test_fails_unless_allowed() {
    let folder = folder(&[("main.leadway", POLICY)]);
    let ran = run_in(folder.path(), "test main.leadway", "").exits(2);
    assert!(ran.err.contains("`main.leadway` has no test"), "{}", ran.err);
    run_in(folder.path(), "test main.leadway --allow-empty", "").exits(0);
    let with_tests = with(TESTS, CASES);
    let ran = run_in(with_tests.path(), "test main.leadway --filter nothing", "").exits(2);
    assert!(ran.err.contains("none of the 9 tests has such a title"), "{}", ran.err);
}

#[test]
fn bad_tests_are_said_and_nothing_runs() {
    for (tests, cases, said) in [
        (TESTS.replace("rule \"Large\", queue", "rule \"Larg\", queue"), CASES.to_owned(), "there is no rule `Larg`"),
        (TESTS.replace("no sla", "rule \"Late\""), CASES.to_owned(), "contradicting-expectations"),
        (TESTS.to_owned(), CASES.replace("Large", "Lage"), "line 2: `expect rule` is `Lage`"),
        (TESTS.to_owned(), CASES.replace("Germany", "Narnia"), "line 2: `country` is `Narnia`"),
        (TESTS.to_owned(), CASES.replace("expect priority", "expect prority"), "says nothing that can be expected"),
        (TESTS.replace("cases.csv", "other.csv"), CASES.to_owned(), "`other.csv` cannot be read"),
    ] {
        let ran = run_in(with(&tests, &cases).path(), "test main.leadway", "").exits(2);
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
        assert!(ran.err.ends_with("has errors, so nothing was run\n"), "{}", ran.err);
    }
}

#[test]
fn coverage_tells_what_no_test_reaches() {
    let tests =
        TESTS.replace("    FR,      9       -> rule \"Late\", rule \"Small, in Germany\" fails on country\n", "");
    let folder = with(&tests, "id,expect rule\n1,otherwise\n");
    let run = |rest: &str| run_in(folder.path(), &format!("test main.leadway {rest}"), "");
    let out = run("--coverage").exits(0).out;
    insta::assert_snapshot!(out.split_once('\n').unwrap().1);

    let ran = run("--fail-under rules=100 --fail-under 10 --coverage-lcov c.info --coverage-html c.html").exits(1);
    assert_eq!(ran.err, "rules: 80.0% reached, less than the 100% of --fail-under\n");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    insta::assert_snapshot!(read("c.info"));
    let page = read("c.html");
    assert!(
        page.contains(
            r#"<span class=none title="otherwise: no test reaches it">otherwise { assign queue triage }</span>"#
        ),
        "{page}"
    );
    assert!(!page.contains("http"), "the page needs nothing from elsewhere");

    let ran = run("--fail-under rule=100").exits(2);
    assert!(ran.err.contains("`rule` is none of rules, conditions"), "{}", ran.err);
    let items = json(&run("--coverage --format json").exits(0).out);
    assert_eq!(items["coverage"]["shares"][0], serde_json::json!({ "kind": "rule", "all": 5, "reached": 4 }));
}

/// What failed is counted too: a failing run shows what it reached.
#[test]
fn coverage_is_shown_of_failing_tests_too() {
    let folder = with(&TESTS.replace("5000", "500"), CASES);
    assert!(run_in(folder.path(), "test main.leadway --coverage", "").exits(1).out.contains("\nreached\n"));
}
