//! Tables: what their inputs ask, and the rows that are written in the policy.

use super::conditions::{any, broken, not, test};
use super::declarations::Declarations;
use super::names::Kind;
use super::scope::{Meaning, Scope, Side, Valued};
use super::targets::{TableShape, output_kind, output_word};
use super::words;
use crate::diagnostic::Diagnostic;
use crate::policy::{
    Condition, ConditionKind, DataFiles, GradeId, Predicate, Row, SegmentId, SlaId, Table, TextSet, Type,
};
use crate::source::Span;
use crate::syntax::ast::{self, CellKind, Operand, OutputKind, TableRows};

/// What one column of a table asks about.
#[derive(Debug, Clone)]
pub(super) enum Input {
    Value {
        valued: Valued,
        prefix: bool,
    },
    Partition(u32),
    Grade(GradeId),
    /// A segment, territory or let: its cells are `yes` or `no`.
    Holds(ConditionKind),
    /// A finding says why it asks nothing.
    Broken,
}

impl Scope<'_> {
    pub(super) fn table_shapes(&mut self, found: &Declarations<'_>) {
        self.tables = found.tables.iter().map(|table| TableShape::of(table)).collect();
    }

    pub(super) fn tables(&mut self, found: &Declarations<'_>, data: &DataFiles) -> Vec<Table> {
        let mut tables = Vec::with_capacity(found.tables.len());
        for table in &found.tables {
            let inputs: Vec<(String, Input)> =
                table.inputs.iter().map(|input| (input_words(input), self.table_input(input))).collect();
            let rows = match &table.rows {
                TableRows::Written(rows) => self.written_rows(table, rows, &inputs),
                TableRows::File(path) => self.file_rows(table, path, &inputs, data),
            };
            tables.push(Table {
                name: table.name.text.clone(),
                span: table.name.span,
                first_row_wins: table.first_row_wins,
                inputs: inputs.into_iter().map(|(words, _)| words.into()).collect(),
                rows,
            });
        }
        tables
    }

    fn table_input(&mut self, input: &ast::TableInput) -> Input {
        let Some(meaning) = self.subject(&input.subject, Side::Lead) else { return Input::Broken };
        let (name, span) = (words::subject(&input.subject), input.subject.span);
        match meaning {
            Meaning::Value(valued) if !input.prefix => match &*valued.ty {
                Type::SetOf(_) => {
                    self.report(
                        Diagnostic::error(
                            "type-mismatch",
                            span,
                            format!("`{name}` has many values, and a cell asks for one"),
                        )
                        .help("use a rule with `has any of`"),
                    );
                    Input::Broken
                }
                _ => Input::Value { valued, prefix: false },
            },
            Meaning::Value(valued) if has_prefixes(&valued.ty) => Input::Value { valued, prefix: true },
            Meaning::Partition(id) if !input.prefix => Input::Partition(id),
            Meaning::Grade(id) if !input.prefix => Input::Grade(id),
            Meaning::Segment(id) if !input.prefix => Input::Holds(ConditionKind::Segment(id)),
            Meaning::Let(id) if !input.prefix => Input::Holds(ConditionKind::Let(id)),
            Meaning::Territory(ids) if !input.prefix => Input::Holds(ConditionKind::Territory(ids)),
            other => {
                let is = match &other {
                    Meaning::Value(valued) => words::a_type(&valued.ty),
                    _ => "no value".to_string(),
                };
                self.report(
                    Diagnostic::error("type-mismatch", span, format!("`{name}` is {is}, which has no prefix"))
                        .help("ask for the prefix of a text or a postal code, or leave out `prefix of`"),
                );
                Input::Broken
            }
        }
    }

    fn written_rows(&mut self, table: &ast::Table, rows: &[ast::TableRow], inputs: &[(String, Input)]) -> Vec<Row> {
        if rows.is_empty() {
            self.report(
                Diagnostic::error(
                    "missing-part",
                    table.name.span,
                    format!("the table `{}` has no row", table.name.text),
                )
                .help("write a row: its cells, `->` and what it gives"),
            );
        }
        let mut lowered = Vec::with_capacity(rows.len());
        let mut closed: Option<Span> = None;
        for row in rows {
            if let (Some(first), true) = (closed, table.first_row_wins) {
                self.report(
                    Diagnostic::error("unreachable", row.span, "no lead comes to this row")
                        .also(first, "this row takes every lead")
                        .help("put the row that takes every lead last"),
                );
            }
            if row.cells.iter().all(|cell| matches!(cell.kind, CellKind::Any)) {
                closed = closed.or(Some(row.span));
            }
            lowered.push(self.written_row(table, row, inputs));
        }
        lowered
    }

    fn written_row(&mut self, table: &ast::Table, row: &ast::TableRow, inputs: &[(String, Input)]) -> Row {
        if row.cells.len() != inputs.len() {
            let (cells, asked) = (words::count(row.cells.len(), "cell"), words::count(inputs.len(), "input"));
            let names: Vec<&str> = inputs.iter().map(|(words, _)| words.as_str()).collect();
            self.report(
                Diagnostic::error("table-row", row.span, format!("this row has {cells}, and the table {asked}"))
                    .also(table.name.span, format!("by {}", names.join(", ")))
                    .help("write a cell for each input; `any` where it does not matter"),
            );
        }
        let cells = row.cells.iter().zip(inputs).map(|(cell, (name, input))| self.cell(cell, input, name)).collect();
        let mut lowered = Row { cells, target: None, sla: None, priority: None, span: row.span, line: None };
        self.row_kinds(table, row);
        for output in &row.outputs {
            match output {
                ast::Output::Target(target) => match output_kind(output) {
                    Some(_) => lowered.target = self.target(target),
                    None => self.report(
                        Diagnostic::error("table-row", target.span, "a row gives a pool, a queue, a team or a rep")
                            .help("assign owners in a rule of its own"),
                    ),
                },
                ast::Output::Sla(name) => lowered.sla = self.resolve(Kind::Sla, name).map(SlaId),
                ast::Output::Priority(priority) => lowered.priority = Some(priority.value),
            }
        }
        lowered
    }

    /// A row gives what the head of the table names. Where the head names nothing, all rows give a target or none does; an SLA and a
    /// priority may come with it.
    fn row_kinds(&mut self, table: &ast::Table, row: &ast::TableRow) {
        let kinds = |row: &ast::TableRow| -> Vec<OutputKind> { row.outputs.iter().filter_map(output_kind).collect() };
        let given = kinds(row);
        for (what, of) in [("target", is_target as fn(&OutputKind) -> bool), ("sla", is_sla), ("priority", is_priority)]
        {
            if given.iter().filter(|kind| of(kind)).count() > 1 {
                self.report(
                    Diagnostic::error("table-row", row.span, format!("this row gives more than one {what}"))
                        .help(format!("give one {what}")),
                );
                return;
            }
        }
        let first = match &table.rows {
            TableRows::Written(rows) => rows.first(),
            TableRows::File(_) => None,
        };
        let (asked, place, alike) = match (table.outputs.is_empty(), first) {
            (false, _) => {
                let head = &table.outputs;
                let alike = given.len() == head.len() && head.iter().all(|kind| given.contains(kind));
                (head.clone(), table.name.span, alike)
            }
            (true, Some(first)) => {
                let asked = kinds(first);
                let alike = given.iter().any(is_target) == asked.iter().any(is_target);
                (asked, first.span, alike)
            }
            (true, None) => return,
        };
        if !alike {
            self.report(
                Diagnostic::error("table-row", row.span, format!("this row gives {}", listed(&given)))
                    .also(place, format!("{} was said here", listed(&asked)))
                    .help("let each row of a table give the same kinds of things"),
            );
        }
    }

    fn cell(&mut self, cell: &ast::Cell, input: &Input, name: &str) -> Condition {
        let span = cell.span;
        let kind = match &cell.kind {
            CellKind::Any => Some(ConditionKind::Constant(true)),
            CellKind::Missing => self.absent(input, span),
            CellKind::Present => self.absent(input, span).map(|absent| not(absent, span)),
            CellKind::Values(values) => match input {
                Input::Value { valued, prefix: false } => self.one_of(valued, name, values, true, span),
                Input::Value { valued, prefix: true } => self.prefixes(valued, name, values),
                Input::Partition(id) => self.parts(*id, name, values, span),
                Input::Grade(id) => self.steps(*id, name, values),
                Input::Holds(kind) => self.yes_or_no(kind, name, values, span),
                Input::Broken => None,
            },
        };
        kind.map_or(broken(span), |kind| Condition { kind, span })
    }

    /// The input has no value; of a partition: no part of it holds the lead.
    pub(super) fn absent(&self, input: &Input, span: Span) -> Option<ConditionKind> {
        match input {
            Input::Value { valued, .. } => Some(test(valued.subject, Predicate::Missing)),
            Input::Partition(id) => {
                let parts = self.partitions.get(*id as usize)?.values().copied().map(ConditionKind::Segment);
                Some(not(any(parts.collect(), span), span))
            }
            Input::Grade(id) => {
                let steps = self.grades.get(id.at())?.values().copied().collect();
                Some(not(ConditionKind::Grade(*id, steps), span))
            }
            Input::Holds(_) => Some(ConditionKind::Constant(false)),
            Input::Broken => None,
        }
    }

    fn prefixes(&mut self, valued: &Valued, name: &str, values: &[Operand]) -> Option<ConditionKind> {
        let mut ranges = Vec::new();
        for operand in values {
            match operand {
                Operand::One(literal) => {
                    let start = self.spelling(literal, &valued.ty, name);
                    ranges.extend(start.map(|start| (start.clone(), start)));
                }
                Operand::Range { low, high, span } => {
                    ranges.extend(self.text_range(low.as_ref(), high.as_ref(), *span, &valued.ty, name));
                }
            }
        }
        let set = TextSet { ranges, ..TextSet::default() };
        if set.ranges.is_empty() { None } else { Some(test(valued.subject, Predicate::InTexts(set))) }
    }

    fn yes_or_no(&mut self, kind: &ConditionKind, name: &str, values: &[Operand], span: Span) -> Option<ConditionKind> {
        let mut kinds = Vec::new();
        for operand in values {
            match self.yes(operand, name)? {
                true => kinds.push(kind.clone()),
                false => kinds.push(not(kind.clone(), span)),
            }
        }
        Some(any(kinds, span))
    }

    /// The segment of a partition that has this name.
    pub(super) fn part_named(&self, partition: u32, name: &str) -> Option<SegmentId> {
        self.partitions.get(partition as usize)?.get(name).copied()
    }
}

fn is_target(kind: &OutputKind) -> bool {
    !is_sla(kind) && !is_priority(kind)
}

fn is_sla(kind: &OutputKind) -> bool {
    *kind == OutputKind::Sla
}

fn is_priority(kind: &OutputKind) -> bool {
    *kind == OutputKind::Priority
}

fn listed(kinds: &[OutputKind]) -> String {
    match kinds {
        [] => "nothing".to_string(),
        kinds => kinds.iter().map(|kind| output_word(*kind)).collect::<Vec<_>>().join(", "),
    }
}

fn has_prefixes(ty: &Type) -> bool {
    matches!(ty, Type::Text | Type::PostalCode { .. } | Type::Region { .. } | Type::Domain | Type::Email)
}

fn input_words(input: &ast::TableInput) -> String {
    let subject = words::subject(&input.subject);
    if input.prefix { format!("prefix of {subject}") } else { subject }
}
