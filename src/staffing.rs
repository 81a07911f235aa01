//! Who is there when a lead comes: what the people, hours and absences of a policy leave open in the year ahead.
//!
//! Nothing here reads a clock: the year begins on a day that the caller names. A pool that says `only reps on duty` passes leads
//! on while nobody is; any other pool gives them to its people at any hour, and there they wait for somebody to come to work.

mod attendance;
pub mod demand;
mod gaps;
mod offers;
mod owners;
mod people;
mod promises;
mod weekly;

use crate::calendar::hours::{DAY, instant_of};
use crate::calendar::spans::Span;
use crate::diagnostic::Diagnostic;
use crate::policy::meaning::days;
use crate::policy::{CalendarKind, Policy};
use crate::sla::people::People;
use attendance::Attendance;
use chrono::{Months, NaiveDate};

/// What is found in the year from a day on, in the policy's zone.
pub fn findings(policy: &Policy, from: NaiveDate) -> Vec<Diagnostic> {
    let staff = People::new(policy);
    let to = from.checked_add_months(Months::new(12)).unwrap_or(NaiveDate::MAX);
    let midnight = |day: NaiveDate| instant_of(policy.zone, days(day).saturating_mul(DAY));
    let year = Year { policy, staff: &staff, from, window: Span { start: midnight(from), end: midnight(to) } };
    let offers = offers::offers(policy);
    let mut found = Vec::new();
    if year.window.start < year.window.end {
        let attendance = Attendance::new(&year);
        gaps::empty_pools(&year, &attendance, &mut found);
        promises::unattended(&year, &attendance, &offers, &mut found);
        promises::never_due(&year, &attendance, &offers, &mut found);
        gaps::unstaffed(&year, &attendance, &offers, &mut found);
    }
    holidays(&year, &mut found);
    people::managers(&year, &offers, &mut found);
    people::languages(&year, &offers, &mut found);
    owners::unknown(&year, &offers, &mut found);
    people::without_leads(&year, &offers, &mut found);
    found
}

/// Says which files of holidays end before the year begins.
fn holidays(year: &Year, found: &mut Vec<Diagnostic>) {
    let files = year.policy.calendars.iter().filter_map(|calendar| match &calendar.kind {
        CalendarKind::Hours(hours) => Some(&hours.files),
        _ => None,
    });
    for file in files.flatten() {
        let Some(until) = file.listed_until.filter(|until| *until < year.from) else { continue };
        let name = &file.name;
        let message = format!("`{name}` lists holidays until {until}, and after that only those that recur for ever");
        found.push(
            Diagnostic::warning("holidays-ended", file.span, message)
                .note(format!(
                    "on the holidays of the year from {} promises go on, and leads are given to reps",
                    year.from
                ))
                .help("get the file for the years to come, or write the days: `holidays 2026-12-25, 2026-12-26`"),
        );
    }
}

/// The year that is looked at.
struct Year<'p> {
    policy: &'p Policy,
    staff: &'p People,
    from: NaiveDate,
    window: Span,
}
