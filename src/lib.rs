//! Lead routing as code.
pub mod diagnostic;
pub mod format;
pub mod policy;
pub mod source;
pub mod syntax;
