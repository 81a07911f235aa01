//! The text of a correct policy as tokens: what is printed again, and where the author broke lines.

use crate::syntax::Comment;

/// What a token is to the printer. The grammar knows more kinds; only these differ in how they are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Words, numbers, quoted texts, ranges.
    Plain,
    Open,
    Close,
    Comment,
}

#[derive(Debug, Clone, Copy)]
pub struct Token<'t> {
    pub kind: TokenKind,
    pub text: &'t str,
    pub start: usize,
    /// How many line ends stand before it, up to 2.
    pub newlines: usize,
}

/// The tokens of a text that was read without an error; `comments` are those of the parse.
pub fn tokens<'t>(text: &'t str, comments: &[Comment]) -> Vec<Token<'t>> {
    let mut tokens = Vec::new();
    let mut comments = comments.iter();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let trimmed = rest.trim_start_matches(|letter| letter <= ' ' || letter == '\u{FEFF}');
        let newlines = newlines(rest.get(..rest.len() - trimmed.len()).unwrap_or("")).min(2);
        let start = at + rest.len() - trimmed.len();
        let Some(first) = trimmed.chars().next() else { break };
        let (kind, length) = match first {
            '{' => (TokenKind::Open, 1),
            '}' => (TokenKind::Close, 1),
            '#' => (TokenKind::Comment, comments.next().map_or(trimmed.len(), |comment| comment.text.len())),
            _ => (TokenKind::Plain, plain_length(trimmed)),
        };
        let Some(text) = trimmed.get(..length) else { break };
        tokens.push(Token { kind, text, start, newlines });
        at = start + length;
    }
    tokens
}

/// Line ends, with CR LF as one.
fn newlines(blank: &str) -> usize {
    let feeds = memchr::memchr_iter(b'\n', blank.as_bytes()).count();
    let returns = memchr::memchr_iter(b'\r', blank.as_bytes()).count();
    feeds.max(returns)
}

/// The length of the plain token that a text starts with, at least one character.
///
/// What the grammar wants unbroken stays in one token: `"94000".."96199"`, `account.owner`, `10:00`. What may be written without
/// blanks is cut: `a>=1`, `x->pool y`, `50%control`.
fn plain_length(text: &str) -> usize {
    let mut length = 0;
    loop {
        let rest = text.get(length..).unwrap_or("");
        let run = if rest.starts_with('"') { quoted_length(rest) } else { word_length(rest) };
        length += run;
        let next = text.get(length..).unwrap_or("");
        let joined = text.get(..length).is_some_and(|done| done.ends_with('.')) || next.starts_with('.');
        if run == 0 || !joined || !next.starts_with(|letter| letter == '"' || is_word(letter)) {
            break;
        }
    }
    if length > 0 { length } else { sign_length(text) }
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | ':' | '+' | '-' | '/')
}

fn word_length(text: &str) -> usize {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|&(_, next)| next);
        match letter {
            '%' => return at + 1,
            ':' if !next.is_some_and(|next| next.is_ascii_digit()) => return at + 1,
            '-' if next == Some('>') => return at,
            _ if is_word(letter) => {}
            _ => return at,
        }
    }
    text.len()
}

fn quoted_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `,`, `(`, `)`, `|`, `->` and the signs of comparison.
fn sign_length(text: &str) -> usize {
    let is_sign = |letter: &char| matches!(letter, '=' | '!' | '<' | '>');
    match text.chars().next() {
        Some('-') => 2.min(text.len()),
        Some(first) if is_sign(&first) => text.chars().take_while(is_sign).count(),
        Some(first) => first.len_utf8(),
        None => 0,
    }
}
