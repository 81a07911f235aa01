//! Records: the accounts and deals that a lead is matched with.

use super::{Condition, Field, Name, Text};
use crate::source::Span;
use serde::Serialize;

/// `records account from "accounts.csv" { ... }`
#[derive(Debug, Clone, Serialize)]
pub struct Records {
    pub name: Name,
    pub path: Text,
    /// `missing means ...` for every column.
    pub missing: Vec<Vec<Text>>,
    pub columns: Vec<Field>,
    pub clauses: Vec<RecordClause>,
}

#[derive(Debug, Clone, Serialize)]
pub enum RecordClause {
    MatchBy {
        keys: Vec<MatchKey>,
        unless: Option<Condition>,
        #[serde(skip)]
        span: Span,
    },
    /// `prefer country = lead.country, then customer, then latest last_activity`
    Prefer {
        order: Vec<Preference>,
        #[serde(skip)]
        span: Span,
    },
    OnTie {
        target: TieTarget,
        #[serde(skip)]
        span: Span,
    },
}

/// `website = lead.company_domain`, `name like lead.company`.
#[derive(Debug, Clone, Serialize)]
pub struct MatchKey {
    pub column: Name,
    pub like: bool,
    /// The lead's field or let, after `lead.`.
    pub field: Name,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum Preference {
    /// A boolean column.
    Holds(Name),
    /// `country = lead.country`
    Same {
        column: Name,
        field: Name,
    },
    Latest(Name),
    Earliest(Name),
    Highest(Name),
    Lowest(Name),
}

#[derive(Debug, Clone, Serialize)]
pub enum TieTarget {
    NoMatch,
    Queue(Name),
}
