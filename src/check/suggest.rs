//! "Did you mean": the name closest to one that nobody declared.

/// Words longer than this are nobody's typing mistake, and comparing them costs their product.
const LONGEST: usize = 64;

/// How many comparisons one run may spend, so that a policy of ten thousand broken names is still answered at once.
const COMPARISONS: u32 = 200_000;

/// Finds close names, until its comparisons are spent.
#[derive(Debug)]
pub(super) struct Suggester {
    left: u32,
}

impl Default for Suggester {
    fn default() -> Self {
        Suggester { left: COMPARISONS }
    }
}

impl Suggester {
    /// The name that differs from `word` in the fewest letters (Damerau-Levenshtein), if it is fewer than a third of them; the first
    /// of several that are equally close.
    pub(super) fn closest<'n>(&mut self, word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        if word.len() > LONGEST {
            return None;
        }
        let word = fold(word);
        let allowed = (word.chars().count() / 3).max(1);
        let mut best: Option<(usize, &str)> = None;
        for name in names {
            if self.left == 0 {
                return None;
            }
            if name.len() > LONGEST || name.len().abs_diff(word.len()) > allowed + 2 {
                continue;
            }
            self.left -= 1;
            let distance = strsim::damerau_levenshtein(&word, &fold(name));
            if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, name));
            }
        }
        best.map(|(_, name)| name)
    }
}

/// Case and the three ways to join words are not what sets two names apart.
fn fold(word: &str) -> String {
    word.to_lowercase().replace(['-', ' '], "_")
}
