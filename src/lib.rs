//! Lead routing as code.
pub mod data;
pub mod diagnostic;
pub mod lead;
pub mod policy;
pub mod source;
pub mod syntax;
