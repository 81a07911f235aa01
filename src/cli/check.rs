//! `leadway check`: everything that can be found before a lead arrives.

mod baseline;
mod demand;
mod fix;

use super::{Exit, Failure, output, watch};
use crate::accepted::{self, Accepted, baseline::Baseline};
use crate::analysis::{Budget, Prover, Told, Undecided};
use crate::diagnostic::Diagnostic;
use crate::load::Compiled;
use crate::policy::{Instant, Policy};
use crate::{staffing, world};
use chrono::{Datelike, NaiveDate};
use clap::Args;
use std::path::PathBuf;

/// Check a policy and everything that it names
#[derive(Debug, Args)]
#[command(
    after_help = "A finding that is meant as it is may stay: `# allow CODE: reason` at the end of its line, or on the line above.

Exit codes: 0 no errors, 1 errors (with --deny-warnings also warnings; with --fix --diff also fixes), 2 could not run

Examples:
  leadway check main.leadway
  leadway check main.leadway --watch
  leadway check main.leadway --format sarif > leadway.sarif
  leadway check main.leadway --baseline known.txt --write-baseline   start with what is there
  leadway check main.leadway --baseline known.txt                    show what is new
  leadway check main.leadway --fix --diff                            see what would be fixed
  leadway check main.leadway --fix
  leadway check main.leadway --from 2027-01-01                       look at next year's hours
  leadway check main.leadway --leads history.csv                     look at caps, too"
)]
pub struct Arguments {
    /// The policy, with all that it includes
    policy: PathBuf,
    /// How findings are written
    #[arg(long, value_enum, default_value = "human")]
    format: output::Findings,
    /// Exit with 1 for warnings too
    #[arg(long)]
    deny_warnings: bool,
    /// Check again whenever a file in the policy's folder changes, until interrupted
    #[arg(long, conflicts_with_all = ["fix", "write_baseline"])]
    watch: bool,
    /// Pass over the findings that this file knows, by code and by what they are about; errors that keep the policy from running stay
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the findings of today to the file of --baseline
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Seconds that the proofs may take; what is not decided by then is listed
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    budget: f64,
    /// The first day of the year in which hours and absences are looked at, such as `2027-01-01`; otherwise today
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// Leads of the past, to see whether the caps of pools and the languages of their people would do: CSV, NDJSON or JSON
    #[arg(long, value_name = "FILE")]
    leads: Option<PathBuf>,
    /// Prove nothing: read and check only
    #[arg(long)]
    no_proofs: bool,
    /// Also say which leads nothing but an `otherwise` takes
    #[arg(long)]
    catch_all: bool,
    /// Put the fixes that are proved to keep the meaning into the policy's files
    #[arg(long)]
    fix: bool,
    /// With --fix: change nothing, show the difference, and exit with 1 where there is one
    #[arg(long, requires = "fix", conflicts_with = "write_baseline")]
    diff: bool,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if arguments.watch {
        return watch::run(&arguments.policy, || once(arguments));
    }
    if arguments.fix && fix::run(&arguments.policy, arguments.budget, arguments.diff)? == Exit::Findings {
        return Ok(Exit::Findings);
    }
    if arguments.diff {
        return Ok(Exit::Fine);
    }
    once(arguments)
}

fn once(arguments: &Arguments) -> Result<Exit, Failure> {
    if let Some(from) = arguments.from.filter(|from| !(1970..2100).contains(&from.year())) {
        return Err(Failure::new(format!("`{from}` is not between 1970 and 2099"))
            .help("`--from` is the first day of a year that calendars know"));
    }
    let mut compiled = output::load_with_tests(&arguments.policy)?.compile();
    let baseline = match &arguments.baseline {
        Some(path) if !arguments.write_baseline => Some(baseline::read(path)?),
        _ => None,
    };
    let told =
        if arguments.no_proofs { Told::default() } else { proved(&compiled, arguments.budget, arguments.catch_all) };
    let proved_claims = told.proved_claims;
    let (mut later, undecided) = beside(&mut compiled, told, arguments.from);
    if let (Some(leads), Some(policy)) = (&arguments.leads, &compiled.policy) {
        let known: Vec<String> = later.iter().map(|found| found.message.clone()).collect();
        later.extend(demand::findings(policy, leads)?.into_iter().filter(|found| !known.contains(&found.message)));
    }
    let Accepted { diagnostics, allowed, known, gone, baseline: all } =
        accepted::accept(&compiled, later, undecided, baseline.as_ref());
    if let Some(path) = arguments.baseline.as_ref().filter(|_| arguments.write_baseline) {
        return baseline::write(path, &all, &diagnostics, &compiled);
    }
    output::print(&output::findings(&diagnostics, &compiled.sources, arguments.format, output::color_on_stdout()))?;
    if diagnostics.is_empty() && arguments.format == output::Findings::Human {
        output::say(&format!("{}: no findings\n", arguments.policy.display()));
    }
    if let Some(part) = compiled.part.as_ref().filter(|_| !arguments.no_proofs) {
        let parts = counted(part.left_out, "part with an error was", "parts with errors, or that name such, were");
        let wait = "gaps, conflicts, rules that could go and guarantees wait until the errors are mended";
        output::say(&format!("{parts} left out of the proofs; {wait}\n"));
    }
    if proved_claims > 0 {
        output::say(&format!(
            "{} proved\n",
            counted(proved_claims, "claim of a guarantee is", "claims of guarantees are")
        ));
    }
    if allowed > 0 {
        output::say(&format!("{} allowed by a comment\n", counted(allowed, "finding is", "findings are")));
    }
    if let Some(path) = &arguments.baseline {
        baseline::say(path, known, &gone);
    }
    Ok(output::verdict(&diagnostics, arguments.deny_warnings))
}

/// Everything that is found of a policy, but for what a comment allows or `known` knows; proofs get so many seconds.
pub(super) fn findings(compiled: &mut Compiled, seconds: f64, known: Option<&Baseline>) -> Accepted {
    let told = proved(compiled, seconds, false);
    let (later, undecided) = beside(compiled, told, None);
    accepted::accept(compiled, later, undecided, known)
}

/// What is found beside what compiling says, and what was not decided.
fn beside(compiled: &mut Compiled, told: Told, from: Option<NaiveDate>) -> (Vec<Diagnostic>, Vec<Undecided>) {
    if told.gap_decided {
        // What was proved says more, or that all is well.
        compiled.diagnostics.retain(|found| found.code != "no-otherwise");
    }
    let mut later = told.diagnostics;
    later.extend(staffed(compiled, from));
    (later, told.undecided)
}

/// What is proved of a policy within so many seconds; where it has errors, of what they do not touch.
fn proved(compiled: &Compiled, seconds: f64, catch_all: bool) -> Told {
    let prover = |policy| Prover { catch_all, ..Prover::new(policy, &within(seconds)) };
    match (&compiled.policy, &compiled.part) {
        (Some(policy), _) => prover(policy).run(),
        (None, Some(part)) => prover(&part.policy).run_part(part.all_leads),
        (None, None) => Told::default(),
    }
}

fn within(seconds: f64) -> Budget {
    let watch = world::Watch::start();
    Budget::until(move || watch.seconds() > seconds)
}

/// What the people and hours of a policy that has no error leave open in the year from a day on.
fn staffed(compiled: &Compiled, from: Option<NaiveDate>) -> Vec<Diagnostic> {
    let today = |policy: &Policy| Instant { micros: world::now(), offset: 0 }.date_in(policy.zone);
    let found = |policy: &Policy| staffing::findings(policy, from.unwrap_or_else(|| today(policy)));
    compiled.policy.as_ref().map(found).unwrap_or_default()
}

/// `1 finding is`, `2 findings are`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
