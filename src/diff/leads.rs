//! Real leads under both versions: how many are decided otherwise, from what to what, by which rules, and which they are.

use super::outcome::{self, Outcome, Place, Respect};
use crate::batch::{Batch, When};
use crate::data::time;
use crate::lead::{Block, Cursor, LeadFile, OpenError, Plan};
use crate::policy::{FieldId, Instant, Policy, Type};
use crate::router::{Moment, Router};
use indexmap::{IndexMap, IndexSet};
use serde::Serialize;
use smol_str::SmolStr;
use std::hash::Hash;
use std::io::Read;

/// What a file of leads comes to under both versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leads {
    pub file: String,
    /// At which instant they were decided: a time, or the name of a field.
    pub at: String,
    pub leads: u64,
    /// Those that are decided otherwise: by target, SLA or priority.
    pub differ: u64,
    /// By old and new outcome, those with the most leads first.
    pub moves: Vec<Move>,
    /// Leads that are in another territory, by old and new territory; an empty name is none.
    pub territories: Vec<TerritoryMove>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    pub old: Outcome,
    pub new: Outcome,
    pub differs: Vec<Respect>,
    pub leads: u64,
    /// What decided in the old and in the new version, with the number of leads.
    pub by: Vec<By>,
    /// In the order of the file; the line stands for a lead without an id.
    pub ids: Vec<SmolStr>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct By {
    pub old: Option<SmolStr>,
    pub new: Option<SmolStr>,
    pub leads: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TerritoryMove {
    pub old: SmolStr,
    pub new: SmolStr,
    pub leads: u64,
    pub ids: Vec<SmolStr>,
}

/// The instants at which leads are decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    Instant(Instant),
    /// Each at the instant in the field of this name.
    Field(String),
}

impl At {
    /// A time, else the name of a field that is a time or a date under both policies. A local time is in the old policy's zone.
    pub fn read(text: &str, old: &Policy, new: &Policy) -> Option<At> {
        if field(old, text).is_some() && field(new, text).is_some() {
            return Some(At::Field(text.to_owned()));
        }
        time::time(text, None, old.zone).ok().map(At::Instant)
    }
}

fn field(policy: &Policy, name: &str) -> Option<FieldId> {
    let at = policy.fields.iter().position(|field| field.name == name)?;
    matches!(policy.fields.get(at)?.ty, Type::Time | Type::Date).then_some(FieldId(at as u32))
}

/// What became of the leads of a file under one version.
#[derive(Debug, Default)]
pub struct Decided {
    leads: Vec<One>,
    outcomes: IndexSet<Outcome>,
    by: IndexSet<Option<SmolStr>>,
    territories: IndexSet<SmolStr>,
    /// Why the file was not read to its end.
    pub failure: Option<String>,
}

#[derive(Debug)]
struct One {
    id: SmolStr,
    line: u64,
    outcome: u32,
    by: u32,
    territory: u32,
}

/// Decides the leads of a file under one version; `name` tells the format by its ending.
///
/// # Errors
/// Where the file cannot be read as leads.
pub fn decide(router: &Router, source: impl Read + Send, name: Option<&str>, at: &At) -> Result<Decided, OpenError> {
    let policy = router.policy();
    let plan = Plan::of(policy);
    let mut file = LeadFile::open(source, name, &plan)?;
    let moment: Moment;
    let when = match at {
        At::Instant(instant) => {
            moment = router.moment(*instant);
            When::Moment(&moment)
        }
        At::Field(name) => When::Field(field(policy, name).unwrap_or(FieldId(0))),
    };
    let dates = file.dates().clone();
    let mut batch = Batch::new(router, &plan, &dates, when, false);
    let mut splitter = file.splitter();
    let mut decided = Decided::default();
    let mut block = Block::default();
    while file.next_block(&mut block) {
        let (text, note) = block.text();
        let mut cursor = Cursor::default();
        while let Some(raw) = splitter.next(&plan, &block, &text, &mut cursor) {
            let raw = match raw {
                Ok(raw) => raw,
                Err(error) => {
                    decided.enter(SmolStr::default(), error.line, Outcome::ERRORS, None, SmolStr::default());
                    continue;
                }
            };
            let mut entered = None;
            let done = batch.decide(&raw, |one| {
                let found = one.found;
                let territory = found.territory.and_then(|id| policy.territories.get(id.at()));
                let by = if one.bad.is_some() { Some("on bad lead".into()) } else { outcome::by(policy, found) };
                entered = Some((
                    SmolStr::new(one.id.unwrap_or("")),
                    Outcome::of(policy, found),
                    by,
                    territory.map_or(SmolStr::default(), |territory| territory.name.clone()),
                ));
            });
            match (done, entered) {
                (Ok(()), Some((id, outcome, by, territory))) => decided.enter(id, raw.line, outcome, by, territory),
                (Err(undecided), _) => {
                    let id = SmolStr::from(undecided.id.unwrap_or_default());
                    decided.enter(id, undecided.line, Outcome::ERRORS, None, SmolStr::default());
                }
                (Ok(()), None) => {}
            }
        }
        file.notice(note);
    }
    decided.failure = file.failure().map(str::to_owned);
    Ok(decided)
}

impl Decided {
    /// Each lead in the order of the file: its id (empty where it has none), its line, what became of it, what decided that, and
    /// its territory (empty for none).
    pub fn each(&self) -> impl Iterator<Item = (&SmolStr, u64, &Outcome, Option<&SmolStr>, &SmolStr)> {
        self.leads.iter().filter_map(|one| {
            let by = at_place(&self.by, one.by)?.as_ref();
            Some((
                &one.id,
                one.line,
                at_place(&self.outcomes, one.outcome)?,
                by,
                at_place(&self.territories, one.territory)?,
            ))
        })
    }

    fn enter(&mut self, id: SmolStr, line: u64, outcome: Outcome, by: Option<SmolStr>, territory: SmolStr) {
        let one = One {
            id,
            line,
            outcome: entered(&mut self.outcomes, outcome),
            by: entered(&mut self.by, by),
            territory: entered(&mut self.territories, territory),
        };
        self.leads.push(one);
    }
}

fn entered<T: Hash + Eq>(all: &mut IndexSet<T>, one: T) -> u32 {
    all.insert_full(one).0 as u32
}

/// Compares what one file came to under two versions.
pub fn compare(old: &Decided, new: &Decided, file: String, at: String) -> Leads {
    let mut moves: IndexMap<(u32, u32), Move> = IndexMap::new();
    let mut territories: IndexMap<(u32, u32), TerritoryMove> = IndexMap::new();
    let (mut leads, mut differ) = (0, 0);
    for (was, is) in old.leads.iter().zip(&new.leads) {
        leads += 1;
        let id = || name(was, is);
        if let (Some(before), Some(after)) = (at_place(&old.outcomes, was.outcome), at_place(&new.outcomes, is.outcome))
            && before != after
        {
            differ += 1;
            let entry = moves.entry((was.outcome, is.outcome)).or_insert_with(|| Move {
                old: before.clone(),
                new: after.clone(),
                differs: before.differs(after),
                leads: 0,
                by: Vec::new(),
                ids: Vec::new(),
            });
            entry.leads += 1;
            entry.ids.push(id());
            let by = |all: &IndexSet<Option<SmolStr>>, at: u32| at_place(all, at).cloned().flatten();
            let (old_by, new_by) = (by(&old.by, was.by), by(&new.by, is.by));
            match entry.by.iter_mut().find(|known| known.old == old_by && known.new == new_by) {
                Some(known) => known.leads += 1,
                None => entry.by.push(By { old: old_by, new: new_by, leads: 1 }),
            }
        }
        let place = |all: &IndexSet<SmolStr>, at: u32| at_place(all, at).cloned().unwrap_or_default();
        let (before, after) = (place(&old.territories, was.territory), place(&new.territories, is.territory));
        let decided = |set: &IndexSet<Outcome>, at: u32| {
            at_place(set, at).is_some_and(|outcome| !matches!(outcome.place, Place::Errors | Place::Excluded))
        };
        if before != after && decided(&old.outcomes, was.outcome) && decided(&new.outcomes, is.outcome) {
            let entry = territories.entry((was.territory, is.territory)).or_insert_with(|| TerritoryMove {
                old: before,
                new: after,
                leads: 0,
                ids: Vec::new(),
            });
            entry.leads += 1;
            entry.ids.push(id());
        }
    }
    let mut moves: Vec<Move> = moves.into_values().collect();
    moves.sort_by_key(|one| std::cmp::Reverse(one.leads));
    for one in &mut moves {
        one.by.sort_by_key(|by| std::cmp::Reverse(by.leads));
    }
    let mut territories: Vec<TerritoryMove> = territories.into_values().collect();
    territories.sort_by_key(|one| std::cmp::Reverse(one.leads));
    Leads { file, at, leads, differ, moves, territories }
}

fn at_place<T>(all: &IndexSet<T>, at: u32) -> Option<&T> {
    all.get_index(at as usize)
}

/// A lead's id, else where it stands.
fn name(old: &One, new: &One) -> SmolStr {
    match (old.id.as_str(), new.id.as_str()) {
        ("", "") => format!("line {}", old.line).into(),
        ("", _) => new.id.clone(),
        _ => old.id.clone(),
    }
}
