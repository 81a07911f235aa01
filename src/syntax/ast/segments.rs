//! Segments, scores with their grades, and territories.

use super::{Condition, Day, Name, Text, Whole};
use crate::source::Span;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Segment {
    pub name: Name,
    pub when: Condition,
}

#[derive(Debug, Clone, Serialize)]
pub struct Segments {
    pub name: Name,
    pub parts: Vec<SegmentPart>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SegmentPart {
    pub name: Name,
    /// None is `otherwise`.
    pub when: Option<Condition>,
    #[serde(skip)]
    pub span: Span,
}

/// `score fit 0..100 { +40 when enterprise }`
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    pub name: Name,
    pub low: Whole,
    pub high: Whole,
    pub terms: Vec<ScoreTerm>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ScoreTerm {
    pub points: Whole,
    /// None: always (`+10`).
    pub when: Option<Condition>,
    #[serde(skip)]
    pub span: Span,
}

/// `grade tier of fit { hot from 70, warm from 40, cold otherwise }`
#[derive(Debug, Clone, Serialize)]
pub struct Grade {
    pub name: Name,
    pub score: Name,
    pub steps: Vec<GradeStep>,
}

#[derive(Debug, Clone, Serialize)]
pub struct GradeStep {
    pub name: Name,
    /// None is `otherwise`.
    pub from: Option<Whole>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Territories {
    pub title: Option<Text>,
    pub from: Option<Day>,
    pub roots: Vec<Territory>,
    /// `move open leads when untouched`
    pub move_open_leads: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Territory {
    pub name: Name,
    pub title: Option<Text>,
    /// None where a territory is just the sum of its children (`emea { ... }`).
    pub when: Option<Condition>,
    /// `covered`: declared to be covered by its children.
    pub covered: bool,
    pub children: Vec<Territory>,
    #[serde(skip)]
    pub span: Span,
}
