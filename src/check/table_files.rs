//! Tables whose rows are in a CSV file: a column for each input and each output, a row for each row.

use super::comparisons::{is_ordered, is_whole};
use super::conditions::{any, not, test};
use super::intervals::{self, Stretch};
use super::names::Kind;
use super::scope::{Scope, Valued};
use super::tables::Input;
use super::targets::output_word;
use crate::data::number;
use crate::data::table::DataTable;
use crate::data::text::{fold, trim};
use crate::data::value::{self, Context};
use crate::diagnostic::{Diagnostic, Severity};
use crate::policy::{
    Condition, ConditionKind, DataFiles, PoolId, Predicate, QueueId, Range, Row, SlaId, Target, TeamId, TextSet, Type,
    Value,
};
use crate::source::Span;
use crate::syntax::ast::{self, Op, OutputKind};
use rust_decimal::Decimal;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Scope<'_> {
    pub(super) fn file_rows(
        &mut self,
        table: &ast::Table,
        path: &ast::Text,
        inputs: &[(String, Input)],
        data: &DataFiles,
    ) -> Vec<Row> {
        if table.outputs.is_empty() {
            self.report(
                Diagnostic::error(
                    "missing-part",
                    table.name.span,
                    format!("nothing says which columns of `{}` tell where a lead goes", path.text),
                )
                .help(format!("write `-> pool from \"{}\"`, or what else its rows give", path.text)),
            );
            return Vec::new();
        }
        let Some(file) = self.table_file(path, data) else { return Vec::new() };
        let columns: Vec<Option<usize>> =
            inputs.iter().map(|(name, _)| self.file_column(&file, &input_headers(name), path, path.span)).collect();
        let outputs: Vec<(OutputKind, Option<usize>)> = table
            .outputs
            .iter()
            .map(|kind| {
                let header = [SmolStr::new_static(output_word(*kind))];
                (*kind, self.file_column(&file, &header, path, path.span))
            })
            .collect();
        if columns.iter().any(Option::is_none) || outputs.iter().any(|(_, column)| column.is_none()) {
            return Vec::new();
        }
        let mut faults = Vec::new();
        let mut rows = Vec::with_capacity(file.len());
        for at in 0..file.len() {
            let mut row = Row {
                cells: Vec::new(),
                target: None,
                sla: None,
                priority: None,
                span: path.span,
                line: Some(file.line(at)),
            };
            for ((name, input), column) in inputs.iter().zip(&columns) {
                let raw = cell_text(&file, at, *column);
                match self.file_cell(&raw, input, path.span) {
                    Ok(kind) => row.cells.push(Condition { kind, span: path.span }),
                    Err(expected) => {
                        faults.push((file.line(at), format!("`{name}` is `{raw}`; expected {expected}")));
                        row.cells.push(Condition { kind: ConditionKind::Constant(false), span: path.span });
                    }
                }
            }
            for (kind, column) in &outputs {
                let raw = cell_text(&file, at, *column);
                if let Err(fault) = self.file_output(*kind, &raw, &mut row) {
                    faults.push((file.line(at), fault));
                }
            }
            rows.push(row);
        }
        if rows.is_empty() {
            faults.push((1, "the table has a header and no row".to_string()));
        }
        self.file_findings(
            path,
            faults,
            Severity::Error,
            "mend the file; a row that cannot be read would send leads elsewhere",
        );
        rows
    }

    /// A cell as a condition, or what was expected.
    fn file_cell(&mut self, raw: &str, input: &Input, span: Span) -> Result<ConditionKind, String> {
        let words = raw.to_ascii_lowercase();
        match words.as_str() {
            "" => return Err("a value, `any`, `present` or `missing`".to_string()),
            "any" | "*" => return Ok(ConditionKind::Constant(true)),
            "missing" => return self.absent(input, span).ok_or_else(String::new),
            "present" => return self.absent(input, span).map(|absent| not(absent, span)).ok_or_else(String::new),
            _ => {}
        }
        let parts = raw.split('|').map(trim).filter(|part| !part.is_empty());
        match input {
            Input::Value { valued, prefix } => self.file_values(parts, valued, *prefix, span),
            Input::Partition(id) => {
                let mut kinds = Vec::new();
                for part in parts {
                    let segment = self.part_named(*id, part);
                    kinds.push(ConditionKind::Segment(segment.ok_or("the name of a part, `any` or `missing`")?));
                }
                Ok(any(kinds, span))
            }
            Input::Grade(id) => {
                let mut steps = Vec::new();
                for part in parts {
                    let step = self.grades.get(id.at()).and_then(|steps| steps.get(part)).copied();
                    steps.push(step.ok_or("a step of the grade, `any` or `missing`")?);
                }
                Ok(ConditionKind::Grade(*id, steps))
            }
            Input::Holds(kind) => match number::boolean(raw) {
                Some(true) => Ok(kind.clone()),
                Some(false) => Ok(not(kind.clone(), span)),
                None => Err("yes, no or `any`".to_string()),
            },
            Input::Broken => Ok(ConditionKind::Constant(false)),
        }
    }

    fn file_values<'r>(
        &mut self,
        parts: impl Iterator<Item = &'r str>,
        valued: &Valued,
        prefix: bool,
        span: Span,
    ) -> Result<ConditionKind, String> {
        let ty = &*valued.ty;
        let (mut texts, mut text_ranges, mut ranges) = (BTreeSet::new(), Vec::new(), Vec::new());
        let mut kinds = Vec::new();
        for part in parts {
            let ends = part.split_once("..").map(|(low, high)| (trim(low), trim(high)));
            match (ends, is_ordered(ty)) {
                (Some((low, high)), true) => ranges.push(self.number_range(low, high, ty)?),
                (Some((low, high)), false) => {
                    let (low, high) = (self.text_of(low, ty, true)?, self.text_of(high, ty, true)?);
                    if low > high && !low.starts_with(high.as_str()) {
                        return Err("a range from the lower to the higher".to_string());
                    }
                    text_ranges.push((low, high));
                }
                (None, true) => {
                    let number = self.number_of(part, ty)?;
                    ranges.push(Stretch::point(number).compared(Op::Equal));
                }
                (None, false) if *ty == Type::Boolean => {
                    let holds = test(valued.subject, Predicate::True);
                    let absent = test(valued.subject, Predicate::Missing);
                    match number::boolean(part).ok_or("yes, no or `any`")? {
                        true => kinds.push(holds),
                        false => kinds.push(not(any(vec![holds, absent], span), span)),
                    }
                }
                (None, false) => {
                    let text = self.text_of(part, ty, prefix)?;
                    match prefix {
                        true => text_ranges.push((text.clone(), text)),
                        false => {
                            if *ty == Type::Language {
                                text_ranges.push(super::membership::below(&text));
                            }
                            texts.insert(text);
                        }
                    }
                }
            }
        }
        if !ranges.is_empty() {
            let ranges = if is_whole(ty) { ranges.into_iter().map(intervals::whole).collect() } else { ranges };
            kinds.push(test(valued.subject, Predicate::InRanges(intervals::joined(ranges, is_whole(ty)))));
        }
        if !texts.is_empty() || !text_ranges.is_empty() {
            let set = TextSet { values: Arc::new(texts), ranges: text_ranges, list: None };
            kinds.push(test(valued.subject, Predicate::InTexts(set)));
        }
        if kinds.is_empty() { Err("a value, `any`, `present` or `missing`".to_string()) } else { Ok(any(kinds, span)) }
    }

    fn number_range(&self, low: &str, high: &str, ty: &Type) -> Result<Range, String> {
        let end = |raw: &str| {
            if raw.is_empty() { Ok(None) } else { self.number_of(raw, ty).map(|at| Some(Stretch::point(at))) }
        };
        let range = intervals::between(end(low)?, end(high)?);
        if intervals::is_empty(&range) { Err("a range from the lower to the higher".to_string()) } else { Ok(range) }
    }

    fn number_of(&self, raw: &str, ty: &Type) -> Result<Decimal, String> {
        let read = value::read(ty, raw, &Context::in_zone(self.zone)).map_err(|bad| bad.expected)?;
        value::ordinal(&read.value).ok_or_else(|| value::expected(ty))
    }

    /// The form in which a text compares; the start of one is only folded.
    fn text_of(&self, raw: &str, ty: &Type, part: bool) -> Result<SmolStr, String> {
        if part {
            return Ok(super::spelling::spelled_as(raw, ty));
        }
        match value::read(ty, raw, &Context::in_zone(self.zone)) {
            Ok(read) => match read.value {
                Value::Text(text) => Ok(text.folded),
                _ => Err(value::expected(ty)),
            },
            Err(bad) => Err(match bad.suggestion {
                Some(meant) => format!("{} (did you mean `{meant}`?)", bad.expected),
                None => bad.expected,
            }),
        }
    }

    /// What a row gives, or what is wrong with it.
    fn file_output(&mut self, kind: OutputKind, raw: &str, row: &mut Row) -> Result<(), String> {
        let word = output_word(kind);
        if raw.is_empty() {
            return Err(format!("no {word} is given"));
        }
        let name = raw.strip_prefix(word).filter(|rest| rest.starts_with(' ')).map_or(raw, trim);
        match kind {
            OutputKind::Pool => row.target = Some(Target::Pool(PoolId(self.file_name(Kind::Pool, name)?))),
            OutputKind::Queue => row.target = Some(Target::Queue(QueueId(self.file_name(Kind::Queue, name)?))),
            OutputKind::Team => row.target = Some(Target::Team(TeamId(self.file_name(Kind::Team, name)?))),
            OutputKind::Rep => {
                let rep = self.people.find(name).ok_or_else(|| format!("there is no rep `{name}`"))?;
                row.target = Some(Target::Rep(rep));
            }
            OutputKind::Sla => row.sla = Some(SlaId(self.file_name(Kind::Sla, name)?)),
            OutputKind::Priority => {
                let priority = number::integer(name).ok().filter(|priority| *priority >= 0);
                row.priority = Some(priority.ok_or_else(|| format!("`{name}` is not a priority"))?);
            }
        }
        Ok(())
    }

    fn file_name(&mut self, kind: Kind, name: &str) -> Result<u32, String> {
        if let Some(declared) = self.names.take(kind, name).or_else(|| self.names.take(kind, &fold(name))) {
            return Ok(declared.id);
        }
        let word = kind.word();
        let close = self.suggester.closest(name, self.names.of(kind).map(|(name, _)| name.as_str()));
        Err(match close {
            Some(close) => format!("there is no {word} `{name}`; did you mean `{close}`?"),
            None => format!("there is no {word} `{name}`"),
        })
    }
}

/// The headers under which an input may stand: as the policy names it, else without `prefix of` or the record.
fn input_headers(name: &str) -> Vec<SmolStr> {
    let bare = name.trim_start_matches("prefix of ");
    let column = bare.rsplit('.').next().unwrap_or(bare);
    [name, bare, column].map(SmolStr::new).to_vec()
}

fn cell_text(file: &DataTable, row: usize, column: Option<usize>) -> String {
    column.map_or(String::new(), |column| trim(&file.cell(row, column)).to_string())
}
