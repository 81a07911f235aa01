//! Text to tree: the corpus in tests/cases/parse.

use leadway::source::FileId;
use leadway::syntax::parse;

#[test]
fn the_worked_example_parses() {
    let text = include_str!("../cases/parse/worked-example.leadway");
    let parsed = parse(FileId(0), text);
    assert_eq!(parsed.diagnostics, []);
    let starts_of_items =
        text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase())).count();
    assert_eq!(parsed.file.items.len(), starts_of_items);
}

#[test]
fn show() {
    let text = include_str!("../cases/parse/worked-example.leadway");
    let parsed = parse(FileId(0), text);
    let out = leadway::format::format(&parsed, text).unwrap();
    std::fs::write("/tmp/out.leadway", &out).unwrap();
    let again = parse(FileId(0), &out);
    assert_eq!(again.diagnostics, []);
    let out2 = leadway::format::format(&again, &out).unwrap();
    std::fs::write("/tmp/out2.leadway", &out2).unwrap();
}
