//! Constants of a policy as values of a type, with the finding where they are none.

use super::names::Kind;
use super::scope::Scope;
use super::words;
use crate::data::literal;
use crate::data::region;
use crate::data::text::fold;
use crate::data::value::{Bad, Context};
use crate::diagnostic::Diagnostic;
use crate::policy::{Text, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{Literal, LiteralKind};
use smol_str::SmolStr;

impl Scope<'_> {
    /// The value that a constant is, compared with or given to `name`.
    pub(super) fn literal(&mut self, written: &Literal, ty: &Type, name: &str) -> Option<Value> {
        let context = Context::in_zone(self.zone);
        if let (Type::OneOf(options), LiteralKind::Word(word) | LiteralKind::Text(word)) = (ty, &written.kind)
            && options.contains(word)
        {
            return Some(Value::Text(Text { folded: fold(word), written: word.clone() }));
        }
        match literal::read(ty, &written.kind, &context) {
            Ok(value) => Some(value),
            Err(bad) => {
                self.bad_literal(written, ty, name, bad);
                None
            }
        }
    }

    /// The form in which a text-like constant compares.
    pub(super) fn spelling(&mut self, written: &Literal, ty: &Type, name: &str) -> Option<SmolStr> {
        match self.literal(written, ty, name)? {
            Value::Text(text) => Some(text.folded),
            _ => None,
        }
    }

    fn bad_literal(&mut self, written: &Literal, ty: &Type, name: &str, bad: Bad) {
        let (word, span) = (words::literal(written), written.span);
        if let (LiteralKind::Word(list), Some(declared)) = (&written.kind, self.names.take(Kind::List, &word)) {
            self.report(
                Diagnostic::error("type-mismatch", span, format!("`{list}` is a list, not a value of `{name}`"))
                    .also(declared.span, "declared here")
                    .help(format!("write `{name} in {list}`")),
            );
            return;
        }
        if let (Type::OneOf(options), true) = (ty, is_word(&written.kind)) {
            return self.outside_enum(&word, span, name, options);
        }
        let found = match fits(&written.kind, ty) {
            true => Diagnostic::error("bad-value", span, format!("`{word}` is not {}", words::a_type(ty))),
            false => {
                let (is, kind) = (words::a_type(ty), words::literal_kind(written));
                Diagnostic::error("type-mismatch", span, format!("`{name}` is {is}, and `{word}` is {kind}"))
            }
        };
        self.report(match bad.suggestion.or_else(|| region_meant(ty, &word)) {
            Some(meant) => {
                found.here(format!("did you mean `{meant}`?")).fix(span, meant).help(format!("write {}", bad.expected))
            }
            None => found.help(format!("write {}", bad.expected)),
        });
    }

    /// A zone of the IANA database by name.
    pub(super) fn zone_named(&mut self, name: &str, span: Span) -> Option<chrono_tz::Tz> {
        if let Ok(zone) = name.parse() {
            return Some(zone);
        }
        let close = self.suggester.closest(name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
        let found = Diagnostic::error("bad-value", span, format!("there is no time zone `{name}`"));
        self.report(match close {
            Some(close) => found.here(format!("did you mean `{close}`?")).fix(span, format!("\"{close}\"")),
            None => found.help("write a zone of the IANA database, such as \"Europe/Berlin\""),
        });
        None
    }
}

/// The full code that a short one stands for: where several countries have it, that of the United States, whose short codes are written most.
fn region_meant(ty: &Type, short: &str) -> Option<SmolStr> {
    if !matches!(ty, Type::Region { .. }) {
        return None;
    }
    let codes = region::codes_named(short);
    codes.iter().find(|code| code.starts_with("US-")).or(codes.first()).cloned()
}

fn is_word(kind: &LiteralKind) -> bool {
    matches!(kind, LiteralKind::Word(_) | LiteralKind::Code(_) | LiteralKind::Text(_) | LiteralKind::Number(_))
}

/// Constants of this kind may be values of the type, though this one is not.
fn fits(kind: &LiteralKind, ty: &Type) -> bool {
    match ty {
        Type::Country | Type::Region { .. } | Type::Language => {
            matches!(kind, LiteralKind::Word(_) | LiteralKind::Code(_) | LiteralKind::Text(_))
        }
        Type::Email | Type::Domain | Type::PostalCode { .. } => matches!(kind, LiteralKind::Text(_)),
        Type::Integer { .. } | Type::Decimal { .. } => matches!(kind, LiteralKind::Number(_)),
        Type::Money { .. } => matches!(kind, LiteralKind::Number(_) | LiteralKind::Money(..)),
        _ => false,
    }
}
