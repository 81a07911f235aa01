//! What of a pool's overflow no lead comes to: a pool takes every lead, since its own overflow ends in a queue.

use super::declarations::Declarations;
use super::scope::Scope;
use crate::diagnostic::Diagnostic;
use crate::policy::{Fallback, Pool, PoolId, QueueId};
use crate::source::Span;
use crate::syntax::ast::{self, PoolClauseKind};

impl Scope<'_> {
    /// Says which steps stand behind `use pool`, but for a last queue that is the one in which that pool's leads end anyway: written out, it
    /// is true.
    pub(super) fn unreachable_overflow(&mut self, found: &Declarations<'_>, pools: &[Pool]) {
        for (written, pool) in found.pools.iter().zip(pools) {
            let clauses = written.clauses.iter().filter_map(|clause| match &clause.kind {
                PoolClauseKind::WhenEmpty(steps) => Some(steps),
                _ => None,
            });
            let steps: Vec<&ast::Fallback> = clauses.flatten().collect();
            if steps.len() != pool.when_empty.len() {
                continue;
            }
            let mut all = steps.iter().zip(&pool.when_empty);
            let Some(taken) = all.find_map(|(_, fallback)| match fallback {
                Fallback::Pool(id) => Some(*id),
                _ => None,
            }) else {
                continue;
            };
            let (Some((step, fallback)), Some(end)) = (all.next(), end_of(taken, pools)) else { continue };
            if matches!(fallback, Fallback::Queue(queue) if *queue == end) {
                continue;
            }
            let taken = pools.get(taken.at()).map_or("", |pool| pool.name.as_str());
            let queue = found.queues.get(end.at()).map_or("", |queue| queue.name.text.as_str());
            self.report(
                Diagnostic::warning("unreachable", span(step), "no lead comes to this step of the overflow")
                    .here(format!(
                        "pool `{taken}` before it takes every lead: what it cannot give goes to queue `{queue}`"
                    ))
                    .help(format!("take it out, or change `when empty` of `{taken}`")),
            );
        }
    }
}

/// The queue in which a lead ends that nobody of a pool takes; none where pools pass it in a circle.
fn end_of(pool: PoolId, pools: &[Pool]) -> Option<QueueId> {
    let mut at = pool;
    for _ in 0..=pools.len() {
        let mut takes =
            pools.get(at.at())?.when_empty.iter().filter(|step| matches!(step, Fallback::Pool(_) | Fallback::Queue(_)));
        match takes.next()? {
            Fallback::Pool(next) => at = *next,
            Fallback::Queue(queue) => return Some(*queue),
            Fallback::WaitAtMost(_) | Fallback::WaitUntilOpening => return None,
        }
    }
    None
}

fn span(step: &ast::Fallback) -> Span {
    match step {
        ast::Fallback::Pool(name) | ast::Fallback::Queue(name) => name.span,
        ast::Fallback::WaitAtMost(wait) => wait.span,
        ast::Fallback::WaitUntilOpening(span) => *span,
    }
}
