//! Where `not` or `!=` lets a missing value through, though nothing says that it should.
//!
//! The question is asked of what is written in one place: a name of a let, segment or territory is taken at its word, and so is a column that
//! stands alone (`not account.customer` also means that no account was found).

use super::scope::{LetShape, Scope};
use crate::diagnostic::Diagnostic;
use crate::policy::{Condition, ConditionKind, LetValue, Predicate, Subject};
use crate::source::Span;
use rustc_hash::FxHashSet;

impl Scope<'_> {
    pub(super) fn warn_missing_passes(&mut self, condition: &Condition) {
        let mut leaks = Vec::new();
        find_leaks(condition, true, &FxHashSet::default(), &mut leaks);
        let mut said: FxHashSet<Subject> = FxHashSet::default();
        for (subject, span) in leaks {
            if self.never_missing(subject) || !said.insert(subject) {
                continue;
            }
            let name = self.subject_name(subject);
            self.report(
                Diagnostic::warning("missing-passes", span, format!("this also holds where `{name}` is missing"))
                    .here(format!("holds for a lead without `{name}`"))
                    .help(format!("add `and {name} is present`, or `or {name} is missing` where that is meant")),
            );
        }
    }

    fn never_missing(&self, subject: Subject) -> bool {
        match subject {
            Subject::Field(id) => self.fields.get(id.at()).is_some_and(|known| known.required),
            Subject::Let(id) => matches!(self.lets.get(id.at()), Some(LetShape::Domain { required: true })),
            Subject::Record(..) => false,
            Subject::Score(_) => true,
        }
    }

    fn subject_name(&self, subject: Subject) -> String {
        use super::names::Kind;
        let place = |kind, id: u32| self.names.of(kind).find(|(_, declared)| declared.id == id);
        let named = |kind, id| place(kind, id).map_or(String::new(), |(name, _)| name.to_string());
        match subject {
            Subject::Field(id) => named(Kind::Field, id.0),
            Subject::Score(id) => named(Kind::Score, id.0),
            Subject::Let(id) => match self.unnamed_lets.get_index(id.at().wrapping_sub(self.lets.len())) {
                Some((_, unnamed)) => match unnamed.value {
                    LetValue::DomainOf(of) => format!("domain of {}", self.subject_name(of)),
                    LetValue::Condition(_) => String::new(),
                },
                None => named(Kind::Let, id.0),
            },
            Subject::Record(records, column) => {
                let columns = self.columns.get(records.at());
                let column = columns.and_then(|columns| columns.names.get_index(column.at()));
                let column = column.map_or(String::new(), |(name, _)| name.to_string());
                format!("{}.{column}", named(Kind::Records, records.0))
            }
        }
    }
}

/// Collects the tests that fail for a missing value where failing is what is asked for. `holds` is false under an odd number of `not`s;
/// `guarded` are the subjects that something joined by `and` tests already, or something joined by `or` asks to be missing.
fn find_leaks(condition: &Condition, holds: bool, guarded: &FxHashSet<Subject>, leaks: &mut Vec<(Subject, Span)>) {
    match (&condition.kind, holds) {
        (ConditionKind::Not(inner), _) => find_leaks_at(inner, condition.span, !holds, guarded, leaks),
        // `not (a or b)` is `not a and not b`, and the other way round.
        (ConditionKind::And(parts) | ConditionKind::Or(parts), _) => {
            let joined_by_and = matches!(condition.kind, ConditionKind::And(_)) == holds;
            let mut guarded = guarded.clone();
            guarded.extend(parts.iter().filter_map(|part| settles(part, holds, joined_by_and)));
            parts.iter().for_each(|part| find_leaks(part, holds, &guarded, leaks));
        }
        (ConditionKind::Test(_), _) => find_leaks_at(condition, condition.span, holds, guarded, leaks),
        _ => {}
    }
}

fn find_leaks_at(
    condition: &Condition,
    span: Span,
    holds: bool,
    guarded: &FxHashSet<Subject>,
    leaks: &mut Vec<(Subject, Span)>,
) {
    let ConditionKind::Test(test) = &condition.kind else {
        return find_leaks(condition, holds, guarded, leaks);
    };
    let stands_alone = test.predicate == Predicate::True && matches!(test.subject, Subject::Record(..));
    if !holds && test.predicate != Predicate::Missing && !stands_alone && !guarded.contains(&test.subject) {
        leaks.push((test.subject, span));
    }
}

/// The subject that this part tests in a way that a missing value fails (joined by `and`), or asks to be missing (joined by `or`).
fn settles(part: &Condition, holds: bool, joined_by_and: bool) -> Option<Subject> {
    match &part.kind {
        ConditionKind::Not(inner) => settles(inner, !holds, joined_by_and),
        ConditionKind::Test(test) => {
            let asks_missing = test.predicate == Predicate::Missing;
            let settled = if joined_by_and { asks_missing != holds } else { asks_missing && holds };
            settled.then_some(test.subject)
        }
        _ => None,
    }
}
