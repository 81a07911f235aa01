//! What holds after any sequence of events.

use super::naive::MINUTE;
use super::{answer, router};
use leadway::policy::{PoolId, QueueId, RepId, SlaId};
use leadway::router::Router;
use leadway::sla::saved::Saved;
use leadway::sla::{Cause, Doing, Effect, Event, FollowUp, Given, Holder};
use leadway::syntax::ast::Stage;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

const POLICY: &str = r#"
policy "Any follow-up" { timezone "Europe/Berlin" }
lead { id text required }
calendar berlin { zone "Europe/Berlin"  mon..fri 09:00-12:30, 13:30-18:00  holidays 2026-03-31 }
calendar new_york { zone "America/New_York"  mon..sat 08:00-16:00 }
team sales {
  manager marta
  rep ana "ana@acme.test" { hours berlin }
  rep ben "ben@acme.test" { hours new_york }
  rep cem "cem@acme.test"
}
team early { manager marta  rep dora "dora@acme.test" { hours berlin }  rep emil "emil@acme.test" { hours new_york } }
team leaders { manager otto  rep marta "marta@acme.test" { hours new_york } }
team board { rep otto "otto@acme.test" }
queue triage { worked by leaders }
queue attic { worked by board }
pool p of sales { round robin  when empty queue triage }
pool q of early { round robin  when empty queue attic }
sla a {
  respond within 50 minutes of business time of assignee
  pause while waiting_on_prospect
  at 50% { notify assignee }
  at 80% { notify assignee, manager of assignee }
  on breach { notify manager of assignee  reassign in pool, never to a rep who had it, at most 2 times, restart clock }
  finally { recycle to queue triage }
}
sla b {
  accept  within 10 minutes
  respond within 2 hours of business time of pool
  meet    within 500 minutes of business time in new_york
  pause while waiting_on_prospect, contacted
  at 20% { escalate to manager of assignee }
  on breach { escalate to manager of assignee  reassign in pool, at most 3 times  recall to queue attic }
  finally { notify "desk@acme.test" }
}
sla c {
  accept within 40 minutes of business time of assignee
  meet   within 10 hours of business time of assignee
  at 90% { recall to queue triage }
  on breach { reopen }
  finally { notify rep otto  recycle to queue attic }
}
route main {
  rule "B" { match id = "b"  assign pool q  sla b }
  rule "C" { match id = "c"  assign queue attic  sla c }
  otherwise { assign pool p  sla a }
}
"#;

pub fn any_router() -> &'static Router {
    static ROUTER: LazyLock<Router> = LazyLock::new(|| router(POLICY));
    &ROUTER
}

/// The lead's start, and what happens to it; instants are whole minutes.
#[derive(Debug, Clone)]
pub struct Story {
    pub sla: usize,
    pub given: Given,
    pub start: i64,
    pub events: Vec<(i64, Event)>,
    pub end: i64,
}

/// Ana, ben and cem are in p, dora and emil in q.
fn given() -> impl Strategy<Value = Given> {
    prop_oneof![
        4 => (0u32..3).prop_map(|rep| Given { holder: Holder::Rep(RepId(rep)), pool: Some(PoolId(0)) }),
        2 => (3u32..5).prop_map(|rep| Given { holder: Holder::Rep(RepId(rep)), pool: Some(PoolId(1)) }),
        1 => (0u32..5).prop_map(|rep| Given { holder: Holder::Rep(RepId(rep)), pool: None }),
        1 => (0u32..2).prop_map(|queue| Given { holder: Holder::Queue(QueueId(queue)), pool: None }),
        1 => (0u32..2).prop_map(|pool| Given { holder: Holder::Pool(PoolId(pool)), pool: Some(PoolId(pool)) }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => Just(Event::Accepted),
        1 => Just(Event::Responded),
        1 => Just(Event::Met),
        2 => (0u32..10).prop_map(Event::Status),
        // To pause and go on is what moves deadlines.
        3 => (1u32..4).prop_map(Event::Status),
        1 => Just(Event::Returned { reason: "duplicate".into() }),
        2 => given().prop_map(Event::Assigned),
        1 => Just(Event::NobodyLeft),
        1 => Just(Event::Paused),
        2 => Just(Event::Resumed),
    ]
}

pub fn stories() -> impl Strategy<Value = Story> {
    // Around the change of clocks of both zones.
    let start = 1_772_700_000 / 60 * MINUTE;
    let gap = prop_oneof![3 => 0i64..30, 3 => 0i64..400, 1 => 0i64..4_000];
    (0usize..3, given(), 0i64..40_000, prop::collection::vec((gap, event()), 0..8)).prop_map(
        move |(sla, given, offset, events)| {
            let start = start + offset * MINUTE;
            let mut at = start;
            let events: Vec<(i64, Event)> = events
                .into_iter()
                .map(|(gap, event)| {
                    at += gap * MINUTE;
                    (at, event)
                })
                .collect();
            Story { sla, given, start, events, end: at + 6_000 * MINUTE }
        },
    )
}

const STAGES: [Stage; 3] = [Stage::Accept, Stage::Respond, Stage::Meet];

/// What was seen of one lead so far.
#[derive(Default)]
struct Seen {
    /// Warnings and breaches since the promises were last made anew.
    fired: BTreeSet<(Stage, u8)>,
    reopened: u32,
    recycled: u32,
    asked: u32,
    returned: u32,
}

fn hold(
    router: &Router,
    before: &FollowUp,
    event: &Event,
    at: i64,
    after: &FollowUp,
    effects: &[Effect],
    seen: &mut Seen,
) {
    let policy = router.policy();
    // The lead is somewhere.
    match after.holder() {
        Holder::Rep(rep) => assert!(policy.reps.get(rep.at()).is_some() && after.had().contains(&rep)),
        Holder::Queue(queue) => assert!(policy.queues.get(queue.at()).is_some()),
        Holder::Pool(pool) => assert!(policy.pools.get(pool.at()).is_some()),
    }
    // Effects come in the order of their instants, and none from the future.
    assert!(effects.is_sorted_by_key(|effect| effect.at) && effects.iter().all(|effect| effect.at <= at));
    // A clock that is stopped and a lead that has gone fire nothing.
    if after.is_paused() || after.ended() {
        assert_eq!(after.next_due(), None);
    }
    if before.ended() {
        assert!(effects.is_empty() && after.ended());
    }
    let restarted = matches!(event, Event::Assigned(_)) || effects.iter().any(|effect| effect.doing == Doing::Reopen);
    for effect in effects {
        match (&effect.cause, &effect.doing) {
            (Cause::Breach(stage), Doing::Breach { due }) => {
                assert_eq!(*due, effect.at);
                assert!(seen.fired.insert((*stage, 100)), "{stage:?} broke twice");
            }
            (Cause::Share(stage, percent), Doing::Notify(_) | Doing::Escalate { .. }) => {
                // One step of the policy may tell several people at the same instant.
                let again = !seen.fired.insert((*stage, *percent));
                let same =
                    effects.iter().filter(|other| other.cause == effect.cause).all(|other| other.at == effect.at);
                assert!(!again || same, "{stage:?} warned twice at {percent}%");
            }
            (_, Doing::Reopen) => {
                seen.reopened += 1;
                seen.fired.clear();
            }
            (_, Doing::Recycle { .. }) => seen.recycled += 1,
            (Cause::Returned, Doing::Reassign { .. }) => seen.returned += 1,
            (_, Doing::Reassign { .. }) => seen.asked += 1,
            _ => {}
        }
    }
    if restarted {
        seen.fired.clear();
    }
    assert!(seen.reopened <= 1 && seen.recycled <= 1 && after.reassigned() <= 3);
    // A deadline moves for a reason.
    for stage in STAGES.into_iter().filter(|stage| after.due(*stage) != before.due(*stage)) {
        let went_on = before.is_paused() && !after.is_paused();
        let other_holder = before.holder() != after.holder() || before.pool() != after.pool();
        assert!(went_on || other_holder || restarted, "{stage:?} moved by {event:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_lead_is_never_lost_and_no_step_fires_twice(story in stories()) {
        let router = any_router();
        let (policy, people) = (router.policy(), router.people());
        let sla = SlaId(story.sla as u32);
        let mut follow_up = FollowUp::start(policy, people, sla, story.given, story.start, story.start).unwrap();
        let mut seen = Seen::default();
        let mut step = |follow_up: &mut FollowUp, event: &Event, at: i64| {
            let before = follow_up.clone();
            let effects = follow_up.step(event, at);
            hold(router, &before, event, at, follow_up, &effects, &mut seen);
            // Kept and opened again, it is the same.
            let text = serde_json::to_string(&follow_up.save()).unwrap();
            let saved: Saved = serde_json::from_str(&text).unwrap();
            let mut opened = saved.open(policy, people).unwrap();
            assert_eq!(opened.save(), follow_up.save());
            let later = at + 600 * MINUTE;
            assert_eq!(opened.step(&Event::Timer, later), follow_up.clone().step(&Event::Timer, later));
            // Moved to the same policy, what is due stays due.
            let moved = follow_up.migrate(policy, people, at).unwrap();
            assert_eq!((moved.holder(), moved.status(), moved.ended()), (follow_up.holder(), follow_up.status(), follow_up.ended()));
            if !follow_up.is_paused() && follow_up.next_due().is_none_or(|due| due > at) {
                for stage in STAGES {
                    assert_eq!((stage, moved.due(stage), moved.standing(stage)), (stage, follow_up.due(stage), follow_up.standing(stage)));
                }
            }
            effects
        };
        let mut drive = |follow_up: &mut FollowUp, event: &Event, at: i64| {
            let mut effects = step(follow_up, event, at);
            while let Some(event) = answer(policy, &effects) {
                effects = step(follow_up, &event, at);
            }
        };
        for (at, event) in &story.events {
            while let Some(due) = follow_up.next_due().filter(|due| due < at) {
                drive(&mut follow_up, &Event::Timer, due);
            }
            drive(&mut follow_up, event, *at);
        }
        while let Some(due) = follow_up.next_due().filter(|&due| due < story.end) {
            drive(&mut follow_up, &Event::Timer, due);
        }
    }
}
