//! Text to tree and back: the corpus in tests/cases/parse.
#![allow(clippy::disallowed_methods, reason = "tests read their cases")]

use leadway::format::format;
use leadway::source::{FileId, SourceFile};
use leadway::syntax::{Parsed, ast, parse};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The corpus in the order of its names, those of the files without their end.
pub fn corpus() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/parse");
    let mut cases: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "leadway"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_string(), fs::read_to_string(path).unwrap()))
        .collect();
    cases.sort();
    cases
}

pub fn read(text: &str) -> Parsed {
    parse(FileId(0), text)
}

/// The tree without spans.
pub fn tree(file: &ast::File) -> String {
    serde_json::to_string(file).unwrap()
}

/// The diagnostics, each in a line, with their help and their fixes.
fn told(parsed: &Parsed, text: &str) -> String {
    let source = SourceFile::new("case.leadway", text);
    let mut out = String::new();
    for diagnostic in &parsed.diagnostics {
        let place = source.place(diagnostic.primary.span.start);
        let marked = source.slice(diagnostic.primary.span);
        writeln!(out, "{} {}:{} [{marked}] {}", diagnostic.code, place.line, place.column, diagnostic.message).unwrap();
        if let Some(help) = &diagnostic.help {
            writeln!(out, "    help: {help}").unwrap();
        }
        for fix in &diagnostic.fixes {
            writeln!(out, "    fix: [{}] -> [{}]", source.slice(fix.span), fix.text).unwrap();
        }
    }
    out.replace('\0', "<NUL>").replace('\u{A0}', "<no-break space>")
}

#[test]
fn the_worked_example_has_no_diagnostic() {
    let (_, text) = corpus().into_iter().find(|(name, _)| name == "worked-example").unwrap();
    let parsed = read(&text);
    assert_eq!(parsed.diagnostics, []);
    let starts_of_items =
        text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase())).count();
    assert_eq!(parsed.file.items.len(), starts_of_items);
}

#[test]
fn mistakes_are_told_where_they_are() {
    let mut all = String::new();
    for (name, text) in corpus().iter().filter(|(name, _)| !name.starts_with("good-") && name != "worked-example") {
        let parsed = read(text);
        let items: Vec<String> = parsed.file.items.iter().map(kind_of).collect();
        writeln!(all, "== {name}\n{}read: {}\n", told(&parsed, text), items.join(", ")).unwrap();
    }
    insta::assert_snapshot!(all);
}

fn kind_of(item: &ast::Item) -> String {
    format!("{:?}", item.kind).split('(').next().unwrap().to_lowercase()
}

#[test]
fn trees_of_good_policies() {
    for (name, text) in corpus().iter().filter(|(name, _)| name.starts_with("good-")) {
        let parsed = read(text);
        assert_eq!(told(&parsed, text), "", "{name}");
        let lines: Vec<String> =
            parsed.file.items.iter().map(|item| compact(&serde_json::to_value(&item.kind).unwrap())).collect();
        insta::assert_snapshot!(format!("tree_{name}"), lines.join("\n"));
    }
}

/// A tree on one line: without what is empty, a name or a text as itself.
fn compact(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Object(object) => {
            if let Some(Value::String(text)) = object.get("text") {
                let quoted = object.get("quoted").is_none_or(|quoted| quoted == &Value::Bool(true));
                return if quoted { format!("{text:?}") } else { text.clone() };
            }
            if let (1, Some(inner)) = (object.len(), object.get("kind").or_else(|| object.get("value"))) {
                return compact(inner);
            }
            let is_empty = |value: &Value| {
                matches!(value, Value::Null | Value::Bool(false)) || value.as_array().is_some_and(Vec::is_empty)
            };
            let entries = object.iter().filter(|(_, value)| !is_empty(value));
            let entries: Vec<String> = entries.map(|(key, value)| format!("{key}: {}", compact(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Array(values) => format!("[{}]", values.iter().map(compact).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

#[test]
fn format_keeps_the_tree_and_the_comments_and_is_done_in_one_go() {
    for (name, text) in corpus() {
        let parsed = read(&text);
        let Ok(once) = format(&parsed, &text) else {
            assert!(parsed.has_errors(), "{name}");
            continue;
        };
        let again = read(&once);
        assert_eq!(told(&again, &once), "", "{name}");
        assert_eq!(tree(&again.file), tree(&parsed.file), "{name}");
        let comments = |parsed: &Parsed| parsed.comments.iter().map(|comment| comment.text.clone()).collect::<Vec<_>>();
        assert_eq!(comments(&again), comments(&parsed), "{name}");
        assert_eq!(format(&again, &once).unwrap(), once, "{name}");
        insta::assert_snapshot!(format!("format_{name}"), once);
    }
}

#[test]
fn the_page_of_a_code_shows_it() {
    let codes = [
        "syntax-error",
        "unclosed-text",
        "unclosed-block",
        "bad-number",
        "bad-date",
        "mixed-and-or",
        "list-ends-in-comma",
        "nested-too-deep",
        "reserved-word",
        "unknown-item",
        "bad-character",
    ];
    for code in codes {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/rules/{code}.md"));
        let page = fs::read_to_string(path).unwrap();
        let examples: Vec<&str> =
            page.split("```leadway\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        let [bad, good] = examples.as_slice() else { panic!("{code}: a bad and a good example") };
        assert!(
            read(bad).diagnostics.iter().any(|diagnostic| diagnostic.code == code),
            "{code}: {}",
            told(&read(bad), bad)
        );
        assert_eq!(told(&read(good), good), "", "{code}");
    }
}

/// What is hard on a reader: nothing may panic, hang or need more than time and memory in proportion to the text.
#[test]
fn hostile_texts_are_read() {
    let many = 2_000;
    let inside = |open: &str, close: &str, depth: usize| {
        format!("segment a when {}x{}", open.repeat(depth), close.repeat(depth))
    };
    let cases = [
        ("brackets as deep as allowed", inside("(", ")", 64), 0),
        ("brackets too deep", inside("(", ")", many), 1),
        ("brackets never closed", inside("(", "", 60), 1),
        ("brackets never closed in a clause", format!("lead {{ id text requ{}ired }}", "(".repeat(40)), 1),
        (
            "brackets never closed on a line",
            format!("route main {{ rule \"A\" {{ match x\n{}y }} }}", "(".repeat(40)),
            1,
        ),
        ("brackets never closed around braces", format!("route main {{ {}", "( { } ".repeat(many)), 1),
        ("braces never closed", "route main { ".repeat(many), 1),
        ("braces never opened", "} ".repeat(many), 1),
        ("a list on one long line", format!("list a = {}DE", "DE, ".repeat(many)), 0),
        ("a long condition", format!("segment a when x{}", " and x".repeat(many)), 0),
        ("a long mixed condition", format!("segment a when x{}", " and x or x".repeat(many)), 1),
        ("one long word", format!("segment {} when b", "a".repeat(many)), 0),
        ("one long text", format!("segment \"{}\" when b", "a".repeat(many)), 0),
        ("backslashes", format!("segment \"{}\" when b", "\\".repeat(many)), 0),
        ("only quotes", "\"".repeat(many), 1),
        ("only blanks", " ".repeat(many), 0),
        ("only line ends", "\r\n".repeat(many), 0),
        ("only comments", "#\n".repeat(many), 0),
        ("only signs", "=".repeat(many), 1),
        ("many items on one line", "queue a { worked by b } ".repeat(many), 0),
        ("many broken items", "queue a { worked on b }\n".repeat(many), 100),
        ("many broken items on one line", "queue a { worked on b } ".repeat(many), 100),
        ("many bad numbers", format!("list a = {}1", "01, ".repeat(many)), 100),
        ("nothing", String::new(), 0),
        ("a byte-order mark", "\u{FEFF}".to_string(), 0),
        ("a NUL", "\0".to_string(), 1),
        ("no line end after a comment", "queue a # b".to_string(), 0),
    ];
    for (name, text, least) in cases {
        let parsed = read(&text);
        let told = parsed.diagnostics.len();
        assert!(told >= least && (least > 0 || told == 0) && told <= 100, "{name}: {told}");
        if let Ok(once) = format(&parsed, &text) {
            let again = read(&once);
            assert_eq!(tree(&again.file), tree(&parsed.file), "{name}");
            assert_eq!(format(&again, &once).as_ref(), Ok(&once), "{name}");
        }
    }
}
