//! Deciding leads with the graph.

use super::{Facts, Match, Outcome, RecordMatch};
use crate::graph::compile::{Effect, Summary};
use crate::graph::index::Cursor;
use crate::graph::{Clock, Codes, Graph, Stage, Step};
use crate::matcher::reference::gives;
use crate::policy::meaning::domain_of;
use crate::policy::{ExperimentId, RecordsId, RouteId, RuleId, ScoreId, Subject, TableId, Target, TerritoryId, Value};
use std::borrow::Cow;

/// Decides leads one after the other with a graph. It keeps its room from lead to lead, so that deciding takes none; one for each
/// thread.
#[derive(Debug, Clone)]
pub struct Matcher<'g> {
    graph: &'g Graph,
    codes: Codes,
    cursor: Cursor,
    owners: Vec<u32>,
    /// The points of each score so far.
    sums: Vec<i128>,
    /// Territories whose own condition holds.
    inside: Vec<TerritoryId>,
    /// The row of each table, once it was looked for.
    rows: Vec<Option<Option<u32>>>,
    entered: Vec<bool>,
    /// The routes to come back to, with the cube to go on from.
    open: Vec<(RouteId, u32)>,
    found: Match,
}

impl<'g> Matcher<'g> {
    pub fn new(graph: &'g Graph) -> Self {
        Matcher {
            graph,
            codes: graph.coder.codes(),
            cursor: Cursor::default(),
            owners: Vec::new(),
            sums: vec![0; graph.scores.len()],
            inside: Vec::new(),
            rows: vec![None; graph.tables.len()],
            entered: vec![false; graph.routes.len()],
            open: Vec::new(),
            found: Match::default(),
        }
    }

    /// Decides a lead by its typed values.
    pub fn decide_facts(&mut self, facts: &Facts) -> &Match {
        let clock = self.graph.clock(facts.at, facts.calendars);
        let mut codes = std::mem::take(&mut self.codes);
        codes.clear();
        self.graph.coder.fields(facts.values, &mut codes);
        self.graph.coder.records(|records| row(facts.record(records)), &mut codes);
        let graph = self.graph;
        self.run(&mut codes, &clock, facts.records, |subject| graph.key_text(facts, subject));
        self.codes = codes;
        &self.found
    }

    /// Decides a coded lead: its fields and the columns of its records are in `codes`, which serve as room on the way and say the
    /// same afterwards. `key_text` gives the [`Value::key_text`] of a field, a let or a column; it is asked only about a lead whose
    /// rule has an experiment.
    #[inline]
    pub fn decide(
        &mut self,
        codes: &mut Codes,
        clock: &Clock,
        records: &[RecordMatch],
        key_text: impl Fn(Subject) -> Option<String>,
    ) -> &Match {
        self.run(codes, clock, records, key_text);
        &self.found
    }

    #[inline]
    fn run(
        &mut self,
        codes: &mut Codes,
        clock: &Clock,
        records: &[RecordMatch],
        key_text: impl Fn(Subject) -> Option<String>,
    ) {
        let graph = self.graph;
        let own_flags = codes.flags.len();
        codes.flags.extend_from_slice(&clock.flags);
        self.start(records);
        for stage in &graph.stages {
            self.stage(stage, codes, clock);
        }
        if graph.stages.len() > 1 {
            self.found.segments.sort_unstable();
        }
        if let Some(hit) = graph.excludes.first(&mut self.cursor, &codes.atoms, &codes.flags, 0) {
            self.exclude(hit.owner);
        } else if let Some((records, queue)) = self.tie() {
            self.found.outcome = Outcome::Tie(records);
            self.found.targets.push(Target::Queue(queue));
        } else if let Some(rule) = self.routes(codes) {
            self.take(rule, codes, key_text);
        }
        codes.flags.truncate(own_flags);
    }

    /// Finds what holds of a stage, and sums it up.
    fn stage(&mut self, stage: &Stage, codes: &mut Codes, clock: &Clock) {
        stage.index.all(&mut self.cursor, &codes.atoms, &codes.flags, &mut self.owners);
        for effect in self.owners.iter().filter_map(|&owner| stage.effects.get(owner as usize)).flatten() {
            match *effect {
                Effect::Flag(flag) => codes.flags.push(flag),
                Effect::Segment(id) => self.found.segments.push(id),
                Effect::Points(id, points) => add(&mut self.sums, id, points),
                Effect::Territory(id) => self.inside.push(id),
            }
        }
        for summary in &stage.summaries {
            match summary {
                Summary::Score(id) => self.score(*id, codes),
                Summary::Territory => self.territory(clock.territory_set, codes),
            }
        }
    }

    #[inline]
    fn start(&mut self, records: &[RecordMatch]) {
        let found = &mut self.found;
        found.outcome = Outcome::None;
        found.targets.clear();
        found.sla = None;
        found.priority = None;
        found.territory = None;
        found.segments.clear();
        found.scores.clear();
        found.scores.resize(self.graph.scores.len(), 0);
        found.grades.clear();
        found.grades.resize(self.graph.grades.len(), None);
        found.records.clear();
        found.records.extend(records.iter().take(self.graph.on_tie.len()));
        found.records.resize(self.graph.on_tie.len(), RecordMatch::None);
        found.rows.clear();
        found.arm = None;
        self.inside.clear();
        again(&mut self.sums, 0);
        again(&mut self.rows, None);
        again(&mut self.entered, false);
        self.open.clear();
    }

    fn exclude(&mut self, at: u32) {
        let found = &mut self.found;
        found.outcome = Outcome::Excluded(at);
        found.territory = None;
        found.segments.clear();
        found.scores.clear();
        found.grades.clear();
    }

    fn score(&mut self, id: ScoreId, codes: &mut Codes) {
        let (Some(plan), Some(sum)) = (self.graph.scores.get(id.at()), self.sums.get(id.at())) else { return };
        let score = (plan.always + sum).min(i128::from(plan.high)).max(i128::from(plan.low)) as i64;
        self.found.scores.get_mut(id.at()).into_iter().for_each(|place| *place = score);
        if let Some((dim, atom)) = self.graph.coder.score(id, score) {
            codes.set(dim, atom);
        }
        for grade in &plan.grades {
            let Some(plan) = self.graph.grades.get(grade.at()) else { continue };
            let step = plan.steps.iter().position(|from| from.is_none_or(|from| from <= score)).map(|step| step as u32);
            self.found.grades.get_mut(grade.at()).into_iter().for_each(|place| *place = step);
            if let Some(dim) = plan.dim {
                codes.set(dim, step.map_or(0, |step| step + 1));
            }
        }
    }

    /// From the roots of the set in force into the first child that holds, as long as there is one.
    fn territory(&mut self, set_in_force: Option<u32>, codes: &mut Codes) {
        let Some(plan) = &self.graph.territories else { return };
        let parent = |id: &TerritoryId| plan.parents.get(id.at()).copied().flatten();
        let atom = |id: &TerritoryId| plan.atoms.get(id.at()).copied().unwrap_or(0);
        let in_force = |id: &TerritoryId| plan.sets.get(id.at()).copied() == set_in_force;
        let mut deepest = None;
        while let Some(next) =
            self.inside.iter().filter(|id| parent(id) == deepest && in_force(id)).min_by_key(|id| atom(id))
        {
            deepest = Some(*next);
        }
        self.found.territory = deepest;
        codes.set(plan.dim, deepest.as_ref().map_or(0, atom));
    }

    fn tie(&self) -> Option<(RecordsId, crate::policy::QueueId)> {
        let ties = (0..).zip(&self.found.records).zip(&self.graph.on_tie);
        ties.filter(|((_, found), _)| **found == RecordMatch::Tie)
            .find_map(|((at, _), queue)| Some((RecordsId(at), (*queue)?)))
    }

    /// Goes through the routes from `main`; a route that was entered is not entered again, since nothing there matched.
    #[inline]
    fn routes(&mut self, codes: &Codes) -> Option<RuleId> {
        let graph = self.graph;
        let (mut at, mut from) = (graph.main, 0);
        enter(&mut self.entered, at);
        loop {
            let route = graph.routes.get(at.at())?;
            let Some(hit) = route.index.first(&mut self.cursor, &codes.atoms, &codes.flags, from) else {
                (at, from) = self.open.pop()?;
                continue;
            };
            from = hit.cube + 1;
            match *route.entries.get(hit.owner as usize)? {
                Step::Rule(id) => {
                    if self.has_target(id, codes) {
                        return Some(id);
                    }
                }
                Step::Continue(other) => {
                    if enter(&mut self.entered, other) {
                        self.open.push((at, from));
                        (at, from) = (other, 0);
                    }
                }
            }
        }
    }

    #[inline]
    fn has_target(&mut self, id: RuleId, codes: &Codes) -> bool {
        let graph = self.graph;
        let Some(rule) = graph.rules.get(id.at()) else { return false };
        !rule.asks_tables || rule.assign.iter().any(|target| self.resolved(target, codes).is_some())
    }

    /// What a target comes to, and the row it came from.
    #[inline]
    fn resolved(&mut self, target: &'g Target, codes: &Codes) -> Option<(&'g Target, Option<(TableId, u32)>)> {
        let Target::Table { table, output } = target else { return Some((target, None)) };
        let row = self.row(*table, codes)?;
        let given = self.graph.tables.get(table.at())?.rows.get(row as usize)?.target.as_ref()?;
        gives(given, *output).then_some((given, Some((*table, row))))
    }

    fn row(&mut self, table: TableId, codes: &Codes) -> Option<u32> {
        let known = self.rows.get_mut(table.at())?;
        *known.get_or_insert_with(|| {
            let index = &self.graph.tables.get(table.at())?.index;
            index.first(&mut self.cursor, &codes.atoms, &codes.flags, 0).map(|hit| hit.owner)
        })
    }

    #[inline]
    fn take(&mut self, id: RuleId, codes: &Codes, key_text: impl Fn(Subject) -> Option<String>) {
        let graph = self.graph;
        let Some(rule) = graph.rules.get(id.at()) else { return };
        self.found.outcome = Outcome::Rule(id);
        self.found.arm = rule.experiment.and_then(|experiment| self.arm(experiment, codes, key_text));
        let says = self
            .found
            .arm
            .and_then(|(experiment, arm)| graph.experiments.get(experiment.at())?.says.arms.get(arm as usize));
        if let Some(arm) = says {
            self.assign(&arm.assign, codes);
        }
        if self.found.targets.is_empty() {
            self.assign(&rule.assign, codes);
        }
        let row = |&(table, row): &(TableId, u32)| graph.tables.get(table.at())?.rows.get(row as usize);
        let found = &mut self.found;
        found.sla = says.and_then(|arm| arm.sla).or(rule.sla);
        found.priority = says.and_then(|arm| arm.priority).or(rule.priority);
        if !found.rows.is_empty() {
            found.sla = found.sla.or_else(|| found.rows.iter().filter_map(row).find_map(|row| row.sla));
            found.priority = found.priority.or_else(|| found.rows.iter().filter_map(row).find_map(|row| row.priority));
        }
    }

    #[inline]
    fn assign(&mut self, targets: &'g [Target], codes: &Codes) {
        for target in targets {
            if let Some((target, row)) = self.resolved(target, codes) {
                self.found.targets.push(target.clone());
                self.found.rows.extend(row);
            }
        }
    }

    fn arm(
        &self,
        id: ExperimentId,
        codes: &Codes,
        key_text: impl Fn(Subject) -> Option<String>,
    ) -> Option<(ExperimentId, u32)> {
        let plan = self.graph.experiments.get(id.at())?;
        let key = plan.says.keys.iter().zip(&plan.unless).find_map(|((subject, _), unless)| {
            if unless.iter().any(|cube| cube.holds(&codes.atoms, &codes.flags)) {
                return None;
            }
            match subject {
                Subject::Score(score) => self.found.scores.get(score.at()).map(i64::to_string),
                subject => key_text(*subject),
            }
        })?;
        Some((id, plan.says.arm_of(&key)? as u32))
    }
}

impl Graph {
    /// The text that experiments hash of a field, a let or a column of this lead.
    pub fn key_text(&self, facts: &Facts, subject: Subject) -> Option<String> {
        self.value(facts, subject).key_text().map(Cow::into_owned)
    }

    fn value<'a>(&'a self, facts: &Facts<'a>, subject: Subject) -> Cow<'a, Value> {
        const MISSING: &Value = &Value::Missing;
        match subject {
            Subject::Field(field) => Cow::Borrowed(facts.values.get(field.at()).unwrap_or(MISSING)),
            Subject::Record(records, column) => {
                let value = row(facts.record(records)).and_then(|row| self.coder.cell(records, row, column));
                Cow::Borrowed(value.unwrap_or(MISSING))
            }
            Subject::Let(id) => match self.domain_of(id.at()).map(|of| self.value(facts, of)).as_deref() {
                Some(Value::Text(text)) => {
                    let domain = domain_of(&text.folded);
                    Cow::Owned(Value::Text(crate::policy::Text { folded: domain.into(), written: domain.into() }))
                }
                _ => Cow::Borrowed(MISSING),
            },
            Subject::Score(_) => Cow::Borrowed(MISSING),
        }
    }
}

/// The row that a match found.
pub fn row(found: RecordMatch) -> Option<u32> {
    match found {
        RecordMatch::Row(row) => Some(row),
        RecordMatch::None | RecordMatch::Tie => None,
    }
}

/// Sets all of a room to one value. An empty room is left alone: filling nothing, at an address that is none, makes processors with
/// masked stores stop to look whether a page is missing, which takes longer than all else here.
#[inline]
fn again<T: Clone>(room: &mut [T], value: T) {
    if !room.is_empty() {
        room.fill(value);
    }
}

fn add(sums: &mut [i128], id: ScoreId, points: i64) {
    sums.get_mut(id.at()).into_iter().for_each(|sum| *sum += i128::from(points));
}

/// Whether the route had not been entered yet.
#[inline]
fn enter(entered: &mut [bool], route: RouteId) -> bool {
    entered.get_mut(route.at()).is_some_and(|entered| !std::mem::replace(entered, true))
}
