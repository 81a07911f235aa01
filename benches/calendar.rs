//! Business time: a deadline, a question and a sum at random instants of a year.

use chrono_tz::Tz;
use criterion::{Criterion, criterion_group, criterion_main};
use leadway::calendar::Calendars;
use leadway::policy::{Calendar, CalendarId, CalendarKind, Hours};
use leadway::policy::{DayHours, Week};
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;

const MINUTE: i64 = 60_000_000;
const START_2026: i64 = 1_767_225_600_000_000;
const YEAR: i64 = 365 * 1440 * MINUTE;

fn weekdays(zone: Tz) -> CalendarKind {
    let day = || vec![DayHours { from: 9 * 60, to: 12 * 60 + 30 }, DayHours { from: 13 * 60 + 30, to: 18 * 60 }];
    let weekly: Week = std::array::from_fn(|at| if at < 5 { day() } else { Vec::new() });
    CalendarKind::Hours(Hours {
        zone,
        weekly,
        seasons: Vec::new(),
        exceptions: BTreeMap::new(),
        holidays: BTreeSet::new(),
        files: Vec::new(),
    })
}

fn calendars() -> Vec<Calendar> {
    let kinds = [
        weekdays(Tz::Europe__Berlin),
        weekdays(Tz::Australia__Sydney),
        weekdays(Tz::America__New_York),
        CalendarKind::Or((0..3).map(|id| CalendarKind::Named(CalendarId(id))).collect()),
    ];
    kinds.into_iter().map(|kind| Calendar { name: "c".into(), span: Default::default(), kind }).collect()
}

/// Instants and business times spread over the year by a multiplicative sequence, the same in every run.
fn questions() -> Vec<(i64, i64)> {
    let at = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11;
    (1..=4096).map(|n| (START_2026 + at(n) as i64 % YEAR, at(n + 5000) as i64 % (16 * 60 * MINUTE))).collect()
}

fn bench(c: &mut Criterion) {
    let made = calendars();
    let calendars = Calendars::new(&made);
    let questions = questions();
    for (name, id) in [("one zone", CalendarId(0)), ("three zones", CalendarId(3))] {
        let mut group = c.benchmark_group(name);
        let mut next = questions.iter().cycle().copied();
        group.bench_function("deadline", |b| {
            b.iter(|| {
                let (from, business) = next.next().unwrap_or_default();
                black_box(calendars.deadline(id, black_box(from), business))
            })
        });
        group.bench_function("deadline in days", |b| {
            b.iter(|| black_box(calendars.deadline_days(id, black_box(next.next().unwrap_or_default().0), 2)))
        });
        group.bench_function("contains", |b| {
            b.iter(|| black_box(calendars.contains(id, black_box(next.next().unwrap_or_default().0))))
        });
        group.bench_function("business between", |b| {
            b.iter(|| {
                let (from, business) = next.next().unwrap_or_default();
                black_box(calendars.business_between(id, black_box(from), from + 5 * business))
            })
        });
        group.bench_function("the first deadline of a year", |b| {
            b.iter(|| Calendars::new(&made).deadline(id, black_box(START_2026), 60 * MINUTE))
        });
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
