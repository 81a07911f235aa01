//! The readable graph in the DOT language (https://graphviz.org/doc/info/lang.html).

use super::{Card, EdgeKind, Picture};
use indexmap::IndexMap;
use std::fmt::Write;

/// Text of a digraph; each card with entries is a cluster.
pub fn dot(picture: &Picture) -> String {
    let mut text = String::from("digraph policy {\n");
    // Writing to a string cannot fail.
    let _ = write(&mut text, picture);
    text
}

fn write(text: &mut String, picture: &Picture) -> std::fmt::Result {
    writeln!(text, "  label={};\n  labelloc=t;\n  rankdir=LR;\n  compound=true;", quoted(&picture.title))?;
    writeln!(text, "  node [shape=box, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];")?;
    for card in &picture.cards {
        write_card(text, card)?;
    }
    // A cluster is no node: an edge to one ends at its first entry, an edge from one starts at its last.
    let ends = |card: &Card| Some((card.id.clone(), (card.rows.first()?.id.clone(), card.rows.last()?.id.clone())));
    let clusters: IndexMap<String, (String, String)> = picture.cards.iter().filter_map(ends).collect();
    for edge in &picture.edges {
        let style = match edge.kind {
            EdgeKind::Next | EdgeKind::Assign => "solid",
            EdgeKind::Continue => "bold",
            EdgeKind::Else | EdgeKind::WhenEmpty => "dashed",
        };
        let from = clusters.get(&edge.from).map_or(&edge.from, |(_, last)| last);
        let to = clusters.get(&edge.to).map_or(&edge.to, |(first, _)| first);
        writeln!(text, "  {from} -> {to} [style={style}, label={}];", quoted(&edge.label))?;
    }
    writeln!(text, "}}")
}

fn write_card(text: &mut String, card: &Card) -> std::fmt::Result {
    if card.rows.is_empty() {
        return writeln!(text, "  {} [label={}, style=rounded];", card.id, quoted(&card.title));
    }
    writeln!(text, "  subgraph cluster_{} {{\n    label={};", card.id, quoted(&card.title))?;
    for row in &card.rows {
        let lines: Vec<_> = std::iter::once(&row.title).chain(&row.lines).map(String::as_str).collect();
        writeln!(text, "    {} [label={}];", row.id, quoted(&lines.join("\n")))?;
    }
    for (row, next) in card.rows.iter().zip(card.rows.iter().skip(1)) {
        writeln!(text, "    {} -> {} [label=\"no\"];", row.id, next.id)?;
    }
    writeln!(text, "  }}")
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            character if character.is_control() => quoted.push(' '),
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
