//! The only user of pest: pieces of text to items of the tree.
//!
//! A piece is read with `items` as far as that goes. What is left is one item that cannot be read: it is read once more alone for the
//! message, left out, and reading goes on at the next line that can start an item. Inside a block the grammar itself steps over what
//! is no clause (`bad_...`), and each such slice is read once more alone for its message.

mod calendars;
mod conditions;
mod leads;
mod people;
mod promises;
mod routes;
mod segments;
mod slas;
mod tests;
mod values;

use super::ast::{Item, ItemKind};
use super::messages::{self, Failure};
use super::rule_names::{self, Words};
use super::scan::{self, Piece};
use super::{Comment, Parsed};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use pest::Parser;
use pest::error::{Error, ErrorVariant, InputLocation};
use pest::iterators::{Pair, Pairs};

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/leadway.pest"]
struct Grammar;

/// Whether a text is items and nothing else; if not, up to where it could be.
pub fn is_items(text: &str) -> Result<(), usize> {
    Grammar::parse(Rule::items_alone, text).map(|_| ()).map_err(|error| location(&error))
}

/// Reads the items of a piece into `parsed`. Says whether that was all of it.
pub fn parse_piece(file: FileId, text: &str, piece: &Piece, parsed: &mut Parsed) -> bool {
    if piece.hopeless {
        return false;
    }
    let mut whole = true;
    let source = piece.mended.as_deref().or(text.get(piece.start..piece.end)).unwrap_or("");
    let mut from = 0;
    while from < source.len() && parsed.diagnostics.len() < messages::MAX_TOLD {
        let rest = source.get(from..).unwrap_or("");
        let Parsed { file: tree, comments, diagnostics, starts } = &mut *parsed;
        let mut builder =
            Builder { file, text, base: piece.start + from, limit: piece.end, comments, diagnostics, starts };
        let mut last = None;
        for pair in Grammar::parse(Rule::items, rest).into_iter().flatten() {
            last = Some(pair.as_span());
            tree.items.extend(builder.item(pair));
        }
        let read_to = last.map_or(0, |span| span.end());
        let blank = rest.get(read_to..).map_or(0, blank_length);
        let left = from + read_to + blank;
        if left >= source.len() {
            return whole;
        }
        whole = false;
        let indent = scan::indent_before(source, left);
        let next = scan::next_item(source, left, indent.unwrap_or(0));
        let previous = last.filter(|_| indent.is_none()).map(|span| from + span.start());
        let slice_start = previous.unwrap_or(left);
        builder.base = piece.start + slice_start;
        let slice = source.get(slice_start..next).unwrap_or("");
        builder.blame(Rule::item_alone, slice, left - slice_start);
        from = next;
    }
    whole
}

/// The length of the white space and comments that a text starts with.
fn blank_length(text: &str) -> usize {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(scan::is_blank);
        if !rest.starts_with('#') {
            return text.len() - rest.len();
        }
        rest = rest.find(['\n', '\r']).and_then(|end| rest.get(end..)).unwrap_or("");
    }
}

/// Makes tree out of pairs. A function returns nothing where a pair has not the parts that the grammar gives it, which a test of the
/// whole language would show; the item is then reported, never lost in silence.
struct Builder<'p> {
    file: FileId,
    /// The whole file.
    text: &'p str,
    /// Where the text that pest was given starts in the file.
    base: usize,
    /// Where the piece ends in the file.
    limit: usize,
    comments: &'p [Comment],
    diagnostics: &'p mut Vec<Diagnostic>,
    starts: &'p mut Vec<u32>,
}

impl Builder<'_> {
    fn item(&mut self, pair: Pair<'_, Rule>) -> Option<Item> {
        let span = self.span(&pair);
        self.starts.push(span.start);
        let parts = Parts::of(&pair);
        let kind = match pair.as_rule() {
            Rule::include_item => self.include(parts),
            Rule::policy_item => self.policy(parts),
            Rule::lead_item => self.lead(parts),
            Rule::status_item => self.status(parts),
            Rule::list_item => self.list(parts),
            Rule::let_item => self.let_item(parts),
            Rule::records_item => self.records(parts),
            Rule::segment_item => self.segment(parts),
            Rule::segments_item => self.segments(parts),
            Rule::score_item => self.score(parts),
            Rule::grade_item => self.grade(parts),
            Rule::territories_item => self.territories(parts),
            Rule::calendar_item => self.calendar(parts),
            Rule::team_item => self.team(parts),
            Rule::queue_item => self.queue(parts),
            Rule::pool_item => self.pool(parts),
            Rule::sla_item => self.sla(parts),
            Rule::exclude_item => self.exclude(parts),
            Rule::returning_item => self.returning(parts),
            Rule::table_item => self.table(parts),
            Rule::route_item => self.route(parts),
            Rule::tier_item => self.tier(parts),
            Rule::experiment_item => self.experiment(parts),
            Rule::guarantee_item => self.guarantee(parts),
            Rule::goal_item => self.goal(parts),
            Rule::test_item => self.test(parts),
            _ => None,
        };
        self.known(kind, span).map(|kind: ItemKind| Item { kind, span })
    }

    fn tell(&mut self, diagnostic: Diagnostic) {
        messages::tell(self.diagnostics, diagnostic);
    }

    /// What was built; where nothing was, that is said.
    fn known<T>(&mut self, built: Option<T>, span: Span) -> Option<T> {
        if built.is_none() {
            self.tell(messages::not_understood(span));
        }
        built
    }

    /// The clauses of a block, what stands before its brace left aside. What is no clause is reported as one that `alone` cannot read.
    fn clauses<T>(
        &mut self,
        parts: Parts<'_>,
        alone: Rule,
        mut build: impl FnMut(&mut Self, Pair<'_, Rule>) -> Option<T>,
    ) -> Vec<T> {
        let mut clauses = Vec::new();
        let mut previous: Option<usize> = None;
        for pair in parts.0 {
            match (pair.as_rule(), rule_names::words(pair.as_rule())) {
                (Rule::open | Rule::close, _) | (_, Words::Keyword(_)) => {}
                (_, Words::Junk) => {
                    self.bad_clause(&pair, previous, alone);
                    previous = None;
                }
                _ => {
                    previous = Some(pair.as_span().start());
                    let span = self.span(&pair);
                    self.starts.push(span.start);
                    let built = build(self, pair);
                    clauses.extend(self.known(built, span));
                }
            }
        }
        clauses
    }

    fn bad_clause(&mut self, pair: &Pair<'_, Rule>, previous: Option<usize>, alone: Rule) {
        let span = pair.as_span();
        let on_its_own = scan::opens_line(self.text, self.base + span.start());
        let from = previous.filter(|_| !on_its_own).unwrap_or(span.start());
        let slice = pair.get_input().get(from..span.end()).unwrap_or("");
        let base = self.base;
        self.base += from;
        self.blame(alone, slice, span.start() - from);
        self.base = base;
    }

    /// Reports why `rule` cannot read `slice`, which stands at `self.base` and is known to be fine up to `fine`. Returns where it stopped.
    fn blame(&mut self, rule: Rule, slice: &str, fine: usize) -> usize {
        if self.diagnostics.len() >= messages::MAX_TOLD {
            return fine;
        }
        let (offset, expected) = match Grammar::parse(rule, slice) {
            Err(error) => (location(&error).max(fine), expected(&error)),
            Ok(_) => (fine, Vec::new()),
        };
        let failure = Failure {
            file: self.file,
            text: self.text,
            comments: self.comments,
            at: self.base + offset,
            start: self.base + fine,
            end: self.base + slice.len(),
            item: rule == Rule::item_alone,
            expected,
        };
        self.tell(messages::syntax_error(&failure));
        offset
    }

    /// The span of a pair, without the white space and comments that pest leaves at its end.
    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        let start = self.base + span.start();
        let end = (self.base + span.end()).min(self.limit);
        Span::new(self.file, start, scan::end_of_code(self.text, self.comments, end).max(start))
    }

    /// The span of a token, which ends where it ends.
    fn token_span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        Span::new(self.file, self.base + span.start(), self.base + span.end())
    }
}

fn location(error: &Error<Rule>) -> usize {
    match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    }
}

/// The words for what the grammar would have taken, keywords first, each once.
fn expected(error: &Error<Rule>) -> Vec<Words> {
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else { return Vec::new() };
    let mut words: Vec<Words> = positives.iter().map(|&rule| rule_names::words(rule)).collect();
    words.retain(|words| !matches!(words, Words::Junk | Words::Silent));
    words.sort_unstable();
    words.dedup();
    words
}

/// The parts of a pair, taken one after the other.
#[derive(Clone)]
struct Parts<'i>(Pairs<'i, Rule>);

impl<'i> Parts<'i> {
    fn of(pair: &Pair<'i, Rule>) -> Self {
        Parts(pair.clone().into_inner())
    }

    /// The next part that is more than a keyword, if it is of this rule; else nothing is taken.
    fn take(&mut self, rule: Rule) -> Option<Pair<'i, Rule>> {
        self.take_if(|found| found == rule)
    }

    fn take_if(&mut self, fits: impl Fn(Rule) -> bool) -> Option<Pair<'i, Rule>> {
        let mut ahead = self.0.clone();
        while let Some(pair) = ahead.next() {
            if fits(pair.as_rule()) {
                self.0 = ahead;
                return Some(pair);
            }
            if !matches!(rule_names::words(pair.as_rule()), Words::Keyword(_)) {
                return None;
            }
        }
        None
    }

    /// All of this rule that follow, but for keywords.
    fn take_all(&mut self, rule: Rule) -> impl Iterator<Item = Pair<'i, Rule>> {
        std::iter::from_fn(move || self.take(rule))
    }

    /// Whether a part of this rule is among those that are left.
    fn has(&self, rule: Rule) -> bool {
        self.0.clone().any(|pair| pair.as_rule() == rule)
    }

    /// The rule of the next part.
    fn next_rule(&self) -> Option<Rule> {
        self.0.peek().map(|pair| pair.as_rule())
    }
}
