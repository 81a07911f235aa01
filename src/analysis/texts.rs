//! Texts that pass some questions and fail others, or the proof that there is none.
//!
//! The subjects that hang together (an email and its domain) are looked at as one text. Candidates come from the literals and patterns
//! themselves, since those look real; where none will do, automata decide (product.rs).

mod product;

use super::asked::{Asked, Axis, Subjects};
use super::budget::Budget;
use crate::data::text::{code, fold, text};
use crate::data::{email, language, postal};
use crate::graph::atoms::AtomSet;
use crate::policy::meaning::domain_of;
use crate::policy::{Predicate, Text, Type, Value};
use product::{Machine, Shortest, shortest};
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
pub fn realise(subjects: &Subjects, wishes: &[Wish], budget: &Budget) -> Found {
    let Some(base) = wishes.first().and_then(|wish| subjects.get(wish.subject)) else { return Found::TooHard };
    let types: Vec<&Type> = base.fields.iter().map(|(_, field)| &field.ty).collect();
    let passes = |text: &Text| wishes.iter().all(|wish| passes(subjects, wish, text));
    if let (Some(closed), [own, ..]) = (&base.closed, wishes) {
        let wished = |atom: u32| own.value.as_ref().is_none_or(|atoms| atoms.contains(atom));
        let mut texts = closed.iter().filter(|(_, atom)| wished(*atom)).map(|(text, _)| text);
        return texts.find(|text| passes(text)).map_or(Found::None, |text| Found::Text(text.clone()));
    }
    let email = types.iter().any(|ty| matches!(ty, Type::Email)) || base.fields.is_empty();
    let typed = !types.iter().any(|ty| matches!(ty, Type::Text | Type::Rep));
    // Most texts are found among the first: the others are not made.
    let own = wishes.iter().filter_map(|wish| Some((wish, subjects.get(wish.subject)?))).flat_map(|(wish, asked)| {
        let all = literals(asked, wish).chain(std::iter::once_with(|| from_patterns(asked, wish)).flatten());
        all.map(|text| (text, asked.domain_of.is_some()))
    });
    let candidates = own.chain(USUAL.iter().map(|text| (SmolStr::new_static(text), false)));
    let like_type = |text: &Text| types.iter().any(|ty| is_like(ty, &text.folded));
    let texts = candidates.flat_map(|(text, domain)| {
        let whole = (!domain).then(|| text.clone());
        let at = (domain || email).then(|| SmolStr::from(format!("ada@{text}")));
        [whole, at].into_iter().flatten()
    });
    let exact = base.exact_literals.iter().map(|literal| text(literal));
    let written = texts.flat_map(|folded| spellings(&folded, typed)).chain(exact);
    let mut fits = written.filter(|text| passes(text));
    let first = fits.next();
    match first {
        Some(first) if types.is_empty() || like_type(&first) => Found::Text(first),
        // One that looks like its type is better, and one that does not is none.
        Some(_) => match fits.find(like_type) {
            Some(text) => Found::Text(text),
            None => by_automata(subjects, wishes, &types, typed, budget),
        },
        None => by_automata(subjects, wishes, &types, typed, budget),
    }
}

/// Bytes of texts that look real.
const PLAIN: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789 .-@_";

fn by_automata(subjects: &Subjects, wishes: &[Wish], types: &[&Type], typed: bool, budget: &Budget) -> Found {
    let Some(machines) = machines(subjects, wishes, types, |_| true) else { return Found::TooHard };
    let mut plain = PLAIN.to_vec();
    let asked = wishes.iter().filter_map(|wish| subjects.get(wish.subject));
    for (pattern, _) in asked.flat_map(|asked| &asked.patterns) {
        if let Predicate::Contains(text)
        | Predicate::EndsWith(text)
        | Predicate::HasWord(text)
        | Predicate::Matches(text) = pattern
        {
            plain.extend(text.bytes());
        }
    }
    plain.extend(if typed { b'A'..=b'Z' } else { b'a'..=b'a' });
    plain.sort_by_key(|byte| PLAIN.iter().position(|plain| plain == byte));
    plain.dedup();
    let passes = |text: &Text| wishes.iter().all(|wish| passes(subjects, wish, text));
    for bytes in [Some(plain.as_slice()), None] {
        match shortest(&machines, bytes, budget) {
            Shortest::Text(found) => {
                if let Some(text) = spellings(&found, typed).into_iter().find(|text| passes(text)) {
                    return Found::Text(text);
                }
            }
            Shortest::TooHard => return Found::TooHard,
            Shortest::None if bytes.is_none() => {
                // Expressions look at the text as written, all else at its folded form; so each must be refuted alone.
                let mixed =
                    wishes.iter().any(|wish| wish.patterns.iter().any(|(at, _)| is_expression(subjects, wish, *at)));
                if !mixed {
                    return Found::None;
                }
                let refuted = |machines: Option<Vec<Machine>>| {
                    machines.is_some_and(|machines| shortest(&machines, None, budget) == Shortest::None)
                };
                let alone = |wanted: bool| {
                    let only = |place: Option<(&Wish, usize)>| {
                        place.map_or(!wanted, |(wish, at)| is_expression(subjects, wish, at) == wanted)
                    };
                    self::machines(subjects, wishes, if wanted { &[] } else { types }, only)
                };
                return if refuted(alone(true)) || refuted(alone(false)) { Found::None } else { Found::TooHard };
            }
            Shortest::None => {}
        }
    }
    Found::TooHard
}

/// Whether a pattern is an expression, which is sought in the text as written.
fn is_expression(subjects: &Subjects, wish: &Wish, at: usize) -> bool {
    let pattern = subjects.get(wish.subject).and_then(|asked| asked.patterns.get(at));
    matches!(pattern, Some((Predicate::Matches(_), _)))
}

/// What is wished, as automata. `wanted` says of a pattern of a wish, or of the values if none, whether it is taken in. What is wished of
/// spellings to the letter is left out: what is found is looked at again.
fn machines(
    subjects: &Subjects,
    wishes: &[Wish],
    types: &[&Type],
    wanted: impl Fn(Option<(&Wish, usize)>) -> bool,
) -> Option<Vec<Machine>> {
    // Only what is text at all.
    let mut machines = vec![Machine::is("(?s:.)+", true, false)?];
    if let [ty] = types {
        machines.push(Machine::is(looks(ty), true, false)?);
    }
    for wish in wishes {
        let asked = subjects.get(wish.subject)?;
        let domain = asked.domain_of.is_some();
        if let (Axis::Text(axis), Some(atoms), true) = (&asked.axis, &wish.value, wanted(None)) {
            machines.push(Machine::value(axis, &asked.literals, atoms.clone(), domain));
        }
        for (at, holds) in wish.patterns.iter().filter(|(at, _)| wanted(Some((wish, *at)))) {
            let word = r"[\p{Alphabetic}\p{N}]";
            let expression = match &asked.patterns.get(*at)?.0 {
                Predicate::Contains(part) => regex::escape(part),
                Predicate::EndsWith(end) => format!("{}$", regex::escape(end)),
                Predicate::HasWord(part) => format!("(?:^|[^{word}]){}(?:$|[^{word}])", regex::escape(part)),
                Predicate::Matches(pattern) => pattern.to_string(),
                _ => return None,
            };
            machines.push(Machine::found(&expression, is_expression(subjects, wish, *at), *holds, domain)?);
        }
    }
    Some(machines)
}

/// What every folded text of a type looks like, though more than those may.
fn looks(ty: &Type) -> &'static str {
    match ty {
        Type::Email => r#"[^\s<>,;()"@A-Z]+@[a-z0-9_-]+(?:\.[a-z0-9_-]+)+"#,
        Type::Domain => r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+",
        Type::PostalCode { .. } => r"[0-9A-Z](?:[0-9A-Z -]*[0-9A-Z])?",
        Type::Language => r"[a-z]{2,3}(?:-[A-Za-z0-9]{1,8})*",
        _ => r"[^A-Z\s](?s:[^A-Z]*[^A-Z\s])?",
    }
}

/// Whether a lead's reader would make this text of itself.
fn is_like(ty: &Type, text: &str) -> bool {
    match ty {
        Type::Email => email::email(text).as_deref() == Some(text),
        Type::Domain => email::domain(text).as_deref() == Some(text),
        Type::Language => language::tag(text).as_deref() == Some(text),
        Type::PostalCode { .. } => postal::read(text, None).is_some_and(|read| read.code == text),
        _ => true,
    }
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
    let wished = |atom: u32| wish.value.as_ref().is_none_or(|atoms| atoms.contains(atom));
    let literals = asked.literals.iter().zip(&asked.literal_atoms).filter(move |(_, atom)| wished(**atom));
    literals.map(|(literal, _)| literal.clone()).chain(asked.exact_literals.iter().map(|text| fold(text)))
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
