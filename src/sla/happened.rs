//! What happened to leads, as a file tells it: a lead, an instant and an event a line; and when reps signed in and out.

use crate::data::text;
use crate::lead::{LeadFile, LeadReader, Plan};
use crate::policy::{Field, Instant, Policy, RepId, Type, Value};
use crate::source::Span;
use smol_str::SmolStr;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Accepted,
    Responded,
    Met,
    /// It is done with, won or lost.
    Closed,
    /// The rep gave it back, for a reason.
    Returned(SmolStr),
    /// A place in the policy's statuses.
    Status(u32),
    /// A rep signed in or out; no lead has to do with it.
    Signed {
        rep: RepId,
        online: bool,
    },
}

/// Something that happened to a lead, by the lead's own name; or that a rep did, by his.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    pub lead: SmolStr,
    pub at: Instant,
    pub what: What,
}

/// How a file of events is read: columns `lead` (or `id`, or `rep`), `at`, and `event` (or `status`).
pub fn plan(policy: &Policy) -> Plan {
    let field = |name: &str, ty: Type, also: &[&str]| Field {
        name: name.into(),
        span: Span::default(),
        ty,
        required: true,
        columns: also.iter().map(SmolStr::new).collect(),
        spellings: Vec::new(),
        missing: Vec::new(),
    };
    let fields = [
        field("lead", Type::Text, &["lead", "id", "rep"]),
        field("at", Type::Time, &["at", "time"]),
        field("event", Type::Text, &["event", "status"]),
    ];
    Plan::new(&fields, &policy.missing, policy.zone)
}

/// What a file tells, in the order of its instants, and what is to be said of the rest.
pub fn happened(policy: &Policy, plan: &Plan, file: LeadFile) -> (Vec<Happened>, Vec<String>) {
    let mut events: Vec<Happened> = Vec::new();
    let mut unread = 0u64;
    let mut unknown_reps = 0u64;
    let mut unknown_words: Vec<SmolStr> = Vec::new();
    let mut reader = LeadReader::new(plan, file);
    for record in reader.by_ref() {
        let Ok(record) = record else {
            unread += 1;
            continue;
        };
        let [Value::Text(lead), Value::Time(at), Value::Text(word)] = record.values.as_slice() else {
            unread += 1;
            continue;
        };
        if let Some(online) = signed(policy, &word.written) {
            match policy.rep_named(&lead.folded) {
                Some(rep) => {
                    let (lead, what) = (lead.written.clone(), What::Signed { rep, online });
                    events.push(Happened { lead, at: *at, what });
                }
                None => unknown_reps += 1,
            }
            continue;
        }
        let Some(what) = what(policy, &word.written) else {
            if !unknown_words.contains(&word.written) {
                unknown_words.push(word.written.clone());
            }
            continue;
        };
        events.push(Happened { lead: lead.written.clone(), at: *at, what });
    }
    // Events of one instant stay in the order of the file.
    events.sort_by_key(|event| event.at.micros);
    let mut warnings = reader.warnings();
    if unread > 0 {
        warnings.push(format!("{unread} events without a lead, an instant and an event were left out"));
    }
    if unknown_reps > 0 {
        warnings.push(format!("{unknown_reps} events `online` or `offline` of people who are no reps were left out"));
    }
    for word in unknown_words.iter().take(10) {
        let options = policy.statuses.iter().map(SmolStr::as_str).chain(WORDS);
        let near = text::nearest(word, options).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        warnings.push(format!("events `{word}` were left out: there is no such status{near}"));
    }
    (events, warnings)
}

const WORDS: [&str; 7] = ["accepted", "responded", "met", "closed", "returned", "online", "offline"];

/// Whether a word says that a rep signed in, or out; not where the policy has a status of that name.
fn signed(policy: &Policy, word: &str) -> Option<bool> {
    let key = text::squeeze(word);
    let online = match key.as_str() {
        "online" => true,
        "offline" => false,
        _ => return None,
    };
    (!policy.statuses.iter().any(|status| text::squeeze(status) == key)).then_some(online)
}

fn what(policy: &Policy, word: &str) -> Option<What> {
    let (name, reason) = word.split_once(':').unwrap_or((word, ""));
    let key = text::squeeze(name);
    match key.as_str() {
        "accepted" => return Some(What::Accepted),
        "responded" => return Some(What::Responded),
        "met" => return Some(What::Met),
        "closed" if !policy.statuses.iter().any(|status| text::squeeze(status) == key) => return Some(What::Closed),
        "returned" => return Some(What::Returned(SmolStr::new(reason.trim()))),
        _ => {}
    }
    let place = policy.statuses.iter().position(|status| text::squeeze(status) == key);
    place.map(|place| What::Status(place as u32))
}
