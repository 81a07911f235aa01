//! Records: reference data, the keys by which a lead finds its row, and the rows.

use super::cycles::Node;
use super::declarations::Declarations;
use super::names::Kind;
use super::scope::{Meaning, Scope, Side, Valued};
use super::words;
use crate::data::field::FieldReader;
use crate::data::table::DataTable;
use crate::data::time::{self, DateOrder};
use crate::data::value::{Context, Good};
use crate::diagnostic::Diagnostic;
use crate::policy::{
    ColumnId, DataFiles, Field, KeyPart, MatchKey, Preference, QueueId, Records, RecordsId, Type, Value,
};
use crate::source::Span;
use crate::syntax::ast::{self, RecordClause, TieTarget};
use smol_str::SmolStr;
use std::sync::Arc;

impl Scope<'_> {
    /// The columns of all records, which conditions know from here on.
    pub(super) fn record_columns(&mut self, found: &Declarations<'_>) -> Vec<Vec<Field>> {
        let mut all = Vec::with_capacity(found.records.len());
        for records in &found.records {
            let (fields, columns) = self.columns_of(records);
            self.columns.push(columns);
            all.push(fields);
        }
        all
    }

    pub(super) fn records(
        &mut self,
        found: &Declarations<'_>,
        columns: Vec<Vec<Field>>,
        data: &DataFiles,
        missing: &[SmolStr],
    ) -> Vec<Records> {
        let mut all = Vec::with_capacity(found.records.len());
        for (id, (records, columns)) in found.records.iter().zip(columns).enumerate() {
            let id = RecordsId(id as u32);
            self.dependencies.enter(Node::Records(id), records.name.text.as_str());
            let mut lowered = Records {
                name: records.name.text.clone(),
                span: records.name.span,
                columns,
                keys: Vec::new(),
                prefer: Vec::new(),
                on_tie: None,
                rows: Arc::default(),
            };
            for clause in &records.clauses {
                self.record_clause(id, clause, &mut lowered);
            }
            if lowered.keys.is_empty() {
                self.report(
                    Diagnostic::error(
                        "missing-part",
                        records.name.span,
                        format!("nothing says how a lead finds its `{}`", records.name.text),
                    )
                    .help("write `match by` and the column that a field of the lead equals"),
                );
            }
            lowered.rows = Arc::new(self.rows(records, &lowered.columns, data, missing));
            all.push(lowered);
        }
        self.dependencies.leave();
        all
    }

    fn record_clause(&mut self, id: RecordsId, clause: &RecordClause, records: &mut Records) {
        match clause {
            RecordClause::MatchBy { keys, unless, span } => {
                let parts: Vec<KeyPart> = keys.iter().filter_map(|key| self.key_part(id, key)).collect();
                let unless = unless.as_ref().map(|unless| self.condition_at(unless, Side::Records));
                records.keys.push(MatchKey { parts, unless, span: *span });
            }
            RecordClause::Prefer { order, .. } => {
                let order: Vec<Preference> = order.iter().filter_map(|step| self.preference(id, step)).collect();
                records.prefer.extend(order);
            }
            RecordClause::OnTie { target: TieTarget::NoMatch, .. } => {}
            RecordClause::OnTie { target: TieTarget::Queue(queue), .. } => {
                records.on_tie = self.resolve(Kind::Queue, queue).map(QueueId);
            }
        }
    }

    fn key_part(&mut self, id: RecordsId, key: &ast::MatchKey) -> Option<KeyPart> {
        let column = self.column_of(id, &key.column);
        let field = self.lead_value(&key.field);
        let ((column, known), field) = (column?, field?);
        if key.like && !(*known.ty == Type::Text && *field.ty == Type::Text) {
            let (one, other) = (words::a_type(&known.ty), words::a_type(&field.ty));
            self.report(
                Diagnostic::error("type-mismatch", key.span, format!("`like` compares texts, not {one} with {other}"))
                    .help("use `=` for values that are the same when they are equal"),
            );
            return None;
        }
        self.same_type(&key.column.text, &known.ty, &key.field.text, &field.ty, key.span)?;
        Some(KeyPart { column, subject: field.subject, like: key.like })
    }

    /// A field or let of the lead that has a value.
    fn lead_value(&mut self, name: &ast::Name) -> Option<Valued> {
        match self.plain(name)? {
            Meaning::Value(valued) => Some(valued),
            _ => {
                self.report(
                    Diagnostic::error(
                        "type-mismatch",
                        name.span,
                        format!("`{}` holds or not, and has no value", name.text),
                    )
                    .help("name a field of the lead"),
                );
                None
            }
        }
    }

    fn same_type(&mut self, column: &str, ty: &Type, field: &str, other: &Type, span: Span) -> Option<()> {
        let same = std::mem::discriminant(ty) == std::mem::discriminant(other);
        let texts = |ty: &Type| matches!(ty, Type::Text | Type::OneOf(_) | Type::Rep);
        let numbers = |ty: &Type| matches!(ty, Type::Integer { .. } | Type::Decimal { .. } | Type::Money { .. });
        if (same && !matches!(ty, Type::SetOf(_))) || (texts(ty) && texts(other)) || (numbers(ty) && numbers(other)) {
            return Some(());
        }
        let (one, two) = (words::a_type(ty), words::a_type(other));
        self.report(
            Diagnostic::error("type-mismatch", span, format!("`{column}` is {one}, and `{field}` is {two}"))
                .here("never equal")
                .help("compare a column with a field of the same type"),
        );
        None
    }

    fn preference(&mut self, id: RecordsId, step: &ast::Preference) -> Option<Preference> {
        match step {
            ast::Preference::Holds(name) => {
                self.column_for(id, name, |ty| *ty == Type::Boolean, "yes or no").map(Preference::Holds)
            }
            ast::Preference::Same { column, field } => {
                let (found, value) = (self.column_of(id, column), self.lead_value(field));
                let ((found, known), value) = (found?, value?);
                self.same_type(&column.text, &known.ty, &field.text, &value.ty, column.span.to(field.span))?;
                Some(Preference::Same { column: found, subject: value.subject })
            }
            ast::Preference::Latest(name) | ast::Preference::Earliest(name) => {
                let column =
                    self.column_for(id, name, |ty| matches!(ty, Type::Date | Type::Time), "a date or a time")?;
                let latest = matches!(step, ast::Preference::Latest(_));
                Some(if latest { Preference::Most(column) } else { Preference::Least(column) })
            }
            ast::Preference::Highest(name) | ast::Preference::Lowest(name) => {
                let numbers =
                    |ty: &Type| matches!(ty, Type::Integer { .. } | Type::Decimal { .. } | Type::Money { .. });
                let column = self.column_for(id, name, numbers, "a number")?;
                let highest = matches!(step, ast::Preference::Highest(_));
                Some(if highest { Preference::Most(column) } else { Preference::Least(column) })
            }
        }
    }

    fn column_for(
        &mut self,
        id: RecordsId,
        name: &ast::Name,
        fits: impl Fn(&Type) -> bool,
        asked: &str,
    ) -> Option<ColumnId> {
        let (column, known) = self.column_of(id, name)?;
        if fits(&known.ty) {
            return Some(column);
        }
        let is = words::a_type(&known.ty);
        self.report(
            Diagnostic::error(
                "type-mismatch",
                name.span,
                format!("`{}` is {is}, and this asks for {asked}", name.text),
            )
            .help(format!("name a column that is {asked}")),
        );
        None
    }

    /// The rows of the file, a value a column; what cannot be read is missing, and said.
    fn rows(
        &mut self,
        records: &ast::Records,
        columns: &[Field],
        data: &DataFiles,
        missing: &[SmolStr],
    ) -> Vec<Vec<Value>> {
        let Some(table) = self.table_file(&records.path, data) else { return Vec::new() };
        let missing: Vec<SmolStr> =
            missing.iter().cloned().chain(records.missing.iter().flatten().map(|text| text.text.clone())).collect();
        let places: Vec<Option<usize>> = columns
            .iter()
            .map(|column| self.file_column(&table, &column.columns, &records.path, column.span))
            .collect();
        let readers: Vec<ColumnReader> = columns
            .iter()
            .zip(&places)
            .map(|(column, place)| ColumnReader::new(column, *place, &table, &missing))
            .collect();
        let mut faults = Vec::new();
        let rows = (0..table.len()).map(|row| read_row(&readers, &table, row, self.zone, &mut faults)).collect();
        self.file_faults(&records.path, faults);
        rows
    }
}

/// Reads one column of a file.
struct ColumnReader<'f> {
    field: &'f Field,
    place: Option<usize>,
    reader: FieldReader,
    dates: Option<DateOrder>,
    /// The column that holds the country beside which this one is read.
    country: Option<usize>,
}

impl<'f> ColumnReader<'f> {
    fn new(field: &'f Field, place: Option<usize>, table: &DataTable, missing: &[SmolStr]) -> Self {
        let dated = matches!(field.ty, Type::Date | Type::Time);
        let dates = place
            .filter(|_| dated)
            .and_then(|place| (0..table.len()).find_map(|row| time::order_shown(&table.cell(row, place))));
        let country = match field.ty {
            Type::Region { of } | Type::PostalCode { of } => of.map(|of| of as usize),
            _ => None,
        };
        ColumnReader { field, place, reader: FieldReader::new(field, missing), dates, country }
    }
}

fn read_row(
    readers: &[ColumnReader],
    table: &DataTable,
    row: usize,
    zone: chrono_tz::Tz,
    faults: &mut Vec<(u32, String)>,
) -> Vec<Value> {
    let mut values = vec![Value::Missing; readers.len()];
    // Countries first: regions and postal codes are read beside them.
    for beside_country in [false, true] {
        for (at, reader) in readers.iter().enumerate().filter(|(_, reader)| reader.country.is_some() == beside_country)
        {
            let Some(place) = reader.place else { continue };
            let raw = table.cell(row, place);
            let country = reader.country.and_then(|country| values.get(country));
            let country = country.and_then(|value| match value {
                Value::Text(text) => Some(text.folded.clone()),
                _ => None,
            });
            let context = Context { zone, country: country.as_deref(), dates: reader.dates };
            let (name, line) = (&reader.field.name, table.line(row));
            match reader.reader.read(&raw, &context) {
                Ok(Good { value: Value::Missing, .. }) if reader.field.required => {
                    faults.push((line, format!("`{name}` is required and blank")));
                }
                Ok(good) => {
                    if let Some(slot) = values.get_mut(at) {
                        *slot = good.value;
                    }
                }
                Err(bad) => faults.push((line, format!("`{name}` is `{raw}`; expected {}", bad.expected))),
            }
        }
    }
    values
}
