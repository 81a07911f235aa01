//! A follow-up that goes on under another version of its policy: what is gone stays gone, and nothing happens twice.

use super::router;
use leadway::policy::{PoolId, QueueId, RepId, SlaId};
use leadway::router::Router;
use leadway::sla::{Cause, Doing, Event, FollowUp, Given, Holder, Standing};
use leadway::syntax::ast::Stage;
use proptest::prelude::*;

const MINUTE: i64 = 60_000_000;
const ANA: Given = Given { holder: Holder::Rep(RepId(0)), pool: Some(PoolId(0)) };

/// A policy whose SLA makes these promises and takes these steps; `reps` of one pool.
fn under(promises: &str, reps: &str) -> Router {
    router(&format!(
        "policy \"P\" {{ timezone \"Europe/Berlin\" }}
         lead {{ id text required }}
         calendar office {{ zone \"Europe/Berlin\"  mon..fri 09:00-17:00 }}
         team sales {{ {reps} }}
         queue triage {{ worked by sales }}
         pool p of sales {{ when empty queue triage }}
         sla hot {{ {promises}  at 50% {{ notify assignee }}  on breach {{ recall to queue triage }} }}
         route main {{ otherwise {{ assign pool p  sla hot }} }}"
    ))
}

const TWO: &str = "rep ana { hours office }  rep ben { hours office }";

fn at(router: &Router, text: &str) -> i64 {
    router.instant(text).unwrap().micros
}

fn begun(router: &Router, start: i64) -> FollowUp<'_> {
    FollowUp::start(router.policy(), router.people(), SlaId(0), ANA, start, start).unwrap()
}

#[test]
fn an_edit_strands_no_lead_in_flight() {
    let old = under("respond within 60 minutes", TWO);
    let start = at(&old, "2026-03-04 10:00");
    for (promises, due) in [
        ("respond within 60 minutes", "2026-03-04 11:00"),
        ("respond within 2 hours", "2026-03-04 12:00"),
        ("respond within 40 minutes", "2026-03-04 10:40"),
        // More is gone than is promised now: it is due at once.
        ("respond within 10 minutes", "2026-03-04 10:20"),
        ("respond within 8 hours of business time in office", "2026-03-05 10:00"),
    ] {
        let new = under(promises, TWO);
        let now = start + 20 * MINUTE;
        let mut moved = begun(&old, start).migrate(new.policy(), new.people(), now).unwrap();
        assert_eq!(moved.due(Stage::Respond), Some(at(&new, due)), "{promises}");
        let warnings = |follow_up: &mut FollowUp| {
            let effects = follow_up.step(&Event::Timer, now + 6_000 * MINUTE);
            let breaches = effects.iter().filter(|effect| matches!(effect.doing, Doing::Breach { .. })).count();
            let told = effects.iter().filter(|effect| matches!(effect.cause, Cause::Share(..))).count();
            (told, breaches)
        };
        // Where half of the time was gone already, nobody is told that it is.
        let half_is_gone = matches!(promises, "respond within 40 minutes" | "respond within 10 minutes");
        assert_eq!(warnings(&mut moved), (usize::from(!half_is_gone), 1), "{promises}");
    }
}

#[test]
fn what_was_kept_or_broken_stays_so_and_new_promises_begin_now() {
    let old = under("accept within 5 minutes  respond within 60 minutes", TWO);
    let new = under("accept within 1 minute  respond within 2 hours  meet within 3 days", TWO);
    let start = at(&old, "2026-03-04 10:00");
    let mut before = begun(&old, start);
    before.step(&Event::Timer, start + 5 * MINUTE);
    assert_eq!(before.holder(), Holder::Queue(QueueId(0)));
    before.step(&Event::Responded, start + 10 * MINUTE);
    let now = start + 30 * MINUTE;
    let mut moved = before.migrate(new.policy(), new.people(), now).unwrap();
    assert_eq!(moved.holder(), Holder::Queue(QueueId(0)));
    assert_eq!(moved.standing(Stage::Accept), before.standing(Stage::Accept));
    assert_eq!(moved.standing(Stage::Respond), Some(Standing::Kept { at: start + 10 * MINUTE }));
    assert_eq!(moved.due(Stage::Meet), Some(now + 3 * 1440 * MINUTE));
    let effects = moved.step(&Event::Timer, now + 2 * 1440 * MINUTE);
    assert!(effects.iter().all(|effect| effect.cause == Cause::Share(Stage::Meet, 50)), "{effects:?}");
}

#[test]
fn who_and_what_is_not_there_any_more() {
    let old = under("respond within 60 minutes", TWO);
    let start = at(&old, "2026-03-04 10:00");
    let mut before = begun(&old, start);
    before.step(&Event::Assigned(Given { holder: Holder::Rep(RepId(1)), pool: Some(PoolId(0)) }), start + MINUTE);
    // Ben has it, and ana, who had it, has left.
    let new = under("respond within 60 minutes", "rep ben { hours office }");
    let moved = before.migrate(new.policy(), new.people(), start + 2 * MINUTE).unwrap();
    assert_eq!((moved.holder(), moved.had()), (Holder::Rep(RepId(0)), &[RepId(0)][..]));
    // The one who has it has left: that is said, and the lead stays where it is.
    let new = under("respond within 60 minutes", "rep ana { hours office }");
    assert!(before.migrate(new.policy(), new.people(), start + 2 * MINUTE).is_err());
    assert!(before.save().open(new.policy(), new.people()).is_err(), "and without a move it is refused");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn the_time_that_counted_before_counts_after(
        toggles in prop::collection::btree_set(1i64..240, 0..6),
        now in 1i64..240,
        old_minutes in 250i64..500,
        new_minutes in 1i64..500,
    ) {
        let old = under(&format!("respond within {old_minutes} minutes"), TWO);
        let new = under(&format!("respond within {new_minutes} minutes"), TWO);
        let start = at(&old, "2026-03-04 10:00");
        let mut before = begun(&old, start);
        for (place, minute) in toggles.iter().filter(|minute| **minute <= now).enumerate() {
            let event = if place % 2 == 0 { Event::Paused } else { Event::Resumed };
            before.step(&event, start + minute * MINUTE);
        }
        let paused_at = |minute: i64| toggles.iter().filter(|toggle| **toggle <= minute).count() % 2 == 1;
        let used = (0..now).filter(|minute| !paused_at(*minute)).count() as i64;
        let mut moved = before.migrate(new.policy(), new.people(), start + now * MINUTE).unwrap();
        prop_assert_eq!(moved.is_paused(), paused_at(now));
        // An hour later the clock goes on, if it stood still.
        let go_on = if paused_at(now) { now + 60 } else { now };
        if paused_at(now) {
            moved.step(&Event::Resumed, start + go_on * MINUTE);
        }
        let expected = start + (go_on + (new_minutes - used).max(0)) * MINUTE;
        prop_assert_eq!(moved.due(Stage::Respond), Some(expected));
    }
}
