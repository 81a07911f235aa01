//! Text to tree: parsing never fails, a broken item is one item lost and one or more diagnostics.

pub mod ast;
