//! `leadway explain`: why a lead goes where it goes, and why not elsewhere.

mod lead;
mod search;
mod text;

use super::{Exit, Failure, output};
use crate::assign::{Assignment, Request, State, Tried};
use crate::decision::{Decided, Writer};
use crate::lead::{Lead, Plan};
use crate::matcher::Facts;
use crate::matcher::change::{Change, what_would_change};
use crate::matcher::trace::{Trace, trace};
use crate::policy::{Instant, RecordsId, RuleId, Value, words};
use crate::router::{self, Moment, Router};
use crate::sla::told::{Pledge, told};
use crate::{batch, world};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Say why a lead goes where it goes: every rule tried, and the first condition that failed
#[derive(Debug, Args)]
#[command(after_help = "\
Whose turn it is depends on the leads before: those that a state remembers, with `--state`; without it the lead is
explained as the first. A lead in a file is matched as `route` matches it. Of a lead written as `field=value`, a required field
that is not given does no harm: it is missing, and the rules are tried.

Examples:
  leadway explain main.leadway country=DE employees=4000 source=demo_request
  leadway explain main.leadway --lead lead.json
  leadway explain main.leadway --lead leads.csv --id L1042 --at 2026-03-04T10:00Z
  leadway explain main.leadway --lead leads.csv --id L1042 --rule \"Enterprise\"
                                     say what would have to change")]
pub struct Arguments {
    /// The policy
    policy: PathBuf,
    /// A lead as `field=value`; names are those of fields or of their columns
    #[arg(value_name = "FIELD=VALUE", conflicts_with = "lead")]
    values: Vec<String>,
    /// A file with the lead: CSV, NDJSON or JSON; `-` is standard input
    #[arg(long, value_name = "FILE")]
    lead: Option<PathBuf>,
    /// Which lead of the file, by its id; otherwise the first
    #[arg(long, requires = "lead")]
    id: Option<String>,
    /// Which lead of the file, by the line on which it starts
    #[arg(long, requires = "lead", conflicts_with = "id")]
    line: Option<u64>,
    /// Say also what would have to change for this rule to take the lead
    #[arg(long, value_name = "TITLE")]
    rule: Option<String>,
    /// The instant of the decision, such as `2026-03-04 10:00`, or `now`
    #[arg(long, value_name = "INSTANT", default_value = "now")]
    at: String,
    /// The state that `route --state` keeps: whose turn it is, and who is at a cap; it is left as it is
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// How the explanation is written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// All that is known of one decision.
#[derive(Serialize)]
struct Explanation {
    /// As `route` writes it.
    decision: serde_json::Value,
    /// The instant, in the policy's zone.
    at: String,
    /// The fields that have a value, as they were read.
    values: Vec<(String, String)>,
    /// What was mended when the lead was read.
    notes: Vec<String>,
    /// How the rows of records were looked for.
    records: Vec<search::Search>,
    trace: Trace,
    assignment: Vec<Tried>,
    promises: Vec<Pledge>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Changed>,
}

/// What would have to change for a rule to take the lead.
#[derive(Serialize)]
struct Changed {
    rule: String,
    takes_it: bool,
    /// Each is enough: fields and the values that they would need.
    suggestions: Vec<Vec<(String, String)>>,
    in_the_way: Vec<String>,
    not_on_its_days: bool,
    fails: Vec<crate::matcher::reason::Reason>,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (policy, _) = output::runnable(&arguments.policy)?;
    let plan = Plan::of(&policy);
    let router = Router::new(policy);
    let lead = match &arguments.lead {
        Some(path) => lead::from_file(path, &plan, arguments.id.as_deref(), arguments.line)?,
        None if arguments.values.is_empty() => {
            return Err(Failure::new("there is no lead to explain")
                .help("write its values, such as `country=DE`, or name a file of leads with `--lead FILE`"));
        }
        None => lead::from_pairs(&arguments.values, &plan)?,
    };
    let at = if arguments.at == "now" {
        Instant { micros: world::now(), offset: 0 }
    } else {
        let at = router.instant(&arguments.at).ok_or_else(|| {
            Failure::new(format!("`{}` is no time", arguments.at)).help("write one such as `2026-03-04 10:00`")
        })?;
        output::known(at, &arguments.at)?;
        at
    };
    let rule = arguments.rule.as_deref().map(|title| rule_named(&router, title)).transpose()?;
    let state = match &arguments.state {
        Some(path) => super::route::memory::read(path, &router)?,
        None => State::new(router.crews()),
    };
    let explanation = explain(&router, &lead, &router.moment(at), rule, state)?;
    match arguments.format {
        Format::Text => output::print(&text::text(&router, &lead, &explanation))?,
        Format::Json => output::print_json(&explanation)?,
    }
    Ok(Exit::Fine)
}

/// Why a lead of a file goes where it goes, as text. `at` is a time, or the name of the lead's field that holds it.
pub(super) fn why(policy: &Path, file: &Path, id: &str, at: &str) -> Result<String, Failure> {
    let (policy, _) = output::runnable(policy)?;
    let plan = Plan::of(&policy);
    let field = policy.fields.iter().position(|field| field.name == at);
    let router = Router::new(policy);
    let lead = lead::from_file(file, &plan, Some(id), None)?;
    let at = match field.and_then(|field| lead.values.get(field)) {
        Some(Value::Time(at)) => Some(*at),
        Some(Value::Date(day)) => router.instant(&day.to_string()),
        Some(_) => None,
        None => router.instant(at),
    };
    let at = at.ok_or_else(|| Failure::new(format!("`{id}` has no instant to be decided at")))?;
    let explanation = explain(&router, &lead, &router.moment(at), None, State::new(router.crews()))?;
    Ok(text::text(&router, &lead, &explanation))
}

fn rule_named(router: &Router, title: &str) -> Result<RuleId, Failure> {
    let rules = &router.policy().rules;
    if let Some(at) = rules.iter().position(|rule| rule.title == title) {
        return Ok(RuleId(at as u32));
    }
    let likeness = |rule: &str| strsim::jaro_winkler(&rule.to_lowercase(), &title.to_lowercase());
    let close = rules.iter().max_by(|a, b| likeness(&a.title).total_cmp(&likeness(&b.title)));
    let failure = Failure::new(format!("the policy has no rule \"{title}\""));
    Err(match close.filter(|rule| likeness(&rule.title) > 0.6) {
        Some(rule) => failure.help(format!("did you mean \"{}\"?", rule.title)),
        None => failure,
    })
}

fn explain(
    router: &Router,
    lead: &Lead,
    moment: &Moment,
    rule: Option<RuleId>,
    mut state: State,
) -> Result<Explanation, Failure> {
    let policy = router.policy();
    let mut matched = Vec::new();
    let mut records = Vec::new();
    for (at, block) in policy.records.iter().enumerate() {
        let found = router.find_record(RecordsId(at as u32), &lead.values, moment, &matched);
        matched.push(found.as_ref().map_or_else(Default::default, router::matched));
        records.extend(found.map(|found| search::search(policy, block, &found)));
    }
    let facts = Facts { values: &lead.values, at: moment.at, calendars: &moment.open, records: &matched };
    let trace = trace(policy, &facts);
    let mut tried = Vec::new();
    let asked = router.asked(&facts);
    let name = Some(lead.id.as_str()).filter(|id| !id.is_empty());
    let request = Request { found: &trace.found, asked: &asked, at: moment.at, lead: name, never: &[] };
    let assignment = router.crews().assign_traced(&mut state, &request, &mut |one| tried.push(one));
    let decision = decision(router, lead, &trace, assignment.as_ref(), moment.at)?;
    let promised = assignment.as_ref().and_then(router::given).zip(trace.found.sla);
    let promises = promised.filter(|_| !(lead.is_bad() && policy.on_bad_lead.is_some()));
    let promises = promises.map(|(given, sla)| told(policy, router.people(), sla, given, moment.at.micros));
    let change = rule.map(|rule| {
        let rematch = |values: &[crate::policy::Value]| router.match_records(values, moment);
        changed(router, rule, &what_would_change(policy, &facts, rule, rematch))
    });
    let values = policy.fields.iter().zip(&lead.values);
    Ok(Explanation {
        decision,
        at: words::value(&crate::policy::Value::Time(moment.at.seen_in(policy.zone)), &crate::policy::Type::Time),
        values: values
            .filter(|(_, value)| **value != crate::policy::Value::Missing)
            .map(|(field, value)| (field.name.to_string(), words::value(value, &field.ty)))
            .collect(),
        notes: lead.notes.iter().map(|note| note.text.clone()).collect(),
        records,
        trace,
        assignment: tried,
        promises: promises.unwrap_or_default(),
        change,
    })
}

fn decision(
    router: &Router,
    lead: &Lead,
    trace: &Trace,
    assignment: Option<&Assignment>,
    at: Instant,
) -> Result<serde_json::Value, Failure> {
    let policy = router.policy();
    let id = (!lead.id.is_empty()).then_some(lead.id.as_str());
    let mut line = Vec::new();
    let (found, to_queue);
    let (found, assignment, due) = match policy.on_bad_lead.filter(|_| lead.is_bad()) {
        Some(queue) => {
            (found, to_queue) = batch::to_queue(queue);
            (&found, Some(&to_queue), None)
        }
        None => (&trace.found, assignment, assignment.and_then(|made| router.due(&trace.found, made, at))),
    };
    let bad = lead.is_bad();
    let (bad_values, notes) = (&lead.faults, &lead.notes);
    let decided = Decided { id, line: lead.line, bad_values, notes, bad, found, assignment, due };
    Writer::new(policy).ndjson(&mut line, &decided);
    serde_json::from_slice(&line).map_err(|error| Failure::new(error.to_string()))
}

fn changed(router: &Router, rule: RuleId, change: &Change) -> Changed {
    use crate::matcher::change::InTheWay;
    let policy = router.policy();
    let title = |rule: &RuleId| policy.rules.get(rule.at()).map_or_else(String::new, |rule| rule.title.to_string());
    // One value of a field says as much as several.
    let mut said = std::collections::BTreeSet::new();
    let fresh = change.suggestions.iter().filter(|changes| said.insert(changes.keys().collect::<Vec<_>>()));
    let suggestions = fresh.map(|changes| {
        let fields = changes.iter().filter_map(|(field, value)| Some((policy.fields.get(field.at())?, value)));
        fields.map(|(field, value)| (field.name.to_string(), words::value(value, &field.ty))).collect()
    });
    Changed {
        rule: title(&rule),
        takes_it: change.takes_it,
        suggestions: suggestions.collect(),
        in_the_way: change
            .in_the_way
            .iter()
            .map(|one| match one {
                InTheWay::Rule(rule) => format!("rule \"{}\"", title(rule)),
                InTheWay::Exclusion(at) => {
                    let exclude = policy.excludes.get(*at as usize);
                    format!("exclude \"{}\"", exclude.map_or("", |exclude| exclude.title.as_str()))
                }
            })
            .collect(),
        not_on_its_days: change.not_on_its_days,
        fails: change.fails.clone(),
    }
}
