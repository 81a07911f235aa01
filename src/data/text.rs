//! Text: trimming, the folded form in which texts compare, and the looser keys by which names are looked up.

use crate::policy::Text;
use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use smol_str::{SmolStr, StrExt};
use std::borrow::Cow;

/// Without white space, no-break spaces, zero-width spaces, byte order marks and NULs at either end.
pub fn trim(raw: &str) -> &str {
    let clean = |byte: Option<&u8>| byte.is_none_or(|byte| byte.is_ascii_graphic());
    if clean(raw.as_bytes().first()) && clean(raw.as_bytes().last()) {
        return raw;
    }
    raw.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\0'))
}

/// The form in which texts compare: Unicode full case folding, then canonical composition (NFC), so that a letter and its accent
/// are the same however a system stored them. ASCII only changes its case.
///
/// The Unicode Standard, section 3.13, "Default Case Folding"; UAX #15.
pub fn fold(text: &str) -> SmolStr {
    if text.is_ascii() {
        return text.to_ascii_lowercase_smolstr();
    }
    let folded = CaseMapper::new().fold_string(text);
    SmolStr::new(ComposingNormalizerBorrowed::new_nfc().normalize(&folded))
}

/// A free text, trimmed, with its folded form.
pub fn text(raw: &str) -> Text {
    let written = SmolStr::new(trim(raw));
    let folded = fold(&written);
    Text { folded, written }
}

/// A typed code, whose canonical spelling is also the form in which it compares.
pub fn code(canonical: impl Into<SmolStr>) -> Text {
    let written = canonical.into();
    Text { folded: written.clone(), written }
}

/// The folded form without spaces, hyphens and underscores: `Demo Request`, `demo_request` and `demo-request` have one key.
pub fn squeeze(text: &str) -> SmolStr {
    let folded = fold(text);
    if folded.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return folded;
    }
    folded.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_')).collect()
}

/// The key of a place's name: folded, without accents, punctuation and the word "the"; "and" for "&", "saint" for "st".
pub fn place_key(name: &str) -> String {
    let folded = fold(name);
    let plain: Cow<'_, str> = match folded.is_ascii() {
        true => Cow::Borrowed(folded.as_str()),
        false => Cow::Owned(without_accents(&folded)),
    };
    let words = || plain.split(|c: char| !(c.is_alphanumeric() || c == '&')).filter(|word| !word.is_empty());
    // A word alone may be a code: `ST` is São Tomé and Príncipe.
    if words().nth(1).is_none() {
        return words().collect();
    }
    words()
        .filter(|word| *word != "the")
        .map(|word| match word {
            "&" => "and",
            "st" => "saint",
            word => word,
        })
        .collect()
}

fn without_accents(folded: &str) -> String {
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(folded);
    let mut plain = String::with_capacity(apart.len());
    for c in apart.chars() {
        match c {
            // The combining marks of Latin, Greek and Cyrillic; those of other scripts are letters of the name.
            '\u{300}'..='\u{36f}' | '\'' | '\u{2019}' | '\u{2018}' | '`' => {}
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' => plain.push('d'),
            'ı' => plain.push('i'),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'þ' => plain.push_str("th"),
            'ð' => plain.push('d'),
            c => plain.push(c),
        }
    }
    plain
}

/// The option nearest to what was written, where one is near enough to be a slip: by Damerau-Levenshtein distance, at most a third
/// of the length. Nothing is near a text of more than 64 bytes.
pub fn nearest<'a>(written: &str, options: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > 64 {
        return None;
    }
    let written = squeeze(written);
    let limit = written.chars().count().div_ceil(3);
    options
        .into_iter()
        .map(|option| (strsim::damerau_levenshtein(&written, &squeeze(option)), option))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, option)| option)
}
