//! Rules, and what they are written with: segments, lets, scores, grades, territories, exclusions.

use super::super::renumber::Renumbering;
use super::clauses::{self, Clause, members};
use super::{Change, How, Kind, Things, was_and_is};
use crate::policy::{Condition, Entry, LetValue, Policy, RouteId, Rule, Score, Territory, words};
use smol_str::SmolStr;

/// Segments, lets, scores, grades, territories and exclusions.
pub fn named_conditions(old: &Policy, new: &Policy, names: &Renumbering) -> Vec<Change> {
    let mut found = Vec::new();
    let when = |was: &Condition, is: &Condition| when(old, was, new, is, names);
    let lets = Things {
        kind: Kind::Rule,
        what: "let",
        old: &old.lets,
        new: &new.lets,
        name: |one| &one.name,
        span: |one| one.span,
    };
    found.extend(lets.changes(
        |was, is| match (&was.value, &is.value) {
            (LetValue::Condition(was), LetValue::Condition(is)) => when(was, is),
            (LetValue::DomainOf(was), LetValue::DomainOf(is)) if *was == names.subject(*is) => Vec::new(),
            (was, is) => was_and_is("is", &value(old, was), &value(new, is)),
        },
        |_| true,
    ));
    let segments = Things {
        kind: Kind::Rule,
        what: "segment",
        old: &old.segments,
        new: &new.segments,
        name: |one| &one.name,
        span: |one| one.span,
    };
    found.extend(segments.changes(|was, is| when(&was.when, &is.when), |_| true));
    let scores = Things {
        kind: Kind::Rule,
        what: "score",
        old: &old.scores,
        new: &new.scores,
        name: |one| &one.name,
        span: |one| one.span,
    };
    found.extend(scores.changes(|was, is| score(old, was, new, is, names), |_| true));
    let grades = Things {
        kind: Kind::Rule,
        what: "grade",
        old: &old.grades,
        new: &new.grades,
        name: |one| &one.name,
        span: |one| one.span,
    };
    found.extend(grades.changes(
        |was, is| {
            let steps = |policy: &Policy, grade: &crate::policy::Grade| -> Vec<Clause> {
                let of = policy.scores.get(grade.score.at()).map_or("", |score| score.name.as_str());
                let step = |(name, from): &(SmolStr, Option<i64>)| match from {
                    Some(from) => format!("{name} from {from}"),
                    None => format!("{name} otherwise"),
                };
                std::iter::once(("of", format!("of {of}")))
                    .chain(grade.steps.iter().map(|one| ("step", step(one))))
                    .collect()
            };
            clauses::changes(&steps(old, was), &steps(new, is))
        },
        |_| true,
    ));
    found.extend(territories(old, new, names));
    let excludes = Things {
        kind: Kind::Rule,
        what: "exclude",
        old: &old.excludes,
        new: &new.excludes,
        name: |one| &one.title,
        span: |one| one.span,
    };
    found.extend(excludes.changes(|was, is| when(&was.when, &is.when), |_| true));
    found
}

/// What a condition says, where it is another one.
fn when(old: &Policy, was: &Condition, new: &Policy, is: &Condition, names: &Renumbering) -> Vec<String> {
    if names.same(was, is) {
        return Vec::new();
    }
    vec![format!("when `{}`", words::condition(new, is)), format!("was when `{}`", words::condition(old, was))]
}

fn value(policy: &Policy, value: &LetValue) -> String {
    match value {
        LetValue::Condition(condition) => words::condition(policy, condition),
        LetValue::DomainOf(subject) => format!("domain of {}", words::subject(policy, *subject)),
    }
}

fn score(old: &Policy, was: &Score, new: &Policy, is: &Score, names: &Renumbering) -> Vec<String> {
    let range = |score: &Score| ("range", format!("{}..{}", score.low, score.high));
    let mut details = clauses::changes(&[range(was)], &[range(is)]);
    let terms = |policy: &Policy, score: &Score, names: &Renumbering| -> Vec<(String, String)> {
        let terms = score.terms.iter().map(|term| {
            let when = term.when.as_ref();
            let meaning = when.map(|when| names.condition(when));
            let meaning = serde_json::to_string(&(term.points, meaning)).unwrap_or_default();
            let when = when.map_or(String::new(), |when| format!(" when {}", words::condition(policy, when)));
            (meaning, format!("`{:+}{when}`", term.points))
        });
        terms.collect()
    };
    let (was, is) = (terms(old, was, &Renumbering::own()), terms(new, is, names));
    let only = |one: &[(String, String)], other: &[(String, String)]| -> Vec<String> {
        let gone = one.iter().filter(|(meaning, _)| other.iter().all(|(known, _)| known != meaning));
        gone.map(|(_, words)| words.clone()).collect()
    };
    details.extend(only(&is, &was).into_iter().map(|term| format!("now {term}")));
    details.extend(only(&was, &is).into_iter().map(|term| format!("no longer {term}")));
    let mut sorted = (was, is);
    sorted.0.sort();
    sorted.1.sort();
    if details.is_empty() && sorted.0 != sorted.1 {
        details.push("a term is written more often, or less".to_owned());
    }
    details
}

fn territories(old: &Policy, new: &Policy, names: &Renumbering) -> Vec<Change> {
    // Several sets may have territories of one name: the name is told with the day that its set begins.
    let named = |policy: &Policy| -> Vec<(SmolStr, Territory)> {
        let dated = policy.territories.iter().map(|one| {
            let from = policy.territory_sets.get(one.set as usize).and_then(|set| set.from);
            let name =
                from.map_or_else(|| one.name.clone(), |from| smol_str::format_smolstr!("{} from {from}", one.name));
            (name, one.clone())
        });
        dated.collect()
    };
    let (was, is) = (named(old), named(new));
    let things = Things {
        kind: Kind::Territory,
        what: "territory",
        old: &was,
        new: &is,
        name: |one: &(SmolStr, Territory)| &one.0,
        span: |one| one.1.span,
    };
    let parent = |policy: &Policy, one: &Territory| {
        let parent = one.parent.and_then(|id| policy.territories.get(id.at()));
        parent.map_or(SmolStr::default(), |parent| parent.name.clone())
    };
    things.changes(
        |(_, was), (_, is)| {
            let mut details = when(old, &was.when, new, &is.when, names);
            details.extend(was_and_is("in", &parent(old, was), &parent(new, is)));
            let title = |one: &Territory| one.title.as_ref().map_or(String::new(), |title| format!("\"{title}\""));
            details.extend(was_and_is("called", &title(was), &title(is)));
            details
        },
        |_| true,
    )
}

// ---- rules ----

pub fn changes(old: &Policy, new: &Policy, names: &Renumbering) -> Vec<Change> {
    let things = Things {
        kind: Kind::Rule,
        what: "rule",
        old: &old.rules,
        new: &new.rules,
        name: |rule| &rule.title,
        span: |rule| rule.span,
    };
    let route =
        |policy: &Policy, id: RouteId| policy.routes.get(id.at()).map_or(String::new(), |route| route.name.to_string());
    let mut found = things.changes(
        |was, is| {
            let mut details = match (&was.when, &is.when) {
                (Some(was), Some(is)) => when(old, was, new, is, names),
                (was, is) => was_and_is("when", &written(old, was), &written(new, is)),
            };
            details.extend(was_and_is("in route", &route(old, was.route), &route(new, is.route)));
            details.extend(clauses::changes(&says(old, was), &says(new, is)));
            details
        },
        |_| true,
    );
    moved(old, new, &mut found);
    found.extend(continues(old, new, names));
    found
}

fn written(policy: &Policy, when: &Option<Condition>) -> String {
    when.as_ref().map_or("any lead".to_owned(), |when| format!("`{}`", words::condition(policy, when)))
}

/// Everything that a rule says but its condition.
fn says(policy: &Policy, rule: &Rule) -> Vec<Clause> {
    let mut said: Vec<Clause> = Vec::new();
    for period in &rule.only {
        let days = clauses::days(period.from, period.to);
        let zone = if period.zone == policy.zone { String::new() } else { format!(" in zone \"{}\"", period.zone) };
        said.push(("only", format!("only {days}{zone}")));
    }
    let targets: Vec<String> = rule.assign.iter().map(|target| words::target(policy, target)).collect();
    said.push(("assign", format!("assign {}", targets.join(", else "))));
    let sla = rule.sla.and_then(|sla| policy.slas.get(sla.at()));
    said.extend(sla.map(|sla| ("sla", format!("sla {}", sla.name))));
    said.extend(rule.priority.map(|priority| ("priority", format!("priority {priority}"))));
    said.extend(rule.tier.as_ref().map(|tier| ("tier", format!("tier {tier}"))));
    for id in &rule.overrides {
        let title = policy.rules.get(id.at()).map_or("", |rule| rule.title.as_str());
        said.push(("overrides", format!("overrides rule \"{title}\"")));
    }
    said
}

/// Rules that stand elsewhere in their route: as few as explain the new order.
fn moved(old: &Policy, new: &Policy, found: &mut Vec<Change>) {
    for route in &new.routes {
        let Some(before) = old.routes.iter().find(|known| known.name == route.name) else { continue };
        let is: Vec<&Rule> = rules(new, &route.entries);
        let was: Vec<&Rule> = rules(old, &before.entries);
        let known_as = |rule: &Rule| -> SmolStr {
            let renamed = found.iter().find(|one| one.what == "rule" && one.name == rule.title);
            match renamed.map(|one| &one.how) {
                Some(How::Renamed { from }) => from.clone(),
                _ => rule.title.clone(),
            }
        };
        let places: Vec<Option<usize>> =
            is.iter().map(|rule| was.iter().position(|old| old.title == known_as(rule))).collect();
        let staying = longest_rising(&places.iter().flatten().copied().collect::<Vec<_>>());
        let mut new_changes = Vec::new();
        for (at, (rule, place)) in is.iter().zip(&places).enumerate() {
            let Some(place) = place.filter(|place| !staying.contains(place)) else { continue };
            let after = at.checked_sub(1).and_then(|before| is.get(before));
            let detail = match after {
                Some(after) => format!("stands after rule \"{}\" now", after.title),
                None => "stands first now".to_owned(),
            };
            match found.iter_mut().find(|one| one.what == "rule" && one.name == rule.title) {
                Some(change) => change.details.push(detail),
                None => new_changes.push(Change {
                    kind: Kind::Rule,
                    what: "rule",
                    name: rule.title.clone(),
                    how: How::Changed,
                    details: vec![detail],
                    old: was.get(place).map(|rule| rule.span),
                    new: Some(rule.span),
                }),
            }
        }
        found.extend(new_changes);
    }
}

fn rules<'a>(policy: &'a Policy, entries: &[Entry]) -> Vec<&'a Rule> {
    let ids = entries.iter().filter_map(|entry| match entry {
        Entry::Rule(id) => Some(*id),
        Entry::Continue { .. } => None,
    });
    ids.filter_map(|id| policy.rules.get(id.at())).collect()
}

/// One of the longest rising subsequences (Schensted 1961, by patience: Aldous and Diaconis, 1999).
fn longest_rising(numbers: &[usize]) -> Vec<usize> {
    // The least last number of a rising sequence of each length, and for each number the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: std::collections::BTreeMap<usize, Option<usize>> = std::collections::BTreeMap::new();
    for &number in numbers {
        let length = ends.partition_point(|&end| end < number);
        before.insert(number, length.checked_sub(1).and_then(|at| ends.get(at).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = number,
            None => ends.push(number),
        }
    }
    let mut rising: Vec<usize> =
        std::iter::successors(ends.last().copied(), |number| before.get(number).copied().flatten()).collect();
    rising.reverse();
    rising
}

/// `continue in ROUTE when ...`, by the route that is entered and the route it stands in.
fn continues(old: &Policy, new: &Policy, names: &Renumbering) -> Vec<Change> {
    let said = |policy: &Policy, names: &Renumbering| -> Vec<(String, SmolStr)> {
        let mut said = Vec::new();
        for route in &policy.routes {
            for entry in &route.entries {
                let Entry::Continue { route: into, when, .. } = entry else { continue };
                let into = policy.routes.get(into.at()).map_or("", |route| route.name.as_str());
                let meaning = when.as_ref().map(|when| names.condition(when));
                let meaning = serde_json::to_string(&(&route.name, into, meaning)).unwrap_or_default();
                let when =
                    when.as_ref().map_or(String::new(), |when| format!(" when {}", words::condition(policy, when)));
                said.push((meaning, smol_str::format_smolstr!("`continue in {into}{when}` in route {}", route.name)));
            }
        }
        said
    };
    let (was, is) = (said(old, &Renumbering::own()), said(new, names));
    let only = |one: &[(String, SmolStr)], other: &[(String, SmolStr)]| -> Vec<SmolStr> {
        one.iter()
            .filter(|(meaning, _)| other.iter().all(|(known, _)| known != meaning))
            .map(|(_, words)| words.clone())
            .collect()
    };
    let details = members(["now", "no longer"], &only(&was, &is), &only(&is, &was));
    let mut found = Vec::new();
    if !details.is_empty() {
        found.push(Change {
            kind: Kind::Rule,
            what: "route",
            name: "main".into(),
            how: How::Changed,
            details: members(["now", "no longer"], &only(&was, &is), &only(&is, &was)),
            old: None,
            new: None,
        });
    }
    found
}
