//! Deciding leads with Leadway and with other engines: the same rules, the same leads, the same answers.
//!
//! Rounds of all engines are interleaved, so that a change of the machine's mood meets all of them; the figures are medians.

mod ours;
mod workload;

use cpu_time::ThreadTime;
use leadway::graph::{Codes, Graph};
use leadway::matcher::{Match, Matcher, Outcome};
use leadway::policy::{Instant, Target};
use std::hint::black_box;

const LEADS: usize = 10_000;

fn main() {
    for rules in [10, 100, 1_000, 10_000] {
        compare(rules);
    }
}

fn compare(count: usize) {
    let rules = workload::rules(count);
    let leads = workload::leads(LEADS);
    let policy = ours::policy(&rules);
    let start = ThreadTime::now();
    let graph = Graph::build(&policy);
    let build = start.elapsed();
    let typed: Vec<_> = leads.iter().map(|lead| ours::lead(lead)).collect();
    let mut coded: Vec<Codes> = typed
        .iter()
        .map(|values| {
            let mut codes = graph.coder.codes();
            graph.coder.fields(values, &mut codes);
            codes
        })
        .collect();
    let clock = graph.clock(Instant { micros: 0, offset: 0 }, &[]);
    let mut matcher = Matcher::new(&graph);
    let found: Vec<_> = coded.iter_mut().map(|codes| target(matcher.decide(codes, &clock, &[], |_| None))).collect();
    let hits = found.iter().filter(|found| found.is_some()).count();
    println!("rules {count}: build {:.2} ms, index {} KiB, {hits} of {LEADS} leads matched", build.as_secs_f64() * 1e3, graph.size() / 1024);
    let mut coded_times = Vec::new();
    let mut typed_times = Vec::new();
    let mut code_times = Vec::new();
    for _ in 0..31 {
        coded_times.push(per_lead(|| {
            for codes in &mut coded {
                black_box(matcher.decide(codes, &clock, &[], |_| None).outcome);
            }
        }));
        let mut codes = graph.coder.codes();
        typed_times.push(per_lead(|| {
            for values in &typed {
                codes.clear();
                graph.coder.fields(values, &mut codes);
                black_box(matcher.decide(&mut codes, &clock, &[], |_| None).outcome);
            }
        }));
        code_times.push(per_lead(|| {
            for values in &typed {
                codes.clear();
                graph.coder.fields(values, &mut codes);
                black_box(&codes);
            }
        }));
    }
    println!("  coded {:.1} ns, code {:.1} ns, typed {:.1} ns", median(coded_times), median(code_times), median(typed_times));
}

fn target(found: &Match) -> Option<u32> {
    match (found.outcome, found.targets.first()) {
        (Outcome::Rule(_), Some(Target::Queue(queue))) => Some(queue.0),
        _ => None,
    }
}

fn per_lead(run: impl FnOnce()) -> f64 {
    let start = ThreadTime::now();
    run();
    start.elapsed().as_secs_f64() * 1e9 / LEADS as f64
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
