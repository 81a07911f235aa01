//! SLAs and their steps, exclusions, returning leads.

use super::{Builder, Pair, Parts, Rule};
use crate::syntax::ast::{
    Exclude, ItemKind, Recipient, Returning, ReturningClause, ReturningKind, Sla, SlaClause, SlaClauseKind, SlaClock,
    Stage, Step, StepKind,
};

impl Builder<'_> {
    pub(super) fn sla(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let name = self.name(&mut parts)?;
        let clauses = self.clauses(parts, Rule::sla_clause_alone, |builder, pair| {
            let inner = Parts::of(&pair).0.next()?;
            Some(SlaClause { kind: builder.sla_clause(&inner)?, span: builder.span(&pair) })
        });
        Some(ItemKind::Sla(Sla { name, clauses }))
    }

    fn sla_clause(&mut self, pair: &Pair<'_, Rule>) -> Option<SlaClauseKind> {
        let mut parts = Parts::of(pair);
        Some(match pair.as_rule() {
            Rule::sla_within => {
                let stage = match parts.next_rule()? {
                    Rule::k_accept => Stage::Accept,
                    Rule::k_respond => Stage::Respond,
                    _ => Stage::Meet,
                };
                let within = self.duration(&mut parts)?;
                let clock = match parts.take(Rule::sla_clock) {
                    Some(clock) => self.sla_clock(Parts::of(&clock))?,
                    None => SlaClock::Elapsed,
                };
                SlaClauseKind::Within { stage, within, clock }
            }
            Rule::pause_while => SlaClauseKind::PauseWhile(self.names(&mut parts)),
            Rule::at_percent => {
                SlaClauseKind::At { percent: self.percent(&mut parts)?, steps: self.steps(&mut parts)? }
            }
            Rule::on_breach => SlaClauseKind::OnBreach(self.steps(&mut parts)?),
            Rule::finally_do => SlaClauseKind::Finally(self.steps(&mut parts)?),
            _ => return None,
        })
    }

    fn sla_clock(&mut self, mut parts: Parts<'_>) -> Option<SlaClock> {
        Some(if parts.has(Rule::k_assignee) {
            SlaClock::OfAssignee
        } else if parts.has(Rule::k_pool) {
            SlaClock::OfPool
        } else {
            SlaClock::In(self.name(&mut parts)?)
        })
    }

    fn steps(&mut self, parts: &mut Parts<'_>) -> Option<Vec<Step>> {
        let block = parts.take(Rule::steps)?;
        Some(self.clauses(Parts::of(&block), Rule::step_alone, |builder, pair| {
            let inner = Parts::of(&pair).0.next()?;
            Some(Step { kind: builder.step(&inner)?, span: builder.span(&pair) })
        }))
    }

    fn step(&mut self, pair: &Pair<'_, Rule>) -> Option<StepKind> {
        let mut parts = Parts::of(pair);
        Some(match pair.as_rule() {
            Rule::notify => {
                let recipients = parts.take_all(Rule::recipient).map(|pair| self.recipient(&pair));
                StepKind::Notify(recipients.collect::<Option<_>>()?)
            }
            Rule::reassign => self.reassign(parts)?,
            Rule::escalate => StepKind::Escalate(self.recipient(&parts.take(Rule::recipient)?)?),
            Rule::recycle => StepKind::Recycle(self.name(&mut parts)?),
            Rule::recall => StepKind::Recall(self.name(&mut parts)?),
            Rule::k_reopen => StepKind::Reopen,
            _ => return None,
        })
    }

    fn reassign(&mut self, mut parts: Parts<'_>) -> Option<StepKind> {
        let (mut never_who_had_it, mut at_most, mut restart_clock) = (false, None, false);
        for limit in parts.take_all(Rule::reassign_limit) {
            let limit = Parts::of(&limit).0.next()?;
            match limit.as_rule() {
                Rule::never_again => never_who_had_it = true,
                Rule::at_most_times => at_most = Some(self.whole(&mut Parts::of(&limit))?),
                _ => restart_clock = true,
            }
        }
        Some(StepKind::Reassign { never_who_had_it, at_most, restart_clock })
    }

    pub(super) fn recipient(&mut self, pair: &Pair<'_, Rule>) -> Option<Recipient> {
        let mut parts = Parts::of(pair);
        Some(match parts.next_rule()? {
            Rule::k_assignee => Recipient::Assignee,
            Rule::k_manager => Recipient::ManagerOfAssignee,
            Rule::k_rep => Recipient::Rep(self.name(&mut parts)?),
            _ => Recipient::Email(self.text(&mut parts)?),
        })
    }

    pub(super) fn exclude(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        Some(ItemKind::Exclude(Exclude { title: self.text(&mut parts)?, when: self.condition(&mut parts)? }))
    }

    pub(super) fn returning(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let by = self.names(&mut parts);
        let clauses = self.clauses(parts, Rule::returning_clause_alone, |builder, pair| {
            let mut parts = Parts::of(&pair);
            let joins = parts.has(Rule::k_join);
            let kind = if joins { ReturningKind::JoinSameOwner } else { ReturningKind::KeepOwner };
            Some(ReturningClause { within: builder.duration(&mut parts)?, kind, span: builder.span(&pair) })
        });
        Some(ItemKind::Returning(Returning { by, clauses }))
    }
}
