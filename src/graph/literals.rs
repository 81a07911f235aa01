//! A map from texts to numbers, made for the short texts that fields hold: from literals to atoms, from values to what they came to.
//!
//! A text of up to 16 bytes is two numbers and a length: its first and its last eight bytes, which may overlap. So hashing and
//! comparing take a few steps and no loop over bytes. Longer texts are in an ordinary hash map.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

#[derive(Debug, Clone, Default)]
pub struct Literals {
    /// Open addressing; a power of two of places, at least half of them free.
    short: Vec<Place>,
    /// Places that are taken.
    taken: usize,
    shift: u32,
    long: FxHashMap<SmolStr, u32>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    key: Key,
    number: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    first: u64,
    last: u64,
    length: u32,
}

const FREE: u32 = u32::MAX;

impl Literals {
    pub fn new(literals: Vec<(SmolStr, u32)>) -> Self {
        let mut all = Literals::default();
        literals.iter().for_each(|(literal, number)| all.insert(literal, *number));
        all
    }

    /// The number of a text from now on.
    pub fn insert(&mut self, text: &str, number: u32) {
        let Some(key) = Key::new(text.as_bytes()) else {
            self.long.insert(text.into(), number);
            return;
        };
        if self.short.len() < 2 * (self.taken + 1) {
            self.grow();
        }
        self.taken += usize::from(self.put(Place { key, number }));
    }

    /// Twice the places.
    fn grow(&mut self) {
        let free = Place { key: Key { first: 0, last: 0, length: FREE }, number: 0 };
        let places = (2 * self.short.len()).max(2);
        self.shift = u64::BITS - places.trailing_zeros();
        let before = std::mem::replace(&mut self.short, vec![free; places]);
        for place in before.into_iter().filter(|place| place.key.length != FREE) {
            self.put(place);
        }
    }

    /// Puts the number of a key in its place; whether the place was free.
    fn put(&mut self, new: Place) -> bool {
        let mut at = self.start(new.key);
        let last = self.short.len().wrapping_sub(1);
        while let Some(place) = self.short.get_mut(at) {
            if place.key.length == FREE || place.key == new.key {
                let was_free = place.key.length == FREE;
                *place = new;
                return was_free;
            }
            at = (at + 1) & last;
        }
        false
    }

    #[inline]
    pub fn get(&self, text: &str) -> Option<u32> {
        let Some(key) = Key::new(text.as_bytes()) else { return self.long.get(text).copied() };
        let mut at = self.start(key);
        loop {
            let place = self.short.get(at)?;
            if place.key == key {
                return Some(place.number);
            }
            if place.key.length == FREE {
                return None;
            }
            at = (at + 1) & (self.short.len() - 1);
        }
    }

    /// Where a key is sought first: the upper bits of a product (Knuth, The Art of Computer Programming 3, 6.4).
    #[inline]
    fn start(&self, key: Key) -> usize {
        const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
        let mixed = (key.first ^ key.last.rotate_left(29)).wrapping_mul(ODD) ^ u64::from(key.length);
        ((mixed ^ (mixed >> 32)).wrapping_mul(ODD)).checked_shr(self.shift).unwrap_or(0) as usize
    }
}

impl Key {
    #[inline]
    fn new(bytes: &[u8]) -> Option<Self> {
        let length = bytes.len() as u32;
        let (first, last) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(first), Some(last)) if length <= 16 => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            (Some(_), _) => return None,
            _ => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
                (Some(first), Some(last)) => (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into()),
                _ => {
                    let byte = |at: usize| bytes.get(at).map_or(0, |&byte| u64::from(byte));
                    (byte(0) | byte(bytes.len() / 2) << 8 | byte(bytes.len().saturating_sub(1)) << 16, 0)
                }
            },
        };
        Some(Key { first, last, length })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn literals_are_a_map(
            entered in prop::collection::vec(("[ab]{0,20}", any::<u32>()), 0..60),
            asked in prop::collection::vec("[ab]{0,20}", 0..60),
        ) {
            let known: BTreeMap<String, u32> = entered.iter().cloned().collect();
            let literals = Literals::new(entered.iter().map(|(text, number)| (text.into(), *number)).collect());
            for text in known.keys().chain(&asked) {
                prop_assert_eq!(literals.get(text), known.get(text).copied());
            }
        }
    }
}
