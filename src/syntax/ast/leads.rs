//! The policy as a whole, the lead and its fields, lists and `let`.

use super::{Condition, Literal, Name, Operand, Subject, Text};
use crate::source::Span;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct PolicyBlock {
    pub title: Text,
    pub clauses: Vec<PolicyClause>,
}

#[derive(Debug, Clone, Serialize)]
pub enum PolicyClause {
    /// `timezone "America/New_York"`
    Timezone(Text),
    /// `on bad lead queue data_stewards`
    OnBadLead(Name),
}

#[derive(Debug, Clone, Serialize)]
pub struct LeadBlock {
    /// `missing means "", "Select"`, for every field; each clause by itself.
    pub missing: Vec<Vec<Text>>,
    pub fields: Vec<Field>,
}

/// A field of a lead, or a column of a record.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    pub name: Name,
    pub ty: Type,
    pub required: bool,
    pub from: Option<FromColumns>,
    /// `missing means "-1"` on one field.
    pub missing: Vec<Text>,
    #[serde(skip)]
    pub span: Span,
}

/// `from "Lead Source" { "Demo Request" = demo_request }`: columns are tried in the order written.
#[derive(Debug, Clone, Serialize)]
pub struct FromColumns {
    pub columns: Vec<Text>,
    pub spellings: Vec<(Text, Literal)>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct Type {
    pub kind: TypeKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum TypeKind {
    Text,
    /// With a range where one is written.
    Integer(Option<Operand>),
    Decimal(Option<Operand>),
    /// `money in USD`
    Money(Option<Literal>),
    Boolean,
    Date,
    Time,
    Email,
    Domain,
    Country,
    /// `region of country`: the field that says the country.
    Region(Option<Name>),
    PostalCode(Option<Name>),
    Language,
    /// A rep, by name or email; only in records.
    Rep,
    OneOf(Vec<Literal>),
    /// `set of text`, `set of one of a, b`
    SetOf(Box<Type>),
}

/// `list NAME = DE, AT` or `list NAME from "file" column domain`.
#[derive(Debug, Clone, Serialize)]
pub struct List {
    pub name: Name,
    pub source: ListSource,
}

#[derive(Debug, Clone, Serialize)]
pub enum ListSource {
    Values(Vec<Operand>),
    File { path: Text, column: Option<Name> },
}

/// `let NAME = domain of email` or `let NAME = CONDITION`.
#[derive(Debug, Clone, Serialize)]
pub struct Let {
    pub name: Name,
    pub value: LetValue,
}

#[derive(Debug, Clone, Serialize)]
pub enum LetValue {
    /// A value taken from a field: `domain of email`.
    Value(Subject),
    Condition(Condition),
}
