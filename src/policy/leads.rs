//! The fields of a lead, their types and the values that they take.

use crate::source::Span;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use smol_str::SmolStr;

/// A field of a lead or a column of a record.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    pub name: SmolStr,
    #[serde(skip)]
    pub span: Span,
    pub ty: Type,
    pub required: bool,
    /// Columns or keys under which the field is read, in order; its own name where none is written.
    pub columns: Vec<SmolStr>,
    /// Spellings of the source and the value that each means, looked up trimmed and case-folded before the type's own reading.
    pub spellings: Vec<(SmolStr, Value)>,
    /// Spellings of this field alone that stand for no value.
    pub missing: Vec<SmolStr>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Type {
    Text,
    /// Both ends are in it; a value outside is a bad value.
    Integer {
        low: Option<i64>,
        high: Option<i64>,
    },
    Decimal {
        low: Option<Decimal>,
        high: Option<Decimal>,
    },
    /// The ISO 4217 code that amounts are in, where one is declared.
    Money {
        currency: Option<SmolStr>,
    },
    Boolean,
    Date,
    Time,
    Email,
    Domain,
    Country,
    /// ISO 3166-2, read together with this country field (same lead or same record), where one is named.
    Region {
        of: Option<u32>,
    },
    PostalCode {
        of: Option<u32>,
    },
    Language,
    /// A rep by name or email (records only); its value is [`Value::Text`] of what was written, folded; see [`Policy::rep_named`].
    Rep,
    /// The values in the order declared, as written.
    OneOf(Vec<SmolStr>),
    /// `Text` or `OneOf`.
    SetOf(Box<Type>),
}

/// A normalised value. The text-like types (text, email, domain, country, region, postal code, language, enum, rep) are [`Value::Text`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Value {
    Missing,
    Boolean(bool),
    Integer(i64),
    /// Decimals and money.
    Decimal(Decimal),
    Date(NaiveDate),
    Time(Instant),
    Text(Text),
    /// Sorted by the folded form, without repetition.
    Set(Vec<Text>),
}

/// A text as it came (trimmed) and its comparison form: Unicode case folding for free text and enums; for typed codes
/// (country, region, domain, ...) the canonical spelling in both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Text {
    pub folded: SmolStr,
    pub written: SmolStr,
}

/// An instant: microseconds since 1970-01-01T00:00:00Z; the offset in seconds east that it was written with is kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Instant {
    pub micros: i64,
    pub offset: i32,
}
