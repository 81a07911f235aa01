//! SLAs, experiments, and what a policy promises of itself: guarantees and goals.

use super::super::renumber::Renumbering;
use super::clauses::{self, Clause};
use super::{Change, Kind, Side, Things, was_and_is};
use crate::policy::guarantees::Guarantee;
use crate::policy::{Arm, Experiment, Policy, words};
use crate::source::Span;
use crate::syntax::ast;
use serde::Serialize;

pub fn slas(old: &Policy, new: &Policy) -> Vec<Change> {
    let things = Things {
        kind: Kind::Sla,
        what: "sla",
        old: &old.slas,
        new: &new.slas,
        name: |sla| &sla.name,
        span: |sla| sla.span,
    };
    let mut found = things
        .changes(|before, after| clauses::changes(&clauses::sla(old, before), &clauses::sla(new, after)), |_| true);
    let details = clauses::changes(&returning(old), &returning(new));
    if !details.is_empty() {
        found.push(Change {
            kind: Kind::Pool,
            what: "returning leads",
            name: "returning leads".into(),
            how: super::How::Changed,
            details,
            old: None,
            new: None,
        });
    }
    found
}

fn returning(policy: &Policy) -> Vec<Clause> {
    let Some(returning) = &policy.returning else { return Vec::new() };
    let by: Vec<&str> = returning.by.iter().map(|name| name.text.as_str()).collect();
    let mut said = vec![("by", format!("returning leads by {}", by.join(", then ")))];
    said.extend(returning.clauses.iter().map(|clause| {
        let (about, words) = match clause.kind {
            ast::ReturningKind::KeepOwner => ("keep", "keep owner"),
            ast::ReturningKind::JoinSameOwner => ("join", "join same owner"),
        };
        (about, format!("within {} {words}", clauses::duration(&clause.within)))
    }));
    said
}

pub fn experiments(old: &Policy, new: &Policy, names: &Renumbering) -> Vec<Change> {
    let things = Things {
        kind: Kind::Experiment,
        what: "experiment",
        old: &old.experiments,
        new: &new.experiments,
        name: |experiment| &experiment.name,
        span: |experiment| experiment.span,
    };
    things.changes(
        |before, after| {
            let rule = |policy: &Policy, experiment: &Experiment| {
                policy.rules.get(experiment.rule.at()).map_or(String::new(), |rule| format!("\"{}\"", rule.title))
            };
            let mut details = was_and_is("on rule", &rule(old, before), &rule(new, after));
            details.extend(was_and_is("by", &keys(old, before), &keys(new, after)));
            let same_words = keys(old, before) == keys(new, after);
            let same = before.keys.len() == after.keys.len()
                && before.keys.iter().zip(&after.keys).all(|((was, unless), (is, now))| {
                    *was == names.subject(*is)
                        && match (unless, now) {
                            (Some(unless), Some(now)) => names.same(unless, now),
                            (unless, now) => unless.is_none() && now.is_none(),
                        }
                });
            if same_words && !same {
                details.push("what its keys are held back by has changed".to_owned());
            }
            let arms = |policy: &Policy, experiment: &Experiment| -> Vec<Clause> {
                experiment.arms.iter().map(|arm| ("arm", arm_words(policy, arm))).collect()
            };
            details.extend(clauses::changes(&arms(old, before), &arms(new, after)));
            details
        },
        // Another name is another hash, so that leads fall in other arms.
        |_| false,
    )
}

fn keys(policy: &Policy, experiment: &Experiment) -> String {
    let keys: Vec<String> = experiment
        .keys
        .iter()
        .map(|(subject, unless)| {
            let unless = unless.as_ref();
            let unless = unless.map_or(String::new(), |unless| format!(" unless {}", words::condition(policy, unless)));
            format!("{}{unless}", words::subject(policy, *subject))
        })
        .collect();
    keys.join(", else ")
}

fn arm_words(policy: &Policy, arm: &Arm) -> String {
    let targets: Vec<String> = arm.assign.iter().map(|target| words::target(policy, target)).collect();
    let assign = (!targets.is_empty()).then(|| format!("assign {}", targets.join(", else ")));
    let sla = arm.sla.and_then(|sla| policy.slas.get(sla.at())).map(|sla| format!("sla {}", sla.name));
    let priority = arm.priority.map(|priority| format!("priority {priority}"));
    let says: Vec<String> = assign.into_iter().chain(sla).chain(priority).collect();
    format!("{}% {} {}", arm.percent.normalize(), arm.name, says.join(" ")).trim_end().to_owned()
}

/// Guarantees and goals.
pub fn of_itself(old: Side, new: Side) -> Vec<Change> {
    let mut found = texts("guarantee", old, new, |policy| {
        let claims =
            |one: &Guarantee| one.claims.iter().map(|claim| words::claim(policy, claim)).collect::<Vec<_>>().join(" ");
        let item = |one: &Guarantee| Item {
            title: one.title.clone(),
            at: one.span,
            meaning: claims(one),
            spans: one.claims.iter().map(|claim| claim.span).collect(),
        };
        policy.guarantees.iter().map(item).collect()
    });
    found.extend(texts("goal", old, new, |policy| {
        let goals = policy.goals.iter().map(|goal| &goal.written);
        goals.map(|one| item(&one.title, one, one.measures.iter().map(|measure| measure.span))).collect()
    }));
    found
}

/// A promise with its title, for comparison and for showing.
struct Item {
    title: smol_str::SmolStr,
    at: Span,
    meaning: String,
    spans: Vec<Span>,
}

fn item(title: &ast::Text, whole: &impl Serialize, spans: impl Iterator<Item = Span>) -> Item {
    Item {
        title: title.text.clone(),
        at: title.span,
        // Spans are left out of it, so that layout does not count.
        meaning: serde_json::to_string(whole).unwrap_or_default(),
        spans: spans.collect(),
    }
}

fn texts(what: &'static str, old: Side, new: Side, items: impl Fn(&Policy) -> Vec<Item>) -> Vec<Change> {
    let (was, is) = (items(old.policy), items(new.policy));
    let things = Things {
        kind: Kind::Promise,
        what,
        old: &was,
        new: &is,
        name: |item: &Item| &item.title,
        span: |item: &Item| item.at,
    };
    let words = |side: Side, item: &Item| -> Vec<Clause> {
        let text = |span: &Span| side.sources.slice(*span).split_whitespace().collect::<Vec<_>>().join(" ");
        item.spans.iter().map(|span| ("claim", text(span))).collect()
    };
    things.changes(
        |before, after| match before.meaning == after.meaning {
            true => Vec::new(),
            false => {
                let details = clauses::changes(&words(old, before), &words(new, after));
                if details.is_empty() { vec!["asks otherwise".to_owned()] } else { details }
            }
        },
        |_| false,
    )
}
