//! The whole way of one lead through a policy, as `explain` shows it and a log keeps it: what was asked, in order, and what the lead
//! answered. Plain data, made with the reference matcher.

use super::reason::{Reason, reasons, territory_path, value};
use super::reference::Reference;
use super::{Facts, Match, Outcome, RecordMatch};
use crate::policy::words;
use crate::policy::{
    ColumnId, Entry, Policy, RecordsId, RouteId, Rule, RuleId, Score, ScoreId, Subject, TableId, Target,
};
use crate::source::Span;
use serde::Serialize;
use smol_str::SmolStr;

/// See the module's text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trace {
    /// By ids, which mean something only beside the policy.
    #[serde(skip)]
    pub found: Match,
    /// Those tried: up to the one that held.
    pub exclusions: Vec<Asked>,
    pub records: Vec<RecordTrace>,
    /// All below are empty where the lead was excluded.
    pub segments: Vec<Asked>,
    pub scores: Vec<ScoreTrace>,
    pub grades: Vec<GradeTrace>,
    /// From the uppermost territory that holds the lead to the deepest.
    pub territory: Vec<String>,
    /// The territories that were asked on the way down.
    pub territories: Vec<Asked>,
    /// The entries tried, in order, through all routes, up to the rule that took the lead.
    pub entries: Vec<EntryTrace>,
    /// The rows of the tables that rules asked for.
    pub tables: Vec<TableTrace>,
    pub experiment: Option<ExperimentTrace>,
}

/// Something with a name and a condition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Asked {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub holds: bool,
    pub why: Vec<Reason>,
}

/// The row of a records block that belongs to the lead.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordTrace {
    pub name: SmolStr,
    #[serde(skip)]
    pub found: RecordMatch,
    /// The columns of the row, by name.
    pub columns: Vec<(SmolStr, String)>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreTrace {
    pub name: SmolStr,
    /// Held within the score's ends.
    pub value: i64,
    pub terms: Vec<TermTrace>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermTrace {
    pub points: i64,
    /// In the words of the policy; empty for a term without a condition.
    pub condition: String,
    #[serde(skip)]
    pub span: Span,
    pub holds: bool,
    pub why: Vec<Reason>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GradeTrace {
    pub name: SmolStr,
    pub step: Option<SmolStr>,
}

/// A rule that was tried, or a `continue in`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntryTrace {
    /// How many routes deep it stands.
    pub depth: u32,
    pub route: SmolStr,
    pub kind: EntryKind,
    /// The rule's title, or the route to continue in.
    pub title: SmolStr,
    /// None of a `continue in`.
    #[serde(skip)]
    pub rule: Option<RuleId>,
    #[serde(skip)]
    pub span: Span,
    pub verdict: Verdict,
    /// For what took the lead or was entered, what held; else the first that failed.
    pub why: Vec<Reason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Rule,
    ContinueIn,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Takes,
    /// The rule is limited to other days than this one in its zone.
    NotOnItsDays {
        date: chrono::NaiveDate,
    },
    Fails,
    /// None of the tables that the rule assigns has a row that gives what it asks.
    NoRow,
    /// The entries of the other route follow, one deeper.
    Enters,
    /// The route was entered before, and nothing there matched.
    EnteredBefore,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableTrace {
    pub name: SmolStr,
    /// The first row whose cells all hold, from 1.
    pub row: Option<u32>,
    /// Its line in the file it came from.
    pub line: Option<u32>,
    #[serde(skip)]
    pub span: Span,
    pub target: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExperimentTrace {
    pub name: SmolStr,
    /// The key that the arm was chosen by, and what it is for this lead.
    pub key: String,
    pub value: String,
    pub arm: SmolStr,
}

/// Decides one lead and tells how.
pub fn trace(policy: &Policy, facts: &Facts) -> Trace {
    let lead = Reference::new(policy, facts);
    let found = lead.decide();
    let exclusions = policy.excludes.iter().map(|exclude| Asked {
        name: exclude.title.clone(),
        span: exclude.span,
        holds: lead.holds(&exclude.when),
        why: reasons(&lead, &exclude.when),
    });
    let tried = match found.outcome {
        Outcome::Excluded(at) => at as usize + 1,
        _ => policy.excludes.len(),
    };
    let mut trace = Trace {
        exclusions: exclusions.take(tried).collect(),
        records: (0..policy.records.len() as u32).filter_map(|at| record(&lead, RecordsId(at))).collect(),
        segments: Vec::new(),
        scores: Vec::new(),
        grades: Vec::new(),
        territory: Vec::new(),
        territories: Vec::new(),
        entries: Vec::new(),
        tables: Vec::new(),
        experiment: None,
        found,
    };
    if matches!(trace.found.outcome, Outcome::Excluded(_)) {
        return trace;
    }
    trace.segments = policy
        .segments
        .iter()
        .map(|segment| Asked {
            name: segment.name.clone(),
            span: segment.span,
            holds: lead.holds(&segment.when),
            why: reasons(&lead, &segment.when),
        })
        .collect();
    trace.scores = (0..).zip(&policy.scores).map(|(at, score)| score_trace(&lead, ScoreId(at), score)).collect();
    trace.grades = policy
        .grades
        .iter()
        .zip(&trace.found.grades)
        .map(|(grade, step)| GradeTrace {
            name: grade.name.clone(),
            step: step.and_then(|step| grade.steps.get(step as usize)).map(|step| step.0.clone()),
        })
        .collect();
    trace.territory = territory_path(policy, trace.found.territory);
    trace.territories = territories(&lead);
    if !matches!(trace.found.outcome, Outcome::Tie(_)) {
        let mut walk =
            Walk { lead: &lead, entered: vec![false; policy.routes.len()], entries: Vec::new(), asked: Vec::new() };
        walk.route(policy.main, 0);
        trace.tables = walk.asked.iter().filter_map(|&table| table_trace(&lead, table)).collect();
        trace.entries = walk.entries;
    }
    trace.experiment = experiment(&lead, &trace.found);
    trace
}

/// Goes through the entries as the matcher does.
struct Walk<'a> {
    lead: &'a Reference<'a>,
    entered: Vec<bool>,
    entries: Vec<EntryTrace>,
    /// Tables that rules asked for, in that order.
    asked: Vec<TableId>,
}

impl Walk<'_> {
    /// Whether a rule of this route, or of one it continues in, took the lead.
    fn route(&mut self, id: RouteId, depth: u32) -> bool {
        let Some(route) = self.lead.policy.routes.get(id.at()) else { return false };
        let first = self.entered.get_mut(id.at()).is_some_and(|entered| !std::mem::replace(entered, true));
        first && route.entries.iter().any(|entry| self.entry(&route.name, entry, depth))
    }

    fn entry(&mut self, route: &SmolStr, entry: &Entry, depth: u32) -> bool {
        let lead = self.lead;
        match entry {
            Entry::Rule(id) => {
                let Some(rule) = lead.policy.rules.get(id.at()) else { return false };
                let verdict = self.verdict(rule);
                let why = match &verdict {
                    Verdict::NotOnItsDays { .. } => Vec::new(),
                    _ => rule.when.as_ref().map(|when| reasons(lead, when)).unwrap_or_default(),
                };
                let takes = verdict == Verdict::Takes;
                let (route, title) = (route.clone(), rule.title.clone());
                let kind = EntryKind::Rule;
                self.entries.push(EntryTrace {
                    depth,
                    route,
                    kind,
                    title,
                    rule: Some(*id),
                    span: rule.span,
                    verdict,
                    why,
                });
                takes
            }
            Entry::Continue { route: other, when, span } => {
                let holds = when.as_ref().is_none_or(|when| lead.holds(when));
                let entered = self.entered.get(other.at()).is_some_and(|&entered| entered);
                let verdict = match (holds, entered) {
                    (false, _) => Verdict::Fails,
                    (true, true) => Verdict::EnteredBefore,
                    (true, false) => Verdict::Enters,
                };
                let title = lead.policy.routes.get(other.at()).map(|route| route.name.clone()).unwrap_or_default();
                let why = when.as_ref().map(|when| reasons(lead, when)).unwrap_or_default();
                self.entries.push(EntryTrace {
                    depth,
                    route: route.clone(),
                    title,
                    kind: EntryKind::ContinueIn,
                    rule: None,
                    span: *span,
                    verdict,
                    why,
                });
                holds && self.route(*other, depth + 1)
            }
        }
    }

    fn verdict(&mut self, rule: &Rule) -> Verdict {
        let lead = self.lead;
        if !lead.on_its_days(rule) {
            let zone = rule.only.first().map_or(lead.policy.zone, |period| period.zone);
            return Verdict::NotOnItsDays { date: lead.facts.at.date_in(zone) };
        }
        if rule.when.as_ref().is_some_and(|when| !lead.holds(when)) {
            return Verdict::Fails;
        }
        for target in &rule.assign {
            if let Target::Table { table, .. } = target
                && !self.asked.contains(table)
            {
                self.asked.push(*table);
            }
        }
        if lead.resolve(&rule.assign).targets.is_empty() { Verdict::NoRow } else { Verdict::Takes }
    }
}

fn record(lead: &Reference, id: RecordsId) -> Option<RecordTrace> {
    let records = lead.policy.records.get(id.at())?;
    let found = lead.facts.record(id);
    let columns = (0..).map(ColumnId).zip(&records.columns).filter(|_| matches!(found, RecordMatch::Row(_)));
    let columns =
        columns.map(|(column, field)| (field.name.clone(), value(lead, Subject::Record(id, column)))).collect();
    Some(RecordTrace { name: records.name.clone(), found, columns })
}

fn score_trace(lead: &Reference, id: ScoreId, score: &Score) -> ScoreTrace {
    let terms = score.terms.iter().map(|term| TermTrace {
        points: term.points,
        condition: term.when.as_ref().map(|when| words::condition(lead.policy, when)).unwrap_or_default(),
        span: term.span,
        holds: term.when.as_ref().is_none_or(|when| lead.holds(when)),
        why: term.when.as_ref().map(|when| reasons(lead, when)).unwrap_or_default(),
    });
    ScoreTrace { name: score.name.clone(), value: lead.score(id), terms: terms.collect() }
}

fn territories(lead: &Reference) -> Vec<Asked> {
    let policy = lead.policy;
    let set = policy.territory_set_at(lead.facts.at).and_then(|set| policy.territory_sets.get(set));
    let mut asked = Vec::new();
    let mut candidates = set.map(|set| &set.roots);
    while let Some(ids) = candidates.take() {
        for territory in ids.iter().filter_map(|id| policy.territories.get(id.at())) {
            let holds = lead.holds(&territory.when);
            let why = reasons(lead, &territory.when);
            asked.push(Asked { name: territory.name.clone(), span: territory.span, holds, why });
            if holds {
                candidates = Some(&territory.children);
                break;
            }
        }
    }
    asked
}

fn table_trace(lead: &Reference, id: TableId) -> Option<TableTrace> {
    let table = lead.policy.tables.get(id.at())?;
    let row = lead.row(id);
    let found = row.and_then(|row| table.rows.get(row));
    Some(TableTrace {
        name: table.name.clone(),
        row: row.map(|row| row as u32 + 1),
        line: found.and_then(|row| row.line),
        span: found.map_or(table.span, |row| row.span),
        target: found.and_then(|row| row.target.as_ref()).map(|target| words::target(lead.policy, target)),
    })
}

fn experiment(lead: &Reference, found: &Match) -> Option<ExperimentTrace> {
    let (id, arm) = found.arm?;
    let experiment = lead.policy.experiments.get(id.at())?;
    let (subject, _) = lead.key(experiment)?;
    Some(ExperimentTrace {
        name: experiment.name.clone(),
        key: words::subject(lead.policy, subject),
        value: value(lead, subject),
        arm: experiment.arms.get(arm as usize)?.name.clone(),
    })
}
