//! Every code has a page, every page a code, and the examples on a page do what it says.

use crate::house::{library_code, read};
use leadway::diagnostic::pages;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};

/// A fenced block of a page: the words after the fence, and the text inside.
struct Block {
    info: String,
    text: String,
}

/// The blocks of a page below a heading of level two.
fn blocks(page: &str, heading: &str) -> Vec<Block> {
    let section = page.split("\n## ").find(|section| section.lines().next() == Some(heading)).unwrap_or("");
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in section.lines() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => open = Some(Block { info: info.trim().to_string(), text: String::new() }),
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some(mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The codes that the library's source makes findings of.
fn codes_in_source() -> BTreeMap<String, String> {
    let made = Regex::new(r#"Diagnostic::(?:error|warning)\(\s*"([^"]*)""#).unwrap();
    let mut codes = BTreeMap::new();
    for file in library_code() {
        for found in made.captures_iter(&file.text) {
            codes.insert(found[1].to_string(), file.path.clone());
        }
    }
    codes
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let made = codes_in_source();
    let paged: BTreeSet<&str> = pages::codes().collect();
    let unpaged: Vec<_> = made.iter().filter(|(code, _)| !paged.contains(code.as_str())).collect();
    assert!(unpaged.is_empty(), "codes without a page in docs/rules: {unpaged:?}");
    let unused: Vec<_> = paged.iter().filter(|code| !made.contains_key(**code)).collect();
    assert!(unused.is_empty(), "pages whose code nothing reports: {unused:?}");
}

#[test]
fn codes_are_kebab_case() {
    let kebab = Regex::new("^[a-z]+(-[a-z]+)*$").unwrap();
    let odd: Vec<_> = codes_in_source().into_keys().filter(|code| !kebab.is_match(code)).collect();
    assert!(odd.is_empty(), "{odd:?}");
}

#[test]
fn pages_have_one_shape() {
    let mut faults = Vec::new();
    for code in pages::codes() {
        let page = pages::page(code).unwrap();
        let mut say = |fault: &str| faults.push(format!("docs/rules/{code}.md: {fault}"));
        if !page.starts_with(&format!("# {code}\n\n")) {
            say("the first line is not the code as a heading");
        }
        if pages::summary(code).is_none_or(|summary| summary.starts_with("```")) {
            say("no paragraph after the heading says what the finding is");
        }
        for heading in ["Bad", "Good"] {
            if blocks(page, heading).iter().filter(|block| block.info.starts_with("leadway")).count() == 0 {
                say(&format!("no ```leadway block under `## {heading}`"));
            }
        }
        if page.lines().any(|line| line.chars().count() > 120) {
            say("a line is longer than 120 characters");
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn unknown_codes_have_no_page() {
    assert_eq!(pages::page("no-such-code"), None);
    assert!(read("docs/architecture.md").contains("docs/rules/"));
}
