//! Goals: what they name is there, and their numbers make sense.

use super::declarations::Declarations;
use super::scope::Scope;
use crate::diagnostic::Diagnostic;
use crate::policy::Goal;
use crate::syntax::ast::{self, MeasureKind};
use rust_decimal::Decimal;

const MOST_DECIMALS: u32 = 6;

impl Scope<'_> {
    pub(super) fn goals(&mut self, found: &Declarations<'_>) -> Vec<Goal> {
        let goals = found.goals.iter().map(|goal| {
            goal.measures.iter().for_each(|measure| self.measure(&measure.kind));
            let when = goal.when.as_ref().map(|when| self.condition(when));
            Goal { written: (*goal).clone(), when }
        });
        goals.collect()
    }

    fn measure(&mut self, kind: &MeasureKind) {
        match kind {
            MeasureKind::MedianResponse(within) => self.length(within),
            MeasureKind::ShareOfResponses { percent, within } => {
                self.share_wanted(percent, "above 0%", percent.value > Decimal::ZERO);
                self.length(within);
            }
            MeasureKind::AssignedToRep(percent) | MeasureKind::Breaches(percent) | MeasureKind::Conversion(percent) => {
                self.share_wanted(percent, "from 0%", percent.value >= Decimal::ZERO);
            }
        }
    }

    /// A share of a hundred, with so few digits that it is counted exactly.
    fn share_wanted(&mut self, percent: &ast::Percent, from: &str, enough: bool) {
        let value = percent.value;
        if !enough || value > Decimal::ONE_HUNDRED || value.normalize().scale() > MOST_DECIMALS {
            self.report(
                Diagnostic::error("value-outside-range", percent.span, format!("`{value}%` makes no sense here")).help(
                    format!("write a share {from} to 100%, with at most {MOST_DECIMALS} digits behind the point"),
                ),
            );
        }
    }

    /// A time that is as long wherever it begins: what was measured is compared with it.
    fn length(&mut self, within: &ast::Duration) {
        self.some_time(within);
        if within.business || within.unit == ast::Unit::Month {
            let (what, help) = match within.business {
                true => (
                    "a business day",
                    "write hours, such as `8 hours`: responses are counted on the clock of their sla",
                ),
                false => ("a month", "write days, such as `30 days`"),
            };
            self.report(
                Diagnostic::error("type-mismatch", within.span, format!("{what} has no length of its own")).help(help),
            );
        }
    }
}
