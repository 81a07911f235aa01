//! Exclusions, routes and their rules.

use super::cycles::Node;
use super::declarations::Declarations;
use super::names::Kind;
use super::scope::Scope;
use crate::diagnostic::Diagnostic;
use crate::policy::{CapZone, Entry, Exclude, Period, Route, RouteId, Rule, RuleId, SlaId, Target};
use crate::source::Span;
use crate::syntax::ast::{self, RouteEntry, RuleClauseKind};
use smol_str::SmolStr;

/// What the clauses of a rule, an `otherwise` or an arm come to.
#[derive(Debug, Default)]
pub(super) struct Clauses {
    pub only: Vec<Period>,
    pub when: Option<crate::policy::Condition>,
    pub assign: Vec<Target>,
    pub assigns: Option<Span>,
    pub sla: Option<SlaId>,
    pub priority: Option<i64>,
    pub tier: Option<SmolStr>,
    pub overrides: Vec<RuleId>,
}

/// Which block the clauses stand in, for messages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Block {
    Rule,
    Otherwise,
    Arm,
}

impl Block {
    fn word(self) -> &'static str {
        match self {
            Block::Rule => "a rule",
            Block::Otherwise => "an `otherwise`",
            Block::Arm => "an arm",
        }
    }
}

impl Scope<'_> {
    pub(super) fn excludes(&mut self, found: &Declarations<'_>) -> Vec<Exclude> {
        let mut excludes = Vec::with_capacity(found.excludes.len());
        for exclude in &found.excludes {
            let when = self.condition(&exclude.when);
            self.warn_missing_passes(&when);
            excludes.push(Exclude { title: exclude.title.text.clone(), span: exclude.title.span, when });
        }
        excludes
    }

    pub(super) fn routes(&mut self, found: &Declarations<'_>) -> (Vec<Route>, Vec<Rule>) {
        let mut routes = Vec::with_capacity(found.routes.len());
        let mut rules: Vec<Rule> = Vec::new();
        for (id, route) in found.routes.iter().enumerate() {
            let id = RouteId(id as u32);
            self.dependencies.enter(Node::Route(id), route.name.text.as_str());
            let mut entries = Vec::with_capacity(route.entries.len());
            let mut closed: Option<(Span, &'static str)> = None;
            for entry in &route.entries {
                if let Some((span, why)) = closed {
                    self.behind(entry, span, why);
                }
                match entry {
                    RouteEntry::Rule(rule) => {
                        let clauses = self.clauses(&rule.clauses, Block::Rule, rule.title.span);
                        if clauses.when.is_none() && clauses.only.is_empty() && takes_any(&clauses.assign) {
                            closed =
                                closed.or(Some((rule.title.span, "this rule has no `match` and takes every lead")));
                        }
                        entries.push(Entry::Rule(RuleId(rules.len() as u32)));
                        let spans = (rule.title.span, rule.span);
                        rules.push(rule_of(rule.title.text.clone(), id, spans, false, clauses));
                    }
                    RouteEntry::Otherwise(otherwise) => {
                        let clauses = self.clauses(&otherwise.clauses, Block::Otherwise, otherwise.span);
                        closed = closed.or(Some((otherwise.span, "`otherwise` takes every lead that is left")));
                        entries.push(Entry::Rule(RuleId(rules.len() as u32)));
                        // Decisions name rules, and several routes may have one.
                        let title = match route.name.text.as_str() {
                            "main" => SmolStr::new_static("otherwise"),
                            name => smol_str::format_smolstr!("otherwise of {name}"),
                        };
                        rules.push(rule_of(title, id, (otherwise.span, otherwise.span), true, clauses));
                    }
                    RouteEntry::Continue { route, when, span } => {
                        let into = self.resolve(Kind::Route, route);
                        let when = when.as_ref().map(|when| self.condition(when));
                        when.iter().for_each(|when| self.warn_missing_passes(when));
                        if let Some(into) = into {
                            let into = RouteId(into);
                            self.dependencies.edge(Node::Route(into), route.span);
                            entries.push(Entry::Continue { route: into, when, span: *span });
                        }
                    }
                }
            }
            routes.push(Route {
                name: route.name.text.clone(),
                span: route.name.span,
                exclusive: route.exclusive,
                entries,
            });
        }
        self.dependencies.leave();
        (routes, rules)
    }

    /// An entry that no lead comes to.
    fn behind(&mut self, entry: &RouteEntry, closed: Span, why: &str) {
        let (span, what) = match entry {
            RouteEntry::Rule(rule) => (rule.title.span, format!("no lead comes to the rule `{}`", rule.title.text)),
            RouteEntry::Continue { route, span, .. } => {
                (*span, format!("no lead comes to `continue in {}`", route.text))
            }
            RouteEntry::Otherwise(otherwise) => (otherwise.span, "no lead comes to this `otherwise`".to_string()),
        };
        self.report(
            Diagnostic::error("unreachable", span, what)
                .here("never reached")
                .also(closed, why)
                .help("move it up, or take it out"),
        );
    }

    /// The clauses of a rule, an `otherwise` or an arm; `head` is where the block starts.
    pub(super) fn clauses(&mut self, written: &[ast::RuleClause], block: Block, head: Span) -> Clauses {
        let mut clauses = Clauses::default();
        let mut said: Vec<(&'static str, Span)> = Vec::new();
        for clause in written {
            let word = clause_word(&clause.kind);
            let fits = match &clause.kind {
                RuleClauseKind::Assign(_) | RuleClauseKind::Sla(_) | RuleClauseKind::Priority(_) => true,
                _ => block == Block::Rule,
            };
            if !fits {
                self.report(
                    Diagnostic::error("misplaced-clause", clause.span, format!("{} has no `{word}`", block.word()))
                        .help("write it in a rule"),
                );
                continue;
            }
            match said.iter().find(|(other, _)| *other == word && word != "overrides") {
                Some((_, first)) => self.repeated(&format!("`{word}` clause"), block.word(), clause.span, *first),
                None => said.push((word, clause.span)),
            }
            self.clause(&clause.kind, clause.span, &mut clauses);
        }
        if clauses.assigns.is_none() && block != Block::Arm {
            self.report(
                Diagnostic::error(
                    "missing-part",
                    head,
                    format!("{} says where its leads go, and this one does not", block.word()),
                )
                .help("write `assign` and a pool, a queue, a team or a rep"),
            );
        }
        clauses
    }

    fn clause(&mut self, kind: &RuleClauseKind, span: Span, clauses: &mut Clauses) {
        match kind {
            RuleClauseKind::Only { dates, zone } => {
                let zone = match self.zone_of(zone.as_ref()) {
                    CapZone::Named(zone) => zone,
                    CapZone::Policy => self.zone,
                    CapZone::OfRep => {
                        self.report(
                            Diagnostic::error(
                                "type-mismatch",
                                span,
                                "a rule is chosen before there is a rep whose zone could count",
                            )
                            .help("name a zone, such as `in zone \"Europe/Berlin\"`"),
                        );
                        self.zone
                    }
                };
                for range in dates {
                    if self.check_dates(range) {
                        clauses.only.push(Period { from: range.from, to: range.to, zone });
                    }
                }
            }
            RuleClauseKind::Match(condition) => {
                let when = self.condition(condition);
                self.warn_missing_passes(&when);
                clauses.when = Some(when);
            }
            RuleClauseKind::Assign(targets) => {
                clauses.assigns = Some(span);
                let lowered: Vec<Target> = targets.iter().filter_map(|target| self.target(target)).collect();
                if lowered.len() == targets.len() {
                    self.assign_end(&lowered, targets, span);
                }
                clauses.assign = lowered;
            }
            RuleClauseKind::Sla(name) => clauses.sla = self.resolve(Kind::Sla, name).map(SlaId),
            RuleClauseKind::Priority(priority) => {
                if priority.value < 0 {
                    self.report(
                        Diagnostic::error("value-outside-range", priority.span, "a priority is not negative")
                            .help("write 0 or more; 1 is the most urgent"),
                    );
                }
                clauses.priority = Some(priority.value);
            }
            RuleClauseKind::Tier(name) => clauses.tier = Some(name.text.clone()),
            RuleClauseKind::Overrides(titles) => {
                for title in titles {
                    let rule = self.resolve_text(Kind::Rule, &title.text, title.span);
                    clauses.overrides.extend(rule.map(RuleId));
                }
            }
        }
    }

    /// Owners may be missing or away, so that a chain of targets ends in something that is always there; behind what is always there
    /// nothing is reached.
    fn assign_end(&mut self, lowered: &[Target], written: &[ast::Target], span: Span) {
        if lowered.last().is_some_and(may_fail) {
            self.report(
                Diagnostic::error("no-fallback", span, "a lead whose owner is missing or away goes nowhere")
                    .here("ends in an owner")
                    .help("end it with a queue, a pool or a team: `assign account.owner, else queue triage`"),
            );
        }
        let last = written.len().saturating_sub(1);
        let closed = lowered.iter().zip(written).take(last).find(|(target, _)| matches!(target, Target::Queue(_)));
        if let (Some((_, queue)), Some(after)) = (closed, written.last()) {
            self.report(
                Diagnostic::error(
                    "unreachable",
                    after.span,
                    "a queue takes every lead, so that nothing behind it is reached",
                )
                .here("never reached")
                .also(queue.span, "this queue takes every lead")
                .help("put the queue last"),
            );
        }
    }
}

/// Some leads find nobody there.
fn may_fail(target: &Target) -> bool {
    matches!(target, Target::Owner { .. } | Target::TeamOfOwner { .. } | Target::ManagerOfOwner { .. })
}

/// A rule without a condition matches every lead, unless what it assigns is a table, which must have a row.
fn takes_any(assign: &[Target]) -> bool {
    !assign.is_empty() && !assign.iter().any(|target| matches!(target, Target::Table { .. }))
}

fn rule_of(title: SmolStr, route: RouteId, (span, whole): (Span, Span), otherwise: bool, clauses: Clauses) -> Rule {
    Rule {
        title,
        route,
        span,
        whole,
        otherwise,
        only: clauses.only,
        when: clauses.when,
        assign: clauses.assign,
        sla: clauses.sla,
        priority: clauses.priority,
        tier: clauses.tier,
        overrides: clauses.overrides,
    }
}

fn clause_word(kind: &RuleClauseKind) -> &'static str {
    match kind {
        RuleClauseKind::Only { .. } => "only",
        RuleClauseKind::Match(_) => "match",
        RuleClauseKind::Assign(_) => "assign",
        RuleClauseKind::Sla(_) => "sla",
        RuleClauseKind::Priority(_) => "priority",
        RuleClauseKind::Tier(_) => "tier",
        RuleClauseKind::Overrides(_) => "overrides",
    }
}
