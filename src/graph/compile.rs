//! Conditions to cubes, and what has a name to stages that are evaluated in order.
//!
//! A condition is brought into a disjunction of cubes. Where multiplying out would give more than [`MOST`], a part becomes a *slot*
//! instead, whose flag stands for it; so the cubes of a policy never grow faster than the policy. Segments, score terms and
//! territories are slots in any case, because the answer names them. A slot of stage 0 asks only about the lead's own values, a slot
//! of stage n about what the stages before it found.

use super::atoms::{AtomSet, Cube, DimId, FlagId};
use super::questions::{Question, Questions};
use crate::policy::{
    CalendarId, Condition, ConditionKind, GradeId, LetId, LetValue, Period, Policy, ScoreId, SegmentId, Subject,
    TerritoryId,
};
use chrono::NaiveDate;
use chrono_tz::Tz;
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// Cubes that multiplying out may give.
const MOST: usize = 64;
/// Flags that a cube may wait for.
const MOST_FLAGS: usize = 8;

/// What happens when a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Flag(FlagId),
    Segment(SegmentId),
    Points(ScoreId, i64),
    Territory(TerritoryId),
}

/// A condition of its own.
#[derive(Debug)]
pub struct Slot {
    pub cubes: Vec<Cube>,
    pub stage: u32,
    pub effects: Vec<Effect>,
}

/// A part of a stage that sums up what its slots said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Summary {
    Score(ScoreId),
    Territory,
}

pub struct Compiler<'a> {
    pub policy: &'a Policy,
    pub questions: Questions,
    pub slots: Vec<Slot>,
    /// Summaries with the stage after whose slots they are made.
    pub summaries: Vec<(u32, Summary)>,
    /// Flags of calendars, which the instant alone decides.
    pub calendars: Vec<Option<FlagId>>,
    pub grades: Vec<Option<DimId>>,
    pub territory: Option<Territories>,

    days: IndexMap<Days, (Vec<Period>, FlagId)>,
    /// The stage from which each dimension and flag may be asked; 0 where not said.
    dim_stages: Vec<u32>,
    flag_stages: Vec<u32>,
    segments: Vec<Option<Named>>,
    lets: Vec<Option<Named>>,
    scores: Vec<Option<u32>>,
}

/// The territory dimension: atom 0 is none, the others are the territories in preorder, so that a subtree is one run.
#[derive(Debug, Clone)]
pub struct Territories {
    pub dim: DimId,
    /// By territory, its atom and the atom behind its subtree.
    pub runs: Vec<(u32, u32)>,
}

/// A condition with a name.
#[derive(Debug, Clone)]
struct Named {
    cubes: Rc<Vec<Cube>>,
    /// Its slot, once it has one.
    slot: Option<usize>,
    flag: Option<FlagId>,
}

/// Periods as a key.
type Days = Vec<(Option<NaiveDate>, Option<NaiveDate>, Tz)>;

#[derive(Debug, Clone, Copy)]
enum Name {
    Segment(SegmentId),
    Let(LetId),
}

impl<'a> Compiler<'a> {
    pub fn new(policy: &'a Policy) -> Self {
        let mut compiler = Compiler {
            policy,
            questions: Questions::new(policy),
            slots: Vec::new(),
            summaries: Vec::new(),
            calendars: vec![None; policy.calendars.len()],
            days: IndexMap::new(),
            grades: vec![None; policy.grades.len()],
            territory: None,
            dim_stages: Vec::new(),
            flag_stages: Vec::new(),
            segments: vec![None; policy.segments.len()],
            lets: vec![None; policy.lets.len()],
            scores: vec![None; policy.scores.len()],
        };
        for at in 0..policy.segments.len() as u32 {
            compiler.named_slot(Name::Segment(SegmentId(at)));
        }
        for at in 0..policy.scores.len() as u32 {
            compiler.score_stage(ScoreId(at));
        }
        if !policy.territories.is_empty() {
            compiler.territories();
        }
        compiler
    }

    /// The number of stages.
    pub fn stages(&self) -> u32 {
        let slots = self.slots.iter().map(|slot| slot.stage + 1);
        slots.chain(self.summaries.iter().map(|(stage, _)| stage + 1)).max().unwrap_or(0)
    }

    /// The cubes that together hold exactly where the condition does (where it does not, if not `positive`).
    pub fn cubes(&mut self, condition: &Condition, positive: bool) -> Vec<Cube> {
        match &condition.kind {
            ConditionKind::Constant(value) => constant(*value == positive),
            ConditionKind::Not(part) => self.cubes(part, !positive),
            ConditionKind::And(parts) if positive => self.product(parts, true),
            ConditionKind::Or(parts) if !positive => self.product(parts, false),
            ConditionKind::And(parts) | ConditionKind::Or(parts) => self.sum(parts, positive),
            ConditionKind::Test(test) => {
                if let Subject::Score(score) = test.subject {
                    self.score_stage(score);
                }
                match self.questions.question(test) {
                    Question::Never => constant(!positive),
                    Question::In(dim, atoms) => self.in_set(dim, atoms, positive),
                    Question::Flag(flag) => vec![flag_cube(flag, positive)],
                }
            }
            ConditionKind::Segment(id) => self.named(Name::Segment(*id), positive),
            ConditionKind::Let(id) => self.named(Name::Let(*id), positive),
            ConditionKind::Territory(ids) => {
                let Some(territories) = self.territory.clone().or_else(|| self.territories()) else {
                    return constant(!positive);
                };
                let runs = ids.iter().filter_map(|id| territories.runs.get(id.at()).copied()).collect();
                self.in_set(territories.dim, Arc::new(AtomSet::new(runs)), positive)
            }
            ConditionKind::Grade(id, steps) => {
                let Some(dim) = self.grade(*id) else { return constant(!positive) };
                // Atom 0 is no grade, the steps follow.
                let size = self.questions.size(dim);
                let runs = steps.iter().filter(|&&step| step < size - 1).map(|&step| (step + 1, step + 2)).collect();
                self.in_set(dim, Arc::new(AtomSet::new(runs)), positive)
            }
            ConditionKind::ArrivesDuring(id) => {
                let Some(flag) = self.calendar(*id) else { return constant(!positive) };
                vec![flag_cube(flag, positive)]
            }
        }
    }

    /// The cubes of all these conditions together.
    pub fn all(&mut self, conditions: &[Condition]) -> Vec<Cube> {
        self.product(conditions, true)
    }

    /// The flag that says whether one of these periods holds.
    pub fn on_days(&mut self, periods: &[Period]) -> FlagId {
        let questions = &mut self.questions;
        let key = periods.iter().map(|period| (period.from, period.to, period.zone)).collect();
        self.days.entry(key).or_insert_with(|| (periods.to_vec(), questions.new_flag())).1
    }

    /// The periods that rules are limited to, with the flag of each list.
    pub fn days(&self) -> impl Iterator<Item = (&[Period], FlagId)> {
        self.days.values().map(|(periods, flag)| (periods.as_slice(), *flag))
    }

    fn in_set(&self, dim: DimId, atoms: Arc<AtomSet>, positive: bool) -> Vec<Cube> {
        let atoms = if positive { atoms } else { Arc::new(atoms.complement(self.questions.size(dim))) };
        if atoms.is_empty() { Vec::new() } else { vec![Cube { sets: vec![(dim, atoms)], flags: Vec::new() }] }
    }

    /// All parts hold (none does, if not `positive`).
    fn product(&mut self, parts: &[Condition], positive: bool) -> Vec<Cube> {
        let mut factors: Vec<Vec<Cube>> = parts.iter().map(|part| self.cubes(part, positive)).collect();
        let choices: Vec<Vec<Cube>> = factors.extract_if(.., |factor| factor.len() > 1).collect();
        let Some(mut fixed) = conjunction(factors) else { return Vec::new() };
        let mut cubes = constant(true);
        for factor in choices {
            if factor.len() * cubes.len() <= MOST {
                cubes = cubes.iter().flat_map(|cube| factor.iter().filter_map(|other| cube.and(other))).collect();
            } else if let Some(both) = fixed.and(&flag_cube(self.flag(factor), true)) {
                fixed = both;
            }
        }
        cubes.iter().filter_map(|cube| cube.and(&fixed)).collect()
    }

    /// One of the parts holds (one does not, if not `positive`). Sets of one dimension are joined.
    fn sum(&mut self, parts: &[Condition], positive: bool) -> Vec<Cube> {
        let mut cubes: Vec<Cube> = Vec::new();
        let mut runs: BTreeMap<DimId, Vec<(u32, u32)>> = BTreeMap::new();
        for cube in parts.iter().flat_map(|part| self.cubes(part, positive)) {
            match cube.only_set() {
                Some((dim, set)) => runs.entry(dim).or_default().extend(set.runs()),
                None => cubes.push(cube),
            }
        }
        let joined = runs.into_iter().map(|(dim, runs)| (dim, Arc::new(AtomSet::new(runs))));
        cubes.extend(joined.map(|set| Cube { sets: vec![set], flags: Vec::new() }));
        cubes
    }

    // ---- slots ----

    /// A new slot for these cubes, in the first stage in which all they ask is known.
    fn slot(&mut self, cubes: Vec<Cube>, effects: Vec<Effect>) -> usize {
        let cubes = self.narrowed(cubes);
        let known = |stages: &[u32], at: u32| stages.get(at as usize).copied().unwrap_or(0);
        let stage = cubes.iter().flat_map(|cube| {
            let dims = cube.sets.iter().map(|(dim, _)| known(&self.dim_stages, *dim));
            dims.chain(cube.flags.iter().map(|(flag, _)| known(&self.flag_stages, *flag)))
        });
        let stage = stage.max().unwrap_or(0);
        self.slots.push(Slot { cubes, stage, effects });
        self.slots.len() - 1
    }

    /// The same cubes with at most [`MOST_FLAGS`] flags to wait for in each, since an index has a layer for each.
    pub fn narrowed(&mut self, mut cubes: Vec<Cube>) -> Vec<Cube> {
        for cube in &mut cubes {
            while cube.flags.iter().filter(|(_, wanted)| *wanted).count() > MOST_FLAGS {
                let mut room = MOST_FLAGS;
                let flags = cube.flags.extract_if(.., |(_, wanted)| {
                    let taken = *wanted && room > 0;
                    room -= usize::from(taken);
                    taken
                });
                let together = Cube { sets: Vec::new(), flags: flags.collect() };
                cube.flags.push((self.flag(vec![together]), true));
            }
        }
        cubes
    }

    /// A flag that holds where one of the cubes does.
    fn flag(&mut self, cubes: Vec<Cube>) -> FlagId {
        let slot = self.slot(cubes, Vec::new());
        self.slot_flag(slot)
    }

    fn slot_flag(&mut self, slot: usize) -> FlagId {
        let flag = self.questions.new_flag();
        if let Some(slot) = self.slots.get_mut(slot) {
            slot.effects.push(Effect::Flag(flag));
            say_stage(&mut self.flag_stages, flag, slot.stage + 1);
        }
        flag
    }

    /// A slot for a condition; what has a name has one already.
    fn condition_slot(&mut self, condition: &Condition, effect: Effect) -> u32 {
        let slot = match &condition.kind {
            ConditionKind::Segment(id) => self.named_slot(Name::Segment(*id)),
            ConditionKind::Let(id) => self.named_slot(Name::Let(*id)),
            _ => {
                let cubes = self.cubes(condition, true);
                Some(self.slot(cubes, Vec::new()))
            }
        };
        let Some(slot) = slot.and_then(|slot| self.slots.get_mut(slot)) else { return 0 };
        slot.effects.push(effect);
        slot.stage
    }

    // ---- names ----

    fn known(&mut self, name: Name) -> Option<&mut Option<Named>> {
        match name {
            Name::Segment(id) => self.segments.get_mut(id.at()),
            Name::Let(id) => self.lets.get_mut(id.at()),
        }
    }

    fn named_cubes(&mut self, name: Name) -> Rc<Vec<Cube>> {
        if let Some(Some(named)) = self.known(name) {
            return named.cubes.clone();
        }
        let policy = self.policy;
        let condition = match name {
            Name::Segment(id) => policy.segments.get(id.at()).map(|segment| &segment.when),
            Name::Let(id) => policy.lets.get(id.at()).and_then(|found| match &found.value {
                LetValue::Condition(condition) => Some(condition),
                LetValue::DomainOf(_) => None,
            }),
        };
        let cubes = Rc::new(condition.map(|condition| self.cubes(condition, true)).unwrap_or_default());
        if let Some(known) = self.known(name) {
            *known = Some(Named { cubes: cubes.clone(), slot: None, flag: None });
        }
        cubes
    }

    /// What is one cube is written out where it is used; else its flag is asked.
    fn named(&mut self, name: Name, positive: bool) -> Vec<Cube> {
        let cubes = self.named_cubes(name);
        match cubes.as_slice() {
            [] => return constant(!positive),
            [cube] if positive => return vec![cube.clone()],
            [cube] => match (cube.sets.as_slice(), cube.flags.as_slice()) {
                ([], []) => return Vec::new(),
                ([(dim, set)], []) => return self.in_set(*dim, set.clone(), false),
                ([], [(flag, wanted)]) => return vec![flag_cube(*flag, !wanted)],
                _ => {}
            },
            _ => {}
        }
        match self.named_flag(name) {
            Some(flag) => vec![flag_cube(flag, positive)],
            None => constant(!positive),
        }
    }

    fn named_slot(&mut self, name: Name) -> Option<usize> {
        let cubes = self.named_cubes(name);
        if let Some(Some(Named { slot: Some(slot), .. })) = self.known(name) {
            return Some(*slot);
        }
        let effects = match name {
            Name::Segment(id) => vec![Effect::Segment(id)],
            Name::Let(_) => Vec::new(),
        };
        let slot = self.slot(cubes.to_vec(), effects);
        self.known(name)?.as_mut()?.slot = Some(slot);
        Some(slot)
    }

    fn named_flag(&mut self, name: Name) -> Option<FlagId> {
        let slot = self.named_slot(name)?;
        if let Some(flag) = self.known(name)?.as_ref()?.flag {
            return Some(flag);
        }
        let flag = self.slot_flag(slot);
        self.known(name)?.as_mut()?.flag = Some(flag);
        Some(flag)
    }

    /// Compiles a score's terms and gives the stage from which its value may be asked.
    fn score_stage(&mut self, id: ScoreId) -> u32 {
        if let Some(Some(stage)) = self.scores.get(id.at()) {
            return *stage;
        }
        let policy = self.policy;
        let Some(score) = policy.scores.get(id.at()) else { return 0 };
        let mut last = 0;
        for term in &score.terms {
            if let Some(when) = &term.when {
                last = last.max(self.condition_slot(when, Effect::Points(id, term.points)));
            }
        }
        self.summaries.push((last, Summary::Score(id)));
        if let Some(place) = self.scores.get_mut(id.at()) {
            *place = Some(last + 1);
        }
        if let Some((dim, _)) = self.questions.get(Subject::Score(id)).and_then(|asked| asked.dim.as_ref()) {
            say_stage(&mut self.dim_stages, *dim, last + 1);
        }
        last + 1
    }

    fn grade(&mut self, id: GradeId) -> Option<DimId> {
        if let Some(dim) = self.grades.get(id.at())? {
            return Some(*dim);
        }
        let grade = self.policy.grades.get(id.at())?;
        let stage = self.score_stage(grade.score);
        let dim = self.questions.new_dim(grade.steps.len() as u32 + 1);
        say_stage(&mut self.dim_stages, dim, stage);
        *self.grades.get_mut(id.at())? = Some(dim);
        Some(dim)
    }

    fn territories(&mut self) -> Option<Territories> {
        if self.territory.is_some() || self.policy.territories.is_empty() {
            return self.territory.clone();
        }
        let policy = self.policy;
        let mut last = 0;
        for (at, territory) in policy.territories.iter().enumerate() {
            last = last.max(self.condition_slot(&territory.when, Effect::Territory(TerritoryId(at as u32))));
        }
        self.summaries.push((last, Summary::Territory));
        let dim = self.questions.new_dim(policy.territories.len() as u32 + 1);
        say_stage(&mut self.dim_stages, dim, last + 1);
        self.territory = Some(Territories { dim, runs: preorder(policy) });
        self.territory.clone()
    }

    fn calendar(&mut self, id: CalendarId) -> Option<FlagId> {
        if let Some(flag) = self.calendars.get(id.at())? {
            return Some(*flag);
        }
        let flag = self.questions.new_flag();
        *self.calendars.get_mut(id.at())? = Some(flag);
        Some(flag)
    }
}

fn constant(value: bool) -> Vec<Cube> {
    if value { vec![Cube::default()] } else { Vec::new() }
}

/// All of these, each one cube or none; joined in pairs, so that a long list costs little more than its length.
fn conjunction(factors: Vec<Vec<Cube>>) -> Option<Cube> {
    let mut cubes = factors.into_iter().map(|factor| factor.into_iter().next()).collect::<Option<Vec<Cube>>>()?;
    while cubes.len() > 1 {
        let pairs = cubes.chunks(2).map(|pair| match pair {
            [one, other] => one.and(other),
            rest => rest.first().cloned(),
        });
        cubes = pairs.collect::<Option<Vec<Cube>>>()?;
    }
    Some(cubes.pop().unwrap_or_default())
}

fn flag_cube(flag: FlagId, wanted: bool) -> Cube {
    Cube { sets: Vec::new(), flags: vec![(flag, wanted)] }
}

fn say_stage(stages: &mut Vec<u32>, at: u32, stage: u32) {
    let at = at as usize;
    if stages.len() <= at {
        stages.resize(at + 1, 0);
    }
    if let Some(place) = stages.get_mut(at) {
        *place = stage;
    }
}

/// For each territory its place in preorder, from 1, and the place behind its subtree.
fn preorder(policy: &Policy) -> Vec<(u32, u32)> {
    let mut runs = vec![(0, 0); policy.territories.len()];
    let mut next = 1;
    // Each territory is met twice: on the way down, and when everything below it was met.
    let roots = policy.territory_sets.iter().flat_map(|set| &set.roots);
    let mut open: Vec<(TerritoryId, bool)> = roots.rev().map(|&root| (root, false)).collect();
    while let Some((id, done)) = open.pop() {
        let Some(run) = runs.get_mut(id.at()) else { continue };
        if done {
            run.1 = next;
            continue;
        }
        run.0 = next;
        next += 1;
        open.push((id, true));
        let children = policy.territories.get(id.at()).map_or(&[][..], |territory| &territory.children);
        open.extend(children.iter().rev().map(|&child| (child, false)));
    }
    runs
}
