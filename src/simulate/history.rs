//! The history: leads with the instants at which they came, and what became of them, as far as the file says.
//!
//! ```text
//! file --blocks, threads--> read and matched leads --sort by arrival--> History
//! ```
//!
//! Matching depends on the lead and its arrival alone, so it is done here, on all threads; leads that match alike share one [`Kind`].

use super::chance;
use crate::assign::Asked;
use crate::calendar;
use crate::data::{text, time};
use crate::lead::{BadValue, Block, DateOrders, LeadFile, Plan, RawLead, RowError, Splitter};
use crate::matcher::{Facts, Match, Matcher, reference::Reference};
use crate::policy::{Field, FieldId, Policy, RepId, SlaId, Target, Type, Value};
use crate::router::Router;
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where a file says what became of its leads. Columns are named as in the file, or as the policy's field that reads them.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// When a lead came.
    pub arrival: SmolStr,
    /// When it was first answered.
    pub responded: Option<SmolStr>,
    /// When it was closed.
    pub closed: Option<SmolStr>,
    /// Who had it.
    pub assignee: Option<SmolStr>,
    /// The column and the values that say that a lead converted, and that it did not.
    pub won: Option<(SmolStr, Vec<SmolStr>)>,
    pub lost: Option<(SmolStr, Vec<SmolStr>)>,
    /// By what conversion is told, besides rule, segment and rep.
    pub by: Option<SmolStr>,
}

/// How a history is read.
#[derive(Debug)]
pub struct HistoryPlan {
    pub plan: Plan,
    /// The policy's fields; those of the history stand behind them.
    own: usize,
    names: Vec<SmolStr>,
    arrival: FieldId,
    responded: Option<FieldId>,
    closed: Option<FieldId>,
    assignee: Option<FieldId>,
    won: Option<(FieldId, BTreeSet<SmolStr>)>,
    lost: Option<(FieldId, BTreeSet<SmolStr>)>,
    by: Option<FieldId>,
}

/// Leads in the order of their arrival; those of one instant in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub leads: Vec<PastLead>,
    /// Records that became no lead.
    pub errors: Vec<Unread>,
    /// Values that could not be read, by the name of their field or column.
    pub bad_values: Vec<(SmolStr, u64)>,
    /// The field or column of [`Kind::group`].
    pub by: Option<SmolStr>,
    /// What is to be said of the file as a whole.
    pub warnings: Vec<String>,
}

/// A lead of the history.
#[derive(Debug, Clone)]
pub struct PastLead {
    pub id: SmolStr,
    /// From 1.
    pub line: u64,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// What its chances depend on: see [`chance`].
    pub key: u64,
    pub kind: Arc<Kind>,
    /// What assignment asks of its values.
    pub asked: Arc<Asked>,
    pub past: Past,
}

/// What leads have in common that match alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Kind {
    pub found: Match,
    /// A required field is missing or bad; it goes where `on bad lead` says.
    pub bad: bool,
    /// Whether it counts for each of the policy's goals.
    pub goals: Vec<bool>,
    /// What it has in the field or column that conversion is told by.
    pub group: Option<SmolStr>,
}

/// What became of a lead when it happened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Past {
    /// Who had it, as the file says it.
    pub assignee: Option<SmolStr>,
    /// That one, where the policy knows him.
    pub rep: Option<RepId>,
    /// When it was first answered, in microseconds since 1970.
    pub responded: Option<i64>,
    /// When it was closed.
    pub closed: Option<i64>,
    /// None where that is not known yet.
    pub converted: Option<bool>,
}

/// A record that became no lead, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    pub line: u64,
    pub why: String,
}

impl HistoryPlan {
    pub fn new(policy: &Policy, columns: &Columns) -> HistoryPlan {
        let own = policy.fields.len();
        let mut fields = policy.fields.clone();
        let mut add = |name: &SmolStr, ty: Type| {
            let known = policy.fields.iter().find(|field| field.name == *name);
            let read = known.map(|field| field.columns.clone()).filter(|columns| !columns.is_empty());
            fields.push(Field {
                name: name.clone(),
                span: Span::default(),
                ty,
                // A column that the user names must be there.
                required: true,
                columns: read.unwrap_or_else(|| vec![name.clone()]),
                spellings: Vec::new(),
                missing: known.map(|field| field.missing.clone()).unwrap_or_default(),
            });
            FieldId(fields.len() as u32 - 1)
        };
        let folded = |values: &[SmolStr]| values.iter().map(|value| text::fold(value)).collect();
        let arrival = add(&columns.arrival, Type::Time);
        let responded = columns.responded.as_ref().map(|name| add(name, Type::Time));
        let closed = columns.closed.as_ref().map(|name| add(name, Type::Time));
        let assignee = columns.assignee.as_ref().map(|name| add(name, Type::Text));
        let mut outcome = |said: &Option<(SmolStr, Vec<SmolStr>)>| {
            said.as_ref().map(|(name, values)| (add(name, Type::Text), folded(values)))
        };
        let (won, lost) = (outcome(&columns.won), outcome(&columns.lost));
        let by = columns.by.as_ref().map(|name| match policy.fields.iter().position(|field| field.name == *name) {
            Some(at) => FieldId(at as u32),
            None => add(name, Type::Text),
        });
        let names = fields.iter().map(|field| field.name.clone()).collect();
        let plan = Plan::new(&fields, &policy.missing, policy.zone);
        HistoryPlan { plan, own, names, arrival, responded, closed, assignee, won, lost, by }
    }

    fn name(&self, field: FieldId) -> &str {
        self.names.get(field.at()).map_or("", SmolStr::as_str)
    }
}

/// Reads and matches all leads of a file, a block a thread at a time.
pub fn read(router: &Router, plan: &HistoryPlan, file: &mut LeadFile, threads: usize) -> History {
    let dates = file.dates().clone();
    let reps = reps_by_name(router.policy());
    let mut readers: Vec<Reader> =
        (0..threads.max(1)).map(|_| Reader::new(router, plan, &dates, &reps, file.splitter())).collect();
    let mut blocks: Vec<Block> = readers.iter().map(|_| Block::default()).collect();
    let mut history = History::default();
    loop {
        let mut filled = 0;
        while let Some(block) = blocks.get_mut(filled)
            && file.next_block(block)
        {
            filled += 1;
        }
        std::thread::scope(|scope| {
            for (reader, block) in readers.iter_mut().zip(&blocks).take(filled) {
                scope.spawn(|| reader.block(block));
            }
        });
        for reader in readers.iter_mut().take(filled) {
            history.leads.append(&mut reader.leads);
            history.errors.append(&mut reader.errors);
            file.notice(reader.note.take());
        }
        if filled < blocks.len() {
            break;
        }
    }
    let mut bad_values = vec![0; plan.names.len()];
    for reader in &readers {
        bad_values.iter_mut().zip(&reader.bad_values).for_each(|(sum, count)| *sum += count);
    }
    let bad_values = plan.names.iter().cloned().zip(bad_values).filter(|(_, count)| *count > 0);
    history.bad_values = bad_values.collect();
    history.by = plan.by.map(|field| SmolStr::new(plan.name(field)));
    history.warnings = file.warnings(&plan.plan, readers.iter().map(|reader| &reader.splitter));
    history.leads.sort_by_key(|lead| (lead.at, lead.line));
    history
}

/// Names and emails, folded, of the reps.
fn reps_by_name(policy: &Policy) -> FxHashMap<SmolStr, RepId> {
    let mut names = FxHashMap::default();
    for (rep, id) in policy.reps.iter().zip((0..).map(RepId)) {
        names.entry(text::fold(&rep.name)).or_insert(id);
    }
    for (rep, id) in policy.reps.iter().zip((0..).map(RepId)) {
        // An email stands above a name, as everywhere.
        names.extend(rep.email.as_ref().map(|email| (text::fold(email), id)));
    }
    names
}

/// Reads leads on one thread.
struct Reader<'r> {
    router: &'r Router,
    plan: &'r HistoryPlan,
    dates: &'r DateOrders,
    reps: &'r FxHashMap<SmolStr, RepId>,
    splitter: Splitter,
    matcher: Matcher<'r>,
    /// Those of the lead before.
    asked: Arc<Asked>,
    id: Option<FieldId>,
    kinds: FxHashSet<Arc<Kind>>,
    assignees: FxHashSet<SmolStr>,
    leads: Vec<PastLead>,
    errors: Vec<Unread>,
    bad_values: Vec<u64>,
    note: Option<String>,
}

impl<'r> Reader<'r> {
    fn new(
        router: &'r Router,
        plan: &'r HistoryPlan,
        dates: &'r DateOrders,
        reps: &'r FxHashMap<SmolStr, RepId>,
        splitter: Splitter,
    ) -> Reader<'r> {
        Reader {
            router,
            plan,
            dates,
            reps,
            splitter,
            asked: Arc::default(),
            matcher: Matcher::new(router.graph()),
            id: router.policy().id_field(),
            kinds: FxHashSet::default(),
            assignees: FxHashSet::default(),
            leads: Vec::new(),
            errors: Vec::new(),
            bad_values: vec![0; plan.names.len()],
            note: None,
        }
    }

    fn block(&mut self, block: &Block) {
        let (text, note) = block.text();
        self.note = note;
        let mut splitter = self.splitter.clone();
        splitter.split(&self.plan.plan, block, &text, |raw| match raw {
            Ok(raw) => self.lead(&raw),
            Err(RowError { line, found, expected }) => {
                self.errors.push(Unread { line, why: format!("expected {expected}, found `{found}`") });
            }
        });
        self.splitter = splitter;
    }

    fn lead(&mut self, raw: &RawLead) {
        let lead = self.plan.plan.lead(raw, self.dates);
        let (values, beside) = lead.values.split_at(self.plan.own.min(lead.values.len()));
        let at = |field: FieldId| {
            field.at().checked_sub(self.plan.own).and_then(|at| beside.get(at)).unwrap_or(&Value::Missing)
        };
        let Value::Time(arrival) = *at(self.plan.arrival) else {
            let fault = lead.faults.iter().find(|fault| fault.field == self.plan.arrival);
            let found = fault.map_or("", |fault| fault.raw.as_str());
            let name = self.plan.name(self.plan.arrival);
            let why = match found {
                "" => format!("`{name}` is missing, so nobody knows when the lead came"),
                found => format!("`{name}` is `{found}`, which is no time"),
            };
            return self.errors.push(Unread { line: lead.line, why });
        };
        if !calendar::is_known(arrival.micros) {
            let name = self.plan.name(self.plan.arrival);
            let why = format!("`{name}` is `{}`, which is not between 1970 and 2100", time::show(arrival));
            return self.errors.push(Unread { line: lead.line, why });
        }
        let own_faults = || lead.faults.iter().filter(|fault| fault.field.at() < self.plan.own);
        let bad = own_faults().any(|fault| fault.required);
        let policy = self.router.policy();
        if bad && policy.on_bad_lead.is_none() {
            return self.errors.push(Unread { line: lead.line, why: self.why_bad(own_faults()) });
        }
        for fault in lead.faults.iter().filter(|fault| !fault.raw.is_empty()) {
            if let Some(count) = self.bad_values.get_mut(fault.field.at()) {
                *count += 1;
            }
        }
        let texts = |field: FieldId| match at(field) {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        };
        let time = |field: FieldId| match at(field) {
            Value::Time(instant) => Some(instant.micros),
            _ => None,
        };
        let assignee = self.plan.assignee.and_then(texts);
        let past = Past {
            rep: assignee.as_ref().and_then(|text| self.reps.get(&text.folded).copied()),
            assignee: assignee.map(|text| self.assignees.get(&text.written).cloned().unwrap_or(text.written)),
            // What happened before the lead came cannot be counted.
            responded: self.plan.responded.and_then(time).filter(|&answered| answered >= arrival.micros),
            closed: self.plan.closed.and_then(time),
            converted: self.converted(|field| texts(field).map(|text| text.folded)),
        };
        if let Some(name) = &past.assignee
            && !self.assignees.contains(name)
        {
            self.assignees.insert(name.clone());
        }
        let group = self.plan.by.and_then(|field| match lead.values.get(field.at()) {
            Some(Value::Text(text)) => Some(text.written.clone()),
            Some(value) => value.key_text().map(SmolStr::from),
            None => None,
        });
        let kind = match policy.on_bad_lead.filter(|_| bad) {
            Some(queue) => Kind { found: crate::batch::to_queue(queue).0, bad, goals: Vec::new(), group },
            None => {
                let moment = self.router.moment(arrival);
                let records = self.router.match_records(values, &moment);
                let facts = Facts { values, at: arrival, calendars: &moment.open, records: &records };
                let found = self.matcher.decide_facts(&facts).clone();
                let goals = goals(policy, &facts, &found);
                let asked = self.router.asked(&facts);
                self.asked = if asked == *self.asked { Arc::clone(&self.asked) } else { Arc::new(asked) };
                Kind { found, bad, goals, group }
            }
        };
        let id = self.id.and_then(|id| raw.field(&self.plan.plan, id));
        let id = id.map(|id| SmolStr::new(id.trim())).unwrap_or_default();
        let key = if id.is_empty() { lead.line } else { chance::key_of(&id) };
        let kind = self.shared(kind);
        let asked = Arc::clone(&self.asked);
        self.leads.push(PastLead { id, line: lead.line, at: arrival.micros, key, kind, asked, past });
    }

    fn shared(&mut self, kind: Kind) -> Arc<Kind> {
        if let Some(known) = self.kinds.get(&kind) {
            return Arc::clone(known);
        }
        let kind = Arc::new(kind);
        self.kinds.insert(Arc::clone(&kind));
        kind
    }

    fn why_bad<'a>(&self, faults: impl Iterator<Item = &'a BadValue>) -> String {
        let why = faults.filter(|fault| fault.required).map(|fault| {
            let name = self.plan.name(fault.field);
            match fault.raw.as_str() {
                "" => format!("`{name}` is required and missing"),
                raw => format!("`{name}` is `{raw}`, expected {}", fault.expected),
            }
        });
        why.collect::<Vec<_>>().join("; ")
    }

    /// What the outcome columns say. Without `lost`, every other value than those of `won` says that the lead did not convert.
    fn converted(&self, value: impl Fn(FieldId) -> Option<SmolStr>) -> Option<bool> {
        let says = |said: &Option<(FieldId, BTreeSet<SmolStr>)>| {
            let (field, values) = said.as_ref()?;
            value(*field).map(|value| values.contains(&value))
        };
        match (says(&self.plan.won), says(&self.plan.lost)) {
            (Some(true), _) => Some(true),
            (_, Some(true)) => Some(false),
            (won, _) if self.plan.lost.is_none() => won,
            _ => None,
        }
    }
}

/// For which goals a lead counts; one that is excluded counts for none.
fn goals(policy: &Policy, facts: &Facts, found: &Match) -> Vec<bool> {
    if policy.goals.is_empty() || matches!(found.outcome, crate::matcher::Outcome::Excluded(_)) {
        return Vec::new();
    }
    let lead = Reference::new(policy, facts);
    policy.goals.iter().map(|goal| goal.when.as_ref().is_none_or(|when| lead.holds(when))).collect()
}

impl PastLead {
    pub fn sla(&self) -> Option<SlaId> {
        self.kind.found.sla
    }

    pub fn targets(&self) -> &[Target] {
        &self.kind.found.targets
    }
}
