//! The rules of the house, as tests over the source itself.

use regex::Regex;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file of the repository, by its path from the root.
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    /// The file with everything from its first `#[cfg(test)]` left out: tests stand at the end of a file.
    fn without_tests(self) -> Self {
        let text = self.text.split("#[cfg(test)]").next().unwrap_or("").to_string();
        File { text, ..self }
    }

    /// The lines that are code, with their numbers: comments are left out.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &str) -> Vec<File> {
    files(folder, "rs")
}

/// Every file under a folder whose name ends like this, in order.
pub fn files(folder: &str, extension: &str) -> Vec<File> {
    fn walk(folder: &Path, extension: &str, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                // What was built there is no part of the tree.
                true if path.file_name().is_some_and(|name| name == "target") => {}
                true => walk(&path, extension, files),
                false if path.extension().is_some_and(|of_file| of_file == extension) => files.push(path),
                false => {}
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join(folder), extension, &mut paths);
    paths.sort();
    paths
        .iter()
        .map(|path| path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/"))
        .map(|path| File { text: read(&path), path })
        .collect()
}

/// The source of the library and the binary, without their tests.
pub fn library_code() -> Vec<File> {
    rust_files("src").into_iter().map(File::without_tests).collect()
}

fn all_code() -> Vec<File> {
    ["src", "tests", "benches"].into_iter().flat_map(rust_files).collect()
}

fn hold(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn files_open_by_saying_what_they_hold() {
    hold(all_code().iter().filter(|file| !file.text.starts_with("//! ")).map(|file| file.path.clone()).collect());
}

#[test]
fn files_are_named_for_what_they_hold() {
    let stray = ["mod", "utils", "util", "common", "helpers", "helper", "misc"];
    let name = |file: &File| Path::new(&file.path).file_stem().unwrap().to_str().unwrap().to_string();
    let root = root();
    hold(
        all_code()
            .iter()
            .filter(|file| {
                let folder = root.join(&file.path).parent().unwrap().to_path_buf();
                let beside = folder.with_extension("rs").exists() || folder.join("main.rs").exists();
                stray.contains(&name(file).as_str())
                    || !(beside || folder.join("lib.rs").exists() || folder.ends_with("benches"))
            })
            .map(|file| file.path.clone())
            .collect(),
    );
}

#[test]
fn files_are_short() {
    let long = |file: &File| file.text.lines().count() > 600;
    hold(all_code().iter().filter(|file| long(file)).map(|file| file.path.clone()).collect());
}

#[test]
fn unit_tests_do_not_drown_the_code_they_test() {
    hold(
        rust_files("src")
            .iter()
            .filter(|file| {
                file.text.split("#[cfg(test)]").skip(1).map(|tests| tests.lines().count()).sum::<usize>() > 150
            })
            .map(|file| file.path.clone())
            .collect(),
    );
}

/// The modules in the order that docs/architecture.md lists them.
fn order() -> Vec<String> {
    let listed = Regex::new(r"(?m)^\d+\. `([a-z_]+)`:").unwrap();
    listed.captures_iter(&read("docs/architecture.md")).map(|found| found[1].to_string()).collect()
}

/// The top module that a file belongs to; none for lib.rs and main.rs.
fn module(path: &str) -> Option<String> {
    let inside = path.strip_prefix("src/")?;
    let module = inside.split('/').next()?.trim_end_matches(".rs");
    (!["lib", "main"].contains(&module)).then(|| module.to_string())
}

#[test]
fn imports_go_up_the_list_of_the_architecture() {
    let order = order();
    let place = |module: &str| order.iter().position(|listed| listed == module);
    let single = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    let group = Regex::new(r"(?s)\bcrate::\{(.*?)\};").unwrap();
    let first_words = Regex::new(r"(?:^|,)\s*([a-z_]+)").unwrap();
    let nested = Regex::new(r"\{[^{}]*\}").unwrap();
    let mut faults = Vec::new();
    for file in library_code() {
        let Some(own) = module(&file.path) else { continue };
        let Some(own_place) = place(&own) else {
            faults.push(format!("{}: `{own}` is not in the list of docs/architecture.md", file.path));
            continue;
        };
        let code: String = file.code().map(|(_, line)| format!("{line}\n")).collect();
        let mut imported: Vec<String> = single.captures_iter(&code).map(|found| found[1].to_string()).collect();
        for found in group.captures_iter(&code) {
            let flat = nested.replace_all(&found[1], "").into_owned();
            imported.extend(first_words.captures_iter(&flat).map(|word| word[1].to_string()));
        }
        for other in imported {
            match place(&other) {
                Some(at) if at <= own_place => {}
                Some(_) => faults.push(format!("{}: `{own}` may not know `{other}`", file.path)),
                None => faults.push(format!("{}: `{other}` is not in the list of docs/architecture.md", file.path)),
            }
        }
    }
    hold(faults);
}

/// Where a pattern occurs in the library's code outside the files it belongs to.
fn strays(pattern: &str, home: impl Fn(&str) -> bool) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let mut found = Vec::new();
    for file in library_code().iter().filter(|file| !home(&file.path)) {
        for (number, line) in file.code().filter(|(_, line)| pattern.is_match(line)) {
            found.push(format!("{}:{number}: {}", file.path, line.trim()));
        }
    }
    found
}

#[test]
fn heavy_libraries_have_one_door_each() {
    let mut faults = strays(r"\bariadne\b", |path| path.starts_with("src/diagnostic/render"));
    faults.extend(strays(r"\bpest(_derive)?\b", |path| path.starts_with("src/syntax/parser")));
    faults.extend(strays(r"\bclap\b", |path| path.starts_with("src/cli") || path == "src/main.rs"));
    hold(faults);
}

#[test]
fn only_the_world_reads_files_clock_and_environment() {
    let outside = r"std::(fs|env|net|process::(Command|exit|abort|id)|time::(SystemTime|Instant))\b|std::io::(stdin|stdout|stderr)\b|(Utc|Local)::now\b|\be?print(ln)?!";
    hold(strays(outside, |path| path.starts_with("src/world") || path == "src/main.rs"));
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not hold them.
    let words = ["TO", "FIX", "XX"].iter().zip(["DO", "ME", "X"]).map(|(a, b)| format!("{a}{b}"));
    let macros = ["todo", "unimplemented", "dbg"].iter().map(|word| format!("{word}{}", "!("));
    let banned: Vec<String> = words.chain(macros).collect();
    let mut faults = Vec::new();
    for file in all_code() {
        for (at, line) in file.text.lines().enumerate() {
            let found = banned.iter().filter(|word| line.contains(word.as_str()));
            faults.extend(found.map(|word| format!("{}:{}: {word}", file.path, at + 1)));
        }
    }
    hold(faults);
}

#[test]
fn library_code_does_not_panic_on_purpose() {
    hold(strays(r"\.unwrap\(\)|\.expect\(|\bpanic!|\bunreachable!|\.unwrap_err\(\)", |_| false));
}

#[test]
fn code_is_formatted() {
    let format = Command::new(env!("CARGO")).args(["fmt", "--check"]).current_dir(root()).output().unwrap();
    assert!(format.status.success(), "run `cargo fmt`:\n{}", String::from_utf8_lossy(&format.stdout));
}

#[test]
fn ci_runs_the_test_command_of_the_contributing_page() {
    let ci = read(".ci/run");
    let command = ci.lines().last().unwrap();
    assert!(read("CONTRIBUTING.md").contains(command), "`{command}` is what CI runs");
}
