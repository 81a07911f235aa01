//! What the values of one field came to, found again by the bytes they came as.

use crate::graph::FieldCode;
use crate::graph::literals::Literals;
use crate::policy::Value;

/// Forgets nothing, so it is bounded: in values, and in the bytes of each.
#[derive(Debug)]
pub struct Memory {
    places: Literals,
    codes: Vec<FieldCode>,
    /// Empty where nobody needs the values themselves.
    values: Vec<Value>,
    missed: u64,
    on: bool,
}

/// Past this many values a field does not repeat.
const MOST_KNOWN: usize = 1 << 15;
/// After this many values that were not known it is seen whether remembering pays.
const TRIAL: u64 = 1 << 13;
/// In bytes. Longer texts hardly repeat.
const LONGEST: usize = 64;

impl Memory {
    /// One that is off remembers nothing.
    pub fn new(on: bool) -> Memory {
        Memory { places: Literals::default(), codes: Vec::new(), values: Vec::new(), missed: 0, on }
    }

    pub fn is_on(&self) -> bool {
        self.on
    }

    /// What a value came to; and the value, where values are kept.
    #[inline]
    pub fn find(&self, raw: &str) -> Option<(&FieldCode, Option<&Value>)> {
        let number = self.places.get(raw)? as usize;
        Some((self.codes.get(number)?, self.values.get(number)))
    }

    /// Remembers what a value came to; the value is given for all or for none.
    pub fn learn(&mut self, raw: &str, code: FieldCode, value: Option<Value>) {
        if raw.len() <= LONGEST {
            self.places.insert(raw, self.codes.len() as u32);
            self.codes.push(code);
            self.values.extend(value);
        }
    }

    /// A value was not known. Where values hardly repeat, remembering ends; `leads` is how many were read so far.
    pub fn miss(&mut self, leads: u64) {
        self.missed += 1;
        if self.missed >= TRIAL && self.missed * 2 > leads || self.codes.len() >= MOST_KNOWN {
            *self = Memory::new(false);
        }
    }
}
