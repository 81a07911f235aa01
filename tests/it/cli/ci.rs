//! `leadway ci` in a scratch repository: what the base has too is not held against a change, and what the change does is plain.

use super::diff::{edit, git};
use super::{POLICY, folder, json, run_in};

const TESTS: &str = "test \"A large company\" {\n  lead   { id \"1\", employees 5000 }\n  expect queue big\n}\n";

/// A repository with the small policy, one finding that it has already, a test and some leads, on a branch of its own.
fn repository() -> tempfile::TempDir {
    let policy = POLICY.replace("queue late\n", "queue late\nqueue never\n");
    let leads: String = (0..40).map(|n| format!("L{n},2026-03-04 10:00,IT,Bolt,{}\n", n * 100 + 1)).collect();
    let folder = folder(&[
        ("policy/main.leadway", policy),
        ("policy/main.test.leadway", TESTS.to_owned()),
        ("leads.csv", format!("id,created_at,country,company,employees\n{leads}")),
    ]);
    for line in ["init -q -b main .", "add -A", "commit -q -m first", "checkout -q -b change"] {
        git(folder.path(), line);
    }
    folder
}

const CI: &str = "ci policy/main.leadway --base main --leads leads.csv --at created_at";

#[test]
fn what_the_base_has_too_does_not_fail_a_change() {
    let folder = repository();
    let ran = run_in(folder.path(), CI, "").exits(0);
    let mut told = ran.out.replace(|c: char| c.is_ascii_digit(), "0");
    // The time that a run takes has more digits on a busy machine.
    while told.contains("00 ms)") {
        told = told.replace("00 ms)", "0 ms)");
    }
    insta::assert_snapshot!(told);
    edit(
        &folder.path().join("policy/main.leadway"),
        "match large  assign",
        "match large and employees >= 1000  assign",
    );
    let ran = run_in(folder.path(), CI, "");
    assert!(ran.out.contains("no lead routes differently"), "{}", ran.out);
}

#[test]
fn what_others_did_to_the_base_is_no_part_of_a_change() {
    let folder = repository();
    git(folder.path(), "checkout -q main");
    edit(&folder.path().join("policy/main.leadway"), "employees >= 1000", "employees >= 2000");
    git(folder.path(), "commit -q -a -m other");
    git(folder.path(), "checkout -q change");
    let ran = run_in(folder.path(), CI, "").exits(0);
    assert!(ran.out.contains("no lead routes differently; 0 of 40 leads"), "{}", ran.out);
    assert!(!ran.out.contains("not committed"), "{}", ran.out);
    std::fs::write(folder.path().join("policy/more.test.leadway"), TESTS.replace("A large", "Another large")).unwrap();
    let ran = run_in(folder.path(), CI, "").exits(0);
    let last = "ok   files     with changes that are not committed: policy/more.test.leadway\n";
    assert!(ran.out.ends_with(last), "{}", ran.out);
}

#[test]
fn what_a_change_does_is_told_in_one_comment() {
    let folder = repository();
    edit(&folder.path().join("policy/main.leadway"), "employees >= 1000", "employees >= 1200");
    edit(&folder.path().join("policy/main.leadway"), "queue big\n", "queue big\nqueue other\n");
    edit(&folder.path().join("policy/main.test.leadway"), "5000", "1100");
    let line = format!("{CI} --comment c.md --sarif s.json --junit j.xml");
    let ran = run_in(folder.path(), &line, "").exits(1);
    for part in ["FAIL check ", "FAIL tests ", "ok   routing ", "; 2 of 40 leads"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let comment = read("c.md");
    for part in ["| ❌ | tests | 1 test: 0 passed, 1 failed", "queue `other`", "**2 of 40 leads**", "failed-test"] {
        assert!(comment.contains(part), "{part}: {comment}");
    }
    assert!(!comment.contains("queue `never`"), "the base has this finding too: {comment}");
    assert_eq!(json(&read("s.json"))["runs"][0]["results"].as_array().unwrap().len(), 1);
    assert!(read("j.xml").contains(r#"tests="1" skipped="0" failures="1""#));
}

#[test]
fn a_base_that_is_not_there_is_said() {
    let folder = repository();
    let run = |line: &str| run_in(folder.path(), line, "");
    assert!(run("ci policy/main.leadway --base nowhere").exits(2).err.contains("no revision `nowhere`"));
    let outside = super::small();
    assert!(run_in(outside.path(), "ci main.leadway --base main", "").exits(2).err.contains("in no git repository"));
    // A policy that the change brings is not held against anything; a detached head is a commit like any other.
    std::fs::create_dir(folder.path().join("new")).unwrap();
    std::fs::write(folder.path().join("new/main.leadway"), POLICY).unwrap();
    git(folder.path(), "checkout -q --detach");
    let ran = run("ci new/main.leadway --base main").exits(0);
    assert!(ran.out.contains("the policy is new: `main` has none at this path"), "{}", ran.out);
}
