//! Every code has a page, every page a code, and the examples on a page do what it says.

use crate::house::library_code;
use chrono::NaiveDate;
use leadway::accepted;
use leadway::analysis::{Budget, Prover};
use leadway::diagnostic::{Diagnostic, Severity, pages};
use leadway::format::format;
use leadway::lead::{LeadFile, LeadReader, Plan};
use leadway::load::{self, ReadFault, Reader};
use leadway::router::Router;
use leadway::source::FileId;
use leadway::staffing::{self, demand::Demand};
use leadway::suite::{self, Suite};
use leadway::syntax;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::Arc;

/// Pages whose bad example cannot stand on a page.
const WITHOUT_EXAMPLE: [&str; 4] = ["file-too-long", "guarantee-unproved", "not-utf-8", "undecided"];

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
    // In `value`, `bad_value` and `error` of the parser the code is handed on.
    let made = Regex::new(
        r#"(?:Diagnostic::(?:error|warning|remark)|bad_value|self\.value|\.error)\((?:&?\w+, )?\s*"([^"]*)""#,
    )
    .unwrap();
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
    let kebab = Regex::new("^[a-z]+(-[a-z0-9]+)*$").unwrap();
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
            let example = blocks(page, heading).iter().any(|block| block.info == "leadway");
            if !example && !WITHOUT_EXAMPLE.contains(&code) {
                say(&format!("no ```leadway block under `## {heading}`"));
            }
        }
        if page.lines().any(|line| line.chars().count() > 120) {
            say("a line is longer than 120 characters");
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The files of an example, in a folder that nothing leads out of.
struct Folder(BTreeMap<String, Arc<[u8]>>);

impl Reader for Folder {
    fn read(&self, name: &str) -> Result<Arc<[u8]>, ReadFault> {
        if name.starts_with("../") { Err(ReadFault::Outside) } else { self.0.read(name) }
    }
}

/// The findings of an example, its tests run: a `leadway` block is the policy, a block that is named (`csv lists/x.csv`) a file beside it.
/// What every policy has and the example leaves out is put behind it.
fn findings(example: &[Block]) -> Vec<Diagnostic> {
    let mut files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    let mut policy = String::new();
    for block in example {
        match block.info.split_once(' ') {
            None => policy.push_str(&block.text),
            Some((_, name)) => _ = files.insert(name.to_string(), block.text.as_bytes().into()),
        }
    }
    let usual = [
        ("policy ", "policy \"Example\" { timezone \"UTC\" }\n"),
        ("lead ", "lead { id text required }\n"),
        ("route ", "queue left_over\nroute main { otherwise { assign queue left_over } }\n"),
    ];
    for (start, text) in usual {
        if !policy.lines().any(|line| line.starts_with(start)) {
            policy.push_str(text);
        }
    }
    files.insert("main.leadway".to_string(), policy.into_bytes().into());
    let leads = files.get("leads.csv").cloned();
    let compiled = load::compile("main.leadway", &Folder(files)).unwrap();
    let prove = |policy| Prover { catch_all: true, ..Prover::new(policy, &Budget::steps(10_000_000)) }.run();
    let mut told = compiled.policy.as_ref().map(prove).unwrap_or_default();
    let year = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    told.diagnostics.extend(compiled.policy.iter().flat_map(|policy| staffing::findings(policy, year)));
    if let (Some(leads), Some(policy)) = (leads, &compiled.policy)
        && let Some(came) = Demand::came(policy)
    {
        let plan = Plan::of(policy);
        let file = LeadFile::open(std::io::Cursor::new(leads), Some("leads.csv"), &plan).unwrap();
        let mut demand = Demand::default();
        assert_eq!(demand.count(&Router::new(policy.clone()), came, LeadReader::new(&plan, file)), 0);
        told.diagnostics.extend(demand.findings(policy));
    }
    let mut found = accepted::accept(&compiled, told.diagnostics, told.undecided, None).diagnostics;
    if let Some(policy) = compiled.policy {
        let suite = Suite::new(&policy);
        let all: Vec<usize> = (0..policy.tests.len()).collect();
        let verdicts = suite.run_all(&policy, &all, NonZero::<usize>::MIN);
        found.extend(suite::diagnostics(&suite, &policy, &verdicts));
    }
    found
}

#[test]
fn bad_examples_are_reported_and_good_ones_are_not() {
    let mut faults = Vec::new();
    for code in pages::codes().filter(|code| !WITHOUT_EXAMPLE.contains(code)) {
        let page = pages::page(code).unwrap();
        let bad = findings(&blocks(page, "Bad"));
        if !bad.iter().any(|finding| finding.code == code) {
            let others: Vec<_> = bad.iter().map(|finding| (finding.code, &finding.message)).collect();
            faults.push(format!("docs/rules/{code}.md: the bad example is not reported, but {others:?}"));
        }
        for finding in findings(&blocks(page, "Good")) {
            if finding.code == code || finding.severity == Severity::Error {
                faults
                    .push(format!("docs/rules/{code}.md: the good example has {}: {}", finding.code, finding.message));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn good_examples_are_set_as_the_printer_sets_them() {
    for code in pages::codes() {
        for block in blocks(pages::page(code).unwrap(), "Good").iter().filter(|block| block.info.starts_with("leadway"))
        {
            let parsed = syntax::parse(FileId(0), &block.text);
            assert_eq!(format(&parsed, &block.text).as_deref(), Ok(block.text.as_str()), "docs/rules/{code}.md");
        }
    }
}

#[test]
fn only_codes_have_pages() {
    assert_eq!(pages::page("no-such-code"), None);
    assert!(pages::codes().is_sorted() && pages::codes().all(|code| pages::page(code).is_some()));
}
