//! The parts that the page is made of: sections, tables, places of charts, and small pictures in cells.

use crate::report::simulation::{Rep, Share};
use std::fmt::Write;

/// A bar of the leads that a rep is given, with what is due and what he had.
pub fn load(rep: &Rep, most: f64) -> String {
    const WIDTH: f64 = 220.0;
    let place = |leads: f64| leads / most * (WIDTH - 12.0) + 6.0;
    let mut picture = format!(
        "<svg width=\"{WIDTH}\" height=\"18\" viewBox=\"0 0 {WIDTH} 18\" role=\"img\" aria-label=\"{} leads\"><rect class=\"rail\" x=\"6\" y=\"5\" width=\"{}\" height=\"8\" rx=\"2\"/><rect class=\"bar\" x=\"6\" y=\"5\" width=\"{:.1}\" height=\"8\" rx=\"2\"/>",
        rep.given,
        WIDTH - 12.0,
        place(rep.given as f64) - 6.0,
    );
    if rep.due > 0.0 {
        let at = place(rep.due);
        let _ = write!(picture, "<line class=\"due\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"2\" y2=\"16\"/>");
    }
    if let Some(had) = rep.had {
        let _ = write!(picture, "<circle class=\"had\" cx=\"{:.1}\" cy=\"9\" r=\"4\"/>", place(had as f64));
    }
    picture.push_str("</svg>");
    picture
}

/// An interval as a line with its share as a dot; the faint line is the share of all.
pub fn span(share: &Share, most: f64, all: &Share) -> String {
    const WIDTH: f64 = 180.0;
    let place = |share: f64| share / most * (WIDTH - 12.0) + 6.0;
    let (Some(middle), Some(low), Some(high)) = (share.share, share.low, share.high) else { return String::new() };
    let mean = place(all.share.unwrap_or(0.0).min(most));
    format!(
        "<svg width=\"{WIDTH}\" height=\"16\" viewBox=\"0 0 {WIDTH} 16\" aria-hidden=\"true\"><line class=\"mean\" x1=\"{mean:.1}\" x2=\"{mean:.1}\" y1=\"0\" y2=\"16\"/><line class=\"span\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"8\" y2=\"8\"/><circle class=\"dot\" cx=\"{:.1}\" cy=\"8\" r=\"3.5\"/></svg>",
        place(low),
        place(high),
        place(middle),
    )
}

pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(character),
        }
    }
    safe
}

/// A cell of a table.
#[derive(Debug, Clone)]
pub struct Cell {
    markup: String,
    left: bool,
}

impl Cell {
    pub fn text(text: &str) -> Cell {
        Cell { markup: escaped(text), left: true }
    }

    pub fn number(text: impl AsRef<str>) -> Cell {
        Cell { markup: escaped(text.as_ref()), left: false }
    }

    /// Of this file's own making.
    pub fn markup(markup: String) -> Cell {
        Cell { markup, left: false }
    }

    pub fn left(self) -> Cell {
        Cell { left: true, ..self }
    }
}

pub struct Page(pub String);

impl Page {
    pub fn push(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    pub fn section(&mut self, title: &str, hint: &str) {
        self.push(&format!("<section>\n<h2>{}</h2>\n", escaped(title)));
        if !hint.is_empty() {
            self.push(&format!("<p class=\"hint\">{}</p>\n", escaped(hint)));
        }
    }

    pub fn end(&mut self) {
        self.push("</section>\n");
    }

    pub fn chart(&mut self, id: &str, spoken: &str) {
        self.push(&format!(
            "<div class=\"chart\" id=\"{id}\" role=\"img\" aria-label=\"{}\"></div>\n",
            escaped(spoken)
        ));
    }

    pub fn legend<'t>(&mut self, entries: impl Iterator<Item = (&'t str, &'t str)>) {
        self.push("<div class=\"legend\">");
        for (colour, text) in entries {
            self.push(&format!("<span><i style=\"background:var(--{colour})\"></i>{text}</span>"));
        }
        self.push("</div>\n");
    }

    pub fn details(&mut self, header: &[&str], rows: Vec<Vec<Cell>>) {
        self.push("<details><summary>The numbers</summary>\n");
        self.table(header, rows);
        self.push("</details>\n");
    }

    /// The first cell of a row names it.
    pub fn table(&mut self, header: &[&str], rows: Vec<Vec<Cell>>) {
        let class = |left: bool| if left { " class=\"text\"" } else { "" };
        let lefts: Vec<bool> = rows.first().map(|row| row.iter().map(|cell| cell.left).collect()).unwrap_or_default();
        let narrow = if header.len() <= 2 { " narrow" } else { "" };
        self.push(&format!("<div class=\"scroll{narrow}\"><table>\n<thead><tr>"));
        for (at, title) in header.iter().enumerate() {
            let left = lefts.get(at).copied().unwrap_or(false);
            self.push(&format!("<th scope=\"col\"{}>{}</th>", class(left), escaped(title)));
        }
        self.push("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.push("<tr>");
            for (at, cell) in row.iter().enumerate() {
                let (element, scope) = if at == 0 { ("th", " scope=\"row\"") } else { ("td", "") };
                self.push(&format!("<{element}{scope}{}>{}</{element}>", class(cell.left), cell.markup));
            }
            self.push("</tr>\n");
        }
        self.push("</tbody>\n</table></div>\n");
    }
}
