//! docs/cli.md is what the commands say of themselves. `UPDATE=1 cargo test reference` writes it again.

use crate::house::{read, root};
use clap::Command;

const START: &str = "\
# The command line

What `leadway COMMAND --help` prints, all in one place. Decisions go to standard output; what is said about them goes to
standard error. Colour is used on a terminal only, and never where `NO_COLOR` is set.
";

/// Narrow enough for a page.
const WIDTH: usize = 100;

fn reference() -> String {
    let mut command = leadway::cli::command().term_width(WIDTH).max_term_width(WIDTH);
    command.build();
    let mut text = START.to_owned();
    section(&mut text, "leadway", &mut command.clone());
    for subcommand in command.get_subcommands_mut() {
        section(&mut text, &format!("leadway {}", subcommand.get_name()), &mut subcommand.clone());
    }
    text
}

fn section(text: &mut String, name: &str, command: &mut Command) {
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    text.push_str(&format!("\n## {name}\n\n```text\n{}\n```\n", help.join("\n")));
}

#[test]
fn the_command_reference_is_what_the_commands_say() {
    let reference = reference();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(root().join("docs/cli.md"), &reference).unwrap();
    }
    assert!(read("docs/cli.md") == reference, "docs/cli.md is not what the commands say: run with UPDATE=1");
}

#[test]
fn every_command_shows_an_example() {
    let command = leadway::cli::command();
    for command in command.get_subcommands().chain([&command]) {
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let (_, examples) =
            after.split_once("Examples:\n").unwrap_or_else(|| panic!("{} has none", command.get_name()));
        let examples = examples.lines().filter(|line| line.contains("leadway "));
        examples.for_each(|line| assert!(line.chars().count() <= WIDTH, "{line}"));
        for argument in
            command.get_arguments().filter(|argument| !["help", "version"].contains(&argument.get_id().as_str()))
        {
            assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
        }
    }
}
