//! Declarations that would need themselves: cycles of lets, segments, scores, grades, territories and records, of routes, and of pools.

use super::scope::Scope;
use crate::diagnostic::Diagnostic;
use crate::policy::{CalendarId, GradeId, LetId, PoolId, RecordsId, RouteId, ScoreId, SegmentId, TerritoryId};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// What can depend on something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Let(LetId),
    Segment(SegmentId),
    /// Depends on each of its parts.
    Partition(u32),
    Score(ScoreId),
    Grade(GradeId),
    /// All of them: which one a lead is in is settled once for all.
    Territories,
    Territory(TerritoryId),
    Records(RecordsId),
    Route(RouteId),
    Pool(PoolId),
    Calendar(CalendarId),
}

#[derive(Debug, Clone)]
struct Edges {
    name: String,
    to: Vec<(Node, Span)>,
}

/// Which declaration names which, as found while they are lowered.
#[derive(Debug, Default)]
pub(super) struct Dependencies {
    nodes: FxHashMap<Node, Edges>,
    order: Vec<Node>,
    current: Option<Node>,
}

impl Dependencies {
    /// What is named from now on is named by this declaration.
    pub(super) fn enter(&mut self, node: Node, name: impl Into<String>) {
        if !self.nodes.contains_key(&node) {
            self.order.push(node);
            self.nodes.insert(node, Edges { name: name.into(), to: Vec::new() });
        }
        self.current = Some(node);
    }

    /// What is named from now on is named by nothing that can be part of a cycle.
    pub(super) fn leave(&mut self) {
        self.current = None;
    }

    /// The current declaration names this one, here.
    pub(super) fn edge(&mut self, to: Node, span: Span) {
        let current = self.current.and_then(|node| self.nodes.get_mut(&node));
        if let Some(edges) = current {
            edges.to.push((to, span));
        }
    }

    /// Each cycle as the names on it, with the place where each names the next. A search in depth that keeps its path on a stack of its
    /// own, so that a chain of a hundred thousand lets needs no more than memory for it.
    fn cycles(&self) -> Vec<Vec<(Node, Span)>> {
        let mut cycles = Vec::new();
        let mut done: FxHashMap<Node, bool> = FxHashMap::default();
        for start in &self.order {
            if done.contains_key(start) {
                continue;
            }
            let mut path: Vec<(Node, usize)> = vec![(*start, 0)];
            done.insert(*start, false);
            while let Some((node, next)) = path.last_mut() {
                let edge = self.nodes.get(node).and_then(|edges| edges.to.get(*next)).copied();
                *next += 1;
                let Some((to, _)) = edge else {
                    done.insert(*node, true);
                    path.pop();
                    continue;
                };
                match done.get(&to) {
                    Some(true) => {}
                    Some(false) => cycles.push(self.cycle_from(to, &path)),
                    None => {
                        done.insert(to, false);
                        path.push((to, 0));
                    }
                }
            }
        }
        cycles
    }

    fn cycle_from(&self, start: Node, path: &[(Node, usize)]) -> Vec<(Node, Span)> {
        let on_it = path.iter().skip_while(|(node, _)| *node != start);
        on_it
            .filter_map(|(node, next)| {
                let (_, span) = self.nodes.get(node)?.to.get(next.checked_sub(1)?)?;
                Some((*node, *span))
            })
            .collect()
    }
}

impl Scope<'_> {
    /// Says each cycle with all its places.
    pub(super) fn report_cycles(&mut self) {
        let mut said = FxHashSet::default();
        for cycle in self.dependencies.cycles() {
            let name = |node: &Node| self.dependencies.nodes.get(node).map_or("", |edges| edges.name.as_str());
            // One name may lead back in several ways; the first is enough to mend.
            let Some((first, span)) = cycle.first().filter(|(_, span)| said.insert(*span)) else { continue };
            let mut way: Vec<String> = cycle.iter().map(|(node, _)| format!("`{}`", name(node))).collect();
            way.push(format!("`{}`", name(first)));
            let message = format!("`{}` comes back to itself: {}", name(first), way.join(" -> "));
            let overflow = matches!(cycle.first(), Some((Node::Pool(_), _)));
            let found = match overflow {
                true => Diagnostic::error("overflow-cycle", *span, message),
                false => Diagnostic::error("cycle", *span, message),
            };
            let mut found = found.here(match cycle.get(1) {
                Some((next, _)) => format!("`{}` names `{}`", name(first), name(next)),
                None => format!("`{}` names itself", name(first)),
            });
            for (at, (node, place)) in cycle.iter().enumerate().skip(1) {
                let next = cycle.get(at + 1).map_or(first, |(next, _)| next);
                found = found.also(*place, format!("`{}` names `{}`", name(node), name(next)));
            }
            let of_territories = cycle.iter().any(|(node, _)| *node == Node::Territories);
            found = found.help(if overflow {
                "end one of these pools in a queue, so that a lead comes to rest"
            } else if of_territories {
                "a territory names no other: list the countries or states again, or name what several share with `segment`"
            } else {
                "take one of these names out, so that each can be settled before the next"
            });
            self.diagnostics.push(found);
        }
    }
}
