//! The ends of JSON strings, looked for sixteen bytes at a time.

/// The first quote or backslash from `at`.
#[inline(always)]
pub fn quote_or_backslash(text: &[u8], mut at: usize) -> Option<usize> {
    let mut rest = text.get(at..)?;
    while let Some((chunk, behind)) = rest.split_first_chunk::<16>() {
        // One byte each, in a loop that compilers turn into one comparison of all.
        let mut hits = [0; 16];
        for (hit, byte) in hits.iter_mut().zip(chunk) {
            *hit = if matches!(byte, b'"' | b'\\') { 0xff } else { 0 };
        }
        let hits = u128::from_le_bytes(hits);
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += 16;
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
