//! Mistakes in times: what an SLA promises, when it warns and how often it reassigns, and how long a pool lets leads wait.
//!
//! Caps are left alone: a test has one lead and says of a rep only that he is at his cap, whatever that is, so that none could notice.

use super::edit::{Edit, Time};
use super::{Mutant, Owner};
use crate::policy::{Fallback, Policy, Pool, PoolId, Sla, SlaId, Step, Target};
use crate::sla::told::duration;
use crate::source::Span;
use crate::syntax::ast::{Duration, Stage, Unit};

/// Of the SLAs and pools that something uses: no test can notice the others.
pub fn mutants(policy: &Policy) -> Vec<Mutant> {
    let mut all = Vec::new();
    for (id, sla) in (0..).map(SlaId).zip(&policy.slas).filter(|(id, _)| is_used_sla(policy, *id)) {
        of_sla(id, sla, &mut all);
    }
    let used = used_pools(policy);
    for (id, pool) in (0..).map(PoolId).zip(&policy.pools).filter(|(id, _)| used.contains(id)) {
        of_pool(id, pool, &mut all);
    }
    all
}

fn of_sla(id: SlaId, sla: &Sla, all: &mut Vec<Mutant>) {
    let owner = Owner { what: "sla", name: sla.name.clone() };
    for (at, promise) in sla.promises.iter().enumerate() {
        let stage = match promise.stage {
            Stage::Accept => "accept",
            Stage::Respond => "respond",
            Stage::Meet => "meet",
        };
        times(&owner, &format!("{stage} within"), &promise.within, Time::Promise(id, at), all);
    }
    for (at, warning) in sla.warnings.iter().enumerate() {
        // Between its share and the next, so that the order stays.
        let next = sla.warnings.get(at + 1).map_or(100, |next| next.percent);
        let later = warning.percent + next.saturating_sub(warning.percent) / 2;
        if later > warning.percent {
            let edit = Edit::Share(id, at, later);
            add(&owner, sla.span, (format!("at {}%", warning.percent), format!("at {later}%")), edit, all);
        }
    }
    for (at, step) in sla.on_breach.iter().enumerate() {
        let Step::Reassign { at_most: Some(most), span, .. } = step else { continue };
        let more = most.saturating_add(1);
        let words = (format!("at most {most} times"), format!("at most {more} times"));
        add(&owner, *span, words, Edit::Times(id, at, Some(more)), all);
    }
}

fn of_pool(id: PoolId, pool: &Pool, all: &mut Vec<Mutant>) {
    let owner = Owner { what: "pool", name: pool.name.clone() };
    for (at, fallback) in pool.when_empty.iter().enumerate() {
        if let Fallback::WaitAtMost(wait) = fallback {
            times(&owner, "wait at most", wait, Time::WhenEmpty(id, at), all);
        }
    }
    for (at, (_, wait, _)) in pool.after.iter().enumerate() {
        times(&owner, "after", wait, Time::Untouched(id, at), all);
    }
}

/// Twice as long, and of the unit that is next to it.
fn times(owner: &Owner, what: &str, time: &Duration, place: Time, all: &mut Vec<Mutant>) {
    let twice = Duration { count: time.count.saturating_mul(2), ..time.clone() };
    let unit = match time.unit {
        Unit::Second | Unit::Hour => Unit::Minute,
        Unit::Minute | Unit::Day => Unit::Hour,
        Unit::Week | Unit::Month => Unit::Day,
    };
    for other in [twice, Duration { unit, ..time.clone() }] {
        let words = (format!("{what} {}", duration(time)), format!("{what} {}", duration(&other)));
        add(owner, time.span, words, Edit::Time(place, other), all);
    }
}

fn add(owner: &Owner, span: Span, (was, now): (String, String), edit: Edit, all: &mut Vec<Mutant>) {
    all.push(Mutant { owner: owner.clone(), span, was, now, edit });
}

fn is_used_sla(policy: &Policy, id: SlaId) -> bool {
    let rules = policy.rules.iter().map(|rule| rule.sla);
    let rows = policy.tables.iter().flat_map(|table| &table.rows).map(|row| row.sla);
    let arms = policy.experiments.iter().flat_map(|experiment| &experiment.arms).map(|arm| arm.sla);
    rules.chain(rows).chain(arms).any(|sla| sla == Some(id))
}

/// Those that leads are given to, and those that these pass leads on to.
fn used_pools(policy: &Policy) -> Vec<PoolId> {
    let rules = policy.rules.iter().flat_map(|rule| &rule.assign);
    let rows = policy.tables.iter().flat_map(|table| &table.rows).filter_map(|row| row.target.as_ref());
    let arms = policy.experiments.iter().flat_map(|experiment| &experiment.arms).flat_map(|arm| &arm.assign);
    let pool = |target: &Target| match target {
        Target::Pool(id) => Some(*id),
        _ => None,
    };
    let mut used: Vec<PoolId> = rules.chain(rows).chain(arms).filter_map(pool).collect();
    let mut at = 0;
    while let Some(pool) = used.get(at).and_then(|id| policy.pools.get(id.at())) {
        at += 1;
        for fallback in pool.when_empty.iter().chain(pool.after.iter().map(|(_, _, fallback)| fallback)) {
            if let Fallback::Pool(next) = fallback
                && !used.contains(next)
            {
                used.push(*next);
            }
        }
    }
    used
}
