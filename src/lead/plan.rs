//! How the leads of a file become values of a policy's fields: which columns are read, in what order, and as what.

use crate::data::field::FieldReader;
use crate::data::sound;
use crate::data::text;
use crate::policy::{Field, FieldId, Policy, Type};
use chrono_tz::Tz;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// The fields of a policy, made ready for reading; made once, shared by all threads.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) fields: Vec<PlanField>,
    /// The distinct columns or keys that fields name, as written; a dot leads into nested objects.
    columns: Vec<SmolStr>,
    by_name: FxHashMap<SmolStr, u32>,
    /// By the name without case, spaces, hyphens and underscores.
    by_key: FxHashMap<SmolStr, u32>,
    /// The fields, those last that are read together with a country.
    pub(super) order: Vec<FieldId>,
    /// The field called `id`, whose raw text names a lead in messages.
    pub(super) id: Option<FieldId>,
    pub(super) zone: Tz,
    /// In bytes: no longer text stands for no value.
    longest_missing: usize,
}

#[derive(Debug, Clone)]
pub(super) struct PlanField {
    pub name: SmolStr,
    pub required: bool,
    pub reader: FieldReader,
    /// Places in [`Plan::columns`]: the first whose value is not missing is read.
    pub columns: Vec<u32>,
    /// The country field that a region or postal code is read with.
    pub country: Option<FieldId>,
}

impl Plan {
    pub fn of(policy: &Policy) -> Plan {
        Plan::new(&policy.fields, &policy.missing, policy.zone)
    }

    /// `missing` are the spellings that stand for no value in every field; `zone` is that of local times.
    pub fn new(fields: &[Field], missing: &[SmolStr], zone: Tz) -> Plan {
        let mut plan = Plan {
            fields: Vec::with_capacity(fields.len()),
            columns: Vec::new(),
            by_name: FxHashMap::default(),
            by_key: FxHashMap::default(),
            order: Vec::with_capacity(fields.len()),
            id: fields.iter().position(|field| field.name == "id").map(|at| FieldId(at as u32)),
            zone,
            longest_missing: 0,
        };
        // Folding a text makes it at most three times as long.
        let spellings = missing.iter().chain(fields.iter().flat_map(|field| &field.missing));
        plan.longest_missing = spellings.map(|spelling| spelling.len() * 3).max().unwrap_or(0);
        for field in fields {
            let own_name = std::slice::from_ref(&field.name);
            let columns = if field.columns.is_empty() { own_name } else { &field.columns };
            let columns = columns.iter().map(|column| plan.enter(column)).collect();
            let country = match field.ty {
                Type::Region { of } | Type::PostalCode { of } => of.map(FieldId),
                _ => None,
            };
            let reader = FieldReader::new(field, missing);
            plan.fields.push(PlanField {
                name: field.name.clone(),
                required: field.required,
                reader,
                columns,
                country,
            });
        }
        let ids = || (0..).map(FieldId).zip(&plan.fields);
        let (later, first): (Vec<_>, Vec<_>) = ids().partition(|(_, field)| field.country.is_some());
        plan.order = first.into_iter().chain(later).map(|(id, _)| id).collect();
        plan
    }

    fn enter(&mut self, column: &SmolStr) -> u32 {
        if let Some(known) = self.by_name.get(column) {
            return *known;
        }
        let place = self.columns.len() as u32;
        self.columns.push(column.clone());
        self.by_name.insert(column.clone(), place);
        self.by_key.entry(text::squeeze(column)).or_insert(place);
        place
    }

    /// The columns that fields name, in the order in which the fields are declared.
    pub fn columns(&self) -> &[SmolStr] {
        &self.columns
    }

    /// The place in [`Plan::columns`] of a column of a file: by its name to the letter, else without case, spaces, hyphens and underscores.
    pub fn column(&self, name: &str) -> Option<u32> {
        let exact = self.by_name.get(name).or_else(|| self.by_name.get(text::trim(name)));
        exact.or_else(|| self.by_key.get(&text::squeeze(text::trim(name)))).copied()
    }

    /// The columns that a field is read from, first choice first.
    pub fn columns_of(&self, field: FieldId) -> &[u32] {
        self.fields.get(field.at()).map_or(&[], |field| &field.columns)
    }

    /// The fields in the order in which they are read: those last that are read together with a country.
    pub fn reading_order(&self) -> &[FieldId] {
        &self.order
    }

    /// Whether a value of a field certainly reads well and is not missing where that matters, found out without reading it.
    pub fn is_sound(&self, field: FieldId, raw: &str) -> bool {
        self.fields.get(field.at()).is_some_and(|field| {
            (!field.required || raw.len() > self.longest_missing) && sound::is_sound(field.reader.ty(), raw)
        })
    }

    /// What a value of a field that is an integer reads as, where it certainly does; found out without reading it.
    pub fn whole(&self, field: FieldId, raw: &str) -> Option<i64> {
        self.fields.get(field.at())?.reader.whole(raw)
    }

    /// Whether other fields are read together with this one: regions and postal codes with their country.
    pub fn is_read_with(&self, field: FieldId) -> bool {
        self.fields.iter().any(|other| other.country == Some(field))
    }

    /// Whether a column lies inside the object of this name: `company` for `company.size`.
    pub(super) fn leads_into(&self, name: &str) -> bool {
        let prefix = format!("{}.", text::squeeze(name));
        self.columns.iter().any(|column| text::squeeze(column).starts_with(prefix.as_str()))
    }
}
