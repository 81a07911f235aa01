//! Leads from files of every kind: what is read, what is said, and that nothing is lost.

use leadway::data::{text, value};
use leadway::lead::{LeadFile, LeadReader, Plan};
use leadway::policy::{Field, Type};
use leadway::source::Span;
use proptest::prelude::*;
use smol_str::SmolStr;
use std::io::Write;

fn field(name: &str, ty: Type, columns: &[&str]) -> Field {
    let columns = if columns.is_empty() { vec![name.into()] } else { columns.iter().map(SmolStr::new).collect() };
    Field {
        name: name.into(),
        span: Span::default(),
        ty,
        required: false,
        columns,
        spellings: Vec::new(),
        missing: Vec::new(),
    }
}

fn plan() -> Plan {
    let mut fields = [
        field("id", Type::Text, &[]),
        field("state", Type::Region { of: Some(2) }, &[]),
        field("country", Type::Country, &[]),
        field("postal_code", Type::PostalCode { of: Some(2) }, &["ZIP", "Postal Code"]),
        field("employees", Type::Integer { low: Some(1), high: None }, &["company.size"]),
        field("engaged", Type::Date, &["Engage Date"]),
        field("stack", Type::SetOf(Box::new(Type::Text)), &[]),
    ];
    fields[0].required = true;
    Plan::new(&fields, &["Select".into()], chrono_tz::Europe::Berlin)
}

fn shown(name: Option<&str>, bytes: &[u8]) -> String {
    let plan = plan();
    let mut reader = match LeadFile::open(bytes, name, &plan) {
        Ok(file) => LeadReader::new(&plan, file),
        Err(error) => return format!("error: {}\nhelp: {}\n", error.message, error.help.unwrap_or_default()),
    };
    let mut text = String::new();
    for item in reader.by_ref() {
        match item {
            Ok(lead) => {
                let values: Vec<String> = lead.values.iter().map(value::show).collect();
                let bad = if lead.is_bad() { " BAD" } else { "" };
                text += &format!("{}: [{}] {}{bad}\n", lead.line, lead.id, values.join(", "));
                for fault in &lead.faults {
                    text += &format!("   {:?} in field {} expected {}\n", fault.raw, fault.field.0, fault.expected);
                }
                for note in &lead.notes {
                    text += &format!("   note: {}\n", note.text);
                }
            }
            Err(error) => text += &format!("{}: ERROR {:?} expected {}\n", error.line, error.found, error.expected),
        }
    }
    for warning in reader.warnings() {
        text += &format!("warning: {warning}\n");
    }
    text
}

#[test]
fn csv_files() {
    insta::assert_snapshot!(
        "csv_plain",
        shown(
            None,
            b"ID,Country,State,ZIP,Company.Size,Engage Date,Stack,Other,\r\n\
        1,Germany,Bayern,1067,\"1,200\",10/25/2016,a;b,x,\r\n\
        2,Select,CA,2134,0,3/4/2017,,\"two\nlines\",\r\n\
        ,US,CA,2134,7,,,\r\n\
        4,US,California,\"9\"\"4\",7,25/10/2016,,,,,\r\n\
        5,US,,,,,,,,extra\r\n\
        6\r\n\
        \r\n\
        7,\"open,,,\r\n\
        8,FR,,1000,1.234,,,,\r\n"
        )
    );
    insta::assert_snapshot!("csv_windows", shown(Some("x.csv"), b"id;country;state\n1;DE;Baden-W\xfcrttemberg\n"));
    insta::assert_snapshot!("csv_no_column", shown(None, b"idd,country\n1,DE\n"));
    insta::assert_snapshot!("csv_two_columns", shown(None, b"id,Country,country,COUNTRY\n1,DE,DE,DE\n"));
    insta::assert_snapshot!("csv_two_same", shown(None, b"id,country,country\n1,DE,DE\n"));
    insta::assert_snapshot!("csv_two_alike", shown(None, b"id,Country,COUNTRY\n1,DE,DE\n"));
    insta::assert_snapshot!("csv_only_header", shown(None, b"id,country\n"));
    insta::assert_snapshot!(
        "csv_both_orders",
        shown(None, b"id,engage date\n1,25/10/2016\n2,10/25/2016\n3,3/4/2016\n")
    );
}

#[test]
fn json_files() {
    insta::assert_snapshot!(
        "json_lines",
        shown(
            None,
            br#"{"id":"1","country":"DE","postal_code":"x","company":{"name":"a}","size":12},"stack":["a","b"]}
{"id": 2, "country" : "United Kingdom", "zip": "sw1a1aa", "company": {"size": null, "deep": {"size": 1}}}

{"id":"3","state":"US-CA","country":null,"other":[{"x":[1,2]}],"stack":"c|d"}
{"id":"\u0034 \ud83d\ude00 \"q\"","country":{"a":1},"id":"5"}
{"id":"6","country":"DE"
not json
{"id":tru}
["id"]
{"id":"7","Country":"FR",}
{"id":"8"} x
{}
"#
        )
    );
    insta::assert_snapshot!(
        "json_array",
        shown(
            None,
            br#"
[ {"id":"1", "country":"DE"}, {
   "id": "two\n, }", "company": { "size": 12 }
  },
  7, {"id":"3"}
] x"#
        )
    );
    insta::assert_snapshot!(
        "json_pretty",
        shown(None, b"{\n  \"id\": \"1\",\n  \"country\": \"DE\"\n}\n{\n  \"id\": \"2\"\n")
    );
    insta::assert_snapshot!("json_one", shown(Some("lead.json"), b"{\"id\": \"1\"}"));
}

#[test]
fn files_that_are_no_leads() {
    for (name, bytes) in [
        ("empty", &b""[..]),
        ("blank", b"\n \n"),
        ("spreadsheet", b"PK\x03\x04xxxx"),
        ("binary", b"\x01\x02\x03\x00\x00\x05\x06\x07abc"),
        ("header_quote", b"\"id,country\n1,2\n"),
        ("no_header", b"1,DE\n2,FR\n"),
        ("broken_gzip", b"\x1f\x8b\x08\x00garbage"),
        ("broken_zstd", b"\x28\xb5\x2f\xfd\xffx"),
    ] {
        insta::assert_snapshot!(format!("no_leads_{name}"), shown(None, bytes));
    }
}

/// The same leads, however the file is stored.
#[test]
fn a_file_says_the_same_in_any_coding() {
    let text = "id,country\r\n1,\"Österreich\"\r\n2,Côte d'Ivoire\r\n";
    let plain = shown(None, text.as_bytes());
    let utf16 = |unit: fn(u16) -> [u8; 2]| format!("\u{feff}{text}").encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let zstd = || ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9][..], &zstd()].concat();
    for (name, bytes) in [
        ("marked", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("utf16le", utf16(u16::to_le_bytes)),
        ("utf16be", utf16(u16::to_be_bytes)),
        ("gzip", gzip.finish().unwrap()),
        ("zstd", zstd()),
        ("skippable", skippable),
        ("old mac", text.replace("\r\n", "\r").into_bytes()),
    ] {
        assert_eq!(shown(None, &bytes), plain, "{name}");
    }
    let two_frames =
        [zstd(), ruzstd::encoding::compress_to_vec(&b"3,DE\n"[..], ruzstd::encoding::CompressionLevel::Fastest)]
            .concat();
    assert_eq!(shown(None, &two_frames), shown(None, format!("{text}3,DE\n").as_bytes()));
}

#[test]
fn records_without_end_are_bounded() {
    let long = "x".repeat(1_000_000);
    let million = shown(None, format!("id,country\n{long},DE\n2,FR\n").as_bytes());
    assert!(million.contains("2: [2]") || million.contains("3: [2]"), "{}", &million[million.len() - 200..]);

    let endless = "x".repeat(17 << 20);
    let after = shown(None, format!("{{\"id\":\"1\"}}\n{{\"id\":\"{endless}\"}}\n{{\"id\":\"3\"}}\n").as_bytes());
    assert_eq!(after.lines().filter(|line| line.contains("at most 16 MiB")).count(), 1, "{after}");
    assert!(after.contains("3: [3]"), "{after}");

    let array = shown(None, format!("[{{\"id\":\"1\"}},\n{{\"id\":\"{endless}\"}},\n{{\"id\":\"3\"}}]").as_bytes());
    assert_eq!(array.lines().filter(|line| line.contains("at most 16 MiB")).count(), 1, "{array}");
    assert!(array.contains("3: [3]"), "{array}");

    // The open quote is known for one after 16 MiB without a closing one; long rows make that quick.
    let row = format!("2,{}\n", "y".repeat(60_000));
    let open = format!("id,country\n1,\"never closed\n{}", row.repeat(300));
    let plan = plan();
    let reader = LeadReader::new(&plan, LeadFile::open(open.as_bytes(), None, &plan).unwrap());
    let (leads, errors): (Vec<_>, Vec<_>) = reader.partition(Result::is_ok);
    assert_eq!((leads.len(), errors.len()), (300, 1));

    let deep = format!("{{\"id\":\"1\",\"x\":{}{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert!(shown(None, deep.as_bytes()).contains("at most 64 levels"));
}

/// A file that breaks off gives its whole records and one error.
#[test]
fn a_broken_stream_is_said() {
    struct Breaks<'a>(&'a [u8]);
    impl std::io::Read for Breaks<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(std::io::Error::other("the disk is gone")),
                count => Ok(count),
            }
        }
    }
    let plan = plan();
    let mut text = String::from("id,country\n");
    for row in 0..2_000 {
        text += &format!("{row},DE\n");
    }
    text += "half";
    let mut reader = LeadReader::new(&plan, LeadFile::open(Breaks(text.as_bytes()), None, &plan).unwrap());
    let (leads, errors): (Vec<_>, Vec<_>) = reader.by_ref().partition(Result::is_ok);
    assert_eq!(leads.len(), 2_000);
    insta::assert_snapshot!(format!("{errors:?}"));
}

/// A value of any JSON document.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let scalar = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        "\\PC{0,8}|[\"\\\\\n\t/a]{0,6}".prop_map(serde_json::Value::from),
    ];
    scalar.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            proptest::collection::hash_map("[a-d\"\\\\]{1,2}", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

fn any_object() -> impl Strategy<Value = serde_json::Map<String, serde_json::Value>> {
    // Not the other spellings of a column, which are read as that column.
    let key = "a|b|c|x.y|d|\\PC{1,3}".prop_filter("another spelling", |key| {
        ["a", "b", "c"].contains(&key.as_str()) || !["a", "b", "c"].contains(&text::squeeze(text::trim(key)).as_str())
    });
    proptest::collection::vec((key, any_json()), 0..6).prop_map(|members| members.into_iter().collect())
}

/// What a raw lead holds for a key, read by the oracle.
fn by_serde(object: &serde_json::Map<String, serde_json::Value>, column: &str) -> String {
    match object.get(column) {
        None | Some(serde_json::Value::Null) => String::new(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Objects split as serde_json reads them, whatever the keys of the lines before.
    #[test]
    fn json_is_split_as_serde_reads_it(objects in proptest::collection::vec(any_object(), 1..6), pretty in any::<bool>()) {
        let columns = ["a", "b", "c"];
        let plan = Plan::new(&columns.map(|name| field(name, Type::Text, &[])), &[], chrono_tz::UTC);
        let text: String = match pretty {
            false => objects.iter().map(|object| serde_json::to_string(object).unwrap() + "\n").collect(),
            true => serde_json::to_string_pretty(&objects).unwrap(),
        };
        let mut file = LeadFile::open(text.as_bytes(), pretty.then_some("x.json"), &plan).unwrap();
        let (mut splitter, mut block, mut found) = (file.splitter(), leadway::lead::Block::default(), Vec::new());
        while file.next_block(&mut block) {
            let (text, _) = block.text();
            splitter.split(&plan, &block, &text, |raw| {
                let raw = raw.unwrap();
                found.push((0..3).map(|column| {
                    let value = raw.value(raw.cell(column)).into_owned();
                    match serde_json::from_str::<serde_json::Value>(&value) {
                        // Arrays and objects come as they are written.
                        Ok(nested) if value.starts_with(['[', '{']) => nested.to_string(),
                        _ => value,
                    }
                }).collect::<Vec<_>>());
            });
        }
        let expected: Vec<Vec<String>> = objects.iter().map(|object| {
            columns.map(|column| by_serde(object, column)).to_vec()
        }).collect();
        // A text that happens to be JSON is written again by the closure above.
        let normal = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
            rows.into_iter().map(|row| row.into_iter().map(|value| match serde_json::from_str::<serde_json::Value>(&value) {
                Ok(nested) if value.starts_with(['[', '{']) => nested.to_string(),
                _ => value,
            }).collect()).collect()
        };
        prop_assert_eq!(normal(found), normal(expected));
    }

    /// Every record is a lead or an error: as many items as there are lines.
    #[test]
    fn leads_in_are_leads_out_and_errors(lines in proptest::collection::vec("[{}\\[\\]\",:a1 ]{1,20}|\\{\"id\":\"[a-z]{0,3}\"\\}", 1..20)) {
        let text = format!("{{\"id\":\"0\"}}\n{}\n", lines.join("\n"));
        let expected = lines.iter().filter(|line| !line.trim().is_empty()).count() + 1;
        let plan = plan();
        let reader = LeadReader::new(&plan, LeadFile::open(text.as_bytes(), Some("x.ndjson"), &plan).unwrap());
        prop_assert_eq!(reader.count(), expected);
    }

    #[test]
    fn no_bytes_panic(
        mark in proptest::sample::select(vec![&b""[..], b"id,country\n", b"{\"id\":1}\n", b"[", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xff\xfe"]),
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), proptest::sample::select(b"{}[]\",:\n\\u1".to_vec())], 0..200),
    ) {
        let _ = shown(None, &[mark, &bytes].concat());
    }
}
