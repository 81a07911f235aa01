//! Findings as SARIF 2.1.0, the format of code scanners: only the parts that Leadway has something to say in.
//!
//! Source: OASIS Static Analysis Results Interchange Format 2.1.0, sections 3.13 (log) to 3.57 (replacement).

use crate::diagnostic::json::{Location, location};
use crate::diagnostic::{Diagnostic, Fix, Label, pages};
use crate::source::{Sources, Span};
use indexmap::IndexSet;
use serde::Serialize;

const SCHEMA: &str = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json";

#[derive(Debug, Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    version: &'a str,
    runs: [Run<'a>; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    /// Columns count characters, not bytes or UTF-16 units.
    column_kind: &'a str,
    results: Vec<Outcome<'a>>,
}

#[derive(Debug, Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Debug, Serialize)]
struct Driver<'a> {
    name: &'a str,
    version: &'a str,
    rules: Vec<Rule<'a>>,
}

/// A code, with its page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_description: Option<Text<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Page<'a>>,
}

#[derive(Debug, Serialize)]
struct Page<'a> {
    text: &'a str,
    markdown: &'a str,
}

#[derive(Debug, Serialize)]
struct Text<T> {
    text: T,
}

/// A finding; SARIF calls it a result.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'a str,
    message: Text<String>,
    locations: [Place<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Place<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Change<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Place<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<&'a str>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Debug, Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    description: Text<String>,
    artifact_changes: [ArtifactChange<'a>; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'a> {
    artifact_location: Artifact,
    replacements: [Replacement<'a>; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Text<&'a str>,
}

/// A SARIF log of one run, as indented JSON.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let codes: IndexSet<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let results = diagnostics
        .iter()
        .map(|diagnostic| outcome(diagnostic, codes.get_index_of(diagnostic.code).unwrap_or(0), sources))
        .collect();
    let rules = codes.iter().map(|code| rule(code)).collect();
    let driver = Driver { name: "leadway", version: env!("CARGO_PKG_VERSION"), rules };
    let run = Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    // Strings, numbers and lists of them: there is nothing that JSON cannot hold.
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn rule(code: &str) -> Rule<'_> {
    let short_description = pages::summary(code).map(|text| Text { text });
    let help = pages::page(code).map(|page| Page { text: page, markdown: page });
    Rule { id: code, short_description, help }
}

fn outcome<'a>(diagnostic: &'a Diagnostic, rule_index: usize, sources: &Sources) -> Outcome<'a> {
    let lines: Vec<&str> = std::iter::once(diagnostic.message.as_str())
        .chain(diagnostic.notes.iter().map(String::as_str))
        .chain(diagnostic.help.as_deref())
        .collect();
    let related = diagnostic.secondary.iter().enumerate();
    Outcome {
        rule_id: diagnostic.code,
        rule_index,
        level: diagnostic.severity.name(),
        message: Text { text: lines.join("\n") },
        locations: [place(&diagnostic.primary, None, sources)],
        related_locations: related.map(|(at, label)| place(label, Some(at + 1), sources)).collect(),
        fixes: diagnostic.fixes.iter().map(|fix| change(fix, sources)).collect(),
    }
}

fn place<'a>(label: &'a Label, id: Option<usize>, sources: &Sources) -> Place<'a> {
    let (artifact_location, region) = physical(label.span, sources);
    let message = Some(Text { text: label.message.as_str() }).filter(|message| !message.text.is_empty());
    Place { id, physical_location: Physical { artifact_location, region }, message }
}

fn change<'a>(fix: &'a Fix, sources: &Sources) -> Change<'a> {
    let (artifact_location, deleted_region) = physical(fix.span, sources);
    let text = if fix.text.is_empty() { "remove this".to_string() } else { format!("write `{}`", fix.text) };
    let replacements = [Replacement { deleted_region, inserted_content: Text { text: &fix.text } }];
    Change { description: Text { text }, artifact_changes: [ArtifactChange { artifact_location, replacements }] }
}

fn physical(span: Span, sources: &Sources) -> (Artifact, Region) {
    let Location { file, start, end } = location(span, sources);
    let region =
        Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column };
    (Artifact { uri: uri(file) }, region)
}

/// A path as a URI reference (RFC 3986): relative where the path is.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            b'\\' => uri.push('/'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
