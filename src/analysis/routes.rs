//! The rules in the order in which a lead comes to them, each with the conditions on its way.

use super::formula::Formula;
use super::reached::Place;
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

/// An entry of a route where a lead may come to it.
pub(super) struct Stop {
    pub place: Place,
    pub way: Formula,
}

/// Rules that are looked at, however often routes continue in one another.
const MOST: usize = 200_000;

impl Space<'_> {
    /// All steps in order; `None` where routes continue in one another in too many ways.
    ///
    /// A lead that comes back to a route that failed before fails again, so that the second time changes nothing and is left out where
    /// the way there is part of the first.
    pub fn steps(&mut self, policy: usize) -> Option<Vec<Step>> {
        let entries = self.entries(policy)?;
        let steps = entries.into_iter().filter_map(|(_, Stop { place, way })| match place {
            Place::Rule(rule) => {
                let own = self.takes(policy, rule.at());
                Some(Step { rule, way, takes: self.formulas.and([way, own]) })
            }
            _ => None,
        });
        Some(steps.collect())
    }

    /// The rules and `continue`s in order, each with how many rules stand before it.
    pub(super) fn entries(&mut self, policy: usize) -> Option<Vec<(usize, Stop)>> {
        let of = *self.policies.get(policy)?;
        let (mut stops, mut rules) = (Vec::new(), 0);
        let mut entered: Vec<Vec<Formula>> = vec![Vec::new(); of.routes.len()];
        entered.get_mut(of.main.at())?.push(Formula::TRUE);
        let mut open: Vec<(RouteId, usize, Formula)> = vec![(of.main, 0, Formula::TRUE)];
        while let Some((id, next, way)) = open.last_mut() {
            let (id, way, at) = (*id, *way, *next);
            let entry = of.routes.get(id.at()).and_then(|route| route.entries.get(at));
            *next += 1;
            match entry {
                None => _ = open.pop(),
                Some(Entry::Rule(rule)) => {
                    stops.push((rules, Stop { place: Place::Rule(*rule), way }));
                    rules += 1;
                    if rules > MOST {
                        return None;
                    }
                }
                Some(Entry::Continue { route, when, .. }) => {
                    stops.push((rules, Stop { place: Place::Continue(id, at), way }));
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
        Some(stops)
    }
}
