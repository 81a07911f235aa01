//! Findings as GitHub workflow commands, which show them beside the lines of a pull request.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use crate::diagnostic::json::{Location, location};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;

/// One command a line, one line a finding.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    diagnostics.iter().map(|diagnostic| command(diagnostic, sources)).collect()
}

fn command(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let Location { file, start, end } = location(diagnostic.primary.span, sources);
    // A column is understood only where a finding stays on its line.
    let column = if start.line == end.line { format!(",col={}", start.column) } else { String::new() };
    let others = diagnostic.secondary.iter().filter(|label| !label.message.is_empty()).map(|label| {
        let Location { file, start, .. } = location(label.span, sources);
        format!("{file}:{}:{}: {}", start.line, start.column, label.message)
    });
    let here = Some(&diagnostic.primary.message).filter(|here| !here.is_empty());
    let text: Vec<String> = std::iter::once(diagnostic.message.clone())
        .chain(here.cloned())
        .chain(others)
        .chain(diagnostic.notes.iter().cloned())
        .chain(diagnostic.help.iter().map(|help| format!("help: {help}")))
        .collect();
    format!(
        "::{level} file={},line={},endLine={}{column},title={}::{}\n",
        property(file),
        start.line,
        end.line,
        property(diagnostic.code),
        data(&text.join("\n"))
    )
}

/// A text after the second `::`.
pub fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text between `=` and `,`.
pub fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
