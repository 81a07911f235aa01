//! Whole process: `leadway route` on NDJSON with 1,000 rules, beside reading the same file into typed structs with sonic-rs alone.
//!
//! `cargo bench --bench route [-- LEADS]`. The two take turns, so that both meet the same machine; medians and their ratios are printed, of
//! the time that passed and, on Linux, of the processor time of all threads, which a busy machine disturbs less.

#![expect(clippy::disallowed_methods, reason = "a bench reads the clock and writes files")]

mod numbers;

use numbers::Random;
use serde::Deserialize;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const RULES: usize = 1_000;
const ROUNDS: usize = 7;

/// What sonic-rs reads a line into: the fields of the policy, borrowed where they can be.
#[derive(Deserialize)]
#[allow(dead_code, reason = "read to be measured")]
struct Lead<'a> {
    id: &'a str,
    created_at: &'a str,
    email: &'a str,
    company: &'a str,
    title: &'a str,
    country: &'a str,
    employees: i64,
    revenue: Option<i64>,
    industry: &'a str,
    source: &'a str,
    language: &'a str,
    intent: i64,
    plan: &'a str,
    role: &'a str,
}

impl Random {
    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

const COUNTRIES: [&str; 20] = [
    "US", "GB", "DE", "FR", "ES", "IT", "NL", "SE", "NO", "DK", "FI", "PL", "PT", "IE", "AT", "CH", "BE", "CA", "AU",
    "JP",
];
const INDUSTRIES: [&str; 10] =
    ["fintech", "saas", "healthcare", "retail", "media", "energy", "telecom", "public", "travel", "other"];
const SOURCES: [&str; 6] = ["demo_request", "contact_us", "mql", "event", "outbound", "partner_referral"];
const LANGUAGES: [&str; 8] = ["en", "de", "fr", "es", "it", "nl", "sv", "pt"];
const PLANS: [&str; 4] = ["starter", "team", "business", "enterprise"];
const ROLES: [&str; 8] = ["ceo", "cto", "cfo", "vp_sales", "manager", "engineer", "student", "analyst"];
const TITLES: [&str; 4] = ["Head of Sales", "Chief Executive Officer", "Software Engineer", "Student"];

fn policy(random: &mut Random) -> String {
    let mut text = format!(
        "lead {{\n  id text required\n  created_at time\n  email email\n  company text\n  title text\n  country country\n  employees integer 0..\n  revenue integer 0..\n  industry one of {}\n  source one of {}\n  language language\n  intent integer 0..100\n  plan one of {}\n  role one of {}\n}}\n",
        INDUSTRIES.join(", "),
        SOURCES.join(", "),
        PLANS.join(", "),
        ROLES.join(", ")
    );
    for queue in 0..50 {
        let _ = writeln!(text, "queue q{queue}");
    }
    text.push_str("sla fast { respond within 5 minutes }\nroute main {\n");
    for rule in 0..RULES {
        let mut conditions = vec![format!("country in {}, {}", random.of(&COUNTRIES), random.of(&COUNTRIES))];
        for _ in 0..1 + random.below(3) {
            conditions.push(match random.below(8) {
                0 => format!("industry = {}", random.of(&INDUSTRIES)),
                1 => format!("source = {}", random.of(&SOURCES)),
                2 => format!("language = {}", random.of(&LANGUAGES)),
                3 => format!("plan = {}", random.of(&PLANS)),
                4 => format!("role = {}", random.of(&ROLES)),
                5 => format!("employees in {}..{}", random.below(40) * 50, 2_000 + random.below(60) * 50),
                6 => format!("intent >= {}", 10 + random.below(90)),
                _ => format!("revenue >= {}", (1 + random.below(50)) * 1_000_000),
            });
        }
        let (conditions, queue) = (conditions.join(" and "), random.below(50));
        let _ = writeln!(text, "  rule \"Rule {rule}\" {{ match {conditions}  assign queue q{queue}  sla fast }}");
    }
    text.push_str("  otherwise { assign queue q0 }\n}\n");
    text
}

fn write_leads(path: &Path, leads: usize, random: &mut Random) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    for lead in 0..leads {
        let (day, hour, minute) = (1 + lead % 28, lead % 24, lead % 60);
        let revenue =
            if random.below(10) == 0 { String::new() } else { format!("\"revenue\":{},", random.below(100_000_000)) };
        writeln!(
            out,
            "{{\"id\":\"lead-{lead:08}\",\"created_at\":\"2026-03-{day:02}T{hour:02}:{minute:02}:00Z\",\"email\":\"person{lead}@company{}.example\",\"company\":\"Company {} GmbH\",\"title\":\"{}\",\"country\":\"{}\",\"employees\":{},{revenue}\"industry\":\"{}\",\"source\":\"{}\",\"language\":\"{}\",\"intent\":{},\"plan\":\"{}\",\"role\":\"{}\"}}",
            random.below(200_000),
            random.below(200_000),
            random.of(&TITLES),
            random.of(&COUNTRIES),
            random.below(6_000),
            random.of(&INDUSTRIES),
            random.of(&SOURCES),
            random.of(&LANGUAGES),
            random.below(101),
            random.of(&PLANS),
            random.of(&ROLES)
        )?;
    }
    out.flush()
}

/// Reads every line into a [`Lead`], one thread, one buffer.
fn sonic(path: &Path) -> usize {
    let mut file = BufReader::with_capacity(1 << 20, std::fs::File::open(path).expect("the leads are there"));
    let (mut line, mut leads) = (Vec::new(), 0);
    while file.read_until(b'\n', &mut line).expect("a file can be read") > 0 {
        black_box(sonic_rs::from_slice::<Lead>(&line).expect("a generated lead"));
        leads += 1;
        line.clear();
    }
    leads
}

fn route(folder: &Path, threads: &str) {
    let done = Command::new(env!("CARGO_BIN_EXE_leadway"))
        .args(["route", "main.leadway", "--leads", "leads.ndjson", "--format", "ndjson", "--out", "out.ndjson"])
        .args(["--summary", "summary.json", "--threads", threads])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status()
        .expect("the binary runs");
    assert!(done.success());
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let leads = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut random = Random(7);
    std::fs::write(folder.path().join("main.leadway"), policy(&mut random)).expect("a file can be written");
    let path = folder.path().join("leads.ndjson");
    write_leads(&path, leads, &mut random).expect("a file can be written");
    let runs: [(&str, &dyn Fn()); 3] = [
        ("sonic-rs, reading only", &|| assert_eq!(sonic(&path), leads)),
        ("leadway route, one thread", &|| route(folder.path(), "1")),
        ("leadway route, two threads", &|| route(folder.path(), "2")),
    ];
    let mut times = runs.map(|_| (Vec::new(), Vec::new()));
    for _ in 0..ROUNDS {
        for ((_, run), (passed, used)) in runs.iter().zip(&mut times) {
            // Every run writes a new file: to truncate one of 350 MB that is still in memory takes an eighth of a second.
            let _ = std::fs::remove_file(folder.path().join("out.ndjson"));
            let (start, start_used) = (Instant::now(), processor_seconds());
            run();
            passed.push(start.elapsed().as_secs_f64());
            used.push(processor_seconds() - start_used);
        }
    }
    println!("{leads} leads, {RULES} rules, median of {ROUNDS} rounds\n");
    println!("| program | seconds | ns a lead | of sonic-rs | processor seconds | of sonic-rs |");
    println!("|---|---|---|---|---|---|");
    let medians = times.map(|(passed, used)| (median(passed), median(used)));
    let (read, read_used) = medians[0];
    for ((name, _), (passed, used)) in runs.iter().zip(medians) {
        let each = passed * 1e9 / leads as f64;
        println!("| {name} | {passed:.3} | {each:.0} | {:.2} | {used:.2} | {:.2} |", passed / read, used / read_used);
    }
}

/// What this process and those that it waited for have used so far: proc(5), /proc/pid/stat, in hundredths of a second.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    behind_name.split_whitespace().skip(11).take(4).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
