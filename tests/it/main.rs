//! The integration tests, one binary: a module for each stage.

mod syntax;
