//! Countries: ISO 3166-1 codes, English and official names and the spellings that CRM exports are full of.
//!
//! Names and codes come from the crate `keshvar`; [`COMMON`] adds what people write besides.

use crate::data::text::{self, place_key};
use keshvar::CountryIterator;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::LazyLock;

/// Spellings that no standard lists, by [`place_key`] of the left side.
const COMMON: [(&str, &str); 60] = [
    ("UK", "GB"),
    ("U.K.", "GB"),
    ("Great Britain", "GB"),
    ("Britain", "GB"),
    ("England", "GB"),
    ("Scotland", "GB"),
    ("Wales", "GB"),
    ("Northern Ireland", "GB"),
    ("USA", "US"),
    ("United States", "US"),
    ("United States of America", "US"),
    ("America", "US"),
    ("UAE", "AE"),
    ("Emirates", "AE"),
    ("South Korea", "KR"),
    ("Korea, South", "KR"),
    ("Republic of Korea", "KR"),
    ("Korea, Republic of", "KR"),
    ("North Korea", "KP"),
    ("Korea, North", "KP"),
    ("Democratic People's Republic of Korea", "KP"),
    ("Russia", "RU"),
    ("Vietnam", "VN"),
    ("Laos", "LA"),
    ("Syria", "SY"),
    ("Iran", "IR"),
    ("Iran, Islamic Republic of", "IR"),
    ("Moldova", "MD"),
    ("Moldova, Republic of", "MD"),
    ("Bolivia", "BO"),
    ("Venezuela", "VE"),
    ("Tanzania", "TZ"),
    ("Tanzania, United Republic of", "TZ"),
    ("Taiwan", "TW"),
    ("Hong Kong", "HK"),
    ("Hong Kong SAR", "HK"),
    ("Macau", "MO"),
    ("Macao", "MO"),
    ("Czech Republic", "CZ"),
    ("Czechia", "CZ"),
    ("Holland", "NL"),
    ("Netherlands", "NL"),
    ("Ivory Coast", "CI"),
    ("Cape Verde", "CV"),
    ("Swaziland", "SZ"),
    ("Burma", "MM"),
    ("Macedonia", "MK"),
    ("Turkey", "TR"),
    ("Brunei", "BN"),
    ("East Timor", "TL"),
    ("Congo-Brazzaville", "CG"),
    ("Congo-Kinshasa", "CD"),
    ("Democratic Republic of the Congo", "CD"),
    ("Congo, the Democratic Republic of the", "CD"),
    ("Republic of the Congo", "CG"),
    ("DRC", "CD"),
    ("Palestine", "PS"),
    ("Vatican", "VA"),
    ("Vatican City", "VA"),
    ("PRC", "CN"),
];

struct Countries {
    /// Alpha-2 codes by [`place_key`] of every code and name.
    by_key: FxHashMap<String, SmolStr>,
    /// The short name of each code.
    names: FxHashMap<SmolStr, &'static str>,
}

static COUNTRIES: LazyLock<Countries> = LazyLock::new(|| {
    let countries: Vec<_> = CountryIterator::new().map(|country| (code_of(&country), country)).collect();
    let names = countries.iter().map(|(code, country)| (code.clone(), country.iso_short_name())).collect();
    // From sure to less sure: where two countries claim a spelling, the first keeps it.
    let mut by_key = FxHashMap::default();
    for (code, country) in &countries {
        by_key.entry(place_key(code)).or_insert(code.clone());
        by_key.entry(place_key(&country.alpha3().to_string())).or_insert(code.clone());
    }
    for (name, code) in COMMON {
        by_key.entry(place_key(name)).or_insert(SmolStr::new_static(code));
    }
    let official = countries.iter().flat_map(|(code, country)| {
        [country.iso_short_name(), country.iso_long_name()].into_iter().map(move |name| (code, name))
    });
    let unofficial = countries
        .iter()
        .flat_map(|(code, country)| country.unofficial_name_list().iter().map(move |name| (code, *name)));
    for (code, name) in official.chain(unofficial) {
        let key = place_key(name);
        // Short names are abbreviations, which stand above where they are sure.
        if key.chars().count() > 3 || !key.is_ascii() {
            by_key.entry(key).or_insert(code.clone());
        }
    }
    Countries { by_key, names }
});

pub(super) fn code_of(country: &keshvar::Country) -> SmolStr {
    SmolStr::new(country.alpha2().to_string())
}

/// The ISO 3166-1 alpha-2 code of a code or name, in any case and with or without accents.
pub fn code(written: &str) -> Option<SmolStr> {
    if let Some((code, _)) = COUNTRIES.names.get_key_value(written) {
        return Some(code.clone());
    }
    COUNTRIES.by_key.get(&place_key(written)).cloned()
}

/// The English short name of an alpha-2 code.
pub fn name(code: &str) -> Option<&'static str> {
    COUNTRIES.names.get(code).copied()
}

/// All alpha-2 codes, sorted.
pub fn codes() -> Vec<SmolStr> {
    let mut codes: Vec<SmolStr> = COUNTRIES.names.keys().cloned().collect();
    codes.sort();
    codes
}

/// Whether this is an alpha-2 code to the letter.
pub fn is_code(code: &str) -> bool {
    name(code).is_some()
}

/// The code of the country whose name is nearest to a misspelled one, where one is near enough.
pub fn nearest(written: &str) -> Option<SmolStr> {
    if written.chars().count() < 4 {
        return None;
    }
    // Sorted, so that a tie does not depend on the order of a hash map.
    let names: std::collections::BTreeMap<_, _> = COUNTRIES.names.iter().map(|(code, name)| (*name, code)).collect();
    let name = text::nearest(written, names.keys().copied())?;
    names.get(name).map(|code| (*code).clone())
}
