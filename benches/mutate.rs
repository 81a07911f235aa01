//! Whole process: `leadway mutate` on a policy of 200 rules with 500 tests.
//!
//! `cargo bench --bench mutate [-- RULES TESTS]`. Prints the seconds of each round, the median and the last line of the output.

#![expect(clippy::disallowed_methods, reason = "a bench reads the clock and writes files")]

mod numbers;

use numbers::Random;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const ROUNDS: usize = 3;
const COUNTRIES: [&str; 12] = ["DE", "FR", "GB", "US", "CA", "AT", "CH", "ES", "IT", "NL", "PL", "JP"];
const INDUSTRIES: [&str; 5] = ["fintech", "saas", "health", "retail", "energy"];
const SOURCES: [&str; 5] = ["demo", "contact", "event", "partner", "mql"];
const TITLES: [&str; 4] = ["vp", "chief", "head", "manager"];

impl Random {
    /// Some of a list, in its order.
    fn some(&mut self, of: &[&str], most: usize) -> String {
        let from = self.below(of.len() - 1);
        let count = 1 + self.below(most);
        of[from..].iter().take(count).copied().collect::<Vec<_>>().join(", ")
    }
}

fn policy(random: &mut Random, rules: usize) -> String {
    let mut text = format!(
        "lead {{\n  id text required\n  country country\n  employees integer 0..\n  revenue money in USD\n  \
         industry one of {}\n  source one of {}\n  title text\n}}\n",
        INDUSTRIES.join(", "),
        SOURCES.join(", ")
    );
    text.push_str("team sales { rep ana \"ana@acme.test\"  rep ben \"ben@acme.test\" }\n");
    (0..20).for_each(|queue| _ = writeln!(text, "queue q{queue} {{ worked by sales }}"));
    text.push_str("sla fast { respond within 1 hour on breach { notify assignee } }\n");
    text.push_str("sla slow { respond within 1 day on breach { notify assignee } }\n");
    text.push_str("segments size { large when employees >= 1000  mid when employees in 100..999  small otherwise }\n");
    text.push_str("route main {\n");
    for rule in 0..rules {
        let first = random.below(6);
        let asked: Vec<String> = (0..2 + random.below(2))
            .map(|part| match (first + part) % 6 {
                0 => format!("country in {}", random.some(&COUNTRIES, 5)),
                1 => {
                    let low = random.below(40) * 50;
                    format!("employees in {low}..{}", low + (1 + random.below(20)) * 50 - 1)
                }
                2 => format!("industry in {}", random.some(&INDUSTRIES, 3)),
                3 => format!("source in {}", random.some(&SOURCES, 3)),
                4 => format!("revenue >= {}", (1 + random.below(50)) * 10_000),
                _ => format!("title contains \"{}\"", TITLES[random.below(TITLES.len())]),
            })
            .collect();
        let (queue, sla) = (random.below(20), ["fast", "slow"][random.below(2)]);
        let asked = asked.join(" and ");
        let _ = writeln!(text, "  rule \"R{rule:03}\" {{ match {asked}  assign queue q{queue}  sla {sla} }}");
    }
    text.push_str("  otherwise { assign queue q0  sla slow }\n}\n");
    text
}

/// Leads as tests, with what comes of each.
fn tests(random: &mut Random, folder: &Path, count: usize) -> String {
    let mut leads = "id,country,employees,industry,source,revenue,title\n".to_owned();
    let mut written = Vec::new();
    for id in 0..count {
        let country = COUNTRIES[random.below(COUNTRIES.len())];
        let employees = random.below(60) * 50 + [0, 1, 49][random.below(3)];
        let (industry, source) = (INDUSTRIES[random.below(5)], SOURCES[random.below(5)]);
        let (revenue, title) = (random.below(50) * 10_000, TITLES[random.below(TITLES.len())]);
        let _ = writeln!(leads, "L{id},{country},{employees},{industry},{source},{revenue},{title}");
        written.push(format!(
            "id \"L{id}\", country {country}, employees {employees}, industry {industry}, source {source}, \
             revenue {revenue}, title \"{title}\""
        ));
    }
    std::fs::write(folder.join("leads.csv"), leads).unwrap();
    let decided = leadway(folder, "route main.leadway --leads leads.csv --at 2026-01-05T12:00Z --format ndjson");
    let tests = decided.lines().zip(written).enumerate().map(|(id, (line, lead))| {
        let decision: serde_json::Value = serde_json::from_str(line).unwrap();
        let (rule, queue) = (decision["rule"].as_str().unwrap(), decision["queue"].as_str().unwrap());
        let rule = if rule == "otherwise" { rule.to_owned() } else { format!("rule \"{rule}\"") };
        format!("test \"L{id}\" {{ lead {{ {lead} }}  expect {rule}, queue {queue} }}\n")
    });
    tests.collect()
}

fn leadway(folder: &Path, line: &str) -> String {
    let ran = Command::new(env!("CARGO_BIN_EXE_leadway")).args(line.split(' ')).current_dir(folder).output().unwrap();
    String::from_utf8(ran.stdout).unwrap()
}

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|size| size.parse().ok()).collect();
    let (rules, count) = (sizes.first().copied().unwrap_or(200), sizes.get(1).copied().unwrap_or(500));
    let mut random = Random(7);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.leadway"), policy(&mut random, rules)).unwrap();
    let tests = tests(&mut random, folder.path(), count);
    std::fs::write(folder.path().join("main.test.leadway"), tests).unwrap();
    let mut seconds = Vec::new();
    let mut last = String::new();
    for round in 0..ROUNDS {
        let watch = Instant::now();
        let out = leadway(folder.path(), "mutate main.leadway --threads 2");
        seconds.push(watch.elapsed().as_secs_f64());
        println!("round {round}: {:.2} s", seconds[round]);
        last = out.lines().last().unwrap_or_default().to_owned();
    }
    seconds.sort_by(f64::total_cmp);
    println!("median {:.2} s\n{last}", seconds[ROUNDS / 2]);
}
