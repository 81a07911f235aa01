//! One bit a cube for the cubes of a block: what one atom, or one flag, leaves of them.

pub const WORDS: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(align(64))]
pub struct Row(pub [u64; WORDS]);

impl Row {
    pub const FULL: Row = Row([u64::MAX; WORDS]);

    pub fn set(&mut self, bit: usize) {
        if let Some(word) = self.0.get_mut(bit / 64 % WORDS) {
            *word |= 1 << (bit % 64);
        }
    }

    pub fn clear(&mut self, bit: usize) {
        if let Some(word) = self.0.get_mut(bit / 64 % WORDS) {
            *word &= !(1 << (bit % 64));
        }
    }

    #[inline(always)]
    pub fn and(&mut self, other: &Row) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    #[inline(always)]
    pub fn or(&mut self, other: &Row) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    #[inline(always)]
    pub fn and_not(&mut self, other: &Row) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= !other);
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0.iter().fold(0, |all, word| all | word) == 0
    }

    /// A bit for each word that is not zero.
    pub fn live(&self) -> u64 {
        self.0.iter().enumerate().fold(0, |live, (at, &word)| live | u64::from(word != 0) << at)
    }
}
