//! Segments, scores, grades and territories.

use super::{Builder, Pair, Parts, Rule, messages};
use crate::syntax::ast::{
    Grade, GradeStep, ItemKind, Score, ScoreTerm, Segment, SegmentPart, Segments, Territories, Territory,
};

impl Builder<'_> {
    pub(super) fn segment(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        Some(ItemKind::Segment(Segment { name: self.name(&mut parts)?, when: self.condition(&mut parts)? }))
    }

    pub(super) fn segments(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let name = self.name(&mut parts)?;
        let parts = self.clauses(parts, Rule::segment_part_alone, |builder, pair| {
            let mut parts = Parts::of(&pair);
            let (name, when) = (builder.name(&mut parts)?, builder.condition(&mut parts));
            Some(SegmentPart { name, when, span: builder.span(&pair) })
        });
        Some(ItemKind::Segments(Segments { name, parts }))
    }

    pub(super) fn score(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let name = self.name(&mut parts)?;
        let mut range = Parts::of(&parts.take(Rule::score_range)?);
        let low = self.whole(&mut range)?;
        range.take(Rule::dots)?;
        let high = self.whole(&mut range)?;
        let terms = self.clauses(parts, Rule::score_term_alone, |builder, pair| {
            let mut parts = Parts::of(&pair);
            let (points, when) = (builder.whole(&mut parts)?, builder.condition(&mut parts));
            Some(ScoreTerm { points, when, span: builder.span(&pair) })
        });
        Some(ItemKind::Score(Score { name, low, high, terms }))
    }

    pub(super) fn grade(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let (name, score) = (self.name(&mut parts)?, self.name(&mut parts)?);
        parts.take(Rule::open)?;
        let mut steps = Vec::new();
        for step in parts.take_all(Rule::grade_step) {
            let mut step = Parts::of(&step);
            let name = self.name(&mut step)?;
            self.starts.push(name.span.start);
            steps.push(GradeStep { name, from: self.whole(&mut step) });
        }
        Some(ItemKind::Grade(Grade { name, score, steps }))
    }

    pub(super) fn territories(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let title = self.text(&mut parts);
        let from = self.day(&mut parts);
        let mut move_open_leads = false;
        let roots = self.clauses(parts, Rule::territory_alone, |builder, pair| {
            if pair.as_rule() == Rule::move_open_leads {
                if std::mem::replace(&mut move_open_leads, true) {
                    builder.tell(messages::twice(builder.span(&pair), pair.as_str()));
                }
                return Some(None);
            }
            builder.territory(&pair).map(Some)
        });
        let roots = roots.into_iter().flatten().collect();
        Some(ItemKind::Territories(Territories { title, from, roots, move_open_leads }))
    }

    fn territory(&mut self, pair: &Pair<'_, Rule>) -> Option<Territory> {
        let mut parts = Parts::of(pair);
        let name = self.name(&mut parts)?;
        let title = self.text(&mut parts);
        let when = self.condition(&mut parts);
        let covered = parts.has(Rule::k_covered);
        let children = match parts.take(Rule::territory_block) {
            Some(block) => {
                self.clauses(Parts::of(&block), Rule::territory_alone, |builder, child| builder.territory(&child))
            }
            None => Vec::new(),
        };
        Some(Territory { name, title, when, covered, children, span: self.span(pair) })
    }
}
