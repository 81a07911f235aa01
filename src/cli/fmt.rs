//! `leadway fmt`: policies in their one canonical form.

use super::{Exit, Failure, output};
use crate::format;
use crate::source::{FileId, SourceFile, Sources};
use crate::{syntax, world};
use clap::Args;
use similar::TextDiff;
use std::path::PathBuf;

/// Write policies in canonical form: nothing is reordered and every comment is kept
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 formatted, 1 not formatted (--check, --diff) or not to be parsed, 2 could not run

Examples:
  leadway fmt main.leadway                 format a file in place
  leadway fmt --check policies/*.leadway   exit with 1 where a file is not formatted
  leadway fmt --diff main.leadway          show what would change, change nothing
  leadway fmt - < main.leadway             from standard input to standard output"
)]
pub struct Arguments {
    /// The files, or `-` for standard input to standard output
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Change nothing; exit with 1 where a file is not formatted
    #[arg(long)]
    check: bool,
    /// Change nothing; show the difference, and exit with 1 where there is one
    #[arg(long)]
    diff: bool,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut exit = Exit::Fine;
    for path in &arguments.files {
        let shown = path.display().to_string();
        let text = world::read_text(path)
            .map_err(|error| Failure::new(format!("cannot read `{shown}`: {}", world::words(&error))))?;
        let parsed = syntax::parse(FileId(0), &text);
        let Ok(formatted) = format::format(&parsed, &text) else {
            let mut sources = Sources::default();
            sources.add(SourceFile::new(shown.as_str(), text));
            let color = output::color_on_stderr();
            output::say(&output::findings(&parsed.diagnostics, &sources, output::Findings::Human, color));
            output::say_error(&format!("`{shown}` was left as it is, since it does not parse"), None);
            exit = Exit::Findings;
            continue;
        };
        if path.as_os_str() == "-" && !arguments.check && !arguments.diff {
            output::print(&formatted)?;
            continue;
        }
        if formatted == text {
            continue;
        }
        if arguments.diff {
            let difference = TextDiff::from_lines(&text, &formatted);
            output::print(&difference.unified_diff().header(&shown, &format!("{shown} (formatted)")).to_string())?;
        }
        if arguments.check {
            output::print(&format!("{shown} is not formatted\n"))?;
        }
        if arguments.check || arguments.diff {
            exit = Exit::Findings;
        } else {
            output::write_file(path, formatted.as_bytes())?;
            output::say(&format!("formatted {shown}\n"));
        }
    }
    Ok(exit)
}
