//! Days on which a pool has nobody, and promises that run out while nobody is there.

use super::Year;
use super::attendance::{self, Attendance};
use super::offers::Offer;
use super::weekly;
use crate::calendar::hours::{DAY, instant_of, local_at};
use crate::calendar::spans::{Span, difference, intersection, union};
use crate::diagnostic::Diagnostic;
use crate::policy::meaning::days;
use crate::policy::{
    CalendarId, Clock, Condition, ConditionKind, Entry, Pool, PoolId, Promise, Rule, RuleId, Sla, SlaId, Target,
};
use crate::sla::Holder;
use crate::sla::told::{duration, moment};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// A queue that takes the leads so many times a year, as on holidays, is what it is there for.
const RARE: usize = 10;

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
        let zone = members.clone().next().map_or(year.policy.zone, |rep| attendance::zone(year.policy, rep));
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

/// Says where a promise may run out before anybody is on duty who is given the lead.
pub(super) fn unattended(year: &Year, attendance: &Attendance, offers: &[Offer], found: &mut Vec<Diagnostic>) {
    let mut said: BTreeSet<(PoolId, SlaId)> = BTreeSet::new();
    for offer in offers {
        let (Target::Pool(id), Some(sla_id)) = (&offer.target, offer.sla) else { continue };
        let (Some(pool), Some(sla)) = (year.policy.pools.get(id.at()), year.policy.slas.get(sla_id.at())) else {
            continue;
        };
        if pool.members.is_empty() || said.contains(&(*id, sla_id)) {
            continue;
        }
        let arrivals = arrivals(year, offer.rule);
        for promise in &sla.promises {
            // An assignee who is on duty when he gets the lead is promised his own hours.
            if matches!(promise.clock, Clock::OfAssignee) {
                continue;
            }
            let calendar = year.staff.calendar(&promise.clock, Holder::Pool(*id), Some(*id));
            let missed = Missed { year, attendance, pool: *id, promise, calendar, arrivals: &arrivals };
            let by_pools = attendance.of_chain(year.policy, *id);
            let by_all = union([by_pools.clone(), attendance.of_queues(year.policy, *id)].concat());
            let nobody = missed.worst(&by_all);
            let to_queue = || missed.worst(&by_pools).filter(|worst| worst.times > RARE);
            if let Some(worst) = nobody.or_else(to_queue) {
                said.insert((*id, sla_id));
                found.push(missed.say(&worst, pool, sla, nobody.is_some(), offer.rule));
                break;
            }
        }
    }
}

/// A promise to the leads of a pool.
struct Missed<'y> {
    year: &'y Year<'y>,
    attendance: &'y Attendance,
    pool: PoolId,
    promise: &'y Promise,
    calendar: Option<CalendarId>,
    /// When leads may come.
    arrivals: &'y [Span],
}

/// The longest time without anybody, and how many there are in which the promise runs out.
#[derive(Clone, Copy)]
struct Worst {
    arrives: i64,
    due: i64,
    /// None where nobody comes within the year.
    back: Option<i64>,
    times: usize,
}

impl Missed<'_> {
    fn worst(&self, there: &[Span]) -> Option<Worst> {
        let (staff, window) = (self.year.staff, self.year.window);
        let mut worst: Option<(i64, Worst)> = None;
        let mut times = 0;
        for gap in difference(&[window], there) {
            let Some(first) = intersection(&[gap], self.arrivals).first().copied() else { continue };
            // What arrives while the clock stands still waits for it too.
            let arrives = self.calendar.map_or(Some(first.start), |id| staff.calendars().next_opening(id, first.start));
            let Some(arrives) = arrives.filter(|&at| at < gap.end) else { continue };
            let arrives = intersection(&[Span { start: arrives, end: gap.end }], self.arrivals).first()?.start;
            let Some(due) = staff.due(&self.promise.within, self.calendar, arrives).filter(|&due| due < gap.end) else {
                continue;
            };
            times += 1;
            let back = (gap.end < window.end).then_some(gap.end);
            let late = gap.end - due;
            if worst.is_none_or(|(most, _)| late > most) {
                worst = Some((late, Worst { arrives, due, back, times: 0 }));
            }
        }
        worst.map(|(_, worst)| Worst { times, ..worst })
    }

    fn say(&self, worst: &Worst, pool: &Pool, sla: &Sla, nobody: bool, rule: RuleId) -> Diagnostic {
        let year = self.year;
        let zone = match self.calendar {
            Some(calendar) => year.staff.calendars().zone(calendar),
            None => year
                .policy
                .pools
                .get(self.pool.at())
                .and_then(|pool| pool.members.first())
                .map_or(year.policy.zone, |rep| {
                    year.policy.reps.get(rep.at()).map_or(year.policy.zone, |rep| attendance::zone(year.policy, rep))
                }),
        };
        let within = duration(&self.promise.within);
        let word = self.promise.stage.word();
        let back = worst.back.map_or_else(|| "after the year".to_owned(), |back| moment(zone, back));
        let title = year.policy.rules.get(rule.at()).map_or("", |rule| rule.title.as_str());
        let example = format!(
            "a lead that arrives {} is due {}, and the next of them is there {back} ({})",
            moment(zone, worst.arrives),
            moment(zone, worst.due),
            zone.name()
        );
        let times = match worst.times {
            1 => format!("once in the year from {}", year.from),
            times => format!("{times} times in the year from {}", year.from),
        };
        let there = self.attendance.of_chain(year.policy, self.pool);
        let running = match self.calendar {
            Some(calendar) => year.staff.calendars().open_spans(calendar, year.window.start, year.window.end),
            None => vec![year.window],
        };
        let alone = difference(&running, &there);
        let mut found = if nobody {
            Diagnostic::warning(
                "sla-unmeetable",
                self.promise.span,
                format!("`{word} within {within}` cannot be kept: nobody who may take the lead is on duty for longer"),
            )
            .here(format!("promised by `{}`", sla.name))
            .also(pool.span, format!("to leads of the pool `{}`", pool.name))
        } else {
            Diagnostic::warning(
                "unstaffed-hours",
                pool.span,
                format!("nobody of the pool `{}` is on duty while `{word} within {within}` runs out", pool.name),
            )
            .also(self.promise.span, format!("promised by `{}`", sla.name))
        };
        found = found.note(format!("{example}; this is so {times}, by rule \"{title}\""));
        for line in weekly::words(&alone, year.window, zone) {
            found = found.note(format!("nobody of the pool: {line}"));
        }
        found.help(match nobody {
            true if !pool.only_on_duty => {
                "count business time of the assignee or of the pool, or have the pool take `only reps on duty`, and others when it is empty"
            }
            true => "count business time of the pool, promise more time, or have somebody on duty then",
            false => {
                "have somebody on duty then, or count business time of the pool; until then a queue takes the leads"
            }
        })
    }
}

/// When leads may come to a rule: what its own conditions and days say of the clock, less what rules before it take at all.
fn arrivals(year: &Year, id: RuleId) -> Vec<Span> {
    let mut spans = vec![year.window];
    let Some(rule) = year.policy.rules.get(id.at()) else { return spans };
    spans = within_days(year, rule, &spans);
    for (calendar, during) in rule.when.as_ref().map_or_else(Vec::new, of_clock) {
        let open = year.staff.calendars().open_spans(calendar, year.window.start, year.window.end);
        spans = if during { intersection(&spans, &open) } else { difference(&spans, &open) };
    }
    let entries = year.policy.routes.get(rule.route.at()).map_or(&[][..], |route| &route.entries);
    for entry in entries.iter().take_while(|entry| !matches!(entry, Entry::Rule(other) if *other == id)) {
        let Entry::Rule(before) = entry else { continue };
        let Some(before) = year.policy.rules.get(before.at()).filter(|rule| rule.only.is_empty()) else { continue };
        if let Some((calendar, during)) = before.when.as_ref().and_then(clock_alone) {
            let open = year.staff.calendars().open_spans(calendar, year.window.start, year.window.end);
            spans = if during { difference(&spans, &open) } else { intersection(&spans, &open) };
        }
    }
    spans
}

fn within_days(year: &Year, rule: &Rule, spans: &[Span]) -> Vec<Span> {
    if rule.only.is_empty() {
        return spans.to_vec();
    }
    let periods = rule.only.iter().map(|period| {
        let midnight = |day: NaiveDate| instant_of(period.zone, days(day).saturating_mul(DAY));
        Span {
            start: period.from.map_or(year.window.start, midnight),
            end: period.to.and_then(|day| day.succ_opt()).map_or(year.window.end, midnight),
        }
    });
    intersection(spans, &union(periods.filter(|span| span.start < span.end).collect()))
}

/// A condition that asks about nothing but one calendar.
fn clock_alone(condition: &Condition) -> Option<(CalendarId, bool)> {
    match &condition.kind {
        ConditionKind::ArrivesDuring(calendar) => Some((*calendar, true)),
        ConditionKind::Not(inner) => clock_alone(inner).map(|(calendar, during)| (calendar, !during)),
        _ => None,
    }
}

/// What a condition asks of the clock wherever it holds.
fn of_clock(condition: &Condition) -> Vec<(CalendarId, bool)> {
    match &condition.kind {
        ConditionKind::And(parts) => parts.iter().flat_map(of_clock).collect(),
        _ => clock_alone(condition).into_iter().collect(),
    }
}
