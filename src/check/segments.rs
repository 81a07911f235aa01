//! Segments and partitions, scores and grades.

use super::conditions::{any, not};
use super::cycles::Node;
use super::declarations::{Declarations, SegmentSource};
use super::names::Kind;
use super::scope::Scope;
use crate::diagnostic::Diagnostic;
use crate::policy::{
    Condition, ConditionKind, Grade, GradeId, Partition, Score, ScoreId, ScoreTerm, Segment, SegmentId, Type,
};
use crate::syntax::ast;
use smol_str::SmolStr;
use std::sync::Arc;

impl Scope<'_> {
    /// What conditions know of partitions, scores and grades before any is lowered.
    pub(super) fn segment_names(&mut self, found: &Declarations<'_>) {
        self.partitions = found.partitions.iter().map(|_| Default::default()).collect();
        for (id, source) in found.segments.iter().enumerate() {
            if let SegmentSource::Part { partition, part } = source
                && let Some(parts) = self.partitions.get_mut(*partition as usize)
            {
                parts.insert(part.name.text.clone(), SegmentId(id as u32));
            }
        }
        self.scores = found
            .scores
            .iter()
            .map(|score| Arc::new(Type::Integer { low: Some(score.low.value), high: Some(score.high.value) }))
            .collect();
        self.grades = found
            .grades
            .iter()
            .map(|grade| {
                let steps = grade.steps.iter().enumerate();
                steps.map(|(at, step)| (step.name.text.clone(), at as u32)).collect()
            })
            .collect();
    }

    pub(super) fn segments(&mut self, found: &Declarations<'_>) -> Vec<Segment> {
        let mut segments = Vec::with_capacity(found.segments.len());
        for (id, source) in found.segments.iter().enumerate() {
            let node = Node::Segment(SegmentId(id as u32));
            let (name, when, partition) = match source {
                SegmentSource::Alone(segment) => {
                    self.dependencies.enter(node, segment.name.text.as_str());
                    (&segment.name, self.condition(&segment.when), None)
                }
                SegmentSource::Part { partition, part } => {
                    self.dependencies.enter(node, part.name.text.as_str());
                    let when = match &part.when {
                        Some(when) => self.condition(when),
                        None => self.otherwise_part(*partition, part),
                    };
                    (&part.name, when, Some(*partition))
                }
            };
            self.warn_missing_passes(&when);
            segments.push(Segment { name: name.text.clone(), span: name.span, when, partition });
        }
        self.dependencies.leave();
        segments
    }

    /// None of the parts that have a condition.
    fn otherwise_part(&mut self, partition: u32, part: &ast::SegmentPart) -> Condition {
        let parts = self.partitions.get(partition as usize);
        let others = parts.into_iter().flatten().filter(|(name, _)| **name != part.name.text);
        let others: Vec<SegmentId> = others.map(|(_, id)| *id).collect();
        for id in &others {
            self.dependencies.edge(Node::Segment(*id), part.span);
        }
        let any_other = any(others.into_iter().map(ConditionKind::Segment).collect(), part.span);
        Condition { kind: not(any_other, part.span), span: part.span }
    }

    pub(super) fn partitions(&mut self, found: &Declarations<'_>) -> Vec<Partition> {
        let mut partitions = Vec::with_capacity(found.partitions.len());
        for (at, partition) in found.partitions.iter().enumerate() {
            let parts: Vec<SegmentId> =
                self.partitions.get(at).map_or(Vec::new(), |parts| parts.values().copied().collect());
            self.dependencies.enter(Node::Partition(at as u32), partition.name.text.as_str());
            for id in &parts {
                self.dependencies.edge(Node::Segment(*id), partition.name.span);
            }
            let mut closed = None;
            for part in &partition.parts {
                match (&part.when, closed) {
                    (_, Some(span)) => self.report(
                        Diagnostic::error(
                            "unreachable",
                            part.name.span,
                            format!("`{}` stands behind `otherwise`, so that no lead is left for it", part.name.text),
                        )
                        .also(span, "`otherwise` takes every lead that is left")
                        .help("put `otherwise` last"),
                    ),
                    (None, None) => closed = Some(part.span),
                    (Some(_), None) => {}
                }
            }
            partitions.push(Partition { name: partition.name.text.clone(), span: partition.name.span, parts });
        }
        self.dependencies.leave();
        partitions
    }

    pub(super) fn scores(&mut self, found: &Declarations<'_>) -> Vec<Score> {
        let mut scores = Vec::with_capacity(found.scores.len());
        for (id, score) in found.scores.iter().enumerate() {
            self.dependencies.enter(Node::Score(ScoreId(id as u32)), score.name.text.as_str());
            if score.low.value >= score.high.value {
                let span = score.low.span.to(score.high.span);
                self.reversed(span, &score.low.value.to_string(), &score.high.value.to_string());
            }
            let mut terms = Vec::with_capacity(score.terms.len());
            for term in &score.terms {
                if term.points.value == 0 {
                    self.report(
                        Diagnostic::warning("unused", term.span, "a term of no points changes no score")
                            .help("take it out, or give it points"),
                    );
                }
                let when = term.when.as_ref().map(|when| self.condition(when));
                when.iter().for_each(|when| self.warn_missing_passes(when));
                terms.push(ScoreTerm { points: term.points.value, when, span: term.span });
            }
            scores.push(Score {
                name: score.name.text.clone(),
                span: score.name.span,
                low: score.low.value,
                high: score.high.value,
                terms,
            });
        }
        self.dependencies.leave();
        scores
    }

    pub(super) fn grades(&mut self, found: &Declarations<'_>) -> Vec<Grade> {
        let mut grades = Vec::with_capacity(found.grades.len());
        for (id, grade) in found.grades.iter().enumerate() {
            self.dependencies.enter(Node::Grade(GradeId(id as u32)), grade.name.text.as_str());
            let score = self.resolve(Kind::Score, &grade.score);
            let score = ScoreId(score.unwrap_or_default());
            self.dependencies.edge(Node::Score(score), grade.score.span);
            self.grade_steps(grade, found.scores.get(score.at()).copied());
            let steps =
                grade.steps.iter().map(|step| (step.name.text.clone(), step.from.as_ref().map(|from| from.value)));
            let (name, steps) = (grade.name.text.clone(), steps.collect());
            grades.push(Grade { name, span: grade.name.span, score, steps });
        }
        self.dependencies.leave();
        grades
    }

    /// Steps go down from the highest, within the score, and each has a name of its own.
    fn grade_steps(&mut self, grade: &ast::Grade, score: Option<&ast::Score>) {
        let mut before: Option<(&ast::GradeStep, i64)> = None;
        let mut named: rustc_hash::FxHashMap<&SmolStr, &ast::GradeStep> = Default::default();
        for (at, step) in grade.steps.iter().enumerate() {
            let (name, span) = (&step.name.text, step.name.span);
            if let Some(first) = named.insert(name, step) {
                self.report(
                    Diagnostic::error("duplicate-name", span, format!("the step `{name}` stands here twice"))
                        .here("again here")
                        .also(first.name.span, "first here")
                        .help("give one of them another name"),
                );
            }
            let Some(from) = &step.from else {
                if at + 1 < grade.steps.len() {
                    self.report(
                        Diagnostic::error("unreachable", span, format!("no lead goes on behind `{name} otherwise`"))
                            .help("put `otherwise` last"),
                    );
                }
                continue;
            };
            if let Some((above, limit)) = before
                && from.value >= limit
            {
                self.report(
                    Diagnostic::error(
                        "unreachable",
                        span,
                        format!("no score has the grade `{name}`: `{}` takes all from {limit}", above.name.text),
                    )
                    .also(above.name.span, format!("from {limit}"))
                    .help("write the steps from the highest down"),
                );
            }
            if let Some(score) = score
                && !(score.low.value..=score.high.value).contains(&from.value)
            {
                let (low, high) = (score.low.value, score.high.value);
                self.report(
                    Diagnostic::error(
                        "value-outside-range",
                        from.span,
                        format!("`{}` goes from {low} to {high}, and never reaches {}", score.name.text, from.value),
                    )
                    .also(score.name.span, format!("from {low} to {high}"))
                    .help("choose a step within the score, or widen the score"),
                );
            }
            before = Some((step, from.value));
        }
    }
}
