//! Lead routing as code.
pub mod diagnostic;
pub mod graph;
pub mod matcher;
pub mod policy;
pub mod source;
pub mod syntax;
