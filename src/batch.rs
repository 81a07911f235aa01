//! Many leads: raw leads to matches, with what a value comes to remembered by the bytes it came as.
//!
//! Reading a value (folding, normalising, looking for its atom) costs more than deciding a lead, and the values of leads repeat.
//! Each field remembers what its values came to; a field whose values hardly repeat, as an email's, stops remembering.
//!
//! Matching a lead depends on no other, and goes on in as many threads as there are. Assigning one depends on all before it: a
//! [`Block`] of matched leads is assigned when those of the blocks before are.

mod block;

pub use block::{Block, Turns};

use crate::assign::{Asked, Assignment};
use crate::graph::{Codes, FieldCode};
use crate::lead::{DateOrders, Form, Lead, Plan, RawLead};
use crate::matcher::{self, Facts, Match, Matcher, Outcome};
use crate::policy::{FieldId, Instant, QueueId, Target, Type, Value};
use crate::router::{Moment, Router};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Decides raw leads of one file, one after the other; one for each thread.
pub struct Batch<'r> {
    router: &'r Router,
    plan: &'r Plan,
    dates: &'r DateOrders,
    clock: When<'r>,
    /// A bad value makes the whole lead an error.
    strict: bool,
    matcher: Matcher<'r>,
    codes: Codes,
    memories: Vec<Memory>,
    lead: Lead,
    id: Option<FieldId>,
}

/// Which instant a lead is decided at.
#[derive(Debug, Clone)]
pub enum When<'r> {
    /// All at one.
    Moment(&'r Moment),
    /// Each at the instant in this field; a lead without one is an error.
    Field(FieldId),
}

/// A lead that was matched, and that nobody has yet.
#[derive(Debug)]
pub struct Matched<'a> {
    /// What names the lead: see [`crate::policy::Policy::id_field`].
    pub id: Option<&'a str>,
    /// Where it stands in the input: its line, from 1.
    pub line: u64,
    /// What could not be read, and so counts as missing.
    pub bad_values: &'a [crate::lead::BadValue],
    /// What was mended when it was read.
    pub notes: &'a [crate::lead::Note],
    /// The queue of `on bad lead`, where a required field is missing or bad.
    pub bad: Option<QueueId>,
    pub found: &'a Match,
    pub asked: Asked,
    pub at: Instant,
}

/// A lead that could not be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    pub line: u64,
    pub id: Option<String>,
    /// What stood in the way, each with field, value and what was expected.
    pub faults: Vec<crate::lead::BadValue>,
}

/// What the values of one field came to.
struct Memory {
    known: FxHashMap<Box<str>, Known>,
    tried: u32,
    met: u32,
    on: bool,
    /// Nobody asks about it: all that matters is whether something is to be said of it.
    unasked: bool,
    /// The value itself is needed, not only what it comes to in the graph.
    keep_value: bool,
}

#[derive(Clone)]
struct Known {
    code: Arc<FieldCode>,
    value: Value,
}

/// A memory forgets nothing, so it is bounded: past this many values a field does not repeat.
const MOST_KNOWN: usize = 1 << 15;
/// After this many values it is seen whether remembering pays.
const TRIAL: u32 = 1 << 12;

impl<'r> Batch<'r> {
    pub fn new(router: &'r Router, plan: &'r Plan, dates: &'r DateOrders, clock: When<'r>, strict: bool) -> Self {
        let policy = router.policy();
        let coder = &router.graph().coder;
        // Records are found by values, and experiments hash them.
        let needs_values = !policy.records.is_empty() || !policy.experiments.is_empty() || router.crews().asks_values();
        let dependent = |ty: &Type| matches!(ty, Type::Region { of: Some(_) } | Type::PostalCode { of: Some(_) });
        let decided_at = match &clock {
            When::Field(field) => Some(*field),
            When::Moment(_) => None,
        };
        let memories = (0..).map(FieldId).zip(&policy.fields).map(|(id, field)| {
            let keep_value = needs_values || plan.is_read_with(id) || decided_at == Some(id);
            Memory {
                known: FxHashMap::default(),
                tried: 0,
                met: 0,
                // What a region or a postal code comes to depends on the country beside it.
                on: !dependent(&field.ty),
                unasked: !keep_value && !coder.asks_about(id),
                keep_value,
            }
        });
        Batch {
            router,
            plan,
            dates,
            clock,
            strict,
            matcher: Matcher::new(router.graph()),
            codes: coder.codes(),
            memories: memories.collect(),
            lead: plan.blank(),
            id: policy.id_field(),
        }
    }

    /// Matches a lead and hands the match on.
    ///
    /// # Errors
    /// Where a required field is missing or bad and the policy has no `on bad lead`, where `strict` holds and a value is bad, and
    /// where the lead has no instant to be decided at.
    pub fn decide(&mut self, raw: &RawLead, take: impl FnOnce(Matched)) -> Result<(), Undecided> {
        self.read(raw);
        let policy = self.router.policy();
        let id = self.id.and_then(|id| raw.field(self.plan, id));
        let id = id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let undecided = |faults: &[crate::lead::BadValue]| Undecided {
            line: raw.line,
            id: id.map(str::to_owned),
            faults: faults.to_vec(),
        };
        let bad = self.lead.is_bad();
        if (self.strict && !self.lead.faults.is_empty()) || (bad && policy.on_bad_lead.is_none()) {
            return Err(undecided(&self.lead.faults));
        }
        let (line, bad_values, notes) = (raw.line, &self.lead.faults[..], &self.lead.notes[..]);
        if let Some(queue) = policy.on_bad_lead.filter(|_| bad) {
            let (found, _) = to_queue(queue);
            let at = Instant { micros: 0, offset: 0 };
            take(Matched { id, line, bad_values, notes, bad: Some(queue), found: &found, asked: Asked::default(), at });
            return Ok(());
        }
        let own;
        let moment = match &self.clock {
            When::Moment(moment) => *moment,
            When::Field(field) => match self.lead.values.get(field.at()) {
                Some(Value::Time(at)) => {
                    own = self.router.moment(*at);
                    &own
                }
                Some(Value::Date(date)) => {
                    let midnight = date.and_time(chrono::NaiveTime::MIN);
                    own = self.router.moment(crate::data::time::instant(midnight, policy.zone));
                    &own
                }
                _ => return Err(undecided(&[no_instant(*field, policy)])),
            },
        };
        let values = &self.lead.values;
        let records = self.router.match_records(values, moment);
        if !records.is_empty() {
            self.router.graph().coder.records(|id| matcher::row(*records.get(id.at())?), &mut self.codes);
        }
        let (router, calendars) = (self.router, &moment.open);
        let facts = Facts { values, at: moment.at, calendars, records: &records };
        let key_text = |subject| router.graph().key_text(&facts, subject);
        let found = self.matcher.decide(&mut self.codes, &moment.clock, &records, key_text);
        let asked = if router.crews().asks_values() { router.asked(&facts) } else { Asked::default() };
        take(Matched { id, line, bad_values, notes, bad: None, found, asked, at: moment.at });
        Ok(())
    }

    /// Reads the lead's values into `codes` and, where they are needed, into `lead`.
    fn read(&mut self, raw: &RawLead) {
        self.codes.clear();
        self.lead.faults.clear();
        self.lead.notes.clear();
        for &field in self.plan.reading_order() {
            let Some(memory) = self.memories.get_mut(field.at()) else { continue };
            let [column] = self.plan.columns_of(field) else {
                self.read_plainly(field, raw);
                continue;
            };
            let cell = raw.cell(*column);
            if cell.form != Form::Plain {
                self.read_plainly(field, raw);
                continue;
            }
            let found = raw.found(cell);
            if memory.unasked && self.plan.is_sound(field, found) {
                continue;
            }
            if !memory.on {
                self.read_plainly(field, raw);
                continue;
            }
            memory.tried += 1;
            if let Some(known) = memory.known.get(found) {
                memory.met += 1;
                self.codes.apply(&known.code);
                if memory.keep_value
                    && let Some(value) = self.lead.values.get_mut(field.at())
                {
                    value.clone_from(&known.value);
                }
                continue;
            }
            if memory.tried == TRIAL && memory.met < TRIAL / 2 || memory.known.len() >= MOST_KNOWN {
                memory.on = false;
                memory.known = FxHashMap::default();
            }
            let faults = self.lead.faults.len();
            self.read_plainly(field, raw);
            let value = self.lead.values.get(field.at()).unwrap_or(&Value::Missing);
            // What is to be said of a value is said of each lead that has it.
            let sound = self.lead.faults.len() == faults;
            if let Some(memory) = self.memories.get_mut(field.at()).filter(|memory| memory.on && sound) {
                let code = Arc::new(self.router.graph().coder.field_code(field, value));
                memory.known.insert(found.into(), Known { code, value: value.clone() });
            }
        }
    }

    fn read_plainly(&mut self, field: FieldId, raw: &RawLead) {
        self.plan.read(field, raw, self.dates, &mut self.lead);
        if let Some(value) = self.lead.values.get(field.at()) {
            self.router.graph().coder.field(field, value, &mut self.codes);
        }
    }
}

/// The decision of `on bad lead`: no rule was tried.
pub fn to_queue(queue: QueueId) -> (Match, Assignment) {
    let found = Match { outcome: Outcome::None, targets: vec![Target::Queue(queue)], ..Match::default() };
    (found, Assignment::to_queue(queue))
}

fn no_instant(field: FieldId, policy: &crate::policy::Policy) -> crate::lead::BadValue {
    let name = policy.fields.get(field.at()).map_or("", |field| field.name.as_str());
    crate::lead::BadValue {
        field,
        raw: String::new(),
        expected: format!("a value, since leads are decided at their `{name}`"),
        required: true,
    }
}
