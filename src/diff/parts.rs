//! What a version says otherwise than the one before, in words: its people, pools, promises, calendars, data and rules.
//!
//! Things are compared by name, ids mean nothing over two versions. What is new and what is gone count as one thing with a new
//! name where all else is equal and nothing else comes into question.

mod calendars;
mod clauses;
mod data;
mod leads;
mod people;
mod promises;
mod rules;

use super::renumber::Renumbering;
use crate::policy::Policy;
use crate::source::{Sources, Span};
use serde::Serialize;
use smol_str::SmolStr;

/// One version, as its parts are compared.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    pub policy: &'a Policy,
    pub sources: &'a Sources,
}

/// What a difference is about, which is what `--fail-on` chooses by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The leads and how their values are read.
    Schema,
    /// Lists, tables and records.
    Data,
    /// Rules and what they are written with; which leads that moves is another question.
    Rule,
    Sla,
    Territory,
    Pool,
    People,
    Calendar,
    Experiment,
    /// Guarantees and goals: what the policy promises of itself.
    Promise,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum How {
    Added,
    Removed,
    /// All else is equal.
    Renamed {
        from: SmolStr,
    },
    Changed,
}

/// One thing that is otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub kind: Kind,
    /// In the words of the policy: `pool`, `sla`, `list`.
    pub what: &'static str,
    pub name: SmolStr,
    #[serde(flatten)]
    pub how: How,
    /// In what way, each a line.
    pub details: Vec<String>,
    /// Where it is declared.
    #[serde(skip)]
    pub old: Option<Span>,
    #[serde(skip)]
    pub new: Option<Span>,
}

/// Everything that two versions say differently, in the order in which a policy says it.
pub fn changes(old: Side, new: Side) -> Vec<Change> {
    let mut names = Renumbering::by_name(old.policy, new.policy);
    // What stands in another thing may have been renamed, and then that thing is the same.
    loop {
        let mut known = data::changes(old.policy, new.policy, &names);
        known.extend(rules::named_conditions(old.policy, new.policy, &names));
        let mut renames = known.iter().filter_map(|one| match &one.how {
            How::Renamed { from } => Some((one.what, from, &one.name)),
            _ => None,
        });
        if !renames.any(|(what, was, is)| names.adopt(old.policy, new.policy, what, was, is)) {
            break;
        }
    }
    let mut found = leads::changes(old.policy, new.policy, &names);
    found.extend(data::changes(old.policy, new.policy, &names));
    found.extend(rules::named_conditions(old.policy, new.policy, &names));
    found.extend(calendars::changes(old.policy, new.policy));
    found.extend(people::changes(old.policy, new.policy));
    found.extend(promises::slas(old.policy, new.policy));
    found.extend(rules::changes(old.policy, new.policy, &names));
    found.extend(promises::experiments(old.policy, new.policy, &names));
    found.extend(promises::of_itself(old, new));
    found
}

/// A kind of thing that has a name.
struct Things<'a, T> {
    kind: Kind,
    what: &'static str,
    old: &'a [T],
    new: &'a [T],
    name: fn(&T) -> &SmolStr,
    span: fn(&T) -> Span,
}

impl<T> Things<'_, T> {
    /// What is new, gone, renamed and changed; `details` says in what way two differ. `renames` says whether a thing is worth
    /// knowing again: an empty queue is like any other.
    fn changes(&self, details: impl Fn(&T, &T) -> Vec<String>, renames: impl Fn(&T) -> bool) -> Vec<Change> {
        let name = self.name;
        let has = |all: &[T], one: &T| all.iter().any(|other| name(other) == name(one));
        let gone: Vec<&T> = self.old.iter().filter(|one| !has(self.new, one)).collect();
        let come: Vec<&T> = self.new.iter().filter(|one| !has(self.old, one)).collect();
        let same = |one: &T, other: &T| renames(one) && renames(other) && details(one, other).is_empty();
        let alone = |of: &[&T], like: &T| of.iter().filter(|other| same(other, like)).count() == 1;
        let renamed = |new: &T| {
            let old = gone.iter().find(|old| same(old, new))?;
            (alone(&gone, new) && alone(&come, old)).then_some(*old)
        };
        let change = |of: &T, how: How, details: Vec<String>, old: Option<Span>, new: Option<Span>| Change {
            kind: self.kind,
            what: self.what,
            name: name(of).clone(),
            how,
            details,
            old,
            new,
        };
        let mut found = Vec::new();
        let mut known_again: Vec<&SmolStr> = Vec::new();
        for one in self.new {
            let place = Some((self.span)(one));
            if let Some(before) = self.old.iter().find(|other| name(other) == name(one)) {
                let details = details(before, one);
                if !details.is_empty() {
                    found.push(change(one, How::Changed, details, Some((self.span)(before)), place));
                }
            } else if let Some(before) = renamed(one) {
                known_again.push(name(before));
                let how = How::Renamed { from: name(before).clone() };
                found.push(change(one, how, Vec::new(), Some((self.span)(before)), place));
            } else {
                found.push(change(one, How::Added, Vec::new(), None, place));
            }
        }
        let gone = gone.into_iter().filter(|one| !known_again.contains(&name(one)));
        found.extend(gone.map(|one| change(one, How::Removed, Vec::new(), Some((self.span)(one)), None)));
        found
    }
}

/// The names of things by id.
fn names<'a, T, I: Copy>(
    ids: &[I],
    at: impl Fn(I) -> usize,
    all: &'a [T],
    name: impl Fn(&'a T) -> &'a SmolStr,
) -> Vec<SmolStr> {
    ids.iter().filter_map(|&id| all.get(at(id))).map(|one| name(one).clone()).collect()
}

/// What was and what is, on a line each.
fn was_and_is(what: &str, old: &str, new: &str) -> Vec<String> {
    match (old.is_empty(), new.is_empty()) {
        _ if old == new => Vec::new(),
        (true, _) => vec![format!("now {what} {new}")],
        (_, true) => vec![format!("no longer {what} {old}")],
        _ => vec![format!("{what} {new}"), format!("was {what} {old}")],
    }
}
