//! Why a condition holds for a lead, or does not: the questions that decided it, and what the lead answered.

use super::reference::Reference;
use crate::policy::words;
use crate::policy::{Condition, ConditionKind, LetValue, Policy, Subject, TerritoryId};
use crate::source::Span;
use serde::Serialize;

/// Reasons that are given of one condition's parts.
const MOST: usize = 12;

/// One question and its answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// The question in the words of the policy: `employees >= 1000`.
    pub condition: String,
    #[serde(skip)]
    pub span: Span,
    pub holds: bool,
    /// What was asked about: `employees`, `account.customer`, `territory`.
    pub subject: String,
    /// What it is for this lead: `120`, `missing`, `"gmail.com"`.
    pub value: String,
    /// Why a segment or a `let` holds or does not.
    pub because: Vec<Reason>,
}

/// The reasons for which a condition holds or does not: all that hold together, or the first that failed; of alternatives the first
/// that held, or all.
pub fn reasons(lead: &Reference, condition: &Condition) -> Vec<Reason> {
    let mut found = Vec::new();
    collect(lead, condition, &mut found);
    found
}

fn collect(lead: &Reference, condition: &Condition, found: &mut Vec<Reason>) {
    match &condition.kind {
        ConditionKind::And(parts) | ConditionKind::Or(parts) => {
            let deciding = matches!(condition.kind, ConditionKind::Or(_));
            match parts.iter().find(|part| lead.holds(part) == deciding) {
                Some(part) => collect(lead, part, found),
                None => {
                    for part in parts {
                        if found.len() < MOST {
                            collect(lead, part, found);
                        }
                    }
                }
            }
        }
        ConditionKind::Not(part) => collect(lead, part, found),
        _ => found.push(leaf(lead, condition)),
    }
}

fn leaf(lead: &Reference, condition: &Condition) -> Reason {
    let policy = lead.policy;
    let (subject, value) = match &condition.kind {
        ConditionKind::Test(test) => (words::subject(policy, test.subject), value(lead, test.subject)),
        ConditionKind::Segment(id) => (name(policy.segments.get(id.at()).map(|segment| &segment.name)), String::new()),
        ConditionKind::Let(id) => (name(policy.lets.get(id.at()).map(|found| &found.name)), String::new()),
        ConditionKind::Territory(_) => ("territory".to_owned(), territory_path(policy, lead.territory()).join(" > ")),
        ConditionKind::Grade(id, _) => {
            let grade = policy.grades.get(id.at());
            let step = grade.zip(lead.grade(*id)).and_then(|(grade, step)| grade.steps.get(step as usize));
            (name(grade.map(|grade| &grade.name)), step.map_or_else(|| "none".to_owned(), |step| step.0.to_string()))
        }
        ConditionKind::ArrivesDuring(_) => {
            ("instant".to_owned(), words::value(&crate::policy::Value::Time(lead.facts.at), &crate::policy::Type::Time))
        }
        _ => (String::new(), String::new()),
    };
    let because = match &condition.kind {
        ConditionKind::Segment(id) => policy.segments.get(id.at()).map(|segment| reasons(lead, &segment.when)),
        ConditionKind::Let(id) => policy.lets.get(id.at()).and_then(|found| match &found.value {
            LetValue::Condition(condition) => Some(reasons(lead, condition)),
            LetValue::DomainOf(_) => None,
        }),
        _ => None,
    };
    let holds = lead.holds(condition);
    let value = match &condition.kind {
        ConditionKind::Segment(_) | ConditionKind::Let(_) => if holds { "holds" } else { "does not hold" }.to_owned(),
        _ if value.is_empty() => "none".to_owned(),
        _ => value,
    };
    Reason {
        condition: words::leaf(policy, condition, true),
        span: condition.span,
        holds,
        subject,
        value,
        because: because.unwrap_or_default(),
    }
}

/// What a subject is for this lead.
pub fn value(lead: &Reference, subject: Subject) -> String {
    words::value(&lead.value(subject), words::subject_type(lead.policy, subject))
}

/// The names of a territory and all above it, the uppermost first.
pub fn territory_path(policy: &Policy, territory: Option<TerritoryId>) -> Vec<String> {
    let parent = |id: &TerritoryId| policy.territories.get(id.at()).and_then(|territory| territory.parent);
    let path = std::iter::successors(territory, parent).filter_map(|id| policy.territories.get(id.at()));
    let mut names: Vec<String> = path.map(|territory| territory.name.to_string()).collect();
    names.reverse();
    names
}

fn name(name: Option<&smol_str::SmolStr>) -> String {
    name.map(ToString::to_string).unwrap_or_default()
}
