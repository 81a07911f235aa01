//! `leadway check --fix`: the fixes that keep the meaning, put into the files or shown.

use super::{counted, proved, within};
use crate::analysis::same::mean_the_same;
use crate::cli::{Exit, Failure, output};
use crate::load::Compiled;
use crate::policy::Policy;
use crate::{accepted, fix, world};
use similar::TextDiff;
use std::path::Path;

/// Mends the policy's files. With `diff` nothing is written and the difference is printed; findings then mean that there is one.
pub fn run(policy: &Path, budget: f64, diff: bool) -> Result<Exit, Failure> {
    let (folder, name) = world::Folder::of(policy);
    let findings = |compiled: &Compiled| {
        let told = proved(compiled, budget, false);
        accepted::accept(compiled, told.diagnostics, told.undecided, None).diagnostics
    };
    let same = |before: &Policy, after: &Policy| mean_the_same(before, after, &within(budget));
    let mended = fix::fix(&name, &folder, &findings, &same).map_err(|fault| output::unreadable(policy, &fault))?;
    for (name, (before, after)) in &mended.files {
        let path = folder.path(name);
        if diff {
            let shown = path.strip_prefix(".").unwrap_or(&path).display().to_string();
            let difference = TextDiff::from_lines(before, after);
            output::print(&difference.unified_diff().header(&shown, &format!("{shown} (fixed)")).to_string())?;
        } else {
            output::write_file(&path, after.as_bytes())?;
        }
    }
    let files = counted(mended.files.len(), "file", "files");
    match (mended.fixes, diff) {
        (0, _) => output::say("nothing to fix\n"),
        (fixes, true) => output::say(&format!("{} in {files} would be made\n", counted(fixes, "fix", "fixes"))),
        (fixes, false) => output::say(&format!("made {} in {files}\n", counted(fixes, "fix", "fixes"))),
    }
    if mended.left_out > 0 {
        let count = counted(mended.left_out, "fix was", "fixes were");
        output::say(&format!("{count} left out: it could not be proved that the policy means the same with it\n"));
    }
    Ok(if diff && !mended.files.is_empty() { Exit::Findings } else { Exit::Fine })
}
