//! Where the grammar could not go on: what stands there, what could, and what the author may have meant.

use super::clip;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::Comment;
use crate::syntax::rule_names::Words;
use crate::syntax::scan::{self, ITEM_WORDS};

/// Where the grammar could not go on.
#[derive(Debug)]
pub struct Failure<'t> {
    pub file: FileId,
    /// The whole file.
    pub text: &'t str,
    /// All comments of the file.
    pub comments: &'t [Comment],
    /// The byte at which nothing fits.
    pub at: usize,
    /// What was not understood: from here ...
    pub start: usize,
    /// ... to here.
    pub end: usize,
    /// It is a whole item rather than a clause.
    pub item: bool,
    /// What would have fitted.
    pub expected: Vec<Words>,
}

/// The message for a failure: one made for the mistake where it is a common one, or else what was expected.
pub fn syntax_error(failure: &Failure<'_>) -> Diagnostic {
    let made = [comma, range, date, unknown_item, sign, question, upper_case, reserved, condition, points];
    made.iter().find_map(|message| message(failure)).unwrap_or_else(|| expected(failure))
}

/// The words that hold a policy together; the grammar has them as `reserved`.
pub const RESERVED: [&str; 26] = [
    "and",
    "or",
    "not",
    "in",
    "is",
    "of",
    "when",
    "where",
    "then",
    "else",
    "otherwise",
    "any",
    "missing",
    "present",
    "match",
    "assign",
    "sla",
    "priority",
    "rule",
    "continue",
    "only",
    "by",
    "from",
    "to",
    "required",
    "like",
];

impl Failure<'_> {
    /// The token at which nothing fits; empty at the end of the clause.
    fn found(&self) -> &str {
        let rest = self.text.get(self.at..self.end).unwrap_or("");
        let Some(first) = rest.chars().next() else { return "" };
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let length = if first == '"' {
            rest.char_indices().skip(1).find(|&(_, letter)| matches!(letter, '"' | '\n')).map(|(at, _)| at + 1)
        } else if is_word(first) {
            rest.char_indices().find(|&(_, letter)| !is_word(letter) && letter != '-').map(|(at, _)| at)
        } else {
            Some(first.len_utf8())
        };
        rest.get(..length.unwrap_or(rest.len())).unwrap_or(rest)
    }

    fn found_span(&self) -> Span {
        Span::new(self.file, self.at, self.at + self.found().len())
    }

    /// What follows the token.
    fn after(&self) -> &str {
        self.text.get(self.at + self.found().len()..self.end).unwrap_or("")
    }

    fn code_before(&self) -> &str {
        self.text.get(..scan::end_of_code(self.text, self.comments, self.at)).unwrap_or("")
    }

    /// The token before the failure, with where it starts.
    fn token_before(&self) -> (usize, &str) {
        let code = self.code_before();
        let is_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
        let word = code.trim_end_matches(is_word);
        let start =
            if word.len() < code.len() { word.len() } else { code.char_indices().last().map_or(0, |(at, _)| at) };
        (start, code.get(start..).unwrap_or(""))
    }

    /// Whether a name fits here.
    fn expects_name(&self) -> bool {
        let names =
            |thing: &str| ["a name", "a field", "a column", "a calendar"].iter().any(|name| thing.starts_with(name));
        self.expected.iter().any(|words| matches!(words, Words::Thing(thing) if names(thing)))
    }

    fn expects_value(&self) -> bool {
        self.expected
            .iter()
            .any(|words| matches!(words, Words::Thing("a value" | "a value, `any`, `missing` or `present`")))
    }

    /// All words of the language that fit, also those named inside a longer description.
    fn expected_words(&self) -> Vec<&'static str> {
        let mut words = Vec::new();
        for expected in &self.expected {
            match expected {
                Words::Keyword(word) => words.push(*word),
                Words::Thing(thing) => {
                    let quoted = thing.split('`').skip(1).step_by(2);
                    words.extend(quoted.filter_map(|text| text.split(' ').next()).filter(|word| is_lower_word(word)));
                }
                Words::Junk | Words::Silent => {}
            }
        }
        words
    }

    fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.found_span(), message)
    }
}

fn is_lower_word(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
}

fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

/// `in a, b,` and nothing more.
fn comma(failure: &Failure<'_>) -> Option<Diagnostic> {
    let found = failure.found();
    let (at, before) = failure.token_before();
    let at_comma = found == "," && {
        let next = failure.after().trim_start_matches(scan::is_blank);
        next.is_empty() || next.starts_with('}')
    };
    let behind_comma = before == "," && (found.is_empty() || found == "}" || RESERVED.contains(&found));
    let at = if at_comma { failure.at } else { at };
    (at_comma || behind_comma).then(|| {
        let span = Span::new(failure.file, at, at + 1);
        Diagnostic::error("list-ends-in-comma", span, "nothing follows this comma")
            .help("take it out, or write what is missing after it")
            .fix(span, "")
    })
}

/// `1000 ..`, `0.. 100`
fn range(failure: &Failure<'_>) -> Option<Diagnostic> {
    let rest = failure.text.get(failure.at..failure.end).unwrap_or("");
    let code = failure.code_before();
    let blank = Span::new(failure.file, code.len(), failure.at);
    let is_split = (rest.starts_with("..") || code.ends_with("..")) && code.len() < failure.at && !rest.is_empty();
    let same_line = !failure.text.get(code.len()..failure.at).unwrap_or("").contains('\n');
    (is_split && same_line).then(|| {
        let (start, before) = failure.token_before();
        let after = rest.trim_start_matches('.');
        let end = after.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(after.len());
        let end = failure.at + rest.len() - after.len() + end;
        let joined = format!("{before}{}", failure.text.get(failure.at..end).unwrap_or(""));
        Diagnostic::error("syntax-error", Span::new(failure.file, start, end), "a range has no blank inside")
            .help(format!("write `{}`", clip(&joined)))
            .fix(blank, "")
    })
}

/// `2026-03`, `3/4`
fn date(failure: &Failure<'_>) -> Option<Diagnostic> {
    let (start, before) = failure.token_before();
    let rest = failure.text.get(failure.at..failure.end).unwrap_or("");
    let mut letters = rest.chars();
    let goes_on = matches!(letters.next(), Some('-' | '/')) && letters.next().is_some_and(|next| next.is_ascii_digit());
    (goes_on && is_number(before) && start + before.len() == failure.at).then(|| {
        let length = rest.find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, '-' | '/' | '.'));
        let end = failure.at + length.unwrap_or(rest.len());
        let token = failure.text.get(start..end).unwrap_or("");
        let span = Span::new(failure.file, start, end);
        Diagnostic::error("bad-date", span, format!("`{}` is no date: a date is written year-month-day", clip(token)))
            .help("write a day as `2026-03-04`")
    })
}

fn unknown_item(failure: &Failure<'_>) -> Option<Diagnostic> {
    let found = failure.found();
    if !failure.item
        || failure.at != failure.start
        || !found.starts_with(char::is_alphabetic)
        || ITEM_WORDS.contains(&found)
    {
        return None;
    }
    if !scan::opens_line(failure.text, failure.at) {
        return None;
    }
    let diagnostic = failure.error("unknown-item", format!("`{}` starts no item", clip(found)));
    if let Some(word) = closest(&found.to_lowercase(), &ITEM_WORDS) {
        return Some(diagnostic.help(format!("did you mean `{word}`?")).fix(failure.found_span(), word));
    }
    Some(match found {
        "rule" | "otherwise" | "continue" | "match" | "assign" => {
            diagnostic.help(format!("`{found}` stands inside `route NAME {{ ... }}`"))
        }
        "rep" | "members" | "manager" => diagnostic.help(format!("`{found}` stands inside `team NAME {{ ... }}`")),
        "timezone" => diagnostic.help("`timezone` stands inside `policy \"...\" { ... }`"),
        _ => {
            diagnostic.help("an item starts with a word such as `lead`, `list`, `segment`, `team`, `queue` or `route`")
        }
    })
}

/// Signs that other languages have.
fn sign(failure: &Failure<'_>) -> Option<Diagnostic> {
    let rest = failure.text.get(failure.at..failure.end).unwrap_or("");
    let first = rest.chars().next()?;
    let one = failure.found_span();
    let say = |code, message: &str, help: &str| Some(failure.error(code, message).help(help));
    match first {
        ';' => {
            let message = "`;` means nothing: a clause ends where the next one starts";
            Some(failure.error("syntax-error", message).help("take it out").fix(one, ""))
        }
        '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '`' => {
            let quotes = ['\'', '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '`'];
            let inner = rest.get(first.len_utf8()..)?;
            let diagnostic =
                failure.error("bad-character", format!("`{first}` quotes nothing: a text stands between `\"`"));
            let line = inner.lines().next().unwrap_or("");
            Some(match line.char_indices().find(|(_, letter)| quotes.contains(letter)) {
                Some((end, close)) => {
                    let text = line.get(..end).unwrap_or("");
                    let span =
                        Span::new(failure.file, failure.at, failure.at + first.len_utf8() + end + close.len_utf8());
                    diagnostic.help(format!("write `\"{}\"`", clip(text))).fix(span, format!("\"{text}\""))
                }
                None => diagnostic.help("write `\"...\"`"),
            })
        }
        '/' if rest.starts_with("//") || rest.starts_with("/*") => {
            say("syntax-error", "a comment starts with `#`", "write `# ...`")
        }
        '-' if is_inside_word(failure) => {
            let (start, before) = failure.token_before();
            let rest = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_');
            let end = rest.map_or(failure.end, |length| failure.at + length);
            let name = format!("{before}{}", failure.text.get(failure.at..end).unwrap_or(""));
            let span = Span::new(failure.file, start, end);
            let message = format!("`{}` is no name: a name has no `-`", clip(&name));
            let help = format!("write `{}`, or quote it: `\"{name}\"`", name.replace('-', "_"));
            Some(Diagnostic::error("syntax-error", span, message).help(help).fix(span, format!("\"{name}\"")))
        }
        '-' if rest.starts_with("--") => say("syntax-error", "a comment starts with `#`", "write `# ...`"),
        '[' | ']' => say("syntax-error", "a list needs no brackets", "write the values with commas: `DE, AT, CH`"),
        '@' => say("bad-character", "`@` stands only inside quotes", "quote an email: `\"ana@acme.test\"`"),
        '$' | '\u{20AC}' | '\u{A3}' => {
            let message = format!("`{first}` is no currency here");
            say("bad-character", &message, "write the number and the currency's code: `5_000 USD`")
        }
        '\u{2013}' | '\u{2014}' | '\u{2212}' => {
            Some(failure.error("bad-character", format!("`{first}` is not `-`")).help("write `-`").fix(one, "-"))
        }
        '\u{2265}' => {
            Some(failure.error("bad-character", "`\u{2265}` is written `>=`").help("write `>=`").fix(one, ">="))
        }
        '\u{2264}' => {
            Some(failure.error("bad-character", "`\u{2264}` is written `<=`").help("write `<=`").fix(one, "<="))
        }
        '\u{2260}' => {
            Some(failure.error("bad-character", "`\u{2260}` is written `!=`").help("write `!=`").fix(one, "!="))
        }
        '\u{2026}' => {
            Some(failure.error("bad-character", "`\u{2026}` is written `..`").help("write `..`").fix(one, ".."))
        }
        _ if first.is_alphabetic() && !first.is_ascii() => {
            let (start, before) = failure.token_before();
            let start = if start + before.len() == failure.at { start } else { failure.at };
            let span = Span::new(failure.file, start, failure.at + failure.found().len());
            let word = failure.text.get(start..span.end as usize).unwrap_or("");
            let message = format!("`{}` has letters other than a to z", clip(word));
            let quoted = format!("\"{word}\"");
            Some(
                Diagnostic::error("bad-character", span, message)
                    .help(format!("quote it: `{}`", clip(&quoted)))
                    .fix(span, quoted),
            )
        }
        '{' | '}' | '(' | ')' | '"' | ',' | '.' | '=' | '<' | '>' | '!' | '|' | '&' | '+' | '-' | '_' | ':' | '%'
        | '/' | '#' => None,
        _ if first.is_ascii_alphanumeric() => None,
        _ => say("bad-character", &format!("`{first}` means nothing in a policy"), "take it out, or quote the text"),
    }
}

/// Whether the failure is at a character that goes on with a word.
fn is_inside_word(failure: &Failure<'_>) -> bool {
    let (start, before) = failure.token_before();
    let goes_on = |letter: char| letter.is_ascii_alphanumeric();
    is_lower_word(before) && start + before.len() == failure.at && failure.after().starts_with(goes_on)
}

/// `is DE`, `is not missing`
fn question(failure: &Failure<'_>) -> Option<Diagnostic> {
    let (start, before) = failure.token_before();
    let found = failure.found();
    if before != "is" || found.is_empty() {
        return None;
    }
    let question = failure.error("syntax-error", "`is` asks only for `missing` and `present`");
    let span = Span::new(failure.file, start, failure.at + found.len());
    if found == "not" {
        let next = failure.after().trim_start();
        if next.starts_with("missing") {
            let end = failure.end - next.len() + "missing".len();
            return Some(question.help("write `is present`").fix(Span::new(failure.file, start, end), "is present"));
        }
        return Some(question.help("compare with `!=` or `not in`").fix(span, "!="));
    }
    Some(question.help("compare with `=` or `in`").fix(Span::new(failure.file, start, start + before.len()), "="))
}

/// `WHEN`, `Retail`
fn upper_case(failure: &Failure<'_>) -> Option<Diagnostic> {
    let found = failure.found();
    let has_upper = found.chars().any(char::is_uppercase) && found.is_ascii();
    if !has_upper || found.starts_with('"') {
        return None;
    }
    let lower = found.to_lowercase();
    if failure.expected_words().contains(&lower.as_str()) {
        return Some(super::other_spelling(failure.found_span(), found, &lower));
    }
    let quoted = format!("\"{found}\"");
    if failure.expects_value() {
        let message = format!("`{}` is neither a word in lower case nor a code such as `DE`", clip(found));
        return Some(
            failure
                .error("syntax-error", message)
                .help(format!("quote it: `{quoted}`"))
                .fix(failure.found_span(), quoted),
        );
    }
    failure.expects_name().then(|| {
        failure
            .error("syntax-error", format!("`{}` is no name: names are in lower case", clip(found)))
            .help(format!("write `{}`, or quote it: `{quoted}`", lower.replace('-', "_")))
            .fix(failure.found_span(), quoted)
    })
}

fn reserved(failure: &Failure<'_>) -> Option<Diagnostic> {
    let found = failure.found();
    let takes_words = failure.expects_name() || failure.expects_value();
    // Where another clause follows, something is missing: the word is where it belongs.
    if !takes_words || !RESERVED.contains(&found) || failure.expected_words().contains(&found) {
        return None;
    }
    let what = if failure.expects_value() { "value" } else { "name" };
    Some(
        failure
            .error("reserved-word", format!("`{found}` is a word of the language, not a {what}"))
            .help(format!("write a {what} before it, or quote it: `\"{found}\"`"))
            .fix(failure.found_span(), format!("\"{found}\"")),
    )
}

/// A condition where a clause of a rule is expected, or one without `when`.
fn condition(failure: &Failure<'_>) -> Option<Diagnostic> {
    let words = failure.expected_words();
    let found = failure.found();
    let starts_condition = is_lower_word(found) || found == "(";
    if !starts_condition {
        return None;
    }
    if words.contains(&"when") && matches!(found, "if" | "where" | "unless") {
        return Some(super::other_spelling(failure.found_span(), found, "when"));
    }
    let next = failure.after().trim_start();
    let compares = [
        "=",
        "!",
        "<",
        ">",
        "in ",
        "is ",
        "has ",
        "not in ",
        "starts ",
        "ends ",
        "contains ",
        "matches ",
        "and ",
        "or ",
    ];
    let compares = found == "not" || found == "(" || compares.iter().any(|sign| next.starts_with(sign));
    if !compares || closest(found, &words).is_some() {
        return None;
    }
    let word = ["match", "when", "where"].into_iter().find(|word| words.contains(word))?;
    let line = failure.text.get(failure.at..failure.end).unwrap_or("");
    let before = Span::new(failure.file, failure.at, failure.at);
    Some(
        failure
            .error("syntax-error", format!("a condition without `{word}`"))
            .help(format!("write `{word} {}`", clip(line)))
            .fix(before, format!("{word} ")),
    )
}

/// `40 when ...` in a score.
fn points(failure: &Failure<'_>) -> Option<Diagnostic> {
    let wants_points = failure.expected.iter().any(|words| matches!(words, Words::Thing("points such as `+10`")));
    let found = failure.found();
    (wants_points && is_number(found)).then(|| {
        failure
            .error("syntax-error", format!("the points `{}` have no sign", clip(found)))
            .help(format!("write `+{}`", clip(found)))
            .fix(Span::new(failure.file, failure.at, failure.at), "+")
    })
}

/// What was expected, and what was found.
fn expected(failure: &Failure<'_>) -> Diagnostic {
    let found = failure.found();
    let wanted = wanted(failure);
    let diagnostic = if found.is_empty() || found == "}" {
        let (start, before) = failure.token_before();
        let span = Span::new(failure.file, start, start + before.len());
        let message = match wanted {
            Some(wanted) => format!("expected {wanted} after `{}`", clip(before)),
            None => format!("`{}` is not the end", clip(before)),
        };
        Diagnostic::error("syntax-error", span, message)
    } else {
        match wanted {
            Some(wanted) => failure.error("syntax-error", format!("expected {wanted}, found `{}`", clip(found))),
            None => failure.error("syntax-error", format!("`{}` cannot stand here", clip(found))),
        }
    };
    if let Some(word) = closest(&found.to_lowercase(), &failure.expected_words()) {
        return diagnostic.help(format!("did you mean `{word}`?")).fix(failure.found_span(), word);
    }
    // A misspelled word may have been read as a name or a value: what follows it is where that shows.
    let (start, before) = failure.token_before();
    match closest(before, &CLAUSE_WORDS).filter(|_| is_lower_word(found) || found.starts_with('"')) {
        Some(word) => {
            let span = Span::new(failure.file, start, start + before.len());
            diagnostic.help(format!("did you mean `{word}` where `{before}` stands?")).fix(span, word)
        }
        None => diagnostic,
    }
}

/// Words before a name that are often misspelled.
const CLAUSE_WORDS: [&str; 12] =
    ["pool", "queue", "team", "rep", "sla", "rule", "assign", "match", "priority", "when", "and", "or"];

/// What would have fitted, as a list in words.
fn wanted(failure: &Failure<'_>) -> Option<String> {
    let mut wanted: Vec<String> = Vec::new();
    let is_comparison = |words: &Words| matches!(words, Words::Thing(thing) if COMPARISONS.contains(thing));
    let compares = failure.expected.iter().filter(|words| is_comparison(words)).count() > 3;
    for words in &failure.expected {
        match words {
            Words::Keyword(word) => wanted.push(format!("`{word}`")),
            Words::Thing("the end") if failure.item => wanted.push("the next item".to_string()),
            Words::Thing("the end") => wanted.push("the next clause".to_string()),
            Words::Thing(_) if compares && is_comparison(words) => {}
            Words::Thing(thing) => wanted.push(thing.to_string()),
            Words::Junk | Words::Silent => {}
        }
    }
    if compares {
        wanted.insert(0, "a comparison such as `=` or `in`".to_string());
    }
    let last = wanted.pop()?;
    Some(if wanted.is_empty() { last } else { format!("{} or {last}", wanted.join(", ")) })
}

/// The signs and words that compare, as rule_names.rs has them.
const COMPARISONS: [&str; 7] = [
    "`=`",
    "`in`",
    "`!=`, `<` or `>`",
    "`not in`",
    "`starts with`, `ends with`, `contains` or `matches`",
    "`has word`, `has any of`, `has all of` or `has none of`",
    "`is missing` or `is present`",
];

/// The word that a misspelled one is closest to.
fn closest<'w>(found: &str, words: &[&'w str]) -> Option<&'w str> {
    if found.len() < 3 || found.len() > 30 || words.contains(&found) {
        return None;
    }
    let most = if found.len() < 5 { 1 } else { 2 };
    let distance = |word: &str| strsim::damerau_levenshtein(found, word);
    let near = words.iter().filter(|word| distance(word) <= most);
    near.min_by_key(|word| distance(word)).copied()
}
