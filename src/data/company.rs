//! Company names: the form in which two spellings of one name are the same, and how alike two such forms are.
//!
//! The *plain form* of a name, which `like` compares, is made in this order:
//! 1. accents and letter case are dropped, compatibility characters are spelled out (Unicode NFKD, full case folding);
//! 2. apostrophes go, `&` and `+` become `and` (as do `und`, `et`, `y`, `och`, `og` inside a name), all other signs part words;
//! 3. single letters in a row are one word, so that `S. A.` is `sa` and `A/S` is `as`;
//! 4. a leading `the` and the legal forms of [`LEGAL_FORMS`] and [`LEADING_FORMS`] go, as long as a word is left;
//! 5. the words are written together, so that `GTX Pro` is `GTXPro`.
//!
//! Two plain forms are *alike* when few letters differ: their Levenshtein distance is at most 12% of the longer one, and never
//! more than two, and they hold the same digits in the same order (`Studio 54` is not `Studio 55`). So a name under nine
//! letters must be the same, one slip is forgiven from nine letters on, two from seventeen. The score is the share of letters
//! that agree, in thousandths: 1000 for the same, at least 880 for alike.
//!
//! Why an edit distance: a wrong owner costs more than a lead in a queue. Jaro-Winkler rewards a common beginning, which
//! names of unrelated companies often have (`American ...`), and token measures (SoftTFIDF, best for names in Cohen, Ravikumar
//! and Fienberg, "A comparison of string distance metrics for name-matching tasks", IIWeb 2003) need word statistics of the
//! file, so that one more account would change other leads' matches. This one can be said in a sentence, depends on the two
//! names alone, and has an index that misses nothing (see [`super::records`]).

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Names longer than this, in letters, are alike only when they are the same.
pub const LONGEST: usize = 200;
/// No pair of names is alike with more differing letters than this.
pub const MOST_SLIPS: usize = 2;

/// Legal forms at the end of a name, by where they are usual, as step 3 leaves their words.
pub const LEGAL_FORMS: &[(&str, &str)] = &[
    (
        "English",
        "inc, incorporated, corp, corporation, co, company, ltd, limited, public limited company, plc, llc, llp, lllp",
    ),
    (
        "English",
        "limited liability company, limited liability partnership, private limited, pvt, lp, pllc, pc, cic, com",
    ),
    ("Australian, Singaporean", "pty, proprietary, pte"),
    ("German", "gmbh, ggmbh, mbh, ag, kg, kgaa, ohg, ug, ev, eg, ek, se, haftungsbeschrankt, aktiengesellschaft"),
    ("German", "gesellschaft mit beschrankter haftung"),
    ("French", "sa, sarl, sas, sasu, eurl, sca, snc, scop, scrl, sprl, societe anonyme"),
    ("Dutch", "bv, nv, bvba, cvba, vof, vzw, naamloze vennootschap, besloten vennootschap"),
    ("Spanish, Portuguese", "sl, slu, sau, srl, cia, ltda, lda, eireli, sociedad anonima, s de rl"),
    ("Spanish, Portuguese", "sa de cv, s de rl de cv, sapi de cv, sab de cv"),
    ("Italian", "spa, srls, scpa, scarl, sapa, societa per azioni"),
    ("Nordic, Baltic", "ab, aktiebolag, oy, oyj, osakeyhtio, as, asa, aps, is, ks, hf, ehf, ou, uab, sia"),
    (
        "Central and eastern European",
        "sp zoo, spolka zoo, sp k, sp j, sro, spol sro, doo, dd, kft, zrt, nyrt, bt, ood, eood, ad",
    ),
    ("Russian, Ukrainian", "ooo, oao, zao, pao, ооо, оао, зао, пао, ао, тов"),
    ("Turkish, Greek", "sti, ltd sti, anonim sirketi, limited sirketi, ae, epe"),
    ("Asian", "kk, gk, kabushiki kaisha, godo kaisha, bhd, sdn bhd, berhad, tbk, jsc, pjsc"),
    ("Arab", "fze, fzco, fzc, wll, saoc, saog"),
];

/// Legal forms that may stand before a name.
const LEADING_FORMS: &[&str] =
    &["pt", "ooo", "oao", "zao", "pao", "ооо", "оао", "зао", "пао", "ао", "тов", "uab", "sia", "oy"];

/// Legal forms of scripts that write no spaces, wherever they stand.
const UNSPACED_FORMS: &[&str] = &[
    "株式会社",
    "有限会社",
    "合同会社",
    "(株)",
    "(有)",
    "주식회사",
    "유한회사",
    "(주)",
    "股份有限公司",
    "有限责任公司",
    "有限公司",
];

/// The plain form of a company's name; empty where the name has no letter or digit.
pub fn plain(name: &str) -> String {
    let folded = fold(name);
    let words = words(&folded);
    without_forms(&words).concat()
}

/// How alike two plain forms are, in thousandths, where they are alike.
pub fn likeness(a: &str, b: &str) -> Option<u16> {
    if a == b {
        return Some(1000);
    }
    let longer = a.chars().count().max(b.chars().count());
    if longer > LONGEST || !digits(a).eq(digits(b)) {
        return None;
    }
    let distance = strsim::levenshtein(a, b);
    let share = 1000 * longer.saturating_sub(distance) / longer.max(1);
    (distance <= allowed_slips(longer)).then_some(u16::try_from(share).unwrap_or(0))
}

/// The letters that may differ between two plain forms of which the longer has this many.
pub fn allowed_slips(longer: usize) -> usize {
    if longer > LONGEST { 0 } else { (longer * 12 / 100).min(MOST_SLIPS) }
}

fn digits(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|letter| letter.is_numeric())
}

/// Case, accents and compatibility forms dropped; unspaced legal forms cut out.
fn fold(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Owned(name.to_ascii_lowercase());
    }
    let decomposed = DecomposingNormalizer::new_nfkd().normalize(name);
    let unaccented: String = decomposed.chars().filter(|letter| !('\u{300}'..='\u{36f}').contains(letter)).collect();
    let composed = ComposingNormalizer::new_nfc().normalize(&unaccented);
    let mut folded = CaseMapper::new().fold_string(&composed).into_owned();
    for (letter, spelled) in [('ø', "o"), ('ł', "l"), ('đ', "d"), ('æ', "ae"), ('œ', "oe"), ('ı', "i")] {
        if folded.contains(letter) {
            folded = folded.replace(letter, spelled);
        }
    }
    for form in UNSPACED_FORMS {
        if folded.contains(form) {
            folded = folded.replace(form, " ");
        }
    }
    Cow::Owned(folded)
}

/// The words of a folded name (steps 2 and 3).
fn words(folded: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for letter in folded.chars().chain([' ']) {
        match letter {
            '\'' | '’' | '‘' | '`' | '´' => {}
            letter if letter.is_alphanumeric() => word.push(letter),
            _ => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                if matches!(letter, '&' | '+') {
                    words.push("and".to_owned());
                }
            }
        }
    }
    let inner = 1..words.len().saturating_sub(1);
    for (at, word) in words.iter_mut().enumerate() {
        if inner.contains(&at) && matches!(word.as_str(), "und" | "et" | "y" | "och" | "og") {
            *word = "and".to_owned();
        }
    }
    let mut joined: Vec<String> = Vec::new();
    let mut in_letters = false;
    for word in words {
        let letter = is_one_letter(&word);
        match joined.last_mut() {
            Some(letters) if letter && in_letters => letters.push_str(&word),
            _ => joined.push(word),
        }
        in_letters = letter;
    }
    joined
}

fn is_one_letter(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
}

/// Step 4; never the last word that is left.
fn without_forms(mut words: &[String]) -> &[String] {
    if let [first, rest @ ..] = words
        && !rest.is_empty()
        && (first == "the" || LEADING_FORMS.contains(&first.as_str()))
    {
        words = rest;
    }
    while let [before @ .., last] = words
        && let Some(cut) = closing_form(before, last)
        && cut < words.len()
    {
        words = words.get(..words.len() - cut).unwrap_or(&[]);
    }
    words
}

/// The words of the longest legal form, or of an `and` with nothing after it, that the last word ends.
fn closing_form(before: &[String], last: &str) -> Option<usize> {
    let forms = FORMS_BY_LAST_WORD.get(last)?;
    let fits = forms.iter().filter(|form| {
        before.iter().rev().zip(form.iter().rev()).filter(|(word, part)| word == part).count() == form.len()
    });
    fits.map(|form| form.len() + 1).max()
}

/// For each word that ends a form, what stands before it in each such form.
static FORMS_BY_LAST_WORD: LazyLock<FxHashMap<&str, Vec<Vec<&str>>>> = LazyLock::new(|| {
    let mut forms: FxHashMap<&str, Vec<Vec<&str>>> = FxHashMap::default();
    for form in LEGAL_FORMS.iter().flat_map(|(_, forms)| forms.split(", ")).chain(["and"]) {
        let mut words: Vec<&str> = form.split(' ').collect();
        if let Some(last) = words.pop() {
            forms.entry(last).or_default().push(words);
        }
    }
    forms
});
