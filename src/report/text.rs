//! The numbers of a run for people.

use super::Summary;
use comfy_table::{CellAlignment, Table, presets};
use indexmap::IndexMap;

/// How many rows a part shows before it says how many more there are.
const ROWS: usize = 30;

impl Summary {
    /// Tables of what each part of the policy got, with shares of the decided leads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let otherwise = |count: u64, what: &str| if count > 0 { format!(", {count} {what}") } else { String::new() };
        text.push_str(&format!(
            "{} leads in: {} decided, {} with errors{}\n",
            self.leads,
            self.decisions,
            self.errors,
            otherwise(self.leads_with_bad_values, "with a value that could not be read (counted as missing)")
        ));
        self.part(&mut text, "outcome", &self.outcomes);
        self.part(&mut text, "excluded by", &self.excluded);
        self.part(&mut text, "rule", &self.rules);
        self.part(&mut text, "territory", &self.territories);
        self.part(&mut text, "segment", &self.segments);
        for (grade, steps) in &self.grades {
            self.part(&mut text, grade, steps);
        }
        self.part(&mut text, "pool", &self.pools);
        self.part(&mut text, "queue", &self.queues);
        self.part(&mut text, "rep", &self.reps);
        self.part(&mut text, "sla", &self.slas);
        self.part(&mut text, "bad values of", &self.bad_values);
        if self.unassigned > 0 {
            text.push_str(&format!(
                "\n{} leads were routed to targets of which none could take them\n",
                self.unassigned
            ));
        }
        text
    }

    fn part(&self, text: &mut String, title: &str, counts: &IndexMap<String, u64>) {
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
