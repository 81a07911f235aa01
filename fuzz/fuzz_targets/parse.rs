//! Any text as a policy: reading and checking it neither panics nor hangs, and every span lies in the text.
#![no_main]

use leadway::policy::DataFiles;
use leadway::source::FileId;
use leadway::{check, syntax};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = syntax::parse(FileId(0), text);
    let checked = check::check(&[(FileId(0), &parsed.file)], &DataFiles::default());
    for diagnostic in parsed.diagnostics.iter().chain(&checked.diagnostics) {
        let span = diagnostic.primary.span;
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{diagnostic:?}");
    }
});
