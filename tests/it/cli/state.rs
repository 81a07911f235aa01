//! `leadway route --state`: what is remembered from run to run, and what becomes of runs that are cut off.

use super::{folder, json, run_in};
use std::path::Path;
use std::process::{Command, Stdio};

const POLICY: &str = r#"lead { id text required  created_at time  size integer 0.. }

team sales {
  rep ana { weight 2  cap 40 per day }
  rep ben { cap 30 per day }
  rep cyd
}
queue triage { worked by sales }
pool turns of sales { round robin weighted  only reps under cap  when empty queue triage }

route main { otherwise { assign pool turns } }
"#;

fn leads(from: usize, to: usize) -> String {
    let rows = (from..to).map(|at| format!("L{at},2026-03-{:02} 10:{:02},{}\n", 2 + at / 60, at % 60, at % 7));
    format!("id,created_at,size\n{}", rows.collect::<String>())
}

fn desk(leads: &[(&str, String)]) -> tempfile::TempDir {
    let mut files = vec![("main.leadway", POLICY.to_owned())];
    files.extend(leads.iter().map(|(name, text)| (*name, text.clone())));
    folder(&files)
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let all = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = all.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

/// The decisions without what tells where in its file a lead stood.
fn decisions(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().map(json);
    lines
        .map(|decision| (decision["lead"].to_string(), format!("{} {}", decision["assignee"], decision["queue"])))
        .collect()
}

const ROUTE: &str = "route main.leadway --format ndjson --at created_at";

#[test]
fn two_runs_with_a_state_do_as_one() {
    let desk = desk(&[("all.csv", leads(0, 300)), ("a.csv", leads(0, 121)), ("b.csv", leads(121, 300))]);
    let run = |line: &str| run_in(desk.path(), &format!("{ROUTE} {line}"), "").exits(0).out;
    let whole = run("--leads all.csv --state whole.state");
    let parts = run("--leads a.csv --state parts.state") + &run("--leads b.csv --state parts.state");
    assert_eq!(decisions(&whole), decisions(&parts));
    assert_eq!(read(desk.path(), "whole.state"), read(desk.path(), "parts.state"));
    // Without a state the second run begins anew.
    assert_ne!(decisions(&run("--leads b.csv")), decisions(&whole)[121..]);
    // And threads make no difference.
    assert_eq!(run("--leads all.csv --state one.state --threads 1"), whole);
    assert_eq!(run("--leads all.csv --state many.state --threads 7"), whole);
}

#[test]
fn a_lead_that_is_known_keeps_what_it_has() {
    let desk = desk(&[("leads.csv", leads(0, 100)), ("more.csv", leads(50, 200))]);
    let run = |line: &str| run_in(desk.path(), &format!("{ROUTE} {line}"), "").exits(0).out;
    let first = run("--leads leads.csv --state s");
    let state = read(desk.path(), "s");
    assert_eq!(run("--leads leads.csv --state s"), first, "the same input and state give the same bytes");
    assert_eq!(read(desk.path(), "s"), state, "and leave the state as it is");
    let more = run("--leads more.csv --state s");
    assert_eq!(decisions(&more)[..50], decisions(&first)[50..]);
}

#[test]
fn a_state_that_is_broken_is_refused_and_left_as_it_is() {
    let desk = desk(&[("leads.csv", leads(0, 50))]);
    let path = desk.path().join("s");
    run_in(desk.path(), &format!("{ROUTE} --leads leads.csv --state s"), "").exits(0);
    let whole = std::fs::read(&path).unwrap();
    let version = String::from_utf8(whole.clone()).unwrap().replace("\"version\":1", "\"version\":9").into_bytes();
    let cases = [
        (whole[..whole.len() / 2].to_vec(), "the line ends in its middle: the file was cut off"),
        (version, "line 1: the state is of version 9, and this Leadway reads version 1"),
        (b"id,name\n".to_vec(), "line 1: this is no state of Leadway"),
        (Vec::new(), "line 1: the file ends here"),
    ];
    for (bytes, expected) in cases {
        std::fs::write(&path, &bytes).unwrap();
        let ran = run_in(desk.path(), &format!("{ROUTE} --leads leads.csv --state s --out out.ndjson"), "").exits(2);
        assert!(ran.err.contains(expected) && ran.err.contains("`s`, line "), "{}", ran.err);
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        let left: Vec<String> = names(desk.path());
        assert_eq!(left, ["leads.csv", "main.leadway", "s", "s.lock"]);
    }
}

#[test]
fn what_killed_runs_left_is_cleared() {
    let left = ["s.4711.new", "s.held"];
    let others = ["s.47x.new", "s..new", "s.new", "other.4711.new", "s.4711.new.csv"];
    let desk = desk(&[("leads.csv", leads(0, 5))]);
    for name in left.iter().chain(&others) {
        std::fs::write(desk.path().join(name), "half").unwrap();
    }
    run_in(desk.path(), &format!("{ROUTE} --leads leads.csv --state s"), "").exits(0);
    let mut kept = [&others[..], &["leads.csv", "main.leadway", "s", "s.lock"]].concat();
    kept.sort_unstable();
    assert_eq!(names(desk.path()), kept);
}

#[test]
#[cfg(unix)]
fn a_state_behind_a_link_stays_behind_it() {
    let desk = desk(&[("leads.csv", leads(0, 5)), ("more.csv", leads(5, 9)), ("real/readme", String::new())]);
    std::os::unix::fs::symlink("real/s", desk.path().join("link")).unwrap();
    run_in(desk.path(), &format!("{ROUTE} --leads leads.csv --state real/s"), "").exits(0);
    let before = read(desk.path(), "real/s");
    run_in(desk.path(), &format!("{ROUTE} --leads more.csv --state link"), "").exits(0);
    assert!(desk.path().join("link").is_symlink(), "the link is still one");
    assert_ne!(read(desk.path(), "real/s"), before, "what it leads to was written");
    assert!(!desk.path().join("link.lock").exists(), "both names have one lock");
}

#[test]
fn one_run_has_a_state_at_a_time() {
    let desk = desk(&[("leads.csv", leads(0, 5))]);
    // The first run waits for its leads, and has the state meanwhile.
    let mut first = Command::new(env!("CARGO_BIN_EXE_leadway"))
        .args([ROUTE.split_whitespace().collect::<Vec<_>>(), vec!["--leads", "-", "--state", "s"]].concat())
        .current_dir(desk.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !desk.path().join("s.lock").exists() {
        std::thread::yield_now();
    }
    let mut tries = 0;
    let refused = loop {
        let ran = run_in(desk.path(), &format!("{ROUTE} --leads leads.csv --state s"), "");
        tries += 1;
        // The file is there a moment before it is locked.
        if ran.code == 2 || tries > 20 {
            break ran;
        }
    };
    assert!(refused.err.contains("another run has the state `s`"), "{}", refused.err);
    drop(first.stdin.take());
    first.wait().unwrap();
    run_in(desk.path(), &format!("{ROUTE} --leads leads.csv --state s"), "").exits(0);
}

#[test]
#[cfg(unix)]
fn a_run_that_is_killed_loses_nothing_and_gives_nothing_twice() {
    let input = leads(0, 1200);
    let desk = desk(&[("leads.csv", input.clone()), ("before.csv", leads(1200, 1240))]);
    let before = format!("{ROUTE} --leads before.csv --state");
    run_in(desk.path(), &format!("{before} straight"), "").exits(0);
    run_in(desk.path(), &format!("{before} killed"), "").exits(0);
    let line = |state: &str| format!("{ROUTE} --leads leads.csv --out {state}.ndjson --state {state}");
    run_in(desk.path(), &line("straight"), "").exits(0);
    for at in 0..12u64 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_leadway"))
            .args(line("killed").split_whitespace())
            .current_dir(desk.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(at * 4));
        child.kill().unwrap();
        child.wait().unwrap();
        // Whatever came out is whole, and what the state says.
        if let Ok(out) = std::fs::read_to_string(desk.path().join("killed.ndjson")) {
            assert_eq!(out, read(desk.path(), "straight.ndjson"));
        }
    }
    run_in(desk.path(), &line("killed"), "").exits(0);
    assert_eq!(read(desk.path(), "killed.ndjson"), read(desk.path(), "straight.ndjson"));
    assert_eq!(read(desk.path(), "killed"), read(desk.path(), "straight"));
}

#[test]
fn a_state_needs_leads_with_a_name_and_a_file() {
    let policy = "lead { size integer }\nqueue triage\nroute main { otherwise { assign queue triage } }\n";
    let desk = folder(&[("main.leadway", policy), ("leads.csv", "size\n1\n")]);
    let run = |state: &str| {
        run_in(desk.path(), &format!("route main.leadway --leads leads.csv --state {state}"), "").exits(2).err
    };
    assert!(run("s").contains("the policy has no field that names a lead"), "{}", run("s"));
    assert!(run("-").contains("a state is kept in a file"));
    assert!(run("nowhere/s").contains("there is no folder `nowhere`"));
    assert!(run("leads.csv").contains("would be written over"));
    assert_eq!(std::fs::read_to_string(desk.path().join("leads.csv")).unwrap(), "size\n1\n");
}

#[test]
fn instants_that_no_calendar_knows_are_refused() {
    let leads = "id,created_at,size\nL1,1969-12-31 10:00,1\nL2,2026-03-04 10:00,1\nL3,2101-01-01 10:00,1\n";
    let desk = desk(&[("leads.csv", leads.to_owned())]);
    let ran = run_in(desk.path(), &format!("{ROUTE} --leads leads.csv --state s"), "").exits(1);
    assert_eq!(ran.out.lines().count(), 1);
    let expected = "line 2, lead `L1`: `created_at` is `1969-12-31T10:00:00Z`; expected a time from 1970 to 2100";
    assert!(ran.err.contains(expected) && ran.err.contains("line 4, lead `L3`"), "{}", ran.err);
    for line in ["route main.leadway --leads leads.csv --at 1969-12-31", "explain main.leadway id=L1 --at 2101-01-01"] {
        assert!(run_in(desk.path(), line, "").exits(2).err.contains("is not between 1970 and 2100"));
    }
}

#[test]
fn explain_tells_from_a_state_whose_turn_it_is() {
    let desk = desk(&[("leads.csv", leads(0, 3))]);
    run_in(desk.path(), &format!("{ROUTE} --leads leads.csv --state s"), "").exits(0);
    let explain = |id: &str, state: &str| {
        run_in(desk.path(), &format!("explain main.leadway id={id} --at 2026-03-02T11:00Z {state}"), "").exits(0).out
    };
    let kept = read(desk.path(), "s");
    insta::assert_snapshot!(
        [explain("L9", ""), explain("L9", "--state s"), explain("L1", "--state s")].join("\n---\n")
    );
    assert_eq!(read(desk.path(), "s"), kept, "explaining changes nothing");
}
