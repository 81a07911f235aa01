//! A diagnostic as plain data: what is wrong with a policy or its data files, where, and what to do.
//!
//! Only the modules below write one for people or machines; nothing here carries formatting.

pub mod github;
pub mod json;
pub mod pages;
pub mod render;
pub mod sarif;

use crate::source::Span;
use serde::Serialize;
use std::fmt;

/// How bad a finding is. Errors stop a policy from running; warnings are for its author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Note,
}

/// A place that belongs to a finding, with what it has to do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    pub span: Span,
    pub message: String,
}

/// A change of text that mends a finding: replace what `span` holds by `text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    pub span: Span,
    pub text: String,
    /// True where the change is proved to keep the meaning.
    pub safe: bool,
}

/// One finding. `message` is one line in lower case without a final stop, with backticks around the user's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// A kebab-case code that has a page in docs/rules/.
    pub code: &'static str,
    pub severity: Severity,
    pub message: String,
    /// The main place, with a short word on it (may be empty).
    pub primary: Label,
    /// The other places: the first definition, the clause that disagrees.
    pub secondary: Vec<Label>,
    /// Facts, each a line.
    pub notes: Vec<String>,
    /// What to do, in the imperative.
    pub help: Option<String>,
    pub fixes: Vec<Fix>,
}

/// How many findings of each severity there are; `Display` writes `2 errors, 1 warning`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
}

impl Counts {
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        Counts { errors: count(Severity::Error), warnings: count(Severity::Warning), notes: count(Severity::Note) }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let counted = [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")];
        let said: Vec<String> = counted
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}{}", if *count == 1 { "" } else { "s" }))
            .collect();
        match said.is_empty() {
            true => f.write_str("no findings"),
            false => f.write_str(&said.join(", ")),
        }
    }
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

impl Diagnostic {
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, span, message)
    }

    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, span, message)
    }

    /// Something to know, which is no fault.
    pub fn remark(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, span, message)
    }

    fn new(code: &'static str, severity: Severity, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity,
            message: message.into(),
            primary: Label { span, message: String::new() },
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
            fixes: Vec::new(),
        }
    }

    /// The word under the underline.
    pub fn here(mut self, message: impl Into<String>) -> Self {
        self.primary.message = message.into();
        self
    }

    pub fn also(mut self, span: Span, message: impl Into<String>) -> Self {
        self.secondary.push(Label { span, message: message.into() });
        self
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fixes.push(Fix { span, text: text.into(), safe: false });
        self
    }

    /// A change that is proved to keep the meaning.
    pub fn safe_fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fixes.push(Fix { span, text: text.into(), safe: true });
        self
    }
}
