//! Any bytes as leads and as reference data: nothing panics or hangs, and no line of JSON is lost.
#![no_main]

use leadway::data::table::{read_list, read_table};
use leadway::lead::{LeadFile, LeadReader, Plan};
use leadway::policy::{Field, Type};
use leadway::source::Span;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let field = |name: &str, ty: Type| Field {
        name: name.into(),
        span: Span::default(),
        ty,
        required: name == "id",
        columns: vec![name.into()],
        spellings: Vec::new(),
        missing: Vec::new(),
    };
    let fields = [
        field("id", Type::Text),
        field("country", Type::Country),
        field("state", Type::Region { of: Some(1) }),
        field("zip", Type::PostalCode { of: Some(1) }),
        field("at", Type::Time),
        field("day", Type::Date),
        field("amount", Type::Money { currency: Some("USD".into()) }),
        field("company.size", Type::Integer { low: None, high: None }),
        field("email", Type::Email),
        field("site", Type::Domain),
        field("tongue", Type::Language),
        field("tags", Type::SetOf(Box::new(Type::Text))),
    ];
    Plan::new(&fields, &["Select".into()], chrono_tz::Europe::Berlin)
});

fuzz_target!(|bytes: &[u8]| {
    for name in [None, Some("x.csv"), Some("x.ndjson"), Some("x.json")] {
        let Ok(file) = LeadFile::open(bytes, name, &PLAN) else { continue };
        let mut reader = LeadReader::new(&PLAN, file);
        let items = reader.by_ref().count();
        reader.warnings();
        let plain = bytes.first() == Some(&b'{') && !bytes.contains(&b'\r') && !bytes.contains(&0);
        if name == Some("x.ndjson") && plain {
            let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii_end().is_empty()).count();
            assert_eq!(items, lines);
        }
    }
    let _ = read_table(bytes);
    read_list(bytes);
});
