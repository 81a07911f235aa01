//! The space of leads of one policy, or of two that are compared: its dimensions, what is known of every lead, and conditions as
//! formulas over it.

use super::asked::{Question, Subjects, YES};
use super::cubes::Cubes;
use super::facts::{self, Link};
use super::formula::{Formula, Formulas};
use super::moments::Moments;
use super::scores::threshold;
use crate::graph::atoms::{AtomSet, DimId};
use crate::matcher::reference::gives;
use crate::matcher::shared::Shared;
use crate::policy::{
    Condition, ConditionKind, GradeId, LetId, LetValue, Policy, Predicate, RecordsId, Rule, ScoreId, SegmentId,
    Subject, TableId, Target, TerritoryId, Test,
};
use crate::syntax::ast::OutputKind;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::ops::Bound;

/// Leads, as the conditions of some policies see them.
///
/// Policies are named by their place in what [`Space::new`] was given.
pub struct Space<'a> {
    pub policies: Vec<&'a Policy>,
    pub formulas: Formulas,
    pub(super) subjects: Subjects,
    pub(super) moments: Moments,
    pub(super) moment: Option<DimId>,
    /// For each records block by name: no row, a row, several that no preference tells apart.
    pub(super) rows: IndexMap<SmolStr, DimId>,
    /// For each dimension the atoms that some lead has.
    pub(super) domains: Vec<AtomSet>,
    /// What holds of every lead, each with the dimensions that it speaks of.
    pub(super) facts: Vec<(Formula, Vec<DimId>)>,
    /// For each policy and each dimension of values that is not the same in all: the atoms that its field's type has.
    pub(super) admitted: Vec<FxHashMap<DimId, AtomSet>>,
    /// For each policy, that no required field is missing or bad.
    pub(super) readable: Vec<Formula>,
    names: Vec<Names>,
    /// Policies with made-up rows, for replays.
    pub(super) stages: Vec<Option<Box<Policy>>>,
    /// What the rules of each policy share, for replays.
    pub(super) shared: Vec<Shared>,
    pub(super) cubes: Cubes,
    /// For each dimension what it hangs together with, by facts; none where a point may have any atom of its domain whatever else it has.
    pub(super) links: Vec<Option<Link>>,
    /// Why some formula is not exact, by the dimension that stands for what is not known.
    pub(super) loose: Vec<(DimId, String)>,
}

/// Formulas of what has a name in one policy, as far as they were asked for.
#[derive(Debug, Default)]
struct Names {
    segments: FxHashMap<SegmentId, Formula>,
    lets: FxHashMap<LetId, Formula>,
    territories: FxHashMap<TerritoryId, Formula>,
    reaches: FxHashMap<(ScoreId, i64), Formula>,
    rules: FxHashMap<usize, Formula>,
    tables: FxHashMap<(TableId, Option<OutputKind>), Formula>,
}

/// Atoms of a records block's dimension.
pub const NO_ROW: u32 = 0;
pub const ROW: u32 = 1;
pub const TIE: u32 = 2;

impl<'a> Space<'a> {
    /// The space of these policies. Names must form no cycle, as `check` makes sure.
    pub fn new(policies: &[&'a Policy]) -> Space<'a> {
        Space::asking(policies, &[])
    }

    /// The space of these policies, in which these tests of them may be asked too.
    pub fn asking(policies: &[&'a Policy], more: &[(usize, Test)]) -> Space<'a> {
        let mut formulas = Formulas::default();
        let mut subjects = Subjects::new(policies, more, &mut formulas);
        let moments = Moments::new(policies);
        let moment = (!moments.is_needless()).then(|| formulas.new_dim(moments.instants.len() as u32));
        let mut rows = IndexMap::new();
        for records in policies.iter().flat_map(|policy| &policy.records) {
            rows.entry(records.name.clone()).or_insert_with(|| formulas.new_dim(3));
        }
        let known = facts::known(policies, &mut subjects, &rows, &mut formulas);
        Space {
            policies: policies.to_vec(),
            formulas,
            subjects,
            moments,
            moment,
            rows,
            domains: known.domains,
            facts: known.facts,
            admitted: known.admitted,
            readable: known.readable,
            names: policies.iter().map(|_| Names::default()).collect(),
            stages: policies.iter().map(|_| None).collect(),
            shared: policies.iter().map(|policy| Shared::new(policy)).collect(),
            loose: Vec::new(),
            cubes: Cubes::default(),
            links: known.links,
        }
    }

    /// Where a condition of a policy holds.
    pub fn condition(&mut self, policy: usize, condition: &Condition) -> Formula {
        match &condition.kind {
            ConditionKind::Constant(value) => Formula::from(*value),
            ConditionKind::And(parts) => self.all(policy, parts),
            ConditionKind::Or(parts) => {
                let parts: Vec<Formula> = parts.iter().map(|part| self.condition(policy, part)).collect();
                self.formulas.or(parts)
            }
            ConditionKind::Not(part) => {
                let part = self.condition(policy, part);
                self.formulas.negate(part)
            }
            ConditionKind::Test(test) => self.test(policy, test),
            ConditionKind::Segment(id) => self.segment(policy, *id),
            ConditionKind::Let(id) => self.let_holds(policy, *id),
            ConditionKind::Territory(ids) => {
                let parts: Vec<Formula> = ids.iter().map(|id| self.territory(policy, *id)).collect();
                self.formulas.or(parts)
            }
            ConditionKind::Grade(id, steps) => self.grade(policy, *id, steps),
            ConditionKind::ArrivesDuring(id) => {
                let during = self.moments.during(policy, *id);
                self.at_moments(during)
            }
        }
    }

    /// Where all of these hold.
    pub fn all(&mut self, policy: usize, conditions: &[Condition]) -> Formula {
        let parts: Vec<Formula> = conditions.iter().map(|part| self.condition(policy, part)).collect();
        self.formulas.and(parts)
    }

    /// Where the lead can be read, is not excluded, and its records do not tie where a tie goes to a queue: the leads that come to the
    /// routes.
    pub fn comes_to_routes(&mut self, policy: usize) -> Formula {
        let Some(of) = self.policies.get(policy).copied() else { return Formula::FALSE };
        let mut parts = vec![self.readable(policy)];
        for exclude in &of.excludes {
            let excluded = self.condition(policy, &exclude.when);
            parts.push(self.formulas.negate(excluded));
        }
        for id in (0..of.records.len() as u32).map(RecordsId) {
            let ties = self.ties(policy, id);
            parts.push(self.formulas.negate(ties));
        }
        self.formulas.and(parts)
    }

    /// Where no required field is missing or bad.
    pub fn readable(&self, policy: usize) -> Formula {
        self.readable.get(policy).copied().unwrap_or(Formula::TRUE)
    }

    /// Where several rows of a records block tie and the lead goes to the queue that it names.
    pub fn ties(&mut self, policy: usize, id: RecordsId) -> Formula {
        let records = self.policies.get(policy).and_then(|policy| policy.records.get(id.at()));
        let tied = records.filter(|records| records.on_tie.is_some()).and_then(|records| self.rows.get(&records.name));
        match tied.copied() {
            Some(dim) => self.formulas.within(dim, AtomSet::one(TIE)),
            None => Formula::FALSE,
        }
    }

    pub fn segment(&mut self, policy: usize, id: SegmentId) -> Formula {
        if let Some(known) = self.names.get(policy).and_then(|names| names.segments.get(&id)) {
            return *known;
        }
        let segment = self.policies.get(policy).and_then(|policy| policy.segments.get(id.at()));
        let found = segment.map_or(Formula::FALSE, |segment| self.condition(policy, &segment.when));
        self.names.get_mut(policy).into_iter().for_each(|names| _ = names.segments.insert(id, found));
        found
    }

    fn let_holds(&mut self, policy: usize, id: LetId) -> Formula {
        if let Some(known) = self.names.get(policy).and_then(|names| names.lets.get(&id)) {
            return *known;
        }
        let value = self.policies.get(policy).and_then(|policy| policy.lets.get(id.at())).map(|found| &found.value);
        let found = match value {
            Some(LetValue::Condition(condition)) => self.condition(policy, condition),
            _ => Formula::FALSE,
        };
        self.names.get_mut(policy).into_iter().for_each(|names| _ = names.lets.insert(id, found));
        found
    }

    /// Where the lead is in a territory: its set is in force, the territories above hold, it holds, and no sibling before any of them
    /// does.
    pub fn territory(&mut self, policy: usize, id: TerritoryId) -> Formula {
        if let Some(known) = self.names.get(policy).and_then(|names| names.territories.get(&id)) {
            return *known;
        }
        let Some(of) = self.policies.get(policy).copied() else { return Formula::FALSE };
        let Some(territory) = of.territories.get(id.at()) else { return Formula::FALSE };
        let (above, siblings) =
            match territory.parent.and_then(|parent| Some((parent, of.territories.get(parent.at())?))) {
                Some((parent, found)) => (self.territory(policy, parent), &found.children),
                None => {
                    let set = territory.set as usize;
                    let Some(roots) = of.territory_sets.get(set).map(|set| &set.roots) else { return Formula::FALSE };
                    let in_force = self.in_force(policy, set);
                    (in_force, roots)
                }
            };
        // All siblings at once, each with those before it.
        let mut before = Formula::FALSE;
        for sibling in siblings {
            let Some(when) = of.territories.get(sibling.at()).map(|sibling| &sibling.when) else { continue };
            let holds = self.condition(policy, when);
            let none_before = self.formulas.negate(before);
            let is_in = self.formulas.and([above, holds, none_before]);
            self.names.get_mut(policy).into_iter().for_each(|names| _ = names.territories.insert(*sibling, is_in));
            before = self.formulas.or([before, holds]);
        }
        self.names.get(policy).and_then(|names| names.territories.get(&id)).copied().unwrap_or(Formula::FALSE)
    }

    /// Where a set of territories is in force.
    pub(super) fn in_force(&mut self, policy: usize, set: usize) -> Formula {
        match self.moments.in_force(policy, set) {
            Some(moments) => self.at_moments(Some(moments)),
            // One set without a start is always in force; of several the last.
            None => Formula::from(self.policies.get(policy).is_some_and(|of| set + 1 == of.territory_sets.len())),
        }
    }

    pub fn grade(&mut self, policy: usize, id: GradeId, steps: &[u32]) -> Formula {
        let Some(grade) = self.policies.get(policy).and_then(|policy| policy.grades.get(id.at())) else {
            return Formula::FALSE;
        };
        let mut above = Formula::FALSE;
        let mut parts = Vec::new();
        for (step, (_, from)) in (0..).zip(&grade.steps) {
            let reached = from.map_or(Formula::TRUE, |from| self.reaches(policy, grade.score, from));
            if steps.contains(&step) {
                let not_above = self.formulas.negate(above);
                parts.push(self.formulas.and([reached, not_above]));
            }
            above = self.formulas.or([above, reached]);
        }
        self.formulas.or(parts)
    }

    /// Where a score is at least this number.
    pub fn reaches(&mut self, policy: usize, id: ScoreId, least: i64) -> Formula {
        if let Some(known) = self.names.get(policy).and_then(|names| names.reaches.get(&(id, least))) {
            return *known;
        }
        let Some(score) = self.policies.get(policy).and_then(|policy| policy.scores.get(id.at())) else {
            return Formula::from(least <= 0);
        };
        let found = if least <= score.low {
            Formula::TRUE
        } else if least > score.high {
            Formula::FALSE
        } else {
            let terms = score.terms.iter().map(|term| {
                (term.points, term.when.as_ref().map_or(Formula::TRUE, |when| self.condition(policy, when)))
            });
            let terms: Vec<(i64, Formula)> = terms.collect();
            match threshold(&mut self.formulas, &terms, least) {
                Some(formula) => formula,
                None => self.unknown(format!("the score `{}` adds up in too many ways", score.name)),
            }
        };
        self.names.get_mut(policy).into_iter().for_each(|names| _ = names.reaches.insert((id, least), found));
        found
    }

    /// Something that may hold or not: what stands for a formula that is too large. A refutation stays sound, and a witness is tried
    /// by the matcher in any case.
    fn unknown(&mut self, why: String) -> Formula {
        let dim = self.formulas.new_dim(2);
        self.domains.push(AtomSet::new(vec![(0, 2)]));
        self.links.push(Some(Link::Hard));
        self.loose.push((dim, why));
        self.formulas.within(dim, AtomSet::one(YES))
    }

    fn test(&mut self, policy: usize, test: &Test) -> Formula {
        let Some(of) = self.policies.get(policy).copied() else { return Formula::FALSE };
        if let (Subject::Score(id), Predicate::InRanges(ranges)) = (test.subject, &test.predicate) {
            let ranges: Vec<Formula> = ranges
                .iter()
                .map(|range| {
                    let low = match range.low {
                        Bound::Included(low) => self.reaches(policy, id, whole(low.ceil())),
                        Bound::Excluded(low) => self.reaches(policy, id, whole(low.floor()).saturating_add(1)),
                        Bound::Unbounded => Formula::TRUE,
                    };
                    let past = match range.high {
                        Bound::Included(high) => self.reaches(policy, id, whole(high.floor()).saturating_add(1)),
                        Bound::Excluded(high) => self.reaches(policy, id, whole(high.ceil())),
                        Bound::Unbounded => Formula::FALSE,
                    };
                    let below = self.formulas.negate(past);
                    self.formulas.and([low, below])
                })
                .collect();
            return self.formulas.or(ranges);
        }
        match self.subjects.question(of, test) {
            Question::Never => Formula::FALSE,
            Question::In(dim, set) => {
                let admitted = self.subjects.place(of, test.subject).and_then(|place| {
                    let value = self.subjects.get(place)?.value;
                    Some((value, self.admitted.get(policy)?.get(&value)?.clone()))
                });
                match admitted {
                    // A value that this policy's type does not have is read as missing.
                    Some((value, admitted)) if value == dim => {
                        let outside = admitted.complement(self.formulas.size(dim));
                        let inside = set.intersection(&admitted);
                        let set = if set.contains(0) { inside.union(&outside) } else { inside };
                        self.formulas.within(dim, set)
                    }
                    Some((value, admitted)) => {
                        let inside = self.formulas.within(value, admitted);
                        let holds = self.formulas.within(dim, set);
                        self.formulas.and([inside, holds])
                    }
                    None => self.formulas.within(dim, set),
                }
            }
            Question::AnyOf(dims) => {
                let parts: Vec<Formula> =
                    dims.into_iter().map(|dim| self.formulas.within(dim, AtomSet::one(YES))).collect();
                self.formulas.or(parts)
            }
        }
    }

    fn at_moments(&mut self, atoms: Option<AtomSet>) -> Formula {
        match (self.moment, atoms) {
            (Some(dim), Some(atoms)) => self.formulas.within(dim, atoms),
            (None, Some(atoms)) => Formula::from(atoms.contains(0)),
            (_, None) => Formula::FALSE,
        }
    }

    /// Where a rule would take the lead, if it came to it.
    pub fn takes(&mut self, policy: usize, at: usize) -> Formula {
        if let Some(known) = self.names.get(policy).and_then(|names| names.rules.get(&at)) {
            return *known;
        }
        let Some(rule) = self.policies.get(policy).and_then(|policy| policy.rules.get(at)) else {
            return Formula::FALSE;
        };
        let found = self.rule(policy, rule);
        self.names.get_mut(policy).into_iter().for_each(|names| _ = names.rules.insert(at, found));
        found
    }

    /// Where a rule's days and condition hold, whatever its tables give.
    pub fn asks(&mut self, policy: usize, rule: &Rule) -> Formula {
        let when = rule.when.as_ref().map_or(Formula::TRUE, |when| self.condition(policy, when));
        let on_days = self.on_days(policy, rule);
        self.formulas.and([on_days, when])
    }

    /// Where a rule's days are.
    pub fn on_days(&mut self, policy: usize, rule: &Rule) -> Formula {
        if rule.only.is_empty() {
            return Formula::TRUE;
        }
        let days = self.moments.on_days(policy, &rule.only);
        self.at_moments(days)
    }

    fn rule(&mut self, policy: usize, rule: &Rule) -> Formula {
        let asks = self.asks(policy, rule);
        let targets: Vec<Formula> = rule
            .assign
            .iter()
            .map(|target| match target {
                Target::Table { table, output } => self.gives(policy, *table, *output),
                _ => Formula::TRUE,
            })
            .collect();
        let has_target = self.formulas.or(targets);
        self.formulas.and([asks, has_target])
    }

    /// Where a table's row gives what is asked of it.
    pub fn gives(&mut self, policy: usize, id: TableId, output: Option<OutputKind>) -> Formula {
        if let Some(known) = self.names.get(policy).and_then(|names| names.tables.get(&(id, output))) {
            return *known;
        }
        let table = self.policies.get(policy).and_then(|policy| policy.tables.get(id.at()));
        let mut found = Formula::FALSE;
        let rows = table.map_or(&[][..], |table| &table.rows);
        let asked = |row: &crate::policy::Row| row.target.as_ref().is_some_and(|target| gives(target, output));
        if rows.iter().all(asked) {
            let rows: Vec<Formula> = rows.iter().map(|row| self.all(policy, &row.cells)).collect();
            found = self.formulas.or(rows);
        } else {
            // The first row that holds decides.
            for row in rows.iter().rev() {
                let holds = self.all(policy, &row.cells);
                found = self.formulas.choose(holds, Formula::from(asked(row)), found);
            }
        }
        self.names.get_mut(policy).into_iter().for_each(|names| _ = names.tables.insert((id, output), found));
        found
    }
}

fn whole(number: rust_decimal::Decimal) -> i64 {
    use rust_decimal::prelude::ToPrimitive;
    number.to_i64().unwrap_or(if number.is_sign_negative() { i64::MIN } else { i64::MAX })
}
