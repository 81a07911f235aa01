//! Experiments: the rule they are on, the key that chooses an arm, and the arms.

use super::declarations::Declarations;
use super::names::Kind;
use super::routes::Block;
use super::scope::{Meaning, Scope, Side, Valued};
use super::words;
use crate::diagnostic::Diagnostic;
use crate::policy::{Arm, Condition, Experiment, RuleId, Subject};
use crate::source::Span;
use crate::syntax::ast;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

impl Scope<'_> {
    pub(super) fn experiments(&mut self, found: &Declarations<'_>) -> Vec<Experiment> {
        let mut experiments = Vec::with_capacity(found.experiments.len());
        let mut on: FxHashMap<u32, Span> = FxHashMap::default();
        for experiment in &found.experiments {
            let rule = self.resolve_text(Kind::Rule, &experiment.rule.text, experiment.rule.span);
            if let Some(first) = rule.and_then(|rule| on.insert(rule, experiment.rule.span)) {
                self.report(
                    Diagnostic::error(
                        "duplicate-name",
                        experiment.rule.span,
                        format!("the rule `{}` has two experiments", experiment.rule.text),
                    )
                    .also(first, "the first is here")
                    .help("put the arms into one experiment"),
                );
            }
            experiments.push(Experiment {
                name: experiment.name.text.clone(),
                span: experiment.name.span,
                rule: RuleId(rule.unwrap_or_default()),
                keys: self.experiment_keys(experiment),
                arms: self.arms(experiment),
            });
        }
        experiments
    }

    fn experiment_keys(&mut self, experiment: &ast::Experiment) -> Vec<(Subject, Option<Condition>)> {
        let mut keys = Vec::with_capacity(experiment.keys.len());
        let mut last: Option<(Valued, bool, Span, String)> = None;
        for key in &experiment.keys {
            let unless = key.unless.as_ref().map(|unless| self.condition(unless));
            let name = words::subject(&key.field);
            match self.subject(&key.field, Side::Lead) {
                Some(Meaning::Value(valued)) => {
                    keys.push((valued.subject, unless.clone()));
                    last = Some((valued, unless.is_some(), key.field.span, name));
                }
                Some(_) => self.report(
                    Diagnostic::error(
                        "type-mismatch",
                        key.field.span,
                        format!("`{name}` does not tell one lead from another"),
                    )
                    .help("choose by a field such as `email` or `id`"),
                ),
                None => {}
            }
        }
        if let Some((valued, unless, span, name)) = last
            && keys.len() == experiment.keys.len()
            && (unless || !valued.required)
        {
            let why = if unless { "has an `unless`" } else { "may be missing" };
            self.report(
                Diagnostic::error(
                    "no-fallback",
                    span,
                    format!("some leads have no key: the last one, `{name}`, {why}"),
                )
                .help("end the keys with a required field, such as `else id`"),
            );
        }
        keys
    }

    fn arms(&mut self, experiment: &ast::Experiment) -> Vec<Arm> {
        let mut arms: Vec<Arm> = Vec::with_capacity(experiment.arms.len());
        let mut sum = Decimal::ZERO;
        for (at, arm) in experiment.arms.iter().enumerate() {
            let clauses = self.clauses(&arm.clauses, Block::Arm, arm.span);
            if arm.percent <= Decimal::ZERO || arm.percent > Decimal::ONE_HUNDRED {
                self.report(
                    Diagnostic::error(
                        "value-outside-range",
                        arm.span,
                        format!("an arm does not get {}% of the leads", arm.percent),
                    )
                    .help("write a share above 0% and up to 100%"),
                );
            }
            sum = sum.saturating_add(arm.percent);
            let name = match &arm.name {
                Some(name) => name.text.clone(),
                None if arm.clauses.is_empty() => SmolStr::new_static("control"),
                None => SmolStr::new(format!("arm {}", at + 1)),
            };
            if let Some(taken) = arms.iter().position(|other| other.name == name) {
                let first = experiment.arms.get(taken).map_or(arm.span, |arm| arm.span);
                self.report(
                    Diagnostic::error("duplicate-name", arm.span, format!("two arms are `{name}`"))
                        .also(first, "the first is here")
                        .help("give each arm a name of its own, or put them together"),
                );
            }
            let (assign, sla, priority) = (clauses.assign, clauses.sla, clauses.priority);
            arms.push(Arm { name, percent: arm.percent, assign, sla, priority });
        }
        if sum != Decimal::ONE_HUNDRED {
            self.report(
                Diagnostic::error(
                    "percent-sum",
                    experiment.name.span,
                    format!("the arms add up to {}%, not 100%", sum.normalize()),
                )
                .help("share all leads out: the percentages add up to 100"),
            );
        }
        arms
    }
}
