//! Findings that only follow from text that could not be read: a lost item is no reason to say that its name is unknown.

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, Sources};
use crate::syntax::ast;
use rustc_hash::FxHashSet;

/// What is said of things that are not there, and so may have been lost.
const OF_ABSENCE: [&str; 6] = ["no-main-route", "no-otherwise", "no-fallback", "no-members", "unused", "unreachable"];

/// Leaves out of `checked` what may be wrong only because something else could not be read, as `read` says.
pub(super) fn leave_out(
    checked: &mut Vec<Diagnostic>,
    read: &[Diagnostic],
    sources: &Sources,
    files: &[(FileId, &ast::File)],
) {
    if read.iter().all(|found| found.severity != Severity::Error) {
        return;
    }
    let whole_file_lost = read.iter().any(|found| matches!(found.code, "include-not-found" | "include-outside"));
    let lost = lost_words(sources, files);
    checked.retain(|found| {
        let span = found.primary.span;
        let name = sources.get(span.file).and_then(|file| file.text.get(span.start as usize..span.end as usize));
        let unknown = found.code == "unknown-name";
        let may_be_lost = whole_file_lost || name.is_some_and(|name| lost.contains(name.trim_matches('"')));
        !(OF_ABSENCE.contains(&found.code) || unknown && may_be_lost)
    });
}

/// The words between the items that were read.
fn lost_words<'s>(sources: &'s Sources, files: &[(FileId, &ast::File)]) -> FxHashSet<&'s str> {
    let mut words = FxHashSet::default();
    for (id, tree) in files {
        let Some(source) = sources.get(*id) else { continue };
        let mut from = 0;
        let ends = tree.items.iter().map(|item| (item.span.start as usize, item.span.end as usize));
        for (start, end) in ends.chain([(source.text.len(), source.text.len())]) {
            let between = source.text.get(from..start).unwrap_or("");
            words.extend(between.split(|letter: char| !letter.is_alphanumeric() && letter != '_'));
            from = end;
        }
    }
    words
}
