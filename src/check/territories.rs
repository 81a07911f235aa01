//! Territories: the trees of all sets, and the days on which each set is in force.

use super::conditions::any;
use super::cycles::Node;
use super::declarations::{Declarations, in_order};
use super::scope::Scope;
use crate::diagnostic::Diagnostic;
use crate::policy::{Condition, ConditionKind, Territory, TerritoryId, TerritorySet};
use crate::source::Span;
use crate::syntax::ast;
use chrono::NaiveDate;

impl Scope<'_> {
    pub(super) fn territories(&mut self, found: &Declarations<'_>) -> (Vec<TerritorySet>, Vec<Territory>) {
        let mut sets = Vec::with_capacity(found.territory_sets.len());
        let mut all: Vec<Territory> = Vec::new();
        self.set_order(found);
        self.dependencies.enter(Node::Territories, "territories");
        for (at, territory) in found.territory_sets.iter().flat_map(|(set, _)| in_order(&set.roots)).enumerate() {
            self.dependencies.edge(Node::Territory(TerritoryId(at as u32)), territory.name.span);
        }
        for (at, (set, span)) in found.territory_sets.iter().enumerate() {
            let roots = self.tree(set, at as u32, &mut all);
            sets.push(TerritorySet {
                title: set.title.as_ref().map(|title| title.text.clone()),
                span: set.title.as_ref().map_or(*span, |title| title.span),
                from: set.from.as_ref().map(|day| day.date),
                roots,
                move_open_leads: set.move_open_leads,
            });
        }
        self.dependencies.leave();
        (sets, all)
    }

    /// Lowers one tree, parents before children, in the order in which their ids were given.
    fn tree(&mut self, set: &ast::Territories, at: u32, all: &mut Vec<Territory>) -> Vec<TerritoryId> {
        let mut roots = Vec::new();
        let mut open: Vec<(&ast::Territory, Option<TerritoryId>)> =
            set.roots.iter().rev().map(|root| (root, None)).collect();
        while let Some((territory, parent)) = open.pop() {
            let id = TerritoryId(all.len() as u32);
            match parent.and_then(|parent| all.get_mut(parent.at())) {
                Some(parent) => parent.children.push(id),
                None => roots.push(id),
            }
            self.dependencies.enter(Node::Territory(id), territory.name.text.as_str());
            let when = match &territory.when {
                Some(when) => self.condition(when),
                None => Condition { kind: ConditionKind::Constant(true), span: territory.span },
            };
            self.warn_missing_passes(&when);
            all.push(Territory {
                name: territory.name.text.clone(),
                title: territory.title.as_ref().map(|title| title.text.clone()),
                span: territory.name.span,
                set: at,
                parent,
                children: Vec::new(),
                when,
                covered: territory.covered,
            });
            if territory.when.is_none() && territory.children.is_empty() {
                let name = &territory.name.text;
                self.report(
                    Diagnostic::error(
                        "missing-part",
                        territory.span,
                        format!("the territory `{name}` says neither when nor of what"),
                    )
                    .help("write `when` and a condition, or the territories that it is made of"),
                );
            }
            open.extend(territory.children.iter().rev().map(|child| (child, Some(id))));
        }
        self.sums(set, all);
        roots
    }

    /// A territory without a condition of its own is any of its children.
    fn sums(&mut self, set: &ast::Territories, all: &mut [Territory]) {
        let written = in_order(&set.roots);
        let first = all.len().saturating_sub(written.len());
        for (at, written) in (first..all.len()).zip(written).rev() {
            let Some(territory) = all.get(at).filter(|_| written.when.is_none()) else { continue };
            let of_child = |child: &TerritoryId| Some(all.get(child.at())?.when.kind.clone());
            let kind = any(territory.children.iter().filter_map(of_child).collect(), written.span);
            if let Some(territory) = all.get_mut(at) {
                territory.when = Condition { kind, span: written.span };
            }
        }
    }

    /// Sets are written in the order of their days, and no two start on one.
    fn set_order(&mut self, found: &Declarations<'_>) {
        for pair in found.territory_sets.windows(2) {
            let [(before, before_span), (after, after_span)] = pair else { continue };
            let starts = (before.from.as_ref().map(|day| day.date), after.from.as_ref().map(|day| day.date));
            let (first, second) = (place(before, *before_span), place(after, *after_span));
            if starts.0 == starts.1 {
                let message = match starts.1 {
                    Some(day) => format!("two sets of territories start on {day}"),
                    None => "two sets of territories have no start".to_string(),
                };
                self.report(
                    Diagnostic::error("duplicate-name", second, message)
                        .here("this one")
                        .also(first, "and this one")
                        .help("give each set its first day: `territories \"FY27\" from 2027-02-01 { ... }`"),
                );
            } else if before_span.file == after_span.file && before_span.start > after_span.start {
                let day = |start: Option<NaiveDate>| {
                    start.map_or("from the beginning".to_string(), |day| format!("from {day}"))
                };
                self.report(
                    Diagnostic::warning(
                        "wrong-order",
                        first,
                        "sets of territories are written in the order of their days",
                    )
                    .here(day(starts.0))
                    .also(second, format!("written before, and in force {}", day(starts.1)))
                    .help("move this set before the other"),
                );
            }
        }
    }
}

fn place(set: &ast::Territories, span: Span) -> Span {
    set.from.as_ref().map(|day| day.span).or(set.title.as_ref().map(|title| title.span)).unwrap_or(span)
}
