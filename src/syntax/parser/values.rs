//! Names, literals, numbers, days and durations.

use super::{Builder, Pair, Parts, Rule, messages};
use crate::syntax::ast::{
    DateRange, Day, Duration, Literal, LiteralKind, Name, Operand, Percent, Text, Unit, Whole, ZoneRef,
};
use crate::syntax::literal;
use rust_decimal::Decimal;

fn is_name(rule: Rule) -> bool {
    matches!(rule, Rule::word | Rule::quoted)
}

fn is_literal(rule: Rule) -> bool {
    is_name(rule) || matches!(rule, Rule::code | Rule::exactly | Rule::number | Rule::money | Rule::date | Rule::time)
}

impl Builder<'_> {
    /// The next part as a name.
    pub(super) fn name(&mut self, parts: &mut Parts<'_>) -> Option<Name> {
        parts.take_if(is_name).map(|pair| self.name_of(&pair))
    }

    /// All names that follow.
    pub(super) fn names(&mut self, parts: &mut Parts<'_>) -> Vec<Name> {
        std::iter::from_fn(|| self.name(parts)).collect()
    }

    pub(super) fn name_of(&mut self, pair: &Pair<'_, Rule>) -> Name {
        let quoted = pair.as_rule() == Rule::quoted;
        let text = if quoted { literal::unquote(pair.as_str()).into() } else { pair.as_str().into() };
        Name { text, quoted, span: self.token_span(pair) }
    }

    pub(super) fn text(&mut self, parts: &mut Parts<'_>) -> Option<Text> {
        let pair = parts.take(Rule::quoted)?;
        Some(Text { text: literal::unquote(pair.as_str()).into(), span: self.token_span(&pair) })
    }

    pub(super) fn texts(&mut self, parts: &mut Parts<'_>) -> Vec<Text> {
        std::iter::from_fn(|| self.text(parts)).collect()
    }

    /// The value of a token; where it has none that is reported, and reading goes on with `otherwise`.
    fn value<T>(&mut self, pair: &Pair<'_, Rule>, code: &'static str, read: Result<T, String>, otherwise: T) -> T {
        read.unwrap_or_else(|why| {
            self.tell(messages::bad_value(code, self.token_span(pair), pair.as_str(), &why));
            otherwise
        })
    }

    pub(super) fn whole(&mut self, parts: &mut Parts<'_>) -> Option<Whole> {
        let pair = parts.take_if(|rule| matches!(rule, Rule::number | Rule::points))?;
        let value = self.value(&pair, "bad-number", literal::whole(pair.as_str()), 1);
        Some(Whole { value, span: self.token_span(&pair) })
    }

    /// `80%`
    pub(super) fn percent(&mut self, parts: &mut Parts<'_>) -> Option<Whole> {
        self.whole(&mut Parts::of(&parts.take(Rule::percent)?))
    }

    /// `99.5%`
    pub(super) fn decimal_percent(&mut self, parts: &mut Parts<'_>) -> Option<Percent> {
        let pair = Parts::of(&parts.take(Rule::percent)?).take(Rule::number)?;
        let value = self.value(&pair, "bad-number", literal::decimal(pair.as_str()), Decimal::ONE);
        Some(Percent { value, span: self.token_span(&pair) })
    }

    pub(super) fn literal(&mut self, parts: &mut Parts<'_>) -> Option<Literal> {
        let pair = parts.take_if(is_literal)?;
        self.literal_of(&pair)
    }

    fn literal_of(&mut self, pair: &Pair<'_, Rule>) -> Option<Literal> {
        let token = pair.as_str();
        let kind = match pair.as_rule() {
            Rule::word => LiteralKind::Word(token.into()),
            Rule::code => LiteralKind::Code(token.into()),
            Rule::quoted => LiteralKind::Text(literal::unquote(token).into()),
            Rule::exactly => {
                let quoted = Parts::of(pair).take(Rule::quoted)?;
                LiteralKind::Exactly(literal::unquote(quoted.as_str()).into())
            }
            Rule::number => LiteralKind::Number(self.value(pair, "bad-number", literal::decimal(token), Decimal::ZERO)),
            Rule::money => {
                let (amount, currency) = token.split_once([' ', '\t'])?;
                let amount = self.value(pair, "bad-number", literal::decimal(amount), Decimal::ZERO);
                LiteralKind::Money(amount, currency.trim_start().into())
            }
            Rule::date => LiteralKind::Date(self.value(pair, "bad-date", literal::date(token), Default::default())),
            Rule::time => {
                let (time, offset) = self.value(pair, "bad-date", literal::time(token), Default::default());
                LiteralKind::Time(time, offset)
            }
            _ => return None,
        };
        Some(Literal { kind, span: self.token_span(pair) })
    }

    pub(super) fn literals(&mut self, parts: &mut Parts<'_>) -> Vec<Literal> {
        std::iter::from_fn(|| self.literal(parts)).collect()
    }

    pub(super) fn operands(&mut self, parts: &mut Parts<'_>) -> Option<Vec<Operand>> {
        parts.take_all(Rule::operand).map(|pair| self.operand(&pair)).collect()
    }

    /// Of an operand or of the limits of a type.
    pub(super) fn operand(&mut self, pair: &Pair<'_, Rule>) -> Option<Operand> {
        let mut parts = Parts::of(pair);
        let is_range = parts.has(Rule::dots);
        let low = self.literal(&mut parts);
        if !is_range {
            return low.map(Operand::One);
        }
        parts.take(Rule::dots)?;
        let high = self.literal(&mut parts);
        Some(Operand::Range { low, high, span: self.token_span(pair) })
    }

    pub(super) fn day(&mut self, parts: &mut Parts<'_>) -> Option<Day> {
        let pair = parts.take(Rule::date)?;
        let date = self.value(&pair, "bad-date", literal::date(pair.as_str()), Default::default());
        Some(Day { date, span: self.token_span(&pair) })
    }

    pub(super) fn date_ranges(&mut self, parts: &mut Parts<'_>) -> Option<Vec<DateRange>> {
        parts.take_all(Rule::date_range).map(|pair| self.date_range(&pair)).collect()
    }

    /// One day is a range from itself to itself.
    pub(super) fn date_range(&mut self, pair: &Pair<'_, Rule>) -> Option<DateRange> {
        let mut parts = Parts::of(pair);
        let is_range = parts.has(Rule::dots);
        let from = self.day(&mut parts).map(|day| day.date);
        let to = if is_range {
            parts.take(Rule::dots)?;
            self.day(&mut parts).map(|day| day.date)
        } else {
            from
        };
        Some(DateRange { from, to, span: self.token_span(pair) })
    }

    pub(super) fn duration(&mut self, parts: &mut Parts<'_>) -> Option<Duration> {
        let pair = parts.take(Rule::duration)?;
        let mut parts = Parts::of(&pair);
        let count = self.whole(&mut parts)?.value;
        let business = parts.has(Rule::k_business);
        let unit = unit(&parts.take(Rule::unit)?)?;
        Some(Duration { count, unit, business, span: self.span(&pair) })
    }

    /// `per day`
    pub(super) fn per(&mut self, parts: &mut Parts<'_>) -> Option<Unit> {
        unit(&Parts::of(&parts.take(Rule::per_unit)?).take(Rule::unit)?)
    }

    /// `in zone "Europe/Berlin"`, `in zone of rep`
    pub(super) fn zone(&mut self, parts: &mut Parts<'_>) -> Option<ZoneRef> {
        let pair = parts.take(Rule::in_zone)?;
        let named = self.text(&mut Parts::of(&pair)).map(ZoneRef::Named);
        Some(named.unwrap_or_else(|| ZoneRef::OfRep(self.span(&pair))))
    }
}

fn unit(pair: &Pair<'_, Rule>) -> Option<Unit> {
    Some(match Parts::of(pair).next_rule()? {
        Rule::k_seconds => Unit::Second,
        Rule::k_minutes => Unit::Minute,
        Rule::k_hours_of_time => Unit::Hour,
        Rule::k_days => Unit::Day,
        Rule::k_weeks => Unit::Week,
        Rule::k_months => Unit::Month,
        _ => return None,
    })
}
