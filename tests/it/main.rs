//! The integration tests, one binary: a module a subject.
#![allow(clippy::disallowed_methods, reason = "tests read the files of the repository")]

mod analysis;
mod assign;
mod calendar;
mod check;
mod cli;
mod diagnostics;
mod diff;
mod docs;
mod generate;
mod guide;
mod house;
mod init;
mod layout;
mod leads;
mod matching;
mod mutation;
mod pages;
mod pictures;
mod proofs;
mod records;
mod seeds;
mod simulate;
mod sla;
mod suggest;
mod syntax;
mod tables;
mod territories;
mod values;
