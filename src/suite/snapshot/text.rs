//! A snapshot as text.

use super::{Fate, Snapshot, ids};
use smol_str::SmolStr;
use std::fmt::Write;

const FIRST: &str = "leadway snapshot 1";
/// Where a line of ids is broken.
const WIDTH: usize = 110;

/// Why a text is no snapshot, and on which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    pub line: usize,
    pub why: &'static str,
    pub help: &'static str,
}

/// The same leads and fates always give the same bytes.
pub fn write(snapshot: &Snapshot) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{FIRST}\npolicy {}\nleads {}\nat {}", snapshot.policy, snapshot.leads, snapshot.at);
    for (fate, leads) in &snapshot.groups {
        let _ = writeln!(out, "\n{} -> {}", fate.by, fate.outcome);
        let mut width = 0;
        for run in ids::runs(leads) {
            let length = run.chars().count() + 1;
            if width > 0 && width + length > WIDTH {
                out.push('\n');
                width = 0;
            }
            out.push_str(if width == 0 { "  " } else { " " });
            out.push_str(&run);
            width += length;
        }
        out.push('\n');
    }
    out
}

/// Reads what [`write`] wrote.
pub fn read(text: &str) -> Result<Snapshot, Broken> {
    let broken = |line: usize, why, help| Broken { line, why, help };
    if let Some(at) = text.lines().position(|line| ["<<<<<<< ", ">>>>>>> "].iter().any(|mark| line.starts_with(mark))) {
        let help = "take either side, then run `leadway snapshot accept` for what should be kept";
        return Err(broken(at + 1, "a merge left both sides standing", help));
    }
    let record = "record it again with `leadway snapshot POLICY --leads FILE`";
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    match lines.next() {
        Some((_, FIRST)) => {}
        Some((_, line)) if line.starts_with("leadway snapshot ") => {
            return Err(broken(1, "it is of another version of Leadway", record));
        }
        _ => return Err(broken(1, "it is no snapshot of routing", record)),
    }
    let mut head = |key: &str| {
        let value = lines.next().and_then(|(_, line)| line.strip_prefix(key)).map(str::to_owned);
        value.ok_or(broken(2, "it does not say which policy and leads it is of, or when they were decided", record))
    };
    let (policy, leads, at) = (head("policy ")?, head("leads ")?, head("at ")?);
    let mut snapshot = Snapshot { policy, leads, at, ..Snapshot::default() };
    let mut fate: Option<Fate> = None;
    for (number, line) in lines {
        if line.is_empty() {
            continue;
        }
        if let Some(leads) = line.strip_prefix("  ") {
            let group = fate.as_ref().and_then(|fate| snapshot.groups.get_mut(fate));
            let group = group.ok_or(broken(number, "these leads stand under no outcome", record))?;
            ids::read_line(leads, group).ok_or(broken(number, "this is no list of ids", record))?;
        } else {
            let (by, outcome) = line.rsplit_once(" -> ").ok_or(broken(number, "this is no outcome", record))?;
            let new = Fate { by: SmolStr::new(by), outcome: SmolStr::new(outcome) };
            snapshot.groups.entry(new.clone()).or_default();
            fate = Some(new);
        }
    }
    Ok(snapshot)
}
