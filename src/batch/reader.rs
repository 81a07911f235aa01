//! The values of raw leads, read as far as a decision needs them.

use super::memory::Memory;
use crate::graph::Codes;
use crate::graph::coder::Coder;
use crate::lead::{DateOrders, Form, Lead, Plan, RawLead};
use crate::policy::{Field, FieldId, Type, Value};

/// Reads the fields of one lead after the other, each in the cheapest way that comes to what [`Plan::read`] and [`Coder::field`]
/// would: values of fields that nobody asks about are only looked at, numbers in plain digits are read as they are, and what other
/// values came to is remembered.
pub struct Reader<'r> {
    plan: &'r Plan,
    dates: &'r DateOrders,
    coder: &'r Coder,
    /// In the plan's reading order.
    fields: Vec<Reading>,
    leads: u64,
}

/// How one field is read.
struct Reading {
    field: FieldId,
    /// None where a field has several.
    column: Option<u32>,
    required: bool,
    /// Nobody asks about it: all that matters is whether something is to be said of it.
    unasked: bool,
    whole: bool,
    /// The value itself is needed, not only what it comes to in the graph.
    keep_value: bool,
    memory: Memory,
}

impl<'r> Reader<'r> {
    /// `is_needed` says of a field whether its value itself is needed.
    pub fn new(
        fields: &[Field],
        plan: &'r Plan,
        dates: &'r DateOrders,
        coder: &'r Coder,
        is_needed: impl Fn(FieldId) -> bool,
    ) -> Self {
        let reading = |&id: &FieldId| {
            let field = fields.get(id.at())?;
            let keep_value = is_needed(id) || plan.is_read_with(id);
            let column = match plan.columns_of(id) {
                [column] => Some(*column),
                _ => None,
            };
            // What a region or a postal code comes to depends on the country beside it.
            let depends = matches!(field.ty, Type::Region { of: Some(_) } | Type::PostalCode { of: Some(_) });
            Some(Reading {
                field: id,
                column,
                required: field.required,
                unasked: !keep_value && !coder.asks_about(id),
                whole: matches!(field.ty, Type::Integer { .. }),
                keep_value,
                memory: Memory::new(!depends),
            })
        };
        let fields = plan.reading_order().iter().filter_map(reading).collect();
        Reader { plan, dates, coder, fields, leads: 0 }
    }

    /// Reads a lead into `codes` and, where values are needed, into `lead`, with all that is to be said of them.
    pub fn read(&mut self, raw: &RawLead, lead: &mut Lead, codes: &mut Codes) {
        let Reader { plan, dates, coder, .. } = *self;
        codes.clear();
        lead.faults.clear();
        lead.notes.clear();
        self.leads += 1;
        for reading in &mut self.fields {
            let cell = reading.column.map(|column| raw.cell(column)).filter(|cell| match cell.form {
                Form::Plain => true,
                Form::Absent => !reading.required,
                _ => false,
            });
            let Some(cell) = cell else {
                reading.plainly(plan, dates, coder, raw, lead, codes);
                continue;
            };
            if cell.form == Form::Absent {
                reading.keep(lead, || Value::Missing);
                continue;
            }
            let found = raw.found(cell);
            if reading.unasked && plan.is_sound(reading.field, found) {
                continue;
            }
            if let Some(number) = reading.whole.then(|| plan.whole(reading.field, found)).flatten() {
                coder.field(reading.field, &Value::Integer(number), codes);
                reading.keep(lead, || Value::Integer(number));
                continue;
            }
            if let Some((code, value)) = reading.memory.find(found) {
                codes.apply(code);
                reading.keep(lead, || value.cloned().unwrap_or(Value::Missing));
                continue;
            }
            let said = lead.faults.len() + lead.notes.len();
            reading.plainly(plan, dates, coder, raw, lead, codes);
            // What is to be said of a value is said of each lead that has it.
            let sound = lead.faults.len() + lead.notes.len() == said;
            if reading.memory.is_on() {
                let value = lead.values.get(reading.field.at()).unwrap_or(&Value::Missing);
                if sound {
                    let code = coder.field_code(reading.field, value);
                    reading.memory.learn(found, code, reading.keep_value.then(|| value.clone()));
                }
                reading.memory.miss(self.leads);
            }
        }
    }
}

impl Reading {
    #[inline]
    fn keep(&self, lead: &mut Lead, value: impl FnOnce() -> Value) {
        if self.keep_value
            && let Some(place) = lead.values.get_mut(self.field.at())
        {
            *place = value();
        }
    }

    fn plainly(
        &self,
        plan: &Plan,
        dates: &DateOrders,
        coder: &Coder,
        raw: &RawLead,
        lead: &mut Lead,
        codes: &mut Codes,
    ) {
        plan.read(self.field, raw, dates, lead);
        if let Some(value) = lead.values.get(self.field.at()) {
            coder.field(self.field, value, codes);
        }
    }
}
