//! The `leadway` binary: parse arguments, run, exit code.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    leadway::cli::run(leadway::cli::Arguments::parse()).into()
}
