//! The integration tests, one binary: a module a subject.

mod diagnostics;
mod house;
mod pages;
