//! The command tree: what may be asked, and which file answers.

pub mod check;
pub mod ci;
pub mod codes;
pub mod diff;
pub mod explain;
pub mod fmt;
pub mod graph;
pub mod init;
pub mod mutate;
pub mod output;
pub mod route;
pub mod shell;
pub mod simulate;
pub mod snapshot;
pub mod test;
mod watch;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// How a run ended; the process exits with its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Fine = 0,
    /// The command ran and has something to say: errors in a policy, files to format, leads that went to the error output.
    Findings = 1,
    /// The command could not run: a file cannot be read, an argument makes no sense, a policy with errors was to be run.
    CouldNotRun = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

const AFTER: &str = "\
Exit codes:
  0  fine
  1  findings: errors in a policy, a file not formatted, leads that could not be decided
  2  could not run: a file cannot be read, an argument makes no sense, a policy has errors

Examples:
  leadway init acme                                   start a policy in the new folder acme
  leadway check acme/main.leadway                     find what is wrong with it
  leadway route acme/main.leadway --leads leads.csv   decide where each lead goes
  leadway explain acme/main.leadway country=DE        say why a lead goes where it goes";

/// Lead routing as code: check a policy, run it on leads, and say why each went where it went.
#[derive(Debug, Parser)]
#[command(name = "leadway", version, after_help = AFTER, max_term_width = 110, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Diff(diff::Arguments),
    Route(route::Arguments),
    Explain(explain::Arguments),
    Test(test::Arguments),
    Simulate(Box<simulate::Arguments>),
    Snapshot(snapshot::Arguments),
    Ci(ci::Arguments),
    Mutate(mutate::Arguments),
    Fmt(fmt::Arguments),
    Graph(graph::Arguments),
    Init(init::Arguments),
    ExplainCode(codes::Arguments),
    Completions(shell::Completions),
    Man(shell::Man),
}

/// Runs what was asked. A failure to run is said on standard error.
pub fn run(arguments: Arguments) -> Exit {
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Route(arguments) => route::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Snapshot(arguments) => snapshot::run(&arguments),
        Command::Ci(arguments) => ci::run(&arguments),
        Command::Mutate(arguments) => mutate::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Graph(arguments) => graph::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::ExplainCode(arguments) => codes::run(&arguments),
        Command::Completions(arguments) => shell::completions(&arguments),
        Command::Man(arguments) => shell::man(&arguments),
    };
    result.unwrap_or_else(|failure| {
        if !failure.quiet {
            output::say_error(&failure.message, failure.help.as_deref());
        }
        Exit::CouldNotRun
    })
}

/// Why a command could not run.
#[derive(Debug)]
pub struct Failure {
    pub message: String,
    pub help: Option<String>,
    /// What there is to say was said already, or nobody listens any more.
    pub quiet: bool,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), help: None, quiet: false }
    }

    pub fn help(mut self, help: impl Into<String>) -> Failure {
        self.help = Some(help.into());
        self
    }

    pub fn said() -> Failure {
        Failure { message: String::new(), help: None, quiet: true }
    }
}

/// A failure to write, as when the reader of a pipe has gone.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::said(),
            _ => Failure::new(format!("cannot write: {}", crate::world::words(&error))),
        }
    }
}

/// How a command's arguments are read, for the reference and the shells.
pub fn command() -> clap::Command {
    <Arguments as clap::CommandFactory>::command()
}
