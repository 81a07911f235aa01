//! The schema of leads: fields that came and went, and how their values are read.

use super::super::renumber::Renumbering;
use super::clauses::{self, Clause, members};
use super::{Change, How, Kind, Things};
use crate::policy::{Field, Policy, Type};
use smol_str::SmolStr;

pub fn changes(old: &Policy, new: &Policy, _names: &Renumbering) -> Vec<Change> {
    let things = Things {
        kind: Kind::Schema,
        what: "field",
        old: &old.fields,
        new: &new.fields,
        name: |field| &field.name,
        span: |field| field.span,
    };
    let mut found = things.changes(|before, after| field(old, before, new, after), |_| false);
    let mut details = members(["now stands for no value", "no longer stands for no value"], &old.missing, &new.missing);
    let zone = |policy: &Policy| vec![("zone", format!("timezone \"{}\"", policy.zone))];
    details.extend(clauses::changes(&zone(old), &zone(new)));
    details.extend(members(["new statuses", "no longer statuses"], &old.statuses, &new.statuses));
    if !details.is_empty() {
        found.push(Change {
            kind: Kind::Schema,
            what: "policy",
            name: new.title.clone(),
            how: How::Changed,
            details,
            old: None,
            new: None,
        });
    }
    found
}

/// In what way a field of the leads, or a column of records, is read otherwise.
pub fn field(old_policy: &Policy, old: &Field, new_policy: &Policy, new: &Field) -> Vec<String> {
    let said = |policy: &Policy, field: &Field| -> Vec<Clause> {
        let mut said = vec![("type", type_words(policy, &field.ty))];
        said.push(("required", if field.required { "required" } else { "not required" }.to_owned()));
        said.extend((!field.columns.is_empty()).then(|| ("columns", format!("from {}", field.columns.join(", ")))));
        said
    };
    let mut details = clauses::changes(&said(old_policy, old), &said(new_policy, new));
    if let (Type::OneOf(was), Type::OneOf(is)) = (&old.ty, &new.ty) {
        details.retain(|detail| !detail.contains("one of"));
        details.extend(members(["new values", "no longer values"], was, is));
    }
    let spellings = |field: &Field| -> Vec<SmolStr> {
        let spelled = field.spellings.iter().map(|(spelling, value)| {
            smol_str::format_smolstr!("\"{spelling}\" = {}", crate::policy::words::value(value, &field.ty))
        });
        spelled
            .chain(field.missing.iter().map(|spelling| smol_str::format_smolstr!("\"{spelling}\" = missing")))
            .collect()
    };
    details.extend(members(["new spellings", "no longer spellings"], &spellings(old), &spellings(new)));
    details
}

/// A type as the policy writes it.
pub fn type_words(policy: &Policy, ty: &Type) -> String {
    fn range<T: ToString>(low: Option<T>, high: Option<T>) -> String {
        let end = |end: Option<T>| end.map_or(String::new(), |end| end.to_string());
        match (&low, &high) {
            (None, None) => String::new(),
            _ => format!(" {}..{}", end(low), end(high)),
        }
    }
    let of = |of: &Option<u32>| {
        let field = of.and_then(|at| policy.fields.get(at as usize));
        field.map_or(String::new(), |field| format!(" of {}", field.name))
    };
    match ty {
        Type::Text => "text".to_owned(),
        Type::Integer { low, high } => format!("integer{}", range(*low, *high)),
        Type::Decimal { low, high } => format!("decimal{}", range(*low, *high)),
        Type::Money { currency: Some(currency) } => format!("money in {currency}"),
        Type::Money { currency: None } => "money".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::Date => "date".to_owned(),
        Type::Time => "time".to_owned(),
        Type::Email => "email".to_owned(),
        Type::Domain => "domain".to_owned(),
        Type::Country => "country".to_owned(),
        Type::Region { of: country } => format!("region{}", of(country)),
        Type::PostalCode { of: country } => format!("postal code{}", of(country)),
        Type::Language => "language".to_owned(),
        Type::Rep => "rep".to_owned(),
        Type::OneOf(values) => format!("one of {}", values.join(", ")),
        Type::SetOf(member) => format!("set of {}", type_words(policy, member)),
    }
}
