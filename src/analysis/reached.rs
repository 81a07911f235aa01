//! Where a policy asks something of a lead as it decides, and which leads it is asked of.

use super::formula::Formula;
use super::space::Space;
use crate::policy::{Condition, Entry, LetValue, RouteId, RuleId, TerritoryId};

/// A place where something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Each a place in the policy's list of them.
    Exclude(usize),
    Let(usize),
    Segment(usize),
    /// A score and one of its terms.
    Term(usize, usize),
    Territory(TerritoryId),
    Rule(RuleId),
    /// A route and one of its entries.
    Continue(RouteId, usize),
}

/// The leads that something is asked of.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub place: Place,
    /// None of a rule that takes whatever comes to it.
    pub condition: Option<&'a Condition>,
    /// What holds of them.
    pub of: Formula,
    /// None of so many of [`Space::steps`], the first, takes them.
    pub after: usize,
}

impl<'a> Space<'a> {
    /// Everything that is asked, in the order in which a lead meets it; `None` as for [`Space::steps`].
    pub fn everything_asked(&mut self, policy: usize) -> Option<Vec<Asked<'a>>> {
        let of = *self.policies.get(policy)?;
        let mut all = Vec::new();
        let mut left = self.readable(policy);
        for (at, exclude) in of.excludes.iter().enumerate() {
            all.push(Asked { place: Place::Exclude(at), condition: Some(&exclude.when), of: left, after: 0 });
            let excluded = self.condition(policy, &exclude.when);
            let not_excluded = self.formulas.negate(excluded);
            left = self.formulas.and([left, not_excluded]);
        }
        let base = self.comes_to_routes(policy);
        let mut ask = |place, condition| all.push(Asked { place, condition: Some(condition), of: base, after: 0 });
        for (at, found) in of.lets.iter().enumerate() {
            if let LetValue::Condition(condition) = &found.value {
                ask(Place::Let(at), condition);
            }
        }
        of.segments.iter().enumerate().for_each(|(at, segment)| ask(Place::Segment(at), &segment.when));
        for (at, score) in of.scores.iter().enumerate() {
            for (number, when) in
                score.terms.iter().enumerate().filter_map(|(at, term)| Some((at, term.when.as_ref()?)))
            {
                ask(Place::Term(at, number), when);
            }
        }
        for id in (0..of.territories.len() as u32).map(TerritoryId) {
            let Some(territory) = of.territories.get(id.at()) else { continue };
            let asked = self.comes_to_territory(policy, id);
            let asked = self.formulas.and([base, asked]);
            let condition = Some(&territory.when);
            all.push(Asked { place: Place::Territory(id), condition, of: asked, after: 0 });
        }
        self.asked_in_routes(policy, base, &mut all)?;
        Some(all)
    }

    /// Where the territory above holds the lead, or the set is in force, and none of the siblings before does.
    fn comes_to_territory(&mut self, policy: usize, id: TerritoryId) -> Formula {
        let of = self.policies.get(policy).copied();
        let Some((of, territory)) = of.and_then(|of| Some((of, of.territories.get(id.at())?))) else {
            return Formula::FALSE;
        };
        let (above, siblings) = match territory.parent {
            Some(parent) => {
                (self.territory(policy, parent), of.territories.get(parent.at()).map(|parent| &parent.children))
            }
            None => {
                let set = territory.set as usize;
                (self.in_force(policy, set), of.territory_sets.get(set).map(|set| &set.roots))
            }
        };
        let before = siblings.into_iter().flatten().take_while(|sibling| **sibling != id);
        let before = before.filter_map(|sibling| of.territories.get(sibling.at()));
        let before: Vec<Formula> = before.map(|sibling| self.condition(policy, &sibling.when)).collect();
        let before = self.formulas.or(before);
        let none_before = self.formulas.negate(before);
        self.formulas.and([above, none_before])
    }

    fn asked_in_routes(&mut self, policy: usize, base: Formula, all: &mut Vec<Asked<'a>>) -> Option<()> {
        let of = *self.policies.get(policy)?;
        for (after, step) in self.entries(policy)?.into_iter() {
            let way = self.formulas.and([base, step.way]);
            match step.place {
                Place::Rule(id) => {
                    let rule = of.rules.get(id.at())?;
                    let on_days = self.on_days(policy, rule);
                    let asked = self.formulas.and([way, on_days]);
                    all.push(Asked { place: step.place, condition: rule.when.as_ref(), of: asked, after });
                }
                Place::Continue(route, at) => {
                    let entry = of.routes.get(route.at()).and_then(|route| route.entries.get(at));
                    if let Some(Entry::Continue { when: Some(when), .. }) = entry {
                        all.push(Asked { place: step.place, condition: Some(when), of: way, after });
                    }
                }
                _ => {}
            }
        }
        Some(())
    }
}
