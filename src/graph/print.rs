//! The readable graph of a policy: what a lead meets, in order, and where it goes.
//!
//! It is made for people from the policy itself, not from the indexes: a card for the exclusions, one for each route with its
//! entries in order, and one for each target; edges for what follows what. Mermaid, DOT, SVG and JSON are ways to write it.

mod dot;
mod mermaid;
mod svg;

pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::svg;

use crate::policy::words;
use crate::policy::{Entry, Exclude, Fallback, Period, Policy, PoolId, RouteId, Rule, SlaId, Target};
use indexmap::{IndexMap, IndexSet};
use serde::Serialize;

/// Characters of a condition that are shown.
const LONGEST: usize = 72;
/// Entries of one card; more are drawn together.
pub const MOST_ROWS: usize = 200;

/// See the module's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Picture {
    pub title: String,
    pub cards: Vec<Card>,
    pub edges: Vec<Edge>,
}

/// A box with a title. What has entries lists them; they are tried in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    /// A word of letters, digits and `_`, not used twice.
    pub id: String,
    pub kind: CardKind,
    pub title: String,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CardKind {
    Lead,
    Exclusions,
    Route,
    Target,
    /// Where a lead goes that no rule takes.
    Unrouted,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub id: String,
    pub title: String,
    /// The condition and what else the entry says, a line each.
    pub lines: Vec<String>,
}

/// `from` and `to` are ids of cards or rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Edge {
    pub from: String,
    pub to: String,
    pub kind: EdgeKind,
    pub label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// What a lead meets next.
    Next,
    /// Into another route; back where nothing there matches.
    Continue,
    Assign,
    /// The next target of a rule, where one cannot take the lead.
    Else,
    /// Where a pool turns when nobody in it may take the lead.
    WhenEmpty,
}

/// The readable graph of a policy.
pub fn picture(policy: &Policy) -> Picture {
    let mut drawing = Drawing { policy, edges: IndexSet::new(), targets: IndexMap::new() };
    let mut cards = vec![card("lead".into(), CardKind::Lead, "lead".into(), Vec::new())];
    let first = if policy.excludes.is_empty() { route_id(policy.main) } else { "exclusions".to_owned() };
    drawing.edge("lead", &first, EdgeKind::Next, "");
    if !policy.excludes.is_empty() {
        cards.push(drawing.exclusions());
        drawing.edge("exclusions", &route_id(policy.main), EdgeKind::Next, "");
    }
    for route in drawing.routes_in_order() {
        cards.extend(drawing.route(route));
    }
    drawing.fallbacks();
    let falls_through = policy.routes.get(policy.main.at()).is_none_or(|route| !always_ends(policy, &route.entries));
    cards.extend(drawing.targets.into_iter().map(|(id, title)| card(id, CardKind::Target, title, Vec::new())));
    if falls_through {
        let main = route_id(policy.main);
        drawing.edges.insert(Edge { from: main, to: "unrouted".into(), kind: EdgeKind::Next, label: "no rule".into() });
        cards.push(card("unrouted".into(), CardKind::Unrouted, "no rule takes it".into(), Vec::new()));
    }
    Picture { title: policy.title.to_string(), cards, edges: drawing.edges.into_iter().collect() }
}

struct Drawing<'a> {
    policy: &'a Policy,
    edges: IndexSet<Edge>,
    /// Titles of the targets that something leads to, by id.
    targets: IndexMap<String, String>,
}

impl Drawing<'_> {
    fn edge(&mut self, from: &str, to: &str, kind: EdgeKind, label: &str) {
        self.edges.insert(Edge { from: from.to_owned(), to: to.to_owned(), kind, label: label.to_owned() });
    }

    fn exclusions(&self) -> Card {
        let excludes = row_ids("exclude".to_owned(), self.policy.excludes.len()).zip(&self.policy.excludes);
        let row = |(id, exclude): (String, &Exclude)| Row {
            id,
            title: exclude.title.to_string(),
            lines: vec![short(&words::condition(self.policy, &exclude.when))],
        };
        card(
            "exclusions".into(),
            CardKind::Exclusions,
            "excluded".into(),
            folded(excludes.map(row).collect(), "exclusion"),
        )
    }

    /// The routes that a lead can come to, `main` first, each before those it continues in where that can be.
    fn routes_in_order(&self) -> Vec<RouteId> {
        let mut met = IndexSet::from([self.policy.main]);
        let mut next = 0;
        while let Some(&id) = met.get_index(next) {
            next += 1;
            let entries = self.policy.routes.get(id.at()).map_or(&[][..], |route| &route.entries);
            met.extend(entries.iter().filter_map(|entry| match entry {
                Entry::Continue { route, .. } => Some(*route),
                Entry::Rule(_) => None,
            }));
        }
        met.into_iter().collect()
    }

    fn route(&mut self, id: RouteId) -> Option<Card> {
        let policy = self.policy;
        let route = policy.routes.get(id.at())?;
        let ids = row_ids(format!("route_{}", id.0), route.entries.len());
        let mut rows = Vec::new();
        for (entry, row_id) in route.entries.iter().zip(ids) {
            match entry {
                Entry::Rule(rule) => {
                    let rule = policy.rules.get(rule.at())?;
                    self.assignments(&row_id, rule);
                    rows.push(Row { id: row_id, title: rule.title.to_string(), lines: rule_lines(policy, rule) });
                }
                Entry::Continue { route: other, when, .. } => {
                    self.edge(&row_id, &route_id(*other), EdgeKind::Continue, "");
                    let name = policy.routes.get(other.at()).map_or("", |route| &route.name);
                    let when = when.as_ref().map(|when| short(&words::condition(policy, when)));
                    rows.push(Row {
                        id: row_id,
                        title: format!("continue in {name}"),
                        lines: when.into_iter().collect(),
                    });
                }
            }
        }
        Some(card(route_id(id), CardKind::Route, format!("route {}", route.name), folded(rows, "rule")))
    }

    /// The rule's targets; a table stands for all that its rows give.
    fn assignments(&mut self, row: &str, rule: &Rule) {
        let policy = self.policy;
        for (at, target) in rule.assign.iter().enumerate() {
            let (kind, label) = if at == 0 { (EdgeKind::Assign, "") } else { (EdgeKind::Else, "else") };
            if let Target::Table { table, .. } = target {
                let rows = policy.tables.get(table.at()).map_or(&[][..], |table| &table.rows);
                for given in rows.iter().filter_map(|row| row.target.as_ref()) {
                    let to = self.target(given);
                    self.edge(row, &to, kind, &words::target(policy, target));
                }
            } else {
                let to = self.target(target);
                self.edge(row, &to, kind, label);
            }
        }
    }

    fn target(&mut self, target: &Target) -> String {
        let title = words::target(self.policy, target);
        let id = target_id(target);
        self.targets.insert(id.clone(), title);
        id
    }

    /// Where the pools that were met turn when they are empty, and where those do.
    fn fallbacks(&mut self) {
        let policy = self.policy;
        let pools = (0..).map(PoolId).zip(&policy.pools);
        let by_id: IndexMap<String, &[Fallback]> =
            pools.map(|(id, pool)| (target_id(&Target::Pool(id)), pool.when_empty.as_slice())).collect();
        let mut next = 0;
        while let Some((from, _)) = self.targets.get_index(next) {
            next += 1;
            let from = from.clone();
            let mut label = "when empty".to_owned();
            for fallback in by_id.get(&from).copied().unwrap_or_default() {
                let to = match fallback {
                    Fallback::Pool(id) => self.target(&Target::Pool(*id)),
                    Fallback::Queue(id) => self.target(&Target::Queue(*id)),
                    Fallback::WaitAtMost(wait) => {
                        label = format!("after {} {}", wait.count, unit(wait.unit, wait.count));
                        continue;
                    }
                    Fallback::WaitUntilOpening => {
                        label = "at the next opening".to_owned();
                        continue;
                    }
                };
                self.edge(&from, &to, EdgeKind::WhenEmpty, &label);
                label = "then".to_owned();
            }
        }
    }
}

fn card(id: String, kind: CardKind, title: String, rows: Vec<Row>) -> Card {
    Card { id, kind, title, rows }
}

fn route_id(id: RouteId) -> String {
    format!("route_{}", id.0)
}

fn target_id(target: &Target) -> String {
    match target {
        Target::Pool(id) => format!("pool_{}", id.0),
        Target::Queue(id) => format!("queue_{}", id.0),
        Target::Team(id) => format!("team_{}", id.0),
        Target::Rep(id) => format!("rep_{}", id.0),
        Target::Owner { records, column, .. } => format!("owner_{}_{}", records.0, column.0),
        Target::TeamOfOwner { records, column } => format!("team_of_owner_{}_{}", records.0, column.0),
        Target::ManagerOfOwner { records, column } => format!("manager_of_owner_{}_{}", records.0, column.0),
        Target::Table { table, .. } => format!("table_{}", table.0),
    }
}

/// The ids of a card's entries; those that are drawn together share one.
fn row_ids(card: String, count: usize) -> impl Iterator<Item = String> {
    let together = count.div_ceil(MOST_ROWS).max(1);
    (0..count).map(move |at| format!("{card}_{}", at / together))
}

/// Rows with one id made into one.
fn folded(rows: Vec<Row>, what: &str) -> Vec<Row> {
    let mut folded: Vec<(Row, usize, String)> = Vec::new();
    for row in rows {
        match folded.last_mut() {
            Some((first, count, last)) if first.id == row.id => {
                *count += 1;
                *last = row.title;
            }
            _ => folded.push((row, 1, String::new())),
        }
    }
    let written = folded.into_iter().map(|(row, count, last)| match count {
        1 => row,
        _ => Row { title: format!("{} ... {last}", row.title), lines: vec![format!("{count} {what}s")], ..row },
    });
    written.collect()
}

fn rule_lines(policy: &Policy, rule: &Rule) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(rule.only.iter().map(|period| days(period, policy)));
    lines.extend(rule.when.as_ref().map(|when| short(&words::condition(policy, when))));
    let sla = |id: SlaId| policy.slas.get(id.at()).map(|sla| format!("sla {}", sla.name));
    let promise = [rule.sla.and_then(sla), rule.priority.map(|priority| format!("priority {priority}"))];
    let promise: Vec<_> = promise.into_iter().flatten().collect();
    if !promise.is_empty() {
        lines.push(promise.join(", "));
    }
    lines
}

fn days(period: &Period, policy: &Policy) -> String {
    let date = |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let zone = if period.zone == policy.zone { String::new() } else { format!(" in {}", period.zone.name()) };
    format!("only {}..{}{zone}", date(period.from), date(period.to))
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST).and_then(|(at, _)| text.get(..at)) {
        Some(cut) => format!("{cut}..."),
        None => text.to_owned(),
    }
}

fn unit(unit: crate::syntax::ast::Unit, count: i64) -> String {
    let word = format!("{unit:?}").to_lowercase();
    if count == 1 { word } else { format!("{word}s") }
}

/// Whether some entry takes every lead that comes to it.
fn always_ends(policy: &Policy, entries: &[Entry]) -> bool {
    entries.iter().any(|entry| match entry {
        Entry::Rule(id) => policy.rules.get(id.at()).is_some_and(|rule| {
            let there = rule.assign.iter().any(|target| !matches!(target, Target::Table { .. }));
            rule.when.is_none() && rule.only.is_empty() && there
        }),
        Entry::Continue { .. } => false,
    })
}
