//! The `leadway` binary: parse arguments, run, exit code.

fn main() {}
