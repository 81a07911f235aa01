//! `leadway simulate` as its user meets it.

use super::{example, folder, json, run, run_in};

const POLICY: &str = r#"policy "Small team" { timezone "Europe/London" }
lead {
  id          text  required
  created_at  time  required
  country     country
  source      one of web, event
}
calendar office { zone "Europe/London"  mon..fri 09:00-17:00 }
team sellers { rep ana "ana@acme.test" { hours office }  rep ben "ben@acme.test" { hours office } }
queue triage { worked by sellers }
pool sales of sellers { round robin  when empty queue triage }
status new, working, waiting_on_prospect, contacted, recycled
sla quick {
  respond within 1 hour of business time of assignee
  pause while waiting_on_prospect
  on breach { notify assignee  reassign in pool, never to a rep who had it, at most 1 times, restart clock }
  finally { recycle to queue triage }
}
exclude "Far away" when country = AQ
goal "Quick" for source = web { median response <= 1 hour, 90% of responses <= 8 hours, breaches <= 50% }
goal "Exact" { breaches <= 33.333333%, breaches <= 33.333334%, 25% of responses <= 30 minutes, 25.1% of responses <= 30 minutes }
goal "Nobody" for country = AQ { conversion >= 10% }
route main {
  rule "Web" { match source = web  assign pool sales  sla quick }
  otherwise { assign queue triage }
}
"#;

/// Ana answered L1 in half an hour and ben L2 in two; nobody answered L3.
const HISTORY: &str = "\
id,created_at,country,source,answered,owner,stage
L1,2026-03-02 10:00,GB,web,2026-03-02 10:30,ana,Won
L2,2026-03-02 10:05,GB,web,2026-03-02 12:05,ben@acme.test,Lost
L3,2026-03-02 10:10,GB,web,,ana,Lost
L4,2026-03-02 10:15,AQ,web,,,Open
L5,2026-03-02 10:20,GB,event,,,Open
L6,,GB,event,,,Open
";

fn small() -> tempfile::TempDir {
    folder(&[("main.leadway", POLICY), ("history.csv", HISTORY)])
}

const TOLD: &str = "--leads history.csv --responded answered --assignee owner --won stage=Won --lost stage=Lost";

#[test]
fn a_small_history_is_followed_to_the_minute() {
    let small = small();
    let line = format!("simulate main.leadway {TOLD} --format json --each each.ndjson");
    let told = json(&run_in(small.path(), &line, "").exits(1).out);
    let leads = &told["policy"]["leads"];
    assert_eq!(leads, &json(r#"{"leads":6,"with_rep":2,"in_queue":2,"excluded":1,"nowhere":0,"errors":1}"#));
    let each = std::fs::read_to_string(small.path().join("each.ndjson")).unwrap();
    let each: Vec<_> = each.lines().map(json).collect();
    // As in the history: the same rep, the same minute.
    assert_eq!((&each[0]["rep"], &each[0]["answered"]), (&json("\"ana\""), &json("\"2026-03-02T10:30:00Z\"")));
    assert_eq!(each[0]["promises"], json(r#"{"respond":"kept"}"#));
    // Ben is too late: the lead goes to ana at 11:05, who does not have ben's answer.
    assert_eq!((&each[1]["rep"], &each[1]["reassigned"]), (&json("\"ana\""), &json("1")));
    // Nobody answers L3 in the history; after ana, ben has an hour, and what he does not do goes to the queue.
    assert!(each[2]["breaches"].as_u64().unwrap() > 0, "{}", each[2]);
    // Recycled, it keeps its age, and is older than L5, which came after it.
    assert_eq!((&each[2]["queue"], &each[2]["recycled"]), (&json("\"triage\""), &json("1")));
    assert_eq!((&each[2]["arrived"], &each[2]["age_from"]), (&json("\"2026-03-02T10:10:00Z\""), &each[2]["arrived"]));
    assert!(each[2]["queue_since"].as_str() > each[2]["arrived"].as_str(), "{}", each[2]);
    assert_eq!(
        told["policy"]["queues"],
        json(r#"[{"name":"triage","count":2,"recycled":1,"oldest":"2026-03-02T10:10:00Z"}]"#)
    );
    assert_eq!((&each[3]["rule"], &each[3]["rep"]), (&json("\"(excluded)\""), &json("null")));
    let goals = &told["policy"]["goals"];
    assert_eq!(goals[0]["leads"], json("3"));
    let met: Vec<_> =
        goals[1]["measures"].as_array().unwrap().iter().map(|measure| measure["met"].as_bool().unwrap()).collect();
    assert_eq!(met, [false, true, true, false], "{}", goals[1]);
    assert_eq!((&goals[2]["leads"], &goals[2]["measures"][0]["met"]), (&json("0"), &json("null")));
    let conversion = &told["policy"]["conversion"]["all"];
    assert_eq!((&conversion["count"], &conversion["of"]), (&json("1"), &json("3")));
    assert_eq!(told["history"]["reps"][0]["rep"], json("\"ana\""));
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let inbound = example("software_inbound");
    let out = tempfile::tempdir().unwrap();
    let made = |name: &str, options: &str| {
        let (page, each) = (out.path().join(format!("{name}.html")), out.path().join(format!("{name}.ndjson")));
        let line = format!(
            "simulate main.leadway --leads leads.csv --format json --html {} --each {} {options}",
            page.display(),
            each.display()
        );
        let ran = run_in(&inbound, &line, "").exits(1);
        let read = |path| std::fs::read_to_string(path).unwrap();
        (ran.out, read(page), read(each))
    };
    let once = made("once", "--seed 5 --threads 1");
    assert!(once == made("again", "--seed 5 --threads 4"), "a run depends on something else than its seed");
    assert!(once.0 != made("other", "--seed 6").0, "the seed changes nothing");
    let told = json(&once.0);
    let leads = &told["policy"]["leads"];
    let sum: u64 =
        ["with_rep", "in_queue", "excluded", "nowhere", "errors"].map(|key| leads[key].as_u64().unwrap()).iter().sum();
    assert_eq!(leads["leads"].as_u64(), Some(sum));
    assert_eq!(once.2.lines().count() as u64, sum - leads["errors"].as_u64().unwrap());
}

#[test]
fn a_policy_against_itself_changes_nothing() {
    let line = "simulate main.leadway --against main.leadway --leads leads.csv --format json";
    let told = json(&run_in(&example("software_inbound"), line, "").exits(1).out);
    assert_eq!(told["policy"], told["against"]);
    assert_eq!(
        told["changes"],
        json(r#"{"leads":0,"another_rule":0,"another_holder":0,"sooner":0,"later":0,"conversions":0,"moves":[]}"#)
    );
}

#[test]
fn a_report_for_people() {
    let small = small();
    let slow = POLICY.replace("within 1 hour", "within 4 hours");
    std::fs::write(small.path().join("old.leadway"), slow).unwrap();
    let line = format!("simulate main.leadway {TOLD} --against old.leadway --outcome rep");
    let ran = run_in(small.path(), &line, "").exits(1);
    let said: String =
        ran.err.lines().filter(|line| !line.contains(" s in all, ")).map(|line| format!("{line}\n")).collect();
    insta::assert_snapshot!(format!("{}\n--- beside ---\n{said}", ran.out));
}

#[test]
fn statuses_of_the_history_stop_clocks_and_answer() {
    let small = small();
    // L3 waits for the prospect from before its hour is over, and is contacted the next day.
    let events = "lead,at,status\nL3,2026-03-02 10:30,waiting_on_prospect\nL3,2026-03-03 12:00,contacted\nL3,2026-03-03 12:30,nonsense\nL9,2026-03-03 12:30,new\n";
    std::fs::write(small.path().join("events.csv"), events).unwrap();
    let line = format!("simulate main.leadway {TOLD} --events events.csv --format json --each each.ndjson");
    let ran = run_in(small.path(), &line, "").exits(1);
    assert!(ran.err.contains("events `nonsense` were left out: there is no such status"), "{}", ran.err);
    assert!(ran.err.contains("1 events of leads that are not in the history were left out"), "{}", ran.err);
    let each = std::fs::read_to_string(small.path().join("each.ndjson")).unwrap();
    let lead = json(each.lines().nth(2).unwrap());
    assert_eq!((&lead["lead"], &lead["breaches"]), (&json("\"L3\""), &json("0")), "the clock stood still: {lead}");
    assert_eq!((&lead["rep"], &lead["answered"]), (&json("\"ana\""), &json("\"2026-03-03T12:00:00Z\"")));
    assert_eq!(lead["promises"], json(r#"{"respond":"kept"}"#));
}

#[test]
fn what_cannot_be_simulated_is_said() {
    let small = small();
    let says = |options: &str, code: i32, words: &[&str]| {
        let arguments: Vec<&str> = format!("simulate main.leadway {options}").leak().split_whitespace().collect();
        let ran = run(small.path(), &arguments, HISTORY).exits(code);
        words.iter().for_each(|word| assert!(ran.err.contains(word), "{options}: `{word}` is not said: {}", ran.err));
    };
    says("--leads nowhere.csv", 2, &["cannot read `nowhere.csv`"]);
    says("--leads history.csv --arrival came_in", 2, &["there is no column `came_in`"]);
    says("--leads history.csv --responded answred", 2, &["there is no column `answred`", "did you mean `answered`?"]);
    says("--leads history.csv --won stage", 2, &["write which values of `stage` count"]);
    says("--leads history.csv --lost stage=Lost", 2, &["--won"]);
    says("--leads history.csv --response-median soon", 2, &["write a time such as"]);
    says("--leads history.csv --response-median 2h --response-p90 1h", 2, &["cannot be sooner than half of them"]);
    says("--leads history.csv --conversion 120", 2, &["a share of a hundred"]);
    says("--leads history.csv --html history.csv", 2, &["would be written over"]);
    says("--leads history.csv --html no/report.html", 2, &["there is no folder"]);
    says("--leads - --against main.leadway", 2, &["standard input comes once"]);
    says("--leads history.csv", 1, &["history.csv:7: `created_at` is missing, so nobody knows when the lead came"]);
    for year in ["1969", "2101", "9999"] {
        let history = HISTORY.replacen("2026-", &format!("{year}-"), 1);
        std::fs::write(small.path().join("other.csv"), history).unwrap();
        says("--leads other.csv", 1, &["other.csv:2: `created_at` is", "which is not between 1970 and 2100"]);
    }
    says("--leads -", 1, &["-:7: `created_at` is missing"]);
}
