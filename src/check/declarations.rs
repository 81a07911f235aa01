//! The declarations of a policy, gathered over all files by kind; says which names are taken twice or clash.
//!
//! Ids are given here, before anything is lowered, so that a declaration may speak of one that stands below it.

use super::names::{Declared, Kind, Names};
use crate::diagnostic::Diagnostic;
use crate::policy::{SegmentId, TerritoryId};
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, ItemKind};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use smol_str::SmolStr;
use std::borrow::Borrow;
use std::collections::BTreeMap;

/// A segment of its own, or a part of a partition.
#[derive(Debug, Clone, Copy)]
pub(super) enum SegmentSource<'a> {
    Alone(&'a ast::Segment),
    Part { partition: u32, part: &'a ast::SegmentPart },
}

/// The declarations of all files, without those whose name was taken: the place in a list is the id.
#[derive(Debug, Default)]
pub(super) struct Declarations<'a> {
    pub policy: Option<&'a ast::PolicyBlock>,
    pub lead: Option<&'a ast::LeadBlock>,
    pub fields: Vec<&'a ast::Field>,
    pub statuses: Option<&'a [ast::Name]>,
    pub lists: Vec<&'a ast::List>,
    pub lets: Vec<&'a ast::Let>,
    pub records: Vec<&'a ast::Records>,
    pub segments: Vec<SegmentSource<'a>>,
    pub partitions: Vec<&'a ast::Segments>,
    pub scores: Vec<&'a ast::Score>,
    pub grades: Vec<&'a ast::Grade>,
    /// Those without a start first, then by start.
    pub territory_sets: Vec<(&'a ast::Territories, Span)>,
    /// The territories that have a name, one a set.
    pub territories: IndexMap<SmolStr, Vec<TerritoryId>, FxBuildHasher>,
    pub calendars: Vec<&'a ast::Calendar>,
    pub teams: Vec<&'a ast::Team>,
    pub queues: Vec<&'a ast::Queue>,
    pub pools: Vec<&'a ast::Pool>,
    pub slas: Vec<&'a ast::Sla>,
    pub excludes: Vec<&'a ast::Exclude>,
    pub returning: Option<&'a ast::Returning>,
    pub tables: Vec<&'a ast::Table>,
    pub routes: Vec<&'a ast::Route>,
    pub tiers: Vec<&'a ast::Tier>,
    pub experiments: Vec<&'a ast::Experiment>,
    pub guarantees: Vec<&'a ast::Guarantee>,
    pub goals: Vec<&'a ast::Goal>,
    pub tests: Vec<&'a ast::Test>,
}

/// Gathers the declarations of all files; says which names are taken twice or clash.
pub(super) fn gather<'a, F: Borrow<ast::File>>(files: &'a [(FileId, F)]) -> (Names, Declarations<'a>, Vec<Diagnostic>) {
    let mut gathering = Gathering::default();
    for item in files.iter().flat_map(|(_, file)| &file.borrow().items) {
        gathering.item(item);
    }
    gathering.territories();
    gathering.clashes();
    (gathering.names, gathering.found, gathering.diagnostics)
}

#[derive(Default)]
struct Gathering<'a> {
    names: Names,
    found: Declarations<'a>,
    /// Where the blocks stand of which there is one.
    blocks: BTreeMap<&'static str, Span>,
    rules: u32,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Gathering<'a> {
    fn item(&mut self, item: &'a ast::Item) {
        match &item.kind {
            ItemKind::Include(_) => {}
            ItemKind::Policy(block) => {
                if self.only("policy", item.span) {
                    self.found.policy = Some(block);
                }
            }
            ItemKind::Lead(block) => {
                if self.only("lead", item.span) {
                    self.found.lead = Some(block);
                    self.fields(&block.fields);
                }
            }
            ItemKind::Status(names) => {
                if self.only("status", item.span) {
                    for (at, name) in names.iter().enumerate() {
                        self.declare(Kind::Status, &name.text, name.span, at as u32);
                    }
                    self.found.statuses = Some(names);
                }
            }
            ItemKind::Returning(block) => {
                if self.only("returning leads", item.span) {
                    self.found.returning = Some(block);
                }
            }
            ItemKind::List(list) => self.named(Kind::List, &list.name, list, |found| &mut found.lists),
            ItemKind::Let(let_) => self.named(Kind::Let, &let_.name, let_, |found| &mut found.lets),
            ItemKind::Records(records) => {
                self.named(Kind::Records, &records.name, records, |found| &mut found.records);
            }
            ItemKind::Segment(segment) => {
                let id = SegmentId(self.found.segments.len() as u32);
                if self.declare(Kind::Segment, &segment.name.text, segment.name.span, id.0) {
                    self.found.segments.push(SegmentSource::Alone(segment));
                }
            }
            ItemKind::Segments(partition) => self.partition(partition),
            ItemKind::Score(score) => self.named(Kind::Score, &score.name, score, |found| &mut found.scores),
            ItemKind::Grade(grade) => self.named(Kind::Grade, &grade.name, grade, |found| &mut found.grades),
            ItemKind::Territories(set) => self.found.territory_sets.push((set, item.span)),
            ItemKind::Calendar(calendar) => {
                self.named(Kind::Calendar, &calendar.name, calendar, |found| &mut found.calendars);
            }
            ItemKind::Team(team) => self.named(Kind::Team, &team.name, team, |found| &mut found.teams),
            ItemKind::Queue(queue) => self.named(Kind::Queue, &queue.name, queue, |found| &mut found.queues),
            ItemKind::Pool(pool) => self.named(Kind::Pool, &pool.name, pool, |found| &mut found.pools),
            ItemKind::Sla(sla) => self.named(Kind::Sla, &sla.name, sla, |found| &mut found.slas),
            ItemKind::Exclude(exclude) => {
                let id = self.names.count(Kind::Exclude);
                self.declare(Kind::Exclude, &exclude.title.text, exclude.title.span, id);
                self.found.excludes.push(exclude);
            }
            ItemKind::Table(table) => self.named(Kind::Table, &table.name, table, |found| &mut found.tables),
            ItemKind::Route(route) => self.route(route),
            ItemKind::Tier(tier) => self.found.tiers.push(tier),
            ItemKind::Experiment(experiment) => {
                self.named(Kind::Experiment, &experiment.name, experiment, |found| &mut found.experiments);
            }
            ItemKind::Guarantee(guarantee) => self.found.guarantees.push(guarantee),
            ItemKind::Goal(goal) => self.found.goals.push(goal),
            ItemKind::Test(test) => self.found.tests.push(test),
        }
    }

    /// True where the name was free; else both places are said.
    fn declare(&mut self, kind: Kind, name: &SmolStr, span: Span, id: u32) -> bool {
        let declared = Declared { id, span, used: false };
        match self.names.declare(kind, name, declared) {
            Ok(()) => true,
            Err(first) => {
                self.diagnostics.push(twice(kind, name, span, first.span));
                false
            }
        }
    }

    fn named<T>(
        &mut self,
        kind: Kind,
        name: &ast::Name,
        node: &'a T,
        list: impl for<'d> Fn(&'d mut Declarations<'a>) -> &'d mut Vec<&'a T>,
    ) {
        let id = list(&mut self.found).len() as u32;
        if self.declare(kind, &name.text, name.span, id) {
            list(&mut self.found).push(node);
        }
    }

    /// True for the first block of its kind.
    fn only(&mut self, word: &'static str, span: Span) -> bool {
        if let Some(first) = self.blocks.get(word) {
            self.diagnostics.push(
                Diagnostic::error(
                    "duplicate-name",
                    span,
                    format!("a policy has one `{word}` block, and this is another"),
                )
                .here("this one is left out")
                .also(*first, "the first is here")
                .help("move what it says into the first"),
            );
            return false;
        }
        self.blocks.insert(word, span);
        true
    }

    fn fields(&mut self, fields: &'a [ast::Field]) {
        for field in fields {
            let id = self.found.fields.len() as u32;
            if self.declare(Kind::Field, &field.name.text, field.name.span, id) {
                self.found.fields.push(field);
            }
        }
    }

    fn partition(&mut self, partition: &'a ast::Segments) {
        let place = self.found.partitions.len() as u32;
        if !self.declare(Kind::Partition, &partition.name.text, partition.name.span, place) {
            return;
        }
        self.found.partitions.push(partition);
        for part in &partition.parts {
            let id = self.found.segments.len() as u32;
            if self.declare(Kind::Segment, &part.name.text, part.name.span, id) {
                self.found.segments.push(SegmentSource::Part { partition: place, part });
            }
        }
    }

    /// A rule's id is its place among the rules and `otherwise`s of all routes.
    fn route(&mut self, route: &'a ast::Route) {
        let before = self.found.routes.len();
        self.named(Kind::Route, &route.name, route, |found| &mut found.routes);
        if self.found.routes.len() == before {
            return;
        }
        for entry in &route.entries {
            match entry {
                ast::RouteEntry::Rule(rule) => {
                    let id = self.rules;
                    self.declare(Kind::Rule, &rule.title.text, rule.title.span, id);
                    self.rules += 1;
                }
                ast::RouteEntry::Otherwise(_) => self.rules += 1,
                ast::RouteEntry::Continue { .. } => {}
            }
        }
    }

    /// Numbers the territories, parents before children, once all sets are known.
    fn territories(&mut self) {
        self.found.territory_sets.sort_by_key(|(set, _)| set.from.as_ref().map(|day| day.date));
        let mut next = 0;
        for at in 0..self.found.territory_sets.len() {
            let Some((set, _)) = self.found.territory_sets.get(at).copied() else { continue };
            let mut here: IndexMap<&SmolStr, Span, FxBuildHasher> = IndexMap::default();
            for territory in in_order(&set.roots) {
                let (name, id) = (&territory.name, next);
                next += 1;
                if let Some(first) = here.get(&name.text) {
                    self.diagnostics.push(twice(Kind::Territory, &name.text, name.span, *first));
                    continue;
                }
                here.insert(&name.text, name.span);
                // The same name in another set is the same territory at another time.
                let _ = self.names.declare(Kind::Territory, &name.text, Declared { id, span: name.span, used: false });
                self.found.territories.entry(name.text.clone()).or_default().push(TerritoryId(id));
            }
        }
    }

    /// What a condition names without saying its kind must be one thing.
    fn clashes(&mut self) {
        let mut taken: IndexMap<&str, (Kind, Span), FxBuildHasher> = IndexMap::default();
        for kind in Kind::IN_CONDITIONS {
            for (name, declared) in self.names.of(kind) {
                let Some((other, first)) = taken.insert(name, (kind, declared.span)) else { continue };
                let message = format!("`{name}` is {} and {}", other.a_word(), kind.a_word());
                self.diagnostics.push(
                    Diagnostic::error("name-clash", declared.span, message)
                        .here(format!("{} here", kind.a_word()))
                        .also(first, format!("{} here", other.a_word()))
                        .help("a condition that says the name would mean either; rename one of them"),
                );
            }
        }
    }
}

fn twice(kind: Kind, name: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error("duplicate-name", span, format!("the {} `{name}` is declared twice", kind.word()))
        .here("declared again here")
        .also(first, "first declared here")
        .help("give one of them another name, or take one out")
}

/// A tree of territories with each parent before its children.
pub(super) fn in_order(roots: &[ast::Territory]) -> Vec<&ast::Territory> {
    let mut order = Vec::new();
    let mut open: Vec<&ast::Territory> = roots.iter().rev().collect();
    while let Some(territory) = open.pop() {
        order.push(territory);
        open.extend(territory.children.iter().rev());
    }
    order
}
