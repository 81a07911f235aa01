//! Reference data: tables and lists as files of every kind.

use leadway::data::csv::{self, Scan};
use leadway::data::table::{DataTable, read_list, read_table};
use proptest::prelude::*;

fn shown(table: &DataTable) -> String {
    let mut text = format!("{}\n", table.columns.join(" | "));
    for row in 0..table.len() {
        let cells: Vec<_> = (0..table.columns.len()).map(|column| table.cell(row, column)).collect();
        text += &format!("{:>3}: {}\n", table.line(row), cells.join(" | "));
    }
    for fault in &table.faults {
        text += &format!("line {:?}: {}\n", fault.line, fault.message);
    }
    text + &table.notes.join("\n")
}

fn read(bytes: &[u8]) -> String {
    match read_table(bytes) {
        Ok(table) => shown(&table),
        Err(fault) => format!("line {:?}: {}\n", fault.line, fault.message),
    }
}

#[test]
fn tables() {
    insta::assert_snapshot!("table_plain", read(b"id,name\r\n1,\"Acme, \"\"Inc\"\"\"\r\n\r\n2,\"two\nlines\"\n3,last"));
    insta::assert_snapshot!("table_semicolons", read(b"\xef\xbb\xbfid;name;note\n1;a,b;\n2;c;d\n"));
    insta::assert_snapshot!("table_ragged", read(b"id,name,name\n1\n2,b,c,d\n3,x,y,,\n4,\"open\n5,z,z\n"));
    insta::assert_snapshot!(
        "table_windows",
        read("id\tname\n1\tM\u{fc}ller\n".chars().map(|c| c as u8).collect::<Vec<_>>().as_slice())
    );
    insta::assert_snapshot!("table_declared", read(b"sep=|\nid|a,b,c\n1|x\n"));
    insta::assert_snapshot!("table_old_mac", read(b"id,name\r1,a\r2,b\r"));
    let wide: Vec<u8> = "\u{feff}id\tname\n1\tÆ\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    insta::assert_snapshot!("table_utf16", read(&wide));
    insta::assert_snapshot!("table_empty", read(b"\n\n"));
    insta::assert_snapshot!("table_damaged", read("id,name\n1,é\n2,ö\n3,\u{fc}".as_bytes().split_last().unwrap().1));
}

#[test]
fn lists() {
    let list = read_list(b"# free mail\ngmail.com\n\n  yahoo.com \r\n#x\nweb.de");
    assert_eq!(list.entries, [(2, "gmail.com".into()), (4, "yahoo.com".into()), (6, "web.de".into())]);
}

#[test]
fn columns_are_found_by_any_spelling_of_their_name() {
    let table = read_table(b"Owner Email,owner_email2\n").unwrap();
    assert_eq!(table.column("owner_email"), Some(0));
    assert_eq!(table.column("OwnerEmail2"), Some(1));
    assert_eq!(table.column("website"), None);
}

fn by_the_crate(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .terminator(::csv::Terminator::Any(b'\n'))
        .from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_string).collect()).collect()
}

fn by_us(text: &str, delimiter: u8) -> Option<Vec<Vec<String>>> {
    let (mut at, mut cells, mut records) = (0, Vec::new(), Vec::new());
    loop {
        match csv::record(text.as_bytes(), at, delimiter, &mut cells) {
            Scan::Record { end, .. } => {
                records.push(cells.iter().map(|cell| cell.text(text).into_owned()).collect());
                at = end;
            }
            Scan::OpenQuote { .. } => return None,
            Scan::End => return Some(records),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn csv_is_split_as_the_csv_crate_splits_it(text in "[a,\"\n;é]{0,40}") {
        if let Some(ours) = by_us(&text, b',') {
            prop_assert_eq!(ours, by_the_crate(&text, b','));
        }
    }

    /// Cutting at the last record end never splits a record.
    #[test]
    fn a_cut_falls_between_records(text in "[a,\"\r\n]{0,40}", at in 0usize..40) {
        let start = text.get(..at).unwrap_or(&text);
        let cut = csv::last_record_end(start.as_bytes(), b',');
        if let (Some(mut before), Some(behind), Some(whole)) = (by_us(&text[..cut], b','), by_us(&text[cut..], b','), by_us(&text, b',')) {
            before.extend(behind);
            prop_assert_eq!(before, whole);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
        let _ = read_list(&bytes);
    }
}
