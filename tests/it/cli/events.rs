//! `leadway route --events`: what happened to leads since they were given, and leads that are forgotten.

use super::{folder, json, run_in};
use std::path::Path;

const POLICY: &str = r#"policy "Events" { timezone "UTC" }
lead { id text required  created_at time  email email }
team sales  { rep ana  rep ben  rep cyd }
team others { rep dan }
queue triage { worked by sales }
returning leads by email { within 30 days keep owner }
pool turns of sales {
  least loaded
  only reps under cap
  cap 2 per day, credited back on duplicate
  after 10 minutes untouched try pool others
  when empty queue triage
}
pool others of others { when empty queue triage }
route main { otherwise { assign pool turns } }
"#;

/// Who has each lead of a file, or what, at a time.
fn route(folder: &Path, leads: &[&str], at: &str, more: &str) -> (Vec<String>, String) {
    let rows: String = leads.iter().map(|lead| format!("{lead},{lead}@x.test\n")).collect();
    std::fs::write(folder.join("leads.csv"), format!("id,email\n{rows}")).unwrap();
    let line = format!("route main.leadway --leads leads.csv --format ndjson --state s --at 2026-03-04T{at}Z {more}");
    let ran = run_in(folder, &line, "").exits(0);
    let holder = |line: &str| {
        let decision = json(line);
        decision["assignee"].as_str().or(decision["queue"].as_str()).unwrap_or("nobody").to_owned()
    };
    (ran.out.lines().map(holder).collect(), ran.err)
}

fn desk(events: &str) -> tempfile::TempDir {
    folder(&[("main.leadway", POLICY), ("events.csv", &format!("lead,at,event\n{events}"))])
}

const SIX: [&str; 6] = ["L1", "L2", "L3", "L4", "L5", "L6"];

#[test]
fn leads_are_closed_and_given_back() {
    let desk =
        desk("L1,2026-03-04 10:05,closed\nL2,2026-03-04 10:06,returned: duplicate\nL9,2026-03-04 10:06,closed\n");
    let (went, _) = route(desk.path(), &SIX, "10:00", "");
    assert_eq!(went, ["ana", "ben", "cyd", "ana", "ben", "cyd"]);
    // Everybody is at the cap of the day; of ben's two leads one was a duplicate, and it does not go back to him.
    let (went, said) = route(desk.path(), &["L2", "L7", "L8"], "10:09", "--events events.csv");
    assert!(said.contains("events.csv: 2 events taken, 1 of leads that the state does not know"), "{said}");
    assert_eq!(went, ["triage", "ben", "triage"]);
    // The same run again gives the same: what was told before changes nothing.
    let state = std::fs::read(desk.path().join("s")).unwrap();
    let (again, said) = route(desk.path(), &["L2", "L7", "L8"], "10:09", "--events events.csv");
    assert!(said.contains("events.csv: 0 events taken, 2 told before, 1 of leads"), "{said}");
    assert_eq!(again, went);
    assert_eq!(std::fs::read(desk.path().join("s")).unwrap(), state);
    // Of open leads ana has one, ben two and cyd two: on the next day she is first.
    let text = String::from_utf8(state).unwrap();
    let open = |rep: &str| {
        let line = text.lines().map(json).find(|line| line["is"] == "rep" && line["rep"] == rep).unwrap();
        line["open"].as_i64().unwrap()
    };
    assert_eq!([open("ana"), open("ben"), open("cyd")], [1, 2, 2]);
}

#[test]
fn what_nobody_touched_goes_to_what_the_pool_widens_to() {
    let desk = desk("L1,2026-03-04 10:05,contacted\nL2,2026-03-04 10:06,new\n");
    assert_eq!(route(desk.path(), &["L1", "L2", "L3"], "10:00", "").0, ["ana", "ben", "cyd"]);
    // Without events nobody knows what was touched, and a lead keeps what it has.
    assert_eq!(route(desk.path(), &["L1", "L2", "L3"], "11:00", "").0, ["ana", "ben", "cyd"]);
    let with = "--events events.csv";
    assert_eq!(route(desk.path(), &["L1", "L2", "L3"], "10:09", with).0, ["ana", "ben", "cyd"]);
    assert_eq!(route(desk.path(), &["L1", "L2", "L3"], "10:10", with).0, ["ana", "dan", "dan"]);
    assert_eq!(route(desk.path(), &["L1", "L2", "L3"], "12:00", with).0, ["ana", "dan", "dan"]);
}

#[test]
fn old_leads_are_forgotten_where_it_is_asked_for() {
    let desk = desk("");
    route(desk.path(), &SIX, "10:00", "");
    let size = || std::fs::metadata(desk.path().join("s")).unwrap().len();
    let before = size();
    let line = "route main.leadway --leads leads.csv --format ndjson --state s --at 2026-03-14T10:00Z --forget";
    std::fs::write(desk.path().join("leads.csv"), "id,email\nL7,L1@x.test\n").unwrap();
    run_in(desk.path(), &format!("{line} 20"), "").exits(0);
    assert!(size() > before);
    // Ten days are over for the six, and none of them is open any more; who came back is still known by the later lead.
    std::fs::write(desk.path().join("leads.csv"), "id,email\nL8,L1@x.test\n").unwrap();
    run_in(desk.path(), &format!("{line} 9"), "").exits(0);
    let state = std::fs::read_to_string(desk.path().join("s")).unwrap();
    let leads: Vec<String> =
        state.lines().map(json).filter(|line| line["is"] == "lead").map(|line| line["lead"].to_string()).collect();
    assert_eq!(leads, ["\"L7\"", "\"L8\""]);
    let open: i64 = state.lines().map(json).filter_map(|line| line["open"].as_i64()).sum();
    assert_eq!(open, 2);
    for more in ["--events events.csv", "--forget 3"] {
        let ran = run_in(desk.path(), &format!("route main.leadway --leads leads.csv {more}"), "").exits(2);
        assert!(ran.err.contains("--state"), "{}", ran.err);
    }
}

#[test]
fn reps_sign_in_and_out() {
    let policy = POLICY
        .replace("least loaded\n  only reps under cap", "only reps online")
        .replace("  cap 2 per day, credited back on duplicate\n", "")
        .replace("  after 10 minutes untouched try pool others\n", "");
    assert!(policy.contains("only reps online"));
    let desk = folder(&[
        ("main.leadway", policy.as_str()),
        (
            "out.csv",
            "rep,at,event\nBen,2026-03-04 09:00,offline\ncyd,2026-03-04 09:05,offline\nzed,2026-03-04 09:06,offline\n",
        ),
        ("in.csv", "lead,at,event\ncyd,2026-03-04 10:30,online\nL1,2026-03-04 10:31,contacted\n"),
    ]);
    let (went, said) = route(desk.path(), &["L1", "L2"], "10:00", "--events out.csv");
    assert_eq!(went, ["ana", "ana"]);
    assert!(said.contains("out.csv: 2 events taken"), "{said}");
    assert!(said.contains("1 events `online` or `offline` of people who are no reps were left out"), "{said}");
    // The state keeps it; cyd is back, and an old word of him counts no more.
    assert_eq!(route(desk.path(), &["L3"], "10:05", "").0, ["ana"]);
    assert_eq!(route(desk.path(), &["L4", "L5"], "11:00", "--events in.csv").0, ["ana", "cyd"]);
    let (went, said) = route(desk.path(), &["L6", "L7"], "11:05", "--events out.csv");
    assert!(said.contains("out.csv: 0 events taken, 2 told before"), "{said}");
    assert_eq!(went, ["ana", "cyd"]);
    // In a replay cyd is there from half past ten on, and ben never.
    let leads = "id,created_at,email\nA,2026-03-04 10:00,a@x.test\nB,2026-03-04 10:10,b@x.test\nC,2026-03-04 10:40,c@x.test\nD,2026-03-04 10:41,d@x.test\n";
    std::fs::write(desk.path().join("history.csv"), leads).unwrap();
    let all = "rep,at,event\nben,2026-03-04 09:00,offline\ncyd,2026-03-04 09:05,offline\ncyd,2026-03-04 10:30,online\n";
    std::fs::write(desk.path().join("all.csv"), all).unwrap();
    run_in(desk.path(), "simulate main.leadway --leads history.csv --events all.csv --each each.ndjson", "").exits(0);
    let each = std::fs::read_to_string(desk.path().join("each.ndjson")).unwrap();
    let reps: Vec<String> = each.lines().map(|line| json(line)["rep"].as_str().unwrap().to_owned()).collect();
    assert_eq!(reps, ["ana", "ana", "ana", "cyd"]);
}
