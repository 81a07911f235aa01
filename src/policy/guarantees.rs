//! Guarantees: what must hold for every lead that can be read and is not excluded.

use super::{Condition, Policy, RuleId, SlaId, Target, TerritoryId};
use crate::source::Span;
use serde::Serialize;
use smol_str::SmolStr;

#[derive(Debug, Clone, Serialize)]
pub struct Guarantee {
    pub title: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub claims: Vec<Claim>,
}

/// `every lead where ...` has the outcome, or `no lead where ...` has it.
#[derive(Debug, Clone, Serialize)]
pub struct Claim {
    pub every: bool,
    pub when: Option<Condition>,
    pub promised: Promised,
    #[serde(skip)]
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Promised {
    /// One of these. A table stands for whatever its row gives.
    GoesTo(Vec<Target>),
    HasAnSla,
    /// One of these.
    HasSla(Vec<SlaId>),
    /// Both ends are in it. A lead without a priority is in no range.
    HasPriority {
        low: Option<i64>,
        high: Option<i64>,
    },
    /// It is in one of these or below, in whichever set is in force.
    InTerritory(Vec<TerritoryId>),
    /// By one of these.
    TakenBy(Vec<RuleId>),
}

impl Policy {
    /// Every condition that a guarantee asks.
    pub fn each_claim<'a>(&'a self, visit: &mut impl FnMut(&'a Condition)) {
        let claims = self.guarantees.iter().flat_map(|guarantee| &guarantee.claims);
        claims.filter_map(|claim| claim.when.as_ref()).for_each(visit);
    }
}
