//! Many leads: raw leads to matches, with what a value comes to remembered by the bytes it came as.
//!
//! Reading a value (folding, normalising, looking for its atom) costs more than deciding a lead, and the values of leads repeat.
//! Each field remembers what its values came to; a field whose values hardly repeat, as an email's, stops remembering.
//!
//! Matching a lead depends on no other, and goes on in as many threads as there are. Assigning one depends on all before it: a
//! [`Block`] of matched leads is assigned when those of the blocks before are.

mod block;
mod memory;
mod reader;

pub use block::{Block, Remember, Turns};

use crate::assign::{Asked, Assignment};
use crate::calendar;
use crate::decision::Decided;
use crate::graph::Codes;
use crate::lead::{DateOrders, Lead, Plan, RawLead};
use crate::matcher::{self, Facts, Match, Matcher, Outcome};
use crate::policy::{FieldId, Instant, QueueId, Target, Value};
use crate::router::{Moment, Router};
use reader::Reader;

/// Decides raw leads of one file, one after the other; one for each thread.
pub struct Batch<'r> {
    router: &'r Router,
    plan: &'r Plan,
    clock: When<'r>,
    /// A bad value makes the whole lead an error.
    strict: bool,
    matcher: Matcher<'r>,
    codes: Codes,
    reader: Reader<'r>,
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

impl Matched<'_> {
    /// What becomes of the lead where that hangs on no lead before it: it lies in a queue, or nothing takes it.
    pub fn at_once(&self) -> Option<Option<Assignment>> {
        match (self.bad, self.found.targets.first()) {
            (Some(queue), _) => Some(Some(Assignment::to_queue(queue))),
            (None, Some(Target::Queue(queue))) => Some(Some(Assignment::to_queue(*queue))),
            (None, None) => Some(None),
            (None, Some(_)) => None,
        }
    }

    /// The decision of the lead; `due` is when the first promise falls due.
    pub fn decided<'s>(&'s self, assignment: Option<&'s Assignment>, due: Option<Instant>) -> Decided<'s> {
        let Matched { id, line, bad_values, notes, bad, found, .. } = *self;
        Decided { id, line, bad_values, notes, bad: bad.is_some(), found, assignment, due }
    }
}

/// A lead that could not be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    pub line: u64,
    pub id: Option<String>,
    /// What stood in the way, each with field, value and what was expected.
    pub faults: Vec<crate::lead::BadValue>,
}

impl<'r> Batch<'r> {
    pub fn new(router: &'r Router, plan: &'r Plan, dates: &'r DateOrders, clock: When<'r>, strict: bool) -> Self {
        let policy = router.policy();
        let coder = &router.graph().coder;
        // Records are found by values, and experiments hash them.
        let needs_values = !policy.records.is_empty() || !policy.experiments.is_empty() || router.crews().asks_values();
        let decided_at = match &clock {
            When::Field(field) => Some(*field),
            When::Moment(_) => None,
        };
        let reader = Reader::new(&policy.fields, plan, dates, coder, |id| needs_values || decided_at == Some(id));
        Batch {
            router,
            plan,
            clock,
            strict,
            matcher: Matcher::new(router.graph()),
            codes: coder.codes(),
            reader,
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
        self.reader.read(raw, &mut self.lead, &mut self.codes);
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
                _ => return Err(undecided(&[no_instant(*field, policy, String::new())])),
            },
        };
        if let When::Field(field) = self.clock
            && !calendar::is_known(moment.at.micros)
        {
            return Err(undecided(&[no_instant(field, policy, crate::data::time::show(moment.at))]));
        }
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
}

/// The decision of `on bad lead`: no rule was tried.
pub fn to_queue(queue: QueueId) -> (Match, Assignment) {
    let found = Match { outcome: Outcome::None, targets: vec![Target::Queue(queue)], ..Match::default() };
    (found, Assignment::to_queue(queue))
}

/// What is wrong with a lead's instant: there is none, or none that calendars know.
fn no_instant(field: FieldId, policy: &crate::policy::Policy, raw: String) -> crate::lead::BadValue {
    let name = policy.fields.get(field.at()).map_or("", |field| field.name.as_str());
    let what = if raw.is_empty() { "a value" } else { "a time from 1970 to 2100" };
    let expected = format!("{what}, since leads are decided at their `{name}`");
    crate::lead::BadValue { field, raw, expected, required: true }
}
