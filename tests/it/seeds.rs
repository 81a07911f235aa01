//! Property tests over numbered cases, and the long runs of them.
//!
//! A case is made of its number alone, so that one which fails can be run again: `LEADWAY_FIRST=3172 LEADWAY_CASES=1`. Long runs are
//! shared by all cores and go on behind a failure, so that one run tells of several. Their command is in CONTRIBUTING.md.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Failures that a run tells of.
const MOST_TOLD: usize = 20;

/// Holds a property for so many cases, or for those that the environment says. A case says whether it was one: a policy with too many
/// leads to go through is none.
pub fn each(name: &str, cases: u64, holds: impl Fn(u64) -> Result<bool, String> + Sync) {
    let asked = |variable: &str| std::env::var(variable).ok().map(|number| number.parse::<u64>().unwrap());
    let long = asked("LEADWAY_CASES");
    let cases = long.unwrap_or(cases);
    let first = asked("LEADWAY_FIRST").unwrap_or(0);
    let threads = match long {
        Some(_) => {
            asked("LEADWAY_THREADS").unwrap_or_else(|| std::thread::available_parallelism().unwrap().get() as u64)
        }
        None => 1,
    };
    let (next, ran) = (AtomicU64::new(0), AtomicU64::new(0));
    let failures = Mutex::new(Vec::new());
    let run = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= cases || failures.lock().unwrap().len() >= MOST_TOLD {
                return;
            }
            match holds(first + at) {
                Ok(is_one) => _ = ran.fetch_add(u64::from(is_one), Ordering::Relaxed),
                Err(why) => failures.lock().unwrap().push((first + at, why)),
            }
            if (at + 1).is_multiple_of(20_000) {
                let failed = failures.lock().unwrap().len();
                println!("{name}: {} of {cases} from {first}, {failed} failed", at + 1);
            }
        }
    };
    std::thread::scope(|scope| (0..threads).for_each(|_| _ = scope.spawn(run)));
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    let ran = ran.into_inner();
    println!(
        "{name}: numbers {first} to {}, {ran} compared, {} failed",
        first + next.into_inner().min(cases),
        failures.len()
    );
    for (seed, why) in failures.iter().skip(1) {
        println!("also seed {seed}: {}", why.lines().next().unwrap_or_default());
    }
    if let Some((seed, why)) = failures.first() {
        panic!("{name}, seed {seed}: {why}");
    }
    assert!(cases < 30 || ran * 6 > cases, "{name}: only {ran} of {cases} were compared");
}
