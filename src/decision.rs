//! A decision as it is written: one JSON object a line, or one row of a CSV file.
//!
//! Names are escaped once for a whole run; what is left for a lead is copying.

use crate::assign::{Assignment, How};
use crate::data::time;
use crate::lead::{BadValue, Note};
use crate::matcher::{Match, Outcome};
use crate::policy::{FieldId, Instant, Policy, Queue, QueueId, Rule, Target};
use chrono::{DateTime, FixedOffset, SecondsFormat};
use serde::Serialize;
use std::cell::RefCell;

/// How a lead ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// A rule took it.
    Routed,
    /// An exclusion took it.
    Excluded,
    /// A required field is missing or bad; it went where `on bad lead` says.
    BadLead,
    /// Two records claim it alike; it went where `on tie` says.
    Tie,
    /// No rule took it.
    Unrouted,
}

/// A lead and what was decided of it.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    /// What names the lead: see [`Policy::id_field`].
    pub id: Option<&'a str>,
    /// Where it stands in the input: its line, from 1.
    pub line: u64,
    /// What could not be read, and so counts as missing.
    pub bad_values: &'a [BadValue],
    /// What was mended when it was read. Notes of the row as a whole are said for the file.
    pub notes: &'a [Note],
    /// A required field is missing or bad, and this decision is the one of `on bad lead`.
    pub bad: bool,
    pub found: &'a Match,
    pub assignment: Option<&'a Assignment>,
    /// When the first promise falls due, with the offset that it is shown with.
    pub due: Option<Instant>,
}

impl<'a> Decided<'a> {
    /// The values that were mended, by field, and how.
    pub fn mended(&self) -> impl Iterator<Item = (FieldId, &'a str)> + use<'a> {
        self.notes.iter().filter_map(|note| Some((note.field?, note.text.as_str())))
    }

    /// The queue that is the target and has the lead itself.
    fn lying(&self) -> Option<QueueId> {
        let plain = |assignment: &&Assignment| {
            assignment.assignee.is_none() && assignment.waits.is_none() && assignment.how == How::Queued
        };
        let assignment = self.assignment.filter(plain)?;
        match self.found.targets.get(assignment.choice)? {
            Target::Queue(queue) => assignment.queue.filter(|has| has == queue),
            _ => None,
        }
    }
}

/// What a row tells of a decision.
pub const COLUMNS: [&str; 22] = [
    "lead",
    "line",
    "outcome",
    "rule",
    "target_kind",
    "target",
    "assignee",
    "queue",
    "how",
    "waits_until",
    "sla",
    "due",
    "priority",
    "territory",
    "segments",
    "scores",
    "grades",
    "excluded",
    "arm",
    "bad_values",
    "mended",
    "policy",
];

/// Writes decisions under one policy.
pub struct Writer<'a> {
    policy: &'a Policy,
    fragments: Fragments,
    /// Instants as they are written.
    dues: RefCell<Vec<(Instant, String)>>,
}

/// Names as JSON texts, quotes and all, by id; and what stands around them, as far as it is the same for all leads.
struct Fragments {
    /// `,"outcome":"routed","rule":"...","target":`
    rules: Vec<String>,
    pools: Vec<String>,
    queues: Vec<String>,
    /// What follows where a queue is the target and has the lead, from `{"kind":"queue","name":"..."}` to `,"sla":`.
    in_queue: Vec<String>,
    teams: Vec<String>,
    reps: Vec<String>,
    slas: Vec<String>,
    segments: Vec<String>,
    territories: Vec<String>,
    excludes: Vec<String>,
    /// `"fit":`
    scores: Vec<String>,
    grades: Vec<(String, Vec<String>)>,
    /// Of a policy that has none of these: `,"territory":null,"segments":[],"scores":{},"grades":{}`
    nowhere: Option<&'static str>,
    /// `,"policy":"..."}` and the newline.
    end: String,
}

fn json(text: &str) -> String {
    // A text always has a JSON form.
    serde_json::to_string(text).unwrap_or_default()
}

fn names<T>(all: &[T], name: impl Fn(&T) -> &str) -> Vec<String> {
    all.iter().map(|one| json(name(one))).collect()
}

impl<'a> Writer<'a> {
    pub fn new(policy: &'a Policy) -> Writer<'a> {
        let rule = |rule: &Rule| format!(",\"outcome\":\"routed\",\"rule\":{},\"target\":", json(&rule.title));
        let in_queue = |queue: &Queue| {
            let name = json(&queue.name);
            format!(
                "{{\"kind\":\"queue\",\"name\":{name}}},\"assignee\":null,\"queue\":{name},\"how\":\"{}\",\"sla\":",
                How::Queued.name()
            )
        };
        let asks_nowhere = policy.territories.is_empty()
            && policy.segments.is_empty()
            && policy.scores.is_empty()
            && policy.grades.is_empty();
        let fragments = Fragments {
            rules: policy.rules.iter().map(rule).collect(),
            pools: names(&policy.pools, |pool| &pool.name),
            queues: names(&policy.queues, |queue| &queue.name),
            in_queue: policy.queues.iter().map(in_queue).collect(),
            teams: names(&policy.teams, |team| &team.name),
            reps: names(&policy.reps, |rep| &rep.name),
            slas: names(&policy.slas, |sla| &sla.name),
            segments: names(&policy.segments, |segment| &segment.name),
            territories: names(&policy.territories, |territory| &territory.name),
            excludes: names(&policy.excludes, |exclude| &exclude.title),
            scores: policy.scores.iter().map(|score| format!("{}:", json(&score.name))).collect(),
            grades: policy
                .grades
                .iter()
                .map(|grade| (format!("{}:", json(&grade.name)), names(&grade.steps, |step| &step.0)))
                .collect(),
            nowhere: asks_nowhere.then_some(",\"territory\":null,\"segments\":[],\"scores\":{},\"grades\":{}"),
            end: format!(",\"policy\":{}}}\n", json(&policy.hash)),
        };
        Writer { policy, fragments, dues: RefCell::default() }
    }

    /// Appends one line of NDJSON.
    pub fn ndjson(&self, out: &mut Vec<u8>, decided: &Decided) {
        let f = &self.fragments;
        let found = decided.found;
        out.extend_from_slice(b"{\"lead\":");
        match decided.id {
            Some(id) => text(out, id),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"line\":");
        number(out, decided.line as i64);
        match (ending(decided), found.outcome) {
            (Ending::Routed, Outcome::Rule(rule)) => {
                out.extend_from_slice(f.rules.get(rule.at()).map_or(b"", String::as_bytes));
            }
            (ending, outcome) => {
                out.extend_from_slice(b",\"outcome\":\"");
                out.extend_from_slice(ending.name().as_bytes());
                out.extend_from_slice(b"\",\"rule\":null");
                if let Outcome::Excluded(at) = outcome {
                    out.extend_from_slice(b",\"excluded\":");
                    or_null(out, f.excludes.get(at as usize));
                }
                out.extend_from_slice(b",\"target\":");
            }
        }
        match decided.lying().and_then(|queue| f.in_queue.get(queue.at())) {
            Some(in_queue) => out.extend_from_slice(in_queue.as_bytes()),
            None => self.taken(out, decided),
        }
        or_null(out, found.sla.and_then(|sla| f.slas.get(sla.at())));
        out.extend_from_slice(b",\"due\":");
        match decided.due {
            Some(due) => self.due(out, due),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"priority\":");
        match found.priority {
            Some(priority) => number(out, priority),
            None => out.extend_from_slice(b"null"),
        }
        match f.nowhere {
            Some(nowhere) => out.extend_from_slice(nowhere.as_bytes()),
            None => self.place(out, found),
        }
        if let Some((experiment, arm)) = found.arm {
            let experiment = self.policy.experiments.get(experiment.at());
            if let Some((experiment, arm)) = experiment.and_then(|e| Some((e, e.arms.get(arm as usize)?))) {
                out.extend_from_slice(b",\"experiment\":");
                text(out, &experiment.name);
                out.extend_from_slice(b",\"arm\":");
                text(out, &arm.name);
            }
        }
        if !decided.bad_values.is_empty() {
            out.extend_from_slice(b",\"bad_values\":[");
            separated(out, decided.bad_values.iter(), |out, bad| {
                object(out, [("field", self.field(bad.field)), ("value", &bad.raw), ("expected", &bad.expected)]);
            });
            out.push(b']');
        }
        let mut mended = decided.mended().peekable();
        if mended.peek().is_some() {
            out.extend_from_slice(b",\"mended\":[");
            separated(out, mended, |out, (field, what)| object(out, [("field", self.field(field)), ("what", what)]));
            out.push(b']');
        }
        out.extend_from_slice(f.end.as_bytes());
    }

    /// An instant as [`instant`] writes it. Many leads have the same few.
    fn due(&self, out: &mut Vec<u8>, due: Instant) {
        const MOST: usize = 32;
        let mut known = self.dues.borrow_mut();
        if let Some((_, written)) = known.iter().find(|(at, _)| *at == due) {
            return out.extend_from_slice(written.as_bytes());
        }
        let written = instant(due).map_or_else(|| "null".to_owned(), |due| json(&due));
        out.extend_from_slice(written.as_bytes());
        if known.len() == MOST {
            known.clear();
        }
        known.push((due, written));
    }

    /// The target, and who or which queue has the lead.
    fn taken(&self, out: &mut Vec<u8>, decided: &Decided) {
        let f = &self.fragments;
        match self.target(decided) {
            Some((kind, name)) => {
                out.extend_from_slice(b"{\"kind\":\"");
                out.extend_from_slice(kind.as_bytes());
                out.extend_from_slice(b"\",\"name\":");
                or_null(out, name);
                out.push(b'}');
            }
            None => out.extend_from_slice(b"null"),
        }
        let assignment = decided.assignment;
        out.extend_from_slice(b",\"assignee\":");
        or_null(out, assignment.and_then(|a| a.assignee).and_then(|rep| f.reps.get(rep.at())));
        out.extend_from_slice(b",\"queue\":");
        or_null(out, assignment.and_then(|a| a.queue).and_then(|queue| f.queues.get(queue.at())));
        if let Some(assignment) = assignment {
            out.extend_from_slice(b",\"how\":\"");
            out.extend_from_slice(assignment.how.name().as_bytes());
            out.push(b'"');
        }
        if let Some(until) = self.waits_until(decided) {
            out.extend_from_slice(b",\"waits_until\":");
            text(out, &until);
        }
        out.extend_from_slice(b",\"sla\":");
    }

    /// Where the lead is in the policy's territories, segments, scores and grades.
    fn place(&self, out: &mut Vec<u8>, found: &Match) {
        let f = &self.fragments;
        out.extend_from_slice(b",\"territory\":");
        or_null(out, found.territory.and_then(|territory| f.territories.get(territory.at())));
        out.extend_from_slice(b",\"segments\":[");
        separated(out, found.segments.iter(), |out, segment| or_null(out, f.segments.get(segment.at())));
        out.extend_from_slice(b"],\"scores\":{");
        separated(out, f.scores.iter().zip(&found.scores), |out, (name, score)| {
            out.extend_from_slice(name.as_bytes());
            number(out, *score);
        });
        out.extend_from_slice(b"},\"grades\":{");
        separated(out, f.grades.iter().zip(&found.grades), |out, ((name, steps), step)| {
            out.extend_from_slice(name.as_bytes());
            or_null(out, step.and_then(|step| steps.get(step as usize)));
        });
        out.push(b'}');
    }

    /// The cells of a row, in the order of [`COLUMNS`]; several things in a cell are separated by `;`.
    pub fn cells(&self, decided: &Decided) -> [String; COLUMNS.len()] {
        let policy = self.policy;
        let found = decided.found;
        let name = |name: Option<&str>| name.unwrap_or("").to_owned();
        let (kind, target) = self.target(decided).map_or(("", ""), |(kind, target)| (kind, target.map_or("", |t| t)));
        let target = serde_json::from_str::<String>(target).unwrap_or_default();
        let rule = match found.outcome {
            Outcome::Rule(rule) => policy.rules.get(rule.at()).map(|rule| rule.title.as_str()),
            _ => None,
        };
        let assignee = decided.assignment.and_then(|a| policy.reps.get(a.assignee?.at()));
        let queue = decided.assignment.and_then(|a| policy.queues.get(a.queue?.at()));
        let sla = found.sla.and_then(|sla| policy.slas.get(sla.at()));
        let territory = found.territory.and_then(|territory| policy.territories.get(territory.at()));
        let segments = found.segments.iter().filter_map(|segment| policy.segments.get(segment.at()));
        let scores = policy.scores.iter().zip(&found.scores);
        let grades = policy.grades.iter().zip(&found.grades);
        let grades = grades.filter_map(|(grade, step)| Some((&grade.name, &grade.steps.get((*step)? as usize)?.0)));
        let excluded = match found.outcome {
            Outcome::Excluded(at) => policy.excludes.get(at as usize).map(|exclude| exclude.title.as_str()),
            _ => None,
        };
        let arm = found.arm.and_then(|(experiment, arm)| {
            policy.experiments.get(experiment.at()).and_then(|experiment| experiment.arms.get(arm as usize))
        });
        let bad_values = decided.bad_values.iter().map(|bad| format!("{}={}", self.field(bad.field), bad.raw));
        [
            name(decided.id),
            decided.line.to_string(),
            ending(decided).name().to_owned(),
            name(rule),
            kind.to_owned(),
            target,
            name(assignee.map(|rep| rep.name.as_str())),
            name(queue.map(|queue| queue.name.as_str())),
            name(decided.assignment.map(|assignment| assignment.how.name())),
            self.waits_until(decided).unwrap_or_default(),
            name(sla.map(|sla| sla.name.as_str())),
            decided.due.and_then(instant).unwrap_or_default(),
            found.priority.map_or_else(String::new, |priority| priority.to_string()),
            name(territory.map(|territory| territory.name.as_str())),
            segments.map(|segment| segment.name.as_str()).collect::<Vec<_>>().join(";"),
            scores.map(|(score, points)| format!("{}={points}", score.name)).collect::<Vec<_>>().join(";"),
            grades.map(|(grade, step)| format!("{grade}={step}")).collect::<Vec<_>>().join(";"),
            name(excluded),
            name(arm.map(|arm| arm.name.as_str())),
            bad_values.collect::<Vec<_>>().join(";"),
            decided
                .mended()
                .map(|(field, what)| format!("{}: {what}", self.field(field)))
                .collect::<Vec<_>>()
                .join(";"),
            policy.hash.clone(),
        ]
    }

    fn field(&self, field: FieldId) -> &str {
        self.policy.fields.get(field.at()).map_or("", |field| field.name.as_str())
    }

    /// When a lead that waits goes on, in the policy's zone.
    fn waits_until(&self, decided: &Decided) -> Option<String> {
        let until = decided.assignment?.waits?.until;
        Some(time::show(Instant { micros: until, offset: 0 }.seen_in(self.policy.zone)))
    }

    /// The kind and the JSON name of the target that took the lead; of the first target where none could.
    fn target(&self, decided: &Decided) -> Option<(&'static str, Option<&String>)> {
        let f = &self.fragments;
        let choice = decided.assignment.map_or(0, |assignment| assignment.choice);
        let assignee = decided.assignment.and_then(|a| a.assignee).and_then(|rep| f.reps.get(rep.at()));
        Some(match decided.found.targets.get(choice)? {
            Target::Pool(pool) => ("pool", f.pools.get(pool.at())),
            Target::Queue(queue) => ("queue", f.queues.get(queue.at())),
            Target::Team(team) => ("team", f.teams.get(team.at())),
            Target::Rep(rep) => ("rep", f.reps.get(rep.at())),
            Target::Owner { .. } => ("owner", assignee),
            Target::TeamOfOwner { .. } => ("team_of_owner", assignee),
            Target::ManagerOfOwner { .. } => ("manager_of_owner", assignee),
            Target::Table { table, .. } => {
                debug_assert!(false, "the match resolves table {table:?}");
                return None;
            }
        })
    }
}

/// How a lead ended.
pub fn ending(decided: &Decided) -> Ending {
    match decided.found.outcome {
        _ if decided.bad => Ending::BadLead,
        Outcome::Excluded(_) => Ending::Excluded,
        Outcome::Tie(_) => Ending::Tie,
        Outcome::Rule(_) => Ending::Routed,
        Outcome::None => Ending::Unrouted,
    }
}

impl Ending {
    pub fn name(self) -> &'static str {
        match self {
            Ending::Routed => "routed",
            Ending::Excluded => "excluded",
            Ending::BadLead => "bad_lead",
            Ending::Tie => "tie",
            Ending::Unrouted => "unrouted",
        }
    }
}

fn or_null(out: &mut Vec<u8>, name: Option<&String>) {
    out.extend_from_slice(name.map_or(b"null", String::as_bytes));
}

/// A text in quotes; most need no escape.
fn text(out: &mut Vec<u8>, text: &str) {
    // Without an early end, so that compilers look at many bytes at once.
    let escaped = text.bytes().fold(false, |escaped, byte| escaped | (byte < 0x20) | (byte == b'"') | (byte == b'\\'));
    if !escaped {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(json(text).as_bytes());
    }
}

fn object<const N: usize>(out: &mut Vec<u8>, entries: [(&str, &str); N]) {
    out.push(b'{');
    separated(out, entries.into_iter(), |out, (key, value)| {
        text(out, key);
        out.push(b':');
        text(out, value);
    });
    out.push(b'}');
}

/// RFC 3339 in whole seconds: `2026-03-04T10:05:00+01:00`.
fn instant(at: Instant) -> Option<String> {
    let zone = FixedOffset::east_opt(at.offset)?;
    let local = DateTime::from_timestamp_micros(at.micros)?.with_timezone(&zone);
    Some(local.to_rfc3339_opts(SecondsFormat::Secs, false))
}

fn number(out: &mut Vec<u8>, number: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

fn separated<T>(out: &mut Vec<u8>, all: impl Iterator<Item = T>, mut write: impl FnMut(&mut Vec<u8>, T)) {
    for (at, one) in all.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(out, one);
    }
}
