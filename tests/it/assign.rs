//! Who gets a lead: pools and their turns, caps, absences, owners, returning leads, and what is remembered of them.

mod complaints;
mod fairness;
mod oracle;
mod remembered;
mod widening;

use leadway::assign::{Asked, Assignment, Request, State};
use leadway::batch::Turns;
use leadway::load;
use leadway::matcher::Match;
use leadway::policy::{Instant, PoolId, RepId, Target};
use leadway::router::Router;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A policy with people in it, and everything that it takes to assign leads under it.
pub struct Desk {
    pub router: Router,
    pub state: State,
    pub at: Instant,
}

pub const HEAD: &str = r#"
policy "People" { timezone "UTC" }
lead { id text required  email email  language language  points integer }
route main { otherwise { assign queue triage } }
score heat 0..100 { +100 when points >= 50 }
grade tier of heat { hot from 50, cold otherwise }
queue triage
"#;

impl Desk {
    /// These items behind [`HEAD`], on a Wednesday morning.
    pub fn of(items: &str) -> Desk {
        Desk::with(&[("main.leadway", &format!("{HEAD}{items}"))])
    }

    pub fn with(files: &[(&str, &str)]) -> Desk {
        let files: BTreeMap<String, Arc<[u8]>> =
            files.iter().map(|(name, text)| (name.to_string(), Arc::from(text.as_bytes()))).collect();
        let compiled = load::compile("main.leadway", &files).unwrap();
        let Some(policy) = compiled.policy else { panic!("{:#?}", compiled.diagnostics) };
        let router = Router::new(policy);
        let state = State::new(router.crews());
        let at = router.instant("2026-03-04 10:00").unwrap();
        Desk { router, state, at }
    }

    pub fn time(&mut self, text: &str) {
        self.at = self.router.instant(text).unwrap();
    }

    pub fn rep(&self, name: &str) -> RepId {
        self.router.policy().rep_named(name).unwrap()
    }

    pub fn pool(&self, name: &str) -> Target {
        let at = self.router.policy().pools.iter().position(|pool| pool.name == name).unwrap();
        Target::Pool(PoolId(at as u32))
    }

    /// The name of who or what a lead went to.
    pub fn name(&self, assignment: &Option<Assignment>) -> String {
        let policy = self.router.policy();
        match assignment {
            Some(Assignment { assignee: Some(rep), .. }) => policy.reps[rep.at()].name.to_string(),
            Some(Assignment { queue: Some(queue), .. }) => policy.queues[queue.at()].name.to_string(),
            Some(Assignment { waits: Some(_), .. }) => "waits".to_owned(),
            _ => "nobody".to_owned(),
        }
    }

    pub fn give(&mut self, target: Target) -> String {
        self.request(&Match { targets: vec![target], ..Match::default() }, None, &[])
    }

    pub fn request(&mut self, found: &Match, lead: Option<&str>, never: &[RepId]) -> String {
        let asked = Asked::default();
        let request = Request { found, asked: &asked, at: self.at, lead, never };
        let assignment = self.router.crews().assign(&mut self.state, &request);
        self.name(&assignment)
    }
}

#[test]
fn the_first_pool_gives_in_turn() {
    let mut desk = Desk::of(
        "team sales { rep ana  rep ben  rep cyd }
         pool one of sales { round robin  when empty queue triage }",
    );
    let one = desk.pool("one");
    let given: Vec<String> = (0..7).map(|_| desk.give(one.clone())).collect();
    assert_eq!(given, ["ana", "ben", "cyd", "ana", "ben", "cyd", "ana"]);
}

#[test]
fn whoever_is_away_gets_nothing_and_is_not_flooded_when_back() {
    let mut desk = Desk::of(
        "team sales { rep ana  rep ben { away 2026-03-05..2026-03-06 }  rep cyd }
         pool one of sales { round robin  when empty queue triage }",
    );
    let one = desk.pool("one");
    let mut days = Vec::new();
    for day in 4..8 {
        desk.time(&format!("2026-03-{day:02} 09:00"));
        days.push((0..6).map(|_| desk.give(one.clone())).collect::<Vec<_>>().join(" "));
    }
    assert_eq!(
        days,
        ["ana ben cyd ana ben cyd", "ana cyd ana cyd ana cyd", "ana cyd ana cyd ana cyd", "ana ben cyd ana ben cyd"]
    );
}

#[test]
fn a_lead_goes_back_to_whoever_had_it_only_when_asked_to() {
    let mut desk = Desk::of(
        "team sales { rep ana  rep ben  rep cyd }
         pool one of sales { round robin  when empty queue triage }",
    );
    let found = Match { targets: vec![desk.pool("one")], ..Match::default() };
    assert_eq!(desk.request(&found, Some("L1"), &[]), "ana");
    assert_eq!(desk.request(&found, Some("L1"), &[]), "ana", "a lead that is known keeps its rep");
    let ana = desk.rep("ana");
    assert_eq!(desk.request(&found, Some("L2"), &[desk.rep("ben")]), "cyd");
    assert_eq!(desk.state.open_leads(ana), 1);
    let at = desk.at;
    assert_eq!(desk.state.returned(desk.router.crews(), "L1", "duplicate", at), Some(ana));
    assert_eq!(desk.state.open_leads(ana), 0);
    assert_eq!(desk.request(&found, Some("L1"), &[ana]), "ben");
}

/// A thread that panics before its turn would be waited for without end.
#[test]
fn nobody_waits_for_a_turn_that_never_comes() {
    let turns = Turns::new(Desk::of("").state);
    std::thread::scope(|scope| {
        // The turn of place 0 is never taken.
        let waiting = scope.spawn(|| turns.take(1, |_| panic!("it is not this one's turn")));
        turns.abandon();
        waiting.join().unwrap();
    });
}
