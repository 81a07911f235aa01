//! `leadway check`: everything that can be found before a lead arrives.

use super::{Exit, Failure, output};
use crate::{load, world};
use clap::Args;
use notify::{RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// Check a policy and everything that it names
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 no errors, 1 errors (with --deny-warnings also warnings), 2 could not run

Examples:
  leadway check main.leadway
  leadway check main.leadway --watch
  leadway check main.leadway --format sarif > leadway.sarif")]
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
    #[arg(long)]
    watch: bool,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if arguments.watch {
        return watch(arguments);
    }
    once(arguments)
}

fn once(arguments: &Arguments) -> Result<Exit, Failure> {
    let loaded = output::load(&arguments.policy)?;
    let load::Compiled { sources, diagnostics, .. } = loaded.compile();
    output::print(&output::findings(&diagnostics, &sources, arguments.format, output::color_on_stdout()))?;
    if diagnostics.is_empty() && arguments.format == output::Findings::Human {
        output::say(&format!("{}: no findings\n", arguments.policy.display()));
    }
    Ok(output::verdict(&diagnostics, arguments.deny_warnings))
}

/// Editors write a file in several steps: what comes within this time is one change.
const SETTLE: Duration = Duration::from_millis(100);

fn watch(arguments: &Arguments) -> Result<Exit, Failure> {
    let cannot = |error: notify::Error| Failure::new(format!("cannot watch the policy's folder: {error}"));
    let (changed, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // The receiver is gone only when the command ends.
            let _ = changed.send(());
        }
    })
    .map_err(cannot)?;
    let folder = arguments.policy.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    watcher.watch(folder, RecursiveMode::Recursive).map_err(cannot)?;
    loop {
        let watch = world::Watch::start();
        match once(arguments) {
            Ok(_) => output::say(&format!("checked in {:.0} ms, waiting for changes\n", watch.seconds() * 1e3)),
            Err(failure) => output::say_error(&failure.message, failure.help.as_deref()),
        }
        if changes.recv().is_err() {
            return Ok(Exit::Fine);
        }
        while changes.recv_timeout(SETTLE).is_ok() {}
        output::say("\n");
    }
}
