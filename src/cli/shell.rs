//! `leadway completions` and `leadway man`: what shells and manual readers want.

use super::{Exit, Failure, output};
use clap::Args;
use std::path::PathBuf;

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  leadway completions bash > /etc/bash_completion.d/leadway\n  leadway completions zsh > ~/.zfunc/_leadway"
)]
pub struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

pub fn completions(arguments: &Completions) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::command(), "leadway", &mut text);
    output::print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Fine)
}

/// Print the manual page, or write the pages of all commands into a folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  leadway man | man -l -\n  leadway man --out /usr/local/share/man/man1")]
pub struct Man {
    /// The folder to write leadway.1, leadway-check.1 and so on into
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub fn man(arguments: &Man) -> Result<Exit, Failure> {
    let mut command = super::command();
    command.build();
    let Some(folder) = &arguments.out else {
        let mut text = Vec::new();
        clap_mangen::Man::new(command).render(&mut text)?;
        output::print(&String::from_utf8_lossy(&text))?;
        return Ok(Exit::Fine);
    };
    let subcommands = command.get_subcommands().map(|sub| (format!("leadway-{}.1", sub.get_name()), sub.clone()));
    for (name, page) in std::iter::once(("leadway.1".to_owned(), command.clone())).chain(subcommands) {
        let mut text = Vec::new();
        clap_mangen::Man::new(page).render(&mut text)?;
        output::write_file(&folder.join(name), &text)?;
    }
    Ok(Exit::Fine)
}
