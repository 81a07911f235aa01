//! Whole process: `leadway simulate` on a history of a million leads with SLAs, pools with hours and caps, answers and outcomes.
//!
//! `cargo bench --bench simulate [-- LEADS]`. Prints the seconds of each round and the median.

#![expect(clippy::disallowed_methods, reason = "a bench reads the clock and writes files")]

mod numbers;

use numbers::Random;
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const ROUNDS: usize = 5;
const POOLS: usize = 10;
const REPS: usize = 50;

fn policy() -> String {
    let mut text = "policy \"A million leads\" { timezone \"Europe/London\" }\n\
        lead {\n  id text required\n  created_at time required\n  country country\n  employees integer 1..\n  source one of demo_request, contact_us, event, partner\n}\n\
        segment asking when source in demo_request, contact_us\n\
        calendar london { zone \"Europe/London\" mon..fri 09:00-17:30 }\n\
        calendar berlin { zone \"Europe/Berlin\" mon..fri 09:00-12:30, 13:30-18:00 }\n\
        calendar new_york { zone \"America/New_York\" mon..fri 08:30-17:00 }\n"
        .to_owned();
    for pool in 0..POOLS {
        let _ = writeln!(text, "team team_{pool} {{");
        for rep in 0..REPS {
            let (hours, weight) = (["london", "berlin", "new_york"][rep % 3], 1 + rep % 4);
            let _ = writeln!(
                text,
                "  rep r{pool}_{rep} \"r{pool}_{rep}@acme.test\" {{ hours {hours}  weight {weight}  cap 400 per day }}"
            );
        }
        text.push_str("}\n");
    }
    text.push_str("queue triage { worked by team_0 }\n");
    for pool in 0..POOLS {
        let _ = writeln!(
            text,
            "pool pool_{pool} of team_{pool} {{ round robin weighted  only reps on duty, under cap  when empty queue triage }}"
        );
    }
    text.push_str(
        "sla hot { respond within 10 minutes of business time of assignee  at 80% { notify assignee }\n  \
         on breach { notify assignee  reassign in pool, never to a rep who had it, at most 2 times, restart clock }  finally { recycle to queue triage } }\n\
         sla normal { respond within 2 hours of business time of assignee  on breach { notify assignee } }\n\
         goal \"Hot response\" for asking { median response <= 10 minutes, 95% of responses <= 30 minutes }\n\
         route main {\n",
    );
    for pool in 0..POOLS {
        let sla = if pool % 2 == 0 { "hot" } else { "normal" };
        let (low, high) = (1 + pool * 500, (pool + 1) * 500);
        let _ = writeln!(
            text,
            "  rule \"Rule {pool}\" {{ match employees in {low}..{high}  assign pool pool_{pool}  sla {sla} }}"
        );
    }
    text.push_str("  otherwise { assign pool pool_0  sla normal }\n}\n");
    text
}

fn write_history(path: &Path, leads: usize, random: &mut Random) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    writeln!(out, "id,created_at,country,employees,source,stage")?;
    // A year from 2026-01-05 on, in equal steps.
    let (start, step) = (1_767_571_200usize, 31_536_000 / leads.max(1));
    for lead in 0..leads {
        writeln!(
            out,
            "L{lead:07},{},{},{},{},{}",
            start + lead * step + random.below(step.max(1)),
            ["US", "GB", "DE", "FR", "ES"][random.below(5)],
            1 + random.below(5_200),
            ["demo_request", "contact_us", "event", "partner"][random.below(4)],
            ["Won", "Lost", "Open"][random.below(3)]
        )?;
    }
    out.flush()
}

fn simulate(folder: &Path) {
    let done = Command::new(env!("CARGO_BIN_EXE_leadway"))
        .args(["simulate", "main.leadway", "--leads", "history.csv", "--won", "stage=Won", "--lost", "stage=Lost"])
        .args(["--format", "json", "--html", "report.html"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the binary runs");
    assert!(done.success(), "the simulation failed");
}

fn main() {
    let leads = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder for the bench");
    std::fs::write(folder.path().join("main.leadway"), policy()).expect("a policy is written");
    write_history(&folder.path().join("history.csv"), leads, &mut Random(1)).expect("a history is written");
    let mut seconds: Vec<f64> = Vec::new();
    for round in 0..ROUNDS {
        let start = Instant::now();
        simulate(folder.path());
        seconds.push(start.elapsed().as_secs_f64());
        println!("round {}: {:.2} s", round + 1, seconds[round]);
    }
    seconds.sort_by(f64::total_cmp);
    println!("{leads} leads: {:.2} s, median of {ROUNDS}", seconds[ROUNDS / 2]);
}
