//! What proofs cost: rules shaped like territories, narrow rules of every kind, decision tables.
//!
//! `cargo bench --bench analysis` prints the time of each question once a policy is read and checked, one thread. With
//! `-- --dump FOLDER` it writes the policies as text instead.

#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

use leadway::analysis::{Budget, Prover, Space};
use shapes::{narrow, policy, table, territories};
use std::collections::BTreeMap;
use std::time::Instant;

mod shapes;

fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{name:<58} {:>10.2} ms", start.elapsed().as_secs_f64() * 1e3);
    result
}

fn measure(name: &str, text: &str) {
    let policy = policy(text);
    let space = timed(&format!("{name}: space"), || Space::new(&[&policy]));
    drop(space);
    let budget = Budget::until({
        let start = Instant::now();
        move || start.elapsed().as_secs() > 60
    });
    let mut prover = Prover::new(&policy, &budget);
    let (way, gap) = timed(&format!("{name}: shadows and gap"), || prover.shadows_and_gap()).unwrap();
    let steps = |live: Option<bool>| way.live.iter().filter(|found| **found == live).count();
    println!("{:<58} {} take no lead, {} undecided, a gap: {gap:?}", "", steps(Some(false)), steps(None));
    let mut prover = Prover::new(&policy, &budget);
    let mut way = prover.rules_in_order().unwrap();
    prover.find_shadows(&mut way);
    timed(&format!("{name}: conflicts that really happen"), || prover.conflicts(&way));
    timed(&format!("{name}: rules that change nothing"), || prover.redundant(&way));
    timed(&format!("{name}: rows that overlap"), || prover.table_overlaps());
    let told = timed(&format!("{name}: everything"), || Prover::new(&policy, &budget).run());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    told.diagnostics.iter().for_each(|told| *counts.entry(told.code).or_default() += 1);
    println!("{:<58} {counts:?}, undecided {}", "", told.undecided.len());
    for undecided in told.undecided.iter().take(3) {
        println!("{:<58} {}: {}", "", undecided.what, undecided.why);
    }
}

fn main() {
    let all = [
        ("territory-shaped, 1,000", territories(1_000)),
        ("territory-shaped, 10,000", territories(10_000)),
        ("narrow mixed, 1,000", narrow(1_000)),
        ("narrow mixed, 10,000", narrow(10_000)),
        ("table, 1,500 x 7", table(1_500)),
    ];
    let arguments: Vec<String> = std::env::args().collect();
    let dump = arguments.iter().position(|argument| argument == "--dump").and_then(|at| arguments.get(at + 1));
    for (name, text) in &all {
        match dump {
            Some(folder) => {
                let name = name.replace([' ', ','], "");
                std::fs::write(format!("{folder}/{name}.leadway"), text).unwrap();
            }
            None => measure(name, text),
        }
    }
}
