//! `leadway mutate`: the mistakes in a policy that no test would notice.

mod report;
mod results;

use super::diff::versions;
use super::{Exit, Failure, output};
use crate::analysis::Budget;
use crate::diff::parts::{self, How, Side};
use crate::policy::Policy;
use crate::source::{Sources, Span};
use crate::suite::mutate::{self, Fate, Mutant, Score};
use crate::suite::{Suite, Verdict};
use crate::world;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use results::Results;
use std::collections::HashSet;
use std::num::NonZero;
use std::path::PathBuf;

/// Try the tests on the policy with mistakes put in, and list the mistakes that no test notices
#[derive(Debug, Args)]
#[command(after_help = "\
Each mutant is the policy with one mistake as people make them: a boundary off by one, an entry of a list lost, `and` for `or`, `not` or \
a condition lost, two neighbouring rules swapped, a rule gone, another pool, queue or SLA, a priority, the points of a score or a day off \
by one, twice the time that an SLA promises or a pool waits, or the wrong unit of it, a later warning, one more reassignment. Of lists and \
tables with many entries twelve are tried, evenly chosen. A mutant is killed where a test fails on it. Those that \
are proved to route every lead as the policy does are left out; the score is what is killed of the rest.

Exit codes: 0 the score is at least that of --fail-under, or there is nothing to try, 1 it is less, 2 could not run, or tests fail as it is

Examples:
  leadway mutate main.leadway
  leadway mutate main.leadway --since main --fail-under 90
  leadway mutate main.leadway --resume mutants.json --format json")]
pub struct Arguments {
    /// The policy
    policy: PathBuf,
    /// Only mistakes in what has changed since this revision of git
    #[arg(long, value_name = "REVISION")]
    since: Option<String>,
    /// Keep results in this file as they come, and take from it those of the same policy and tests
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Fail where less than this much of a hundred is noticed
    #[arg(long, value_name = "PERCENT", default_value_t = 100.0)]
    fail_under: f64,
    /// How the result is written
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Seconds after which no more is proved: what no test notices is listed then, though it may change nothing
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    budget: f64,
    /// How many threads run; as many as the machine has if not given
    #[arg(long, value_name = "N")]
    threads: Option<NonZero<usize>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: the mistakes that no test notices
    Human,
    /// One object with `mutants` and `summary`
    Json,
}

/// Mutants that are written down at once: what an interrupted run has to do again at most.
const SAVED: usize = 64;

/// What was tried, and what became of it.
struct Run<'a> {
    policy: &'a Policy,
    sources: &'a Sources,
    /// In the order of the policy.
    fates: Vec<(&'a Mutant, &'a Fate)>,
    score: Score,
    since: Option<&'a str>,
    /// What the revision has and the policy has not.
    gone: Vec<String>,
}

/// The mutants that were asked for, by their places.
struct Chosen {
    places: Vec<usize>,
    gone: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if !(0.0..=100.0).contains(&arguments.fail_under) {
        return Err(Failure::new(format!("`{}` is no share from 0 to 100", arguments.fail_under)));
    }
    let (policy, sources) = output::testable(&arguments.policy)?;
    let threads = arguments.threads.or(NonZero::new(world::threads())).unwrap_or(NonZero::<usize>::MIN);
    let suite = Suite::new(&policy);
    passes(&suite, &policy, threads, arguments)?;

    let mutants = mutate::mutants(&policy);
    let Chosen { places: chosen, gone } = chosen(arguments, &policy, &sources, &mutants)?;
    let mut results = match &arguments.resume {
        Some(path) => Results::open(path, &policy, mutants.len())?,
        None => Results::new(&policy, mutants.len()),
    };
    let open: Vec<usize> = chosen.iter().copied().filter(|at| results.of(*at).is_none()).collect();
    let (watch, seconds) = (world::Watch::start(), arguments.budget);
    let budget = Budget::until(move || watch.seconds() > seconds);
    let bar = progress(chosen.len(), chosen.len() - open.len());
    let mut failed = None;
    let mut since_saved = 0;
    mutate::run(&suite, &policy, &mutants, &open, (threads, &budget), &mut |at, fate| {
        results.enter(at, fate);
        bar.inc(1);
        since_saved += 1;
        if let Some(path) = arguments.resume.as_ref().filter(|_| since_saved >= SAVED) {
            failed = failed.take().or(results.save(path).err());
            since_saved = 0;
        }
    });
    bar.finish_and_clear();
    if let Some(path) = &arguments.resume {
        results.save(path)?;
    }
    if let Some(failure) = failed {
        return Err(failure);
    }

    let fates: Vec<(&Mutant, &Fate)> =
        chosen.iter().filter_map(|at| Some((mutants.get(*at)?, results.of(*at)?))).collect();
    let score = Score::of(fates.iter().map(|(_, fate)| *fate));
    let run = Run { policy: &policy, sources: &sources, fates, score, since: arguments.since.as_deref(), gone };
    match arguments.format {
        Format::Human => output::print(&report::human(&run))?,
        Format::Json => output::print_json(&report::json(&run))?,
    }
    let is_under = score.percent().is_some_and(|percent| percent < arguments.fail_under);
    Ok(if is_under { Exit::Findings } else { Exit::Fine })
}

/// Tests that fail already would notice everything.
fn passes(suite: &Suite, policy: &Policy, threads: NonZero<usize>, arguments: &Arguments) -> Result<(), Failure> {
    let shown = arguments.policy.display();
    if policy.tests.is_empty() {
        return Err(Failure::new(format!("`{shown}` has no test")).help(format!(
            "write tests for what `leadway test {shown} --allow-empty --coverage` says is not reached"
        )));
    }
    let all: Vec<usize> = (0..policy.tests.len()).collect();
    let verdicts = suite.run_all(policy, &all, threads);
    let failed: Vec<&Verdict> = verdicts.iter().filter(|verdict| !verdict.passed()).collect();
    let Some(first) = failed.first().and_then(|verdict| policy.tests.get(verdict.case)) else { return Ok(()) };
    let failing = match failed.len() {
        1 => format!("the test `{}` fails", first.title),
        count => format!("{count} tests fail, the first of them `{}`", first.title),
    };
    Err(Failure::new(format!("{failing} on the policy as it is"))
        .help(format!("`leadway test {shown}` says why; mend that first")))
}

fn chosen(arguments: &Arguments, policy: &Policy, sources: &Sources, mutants: &[Mutant]) -> Result<Chosen, Failure> {
    let Some(revision) = &arguments.since else {
        return Ok(Chosen { places: (0..mutants.len()).collect(), gone: Vec::new() });
    };
    let old = versions::in_commit(revision, &arguments.policy)?.read()?;
    let before = Side { policy: &old.policy, sources: &old.sources };
    let changed = parts::changes(before, Side { policy, sources });
    let text_of = |sources: &Sources, span: Span| {
        let file = sources.get(span.file);
        file.and_then(|file| file.text.get(span.start as usize..span.end as usize)).unwrap_or("").to_owned()
    };
    // A rule counts as changed also where only its text is another: what it means is then what the tests are to hold.
    let known: HashSet<String> = old.policy.rules.iter().map(|rule| text_of(&old.sources, rule.whole)).collect();
    let rewritten: Vec<Span> = policy.rules.iter().map(|rule| rule.whole).collect();
    let rewritten: Vec<Span> =
        rewritten.into_iter().filter(|whole| !known.contains(&text_of(sources, *whole))).collect();
    let is_changed = |mutant: &Mutant| {
        let at = mutant.span;
        rewritten.iter().any(|rule| rule.file == at.file && rule.start <= at.start && at.end <= rule.end)
            || changed.iter().any(|change| change.what == mutant.owner.what && change.name == mutant.owner.name)
    };
    let gone = changed.iter().filter(|change| matches!(change.how, How::Removed));
    Ok(Chosen {
        places: mutants.iter().enumerate().filter(|(_, mutant)| is_changed(mutant)).map(|(at, _)| at).collect(),
        gone: gone.map(|change| mutate::Owner { what: change.what, name: change.name.clone() }.words()).collect(),
    })
}

/// A bar on a terminal, nothing elsewhere.
fn progress(all: usize, done: usize) -> ProgressBar {
    if !world::is_watched() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {pos} of {len} mutants {eta}");
    let bar = ProgressBar::new(all as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_position(done as u64);
    bar
}
