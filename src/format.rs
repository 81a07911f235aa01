//! The canonical printer: one way to set a policy, every comment kept, nothing reordered.
//!
//! ```text
//!  text --tokens--> tokens --layout--> blocks, entries, pieces --print--> lines
//! ```
//! The words are printed as they were written and only the white space between them is new; the tree says where items and clauses
//! start. So nothing can get lost, and a policy means what it meant. Columns are aligned within a block (columns.rs), a block stays on
//! one line where the author wrote it on one and it fits, and so do line breaks in long clauses.

mod columns;
mod layout;
mod print;
mod tokens;

use crate::syntax::Parsed;

/// The text has errors, so that its structure is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotFormatted;

impl std::fmt::Display for NotFormatted {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("a policy with syntax errors is not formatted, so that nothing in it is lost")
    }
}

impl std::error::Error for NotFormatted {}

/// Sets the text that `parsed` was read from. Lines end in LF, and the last line ends.
pub fn format(parsed: &Parsed, text: &str) -> Result<String, NotFormatted> {
    if parsed.has_errors() {
        return Err(NotFormatted);
    }
    let tokens = tokens::tokens(text, &parsed.comments);
    Ok(print::print(&layout::layout(&tokens, &parsed.starts)))
}
