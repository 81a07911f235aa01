//! The tree of a policy file, as it was written: names are not resolved, values are not typed.
//!
//! Spans say where a node stands; they are left out when a tree is serialised, so that two trees are the same when their
//! serialised forms are. The order of everything is the order written.

mod calendars;
mod conditions;
mod leads;
mod people;
mod promises;
mod records;
mod routes;
mod segments;
mod slas;
mod tables;
mod tests;

pub use calendars::*;
pub use conditions::*;
pub use leads::*;
pub use people::*;
pub use promises::*;
pub use records::*;
pub use routes::*;
pub use segments::*;
pub use slas::*;
pub use tables::*;
pub use tests::*;

use crate::source::Span;
use serde::Serialize;
use smol_str::SmolStr;

/// A word that names or refers to something, or a quoted name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Name {
    pub text: SmolStr,
    /// Written with quotes.
    pub quoted: bool,
    #[serde(skip)]
    pub span: Span,
}

/// A quoted text, with its escapes resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    pub text: SmolStr,
    #[serde(skip)]
    pub span: Span,
}

/// A whole number without sign or with `-`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Whole {
    pub value: i64,
    #[serde(skip)]
    pub span: Span,
}

/// A file that was parsed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct File {
    pub items: Vec<Item>,
}

/// One declaration.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    pub kind: ItemKind,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub enum ItemKind {
    /// `include "territories.leadway"`
    Include(Text),
    Policy(PolicyBlock),
    Lead(LeadBlock),
    /// `status new, working, ...`: the policy's own list of statuses.
    Status(Vec<Name>),
    List(List),
    Let(Let),
    Records(Records),
    /// `segment NAME when ...`
    Segment(Segment),
    /// `segments NAME { ... }`
    Segments(Segments),
    Score(Score),
    Grade(Grade),
    Territories(Territories),
    Calendar(Calendar),
    Team(Team),
    Queue(Queue),
    Pool(Pool),
    Sla(Sla),
    /// `exclude "..." when ...`
    Exclude(Exclude),
    Returning(Returning),
    Table(Table),
    Route(Route),
    /// `tier A above B`
    Tier(Tier),
    Experiment(Experiment),
    Guarantee(Guarantee),
    Goal(Goal),
    Test(Test),
}
