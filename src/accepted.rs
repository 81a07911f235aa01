//! Findings that the authors of a policy have seen and accept: by a comment at their place ([`allow`]), or since they stand in a
//! [`baseline`].
//!
//! What keeps a policy from running is never accepted; warnings and what was proved may be.

mod allow;
pub mod baseline;
mod things;

use crate::analysis::Undecided;
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::Compiled;
use allow::Allows;
use baseline::Baseline;
use things::Things;

/// What is left of the findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Those that are shown, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// How many a comment allows.
    pub allowed: usize,
    /// How many the baseline knows.
    pub known: usize,
    /// What the baseline knows and is not there any more, as it stands in the baseline.
    pub gone: Vec<String>,
    /// The baseline that would know all findings which no comment allows.
    pub baseline: Baseline,
}

/// Takes the accepted findings out of those of reading and checking, which `compiled` holds, and of `proved`. What is
/// `undecided` is said; where something is, nothing is said of what was allowed or known in vain.
pub fn accept(
    compiled: &Compiled,
    proved: Vec<Diagnostic>,
    undecided: Vec<Undecided>,
    baseline: Option<&Baseline>,
) -> Accepted {
    let mut allows = Allows::gather(&compiled.sources, &compiled.files);
    let things = Things::gather(&compiled.files);
    let mut left = baseline.map(Baseline::counted).unwrap_or_default();
    let mut accepted =
        Accepted { diagnostics: Vec::new(), allowed: 0, known: 0, gone: Vec::new(), baseline: Baseline::default() };
    let read = compiled.diagnostics.iter().cloned().map(|found| (found.severity == Severity::Error, found));
    for (stands, found) in read.chain(proved.into_iter().map(|found| (false, found))) {
        if allows.allow(&found, stands) {
            accepted.allowed += 1;
            continue;
        }
        if !stands {
            let line = baseline::line(&found, &things);
            accepted.baseline.add(line.clone());
            if let Some(count) = left.get_mut(&line).filter(|count| **count > 0) {
                *count -= 1;
                accepted.known += 1;
                continue;
            }
        }
        accepted.diagnostics.push(found);
    }
    let all_is_known = compiled.policy.is_some() && undecided.is_empty();
    accepted.diagnostics.extend(undecided.iter().map(Undecided::diagnostic));
    accepted.diagnostics.extend(allows.findings(all_is_known));
    accepted.diagnostics.sort_by_key(|found| (found.code != "not-utf-8", found.primary.span, found.code));
    if all_is_known {
        accepted.gone = left.into_iter().flat_map(|(line, count)| std::iter::repeat_n(line, count)).collect();
    }
    accepted
}
