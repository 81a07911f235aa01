//! Teams, reps, queues and pools.

use super::{Builder, Pair, Parts, Rule, messages};
use crate::syntax::ast::{
    Eligible, Fallback, ItemKind, Members, Pool, PoolClause, PoolClauseKind, Queue, Rep, RepClause, RepPreference,
    Start, Strategy, Team,
};

impl Builder<'_> {
    pub(super) fn team(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let name = self.name(&mut parts)?;
        let mut team = Team { name, manager: None, members: Vec::new(), reps: Vec::new() };
        self.clauses(parts, Rule::team_clause_alone, |builder, pair| {
            let pair = Parts::of(&pair).0.next()?;
            let mut parts = Parts::of(&pair);
            match pair.as_rule() {
                Rule::manager => {
                    let manager = builder.name(&mut parts)?;
                    if team.manager.replace(manager).is_some() {
                        builder.tell(messages::twice(builder.span(&pair), "manager"));
                    }
                }
                Rule::members => {
                    let (path, filter) = (builder.text(&mut parts)?, builder.condition(&mut parts));
                    team.members.push(Members { path, filter, span: builder.span(&pair) });
                }
                _ => team.reps.push(builder.rep(&pair)?),
            }
            Some(())
        });
        Some(ItemKind::Team(team))
    }

    fn rep(&mut self, pair: &Pair<'_, Rule>) -> Option<Rep> {
        let mut parts = Parts::of(pair);
        let name = self.name(&mut parts)?;
        let email = self.text(&mut parts);
        let clauses = match parts.take(Rule::rep_block) {
            Some(block) => self.clauses(Parts::of(&block), Rule::rep_clause_alone, |builder, clause| {
                builder.rep_clause(&Parts::of(&clause).0.next()?)
            }),
            None => Vec::new(),
        };
        Some(Rep { name, email, clauses, span: self.span(pair) })
    }

    fn rep_clause(&mut self, pair: &Pair<'_, Rule>) -> Option<RepClause> {
        let mut parts = Parts::of(pair);
        Some(match pair.as_rule() {
            Rule::rep_hours => RepClause::Hours(self.name(&mut parts)?),
            Rule::rep_zone => RepClause::Zone(self.text(&mut parts)?),
            Rule::rep_weight => RepClause::Weight(self.whole(&mut parts)?),
            Rule::rep_cap => RepClause::Cap {
                count: self.whole(&mut parts)?,
                per: self.per(&mut parts)?,
                zone: self.zone(&mut parts),
            },
            Rule::rep_speaks => RepClause::Speaks(self.names(&mut parts)),
            Rule::rep_level => RepClause::Level(self.whole(&mut parts)?),
            Rule::rep_away => RepClause::Away(self.date_ranges(&mut parts)?),
            Rule::rep_delegate => RepClause::Delegate(self.name(&mut parts)?),
            Rule::rep_territory => RepClause::Territory(self.name(&mut parts)?),
            Rule::rep_since => RepClause::Since(self.day(&mut parts)?),
            Rule::k_inactive => RepClause::Inactive(self.token_span(pair)),
            _ => return None,
        })
    }

    pub(super) fn queue(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let name = self.name(&mut parts)?;
        let worked_by =
            self.clauses(parts, Rule::queue_clause_alone, |builder, pair| Some(builder.names(&mut Parts::of(&pair))));
        Some(ItemKind::Queue(Queue { name, worked_by: worked_by.into_iter().flatten().collect() }))
    }

    pub(super) fn pool(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let name = self.name(&mut parts)?;
        let teams = self.names(&mut parts);
        let filter = self.condition(&mut parts);
        let clauses = self.clauses(parts, Rule::pool_clause_alone, |builder, pair| {
            let inner = Parts::of(&pair).0.next()?;
            Some(PoolClause { kind: builder.pool_clause(&inner)?, span: builder.span(&pair) })
        });
        Some(ItemKind::Pool(Pool { name, teams, filter, clauses }))
    }

    fn pool_clause(&mut self, pair: &Pair<'_, Rule>) -> Option<PoolClauseKind> {
        let mut parts = Parts::of(pair);
        Some(match pair.as_rule() {
            Rule::round_robin if parts.has(Rule::k_weighted) => PoolClauseKind::Strategy(Strategy::RoundRobinWeighted),
            Rule::round_robin => PoolClauseKind::Strategy(Strategy::RoundRobin),
            Rule::least_loaded => PoolClauseKind::Strategy(Strategy::LeastLoaded),
            Rule::in_order => PoolClauseKind::Strategy(Strategy::InOrder),
            Rule::sticky => PoolClauseKind::Strategy(Strategy::StickyByAccount),
            Rule::only_reps => {
                PoolClauseKind::Only(parts.take_all(Rule::eligible).map(|pair| eligible(&pair)).collect::<Option<_>>()?)
            }
            Rule::pool_cap => PoolClauseKind::Cap {
                count: self.whole(&mut parts)?,
                of: parts.take(Rule::cap_of).and_then(|of| self.name(&mut Parts::of(&of))),
                per: self.per(&mut parts)?,
                zone: self.zone(&mut parts),
                credited_back_on: match parts.take(Rule::credited_back) {
                    Some(back) => self.names(&mut Parts::of(&back)),
                    None => Vec::new(),
                },
            },
            Rule::prefer_reps => {
                let order = parts.take_all(Rule::rep_preference).map(|pair| self.rep_preference(&pair));
                PoolClauseKind::Prefer(order.collect::<Option<_>>()?)
            }
            Rule::joiners => PoolClauseKind::Joiners(self.start(&mut parts)?),
            Rule::returners => PoolClauseKind::Returners(self.start(&mut parts)?),
            Rule::when_empty => {
                let fallbacks = parts.take_all(Rule::fallback).map(|pair| self.fallback(&pair));
                PoolClauseKind::WhenEmpty(fallbacks.collect::<Option<_>>()?)
            }
            Rule::share_turns => PoolClauseKind::ShareTurnsWith(self.names(&mut parts)),
            Rule::after_wait => PoolClauseKind::After {
                wait: self.duration(&mut parts)?,
                fallback: self.fallback(&parts.take(Rule::fallback)?)?,
            },
            _ => return None,
        })
    }

    fn rep_preference(&mut self, pair: &Pair<'_, Rule>) -> Option<RepPreference> {
        let mut parts = Parts::of(pair);
        let span = self.span(pair);
        Some(if parts.has(Rule::k_speak) {
            RepPreference::Speak(self.name(&mut parts)?)
        } else if parts.has(Rule::k_level) {
            RepPreference::HighestLevel(span)
        } else {
            RepPreference::SameTerritory(span)
        })
    }

    fn start(&mut self, parts: &mut Parts<'_>) -> Option<Start> {
        let mut parts = Parts::of(&parts.take(Rule::start)?);
        Some(match parts.next_rule()? {
            Rule::k_start => Start::Level,
            Rule::k_made => Start::MadeWhole,
            _ => Start::CatchUp { by: self.whole(&mut parts)?, per: self.per(&mut parts)? },
        })
    }

    fn fallback(&mut self, pair: &Pair<'_, Rule>) -> Option<Fallback> {
        let mut parts = Parts::of(pair);
        Some(if let Some(wait) = parts.take(Rule::wait_at_most) {
            Fallback::WaitAtMost(self.duration(&mut Parts::of(&wait))?)
        } else if parts.take(Rule::wait_until).is_some() {
            Fallback::WaitUntilOpening(self.span(pair))
        } else if Parts::of(pair).has(Rule::k_pool) {
            Fallback::Pool(self.name(&mut parts)?)
        } else {
            Fallback::Queue(self.name(&mut parts)?)
        })
    }
}

fn eligible(pair: &Pair<'_, Rule>) -> Option<Eligible> {
    Some(match Parts::of(pair).next_rule()? {
        Rule::k_on => Eligible::OnDuty,
        Rule::k_under => Eligible::UnderCap,
        Rule::k_online => Eligible::Online,
        _ => return None,
    })
}
