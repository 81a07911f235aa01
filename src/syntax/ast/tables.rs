//! Decision tables.

use super::{Name, Operand, Subject, Target, Text, Whole};
use crate::source::Span;
use serde::Serialize;

/// `table reach by size, prefix of postal_code first row wins { ... }` or `table desk by state -> pool from "desks.csv"`
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    pub name: Name,
    pub inputs: Vec<TableInput>,
    /// The outputs that are named in the head: `-> pool, sla`. Empty where each row says what it gives.
    pub outputs: Vec<OutputKind>,
    pub first_row_wins: bool,
    pub rows: TableRows,
}

#[derive(Debug, Clone, Serialize)]
pub struct TableInput {
    /// `prefix of postal_code`
    pub prefix: bool,
    /// A field, let, partition of segments, grade, score, or `account.x`.
    pub subject: Subject,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum OutputKind {
    Pool,
    Queue,
    Team,
    Rep,
    Sla,
    Priority,
}

#[derive(Debug, Clone, Serialize)]
pub enum TableRows {
    File(Text),
    Written(Vec<TableRow>),
}

#[derive(Debug, Clone, Serialize)]
pub struct TableRow {
    pub cells: Vec<Cell>,
    pub outputs: Vec<Output>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct Cell {
    pub kind: CellKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum CellKind {
    Any,
    Missing,
    Present,
    /// `34..39 | 111..113`
    Values(Vec<Operand>),
}

/// `pool emea_overflow`, `sla hot`, `priority 1`
#[derive(Debug, Clone, Serialize)]
pub enum Output {
    Target(Target),
    Sla(Name),
    Priority(Whole),
}
