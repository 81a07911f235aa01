//! Where a lead can be sent: the targets of rules, tables, arms and guarantees.

use super::names::Kind;
use super::scope::Scope;
use super::words;
use crate::diagnostic::Diagnostic;
use crate::policy::{ColumnId, PoolId, QueueId, RecordsId, TableId, Target, TeamId, Type};
use crate::source::Span;
use crate::syntax::ast::{self, OutputKind, TargetKind};

/// What the rows of a table give, known before any row is lowered.
#[derive(Debug, Clone, Default)]
pub(super) struct TableShape {
    pub target: Option<OutputKind>,
    /// Rows name targets of several kinds.
    pub any_target: bool,
    pub sla: bool,
    pub priority: bool,
}

impl TableShape {
    pub(super) fn of(table: &ast::Table) -> Self {
        let mut shape = TableShape::default();
        for output in &table.outputs {
            shape.add(*output);
        }
        if let (true, ast::TableRows::Written(rows)) = (table.outputs.is_empty(), &table.rows) {
            for output in rows.iter().flat_map(|row| &row.outputs) {
                if let Some(kind) = output_kind(output) {
                    shape.add(kind);
                }
            }
        }
        shape
    }

    fn add(&mut self, output: OutputKind) {
        match output {
            OutputKind::Sla => self.sla = true,
            OutputKind::Priority => self.priority = true,
            target => {
                self.any_target |= self.target.is_some_and(|other| other != target);
                self.target.get_or_insert(target);
            }
        }
    }

    pub(super) fn gives_target(&self) -> bool {
        self.target.is_some()
    }
}

/// The kind of an output that a row gives; other targets than those that a table can name are none.
pub(super) fn output_kind(output: &ast::Output) -> Option<OutputKind> {
    match output {
        ast::Output::Sla(_) => Some(OutputKind::Sla),
        ast::Output::Priority(_) => Some(OutputKind::Priority),
        ast::Output::Target(target) => match target.kind {
            TargetKind::Pool(_) => Some(OutputKind::Pool),
            TargetKind::Queue(_) => Some(OutputKind::Queue),
            TargetKind::Team(_) => Some(OutputKind::Team),
            TargetKind::Rep(_) => Some(OutputKind::Rep),
            _ => None,
        },
    }
}

pub(super) fn output_word(output: OutputKind) -> &'static str {
    match output {
        OutputKind::Pool => "pool",
        OutputKind::Queue => "queue",
        OutputKind::Team => "team",
        OutputKind::Rep => "rep",
        OutputKind::Sla => "sla",
        OutputKind::Priority => "priority",
    }
}

impl Scope<'_> {
    pub(super) fn target(&mut self, target: &ast::Target) -> Option<Target> {
        self.assigns_people |= matches!(
            target.kind,
            TargetKind::Rep(_)
                | TargetKind::Owner { .. }
                | TargetKind::TeamOfOwner { .. }
                | TargetKind::ManagerOfOwner { .. }
        );
        match &target.kind {
            TargetKind::Pool(name) => self.resolve(Kind::Pool, name).map(|id| Target::Pool(PoolId(id))),
            TargetKind::Queue(name) => self.resolve(Kind::Queue, name).map(|id| Target::Queue(QueueId(id))),
            TargetKind::Team(name) => self.resolve(Kind::Team, name).map(|id| Target::Team(TeamId(id))),
            TargetKind::Rep(name) => self.rep(name).map(Target::Rep),
            TargetKind::Owner { record, column, under_cap } => {
                let (records, column) = self.owner(record, column)?;
                Some(Target::Owner { records, column, under_cap: *under_cap })
            }
            TargetKind::TeamOfOwner { record, column } => {
                let (records, column) = self.owner(record, column)?;
                Some(Target::TeamOfOwner { records, column })
            }
            TargetKind::ManagerOfOwner { record, column } => {
                let (records, column) = self.owner(record, column)?;
                Some(Target::ManagerOfOwner { records, column })
            }
            TargetKind::TableOutput { table, output } => {
                let id = self.resolve(Kind::Table, table)?;
                self.gives(id, &table.text, *output, target.span)?;
                Some(Target::Table { table: TableId(id), output: Some(*output) })
            }
            TargetKind::Table(name) => {
                let id = self.table_or_hint(name)?;
                if !self.tables.get(id as usize)?.gives_target() {
                    self.report(
                        Diagnostic::error(
                            "type-mismatch",
                            name.span,
                            format!("the rows of `{}` send a lead nowhere", name.text),
                        )
                        .help("give each row a pool, a queue, a team or a rep"),
                    );
                    return None;
                }
                Some(Target::Table { table: TableId(id), output: None })
            }
        }
    }

    /// A bare name after `assign` is a table; of a pool or queue the word that says so is missing.
    fn table_or_hint(&mut self, name: &ast::Name) -> Option<u32> {
        if self.names.get(Kind::Table, &name.text).is_none() {
            for kind in [Kind::Pool, Kind::Queue, Kind::Team] {
                let Some(declared) = self.names.take(kind, &name.text) else { continue };
                let word = kind.word();
                self.report(
                    Diagnostic::error("unknown-name", name.span, format!("there is no table `{}`", name.text))
                        .here(format!("did you mean `{word} {}`?", name.text))
                        .also(declared.span, format!("the {word} `{}` is declared here", name.text))
                        .fix(name.span, format!("{word} {}", name.text)),
                );
                return None;
            }
        }
        self.resolve(Kind::Table, name)
    }

    fn gives(&mut self, id: u32, name: &str, output: OutputKind, span: Span) -> Option<()> {
        let shape = self.tables.get(id as usize)?;
        let has = match output {
            OutputKind::Sla => shape.sla,
            OutputKind::Priority => shape.priority,
            target => shape.any_target || shape.target == Some(target),
        };
        let sends = !matches!(output, OutputKind::Sla | OutputKind::Priority);
        if has && sends {
            return Some(());
        }
        let word = output_word(output);
        self.report(match sends {
            true => Diagnostic::error("type-mismatch", span, format!("the table `{name}` gives no {word}"))
                .help(format!("name an output that it gives, or `{name}` alone for the target of its row")),
            false => Diagnostic::error(
                "type-mismatch",
                span,
                format!("a lead is not assigned to {} {word}", if word == "sla" { "an" } else { "a" }),
            )
            .help(format!("write `assign {name}`: the {word} of the row comes with it")),
        });
        None
    }

    fn owner(&mut self, record: &ast::Name, column: &ast::Name) -> Option<(RecordsId, ColumnId)> {
        let (records, id, known) = self.column(record, column)?;
        if *known.ty == Type::Rep {
            return Some((records, id));
        }
        let is = words::a_type(&known.ty);
        self.report(
            Diagnostic::error(
                "type-mismatch",
                record.span.to(column.span),
                format!("`{}.{}` is {is}, not a rep", record.text, column.text),
            )
            .help(format!("declare the column `{}` as `rep`", column.text)),
        );
        None
    }
}
