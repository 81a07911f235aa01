//! `leadway test`: the tests of a policy, and what came instead where one fails.

mod profile;
pub(super) mod report;
pub mod snapshots;
mod suggest;

use super::{Exit, Failure, output, watch};
use crate::diagnostic::{github, render};
use crate::policy::Policy;
use crate::source::Sources;
use crate::suite::coverage::{self, Coverage, Kind};
use crate::suite::profile::Profile;
use crate::suite::{self, Suite, Verdict};
use crate::world;
use clap::{Args, ValueEnum};
use snapshots::Compared;
use std::num::NonZero;
use std::path::PathBuf;

/// Run the tests of a policy: those in it, those in the `*.test.leadway` files beside it, and its snapshots
#[derive(Debug, Args)]
#[command(after_help = "\
Of `main.leadway` the tests are in every `*.test.leadway` of its folder, of another `x.leadway` in those that begin with `x.`. Snapshots (`leadway snapshot --help`) are compared where no filter is given.

Exit codes: 0 all pass, 1 some fail or too little is reached, 2 could not run or there is no test

Examples:
  leadway test main.leadway
  leadway test main.leadway --filter \"booth week\"
  leadway test main.leadway --watch
  leadway test main.leadway --coverage --fail-under rules=100
  leadway test main.leadway --coverage-html coverage.html
  leadway test main.leadway --profile --bench
  leadway test main.leadway --suggest --suggest-file more.test.leadway
  leadway test main.leadway --format junit > tests.xml")]
pub struct Arguments {
    /// The policy
    policy: PathBuf,
    /// Only tests whose title has this in it, in any case; may be given again
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,
    /// How the result is written
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Tell the tests that would run, and run none
    #[arg(long)]
    list: bool,
    /// A run without any test is fine
    #[arg(long)]
    allow_empty: bool,
    /// Tell what the tests reach: rules, conditions both ways, segments, territories and more
    #[arg(long)]
    coverage: bool,
    /// Write what the tests reach as LCOV, for editors and CI servers
    #[arg(long, value_name = "FILE")]
    coverage_lcov: Option<PathBuf>,
    /// Write what the tests reach as a page with the policy's text painted
    #[arg(long, value_name = "FILE")]
    coverage_html: Option<PathBuf>,
    /// Fail where less than this much is reached, of a hundred: of everything, or of one kind, as in `rules=100`; may be given again
    #[arg(long, value_name = "[KIND=]PERCENT", value_parser = Least::read)]
    fail_under: Vec<Least>,
    /// Tell how many of the tests' leads come to each rule, how many it takes, and its share of the time
    #[arg(long)]
    profile: bool,
    /// Tell how long a decision of the tests' leads takes
    #[arg(long)]
    bench: bool,
    /// Write tests for what no test reaches, each with what comes of its lead today; run none
    #[arg(long, conflicts_with_all = ["filter", "list", "watch", "coverage", "fail_under", "profile", "bench"])]
    suggest: bool,
    /// Write the suggested tests to this new file beside the policy, not to standard output
    #[arg(long, value_name = "FILE", requires = "suggest")]
    suggest_file: Option<PathBuf>,
    /// Seconds after which no more leads are looked for
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0, requires = "suggest")]
    budget: f64,
    /// How many threads run tests; as many as the machine has if not given
    #[arg(long, value_name = "N")]
    threads: Option<NonZero<usize>>,
    /// Run again whenever a file in the policy's folder changes, until interrupted
    #[arg(long)]
    watch: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: what was expected, underlined, and why the lead went elsewhere
    Human,
    /// One object with `tests` and `summary`
    Json,
    /// JUnit XML, for CI servers
    Junit,
    /// Annotations of a GitHub workflow
    Github,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    match arguments.watch {
        true => watch::run(&arguments.policy, || once(arguments)),
        false => once(arguments),
    }
}

/// One run: what was run on what, and how it went.
pub(super) struct Run<'a> {
    pub policy: &'a Policy,
    pub sources: &'a Sources,
    pub suite: &'a Suite,
    pub verdicts: &'a [Verdict],
    /// Tests that the filters left out.
    pub left_out: usize,
    /// Where it was asked for.
    pub coverage: Option<Coverage>,
    pub snapshots: &'a [Compared],
    /// Where they were asked for.
    pub profile: Option<Vec<profile::RuleCost>>,
    pub bench: Option<profile::Bench>,
    pub seconds: f64,
}

fn once(arguments: &Arguments) -> Result<Exit, Failure> {
    let (policy, sources) = output::testable(&arguments.policy)?;
    if arguments.suggest {
        return suggest::run(arguments, &policy, &sources);
    }
    let chosen: Vec<usize> =
        (0..).zip(&policy.tests).filter(|(_, case)| is_asked(arguments, &case.title)).map(|(at, _)| at).collect();
    if arguments.list {
        let titles = chosen.iter().filter_map(|&at| policy.tests.get(at));
        output::print(&titles.map(|case| format!("{}\n", case.title)).collect::<String>())?;
        return Ok(Exit::Fine);
    }
    let snapshots = match arguments.filter.is_empty() {
        true => snapshots::compare(&arguments.policy, &policy)?,
        false => Vec::new(),
    };
    if chosen.is_empty() && snapshots.is_empty() && !arguments.allow_empty {
        return Err(nothing_to_run(arguments, policy.tests.len()));
    }
    let watch = world::Watch::start();
    let suite = Suite::new(&policy);
    let threads = arguments.threads.or(NonZero::new(world::threads())).unwrap_or(NonZero::<usize>::MIN);
    let verdicts = suite.run_all(&policy, &chosen, threads);
    let seconds = watch.seconds();
    let leads = (arguments.profile || arguments.bench).then(|| Profile::new(&suite, &policy, &chosen));
    let run = Run {
        policy: &policy,
        sources: &sources,
        suite: &suite,
        verdicts: &verdicts,
        left_out: policy.tests.len() - chosen.len(),
        coverage: arguments.asks_coverage().then(|| Coverage::of(&suite, &policy, &verdicts)),
        snapshots: &snapshots,
        profile: leads.as_ref().filter(|_| arguments.profile).map(|leads| profile::rules(leads, &policy)),
        bench: leads.as_ref().filter(|_| arguments.bench).map(profile::bench),
        seconds,
    };
    let text = match arguments.format {
        Format::Human => human(&run, arguments.coverage),
        Format::Json => report::json(&run)?,
        Format::Junit => report::junit(&run)?,
        Format::Github => {
            let tests = github::render(&suite::diagnostics(&suite, &policy, &verdicts), &sources);
            tests + &snapshots.iter().filter_map(snapshots::annotation).collect::<String>()
        }
    };
    output::print(&text)?;
    let reached = reached(arguments, &run)?;
    let passed = verdicts.iter().all(Verdict::passed) && snapshots.iter().all(Compared::passed);
    Ok(if reached && passed { Exit::Fine } else { Exit::Findings })
}

/// Writes the coverage that was asked for, and says whether it is enough.
fn reached(arguments: &Arguments, run: &Run) -> Result<bool, Failure> {
    let Some(coverage) = &run.coverage else { return Ok(true) };
    if let Some(path) = &arguments.coverage_lcov {
        output::write_file(path, coverage::lcov(coverage, run.sources).as_bytes())?;
    }
    if let Some(path) = &arguments.coverage_html {
        output::write_file(path, coverage::html(coverage, run.sources, &run.policy.title).as_bytes())?;
    }
    let mut enough = true;
    for least in &arguments.fail_under {
        for share in coverage.shares().iter().filter(|share| least.kind.is_none_or(|kind| kind == share.kind)) {
            if share.percent() < least.percent {
                enough = false;
                let (words, is, asked) = (share.kind.words(), share.percent(), least.percent);
                output::say(&format!("{words}: {is:.1}% reached, less than the {asked}% of --fail-under\n"));
            }
        }
    }
    Ok(enough)
}

/// How much is to be reached at least.
#[derive(Debug, Clone, Copy)]
struct Least {
    kind: Option<Kind>,
    percent: f64,
}

impl Least {
    fn read(text: &str) -> Result<Least, String> {
        let (kind, percent) = match text.split_once('=') {
            Some((kind, percent)) => {
                let known = Kind::ALL.into_iter().find(|known| known.words().replace(' ', "-") == kind);
                let words: Vec<String> = Kind::ALL.iter().map(|kind| kind.words().replace(' ', "-")).collect();
                (Some(known.ok_or_else(|| format!("`{kind}` is none of {}", words.join(", ")))?), percent)
            }
            None => (None, text),
        };
        let number =
            percent.trim_end_matches('%').parse::<f64>().ok().filter(|percent| (0.0..=100.0).contains(percent));
        Ok(Least { kind, percent: number.ok_or_else(|| format!("`{percent}` is no share from 0 to 100"))? })
    }
}

impl Arguments {
    fn asks_coverage(&self) -> bool {
        self.coverage || self.coverage_lcov.is_some() || self.coverage_html.is_some() || !self.fail_under.is_empty()
    }
}

fn is_asked(arguments: &Arguments, title: &str) -> bool {
    let title = title.to_lowercase();
    arguments.filter.is_empty() || arguments.filter.iter().any(|filter| title.contains(&filter.to_lowercase()))
}

fn nothing_to_run(arguments: &Arguments, all: usize) -> Failure {
    match all {
        0 => Failure::new(format!("`{}` has no test", arguments.policy.display()))
            .help("write a `test` block, or allow it with `--allow-empty`"),
        all => Failure::new(format!("none of the {all} tests has such a title"))
            .help("`--list` tells the titles, `--allow-empty` allows a run without tests"),
    }
}

fn human(run: &Run, with_coverage: bool) -> String {
    let found = suite::diagnostics(run.suite, run.policy, run.verdicts);
    let mut text = match found.is_empty() {
        true => String::new(),
        false => render::render(
            &found,
            run.sources,
            render::Options { color: output::color_on_stdout(), ..render::Options::default() },
        ),
    };
    text.push_str(&snapshots::human(run.snapshots));
    text.push_str(&report::summary(run));
    if let Some(coverage) = run.coverage.as_ref().filter(|_| with_coverage) {
        text.push_str(&report::coverage(coverage, run.sources));
    }
    text.extend(run.profile.as_ref().map(|rules| profile::rules_told(rules)));
    text.extend(run.bench.as_ref().map(profile::bench_told));
    text
}
