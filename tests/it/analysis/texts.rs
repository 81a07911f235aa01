//! Policies over every type: what is proved of them, against leads that are made up.

use super::for_policies;
use crate::generate::{self, Choices, text};
use leadway::analysis::{Answer, Budget, Space};
use leadway::matcher::{Outcome, reference};
use leadway::policy::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A lead as a reader would make it: emails and postal codes look like such, no set is without members.
fn readable(policy: &Policy, mut lead: generate::Lead) -> generate::Lead {
    for (field, value) in policy.fields.iter().zip(&mut lead.values) {
        let written = match value {
            Value::Text(text) => text.written.to_string(),
            _ => String::new(),
        };
        match &field.ty {
            Type::Email if !["x@a.test", "y@b.test"].contains(&written.as_str()) => *value = Value::Missing,
            Type::PostalCode { .. } if !written.bytes().all(|byte| byte.is_ascii_digit()) => {
                *value = text("140", "140")
            }
            Type::OneOf(options) if !options.contains(&written.as_str().into()) => *value = Value::Missing,
            Type::SetOf(_) if *value == Value::Set(Vec::new()) => *value = Value::Missing,
            Type::SetOf(member) => {
                if let (Value::Set(texts), Type::OneOf(options)) = (&mut *value, &**member) {
                    texts.retain(|text| options.contains(&text.folded));
                    if texts.is_empty() {
                        *value = Value::Missing;
                    }
                }
            }
            _ => {}
        }
    }
    lead.calendars.fill(false);
    lead
}

/// No lead comes to a rule that is proved to take none, and every witness does what it is to show. How many questions are not decided
/// is given back.
fn no_lead_refutes(policy: &Policy) -> Result<usize, String> {
    let mut space = Space::new(&[policy]);
    let budget = Budget::steps(3_000_000);
    let comes = space.comes_to_routes(0);
    let steps = space.steps(0).unwrap();
    let takes: Vec<_> = steps.iter().map(|step| step.takes).collect();
    let mut dead = vec![true; policy.rules.len()];
    let mut undecided = 0;
    for (at, step) in steps.iter().enumerate() {
        match space.find(&[comes, step.takes], &takes[..at], &budget) {
            Answer::Proved(_) => continue,
            Answer::Unknown(_) => undecided += 1,
            Answer::Witness(witness) => {
                let decided = space.decide(0, &witness).outcome;
                if decided != Outcome::Rule(step.rule) {
                    return Err(format!("{witness:?}: {decided:?}, not {:?}", step.rule));
                }
            }
        }
        dead[step.rule.at()] = false;
    }
    for seed in 0..60 {
        let lead = readable(policy, generate::lead(&mut Choices::new(&super::numbers(seed)), policy));
        if let Outcome::Rule(rule) = reference::decide(policy, &lead.facts()).outcome
            && dead[rule.at()]
        {
            return Err(format!("{rule:?} is proved to take no lead, but takes {lead:?}"));
        }
    }
    Ok(undecided)
}

#[test]
fn proofs_over_all_types_are_not_refuted() {
    let undecided = AtomicUsize::new(0);
    for_policies("proofs over all types", 60, generate::policy, |policy| {
        undecided.fetch_add(no_lead_refutes(policy)?, Ordering::Relaxed);
        Ok(true)
    });
    // Texts that are compared in two forms at once may stay open; more would be a tier that does not work.
    let undecided = undecided.into_inner();
    assert!(undecided <= 12, "{undecided} questions are not decided");
}
