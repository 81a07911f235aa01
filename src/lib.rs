//! Lead routing as code.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing,
        clippy::string_slice
    )
)]

pub mod accepted;
pub mod analysis;
pub mod assign;
pub mod batch;
pub mod calendar;
pub mod check;
pub mod cli;
pub mod data;
pub mod decision;
pub mod diagnostic;
pub mod diff;
pub mod fix;
pub mod format;
pub mod graph;
pub mod init;
pub mod lead;
pub mod load;
pub mod matcher;
pub mod policy;
pub mod report;
pub mod router;
pub mod simulate;
pub mod sla;
pub mod source;
pub mod staffing;
pub mod suite;
pub mod syntax;
pub mod world;
