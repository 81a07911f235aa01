//! Standard output and standard error: the only place where the commands write to a terminal.

use super::{Exit, Failure};
use crate::calendar;
use crate::diagnostic::{Diagnostic, Severity, github, json, render, sarif};
use crate::lead::{LeadFile, Plan};
use crate::load::{self, Compiled, Loaded, ReadFault};
use crate::source::Sources;
use crate::world;
use clap::ValueEnum;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Findings {
    /// For people, with the text underlined
    Human,
    /// One object with `findings` and `summary`
    Json,
    /// Annotations of a GitHub workflow
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints a JSON value, indented, with a newline behind it.
pub fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::new(error.to_string()))?;
    Ok(print(&format!("{text}\n"))?)
}

/// Says early that a file cannot be written, since its folder is not there.
pub fn has_folder(path: &Path) -> Result<(), Failure> {
    match path.parent().filter(|parent| !world::exists(parent) && *parent != Path::new("")) {
        Some(parent) => Err(Failure::new(format!("there is no folder `{}`", parent.display())).help("make it first")),
        None => Ok(()),
    }
}

/// Writes a file of this name.
pub fn write_file(path: &Path, content: &[u8]) -> Result<(), Failure> {
    has_folder(path)?;
    world::replace(path, content)
        .map_err(|error| Failure::new(format!("cannot write `{}`: {}", path.display(), world::words(&error))))
}

pub fn color_on_stdout() -> bool {
    world::color(io::stdout().is_terminal())
}

pub fn color_on_stderr() -> bool {
    world::color(io::stderr().is_terminal())
}

/// Refuses an instant that no calendar knows.
pub fn known(at: crate::policy::Instant, text: &str) -> Result<(), Failure> {
    if calendar::is_known(at.micros) {
        return Ok(());
    }
    Err(Failure::new(format!("`{text}` is not between 1970 and 2100"))
        .help("calendars and caps are known for these years"))
}

/// Says why a command could not run.
pub fn say_error(message: &str, help: Option<&str>) {
    let (red, bold, plain) = if color_on_stderr() { ("\x1b[31m", "\x1b[1m", "\x1b[0m") } else { ("", "", "") };
    let mut text = format!("{red}error{plain}{bold}: {message}{plain}\n");
    if let Some(help) = help {
        text.push_str(&format!("  help: {help}\n"));
    }
    // Where standard error is gone, there is nobody left to tell.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Says something beside the output proper.
pub fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// The findings in a format, for standard output.
pub fn findings(diagnostics: &[Diagnostic], sources: &Sources, format: Findings, color: bool) -> String {
    match format {
        Findings::Human => {
            render::render(diagnostics, sources, render::Options { color, ..render::Options::default() })
        }
        Findings::Json => json::render(diagnostics, sources),
        Findings::Github => github::render(diagnostics, sources),
        Findings::Sarif => sarif::render(diagnostics, sources),
    }
}

/// Reads a policy, all that it names, and the files of tests beside it.
pub fn load_with_tests(policy: &Path) -> Result<Loaded, Failure> {
    let (folder, name) = world::Folder::of(policy);
    load::load_with_tests(&name, &folder).map_err(|fault| unreadable(policy, &fault))
}

/// Reads a policy and all that it names.
pub fn load(policy: &Path) -> Result<Loaded, Failure> {
    let (folder, name) = world::Folder::of(policy);
    load::load(&name, &folder).map_err(|fault| unreadable(policy, &fault))
}

pub fn unreadable(policy: &Path, fault: &ReadFault) -> Failure {
    let shown = policy.display();
    match fault {
        ReadFault::NotFound => {
            Failure::new(format!("there is no policy `{shown}`")).help("`leadway init FOLDER` starts one")
        }
        ReadFault::Outside => Failure::new(format!("`{shown}` is a link that leads out of its folder")),
        ReadFault::Other(why) => Failure::new(format!("cannot read the policy `{shown}`: {why}")),
    }
}

/// Reads and checks a policy that is to be run: with errors, they are shown and nothing runs.
pub fn runnable(policy: &Path) -> Result<(crate::policy::Policy, Sources), Failure> {
    sound(&policy.display().to_string(), load(policy)?.compile())
}

/// As [`runnable`], with the files of tests.
pub fn testable(policy: &Path) -> Result<(crate::policy::Policy, Sources), Failure> {
    sound(&policy.display().to_string(), load_with_tests(policy)?.compile())
}

/// A policy of this name without errors; else they are shown.
pub fn sound(name: &str, compiled: Compiled) -> Result<(crate::policy::Policy, Sources), Failure> {
    let Compiled { sources, policy: checked, diagnostics, .. } = compiled;
    match checked {
        Some(checked) => Ok((checked, sources)),
        None => {
            let errors: Vec<_> = diagnostics.into_iter().filter(|d| d.severity == Severity::Error).collect();
            say(&findings(&errors, &sources, Findings::Human, color_on_stderr()));
            Err(Failure::new(format!("`{name}` has errors, so nothing was run")))
        }
    }
}

/// Whether findings make a command fail.
pub fn verdict(diagnostics: &[Diagnostic], deny_warnings: bool) -> Exit {
    let worst = diagnostics.iter().map(|d| d.severity).min();
    match worst {
        Some(Severity::Error) => Exit::Findings,
        Some(Severity::Warning) if deny_warnings => Exit::Findings,
        _ => Exit::Fine,
    }
}

/// Opens a file of leads, or of what else is read as they are; `-` is standard input.
pub fn leads<'a>(path: &Path, plan: &Plan) -> Result<LeadFile<'a>, Failure> {
    let shown = path.display().to_string();
    let source =
        world::open(path).map_err(|error| Failure::new(format!("cannot read `{shown}`: {}", world::words(&error))))?;
    LeadFile::open(source, (shown != "-").then_some(shown.as_str()), plan).map_err(|error| Failure {
        message: format!("`{shown}`: {}", error.message),
        help: error.help,
        quiet: false,
    })
}
