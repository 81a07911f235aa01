//! Leads that no rule takes, leads that only `otherwise` takes, routes and experiments that no lead comes to.

use super::formula::Formula;
use super::quick::Existence;
use super::reached::Place;
use super::regions::{Region, Regions, Rest};
use super::shadows::Way;
use super::told::{Prover, Undecided};
use crate::diagnostic::Diagnostic;
use crate::matcher::Outcome;
use crate::policy::{RouteId, RuleId};
use crate::source::Span;

/// Regions that are told.
const MOST_REGIONS: usize = 12;

impl Prover<'_> {
    /// Tells of leads that end without a decision.
    pub(super) fn gaps(&mut self, way: &Way) {
        let readable = self.space.readable(0);
        let live =
            |at: &usize| at.checked_sub(way.before.len()).is_none_or(|step| way.live.get(step) != Some(&Some(false)));
        let without: Vec<Formula> =
            (0..way.all.formulas.len()).filter(live).filter_map(|at| way.all.formulas.get(at)).copied().collect();
        let span = self.main_span();
        let what = "whether every lead is taken by some rule";
        let undecided = self.told.undecided.len();
        let regions = self.regions_told(&[readable], &without, span, what, &Outcome::None);
        self.told.gap_decided = regions.is_some() || undecided == self.told.undecided.len();
        let Some((notes, first)) = regions else { return };
        let told = Diagnostic::warning("coverage-gap", span, format!("some leads end without a decision: {first}"))
            .here("no rule takes them")
            .help("add a rule for them, or end the route with `otherwise { assign queue ... }`");
        self.tell(notes.into_iter().fold(told, Diagnostic::note));
    }

    /// Tells which leads only an `otherwise` takes.
    pub(super) fn only_otherwise(&mut self, way: &Way) {
        let readable = self.space.readable(0);
        for (at, step) in way.steps.iter().enumerate() {
            let Some(rule) = self.rule(step.rule).filter(|rule| rule.otherwise).cloned() else { continue };
            let without: Vec<Formula> = way.all.formulas.iter().take(way.before.len() + at).copied().collect();
            let what = "what only `otherwise` takes";
            let regions =
                self.regions_told(&[readable, step.takes], &without, rule.span, what, &Outcome::Rule(step.rule));
            let Some((notes, first)) = regions else { continue };
            let told = Diagnostic::remark(
                "catch-all-only",
                rule.span,
                format!("some leads are taken by nothing but this: {first}"),
            )
            .here("takes what is left")
            .help("write a rule for those that deserve one");
            self.tell(notes.into_iter().fold(told, Diagnostic::note));
        }
    }

    /// The regions of a question in words, a note each, and a lead of the first; none where there is no lead.
    fn regions_told(
        &mut self,
        holds: &[Formula],
        without: &[Formula],
        span: Span,
        what: &str,
        outcome: &Outcome,
    ) -> Option<(Vec<String>, String)> {
        let Regions { regions, rest } =
            self.space.regions(holds, without, MOST_REGIONS, &self.budget.at_most(Self::MOST));
        let all = regions.len();
        let sound: Vec<Region> =
            regions.into_iter().filter(|region| self.space.decide(0, &region.lead).outcome == *outcome).collect();
        if let Rest::Unknown(why) = &rest {
            self.told.undecided.push(Undecided { span, what: what.to_owned(), why: why.clone() });
        } else {
            self.holds_up(sound.len() == all, span, || what.to_owned());
        }
        let first = match self.lead_words(&sound.first()?.lead) {
            words if words == "any lead" => "one of which nothing is known".to_owned(),
            words => format!("{words}, for instance"),
        };
        let mut notes: Vec<String> = sound
            .iter()
            .map(|region| match self.space.region_words(region) {
                words if words.is_empty() => "every lead".to_owned(),
                words => words.join(" and "),
            })
            .collect();
        if rest == Rest::More {
            notes.push(format!("and more than these {MOST_REGIONS}"));
        }
        Some((notes, first))
    }

    fn main_span(&self) -> Span {
        self.policy.routes.get(self.policy.main.at()).map(|route| route.span).unwrap_or_default()
    }

    /// Routes that are continued in and that no lead comes to. Their rules need not be told of one by one.
    pub(super) fn dead_routes(&mut self, way: &Way) -> Vec<RouteId> {
        let policy = self.policy;
        let readable = self.space.readable(0);
        let mut dead = Vec::new();
        let Some(stops) = self.space.entries(0) else { return dead };
        for (id, route) in (0..).map(RouteId).zip(&policy.routes).filter(|(id, _)| *id != policy.main) {
            // The first entry on each way into the route: a rule, or a `continue`, whose rules may take all that comes.
            let mut ways: Vec<(usize, Formula)> = Vec::new();
            for (before, stop) in &stops {
                let in_route = match stop.place {
                    Place::Rule(rule) => self.rule(rule).is_some_and(|rule| rule.route == id),
                    Place::Continue(route, _) => route == id,
                    _ => false,
                };
                if in_route && ways.iter().all(|(_, known)| *known != stop.way) {
                    ways.push((*before, stop.way));
                }
            }
            let nobody = |prover: &mut Self, (at, into): &(usize, Formula)| {
                let blockers = prover.blockers(way, *at, *into);
                let without: Vec<Formula> =
                    blockers.iter().filter_map(|at| way.all.formulas.get(*at)).copied().collect();
                let budget = prover.budget.at_most(Self::MOST);
                matches!(prover.space.exists(&[readable, *into], &without, &budget), Existence::No(_))
            };
            if !ways.is_empty() && ways.iter().all(|into| nobody(self, into)) {
                dead.push(id);
                let entry = policy.routes.iter().flat_map(|from| &from.entries).find_map(|entry| match entry {
                    crate::policy::Entry::Continue { route, span, .. } if *route == id => Some(*span),
                    _ => None,
                });
                let mut told = Diagnostic::warning(
                    "dead-route",
                    route.span,
                    format!("no lead comes to the route `{}`", route.name),
                )
                .here("none of its rules is ever tried");
                if let Some(span) = entry {
                    told = told.also(span, "every lead for which this holds is taken before, or there is none");
                }
                self.tell(told.help("move the `continue` before the rules that take its leads, or take the route out"));
            }
        }
        dead
    }

    /// Experiments on rules that take no lead.
    pub(super) fn experiments(&mut self, dead: &[RuleId]) {
        for experiment in self.policy.experiments.iter().filter(|experiment| dead.contains(&experiment.rule)) {
            self.tell(
                Diagnostic::warning(
                    "experiment-unreachable",
                    experiment.span,
                    format!("no lead comes to the experiment `{}`", experiment.name),
                )
                .here("its rule never takes a lead")
                .also(self.rule_span(experiment.rule), "the rule")
                .help("move the rule before those that take its leads, or put the experiment on another rule"),
            );
        }
    }
}
