//! `--watch`: a command again at every change of a policy's folder.

use super::{Exit, Failure, output};
use crate::world;
use notify::{RecursiveMode, Watcher};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

/// Editors write a file in several steps: what comes within this time is one change.
const SETTLE: Duration = Duration::from_millis(100);

/// Runs a command over a policy now and after each change of a file in the policy's folder, until interrupted.
pub fn run(policy: &Path, once: impl Fn() -> Result<Exit, Failure>) -> Result<Exit, Failure> {
    let cannot = |error: notify::Error| Failure::new(format!("cannot watch the policy's folder: {error}"));
    let (changed, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // The receiver is gone only when the command ends.
            let _ = changed.send(());
        }
    })
    .map_err(cannot)?;
    let folder = policy.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    watcher.watch(folder, RecursiveMode::Recursive).map_err(cannot)?;
    loop {
        let watch = world::Watch::start();
        match once() {
            Ok(_) => output::say(&format!("done in {:.0} ms, waiting for changes\n", watch.seconds() * 1e3)),
            Err(failure) => output::say_error(&failure.message, failure.help.as_deref()),
        }
        if changes.recv().is_err() {
            return Ok(Exit::Fine);
        }
        while changes.recv_timeout(SETTLE).is_ok() {}
        output::say("\n");
    }
}
