//! Territories form a tree: siblings share no lead, a child lies in its parent, and children that are declared to cover a parent do.
//!
//! Each set is proved alone, whatever the day: conditions are taken as they are written, not where their set is in force.

use super::told::{Asked, Prover};
use super::{Formula, Witness};
use crate::diagnostic::Diagnostic;
use crate::policy::{ConditionKind, FieldId, Policy, Subject, Territory, TerritoryId, Type};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Overlaps that are said of one territory.
const MOST_OVERLAPS: usize = 3;

impl Prover<'_> {
    pub fn territories(&mut self) {
        let policy = self.policy;
        for set in &policy.territory_sets {
            self.siblings(&set.roots, Formula::TRUE);
        }
        for id in (0..policy.territories.len() as u32).map(TerritoryId) {
            let Some(territory) = policy.territories.get(id.at()) else { continue };
            let inside = self.inside(id);
            self.siblings(&territory.children, inside);
            if let Some(parent) = territory.parent {
                self.in_parent(territory, parent);
            }
            if territory.covered {
                self.covered(territory, inside);
            }
        }
    }

    /// Where a territory and all above it hold.
    fn inside(&mut self, id: TerritoryId) -> Formula {
        let policy = self.policy;
        let parent = |id: &TerritoryId| policy.territories.get(id.at()).and_then(|territory| territory.parent);
        let chain: Vec<Formula> = std::iter::successors(Some(id), parent)
            .filter_map(|id| policy.territories.get(id.at()))
            .map(|territory| self.condition(&territory.when))
            .collect();
        self.space.formulas.and(chain)
    }

    fn siblings(&mut self, siblings: &[TerritoryId], above: Formula) {
        let policy = self.policy;
        let decided = self.decided();
        let mut before: Vec<(&Territory, Formula)> = Vec::with_capacity(siblings.len());
        for territory in siblings.iter().filter_map(|id| policy.territories.get(id.at())) {
            let holds = self.condition(&territory.when);
            let mut others: Vec<(&Territory, Formula)> = before.clone();
            for _ in 0..MOST_OVERLAPS {
                let any = others.iter().map(|(_, other)| *other).collect::<Vec<_>>();
                let any = self.space.formulas.or(any);
                let what = || format!("whether `{}` overlaps with territories beside it", territory.name);
                let Asked::Lead(lead) = self.ask(&[decided, above, holds, any], &[], territory.span, what) else {
                    break;
                };
                let shared = |prover: &mut Self, other: &Territory| prover.space.holds(0, &other.when, &lead);
                let at = others.iter().position(|(other, _)| shared(self, other));
                let both = at.is_some() && self.space.holds(0, &territory.when, &lead);
                let what = || format!("whether `{}` overlaps with territories beside it", territory.name);
                if !self.holds_up(both, territory.span, what) {
                    break;
                }
                if let Some((other, _)) = at.map(|at| others.remove(at)) {
                    self.overlap(other, territory, &lead);
                }
            }
            before.push((territory, holds));
        }
    }

    fn overlap(&mut self, first: &Territory, second: &Territory, lead: &Witness) {
        let found = self.space.decide(0, lead);
        let today = self.today(&found);
        let (one, other) = (&first.name, &second.name);
        let countryless = [first, second].into_iter().find_map(|territory| {
            let code = self.code_without_country(territory)?;
            Some(format!("ask in `{}` for the country too: values of `{code}` look alike in several", territory.name))
        });
        let help = countryless.unwrap_or_else(|| {
            format!("say in one of them what the other does not mean, or put `{other}` into `{one}`")
        });
        self.tell(
            Diagnostic::error("territory-overlap", second.span, format!("`{one}` and `{other}` share leads"))
                .here(format!("also holds for leads of `{one}`"))
                .also(first.span, "written first, so it has them today")
                .note(format!("a lead in both: {}", self.lead_words(lead)))
                .note(format!("today {today}"))
                .help(help),
        );
    }

    /// A postal code that some part of a territory's condition asks for without its country; a child may leave that to its parent.
    fn code_without_country(&self, territory: &Territory) -> Option<&SmolStr> {
        let policy = self.policy;
        if territory.parent.is_some() {
            return None;
        }
        let parts = match &territory.when.kind {
            ConditionKind::Or(parts) => parts.as_slice(),
            _ => std::slice::from_ref(&territory.when),
        };
        parts.iter().find_map(|part| {
            let mut asked = FxHashSet::default();
            policy.each_test_below(part, &mut |test| _ = asked.insert(test.subject));
            policy.fields.iter().enumerate().find_map(|(at, field)| match field.ty {
                Type::PostalCode { of: Some(country) }
                    if asked.contains(&Subject::Field(FieldId(at as u32)))
                        && !asked.contains(&Subject::Field(FieldId(country))) =>
                {
                    Some(&field.name)
                }
                _ => None,
            })
        })
    }

    /// A child need not repeat what its parent asks, but what it names of the same field should lie in the parent.
    fn in_parent(&mut self, territory: &Territory, parent: TerritoryId) {
        let Some(above) = self.policy.territories.get(parent.at()) else { return };
        let (decided, inside) = (self.decided(), self.inside(parent));
        let holds = self.condition(&territory.when);
        let (name, parent_name) = (&territory.name, &above.name);
        let alone = self.is_proved(&[decided, holds], &[]);
        if !alone && self.is_proved(&[decided, holds, inside], &[]) {
            let lead = match self.space.find(&[decided, holds], &[], &self.budget) {
                super::Answer::Witness(lead) => Some(self.lead_words(&lead)),
                _ => None,
            };
            let mut found = Diagnostic::error(
                "territory-outside-parent",
                territory.span,
                format!("no lead of `{parent_name}` is in `{name}`"),
            )
            .here(format!("lies outside of `{parent_name}`"))
            .also(above.span, "holds none of its leads")
            .help(format!("widen `{parent_name}`, or move `{name}` out of it"));
            if let Some(lead) = lead {
                found = found.note(format!("a lead that `{name}` asks for and never gets: {lead}"));
            }
            self.tell(found);
            return;
        }
        if !self.asks_alike(territory, above) {
            return;
        }
        let what = || format!("whether `{name}` lies in `{parent_name}`");
        let above_holds = self.condition(&above.when);
        let Asked::Lead(lead) = self.ask(&[decided, holds], &[above_holds], territory.span, what) else { return };
        let outside = self.space.holds(0, &territory.when, &lead) && !self.space.holds(0, &above.when, &lead);
        if !self.holds_up(outside, territory.span, what) {
            return;
        }
        self.tell(
            Diagnostic::warning(
                "territory-outside-parent",
                territory.span,
                format!("`{name}` asks for leads that are not in `{parent_name}`"),
            )
            .here(format!("reaches beyond `{parent_name}`"))
            .also(above.span, "a child counts only inside its parent")
            .note(format!("a lead that it asks for and does not get: {}", self.lead_words(&lead)))
            .help(format!("widen `{parent_name}`, or leave out of `{name}` what is not in it")),
        );
    }

    /// Whether everything that the parent asks about the child asks about too.
    fn asks_alike(&self, territory: &Territory, parent: &Territory) -> bool {
        let mut own = FxHashSet::default();
        let mut above = FxHashSet::default();
        subjects(self.policy, territory, &mut own);
        subjects(self.policy, parent, &mut above);
        !above.is_empty() && above.is_subset(&own)
    }

    fn covered(&mut self, territory: &Territory, inside: Formula) {
        let policy = self.policy;
        let decided = self.decided();
        let children: Vec<&Territory> =
            territory.children.iter().filter_map(|id| policy.territories.get(id.at())).collect();
        let holds: Vec<Formula> = children.iter().map(|child| self.condition(&child.when)).collect();
        let name = &territory.name;
        let what = || format!("whether `{name}` is covered by its children");
        let Asked::Lead(lead) = self.ask(&[decided, inside], &holds, territory.span, what) else { return };
        let left = self.space.holds(0, &territory.when, &lead)
            && !children.iter().any(|child| self.space.holds(0, &child.when, &lead));
        if !self.holds_up(left, territory.span, what) {
            return;
        }
        let found = self.space.decide(0, &lead);
        let today = self.today(&found);
        self.tell(
            Diagnostic::error("territory-gap", territory.span, format!("the children of `{name}` leave leads over"))
                .here("declared to be `covered`")
                .note(format!("a lead of `{name}` in none of them: {}", self.lead_words(&lead)))
                .note(format!("today {today}"))
                .help("widen a child, add one for the rest, or take out `covered`"),
        );
    }
}

/// What a territory's condition asks about, names followed.
fn subjects(policy: &Policy, territory: &Territory, found: &mut FxHashSet<Subject>) {
    policy.each_test_below(&territory.when, &mut |test| _ = found.insert(test.subject));
}
