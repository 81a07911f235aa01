//! Lets: names for conditions and for the domain of an email.

use super::cycles::Node;
use super::declarations::Declarations;
use super::names::Kind;
use super::scope::{LetShape, Scope, Side};
use crate::policy::{Condition, ConditionKind, Let, LetId, LetValue};
use crate::syntax::ast;

impl Scope<'_> {
    /// What each let is, before any is lowered.
    pub(super) fn let_shapes(&mut self, found: &Declarations<'_>) {
        self.lets = found
            .lets
            .iter()
            .map(|declared| match &declared.value {
                ast::LetValue::Value(subject) if subject.function.is_some() => {
                    let field = self.names.get(Kind::Field, &subject.name.text).filter(|_| subject.record.is_none());
                    let known = field.and_then(|field| self.fields.get(field.id as usize));
                    LetShape::Domain { required: known.is_some_and(|known| known.required) }
                }
                _ => LetShape::Condition,
            })
            .collect();
    }

    /// The lets that are declared, then those without a name.
    pub(super) fn lets(&mut self, found: &Declarations<'_>) -> Vec<Let> {
        let mut lets = Vec::with_capacity(found.lets.len());
        for (id, declared) in found.lets.iter().enumerate() {
            self.dependencies.enter(Node::Let(LetId(id as u32)), declared.name.text.as_str());
            let value = match &declared.value {
                ast::LetValue::Value(subject) => match &subject.function {
                    Some(function) => match self.domain_subject(function, subject, Side::Lead) {
                        Some(of) => LetValue::DomainOf(of.subject),
                        None => LetValue::Condition(super::conditions::broken(subject.span)),
                    },
                    None => {
                        let alone =
                            ast::Condition { kind: ast::ConditionKind::Holds(subject.clone()), span: subject.span };
                        LetValue::Condition(self.condition(&alone))
                    }
                },
                ast::LetValue::Condition(condition) => LetValue::Condition(self.let_condition(condition)),
            };
            lets.push(Let { name: declared.name.text.clone(), span: declared.name.span, value });
        }
        self.dependencies.leave();
        lets
    }

    fn let_condition(&mut self, condition: &ast::Condition) -> Condition {
        let lowered = self.condition(condition);
        if !matches!(lowered.kind, ConditionKind::Constant(_)) {
            self.warn_missing_passes(&lowered);
        }
        lowered
    }
}
