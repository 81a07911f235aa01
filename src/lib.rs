//! Lead routing as code.
pub mod calendar;
pub mod check;
pub mod data;
pub mod diagnostic;
pub mod policy;
pub mod source;
pub mod syntax;
