//! Segments, scores with their grades, and territories.

use super::{Condition, ScoreId, SegmentId, TerritoryId};
use crate::source::Span;
use chrono::NaiveDate;
use serde::Serialize;
use smol_str::SmolStr;

#[derive(Debug, Clone, Serialize)]
pub struct Segment {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    /// For a part that is `otherwise`: none of its siblings.
    pub when: Condition,
    /// The partition it is a part of: its place in [`Policy::partitions`].
    pub partition: Option<u32>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Partition {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub parts: Vec<SegmentId>,
}

/// A sum of points, then held within low and high.
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub low: i64,
    pub high: i64,
    /// `None`: always.
    pub terms: Vec<ScoreTerm>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ScoreTerm {
    pub points: i64,
    pub when: Option<Condition>,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, Serialize)]
pub struct Grade {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub score: ScoreId,
    /// The first step whose `from` the score reaches; `None` is `otherwise`. In the order written. A score below all has no grade.
    pub steps: Vec<(SmolStr, Option<i64>)>,
}

#[derive(Debug, Clone, Serialize)]
pub struct TerritorySet {
    pub title: Option<SmolStr>,
    #[serde(skip)]
    pub span: Span,
    /// The day it begins, in the policy's zone; until the day before the next set begins.
    pub from: Option<NaiveDate>,
    pub roots: Vec<TerritoryId>,
    pub move_open_leads: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Territory {
    pub name: SmolStr,
    pub title: Option<SmolStr>,
    #[serde(skip)]
    pub span: Span,
    /// Its place in [`Policy::territory_sets`].
    pub set: u32,
    pub parent: Option<TerritoryId>,
    pub children: Vec<TerritoryId>,
    /// As written, without the parent's; where none was written, any of the children.
    pub when: Condition,
    pub covered: bool,
}
