//! Lead routing as code.
pub mod diagnostic;
pub mod source;
pub mod syntax;
