//! The integration tests, one binary.

mod generate;
mod matching;
mod pictures;
