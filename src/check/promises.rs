//! Goals and the policy block: what they name is there, and their numbers make sense.

use super::declarations::Declarations;
use super::names::Kind;
use super::scope::Scope;
use crate::syntax::ast::{self, MeasureKind};

impl Scope<'_> {
    pub(super) fn goals(&mut self, found: &Declarations<'_>) {
        for goal in &found.goals {
            if let Some(when) = &goal.when {
                self.condition(when);
            }
            for measure in &goal.measures {
                self.measure(&measure.kind);
            }
        }
    }

    fn measure(&mut self, kind: &MeasureKind) {
        match kind {
            MeasureKind::MedianResponse(within) => self.some_time(within),
            MeasureKind::ShareOfResponses { percent, within } => {
                self.percent(percent, 1, 100);
                self.some_time(within);
            }
            MeasureKind::AssignedToRep(percent) | MeasureKind::Breaches(percent) | MeasureKind::Conversion(percent) => {
                self.percent(percent, 0, 100);
            }
        }
    }

    /// Where a lead goes that cannot be read.
    pub(super) fn policy_block(&mut self, block: &ast::PolicyBlock) -> Option<crate::policy::QueueId> {
        let mut queue = None;
        for clause in &block.clauses {
            if let ast::PolicyClause::OnBadLead(name) = clause {
                queue = self.resolve(Kind::Queue, name).map(crate::policy::QueueId);
            }
        }
        queue
    }
}
