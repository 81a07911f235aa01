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
    let (local, host) = (bytes.get(..at).unwrap_or(&[]), bytes.get(at + 1..).unwrap_or(&[]));
    // The last label is a top-level domain.
    let Some((labels, top)) = memchr::memrchr(b'.', host).and_then(|dot| host.split_at_checked(dot)) else {
        return false;
    };
    let (before, blank) = labels.iter().fold((b'.', false), |(before, blank), &byte| {
        (byte, blank | (byte == b'.' && before == b'.')) // two dots, or one at the start
    });
    // A host of 63 bytes has no label that is too long.
    (1..=64).contains(&local.len())
        && host.len() <= 63
        && top.len() > 2
        && !blank
        && before != b'.'
        && all(local, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-'))
        && all(labels, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.')
        && top.iter().skip(1).all(u8::is_ascii_lowercase)
}

/// Without an early end, so that compilers look at many bytes at once.
fn all(bytes: &[u8], is: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(true, |all, &byte| all & is(byte))
}

/// `2026-03-04T10:00:00Z`, or the date alone; days up to 28.
fn is_plain_time(bytes: &[u8]) -> bool {
    if let Ok(bytes) = <&[u8; 20]>::try_from(bytes) {
        let [date @ .., t, h, hh, colon, m, mm, other_colon, s, ss, z] = bytes;
        let marks = [*t, *colon, *other_colon, *z] == *b"T::Z";
        return marks
            && is_plain_date(date)
            && (number(*h, *hh) < 24)
            && (number(*m, *mm) < 60)
            && (number(*s, *ss) < 60);
    }
    <&[u8; 10]>::try_from(bytes).is_ok_and(is_plain_date)
}

fn is_plain_date(bytes: &[u8; 10]) -> bool {
    let [y, yy, yyy, yyyy, dash, m, mm, other_dash, d, dd] = *bytes;
    [dash, other_dash] == *b"--"
        && matches!(number(y, yy), 19 | 20)
        && number(yyy, yyyy) < 100
        && (1..=12).contains(&number(m, mm))
        && (1..=28).contains(&number(d, dd))
}

/// Of two digits; at least 100 where one is none.
fn number(tens: u8, ones: u8) -> u32 {
    let digit = |byte: u8| match u32::from(byte.wrapping_sub(b'0')) {
        digit @ 0..10 => digit,
        _ => 100,
    };
    digit(tens) * 10 + digit(ones)
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
