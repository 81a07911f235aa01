//! What there is to reach in a policy, each with the leads that reach it.

use crate::analysis::reached::{Asked, Place};
use crate::analysis::{Formula, Space};
use crate::policy::{Condition, ConditionKind, GradeId, Policy, SegmentId, TableId, Target, words};
use crate::source::Span;
use crate::suite::coverage::Kind;
use crate::suite::coverage::walk::{Items, Key, each_question};
use indexmap::IndexMap;

/// How something is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    Reached,
    /// Of a question: it holds and decides, or fails and decides.
    Held,
    Failed,
}

/// Something to reach.
pub(super) struct Goal {
    /// `where employees < 1000`, `in territory emea`.
    pub says: String,
    pub regions: Vec<Region>,
}

/// Leads of which any will do.
#[derive(Debug, Clone)]
pub(super) struct Region {
    pub holds: Vec<Formula>,
    /// None of so many steps, the first, takes them.
    pub after: usize,
}

pub(super) type Goals = IndexMap<(Key, Way), Goal>;

/// Of a table with more rows a test for each would hide the others.
pub(super) const MOST_ROWS: usize = 100;

/// What a lead can reach by its values and its instant alone: rules first, since most else comes along with them.
pub(super) fn goals<'p>(space: &mut Space<'p>, policy: &'p Policy, items: &Items) -> Option<Goals> {
    let everything = space.everything_asked(0)?;
    let mut collector = Collector { space, policy, items, goals: Goals::new() };
    everything.iter().for_each(|asked| collector.hit(asked));
    everything.iter().for_each(|asked| collector.rows(asked));
    collector.grades();
    everything.iter().for_each(|asked| collector.questions(asked));
    Some(collector.goals)
}

struct Collector<'c, 'p> {
    space: &'c mut Space<'p>,
    policy: &'p Policy,
    items: &'c Items,
    goals: Goals,
}

impl Collector<'_, '_> {
    fn add(&mut self, key: Key, way: Way, says: impl FnOnce() -> String, region: Region) {
        if self.items.contains_key(&key) {
            let goal = self.goals.entry((key, way)).or_insert_with(|| Goal { says: says(), regions: Vec::new() });
            goal.regions.push(region);
        }
    }

    /// What takes the lead, or has it in it.
    fn hit(&mut self, asked: &Asked) {
        let policy = self.policy;
        let holds = |collector: &mut Self| {
            asked.condition.map_or(Formula::TRUE, |condition| collector.space.condition(0, condition))
        };
        let (kind, span, own, says) = match asked.place {
            Place::Rule(id) => {
                let Some(rule) = policy.rules.get(id.at()) else { return };
                (Kind::Rule, rule.span, self.space.takes(0, id.at()), String::new())
            }
            Place::Exclude(at) => {
                let Some(exclude) = policy.excludes.get(at) else { return };
                (Kind::Exclusion, exclude.span, holds(self), String::new())
            }
            Place::Segment(at) => {
                let Some(segment) = policy.segments.get(at) else { return };
                let own = self.space.segment(0, SegmentId(at as u32));
                (Kind::Segment, segment.span, own, format!("in segment {}", segment.name))
            }
            Place::Territory(id) => {
                let Some(territory) = policy.territories.get(id.at()) else { return };
                let own = self.space.territory(0, id);
                (Kind::Territory, territory.span, own, format!("in territory {}", territory.name))
            }
            Place::Let(_) | Place::Term(..) | Place::Continue(..) => return,
        };
        let region = Region { holds: vec![asked.of, own], after: asked.after };
        self.add((kind, span, 0), Way::Reached, || says, region);
    }

    fn rows(&mut self, asked: &Asked) {
        let policy = self.policy;
        let Place::Rule(id) = asked.place else { return };
        let takes = self.space.takes(0, id.at());
        let tables = policy.rules.get(id.at()).into_iter().flat_map(|rule| &rule.assign);
        let tables: Vec<TableId> = tables
            .filter_map(|target| match target {
                Target::Table { table, .. } => Some(*table),
                _ => None,
            })
            .collect();
        for table in tables.into_iter().filter_map(|id| policy.tables.get(id.at())) {
            let mut before = Formula::FALSE;
            for (at, row) in (0..).zip(&table.rows).take(MOST_ROWS) {
                let own = self.space.all(0, &row.cells);
                let none_before = self.space.formulas.negate(before);
                let region = Region { holds: vec![asked.of, takes, own, none_before], after: asked.after };
                let says = || format!("by row {} of table {}", at + 1, table.name);
                self.add((Kind::TableRow, row.span, at), Way::Reached, says, region);
                if table.first_row_wins {
                    before = self.space.formulas.or([before, own]);
                }
            }
        }
    }

    fn grades(&mut self) {
        let base = self.space.comes_to_routes(0);
        for (id, grade) in (0..).map(GradeId).zip(&self.policy.grades) {
            for (at, (step, _)) in (0..).zip(&grade.steps) {
                let own = self.space.grade(0, id, &[at]);
                let region = Region { holds: vec![base, own], after: 0 };
                let says = || format!("{} is {step}", grade.name);
                self.add((Kind::Grade, grade.span, at), Way::Reached, says, region);
            }
        }
    }

    /// Each question of a condition, both ways, where its answer decides.
    fn questions(&mut self, asked: &Asked) {
        let Some(condition) = asked.condition else { return };
        let mut questions: Vec<&Condition> = Vec::new();
        each_question(condition, &mut |question| questions.push(question));
        for question in questions {
            let key = (Kind::Condition, question.span, 0);
            let Some(decides) = self.decides(condition, question) else { continue };
            let own = self.space.condition(0, question);
            let not = self.space.formulas.negate(own);
            for (way, holds) in [(Way::Held, own), (Way::Failed, not)] {
                let says = || format!("where {}", words::leaf(self.policy, question, way == Way::Held));
                let says = says();
                let region = Region { holds: vec![asked.of, decides, holds], after: asked.after };
                self.add(key, way, || says, region);
            }
        }
    }

    /// Where the answer of a question turns the whole round: what stands beside it under `and` holds, and under `or` fails.
    fn decides(&mut self, condition: &Condition, question: &Condition) -> Option<Formula> {
        if std::ptr::eq(condition, question) {
            return Some(Formula::TRUE);
        }
        let (parts, joined_by_and) = match &condition.kind {
            ConditionKind::And(parts) => (parts.as_slice(), true),
            ConditionKind::Or(parts) => (parts.as_slice(), false),
            ConditionKind::Not(part) => return self.decides(part, question),
            _ => return None,
        };
        let (at, within) = parts.iter().enumerate().find_map(|(at, part)| Some((at, self.decides(part, question)?)))?;
        let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
        let mut all: Vec<Formula> = others.map(|(_, part)| self.space.condition(0, part)).collect();
        if !joined_by_and {
            all = all.into_iter().map(|part| self.space.formulas.negate(part)).collect();
        }
        all.push(within);
        Some(self.space.formulas.and(all))
    }
}

/// What of these items was reached, each way.
pub(super) fn reached(items: &Items) -> impl Iterator<Item = ((Kind, Span, u32), Way)> {
    items
        .iter()
        .flat_map(|(key, item)| match &item.answers {
            None => [(item.hits > 0).then_some((*key, Way::Reached)), None],
            Some(answers) => [
                (answers.held_and_decided > 0).then_some((*key, Way::Held)),
                (answers.failed_and_decided > 0).then_some((*key, Way::Failed)),
            ],
        })
        .flatten()
}
