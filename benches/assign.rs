//! Assignment: leads a second in a pool of 50 with caps and hours, and how a pool's size shows.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use leadway::assign::{Asked, Request, State};
use leadway::load;
use leadway::matcher::Match;
use leadway::policy::{Instant, PoolId, Target};
use leadway::router::Router;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;

/// Wednesday, 2026-03-04 09:00 in London.
const MORNING: i64 = 1_772_614_800_000_000;

/// A pool of so many reps in three zones, each with hours, a weight and a cap.
fn router(reps: usize, strategy: &str) -> Router {
    let mut text = String::from(
        r#"
lead { id text required }
queue triage { worked by sales }
calendar london { zone "Europe/London"    mon..fri 07:00-22:00 }
calendar berlin { zone "Europe/Berlin"    mon..fri 07:00-22:00 }
calendar york   { zone "America/New_York" mon..fri 00:00-20:00 }
route main { otherwise { assign pool sales_pool } }
"#,
    );
    writeln!(text, "pool sales_pool of sales {{ {strategy}  only reps on duty, under cap  cap 1_000_000 per week")
        .unwrap();
    writeln!(text, "  when empty queue triage }}\nteam sales {{").unwrap();
    for rep in 0..reps {
        let hours = ["london", "berlin", "york"][rep % 3];
        writeln!(text, "  rep r{rep} {{ weight {}  cap 1_000_000 per day  hours {hours} }}", 1 + rep % 4).unwrap();
    }
    text.push_str("}\n");
    let files = BTreeMap::from([("main.leadway".to_owned(), Arc::from(text.as_bytes()))]);
    let compiled = load::compile("main.leadway", &files).unwrap();
    Router::new(compiled.policy.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics)))
}

fn bench(c: &mut Criterion) {
    let found = Match { targets: vec![Target::Pool(PoolId(0))], ..Match::default() };
    let asked = Asked::default();
    for strategy in ["round robin weighted", "least loaded"] {
        let mut group = c.benchmark_group(strategy);
        group.throughput(Throughput::Elements(1));
        for reps in [50, 500, 10_000] {
            let router = router(reps, strategy);
            let mut state = State::new(router.crews());
            let mut lead = 0;
            group.bench_function(BenchmarkId::from_parameter(reps), |b| {
                b.iter(|| {
                    // A lead a second, over eight hours of a day, again and again.
                    lead += 1;
                    let at = Instant { micros: MORNING + lead % 28_800 * 1_000_000, offset: 0 };
                    let request = Request { found: &found, asked: &asked, at, lead: None, never: &[] };
                    black_box(router.crews().assign(&mut state, &request))
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
