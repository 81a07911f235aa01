//! The conditions of one policy in the ids of another, so that the two can be compared or put together.

use crate::policy::{
    CalendarId, ColumnId, Condition, ConditionKind, FieldId, GradeId, LetId, ListId, Policy, PoolId, Predicate,
    QueueId, RecordsId, RepId, ScoreId, SegmentId, SlaId, Subject, TableId, Target, TeamId, TerritoryId, Test, TextSet,
};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// For each id of a policy, the id that takes its place.
#[derive(Debug, Clone, Default)]
pub struct Renumbering {
    pub fields: Vec<u32>,
    pub lists: Vec<u32>,
    pub lets: Vec<u32>,
    pub records: Vec<u32>,
    /// By records block.
    pub columns: Vec<Vec<u32>>,
    pub segments: Vec<u32>,
    pub scores: Vec<u32>,
    pub grades: Vec<u32>,
    /// The steps of each grade.
    pub steps: Vec<Vec<u32>>,
    pub territories: Vec<u32>,
    pub calendars: Vec<u32>,
    pub teams: Vec<u32>,
    pub reps: Vec<u32>,
    pub queues: Vec<u32>,
    pub pools: Vec<u32>,
    pub slas: Vec<u32>,
    pub tables: Vec<u32>,
    /// Every id stays.
    own: bool,
}

/// The place in `old` of each of `new` with the same name; those without one get places behind.
pub fn by_name<T, K: Hash + Eq>(old: &[T], new: &[T], name: impl Fn(&T) -> K) -> Vec<u32> {
    let mut places: FxHashMap<K, u32> = FxHashMap::default();
    for (at, one) in (0..).zip(old) {
        places.entry(name(one)).or_insert(at);
    }
    let mut next = old.len() as u32;
    let place = |one: &T| {
        places.get(&name(one)).copied().unwrap_or_else(|| {
            next += 1;
            next - 1
        })
    };
    new.iter().map(place).collect()
}

impl Renumbering {
    /// What has one name in both policies is one thing.
    pub fn by_name(old: &Policy, new: &Policy) -> Renumbering {
        let records = by_name(&old.records, &new.records, |one| one.name.clone());
        let grades = by_name(&old.grades, &new.grades, |one| one.name.clone());
        let columns = records.iter().zip(&new.records).map(|(&at, records)| {
            let old = old.records.get(at as usize).map_or(&[][..], |records| &records.columns);
            by_name(old, &records.columns, |column| column.name.clone())
        });
        let steps = grades.iter().zip(&new.grades).map(|(&at, grade)| {
            let old = old.grades.get(at as usize).map_or(&[][..], |grade| &grade.steps);
            by_name(old, &grade.steps, |step| step.0.clone())
        });
        // Sets of territories repeat their names.
        let dated = |policy: &Policy| -> Vec<_> {
            let territories = policy.territories.iter();
            let from = |set: u32| policy.territory_sets.get(set as usize).map(|set| set.from);
            territories.map(|one| (from(one.set), one.name.clone())).collect()
        };
        Renumbering {
            fields: by_name(&old.fields, &new.fields, |one| one.name.clone()),
            lists: by_name(&old.lists, &new.lists, |one| one.name.clone()),
            lets: by_name(&old.lets, &new.lets, |one| one.name.clone()),
            columns: columns.collect(),
            records,
            segments: by_name(&old.segments, &new.segments, |one| one.name.clone()),
            scores: by_name(&old.scores, &new.scores, |one| one.name.clone()),
            steps: steps.collect(),
            grades,
            territories: by_name(&dated(old), &dated(new), Clone::clone),
            calendars: by_name(&old.calendars, &new.calendars, |one| one.name.clone()),
            teams: by_name(&old.teams, &new.teams, |one| one.name.clone()),
            reps: by_name(&old.reps, &new.reps, |one| one.name.clone()),
            queues: by_name(&old.queues, &new.queues, |one| one.name.clone()),
            pools: by_name(&old.pools, &new.pools, |one| one.name.clone()),
            slas: by_name(&old.slas, &new.slas, |one| one.name.clone()),
            tables: by_name(&old.tables, &new.tables, |one| one.name.clone()),
            own: false,
        }
    }

    /// Things that were found to have another name and to be the same otherwise are one thing; says whether that is new.
    pub fn adopt(&mut self, old: &Policy, new: &Policy, what: &str, was: &str, is: &str) -> bool {
        fn places<T>(old: &[T], new: &[T], name: fn(&T) -> &str, was: &str, is: &str) -> Option<(u32, usize)> {
            let at = |all: &[T], asked: &str| all.iter().position(|one| name(one) == asked);
            Some((at(old, was)? as u32, at(new, is)?))
        }
        let (found, all) = match what {
            "let" => (places(&old.lets, &new.lets, |one| &one.name, was, is), &mut self.lets),
            "segment" => (places(&old.segments, &new.segments, |one| &one.name, was, is), &mut self.segments),
            "score" => (places(&old.scores, &new.scores, |one| &one.name, was, is), &mut self.scores),
            "list" => (places(&old.lists, &new.lists, |one| &one.name, was, is), &mut self.lists),
            _ => return false,
        };
        let Some((place, id)) = found.and_then(|(place, at)| Some((place, all.get_mut(at)?))) else { return false };
        std::mem::replace(id, place) != place
    }

    /// What a condition of the old policy becomes, so that it can be compared.
    pub fn own() -> Renumbering {
        Renumbering { own: true, ..Renumbering::default() }
    }

    /// Whether two conditions ask the same. A list stands for its entries: that it has changed is said of the list.
    pub fn same(&self, old: &Condition, new: &Condition) -> bool {
        Renumbering::own().condition(old) == self.condition(new)
    }

    /// The condition in the other ids, without spans.
    pub fn condition(&self, condition: &Condition) -> Condition {
        let all = |parts: &[Condition]| parts.iter().map(|part| self.condition(part)).collect();
        let kind = match &condition.kind {
            ConditionKind::Constant(value) => ConditionKind::Constant(*value),
            ConditionKind::And(parts) => ConditionKind::And(all(parts)),
            ConditionKind::Or(parts) => ConditionKind::Or(all(parts)),
            ConditionKind::Not(part) => ConditionKind::Not(Box::new(self.condition(part))),
            ConditionKind::Test(test) => ConditionKind::Test(self.test(test)),
            ConditionKind::Segment(id) => ConditionKind::Segment(SegmentId(self.at(&self.segments, id.0))),
            ConditionKind::Let(id) => ConditionKind::Let(LetId(self.at(&self.lets, id.0))),
            ConditionKind::Territory(ids) => {
                ConditionKind::Territory(ids.iter().map(|id| TerritoryId(self.at(&self.territories, id.0))).collect())
            }
            ConditionKind::Grade(id, steps) => {
                let places = self.steps.get(id.at()).map_or(&[][..], Vec::as_slice);
                let mut steps: Vec<u32> = steps.iter().map(|&step| self.at(places, step)).collect();
                steps.sort_unstable();
                ConditionKind::Grade(GradeId(self.at(&self.grades, id.0)), steps)
            }
            ConditionKind::ArrivesDuring(id) => ConditionKind::ArrivesDuring(self.calendar(*id)),
        };
        Condition { kind, span: Span::default() }
    }

    fn test(&self, test: &Test) -> Test {
        let predicate = match &test.predicate {
            Predicate::InTexts(set) => Predicate::InTexts(self.texts(set)),
            other => other.clone(),
        };
        Test { subject: self.subject(test.subject), predicate }
    }

    fn texts(&self, set: &TextSet) -> TextSet {
        match set.list {
            Some(list) => TextSet { list: Some(ListId(self.at(&self.lists, list.0))), ..TextSet::default() },
            None => set.clone(),
        }
    }

    pub fn subject(&self, subject: Subject) -> Subject {
        match subject {
            Subject::Field(id) => Subject::Field(FieldId(self.at(&self.fields, id.0))),
            Subject::Let(id) => Subject::Let(LetId(self.at(&self.lets, id.0))),
            Subject::Record(id, column) => {
                let (records, column) = self.column(id, column);
                Subject::Record(records, column)
            }
            Subject::Score(id) => Subject::Score(ScoreId(self.at(&self.scores, id.0))),
        }
    }

    pub fn column(&self, records: RecordsId, column: ColumnId) -> (RecordsId, ColumnId) {
        let columns = self.columns.get(records.at()).map_or(&[][..], Vec::as_slice);
        (RecordsId(self.at(&self.records, records.0)), ColumnId(self.at(columns, column.0)))
    }

    pub fn calendar(&self, id: CalendarId) -> CalendarId {
        CalendarId(self.at(&self.calendars, id.0))
    }

    pub fn sla(&self, id: SlaId) -> SlaId {
        SlaId(self.at(&self.slas, id.0))
    }

    pub fn target(&self, target: &Target) -> Target {
        match *target {
            Target::Pool(id) => Target::Pool(PoolId(self.at(&self.pools, id.0))),
            Target::Queue(id) => Target::Queue(QueueId(self.at(&self.queues, id.0))),
            Target::Team(id) => Target::Team(TeamId(self.at(&self.teams, id.0))),
            Target::Rep(id) => Target::Rep(RepId(self.at(&self.reps, id.0))),
            Target::Owner { records, column, under_cap } => {
                let (records, column) = self.column(records, column);
                Target::Owner { records, column, under_cap }
            }
            Target::TeamOfOwner { records, column } => {
                let (records, column) = self.column(records, column);
                Target::TeamOfOwner { records, column }
            }
            Target::ManagerOfOwner { records, column } => {
                let (records, column) = self.column(records, column);
                Target::ManagerOfOwner { records, column }
            }
            Target::Table { table, output } => Target::Table { table: TableId(self.at(&self.tables, table.0)), output },
        }
    }

    /// A checked policy speaks of nothing that it has not; were it otherwise, no two such things would be the same.
    fn at(&self, places: &[u32], id: u32) -> u32 {
        if self.own { id } else { places.get(id as usize).copied().unwrap_or(u32::MAX - id) }
    }
}
