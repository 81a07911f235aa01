//! Findings as people and machines read them.

use leadway::diagnostic::json::render as json_text;
use leadway::diagnostic::render::{Options, render};
use leadway::diagnostic::{Diagnostic, github, pages, sarif};
use leadway::source::{FileId, SourceFile, Sources, Span};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Files for a test, and spans of what stands in them.
struct Files(Sources);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let mut sources = Sources::default();
        for (name, text) in files {
            sources.add(SourceFile::new(*name, *text));
        }
        Files(sources)
    }

    /// The span of the nth time that `text` occurs in a file.
    fn span(&self, file: u32, text: &str, nth: usize) -> Span {
        let (start, found) = self.0.get(FileId(file)).unwrap().text.match_indices(text).nth(nth).unwrap();
        Span::new(FileId(file), start, start + found.len())
    }

    fn drawn(&self, diagnostics: &[Diagnostic]) -> String {
        render(diagnostics, &self.0, Options { color: false, width: 80 })
    }
}

const POLICY: &str = "\
policy \"Acme\" { timezone \"Europe/Berlin\" }

lead {
  id        text required
  industry  one of fintech, saas, retail
}

queue triage { worked by sdrs }

route main {
  rule \"Shops\" {
    match  industry = retial
    assign queue traige
  }
  otherwise { assign queue triage }
}
queue triage { worked by leaders }
";

fn policy() -> (Files, Vec<Diagnostic>) {
    let files = Files::new(&[("main.leadway", POLICY), ("people.leadway", "team sdrs {}\nteam \tsdrs {}\n")]);
    let retial = files.span(0, "retial", 0);
    let findings = vec![
        Diagnostic::error("value-outside-enum", retial, "`retial` is not a value of `industry`")
            .here("not one of the values of `industry`")
            .also(files.span(0, "industry", 0), "its values are written here")
            .help("did you mean `retail`?")
            .fix(retial, "retail"),
        Diagnostic::error("duplicate-name", files.span(0, "triage", 2), "there are two queues named `triage`")
            .here("the second")
            .also(files.span(0, "triage", 0), "the first")
            .note("a lead is sent to a queue by its name")
            .help("give one of them another name, and write that name in the rules that should send leads to it"),
        Diagnostic::warning("duplicate-name", files.span(1, "sdrs", 1), "there are two teams named `sdrs`")
            .also(files.span(1, "sdrs", 0), "the first")
            .also(files.span(0, "sdrs", 0), "used here"),
    ];
    (files, findings)
}

#[test]
fn findings_for_people() {
    let (files, findings) = policy();
    insta::assert_snapshot!(files.drawn(&findings));
}

#[test]
fn findings_for_people_in_colour() {
    let (files, findings) = policy();
    let drawn = render(&findings[..1], &files.0, Options { color: true, width: 80 });
    insta::assert_snapshot!(drawn.replace('\u{1b}', "<esc>"));
}

#[test]
fn findings_as_json() {
    let (files, findings) = policy();
    insta::assert_snapshot!(json_text(&findings, &files.0));
}

#[test]
fn findings_as_workflow_commands() {
    let (files, mut findings) = policy();
    findings.push(
        Diagnostic::error("value-outside-enum", Span::new(FileId(0), 0, 60), "100% of `a::b`,\r\n`c`")
            .note("two\nlines"),
    );
    insta::assert_snapshot!(github::render(&findings, &files.0));
}

#[test]
fn findings_as_sarif() {
    let (files, findings) = policy();
    let mut log: Value = serde_json::from_str(&sarif::render(&findings, &files.0)).unwrap();
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap() {
        let page = pages::page(rule["id"].as_str().unwrap()).unwrap();
        assert_eq!(rule["help"], json!({ "text": page, "markdown": page }));
        rule["help"] = Value::from("the page");
    }
    insta::assert_snapshot!(format!("{log:#}"));
}

#[test]
fn sarif_holds_to_the_published_schema() {
    // Published with a bracket that closes nothing, in the pattern of a property that is not written here.
    let published = include_str!("../data/sarif-schema-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema = serde_json::from_str(&published).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    assert!(!schema.is_valid(&json!({ "version": "2.1.0" })), "a log without runs is not valid");
    let odd_names =
        Files::new(&[("a folder/ü 100%: [x].leadway", "lead {"), ("/root/x", ""), ("C:\\policies\\x", "x")]);
    let at = |file, offset| Diagnostic::warning("found", Span::new(FileId(file), 0, offset), "found");
    let awkward =
        vec![at(0, 2).fix(Span::new(FileId(0), 6, 6), ""), at(1, 0).also(Span::default(), ""), at(2, 9), at(3, 3)];
    let (files, findings) = policy();
    for (sources, findings) in [(&files, vec![]), (&files, findings), (&odd_names, awkward)] {
        let log = serde_json::from_str(&sarif::render(&findings, &sources.0)).unwrap();
        let faults: Vec<String> =
            schema.iter_errors(&log).map(|fault| format!("{} at {}", fault, fault.instance_path())).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }
    let log = sarif::render(&[at(0, 1), at(1, 1), at(2, 1)], &odd_names.0);
    for uri in ["a%20folder/%C3%BC%20100%25%3A%20%5Bx%5D.leadway", "file:///root/x", "C%3A/policies/x"] {
        assert!(log.contains(&format!("\"uri\": \"{uri}\"")), "{uri}");
    }
}

#[test]
fn awkward_text_is_drawn_in_place() {
    let long = format!("list x = {}needle{}", "häufig, ".repeat(100_000), ", nadel".repeat(100_000));
    let far = format!("{}list here = needle\n", "\n".repeat(123_455));
    let files = Files::new(&[
        ("multi-byte", "rule \"東京 leads für é\" { match naïve }"),
        ("tab", "\tmatch\tneedle in\tx"),
        ("crlf", "lead {\r\n  needle text\r\n}\r\n"),
        ("end", "lead {\n"),
        ("empty", ""),
        ("control", "a\u{1b}[31m \0needle \u{202e}b\u{2028}c\rd"),
        ("long", &long),
        ("far", &far),
        ("several lines", "rule \"A\" {\n  match x\n}\n"),
    ]);
    let found = |file, text| Diagnostic::error("found", files.span(file, text, 0), format!("found in file {file}"));
    let at = |file, offset| Diagnostic::error("found", Span::new(FileId(file), offset, offset), "found at the end");
    let findings = [
        found(0, "naïve").also(files.span(0, "für", 0), "also"),
        found(1, "needle"),
        found(2, "needle"),
        at(2, files.0.get(FileId(2)).unwrap().text.len()),
        at(3, 7),
        at(4, 0),
        found(5, "needle"),
        found(6, "needle").also(files.span(6, "list", 0), "far from it"),
        found(7, "needle"),
        found(8, "rule \"A\" {\n  match x\n}"),
        Diagnostic::error("found", Span::new(FileId(99), 5, 9), "a file that is not there").help("look elsewhere"),
    ];
    insta::assert_snapshot!(files.drawn(&findings));
}

#[test]
fn thousands_of_findings_in_a_large_file_are_drawn() {
    let line = "  rule \"Some rule\" { match industry = retial  assign queue triage }\n";
    let text = line.repeat(750_000);
    let files = Files::new(&[("big.leadway", &text)]);
    let findings: Vec<Diagnostic> = (0..5_000)
        .map(|nth| {
            let start = nth * 150 * line.len() + line.find("retial").unwrap();
            Diagnostic::error("value-outside-enum", Span::new(FileId(0), start, start + 6), "`retial` is not a value")
                .also(Span::new(FileId(0), 2, 6), "far away")
        })
        .collect();
    let drawn = files.drawn(&findings);
    assert_eq!(drawn.matches("error[value-outside-enum]").count(), 5_000);
    assert!(drawn.contains("big.leadway:749851:39"), "the last finding has its real place");
}

proptest! {
    /// Whatever the text and the spans, a drawing names the real place of each finding and nothing panics.
    #[test]
    fn any_span_of_any_text_is_drawn(
        text in "(?s)[a-z \t\r\n\u{0}\u{1b}é東\u{2028}\u{301}]{0,300}",
        spans in prop::collection::vec((0usize..320, 0usize..320), 1..20),
        width in 0usize..100,
    ) {
        let files = Files::new(&[("any", &text)]);
        let span = |&(start, end): &(usize, usize)| Span::new(FileId(0), start, end);
        let mut finding = Diagnostic::error("found", span(&spans[0]), "found").fix(span(&spans[0]), "new\ntext");
        for other in &spans[1..] {
            finding = finding.also(span(other), "also");
        }
        let place = files.0.get(FileId(0)).unwrap().place(text.floor_char_boundary(spans[0].0) as u32);
        for color in [false, true] {
            let drawn = render(std::slice::from_ref(&finding), &files.0, Options { color, width });
            prop_assert!(drawn.contains(&format!("any:{}:{}", place.line, place.column)), "{place:?} is not in {drawn}");
            prop_assert!(!drawn.contains('\0'));
        }
        json_text(&[finding], &files.0);
    }
}
