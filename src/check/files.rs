//! Data files: which ones a policy names, their content, and what is wrong with them in a few lines.

use super::scope::Scope;
use super::words;
use crate::data::table::{self, DataTable};
use crate::diagnostic::{Diagnostic, Severity};
use crate::policy::DataFiles;
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, CalendarBody, CalendarClause, ItemKind, ListSource, TableRows};
use smol_str::SmolStr;
use std::borrow::Borrow;
use std::sync::Arc;

/// So many faults of one file are told; of the others, how many there are.
const TOLD: usize = 3;

/// Every data file that a policy names, as written, with the place where it is first named.
pub fn data_paths<F: Borrow<ast::File>>(files: &[(FileId, F)]) -> Vec<(String, Span)> {
    let mut paths: indexmap::IndexMap<String, Span> = indexmap::IndexMap::new();
    for item in files.iter().flat_map(|(_, file)| &file.borrow().items) {
        let named: Vec<&ast::Text> = match &item.kind {
            ItemKind::List(list) => match &list.source {
                ListSource::File { path, .. } => vec![path],
                ListSource::Values(_) => Vec::new(),
            },
            ItemKind::Records(records) => vec![&records.path],
            ItemKind::Calendar(calendar) => match &calendar.body {
                CalendarBody::Block(clauses) => clauses.iter().filter_map(holidays_file).collect(),
                CalendarBody::Combined(_) => Vec::new(),
            },
            ItemKind::Team(team) => team.members.iter().map(|members| &members.path).collect(),
            ItemKind::Table(table) => match &table.rows {
                TableRows::File(path) => vec![path],
                TableRows::Written(_) => Vec::new(),
            },
            ItemKind::Test(test) => test.leads.iter().collect(),
            _ => Vec::new(),
        };
        for path in named {
            paths.entry(path.text.to_string()).or_insert(path.span);
        }
    }
    paths.into_iter().collect()
}

fn holidays_file(clause: &CalendarClause) -> Option<&ast::Text> {
    match clause {
        CalendarClause::HolidaysFile(path) => Some(path),
        _ => None,
    }
}

impl Scope<'_> {
    /// The content of a file, or the finding that it could not be read, once for each file.
    pub(super) fn file(&mut self, path: &ast::Text, data: &DataFiles) -> Option<Arc<[u8]>> {
        let why = match data.get(path.text.as_str()) {
            Some(Ok(bytes)) => return Some(bytes.clone()),
            Some(Err(why)) => why.as_str(),
            None => "it was not given",
        };
        if self.files_said.insert(path.text.clone()) {
            self.report(
                Diagnostic::error("missing-file", path.span, format!("`{}` cannot be read", path.text))
                    .note(why)
                    .help("see whether the file is there; paths are relative to the folder of the policy that is run"),
            );
        }
        None
    }

    /// A CSV file with a header; what is wrong with its rows is said.
    pub(super) fn table_file(&mut self, path: &ast::Text, data: &DataFiles) -> Option<DataTable> {
        let bytes = self.file(path, data)?;
        match table::read_table(&bytes) {
            Ok(read) => {
                if self.files_said.insert(path.text.clone()) {
                    self.file_faults(
                        path,
                        read.faults.iter().map(|fault| (fault.line.unwrap_or(0), fault.message.clone())).collect(),
                    );
                }
                Some(read)
            }
            Err(fault) => {
                if self.files_said.insert(path.text.clone()) {
                    self.report(
                        Diagnostic::error("bad-data", path.span, format!("`{}` is not a table", path.text))
                            .note(at_line(fault.line.unwrap_or(0), &fault.message))
                            .help("give a CSV file whose first line names its columns"),
                    );
                }
                None
            }
        }
    }

    /// The place of a column in a file, or the finding that it has none.
    pub(super) fn file_column(
        &mut self,
        table: &DataTable,
        names: &[SmolStr],
        path: &ast::Text,
        span: Span,
    ) -> Option<usize> {
        if let Some(at) = names.iter().find_map(|name| table.column(name)) {
            return Some(at);
        }
        let name = names.first()?;
        let close = self.suggester.closest(name, table.columns.iter().map(SmolStr::as_str));
        let found = Diagnostic::error("missing-column", span, format!("`{}` has no column `{name}`", path.text));
        let has = words::several(table.columns.iter().map(SmolStr::as_str), 12);
        let found = found.note(format!("its columns are {has}"));
        self.report(match close {
            Some(close) => found.here(format!("did you mean `{close}`?")).help(format!("read it `from \"{close}\"`")),
            None => found.help("name a column of the file, or add the column to the file"),
        });
        None
    }

    /// Warns of what is wrong with the rows of a file.
    pub(super) fn file_faults(&mut self, path: &ast::Text, faults: Vec<(u32, String)>) {
        self.file_findings(path, faults, Severity::Warning, "mend the file; what cannot be read counts as missing");
    }

    /// Says what is wrong with a file in one finding: the first few faults, and how many more.
    pub(super) fn file_findings(
        &mut self,
        path: &ast::Text,
        faults: Vec<(u32, String)>,
        severity: Severity,
        help: &str,
    ) {
        if faults.is_empty() {
            return;
        }
        let count = words::count(faults.len(), "fault");
        let mut found = Diagnostic::warning("bad-data", path.span, format!("`{}` has {count}", path.text));
        found.severity = severity;
        for (line, message) in faults.iter().take(TOLD) {
            found = found.note(at_line(*line, message));
        }
        if faults.len() > TOLD {
            found = found.note(format!("and {} more", faults.len() - TOLD));
        }
        self.report(found.help(help));
    }
}

fn at_line(line: u32, message: &str) -> String {
    if line == 0 { message.to_string() } else { format!("line {line}: {message}") }
}
