//! Deciding leads with Leadway and with GoRules' zen-engine: the same rules, the same leads, the same answers.
//!
//! Rounds of the engines are interleaved, so that the machine's mood meets both alike, and timed by the processor time of the
//! thread; the figures are medians. Run with `cargo run --release`, and numbers of rules as arguments where others are wanted.

mod ours;
mod workload;
mod zen;

use cpu_time::ThreadTime;
use leadway::graph::{Codes, Graph};
use leadway::matcher::{Match, Matcher, Outcome};
use leadway::policy::{Instant, Target};
use std::hint::black_box;
use workload::Shape;

const LEADS: usize = 10_000;
const ROUNDS: usize = 21;
/// Leads that the other engine decides in a round, its table as loaded and compiled; others each round.
const SLOW_LEADS: [usize; 2] = [20, LEADS / ROUNDS];

fn main() {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|count| count.parse().ok()).collect();
    let counts = if asked.is_empty() { vec![10, 100, 1_000, 10_000] } else { asked };
    println!("{LEADS} leads of 14 fields; nanoseconds a lead, median of {ROUNDS} interleaved rounds, one thread\n");
    println!(
        "| rules | shape | coded | typed | zen-engine | zen / coded | zen / typed | build ms | index KiB | matched |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for count in counts {
        [Shape::Territories, Shape::Broad].into_iter().for_each(|shape| compare(shape, count));
    }
}

fn compare(shape: Shape, count: usize) {
    let rules = workload::rules(shape, count);
    let leads = workload::leads(LEADS);
    let policy = ours::policy(&rules);
    let graph = Graph::build(&policy);
    let typed: Vec<_> = leads.iter().map(|lead| ours::lead(lead)).collect();
    let code = |values: &Vec<_>| {
        let mut codes = graph.coder.codes();
        graph.coder.fields(values, &mut codes);
        codes
    };
    let mut coded: Vec<Codes> = typed.iter().map(code).collect();
    let clock = graph.clock(Instant { micros: 0, offset: 0 }, &[]);
    let mut matcher = Matcher::new(&graph);
    let mut codes = graph.coder.codes();

    let engines = [zen::Form::Loaded, zen::Form::Compiled].map(|form| zen::decision(&rules, form));
    let variables: Vec<_> = leads.iter().map(|lead| zen::lead(lead)).collect();
    let mut matched = 0;
    for (at, (codes, lead)) in coded.iter_mut().zip(&variables).enumerate() {
        let ours = target(matcher.decide(codes, &clock, &[], |_| None));
        for zen in &engines[usize::from(at % 100 > 0)..] {
            assert_eq!(ours, zen::target(zen, lead), "lead {at} of {count} rules");
        }
        matched += usize::from(ours.is_some());
    }

    let (mut coded_times, mut typed_times, mut zen_times) = (Vec::new(), Vec::new(), [Vec::new(), Vec::new()]);
    for round in 0..ROUNDS {
        coded_times.push(per_lead(LEADS, || {
            for codes in &mut coded {
                black_box(matcher.decide(codes, &clock, &[], |_| None).outcome);
            }
        }));
        typed_times.push(per_lead(LEADS, || {
            for values in &typed {
                codes.clear();
                graph.coder.fields(values, &mut codes);
                black_box(matcher.decide(&mut codes, &clock, &[], |_| None).outcome);
            }
        }));
        for ((zen, leads), times) in engines.iter().zip(SLOW_LEADS).zip(&mut zen_times) {
            times.push(per_lead(leads, || {
                for lead in variables.iter().skip(round * leads).take(leads) {
                    black_box(zen::target(zen, lead));
                }
            }));
        }
    }
    let (coded, typed) = (median(coded_times), median(typed_times));
    let [loaded, compiled] = zen_times.map(median);
    println!(
        "| {count} | {shape:?} | {coded:.1} | {typed:.1} | {loaded:.0} | {:.0} | {:.0} | {compiled:.0} | {:.0} | {:.0} | {matched} |",
        loaded / coded,
        loaded / typed,
        compiled / coded,
        compiled / typed,
    );
}

fn target(found: &Match) -> Option<u32> {
    match (found.outcome, found.targets.first()) {
        (Outcome::Rule(_), Some(Target::Queue(queue))) => Some(queue.0),
        _ => None,
    }
}

fn per_lead(leads: usize, run: impl FnOnce()) -> f64 {
    let start = ThreadTime::now();
    run();
    start.elapsed().as_secs_f64() * 1e9 / leads as f64
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
