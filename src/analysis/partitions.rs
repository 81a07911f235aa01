//! Partitions of segments: each lead is in one part and in no other. And grades: each step is reached by some lead.

use super::Formula;
use super::told::{Asked, Prover};
use crate::diagnostic::Diagnostic;
use crate::policy::{Condition, ConditionKind, Grade, GradeId, Partition, Segment};

/// Overlaps that are said of one part.
const MOST_OVERLAPS: usize = 3;

impl Prover<'_> {
    pub fn partitions(&mut self) {
        let policy = self.policy;
        for partition in &policy.partitions {
            let parts: Vec<&Segment> = partition.parts.iter().filter_map(|id| policy.segments.get(id.at())).collect();
            self.exclusive(partition, &parts);
            self.complete(partition, &parts);
        }
    }

    fn exclusive(&mut self, partition: &Partition, parts: &[&Segment]) {
        let decided = self.decided();
        let mut before: Vec<(&Segment, Formula)> = Vec::with_capacity(parts.len());
        for part in parts.iter().copied() {
            let holds = self.condition(&part.when);
            let mut others = before.clone();
            let what = || format!("whether `{}` overlaps with other parts of `{}`", part.name, partition.name);
            for _ in 0..MOST_OVERLAPS {
                let any = others.iter().map(|(_, other)| *other).collect::<Vec<_>>();
                let any = self.space.formulas.or(any);
                let Asked::Lead(lead) = self.ask(&[decided, holds, any], &[], part.span, what) else { break };
                let at = others.iter().position(|(other, _)| self.space.holds(0, &other.when, &lead));
                let both = at.is_some() && self.space.holds(0, &part.when, &lead);
                if !self.holds_up(both, part.span, what) {
                    break;
                }
                let Some((other, _)) = at.map(|at| others.remove(at)) else { break };
                let found = self.space.decide(0, &lead);
                let today = self.today(&found);
                self.tell(
                    Diagnostic::error(
                        "segment-overlap",
                        part.span,
                        format!(
                            "`{}` and `{}` share leads, though a lead is in one part of `{}`",
                            other.name, part.name, partition.name
                        ),
                    )
                    .here(format!("also holds for leads of `{}`", other.name))
                    .also(other.span, "the other part")
                    .note(format!("a lead in both: {}", self.lead_words(&lead)))
                    .note(format!("today {today}"))
                    .help(
                        "say in one of them what the other does not mean, or write plain segments, which may overlap",
                    ),
                );
            }
            before.push((part, holds));
        }
    }

    fn complete(&mut self, partition: &Partition, parts: &[&Segment]) {
        let decided = self.decided();
        let holds: Vec<Formula> = parts.iter().map(|part| self.condition(&part.when)).collect();
        let what = || format!("whether every lead is in a part of `{}`", partition.name);
        let Asked::Lead(lead) = self.ask(&[decided], &holds, partition.span, what) else { return };
        let left = !parts.iter().any(|part| self.space.holds(0, &part.when, &lead));
        if !self.holds_up(left, partition.span, what) {
            return;
        }
        let found = self.space.decide(0, &lead);
        let today = self.today(&found);
        let asking: Vec<&Condition> = parts.iter().map(|part| &part.when).collect();
        let lead = self.lead_words_for(&lead, &asking);
        self.tell(
            Diagnostic::error(
                "segment-gap",
                partition.span,
                format!("some leads are in no part of `{}`", partition.name),
            )
            .here("each lead should be in one part")
            .note(format!("a lead in none: {lead}"))
            .note(format!("today {today}"))
            .help("add a part for them, such as `rest otherwise`"),
        );
    }

    pub fn grades(&mut self) {
        let policy = self.policy;
        for (id, grade) in (0..).map(GradeId).zip(&policy.grades) {
            for (step, (name, from)) in grade.steps.iter().enumerate() {
                self.step(id, grade, step as u32, name, *from);
            }
        }
    }

    fn step(&mut self, id: GradeId, grade: &Grade, step: u32, name: &str, from: Option<i64>) {
        let decided = self.decided();
        let has = Condition { kind: ConditionKind::Grade(id, vec![step]), span: grade.span };
        let holds = self.condition(&has);
        let what = || format!("whether a lead reaches `{} = {name}`", grade.name);
        if !matches!(self.ask(&[decided, holds], &[], grade.span, what), Asked::Nobody) {
            return;
        }
        let score = self.policy.scores.get(grade.score.at());
        let message = format!("no lead reaches `{} = {name}`", grade.name);
        let mut found = Diagnostic::warning("unreachable-grade", grade.span, message);
        if let Some(score) = score {
            let highest = (score.low..=score.high).rev().take(10_000).find(|least| {
                let reached = self.space.reaches(0, grade.score, *least);
                !self.is_proved(&[decided, reached], &[])
            });
            let points = highest.map(|highest| format!("the points of `{}` reach {highest} at most", score.name));
            found = found.also(score.span, "the points are given here");
            found = match (points, from) {
                (Some(points), Some(from)) if highest < Some(from) => found
                    .note(points)
                    .help(format!("take it `from` where leads come to, below {from}, or give more points")),
                _ => found
                    .note("the steps above take every lead")
                    .help("take the step out, or begin the steps above it higher"),
            };
        }
        self.tell(found);
    }
}
