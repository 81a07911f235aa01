//! Findings for machines: one JSON object with `findings` and `summary`.

use crate::diagnostic::{Counts, Diagnostic, Severity};
use crate::source::{Place, Sources, Span};
use serde::Serialize;

/// What `--format json` prints. Field names are a promise to scripts: add, never rename.
#[derive(Debug, Serialize)]
pub struct Findings<'a> {
    pub findings: Vec<Finding<'a>>,
    pub summary: Counts,
}

#[derive(Debug, Serialize)]
pub struct Finding<'a> {
    pub code: &'a str,
    pub severity: Severity,
    pub message: &'a str,
    #[serde(flatten)]
    pub at: Location<'a>,
    /// The main place's own words first, then the other places.
    pub labels: Vec<Labelled<'a>>,
    pub notes: &'a [String],
    pub help: Option<&'a str>,
    pub fixes: Vec<Replacement<'a>>,
}

/// A stretch of a file: lines and columns count from 1, a column is a character, `end` is just past it.
#[derive(Debug, Serialize)]
pub struct Location<'a> {
    pub file: &'a str,
    pub start: Place,
    pub end: Place,
}

#[derive(Debug, Serialize)]
pub struct Labelled<'a> {
    pub message: &'a str,
    #[serde(flatten)]
    pub at: Location<'a>,
}

/// Replace what stands there by `text`.
#[derive(Debug, Serialize)]
pub struct Replacement<'a> {
    pub text: &'a str,
    pub safe: bool,
    #[serde(flatten)]
    pub at: Location<'a>,
}

/// Findings with their places in lines and columns.
pub fn findings<'a>(diagnostics: &'a [Diagnostic], sources: &'a Sources) -> Findings<'a> {
    let findings = diagnostics.iter().map(|diagnostic| finding(diagnostic, sources)).collect();
    Findings { findings, summary: Counts::of(diagnostics) }
}

/// The same as indented text, ending in a line end.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let findings = findings(diagnostics, sources);
    // Strings, numbers and lists of them: there is nothing that JSON cannot hold.
    let mut text = serde_json::to_string_pretty(&findings).unwrap_or_default();
    text.push('\n');
    text
}

fn finding<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Finding<'a> {
    let main = Some(&diagnostic.primary).filter(|label| !label.message.is_empty());
    Finding {
        code: diagnostic.code,
        severity: diagnostic.severity,
        message: &diagnostic.message,
        at: location(diagnostic.primary.span, sources),
        labels: main
            .into_iter()
            .chain(&diagnostic.secondary)
            .map(|label| Labelled { message: &label.message, at: location(label.span, sources) })
            .collect(),
        notes: &diagnostic.notes,
        help: diagnostic.help.as_deref(),
        fixes: diagnostic
            .fixes
            .iter()
            .map(|fix| Replacement { text: &fix.text, safe: fix.safe, at: location(fix.span, sources) })
            .collect(),
    }
}

/// A span in lines and columns; the start of a nameless file where its file is not known.
pub(super) fn location(span: Span, sources: &Sources) -> Location<'_> {
    let file = sources.get(span.file);
    let place = |offset| file.map_or(Place { line: 1, column: 1 }, |file| file.place(offset));
    Location { file: file.map_or("", |file| &file.name), start: place(span.start), end: place(span.end) }
}
