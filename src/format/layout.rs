//! Tokens to blocks, entries and pieces.
//!
//! ```text
//!  Block     { ENTRY ENTRY ... }
//!  Entry     PIECE PIECE ...            an item, a clause, a row; or a comment on lines of its own
//!  Piece     a token, or a block
//! ```

use super::tokens::{Token, TokenKind};

/// What stands between two braces, or a whole file.
#[derive(Debug, Default)]
pub struct Block<'t> {
    pub entries: Vec<Entry<'t>>,
    /// The author broke a line in it, or wrote a comment: it is not set on one line.
    pub broken: bool,
    /// The comment on the line of its opening brace.
    pub comment: Option<&'t str>,
}

#[derive(Debug, Default)]
pub struct Entry<'t> {
    pub pieces: Vec<Piece<'t>>,
    /// The author left a line empty before it.
    pub blank_before: bool,
    /// What stands before it on lines of its own, each with whether a line was left empty before.
    pub comments: Vec<(bool, &'t str)>,
}

#[derive(Debug)]
pub struct Piece<'t> {
    pub kind: PieceKind<'t>,
    /// The author broke the line before it.
    pub newline: bool,
    /// Comments on lines of their own before it, inside its entry.
    pub comments: Vec<&'t str>,
    /// The comment behind it on its line.
    pub comment: Option<&'t str>,
}

#[derive(Debug)]
pub enum PieceKind<'t> {
    Token(&'t str),
    Block(Block<'t>),
}

impl<'t> Entry<'t> {
    /// The text of the token at a place, empty for a block.
    pub fn word(&self, at: usize) -> &'t str {
        match self.pieces.get(at) {
            Some(Piece { kind: PieceKind::Token(text), .. }) => text,
            _ => "",
        }
    }
}

/// The tokens of a file as a block. `starts` says where entries start, in order.
pub fn layout<'t>(tokens: &[Token<'t>], starts: &[u32]) -> Block<'t> {
    Reader { tokens, at: 0, starts }.block(None)
}

struct Reader<'a, 't> {
    tokens: &'a [Token<'t>],
    at: usize,
    starts: &'a [u32],
}

impl<'t> Reader<'_, 't> {
    fn peek(&self) -> Option<Token<'t>> {
        self.tokens.get(self.at).copied()
    }

    /// The comment that follows on the same line.
    fn comment_behind(&mut self) -> Option<&'t str> {
        let token = self.peek().filter(|token| token.kind == TokenKind::Comment && token.newlines == 0)?;
        self.at += 1;
        Some(token.text)
    }

    /// The comments that follow on lines of their own.
    fn comments(&mut self) -> Vec<(bool, &'t str)> {
        let mut comments = Vec::new();
        while let Some(token) = self.peek().filter(|token| token.kind == TokenKind::Comment) {
            comments.push((token.newlines > 1, token.text));
            self.at += 1;
        }
        comments
    }

    /// Entries up to the closing brace, which is taken, or to the end.
    fn block(&mut self, comment: Option<&'t str>) -> Block<'t> {
        let mut block = Block { comment, broken: comment.is_some(), entries: Vec::new() };
        loop {
            let comments = self.comments();
            block.broken |= !comments.is_empty();
            let Some(token) = self.peek() else {
                block.end_with(comments);
                return block;
            };
            block.broken |= token.newlines > 0;
            if token.kind == TokenKind::Close {
                self.at += 1;
                block.end_with(comments);
                return block;
            }
            let mut entry = Entry { comments, blank_before: token.newlines > 1, pieces: Vec::new() };
            self.entry(&mut entry);
            block.broken |= entry.pieces.iter().any(|piece| piece.newline || piece.breaks_lines());
            block.entries.push(entry);
        }
    }

    /// The pieces of one entry: up to the next entry's start or the brace that closes its block.
    fn entry(&mut self, entry: &mut Entry<'t>) {
        let mut comments = Vec::new();
        while let Some(token) = self.peek() {
            let goes_on = entry.pieces.is_empty() || !self.starts_entry(token);
            if token.kind == TokenKind::Close || !goes_on {
                return;
            }
            self.at += 1;
            let kind = match token.kind {
                TokenKind::Open => {
                    let comment = self.comment_behind();
                    PieceKind::Block(self.block(comment))
                }
                _ => PieceKind::Token(token.text),
            };
            let comment = self.comment_behind();
            let newline = token.newlines > 0;
            entry.pieces.push(Piece { kind, newline, comments: std::mem::take(&mut comments), comment });
            let before_comments = self.at;
            comments = self.comments().into_iter().map(|(_, text)| text).collect();
            let entry_ends = self.peek().is_none_or(|next| next.kind == TokenKind::Close || self.starts_entry(next));
            if entry_ends {
                self.at = before_comments;
                return;
            }
        }
    }

    fn starts_entry(&self, token: Token<'t>) -> bool {
        u32::try_from(token.start).is_ok_and(|start| self.starts.binary_search(&start).is_ok())
    }
}

impl<'t> Block<'t> {
    /// Comments before the closing brace are an entry without pieces.
    fn end_with(&mut self, comments: Vec<(bool, &'t str)>) {
        if !comments.is_empty() {
            self.entries.push(Entry { comments, ..Entry::default() });
        }
    }
}

impl Piece<'_> {
    /// Whether this cannot be set on one line with what is around it.
    pub fn breaks_lines(&self) -> bool {
        let block_breaks = matches!(&self.kind, PieceKind::Block(block) if block.broken);
        block_breaks || self.comment.is_some() || !self.comments.is_empty()
    }
}
