//! Pages of the docs, followed to the letter: their commands are run, and their output is what the page shows.
//!
//! A comment `<!-- replace: `A` with `B` in FILE -->` is what the reader is asked to do by hand between two commands.
//! `UPDATE_DOCS=1 cargo test guide` writes the page anew with the output as it is.

use crate::house::{read, root};
use regex::Regex;
use std::path::Path;
use std::process::Command;

/// Follows a page in a folder, and gives it back with the output that its commands really have.
fn followed(page: &str, folder: &Path) -> String {
    let replace = Regex::new("^<!-- replace: `(.*)` with `(.*)` in (.*) -->$").unwrap();
    let mut out = String::new();
    let mut in_console = false;
    for line in page.lines() {
        let closes = in_console && line == "```";
        if in_console && !closes && !line.starts_with("$ ") {
            continue;
        }
        out.push_str(line);
        out.push('\n');
        if closes {
            in_console = false;
        } else if in_console {
            out.push_str(&run(&line[2..], folder));
        } else if line == "```console" {
            in_console = true;
        } else if let Some(edit) = replace.captures(line) {
            let path = folder.join(&edit[3]);
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.contains(&edit[1]), "{line}: there is nothing to replace");
            std::fs::write(&path, text.replace(&edit[1], &edit[2].replace("\\n", "\n"))).unwrap();
        }
    }
    out
}

/// What a command prints: its output, then what it says beside. How long it took is left out.
fn run(command: &str, folder: &Path) -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_leadway")).parent().unwrap();
    let paths = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    let done = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", paths)
        .env("NO_COLOR", "1")
        .env_remove("CI")
        .envs([("GIT_AUTHOR_NAME", "Maya"), ("GIT_AUTHOR_EMAIL", "maya@school.test")])
        .envs([("GIT_COMMITTER_NAME", "Maya"), ("GIT_COMMITTER_EMAIL", "maya@school.test")])
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    let printed = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
    let lines = printed.lines().filter(|line| !line.contains(" s in all, "));
    lines.map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Holds a page to what happens where it is followed in a folder.
fn shows_what_happens(page: &str, folder: &Path) {
    let shown = read(page);
    let happened = followed(&shown, folder);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(root().join(page), &happened).unwrap();
    }
    assert!(shown == happened, "{}", similar::TextDiff::from_lines(&shown, &happened).unified_diff());
}

#[test]
#[cfg(unix)]
fn the_getting_started_page_shows_what_happens() {
    shows_what_happens("docs/getting-started.md", tempfile::tempdir().unwrap().path());
}

#[test]
#[cfg(unix)]
fn the_page_about_differences_shows_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(root().join("examples/education")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    shows_what_happens("docs/diff.md", folder.path());
}

/// The page on simulations works in a copy of the example that it tells of.
#[test]
#[cfg(unix)]
fn the_page_on_simulations_shows_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["main.leadway", "before.leadway", "history.csv"] {
        std::fs::copy(root().join("examples/three_offices").join(name), folder.path().join(name)).unwrap();
    }
    shows_what_happens("docs/simulate.md", folder.path());
}

/// The page on a review works in a copy of the example, without its files of tests.
#[test]
#[cfg(unix)]
fn the_page_on_reviewing_a_change_shows_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["main.leadway", "roster.csv", "leads.csv"] {
        std::fs::copy(root().join("examples/education").join(name), folder.path().join(name)).unwrap();
    }
    shows_what_happens("docs/reviewing-a-change.md", folder.path());
}
