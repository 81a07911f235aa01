//! Decisions as a table for people, and as CSV.

use crate::decision::{COLUMNS, Decided, Writer};
use comfy_table::{Table, presets};

/// What of it a terminal has room for.
const SHOWN: [&str; 8] = ["lead", "rule", "target", "assignee", "sla", "due", "priority", "territory"];

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
    table.set_header(SHOWN);
    for row in rows {
        let cell = |name| COLUMNS.iter().zip(row).find(|(column, _)| **column == name).map_or("", |(_, cell)| cell);
        table.add_row(SHOWN.map(|name| match (cell(name), name) {
            // Where no rule took the lead, the outcome says why.
            ("", "rule") if cell("excluded").is_empty() => format!("({})", cell("outcome")),
            ("", "rule") => format!("({}: {})", cell("outcome"), cell("excluded")),
            // To the minute.
            (due, "due") => due.chars().take(16).collect::<String>().replace('T', " "),
            ("", "assignee") if !cell("waits_until").is_empty() => format!("(waits until {})", cell("waits_until")),
            (cell, _) => cell.to_owned(),
        }));
    }
    let mut text: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    if more > 0 {
        text.push_str(&format!("and {more} more; `--rows 0` shows all, `--format ndjson` and `csv` write all\n"));
    }
    text
}
