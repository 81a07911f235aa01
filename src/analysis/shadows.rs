//! Rules that never take a lead, and rules that could go without a difference.

use super::find::{Answer, Reason};
use super::formula::Formula;
use super::quick::{Existence, Ordered};
use super::routes::Step;
use super::told::{Prover, Undecided};
use crate::diagnostic::Diagnostic;
use crate::matcher::Outcome;
use crate::policy::guarantees::Promised;
use crate::policy::tests::ExpectedKind;
use crate::policy::{RecordsId, RouteId, Rule, RuleId};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// The rules of a policy as a lead comes to them.
pub struct Way {
    pub steps: Vec<Step>,
    /// Exclusions, ties that go to a queue, then what each step takes.
    pub all: Ordered,
    /// The places in `all` of the exclusions and ties.
    pub before: Vec<Before>,
    /// Whether each step takes some lead; none where that is not decided.
    pub live: Vec<Option<bool>>,
}

/// What stands before the routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    Exclude(usize),
    Tie(RecordsId),
}

/// Rules that are named one by one in a message.
const MOST_NAMED: usize = 4;

impl Prover<'_> {
    /// Everything that is proved of the rules and the order in which they stand.
    pub(super) fn rules(&mut self) {
        let Some(mut way) = self.rules_in_order() else {
            let span = self.policy.routes.get(self.policy.main.at()).map(|route| route.span).unwrap_or_default();
            let why = Reason::Loose("routes continue in one another in too many ways".to_owned());
            self.told.undecided.push(Undecided { span, what: "which rules take leads".to_owned(), why });
            return;
        };
        let dead_routes = self.dead_routes(&way);
        let dead = self.shadows(&mut way, &dead_routes);
        self.experiments(&dead);
        self.gaps(&way);
        if self.catch_all {
            self.only_otherwise(&way);
        }
        self.redundant(&way);
        self.exclusive_routes(&way);
        self.conflicts(&way);
    }

    /// Rules of the first route that take no lead, whatever rules were lost: another rule before them takes no lead back. Into another
    /// route a way may have been lost.
    pub(super) fn shadows_of_part(&mut self) {
        let Some(mut way) = self.rules_in_order() else { return };
        let others = (0..self.policy.routes.len() as u32).map(RouteId).filter(|id| *id != self.policy.main);
        let others: Vec<RouteId> = others.collect();
        self.shadows(&mut way, &others);
    }

    /// The rules in order; `None` where routes continue in one another in too many ways.
    pub fn rules_in_order(&mut self) -> Option<Way> {
        let steps = self.space.steps(0)?;
        let mut before = Vec::new();
        let mut formulas = Vec::new();
        for (at, exclude) in self.policy.excludes.iter().enumerate() {
            before.push(Before::Exclude(at));
            formulas.push(self.space.condition(0, &exclude.when));
        }
        for id in (0..self.policy.records.len() as u32).map(RecordsId) {
            let ties = self.space.ties(0, id);
            if ties != Formula::FALSE {
                before.push(Before::Tie(id));
                formulas.push(ties);
            }
        }
        formulas.extend(steps.iter().map(|step| step.takes));
        let live = vec![None; steps.len()];
        Some(Way { all: self.space.ordered(formulas), steps, before, live })
    }

    /// Finds the steps that take no lead, each with what takes its leads before it.
    pub fn find_shadows(&mut self, way: &mut Way) -> Vec<Vec<usize>> {
        let readable = self.space.readable(0);
        let mut covers: Vec<Vec<usize>> = vec![Vec::new(); way.steps.len()];
        for at in 0..way.steps.len() {
            let Some(step) = way.steps.get(at).copied() else { continue };
            let (first, live) = (way.before.len(), &way.live);
            let lives = |at: usize| at.checked_sub(first).is_none_or(|step| live.get(step) != Some(&Some(false)));
            let budget = self.budget.at_most(Self::MOST);
            let found = self.space.exists_among(&[readable, step.takes], &way.all, first + at, lives, &budget);
            let live = match found {
                Existence::Yes => Some(true),
                Existence::No(core) => {
                    covers.get_mut(at).into_iter().for_each(|of: &mut Vec<usize>| of.clone_from(&core));
                    Some(false)
                }
                Existence::Unknown(why) => {
                    let (span, what) =
                        (self.rule_span(step.rule), format!("whether a lead comes to {}", self.rule_name(step.rule)));
                    self.told.undecided.push(Undecided { span, what, why });
                    None
                }
            };
            way.live.get_mut(at).into_iter().for_each(|place| *place = live);
        }
        covers
    }

    /// Which steps take a lead, and whether some lead is taken by none: the proofs alone, without a word about them. `None` as for
    /// [`Prover::rules_in_order`], and for a gap that is not decided.
    pub fn shadows_and_gap(&mut self) -> Option<(Way, Option<bool>)> {
        let mut way = self.rules_in_order()?;
        self.find_shadows(&mut way);
        let readable = self.space.readable(0);
        let budget = self.budget.at_most(Self::MOST);
        let gap = match self.space.exists_among(&[readable], &way.all, way.all.formulas.len(), |_| true, &budget) {
            Existence::Yes => Some(true),
            Existence::No(_) => Some(false),
            Existence::Unknown(_) => None,
        };
        Some((way, gap))
    }

    /// Tells of the rules whose steps all take no lead, and gives them. Those of routes that no lead comes to are not told of.
    pub(super) fn shadows(&mut self, way: &mut Way, dead_routes: &[RouteId]) -> Vec<RuleId> {
        let covers = self.find_shadows(way);
        let mut all_dead = Vec::new();
        let mut steps: Vec<Vec<usize>> = vec![Vec::new(); self.policy.rules.len()];
        for (at, step) in way.steps.iter().enumerate() {
            steps.get_mut(step.rule.at()).into_iter().for_each(|of| of.push(at));
        }
        for (id, own) in (0..).map(RuleId).zip(steps) {
            let dead = |step: &usize| way.live.get(*step) == Some(&Some(false));
            if !own.is_empty() && own.iter().all(dead) {
                let core = own.iter().flat_map(|step| covers.get(*step).into_iter().flatten().copied()).collect();
                all_dead.push(id);
                if self.rule(id).is_some_and(|rule| !dead_routes.contains(&rule.route)) {
                    self.shadowed(way, id, &own, core);
                }
            }
        }
        all_dead
    }

    /// The places of what comes before a step and may take leads of it.
    pub(super) fn blockers(&mut self, way: &Way, step: usize, takes: Formula) -> Vec<usize> {
        let first = way.before.len();
        let mut meeting = self.space.meeting(&way.all, takes, first + step);
        meeting.retain(|at| at.checked_sub(first).is_none_or(|step| way.live.get(step) != Some(&Some(false))));
        meeting
    }

    pub(super) fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.policy.rules.get(id.at())
    }

    pub(super) fn rule_span(&self, id: RuleId) -> Span {
        self.rule(id).map_or(Span::default(), |rule| rule.span)
    }

    /// `rule "Large"`, or `` `otherwise` ``.
    pub(super) fn rule_name(&self, id: RuleId) -> String {
        match self.rule(id) {
            Some(rule) if rule.otherwise => "`otherwise`".to_owned(),
            Some(rule) => format!("rule \"{}\"", rule.title),
            None => String::new(),
        }
    }

    /// What two rules say is the same for every lead.
    pub(super) fn same_outcome(&self, one: RuleId, other: RuleId) -> bool {
        let experiment = |id: RuleId| self.policy.experiments.iter().position(|experiment| experiment.rule == id);
        match (self.rule(one), self.rule(other)) {
            (Some(a), Some(b)) => {
                a.assign == b.assign
                    && a.sla == b.sla
                    && a.priority == b.priority
                    && experiment(one) == experiment(other)
            }
            _ => false,
        }
    }

    fn shadowed(&mut self, way: &Way, id: RuleId, own: &[usize], mut core: Vec<usize>) {
        let Some(rule) = self.rule(id).cloned() else { return };
        // An `otherwise` behind rules that take everything is a safety net.
        if rule.otherwise {
            return;
        }
        let readable = self.space.readable(0);
        let takes = self.space.takes(0, id.at());
        let alone = self.space.find(&[readable, takes], &[], &self.budget.at_most(Self::MOST));
        let Answer::Witness(lead) = alone else {
            // Its own condition never holds, which is told as that.
            let when = rule.when.as_ref().map_or(Formula::TRUE, |when| self.space.condition(0, when));
            if !self.is_proved(&[readable, when], &[]) {
                self.tell(
                    Diagnostic::error(
                        "shadowed-rule",
                        rule.span,
                        format!("rule \"{}\" never takes a lead", rule.title),
                    )
                    .here("no lead that it matches has a target here")
                    .help("add a row to its table, or take the rule out"),
                );
            }
            return;
        };
        core.sort_unstable();
        core.dedup();
        self.fewest_covers(way, own, &mut core);
        let mut by_rules = Vec::new();
        let mut others = Vec::new();
        for at in core {
            match (way.before.get(at), at.checked_sub(way.before.len()).and_then(|step| way.steps.get(step))) {
                (Some(before), _) => others.push(*before),
                (None, Some(step)) => by_rules.push(step.rule),
                (None, None) => {}
            }
        }
        by_rules.sort_unstable();
        by_rules.dedup();
        // A lead of the rule on the way to it, where there is one.
        let step = own.first().and_then(|at| way.steps.get(*at)).map_or(takes, |step| step.takes);
        let lead = match self.space.find(&[readable, step], &[], &self.budget.at_most(Self::MOST)) {
            Answer::Witness(on_the_way) => on_the_way,
            _ => lead,
        };
        let same = !self.is_part
            && others.is_empty()
            && !by_rules.is_empty()
            && by_rules.iter().all(|other| self.same_outcome(id, *other));
        let decided = self.space.decide(0, &lead);
        let takes = self.space.rule_takes(0, id, &lead);
        if !self.holds_up(takes && decided.outcome != Outcome::Rule(id), rule.span, || {
            format!("whether rule \"{}\" takes a lead", rule.title)
        }) {
            return;
        }
        let names: Vec<String> = by_rules.iter().map(|other| self.rule_name(*other)).collect();
        let what = match (names.as_slice(), others.as_slice()) {
            ([], []) => "no lead that comes this way matches it".to_owned(),
            ([], _) => "its leads are excluded or tie before".to_owned(),
            ([one], []) => format!("{one} before it takes all of its leads"),
            (names, []) if names.len() <= MOST_NAMED => format!("{} before it take all of its leads", joined(names)),
            (names, []) => format!("{} rules before it together take all of its leads", names.len()),
            (names, _) => format!(
                "exclusions and {} before it take all of its leads",
                joined(names.get(..MOST_NAMED).unwrap_or(names))
            ),
        };
        let message = format!("rule \"{}\" never takes a lead: {what}", rule.title);
        let mut told = if same {
            Diagnostic::warning("shadowed-rule", rule.span, message)
        } else {
            Diagnostic::error("shadowed-rule", rule.span, message)
        };
        told = told.here("never reached");
        for other in by_rules.iter().take(MOST_NAMED) {
            told = told.also(
                self.rule_span(*other),
                if by_rules.len() == 1 { "takes all of them" } else { "takes some of them" },
            );
        }
        for before in others.iter().take(MOST_NAMED) {
            let span = match before {
                Before::Exclude(at) => self.policy.excludes.get(*at).map(|exclude| exclude.span),
                Before::Tie(id) => self.policy.records.get(id.at()).map(|records| records.span),
            };
            told = span.into_iter().fold(told, |told, span| told.also(span, "takes some of them"));
        }
        told = told.note(format!("for instance {}: {}", self.lead_words(&lead), self.today(&decided)));
        let help = match (same, by_rules.as_slice()) {
            (true, _) => "take the rule out: the rules before it do the same".to_owned(),
            (false, [one]) => {
                format!("move it before {} if it is the exception, or take it out", self.rule_name(*one))
            }
            (false, []) => "change its `match`, or take the rule out".to_owned(),
            (false, _) => {
                "move it before the rules that take its leads if it is the exception, or take it out".to_owned()
            }
        };
        told = told.help(help);
        if self.may_go(id) {
            told = told.safe_fix(rule.whole, "");
        }
        self.tell(told);
    }

    /// Leaves out what is not needed to take all leads of these steps.
    fn fewest_covers(&mut self, way: &Way, own: &[usize], core: &mut Vec<usize>) {
        let readable = self.space.readable(0);
        let mut at = 0;
        while at < core.len() && core.len() > 1 {
            let mut fewer = core.clone();
            fewer.remove(at);
            let without: Vec<Formula> = fewer.iter().filter_map(|at| way.all.formulas.get(*at)).copied().collect();
            let covered = own.iter().filter_map(|step| way.steps.get(*step)).all(|step| {
                let budget = self.budget.at_most(Self::MOST);
                matches!(self.space.exists(&[readable, step.takes], &without, &budget), Existence::No(_))
            });
            if covered { *core = fewer } else { at += 1 }
        }
    }

    /// Whether nothing else in the policy speaks of a rule, so that it can be taken out.
    fn may_go(&self, id: RuleId) -> bool {
        let Some(rule) = self.rule(id) else { return false };
        let named = self.policy.rules.iter().any(|other| other.overrides.contains(&id));
        let tried = self.policy.experiments.iter().any(|experiment| experiment.rule == id);
        let tested = self.policy.tests.iter().flat_map(|case| case.expected()).any(|expected| match expected.kind {
            ExpectedKind::Rule(rule) | ExpectedKind::Fails(rule, _) => rule == id,
            _ => false,
        });
        let promised = self
            .policy
            .guarantees
            .iter()
            .flat_map(|guarantee| &guarantee.claims)
            .any(|claim| matches!(&claim.promised, Promised::TakenBy(rules) if rules.contains(&id)));
        !named && !tried && !tested && !promised && rule.whole != rule.span
    }

    /// Tells of rules whose leads would all have the same outcome without them, and without those that take no lead.
    pub fn redundant(&mut self, way: &Way) {
        let readable = self.space.readable(0);
        let first = way.before.len();
        let mut gone: Vec<usize> = Vec::new();
        let mut times: FxHashMap<RuleId, usize> = FxHashMap::default();
        way.steps.iter().for_each(|step| *times.entry(step.rule).or_default() += 1);
        // A step that takes no lead today may take some once others are gone, unless its rule goes too.
        let lives: FxHashSet<RuleId> = way
            .steps
            .iter()
            .zip(&way.live)
            .filter(|(_, live)| **live != Some(false))
            .map(|(step, _)| step.rule)
            .collect();
        for (at, step) in way.steps.iter().enumerate() {
            let alone = times.get(&step.rule) == Some(&1);
            let otherwise = self.rule(step.rule).is_none_or(|rule| rule.otherwise);
            if !alone || otherwise || way.live.get(at) != Some(&Some(true)) {
                continue;
            }
            let meeting = self.space.meeting(&way.all, step.takes, way.all.formulas.len());
            let kept = |place: &usize| {
                !gone.contains(place)
                    && place
                        .checked_sub(first)
                        .and_then(|of| way.steps.get(of))
                        .is_none_or(|step| lives.contains(&step.rule))
            };
            let (before, after): (Vec<usize>, Vec<usize>) = meeting
                .into_iter()
                .filter(kept)
                .filter(|place| *place != first + at)
                .partition(|place| *place < first + at);
            let is_same = |prover: &Self, place: &usize| {
                place
                    .checked_sub(first)
                    .and_then(|of| way.steps.get(of))
                    .is_some_and(|other| prover.same_outcome(step.rule, other.rule))
            };
            let same: Vec<usize> = after.iter().filter(|place| is_same(self, place)).copied().collect();
            if same.is_empty() {
                continue;
            }
            let formula = |place: &usize| way.all.formulas.get(*place).copied();
            let mut without: Vec<Formula> = before.iter().chain(&same).filter_map(formula).collect();
            let budget = self.budget.at_most(Self::MOST);
            if !matches!(self.space.exists(&[readable, step.takes], &without, &budget), Existence::No(_)) {
                continue;
            }
            // Each lead of it is matched by a rule that does the same, but another may come first.
            without.truncate(before.len());
            let mut differs = Formula::TRUE;
            for place in after.iter().rev() {
                let takes = formula(place).unwrap_or(Formula::FALSE);
                let other = Formula::from(!is_same(self, place));
                differs = self.space.formulas.choose(takes, other, differs);
            }
            if !self.is_proved(&[readable, step.takes, differs], &without) {
                continue;
            }
            // A lead that no rule takes today which could go too.
            without.extend(gone.iter().filter(|place| **place < first + at).filter_map(formula));
            gone.push(first + at);
            let Answer::Witness(lead) = self.space.find(&[readable, step.takes], &without, &budget) else { continue };
            let decided = self.space.decide(0, &lead);
            let takes_over = same.iter().filter_map(|place| way.steps.get(place.checked_sub(first)?));
            let takes_over = takes_over.map(|other| other.rule).find(|other| self.space.rule_takes(0, *other, &lead));
            let span = self.rule_span(step.rule);
            let (Some(next), true) = (takes_over, decided.outcome == Outcome::Rule(step.rule)) else {
                let what = format!("whether {} could go", self.rule_name(step.rule));
                self.holds_up(false, span, || what);
                continue;
            };
            let Some(rule) = self.rule(step.rule).cloned() else { continue };
            let mut told = Diagnostic::warning(
                "redundant-rule",
                span,
                format!("rule \"{}\" changes nothing: without it every lead goes where it goes now", rule.title),
            )
            .here("could go")
            .also(self.rule_span(next), "does the same")
            .note(format!("for instance {}: {}", self.lead_words(&lead), self.today(&decided)))
            .note(format!("without it {} takes that lead, and does the same", self.rule_name(next)))
            .help("take the rule out, or say in it what is to be different for its leads");
            if self.may_go(step.rule) {
                told = told.safe_fix(rule.whole, "");
            }
            self.tell(told);
        }
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
