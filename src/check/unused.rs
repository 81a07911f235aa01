//! Declarations that nothing names.
//!
//! Fields, segments, territories, scores and grades stand in every decision and are of use by themselves; a list in a file is reference data that
//! someone else may keep. Teams hold people whom rules may assign by name, or as owners. Of the rest, what is not named does nothing.

use super::declarations::Declarations;
use super::names::Kind;
use super::scope::Scope;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::ListSource;

/// The kinds that do nothing unless something names them, with what would.
const KINDS: [(Kind, &str); 8] = [
    (Kind::Let, "no condition names it"),
    (Kind::List, "no condition names it"),
    (Kind::Calendar, "nobody works by it and no condition names it"),
    (Kind::Team, "no pool, queue or rule names it"),
    (Kind::Queue, "no lead is sent to it"),
    (Kind::Pool, "no lead is sent to it"),
    (Kind::Sla, "no rule promises it"),
    (Kind::Table, "no rule assigns what it gives"),
];

impl Scope<'_> {
    pub(super) fn unused(&mut self, found: &Declarations<'_>) {
        let mut findings = Vec::new();
        for (kind, why) in KINDS {
            for (name, declared) in self.names.of(kind) {
                let list = (kind == Kind::List).then(|| found.lists.get(declared.id as usize)).flatten();
                let in_file = list.is_some_and(|list| matches!(list.source, ListSource::File { .. }));
                // Which of its people get no lead is told by `rep-in-no-pool`.
                let of_people = kind == Kind::Team && self.assigns_people;
                if declared.used || in_file || of_people {
                    continue;
                }
                findings.push(
                    Diagnostic::warning("unused", declared.span, format!("the {} `{name}` is not used", kind.word()))
                        .here(why)
                        .help("use it, or take it out"),
                );
            }
        }
        self.diagnostics.append(&mut findings);
    }
}
