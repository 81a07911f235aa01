//! The checked policy: typed, resolved, spans kept. It is plain data that every later stage reads.
//!
//! Ids are places in the vectors of [`Policy`]. Conditions speak of values that were normalised (data/), so that matching one
//! is a comparison and never a conversion.

mod calendars;
mod conditions;
pub mod guarantees;
mod leads;
pub mod meaning;
mod people;
mod records;
mod routes;
mod segments;
mod slas;
pub mod tests;
pub mod turns;
pub mod ways;
pub mod words;

pub use calendars::*;
pub use conditions::*;
pub use leads::*;
pub use people::*;
pub use records::*;
pub use routes::*;
pub use segments::*;
pub use slas::*;

use crate::syntax::ast;
use chrono_tz::Tz;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use serde::Serialize;
use smol_str::SmolStr;
use std::sync::Arc;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(pub u32);
        impl $name {
            pub fn at(self) -> usize {
                self.0 as usize
            }
        }
    )* };
}

ids! {
    /// A field of the lead: its place in [`Policy::fields`].
    FieldId,
    LetId,
    RecordsId,
    /// A column of one [`Records`].
    ColumnId,
    SegmentId,
    ScoreId,
    GradeId,
    TerritoryId,
    CalendarId,
    TeamId,
    RepId,
    QueueId,
    PoolId,
    SlaId,
    TableId,
    RouteId,
    ListId,
    ExperimentId,
    /// A rule or an `otherwise`: its place in [`Policy::rules`], unique over all routes.
    RuleId,
}

/// A policy that has no error.
#[derive(Debug, Clone, Serialize)]
pub struct Policy {
    pub title: SmolStr,
    /// The zone for days, caps and dates that name no other.
    pub zone: Tz,
    pub on_bad_lead: Option<QueueId>,
    /// Spellings that stand for no value, for every field, as written.
    pub missing: Vec<SmolStr>,
    pub fields: Vec<Field>,
    pub lists: Vec<List>,
    pub lets: Vec<Let>,
    pub records: Vec<Records>,
    pub segments: Vec<Segment>,
    /// Partitions: `segments NAME { ... }`; their parts are in `segments`.
    pub partitions: Vec<Partition>,
    pub scores: Vec<Score>,
    pub grades: Vec<Grade>,
    /// Sets of territories, those without a start first, then by start.
    pub territory_sets: Vec<TerritorySet>,
    /// The territories of all sets; a parent stands before its children.
    pub territories: Vec<Territory>,
    pub calendars: Vec<Calendar>,
    pub teams: Vec<Team>,
    pub reps: Vec<Rep>,
    pub queues: Vec<Queue>,
    pub pools: Vec<Pool>,
    pub slas: Vec<Sla>,
    pub excludes: Vec<Exclude>,
    pub tables: Vec<Table>,
    pub routes: Vec<Route>,
    /// The route named `main`.
    pub main: RouteId,
    pub rules: Vec<Rule>,
    pub statuses: Vec<SmolStr>,
    pub returning: Option<ast::Returning>,
    pub experiments: Vec<Experiment>,
    /// Tiers, from above to below, as declared.
    pub tiers: Vec<Vec<SmolStr>>,
    pub guarantees: Vec<guarantees::Guarantee>,
    pub goals: Vec<Goal>,
    #[serde(skip)]
    pub tests: Vec<tests::TestCase>,
    /// SHA-256, in hexadecimal, of everything that a decision depends on: the policy's meaning and its data files.
    pub hash: String,
}

impl Policy {
    /// The zone of a calendar of weekly hours; a combination has none.
    pub fn calendar_zone(&self, calendar: CalendarId) -> Option<Tz> {
        match &self.calendars.get(calendar.at())?.kind {
            CalendarKind::Hours(hours) => Some(hours.zone),
            _ => None,
        }
    }

    /// The field that names a lead: `id`, else the first that is required, else none.
    pub fn id_field(&self) -> Option<FieldId> {
        let named = self.fields.iter().position(|field| field.name == "id");
        named.or_else(|| self.fields.iter().position(|field| field.required)).map(|at| FieldId(at as u32))
    }

    /// The reps by their names and emails in lower case, for who asks of many: as [`Policy::rep_named`] finds them.
    pub fn reps_by_name(&self) -> FxHashMap<String, RepId> {
        let mut all = FxHashMap::default();
        // What comes later here wins: emails before names, and of two the first.
        for (at, rep) in self.reps.iter().enumerate().rev() {
            all.insert(rep.name.to_lowercase(), RepId(at as u32));
        }
        for (at, rep) in self.reps.iter().enumerate().rev() {
            all.extend(rep.email.iter().map(|email| (email.to_lowercase(), RepId(at as u32))));
        }
        all
    }

    /// The rep whose name or email this is (any case).
    pub fn rep_named(&self, folded: &str) -> Option<RepId> {
        let by_email =
            self.reps.iter().position(|rep| rep.email.as_ref().is_some_and(|email| email.to_lowercase() == folded));
        by_email
            .or_else(|| self.reps.iter().position(|rep| rep.name.to_lowercase() == folded))
            .map(|at| RepId(at as u32))
    }
}

/// Everything that data files gave: their content by the path written in the policy, or why one could not be read.
pub type DataFiles = IndexMap<String, Result<Arc<[u8]>, String>>;
