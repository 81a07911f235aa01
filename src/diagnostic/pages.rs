//! The page of each code: what the finding means, a bad and a good example. The files of docs/rules/, in the binary.

// `const PAGES: &[(&str, &str)]`: code and text, in the order of the codes. Written by build.rs.
include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The Markdown page of a code.
pub fn page(code: &str) -> Option<&'static str> {
    let at = PAGES.binary_search_by_key(&code, |(known, _)| *known).ok()?;
    PAGES.get(at).map(|(_, text)| *text)
}

/// Every code that has a page, in alphabetical order.
pub fn codes() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(code, _)| *code)
}

/// The first paragraph of a code's page, on one line.
pub fn summary(code: &str) -> Option<String> {
    let mut paragraphs = page(code)?.split("\n\n").filter(|paragraph| !paragraph.trim_start().starts_with('#'));
    Some(paragraphs.next()?.split_whitespace().collect::<Vec<_>>().join(" "))
}
