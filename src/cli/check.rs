//! `leadway check`: everything that can be found before a lead arrives.

mod baseline;
mod fix;

use super::{Exit, Failure, output};
use crate::accepted::{self, Accepted};
use crate::world;
use clap::Args;
use notify::{RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

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
  leadway check main.leadway --fix"
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
    /// Put the fixes that are proved to keep the meaning into the policy's files
    #[arg(long)]
    fix: bool,
    /// With --fix: change nothing, show the difference, and exit with 1 where there is one
    #[arg(long, requires = "fix", conflicts_with = "write_baseline")]
    diff: bool,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if arguments.watch {
        return watch(arguments);
    }
    if arguments.fix && fix::run(&arguments.policy, arguments.diff)? == Exit::Findings {
        return Ok(Exit::Findings);
    }
    if arguments.diff {
        return Ok(Exit::Fine);
    }
    once(arguments)
}

fn once(arguments: &Arguments) -> Result<Exit, Failure> {
    let compiled = output::load(&arguments.policy)?.compile();
    let baseline = match &arguments.baseline {
        Some(path) if !arguments.write_baseline => Some(baseline::read(path)?),
        _ => None,
    };
    let Accepted { diagnostics, allowed, known, gone, baseline: all } =
        accepted::accept(&compiled, Vec::new(), false, baseline.as_ref());
    if let Some(path) = arguments.baseline.as_ref().filter(|_| arguments.write_baseline) {
        return baseline::write(path, &all, &diagnostics, &compiled);
    }
    output::print(&output::findings(&diagnostics, &compiled.sources, arguments.format, output::color_on_stdout()))?;
    if diagnostics.is_empty() && arguments.format == output::Findings::Human {
        output::say(&format!("{}: no findings\n", arguments.policy.display()));
    }
    if allowed > 0 {
        output::say(&format!("{} allowed by a comment\n", counted(allowed, "finding is", "findings are")));
    }
    if let Some(path) = &arguments.baseline {
        baseline::say(path, known, &gone);
    }
    Ok(output::verdict(&diagnostics, arguments.deny_warnings))
}

/// `1 finding is`, `2 findings are`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
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
