//! `leadway test --suggest`: tests for what no test reaches.

use super::{Arguments, Format};
use crate::analysis::Budget;
use crate::cli::snapshot::files::folder_of;
use crate::cli::{Exit, Failure, output};
use crate::policy::Policy;
use crate::source::Sources;
use crate::suite::Suite;
use crate::suite::coverage::Share;
use crate::suite::suggest::{self, Left, Suggestions};
use crate::world;
use serde::Serialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};

pub(super) fn run(arguments: &Arguments, policy: &Policy, sources: &Sources) -> Result<Exit, Failure> {
    if !matches!(arguments.format, Format::Human | Format::Json) {
        return Err(Failure::new("suggested tests are written for people or as JSON").help("leave `--format` out"));
    }
    let target = arguments.suggest_file.as_deref().map(|file| target(arguments, file)).transpose()?;
    let (watch, seconds) = (world::Watch::start(), arguments.budget);
    let budget = Budget::until(move || watch.seconds() > seconds);
    let suggestions = suggest::suggest(&Suite::new(policy), policy, &budget);
    let text = suggest::write(policy, &suggestions);
    match &target {
        Some(target) if !text.is_empty() => {
            let cannot = |error| {
                Failure::new(format!("cannot write `{}`: {}", target.display(), world::words(&error)))
                    .help("name a file that is not there yet")
            };
            world::write_new(target, text.as_bytes()).map_err(cannot)?;
        }
        None if arguments.format == Format::Human => output::print(&text)?,
        _ => {}
    }
    match arguments.format {
        Format::Json => output::print_json(&report(&suggestions, &text, sources))?,
        _ => output::say(&told(&suggestions, sources)),
    }
    Ok(Exit::Fine)
}

/// Where the tests are written: a new file that `leadway test` reads.
fn target(arguments: &Arguments, file: &Path) -> Result<PathBuf, Failure> {
    let shown = file.display();
    let folder = folder_of(&arguments.policy);
    // A bare name is meant beside the policy.
    let target = if file.components().count() == 1 { folder.join(file) } else { file.to_owned() };
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let policy = arguments.policy.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = policy.strip_suffix("leadway").filter(|stem| *stem != "main.").unwrap_or("");
    let is_beside = world::same_folder(&folder, &folder_of(&target));
    if !is_beside || !name.ends_with(".test.leadway") || !name.starts_with(stem) {
        return Err(Failure::new(format!("`{shown}` would not be read as tests of `{}`", arguments.policy.display()))
            .help(format!("name a file beside the policy, such as `{stem}suggested.test.leadway`")));
    }
    if world::exists(&target) {
        return Err(
            Failure::new(format!("`{}` is there already", target.display())).help("name a file that is not there yet")
        );
    }
    Ok(target)
}

/// What was found, and what was not and why.
fn told(suggestions: &Suggestions, sources: &Sources) -> String {
    let mut text = String::new();
    for left in &suggestions.left {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}  {} is not reached\n  {}", place(left, sources), left.what, left.why);
    }
    let count = match suggestions.tests.len() {
        0 => "no test to suggest".to_owned(),
        1 => "1 test suggested".to_owned(),
        all => format!("{all} tests suggested"),
    };
    let _ = writeln!(text, "{count}; reached, without and with:");
    for (before, after) in suggestions.before.iter().zip(&suggestions.after) {
        let (words, all) = (before.kind.words(), before.all);
        let _ = writeln!(text, "  {words:<14} {:>4} -> {:>4} of {all:>4}", before.reached, after.reached);
    }
    text
}

fn place(left: &Left, sources: &Sources) -> String {
    sources.get(left.span.file).map_or_else(String::new, |file| {
        let at = file.place(left.span.start);
        format!("{}:{}:{}", file.name, at.line, at.column)
    })
}

#[derive(Serialize)]
struct Report<'a> {
    tests: Vec<Test<'a>>,
    not_reached: Vec<NotReached<'a>>,
    before: &'a [Share],
    after: &'a [Share],
    /// The tests as a file.
    text: &'a str,
}

#[derive(Serialize)]
struct Test<'a> {
    title: &'a str,
    reaches: &'a [String],
}

#[derive(Serialize)]
struct NotReached<'a> {
    at: String,
    #[serde(flatten)]
    left: &'a Left,
}

fn report<'a>(suggestions: &'a Suggestions, text: &'a str, sources: &Sources) -> Report<'a> {
    let tests = suggestions.tests.iter().map(|one| Test { title: &one.case.title, reaches: &one.reaches });
    let not_reached = suggestions.left.iter().map(|left| NotReached { at: place(left, sources), left });
    Report {
        tests: tests.collect(),
        not_reached: not_reached.collect(),
        before: &suggestions.before,
        after: &suggestions.after,
        text,
    }
}
