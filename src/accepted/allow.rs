//! `# allow CODE: reason`: a finding that is accepted where it stands.
//!
//! The comment stands at the end of a line, or alone above one, and covers what starts on that line: a clause to its end, a block to its
//! closing brace. A comment counts as one where it names a code or has a colon behind its words; others are prose.

use crate::diagnostic::{Diagnostic, pages};
use crate::source::{FileId, Sources, Span};
use crate::syntax::{Comment, Parsed};
use regex::Regex;
use std::collections::BTreeMap;
use std::ops::Range;

/// All comments of a policy that allow something.
pub struct Allows {
    all: Vec<Allow>,
    /// By file and code, places in `all`.
    by_code: BTreeMap<(FileId, &'static str), Vec<usize>>,
    /// What is wrong with the comments themselves.
    faults: Vec<Diagnostic>,
}

/// One code of one comment.
struct Allow {
    code: &'static str,
    /// The comment.
    comment: Span,
    /// What goes with the comment if it goes: blanks before it, or its whole line. None where it names other codes too.
    to_remove: Option<Span>,
    covers: Range<u32>,
    used: bool,
    /// The first error at its place that it cannot allow.
    stands: Option<Span>,
}

impl Allows {
    pub fn gather(sources: &Sources, files: &[(FileId, Parsed)]) -> Allows {
        let mut allows = Allows { all: Vec::new(), by_code: BTreeMap::new(), faults: Vec::new() };
        // Always a valid expression.
        let Ok(shape) = Regex::new(r"^#+\s*allow\s+([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)\s*(:?)\s*(.*)$") else {
            return allows;
        };
        for (file, parsed) in files {
            let text = sources.get(*file).map_or("", |source| &source.text);
            let mut covered: BTreeMap<usize, Range<u32>> = BTreeMap::new();
            for comment in &parsed.comments {
                let Some(found) = shape.captures(&comment.text) else { continue };
                let part = |at| found.get(at).map_or("", |part| part.as_str());
                let (words, colon, reason) = (part(1), !part(2).is_empty(), part(3));
                let names_codes = words.split(',').all(|word| known(word.trim()).is_some()) && reason.is_empty();
                if !colon && !names_codes {
                    continue;
                }
                if reason.is_empty() {
                    allows.without_reason(comment);
                    continue;
                }
                let line = target_line(text, comment);
                let covers = covered.entry(line.start).or_insert_with(|| covered_by(text, &line, &parsed.starts));
                let words_start = comment.span.start + found.get(1).map_or(0, |part| part.start() as u32);
                allows.add(comment, with_blanks(text, comment.span), words, words_start, covers);
            }
        }
        allows
    }

    fn add(&mut self, comment: &Comment, whole: Span, words: &str, words_start: u32, covers: &Range<u32>) {
        let mut at = words_start;
        for word in words.split(',') {
            let start = at + (word.len() - word.trim_start().len()) as u32;
            at += word.len() as u32 + 1;
            let word = word.trim();
            let Some(code) = known(word) else {
                let span = Span { file: comment.span.file, start, end: start + word.len() as u32 };
                self.unknown(word, span);
                continue;
            };
            self.by_code.entry((comment.span.file, code)).or_default().push(self.all.len());
            let to_remove = (word.len() == words.len()).then_some(whole);
            let (comment, covers) = (comment.span, covers.clone());
            self.all.push(Allow { code, comment, to_remove, covers, used: false, stands: None });
        }
    }

    fn without_reason(&mut self, comment: &Comment) {
        self.faults.push(
            Diagnostic::warning("allow-without-reason", comment.span, "this comment allows a finding without a reason")
                .here("allows nothing yet")
                .help(format!("say why, behind a colon: `{}: ...`", comment.text.trim_end_matches([':', ' ']))),
        );
    }

    fn unknown(&mut self, word: &str, span: Span) {
        let found = Diagnostic::warning("unknown-name", span, format!("no finding has the code `{word}`"));
        let distance = |code: &&str| strsim::damerau_levenshtein(code, word);
        let close = pages::codes().min_by_key(distance).filter(|code| distance(code) <= word.len() / 3);
        self.faults.push(match close {
            Some(close) => found.here(format!("did you mean `{close}`?")).fix(span, close),
            None => found.help("`leadway explain-code` lists all codes"),
        });
    }

    /// Whether a comment allows this finding; one that `stands` is an error which nothing allows.
    pub fn allow(&mut self, found: &Diagnostic, stands: bool) -> bool {
        let span = found.primary.span;
        let mut allowed = false;
        for at in self.by_code.get(&(span.file, found.code)).into_iter().flatten() {
            let Some(allow) = self.all.get_mut(*at).filter(|allow| allow.covers.contains(&span.start)) else {
                continue;
            };
            if stands {
                allow.stands = allow.stands.or(Some(span));
            } else {
                allow.used = true;
                allowed = true;
            }
        }
        allowed
    }

    /// What is wrong with the comments; `complete` where every finding was asked for.
    pub fn findings(self, complete: bool) -> Vec<Diagnostic> {
        let mut findings = self.faults;
        for allow in self.all.into_iter().filter(|allow| !allow.used) {
            let message = match allow.stands {
                Some(_) => format!("`{}` keeps the policy from running, and cannot be allowed", allow.code),
                None if complete => format!("there is no finding `{}` here that could be allowed", allow.code),
                None => continue,
            };
            let mut found = Diagnostic::warning("unused-allow", allow.comment, message);
            found = match allow.stands {
                Some(error) => found.also(error, "the error").help("mend the error, and take the comment out"),
                None => found.here("allows nothing").help("take it out, or move it to the line above the finding"),
            };
            if let (Some(whole), None) = (allow.to_remove, allow.stands) {
                found = found.safe_fix(whole, "");
            }
            findings.push(found);
        }
        findings
    }
}

fn known(word: &str) -> Option<&'static str> {
    pages::codes().find(|code| *code == word)
}

/// A comment with the blanks before it; where nothing else is on its line, with the line's end.
fn with_blanks(text: &str, comment: Span) -> Span {
    let before = text.get(..comment.start as usize).unwrap_or("").trim_end_matches([' ', '\t']);
    let alone = before.is_empty() || before.ends_with('\n');
    let end = comment.end as usize;
    let line_end = text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| end + length + 1);
    Span::new(comment.file, before.len(), if alone { line_end } else { end })
}

/// The line that a comment speaks of, by bytes, without its line end: its own, or the next that holds more than a comment.
fn target_line(text: &str, comment: &Comment) -> Range<usize> {
    let start = comment.span.start as usize;
    let own = text.get(..start).map_or(0, |before| before.rfind('\n').map_or(0, |end| end + 1));
    let line_at = |start: usize| {
        let length = text.get(start..).map_or(0, |rest| rest.find('\n').unwrap_or(rest.len()));
        start..start + length
    };
    let mut line = line_at(own);
    if text.get(own..start).is_some_and(|before| !before.trim().is_empty()) {
        return line;
    }
    while line.end < text.len() {
        line = line_at(line.end + 1);
        let written = text.get(line.clone()).unwrap_or("").trim_start();
        if !written.is_empty() && !written.starts_with('#') {
            break;
        }
    }
    line
}

/// From the start of a line to the end of what starts on it: the next clause behind it, or the brace that closes a block it opens.
fn covered_by(text: &str, line: &Range<usize>, starts: &[u32]) -> Range<u32> {
    let next = starts.get(starts.partition_point(|&start| (start as usize) <= line.end)).copied();
    let end = next.map_or(text.len(), |next| next as usize).max(block_end(text, line));
    line.start as u32..end as u32
}

/// Where the block ends that a line opens and does not close; the line's own end where it opens none.
fn block_end(text: &str, line: &Range<usize>) -> usize {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut comment = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(line.start) {
        if at >= line.end && depth == 0 {
            return line.end;
        }
        match byte {
            b'\n' => (quoted, comment, escaped) = (false, false, false),
            _ if comment => {}
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'#' => comment = true,
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && at >= line.end {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}
