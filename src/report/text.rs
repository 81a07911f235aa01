//! The numbers of a run for people.

use super::Summary;
use comfy_table::{CellAlignment, ColumnConstraint, Table, Width, presets};
use indexmap::IndexMap;

/// How many rows a part shows before it says how many more there are.
const ROWS: usize = 30;
/// The numbers of all parts stand below one another, unless names are longer than this.
const WIDEST: usize = 48;

/// `1 lead`, `2 leads`.
fn of(count: u64, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

impl Summary {
    /// Tables of what each part of the policy got, with shares of the decided leads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        text.push_str(&format!(
            "{} in: {} decided, {} to the errors\n",
            of(self.leads, "lead", "leads"),
            self.decisions,
            self.errors
        ));
        if self.leads_with_bad_values > 0 {
            let leads = of(self.leads_with_bad_values, "lead", "leads");
            text.push_str(&format!("{leads} with a value that could not be read (it counts as missing)\n"));
        }
        for (field, count) in &self.mended {
            let values = of(*count, "value", "values");
            text.push_str(&format!("{values} of `{field}` mended: a lost leading zero restored, or a `.0` removed\n"));
        }
        if self.short_rows > 0 {
            let rows = of(self.short_rows, "row with", "rows with");
            text.push_str(&format!("{rows} fewer cells than the header (the others count as missing)\n"));
        }
        if self.repeated_keys > 0 {
            let objects = of(self.repeated_keys, "object with", "objects with");
            text.push_str(&format!("{objects} a key twice (the last was read)\n"));
        }
        let grades = self.grades.iter().map(|(grade, steps)| (grade.as_str(), steps));
        let parts = [
            ("outcome", &self.outcomes),
            ("excluded by", &self.excluded),
            ("rule", &self.rules),
            ("territory", &self.territories),
            ("segment", &self.segments),
        ];
        let rest = [
            ("pool", &self.pools),
            ("queue", &self.queues),
            ("rep", &self.reps),
            ("sla", &self.slas),
            ("owner who is no rep", &self.unknown_owners),
            ("bad values of", &self.bad_values),
        ];
        let parts: Vec<_> = parts.into_iter().chain(grades).chain(rest).collect();
        let names = parts.iter().flat_map(|(title, counts)| counts.keys().map(String::as_str).chain([*title]));
        let widest = names.map(|name| name.chars().count()).max().unwrap_or(0).min(WIDEST);
        for (title, counts) in parts {
            self.part(&mut text, title, counts, widest);
        }
        if self.unassigned > 0 {
            text.push_str(&format!(
                "\n{} routed to targets of which none could take it\n",
                of(self.unassigned, "lead was", "leads were")
            ));
        }
        text
    }

    fn part(&self, text: &mut String, title: &str, counts: &IndexMap<String, u64>, widest: usize) {
        if counts.is_empty() {
            return;
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header([title, "leads", "share"]);
        for (name, count) in counts.iter().take(ROWS) {
            let share = if self.decisions == 0 { 0.0 } else { *count as f64 * 100.0 / self.decisions as f64 };
            table.add_row([name.clone(), count.to_string(), format!("{share:.1}%")]);
        }
        for column in table.column_iter_mut().take(1) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(widest as u16 + 2)));
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        text.push('\n');
        for line in table.lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        if counts.len() > ROWS {
            let rest: u64 = counts.values().skip(ROWS).sum();
            text.push_str(&format!("and {} more with {rest} leads\n", counts.len() - ROWS));
        }
    }
}
