#[path = "../src/ours.rs"] mod ours;
#[path = "../src/workload.rs"] mod workload;
use leadway::graph::{Codes, Graph};
use leadway::matcher::Matcher;
use leadway::policy::Instant;
use std::hint::black_box;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mode = args[1].as_str();
    let rules = workload::rules(args[2].parse().unwrap());
    let rounds: usize = args[3].parse().unwrap();
    let leads = workload::leads(2000);
    let policy = ours::policy(&rules);
    if mode == "build" { for _ in 0..rounds { black_box(Graph::build(&policy)); } return; }
    let graph = Graph::build(&policy);
    let typed: Vec<_> = leads.iter().map(|lead| ours::lead(lead)).collect();
    let mut coded: Vec<Codes> = typed.iter().map(|values| { let mut codes = graph.coder.codes(); graph.coder.fields(values, &mut codes); codes }).collect();
    let clock = graph.clock(Instant { micros: 0, offset: 0 }, &[]);
    let mut matcher = Matcher::new(&graph);
    let mut codes = graph.coder.codes();
    for _ in 0..rounds {
        match mode {
            "coded" => for codes in &mut coded { black_box(matcher.decide(codes, &clock, &[], |_| None).outcome); },
            _ => for values in &typed { codes.clear(); graph.coder.fields(values, &mut codes); black_box(&codes); },
        }
    }
}
