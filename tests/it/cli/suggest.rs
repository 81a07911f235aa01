//! `leadway test --suggest`, `--profile` and `--bench`.

use super::{POLICY, folder, json, run_in};

const SUGGEST: &str = "test main.leadway --suggest";

#[test]
fn suggested_tests_go_into_a_new_file_and_pass() {
    let folder = folder(&[("main.leadway", POLICY)]);
    let ran = run_in(folder.path(), SUGGEST, "").exits(0);
    assert!(ran.err.contains("tests suggested") && ran.out.starts_with("# Suggested by"), "{ran:?}");
    let file = "test main.leadway --suggest --suggest-file more.test.leadway";
    assert_eq!(run_in(folder.path(), file, "").exits(0).out, "");
    assert_eq!(std::fs::read_to_string(folder.path().join("more.test.leadway")).unwrap(), ran.out);
    run_in(folder.path(), "fmt --check main.leadway more.test.leadway", "").exits(0);
    run_in(folder.path(), "check main.leadway", "").exits(0);
    let ran = run_in(folder.path(), "test main.leadway --coverage --fail-under rules=100", "").exits(0);
    assert!(ran.out.contains("5 of 5  100.0%"), "{}", ran.out);
    // What is there is never written over, and a second run has nothing to add.
    let ran = run_in(folder.path(), file, "").exits(2);
    assert!(ran.err.contains("is there already"), "{}", ran.err);
    let ran = run_in(folder.path(), SUGGEST, "").exits(0);
    assert!(ran.out.is_empty() && ran.err.contains("no test to suggest"), "{ran:?}");
}

#[test]
fn a_file_that_no_test_is_read_from_is_refused() {
    let folder = folder(&[("main.leadway", POLICY), ("deep/x", "")]);
    for name in ["more.leadway", "deep/more.test.leadway", "nowhere/more.test.leadway"] {
        let ran = run_in(folder.path(), &format!("{SUGGEST} --suggest-file {name}"), "").exits(2);
        assert!(ran.err.contains("would not be read as tests"), "{}", ran.err);
    }
}

#[test]
fn what_stays_out_of_reach_is_said_with_the_reason() {
    let policy = POLICY.replace("match country = DE and employees < 10", "match country = US and employees < 10");
    let folder = folder(&[("main.leadway", policy)]);
    let ran = run_in(folder.path(), SUGGEST, "").exits(0);
    assert!(ran.err.contains("rule \"Small, in Germany\" is not reached\n  no lead comes to it"), "{}", ran.err);
    let ran = run_in(folder.path(), &format!("{SUGGEST} --format json"), "").exits(0);
    let report = json(&ran.out);
    assert_eq!(report["not_reached"][0]["what"], "rule \"Small, in Germany\"", "{report}");
    assert!(!report["tests"].as_array().unwrap().is_empty() && report["text"].as_str().unwrap().contains("test "));
}

#[test]
fn a_profile_counts_who_comes_to_a_rule_and_whom_it_takes() {
    let tests = "test \"a\" { lead { id \"1\", employees 5000 } expect queue big }\n\
                 test \"b\" { lead { id \"2\", country DE, employees 5 } expect queue triage }\n";
    let folder = folder(&[("main.leadway", POLICY), ("a.test.leadway", tests)]);
    let ran = run_in(folder.path(), "test main.leadway --profile --bench --format json", "").exits(0);
    let report = json(&ran.out);
    let counts: Vec<(u64, u64)> = report["profile"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| (rule["came"].as_u64().unwrap(), rule["took"].as_u64().unwrap()))
        .collect();
    assert_eq!(counts, [(2, 1), (0, 0), (1, 1), (0, 0), (0, 0)], "{report}");
    assert!(report["bench"]["leads"] == 2 && report["bench"]["match_ns"].as_f64().unwrap() > 0.0, "{report}");
    let ran = run_in(folder.path(), "test main.leadway --profile --bench", "").exits(0);
    assert!(ran.out.contains("leads of the tests, rule by rule") && ran.out.contains("2 leads, "), "{}", ran.out);
}

#[test]
fn a_text_that_opens_a_case_is_no_name_of_an_exclusion() {
    let tests = "test \"a\" {\n  lead { id \"1\" }\n  cases company, country {\n    \"Acme\", DE -> excluded\n    \
                 \"Bolt\", DE -> queue triage\n    \"Acme\", FR -> excluded \"Our own\"\n    \"Nut\", FR -> not excluded\n  }\n}\n";
    let folder = folder(&[("main.leadway", POLICY), ("a.test.leadway", tests)]);
    let ran = run_in(folder.path(), "test main.leadway", "").exits(0);
    assert!(ran.out.contains("4 tests: 4 passed"), "{}", ran.out);
}
