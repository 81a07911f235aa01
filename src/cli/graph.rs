//! `leadway graph`: the decision graph for people.

use super::{Exit, Failure, output};
use crate::graph::print;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Draw a policy's decision graph
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  leadway graph main.leadway                           Mermaid, for a README or a pull request
  leadway graph main.leadway --format svg > policy.svg
  leadway graph main.leadway --format dot | dot -Tpdf -o policy.pdf")]
pub struct Arguments {
    /// The policy
    policy: PathBuf,
    /// How the graph is written
    #[arg(long, value_enum, default_value = "mermaid")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Mermaid, which GitHub and GitLab draw
    Mermaid,
    /// Graphviz
    Dot,
    /// A picture
    Svg,
    /// Cards, rows and edges
    Json,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (policy, _) = output::runnable(&arguments.policy)?;
    let picture = print::picture(&policy);
    match arguments.format {
        Format::Mermaid => output::print(&print::mermaid(&picture))?,
        Format::Dot => output::print(&print::dot(&picture))?,
        Format::Svg => output::print(&print::svg(&picture))?,
        Format::Json => output::print_json(&picture)?,
    }
    Ok(Exit::Fine)
}
