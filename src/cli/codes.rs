//! `leadway explain-code`: the page of a finding's code.

use super::{Exit, Failure, output};
use crate::diagnostic::pages;
use clap::Args;

/// Explain a finding's code: what it means, an example and what to do
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  leadway explain-code unknown-name\n  leadway explain-code           list all codes"
)]
pub struct Arguments {
    /// The code, as a finding shows it; without one, all codes are listed
    code: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let text = match &arguments.code {
        None => pages::codes().map(|code| format!("{code}\n")).collect(),
        Some(code) => match pages::page(code) {
            Some(page) => page.to_owned(),
            None => {
                let close = pages::codes().max_by(|a, b| {
                    strsim::jaro_winkler(a, code).total_cmp(&strsim::jaro_winkler(b, code)).then(b.cmp(a))
                });
                let failure = Failure::new(format!("there is no code `{code}`"));
                return Err(match close {
                    Some(close) => failure.help(format!("did you mean `{close}`? `leadway explain-code` lists all")),
                    None => failure,
                });
            }
        },
    };
    output::print(&text)?;
    Ok(Exit::Fine)
}
