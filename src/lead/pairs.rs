//! A lead from names and values, as a person writes one on a command line.

use crate::data::text;
use crate::lead::{DateOrders, Form, Lead, Plan, RawCell, RawLead};

/// A name that is neither a field nor a column that a field is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    pub name: String,
    /// The field's name that is closest.
    pub close: Option<String>,
}

impl Plan {
    /// Reads a lead from pairs of a name and a value; the name is a field's or a column's, without regard to case, spaces, hyphens and
    /// underscores. Of a name that occurs twice the last value counts.
    pub fn pairs(&self, pairs: &[(&str, &str)]) -> Result<Lead, UnknownName> {
        let mut cells = vec![RawCell::ABSENT; self.columns().len()];
        let mut all = String::new();
        for (name, value) in pairs {
            let column = self
                .column_named(name)
                .ok_or_else(|| UnknownName { name: (*name).to_owned(), close: self.close_to(name) })?;
            let start = all.len() as u32;
            all.push_str(value);
            if let Some(cell) = cells.get_mut(column as usize) {
                *cell = RawCell { start, end: all.len() as u32, form: Form::Plain };
            }
        }
        let raw =
            RawLead { text: &all, cells: &cells, start: 0, end: all.len(), line: 1, short_of: None, repeated: None };
        Ok(self.lead(&raw, &DateOrders::default()))
    }

    fn column_named(&self, name: &str) -> Option<u32> {
        let squeezed = text::squeeze(name);
        let field = self.fields.iter().find(|field| text::squeeze(&field.name) == squeezed);
        field.and_then(|field| field.columns.first().copied()).or_else(|| self.column(name))
    }

    fn close_to(&self, name: &str) -> Option<String> {
        let likeness = |field: &str| strsim::jaro_winkler(&text::squeeze(field), &text::squeeze(name));
        let close = self.fields.iter().max_by(|a, b| likeness(&a.name).total_cmp(&likeness(&b.name)))?;
        (likeness(&close.name) > 0.8).then(|| close.name.to_string())
    }
}
