//! A policy as one list: who decides, for which leads, and what. The first entry that holds decides.
//!
//! ```text
//!  bad lead, excludes, ties | rules in the order tried, one entry a row where a table gives the target | nobody
//! ```

use super::super::outcome::{Outcome, Respect};
use crate::analysis::{Formula, Space, Step};
use crate::matcher::reference::gives;
use crate::policy::{
    Arm, Condition, ConditionKind, Experiment, Policy, Predicate, RecordsId, Rule, RuleId, SlaId, Subject, TableId,
    Target, Test, words,
};
use indexmap::IndexSet;
use rust_decimal::Decimal;
use serde::Serialize;
use smol_str::SmolStr;
use std::fmt;

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    BadLead,
    Exclude(u32),
    Tie(RecordsId),
    Rule(RuleId),
    Nobody,
}

/// What is decided: one outcome, or shares of an experiment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Decided {
    One(Outcome),
    Split {
        experiment: SmolStr,
        /// The key chain: each in words, with what it is held back by.
        keys: Vec<(String, Formula)>,
        arms: Vec<(Decimal, Outcome)>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub by: By,
    pub holds: Formula,
    /// Its place among the decisions.
    pub decided: u32,
}

/// Everything that is decided in either policy, each once.
pub type Decisions = IndexSet<Decided>;

/// A policy is not taken apart into more entries.
const MOST: usize = 400_000;

/// The entries of a policy in order; why not, where there are too many.
pub fn entries(space: &mut Space, number: usize, decisions: &mut Decisions) -> Result<Vec<Entry>, String> {
    let Some(policy) = space.policies.get(number).copied() else { return Ok(Vec::new()) };
    let mut list = List { entries: Vec::new(), decisions };
    let readable = space.readable(number);
    let unreadable = space.formulas.negate(readable);
    let bad = match policy.on_bad_lead {
        Some(queue) => Outcome::to(policy, &[Target::Queue(queue)], None, None),
        None => Outcome::ERRORS,
    };
    list.push(By::BadLead, unreadable, Decided::One(bad));
    for (at, exclude) in (0..).zip(&policy.excludes) {
        let holds = space.condition(number, &exclude.when);
        list.push(By::Exclude(at), holds, Decided::One(Outcome::EXCLUDED));
    }
    for (id, records) in (0..).map(RecordsId).zip(&policy.records) {
        if let Some(queue) = records.on_tie {
            let holds = space.ties(number, id);
            let outcome = Outcome::to(policy, &[Target::Queue(queue)], None, None);
            list.push(By::Tie(id), holds, Decided::One(outcome));
        }
    }
    let steps = space.steps(number).ok_or("its routes continue in one another in too many ways")?;
    for step in steps {
        let Some(rule) = policy.rules.get(step.rule.at()) else { continue };
        Expansion::new(policy, rule, step).enter(space, number, &mut list);
        if list.entries.len() > MOST {
            return Err("its rules and the rows of their tables are too many".to_owned());
        }
    }
    let nowhere = Outcome { place: super::super::outcome::Place::Nowhere, sla: None, priority: None };
    list.push(By::Nobody, Formula::TRUE, Decided::One(nowhere));
    Ok(list.entries)
}

struct List<'a> {
    entries: Vec<Entry>,
    decisions: &'a mut Decisions,
}

impl List<'_> {
    fn push(&mut self, by: By, holds: Formula, decided: Decided) {
        if holds != Formula::FALSE {
            let decided = self.decisions.insert_full(decided).0 as u32;
            self.entries.push(Entry { by, holds, decided });
        }
    }
}

/// A rule, one entry for each combination of rows that its tables may give.
struct Expansion<'a> {
    policy: &'a Policy,
    rule: &'a Rule,
    step: Step,
    experiment: Option<&'a Experiment>,
    tables: Vec<TableId>,
    /// No row comes to nothing: some target is no table, or each row of each table gives what is asked of it. So the way and the condition
    /// say all.
    plain: bool,
}

impl<'a> Expansion<'a> {
    fn new(policy: &'a Policy, rule: &'a Rule, step: Step) -> Self {
        let experiment = policy.experiments.iter().find(|experiment| experiment.rule == step.rule);
        let arms = experiment.into_iter().flat_map(|experiment| &experiment.arms).flat_map(|arm| &arm.assign);
        let mut tables = Vec::new();
        for target in rule.assign.iter().chain(arms) {
            if let Target::Table { table, .. } = target
                && !tables.contains(table)
            {
                tables.push(*table);
            }
        }
        // A combination of rows without a target is no entry, so that it must not stand before one that is.
        let always_gives = |target: &Target| match target {
            Target::Table { table, output } => {
                let rows = policy.tables.get(table.at()).map_or(&[][..], |table| &table.rows);
                rows.iter().all(|row| row.target.as_ref().is_some_and(|target| gives(target, *output)))
            }
            _ => true,
        };
        let is_table = |target: &Target| matches!(target, Target::Table { .. });
        let plain = rule.assign.iter().any(|target| !is_table(target)) || rule.assign.iter().all(always_gives);
        Expansion { policy, rule, step, experiment, tables, plain }
    }

    fn enter(&self, space: &mut Space, number: usize, list: &mut List) {
        let base = match self.plain && !self.tables.is_empty() {
            true => {
                let asks = space.asks(number, self.rule);
                space.formulas.and([self.step.way, asks])
            }
            false => self.step.takes,
        };
        let keys = self.keys(space, number);
        let mut open: Vec<(Vec<Option<usize>>, Formula)> = vec![(Vec::new(), base)];
        while let Some((rows, holds)) = open.pop() {
            if list.entries.len() > MOST || holds == Formula::FALSE {
                continue;
            }
            let Some(table) = self.tables.get(rows.len()) else {
                if let Some(decided) = self.decided(&rows, &keys) {
                    list.push(By::Rule(self.step.rule), holds, decided);
                }
                continue;
            };
            let all = self.policy.tables.get(table.at()).map_or(&[][..], |table| &table.rows);
            // The last is looked at first: no row, then the rows from the last to the first, so that the first comes out first.
            let with = |row: Option<usize>| rows.iter().copied().chain([row]).collect::<Vec<_>>();
            open.push((with(None), holds));
            for (at, row) in all.iter().enumerate().rev() {
                let cells = space.all(number, &row.cells);
                let both = space.formulas.and([holds, cells]);
                open.push((with(Some(at)), both));
            }
        }
    }

    fn keys(&self, space: &mut Space, number: usize) -> Vec<(String, Formula)> {
        let keys = self.experiment.into_iter().flat_map(|experiment| &experiment.keys);
        keys.map(|(subject, unless)| {
            // What one version cannot read is missing to it, and no key.
            let missing = ConditionKind::Test(Test { subject: *subject, predicate: Predicate::Missing });
            let missing = space.condition(number, &Condition { kind: missing, span: self.rule.span });
            let unless = unless.as_ref().map_or(Formula::FALSE, |unless| space.condition(number, unless));
            (words::subject(self.policy, *subject), space.formulas.or([missing, unless]))
        })
        .collect()
    }

    /// What is decided with these rows; none where no target is left.
    fn decided(&self, rows: &[Option<usize>], keys: &[(String, Formula)]) -> Option<Decided> {
        let own = self.resolve(&self.rule.assign, rows);
        if own.targets.is_empty() {
            return None;
        }
        let Some(experiment) = self.experiment else { return Some(Decided::One(self.outcome(&own, None))) };
        let arms = experiment.arms.iter().filter(|arm| !arm.percent.is_zero()).map(|arm| {
            let resolved = self.resolve(&arm.assign, rows);
            let resolved = if resolved.targets.is_empty() { &own } else { &resolved };
            (arm.percent.normalize(), self.outcome(resolved, Some(arm)))
        });
        let mut arms: Vec<(Decimal, Outcome)> = arms.collect();
        let always_has_a_key = experiment.keys.last().is_some_and(|(subject, unless)| {
            let field = match subject {
                Subject::Field(id) => self.policy.fields.get(id.at()),
                _ => None,
            };
            unless.is_none() && field.is_some_and(|field| field.required)
        });
        if !always_has_a_key {
            // A lead without a key is in no arm.
            arms.push((Decimal::ZERO, self.outcome(&own, None)));
        }
        match arms.split_first() {
            Some(((_, first), rest)) if rest.iter().all(|(_, outcome)| outcome == first) => {
                Some(Decided::One(first.clone()))
            }
            _ => Some(Decided::Split { experiment: experiment.name.clone(), keys: keys.to_vec(), arms }),
        }
    }

    fn outcome(&self, resolved: &Resolved, arm: Option<&Arm>) -> Outcome {
        let sla = arm.and_then(|arm| arm.sla).or(self.rule.sla).or(resolved.sla);
        let priority = arm.and_then(|arm| arm.priority).or(self.rule.priority).or(resolved.priority);
        Outcome::to(self.policy, &resolved.targets, sla, priority)
    }

    /// Targets in order, as [`crate::matcher::reference`] resolves them.
    fn resolve(&self, assign: &[Target], rows: &[Option<usize>]) -> Resolved {
        let mut resolved = Resolved::default();
        for target in assign {
            let Target::Table { table, output } = target else {
                resolved.targets.push(target.clone());
                continue;
            };
            let place = self.tables.iter().position(|known| known == table);
            let row = place.and_then(|place| rows.get(place).copied().flatten());
            let row = row.and_then(|row| self.policy.tables.get(table.at())?.rows.get(row));
            if let Some((row, given)) = row.and_then(|row| Some((row, row.target.as_ref()?)))
                && gives(given, *output)
            {
                resolved.targets.push(given.clone());
                resolved.sla = resolved.sla.or(row.sla);
                resolved.priority = resolved.priority.or(row.priority);
            }
        }
        resolved
    }
}

#[derive(Default)]
struct Resolved {
    targets: Vec<Target>,
    sla: Option<SlaId>,
    priority: Option<i64>,
}

impl Decided {
    fn outcomes(&self) -> Vec<&Outcome> {
        match self {
            Decided::One(outcome) => vec![outcome],
            Decided::Split { arms, .. } => arms.iter().map(|(_, outcome)| outcome).collect(),
        }
    }

    /// In what respects some lead may notice the difference.
    pub fn differs(&self, other: &Decided) -> Vec<Respect> {
        let (ours, theirs) = (self.outcomes(), other.outcomes());
        let pairs = ours.iter().flat_map(|one| theirs.iter().map(move |other| one.differs(other)));
        let mut all: Vec<Respect> = pairs.flatten().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// `pool senior · sla hot`, or `50% pool a, 50% pool b (experiment split)`.
impl fmt::Display for Decided {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Decided::One(outcome) => outcome.fmt(out),
            Decided::Split { experiment, arms, .. } => {
                let arms: Vec<String> = arms.iter().map(|(percent, outcome)| format!("{percent}% {outcome}")).collect();
                write!(out, "{} (experiment {experiment})", arms.join(", "))
            }
        }
    }
}

impl Serialize for Decided {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Share<'a> {
            percent: Decimal,
            #[serde(flatten)]
            outcome: &'a Outcome,
        }
        #[derive(Serialize)]
        struct Split<'a> {
            experiment: &'a SmolStr,
            arms: Vec<Share<'a>>,
        }
        match self {
            Decided::One(outcome) => outcome.serialize(serializer),
            Decided::Split { experiment, arms, .. } => {
                let arms = arms.iter().map(|(percent, outcome)| Share { percent: *percent, outcome }).collect();
                Split { experiment, arms }.serialize(serializer)
            }
        }
    }
}

impl By {
    /// In words: `rule "Warm"`. Nothing where nobody decides.
    pub fn words(self, policy: &Policy) -> Option<SmolStr> {
        Some(match self {
            By::BadLead => "on bad lead".into(),
            By::Exclude(at) => format!("exclude \"{}\"", policy.excludes.get(at as usize)?.title).into(),
            By::Tie(id) => format!("on tie of {}", policy.records.get(id.at())?.name).into(),
            By::Rule(id) => format!("rule \"{}\"", policy.rules.get(id.at())?.title).into(),
            By::Nobody => return None,
        })
    }

    /// Where it stands.
    pub fn span(self, policy: &Policy) -> Option<crate::source::Span> {
        match self {
            By::Exclude(at) => policy.excludes.get(at as usize).map(|exclude| exclude.span),
            By::Tie(id) => policy.records.get(id.at()).map(|records| records.span),
            By::Rule(id) => policy.rules.get(id.at()).map(|rule| rule.span),
            By::BadLead | By::Nobody => None,
        }
    }
}
