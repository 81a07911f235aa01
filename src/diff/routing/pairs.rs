//! The pairs of entries that decide one lead differently.

mod regions;

use super::entries::{By, Decided, Decisions, Entry};
use super::hull::{Boxes, Hull, Hulls, meet};
use super::{Case, Change, Example, Lists, Outcome, because, replay};
use crate::analysis::find::Answer;
use crate::analysis::quick::Existence;
use crate::analysis::regions::Region;
use crate::analysis::{Budget, Formula, Space, Witness};
use crate::policy::{Field, LetValue, Policy, Subject, Text, Type, Value};
use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::sync::Arc;

/// Cases of one change that are told.
const TOLD: usize = 12;
/// Keys that are tried until two versions put a lead into arms that differ.
const KEYS: usize = 400;
/// Steps of the budget that one entry may take.
const STEPS: u64 = 40_000_000;

/// Two versions as lists of entries, with a box around each and what only one of them has.
pub struct Ready {
    decisions: Decisions,
    lists: Lists,
    boxes: [Boxes; 2],
    hulls_of: Hulls,
    /// The entries of each list that are not part of a common subsequence, as list and place.
    not_common: Vec<(usize, usize)>,
}

impl Ready {
    pub fn new(space: &Space, decisions: Decisions, lists: Lists) -> Ready {
        let mut hulls_of = Hulls::default();
        let boxes = lists.each_ref().map(|list| {
            let mut boxes = Boxes::default();
            list.iter().for_each(|entry| boxes.push(hulls_of.of(&space.formulas, entry.holds)));
            boxes
        });
        Ready { not_common: not_common(&lists), decisions, lists, boxes, hulls_of }
    }
}

fn not_common(lists: &Lists) -> Vec<(usize, usize)> {
    let meaning = |list: &[Entry]| list.iter().map(|entry| (entry.holds, entry.decided)).collect::<Vec<_>>();
    let [old, new] = lists.each_ref().map(|list| meaning(list));
    let mut found = Vec::new();
    for op in capture_diff_slices(Algorithm::Patience, &old, &new) {
        let (before, after) = match op {
            DiffOp::Equal { .. } => continue,
            DiffOp::Delete { old_index, old_len, .. } => (old_index..old_index + old_len, 0..0),
            DiffOp::Insert { new_index, new_len, .. } => (0..0, new_index..new_index + new_len),
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                (old_index..old_index + old_len, new_index..new_index + new_len)
            }
        };
        found.extend(before.map(|at| (0, at)));
        found.extend(after.map(|at| (1, at)));
    }
    found
}

pub struct Pairs<'s, 'p> {
    space: &'s mut Space<'p>,
    policies: [&'p Policy; 2],
    ready: &'s mut Ready,
    budget: &'s Budget,
    found: IndexMap<(u32, u32), Change>,
    /// Who decides in the old and the new version, and what: told already.
    told: FxHashSet<(By, By, u32, u32)>,
    /// Pairs that no lead comes to: which list an entry is of, its place, and the other's.
    empty: FxHashSet<(usize, usize, usize)>,
    /// A region of a pair that came along with its lead, and what became of that lead in either version.
    at_hand: FxHashMap<(usize, usize, usize), (Region, [Outcome; 2])>,
    /// For an entry that is not common, the entries of its own list before it and those of the other whose boxes meet its box.
    meeting: FxHashMap<(usize, usize), [Arc<[usize]>; 2]>,
    unknown: Vec<String>,
}

/// An entry of one version, one of the other, and where both hold.
struct Pair {
    entry: Entry,
    met: Entry,
    /// The place of `met`.
    there: usize,
    both: Formula,
}

impl<'s, 'p> Pairs<'s, 'p> {
    pub fn new(space: &'s mut Space<'p>, policies: [&'p Policy; 2], ready: &'s mut Ready, budget: &'s Budget) -> Self {
        Pairs {
            space,
            policies,
            ready,
            budget,
            found: IndexMap::new(),
            told: FxHashSet::default(),
            empty: FxHashSet::default(),
            at_hand: FxHashMap::default(),
            meeting: FxHashMap::default(),
            unknown: Vec::new(),
        }
    }

    /// Asks of every entry that is not common.
    pub fn find(&mut self) {
        for (side, at) in self.ready.not_common.clone() {
            self.entry(side, at);
        }
    }

    /// How many changes of who decides what some lead shows, and how many questions are not decided: the proofs alone, without a lead.
    pub fn count(&mut self) -> (usize, usize) {
        let mut undecided = 0;
        for (side, at) in self.ready.not_common.clone() {
            let budget = self.budget.at_most(STEPS);
            self.each_pair(side, at, |pairs, Pair { entry, met, both, .. }, blockers| {
                let (old, new) = if side == 0 { (entry, met) } else { (met, entry) };
                let change = (old.by, new.by, old.decided, new.decided);
                if !pairs.told.contains(&change) {
                    let without = pairs.near(both, blockers);
                    match pairs.space.exists(&[both], &without, &budget) {
                        Existence::Yes => _ = pairs.told.insert(change),
                        Existence::No(_) => {}
                        Existence::Unknown(_) => undecided += 1,
                    }
                }
                true
            });
        }
        (self.told.len(), undecided)
    }

    pub fn done(self) -> (Vec<Change>, Vec<String>) {
        let mut unknown = self.unknown;
        unknown.dedup();
        (self.found.into_values().collect(), unknown)
    }

    /// Everything that becomes, in the other version, of the leads that an entry decides.
    fn entry(&mut self, side: usize, at: usize) {
        let budget = self.budget.at_most(STEPS);
        self.each_pair(side, at, |pairs, Pair { entry, met, there, both }, blockers| {
            if !pairs.is_news(side, entry, met) {
                return true;
            }
            let without = pairs.near(both, blockers);
            let (answer, region) = pairs.space.find_with_region(&[both], &without, &budget);
            match answer {
                Answer::Proved(_) => {
                    pairs.empty.insert((side, at, there));
                    true
                }
                Answer::Witness(witness) => {
                    let shown = pairs.case(side, entry, met, *witness);
                    if let Some((region, (lead, outcomes))) = region.zip(shown)
                        && region.lead == lead
                    {
                        pairs.at_hand.insert((side, at, there), (region, outcomes));
                    }
                    true
                }
                Answer::Unknown(reason) => {
                    let which = if side == 0 { "old" } else { "new" };
                    let by = entry.by.words(pairs.policy(side)).unwrap_or_else(|| "leads that no rule takes".into());
                    pairs.unknown.push(format!("{by} of the {which} version: {}", because(&reason)));
                    !budget.is_spent()
                }
            }
        });
    }

    /// An entry with each of the other version that may decide its leads, so that each question is a small box; and what stands before in
    /// either version. Those with the same decision are passed over. Goes on as long as it is told to.
    fn each_pair(
        &mut self,
        side: usize,
        at: usize,
        mut visit: impl FnMut(&mut Self, Pair, &[(Formula, Hull)]) -> bool,
    ) {
        let other = 1 - side;
        let Some(entry) = self.get(side, at) else { return };
        let [before, others] = self.meeting(side, at);
        let mut blockers: Vec<(Formula, Hull)> = before.iter().filter_map(|at| self.blocker(side, *at)).collect();
        let taken: FxHashSet<Formula> = blockers.iter().map(|(formula, _)| *formula).collect();
        for there in others.iter().copied() {
            let (Some(met), Some(blocker)) = (self.get(other, there), self.blocker(other, there)) else { continue };
            // What has the same condition before it on its own side never comes to this entry.
            if taken.contains(&met.holds) {
                continue;
            }
            let both = self.space.formulas.and([entry.holds, met.holds]);
            let differs = both != Formula::FALSE && entry.decided != met.decided;
            if differs && !visit(self, Pair { entry, met, there, both }, &blockers) {
                return;
            }
            if both == entry.holds {
                // Nothing is left for those behind it.
                return;
            }
            blockers.push(blocker);
        }
    }

    /// The blockers whose boxes meet that of a formula.
    fn near(&mut self, formula: Formula, blockers: &[(Formula, Hull)]) -> Vec<Formula> {
        let near = self.ready.hulls_of.of(&self.space.formulas, formula);
        blockers.iter().filter(|(_, hull)| meet(&near, hull)).map(|(formula, _)| *formula).collect()
    }

    /// Whether leads that two entries decide would be told of: their decisions differ, and not enough of that change is told yet.
    fn is_news(&self, side: usize, entry: Entry, met: Entry) -> bool {
        let (old, new) = if side == 0 { (entry, met) } else { (met, entry) };
        !self.told.contains(&(old.by, new.by, old.decided, new.decided))
            && self.found.get(&(old.decided, new.decided)).is_none_or(|change| !change.more)
    }

    fn blocker(&self, side: usize, at: usize) -> Option<(Formula, Hull)> {
        Some((self.get(side, at)?.holds, self.ready.boxes.get(side)?.get(at).cloned()?))
    }

    fn get(&self, side: usize, at: usize) -> Option<Entry> {
        self.ready.lists.get(side)?.get(at).copied()
    }

    fn policy(&self, side: usize) -> &'p Policy {
        let [old, new] = self.policies;
        if side == 0 { old } else { new }
    }

    /// The entries before one in its own list, and those of the other, that may hold somewhere in its box.
    fn meeting(&mut self, side: usize, at: usize) -> [Arc<[usize]>; 2] {
        let boxes = &self.ready.boxes;
        let hull = boxes.get(side).and_then(|boxes| boxes.get(at));
        let among = |side: usize, below: usize| -> Arc<[usize]> {
            boxes.get(side).zip(hull).map_or_else(Vec::new, |(boxes, hull)| boxes.meeting(hull, below)).into()
        };
        let known = self.meeting.entry((side, at));
        known.or_insert_with(|| [among(side, at), among(1 - side, usize::MAX)]).clone()
    }

    /// Enters what was found, once the lead was decided by both reference matchers and they disagree. Gives the lead that shows it, and
    /// what becomes of that.
    fn case(&mut self, side: usize, entry: Entry, met: Entry, witness: Witness) -> Option<(Witness, [Outcome; 2])> {
        let (old, new) = if side == 0 { (entry, met) } else { (met, entry) };
        if !self.told.insert((old.by, new.by, old.decided, new.decided)) {
            return None;
        }
        let before = self.ready.decisions.get_index(old.decided as usize)?.clone();
        let after = self.ready.decisions.get_index(new.decided as usize)?.clone();
        let Some((witness, was, is)) = self.that_differs(witness, old.by, new.by, &before, &after) else {
            let by = new.by.words(self.policy(1)).or_else(|| old.by.words(self.policy(0))).unwrap_or_default();
            let split = matches!((&before, &after), (Decided::Split { .. }, _) | (_, Decided::Split { .. }));
            let why = if split {
                "no key was found that falls into another arm"
            } else {
                "a lead was found that does not hold up"
            };
            self.unknown.push(format!("{by}: {why}"));
            return None;
        };
        let change = self.found.entry((old.decided, new.decided)).or_insert_with(|| Change {
            old: before.clone(),
            new: after.clone(),
            differs: before.differs(&after),
            cases: Vec::new(),
            more: false,
            regions: Vec::new(),
            all_regions: false,
        });
        if change.cases.len() >= TOLD {
            change.more = true;
            return Some((witness, [was, is]));
        }
        let [old_policy, new_policy] = self.policies;
        change.cases.push(Case {
            old_by: old.by.words(old_policy),
            new_by: new.by.words(new_policy),
            witness: Example::new(self.space, &witness, was.clone(), is.clone()),
            old: old.by.span(old_policy),
            new: new.by.span(new_policy),
        });
        Some((witness, [was, is]))
    }

    /// The lead itself where it is decided differently; where an experiment has a say, one with another key.
    fn that_differs(
        &mut self,
        witness: Witness,
        old_by: By,
        new_by: By,
        before: &Decided,
        after: &Decided,
    ) -> Option<(Witness, Outcome, Outcome)> {
        let mut look = |witness: &Witness| {
            let (was, old) = replay(self.space, 0, witness);
            let (is, new) = replay(self.space, 1, witness);
            (was != is && old == old_by && new == new_by).then_some((was, is))
        };
        if let Some((was, is)) = look(&witness) {
            return Some((witness, was, is));
        }
        if matches!((before, after), (Decided::One(_), Decided::One(_))) {
            return None;
        }
        let [old, new] = self.policies;
        let fields: Vec<Field> = [(old, old_by), (new, new_by)].into_iter().flat_map(|(of, by)| keys(of, by)).collect();
        for number in 1..=KEYS {
            let mut other = witness.clone();
            // Each field has numbers of its own, since two keys that are alike may fall into the same arm.
            for (place, field) in fields.iter().enumerate() {
                let number = number + place * KEYS;
                let value = other.values.get(&field.name);
                // Every second time keys are made up that were missing.
                if (value.is_some() || number.is_multiple_of(2))
                    && let Some(value) = another(value, &field.ty, number)
                {
                    other.values.insert(field.name.clone(), value);
                }
            }
            if let Some((was, is)) = look(&other) {
                return Some((other, was, is));
            }
        }
        None
    }
}

/// The fields that the keys of a rule's experiment are read from.
fn keys(policy: &Policy, by: By) -> Vec<Field> {
    let By::Rule(rule) = by else { return Vec::new() };
    let keys = policy.experiments.iter().filter(|one| one.rule == rule).flat_map(|one| &one.keys);
    keys.filter_map(|(subject, _)| field_of(policy, *subject)).collect()
}

fn field_of(policy: &Policy, subject: Subject) -> Option<Field> {
    match subject {
        Subject::Field(id) => policy.fields.get(id.at()).cloned(),
        Subject::Let(id) => match policy.lets.get(id.at())?.value {
            LetValue::DomainOf(of) => field_of(policy, of),
            LetValue::Condition(_) => None,
        },
        Subject::Record(..) | Subject::Score(_) => None,
    }
}

/// Another value of the kind, for a key.
fn another(value: Option<&Value>, ty: &Type, number: usize) -> Option<Value> {
    let text = |text: String| Value::Text(Text { folded: text.as_str().into(), written: text.into() });
    match (value, ty) {
        (Some(Value::Text(old)), _) => Some(match old.folded.rsplit_once('@') {
            Some((name, domain)) => text(format!("{name}{number}@{number}.{domain}")),
            None => text(format!("{}{number}", old.folded)),
        }),
        (Some(Value::Integer(old)), _) => Some(Value::Integer(old.saturating_add(number as i64))),
        (None, Type::Email) => Some(text(format!("ada{number}@acme{number}.test"))),
        (None, Type::Domain) => Some(text(format!("acme{number}.test"))),
        (None, Type::Text) => Some(text(format!("acme{number}"))),
        _ => None,
    }
}
