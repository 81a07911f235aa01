//! Values that are certainly good, found out without reading them: for fields that nobody asks about, where all that matters is whether
//! there is something to be said.

use crate::policy::Type;

/// Whether reading `raw` as a value of `ty` certainly gives a value without a note. `false` says nothing.
pub fn is_sound(ty: &Type, raw: &str) -> bool {
    let bytes = raw.as_bytes();
    match ty {
        Type::Text => bytes.first().is_some_and(u8::is_ascii_graphic),
        Type::Email => is_plain_email(bytes),
        Type::Time | Type::Date => is_plain_time(bytes),
        Type::Integer { low: None | Some(..=0), high: None } => {
            (1..=15).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

/// Letters, digits and `._+-` before the `@`, and at least two labels of letters and digits behind it.
fn is_plain_email(bytes: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'@', bytes) else { return false };
    let (local, host) = bytes.split_at(at);
    let local_ok = (1..=64).contains(&local.len())
        && local.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-'));
    let (mut labels, mut label, mut letters) = (0, 0, 0);
    for byte in host.iter().skip(1) {
        match byte {
            b'.' if label > 0 => (labels, label, letters) = (labels + 1, 0, 0),
            b'a'..=b'z' => (label, letters) = (label + 1, letters + 1),
            b'0'..=b'9' => label += 1,
            _ => return false,
        }
        if label > 63 {
            return false;
        }
    }
    // The last label is a top-level domain: letters.
    local_ok && labels > 0 && label > 1 && letters == label && bytes.len() <= 254
}

/// `2026-03-04T10:00:00Z`, with a fraction or an offset of minutes or without, or the date alone; days up to 28.
fn is_plain_time(bytes: &[u8]) -> bool {
    let two = |at: usize, low: u8, high: u8| match bytes.get(at..at + 2) {
        Some([a @ b'0'..=b'9', b @ b'0'..=b'9']) => (low..=high).contains(&((a - b'0') * 10 + (b - b'0'))),
        _ => false,
    };
    let is = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
    let date = (two(0, 19, 20)) && two(2, 0, 99) && is(4, b'-') && two(5, 1, 12) && is(7, b'-') && two(8, 1, 28);
    let time = || two(11, 0, 23) && is(13, b':') && two(14, 0, 59) && is(16, b':') && two(17, 0, 59);
    match bytes.len() {
        10 => date,
        20 => date && is(10, b'T') && time() && is(19, b'Z'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_sound;
    use crate::data::value::{self, Context};
    use crate::policy::{Type, Value};
    use proptest::prelude::*;

    fn types() -> [Type; 6] {
        let integer = |low| Type::Integer { low, high: None };
        [Type::Text, Type::Email, Type::Time, Type::Date, integer(None), integer(Some(0))]
    }

    fn holds(raw: &str) {
        for ty in types().into_iter().filter(|ty| is_sound(ty, raw)) {
            let read = value::read(&ty, raw, &Context::in_zone(chrono_tz::UTC));
            let good = read.unwrap_or_else(|bad| panic!("`{raw}` as {ty:?}: {bad:?}"));
            assert!(good.value != Value::Missing && good.note.is_none(), "`{raw}` as {ty:?}");
        }
    }

    #[test]
    fn plain_values_are_sound() {
        for (ty, raw) in types().iter().zip(["Acme", "a.b@c.example", "2026-03-04T10:00:00Z", "2026-03-04", "17", "0"])
        {
            assert!(is_sound(ty, raw), "`{raw}` as {ty:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_sound_reads_well(raw in "[a-c@.x0-9:TZ+-]{0,24}|[0-9]{1,16}|[a-z.]{1,4}@[a-z0-9.-]{1,9}|20[0-9]{2}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]Z)?") {
            holds(&raw);
        }
    }
}
