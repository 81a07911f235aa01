//! The patterns that conditions ask of one text, found in one pass over it.

use super::atoms::FlagId;
use crate::policy::Predicate;
use crate::policy::meaning::{is_word_at, pattern_regex};
use aho_corasick::AhoCorasick;
use regex::Regex;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// A flag for each pattern. All needles are sought together (Aho and Corasick, "Efficient string matching", CACM 1975), so that
/// hundreds of patterns cost about what one does.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    needles: Option<AhoCorasick>,
    /// What is asked of each needle.
    asked: Vec<Vec<(Place, FlagId)>>,
    expressions: Vec<(Regex, FlagId)>,
    /// Flags of the empty needle, which stands in every text and at its end.
    always: Vec<FlagId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Anywhere,
    End,
    Word,
}

impl Patterns {
    pub fn new<'a>(patterns: impl Iterator<Item = (&'a Predicate, FlagId)>) -> Self {
        let mut all = Patterns::default();
        let mut numbers: FxHashMap<&SmolStr, usize> = FxHashMap::default();
        for (pattern, flag) in patterns {
            let (needle, place) = match pattern {
                Predicate::Contains(part) => (part, Place::Anywhere),
                Predicate::EndsWith(end) => (end, Place::End),
                Predicate::HasWord(word) => (word, Place::Word),
                Predicate::Matches(expression) => {
                    all.expressions.extend(pattern_regex(expression).map(|regex| (regex, flag)));
                    continue;
                }
                _ => continue,
            };
            if needle.is_empty() {
                all.always.extend((place != Place::Word).then_some(flag));
                continue;
            }
            let next = numbers.len();
            let number = *numbers.entry(needle).or_insert(next);
            if number == all.asked.len() {
                all.asked.push(Vec::new());
            }
            if let Some(asked) = all.asked.get_mut(number) {
                asked.push((place, flag));
            }
        }
        let mut needles: Vec<_> = numbers.into_iter().collect();
        needles.sort_unstable_by_key(|(_, number)| *number);
        if !needles.is_empty() {
            all.needles = AhoCorasick::new(needles.iter().map(|(needle, _)| needle.as_str())).ok();
        }
        all
    }

    pub fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.expressions.is_empty() && self.always.is_empty()
    }

    /// Adds the flags of the patterns that hold.
    #[inline]
    pub fn find(&self, folded: &str, written: &str, flags: &mut Vec<FlagId>) {
        let first = flags.len();
        flags.extend_from_slice(&self.always);
        if let Some(needles) = &self.needles {
            for found in needles.find_overlapping_iter(folded) {
                for (place, flag) in self.asked.get(found.pattern().as_usize()).into_iter().flatten() {
                    let holds = match place {
                        Place::Anywhere => true,
                        Place::End => found.end() == folded.len(),
                        Place::Word => is_word_at(folded, found.start(), found.end()),
                    };
                    if holds && flags.iter().skip(first).all(|known| known != flag) {
                        flags.push(*flag);
                    }
                }
            }
        }
        let matching = self.expressions.iter().filter(|(regex, _)| regex.is_match(written));
        flags.extend(matching.map(|(_, flag)| *flag));
    }
}
