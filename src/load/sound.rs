//! The part of a policy with errors that they do not touch.
//!
//! What has an error in it, or lost text, is left out, and so is whatever speaks of it by name, and so on. Names are looked for in the
//! text, so that rather more is left out than need be. Where an error may change what everything means (the fields' heading, the
//! zone, a file that is not there), there is no such part.

use super::consequences::{Lost, words};
use crate::check::Declared;
use crate::diagnostic::{Diagnostic, Severity};
use crate::policy::{Condition, ConditionKind, Entry, LetValue, Policy};
use crate::source::{FileId, Sources, Span};
use crate::syntax::Parsed;
use crate::syntax::ast::{ItemKind, RouteEntry};
use rustc_hash::FxHashSet;

/// A policy without what is broken: rules that are left out are in no route, and conditions of other things never hold.
#[derive(Debug)]
pub struct Part {
    pub policy: Policy,
    /// No exclusion, no field and no item as a whole was lost, so that a lead which comes to the routes here really does.
    pub all_leads: bool,
    /// Items, fields and rules that were left out.
    pub left_out: usize,
}

/// An item, or a field or rule within one.
struct Unit {
    span: Span,
    kind: Kind,
    is_left_out: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// What everything hangs on: the policy block, the heading of the leads.
    Ground,
    Field,
    /// A route around its rules: what is lost there is a rule.
    Route,
    Territories,
    Exclude,
    Other,
}

/// What of a policy the errors of reading and of checking leave.
pub(super) fn part(
    policy: Policy,
    names: &[Declared],
    errors: &[&Diagnostic],
    read: &[Diagnostic],
    sources: &Sources,
    files: &[(FileId, Parsed)],
) -> Option<Part> {
    let lost = Lost::all(read, files);
    let a_file_is_lost = |found: &&Diagnostic| {
        matches!(found.code, "include-not-found" | "include-outside" | "include-loops" | "file-too-long" | "not-utf-8")
    };
    if errors.iter().any(a_file_is_lost) {
        return None;
    }
    let mut units = units(files);
    let an_item_is_lost = lost.iter().any(|lost| lost.item.is_none());
    let has = |kind| units.iter().any(|unit: &Unit| unit.kind == kind);
    if !has(Kind::Field) || an_item_is_lost && lost.iter().flat_map(|lost| lost.words(sources)).any(may_be_ground) {
        return None;
    }
    let mut broken = Broken::default();
    for error in errors {
        let span = error.primary.span;
        // The smallest unit that it is in; a route's heading tells of no rule of it.
        let place = units.iter_mut().filter(|unit| touches(unit.span, span));
        match place.min_by_key(|unit| unit.span.end - unit.span.start) {
            Some(unit) => unit.is_left_out = true,
            None if lost.iter().any(|lost| lost.holds(span)) => {}
            None => return None,
        }
        // An unknown name, or a file that is not there, is told of once. Where text could not be read, no name is at fault.
        let text = sources.slice(span);
        let is_name = text.starts_with('"') || !text.contains(char::is_whitespace);
        if is_name && !read.iter().any(|found| std::ptr::eq(found, *error)) {
            broken.words.extend(words(text));
        }
    }
    for lost in &lost {
        let within = |unit: &&mut Unit| unit.kind != Kind::Route && lost.touches(unit.span);
        units.iter_mut().filter(within).for_each(|unit| unit.is_left_out = true);
    }
    let sets_are_lost = |units: &[Unit]| units.iter().any(|unit| unit.kind == Kind::Territories && unit.is_left_out);
    loop {
        let sets = an_item_is_lost || sets_are_lost(&units);
        let left_out = |span: Span| units.iter().any(|unit| unit.is_left_out && touches(unit.span, span));
        names.iter().filter(|name| left_out(name.span)).for_each(|name| broken.name(&name.name));
        let mut more = false;
        for unit in units.iter_mut().filter(|unit| !unit.is_left_out) {
            // Sets of territories follow each other: where one is lost, so is when the others hold.
            let of_sets = sets && unit.kind == Kind::Territories;
            let of_its_own = !matches!(unit.kind, Kind::Route | Kind::Ground);
            if of_sets || of_its_own && broken.is_named_in(sources.slice(unit.span)) {
                unit.is_left_out = true;
                more = true;
            }
        }
        if !more {
            break;
        }
    }
    let gone = |kind: Kind| units.iter().any(|unit| unit.kind == kind && unit.is_left_out);
    if gone(Kind::Ground) {
        return None;
    }
    let all_leads = !an_item_is_lost && !gone(Kind::Exclude) && !gone(Kind::Field);
    let left_out: Vec<Span> =
        units.iter().filter(|unit| unit.is_left_out && unit.kind != Kind::Route).map(|unit| unit.span).collect();
    let policy = without(policy, &left_out);
    Some(Part { policy, all_leads, left_out: left_out.len() })
}

/// What is left out, by the names under which others may speak of it.
#[derive(Default)]
struct Broken<'n> {
    words: FxHashSet<&'n str>,
    /// Names that are no single word, in the quotes that they need.
    quoted: FxHashSet<String>,
}

impl<'n> Broken<'n> {
    fn name(&mut self, name: &'n str) {
        let mut parts = words(name);
        match (parts.next(), name.contains(['"', '\\'])) {
            (Some(word), _) if word == name => _ = self.words.insert(word),
            // How its signs are written is not known, so each of its words is taken for it.
            (_, true) => self.words.extend(words(name)),
            _ => _ = self.quoted.insert(format!("\"{name}\"")),
        }
    }

    fn is_named_in(&self, text: &str) -> bool {
        words(text).any(|word| self.words.contains(word)) || self.quoted.iter().any(|name| text.contains(name))
    }
}

/// Words of a lost item that may be one which says how everything is read.
fn may_be_ground(word: &str) -> bool {
    matches!(word, "policy" | "timezone" | "lead" | "include" | "missing")
}

fn units(files: &[(FileId, Parsed)]) -> Vec<Unit> {
    let mut units = Vec::new();
    for item in files.iter().flat_map(|(_, parsed)| &parsed.file.items) {
        let mut add = |span, kind| units.push(Unit { span, kind, is_left_out: false });
        match &item.kind {
            ItemKind::Policy(_) | ItemKind::Include(_) => add(item.span, Kind::Ground),
            ItemKind::Lead(lead) => {
                lead.fields.iter().for_each(|field| add(field.span, Kind::Field));
                add(item.span, Kind::Ground);
            }
            ItemKind::Route(route) => {
                for entry in &route.entries {
                    add(entry_span(entry), Kind::Other);
                }
                add(item.span, Kind::Route);
            }
            ItemKind::Territories(_) => add(item.span, Kind::Territories),
            ItemKind::Exclude(_) => add(item.span, Kind::Exclude),
            _ => add(item.span, Kind::Other),
        }
    }
    units
}

fn entry_span(entry: &RouteEntry) -> Span {
    match entry {
        RouteEntry::Rule(rule) => rule.span,
        RouteEntry::Continue { span, .. } => *span,
        RouteEntry::Otherwise(otherwise) => otherwise.span,
    }
}

fn touches(one: Span, other: Span) -> bool {
    one.file == other.file && one.start <= other.end && other.start <= one.end
}

/// A policy without what stands in these places.
fn without(mut policy: Policy, left_out: &[Span]) -> Policy {
    let gone = |span: Span| left_out.iter().any(|place| touches(*place, span));
    let never = |when: &mut Condition| when.kind = ConditionKind::Constant(false);
    let rules_gone: Vec<bool> = policy.rules.iter().map(|rule| gone(rule.whole)).collect();
    for entries in policy.routes.iter_mut().map(|route| &mut route.entries) {
        entries.retain(|entry| match entry {
            Entry::Rule(id) => rules_gone.get(id.at()) == Some(&false),
            Entry::Continue { span, .. } => !gone(*span),
        });
    }
    for rule in policy.rules.iter_mut().filter(|rule| gone(rule.whole)) {
        rule.when.as_mut().into_iter().for_each(never);
    }
    for found in policy.lets.iter_mut().filter(|found| gone(found.span)) {
        if let LetValue::Condition(when) = &mut found.value {
            never(when);
        }
    }
    policy.segments.iter_mut().filter(|found| gone(found.span)).for_each(|found| never(&mut found.when));
    policy.partitions.retain(|found| !gone(found.span));
    policy.scores.iter_mut().filter(|found| gone(found.span)).for_each(|found| found.terms.clear());
    policy.grades.iter_mut().filter(|found| gone(found.span)).for_each(|found| found.steps.clear());
    policy.territory_sets.iter_mut().filter(|set| gone(set.span)).for_each(|set| set.roots.clear());
    for territory in policy.territories.iter_mut().filter(|found| gone(found.span)) {
        never(&mut territory.when);
        territory.parent = None;
        territory.children.clear();
        territory.covered = false;
    }
    policy.tables.iter_mut().filter(|found| gone(found.span)).for_each(|found| found.rows.clear());
    policy.excludes.retain(|found| !gone(found.span));
    policy.experiments.retain(|found| !gone(found.span) && rules_gone.get(found.rule.at()) == Some(&false));
    policy.guarantees.clear();
    policy.goals.clear();
    policy.tests.clear();
    policy
}

/// Errors among findings, those of the text first.
pub(super) fn errors<'d>(read: &'d [Diagnostic], checked: &'d [Diagnostic]) -> Vec<&'d Diagnostic> {
    read.iter().chain(checked).filter(|found| found.severity == Severity::Error).collect()
}
