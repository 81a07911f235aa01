//! The decision graph: a policy compiled for deciding many leads fast.
//!
//! ```text
//! values --coder--> codes --stages--> codes and flags --exclude--> route main --continue--> other routes --> rule
//!                     ^                                   table rows, when a rule asks for one
//!        clock, records
//! ```
//!
//! Every subject of a condition (a field, a column, a score) is a *dimension* whose values are cut into *atoms* that no condition
//! can tell apart; patterns and other questions of which a lead has many are *flags*. A condition is a set of *cubes* over these
//! (compile.rs), and each list of conditions that a decision goes through is an [`Index`] over its cubes (index.rs): the segments,
//! score terms and territories stage by stage, the exclusions, the rows of each table, the entries of each route. `continue` is an
//! entry like a rule, so a lead goes through routes as it would through one list.
//!
//! Invariants: the graph decides every lead as the reference matcher does; its size grows with the policy's, not with a product of
//! its parts; deciding takes no memory that grows with the number of leads.

pub mod atoms;
pub(crate) mod axis;
mod clock;
pub mod coder;
pub(crate) mod compile;
pub mod index;
pub mod literals;
mod patterns;
pub mod print;
pub(crate) mod questions;

pub use clock::Clock;
pub use coder::{Codes, FieldCode};

use crate::policy::{
    Condition, Entry, ExperimentId, GradeId, Instant, LetValue, Policy, QueueId, RouteId, RuleId, ScoreId, SlaId,
    Subject, Target, TerritoryId,
};
use atoms::{Cube, DimId};
use clock::ClockPlan;
use coder::Coder;
use compile::{Compiler, Effect, Summary};
use index::Index;

/// A policy ready to decide leads. It holds all that a decision needs and may outlive the policy.
#[derive(Debug, Clone)]
pub struct Graph {
    pub coder: Coder,
    pub(crate) stages: Vec<Stage>,
    pub(crate) excludes: Index,
    pub(crate) routes: Vec<RouteIndex>,
    pub(crate) main: RouteId,
    pub(crate) rules: Vec<RulePlan>,
    pub(crate) tables: Vec<TableIndex>,
    pub(crate) experiments: Vec<ExperimentPlan>,
    pub(crate) scores: Vec<ScorePlan>,
    pub(crate) grades: Vec<GradePlan>,
    pub(crate) territories: Option<TerritoryPlan>,
    pub(crate) on_tie: Vec<Option<QueueId>>,
    clock: ClockPlan,
    domains: Vec<Option<Subject>>,
}

/// Conditions with an effect of their own, and what is summed up behind them.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub index: Index,
    /// By owner in the index.
    pub effects: Vec<Vec<Effect>>,
    pub summaries: Vec<Summary>,
}

/// The entries of a route; an owner in the index is a place in `entries`.
#[derive(Debug, Clone)]
pub(crate) struct RouteIndex {
    pub index: Index,
    pub entries: Vec<Step>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Rule(RuleId),
    Continue(RouteId),
}

/// What a rule gives.
#[derive(Debug, Clone)]
pub(crate) struct RulePlan {
    pub assign: Vec<Target>,
    pub asks_tables: bool,
    pub sla: Option<SlaId>,
    pub priority: Option<i64>,
    pub experiment: Option<ExperimentId>,
}

/// The rows of a table; an owner in the index is a row.
#[derive(Debug, Clone)]
pub(crate) struct TableIndex {
    pub index: Index,
    pub rows: Vec<RowPlan>,
}

#[derive(Debug, Clone)]
pub(crate) struct RowPlan {
    pub target: Option<Target>,
    pub sla: Option<SlaId>,
    pub priority: Option<i64>,
}

#[derive(Debug, Clone)]
pub(crate) struct ExperimentPlan {
    pub says: crate::policy::Experiment,
    /// For each key the cubes of its `unless`.
    pub unless: Vec<Vec<Cube>>,
}

#[derive(Debug, Clone)]
pub(crate) struct ScorePlan {
    pub low: i64,
    pub high: i64,
    /// The terms without a condition.
    pub always: i128,
    pub grades: Vec<GradeId>,
}

#[derive(Debug, Clone)]
pub(crate) struct GradePlan {
    pub steps: Vec<Option<i64>>,
    /// Where a condition asks about it: atom 0 is no grade, the steps follow.
    pub dim: Option<DimId>,
}

/// The tree of territories, by [`TerritoryId`].
#[derive(Debug, Clone)]
pub(crate) struct TerritoryPlan {
    pub dim: DimId,
    pub parents: Vec<Option<TerritoryId>>,
    pub sets: Vec<u32>,
    /// Places in preorder, which are the atoms.
    pub atoms: Vec<u32>,
}

impl Graph {
    /// Compiles a policy.
    ///
    /// Names must form no cycle, as `check` makes sure.
    pub fn build(policy: &Policy) -> Graph {
        let mut compiler = Compiler::new(policy);
        let excludes = entries(&mut compiler, policy.excludes.iter().map(|exclude| Some(&exclude.when)));
        let tables: Vec<_> = policy.tables.iter().map(|table| table_rows(&mut compiler, table)).collect();
        let routes: Vec<_> = policy.routes.iter().map(|route| route_entries(&mut compiler, policy, route)).collect();
        let experiments =
            policy.experiments.iter().map(|experiment| experiment_plan(&mut compiler, experiment)).collect();

        // All dimensions and flags are known from here on.
        let stages = (0..compiler.stages()).map(|stage| stage_plan(&compiler, stage)).collect();
        let sizes = &compiler.questions.sizes;
        let index = |cubes: Vec<(u32, Cube)>| Index::new(sizes, &cubes);
        Graph {
            coder: Coder::new(policy, &compiler.questions),
            stages,
            excludes: index(excludes),
            routes: routes.into_iter().map(|(cubes, entries)| RouteIndex { index: index(cubes), entries }).collect(),
            main: policy.main,
            rules: rule_plans(policy),
            tables: tables
                .into_iter()
                .zip(&policy.tables)
                .map(|(cubes, table)| TableIndex {
                    index: index(cubes),
                    rows: table.rows.iter().map(row_plan).collect(),
                })
                .collect(),
            experiments,
            scores: (0..).zip(&policy.scores).map(|(at, score)| score_plan(policy, ScoreId(at), score)).collect(),
            grades: policy
                .grades
                .iter()
                .zip(&compiler.grades)
                .map(|(grade, dim)| GradePlan { steps: grade.steps.iter().map(|step| step.1).collect(), dim: *dim })
                .collect(),
            territories: compiler.territory.as_ref().map(|territories| TerritoryPlan {
                dim: territories.dim,
                parents: policy.territories.iter().map(|territory| territory.parent).collect(),
                sets: policy.territories.iter().map(|territory| territory.set).collect(),
                atoms: territories.runs.iter().map(|run| run.0).collect(),
            }),
            on_tie: policy.records.iter().map(|records| records.on_tie).collect(),
            clock: ClockPlan::new(&compiler),
            domains: policy
                .lets
                .iter()
                .map(|found| match found.value {
                    LetValue::DomainOf(of) => Some(of),
                    LetValue::Condition(_) => None,
                })
                .collect(),
        }
    }

    /// What an instant decides; `calendars` says of each calendar whether the instant is in it.
    pub fn clock(&self, at: Instant, calendars: &[bool]) -> Clock {
        self.clock.at(at, calendars)
    }

    /// Bytes of memory that the indexes take, near enough.
    pub fn size(&self) -> usize {
        let stages = self.stages.iter().map(|stage| &stage.index);
        let routes = self.routes.iter().map(|route| &route.index);
        let tables = self.tables.iter().map(|table| &table.index);
        stages.chain(routes).chain(tables).chain([&self.excludes]).map(Index::size).sum()
    }

    /// The subject that a `let` is the domain of.
    pub(crate) fn domain_of(&self, at: usize) -> Option<Subject> {
        self.domains.get(at).copied().flatten()
    }
}

fn entries<'a>(compiler: &mut Compiler, conditions: impl Iterator<Item = Option<&'a Condition>>) -> Vec<(u32, Cube)> {
    (0..).zip(conditions).flat_map(|(owner, condition)| entry(compiler, owner, condition)).collect()
}

fn entry(compiler: &mut Compiler, owner: u32, condition: Option<&Condition>) -> Vec<(u32, Cube)> {
    let cubes = condition.map_or_else(|| vec![Cube::default()], |condition| compiler.cubes(condition, true));
    compiler.narrowed(cubes).into_iter().map(|cube| (owner, cube)).collect()
}

fn table_rows(compiler: &mut Compiler, table: &crate::policy::Table) -> Vec<(u32, Cube)> {
    let rows = (0..).zip(&table.rows);
    rows.flat_map(|(owner, row)| {
        let cubes = compiler.all(&row.cells);
        compiler.narrowed(cubes).into_iter().map(move |cube| (owner, cube)).collect::<Vec<_>>()
    })
    .collect()
}

fn route_entries(
    compiler: &mut Compiler,
    policy: &Policy,
    route: &crate::policy::Route,
) -> (Vec<(u32, Cube)>, Vec<Step>) {
    let mut cubes = Vec::new();
    let mut steps = Vec::new();
    for (owner, written) in (0..).zip(&route.entries) {
        match written {
            Entry::Continue { route, when, .. } => {
                cubes.extend(entry(compiler, owner, when.as_ref()));
                steps.push(Step::Continue(*route));
            }
            Entry::Rule(id) => {
                steps.push(Step::Rule(*id));
                let Some(rule) = policy.rules.get(id.at()) else { continue };
                let mut own = entry(compiler, owner, rule.when.as_ref());
                if !rule.only.is_empty() {
                    let flag = compiler.on_days(&rule.only);
                    let on_days = Cube { sets: Vec::new(), flags: vec![(flag, true)] };
                    own = own.iter().filter_map(|(owner, cube)| Some((*owner, cube.and(&on_days)?))).collect();
                }
                cubes.append(&mut own);
            }
        }
    }
    (cubes, steps)
}

fn rule_plans(policy: &Policy) -> Vec<RulePlan> {
    let plan = |rule: &crate::policy::Rule| RulePlan {
        assign: rule.assign.clone(),
        asks_tables: rule.assign.is_empty() || rule.assign.iter().any(|target| matches!(target, Target::Table { .. })),
        sla: rule.sla,
        priority: rule.priority,
        experiment: None,
    };
    let mut plans: Vec<RulePlan> = policy.rules.iter().map(plan).collect();
    for (id, experiment) in (0..).map(ExperimentId).zip(&policy.experiments) {
        // The first experiment of a rule counts.
        plans.get_mut(experiment.rule.at()).into_iter().for_each(|plan| plan.experiment = plan.experiment.or(Some(id)));
    }
    plans
}

fn row_plan(row: &crate::policy::Row) -> RowPlan {
    RowPlan { target: row.target.clone(), sla: row.sla, priority: row.priority }
}

fn experiment_plan(compiler: &mut Compiler, experiment: &crate::policy::Experiment) -> ExperimentPlan {
    let unless = experiment.keys.iter().map(|(_, unless)| match unless {
        Some(unless) => compiler.cubes(unless, true),
        None => Vec::new(),
    });
    ExperimentPlan { unless: unless.collect(), says: experiment.clone() }
}

fn score_plan(policy: &Policy, id: ScoreId, score: &crate::policy::Score) -> ScorePlan {
    let always = score.terms.iter().filter(|term| term.when.is_none());
    let grades = (0..).map(GradeId).zip(&policy.grades).filter(|(_, grade)| grade.score == id);
    ScorePlan {
        low: score.low,
        high: score.high,
        always: always.map(|term| i128::from(term.points)).sum(),
        grades: grades.map(|(id, _)| id).collect(),
    }
}

fn stage_plan(compiler: &Compiler, stage: u32) -> Stage {
    let slots: Vec<_> = compiler.slots.iter().filter(|slot| slot.stage == stage && !slot.effects.is_empty()).collect();
    let cubes: Vec<_> =
        (0..).zip(&slots).flat_map(|(owner, slot)| slot.cubes.iter().map(move |cube| (owner, cube.clone()))).collect();
    let summaries = compiler.summaries.iter().filter(|(after, _)| *after == stage);
    Stage {
        index: Index::new(&compiler.questions.sizes, &cubes),
        effects: slots.iter().map(|slot| slot.effects.clone()).collect(),
        summaries: summaries.map(|(_, summary)| *summary).collect(),
    }
}
