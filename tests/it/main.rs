//! The integration tests, one binary.

mod tables;
mod values;
