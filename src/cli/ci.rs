//! `leadway ci`: everything that a reviewer of a change asks, in one run.

use super::test::{Run, report, snapshots};
use super::{Exit, Failure, check, diff, output};
use crate::analysis::Budget;
use crate::diagnostic::{Diagnostic, Severity, render, sarif};
use crate::diff::{Difference, markdown, text};
use crate::load::Compiled;
use crate::source::Sources;
use crate::suite::coverage::Coverage;
use crate::suite::{self, Suite, Verdict};
use crate::{format, world};
use clap::Args;
use diff::versions::{self, Version};
use std::num::NonZero;
use std::path::PathBuf;

/// Check a change of a policy as a reviewer would: format, findings, tests, snapshots, coverage, and what routes differently
#[derive(Debug, Args)]
#[command(after_help = "\
What the files say now is held against where the change parted from the base: findings that the base has too are counted and not shown. That leads route
differently is told and does not fail, since it may be what the change is for; a snapshot that differs fails.

Exit codes: 0 fine, 1 something is not formatted, has a new finding, or fails, 2 could not run

Examples:
  leadway ci --base origin/main
  leadway ci policy/main.leadway --base main --leads leads.csv --at created_at
  leadway ci --base main --comment comment.md --sarif leadway.sarif --junit tests.xml")]
pub struct Arguments {
    /// The policy
    #[arg(default_value = "main.leadway")]
    policy: PathBuf,
    /// The revision that the change is made to, such as `origin/main`
    #[arg(long, value_name = "REVISION")]
    base: String,
    /// Leads to decide under both versions
    #[arg(long, value_name = "FILE")]
    leads: Option<PathBuf>,
    /// The instant of their decisions: a time, or a time or date field of the lead
    #[arg(long, value_name = "INSTANT", default_value = "now", requires = "leads")]
    at: String,
    /// Write a comment for the pull request: Markdown
    #[arg(long, value_name = "FILE")]
    comment: Option<PathBuf>,
    /// Write the new findings as SARIF 2.1.0
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Write how the tests went as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Seconds for the proofs of each version, and for their difference
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    budget: f64,
}

/// A line of the summary.
struct Line {
    what: &'static str,
    fine: bool,
    said: String,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (base, uncommitted) = versions::before_change(&arguments.base, &arguments.policy)?;
    let now = versions::Place::File(arguments.policy.clone());
    let mut compiled = output::load_with_tests(&arguments.policy)?.compile();
    let mut before = base.compile()?;
    let mut lines = vec![formatted(&compiled)];

    let known = before.as_mut().map(|before| check::findings(before, arguments.budget, None).baseline);
    let found = check::findings(&mut compiled, arguments.budget, known.as_ref());
    lines.push(findings(&found.diagnostics, found.known));
    let mut shown = found.diagnostics;
    if let Some(path) = &arguments.sarif {
        output::write_file(path, sarif::render(&shown, &compiled.sources).as_bytes())?;
    }

    let difference = match (&before, &compiled.policy) {
        (Some(Compiled { policy: Some(_), .. }), Some(_)) => Some(differ(arguments, &base.read()?, &now.read()?)?),
        _ => None,
    };
    if let Some(policy) = &compiled.policy {
        let watch = world::Watch::start();
        let suite = Suite::new(policy);
        let all: Vec<usize> = (0..policy.tests.len()).collect();
        let threads = NonZero::new(world::threads()).unwrap_or(NonZero::<usize>::MIN);
        let verdicts = suite.run_all(policy, &all, threads);
        let compared = snapshots::compare(&arguments.policy, policy)?;
        let coverage = Coverage::of(&suite, policy, &verdicts);
        let shares = coverage.shares();
        let reached: Vec<String> =
            shares.iter().map(|share| format!("{} {:.1}%", share.kind.words(), share.percent())).collect();
        let run = Run {
            policy,
            sources: &compiled.sources,
            suite: &suite,
            verdicts: &verdicts,
            left_out: 0,
            coverage: None,
            snapshots: &compared,
            profile: None,
            bench: None,
            seconds: watch.seconds(),
        };
        let fine = verdicts.iter().all(Verdict::passed) && compared.iter().all(snapshots::Compared::passed);
        lines.push(Line { what: "tests", fine, said: report::summary(&run).trim_end().to_owned() });
        lines.push(Line { what: "coverage", fine: true, said: reached.join(", ") });
        if let Some(path) = &arguments.junit {
            output::write_file(path, report::junit(&run)?.as_bytes())?;
        }
        shown.extend(suite::diagnostics(&suite, policy, &verdicts));
        output::print(&snapshots::human(&compared))?;
    } else {
        lines.push(Line { what: "tests", fine: false, said: "not run, since the policy has errors".to_owned() });
    }
    lines.push(routing(arguments, before.is_some(), difference.as_ref()));
    lines.extend(not_committed(&uncommitted));
    say(arguments, &lines, &shown, &compiled.sources, difference.as_ref())?;
    Ok(if lines.iter().all(|line| line.fine) { Exit::Fine } else { Exit::Findings })
}

fn formatted(compiled: &Compiled) -> Line {
    let files = compiled.files.iter().filter_map(|(id, parsed)| Some((compiled.sources.get(*id)?, parsed)));
    let ugly = files
        .filter(|(file, parsed)| format::format(parsed, &file.text).is_ok_and(|formatted| formatted != *file.text));
    let ugly: Vec<&str> = ugly.map(|(file, _)| file.name.as_str()).collect();
    let said = match ugly.as_slice() {
        [] => "as `leadway fmt` sets it".to_owned(),
        ugly => format!("`leadway fmt` would change {}", ugly.join(", ")),
    };
    Line { what: "format", fine: ugly.is_empty(), said }
}

/// What is looked at is what the files say, so that a reviewer must know where they say more than the last commit.
fn not_committed(files: &[String]) -> Option<Line> {
    const SHOWN: usize = 3;
    let shown = files.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if files.len() > SHOWN { format!(" and {} more", files.len() - SHOWN) } else { String::new() };
    let said = format!("with changes that are not committed: {shown}{more}");
    (!files.is_empty()).then_some(Line { what: "files", fine: true, said })
}

fn findings(new: &[Diagnostic], known: usize) -> Line {
    let errors = new.iter().filter(|found| found.severity == Severity::Error).count();
    let warnings = new.len() - errors;
    let old = if known > 0 { format!(", beside {known} that the base has too") } else { String::new() };
    let said = match new.len() {
        0 => format!("no new finding{old}"),
        _ => format!("new: {errors} errors, {warnings} others{old}"),
    };
    Line { what: "check", fine: new.is_empty(), said }
}

fn differ(arguments: &Arguments, old: &Version, new: &Version) -> Result<Difference, Failure> {
    let (watch, seconds) = (world::Watch::start(), arguments.budget);
    let budget = Budget::until(move || watch.seconds() > seconds);
    let names = (old.label.clone(), new.label.clone());
    let mut difference = Difference::new((names.0, diff::side(old)), (names.1, diff::side(new)), &budget);
    if let Some(leads) = &arguments.leads {
        difference.leads = Some(diff::leads_of(leads, &arguments.at, old, new)?);
    }
    Ok(difference)
}

fn routing(arguments: &Arguments, has_base: bool, difference: Option<&Difference>) -> Line {
    let said = match difference {
        Some(difference) => {
            let moved = difference.leads.as_ref().map(|leads| format!("; {} of {} leads", leads.differ, leads.leads));
            format!("{}{}", text::headline(&difference.routing), moved.unwrap_or_default())
        }
        None if !has_base => format!("the policy is new: `{}` has none at this path", arguments.base),
        None => format!("not compared: this version or `{}` has errors", arguments.base),
    };
    Line { what: "routing", fine: difference.is_some() || !has_base, said }
}

fn say(
    arguments: &Arguments,
    lines: &[Line],
    shown: &[Diagnostic],
    sources: &Sources,
    difference: Option<&Difference>,
) -> Result<(), Failure> {
    let plain = |color| match shown.is_empty() {
        true => String::new(),
        false => render::render(shown, sources, render::Options { color, ..render::Options::default() }),
    };
    let mark = |line: &Line| if line.fine { "ok  " } else { "FAIL" };
    let mut out = plain(output::color_on_stdout());
    if let Some(difference) = difference {
        out.push_str(&text::text(difference));
        out.push('\n');
    }
    for line in lines {
        out.push_str(&format!("{} {:<9} {}\n", mark(line), line.what, line.said));
    }
    output::print(&out)?;
    let Some(path) = &arguments.comment else { return Ok(()) };
    let mut comment = "## Leadway\n\n| | | |\n|---|---|---|\n".to_owned();
    for line in lines {
        let mark = if line.fine { "✅" } else { "❌" };
        comment.push_str(&format!("| {mark} | {} | {} |\n", line.what, line.said.replace('|', "\\|")));
    }
    comment.push('\n');
    if !shown.is_empty() {
        comment.push_str(&format!(
            "<details><summary>New findings and failed tests</summary>\n\n```text\n{}```\n\n</details>\n\n",
            plain(false).replace("```", "'''")
        ));
    }
    if let Some(difference) = difference {
        comment.push_str(&markdown::markdown(difference));
    }
    output::write_file(path, comment.as_bytes())
}
