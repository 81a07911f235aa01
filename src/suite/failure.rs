//! A failed test in words: what was expected, what came instead, and the answers of the lead that decided it.

use super::{Suite, Verdict, course};
use crate::diagnostic::Diagnostic;
use crate::matcher::reason::Reason;
use crate::matcher::trace::{EntryTrace, Trace, Verdict as Tried, trace};
use crate::matcher::{Facts, Outcome};
use crate::policy::tests::{ExpectedKind, TestCase};
use crate::policy::{Policy, RuleId, ScoreId, Target};
use crate::source::Span;

/// Facts about one lead that are worth a line each.
const MOST: usize = 6;

/// A finding for each expectation that does not hold.
pub fn diagnostics(suite: &Suite, policy: &Policy, verdicts: &[Verdict]) -> Vec<Diagnostic> {
    let failed = verdicts.iter().filter(|verdict| !verdict.passed());
    failed.flat_map(|verdict| of(suite, policy, verdict)).collect()
}

fn of(suite: &Suite, policy: &Policy, verdict: &Verdict) -> Vec<Diagnostic> {
    let Some(case) = policy.tests.get(verdict.case) else { return Vec::new() };
    let mut notes = told(suite, case, verdict);
    let place = |expectation: usize| case.expected().nth(expectation).map_or(case.span, |expected| expected.span);
    let mut found: Vec<Diagnostic> = Vec::new();
    for mismatch in &verdict.mismatches {
        let span: Span = place(mismatch.expectation);
        let mut one = Diagnostic::error("failed-test", span, format!("the test `{}` fails", case.title))
            .here(format!("expected {}, got {}", mismatch.expected, mismatch.got));
        let inside = case.span.start <= span.start && span.end <= case.span.end;
        if !inside && case.line.is_none() {
            one = one.also(case.span, "of this lead");
        }
        // What decided the lead is the same for all that was expected of it: it is told once.
        for note in notes.drain(..) {
            one = one.note(note);
        }
        found.push(one);
    }
    found
}

/// Why a lead came to what it came to, and why not to the rule that was expected: a line for each fact.
pub fn told(suite: &Suite, case: &TestCase, verdict: &Verdict) -> Vec<String> {
    if case.bad {
        return vec!["a required field is missing, so no rule was tried".to_owned()];
    }
    let Some(router) = suite.router(case) else { return Vec::new() };
    let policy = router.policy();
    let moment = router.moment(case.at);
    let records = router.match_records(&case.values, &moment);
    let facts = Facts { values: &case.values, at: case.at, calendars: &moment.open, records: &records };
    let trace = trace(policy, &facts);
    let mut lines = Vec::new();
    let failed = verdict.mismatches.iter().filter_map(|mismatch| case.expected().nth(mismatch.expectation));
    for expected in failed.filter(|expected| !expected.negated) {
        match expected.kind {
            ExpectedKind::Rule(rule) => lines.push(why_not(&trace, policy, rule)),
            ExpectedKind::Score(score, _) => lines.extend(points(&trace, score)),
            ExpectedKind::Grade(grade, _) => {
                lines.extend(policy.grades.get(grade.at()).and_then(|grade| points(&trace, grade.score)));
            }
            ExpectedKind::Assignee(_) | ExpectedKind::Target(Target::Pool(_) | Target::Rep(_)) => {
                let tried = course::tried(router, case, &facts, &verdict.decision.found);
                let passed = tried.iter().filter_map(|one| Some(format!("{} {}", one.what, one.why_not.as_ref()?)));
                let passed: Vec<String> = passed.take(MOST).collect();
                lines.extend((!passed.is_empty()).then(|| passed.join("; ")));
            }
            _ => {}
        }
    }
    lines.extend(why(&trace, policy, verdict));
    lines.truncate(MOST);
    lines
}

fn why_not(trace: &Trace, policy: &Policy, rule: RuleId) -> String {
    let title = policy.rules.get(rule.at()).map_or("", |rule| rule.title.as_str());
    match trace.entries.iter().find(|entry| entry.rule == Some(rule)) {
        Some(entry) => match &entry.verdict {
            Tried::NotOnItsDays { date } => format!("rule \"{title}\" is not on its days on {date}"),
            Tried::NoRow => format!("rule \"{title}\" matches, but its table has no row for this lead"),
            _ => format!("rule \"{title}\" fails: {}", entry.why.first().map_or_else(String::new, failed)),
        },
        None if policy.rules.get(rule.at()).is_some_and(|rule| rule.route != policy.main) => {
            format!(
                "rule \"{title}\" was not reached: it stands behind the rule that took the lead, or in a route that it did not enter"
            )
        }
        None => format!("rule \"{title}\" was not reached: it stands behind the rule that took the lead"),
    }
}

/// What a score is, and for what.
fn points(trace: &Trace, score: ScoreId) -> Option<String> {
    let score = trace.scores.get(score.at())?;
    let terms = score.terms.iter().filter(|term| term.holds);
    let terms: Vec<String> = terms
        .map(|term| match term.condition.is_empty() {
            true => format!("{:+} always", term.points),
            false => format!("{:+} for `{}`", term.points, term.condition),
        })
        .collect();
    Some(match terms.is_empty() {
        true => format!("score {} is {}: none of its terms holds", score.name, score.value),
        false => format!("score {} is {}: {}", score.name, score.value, terms.join(", ")),
    })
}

fn why(trace: &Trace, policy: &Policy, verdict: &Verdict) -> Option<String> {
    match verdict.decision.found.outcome {
        Outcome::Rule(rule) => {
            let entry: &EntryTrace = trace.entries.iter().find(|entry| entry.rule == Some(rule))?;
            let answers: Vec<String> = entry.why.iter().take(MOST).map(answer).collect();
            let title = match policy.rules.get(rule.at())? {
                rule if rule.otherwise => "otherwise".to_owned(),
                rule => format!("rule \"{}\"", rule.title),
            };
            Some(match answers.is_empty() {
                true => format!("{title} takes every lead that comes to it"),
                false => format!("{title} takes it: {}", answers.join("; ")),
            })
        }
        Outcome::Excluded(at) => {
            let asked = trace.exclusions.get(at as usize)?;
            let answers: Vec<String> = asked.why.iter().take(MOST).map(answer).collect();
            Some(format!("excluded by \"{}\": {}", asked.name, answers.join("; ")))
        }
        Outcome::Tie(_) | Outcome::None => None,
    }
}

/// A question that failed, and the one at the bottom where it asks a name: `large`, since `employees >= 1000` does not hold (employees is 40).
fn failed(reason: &Reason) -> String {
    let mut bottom = reason;
    while let Some(next) = bottom.because.iter().find(|inner| !inner.holds).or(bottom.because.first()) {
        bottom = next;
    }
    match std::ptr::eq(bottom, reason) {
        true => answer(reason),
        false => format!("`{}`, since {}", reason.condition, answer(bottom)),
    }
}

fn answer(reason: &Reason) -> String {
    let holds = if reason.holds { "holds" } else { "does not hold" };
    match reason.because.is_empty() {
        true => format!("`{}` {holds} ({} is {})", reason.condition, reason.subject, reason.value),
        false => {
            let inner: Vec<String> = reason.because.iter().map(answer).collect();
            format!("`{}` {holds}, since {}", reason.condition, inner.join(" and "))
        }
    }
}
