//! The rules in the order in which a lead comes to them, each with the conditions on its way.

use super::formula::Formula;
use super::space::Space;
use crate::policy::{Entry, RouteId, RuleId};

/// A rule where a lead may come to it. A route that several others continue in stands once for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub rule: RuleId,
    /// The conditions of the `continue`s that lead here.
    pub way: Formula,
    /// The way, and the rule's own condition, days and tables.
    pub takes: Formula,
}

/// Rules that are looked at, however often routes continue in one another.
const MOST: usize = 200_000;

impl Space<'_> {
    /// All steps in order; `None` where routes continue in one another in too many ways.
    ///
    /// A lead that comes back to a route that failed before fails again, so that the second time changes nothing and is left out where
    /// the way there is part of the first.
    pub fn steps(&mut self, policy: usize) -> Option<Vec<Step>> {
        let of = *self.policies.get(policy)?;
        let mut steps = Vec::new();
        let mut entered: Vec<Vec<Formula>> = vec![Vec::new(); of.routes.len()];
        entered.get_mut(of.main.at())?.push(Formula::TRUE);
        let mut open: Vec<(RouteId, usize, Formula)> = vec![(of.main, 0, Formula::TRUE)];
        while let Some((route, next, way)) = open.last_mut() {
            let (way, at) = (*way, *next);
            let entry = of.routes.get(route.at()).and_then(|route| route.entries.get(at));
            *next += 1;
            match entry {
                None => _ = open.pop(),
                Some(Entry::Rule(rule)) => {
                    let own = self.takes(policy, rule.at());
                    let takes = self.formulas.and([way, own]);
                    steps.push(Step { rule: *rule, way, takes });
                    if steps.len() > MOST {
                        return None;
                    }
                }
                Some(Entry::Continue { route, when, .. }) => {
                    let when = when.as_ref().map_or(Formula::TRUE, |when| self.condition(policy, when));
                    let way = self.formulas.and([way, when]);
                    let ways = entered.get_mut(route.at())?;
                    if way != Formula::FALSE && !ways.contains(&way) && !ways.contains(&Formula::TRUE) {
                        ways.push(way);
                        open.push((*route, 0, way));
                    }
                }
            }
        }
        Some(steps)
    }
}
