//! A file of known findings, for a policy that starts with many: new ones show, known ones are counted, and those that are gone are
//! said, so that the file can shrink.
//!
//! A finding is known by its code and the things it is about, as `shadowed-rule: rule "DACH", rule "Europe"`, a line each and sorted;
//! so moving a rule, or writing more above it, changes nothing. Two findings of one line are two lines.

use super::things::Things;
use crate::diagnostic::Diagnostic;
use std::collections::BTreeMap;
use std::fmt;

const VERSION: &str = "leadway baseline 1";
const ABOUT: &str = "\
# Known findings, by code and by what they are about. `leadway check --baseline` passes over them.
# Take out a line when its finding is mended, or let `--write-baseline` write the file anew.";

/// Known findings, a line each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    lines: BTreeMap<String, usize>,
}

/// Why a file is no baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoBaseline {
    /// It does not start as one.
    Foreign,
    /// It was written by a later version: what it says of itself.
    Newer(String),
}

impl Baseline {
    /// Reads what [`fmt::Display`] writes; blank lines and comments are left out.
    ///
    /// # Errors
    /// Where the first line that is no comment is not the one that every baseline of this version starts with.
    pub fn parse(text: &str) -> Result<Baseline, NoBaseline> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        match lines.next() {
            Some(VERSION) => {}
            Some(first) if first.starts_with("leadway baseline ") => return Err(NoBaseline::Newer(first.to_owned())),
            _ => return Err(NoBaseline::Foreign),
        }
        let mut baseline = Baseline::default();
        lines.for_each(|line| baseline.add(line.to_owned()));
        Ok(baseline)
    }

    pub fn len(&self) -> usize {
        self.lines.values().sum()
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn add(&mut self, line: String) {
        *self.lines.entry(line).or_default() += 1;
    }

    pub(super) fn counted(&self) -> BTreeMap<String, usize> {
        self.lines.clone()
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{ABOUT}\n{VERSION}")?;
        for (line, count) in &self.lines {
            (0..*count).try_for_each(|_| writeln!(out, "{line}"))?;
        }
        Ok(())
    }
}

/// A finding's line: its code, then the thing that it stands in, then the others that it names, in the order of their names.
pub(super) fn line(found: &Diagnostic, things: &Things) -> String {
    let first = things.at(found.primary.span);
    let mut others: Vec<&str> = found.secondary.iter().filter_map(|label| things.at(label.span)).collect();
    others.sort_unstable();
    others.dedup();
    others.retain(|other| Some(*other) != first);
    let named: Vec<&str> = first.into_iter().chain(others).collect();
    format!("{}: {}", found.code, named.join(", "))
}
