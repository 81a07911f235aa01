//! Bytes of a file to text: UTF-8 with or without a byte order mark, UTF-16, and Windows-1252 where it is not UTF-8.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// How the text of a file is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

/// The encoding that the start of a file shows, and how many bytes its byte order mark takes. `Utf8` is also the answer where nothing is shown.
pub fn sniff(start: &[u8]) -> (Encoding, usize) {
    match start {
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
        [0xff, 0xfe, ..] => (Encoding::Utf16Le, 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16Be, 2),
        _ => (without_mark(start), 0),
    }
}

/// UTF-16 without a mark shows a NUL in every second byte of its Latin letters.
fn without_mark(start: &[u8]) -> Encoding {
    let sample = start.get(..start.len().min(512)).unwrap_or(start);
    let nuls = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    match sample.len() / 4 {
        0 => Encoding::Utf8,
        many if odd > many && even == 0 => Encoding::Utf16Le,
        many if even > many && odd == 0 => Encoding::Utf16Be,
        _ => Encoding::Utf8,
    }
}

/// Bytes that are not valid UTF-8 are either damaged UTF-8 or Windows-1252. In damaged UTF-8 most sequences of several bytes are
/// whole; in Windows-1252 hardly any is.
pub fn of_invalid(bytes: &[u8]) -> Encoding {
    let (mut whole, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if whole > broken { Encoding::Utf8 } else { Encoding::Windows1252 }
}

/// A text and what was noticed about its bytes, in the user's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    pub notes: Vec<String>,
}

/// The text of a whole file, its line ends as `\n` or `\r\n`.
pub fn decode(bytes: &[u8]) -> Decoded {
    let (encoding, mark) = sniff(bytes);
    let body = bytes.get(mark..).unwrap_or(bytes);
    let mut notes = Vec::new();
    let text: Cow<'_, str> = match encoding {
        Encoding::Utf16Le => UTF_16LE.decode_without_bom_handling(body).0,
        Encoding::Utf16Be => UTF_16BE.decode_without_bom_handling(body).0,
        Encoding::Utf8 | Encoding::Windows1252 => match simdutf8::basic::from_utf8(body) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) if of_invalid(body) == Encoding::Windows1252 => {
                notes.push("read as Windows-1252, since it is not UTF-8".to_string());
                WINDOWS_1252.decode_without_bom_handling(body).0
            }
            Err(_) => {
                notes.push("some bytes are not UTF-8; each is read as `\u{fffd}`".to_string());
                String::from_utf8_lossy(body)
            }
        },
    };
    let text = if text.contains('\r') && !text.contains('\n') { text.replace('\r', "\n") } else { text.into_owned() };
    Decoded { text, notes }
}
