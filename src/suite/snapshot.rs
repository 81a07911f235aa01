//! Where a set of leads goes, recorded: small enough to keep in git, readable, and the same whatever the order of the leads.
//!
//! ```text
//! leadway snapshot 1
//! policy main.leadway
//! leads leads.csv
//! at created_at
//!
//! rule "By desk" -> pool emea_overflow · sla standard                           2 leads
//!   L0002 L0010..L0014
//! ```
//! A line that starts at the edge says what became of the leads whose ids stand below it, sorted; ids that count up are a run. An id
//! with a blank or a sign of this form is in quotes. An id that occurs again has `#2` behind it, and leads without one are `"no id"`: such
//! leads are counted in the order of what became of them, so that their order in the file says nothing.

mod ids;
mod text;

pub use text::{Broken, read, write};

use crate::diff::leads::Decided;
use serde::Serialize;
use smol_str::{SmolStr, ToSmolStr};
use std::collections::{BTreeMap, HashMap};

/// What stands before the name of a territory in an outcome.
const TERRITORY: &str = " · territory ";

/// What became of each lead of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// The file of the policy, without its folder.
    pub policy: String,
    /// The file of leads, as it is named from the policy's folder.
    pub leads: String,
    /// The instant they were decided at: a time, or the name of a field.
    pub at: String,
    /// By what became of them; the ids are sorted as people count.
    pub groups: BTreeMap<Fate, Vec<SmolStr>>,
}

/// What becomes of a lead, in words, and what decides that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Fate {
    /// `rule "By desk"`, or `no rule`.
    pub by: SmolStr,
    /// `pool emea_overflow · sla standard · territory emea`
    pub outcome: SmolStr,
}

/// Leads that are decided otherwise than in the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    pub old: Fate,
    pub new: Fate,
    /// Sorted as people count.
    pub ids: Vec<SmolStr>,
}

/// How what leads come to now differs from a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Another outcome, those with the most leads first.
    pub moves: Vec<Move>,
    /// The same outcome by another rule: no lead notices.
    pub renamed: Vec<Move>,
    /// Leads of the snapshot that the file has no more.
    pub gone: Vec<SmolStr>,
    /// Leads of the file that the snapshot has not.
    pub new: Vec<SmolStr>,
    /// Leads in both.
    pub compared: usize,
}

impl Difference {
    /// Nothing that a lead notices is otherwise, and the leads are the same.
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty() && self.gone.is_empty() && self.new.is_empty()
    }
}

impl Snapshot {
    pub fn of(decided: &Decided, policy: String, leads: String, at: String) -> Snapshot {
        let mut groups: HashMap<Fate, Vec<SmolStr>> = HashMap::new();
        for (id, _, outcome, by, territory) in decided.each() {
            let outcome = match territory.is_empty() {
                true => outcome.to_smolstr(),
                false => SmolStr::new(format!("{outcome}{TERRITORY}{territory}")),
            };
            let fate = Fate { by: by.cloned().unwrap_or_else(|| "no rule".into()), outcome };
            let id = if id.is_empty() { SmolStr::new_static("no id") } else { id.clone() };
            groups.entry(fate).or_default().push(id);
        }
        let mut groups: BTreeMap<Fate, Vec<SmolStr>> = groups.into_iter().collect();
        let mut seen: HashMap<SmolStr, u32> = HashMap::new();
        for ids in groups.values_mut() {
            for id in ids.iter_mut() {
                let times = seen.entry(id.clone()).or_insert(0);
                *times += 1;
                if *times > 1 {
                    *id = SmolStr::new(format!("{id}#{times}"));
                }
            }
            ids::sort(ids);
        }
        Snapshot { policy, leads, at, groups }
    }

    pub fn len(&self) -> usize {
        self.groups.values().map(Vec::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// What a newer snapshot says otherwise.
    pub fn compare(&self, new: &Snapshot) -> Difference {
        let old: HashMap<&SmolStr, &Fate> =
            self.groups.iter().flat_map(|(fate, ids)| ids.iter().map(move |id| (id, fate))).collect();
        let mut moves: HashMap<(Fate, Fate), Vec<SmolStr>> = HashMap::new();
        let mut difference = Difference::default();
        for (fate, ids) in &new.groups {
            for id in ids {
                match old.get(id) {
                    None => difference.new.push(id.clone()),
                    Some(before) => {
                        difference.compared += 1;
                        if **before != *fate {
                            moves.entry(apart(before, fate)).or_default().push(id.clone());
                        }
                    }
                }
            }
        }
        if difference.compared < old.len() {
            let is: std::collections::HashSet<&SmolStr> = new.groups.values().flatten().collect();
            difference.gone = old.keys().filter(|id| !is.contains(*id)).map(|id| (*id).clone()).collect();
        }
        let mut moves: Vec<Move> = moves.into_iter().map(|((old, new), ids)| Move { old, new, ids }).collect();
        moves.sort_by(|a, b| b.ids.len().cmp(&a.ids.len()).then_with(|| (&a.old, &a.new).cmp(&(&b.old, &b.new))));
        moves.iter_mut().for_each(|one| ids::sort(&mut one.ids));
        (difference.renamed, difference.moves) = moves.into_iter().partition(|one| one.old.outcome == one.new.outcome);
        ids::sort(&mut difference.gone);
        ids::sort(&mut difference.new);
        difference
    }

    /// Takes over what a newer snapshot says of these leads.
    pub fn take_over(&mut self, new: &Snapshot, ids: &[SmolStr]) {
        let chosen: std::collections::HashSet<&SmolStr> = ids.iter().collect();
        for of_fate in self.groups.values_mut() {
            of_fate.retain(|id| !chosen.contains(id));
        }
        for (fate, ids) in &new.groups {
            let taken: Vec<SmolStr> = ids.iter().filter(|id| chosen.contains(id)).cloned().collect();
            if !taken.is_empty() {
                let of_fate = self.groups.entry(fate.clone()).or_default();
                of_fate.extend(taken);
                ids::sort(of_fate);
            }
        }
        self.groups.retain(|_, ids| !ids.is_empty());
    }
}

/// Two fates without the territory, where that is the same in both: leads of all territories that move alike are one group.
fn apart(old: &Fate, new: &Fate) -> (Fate, Fate) {
    let split =
        |fate: &Fate| fate.outcome.rsplit_once(TERRITORY).map(|(rest, name)| (rest.to_smolstr(), name.to_smolstr()));
    match (split(old), split(new)) {
        (Some((was, one)), Some((is, other))) if one == other => {
            (Fate { by: old.by.clone(), outcome: was }, Fate { by: new.by.clone(), outcome: is })
        }
        _ => (old.clone(), new.clone()),
    }
}
