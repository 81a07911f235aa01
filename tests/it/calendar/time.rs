//! Spans, sums and deadlines against the definition, minute by minute, and the cases that people ask about.

use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Timelike};
use chrono_tz::Tz;
use leadway::calendar::Calendars;
use leadway::policy::{Calendar, CalendarId, CalendarKind, DayHours, Hours, Season, Week};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const MINUTE: i64 = 60_000_000;
const FIRST: CalendarId = CalendarId(0);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn spans(text: &str) -> Vec<DayHours> {
    let minutes = |clock: &str| {
        let (hour, minute) = clock.split_once(':').unwrap();
        hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
    };
    let span = |span: &str| {
        let (from, to) = span.split_once('-').unwrap();
        DayHours { from: minutes(from), to: minutes(to) }
    };
    text.split(' ').filter(|text| !text.is_empty()).map(span).collect()
}

/// The same hours from Monday to Friday.
fn weekdays(zone: Tz, open: &str) -> Hours {
    let weekly: Week = std::array::from_fn(|at| if at < 5 { spans(open) } else { Vec::new() });
    Hours {
        zone,
        weekly,
        seasons: Vec::new(),
        exceptions: BTreeMap::new(),
        holidays: BTreeSet::new(),
        files: Vec::new(),
    }
}

fn calendars(kinds: Vec<CalendarKind>) -> Calendars {
    let calendar = |kind| Calendar { name: "c".into(), span: Default::default(), kind };
    Calendars::new(&kinds.into_iter().map(calendar).collect::<Vec<_>>())
}

fn one(hours: Hours) -> Calendars {
    calendars(vec![CalendarKind::Hours(hours)])
}

// ---- the definition ----

/// Whether the clock of the hours' zone shows an open time.
fn shows_open(hours: &Hours, instant: i64) -> bool {
    let local = hours.zone.from_utc_datetime(&DateTime::from_timestamp_micros(instant).unwrap().naive_utc());
    let (date, weekday) = (local.date_naive(), local.weekday().num_days_from_monday() as usize);
    let mut open = &hours.weekly[weekday];
    for season in &hours.seasons {
        let holds = season.from.is_none_or(|from| date >= from) && season.to.is_none_or(|to| date <= to);
        if let (true, Some(week)) = (holds, &season.week[weekday]) {
            open = week;
        }
    }
    let none = Vec::new();
    if hours.holidays.contains(&date) {
        open = &none;
    }
    if let Some(exception) = hours.exceptions.get(&date) {
        open = exception;
    }
    let minute = (local.hour() * 60 + local.minute()) as u16;
    open.iter().any(|span| span.from <= minute && minute < span.to)
}

fn is_open(kinds: &[CalendarKind], kind: &CalendarKind, instant: i64) -> bool {
    let holds = |kind: &CalendarKind| is_open(kinds, kind, instant);
    match kind {
        CalendarKind::Hours(hours) => shows_open(hours, instant),
        CalendarKind::Or(parts) => parts.iter().any(holds),
        CalendarKind::And(parts) => parts.iter().all(holds),
        CalendarKind::Except(parts) => holds(&parts[0]) && !parts[1..].iter().any(holds),
        CalendarKind::Named(id) => holds(&kinds[id.at()]),
    }
}

// ---- every minute of years ----

/// Zones with half-hour and quarter-hour offsets and shifts, clock changes at midnight, a day left out, a day's clock of 22
/// hours, and rules that changed, each with a year in which that shows; it and the one after it are walked.
const ZONES: [(Tz, i32); 24] = [
    (Tz::America__New_York, 2024),
    (Tz::America__Los_Angeles, 2007),
    (Tz::America__St_Johns, 2011),
    (Tz::America__Sao_Paulo, 2017),
    (Tz::America__Havana, 2012),
    (Tz::America__Santiago, 2022),
    (Tz::America__Caracas, 2007),
    (Tz::Europe__London, 2025),
    (Tz::Europe__Berlin, 2026),
    (Tz::Europe__Lisbon, 1992),
    (Tz::Europe__Istanbul, 2016),
    (Tz::Europe__Moscow, 2011),
    (Tz::Africa__Casablanca, 2018),
    (Tz::Africa__Cairo, 2014),
    (Tz::Asia__Kolkata, 2024),
    (Tz::Asia__Kathmandu, 1985),
    (Tz::Asia__Tehran, 2022),
    (Tz::Asia__Beirut, 2022),
    (Tz::Asia__Gaza, 2023),
    (Tz::Asia__Pyongyang, 2018),
    (Tz::Australia__Lord_Howe, 2024),
    (Tz::Pacific__Apia, 2011),
    (Tz::Pacific__Chatham, 2030),
    (Tz::Antarctica__Troll, 2023),
];

#[test]
fn every_minute_of_years_in_many_zones() {
    for (zone, year) in ZONES.into_iter().flat_map(|(zone, year)| [(zone, year), (zone, year + 1)]) {
        let mut hours = weekdays(zone, "00:00-00:30 01:15-02:45 09:00-12:30 13:30-18:00 23:00-24:00");
        hours.weekly[6] = spans("00:00-24:00");
        hours.holidays = [day(&format!("{year}-12-25")), day(&format!("{year}-01-01"))].into();
        hours.exceptions = [(day(&format!("{year}-12-25")), spans("10:00-10:01"))].into();
        let calendars = one(hours.clone());
        let start =
            NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_micros();
        let end = start + 366 * 1440 * MINUTE;
        let mut open: Vec<(i64, i64)> = Vec::new();
        for instant in (start..end).step_by(MINUTE as usize) {
            if shows_open(&hours, instant) {
                match open.last_mut() {
                    Some((_, end)) if *end == instant => *end += MINUTE,
                    _ => open.push((instant, instant + MINUTE)),
                }
            }
        }
        let found: Vec<(i64, i64)> =
            calendars.open_spans(FIRST, start, end).iter().map(|span| (span.start, span.end)).collect();
        assert!(found == open, "{zone}: {:?}", found.iter().zip(&open).find(|(a, b)| a != b));
    }
}

// ---- any calendar ----

fn day_hours() -> impl Strategy<Value = Vec<DayHours>> {
    prop::collection::btree_set(0u16..=96, 0..7).prop_map(|cuts| {
        let cuts: Vec<u16> = cuts.into_iter().map(|quarter| quarter * 15).collect();
        cuts.chunks_exact(2).map(|pair| DayHours { from: pair[0], to: pair[1] }).collect()
    })
}

fn some_hours(start: NaiveDate) -> impl Strategy<Value = Hours> {
    let date = move || (0u64..60).prop_map(move |days| start + chrono::Days::new(days));
    let bound = move || prop::option::of(date());
    let season = (bound(), bound(), prop::array::uniform7(prop::option::weighted(0.3, day_hours())))
        .prop_map(|(from, to, week)| Season { from, to, week });
    (
        prop::sample::select(ZONES.map(|(zone, _)| zone).to_vec()),
        prop::array::uniform7(day_hours()),
        prop::collection::vec(season, 0..3),
        prop::collection::btree_map(date(), day_hours(), 0..3),
        prop::collection::btree_set(date(), 0..4),
    )
        .prop_map(|(zone, weekly, seasons, exceptions, holidays)| Hours {
            zone,
            weekly,
            seasons,
            exceptions,
            holidays,
            files: Vec::new(),
        })
}

/// Three calendars of hours and one made of them, in first place.
fn some_calendars(start: NaiveDate) -> impl Strategy<Value = Vec<CalendarKind>> {
    let named = (1u32..4).prop_map(|id| CalendarKind::Named(CalendarId(id)));
    let made = named.prop_recursive(3, 8, 3, |inner| {
        let parts = prop::collection::vec(inner, 1..4);
        (parts, 0..3).prop_map(|(parts, how)| match how {
            0 => CalendarKind::Or(parts),
            1 => CalendarKind::And(parts),
            _ => CalendarKind::Except(parts),
        })
    });
    (made, prop::collection::vec(some_hours(start), 3))
        .prop_map(|(made, hours)| std::iter::once(made).chain(hours.into_iter().map(CalendarKind::Hours)).collect())
}

fn some_start() -> impl Strategy<Value = NaiveDate> {
    let (year, month) = (1985i32..2040, prop::sample::select(vec![1u32, 3, 4, 10, 11, 12]));
    (year, month).prop_map(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1).unwrap())
}

fn case() -> impl Strategy<Value = (NaiveDate, Vec<CalendarKind>)> {
    some_start().prop_flat_map(|start| some_calendars(start).prop_map(move |kinds| (start, kinds)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn questions_agree_with_a_walk((start, kinds) in case(), from in 0i64..60_000, minutes in 1i64..5_000) {
        let calendars = calendars(kinds.clone());
        let origin = start.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_micros();
        let window = 70 * 1440;
        let open: Vec<bool> = (0..window).map(|minute| is_open(&kinds, &kinds[0], origin + minute * MINUTE)).collect();
        let at = origin + from * MINUTE;
        let rest = || (from..window).filter(|&minute| open[minute as usize]);

        prop_assert_eq!(calendars.contains(FIRST, at), open[from as usize]);
        prop_assert_eq!(calendars.contains(FIRST, at + MINUTE - 1), open[from as usize]);
        let next = calendars.next_opening(FIRST, at).filter(|&next| next < origin + window * MINUTE);
        prop_assert_eq!(next, rest().next().map(|minute| origin + minute * MINUTE));
        let sum = rest().count() as i64 * MINUTE;
        prop_assert_eq!(calendars.business_between(FIRST, at, origin + window * MINUTE), sum);
        let due = calendars.deadline(FIRST, at, minutes * MINUTE).filter(|&due| due <= origin + window * MINUTE);
        prop_assert_eq!(due, rest().nth(minutes as usize - 1).map(|minute| origin + (minute + 1) * MINUTE));
        if let Some(due) = due {
            prop_assert_eq!(calendars.business_between(FIRST, at, due), minutes * MINUTE);
            prop_assert_eq!(calendars.deadline(FIRST, at, minutes * MINUTE - 1), Some(due - 1));
        }
    }
}

// ---- cases ----

fn local(zone: Tz, text: &str) -> i64 {
    let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    zone.from_local_datetime(&naive).earliest().unwrap().timestamp_micros()
}

fn show(zone: Tz, instant: Option<i64>) -> String {
    let Some(instant) = instant else { return "never".into() };
    let at = DateTime::from_timestamp_micros(instant).unwrap().with_timezone(&zone);
    at.format("%a %Y-%m-%d %H:%M %Z").to_string()
}

#[test]
fn deadlines_people_ask_about() {
    use Tz::{America__New_York as new_york, Europe__Berlin as berlin, Pacific__Apia as apia};
    let mut berlin_hours = weekdays(berlin, "09:00-12:30 13:30-18:00");
    berlin_hours.holidays = [day("2026-12-25"), day("2027-01-01")].into();
    berlin_hours.exceptions = [(day("2026-12-24"), spans("09:00-12:00"))].into();
    let night = Hours { weekly: std::array::from_fn(|_| spans("00:00-06:00 22:00-24:00")), ..weekdays(new_york, "") };
    let cases: [(&str, Hours, &str, i64); 12] = [
        ("within the morning", berlin_hours.clone(), "2026-03-04 10:00", 30),
        ("over lunch", berlin_hours.clone(), "2026-03-04 12:15", 30),
        ("up to the closing", berlin_hours.clone(), "2026-03-04 17:00", 60),
        ("a minute past the closing", berlin_hours.clone(), "2026-03-04 17:00", 61),
        ("over the weekend", berlin_hours.clone(), "2026-03-06 17:30", 60),
        ("from Sunday", berlin_hours.clone(), "2026-03-08 11:00", 5),
        ("over a short day and a holiday", berlin_hours.clone(), "2026-12-24 11:30", 60),
        ("over the year", berlin_hours.clone(), "2026-12-31 17:00", 120),
        ("a night with an hour less", night.clone(), "2026-03-07 22:00", 300),
        ("a night with an hour more", night.clone(), "2026-10-31 22:00", 300),
        ("over the day that Samoa left out", weekdays(apia, "09:00-17:00"), "2011-12-29 16:00", 120),
        ("on a leap day", weekdays(berlin, "09:00-17:00"), "2028-02-28 16:00", 120),
    ];
    let shown: Vec<String> = cases
        .iter()
        .map(|(name, hours, from, minutes)| {
            let start = local(hours.zone, from);
            let due = one(hours.clone()).deadline(FIRST, start, minutes * MINUTE);
            format!("{name}: {} + {minutes} min = {}", show(hours.zone, Some(start)), show(hours.zone, due))
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn business_days() {
    use Tz::Europe__Berlin as berlin;
    let mut hours = weekdays(berlin, "09:00-12:30 13:30-18:00");
    hours.weekly[4] = spans("09:00-14:00");
    hours.weekly[1] = spans("10:00-18:00");
    hours.holidays = [day("2026-05-01"), day("2026-05-14")].into();
    let calendars = one(hours);
    let cases = [
        ("2026-05-06 15:00", 1),
        ("2026-05-04 09:30", 1),
        ("2026-05-05 13:00", 1),
        ("2026-05-07 17:00", 1),
        ("2026-05-09 12:00", 1),
        ("2026-05-04 20:00", 1),
        ("2026-05-04 06:00", 1),
        ("2026-05-08 13:59", 1),
        ("2026-05-12 15:00", 2),
        ("2026-05-04 15:00", 20),
        ("2026-05-04 15:00", 0),
        ("2026-05-04 15:00", i64::MAX),
    ];
    let shown: Vec<String> = cases
        .iter()
        .map(|(from, days)| {
            let from = local(berlin, from);
            let due = calendars.deadline_days(FIRST, from, *days);
            format!("{} + {days} = {}", show(berlin, Some(from)), show(berlin, due))
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn the_edges_of_known_time() {
    let open = one(weekdays(Tz::UTC, "09:00-17:00"));
    let closed = one(weekdays(Tz::UTC, ""));
    let end = day("2101-01-01").and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_micros();
    for instant in [i64::MIN, -1, end, i64::MAX] {
        assert!(!open.contains(FIRST, instant));
    }
    let first = 9 * 60 * MINUTE;
    assert_eq!(open.next_opening(FIRST, i64::MIN), Some(first));
    assert_eq!(open.next_opening(FIRST, end), None);
    assert_eq!(open.next_opening(FIRST, i64::MAX), None);
    assert_eq!(open.deadline(FIRST, i64::MIN, 60 * MINUTE), Some(first + 60 * MINUTE));
    assert_eq!(open.deadline(FIRST, 0, i64::MAX), None);
    assert_eq!(open.deadline(FIRST, 5, 0), Some(5));
    assert_eq!(open.deadline(FIRST, 5, -1), Some(5));
    assert_eq!(open.deadline_days(FIRST, end - 1, 1), None);
    assert_eq!(open.deadline_days(FIRST, i64::MAX, 1), None);
    assert_eq!(open.business_between(FIRST, i64::MAX, i64::MIN), 0);
    assert_eq!(open.business_between(FIRST, 7, 7), 0);
    let all = open.business_between(FIRST, i64::MIN, i64::MAX);
    assert_eq!(
        open.deadline(FIRST, 0, all).map(|due| show(Tz::UTC, Some(due))),
        Some("Fri 2100-12-31 17:00 UTC".into())
    );
    assert_eq!(closed.next_opening(FIRST, 0), None);
    assert_eq!(closed.deadline(FIRST, 0, 1), None);
    assert_eq!(closed.deadline_days(FIRST, 0, 1), None);
    assert_eq!(closed.open_spans(FIRST, i64::MIN, i64::MAX), []);
    assert_eq!(closed.next_opening(CalendarId(9), 0), None);
}

#[test]
fn names_that_go_deep_or_round() {
    let twice = |id| CalendarKind::Or(vec![CalendarKind::Named(CalendarId(id)), CalendarKind::Named(CalendarId(id))]);
    let mut kinds: Vec<CalendarKind> = (1..=5_000).map(twice).collect();
    kinds.push(CalendarKind::Hours(weekdays(Tz::UTC, "09:00-17:00")));
    assert!(calendars(kinds).contains(FIRST, 10 * 60 * MINUTE));

    let round = calendars(vec![
        twice(1),
        twice(2),
        twice(0),
        CalendarKind::Or(vec![twice(0), CalendarKind::Named(CalendarId(4))]),
    ]);
    assert_eq!(round.next_opening(FIRST, 0), None);
    assert_eq!(round.next_opening(CalendarId(3), 0), None);
}
