//! A lead's account among a million: by domain, by the same name, by an alike name, by a name that nobody has.

#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

use criterion::{Criterion, criterion_group, criterion_main};
use leadway::data::records::RecordIndex;
use leadway::policy::{ColumnId, FieldId, KeyPart, MatchKey, Records, Subject, Text, Value};
use std::alloc::{GlobalAlloc, Layout, System};
use std::borrow::Cow;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const ACCOUNTS: u64 = 1_000_000;

/// Counts the bytes that are held, so that the index's size can be said.
struct Counting;
static HELD: AtomicUsize = AtomicUsize::new(0);
// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(place, layout) }
    }
}
#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn mixed(n: u64) -> u64 {
    let n = (n ^ (n >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (n ^ (n >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 7
}

/// A made name of two or three words, of which the last are few, as trades are.
fn name(n: u64) -> String {
    const SOUNDS: [&str; 24] = [
        "ba", "cor", "del", "en", "fi", "gran", "hol", "in", "jo", "kel", "lan", "mar", "nor", "or", "pel", "qua",
        "ri", "sten", "tra", "ul", "ver", "wil", "xan", "zo",
    ];
    const TRADES: [&str; 16] = [
        "Software",
        "Systems",
        "Logistics",
        "Consulting",
        "Foods",
        "Energy",
        "Partners",
        "Bank",
        "Medical",
        "Media",
        "Steel",
        "Solutions",
        "University",
        "Pharma",
        "Retail",
        "Insurance",
    ];
    const FORMS: [&str; 8] = ["Inc.", "LLC", "Ltd", "GmbH", "S.A.", "", "AG", "Corp"];
    let r = mixed(n);
    let sound = |at: u64| SOUNDS[(r >> (at * 5)) as usize % SOUNDS.len()];
    let (trade, form) = (TRADES[(r >> 40) as usize % TRADES.len()], FORMS[(r >> 45) as usize % FORMS.len()]);
    let rest = if r >> 50 & 1 == 0 { sound(3) } else { "" };
    format!("{}{}{}{rest} {trade} {form}", sound(0), sound(1), sound(2))
}

fn text(written: String) -> Value {
    Value::Text(Text { folded: written.to_lowercase().into(), written: written.into() })
}

fn row(n: u64) -> Vec<Value> {
    const COUNTRIES: [&str; 4] = ["US", "DE", "GB", "FR"];
    vec![text(format!("company{n}.test")), text(name(n)), text(COUNTRIES[(mixed(n) >> 20) as usize % 4].into())]
}

fn part(column: u32, like: bool) -> KeyPart {
    KeyPart { column: ColumnId(column), subject: Subject::Field(FieldId(column)), like }
}

fn bench(c: &mut Criterion) {
    let key = |parts| MatchKey { parts, unless: None, span: Default::default() };
    let keys = vec![key(vec![part(0, false)]), key(vec![part(1, true), part(2, false)]), key(vec![part(1, true)])];
    let rows: Vec<Vec<Value>> = (0..ACCOUNTS).map(row).collect();
    let mut records = Records {
        name: "account".into(),
        span: Default::default(),
        columns: Vec::new(),
        keys: Vec::new(),
        prefer: Vec::new(),
        on_tie: None,
        rows: Arc::new(rows),
    };
    for (which, key) in ["by domain", "by name and country", "by name"].iter().zip(&keys) {
        let (held, start) = (HELD.load(Ordering::Relaxed), std::time::Instant::now());
        records.keys = vec![key.clone()];
        let index = RecordIndex::new(&records);
        let size = (HELD.load(Ordering::Relaxed) - held) as f64 / 1e6;
        println!("index {which}: {size:.0} MB in {:.2} s", start.elapsed().as_secs_f64());
        drop(index);
    }
    records.keys = keys;
    let index = RecordIndex::new(&records);

    type Lead = fn(u64) -> Vec<Value>;
    let kinds: [(&str, Lead); 5] = [
        ("domain", |n| row(n * 977 % ACCOUNTS)),
        ("same name", |n| vec![Value::Missing, row(n * 977 % ACCOUNTS)[1].clone(), row(n * 977 % ACCOUNTS)[2].clone()]),
        ("alike name", |n| {
            vec![Value::Missing, text(name(n * 977 % ACCOUNTS).replacen('o', "", 1)), text("US".into())]
        }),
        ("alike name, no country", |n| {
            vec![Value::Missing, text(name(n * 977 % ACCOUNTS).replacen('o', "", 1)), Value::Missing]
        }),
        ("no such name", |n| vec![Value::Missing, text(format!("{} holding", name(ACCOUNTS + n))), text("DE".into())]),
    ];
    for (kind, lead) in kinds {
        let leads: Vec<Vec<Value>> = (0..4096).map(lead).collect();
        let mut next = leads.iter().cycle();
        c.bench_function(kind, |b| {
            b.iter(|| {
                let lead = next.next().map_or(&[][..], Vec::as_slice);
                let value_of = |subject| match subject {
                    Subject::Field(field) => lead.get(field.at()).map_or(Cow::Owned(Value::Missing), Cow::Borrowed),
                    _ => Cow::Owned(Value::Missing),
                };
                black_box(index.find(value_of, |_| false))
            })
        });
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
