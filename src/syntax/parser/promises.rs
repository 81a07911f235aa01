//! Experiments, guarantees and goals.

use super::{Builder, Pair, Parts, Rule};
use crate::syntax::ast::{
    Arm, Claim, Experiment, ExperimentKey, Goal, Guarantee, ItemKind, Measure, MeasureKind, Outcome,
};

impl Builder<'_> {
    pub(super) fn experiment(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let (name, rule) = (self.name(&mut parts)?, self.text(&mut parts)?);
        let mut keys = Vec::new();
        for key in parts.take_all(Rule::experiment_key) {
            let mut key = Parts::of(&key);
            keys.push(ExperimentKey { field: self.subject(&mut key)?, unless: self.condition(&mut key) });
        }
        let arms = self.clauses(parts, Rule::arm_alone, |builder, pair| builder.arm(&pair));
        Some(ItemKind::Experiment(Experiment { name, rule, keys, arms }))
    }

    fn arm(&mut self, pair: &Pair<'_, Rule>) -> Option<Arm> {
        let mut parts = Parts::of(pair);
        let percent = self.decimal_percent(&mut parts)?.value;
        let name = parts.take(Rule::arm_name).and_then(|name| self.name(&mut Parts::of(&name)));
        let clauses =
            parts.take_all(Rule::rule_clause).map(|clause| self.clause_of_rule(&clause)).collect::<Option<_>>()?;
        Some(Arm { percent, clauses, name, span: self.span(pair) })
    }

    pub(super) fn guarantee(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let title = self.text(&mut parts)?;
        let claims = self.clauses(parts, Rule::claim_alone, |builder, pair| {
            let mut parts = Parts::of(&pair);
            let every = parts.next_rule() == Some(Rule::k_every);
            let when = builder.condition(&mut parts);
            let outcome = builder.outcome(&Parts::of(&parts.take(Rule::outcome)?).0.next()?)?;
            Some(Claim { every, when, outcome, span: builder.span(&pair) })
        });
        Some(ItemKind::Guarantee(Guarantee { title, claims }))
    }

    fn outcome(&mut self, pair: &Pair<'_, Rule>) -> Option<Outcome> {
        let mut parts = Parts::of(pair);
        Some(match pair.as_rule() {
            Rule::goes_to => Outcome::GoesTo(std::iter::from_fn(|| self.target(&mut parts)).collect()),
            Rule::has_an_sla => Outcome::HasAnSla,
            Rule::has_sla => Outcome::HasSla(self.names(&mut parts)),
            Rule::has_priority => Outcome::HasPriority(self.operand(&parts.take(Rule::operand)?)?),
            Rule::in_territory => Outcome::InTerritory(self.names(&mut parts)),
            Rule::taken_by => Outcome::TakenBy(self.texts(&mut parts)),
            _ => return None,
        })
    }

    pub(super) fn goal(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let title = self.text(&mut parts)?;
        let when = self.condition(&mut parts);
        parts.take(Rule::open)?;
        let mut measures = Vec::new();
        for pair in parts.take_all(Rule::measure) {
            let span = self.span(&pair);
            self.starts.push(span.start);
            let inner = Parts::of(&pair).0.next()?;
            measures.push(self.measure(&inner, span)?);
        }
        Some(ItemKind::Goal(Goal { title, when, measures }))
    }

    fn measure(&mut self, pair: &Pair<'_, Rule>, span: crate::source::Span) -> Option<Measure> {
        let mut parts = Parts::of(pair);
        let (op, kind) = match pair.as_rule() {
            Rule::median_response => {
                (self.size_op(&mut parts)?, MeasureKind::MedianResponse(self.duration(&mut parts)?))
            }
            Rule::share_of_responses => {
                let percent = self.decimal_percent(&mut parts)?;
                let op = self.size_op(&mut parts)?;
                (op, MeasureKind::ShareOfResponses { percent, within: self.duration(&mut parts)? })
            }
            Rule::share_to_reps => {
                (self.size_op(&mut parts)?, MeasureKind::AssignedToRep(self.decimal_percent(&mut parts)?))
            }
            Rule::breaches => (self.size_op(&mut parts)?, MeasureKind::Breaches(self.decimal_percent(&mut parts)?)),
            Rule::conversion => (self.size_op(&mut parts)?, MeasureKind::Conversion(self.decimal_percent(&mut parts)?)),
            _ => return None,
        };
        Some(Measure { kind, op, span })
    }
}
