//! `leadway test`: the tests of a policy, and what came instead where one fails.

mod report;

use super::{Exit, Failure, output, watch};
use crate::diagnostic::{github, render};
use crate::policy::Policy;
use crate::source::Sources;
use crate::suite::{self, Suite, Verdict};
use crate::world;
use clap::{Args, ValueEnum};
use std::num::NonZero;
use std::path::PathBuf;

/// Run the tests of a policy: those in it, and those in the `*.test.leadway` files beside it
#[derive(Debug, Args)]
#[command(after_help = "\
Of `main.leadway` the tests are in every `*.test.leadway` of its folder, of another `x.leadway` in those that begin with `x.`.

Exit codes: 0 all pass, 1 some fail or there is none, 2 could not run

Examples:
  leadway test main.leadway
  leadway test main.leadway --filter \"booth week\"
  leadway test main.leadway --watch
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
struct Run<'a> {
    policy: &'a Policy,
    sources: &'a Sources,
    suite: &'a Suite,
    verdicts: &'a [Verdict],
    /// Tests that the filters left out.
    left_out: usize,
    seconds: f64,
}

fn once(arguments: &Arguments) -> Result<Exit, Failure> {
    let (policy, sources) = output::testable(&arguments.policy)?;
    let chosen: Vec<usize> =
        (0..).zip(&policy.tests).filter(|(_, case)| is_asked(arguments, &case.title)).map(|(at, _)| at).collect();
    if arguments.list {
        let titles = chosen.iter().filter_map(|&at| policy.tests.get(at));
        output::print(&titles.map(|case| format!("{}\n", case.title)).collect::<String>())?;
        return Ok(Exit::Fine);
    }
    if chosen.is_empty() && !arguments.allow_empty {
        return Err(nothing_to_run(arguments, policy.tests.len()));
    }
    let watch = world::Watch::start();
    let suite = Suite::new(&policy);
    let threads = arguments.threads.or(NonZero::new(world::threads())).unwrap_or(NonZero::<usize>::MIN);
    let verdicts = suite.run_all(&policy, &chosen, threads);
    let run = Run {
        policy: &policy,
        sources: &sources,
        suite: &suite,
        verdicts: &verdicts,
        left_out: policy.tests.len() - chosen.len(),
        seconds: watch.seconds(),
    };
    let text = match arguments.format {
        Format::Human => human(&run),
        Format::Json => report::json(&run)?,
        Format::Junit => report::junit(&run)?,
        Format::Github => github::render(&suite::diagnostics(&suite, &policy, &verdicts), &sources),
    };
    output::print(&text)?;
    Ok(if verdicts.iter().all(Verdict::passed) { Exit::Fine } else { Exit::Findings })
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

fn human(run: &Run) -> String {
    let found = suite::diagnostics(run.suite, run.policy, run.verdicts);
    let mut text = match found.is_empty() {
        true => String::new(),
        false => render::render(
            &found,
            run.sources,
            render::Options { color: output::color_on_stdout(), ..render::Options::default() },
        ),
    };
    text.push_str(&report::summary(run));
    text
}
