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
fn a_failure_tells_what_stands_behind_names_scores_and_turns() {
    let policy = std::fs::read_to_string(crate::house::root().join("tests/cases/failing-test.leadway")).unwrap();
    let folder = folder(&[("main.leadway", policy)]);
    let ran = run_in(folder.path(), "test main.leadway", "").exits(1);
    for part in [
        "expected assignee ana, got assignee ben",
        "rep `ana` is away",
        "score fit is 50: +20 for `country = DE`, +30 for `employees >= 10`",
        "rule \"Large\" takes it: `large` holds, since `employees >= 1000` holds (employees is 2000)",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let ran = run_in(folder.path(), "test main.leadway --format github", "").exits(1);
    assert!(ran.out.contains("%0Aexpected assignee ana, got assignee ben%0A"), "{}", ran.out);
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

const PEOPLE: &str = r#"policy "People" { timezone "Europe/London" }
lead {
  id       text  required
  email    email
  country  country
}

calendar london { zone "Europe/London"  mon..fri 09:00-17:30 }

team sdrs {
  manager omar
  rep ana "ana@acme.test" { hours london  cap 2 per day }
  rep ben "ben@acme.test" { hours london }
  rep cleo "cleo@acme.test" { hours london }
}
team leaders { rep omar "omar@acme.test" }
queue triage { worked by leaders }

pool callers of sdrs {
  round robin
  only reps on duty, under cap
  when empty queue triage
}

sla hot {
  respond within 5 minutes of business time of assignee
  pause while waiting_on_prospect
  at 80% { notify assignee }
  on breach {
    notify manager of assignee, "desk@acme.test"
    reassign in pool, never to a rep who had it, at most 2 times, restart clock
  }
  finally { recycle to queue triage }
}

route main {
  rule "Hot" { match country = GB  assign pool callers  sla hot }
  otherwise { assign queue triage }
}
"#;

const COURSE: &str = r#"test "Nobody answers" {
  lead   { id "1", country GB }
  at     2026-03-04 10:00
  given  ana had the last turn in pool callers
  expect assignee ben, due 2026-03-04 10:05, status new, not breach
  after  4 minutes   expect notified assignee, notified rep ben, not breach
  after  5 minutes   expect breach, notified manager of assignee, notified "desk@acme.test", assignee cleo, due 2026-03-04 10:10
  after  10 minutes  expect assignee ana, pool callers
  after  15 minutes  expect queue triage, not assignee ana, status recycled
}

test "An answer in the last moment counts" {
  lead   { id "1", country GB }
  at     2026-03-04 10:00
  expect assignee ana
  after  5 minutes  responded  expect not breach, status contacted
  after  3 days     expect not breach, assignee ana
}

test "A pause stops the clock" {
  lead   { id "1", country GB }
  at     2026-03-04 17:28
  expect due 2026-03-05 09:03
  after  1 minute  status waiting_on_prospect
  after  20 hours  status working  expect not breach
  after  21 hours  expect breach
}

test "Who is away or has enough is passed over" {
  lead   { id "1", country GB }
  at     2026-03-04 10:00
  given  ana at cap, ben away
  expect assignee cleo
}

test "A closed office ends in the queue" {
  lead   { id "1", country GB }
  at     2026-03-07 10:00
  expect queue triage, pool callers
}
"#;

#[test]
fn tests_follow_a_lead_through_its_sla() {
    let folder = folder(&[("main.leadway", PEOPLE), ("course.test.leadway", COURSE)]);
    let ran = run_in(folder.path(), "test main.leadway", "");
    assert!(ran.out.starts_with("5 tests: 5 passed, 0 failed"), "{}", ran.out);
    let ran = run_in(folder.path(), "test main.leadway --coverage", "").exits(0);
    let (_, reached) = ran.out.split_once("\nreached\n").unwrap();
    insta::assert_snapshot!(reached);
}

#[test]
fn a_step_that_fails_tells_how_the_lead_stands() {
    let course = COURSE
        .replace("assignee cleo, due 2026-03-04 10:10", "assignee ana, due 2026-03-04 10:06")
        .replace("status contacted", "status working")
        .replace("expect queue triage, not", "expect pool callers, not notified rep ana, not");
    let folder = folder(&[("main.leadway", PEOPLE), ("course.test.leadway", course.as_str())]);
    let result = json(&run_in(folder.path(), "test main.leadway --format json", "").exits(1).out);
    let told: Vec<String> = result["tests"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|test| test["mismatches"].as_array().cloned().unwrap_or_default())
        .map(|one| format!("{}: expected {}, got {}", one["line"], one["expected"], one["got"]))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_lead_lies_in_one_queue_or_a_rep_has_it() {
    let test = |expect: &str| format!("test \"a\" {{ lead {{ id \"1\" }} expect {expect} }}");
    for expect in ["queue big, queue late", "queue triage, assignee ana"] {
        let policy = format!("{POLICY}\nteam sales {{ rep ana \"ana@acme.test\" }}\n{}", test(expect));
        let ran = run_in(folder(&[("main.leadway", policy)]).path(), "test main.leadway", "").exits(2);
        assert!(ran.err.contains("contradicting-expectations"), "{expect}: {}", ran.err);
    }
}

/// Days are kept as instants, and an end that is not in a range has no spelling as one: neither is to show.
#[test]
fn conditions_read_as_they_are_written() {
    let policy = r#"policy "Days" { timezone "America/New_York" }
lead { id text required  arrived time  closed date  size integer 0..  fee decimal }
queue triage
queue march
route main {
  rule "A" { match arrived in 2026-03-01..2026-03-31 and fee > 10 and fee <= 99  assign queue march }
  rule "B" { match arrived >= 2026-04-01  assign queue march }
  rule "C" { match arrived = 2026-02-03 or arrived < 2026-01-01  assign queue march }
  rule "D" { match closed in 2026-03-01..2026-03-31 and size > 10 and size < 99  assign queue march }
  rule "E" { match arrived > 2026-02-10 09:30  assign queue march }
  otherwise { assign queue triage }
}
test "a" { lead { id "1" } expect otherwise }
"#;
    let folder = folder(&[("main.leadway", policy)]);
    let told = json(&run_in(folder.path(), "test main.leadway --coverage --format json", "").exits(0).out);
    let items = told["coverage"]["items"].as_array().unwrap();
    let conditions: Vec<&str> =
        items.iter().filter(|item| item["kind"] == "condition").map(|item| item["name"].as_str().unwrap()).collect();
    insta::assert_snapshot!(conditions.join("\n"));
}

/// A CI server looks for the files of a report from the top of the repository, wherever the command ran.
#[test]
fn junit_names_files_from_the_top_of_the_repository() {
    let test = "test \"a\" { lead { id \"1\", employees 5000 } expect queue big }\n";
    let folder =
        folder(&[("a/policy/main.leadway", POLICY), ("a/policy/main.test.leadway", test), ("a/b/notes.txt", "")]);
    super::diff::git(folder.path(), "init --quiet");
    for (from, policy) in
        [("", "a/policy/main.leadway"), ("a/policy", "main.leadway"), ("a/b", "../policy/main.leadway")]
    {
        let ran = run_in(&folder.path().join(from), &format!("test {policy} --format junit"), "").exits(0);
        assert!(ran.out.contains("file=\"a/policy/main.test.leadway\""), "{from}: {}", ran.out);
        assert!(ran.out.contains("<testsuite name=\"a/policy/main.test.leadway\""), "{from}: {}", ran.out);
    }
}
