//! The integration tests, one binary: a module a subject.
#![allow(clippy::disallowed_methods, reason = "tests read the files of the repository")]

mod calendar;
mod diagnostics;
mod house;
mod pages;
//! The integration tests, one binary.

mod tables;
mod values;
mod records;
