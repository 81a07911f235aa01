//! Postal codes in conditions that are shorter than a code of the country can be: the start of a code was meant, and no lead has it.

use crate::data::postal;
use crate::diagnostic::Diagnostic;
use crate::policy::{Condition, ConditionKind, FieldId, Policy, Predicate, Subject, Test, TextSet, Type};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The countries that a field can only be, where a condition that is joined by `and` says so.
type Countries<'a> = BTreeMap<FieldId, &'a TextSet>;

/// A warning for each comparison with a code that is too short.
pub(super) fn short_codes(policy: &Policy) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    policy.each_condition(&mut |condition| look(policy, condition, &Countries::new(), &mut found));
    found
}

fn look<'a>(policy: &'a Policy, condition: &'a Condition, known: &Countries<'a>, found: &mut Vec<Diagnostic>) {
    match &condition.kind {
        ConditionKind::And(parts) => {
            let mut known = known.clone();
            known.extend(parts.iter().filter_map(|part| countries(policy, part)));
            parts.iter().for_each(|part| look(policy, part, &known, found));
        }
        ConditionKind::Or(parts) => parts.iter().for_each(|part| look(policy, part, known, found)),
        ConditionKind::Not(part) => look(policy, part, known, found),
        ConditionKind::Test(test) => {
            if let Some((name, code)) = short_code(policy, test, known) {
                found.push(
                    Diagnostic::warning(
                        "short-postal-code",
                        condition.span,
                        format!("`\"{code}\"` is too short for a whole postal code"),
                    )
                    .here("compares whole codes")
                    .help(format!("write `{name} starts with \"{code}\"` for all codes that start so")),
                );
            }
        }
        _ => {}
    }
}

fn countries<'a>(policy: &Policy, part: &'a Condition) -> Option<(FieldId, &'a TextSet)> {
    let ConditionKind::Test(Test { subject: Subject::Field(field), predicate: Predicate::InTexts(set) }) = &part.kind
    else {
        return None;
    };
    let is_country = policy.fields.get(field.at()).is_some_and(|field| field.ty == Type::Country);
    (is_country && set.ranges.is_empty()).then_some((*field, set))
}

/// The name that is compared and the first of the codes that are too short.
fn short_code<'a>(policy: &'a Policy, test: &'a Test, known: &Countries<'a>) -> Option<(String, &'a SmolStr)> {
    let Predicate::InTexts(codes) = &test.predicate else { return None };
    let (ty, name) = match test.subject {
        Subject::Field(field) => policy.fields.get(field.at()).map(|field| (&field.ty, field.name.to_string()))?,
        Subject::Record(records, column) => {
            let records = policy.records.get(records.at())?;
            let column = records.columns.get(column.at())?;
            (&column.ty, format!("{}.{}", records.name, column.name))
        }
        Subject::Let(_) | Subject::Score(_) => return None,
    };
    let Type::PostalCode { of } = ty else { return None };
    let of_lead = of.filter(|_| matches!(test.subject, Subject::Field(_)));
    let countries = of_lead.and_then(|country| known.get(&FieldId(country)));
    let shortest = match countries {
        Some(countries) => countries.values.iter().map(|code| postal::shortest(Some(&code.to_uppercase()))).min(),
        None => Some(postal::shortest(None)),
    }?;
    let length = |code: &str| code.chars().filter(|letter| letter.is_alphanumeric()).count();
    codes.values.iter().find(|code| length(code) < shortest).map(|code| (name, code))
}
