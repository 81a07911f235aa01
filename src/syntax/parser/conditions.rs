//! Conditions, their subjects, and expressions of calendars, which join in the same way.

use super::{Builder, Pair, Parts, Rule, messages};
use crate::source::Span;
use crate::syntax::ast::{CalendarExpr, Condition, ConditionKind, Name, Op, Operand, Subject};

impl Builder<'_> {
    /// The next part, if it is a condition.
    pub(super) fn condition(&mut self, parts: &mut Parts<'_>) -> Option<Condition> {
        let pair = parts.take(Rule::condition)?;
        self.condition_of(&pair)
    }

    fn condition_of(&mut self, pair: &Pair<'_, Rule>) -> Option<Condition> {
        let mut terms = Vec::new();
        let mut joiners = Vec::new();
        for part in Parts::of(pair).0 {
            match part.as_rule() {
                Rule::k_and | Rule::k_or => {
                    self.spelled(&part, if part.as_rule() == Rule::k_and { "and" } else { "or" });
                    joiners.push(part);
                }
                _ => terms.push(self.term(&part)?),
            }
        }
        let span = self.span(pair);
        if let Some(other) = self.mixed(&joiners) {
            let texts: Vec<&str> = terms.iter().map(|term| self.slice(term.span)).collect();
            let ands: Vec<bool> = joiners.iter().map(|joiner| joiner.as_rule() == Rule::k_and).collect();
            self.tell(messages::mixed_and_or(span, self.token_span(&other), &texts, &ands));
        }
        let kind = match joiners.first().map(|joiner| joiner.as_rule()) {
            None => return terms.pop().map(|term| Condition { span, ..term }),
            Some(Rule::k_and) => ConditionKind::And(terms),
            Some(_) => ConditionKind::Or(terms),
        };
        Some(Condition { kind, span })
    }

    /// The first joiner that is not the same word as the one before it.
    fn mixed<'i>(&self, joiners: &[Pair<'i, Rule>]) -> Option<Pair<'i, Rule>> {
        let first = joiners.first()?.as_rule();
        joiners.iter().find(|joiner| joiner.as_rule() != first).cloned()
    }

    fn term(&mut self, pair: &Pair<'_, Rule>) -> Option<Condition> {
        let mut parts = Parts::of(pair);
        let span = self.span(pair);
        let kind = match pair.as_rule() {
            Rule::bracketed => return self.condition(&mut parts).map(|inner| Condition { span, ..inner }),
            Rule::negation => {
                let not = parts.0.next()?;
                self.spelled(&not, "not");
                ConditionKind::Not(Box::new(self.term(&parts.0.next()?)?))
            }
            Rule::arrives => {
                let outside = parts.has(Rule::k_outside);
                ConditionKind::Arrives { outside, calendar: self.name(&mut parts)? }
            }
            Rule::comparison => self.comparison(parts)?,
            _ => return None,
        };
        Some(Condition { kind, span })
    }

    fn comparison(&mut self, mut parts: Parts<'_>) -> Option<ConditionKind> {
        let subject = self.subject(&mut parts)?;
        let Some(pair) = parts.0.next() else { return Some(ConditionKind::Holds(subject)) };
        if pair.as_rule() == Rule::is_what {
            let missing = Parts::of(&pair).has(Rule::k_missing);
            return Some(if missing { ConditionKind::Missing(subject) } else { ConditionKind::Present(subject) });
        }
        let op = op(&pair)?;
        self.spelled_op(&pair, op);
        let op_span = self.span(&pair);
        let values = self.operands(&mut parts)?;
        if takes_one(op) && values.len() > 1 {
            self.several_values(op, op_span, &values);
        }
        Some(ConditionKind::Compare { subject, op, values, op_span })
    }

    fn several_values(&mut self, op: Op, op_span: Span, values: &[Operand]) {
        let spans = values.first().zip(values.last());
        let span = spans.map_or(op_span, |(first, last)| operand_span(first).to(operand_span(last)));
        // `1,000` is one mistake: that `000` starts with a zero is not told as well.
        while self
            .diagnostics
            .last()
            .is_some_and(|last| last.code == "bad-number" && last.primary.span.start >= span.start)
        {
            self.diagnostics.pop();
        }
        let message = messages::several_values(op, op_span, span, self.slice(span));
        self.tell(message);
    }

    /// `employees`, `account.customer`, `domain of email`
    pub(super) fn subject(&mut self, parts: &mut Parts<'_>) -> Option<Subject> {
        let pair = parts.take(Rule::subject)?;
        let mut inner = Parts::of(&pair);
        let span = self.span(&pair);
        let (mut record, mut name) = self.path(&mut inner)?;
        let mut function = None;
        if let Some((of_record, of_name)) = self.path(&mut inner) {
            if let Some(record) = &record {
                self.tell(messages::no_function(record.span.to(name.span)));
            }
            function = Some(std::mem::replace(&mut name, of_name));
            record = of_record;
        }
        Some(Subject { function, record, name, span })
    }

    /// `account.customer` in its two parts, or one name.
    pub(super) fn path(&mut self, parts: &mut Parts<'_>) -> Option<(Option<Name>, Name)> {
        let mut inner = Parts::of(&parts.take(Rule::path)?);
        let first = self.name(&mut inner)?;
        Some(match self.name(&mut inner) {
            Some(second) => (Some(first), second),
            None => (None, first),
        })
    }

    /// The next sign that compares sizes, of a goal.
    pub(super) fn size_op(&mut self, parts: &mut Parts<'_>) -> Option<Op> {
        let pair = parts.take_if(|found| matches!(found, Rule::op_order | Rule::equals))?;
        let op = op(&pair)?;
        self.spelled_op(&pair, op);
        Some(op)
    }

    fn spelled_op(&mut self, pair: &Pair<'_, Rule>, op: Op) {
        if matches!(pair.as_rule(), Rule::equals | Rule::op_order) {
            self.spelled(pair, op.text());
        }
    }

    /// Reports a sign or word of another language that the grammar lets through.
    pub(super) fn spelled(&mut self, pair: &Pair<'_, Rule>, right: &'static str) {
        if pair.as_str() != right {
            self.tell(messages::other_spelling(self.token_span(pair), pair.as_str(), right));
        }
    }

    fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// `london or sydney except bank_holidays`
    pub(super) fn calendar_expr(&mut self, parts: &mut Parts<'_>) -> Option<CalendarExpr> {
        let pair = parts.take(Rule::calendar_expr)?;
        let mut inner = Parts::of(&pair);
        let mut terms = Vec::new();
        let mut joiners: Vec<Pair<'_, Rule>> = Vec::new();
        while let Some(part) = inner.0.peek() {
            match part.as_rule() {
                Rule::k_or | Rule::k_and | Rule::k_except => joiners.extend(inner.0.next()),
                Rule::calendar_expr => terms.push(self.calendar_expr(&mut inner)?),
                _ => terms.push(CalendarExpr::Name(self.name(&mut inner)?)),
            }
        }
        for joiner in &joiners {
            match joiner.as_rule() {
                Rule::k_or => self.spelled(joiner, "or"),
                Rule::k_and => self.spelled(joiner, "and"),
                _ => {}
            }
        }
        if let Some(other) = self.mixed(&joiners) {
            self.tell(messages::mixed_calendars(self.span(&pair), self.token_span(&other)));
        }
        Some(match joiners.first().map(|joiner| joiner.as_rule()) {
            None => return terms.pop(),
            Some(Rule::k_or) => CalendarExpr::Or(terms),
            Some(Rule::k_and) => CalendarExpr::And(terms),
            Some(_) => CalendarExpr::Except(terms),
        })
    }
}

fn takes_one(op: Op) -> bool {
    matches!(op, Op::Equal | Op::NotEqual | Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual)
}

fn operand_span(operand: &Operand) -> Span {
    match operand {
        Operand::One(literal) => literal.span,
        Operand::Range { span, .. } => *span,
    }
}

/// The comparison that a pair stands for, also where it is spelled as in other languages.
fn op(pair: &Pair<'_, Rule>) -> Option<Op> {
    let parts = Parts::of(pair);
    Some(match pair.as_rule() {
        Rule::equals => Op::Equal,
        Rule::op_in => Op::In,
        Rule::op_not_in => Op::NotIn,
        Rule::op_order => match pair.as_str() {
            "<" => Op::Less,
            "<=" => Op::LessOrEqual,
            ">" => Op::Greater,
            ">=" => Op::GreaterOrEqual,
            _ => Op::NotEqual,
        },
        Rule::op_text | Rule::op_has => match parts.0.last()?.as_rule() {
            Rule::k_contains => Op::Contains,
            Rule::k_matches => Op::Matches,
            Rule::k_with if Parts::of(pair).has(Rule::k_starts) => Op::StartsWith,
            Rule::k_with => Op::EndsWith,
            Rule::k_word => Op::HasWord,
            Rule::k_of if Parts::of(pair).has(Rule::k_any) => Op::HasAnyOf,
            Rule::k_of if Parts::of(pair).has(Rule::k_all) => Op::HasAllOf,
            Rule::k_of => Op::HasNoneOf,
            _ => return None,
        },
        _ => return None,
    })
}

/// What a condition asks about, if it is no more than `domain of email`.
pub(super) fn plain_value(condition: &Condition) -> Option<&Subject> {
    match &condition.kind {
        ConditionKind::Holds(subject) if subject.function.is_some() => Some(subject),
        _ => None,
    }
}
