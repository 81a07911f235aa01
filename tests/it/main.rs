//! The integration tests, one binary: a module a subject.
#![allow(clippy::disallowed_methods, reason = "tests read the files of the repository")]

mod calendar;
mod diagnostics;
mod house;
mod init;
mod pages;
//! The integration tests, one binary.

mod records;
mod tables;
mod values;
mod records;
//! The integration tests, one binary: a module for each stage.

mod syntax;
