//! Records and their match keys.

use super::{ColumnId, Condition, Field, QueueId, Subject, Value};
use crate::source::Span;
use serde::Serialize;
use smol_str::SmolStr;
use std::sync::Arc;

/// Reference data with the way a lead finds its row.
#[derive(Debug, Clone, Serialize)]
pub struct Records {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub columns: Vec<Field>,
    pub keys: Vec<MatchKey>,
    pub prefer: Vec<Preference>,
    /// A tie that `prefer` cannot break: this queue, or no match.
    pub on_tie: Option<QueueId>,
    /// The rows, one value a column, in file order; a bad value is missing (and was said when the policy was checked).
    #[serde(skip)]
    pub rows: Arc<Vec<Vec<Value>>>,
}

#[derive(Debug, Clone, Serialize)]
pub struct MatchKey {
    /// All must hold; a missing value on either side never matches.
    pub parts: Vec<KeyPart>,
    pub unless: Option<Condition>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct KeyPart {
    pub column: ColumnId,
    pub subject: Subject,
    /// Compare company names: normalised, then by similarity.
    pub like: bool,
}

#[derive(Debug, Clone, Serialize)]
pub enum Preference {
    Holds(ColumnId),
    Same {
        column: ColumnId,
        subject: Subject,
    },
    /// `latest`, `highest`.
    Most(ColumnId),
    /// `earliest`, `lowest`.
    Least(ColumnId),
}
