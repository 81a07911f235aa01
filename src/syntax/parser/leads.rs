//! The policy itself, leads, lists, lets, and records with their columns.

use super::conditions::plain_value;
use super::{Builder, Pair, Parts, Rule, messages};
use crate::syntax::ast::{
    Field, FromColumns, ItemKind, LeadBlock, Let, LetValue, List, ListSource, Literal, LiteralKind, MatchKey, Name,
    PolicyBlock, PolicyClause, Preference, RecordClause, Records, Text, TieTarget, Type, TypeKind,
};

/// A clause of a lead or of a record: either one that all fields share, or a field.
enum Entry {
    Missing(Vec<Text>),
    Field(Field),
    Clause(RecordClause),
}

impl Builder<'_> {
    pub(super) fn include(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        self.text(&mut parts).map(ItemKind::Include)
    }

    pub(super) fn policy(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let title = self.text(&mut parts)?;
        let clauses = self.clauses(parts, Rule::policy_clause_alone, |builder, pair| {
            let pair = Parts::of(&pair).0.next()?;
            let mut parts = Parts::of(&pair);
            match pair.as_rule() {
                Rule::timezone => builder.text(&mut parts).map(PolicyClause::Timezone),
                _ => builder.name(&mut parts).map(PolicyClause::OnBadLead),
            }
        });
        Some(ItemKind::Policy(PolicyBlock { title, clauses }))
    }

    pub(super) fn lead(&mut self, parts: Parts<'_>) -> Option<ItemKind> {
        let mut lead = LeadBlock { missing: Vec::new(), fields: Vec::new() };
        for entry in self.clauses(parts, Rule::lead_clause_alone, |builder, pair| builder.entry(&pair)) {
            match entry {
                Entry::Missing(texts) => lead.missing.push(texts),
                Entry::Field(field) => lead.fields.push(field),
                Entry::Clause(_) => return None,
            }
        }
        Some(ItemKind::Lead(lead))
    }

    fn entry(&mut self, pair: &Pair<'_, Rule>) -> Option<Entry> {
        let pair = Parts::of(pair).0.next()?;
        match pair.as_rule() {
            Rule::missing_means => Some(Entry::Missing(self.texts(&mut Parts::of(&pair)))),
            Rule::field => self.field(&pair).map(Entry::Field),
            _ => self.record_clause(&pair).map(Entry::Clause),
        }
    }

    fn field(&mut self, pair: &Pair<'_, Rule>) -> Option<Field> {
        let mut parts = Parts::of(pair);
        let name = self.name(&mut parts)?;
        let ty = self.field_type(&parts.take(Rule::field_type)?)?;
        let mut field = Field { name, ty, required: false, from: None, missing: Vec::new(), span: self.span(pair) };
        for part in parts.0 {
            let again = match part.as_rule() {
                Rule::k_required => std::mem::replace(&mut field.required, true),
                Rule::from_columns => {
                    let from = self.columns(&part)?;
                    field.from.replace(from).is_some()
                }
                _ => {
                    let texts = self.texts(&mut Parts::of(&part));
                    !std::mem::replace(&mut field.missing, texts).is_empty()
                }
            };
            if again {
                self.tell(messages::twice(self.span(&part), part.as_str()));
            }
        }
        Some(field)
    }

    fn columns(&mut self, pair: &Pair<'_, Rule>) -> Option<FromColumns> {
        let mut parts = Parts::of(pair);
        let columns = self.texts(&mut parts);
        let mut spellings = Vec::new();
        if parts.take(Rule::open).is_some() {
            for spelling in parts.take_all(Rule::spelling) {
                spellings.push(self.spelling(&spelling)?);
            }
        }
        Some(FromColumns { columns, spellings, span: self.span(pair) })
    }

    fn spelling(&mut self, pair: &Pair<'_, Rule>) -> Option<(Text, Literal)> {
        let mut parts = Parts::of(pair);
        let text = self.text(&mut parts)?;
        self.starts.push(text.span.start);
        self.equals(&mut parts)?;
        Some((text, self.literal(&mut parts)?))
    }

    /// The `=` of a definition.
    pub(super) fn equals(&mut self, parts: &mut Parts<'_>) -> Option<()> {
        let pair = parts.take(Rule::equals)?;
        self.spelled(&pair, "=");
        Some(())
    }

    fn field_type(&mut self, pair: &Pair<'_, Rule>) -> Option<Type> {
        let mut parts = Parts::of(pair);
        let first = parts.next_rule()?;
        let kind =
            match first {
                Rule::k_text => TypeKind::Text,
                Rule::k_integer => TypeKind::Integer(parts.take(Rule::limits).and_then(|limits| self.operand(&limits))),
                Rule::k_decimal => TypeKind::Decimal(parts.take(Rule::limits).and_then(|limits| self.operand(&limits))),
                Rule::k_money => TypeKind::Money(parts.take(Rule::code).map(|code| Literal {
                    kind: LiteralKind::Code(code.as_str().into()),
                    span: self.token_span(&code),
                })),
                Rule::k_boolean => TypeKind::Boolean,
                Rule::k_date => TypeKind::Date,
                Rule::k_time => TypeKind::Time,
                Rule::k_email => TypeKind::Email,
                Rule::k_domain => TypeKind::Domain,
                Rule::k_country => TypeKind::Country,
                Rule::k_region => TypeKind::Region(self.name(&mut parts)),
                Rule::k_postal => TypeKind::PostalCode(self.name(&mut parts)),
                Rule::k_language => TypeKind::Language,
                Rule::k_rep => TypeKind::Rep,
                Rule::one_of => TypeKind::OneOf(self.literals(&mut Parts::of(&parts.take(Rule::one_of)?))),
                Rule::k_set => TypeKind::SetOf(Box::new(self.field_type(&parts.take(Rule::set_member)?)?)),
                _ => return None,
            };
        Some(Type { kind, span: self.span(pair) })
    }

    pub(super) fn status(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        Some(ItemKind::Status(self.names(&mut parts)))
    }

    pub(super) fn list(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let name = self.name(&mut parts)?;
        let source = if parts.has(Rule::equals) {
            self.equals(&mut parts)?;
            ListSource::Values(self.operands(&mut parts)?)
        } else {
            ListSource::File { path: self.text(&mut parts)?, column: self.name(&mut parts) }
        };
        Some(ItemKind::List(List { name, source }))
    }

    pub(super) fn let_item(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let name = self.name(&mut parts)?;
        self.equals(&mut parts)?;
        let condition = self.condition(&mut parts)?;
        let value = match plain_value(&condition) {
            Some(subject) => LetValue::Value(subject.clone()),
            None => LetValue::Condition(condition),
        };
        Some(ItemKind::Let(Let { name, value }))
    }

    pub(super) fn records(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let (name, path) = (self.name(&mut parts)?, self.text(&mut parts)?);
        let mut records = Records { name, path, missing: Vec::new(), columns: Vec::new(), clauses: Vec::new() };
        for entry in self.clauses(parts, Rule::record_clause_alone, |builder, pair| builder.entry(&pair)) {
            match entry {
                Entry::Missing(texts) => records.missing.push(texts),
                Entry::Field(field) => records.columns.push(field),
                Entry::Clause(clause) => records.clauses.push(clause),
            }
        }
        Some(ItemKind::Records(records))
    }

    fn record_clause(&mut self, pair: &Pair<'_, Rule>) -> Option<RecordClause> {
        let mut parts = Parts::of(pair);
        let span = self.span(pair);
        Some(match pair.as_rule() {
            Rule::match_by => {
                let keys = parts.take_all(Rule::match_key).map(|key| self.match_key(&key)).collect::<Option<_>>()?;
                RecordClause::MatchBy { keys, unless: self.condition(&mut parts), span }
            }
            Rule::prefer_record => {
                let order = parts.take_all(Rule::preference).map(|preference| self.preference(&preference));
                RecordClause::Prefer { order: order.collect::<Option<_>>()?, span }
            }
            _ => {
                let queue = self.name(&mut parts);
                RecordClause::OnTie { target: queue.map_or(TieTarget::NoMatch, TieTarget::Queue), span }
            }
        })
    }

    fn match_key(&mut self, pair: &Pair<'_, Rule>) -> Option<MatchKey> {
        let mut parts = Parts::of(pair);
        let column = self.name(&mut parts)?;
        let like = parts.has(Rule::k_like);
        if !like {
            self.equals(&mut parts)?;
        }
        Some(MatchKey { column, like, field: self.lead_field(&mut parts)?, span: self.span(pair) })
    }

    /// `lead.company`
    fn lead_field(&mut self, parts: &mut Parts<'_>) -> Option<Name> {
        self.name(&mut Parts::of(&parts.take(Rule::lead_field)?))
    }

    fn preference(&mut self, pair: &Pair<'_, Rule>) -> Option<Preference> {
        let mut parts = Parts::of(pair);
        let order = parts.next_rule()?;
        let column = self.name(&mut parts)?;
        Some(match order {
            Rule::k_latest => Preference::Latest(column),
            Rule::k_earliest => Preference::Earliest(column),
            Rule::k_highest => Preference::Highest(column),
            Rule::k_lowest => Preference::Lowest(column),
            _ if parts.has(Rule::equals) => {
                self.equals(&mut parts)?;
                Preference::Same { column, field: self.lead_field(&mut parts)? }
            }
            _ => Preference::Holds(column),
        })
    }
}
