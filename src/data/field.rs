//! A field's own reading: its spellings and what it takes for missing, before its type's.

use crate::data::text;
use crate::data::value::{self, Bad, Context, Good, Read};
use crate::policy::{Field, Text, Type, Value};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Reads the values of one field or column. Made once, used for every lead.
#[derive(Debug, Clone)]
pub struct FieldReader {
    ty: Type,
    /// By folded form: what stands for no value, the field's spellings, and the options of an enum.
    known: FxHashMap<SmolStr, Value>,
    /// Bit n is set where one of them has n bytes: most values of a file need no look.
    lengths: u64,
    /// One of them is digits, so that not every number is one.
    digits: bool,
}

impl FieldReader {
    /// `missing` are the spellings that stand for no value in every field.
    pub fn new(field: &Field, missing: &[SmolStr]) -> Self {
        let mut known = FxHashMap::default();
        // From weak to strong: an option that is also a spelling means what the spelling says.
        if let Type::OneOf(options) = &field.ty {
            for option in options.iter().rev() {
                let folded = text::fold(option);
                known.insert(folded.clone(), Value::Text(Text { folded, written: option.clone() }));
            }
        }
        for spelling in missing.iter().chain(&field.missing) {
            known.insert(text::fold(text::trim(spelling)), Value::Missing);
        }
        for (spelling, value) in field.spellings.iter().rev() {
            known.insert(text::fold(text::trim(spelling)), value.clone());
        }
        let lengths = known.keys().fold(0, |bits, key| bits | length_bit(key));
        let digits = known.keys().any(|key| key.bytes().all(|byte| byte.is_ascii_digit()));
        FieldReader { ty: field.ty.clone(), known, lengths, digits }
    }

    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Reads one value as found.
    pub fn read(&self, raw: &str, context: &Context) -> Read {
        let raw = text::trim(raw);
        if raw.is_empty() {
            return Ok(Value::Missing.into());
        }
        if let Some(value) = self.known(raw) {
            return Ok(match &self.ty {
                Type::SetOf(_) => as_set(value.clone()),
                _ => value.clone(),
            }
            .into());
        }
        match &self.ty {
            Type::SetOf(member) => self.read_set(member, raw, context),
            ty => value::read(ty, raw, context),
        }
    }

    /// What an integer written in digits alone reads as, found out without the ways around it. `None` says nothing.
    pub fn whole(&self, raw: &str) -> Option<i64> {
        let Type::Integer { low, high } = self.ty else { return None };
        if self.digits || !(1..=18).contains(&raw.len()) {
            return None;
        }
        let number = raw.bytes().try_fold(0, |number, byte| match byte {
            b'0'..=b'9' => Some(number * 10 + i64::from(byte - b'0')),
            _ => None,
        })?;
        (low.is_none_or(|low| low <= number) && high.is_none_or(|high| number <= high)).then_some(number)
    }

    fn known(&self, raw: &str) -> Option<&Value> {
        // Folding may change the length of what is not ASCII.
        if raw.is_ascii() && self.lengths & length_bit(raw) == 0 {
            return None;
        }
        self.known.get(&text::fold(raw))
    }

    /// Members of a set have the spellings of the field too.
    fn read_set(&self, member: &Type, raw: &str, context: &Context) -> Read {
        let mut members = Vec::new();
        for part in value::parts(raw) {
            let part = text::trim(&part);
            let value = match self.known(part) {
                Some(value) => value.clone(),
                None => value::read(member, part, context)?.value,
            };
            match value {
                Value::Missing => {}
                Value::Text(text) => members.push(text),
                Value::Set(texts) => members.extend(texts),
                _ => return Err(Bad::new(value::expected(&self.ty))),
            }
        }
        Ok(Good::from(value::set_of(members)))
    }
}

fn length_bit(text: &str) -> u64 {
    1 << text.len().min(63)
}

fn as_set(value: Value) -> Value {
    match value {
        Value::Text(text) => Value::Set(vec![text]),
        value => value,
    }
}
