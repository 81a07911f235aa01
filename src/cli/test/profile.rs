//! `leadway test --profile` and `--bench`: what rules cost and take, and how long a decision takes.

use crate::policy::{Policy, RuleId};
use crate::suite::profile::Profile;
use crate::world::Watch;
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

/// One rule, over the leads of the tests.
#[derive(Debug, Serialize)]
pub struct RuleCost {
    /// As it is called in the policy; an `otherwise` with its route.
    rule: String,
    /// Leads that came to it, and those of them that it took.
    came: u32,
    took: u32,
    /// Questions that its condition has, times the leads that came.
    questions: u64,
    /// Of the time that all rules take, of a hundred. It is measured.
    time_percent: f64,
}

/// How long a decision takes, in nanoseconds; each is the median of [`ROUNDS`].
#[derive(Debug, Serialize)]
pub struct Bench {
    leads: usize,
    /// Decisions that each median is of.
    decisions: usize,
    /// From a lead's values to a rule, its target and its SLA.
    match_ns: f64,
    /// With its records looked up before, and a rep picked after.
    decide_ns: f64,
}

/// How often each measurement is taken.
const ROUNDS: usize = 7;
/// How long a round is at least, in seconds.
const ROUND: f64 = 0.02;

pub fn rules(profile: &Profile, policy: &Policy) -> Vec<RuleCost> {
    let shares = profile.shares();
    let costs: Vec<f64> = shares
        .iter()
        .map(|share| if share.came == 0 { 0.0 } else { seconds(ROUND / 4.0, 3, &mut || profile.ask(share.rule)).0 })
        .collect();
    let all: f64 = costs.iter().sum();
    let percent = |cost: f64| if all > 0.0 { (cost * 1000.0 / all).round() / 10.0 } else { 0.0 };
    let cost = |(share, cost): (&crate::suite::profile::Share, &f64)| RuleCost {
        rule: name(policy, share.rule),
        came: share.came,
        took: share.took,
        questions: share.questions,
        time_percent: percent(*cost),
    };
    shares.iter().zip(&costs).map(cost).collect()
}

pub fn bench(profile: &Profile) -> Bench {
    let leads = profile.leads();
    let each = |(seconds, _): (f64, usize)| if leads == 0 { 0.0 } else { seconds * 1e9 / leads as f64 };
    let matched = seconds(ROUND, ROUNDS, &mut || profile.match_all());
    let decided = seconds(ROUND, ROUNDS, &mut || profile.decide_all());
    let decisions = leads * ROUNDS * matched.1.min(decided.1);
    Bench { leads, decisions, match_ns: each(matched).round(), decide_ns: each(decided).round() }
}

/// How long one run takes, as the median over rounds, and how many runs a round was.
fn seconds(round: f64, rounds: usize, run: &mut dyn FnMut() -> usize) -> (f64, usize) {
    let mut times = 1;
    while took(times, run) < round && times < 1 << 24 {
        times *= 2;
    }
    let mut all: Vec<f64> = (0..rounds).map(|_| took(times, run)).collect();
    all.sort_by(f64::total_cmp);
    (all.get(rounds / 2).copied().unwrap_or_default() / times as f64, times)
}

fn took(times: usize, run: &mut dyn FnMut() -> usize) -> f64 {
    let watch = Watch::start();
    for _ in 0..times {
        std::hint::black_box(run());
    }
    watch.seconds()
}

fn name(policy: &Policy, id: RuleId) -> String {
    let Some(rule) = policy.rules.get(id.at()) else { return String::new() };
    match rule.otherwise {
        false => format!("\"{}\"", rule.title),
        true => {
            let route = policy.routes.get(rule.route.at()).map_or("", |route| route.name.as_str());
            format!("otherwise of {route}")
        }
    }
}

pub fn rules_told(rules: &[RuleCost]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["rule", "came", "took", "questions", "time"]);
    for one in rules {
        let cells = [one.came.to_string(), one.took.to_string(), one.questions.to_string()];
        table.add_row([one.rule.clone()].into_iter().chain(cells).chain([format!("{:.1}%", one.time_percent)]));
    }
    for column in 1..5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("\nleads of the tests, rule by rule\n{}\n", table.trim_fmt())
}

pub fn bench_told(bench: &Bench) -> String {
    let Bench { leads, decisions, match_ns, decide_ns } = bench;
    format!(
        "\n{leads} leads, {decisions} decisions: {match_ns:.0} ns to match one, {decide_ns:.0} ns to decide it with its records and its rep\n"
    )
}
