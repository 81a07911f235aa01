//! Layout has no meaning: the same words and signs on other lines, with other blanks and comments, are the same policy.

use crate::syntax::{corpus, read, tree};
use proptest::prelude::*;
use std::sync::LazyLock;

/// A word, a text or a sign, and whether something may stand between it and the one before.
struct Token<'t> {
    text: &'t str,
    apart: bool,
}

const SIGNS: [char; 5] = ['{', '}', '(', ')', ','];

/// The tokens of a policy without its comments. An amount with its currency and a day with its time of day are one.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text.trim_start_matches('\u{FEFF}');
    let mut blanks = "\n";
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' | '"' => {
                let body = &rest[1..];
                match first {
                    '#' => 1 + body.find(['\n', '\r']).unwrap_or(body.len()),
                    _ => 2 + body.match_indices('"').find(|(at, _)| !body[..*at].ends_with('\\')).unwrap().0,
                }
            }
            _ if first.is_whitespace() => rest.find(|next: char| !next.is_whitespace()).unwrap_or(rest.len()),
            _ if SIGNS.contains(&first) => 1,
            _ => rest.find(|next: char| next.is_whitespace() || "#\"{}(),".contains(next)).unwrap_or(rest.len()),
        };
        let (token, behind) = rest.split_at(length);
        rest = behind;
        if first == '#' || first.is_whitespace() {
            blanks = if first == '#' || !blanks.is_empty() { "\n" } else { token };
            continue;
        }
        let before = tokens.last().map_or("", |token| token.text);
        let is_sign = |token: &str| token.starts_with(SIGNS);
        let counted =
            before.starts_with(|first: char| first.is_ascii_digit() || first == '-') && !blanks.contains('\n');
        let currency = token.len() == 3 && token.chars().all(|letter| letter.is_ascii_uppercase());
        let clock = before.contains('-') && token.contains(':');
        if counted && !blanks.is_empty() && (currency || clock) {
            let start = before.as_ptr() as usize - text.as_ptr() as usize;
            let end = token.as_ptr() as usize - text.as_ptr() as usize + token.len();
            tokens.last_mut().unwrap().text = &text[start..end];
        } else {
            tokens.push(Token { text: token, apart: !blanks.is_empty() || is_sign(before) || is_sign(token) });
        }
        blanks = "";
    }
    tokens
}

const GAPS: [&str; 8] = [" ", "\n", "\r\n", "\r", "\t", "\n  ", " # {\n", "\n# queue x (\n\n"];

fn lay_out(tokens: &[Token], mut gap: impl FnMut() -> usize) -> String {
    let place = |token: &Token| [if token.apart { GAPS[gap() % GAPS.len()] } else { "" }, token.text].concat();
    tokens.iter().map(place).collect()
}

static POLICIES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let mut policies = corpus();
    policies.retain(|(name, text)| (name.starts_with("good-") || name == "worked-example") && !read(text).has_errors());
    policies
});

fn same(name: &str, text: &str, laid_out: &str) {
    let again = read(laid_out);
    let told: Vec<_> = again.diagnostics.iter().map(|told| (&told.code, &told.message, told.primary.span)).collect();
    assert!(told.is_empty(), "{name}: {told:?}\n{laid_out}");
    assert_eq!(tree(&again.file), tree(&read(text).file), "{name}\n{laid_out}");
}

#[test]
fn one_word_a_line() {
    assert!(POLICIES.len() > 3);
    for (name, text) in POLICIES.iter() {
        for gap in 0..GAPS.len() {
            same(name, text, &lay_out(&tokens(text), || gap));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn layout_has_no_meaning(policy in any::<prop::sample::Index>(), gaps in prop::collection::vec(0..GAPS.len(), 1..200)) {
        let (name, text) = policy.get(&POLICIES);
        let mut gaps = gaps.into_iter().cycle();
        same(name, text, &lay_out(&tokens(text), || gaps.next().unwrap_or(0)));
    }
}
