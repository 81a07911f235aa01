//! The readable graph as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html).

use super::{Card, CardKind, EdgeKind, Picture, Row};
use std::fmt::Write;

/// Text of a flowchart, read from top to bottom.
pub fn mermaid(picture: &Picture) -> String {
    let mut text = String::from("flowchart TD\n");
    for card in &picture.cards {
        // Writing to a string cannot fail.
        let _ = write_card(&mut text, card);
    }
    for edge in &picture.edges {
        let arrow = match edge.kind {
            EdgeKind::Next | EdgeKind::Assign => "-->",
            EdgeKind::Continue => "==>",
            EdgeKind::Else | EdgeKind::WhenEmpty => "-.->",
        };
        let label = if edge.label.is_empty() { String::new() } else { format!("|{}|", quoted(&edge.label)) };
        let _ = writeln!(text, "  {} {arrow}{label} {}", edge.from, edge.to);
    }
    text
}

fn write_card(text: &mut String, card: &Card) -> std::fmt::Result {
    if card.rows.is_empty() {
        let title = quoted(&card.title);
        return match card.kind {
            CardKind::Lead => writeln!(text, "  {}([{title}])", card.id),
            CardKind::Target => writeln!(text, "  {}[({title})]", card.id),
            _ => writeln!(text, "  {}[{title}]", card.id),
        };
    }
    writeln!(text, "  subgraph {} [{}]", card.id, quoted(&card.title))?;
    for row in &card.rows {
        writeln!(text, "    {}[{}]", row.id, quoted(&label(row)))?;
    }
    for (row, next) in card.rows.iter().zip(card.rows.iter().skip(1)) {
        writeln!(text, "    {} -->|no| {}", row.id, next.id)?;
    }
    writeln!(text, "  end")
}

fn label(row: &Row) -> String {
    std::iter::once(&row.title).chain(&row.lines).map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// A label in quotes; Mermaid knows no escapes but entities.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("#quot;"),
            '#' => quoted.push_str("#35;"),
            '<' => quoted.push_str("#lt;"),
            '>' => quoted.push_str("#gt;"),
            '&' => quoted.push_str("#amp;"),
            '`' => quoted.push_str("#96;"),
            '\n' => quoted.push_str("<br/>"),
            character if character.is_control() => quoted.push(' '),
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
