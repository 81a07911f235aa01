//! The integration tests, one binary.

mod leads;
mod tables;
mod values;
