//! A raw lead to a lead: each value read as its field's type, and everything that was wrong or mended said.

use crate::data::time::{self, DateOrder};
use crate::data::value::{Bad, Context, Read};
use crate::lead::plan::PlanField;
use crate::lead::raw::{Form, RawLead};
use crate::lead::{BadValue, Lead, Note, Plan, clip};
use crate::policy::{FieldId, Type, Value};
use smol_str::SmolStr;

/// The order of dates such as `3/4/2026`, by field.
#[derive(Debug, Clone, Default)]
pub struct DateOrders(Vec<Votes>);

#[derive(Debug, Clone, Default)]
struct Votes {
    /// The line of the first value that shows each order.
    day_first: Option<u64>,
    month_first: Option<u64>,
}

impl DateOrders {
    /// Looks for values whose day is past 12 in the fields that are dates or times.
    pub(super) fn see(&mut self, plan: &Plan, raw: &RawLead) {
        self.0.resize_with(plan.fields.len(), Votes::default);
        for ((field, id), votes) in plan.fields.iter().zip((0..).map(FieldId)).zip(&mut self.0) {
            if !matches!(field.reader.ty(), Type::Date | Type::Time) {
                continue;
            }
            match raw.field(plan, id).and_then(|value| time::order_shown(&value)) {
                Some(DateOrder::DayFirst) => votes.day_first.get_or_insert(raw.line),
                Some(DateOrder::MonthFirst) => votes.month_first.get_or_insert(raw.line),
                None => continue,
            };
        }
    }

    /// The order of a field, where values show one and none the other.
    pub fn of(&self, field: FieldId) -> Option<DateOrder> {
        match self.0.get(field.at())? {
            Votes { day_first: Some(_), month_first: None } => Some(DateOrder::DayFirst),
            Votes { day_first: None, month_first: Some(_) } => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// What was found, in the user's words, a line a field.
    pub(super) fn words(&self, plan: &Plan) -> Vec<String> {
        let words = |(field, votes): (&PlanField, &Votes)| {
            let name = &field.name;
            match (votes.day_first, votes.month_first) {
                (Some(day), Some(month)) => Some(format!(
                    "the dates of `{name}` are day/month in line {day} and month/day in line {month}: those that could be either are bad values"
                )),
                (Some(line), None) => {
                    Some(format!("dates of `{name}` are read as day/month/year, as line {line} shows"))
                }
                (None, Some(line)) => {
                    Some(format!("dates of `{name}` are read as month/day/year, as line {line} shows"))
                }
                (None, None) => None,
            }
        };
        plan.fields.iter().zip(&self.0).filter_map(words).collect()
    }
}

impl Plan {
    /// A lead without any value.
    pub fn blank(&self) -> Lead {
        let values = vec![Value::Missing; self.fields.len()];
        Lead { values, faults: Vec::new(), notes: Vec::new(), line: 0, id: SmolStr::default() }
    }

    /// Reads a raw lead's values.
    pub fn lead(&self, raw: &RawLead, dates: &DateOrders) -> Lead {
        let mut lead = self.blank();
        lead.line = raw.line;
        lead.id = self.id.and_then(|id| raw.field(self, id)).map(|id| SmolStr::new(id.trim())).unwrap_or_default();
        if let Some((found, width)) = raw.short_of {
            let cells = if found == 1 { "1 cell" } else { &format!("{found} cells") };
            let text = format!("the row has {cells} where the header has {width}; the others are missing");
            lead.notes.push(Note { field: None, text });
        }
        if let Some(column) = raw.repeated.and_then(|column| self.columns().get(column as usize)) {
            lead.notes.push(Note { field: None, text: format!("`{column}` occurs twice; the last is read") });
        }
        for id in &self.order {
            if let Some(field) = self.fields.get(id.at()) {
                self.read_field(*id, field, raw, dates, &mut lead);
            }
        }
        lead
    }

    /// Reads the value of one field into a lead, in the place of what it has there. Regions and postal codes are read with the country that
    /// the lead has by then: see [`Plan::reading_order`].
    pub fn read(&self, id: FieldId, raw: &RawLead, dates: &DateOrders, lead: &mut Lead) {
        if let Some(value) = lead.values.get_mut(id.at()) {
            *value = Value::Missing;
        }
        if let Some(field) = self.fields.get(id.at()) {
            self.read_field(id, field, raw, dates, lead);
        }
    }

    fn read_field(&self, id: FieldId, field: &PlanField, raw: &RawLead, dates: &DateOrders, lead: &mut Lead) {
        let country = match field.country.and_then(|country| lead.values.get(country.at())) {
            Some(Value::Text(country)) => Some(country.folded.clone()),
            _ => None,
        };
        let context = Context { zone: self.zone, country: country.as_deref(), dates: dates.of(id) };
        for column in &field.columns {
            let cell = raw.cell(*column);
            if cell.form == Form::Absent {
                continue;
            }
            let found = raw.value(cell);
            match read(field, cell.form, &found, &context) {
                Ok(good) if good.value == Value::Missing => {}
                Ok(good) => {
                    if let Some(text) = good.note {
                        lead.notes.push(Note { field: Some(id), text });
                    }
                    if let Some(value) = lead.values.get_mut(id.at()) {
                        *value = good.value;
                    }
                    return;
                }
                Err(Bad { expected, .. }) => {
                    let raw = clip(&found);
                    lead.faults.push(BadValue { field: id, raw, expected, required: field.required });
                    return;
                }
            }
        }
        if field.required {
            let expected = format!("a value, since `{}` is required", field.name);
            lead.faults.push(BadValue { field: id, raw: String::new(), expected, required: true });
        }
    }
}

fn read(field: &PlanField, form: Form, found: &str, context: &Context) -> Read {
    match (form, field.reader.ty()) {
        (Form::Nested, Type::SetOf(_)) if found.starts_with('[') => field.reader.read(found, context),
        (Form::Nested, _) => Err(Bad::new("a single value, not a list or an object")),
        _ => field.reader.read(found, context),
    }
}
