//! Rules that match the same leads and do different things, routes that allow no overlap, and rows of tables that overlap.
//!
//! An earlier rule inside a later one is an exception, which is what order is for. Rules that cross on the same fields are very likely an
//! accident. Rules that cross on different fields are told of only where the policy orders its rules by tiers, once a pair of shapes:
//! elsewhere the order written is all the order there is.

use super::formula::Formula;
use super::quick::Existence;
use super::shadows::Way;
use super::told::{Asked, Prover, Undecided};
use crate::diagnostic::Diagnostic;
use crate::matcher::Outcome;
use crate::policy::{Condition, ConditionKind, Entry, LetValue, RuleId, Subject, Target, TerritoryId};
use std::collections::{BTreeMap, BTreeSet};

/// What a rule asks about, names resolved to fields; a score is one thing, whatever it is made of.
type Shape = BTreeSet<About>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Subject(Subject),
    Instant,
}

/// Conflicts that are told one by one.
const MOST_TOLD: usize = 20;
/// Rules that are named with one conflict.
const MOST_OTHERS: usize = 5;
/// Leads that are shown with one conflict.
const MOST_NOTES: usize = 2;
/// Pairs of one pair of shapes that are tried.
const MOST_TRIES: usize = 3;

impl Prover<'_> {
    pub fn conflicts(&mut self, way: &Way) {
        let shapes: Vec<Shape> = way.steps.iter().map(|step| self.shape(step.rule)).collect();
        let mut by_shape: BTreeMap<&Shape, Vec<usize>> = BTreeMap::new();
        for (at, shape) in shapes.iter().enumerate() {
            let plain = way.steps.get(at).and_then(|step| self.rule(step.rule)).is_some_and(|rule| !rule.otherwise);
            if plain && way.live.get(at) == Some(&Some(true)) && !shape.is_empty() {
                by_shape.entry(shape).or_default().push(at);
            }
        }
        let mut told = 0;
        let mut more = 0;
        for same in by_shape.values().filter(|same| same.len() > 1) {
            let takes: Vec<Formula> = same.iter().filter_map(|at| way.steps.get(*at)).map(|step| step.takes).collect();
            let ordered = self.space.ordered(takes);
            let mut crossing: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for (place, later) in same.iter().enumerate() {
                let Some(step) = way.steps.get(*later).copied() else { continue };
                for earlier in self.space.meeting(&ordered, step.takes, place) {
                    let Some(earlier) = same.get(earlier).copied() else { continue };
                    if self.crosses(way, earlier, *later) {
                        crossing.entry(earlier).or_default().push(*later);
                    }
                }
            }
            for (earlier, others) in crossing {
                if told == MOST_TOLD {
                    more += others.len();
                    continue;
                }
                told += usize::from(self.conflict(way, earlier, others));
            }
        }
        if more > 0 {
            let span = self.policy.routes.get(self.policy.main.at()).map(|route| route.span).unwrap_or_default();
            self.tell(
                Diagnostic::warning(
                    "conflicting-rules",
                    span,
                    format!("{more} more pairs of rules match the same leads and do different things"),
                )
                .help("settle those above first, or order whole groups of rules by `tier`"),
            );
        }
        self.conflicts_of_shapes(way, &by_shape);
    }

    /// What a rule asks about.
    fn shape(&self, id: RuleId) -> Shape {
        let mut shape = Shape::new();
        let Some(rule) = self.rule(id) else { return shape };
        if !rule.only.is_empty() {
            shape.insert(About::Instant);
        }
        rule.when.iter().for_each(|when| self.asks(when, &mut shape));
        for target in &rule.assign {
            let Target::Table { table, .. } = target else { continue };
            let rows = self.policy.tables.get(table.at()).map_or(&[][..], |table| &table.rows);
            rows.iter().flat_map(|row| &row.cells).for_each(|cell| self.asks(cell, &mut shape));
        }
        shape
    }

    fn asks(&self, condition: &Condition, shape: &mut Shape) {
        let policy = self.policy;
        match &condition.kind {
            ConditionKind::Constant(_) => {}
            ConditionKind::And(parts) | ConditionKind::Or(parts) => {
                parts.iter().for_each(|part| self.asks(part, shape))
            }
            ConditionKind::Not(part) => self.asks(part, shape),
            ConditionKind::Test(test) => {
                let mut subject = test.subject;
                // The domain of an email is a part of it.
                while let Subject::Let(id) = subject
                    && let Some(LetValue::DomainOf(of)) = policy.lets.get(id.at()).map(|found| &found.value)
                {
                    subject = *of;
                }
                shape.insert(About::Subject(subject));
            }
            ConditionKind::Segment(id) => {
                policy.segments.get(id.at()).into_iter().for_each(|segment| self.asks(&segment.when, shape));
            }
            ConditionKind::Let(id) => {
                if let Some(LetValue::Condition(condition)) = policy.lets.get(id.at()).map(|found| &found.value) {
                    self.asks(condition, shape);
                }
            }
            ConditionKind::Territory(ids) => {
                for id in ids {
                    let above =
                        |id: &TerritoryId| policy.territories.get(id.at()).and_then(|territory| territory.parent);
                    for id in std::iter::successors(Some(*id), above) {
                        policy.territories.get(id.at()).into_iter().for_each(|found| self.asks(&found.when, shape));
                    }
                }
            }
            ConditionKind::Grade(id, _) => {
                shape.extend(policy.grades.get(id.at()).map(|grade| About::Subject(Subject::Score(grade.score))));
            }
            ConditionKind::ArrivesDuring(_) => _ = shape.insert(About::Instant),
        }
    }

    /// Whether two steps really meet, though neither is the exception of the other and nothing says that this is meant.
    fn crosses(&mut self, way: &Way, earlier: usize, later: usize) -> bool {
        let Some((one, other)) = way.steps.get(earlier).copied().zip(way.steps.get(later).copied()) else {
            return false;
        };
        if one.rule == other.rule || self.same_outcome(one.rule, other.rule) || self.is_declared(one.rule, other.rule) {
            return false;
        }
        let readable = self.space.readable(0);
        let both = self.space.formulas.and([readable, one.takes, other.takes]);
        if both == self.space.formulas.and([readable, one.takes]) {
            return false;
        }
        let blockers = self.blockers(way, earlier, both);
        let mut without: Vec<Formula> = blockers.iter().filter_map(|at| way.all.formulas.get(*at)).copied().collect();
        match self.space.exists(&[both], &without, &self.budget.at_most(Self::MOST)) {
            Existence::Yes => {}
            Existence::No(_) => return false,
            Existence::Unknown(why) => {
                let what = format!("whether {} and {} meet", self.rule_name(one.rule), self.rule_name(other.rule));
                self.told.undecided.push(Undecided { span: self.rule_span(other.rule), what, why });
                return false;
            }
        }
        // What the earlier rule takes and the later one does not match: without any, it is an exception.
        without.push(other.takes);
        let only_earlier = self.space.exists(&[readable, one.takes], &without, &self.budget.at_most(Self::MOST));
        !matches!(only_earlier, Existence::No(_))
    }

    /// A lead that two steps meet in, in words.
    fn lead_of_both(&mut self, way: &Way, earlier: usize, later: usize) -> Option<String> {
        let (one, other) = (way.steps.get(earlier).copied()?, way.steps.get(later).copied()?);
        let readable = self.space.readable(0);
        let both = self.space.formulas.and([readable, one.takes, other.takes]);
        let blockers = self.blockers(way, earlier, both);
        let without: Vec<Formula> = blockers.iter().filter_map(|at| way.all.formulas.get(*at)).copied().collect();
        let (span, names) = (self.rule_span(other.rule), [self.rule_name(one.rule), self.rule_name(other.rule)]);
        let what = || format!("whether {} and {} meet", names[0], names[1]);
        let Asked::Lead(lead) = self.ask(&[both], &without, span, what) else { return None };
        let decided = self.space.decide(0, &lead);
        let takes = self.space.rule_takes(0, other.rule, &lead);
        let holds_up = takes && decided.outcome == Outcome::Rule(one.rule);
        self.holds_up(holds_up, span, what)
            .then(|| format!("both match {}; {}", self.lead_words(&lead), self.today(&decided)))
    }

    /// `overrides`, or tiers that differ.
    fn is_declared(&self, earlier: RuleId, later: RuleId) -> bool {
        let (Some(one), Some(other)) = (self.rule(earlier), self.rule(later)) else { return true };
        let ranked = |tier| self.policy.tiers.iter().any(|tiers| tiers.contains(tier));
        let tiers = match (&one.tier, &other.tier) {
            (Some(one), Some(other)) => one != other && ranked(one) && ranked(other),
            _ => false,
        };
        tiers || one.overrides.contains(&later)
    }

    /// Tells of later rules that cross with one, where the leads that are shown for it hold up.
    fn conflict(&mut self, way: &Way, earlier: usize, mut others: Vec<usize>) -> bool {
        let rule_at = |at: usize| way.steps.get(at).map(|step| step.rule);
        let Some(first) = rule_at(earlier) else { return false };
        let mut notes = Vec::new();
        while let Some(other) = others.get(notes.len()).copied().filter(|_| notes.len() < MOST_NOTES) {
            match self.lead_of_both(way, earlier, other) {
                Some(note) => notes.push(note),
                None => others.retain(|of| *of != other),
            }
        }
        if others.is_empty() {
            return false;
        }
        let names: Vec<String> = others.iter().filter_map(|at| rule_at(*at)).map(|rule| self.rule_name(rule)).collect();
        let name = self.rule_name(first);
        let message = match names.as_slice() {
            [one] => format!("{name} and {one} match some of the same leads and do different things"),
            names => {
                format!("{name} and {} later rules match some of the same leads and do different things", names.len())
            }
        };
        let mut told =
            Diagnostic::warning("conflicting-rules", self.rule_span(first), message).here("comes first, and wins");
        for rule in others.iter().take(MOST_OTHERS).filter_map(|at| rule_at(*at)) {
            told = told.also(self.rule_span(rule), "never sees the leads of both");
        }
        for note in notes {
            told = told.note(note);
        }
        let help = match names.as_slice() {
            [one] => format!("if {name} is to win, say so in it: `overrides {one}`; else narrow one of them"),
            _ => format!("if {name} is to win, say so in it with `overrides rule \"...\"`; else narrow the rules"),
        };
        self.tell(told.help(help));
        true
    }

    /// Rules without a tier beside rules with one, once a pair of shapes.
    fn conflicts_of_shapes(&mut self, way: &Way, by_shape: &BTreeMap<&Shape, Vec<usize>>) {
        if self.policy.tiers.is_empty() {
            return;
        }
        let shapes: Vec<(&Shape, &Vec<usize>)> = by_shape.iter().map(|(shape, of)| (*shape, of)).collect();
        let mut told = 0;
        for (at, (shape, ones)) in shapes.iter().enumerate() {
            for (other_shape, others) in shapes.iter().skip(at + 1) {
                if !shape.is_disjoint(other_shape) || told == MOST_TOLD {
                    continue;
                }
                let pairs = ones
                    .iter()
                    .flat_map(|one| others.iter().map(move |other| ((*one).min(*other), (*one).max(*other))));
                let without_tier = |at: &usize| {
                    way.steps.get(*at).and_then(|step| self.rule(step.rule)).is_some_and(|rule| rule.tier.is_none())
                };
                let pairs: Vec<_> =
                    pairs.filter(|(one, other)| without_tier(one) || without_tier(other)).take(MOST_TRIES).collect();
                for (earlier, later) in pairs {
                    if !self.crosses(way, earlier, later) {
                        continue;
                    }
                    let Some(note) = self.lead_of_both(way, earlier, later) else { continue };
                    let (Some(one), Some(other)) =
                        (way.steps.get(earlier).map(|s| s.rule), way.steps.get(later).map(|s| s.rule))
                    else {
                        continue;
                    };
                    let (first, second) = (self.rule_name(one), self.rule_name(other));
                    told += 1;
                    self.tell(
                        Diagnostic::warning("conflicting-rules", self.rule_span(one), format!("{first} and {second} ask about different fields, match some of the same leads, and no tier says which is to win"))
                            .here("comes first, and wins")
                            .also(self.rule_span(other), "never sees the leads of both")
                            .note(note)
                            .help("give the rules of this kind a `tier`, so that the order between the kinds is said once"),
                    );
                    break;
                }
            }
        }
    }

    /// Rules of a route that is `exclusive` and that match the same lead.
    pub(super) fn exclusive_routes(&mut self, way: &Way) {
        let policy = self.policy;
        let readable = self.space.readable(0);
        for route in policy.routes.iter().filter(|route| route.exclusive) {
            let ids = route.entries.iter().filter_map(|entry| match entry {
                Entry::Rule(id) => Some(*id),
                Entry::Continue { .. } => None,
            });
            let ids: BTreeSet<RuleId> = ids.filter(|id| self.rule(*id).is_some_and(|rule| !rule.otherwise)).collect();
            let own: Vec<usize> = (0..way.steps.len())
                .filter(|at| way.steps.get(*at).is_some_and(|step| ids.contains(&step.rule)))
                .collect();
            let takes: Vec<Formula> = own.iter().filter_map(|at| way.steps.get(*at)).map(|step| step.takes).collect();
            let ordered = self.space.ordered(takes);
            let before: Vec<Formula> = way.all.formulas.iter().take(way.before.len()).copied().collect();
            let mut told = 0;
            for (place, later) in own.iter().enumerate() {
                let Some(step) = way.steps.get(*later).copied() else { continue };
                for earlier in self.space.meeting(&ordered, step.takes, place) {
                    let Some(other) = own.get(earlier).and_then(|at| way.steps.get(*at)).copied() else { continue };
                    if other.rule == step.rule || told == MOST_TOLD {
                        continue;
                    }
                    let (first, second) = (self.rule_name(other.rule), self.rule_name(step.rule));
                    let span = self.rule_span(step.rule);
                    let asked = self.ask(&[readable, other.takes, step.takes], &before, span, || {
                        format!("whether {first} and {second} meet")
                    });
                    let Asked::Lead(lead) = asked else { continue };
                    let both =
                        self.space.rule_takes(0, other.rule, &lead) && self.space.rule_takes(0, step.rule, &lead);
                    if !self.holds_up(both, span, || format!("whether {first} and {second} meet")) {
                        continue;
                    }
                    told += 1;
                    let decided = self.space.decide(0, &lead);
                    self.tell(
                        Diagnostic::error(
                            "exclusive-overlap",
                            span,
                            format!(
                                "{second} and {first} match the same lead, and the route `{}` is exclusive",
                                route.name
                            ),
                        )
                        .here("matches it too")
                        .also(self.rule_span(other.rule), "matches the lead")
                        .also(route.span, "allows no overlap")
                        .note(format!("the lead: {}", self.lead_words(&lead)))
                        .note(format!("today {}", self.today(&decided)))
                        .help("narrow one of the rules, or take `exclusive` off the route"),
                    );
                }
            }
        }
    }

    /// Rows of a table that hold for the same lead, where the first is not to win.
    pub fn table_overlaps(&mut self) {
        let policy = self.policy;
        let readable = self.space.readable(0);
        for table in policy.tables.iter().filter(|table| !table.first_row_wins) {
            let rows: Vec<Formula> = table.rows.iter().map(|row| self.space.all(0, &row.cells)).collect();
            let ordered = self.space.ordered(rows.clone());
            let mut told = 0;
            for (place, row) in rows.iter().enumerate() {
                let Some(own) = table.rows.get(place) else { continue };
                for earlier in self.space.meeting(&ordered, *row, place) {
                    let (Some(other), Some(first)) = (rows.get(earlier), table.rows.get(earlier)) else { continue };
                    if told == MOST_TOLD {
                        break;
                    }
                    let at = |row: &crate::policy::Row, place: usize| match row.line {
                        Some(line) => format!("line {line}"),
                        None => format!("row {}", place + 1),
                    };
                    let (one, two) = (at(first, earlier), at(own, place));
                    let what = || format!("whether {one} and {two} of the table `{}` overlap", table.name);
                    let Asked::Lead(lead) = self.ask(&[readable, *row, *other], &[], own.span, what) else { continue };
                    let holds = |prover: &mut Self, row: &crate::policy::Row| {
                        row.cells.iter().all(|cell| prover.space.holds(0, cell, &lead))
                    };
                    let both = holds(self, own) && holds(self, first);
                    if !self.holds_up(both, own.span, what) {
                        continue;
                    }
                    told += 1;
                    self.tell(
                        Diagnostic::error(
                            "table-overlap",
                            own.span,
                            format!("{two} and {one} of the table `{}` hold for the same lead", table.name),
                        )
                        .here(if own.line.is_some() { "the rows are in this file" } else { "holds too" })
                        .also(
                            if first.line.is_some() { table.span } else { first.span },
                            if first.line.is_some() { "the table" } else { "holds for the lead" },
                        )
                        .note(format!("the lead: {}", self.lead_words(&lead)))
                        .note(format!("today the first of them, {one}, is taken"))
                        .help("narrow one of the rows, or write `first row wins` behind the inputs of the table"),
                    );
                }
            }
        }
    }
}
