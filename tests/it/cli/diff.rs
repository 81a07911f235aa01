//! `leadway diff`: versions in files and in git, leads under both, every format, every exit code.

use super::{LEADS, POLICY, Ran, folder, json, run, run_in};
use std::path::Path;
use std::process::Command;

pub fn git(folder: &Path, line: &str) {
    let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@acme.test", "-c", "commit.gpgsign=false"];
    let mut command = Command::new("git");
    let done = command.args(identity).args(line.split_whitespace()).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "git {line}: {}", String::from_utf8_lossy(&done.stderr));
}

pub fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from));
    std::fs::write(path, text.replace(from, to)).unwrap();
}

const PEOPLE: &str = "queue triage\nqueue big\nqueue late\n";

/// A repository with a policy below its top, in three commits: as it is, another threshold, another queue in an included file; and
/// an edit that is not committed.
fn repository() -> tempfile::TempDir {
    let policy = POLICY.replace(PEOPLE, "include \"people.leadway\"\nlist lands from \"lands.txt\"\n");
    let policy = policy.replace("country in DE, FR", "country in lands");
    let files = [
        ("policy/main.leadway", policy.as_str()),
        ("policy/people.leadway", PEOPLE),
        ("policy/lands.txt", "DE\nFR\n"),
        ("leads.csv", LEADS),
    ];
    let folder = folder(&files);
    let main = folder.path().join("policy/main.leadway");
    git(folder.path(), "init --quiet --initial-branch main");
    git(folder.path(), "add .");
    git(folder.path(), "commit --quiet -m one");
    edit(&main, "employees >= 1000", "employees >= 500");
    git(folder.path(), "commit --quiet -am two");
    git(folder.path(), "checkout --quiet -b side HEAD~1");
    std::fs::write(folder.path().join("policy/lands.txt"), "DE\nFR\nAT\n").unwrap();
    git(folder.path(), "commit --quiet -am three");
    git(folder.path(), "checkout --quiet main");
    edit(&main, "priority 1", "priority 2");
    folder
}

fn said(ran: &Ran) -> &str {
    ran.out.split("what is said otherwise\n").nth(1).unwrap_or("")
}

#[test]
fn versions_are_files_or_what_git_keeps() {
    let folder = repository();
    let top = folder.path();
    let diff = |line: &str| run_in(top, &format!("diff {line} --fail-on none"), "").exits(0);
    let priority = "`priority 2`, was `priority 1`";
    let size = "was when `employees >= 1000`";
    let land = "1 entry added: AT";
    let told = |ran: &Ran| [priority, size, land].map(|words| said(ran).contains(words));
    assert_eq!(told(&diff("policy/main.leadway")), [true, false, false]);
    assert_eq!(told(&diff("HEAD policy/main.leadway")), [true, false, false]);
    assert_eq!(told(&diff("HEAD~1 policy/main.leadway")), [true, true, false]);
    assert_eq!(told(&diff("HEAD~1 policy")), [true, true, false]);
    assert_eq!(told(&diff("HEAD~1..HEAD policy/main.leadway")), [false, true, false]);
    assert_eq!(told(&diff("HEAD~1.. policy/main.leadway")), [false, true, false]);
    assert_eq!(told(&diff("HEAD~1 HEAD policy/main.leadway")), [false, true, false]);
    assert_eq!(told(&diff("HEAD~1:policy/main.leadway policy/main.leadway")), [true, true, false]);
    assert_eq!(told(&diff("HEAD~1:policy HEAD:policy")), [false, true, false]);
    assert_eq!(told(&diff("main...side policy/main.leadway")), [false, false, true]);
    let below = top.join("policy");
    let diff = |line: &str| run_in(&below, &format!("diff {line} --fail-on none"), "").exits(0);
    assert_eq!(told(&diff("")), [true, false, false]);
    assert_eq!(told(&diff("HEAD~1")), [true, true, false]);
    assert_eq!(told(&diff("HEAD~1..HEAD")), [false, true, false]);
    assert_eq!(told(&diff("HEAD~1 HEAD")), [false, true, false]);
    assert_eq!(told(&diff("HEAD~1:./main.leadway main.leadway")), [true, true, false]);
    assert!(diff("HEAD~1").out.starts_with("from HEAD~1:policy/main.leadway\nto   main.leadway\n"));
}

#[test]
fn what_cannot_be_read_is_said() {
    let repository = repository();
    let top = repository.path();
    let fails = |folder: &Path, line: &str, words: &str| {
        let ran = run_in(folder, &format!("diff {line}"), "").exits(2);
        assert!(ran.out.is_empty() && ran.err.contains(words), "{line}: {}", ran.err);
    };
    fails(top, "HEAD~9 policy/main.leadway", "there is no file and no revision `HEAD~9`");
    fails(top, "nowhere..HEAD policy/main.leadway", "there is no file and no revision `nowhere`");
    fails(top, "HEAD other.leadway", "`other.leadway` is not in `HEAD` (commit ");
    fails(top, "HEAD:other.leadway policy/main.leadway", "`other.leadway` is not in `HEAD` (commit ");
    fails(top, "none.leadway policy/main.leadway", "there is no policy `none.leadway`");
    fails(top, "HEAD HEAD:policy/main.leadway policy/main.leadway", "there is no file and no revision");
    fails(top, "HEAD HEAD:policy/main.leadway", "it is not clear which two versions are meant");
    let bare = folder(&[("main.leadway", POLICY)]);
    fails(bare.path(), "main.leadway", "`.` is in no git repository");
    std::fs::write(bare.path().join("broken.leadway"), "queue {\n").unwrap();
    fails(bare.path(), "main.leadway broken.leadway", "`broken.leadway` has errors, so nothing was run");
    // A clone with its last commit alone.
    let clone = folder::<&str>(&[]);
    git(clone.path(), &format!("clone --quiet --depth 1 file://{} here", top.display()));
    let here = clone.path().join("here");
    fails(&here, "HEAD~1 policy/main.leadway", "there is no revision `HEAD~1` in this clone");
    fails(&here, "HEAD~1 policy/main.leadway", "`git fetch --unshallow`");
    // Without git.
    let mut alone = assert_cmd::Command::new(env!("CARGO_BIN_EXE_leadway"));
    let output = alone.args(["diff", "HEAD", "policy/main.leadway"]).env("PATH", "").current_dir(top).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("git is not installed"));
}

#[test]
fn a_file_in_large_file_storage_is_not_taken_for_its_content() {
    let folder = repository();
    std::fs::write(
        folder.path().join("policy/lands.txt"),
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
    )
    .unwrap();
    git(folder.path(), "commit --quiet -am pointer");
    std::fs::write(folder.path().join("policy/lands.txt"), "DE\n").unwrap();
    let ran = run_in(folder.path(), "diff HEAD policy/main.leadway", "").exits(2);
    assert!(ran.err.contains("it is kept in Git LFS"), "{}", ran.err);
}

#[test]
fn leads_under_both_versions() {
    let new = POLICY
        .replace("employees >= 1000", "employees >= 10")
        .replace("\"Our own\" when company = \"Acme\"", "\"Ours\" when company in \"Acme\", \"Pin\"");
    let folder = folder(&[("old.leadway", POLICY), ("new.leadway", &new), ("leads.csv", LEADS)]);
    let diff =
        |rest: &str| run_in(folder.path(), &format!("diff old.leadway new.leadway --leads leads.csv {rest}"), "");
    let ran = diff("--at created_at --format json").exits(1);
    let leads = &json(&ran.out)["leads"];
    let decided = |version: &str| -> Vec<(String, serde_json::Value, serde_json::Value)> {
        let ran =
            run_in(folder.path(), &format!("route {version} --leads leads.csv --at created_at --format ndjson"), "")
                .exits(1);
        let lines = ran.out.lines().map(json);
        lines
            .map(|one| (one["lead"].as_str().unwrap_or("").to_owned(), one["target"].clone(), one["priority"].clone()))
            .collect()
    };
    let (before, after) = (decided("old.leadway"), decided("new.leadway"));
    let moved: Vec<&String> =
        before.iter().zip(&after).filter(|(one, other)| one != other).map(|(one, _)| &one.0).collect();
    assert_eq!(moved, ["L2"]);
    assert_eq!((&leads["leads"], &leads["differ"]), (&8.into(), &1.into()));
    assert_eq!(leads["moves"][0]["ids"], serde_json::json!(["L2"]));
    assert_eq!(leads["moves"][0]["by"][0]["old"], "rule \"Late\"");
    assert_eq!(leads["moves"][0]["by"][0]["new"], "rule \"Large\"");
    let from_standard_input = run(
        folder.path(),
        &["diff", "old.leadway", "new.leadway", "--leads", "-", "--at", "created_at", "--format", "json"],
        LEADS,
    )
    .exits(1);
    assert_eq!(json(&from_standard_input.out)["leads"]["moves"], leads["moves"]);
    let ran = diff("--at 2026-06-04T10:00Z").exits(1);
    assert!(ran.out.contains("leads.csv: 1 of 8 leads is decided otherwise\n"), "{}", ran.out);
    for (line, words) in
        [("--at nonsense", "`nonsense` is neither a time nor"), ("--leads none.csv", "cannot read `none.csv`")]
    {
        let ran = run_in(
            folder.path(),
            &format!("diff old.leadway new.leadway --leads leads.csv {line}")
                .replace("--leads leads.csv --leads", "--leads"),
            "",
        )
        .exits(2);
        assert!(ran.err.contains(words), "{}", ran.err);
    }
}

#[test]
fn what_fails_is_chosen() {
    let new = POLICY
        .replace("priority 1", "priority 2")
        .replace("queue late\n", "queue late\nqueue spare\n")
        .replace("rule \"Late\"              {", "rule \"Later\" {");
    let new = new.replace(
        "otherwise { assign queue triage }\n}\n\n",
        "rule \"Spare\" { match employees = 3  assign queue spare }\n  otherwise { assign queue triage }\n}\n\n",
    );
    let folder = folder(&[("old.leadway", POLICY), ("new.leadway", &new), ("leads.csv", LEADS)]);
    let exits = |kinds: &str, code: i32| {
        run_in(
            folder.path(),
            &format!("diff old.leadway new.leadway --fail-on {kinds} --leads leads.csv --at 2026-03-04"),
            "",
        )
        .exits(code);
    };
    for kinds in ["any", "rule", "pool", "priority", "routing", "calendar,priority"] {
        exits(kinds, 1);
    }
    for kinds in
        ["none", "calendar", "people", "data", "schema", "territory", "experiment", "promise", "sla", "people,data"]
    {
        exits(kinds, 0);
    }
    run_in(folder.path(), "diff old.leadway new.leadway --fail-on nonsense", "").exits(2);
}

#[test]
fn another_key_of_an_experiment_is_shown_with_a_lead() {
    let policy = |of: &str| {
        format!(
            "lead {{\n  id text required\n  email email\n  work_email email\n}}\nlet d = domain of {of}\nqueue a\nqueue b\nroute main {{\n  rule \"R\" {{ match email is present or work_email is present  assign queue a }}\n  otherwise {{ assign queue a }}\n}}\nexperiment e on rule \"R\" by d, else id {{ 50% control  50% two: assign queue b }}\n"
        )
    };
    let folder = folder(&[("old.leadway", policy("email")), ("new.leadway", policy("work_email"))]);
    let ran = run_in(folder.path(), "diff old.leadway new.leadway", "");
    assert!(ran.out.contains("such as") && !ran.out.contains("no key was found"), "{}", ran.out);
}
