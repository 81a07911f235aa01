//! A difference as annotations of a GitHub workflow, beside the lines of the new version.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use super::{Difference, counted};
use crate::diagnostic::github::{data, property};
use crate::source::{Sources, Span};

/// A command a line; `sources` are those of the new version.
pub fn annotations(difference: &Difference, sources: &Sources) -> String {
    let mut out = String::new();
    for change in &difference.routing.changes {
        for case in &change.cases {
            let text = format!(
                "was {}, now {}\n{}, such as {}",
                change.old,
                change.new,
                super::text::rules(case),
                case.witness.words
            );
            out.push_str(&command("warning", case.new, sources, "leads route differently", &text));
        }
    }
    for moved in &difference.routing.territories {
        let name = |name: &Option<smol_str::SmolStr>| name.as_deref().unwrap_or("none").to_owned();
        let text = format!("was {}, now {}, such as {}", name(&moved.old), name(&moved.new), moved.witness.words);
        out.push_str(&command("warning", None, sources, "leads are in another territory", &text));
    }
    for why in &difference.routing.unknown {
        out.push_str(&command("warning", None, sources, "not decided", why));
    }
    if let Some(leads) = &difference.leads {
        for moved in &leads.moves {
            let text = format!(
                "{} of {}: was {}, now {}",
                counted(moved.leads, "lead", "leads"),
                leads.file,
                moved.old,
                moved.new
            );
            out.push_str(&command("warning", None, sources, "routes differently", &text));
        }
    }
    for part in &difference.parts {
        let text: Vec<&str> = part.details.iter().map(String::as_str).collect();
        let text = if text.is_empty() { part.headline() } else { text.join("\n") };
        out.push_str(&command("notice", part.new, sources, &part.headline(), &text));
    }
    out
}

fn command(level: &str, span: Option<Span>, sources: &Sources, title: &str, text: &str) -> String {
    let place = span.and_then(|span| {
        let file = sources.get(span.file)?;
        let line = file.place(span.start).line;
        Some(format!("file={},line={line},", property(&file.name)))
    });
    format!("::{level} {}title={}::{}\n", place.unwrap_or_default(), property(title), data(text))
}
