//! Texts that pass some questions and fail others, or the proof that there is none.
//!
//! The subjects that hang together (an email and its domain) are looked at as one text. Candidates come from the literals and
//! patterns themselves.

use super::asked::{Asked, Axis, Subjects};
use super::values::closed_texts;
use crate::data::text::{code, fold, text};
use crate::graph::atoms::AtomSet;
use crate::policy::meaning::domain_of;
use crate::policy::{Predicate, Text, Type, Value};
use smol_str::SmolStr;

/// What is wished of one subject of a text.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The place of the subject.
    pub subject: usize,
    pub value: Option<AtomSet>,
    pub exact: Option<AtomSet>,
    /// Patterns by place, and whether they are to hold.
    pub patterns: Vec<(usize, bool)>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    Text(Text),
    /// No text is like this.
    None,
    /// Not decided.
    TooHard,
}

/// Looks for a text; the first wish is about the text itself, the others about its domain (or the domain of that).
pub fn realise(subjects: &Subjects, wishes: &[Wish]) -> Found {
    let Some(base) = wishes.first().and_then(|wish| subjects.get(wish.subject)) else { return Found::TooHard };
    let types: Vec<&Type> = base.fields.iter().map(|(_, field)| &field.ty).collect();
    let passes = |text: &Text| wishes.iter().all(|wish| passes(subjects, wish, text));
    let closed: Vec<Vec<Text>> = types.iter().filter_map(|ty| closed_texts(ty)).collect();
    if !types.is_empty() && closed.len() == types.len() {
        return closed.into_iter().flatten().find(passes).map_or(Found::None, Found::Text);
    }
    let email = types.iter().any(|ty| matches!(ty, Type::Email)) || base.fields.is_empty();
    let typed = !types.iter().any(|ty| matches!(ty, Type::Text | Type::Rep));
    let mut candidates = Vec::new();
    for wish in wishes {
        let Some(asked) = subjects.get(wish.subject) else { continue };
        candidates.extend(literals(asked, wish).map(|literal| (literal, asked.domain_of.is_some())));
        candidates.extend(from_patterns(asked, wish).into_iter().map(|text| (text, asked.domain_of.is_some())));
    }
    candidates.extend(USUAL.iter().map(|text| (SmolStr::new_static(text), false)));
    let texts = candidates.into_iter().flat_map(|(text, domain)| {
        let whole = (!domain).then(|| text.clone());
        let at = (domain || email).then(|| SmolStr::from(format!("ada@{text}")));
        [whole, at].into_iter().flatten()
    });
    let mut written = texts.flat_map(|folded| spellings(&folded, typed));
    written.find(passes).map_or(Found::TooHard, Found::Text)
}

/// Texts that nothing speaks of.
const USUAL: [&str; 12] = [
    "Northwind",
    "Acme",
    "zenith labs",
    "ada@northwind.test",
    "northwind.test",
    "10115",
    "SW1A 1AA",
    "75001",
    "94105",
    "en",
    "de",
    "x",
];

/// Whether a text is as one subject wishes: the subject's own text, or its domain.
fn passes(subjects: &Subjects, wish: &Wish, of: &Text) -> bool {
    let Some(asked) = subjects.get(wish.subject) else { return false };
    let own = subject_text(subjects, asked, of);
    let value = wish.value.as_ref().is_none_or(|atoms| atoms.contains(value_atom(asked, &own)));
    let exact = wish.exact.as_ref().is_none_or(|atoms| atoms.contains(exact_atom(asked, &own)));
    value
        && exact
        && wish.patterns.iter().all(|(at, wanted)| {
            asked.patterns.get(*at).is_some_and(|(pattern, _)| pattern_holds(pattern, &own) == *wanted)
        })
}

/// The text of a subject, where the text that it is taken from is this one.
pub fn subject_text(subjects: &Subjects, asked: &Asked, of: &Text) -> Text {
    match asked.domain_of.and_then(|place| subjects.get(place)) {
        Some(from) => code(domain_of(&subject_text(subjects, from, of).folded)),
        None => of.clone(),
    }
}

pub fn value_atom(asked: &Asked, text: &Text) -> u32 {
    match &asked.axis {
        Axis::Text(axis) => axis.atom(&text.folded),
        _ => 0,
    }
}

pub fn exact_atom(asked: &Asked, text: &Text) -> u32 {
    asked.exact.as_ref().map_or(0, |(_, axis)| axis.atom(&text.written))
}

pub fn pattern_holds(pattern: &Predicate, text: &Text) -> bool {
    pattern.holds(&Value::Text(text.clone()))
}

/// The literals of a subject that are in the atoms wished.
fn literals<'a>(asked: &'a Asked, wish: &'a Wish) -> impl Iterator<Item = SmolStr> + 'a {
    let wished = |literal: &&SmolStr| match (&asked.axis, &wish.value) {
        (Axis::Text(axis), Some(atoms)) => atoms.contains(axis.atom(literal)),
        _ => true,
    };
    asked.literals.iter().filter(wished).chain(&asked.exact_literals).cloned()
}

/// Needles of the patterns that are to hold, alone and one behind the other.
fn from_patterns(asked: &Asked, wish: &Wish) -> Vec<SmolStr> {
    let needles: Vec<(&SmolStr, bool)> = wish
        .patterns
        .iter()
        .filter(|(_, wanted)| *wanted)
        .filter_map(|(at, _)| match &asked.patterns.get(*at)?.0 {
            Predicate::Contains(part) | Predicate::HasWord(part) => Some((part, false)),
            Predicate::EndsWith(end) => Some((end, true)),
            _ => None,
        })
        .collect();
    let mut texts: Vec<SmolStr> = needles.iter().map(|(needle, _)| (*needle).clone()).collect();
    let inner: Vec<&str> = needles.iter().filter(|(_, end)| !end).map(|(needle, _)| needle.as_str()).collect();
    let end = needles.iter().filter(|(_, end)| *end).map(|(needle, _)| needle.as_str()).max_by_key(|end| end.len());
    for between in [" ", "", "-"] {
        let parts: Vec<&str> = inner.iter().copied().chain(end).collect();
        texts.push(parts.join(between).into());
        texts.push(["north", parts.join(between).as_str()].join(between).into());
        if end.is_none() {
            texts.push([parts.join(between).as_str(), "north"].join(between).into());
            texts.push(["north", parts.join(between).as_str(), "west"].join(between).into());
        }
    }
    if let Axis::Text(axis) = &asked.axis {
        let atoms = wish.value.iter().flat_map(|atoms| atoms.runs()).flat_map(|run| run.0..run.1.min(run.0 + 64));
        for (low, _) in atoms.filter_map(|atom| axis.other_interval(atom)) {
            let Ok(low) = std::str::from_utf8(low) else { continue };
            texts.extend(["", "0", "1", "-", " ", "a"].iter().map(|more| SmolStr::from(format!("{low}{more}"))));
            texts.extend(inner.iter().map(|needle| SmolStr::from(format!("{low} {needle}"))));
        }
    }
    texts
}

/// Ways in which a text may be spelled that all have one folded form.
fn spellings(folded: &str, typed: bool) -> Vec<Text> {
    if typed {
        return vec![code(folded)];
    }
    let capital: String = folded
        .split(' ')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
        })
        .collect::<Vec<_>>()
        .join(" ");
    let all = [capital, folded.to_owned(), folded.to_uppercase()].map(|written| text(&written));
    all.into_iter().filter(|text| !text.written.is_empty() && text.folded == fold(folded)).collect()
}
