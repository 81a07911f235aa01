//! An explanation in words.

use super::search::{Ending, Gave, Key, Row, Search};
use super::{Changed, Explanation};
use crate::lead::Lead;
use crate::matcher::reason::Reason;
use crate::matcher::trace::{EntryTrace, Trace, Verdict};
use crate::policy::Policy;
use crate::router::Router;
use crate::sla::told::Pledge;
use std::fmt::Write;

/// The whole way of a lead, for people.
pub fn text(router: &Router, lead: &Lead, explanation: &Explanation) -> String {
    let policy = router.policy();
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut out, policy, lead, explanation);
    out
}

fn write_all(out: &mut String, policy: &Policy, lead: &Lead, explanation: &Explanation) -> std::fmt::Result {
    let id = if lead.id.is_empty() { "The lead".to_owned() } else { format!("Lead {}", lead.id) };
    writeln!(out, "{id}, decided at {}\n", explanation.at)?;
    decision(out, &explanation.decision)?;
    writeln!(out, "\nValues")?;
    for (name, value) in &explanation.values {
        writeln!(out, "  {name} = {value}")?;
    }
    for fault in &lead.faults {
        let field = policy.fields.get(fault.field.at()).map_or("", |field| field.name.as_str());
        let found = if fault.raw.is_empty() { "missing".to_owned() } else { format!("`{}`", fault.raw) };
        let so = if fault.raw.is_empty() { "" } else { "; it counts as missing" };
        writeln!(out, "  {field} is {found}: expected {}{so}", fault.expected)?;
    }
    for note in &explanation.notes {
        writeln!(out, "  note: {note}")?;
    }
    if lead.is_bad() && policy.on_bad_lead.is_some() {
        writeln!(
            out,
            "\nA required field is missing or bad, so the lead went to the queue of `on bad lead`. With the values it has:"
        )?;
    }
    for search in &explanation.records {
        record(out, search)?;
    }
    trace(out, &explanation.trace)?;
    if !explanation.assignment.is_empty() {
        let in_earnest = !(lead.is_bad() && policy.on_bad_lead.is_some());
        writeln!(out, "\n{}", if in_earnest { "Who takes it" } else { "Who would take it" })?;
        for tried in &explanation.assignment {
            match &tried.why_not {
                Some(why_not) => writeln!(out, "  - {}: {why_not}", tried.what)?,
                None => writeln!(out, "  > {}", tried.what)?,
            }
        }
    }
    for promise in &explanation.promises {
        self::promise(out, promise)?;
    }
    if let Some(change) = &explanation.change {
        changed(out, change)?;
    }
    Ok(())
}

/// One line: outcome, rule, target, assignee, SLA, priority.
fn decision(out: &mut String, decision: &serde_json::Value) -> std::fmt::Result {
    let text = |key: &str| decision.get(key).and_then(|value| value.as_str());
    match (text("rule"), text("excluded"), text("outcome")) {
        (Some(rule), _, _) => writeln!(out, "  rule      {rule}")?,
        (_, Some(excluded), _) => writeln!(out, "  excluded  {excluded}")?,
        (_, _, outcome) => writeln!(out, "  outcome   {}", outcome.unwrap_or("none").replace('_', " "))?,
    }
    if let Some(target) = decision.get("target").filter(|target| target.is_object()) {
        let part = |key: &str| target.get(key).and_then(|value| value.as_str()).unwrap_or("nobody");
        writeln!(out, "  target    {} {}", part("kind").replace('_', " "), part("name"))?;
    }
    let target = decision.get("target").and_then(|target| target.get("name"));
    for (key, words) in [
        ("assignee", "assignee "),
        ("queue", "in queue "),
        ("sla", "sla      "),
        ("due", "due      "),
        ("arm", "arm      "),
    ] {
        let said = key == "queue" && target == decision.get(key);
        if let Some(value) = text(key).filter(|_| !said) {
            writeln!(out, "  {words} {value}")?;
        }
    }
    if let Some(priority) = decision.get("priority").and_then(serde_json::Value::as_i64) {
        writeln!(out, "  priority  {priority}")?;
    }
    Ok(())
}

/// When a promise falls due, and what counted until then.
fn promise(out: &mut String, told: &Pledge) -> std::fmt::Result {
    let Pledge { promise, within, clock, zone, .. } = told;
    match &told.due {
        Some(due) => writeln!(out, "\nPromised: {promise} by {due} in {zone}")?,
        None => writeln!(out, "\nPromised: {promise}, but the calendar never opens long enough")?,
    }
    writeln!(out, "  within {within} {clock}")?;
    for span in &told.spans {
        let sign = if span.counts { "+" } else { "-" };
        // The day is said once where it is one.
        let day = span.from.get(..14);
        let to = span.to.strip_prefix(day.unwrap_or("")).filter(|_| day.is_some()).unwrap_or(&span.to);
        let why = span.why.as_ref().map_or_else(|| "counts".to_owned(), String::clone);
        writeln!(out, "  {sign} {} to {}: {why}", span.from, to.trim_start())?;
    }
    if told.more > 0 {
        writeln!(out, "  and {} more spans of time", told.more)?;
    }
    Ok(())
}

fn record(out: &mut String, search: &Search) -> std::fmt::Result {
    writeln!(out, "\nThe lead's {}", search.name)?;
    for Key { by, gave } in &search.keys {
        let said = match gave {
            Gave::NotAsked => "not asked: its `unless` holds".to_owned(),
            Gave::Missing { value } => format!("the lead has no {value}"),
            Gave::Rows { rows: 0, .. } => "no row".to_owned(),
            Gave::Rows { rows, alike } => {
                let alike = alike.map(|percent| format!(", names alike to {percent:.1}%")).unwrap_or_default();
                format!("{rows} row{}{alike}", if *rows == 1 { "" } else { "s" })
            }
        };
        writeln!(out, "  by {by}: {said}")?;
    }
    for asked in &search.preferences {
        writeln!(out, "  prefer {}: {} left", asked.prefer, asked.rows_left)?;
    }
    let row = |row: &Row| format!("row {} ({})", row.row, row.values.join(", "));
    let rows: Vec<String> = search.rows.iter().take(5).map(row).collect();
    match search.outcome {
        Ending::NoRow => writeln!(out, "  none"),
        Ending::Found => writeln!(out, "  > {}", rows.join("")),
        Ending::Tie => writeln!(out, "  a tie between {}", rows.join(" and ")),
    }
}

fn trace(out: &mut String, trace: &Trace) -> std::fmt::Result {
    if let Some(exclusion) = trace.exclusions.iter().find(|exclusion| exclusion.holds) {
        writeln!(out, "\nExcluded by \"{}\", before everything else", exclusion.name)?;
        return reasons(out, &exclusion.why, 1);
    }
    if !trace.territory.is_empty() {
        writeln!(out, "\nTerritory\n  {}", trace.territory.join(" > "))?;
    }
    let held: Vec<_> = trace.segments.iter().filter(|segment| segment.holds).collect();
    if !held.is_empty() {
        writeln!(out, "\nSegments")?;
        for segment in held {
            writeln!(out, "  {}", segment.name)?;
            reasons(out, &segment.why, 2)?;
        }
    }
    for score in &trace.scores {
        writeln!(out, "\nScore {} = {}", score.name, score.value)?;
        for term in &score.terms {
            let sign = if term.holds { format!("{:+}", term.points) } else { "-".to_owned() };
            let condition = if term.condition.is_empty() { "always" } else { &term.condition };
            let reason = term.why.first().filter(|reason| reason.holds == term.holds).map(deepest);
            let value = match reason.filter(|reason| !reason.subject.is_empty() && !reason.value.is_empty()) {
                Some(reason) => format!(" ({} is {})", reason.subject, reason.value),
                None => String::new(),
            };
            writeln!(out, "  {sign:>5}  {condition}{value}")?;
        }
    }
    for grade in &trace.grades {
        writeln!(out, "  {} = {}", grade.name, grade.step.as_deref().unwrap_or("none"))?;
    }
    if !trace.entries.is_empty() {
        writeln!(out, "\nRules, in order")?;
    }
    for entry in &trace.entries {
        self::entry(out, entry)?;
    }
    for table in &trace.tables {
        match table.row {
            Some(row) => {
                let line = table.line.map(|line| format!(", line {line} of its file")).unwrap_or_default();
                writeln!(out, "\nTable {}: row {row}{line}", table.name)?;
            }
            None => writeln!(out, "\nTable {}: no row for this lead", table.name)?,
        }
    }
    if let Some(experiment) = &trace.experiment {
        let (key, value) = (&experiment.key, &experiment.value);
        writeln!(out, "\nExperiment {}: arm {}, by {key} = {value}", experiment.name, experiment.arm)?;
    }
    Ok(())
}

fn entry(out: &mut String, entry: &EntryTrace) -> std::fmt::Result {
    let indent = "  ".repeat(entry.depth as usize + 1);
    let depth = entry.depth as usize + 3;
    let title = if entry.rule.is_some() { entry.title.to_string() } else { format!("continue in {}", entry.title) };
    match &entry.verdict {
        Verdict::Takes => writeln!(out, "{indent}> {title}")?,
        Verdict::Enters => writeln!(out, "{indent}> {title}")?,
        Verdict::NotOnItsDays { date } => {
            return writeln!(out, "{indent}- {title}: not on its days, it is {date} there");
        }
        Verdict::NoRow => return writeln!(out, "{indent}- {title}: its table has no row for this lead"),
        Verdict::EnteredBefore => return writeln!(out, "{indent}- {title}: nothing there matched before"),
        Verdict::Fails => {
            let why = entry.why.first().map(failed).unwrap_or_default();
            writeln!(out, "{indent}- {title}{why}")?;
            for reason in entry.why.iter().take(1) {
                reasons(out, &reason.because, depth)?;
            }
            return entry.why.iter().skip(1).try_for_each(|reason| {
                writeln!(out, "{}nor{}", "  ".repeat(depth), failed(reason).trim_start_matches(':'))?;
                reasons(out, &reason.because, depth + 1)
            });
        }
    }
    reasons(out, &entry.why, depth)
}

/// What a reason comes down to where it has but one cause, and itself where it has several.
fn deepest(reason: &Reason) -> &Reason {
    match reason.because.as_slice() {
        [one] => deepest(one),
        _ => reason,
    }
}

/// `: employees >= 1000 does not hold (employees is 120)`, for the end of a line. What is under a `not` fails by holding.
fn failed(reason: &Reason) -> String {
    let holds = if reason.holds { "holds" } else { "does not hold" };
    if reason.subject == reason.condition {
        return format!(": {} {holds}", reason.condition);
    }
    format!(": {} {holds} ({} is {})", reason.condition, reason.subject, reason.value)
}

fn reasons(out: &mut String, all: &[Reason], depth: usize) -> std::fmt::Result {
    for reason in all {
        let holds = if reason.holds { "" } else { " does not hold" };
        let value = if reason.subject == reason.condition {
            String::new()
        } else {
            format!(" ({} is {})", reason.subject, reason.value)
        };
        writeln!(out, "{}{}{holds}{value}", "  ".repeat(depth), reason.condition)?;
        reasons(out, &reason.because, depth + 1)?;
    }
    Ok(())
}

fn changed(out: &mut String, change: &Changed) -> std::fmt::Result {
    if change.takes_it {
        return writeln!(out, "\nRule \"{}\" takes the lead as it is.", change.rule);
    }
    if change.suggestions.is_empty() {
        writeln!(out, "\nNo change of values was found with which rule \"{}\" would take the lead.", change.rule)?;
    } else {
        writeln!(
            out,
            "\nFor rule \"{}\" to take the lead, one of these would be enough (each was tried):",
            change.rule
        )?;
    }
    for suggestion in &change.suggestions {
        let fields = suggestion.iter().map(|(field, value)| format!("{field} = {value}"));
        writeln!(out, "  {}", fields.collect::<Vec<_>>().join(", "))?;
    }
    if change.not_on_its_days {
        writeln!(out, "  The rule does not run on this day.")?;
    }
    if change.suggestions.is_empty() {
        reasons(out, &change.fails, 1)?;
        for one in &change.in_the_way {
            writeln!(out, "  In the way: {one}")?;
        }
    }
    Ok(())
}
