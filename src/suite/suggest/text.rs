//! Suggested tests as the language writes them.

use super::goals::Way;
use super::{Suggestion, Suggestions};
use crate::data::time;
use crate::format;
use crate::matcher::{Match, Outcome};
use crate::policy::tests::{ExpectedKind, Given, TestCase};
use crate::policy::{Instant, Policy, Recipient, Target, Type, Value};
use crate::source::FileId;
use crate::suite::coverage::Item;
use crate::syntax;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::fmt::Write;

const HEAD: &str = "\
# Suggested by `leadway test --suggest`: leads that no test had, each with what comes of it today. Confirm what is expected,
# give each test a title that says what it shows, and take out what nobody needs.
";

/// Where comments are broken.
const WIDTH: usize = 120;

/// The reached things that are named in a comment.
const MOST_NAMED: usize = 5;

/// Titles that no other test has.
pub(super) struct Titles<'p> {
    policy: &'p Policy,
    known: BTreeSet<String>,
}

impl<'p> Titles<'p> {
    pub(super) fn new(policy: &'p Policy) -> Self {
        // Of a test with several leads the title stands before the comma.
        let known = policy.tests.iter().flat_map(|case| {
            let commas = case.title.match_indices(", ").filter_map(|(at, _)| case.title.get(..at));
            commas.chain([case.title.as_str()])
        });
        Titles { policy, known: known.map(str::to_owned).collect() }
    }

    /// `Warm, where visits < 5`: what becomes of the lead, and in what it stands out.
    pub(super) fn title(&mut self, found: &Match, about: &str) -> SmolStr {
        let outcome = match found.outcome {
            Outcome::Rule(id) => self.policy.rules.get(id.at()).map_or("", |rule| match rule.otherwise {
                true => "Otherwise",
                false => rule.title.as_str(),
            }),
            Outcome::Excluded(at) => self.policy.excludes.get(at as usize).map_or("", |exclude| exclude.title.as_str()),
            Outcome::Tie(_) => "A tie",
            Outcome::None => "No rule",
        };
        self.unused(match about {
            "" => outcome.to_owned(),
            about => format!("{outcome}, {about}"),
        })
    }

    /// This title, with a number where a test has it already.
    pub(super) fn unused(&mut self, title: String) -> SmolStr {
        let mut other = title.clone();
        let mut number = 2;
        while !self.known.insert(other.clone()) {
            other = format!("{title} ({number})");
            number += 1;
        }
        SmolStr::new(other)
    }
}

/// What was reached of an item: `rule "Warm"`, `visits >= 5, which fails`.
pub(super) fn reaches(item: &Item, way: Way) -> String {
    match way {
        Way::Reached => item.name.clone(),
        Way::Held => format!("`{}` where it holds and decides", item.name),
        Way::Failed => format!("`{}` where it fails and decides", item.name),
    }
}

/// A file of the suggested tests, as the printer sets it; empty where there is none.
pub fn write(policy: &Policy, suggestions: &Suggestions) -> String {
    if suggestions.tests.is_empty() {
        return String::new();
    }
    let mut text = HEAD.to_owned();
    let (rows, single): (Vec<_>, Vec<_>) = suggestions.tests.iter().partition(|one| one.table.is_some());
    // Writing to a string cannot fail.
    for one in single {
        let _ = test(&mut text, policy, one);
    }
    let mut tables: Vec<Vec<&Suggestion>> = Vec::new();
    for row in rows {
        match tables.iter_mut().find(|known| known.first().is_some_and(|first| is_beside(first, row))) {
            Some(known) => known.push(row),
            None => tables.push(vec![row]),
        }
    }
    for rows in tables {
        let _ = match rows.as_slice() {
            [one] => test(&mut text, policy, one),
            rows => cases(&mut text, policy, rows),
        };
    }
    let parsed = syntax::parse(FileId::default(), &text);
    format::format(&parsed, &text).unwrap_or(text)
}

fn is_beside(one: &Suggestion, other: &Suggestion) -> bool {
    one.table == other.table && one.case.at == other.case.at
}

fn test(out: &mut String, policy: &Policy, one: &Suggestion) -> std::fmt::Result {
    let case = &one.case;
    let mut reaches = one.reaches.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
    if one.reaches.len() > MOST_NAMED {
        write!(reaches, " and {} more", one.reaches.len() - MOST_NAMED)?;
    }
    writeln!(out, "\n{}test {} {{", comment(&format!("Reaches {reaches}.")), quoted(&case.title))?;
    let fields = policy.fields.iter().zip(&case.values).filter(|(_, value)| **value != Value::Missing);
    let fields: Vec<String> =
        fields.map(|(field, value)| format!("{} {}", name(&field.name), literal(policy, value, &field.ty))).collect();
    writeln!(out, "lead {{ {} }}", fields.join(", "))?;
    at(out, policy, case)?;
    if !case.given.is_empty() {
        let given: Vec<String> = case.given.iter().map(|given| given_words(policy, *given)).collect();
        writeln!(out, "given {}", given.join(", "))?;
    }
    writeln!(out, "expect {}", expectations(policy, case.expect.iter().map(|one| &one.kind)))?;
    for step in &case.after {
        let expected = expectations(policy, step.expect.iter().map(|one| &one.kind));
        writeln!(out, "after {} expect {expected}", wait(step.after))?;
    }
    writeln!(out, "}}")
}

/// A comment, broken into lines.
fn comment(text: &str) -> String {
    let mut lines = String::new();
    let mut line = String::from("#");
    for word in text.split(' ') {
        if line.chars().count() + word.chars().count() >= WIDTH {
            lines.push_str(&std::mem::replace(&mut line, String::from("#")));
            lines.push('\n');
        }
        line.push(' ');
        line.push_str(word);
    }
    lines + &line + "\n"
}

/// One test of many leads: what they share stands once.
fn cases(out: &mut String, policy: &Policy, rows: &[&Suggestion]) -> std::fmt::Result {
    let Some(first) = rows.first() else { return Ok(()) };
    let shared = |at: usize| rows.iter().all(|row| row.case.values.get(at) == first.case.values.get(at));
    writeln!(out, "\n# Reaches {} rows of a table.\ntest {} {{", rows.len(), quoted(&first.case.title))?;
    let mut lead = Vec::new();
    let mut columns = Vec::new();
    for (at, (field, value)) in policy.fields.iter().zip(&first.case.values).enumerate() {
        match shared(at) {
            true if *value == Value::Missing => {}
            true => lead.push(format!("{} {}", name(&field.name), literal(policy, value, &field.ty))),
            false => columns.push((at, field)),
        }
    }
    writeln!(out, "lead {{ {} }}", lead.join(", "))?;
    at(out, policy, &first.case)?;
    let names: Vec<String> = columns.iter().map(|(_, field)| name(&field.name)).collect();
    writeln!(out, "cases {} {{", names.join(", "))?;
    for row in rows {
        let values = columns
            .iter()
            .map(|(at, field)| literal(policy, row.case.values.get(*at).unwrap_or(&Value::Missing), &field.ty));
        let expected = expectations(policy, row.case.expect.iter().map(|one| &one.kind));
        writeln!(out, "{} -> {expected}", values.collect::<Vec<_>>().join(", "))?;
    }
    writeln!(out, "}}\n}}")
}

/// The instant, where it is not the one that a test without it has.
fn at(out: &mut String, policy: &Policy, case: &TestCase) -> std::fmt::Result {
    if case.after.is_empty() && case.at.micros == crate::check::usual_instant(&case.values, policy.zone).micros {
        return Ok(());
    }
    writeln!(out, "at {}", moment(policy, case.at))
}

/// On the clock of the policy's zone; where that shows it twice, with the distance from UTC.
fn moment(policy: &Policy, at: Instant) -> String {
    let at = at.seen_in(policy.zone);
    let utc = chrono::DateTime::from_timestamp_micros(at.micros).map(|at| at.naive_utc());
    let zone = chrono::FixedOffset::east_opt(at.offset);
    let local = utc.zip(zone).and_then(|(utc, zone)| utc.checked_add_offset(zone));
    let Some(local) = local else { return at.micros.to_string() };
    let has_seconds = at.micros.rem_euclid(60_000_000) != 0;
    let shown = local.format(if has_seconds { "%Y-%m-%d %H:%M:%S%.f" } else { "%Y-%m-%d %H:%M" });
    match (time::instant(local, policy.zone).micros == at.micros, zone) {
        (false, Some(zone)) => format!("{shown}{zone}"),
        _ => shown.to_string(),
    }
}

fn wait(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let unit = units.iter().find(|(each, _)| seconds != 0 && seconds % each == 0);
    let (each, unit) = unit.copied().unwrap_or((1, "second"));
    let count = seconds / each;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn given_words(policy: &Policy, given: Given) -> String {
    let rep = |id: crate::policy::RepId| policy.reps.get(id.at()).map_or_else(String::new, |rep| name(&rep.name));
    match given {
        Given::Away(id) => format!("{} away", rep(id)),
        Given::Offline(id) => format!("{} offline", rep(id)),
        Given::AtCap(id) => format!("{} at cap", rep(id)),
        Given::HadLastTurn(id, pool) => {
            let pool = policy.pools.get(pool.at()).map_or_else(String::new, |pool| name(&pool.name));
            format!("{} had the last turn in pool {pool}", rep(id))
        }
    }
}

fn expectations<'e>(policy: &Policy, all: impl Iterator<Item = &'e ExpectedKind>) -> String {
    all.filter_map(|kind| expectation(policy, kind)).collect::<Vec<_>>().join(", ")
}

fn expectation(policy: &Policy, kind: &ExpectedKind) -> Option<String> {
    Some(match kind {
        ExpectedKind::Rule(id) => format!("rule {}", quoted(&policy.rules.get(id.at())?.title)),
        ExpectedKind::Otherwise => "otherwise".to_owned(),
        ExpectedKind::Excluded(Some(at)) => {
            format!("excluded {}", quoted(&policy.excludes.get(*at as usize)?.title))
        }
        ExpectedKind::Target(Target::Pool(id)) => format!("pool {}", name(&policy.pools.get(id.at())?.name)),
        ExpectedKind::Target(Target::Queue(id)) => format!("queue {}", name(&policy.queues.get(id.at())?.name)),
        ExpectedKind::Target(Target::Team(id)) => format!("team {}", name(&policy.teams.get(id.at())?.name)),
        ExpectedKind::Assignee(id) => format!("assignee {}", name(&policy.reps.get(id.at())?.name)),
        ExpectedKind::Sla(id) => format!("sla {}", name(&policy.slas.get(id.at())?.name)),
        ExpectedKind::NoSla => "no sla".to_owned(),
        ExpectedKind::Priority(priority) => format!("priority {priority}"),
        ExpectedKind::Breach => "breach".to_owned(),
        ExpectedKind::Notified(whom) => format!("notified {}", recipient(policy, whom)?),
        ExpectedKind::EscalatedTo(whom) => format!("escalated to {}", recipient(policy, whom)?),
        ExpectedKind::Territory(ids) => {
            format!("territory {}", name(&policy.territories.get(ids.first()?.at())?.name))
        }
        ExpectedKind::Segment(id) => format!("segment {}", name(&policy.segments.get(id.at())?.name)),
        ExpectedKind::Score(id, value) => format!("score {} = {value}", name(&policy.scores.get(id.at())?.name)),
        ExpectedKind::Grade(id, step) => {
            let grade = policy.grades.get(id.at())?;
            format!("grade {} = {}", name(&grade.name), name(&grade.steps.get(*step as usize)?.0))
        }
        ExpectedKind::Excluded(None)
        | ExpectedKind::Fails(..)
        | ExpectedKind::Target(_)
        | ExpectedKind::Status(_)
        | ExpectedKind::Due(_) => return None,
    })
}

fn recipient(policy: &Policy, whom: &Recipient) -> Option<String> {
    Some(match whom {
        Recipient::Assignee => "assignee".to_owned(),
        Recipient::ManagerOfAssignee => "manager of assignee".to_owned(),
        Recipient::Rep(id) => format!("rep {}", name(&policy.reps.get(id.at())?.name)),
        Recipient::Email(email) => quoted(email),
    })
}

/// A value as a test writes it.
fn literal(policy: &Policy, value: &Value, ty: &Type) -> String {
    match value {
        Value::Missing => "missing".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Decimal(value) => value.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Time(at) => moment(policy, *at),
        Value::Text(text) => of_text(&text.written, ty),
        Value::Set(texts) => {
            let member = if let Type::SetOf(member) = ty { member } else { ty };
            texts.iter().map(|text| of_text(&text.written, member)).collect::<Vec<_>>().join(" | ")
        }
    }
}

fn of_text(text: &str, ty: &Type) -> String {
    let is_code = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
    match ty {
        Type::Country | Type::Region { .. } if is_code => text.to_owned(),
        Type::OneOf(_) | Type::Language => name(text),
        _ => quoted(text),
    }
}

/// A name, in quotes where it is no plain word.
fn name(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !syntax::is_reserved(name);
    if plain { name.to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
