//! Pools that widen when nobody touches a lead: step after step, from one pool into another, and across runs.

use super::Desk;
use leadway::assign::{Again, Asked, Request, State};
use leadway::matcher::Match;

const POLICY: &str = "
    team sales  { rep ana  rep ben }
    team others { rep cyd { away 2026-03-05 } }
    team last   { rep dan }
    queue late { }
    pool one of sales {
      after 30 minutes untouched try pool three
      after 10 minutes untouched try pool two
      after 2 hours untouched try queue triage
      when empty queue triage
    }
    pool two of others  { after 1 hour untouched try queue late  when empty queue triage }
    pool three of last  { after 5 minutes untouched try queue late  when empty queue triage }";

/// What becomes of a lead that comes at a time and is touched by nobody: minutes since, and who or what has it then.
fn course(start: &str, keep: bool) -> Vec<(i64, String)> {
    let mut desk = Desk::of(POLICY);
    desk.time(start);
    let begun = desk.at.micros;
    let found = Match { targets: vec![desk.pool("one")], ..Match::default() };
    let mut went = vec![(0, desk.request(&found, Some("L1"), &[]))];
    while let Some(widening) = desk.state.held("L1").unwrap().assignment.widens {
        if keep {
            let kept = desk.state.keep(desk.router.crews());
            desk.state = State::resume(desk.router.crews(), &kept).unwrap();
        }
        desk.at.micros = widening.at;
        let had = desk.state.held("L1").unwrap().had.clone();
        let asked = Asked::default();
        let request = Request { found: &found, asked: &asked, at: desk.at, lead: Some("L1"), never: &had };
        let assignment = desk.router.crews().reassign(&mut desk.state, &request, Again::Widen);
        went.push(((widening.at - begun) / 60_000_000, desk.name(&assignment)));
    }
    went
}

#[test]
fn each_step_counts_from_when_the_pool_gave_the_lead() {
    let expected = [(0, "ana"), (10, "cyd"), (30, "dan"), (35, "late")];
    for keep in [false, true] {
        let went = course("2026-03-04 09:00", keep);
        assert_eq!(went.iter().map(|(at, who)| (*at, who.as_str())).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn where_nobody_may_have_it_the_next_step_counts() {
    let expected = [(0, "ana"), (10, "nobody"), (30, "dan"), (35, "late")];
    let went = course("2026-03-05 09:00", true);
    assert_eq!(went.iter().map(|(at, who)| (*at, who.as_str())).collect::<Vec<_>>(), expected);
}
