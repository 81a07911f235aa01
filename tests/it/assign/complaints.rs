//! What users of today's systems complain about: none of it is so here. Most have their test in this file, the rest is named.

use super::Desk;
use leadway::assign::{Again, Asked, How, Request, State};
use leadway::matcher::{Match, RecordMatch};
use leadway::policy::{ColumnId, Instant, RecordsId, Target};

/// Each complaint, and the test that holds Leadway free of it.
const COMPLAINTS: [(&str, &str, &str); 15] = [
    ("a rep back from holiday is flooded", "assign/complaints.rs", "a_rep_back_from_holiday_is_not_flooded"),
    (
        "an edit resets everyone's counts",
        "assign/remembered.rs",
        "an_edit_of_a_pool_never_resets_the_counts_of_those_who_stay",
    ),
    (
        "each rule counts fairness alone, so the sum is unfair",
        "assign/complaints.rs",
        "fairness_is_counted_over_all_pools_that_share_turns",
    ),
    ("absent and deactivated people get leads", "assign/complaints.rs", "the_absent_and_the_deactivated_get_nothing"),
    (
        "nobody can say why a lead went where it went",
        "assign/complaints.rs",
        "it_is_said_of_everyone_in_the_pool_why_or_why_not",
    ),
    ("nobody can say why no rule before took it", "cli/explain.rs", "why_and_why_not_in_words"),
    ("an empty pool drops the lead silently", "assign/complaints.rs", "an_empty_pool_ends_in_a_queue_and_says_so"),
    ("newer work overtakes older", "assign/complaints.rs", "newer_work_does_not_overtake_older"),
    (
        "SLA arithmetic breaks on daylight saving, holidays, lunch breaks and pauses",
        "sla/deadlines.rs",
        "deadlines_hold_over_clock_changes_holidays_lunch_and_pauses",
    ),
    ("so does that of calendars", "calendar/time.rs", "every_minute_of_years_in_many_zones"),
    ("a policy edit strands the leads in flight", "sla/migration.rs", "an_edit_strands_no_lead_in_flight"),
    ("tests do not exist", "cli/tests.rs", "tests_follow_a_lead_through_its_sla"),
    ("the simulator takes one record at a time", "cli/simulate.rs", "a_report_for_people"),
    ("rule lists report \"valid\"", "cli/policies.rs", "check_tells_findings_in_every_format"),
    ("and route wrong", "analysis.rs", "proofs_agree_with_all_leads"),
];

#[test]
fn every_complaint_has_its_test() {
    for (complaint, file, test) in COMPLAINTS {
        let path = crate::house::root().join("tests/it").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(&format!("fn {test}(")), "{complaint}: no test `{test}` in {file}");
    }
}

fn gives(desk: &mut Desk, pool: &str, leads: usize) -> Vec<String> {
    let target = desk.pool(pool);
    (0..leads).map(|_| desk.give(target.clone())).collect()
}

fn share(given: &[String], name: &str) -> usize {
    given.iter().filter(|rep| *rep == name).count()
}

const ONE: &str = "pool one of sales { round robin  when empty queue triage }";

#[test]
fn a_rep_back_from_holiday_is_not_flooded() {
    let mut desk =
        Desk::of(&format!("team sales {{ rep ana {{ away 2026-03-05..2026-03-18 }}  rep ben  rep cyd }} {ONE}"));
    gives(&mut desk, "one", 3);
    desk.time("2026-03-10 09:00");
    assert_eq!(share(&gives(&mut desk, "one", 100), "ana"), 0);
    desk.time("2026-03-19 09:00");
    assert_eq!(share(&gives(&mut desk, "one", 9), "ana"), 3);
}

#[test]
fn a_rep_back_from_holiday_is_made_whole_where_the_pool_says_so() {
    let people = "team sales { rep ana { away 2026-03-05..2026-03-06 }  rep ben }";
    let mut desk = Desk::of(&format!("{people} pool one of sales {{ returners made whole  when empty queue triage }}"));
    gives(&mut desk, "one", 2);
    desk.time("2026-03-05 09:00");
    assert_eq!(share(&gives(&mut desk, "one", 10), "ben"), 10);
    desk.time("2026-03-07 09:00");
    assert_eq!(share(&gives(&mut desk, "one", 10), "ana"), 10);
    assert_eq!(share(&gives(&mut desk, "one", 10), "ana"), 5);
}

#[test]
fn a_rep_back_from_holiday_catches_up_slowly_where_the_pool_says_so() {
    let people = "team sales { rep ana { away 2026-03-05..2026-03-06 }  rep ben }";
    let mut desk =
        Desk::of(&format!("{people} pool one of sales {{ returners catch up by 2 per day  when empty queue triage }}"));
    desk.time("2026-03-05 09:00");
    gives(&mut desk, "one", 6);
    let mut days = Vec::new();
    for day in 7..13 {
        desk.time(&format!("2026-03-{day:02} 09:00"));
        days.push(share(&gives(&mut desk, "one", 10), "ana"));
    }
    // Two more than ben for each of three days, which makes up for six.
    assert_eq!(days, [6, 6, 6, 5, 5, 5]);
}

#[test]
fn a_joiner_starts_level_and_is_not_given_what_all_others_had() {
    let mut before = Desk::of(&format!("team sales {{ rep ana  rep ben }} {ONE}"));
    gives(&mut before, "one", 400);
    let kept = before.state.keep(before.router.crews());
    let mut after = Desk::of(&format!("team sales {{ rep ana  rep ben  rep cyd }} {ONE}"));
    after.state = State::resume(after.router.crews(), &kept).unwrap();
    let given = gives(&mut after, "one", 30);
    assert_eq!([share(&given, "ana"), share(&given, "ben"), share(&given, "cyd")], [10, 10, 10]);
}

#[test]
fn fairness_is_counted_over_all_pools_that_share_turns() {
    // Nine rules with a pool each, and one lead for each: counted alone, the first of the team gets them all.
    let of_nine = |shared: &str| {
        let pool = |n: usize| {
            format!(
                "pool p{n} of sales {{ round robin  {}  when empty queue triage }}\n",
                if n > 0 { shared } else { "" }
            )
        };
        let pools: String = (0..9).map(pool).collect();
        let mut desk = Desk::of(&format!("team sales {{ rep ana  rep ben  rep cyd }}\n{pools}"));
        let given: Vec<String> = (0..9).flat_map(|n| gives(&mut desk, &format!("p{n}"), 1)).collect();
        ["ana", "ben", "cyd"].map(|name| share(&given, name))
    };
    assert_eq!(of_nine("share turns with p0"), [3, 3, 3]);
    assert_eq!(of_nine(""), [9, 0, 0]);
}

#[test]
fn the_absent_and_the_deactivated_get_nothing() {
    let mut desk = Desk::of(&format!(
        "team sales {{ rep ana {{ inactive }}  rep ben {{ away ..2026-12-31 }}  rep cyd {{ since 2026-04-01 }}  rep dan }} {ONE}"
    ));
    assert_eq!(share(&gives(&mut desk, "one", 20), "dan"), 20);
    let at = desk.at;
    let dan = desk.rep("dan");
    desk.state.present(desk.router.crews(), dan, leadway::assign::Presence::Away(None), at);
    assert_eq!(gives(&mut desk, "one", 2), ["triage", "triage"], "and an empty pool ends in its queue");
    desk.time("2026-04-01 00:00");
    assert_eq!(gives(&mut desk, "one", 1), ["cyd"]);
}

#[test]
fn it_is_said_of_everyone_in_the_pool_why_or_why_not() {
    let mut desk = Desk::of(
        "calendar office { zone \"UTC\" mon..fri 09:00-17:00 }
         calendar night { zone \"UTC\" mon..fri 18:00-23:00 }
         team sales {
           rep ana { inactive }  rep ben { away 2026-03-01..2026-03-09 }  rep cyd { hours night }
           rep dan { cap 1 per day }  rep eve { hours office }  rep fay  rep gil { since 2026-05-01 }
         }
         pool one of sales { only reps on duty, under cap  cap 2 per week  when empty queue triage }",
    );
    let found = Match { targets: vec![desk.pool("one")], ..Match::default() };
    let mut said = Vec::new();
    for lead in 0..6 {
        let asked = Asked::default();
        let request = Request { found: &found, asked: &asked, at: desk.at, lead: None, never: &[] };
        said.push(format!("lead {lead}"));
        desk.router.crews().assign_traced(&mut desk.state, &request, &mut |tried| {
            said.push(format!("  {}: {}", tried.what, tried.why_not.as_deref().unwrap_or("takes it")));
        });
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn an_empty_pool_ends_in_a_queue_and_says_so() {
    let mut desk = Desk::of(
        "team sales { rep ana { inactive } }  team others { rep ben { inactive } }
         pool one of sales  { when empty use pool two, then queue triage }
         pool two of others { when empty queue triage }",
    );
    let found = Match { targets: vec![desk.pool("one")], ..Match::default() };
    let asked = Asked::default();
    let request = Request { found: &found, asked: &asked, at: desk.at, lead: None, never: &[] };
    let mut said = Vec::new();
    let assignment = desk.router.crews().assign_traced(&mut desk.state, &request, &mut |tried| said.push(tried.what));
    let assignment = assignment.unwrap();
    assert_eq!((assignment.queue.is_some(), assignment.how, assignment.pools.len()), (true, How::Queued, 2));
    assert_eq!(said, ["rep `ana`", "pool `one`", "rep `ben`", "pool `two`", "queue `triage`"]);
}

#[test]
fn newer_work_does_not_overtake_older() {
    let mut desk = Desk::of(
        "calendar office { zone \"UTC\" mon..fri 09:00-17:00 }
         team sales { rep ana { hours office  cap 2 per day } }
         pool one of sales { only reps on duty, under cap  when empty wait at most 20 hours, then queue triage }",
    );
    desk.time("2026-03-04 20:00");
    let mut found = Match { targets: vec![desk.pool("one")], ..Match::default() };
    let asked = Asked::default();
    for (lead, priority) in [("old", None), ("urgent", Some(1)), ("young", None)] {
        found.priority = priority;
        assert_eq!(desk.request(&found, Some(lead), &[]), "waits");
        desk.at.micros += 1_000_000;
    }
    // In the morning the driver tries those who wait, before it takes a new lead.
    let wakes = desk.state.wakes_at().unwrap();
    assert_eq!(desk.router.instant("2026-03-05 00:00").unwrap().micros, wakes, "a new day may change a cap");
    let mut went = Vec::new();
    for at in ["2026-03-05 00:00", "2026-03-05 09:00", "2026-03-05 17:00"] {
        desk.time(at);
        for lead in desk.state.waiting().map(str::to_owned).collect::<Vec<_>>() {
            let request = Request { found: &found, asked: &asked, at: desk.at, lead: Some(&lead), never: &[] };
            let assignment = desk.router.crews().reassign(&mut desk.state, &request, Again::Wake);
            went.push(format!("{at} {lead} {}", desk.name(&assignment)));
        }
    }
    assert_eq!(
        went,
        [
            "2026-03-05 00:00 urgent nobody",
            "2026-03-05 00:00 old nobody",
            "2026-03-05 00:00 young nobody",
            "2026-03-05 09:00 urgent ana",
            "2026-03-05 09:00 old ana",
            "2026-03-05 09:00 young nobody",
            "2026-03-05 17:00 young triage"
        ]
    );
    assert_eq!(desk.state.wakes_at(), None);
}

#[test]
fn three_forms_from_one_account_get_one_owner_and_take_one_turn() {
    let mut desk = Desk::with(&[
        (
            "main.leadway",
            &format!(
                "{}{}",
                super::HEAD,
                "team sales { rep ana { cap 1 per day }  rep ben  rep cyd }
                 records account from \"a.csv\" { id text required  owner rep  match by id = lead.id }
                 returning leads by email, then account {{ within 30 days keep owner  within 10 minutes join same owner }}
                 pool one of sales { round robin  only reps under cap  when empty queue triage }"
                    .replace("{{", "{")
                    .replace("}}", "}")
            ),
        ),
        ("a.csv", "id,owner\nacme,\nbolt,\n"),
    ]);
    let mut of = |row: Option<u32>, seconds: i64| {
        let records = vec![row.map_or(RecordMatch::None, RecordMatch::Row)];
        let found = Match { targets: vec![desk.pool("one")], records, ..Match::default() };
        desk.at.micros += seconds * 1_000_000;
        desk.request(&found, None, &[])
    };
    // Ana has her one lead of the day, and what joins it is not charged.
    assert_eq!([of(Some(0), 0), of(Some(0), 5), of(Some(0), 7)], ["ana", "ana", "ana"]);
    // The turn of the two others comes as if one lead had been given.
    assert_eq!([of(None, 1), of(None, 1), of(None, 1)], ["ben", "cyd", "ben"]);
    // An hour later it is a lead of its own: she had the account, but is at her cap.
    assert_eq!([of(Some(0), 3600), of(Some(1), 1)], ["cyd", "ben"]);
    // A day later whoever had it last keeps it, out of turn.
    assert_eq!([of(Some(0), 86_400), of(Some(1), 1)], ["cyd", "ben"]);
    // And after thirty days nobody does.
    assert_eq!(of(Some(1), 31 * 86_400), "cyd");
}

#[test]
fn an_owner_who_is_away_or_gone_is_stood_in_for() {
    let owners = "id,owner\n0,ana@acme.test\n1,BEN\n2,cyd\n3,dan\n4,nobody\n5,\n6,fay\n";
    let mut desk = Desk::with(&[
        (
            "main.leadway",
            &format!(
                "{}{}",
                super::HEAD,
                "team sales {
                   rep ana \"ana@acme.test\"
                   rep ben { away 2026-03-01..2026-03-20  delegate ana }
                   rep cyd { inactive  delegate ben }
                   rep dan { away 2026-03-01..  delegate eve }
                   rep eve { inactive  delegate dan }
                   rep fay { cap 1 per day }
                 }
                 records account from \"a.csv\" { id text required  owner rep  match by id = lead.id }"
            ),
        ),
        ("a.csv", owners),
    ]);
    let owner = |under_cap| Target::Owner { records: RecordsId(0), column: ColumnId(1), under_cap };
    let team = Target::TeamOfOwner { records: RecordsId(0), column: ColumnId(1) };
    let queue = Target::Queue(leadway::policy::QueueId(0));
    let mut of = |row: u32, targets: &[&Target]| {
        let targets = targets.iter().map(|target| (*target).clone()).collect();
        let found = Match { targets, records: vec![RecordMatch::Row(row)], ..Match::default() };
        desk.request(&found, None, &[])
    };
    let chain = [&owner(false), &queue];
    let went: Vec<String> = (0..6).map(|row| of(row, &chain)).collect();
    assert_eq!(went, ["ana", "ana", "ana", "triage", "triage", "triage"]);
    assert_eq!(of(3, &[&owner(false), &team, &queue]), "ana", "somebody of dan's team");
    // At her cap fay still has her accounts, unless the rule says otherwise.
    assert_eq!([of(6, &chain), of(6, &chain), of(6, &[&owner(true), &queue])], ["fay", "fay", "triage"]);
}

#[test]
fn a_cap_is_counted_in_its_zone_and_a_returned_lead_is_credited_to_the_day_it_was_charged_to() {
    let mut desk = Desk::of(
        "team sales { rep ana { zone \"America/New_York\" } }
         pool one of sales { cap 2 per day in zone of rep, credited back on duplicate  when empty queue triage }",
    );
    let found = Match { targets: vec![desk.pool("one")], ..Match::default() };
    let back = |desk: &mut Desk, lead: &str, reason: &str| {
        let at = desk.at;
        desk.state.returned(desk.router.crews(), lead, reason, at).is_some()
    };
    desk.time("2026-03-05 04:00");
    assert_eq!(desk.request(&found, Some("L1"), &[]), "ana", "in New York it is still Wednesday");
    assert_eq!(desk.request(&found, Some("L2"), &[]), "ana");
    assert_eq!(desk.request(&found, Some("L3"), &[]), "triage");
    desk.time("2026-03-05 05:00");
    assert_eq!(desk.request(&found, Some("L4"), &[]), "ana", "and now Thursday");
    assert!(back(&mut desk, "L1", "duplicate"), "credited to Wednesday, which helps nobody on Thursday");
    assert_eq!(desk.request(&found, Some("L5"), &[]), "ana");
    assert_eq!(desk.request(&found, Some("L6"), &[]), "triage");
    assert!(back(&mut desk, "L4", "no_budget"), "which is no reason that is credited");
    assert_eq!(desk.request(&found, Some("L7"), &[]), "triage");
    assert!(back(&mut desk, "L5", "duplicate"));
    assert!(!back(&mut desk, "L5", "duplicate"), "a lead is returned once");
    assert_eq!(desk.request(&found, Some("L8"), &[]), "ana");
    assert_eq!(desk.request(&found, Some("L9"), &[]), "triage");
}

#[test]
fn a_lead_that_is_reassigned_goes_to_somebody_new_and_loads_follow() {
    let mut desk = Desk::of(
        "team sales { rep ana  rep ben  rep cyd }
         pool one of sales { least loaded  after 10 minutes untouched try pool two  when empty queue triage }
         pool two of sales { in order  when empty queue triage }",
    );
    let found = Match { targets: vec![desk.pool("one")], ..Match::default() };
    let asked = Asked::default();
    assert_eq!(desk.request(&found, Some("L1"), &[]), "ana");
    assert_eq!(
        desk.state.held("L1").unwrap().assignment.widens.map(|widening| widening.at),
        Some(desk.at.micros + 600_000_000)
    );
    let mut went = Vec::new();
    for why in [Again::Widen, Again::Reassign, Again::Reassign, Again::Reassign] {
        let had = desk.state.held("L1").unwrap().had.clone();
        let at = Instant { micros: desk.at.micros + 600_000_000, ..desk.at };
        let request = Request { found: &found, asked: &asked, at, lead: Some("L1"), never: &had };
        let assignment = desk.router.crews().reassign(&mut desk.state, &request, why);
        went.push(desk.name(&assignment));
    }
    assert_eq!(went, ["ben", "cyd", "nobody", "nobody"]);
    let open = ["ana", "ben", "cyd"].map(|name| desk.state.open_leads(desk.rep(name)));
    assert_eq!(open, [0, 0, 1], "where nobody is left, who has it keeps it");
}
