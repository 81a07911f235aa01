//! A state that is kept and taken up again does what it would have done, also under an edited policy.

use super::{Desk, HEAD};
use leadway::assign::kept::Broken;
use leadway::assign::{Asked, How, Presence, Request, State};
use leadway::matcher::{Match, RecordMatch};
use leadway::policy::{RepId, Target};
use leadway::router::Router;
use proptest::prelude::*;

const PEOPLE: &str = r#"
calendar office { zone "Europe/Berlin" mon..fri 09:00-17:00 }
team sales {
  rep ana "ana@acme.test" { weight 2  cap 6 per day  hours office }
  rep ben "ben@acme.test" { away 2026-03-06..2026-03-08  cap 3 per hour }
  rep cyd { weight 3  speaks de  level 2 }
  rep dan { since 2026-03-06  speaks de, fr }
}
team others { rep eve  rep fay { cap 9 per week } }
pool turns of sales {
  round robin weighted
  only reps on duty, under cap, online
  cap 4 hot per day in zone of rep, credited back on duplicate
  prefer reps who speak language, then highest level
  joiners catch up by 1 per day
  returners made whole
  when empty use pool spill, then queue triage
}
pool spill of sales, others { least loaded  share turns with turns  when empty wait at most 4 hours, then queue triage }
pool first of others { in order  only reps under cap  when empty wait until next opening, then queue triage }
pool mine of others, sales { sticky by account  after 10 minutes untouched try pool first  when empty queue triage }
returning leads by email, then account { within 3 days keep owner  within 10 minutes join same owner }
records account from "accounts.csv" { id text required  owner rep  match by id = lead.id }
"#;

const ACCOUNTS: &str = "id,owner\na,ana@acme.test\nb,ben\nc,nobody\nd,\n";

fn desk() -> Desk {
    Desk::with(&[("main.leadway", &format!("{HEAD}{PEOPLE}")), ("accounts.csv", ACCOUNTS)])
}

/// A step by a number: mostly a lead, sometimes something that happens to one.
fn step(router: &Router, state: &mut State, number: u32, at: i64) -> String {
    let crews = router.crews();
    let at = leadway::policy::Instant { micros: at, offset: 0 };
    let pick = |from: u32, count: u32| number / from % count;
    let lead = format!("L{}", pick(3, 40));
    let rep = RepId(pick(7, 6));
    match number % 12 {
        0 => format!("{:?}", state.closed(crews, &lead)),
        1 => format!("{:?}", state.returned(crews, &lead, ["duplicate", "spam"][pick(5, 2) as usize], at)),
        2 => {
            let all = [
                Presence::Online,
                Presence::Offline,
                Presence::Away(None),
                Presence::Away(Some(at.micros + (3 << 32))),
            ];
            state.present(crews, rep, all[pick(5, 4) as usize], at);
            String::new()
        }
        _ => {
            let targets = vec![Target::Pool(leadway::policy::PoolId(pick(11, 4)))];
            let records = vec![if pick(13, 3) == 0 { RecordMatch::None } else { RecordMatch::Row(pick(17, 4)) }];
            let found = Match { targets, records, grades: vec![Some(pick(19, 2))], ..Match::default() };
            let language = ["de", "fr", "it"][pick(23, 3) as usize];
            let email = ["x@a.test", "y@b.test", "z@c.test"][pick(29, 3) as usize];
            let asked = crews.asked(|subject| {
                let field = leadway::policy::FieldId(2);
                Some(if subject == leadway::policy::Subject::Field(field) { language } else { email }.to_owned())
            });
            let name = !number.is_multiple_of(5);
            let request = Request { found: &found, asked: &asked, at, lead: name.then_some(lead.as_str()), never: &[] };
            format!("{:?}", crews.assign(state, &request))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_kept_state_does_what_it_would_have_done(
        steps in prop::collection::vec((any::<u32>(), 0i64..6_000_000_000), 1..120),
        kept_after in 0usize..100,
    ) {
        let desk = desk();
        let crews = desk.router.crews();
        let (mut straight, mut resumed) = (State::new(crews), State::new(crews));
        let mut at = desk.at.micros;
        for (done, (number, later)) in steps.into_iter().enumerate() {
            at += later;
            if done % 37 == kept_after % 37 {
                resumed = State::resume(crews, &resumed.keep(crews)).unwrap();
            }
            prop_assert_eq!(step(&desk.router, &mut straight, number, at), step(&desk.router, &mut resumed, number, at));
        }
        let [straight, resumed] = [straight, resumed].map(|state| String::from_utf8(state.keep(crews)).unwrap());
        let first = straight.lines().zip(resumed.lines()).find(|(straight, resumed)| straight != resumed);
        prop_assert!(straight == resumed, "{first:?}");
    }
}

#[test]
fn an_edit_of_a_pool_never_resets_the_counts_of_those_who_stay() {
    let pool = "pool one of sales { round robin  when empty queue triage }";
    let mut before = Desk::of(&format!("team sales {{ rep ana  rep ben  rep cyd  rep dan }} {pool}"));
    let one = before.pool("one");
    let given: Vec<String> = (0..6).map(|_| before.give(one.clone())).collect();
    assert_eq!(given, ["ana", "ben", "cyd", "dan", "ana", "ben"]);
    let kept = before.state.keep(before.router.crews());
    // Dan leaves and eve joins; cyd is next, since ana and ben had one more, and eve starts level.
    let mut after = Desk::of(&format!("team sales {{ rep eve  rep ana  rep ben  rep cyd }} {pool}"));
    after.state = State::resume(after.router.crews(), &kept).unwrap();
    let given: Vec<String> = (0..8).map(|_| after.give(one.clone())).collect();
    assert_eq!(given, ["cyd", "eve", "ana", "ben", "cyd", "eve", "ana", "ben"]);
    // Dan is back after another edit, as if never away.
    let kept = after.state.keep(after.router.crews());
    let mut again = Desk::of(&format!("team sales {{ rep ana  rep ben  rep cyd  rep dan }} {pool}"));
    again.state = State::resume(again.router.crews(), &kept).unwrap();
    let mut given: Vec<String> = (0..4).map(|_| again.give(one.clone())).collect();
    given.sort();
    assert_eq!(given, ["ana", "ben", "cyd", "dan"]);
}

#[test]
fn who_is_not_in_the_policy_is_kept_as_it_was() {
    let mut full = Desk::of(
        "team sales { rep ana { cap 2 per day }  rep ben } pool one of sales { only reps under cap  when empty queue triage }",
    );
    let found = Match { targets: vec![full.pool("one")], ..Match::default() };
    for lead in ["L1", "L2", "L3"] {
        full.request(&found, Some(lead), &[]);
    }
    let kept = full.state.keep(full.router.crews());
    let small = Desk::of("team sales { rep ben } pool one of sales { when empty queue triage }");
    let between = State::resume(small.router.crews(), &kept).unwrap().keep(small.router.crews());
    let back = State::resume(full.router.crews(), &between).unwrap();
    let text = |bytes: &[u8]| -> Vec<String> {
        let lines = std::str::from_utf8(bytes).unwrap().lines();
        let mut lines: Vec<String> = lines
            .filter(|line| line.contains("\"lead\"") || line.contains("\"cap\"") || line.contains("\"open\""))
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(text(&back.keep(full.router.crews())), text(&kept));
}

#[test]
fn a_file_that_is_no_whole_state_is_refused_with_its_line() {
    let mut desk = desk();
    let found = Match { targets: vec![desk.pool("turns")], ..Match::default() };
    (0..9).for_each(|lead| {
        desk.request(&found, Some(&format!("L{lead}")), &[]);
    });
    let kept = desk.state.keep(desk.router.crews());
    let text = String::from_utf8(kept.clone()).unwrap();
    let refused = |kept: &[u8]| -> Broken { State::resume(desk.router.crews(), kept).unwrap_err() };
    // Wherever it is cut, it is seen.
    for cut in 0..kept.len() - 1 {
        refused(&kept[..cut]);
    }
    let lines: Vec<&str> = text.lines().collect();
    let half = lines[..5].join("\n");
    let mut said = vec![
        refused(b""),
        refused(b"id,name\n1,ana\n"),
        refused(text.replace("\"version\":1", "\"version\":2").as_bytes()),
        refused(half.as_bytes()),
        refused(&kept[..kept.len() - 40]),
        refused(format!("{text}{}\n", lines[1]).as_bytes()),
        refused([&lines[..3], &lines[4..]].concat().join("\n").as_bytes()),
        refused(text.replacen("\"open\":", "\"opne\":", 1).as_bytes()),
        refused(text.replacen("\"at\":\"2026", "\"at\":\"soon 2026", 1).as_bytes()),
    ];
    said.iter_mut().for_each(|broken| broken.what.truncate(110));
    insta::assert_debug_snapshot!(said);
}

#[test]
fn how_a_lead_came_to_its_rep_is_kept() {
    let mut desk = desk();
    let found = Match { targets: vec![desk.pool("mine")], records: vec![RecordMatch::Row(1)], ..Match::default() };
    let asked = Asked::default();
    let mut how = Vec::new();
    for (minutes, lead) in [(0, "L1"), (1, "L2"), (60, "L3"), (60 * 24 * 5, "L4"), (60 * 24 * 5, "L1")] {
        let at = leadway::policy::Instant { micros: desk.at.micros + minutes * 60_000_000, offset: 0 };
        let request = Request { found: &found, asked: &asked, at, lead: Some(lead), never: &[] };
        how.push(desk.router.crews().assign(&mut desk.state, &request).unwrap().how);
        desk.state = State::resume(desk.router.crews(), &desk.state.keep(desk.router.crews())).unwrap();
    }
    assert_eq!(how, [How::Turn, How::Joined, How::Kept, How::Sticky, How::Turn]);
}
