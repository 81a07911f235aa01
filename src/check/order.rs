//! The order in which rules run: what is reached, and whether the order that was declared is the order written.

use super::declarations::Declarations;
use super::names::Kind;
use super::scope::Scope;
use crate::diagnostic::Diagnostic;
use crate::policy::{Entry, Route, RouteId, Rule, RuleId, Target};
use crate::source::Span;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

impl Scope<'_> {
    /// The order of all rules that a lead can come to, and findings about the order.
    pub(super) fn check_order(&mut self, found: &Declarations<'_>, routes: &[Route], rules: &[Rule]) {
        let Some(main) = self.names.get(Kind::Route, "main") else {
            let span = found.routes.first().map_or(Span::default(), |route| route.name.span);
            self.report(
                Diagnostic::error("no-main-route", span, "no route is called `main`, where every lead starts")
                    .help("name the route that leads enter first `main`"),
            );
            return;
        };
        let (order, entered) = walk(RouteId(main.id), routes);
        for (route, entered) in routes.iter().zip(entered) {
            if !entered {
                self.report(
                    Diagnostic::warning(
                        "unreachable",
                        route.span,
                        format!("no lead comes to the route `{}`", route.name),
                    )
                    .here("nothing continues in it")
                    .help(format!("write `continue in {}` where leads should enter it, or take it out", route.name)),
                );
            }
        }
        if let Some(main) = routes.get(main.id as usize) {
            self.falls_through(main, rules);
        }
        let mut place = vec![usize::MAX; rules.len()];
        for (at, rule) in order.iter().enumerate() {
            if let Some(slot) = place.get_mut(rule.at()) {
                *slot = at;
            }
        }
        self.overrides(found, rules, &place);
        self.tiers(found, rules, &order);
    }

    /// Some entry of the main route takes every lead that is left; one whose targets are at fault gets the benefit of the doubt.
    fn falls_through(&mut self, main: &Route, rules: &[Rule]) {
        let closed = main.entries.iter().any(|entry| match entry {
            Entry::Rule(id) => rules.get(id.at()).is_some_and(|rule| {
                let tables_alone = rule.assign.iter().all(|target| matches!(target, Target::Table { .. }));
                rule.when.is_none() && rule.only.is_empty() && (rule.assign.is_empty() || !tables_alone)
            }),
            Entry::Continue { .. } => false,
        });
        if !closed {
            self.report(
                Diagnostic::warning("no-otherwise", main.span, "a lead that no rule of `main` matches goes nowhere")
                    .here("has no `otherwise`")
                    .help("end it with `otherwise { assign queue ... }`"),
            );
        }
    }

    fn overrides(&mut self, found: &Declarations<'_>, rules: &[Rule], place: &[usize]) {
        let written = found.routes.iter().flat_map(|route| &route.entries).filter_map(|entry| match entry {
            crate::syntax::ast::RouteEntry::Rule(rule) => Some(rule),
            _ => None,
        });
        let mut late = Vec::new();
        for rule in written {
            let Some(id) = self.names.get(Kind::Rule, &rule.title.text) else { continue };
            let titles = rule.clauses.iter().filter_map(|clause| match &clause.kind {
                crate::syntax::ast::RuleClauseKind::Overrides(titles) => Some(titles),
                _ => None,
            });
            for title in titles.flatten() {
                let Some(other) = self.names.get(Kind::Rule, &title.text) else { continue };
                let at = |id: u32| place.get(id as usize).copied().unwrap_or(usize::MAX);
                if at(id.id) >= at(other.id) && at(other.id) != usize::MAX {
                    late.push((title, RuleId(other.id)));
                }
            }
        }
        for (title, other) in late {
            let Some(rule) = rules.get(other.at()) else { continue };
            self.report(
                Diagnostic::error(
                    "wrong-order",
                    title.span,
                    format!("`{}` is tried first, so that nothing overrides it", title.text),
                )
                .also(rule.span, "tried before")
                .help("move this rule before the one that it overrides: the first that matches wins"),
            );
        }
    }

    /// Rules of a higher tier stand before those of a lower one.
    fn tiers(&mut self, found: &Declarations<'_>, rules: &[Rule], order: &[RuleId]) {
        let mut ranks: FxHashMap<&SmolStr, (usize, usize)> = FxHashMap::default();
        for (list, tier) in found.tiers.iter().enumerate() {
            for (rank, name) in tier.order.iter().enumerate() {
                if ranks.insert(&name.text, (list, rank)).is_some() {
                    self.report(
                        Diagnostic::error(
                            "duplicate-name",
                            name.span,
                            format!("the tier `{}` is ordered twice", name.text),
                        )
                        .help("order all tiers in one line: `tier a above b above c`"),
                    );
                }
            }
        }
        let mut lowest: FxHashMap<usize, (usize, &Rule)> = FxHashMap::default();
        for rule in order.iter().filter_map(|id| rules.get(id.at())) {
            let Some(tier) = &rule.tier else { continue };
            let Some((list, rank)) = ranks.get(tier).copied() else {
                self.unknown_tier(tier, rule, &ranks);
                continue;
            };
            match lowest.get(&list) {
                Some((lower, before)) if *lower > rank => {
                    let other = before.tier.clone().unwrap_or_default();
                    self.report(
                        Diagnostic::error("wrong-order", rule.span, format!("a rule of tier `{tier}` stands behind one of tier `{other}`"))
                            .here(format!("tier `{tier}`"))
                            .also(before.span, format!("tier `{other}`, tried before"))
                            .help("move the rule up, or give it another tier: the order written is the order in which rules run"),
                    );
                }
                Some((lower, _)) if *lower == rank => {}
                _ => {
                    lowest.insert(list, (rank, rule));
                }
            }
        }
    }

    fn unknown_tier(&mut self, tier: &SmolStr, rule: &Rule, ranks: &FxHashMap<&SmolStr, (usize, usize)>) {
        let mut known: Vec<&str> = ranks.keys().map(|name| name.as_str()).collect();
        known.sort_unstable();
        let close = self.suggester.closest(tier, known);
        let found = Diagnostic::error("unknown-name", rule.span, format!("there is no tier `{tier}`"));
        self.report(match close {
            Some(close) => found.here(format!("did you mean `{close}`?")).help("name a tier that is ordered"),
            None => found.help(format!("say where it stands: `tier {tier} above ...`")),
        });
    }
}

/// All rules in the order in which they are first tried, and which routes are entered. The stack holds the places to come back to.
fn walk(main: RouteId, routes: &[Route]) -> (Vec<RuleId>, Vec<bool>) {
    let mut entered = vec![false; routes.len()];
    let mut order = Vec::new();
    let mut open = vec![(main, 0)];
    if let Some(slot) = entered.get_mut(main.at()) {
        *slot = true;
    }
    while let Some((route, next)) = open.last_mut() {
        let entry = routes.get(route.at()).and_then(|route| route.entries.get(*next));
        *next += 1;
        match entry {
            None => {
                open.pop();
            }
            Some(Entry::Rule(id)) => order.push(*id),
            Some(Entry::Continue { route, .. }) => {
                if let Some(slot) = entered.get_mut(route.at())
                    && !*slot
                {
                    *slot = true;
                    open.push((*route, 0));
                }
            }
        }
    }
    (order, entered)
}
