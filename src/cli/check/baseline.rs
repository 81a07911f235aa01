//! The file of `--baseline`: read, written, and what there is to say of it.

use super::counted;
use crate::accepted::baseline::{Baseline, NoBaseline};
use crate::cli::{Exit, Failure, output};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::Compiled;
use crate::world;
use std::path::Path;

pub fn read(path: &Path) -> Result<Baseline, Failure> {
    let shown = path.display();
    if !world::exists(path) {
        return Err(Failure::new(format!("there is no baseline `{shown}`"))
            .help("`--write-baseline` writes one with the findings of today"));
    }
    let text = world::read_text(path)
        .map_err(|error| Failure::new(format!("cannot read `{shown}`: {}", world::words(&error))))?;
    Baseline::parse(&text).map_err(|fault| match fault {
        NoBaseline::Foreign => {
            Failure::new(format!("`{shown}` is no baseline")).help("name a file that `--write-baseline` wrote")
        }
        NoBaseline::Newer(says) => Failure::new(format!("`{shown}` is of another version of Leadway: `{says}`"))
            .help("update Leadway, or write the file anew with `--write-baseline`"),
    })
}

/// Writes the baseline of all findings that may stay; those that may not are shown.
pub fn write(
    path: &Path,
    baseline: &Baseline,
    diagnostics: &[Diagnostic],
    compiled: &Compiled,
) -> Result<Exit, Failure> {
    if compiled.policy.is_none() {
        let errors: Vec<_> = diagnostics.iter().filter(|found| found.severity == Severity::Error).cloned().collect();
        output::print(&output::findings(
            &errors,
            &compiled.sources,
            output::Findings::Human,
            output::color_on_stdout(),
        ))?;
        output::say_error("no baseline was written, since errors keep the policy from running", None);
        return Ok(Exit::Findings);
    }
    output::write_file(path, baseline.to_string().as_bytes())?;
    output::say(&format!("wrote {} to {}\n", counted(baseline.len(), "finding", "findings"), path.display()));
    Ok(Exit::Fine)
}

/// Says how many findings were known, and which are gone.
pub fn say(path: &Path, known: usize, gone: &[String]) {
    let shown = path.display();
    if known > 0 {
        output::say(&format!("{} known by {shown}\n", counted(known, "finding is", "findings are")));
    }
    if !gone.is_empty() {
        let lines: String = gone.iter().map(|line| format!("  {line}\n")).collect();
        let count = counted(gone.len(), "finding", "findings");
        output::say(&format!("{count} of {shown} can be taken out, since nothing is found any more:\n{lines}"));
    }
}
