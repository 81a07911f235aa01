//! The things of a policy by their places: which rule, segment or pool a span stands in.

use crate::source::{FileId, Span};
use crate::syntax::Parsed;
use crate::syntax::ast::{self, ItemKind, RouteEntry};

/// Things and their spans, by start; one that stands in another comes after it.
pub struct Things(Vec<(Span, String)>);

impl Things {
    pub fn gather(files: &[(FileId, Parsed)]) -> Things {
        let mut things = Vec::new();
        for item in files.iter().flat_map(|(_, parsed)| &parsed.file.items) {
            gather(item, &mut things);
        }
        things.sort_by_key(|(span, _)| (span.file, span.start, std::cmp::Reverse(span.end)));
        Things(things)
    }

    /// The innermost thing that the start of a span stands in.
    pub fn at(&self, span: Span) -> Option<&str> {
        let until = self.0.partition_point(|(thing, _)| (thing.file, thing.start) <= (span.file, span.start));
        let before = self.0.get(..until)?.iter().rev().take_while(|(thing, _)| thing.file == span.file);
        before.into_iter().find(|(thing, _)| span.start < thing.end).map(|(_, name)| name.as_str())
    }
}

fn gather(item: &ast::Item, things: &mut Vec<(Span, String)>) {
    let mut add = |span: Span, kind: &str, name: &str| things.push((span, format!("{kind} {name}")));
    let titled = |text: &ast::Text| format!("\"{}\"", text.text.replace('\\', "\\\\").replace('"', "\\\""));
    let at = item.span;
    match &item.kind {
        ItemKind::Include(path) => add(at, "include", &titled(path)),
        ItemKind::Policy(block) => add(at, "policy", &titled(&block.title)),
        ItemKind::Lead(block) => {
            block.fields.iter().for_each(|field| add(field.span, "field", &field.name.text));
            things.push((at, "lead".to_owned()));
        }
        ItemKind::Status(_) => things.push((at, "status".to_owned())),
        ItemKind::List(list) => add(at, "list", &list.name.text),
        ItemKind::Let(named) => add(at, "let", &named.name.text),
        ItemKind::Records(records) => {
            let column = |field: &ast::Field| format!("{}.{}", records.name.text, field.name.text);
            records.columns.iter().for_each(|field| add(field.span, "column", &column(field)));
            add(at, "records", &records.name.text);
        }
        ItemKind::Segment(segment) => add(at, "segment", &segment.name.text),
        ItemKind::Segments(segments) => {
            segments.parts.iter().for_each(|part| add(part.span, "segment", &part.name.text));
            add(at, "segments", &segments.name.text);
        }
        ItemKind::Score(score) => add(at, "score", &score.name.text),
        ItemKind::Grade(grade) => add(at, "grade", &grade.name.text),
        ItemKind::Territories(set) => {
            let title = set.title.as_ref().map_or(String::new(), titled);
            let mut open: Vec<&ast::Territory> = set.roots.iter().collect();
            while let Some(territory) = open.pop() {
                add(territory.span, "territory", format!("{} {title}", territory.name.text).trim_end());
                open.extend(&territory.children);
            }
            add(at, "territories", &title);
        }
        ItemKind::Calendar(calendar) => add(at, "calendar", &calendar.name.text),
        ItemKind::Team(team) => {
            team.reps.iter().for_each(|rep| add(rep.span, "rep", &rep.name.text));
            add(at, "team", &team.name.text);
        }
        ItemKind::Queue(queue) => add(at, "queue", &queue.name.text),
        ItemKind::Pool(pool) => add(at, "pool", &pool.name.text),
        ItemKind::Sla(sla) => add(at, "sla", &sla.name.text),
        ItemKind::Exclude(exclude) => add(at, "exclude", &titled(&exclude.title)),
        ItemKind::Returning(_) => things.push((at, "returning leads".to_owned())),
        ItemKind::Table(table) => add(at, "table", &table.name.text),
        ItemKind::Route(route) => {
            let name = &route.name.text;
            for entry in &route.entries {
                match entry {
                    RouteEntry::Rule(rule) => add(rule.span, "rule", &titled(&rule.title)),
                    RouteEntry::Continue { route, span, .. } => {
                        add(*span, "route", &format!("{name}: continue in {}", route.text));
                    }
                    RouteEntry::Otherwise(otherwise) => {
                        add(otherwise.span, "route", &format!("{name}: otherwise"));
                    }
                }
            }
            add(at, "route", name);
        }
        ItemKind::Tier(_) => things.push((at, "tier".to_owned())),
        ItemKind::Experiment(experiment) => add(at, "experiment", &experiment.name.text),
        ItemKind::Guarantee(guarantee) => add(at, "guarantee", &titled(&guarantee.title)),
        ItemKind::Goal(goal) => add(at, "goal", &titled(&goal.title)),
        ItemKind::Test(test) => add(at, "test", &titled(&test.title)),
    }
}
