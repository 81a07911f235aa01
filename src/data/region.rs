//! Regions of countries: ISO 3166-2 codes and their names (crate `keshvar`), looked up inside one country.

use crate::data::text::{code as code_text, place_key};
use crate::policy::Text;
use keshvar::{CountryIterator, Subdivision};
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};
use std::sync::{LazyLock, OnceLock};

/// Why a text is not a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Not a code of any country, or not one of this country.
    Unknown,
    /// A full code of another country than the lead's.
    OfOtherCountry(SmolStr),
    /// A name or a short code, and no country to read it with.
    NeedsCountry,
    /// A name that several regions of the country have.
    Several(Vec<SmolStr>),
}

/// Spellings that CRMs use and ISO does not list: the country, the spelling and the short code. The two letters of Mexican states are those
/// of the address picklists of the large CRMs.
const COMMON: [(&str, &str, &str); 38] = [
    ("US", "Washington DC", "DC"),
    ("US", "Washington D.C.", "DC"),
    ("DE", "NRW", "NW"),
    ("MX", "CDMX", "CMX"),
    ("MX", "DF", "CMX"),
    ("MX", "AG", "AGU"),
    ("MX", "BC", "BCN"),
    ("MX", "BS", "BCS"),
    ("MX", "CM", "CAM"),
    ("MX", "CS", "CHP"),
    ("MX", "CH", "CHH"),
    ("MX", "CO", "COA"),
    ("MX", "CL", "COL"),
    ("MX", "DG", "DUR"),
    ("MX", "GT", "GUA"),
    ("MX", "GR", "GRO"),
    ("MX", "HG", "HID"),
    ("MX", "JA", "JAL"),
    ("MX", "ME", "MEX"),
    ("MX", "MI", "MIC"),
    ("MX", "MO", "MOR"),
    ("MX", "NA", "NAY"),
    ("MX", "NL", "NLE"),
    ("MX", "OA", "OAX"),
    ("MX", "PB", "PUE"),
    ("MX", "QE", "QUE"),
    ("MX", "QR", "ROO"),
    ("MX", "SL", "SLP"),
    ("MX", "SI", "SIN"),
    ("MX", "SO", "SON"),
    ("MX", "TB", "TAB"),
    ("MX", "TM", "TAM"),
    ("MX", "TL", "TLA"),
    ("MX", "VE", "VER"),
    ("MX", "YU", "YUC"),
    ("MX", "ZA", "ZAC"),
    ("CA", "PEI", "PE"),
    ("CA", "Newfoundland", "NL"),
];

/// The regions of one country: full codes by the [`place_key`] of short codes and names.
#[derive(Default)]
struct Regions {
    names: FxHashMap<SmolStr, &'static str>,
    by_key: FxHashMap<String, Vec<SmolStr>>,
}

impl Regions {
    fn of(country: &str, subdivisions: impl Iterator<Item = (&'static str, Subdivision)>) -> Regions {
        let mut all: Vec<_> =
            subdivisions.map(|(short, region)| (format_smolstr!("{country}-{short}"), short, region)).collect();
        all.sort_by(|(left, ..), (right, ..)| left.cmp(right));
        let mut regions = Regions::default();
        // Codes before official names before unofficial ones; only names of one kind can tie.
        let mut enter = |claims: Vec<(String, SmolStr)>| {
            let mut fresh: FxHashMap<String, Vec<SmolStr>> = FxHashMap::default();
            for (key, code) in claims {
                if !key.is_empty() && !regions.by_key.contains_key(&key) {
                    let codes = fresh.entry(key).or_default();
                    if !codes.contains(&code) {
                        codes.push(code);
                    }
                }
            }
            regions.by_key.extend(fresh);
        };
        enter(all.iter().map(|(code, short, _)| (place_key(short), code.clone())).collect());
        let common = COMMON.iter().filter(|(of, ..)| *of == country);
        enter(common.map(|(_, name, short)| (place_key(name), format_smolstr!("{country}-{short}"))).collect());
        enter(all.iter().map(|(code, _, region)| (place_key(region.name()), code.clone())).collect());
        let unofficial = |(code, _, region): &(SmolStr, &str, Subdivision)| {
            region.unofficial_name_list().iter().map(|name| (place_key(name), code.clone())).collect::<Vec<_>>()
        };
        enter(all.iter().flat_map(unofficial).collect());
        regions.names = all.iter().map(|(code, _, region)| (code.clone(), region.name())).collect();
        regions
    }
}

/// Built country by country when first asked for.
static COUNTRIES: LazyLock<FxHashMap<SmolStr, (keshvar::Alpha2, OnceLock<Regions>)>> = LazyLock::new(|| {
    CountryIterator::new()
        .map(|country| (SmolStr::new(country.alpha2().to_string()), (country.alpha2(), OnceLock::new())))
        .collect()
});

fn regions(country: &str) -> Option<&'static Regions> {
    let (alpha2, regions) = COUNTRIES.get(country)?;
    Some(regions.get_or_init(|| Regions::of(country, alpha2.to_subdivisions().into_iter())))
}

/// The full code of a region: of a full code such as `US-CA`, or of a short code or name read together with the alpha-2 code of its country.
pub fn code(written: &str, country: Option<&str>) -> Result<SmolStr, Fault> {
    if let Some(full) = full_code(written) {
        let of_country = full.get(..2).unwrap_or("");
        return match country {
            Some(country) if country != of_country => Err(Fault::OfOtherCountry(SmolStr::new(of_country))),
            _ => Ok(full),
        };
    }
    let country = country.ok_or(Fault::NeedsCountry)?;
    let found = regions(country).and_then(|regions| regions.by_key.get(&place_key(written)));
    match found.map(Vec::as_slice) {
        Some([one]) => Ok(one.clone()),
        Some(several) => Err(Fault::Several(several.to_vec())),
        None => Err(Fault::Unknown),
    }
}

/// The region as a value.
pub fn text(written: &str, country: Option<&str>) -> Result<Text, Fault> {
    code(written, country).map(code_text)
}

/// A code of ISO 3166-2, in any case, in its canonical spelling.
pub fn full_code(written: &str) -> Option<SmolStr> {
    let (country, short) = written.split_once('-')?;
    if country.len() != 2 || short.is_empty() || short.len() > 3 {
        return None;
    }
    let full = SmolStr::new(written.to_ascii_uppercase());
    regions(full.get(..2)?)?.names.contains_key(&full).then_some(full)
}

/// The full codes of a country's regions, sorted.
pub fn codes_of(country: &str) -> Vec<SmolStr> {
    let mut codes: Vec<SmolStr> = regions(country).map(|of| of.names.keys().cloned().collect()).unwrap_or_default();
    codes.sort();
    codes
}

/// The name of a full code.
pub fn name(code: &str) -> Option<&'static str> {
    regions(code.get(..2)?)?.names.get(code).copied()
}

/// The full codes that have a short code or name, in any country, sorted: for "did you mean" alone.
pub fn codes_named(written: &str) -> Vec<SmolStr> {
    let key = place_key(written);
    let mut codes: Vec<SmolStr> =
        COUNTRIES.keys().filter_map(|country| regions(country)?.by_key.get(&key)).flatten().cloned().collect();
    codes.sort();
    codes
}
