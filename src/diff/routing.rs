//! Which leads route differently, over all leads there can be: every change from one decision to another, with the rules that are
//! responsible on both sides and a lead that shows it; or a proof that there is none.
//!
//! Both policies are one list of entries each, of which the first that holds decides. Entries that both have, with one condition and
//! one decision and in one order, are common. Of a lead that is decided otherwise, one of the two deciding entries is not common: were
//! both common, each policy would have come to the other's entry first. So it is enough to ask of each entry that is not common where
//! it decides and the other policy decides otherwise, and what is found is everything.

mod assumptions;
mod entries;
mod hull;
mod pairs;
mod territories;

pub use entries::{By, Decided};
pub use territories::Move as TerritoryMove;

use super::outcome::{Outcome, Respect};
use crate::analysis::{Budget, Formula, Reason, Space, Witness};
use crate::policy::{Policy, Value, words};
use crate::source::Span;
use entries::{Decisions, Entry};
use indexmap::IndexMap;
use serde::Serialize;
use smol_str::SmolStr;

/// What is known of the routing of all leads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Routing {
    pub verdict: Verdict,
    /// By old and new decision.
    pub changes: Vec<Change>,
    /// Leads that are in another territory, whatever becomes of them.
    pub territories: Vec<TerritoryMove>,
    /// What could not be decided, and why: there may be more changes.
    pub unknown: Vec<String>,
    /// What a proof rests on, where a version gives reason to doubt it.
    pub assuming: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Proved: no lead routes differently.
    Same,
    /// Some lead does, and it was shown.
    Different,
    /// None was found, and something could not be decided.
    Unknown,
}

/// Leads that go from one decision to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    pub old: Decided,
    pub new: Decided,
    pub differs: Vec<Respect>,
    /// By the rules that decide; the first have a witness of their own.
    pub cases: Vec<Case>,
    /// There are more cases than are told.
    pub more: bool,
    /// Leads that go this way. Regions may share leads.
    pub regions: Vec<Region>,
    /// The regions hold all of these leads.
    pub all_regions: bool,
}

/// Leads that are alike: all for which these conditions hold. Without any it is every lead.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Region {
    pub conditions: Vec<String>,
    /// The same in the space that was compared in.
    #[serde(skip)]
    pub formula: Formula,
}

impl Region {
    /// In a line: `country = DE and employees >= 1000`.
    pub fn words(&self) -> String {
        match self.conditions.as_slice() {
            [] => "every lead".to_owned(),
            conditions => conditions.join(" and "),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    pub old_by: Option<SmolStr>,
    pub new_by: Option<SmolStr>,
    pub witness: Example,
    /// Where the deciding rules stand.
    #[serde(skip)]
    pub old: Option<Span>,
    #[serde(skip)]
    pub new: Option<Span>,
}

/// A made-up lead that was run through both policies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Example {
    /// In a line: `country = DE, employees = 1000`.
    pub words: String,
    /// The fields that have a value, as a lead file would hold them.
    pub lead: IndexMap<SmolStr, String>,
    /// Whether the instant matters, and which it is.
    pub at: Option<String>,
    /// What became of it.
    pub old: Outcome,
    pub new: Outcome,
}

/// Compares two policies. What is not decided within the budget is said.
pub fn compare(old: &Policy, new: &Policy, budget: &Budget) -> Routing {
    Comparison::new(old, new).routing(budget)
}

/// Two policies made ready: all that has to be known once, whatever is asked.
pub struct Comparison<'p> {
    space: Space<'p>,
    policies: [&'p Policy; 2],
    /// None where a version is taken apart into too many entries.
    ready: Option<pairs::Ready>,
    /// What is known before anything is asked.
    routing: Routing,
}

impl<'p> Comparison<'p> {
    pub fn new(old: &'p Policy, new: &'p Policy) -> Comparison<'p> {
        let mut space = Space::new(&[old, new]);
        let mut routing = Routing {
            verdict: Verdict::Same,
            changes: Vec::new(),
            territories: Vec::new(),
            unknown: Vec::new(),
            assuming: Vec::new(),
        };
        assumptions::doubts(&mut space, &mut routing);
        let mut decisions = Decisions::default();
        let ready = match [0, 1].map(|number| entries::entries(&mut space, number, &mut decisions)) {
            [Ok(before), Ok(after)] => Some(pairs::Ready::new(&space, decisions, [before, after])),
            [before, after] => {
                for (which, list) in [("old", before), ("new", after)] {
                    routing.unknown.extend(list.err().map(|why| format!("the {which} version: {why}")));
                }
                None
            }
        };
        Comparison { space, policies: [old, new], ready, routing }
    }

    /// The space that both are in.
    pub fn space(&self) -> &Space<'p> {
        &self.space
    }

    /// How many changes of who decides what some lead shows, and how many questions are not decided; `None` where a version is taken
    /// apart into too many entries. It is what proofs cost of [`Comparison::routing`], without leads, replays and regions.
    pub fn count(&mut self, budget: &Budget) -> Option<(usize, usize)> {
        let ready = self.ready.as_mut()?;
        Some(pairs::Pairs::new(&mut self.space, self.policies, ready, budget).count())
    }

    /// The whole difference. What is not decided within the budget is said.
    pub fn routing(&mut self, budget: &Budget) -> Routing {
        let mut routing = self.routing.clone();
        if let Some(ready) = &mut self.ready {
            let mut pairs = pairs::Pairs::new(&mut self.space, self.policies, ready, budget);
            pairs.find();
            pairs.regions();
            let (found, unknown) = pairs.done();
            routing.changes = found;
            routing.unknown.extend(unknown);
        }
        territories::compare(&mut self.space, budget, &mut routing);
        routing.verdict = match (routing.changes.is_empty(), routing.unknown.is_empty()) {
            (false, _) => Verdict::Different,
            (true, true) => Verdict::Same,
            (true, false) => Verdict::Unknown,
        };
        routing
    }
}

/// What a policy decides of a made-up lead, by the reference matcher, and who.
fn replay(space: &mut Space, number: usize, witness: &Witness) -> (Outcome, By) {
    let decided = space.with_lead(number, witness, |lead| {
        let policy = lead.policy;
        let missing =
            |(at, field): (usize, &crate::policy::Field)| field.required && *lead.facts.value(at) == Value::Missing;
        if policy.fields.iter().enumerate().any(missing) {
            let queue = policy.on_bad_lead.map(crate::policy::Target::Queue);
            let outcome = queue.map_or(Outcome::ERRORS, |queue| Outcome::to(policy, &[queue], None, None));
            return (outcome, By::BadLead);
        }
        let found = lead.decide();
        (Outcome::of(policy, &found), By::of(&found))
    });
    decided.unwrap_or((Outcome::ERRORS, By::Nobody))
}

impl Example {
    fn new(space: &Space, witness: &Witness, old: Outcome, new: Outcome) -> Example {
        let mut lead = IndexMap::new();
        let mut words = String::new();
        // The new version's names come first; what only the old one has stands behind.
        for (number, policy) in space.policies.iter().enumerate().rev() {
            for field in &policy.fields {
                if let Some(value) = witness.values.get(&field.name) {
                    lead.entry(field.name.clone()).or_insert_with(|| raw(value, policy));
                }
            }
            if number == space.policies.len() - 1 {
                words = witness.words(policy);
            } else {
                let newer = space.policies.last();
                let has =
                    |name: &SmolStr| newer.is_some_and(|newer| newer.fields.iter().any(|field| field.name == *name));
                for field in policy.fields.iter().filter(|field| !has(&field.name)) {
                    if let Some(value) = witness.values.get(&field.name) {
                        words = format!("{words}, {} = {}", field.name, words::value(value, &field.ty));
                    }
                }
            }
        }
        let zone = space.policies.last().map(|policy| policy.zone);
        let at = zone.filter(|_| witness.at_matters).map(|zone| {
            let at = Value::Time(witness.at.seen_in(zone));
            words::value(&at, &crate::policy::Type::Time)
        });
        Example { words, lead, at, old, new }
    }
}

/// A value as a file of leads may hold it.
fn raw(value: &Value, policy: &Policy) -> String {
    match value {
        Value::Text(text) => text.written.to_string(),
        Value::Set(texts) => texts.iter().map(|text| text.written.as_str()).collect::<Vec<_>>().join(";"),
        Value::Time(at) => words::value(&Value::Time(at.seen_in(policy.zone)), &crate::policy::Type::Time),
        other => words::value(other, &crate::policy::Type::Text),
    }
}

fn because(reason: &Reason) -> String {
    match reason {
        Reason::OutOfBudget => "it took too long; `--budget` gives more time".to_owned(),
        Reason::HardTexts(subject) => format!("the patterns on `{subject}` are too many to find a text for"),
        Reason::Loose(why) => why.clone(),
    }
}

impl By {
    fn of(found: &crate::matcher::Match) -> By {
        match found.outcome {
            crate::matcher::Outcome::Excluded(at) => By::Exclude(at),
            crate::matcher::Outcome::Tie(id) => By::Tie(id),
            crate::matcher::Outcome::Rule(id) => By::Rule(id),
            crate::matcher::Outcome::None => By::Nobody,
        }
    }
}

/// Old and new.
type Lists = [Vec<Entry>; 2];
