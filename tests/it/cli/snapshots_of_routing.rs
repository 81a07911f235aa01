//! `leadway snapshot`: recorded, compared by meaning, settled by group; and never written on a CI server.

use super::{POLICY, folder, json, run_in};
use leadway::suite::snapshot::{self, Fate, Snapshot};
use proptest::prelude::*;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Leads of the small policy, in an order of their own.
fn leads(order: impl Iterator<Item = usize>) -> String {
    let countries = ["DE", "FR", "US", "IT"];
    let lead = |n: usize| format!("L{n:03},2026-03-04 10:00,{},{}\n", countries[n % 4], n * 37 % 3000 + 1);
    "id,created_at,country,employees\n".to_owned() + &order.map(lead).collect::<String>()
}

fn recorded() -> tempfile::TempDir {
    let folder = folder(&[("main.leadway", POLICY.to_owned()), ("data/leads.csv", leads(0..200))]);
    let ran = run_in(folder.path(), "snapshot main.leadway --leads data/leads.csv", "").exits(0);
    assert_eq!(ran.err, "leads.routing.snap: 200 leads, 4 ways to go\n");
    folder
}

fn read(folder: &tempfile::TempDir, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}

fn change(folder: &tempfile::TempDir, from: &str, to: &str) {
    let policy = read(folder, "main.leadway");
    assert!(policy.contains(from));
    std::fs::write(folder.path().join("main.leadway"), policy.replace(from, to)).unwrap();
}

#[test]
fn a_snapshot_is_the_same_in_any_order_of_the_leads() {
    let folder = recorded();
    let before = read(&folder, "leads.routing.snap");
    insta::assert_snapshot!(before);
    std::fs::write(folder.path().join("data/leads.csv"), leads((0..200).rev())).unwrap();
    run_in(folder.path(), "snapshot main.leadway --leads data/leads.csv", "").exits(0);
    assert_eq!(read(&folder, "leads.routing.snap"), before);
    let ran = run_in(folder.path(), "test main.leadway", "").exits(0);
    assert!(ran.out.starts_with("leads.routing.snap: 200 leads go where they went\n"), "{}", ran.out);
}

#[test]
fn what_changed_is_told_by_meaning_and_settled_by_group() {
    let folder = recorded();
    change(&folder, "employees >= 1000", "employees >= 1500");
    change(&folder, "\"Small, in Germany\"", "\"Small\"");
    let run = |line: &str| run_in(folder.path(), line, "");
    let ran = run("test main.leadway").exits(1);
    insta::assert_snapshot!(ran.out.rsplit_once("0 tests").unwrap().0);
    let told = json(&run("test main.leadway --format json").exits(1).out);
    assert_eq!(told["snapshots"][0]["groups"][0]["moved"], serde_json::Value::Null);
    assert_eq!(told["snapshots"][0]["groups"][0]["new"]["by"], "rule \"otherwise\"");

    run("snapshot accept main.leadway --group 9").exits(2);
    let ran = run("snapshot accept main.leadway --group 1").exits(1);
    assert_eq!(ran.err, "leads.routing.snap: 2 left to settle\n");
    assert_eq!(run("snapshot reject main.leadway").exits(0).err, "leads.routing.snap: settled\n");
    assert!(!folder.path().join("leads.routing.snap.new").exists());
    // What was rejected still fails, as the policy is what it is.
    let told = json(&run("test main.leadway --format json").exits(1).out);
    let unnoticed: Vec<_> =
        told["snapshots"][0]["groups"].as_array().unwrap().iter().map(|g| &g["unnoticed"]).collect();
    assert_eq!(unnoticed, [false, true]);
    run("snapshot accept main.leadway").exits(0);
    run("test main.leadway").exits(0);
}

#[test]
fn leads_that_come_and_go_are_told() {
    let folder = recorded();
    std::fs::write(folder.path().join("data/leads.csv"), leads(5..210)).unwrap();
    let ran = run_in(folder.path(), "test main.leadway", "").exits(1);
    assert!(ran.out.contains("1. 10 leads\n     was not in the snapshot\n     now among the leads\n"), "{}", ran.out);
    assert!(ran.out.contains("2. 5 leads\n     was in the snapshot\n     now not among the leads\n"), "{}", ran.out);
    run_in(folder.path(), "snapshot accept main.leadway", "").exits(0);
    run_in(folder.path(), "test main.leadway", "").exits(0);
}

#[test]
fn a_ci_server_writes_nothing_and_a_pipe_is_not_asked() {
    let folder = recorded();
    change(&folder, "employees >= 1000", "employees >= 1500");
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_leadway"));
    command.args(["test", "main.leadway"]).current_dir(folder.path()).env("CI", "true").assert().code(1);
    assert!(!folder.path().join("leads.routing.snap.new").exists());
    run_in(folder.path(), "test main.leadway", "").exits(1);
    let snapshot = || std::fs::read(folder.path().join("leads.routing.snap")).unwrap();
    let before = snapshot();
    for line in ["snapshot accept main.leadway", "snapshot main.leadway --leads data/leads.csv --overwrite"] {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_leadway"));
        command.args(line.split(' ')).current_dir(folder.path()).env("CI", "true").assert().code(2);
    }
    assert_eq!(snapshot(), before);
    std::fs::remove_file(folder.path().join("leads.routing.snap.new")).unwrap();
    let ran = run_in(folder.path(), "snapshot review main.leadway", "").exits(2);
    assert!(ran.err.contains("standard input is no terminal"), "{}", ran.err);
    assert!(
        run_in(folder.path(), "snapshot accept main.leadway", "").exits(2).err.contains("run `leadway test` first")
    );
}

#[test]
fn a_snapshot_that_cannot_be_compared_fails() {
    let good = read(&recorded(), "leads.routing.snap");
    for (text, said) in [
        (good.replace("snapshot 1", "snapshot 7"), "line 1: it is of another version of Leadway"),
        (good.replace("leadway snapshot 1", "something"), "line 1: it is no snapshot of routing"),
        (good.replace("data/leads.csv", "gone.csv"), "cannot read `gone.csv`"),
        (good.replace("policy main", "policy old"), "it is of the policy `old.leadway`, and this is `main.leadway`"),
        (good.replace("policy main.leadway\n", ""), "it does not say which policy and leads it is of"),
        (good.replace(" L", " M").replace("..L", "..M"), "none of its 200 leads is in `data/leads.csv`"),
        (good.replace("at created_at", "at arrived"), "`arrived` is neither a time nor a field that is one"),
        (good.replace("\n  L", "\n<<<<<<< ours\n  L"), "a merge left both sides standing"),
        (good.replace("\n  L", "\n  L9..L1"), "this is no list of ids"),
    ] {
        let folder = recorded();
        std::fs::write(folder.path().join("leads.routing.snap"), text).unwrap();
        let ran = run_in(folder.path(), "test main.leadway", "").exits(1);
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    let folder = recorded();
    std::fs::rename(folder.path().join("leads.routing.snap"), folder.path().join("old.routing.snap.new")).unwrap();
    let ran = run_in(folder.path(), "test main.leadway --allow-empty", "").exits(1);
    assert!(ran.out.contains("new beside a snapshot that is gone"), "{}", ran.out);
}

#[test]
fn leads_without_an_id_are_the_same_in_any_order() {
    let rows = |order: &mut dyn Iterator<Item = usize>| -> String {
        let row = |n: usize| format!(",2026-03-04 10:00,DE,{}\n", n * 400 + 1);
        "id,created_at,country,employees\n".to_owned() + &order.map(row).collect::<String>()
    };
    let policy = POLICY.replace("id          text  required", "id          text");
    let folder = folder(&[("main.leadway", policy), ("leads.csv", rows(&mut (0..8)))]);
    run_in(folder.path(), "snapshot main.leadway --leads leads.csv", "").exits(0);
    std::fs::write(folder.path().join("leads.csv"), rows(&mut (0..8).rev())).unwrap();
    run_in(folder.path(), "test main.leadway", "").exits(0);
    std::fs::write(folder.path().join("leads.csv"), rows(&mut (0..8).map(|n| if n == 7 { 0 } else { n }))).unwrap();
    let ran = run_in(folder.path(), "test main.leadway", "").exits(1);
    assert!(ran.out.contains("1 lead is not as in the snapshot, of 8"), "{}", ran.out);
}

#[test]
fn a_policy_has_no_part_in_the_snapshots_of_another() {
    let folder = recorded();
    let other = POLICY.replace("employees >= 1000", "employees >= 1500");
    std::fs::write(folder.path().join("before.leadway"), other).unwrap();
    run_in(folder.path(), "snapshot before.leadway --leads data/leads.csv", "").exits(0);
    assert!(folder.path().join("before.leads.routing.snap").exists());
    run_in(folder.path(), "test main.leadway", "").exits(0);
    run_in(folder.path(), "test before.leadway", "").exits(0);
    std::fs::remove_file(folder.path().join("before.leadway")).unwrap();
    let ran = run_in(folder.path(), "test main.leadway", "").exits(1);
    assert!(ran.out.contains("it is of the policy `before.leadway`"), "{}", ran.out);
    let ran = run_in(folder.path(), "test main.leadway --format github", "").exits(1);
    assert!(ran.out.contains("::error file=before.leads.routing.snap::it is of the policy"), "{}", ran.out);
}

#[test]
fn an_existing_snapshot_is_not_overwritten_by_chance() {
    let folder = recorded();
    change(&folder, "employees >= 1000", "employees >= 1500");
    let ran = run_in(folder.path(), "snapshot main.leadway --leads data/leads.csv", "").exits(2);
    assert!(ran.err.contains("is there and says otherwise"), "{}", ran.err);
    run_in(folder.path(), "snapshot main.leadway --leads data/leads.csv --overwrite", "").exits(0);
    run_in(folder.path(), "test main.leadway", "").exits(0);
}

fn any_id() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..30u32).prop_map(|n| format!("L{n:02}")),
        (0..30u32).prop_map(|n| format!("L{n}")),
        "[a-c .\"\\\\#0-9]{0,6}",
        "00Q[0-9A-Z]{3}",
    ]
}

proptest! {
    /// What is written reads the same, and taking over all that differs leaves nothing that does.
    #[test]
    fn snapshots_are_read_as_they_were_written(
        old in prop::collection::btree_map(any_id(), 0..3u8, 0..40),
        new in prop::collection::btree_map(any_id(), 0..3u8, 0..40),
    ) {
        let make = |leads: &BTreeMap<String, u8>| {
            let mut snapshot = Snapshot { policy: "main.leadway".into(), leads: "leads.csv".into(), at: "created_at".into(), ..Snapshot::default() };
            for (id, fate) in leads {
                let fate = Fate { by: format!("rule \"R {fate}\"").into(), outcome: format!("pool p{fate}").into() };
                snapshot.groups.entry(fate).or_default().push(SmolStr::new(id));
            }
            // Sorted as a snapshot sorts: by reading it back once.
            let ids: Vec<SmolStr> = snapshot.groups.values().flatten().cloned().collect();
            let all = snapshot.clone();
            snapshot.take_over(&all, &ids);
            snapshot
        };
        let (mut old, new) = (make(&old), make(&new));
        let read = snapshot::read(&snapshot::write(&old));
        prop_assert_eq!(read.as_ref(), Ok(&old));
        let difference = old.compare(&new);
        let moved = difference.moves.iter().chain(&difference.renamed).flat_map(|one| one.ids.clone());
        let ids: Vec<SmolStr> = moved.chain(difference.new.clone()).chain(difference.gone.clone()).collect();
        old.take_over(&new, &ids);
        prop_assert_eq!(old, new);
    }
}
