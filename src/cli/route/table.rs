//! Decisions as a table for people, and as CSV.

use crate::decision::{COLUMNS, Decided, Writer};
use comfy_table::{Table, presets};

/// What of it a terminal has room for.
const SHOWN: [(usize, &str); 7] =
    [(0, "lead"), (3, "rule"), (5, "target"), (6, "assignee"), (8, "sla"), (9, "priority"), (10, "territory")];

pub fn csv_row(writer: &Writer, decided: &Decided) -> csv::Result<Vec<u8>> {
    let mut row = csv::WriterBuilder::new().from_writer(Vec::with_capacity(256));
    row.write_record(writer.cells(decided))?;
    row.into_inner().map_err(|error| error.into_error().into())
}

pub fn csv_header() -> String {
    format!("{}\n", COLUMNS.join(","))
}

/// The first decisions as a table; `more` were made besides.
pub fn text(rows: &[[String; COLUMNS.len()]], more: u64) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(SHOWN.map(|(_, name)| name));
    for row in rows {
        table.add_row(SHOWN.map(|(at, name)| match (row.get(at).map(String::as_str), name) {
            // Where no rule took the lead, the outcome says why.
            (Some(""), "rule") if row[14].is_empty() => format!("({})", row[2]),
            (Some(""), "rule") => format!("({}: {})", row[2], row[14]),
            (Some(cell), _) => cell.to_owned(),
            (None, _) => String::new(),
        }));
    }
    let mut text: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    if more > 0 {
        text.push_str(&format!("and {more} more; `--rows 0` shows all, `--format ndjson` and `csv` write all\n"));
    }
    text
}
