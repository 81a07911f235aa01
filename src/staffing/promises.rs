//! Promises that run out while nobody is there, and promises that never fall due.

use super::attendance::{self, Attendance};
use super::gaps::RARE;
use super::offers::{Offer, arrivals};
use super::{Year, weekly};
use crate::calendar::spans::{Span, difference, intersection, union};
use crate::diagnostic::Diagnostic;
use crate::policy::{CalendarId, Clock, Policy, PoolId, Promise, RepId, RuleId, Sla, SlaId, Target, TeamId};
use crate::sla::Holder;
use crate::sla::told::{duration, moment};
use crate::source;
use chrono_tz::Tz;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};

/// Says where a promise may run out before anybody is there who is given the lead.
pub(super) fn unattended(year: &Year, attendance: &Attendance, offers: &[Offer], found: &mut Vec<Diagnostic>) {
    let mut said: FxHashSet<(Target, SlaId)> = FxHashSet::default();
    for offer in offers {
        let Some(sla_id) = offer.sla.filter(|sla| !said.contains(&(offer.target.clone(), *sla))) else { continue };
        let Some(sla) = year.policy.slas.get(sla_id.at()) else { continue };
        let places = places(year, attendance, &offer.target);
        let arrivals = arrivals(year, offer.rule);
        let told = sla.promises.iter().find_map(|promise| {
            let counted = places.iter().filter(|place| !place.counts_own_hours(&promise.clock));
            let missed = counted.filter_map(|place| Missed::new(year, place, promise, &arrivals));
            let worst = missed.max_by_key(|missed| (missed.nobody, missed.worst.late))?;
            Some(worst.say(sla, offer.rule))
        });
        if let Some(told) = told {
            said.insert((offer.target.clone(), sla_id));
            found.push(told);
        }
    }
}

const PERSON: &str = "the rep";

/// Where a lead with a promise may lie, and who is there for it.
struct Place {
    holder: Holder,
    /// When somebody is there who is given the lead.
    there: Vec<Span>,
    /// The same, with those who work the queues that take it while nobody is.
    in_the_end: Vec<Span>,
    /// A pool that gives leads while nobody is on duty.
    gives_at_any_hour: bool,
    span: source::Span,
    /// `the pool`, `the team`, `the queue`, `the rep`.
    kind: &'static str,
    name: String,
    /// How a rep is meant: `, an owner in the records`.
    meant_as: &'static str,
    zone: Tz,
}

/// All places in which a target may put a lead. Owners are those whom the records at hand name; who has the same hours as another
/// is left out.
fn places(year: &Year, attendance: &Attendance, target: &Target) -> Vec<Place> {
    let policy = year.policy;
    let owners = |records, column| policy.owners_at_hand(records, column).into_keys();
    let teams_of = |rep: RepId| {
        let teams = (0..).map(TeamId).zip(&policy.teams);
        teams.filter(move |(_, team)| team.members.contains(&rep))
    };
    let found = match target {
        Target::Pool(id) => vec![of_pool(year, attendance, *id)],
        Target::Queue(id) => vec![policy.queues.get(id.at()).map(|queue| {
            let zone = queue.worked_by.first().map_or(policy.zone, |team| zone_of_team(policy, *team));
            let there = attendance.of_queue(*id).to_vec();
            Place::new(Holder::Queue(*id), there, queue.span, "the queue", &queue.name, zone)
        })],
        Target::Team(id) => vec![of_team(policy, attendance, *id)],
        Target::Rep(rep) => persons(year, "", std::iter::once(*rep)),
        Target::Owner { records, column, .. } => persons(year, ", an owner in the records", owners(*records, *column)),
        Target::TeamOfOwner { records, column } => {
            let teams: BTreeSet<TeamId> =
                owners(*records, *column).flat_map(|owner| teams_of(owner).map(|(id, _)| id)).collect();
            teams.into_iter().map(|team| of_team(policy, attendance, team)).collect()
        }
        Target::ManagerOfOwner { records, column } => {
            let managers = owners(*records, *column).flat_map(|owner| teams_of(owner).filter_map(|(_, t)| t.manager));
            let managers: BTreeSet<RepId> = managers.collect();
            persons(year, ", who manages an owner in the records", managers.into_iter())
        }
        Target::Table { .. } => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

fn of_pool(year: &Year, attendance: &Attendance, id: PoolId) -> Option<Place> {
    let pool = year.policy.pools.get(id.at()).filter(|pool| !pool.members.is_empty())?;
    let there = attendance.of_chain(year.policy, id);
    let in_the_end = union([there.clone(), attendance.of_queues(year.policy, id)].concat());
    let zone = attendance::zone_of_pool(year.policy, pool);
    let place = Place::new(Holder::Pool(id), there, pool.span, "the pool", &pool.name, zone);
    Some(Place { in_the_end, gives_at_any_hour: !pool.only_on_duty, ..place })
}

fn of_team(policy: &Policy, attendance: &Attendance, id: TeamId) -> Option<Place> {
    let team = policy.teams.get(id.at()).filter(|team| !team.members.is_empty())?;
    let first = *team.members.first()?;
    let place = Place::new(Holder::Rep(first), Vec::new(), team.span, "the team", &team.name, zone_of_team(policy, id));
    let there = attendance.of_team(id).to_vec();
    Some(Place { in_the_end: there.clone(), there, ..place })
}

/// People who are meant by name: in their hours. Who is away is passed over, so absences do not count.
fn persons(year: &Year, meant_as: &'static str, reps: impl Iterator<Item = RepId>) -> Vec<Option<Place>> {
    let mut by_hours: BTreeMap<CalendarId, RepId> = BTreeMap::new();
    for id in reps {
        let rep = year.policy.reps.get(id.at()).filter(|rep| rep.active);
        if let Some(hours) = rep.and_then(|rep| rep.hours) {
            by_hours.entry(hours).or_insert(id);
        }
    }
    let place = |(hours, id): (CalendarId, RepId)| {
        let rep = year.policy.reps.get(id.at())?;
        let there = year.staff.calendars().open_spans(hours, year.window.start, year.window.end);
        let zone = attendance::zone(year.policy, rep);
        Some(Place { meant_as, ..Place::new(Holder::Rep(id), there, rep.span, PERSON, &rep.name, zone) })
    };
    by_hours.into_iter().map(place).collect()
}

fn zone_of_team(policy: &Policy, id: TeamId) -> Tz {
    let first = policy.teams.get(id.at()).and_then(|team| policy.reps.get(team.members.first()?.at()));
    first.map_or(policy.zone, |rep| attendance::zone(policy, rep))
}

impl Place {
    fn new(holder: Holder, there: Vec<Span>, span: source::Span, kind: &'static str, name: &str, zone: Tz) -> Place {
        let in_the_end = there.clone();
        let name = name.to_owned();
        Place { holder, there, in_the_end, gives_at_any_hour: false, span, kind, name, meant_as: "", zone }
    }

    /// The calendar that a promise counts here; none where all time counts.
    fn calendar(&self, year: &Year, promise: &Promise) -> Option<CalendarId> {
        let pool = if let Holder::Pool(pool) = self.holder { Some(pool) } else { None };
        year.staff.calendar(&promise.clock, self.holder, pool)
    }

    /// Whoever gets the lead is promised his own hours: those of the team or of the rep himself, where no pool gave it.
    fn counts_own_hours(&self, clock: &Clock) -> bool {
        match (clock, self.holder) {
            (Clock::OfAssignee, Holder::Pool(_) | Holder::Rep(_)) | (Clock::OfPool, Holder::Rep(_)) => true,
            (Clock::OfAssignee | Clock::OfPool, _) | (Clock::Elapsed | Clock::In(_), _) => false,
        }
    }
}

/// A promise to a lead that runs out while nobody is there.
struct Missed<'y> {
    year: &'y Year<'y>,
    place: &'y Place,
    promise: &'y Promise,
    calendar: Option<CalendarId>,
    /// No queue has somebody then either.
    nobody: bool,
    worst: Worst,
}

/// The longest time without anybody, and how many there are in which the promise runs out.
#[derive(Clone, Copy)]
struct Worst {
    arrives: i64,
    due: i64,
    /// None where nobody comes within the year.
    back: Option<i64>,
    late: i64,
    times: usize,
}

impl<'y> Missed<'y> {
    fn new(year: &'y Year<'y>, place: &'y Place, promise: &'y Promise, arrivals: &[Span]) -> Option<Missed<'y>> {
        let calendar = place.calendar(year, promise);
        let worst = |there: &[Span]| worst(year, promise, calendar, arrivals, there);
        let missed = |nobody, worst| Missed { year, place, promise, calendar, nobody, worst };
        match worst(&place.in_the_end) {
            Some(worst) => Some(missed(true, worst)),
            None => worst(&place.there).filter(|worst| worst.times > RARE).map(|worst| missed(false, worst)),
        }
    }

    fn say(&self, sla: &Sla, rule: RuleId) -> Diagnostic {
        let (year, place) = (self.year, self.place);
        let zone = self.calendar.map_or(place.zone, |calendar| year.staff.calendars().zone(calendar));
        let within = duration(&self.promise.within);
        let word = self.promise.stage.word();
        let back = self.worst.back.map_or_else(|| "after the year".to_owned(), |back| moment(zone, back));
        let title = year.policy.rules.get(rule.at()).map_or("", |rule| rule.title.as_str());
        let next = match place.holder {
            Holder::Rep(_) if place.kind == PERSON => format!("`{}`", place.name),
            _ => "the next of them".to_owned(),
        };
        let example = format!(
            "a lead that arrives {} is due {}, and {next} is there {back} ({})",
            moment(zone, self.worst.arrives),
            moment(zone, self.worst.due),
            zone.name()
        );
        let times = match self.worst.times {
            1 => format!("once in the year from {}", year.from),
            times => format!("{times} times in the year from {}", year.from),
        };
        let running = match self.calendar {
            Some(calendar) => year.staff.calendars().open_spans(calendar, year.window.start, year.window.end),
            None => vec![year.window],
        };
        let alone = difference(&running, &place.there);
        let mut found = if self.nobody {
            Diagnostic::warning(
                "sla-unmeetable",
                self.promise.span,
                format!("`{word} within {within}` cannot be kept: nobody who may take the lead is on duty for longer"),
            )
            .here(format!("promised by `{}`", sla.name))
            .also(place.span, format!("to leads of {} `{}`{}", place.kind, place.name, place.meant_as))
        } else {
            Diagnostic::warning(
                "unstaffed-hours",
                place.span,
                format!("nobody of {} `{}` is on duty while `{word} within {within}` runs out", place.kind, place.name),
            )
            .also(self.promise.span, format!("promised by `{}`", sla.name))
        };
        found = found.note(format!("{example}; this is so {times}, by rule \"{title}\""));
        let whose = match place.holder {
            Holder::Rep(_) if place.kind == PERSON => "not there".to_owned(),
            _ => format!("nobody of {}", place.kind),
        };
        for line in weekly::words(&alone, year.window, zone) {
            found = found.note(format!("{whose}: {line}"));
        }
        found.help(match (self.nobody, place.holder) {
            (true, Holder::Pool(_)) if place.gives_at_any_hour => {
                "count business time of the assignee or of the pool, or have the pool take `only reps on duty`, and others when it is empty"
            }
            (true, Holder::Pool(_)) => "count business time of the pool, promise more time, or have somebody on duty then",
            (true, Holder::Queue(_)) => {
                "count business time of the assignee, which in a queue is that of those who work it, promise more time, or have somebody there then"
            }
            (true, Holder::Rep(_)) => "count business time of the assignee, promise more time, or have somebody on duty then",
            (false, _) => {
                "have somebody on duty then, or count business time of the pool; until then a queue takes the leads"
            }
        })
    }
}

fn worst(
    year: &Year,
    promise: &Promise,
    calendar: Option<CalendarId>,
    arrivals: &[Span],
    there: &[Span],
) -> Option<Worst> {
    let (staff, window) = (year.staff, year.window);
    let mut worst: Option<Worst> = None;
    let mut times = 0;
    for gap in difference(&[window], there) {
        let Some(first) = intersection(&[gap], arrivals).first().copied() else { continue };
        // What arrives while the clock stands still waits for it too.
        let arrives = calendar.map_or(Some(first.start), |id| staff.calendars().next_opening(id, first.start));
        let Some(arrives) = arrives.filter(|&at| at < gap.end) else { continue };
        let Some(come) = intersection(&[Span { start: arrives, end: gap.end }], arrivals).first().copied() else {
            continue;
        };
        let Some(due) = staff.due(&promise.within, calendar, come.start).filter(|&due| due < gap.end) else { continue };
        times += 1;
        let back = (gap.end < window.end).then_some(gap.end);
        let late = gap.end - due;
        if worst.is_none_or(|worst| late > worst.late) {
            worst = Some(Worst { arrives: come.start, due, back, late, times: 0 });
        }
    }
    worst.map(|worst| Worst { times, ..worst })
}

/// Says which promises fall due more than a year after they are made, or never.
pub(super) fn never_due(year: &Year, attendance: &Attendance, offers: &[Offer], found: &mut Vec<Diagnostic>) {
    let mut said: BTreeSet<(SlaId, usize)> = BTreeSet::new();
    for offer in offers {
        let Some((id, sla)) = offer.sla.and_then(|id| Some((id, year.policy.slas.get(id.at())?))) else { continue };
        let places = places(year, attendance, &offer.target);
        for (at, promise) in sla.promises.iter().enumerate() {
            let calendars: BTreeSet<Option<CalendarId>> = match promise.clock {
                Clock::Elapsed => BTreeSet::from([None]),
                Clock::In(calendar) => BTreeSet::from([Some(calendar)]),
                Clock::OfAssignee | Clock::OfPool => places.iter().map(|place| place.calendar(year, promise)).collect(),
            };
            for calendar in calendars {
                let due = year.staff.due(&promise.within, calendar, year.window.start);
                if due.is_some_and(|due| due <= year.window.end) || !said.insert((id, at)) {
                    continue;
                }
                let within = format!("`{} within {}`", promise.stage.word(), duration(&promise.within));
                let zone = calendar.map_or(year.policy.zone, |calendar| year.staff.calendars().zone(calendar));
                let message = match due {
                    Some(due) => format!(
                        "{within} falls due after more than a year: made {}, due {}",
                        moment(zone, year.window.start),
                        moment(zone, due)
                    ),
                    None => {
                        format!(
                            "{within} never falls due: its clock does not run for long enough until the end of 2100"
                        )
                    }
                };
                found.push(
                    Diagnostic::warning("sla-never-due", promise.span, message)
                        .here(format!("promised by `{}`", sla.name))
                        .help("promise a time that somebody waits for, such as `2 days`, or mend the calendar"),
                );
            }
        }
    }
}
