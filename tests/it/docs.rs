//! What the documents show is policy text that reads without a finding.

use crate::house::{File, files, read, root};
use leadway::load::compile;
use leadway::source::{FileId, SourceFile};
use leadway::syntax;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The documents for people. The pages of findings show broken policies on purpose, and have tests of their own.
fn documents() -> Vec<File> {
    let mut documents = files("docs", "md");
    documents.extend(files("examples", "md"));
    let names = std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    documents.extend(names.filter(|name| name.ends_with(".md")).map(|path| File { text: read(&path), path }));
    documents.retain(|file| !file.path.starts_with("docs/rules/"));
    documents
}

/// The fenced blocks of a document that are policy text, each with the line on which it starts.
fn policy_blocks(document: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    let mut other = false;
    for (at, line) in document.lines().enumerate() {
        match (line.trim_end(), &mut open) {
            ("```", Some(_)) => blocks.extend(open.take()),
            (line, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            ("```leadway", None) if !other => open = Some((at + 2, String::new())),
            (line, None) if line.starts_with("```") => other = !other,
            (_, None) => {}
        }
    }
    assert!(open.is_none() && !other, "a block is not closed");
    blocks
}

/// The findings of reading a text, each with the line on which it stands where the text starts on line `first`.
fn findings(path: &str, first: usize, text: &str) -> Vec<String> {
    let file = SourceFile::new(path, text);
    let parsed = syntax::parse(FileId(0), text);
    let place = |start| file.place(start).line as usize + first - 1;
    parsed
        .diagnostics
        .iter()
        .map(|found| format!("{path}:{}: {}", place(found.primary.span.start), found.message))
        .collect()
}

#[test]
fn policy_text_in_documents_can_be_read() {
    let mut blocks = 0;
    let mut faults = Vec::new();
    for document in documents() {
        for (line, text) in policy_blocks(&document.text) {
            blocks += 1;
            faults.extend(findings(&document.path, line, &text));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(blocks > 25, "only {blocks} blocks were found");
}

#[test]
fn policies_of_the_examples_can_be_read() {
    let policies = files("examples", "leadway");
    assert!(policies.len() > 3, "only {} policies were found", policies.len());
    let faults: Vec<_> = policies.iter().flat_map(|policy| findings(&policy.path, 1, &policy.text)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn whole_policies_in_documents_have_no_finding() {
    let mut whole = 0;
    for document in documents() {
        for (line, text) in policy_blocks(&document.text) {
            if !text.contains("lead {") || !text.contains("route main") {
                continue;
            }
            whole += 1;
            let files: BTreeMap<String, Arc<[u8]>> = BTreeMap::from([("main".to_owned(), text.as_bytes().into())]);
            let compiled = compile("main", &files).unwrap();
            assert_eq!(compiled.diagnostics, [], "{}:{line}", document.path);
        }
    }
    assert!(whole > 0, "no whole policy was found");
}
