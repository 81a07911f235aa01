//! Languages: BCP 47 tags, ISO 639 codes and English names, as the canonical tag.

use crate::data::text;
use isolang::Language;
use oxilangtag::LanguageTag;
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};
use std::sync::LazyLock;

/// Tags of the languages that have a two-letter code, by English name without what is in brackets ("Swahili (macrolanguage)").
static BY_NAME: LazyLock<FxHashMap<SmolStr, &'static str>> = LazyLock::new(|| {
    const COMMON: [(&str, &str); 5] =
        [("Greek", "el"), ("Norwegian", "no"), ("Farsi", "fa"), ("Mandarin", "zh"), ("Flemish", "nl")];
    let named = isolang::languages().filter_map(|language| {
        let name = language.to_name().split(" (").next()?;
        Some((text::squeeze(name), language.to_639_1()?))
    });
    named.chain(COMMON.map(|(name, tag)| (text::squeeze(name), tag))).collect()
});

/// The canonical tag: `EN_us` is `en-US`, `deu` and `German` are `de`.
pub fn tag(written: &str) -> Option<SmolStr> {
    let written = text::trim(written);
    if let [b'a'..=b'z', b'a'..=b'z'] = written.as_bytes()
        && Language::from_639_1(written).is_some()
    {
        return Some(SmolStr::new(written));
    }
    if let Some(tag) = BY_NAME.get(&text::squeeze(written)) {
        return Some(SmolStr::new_static(tag));
    }
    let tag = LanguageTag::parse_and_normalize(&written.replace('_', "-")).ok()?;
    let primary = tag.primary_language();
    let language = Language::from_639_1(primary).or_else(|| Language::from_639_3(primary))?;
    match language.to_639_1() {
        // BCP 47 takes the shortest code that a language has.
        Some(short) if short != primary => {
            Some(format_smolstr!("{short}{}", tag.as_str().get(primary.len()..).unwrap_or("")))
        }
        _ => Some(SmolStr::new(tag.as_str())),
    }
}
