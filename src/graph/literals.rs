//! A map from texts to atoms, made for the short texts that fields hold.
//!
//! A text of up to 16 bytes is two numbers and a length: its first and its last eight bytes, which may overlap. So hashing and
//! comparing take a few steps and no loop over bytes. Longer texts are in an ordinary hash map.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

#[derive(Debug, Clone, Default)]
pub struct Literals {
    /// Open addressing; a power of two of places, at least half of them free.
    short: Vec<Place>,
    shift: u32,
    long: FxHashMap<SmolStr, u32>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    key: Key,
    atom: u32,
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
        let places = (literals.len() * 2).next_power_of_two().max(2);
        let free = Place { key: Key { first: 0, last: 0, length: FREE }, atom: 0 };
        let mut all = Literals {
            short: vec![free; places],
            shift: u64::BITS - places.trailing_zeros(),
            long: FxHashMap::default(),
        };
        for (literal, atom) in literals {
            match Key::new(literal.as_bytes()) {
                Some(key) => all.insert(key, atom),
                None => {
                    all.long.insert(literal, atom);
                }
            }
        }
        all
    }

    fn insert(&mut self, key: Key, atom: u32) {
        let mut at = self.start(key);
        while let Some(place) = self.short.get_mut(at) {
            if place.key.length == FREE || place.key == key {
                *place = Place { key, atom };
                return;
            }
            at = (at + 1) & (self.short.len() - 1);
        }
    }

    #[inline]
    pub fn get(&self, text: &str) -> Option<u32> {
        let Some(key) = Key::new(text.as_bytes()) else { return self.long.get(text).copied() };
        let mut at = self.start(key);
        loop {
            let place = self.short.get(at)?;
            if place.key == key {
                return Some(place.atom);
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
                _ => (bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)), 0),
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
            known in prop::collection::btree_map("[ab]{0,20}", any::<u32>(), 0..60),
            asked in prop::collection::vec("[ab]{0,20}", 0..60),
        ) {
            let known: BTreeMap<String, u32> = known;
            let literals = Literals::new(known.iter().map(|(text, atom)| (text.into(), *atom)).collect());
            for text in known.keys().chain(&asked) {
                prop_assert_eq!(literals.get(text), known.get(text).copied());
            }
        }
    }
}
