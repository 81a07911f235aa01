//! The integration tests: one binary, one module a subject.
mod calendar;
mod records;
//! The integration tests, one binary.

mod tables;
mod values;
