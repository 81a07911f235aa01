//! Who may have a lead, against a walk over everyone with all that was given so far.

use super::{Desk, HEAD};
use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;
use leadway::assign::{Asked, Presence, Request, State, Tried};
use leadway::matcher::Match;
use leadway::policy::{CapZone, Instant, PoolId, RepId, Target};
use leadway::router::Router;
use leadway::syntax::ast::{Strategy as Way, Unit};
use proptest::prelude::*;

const PEOPLE: &str = r#"
calendar london { zone "Europe/London" mon..fri 09:00-12:00, 13:00-17:30 }
calendar sydney { zone "Australia/Sydney" mon..sat 08:30-17:00 holidays 2026-03-30 }
calendar lord_howe { zone "Australia/Lord_Howe" mon..sun 00:00-04:00, 12:00-24:00 }
team sales {
  rep ana { hours london  weight 2  cap 3 per day  cap 1 per hour }
  rep ben { hours sydney  cap 2 per day in zone "Asia/Kolkata" }
  rep cyd { hours lord_howe  weight 3  cap 2 per hour  away 2026-03-31..2026-04-02 }
  rep dan { zone "America/New_York"  cap 5 per week  since 2026-03-29 }
  rep eve { inactive }
  rep fay { zone "Asia/Kathmandu"  cap 7 per month  weight 5 }
}
pool turns of sales { round robin weighted  only reps on duty, under cap  cap 2 hot per day in zone of rep  when empty queue triage }
pool loads of sales { least loaded  only reps under cap, online  cap 4 per week  when empty queue triage }
pool places of sales { in order  only reps on duty  cap 1 hot per hour  cap 3 per hour  when empty queue triage }
pool free of sales { round robin  share turns with turns  when empty queue triage }
"#;

/// A lead that was given: who, by which pool, hot or not, when.
type Given = (RepId, usize, bool, i64);

/// Which period of a zone's clock an instant is in.
fn period(per: Unit, zone: Tz, at: i64) -> String {
    let local = DateTime::from_timestamp_micros(at).unwrap().with_timezone(&zone);
    let date = local.date_naive();
    match per {
        Unit::Hour => format!("{date} {} {}", local.hour(), local.offset()),
        Unit::Day => date.to_string(),
        Unit::Week => format!("{:?}", date.iso_week()),
        Unit::Month => format!("{} {}", date.year(), date.month()),
        _ => panic!("no cap of the policy"),
    }
}

fn zone(router: &Router, rep: RepId) -> Tz {
    let policy = router.policy();
    let rep = &policy.reps[rep.at()];
    rep.zone.or_else(|| policy.calendar_zone(rep.hours?)).unwrap_or(policy.zone)
}

/// Whether a rep may have a lead of a pool, from the policy and all that was given.
fn may(router: &Router, id: RepId, pool: usize, hot: bool, at: i64, given: &[Given], presence: &[Presence]) -> bool {
    let policy = router.policy();
    let (rep, of) = (&policy.reps[id.at()], &policy.pools[pool]);
    let today: NaiveDate = DateTime::from_timestamp_micros(at).unwrap().with_timezone(&zone(router, id)).date_naive();
    let away =
        rep.away.iter().any(|(from, to)| from.is_none_or(|from| from <= today) && to.is_none_or(|to| today <= to));
    let on_duty = || {
        let moment = router.moment(Instant { micros: at, offset: 0 });
        rep.hours.is_none_or(|hours| moment.open[hours.at()])
    };
    let zone_of = |cap: &leadway::policy::Cap| match cap.zone {
        CapZone::Policy => policy.zone,
        CapZone::Named(zone) => zone,
        CapZone::OfRep => zone(router, id),
    };
    let under = |cap: &leadway::policy::Cap, counts: &dyn Fn(&Given) -> bool| {
        let now = period(cap.per, zone_of(cap), at);
        let count =
            given.iter().filter(|lead| lead.0 == id && counts(lead) && period(cap.per, zone_of(cap), lead.3) == now);
        (count.count() as i64) < cap.count
    };
    rep.active
        && rep.since.is_none_or(|since| since <= today)
        && !away
        && !matches!(presence[id.at()], Presence::Away(_))
        && (!of.only_online || presence[id.at()] != Presence::Offline)
        && (!of.only_on_duty || on_duty())
        && (!of.only_under_cap || rep.caps.iter().all(|cap| under(cap, &|_| true)))
        && of
            .caps
            .iter()
            .filter(|cap| cap.of.is_none() || hot)
            .all(|cap| under(cap, &|lead| lead.1 == pool && (cap.of.is_none() || lead.2)))
}

fn desk() -> Desk {
    Desk::with(&[("main.leadway", &format!("{HEAD}{PEOPLE}"))])
}

fn found(pool: usize, hot: bool) -> Match {
    let grades = vec![Some(u32::from(!hot))];
    Match { targets: vec![Target::Pool(PoolId(pool as u32))], grades, ..Match::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// From before a change of clocks in London to after one in Sydney and on Lord Howe, mostly forward.
    #[test]
    fn the_one_who_gets_a_lead_is_the_one_that_a_walk_over_all_finds(
        steps in prop::collection::vec((0usize..9, any::<bool>(), -3_000i64..9_000, 0u32..6), 1..160),
    ) {
        let mut desk = desk();
        let mut at = desk.router.instant("2026-03-27 20:00").unwrap().micros;
        let mut given: Vec<Given> = Vec::new();
        let mut presence = vec![Presence::Online; 6];
        for (what, hot, seconds, who) in steps {
            at += seconds * 1_000_000;
            let instant = Instant { micros: at, offset: 0 };
            if what > 6 {
                presence[who as usize] = [Presence::Online, Presence::Offline, Presence::Away(None)][what % 3];
                desk.state.present(desk.router.crews(), RepId(who), presence[who as usize], instant);
                continue;
            }
            let pool = what % 4;
            let free: Vec<RepId> =
                (0..6).map(RepId).filter(|id| may(&desk.router, *id, pool, hot, at, &given, &presence)).collect();
            let asked = Asked::default();
            let found = found(pool, hot);
            let request = Request { found: &found, asked: &asked, at: instant, lead: None, never: &[] };
            let took = desk.router.crews().assign(&mut desk.state, &request).unwrap().assignee;
            let policy = desk.router.policy();
            let expected = match policy.pools[pool].strategy {
                Way::InOrder => free.first().copied(),
                // Every lead stays open; level reps by who was given one longest ago.
                Way::LeastLoaded => free.iter().copied().min_by(|a, b| {
                    let open = |id: RepId| given.iter().filter(|lead| lead.0 == id).count() as i64;
                    let last = |id: RepId| given.iter().rposition(|lead| lead.0 == id).map_or(0, |at| at + 1);
                    let weight = |id: RepId| policy.reps[id.at()].weight;
                    (open(*a) * weight(*b), last(*a), a).cmp(&(open(*b) * weight(*a), last(*b), b))
                }),
                // Whose turn it is, fairness.rs sees to.
                _ => took.filter(|rep| free.contains(rep)).or(free.first().copied()),
            };
            prop_assert_eq!(took, expected, "pool {} at {}, free {:?}", pool, at, free);
            given.extend(took.map(|rep| (rep, pool, hot, at)));
        }
    }

    #[test]
    fn who_may_does_not_depend_on_what_was_asked_before(
        visits in prop::collection::vec((0i64..2_000_000, 0usize..4), 0..12),
        last in 0i64..2_000_000,
        offline in prop::collection::vec(0u32..6, 0..6),
    ) {
        let desk = desk();
        let crews = desk.router.crews();
        let start = desk.router.instant("2026-03-27 20:00").unwrap().micros;
        let at = |seconds: i64| Instant { micros: start + seconds * 1_000_000, offset: 0 };
        let said = |state: &mut State| -> Vec<Tried> {
            let mut said = Vec::new();
            for pool in 0..4 {
                // On a copy, so that nothing is given.
                let (found, asked) = (found(pool, true), Asked::default());
                let request = Request { found: &found, asked: &asked, at: at(last), lead: None, never: &[] };
                crews.assign_traced(&mut state.clone(), &request, &mut |tried| said.push(tried));
            }
            said
        };
        let (mut straight, mut roundabout) = (State::new(crews), State::new(crews));
        for rep in &offline {
            straight.present(crews, RepId(*rep), Presence::Offline, at(last));
        }
        for (seconds, pool) in visits {
            let (found, asked) = (found(pool, false), Asked::default());
            let everyone: Vec<RepId> = (0..6).map(RepId).collect();
            let request = Request { found: &found, asked: &asked, at: at(seconds), lead: None, never: &everyone };
            crews.assign(&mut roundabout, &request);
        }
        for rep in offline.iter().rev() {
            roundabout.present(crews, RepId(*rep), Presence::Offline, at(0));
        }
        prop_assert_eq!(said(&mut straight), said(&mut roundabout));
    }
}
