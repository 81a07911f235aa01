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

pub mod calendar;
pub mod check;
pub mod data;
pub mod diagnostic;
pub mod graph;
pub mod init;
pub mod load;
pub mod matcher;
pub mod policy;
pub mod source;
pub mod syntax;
pub mod world;
