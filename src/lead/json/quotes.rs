//! The ends of JSON strings, looked for eight bytes at a time.

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

/// The first quote or backslash from `at`.
///
/// A byte of a word is zero where taking one from it sets its high bit, which was not set before; the lowest that is found is one for certain
/// (Warren, Hacker's Delight, 6-1). Most values are short, so that words beat the wider registers, whose way back to a place is long.
#[inline(always)]
pub fn quote_or_backslash(text: &[u8], mut at: usize) -> Option<usize> {
    let mut rest = text.get(at..)?;
    while let Some((chunk, behind)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        let less = |byte: u8| (word ^ (ONES * u64::from(byte))).wrapping_sub(ONES);
        let hits = (less(b'"') | less(b'\\')) & !word & HIGH;
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += 8;
        rest = behind;
    }
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).map(|found| at + found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_is_found_as_byte_by_byte(text in "[a\"\\\\\u{0}!\u{a2}\u{5d}]{0,40}", from in 0..45usize) {
            let plain = text.bytes().enumerate().position(|(at, byte)| at >= from && matches!(byte, b'"' | b'\\'));
            prop_assert_eq!(quote_or_backslash(text.as_bytes(), from), plain);
        }
    }
}
