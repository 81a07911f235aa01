//! Days on which a pool has nobody, and hours at which its leads fall to a queue where nobody is either.

use super::attendance::{self, Attendance};
use super::offers::{Offer, arrivals};
use super::{Year, weekly};
use crate::calendar::hours::{DAY, local_at};
use crate::calendar::spans::{Span, difference, intersection};
use crate::diagnostic::Diagnostic;
use crate::policy::{Fallback, Pool, PoolId, Target};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// A queue that takes the leads so many times a year, as on holidays, is what it is there for.
pub(super) const RARE: usize = 10;

/// Says where nobody of a pool is active, or everyone is away on the same days.
pub(super) fn empty_pools(year: &Year, attendance: &Attendance, found: &mut Vec<Diagnostic>) {
    for (at, pool) in year.policy.pools.iter().enumerate().filter(|(_, pool)| !pool.members.is_empty()) {
        let members = pool.members.iter().filter_map(|rep| year.policy.reps.get(rep.at()));
        let name = &pool.name;
        if members.clone().all(|rep| !rep.active) {
            found.push(
                Diagnostic::warning("empty-pool", pool.span, format!("nobody of the pool `{name}` is active"))
                    .help("set somebody active, or take the pool out"),
            );
            continue;
        }
        let never = pool.only_on_duty && attendance.on_duty(PoolId(at as u32)).is_empty();
        if never && !attendance.present(PoolId(at as u32)).is_empty() {
            let message = format!("nobody of the pool `{name}` is ever on duty in the year from {}", year.from);
            found.push(
                Diagnostic::warning("empty-pool", pool.span, message)
                    .note("their hours, less what holidays and absences take, leave no time")
                    .help("mend the calendars, or take `only reps on duty` out; until then leads go where `when empty` says"),
            );
            continue;
        }
        let zone = attendance::zone_of_pool(year.policy, pool);
        let gaps = difference(&[year.window], attendance.present(PoolId(at as u32)));
        let days: Vec<String> = gaps.iter().filter(|gap| gap.length() >= DAY).map(|gap| days_of(*gap, zone)).collect();
        if days.is_empty() {
            continue;
        }
        let message = format!("nobody of the pool `{name}` is there on some days of the year from {}", year.from);
        let mut said = Diagnostic::warning("empty-pool", pool.span, message);
        for days in days.iter().take(4) {
            said = said.note(format!("everyone is away or has not joined yet: {days}"));
        }
        if days.len() > 4 {
            said = said.note(format!("and {} more times", days.len() - 4));
        }
        found.push(said.help("add somebody, or move an absence; until then leads go where `when empty` says"));
    }
}

/// `2026-03-02..2026-03-13`, as an absence is written.
fn days_of(gap: Span, zone: Tz) -> String {
    let day = |instant| NaiveDate::from_epoch_days(i32::try_from(local_at(zone, instant).div_euclid(DAY)).ok()?);
    match (day(gap.start), day(gap.end - 1)) {
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from}..{to}"),
        _ => String::new(),
    }
}

/// Says where leads without a promise fall to a queue at hours at which nobody is on duty: neither of the pool nor of the queue.
///
/// A pool that waits for somebody, or passes its leads on to other pools, says what becomes of them. What promises there are is
/// held against the hours by `promises`.
pub(super) fn unstaffed(year: &Year, attendance: &Attendance, offers: &[Offer], found: &mut Vec<Diagnostic>) {
    let mut said: BTreeSet<PoolId> = BTreeSet::new();
    for offer in offers.iter().filter(|offer| offer.sla.is_none()) {
        let Target::Pool(id) = offer.target else { continue };
        let Some(pool) = year.policy.pools.get(id.at()).filter(|pool| falls_to_queue(pool)) else { continue };
        let on_duty = attendance.on_duty(id);
        if on_duty.is_empty() || said.contains(&id) {
            continue;
        }
        let alone = difference(&[year.window], on_duty);
        let nobody = difference(&alone, &attendance.named_of_queues(year.policy, pool));
        let come = arrivals(year, offer.rule);
        if nobody.iter().filter(|gap| !intersection(&[**gap], &come).is_empty()).count() <= RARE {
            continue;
        }
        said.insert(id);
        let zone = attendance::zone_of_pool(year.policy, pool);
        let title = year.policy.rules.get(offer.rule.at()).map_or("", |rule| rule.title.as_str());
        let message =
            format!("leads come to the pool `{}` while nobody of it is on duty, and lie in a queue", pool.name);
        let mut told = Diagnostic::warning("unstaffed-hours", pool.span, message);
        for line in weekly::words(&intersection(&alone, &come), year.window, zone) {
            told = told.note(format!("nobody of the pool: {line}"));
        }
        told = told.note(format!("rule \"{title}\" sends them, without an sla"));
        found.push(told.help(
            "let them wait: `when empty wait until next opening, then queue` and its name; or have somebody on duty, or work the queue then",
        ));
    }
}

/// Whether nothing but a queue takes a lead while nobody is on duty.
fn falls_to_queue(pool: &Pool) -> bool {
    pool.only_on_duty && pool.when_empty.iter().all(|step| matches!(step, Fallback::Queue(_)))
}
