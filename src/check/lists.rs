//! Lists: their values, read as the type with which they are compared.

use super::comparisons::{is_ordered, is_whole};
use super::declarations::Declarations;
use super::intervals;
use super::scope::Scope;
use super::words;
use crate::data::text;
use crate::data::value::{self, Context};
use crate::policy::{DataFiles, List, Range, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{self, ListSource, Operand};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A list before it is known what it is compared with.
#[derive(Debug)]
pub(super) struct RawList<'a> {
    name: SmolStr,
    span: Span,
    written: &'a [Operand],
    path: Option<&'a ast::Text>,
    /// Line and text of each entry of the file.
    entries: Arc<Vec<(u32, SmolStr)>>,
    reads: Vec<(Type, Arc<ListValues>)>,
}

/// The values of a list as one type.
#[derive(Debug, Default)]
pub(super) struct ListValues {
    pub texts: Arc<BTreeSet<SmolStr>>,
    pub text_ranges: Vec<(SmolStr, SmolStr)>,
    pub ranges: Vec<Range>,
}

impl<'a> Scope<'a> {
    pub(super) fn load_lists(&mut self, found: &Declarations<'a>, data: &DataFiles) {
        for list in &found.lists {
            let (written, path, entries) = match &list.source {
                ListSource::Values(values) => (values.as_slice(), None, Vec::new()),
                ListSource::File { path, column } => {
                    (&[] as &[Operand], Some(path), self.list_file(path, column.as_ref(), data).unwrap_or_default())
                }
            };
            self.lists.push(RawList {
                name: list.name.text.clone(),
                span: list.name.span,
                written,
                path,
                entries: Arc::new(entries),
                reads: Vec::new(),
            });
        }
    }

    /// The entries of a file: of a column, or one a line.
    fn list_file(
        &mut self,
        path: &ast::Text,
        column: Option<&ast::Name>,
        data: &DataFiles,
    ) -> Option<Vec<(u32, SmolStr)>> {
        let Some(column) = column else {
            let bytes = self.file(path, data)?;
            return Some(crate::data::table::read_list(&bytes).entries);
        };
        let table = self.table_file(path, data)?;
        let at = self.file_column(&table, std::slice::from_ref(&column.text), path, column.span)?;
        let cells = (0..table.len()).map(|row| (table.line(row), table.cell(row, at)));
        Some(cells.filter(|(_, cell)| !text::trim(cell).is_empty()).map(|(line, cell)| (line, cell.into())).collect())
    }

    /// The values of a list as a type; faults are said when it is first read so.
    pub(super) fn list_as(&mut self, list: u32, ty: &Type, name: &str) -> Option<Arc<ListValues>> {
        let ty = unbound(ty);
        let raw = self.lists.get(list as usize)?;
        if let Some((_, values)) = raw.reads.iter().find(|(read, _)| *read == ty) {
            return Some(values.clone());
        }
        let (written, path, entries) = (raw.written, raw.path, raw.entries.clone());
        let mut read = Reading::default();
        self.read_written(written, &ty, name, &mut read);
        let mut faults = Vec::new();
        let context = Context::in_zone(self.zone);
        for (line, entry) in entries.iter() {
            match value::read(&ty, entry, &context) {
                Ok(good) => read.value(good.value, &ty),
                Err(_) => faults.push((*line, format!("`{}` is not {}", shortened(entry), words::a_type(&ty)))),
            }
        }
        if let Some(path) = path {
            self.file_faults(path, faults);
        }
        let values = Arc::new(ListValues {
            texts: Arc::new(read.texts),
            text_ranges: read.text_ranges,
            ranges: intervals::joined(read.ranges, is_whole(&ty)),
        });
        self.lists.get_mut(list as usize)?.reads.push((ty, values.clone()));
        Some(values)
    }

    fn read_written(&mut self, written: &[Operand], ty: &Type, name: &str, read: &mut Reading) {
        for operand in written {
            match operand {
                Operand::One(literal) if is_ordered(ty) => {
                    let stretch = self.stretch(literal, ty, name);
                    read.ranges.extend(stretch.map(|stretch| stretch.compared(ast::Op::Equal)));
                }
                Operand::One(literal) => {
                    if let Some(value) = self.literal(literal, ty, name) {
                        read.value(value, ty);
                    }
                }
                Operand::Range { low, high, span } if is_ordered(ty) => {
                    let range = self.ordered_range(low.as_ref(), high.as_ref(), *span, ty, name);
                    read.ranges.extend(range.map(|range| if is_whole(ty) { intervals::whole(range) } else { range }));
                }
                Operand::Range { low, high, span } => {
                    read.text_ranges.extend(self.text_range(low.as_ref(), high.as_ref(), *span, ty, name));
                }
            }
        }
    }

    /// The lists with all that they were read as; one that is compared with nothing is read as texts.
    pub(super) fn lists(&mut self) -> Vec<List> {
        let mut lists = Vec::with_capacity(self.lists.len());
        for raw in &self.lists {
            let mut list = List {
                name: raw.name.clone(),
                span: raw.span,
                values: Arc::default(),
                ranges: Vec::new(),
                text_ranges: Vec::new(),
            };
            match raw.reads.as_slice() {
                [] => {
                    let written = raw.written.iter().filter_map(|operand| match operand {
                        Operand::One(literal) => Some(text::fold(&words::literal(literal))),
                        Operand::Range { .. } => None,
                    });
                    list.values =
                        Arc::new(written.chain(raw.entries.iter().map(|(_, entry)| text::fold(entry))).collect());
                }
                [(_, only)] => list.values = only.texts.clone(),
                several => {
                    let all = several.iter().flat_map(|(_, values)| values.texts.iter().cloned());
                    list.values = Arc::new(all.collect());
                }
            }
            for (_, values) in &raw.reads {
                list.ranges.extend(values.ranges.iter().cloned());
                list.text_ranges.extend(values.text_ranges.iter().cloned());
            }
            list.ranges = intervals::joined(list.ranges, false);
            lists.push(list);
        }
        lists
    }
}

#[derive(Default)]
struct Reading {
    texts: BTreeSet<SmolStr>,
    text_ranges: Vec<(SmolStr, SmolStr)>,
    ranges: Vec<Range>,
}

impl Reading {
    fn value(&mut self, value: Value, ty: &Type) {
        if let Some(number) = value::ordinal(&value) {
            self.ranges.push(intervals::Stretch::point(number).compared(ast::Op::Equal));
        }
        if let Value::Text(text) = value {
            if *ty == Type::Language {
                self.text_ranges.push(super::membership::below(&text.folded));
            }
            self.texts.insert(text.folded);
        }
    }
}

/// The type without what differs between fields but not between their values.
fn unbound(ty: &Type) -> Type {
    match ty {
        Type::Integer { .. } => Type::Integer { low: None, high: None },
        Type::Decimal { .. } => Type::Decimal { low: None, high: None },
        Type::Region { .. } => Type::Region { of: None },
        Type::PostalCode { .. } => Type::PostalCode { of: None },
        other => other.clone(),
    }
}

fn shortened(entry: &str) -> String {
    match entry.char_indices().nth(40) {
        Some((at, _)) => format!("{}...", entry.get(..at).unwrap_or("")),
        None => entry.to_string(),
    }
}
