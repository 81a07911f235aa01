//! Any text as a policy: what the printer makes of it has the same tree and the same comments, and printing it again changes nothing.
#![no_main]

use leadway::source::FileId;
use leadway::{format, syntax};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = syntax::parse(FileId(0), text);
    let Ok(formatted) = format::format(&parsed, text) else { return };
    let again = syntax::parse(FileId(0), &formatted);
    assert_eq!(serde_json::to_value(&parsed.file).ok(), serde_json::to_value(&again.file).ok(), "{formatted}");
    let comments = |parsed: &syntax::Parsed| parsed.comments.iter().map(|comment| comment.text.clone()).collect::<Vec<_>>();
    assert_eq!(comments(&parsed), comments(&again), "{formatted}");
    assert_eq!(format::format(&again, &formatted).as_deref(), Ok(formatted.as_str()));
});
