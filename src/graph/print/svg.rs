//! The readable graph as SVG 1.1: cards in columns from left to right, in the order in which a lead meets them.

use super::{Card, CardKind, EdgeKind, Picture, Row};
use indexmap::IndexMap;
use std::fmt::Write;

const LINE: f64 = 16.0;
const PADDING: f64 = 8.0;
const COLUMN_GAP: f64 = 110.0;
const CARD_GAP: f64 = 22.0;
const MARGIN: f64 = 20.0;
const WIDEST: f64 = 560.0;

const STYLE: &str = "text{font:12px sans-serif;fill:#1f2933}.title{font-weight:600}.quiet{fill:#52606d}\
.card{fill:#fff;stroke:#9aa5b1}.route{fill:#f5f7fa}.target{fill:#e6f6ff;stroke:#2186eb}.lead{fill:#f0f4f8}\
.exclusions,.unrouted{fill:#fff3f3;stroke:#cf6679}.line{stroke:#cbd2d9}\
.edge{fill:none;stroke:#7b8794}.continue{stroke-width:2}.dashed{stroke-dasharray:5 4}";

/// A drawing of its own, as wide and high as the policy asks for.
pub fn svg(picture: &Picture) -> String {
    let layout = Layout::new(picture);
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = layout.write(picture, &mut text);
    text
}

/// A rectangle.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    column: usize,
}

impl Place {
    fn middle(&self) -> f64 {
        self.y + self.height / 2.0
    }
}

/// Where each card and row stands, by id.
struct Layout<'a> {
    places: IndexMap<&'a str, Place>,
    width: f64,
    height: f64,
}

impl<'a> Layout<'a> {
    fn new(picture: &'a Picture) -> Self {
        let columns = columns(picture);
        let last = columns.values().max().copied().unwrap_or(0);
        let mut layout = Layout { places: IndexMap::new(), width: MARGIN, height: 0.0 };
        for column in 0..=last {
            let cards: Vec<&Card> =
                picture.cards.iter().filter(|card| columns.get(card.id.as_str()) == Some(&column)).collect();
            let width = cards.iter().map(|card| card_width(card)).fold(0.0, f64::max);
            let mut y = MARGIN + LINE * 2.0;
            for card in &cards {
                let height = layout.place(card, column, y, width);
                y += height + CARD_GAP;
            }
            layout.height = layout.height.max(y);
            if !cards.is_empty() {
                layout.width += width + COLUMN_GAP;
            }
        }
        layout
    }

    /// Puts a card and its rows at the current column; gives its height.
    fn place(&mut self, card: &'a Card, column: usize, y: f64, width: f64) -> f64 {
        let x = self.width;
        let mut bottom = y + LINE + PADDING;
        let mut rows = Vec::new();
        for row in &card.rows {
            let height = LINE * (1 + row.lines.len()) as f64 + PADDING;
            rows.push((row.id.as_str(), Place { x, y: bottom, width, height, column }));
            bottom += height;
        }
        self.places.insert(&card.id, Place { x, y, width, height: bottom - y, column });
        self.places.extend(rows);
        bottom - y
    }

    fn write(&self, picture: &Picture, text: &mut String) -> std::fmt::Result {
        let (width, height) = (self.width, self.height + MARGIN);
        writeln!(
            text,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\">"
        )?;
        writeln!(text, "<title>{}</title>\n<style>{STYLE}</style>", escaped(&picture.title))?;
        writeln!(
            text,
            "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" fill=\"#7b8794\"/></marker></defs>"
        )?;
        writeln!(
            text,
            "<text class=\"title\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
            MARGIN + 4.0,
            escaped(&picture.title)
        )?;
        for edge in &picture.edges {
            let places = self.places.get(edge.from.as_str()).zip(self.places.get(edge.to.as_str()));
            if let Some((from, to)) = places {
                write_edge(text, from, to, edge.kind, &edge.label)?;
            }
        }
        for card in &picture.cards {
            if let Some(place) = self.places.get(card.id.as_str()) {
                self.write_card(text, card, place)?;
            }
        }
        writeln!(text, "</svg>")
    }

    fn write_card(&self, text: &mut String, card: &Card, place: &Place) -> std::fmt::Result {
        let kind = match card.kind {
            CardKind::Lead => "lead",
            CardKind::Exclusions => "exclusions",
            CardKind::Route => "route",
            CardKind::Target => "target",
            CardKind::Unrouted => "unrouted",
        };
        let Place { x, y, width, height, .. } = place;
        writeln!(
            text,
            "<rect class=\"card {kind}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"5\"/>"
        )?;
        write_line(text, "title", x + PADDING, y + LINE, &card.title)?;
        for row in &card.rows {
            if let Some(place) = self.places.get(row.id.as_str()) {
                write_row(text, row, place)?;
            }
        }
        Ok(())
    }
}

fn write_row(text: &mut String, row: &Row, place: &Place) -> std::fmt::Result {
    let Place { x, y, width, .. } = place;
    writeln!(text, "<path class=\"line\" d=\"M{x:.1} {y:.1}h{width:.1}\"/>")?;
    write_line(text, "title", x + PADDING, y + LINE, &row.title)?;
    let mut baseline = y + LINE;
    for line in &row.lines {
        baseline += LINE;
        write_line(text, "quiet", x + PADDING, baseline, line)?;
    }
    Ok(())
}

fn write_line(text: &mut String, class: &str, x: f64, y: f64, line: &str) -> std::fmt::Result {
    let space = WIDEST - 2.0 * PADDING;
    let squeezed = if text_width(line) > space {
        format!(" textLength=\"{space:.0}\" lengthAdjust=\"spacingAndGlyphs\"")
    } else {
        String::new()
    };
    writeln!(text, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\"{squeezed}>{}</text>", escaped(line))
}

/// To a later column a curve from side to side; else an arc on the right.
fn write_edge(text: &mut String, from: &Place, to: &Place, kind: EdgeKind, label: &str) -> std::fmt::Result {
    let class = match kind {
        EdgeKind::Next | EdgeKind::Assign => "edge",
        EdgeKind::Continue => "edge continue",
        EdgeKind::Else | EdgeKind::WhenEmpty => "edge dashed",
    };
    let (start_x, start_y) = (from.x + from.width, from.middle());
    let (end_x, end_y, bend) = if to.column > from.column {
        (to.x, (to.y + LINE * 0.75).min(to.middle()), -COLUMN_GAP / 2.0)
    } else {
        (to.x + to.width, to.middle(), COLUMN_GAP * 0.6)
    };
    let (out, back) = (start_x + COLUMN_GAP / 2.0, end_x + bend);
    // Beside the arc's outermost point, or above the start of a curve, where no other label of the row is.
    let (label_x, label_y) = if bend > 0.0 {
        (start_x + COLUMN_GAP * 0.45, (start_y + end_y) / 2.0 + 4.0)
    } else {
        (start_x + 6.0, start_y - 4.0)
    };
    writeln!(
        text,
        "<path class=\"{class}\" marker-end=\"url(#arrow)\" d=\"M{start_x:.1} {start_y:.1}C{out:.1} {start_y:.1} {back:.1} {end_y:.1} {end_x:.1} {end_y:.1}\"/>"
    )?;
    if label.is_empty() {
        return Ok(());
    }
    writeln!(text, "<text class=\"quiet\" x=\"{label_x:.1}\" y=\"{label_y:.1}\">{}</text>", escaped(label))
}

/// The column of each card: a lead's way from left to right, a route behind all that lead to it, targets behind the routes, and
/// targets that only fallbacks lead to behind those.
fn columns(picture: &Picture) -> IndexMap<&str, usize> {
    let mut columns: IndexMap<&str, usize> = picture.cards.iter().map(|card| (card.id.as_str(), 0)).collect();
    let owner: IndexMap<&str, &str> =
        picture.cards.iter().flat_map(|card| card.rows.iter().map(|row| (row.id.as_str(), card.id.as_str()))).collect();
    let ways: Vec<_> =
        picture.edges.iter().filter(|edge| matches!(edge.kind, EdgeKind::Next | EdgeKind::Continue)).collect();
    // Routes form no cycle, so that a column settles after as many rounds as routes follow each other.
    for _ in 0..picture.cards.len() {
        let mut moved = false;
        for edge in &ways {
            let from = owner.get(edge.from.as_str()).copied().unwrap_or(edge.from.as_str());
            let column = columns.get(from).copied().unwrap_or(0) + 1;
            if let Some(place) = columns.get_mut(edge.to.as_str()).filter(|place| **place < column) {
                *place = column;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let routes = picture.cards.iter().filter(|card| card.kind != CardKind::Target && card.kind != CardKind::Unrouted);
    let last = routes.filter_map(|card| columns.get(card.id.as_str()).copied()).max().unwrap_or(0);
    for card in &picture.cards {
        let assigned = |edge: &super::Edge| edge.to == card.id && edge.kind != EdgeKind::WhenEmpty;
        if matches!(card.kind, CardKind::Target | CardKind::Unrouted) {
            let behind = if picture.edges.iter().any(assigned) { 1 } else { 2 };
            columns.insert(&card.id, last + behind);
        }
    }
    columns
}

fn card_width(card: &Card) -> f64 {
    let lines = card.rows.iter().flat_map(|row| std::iter::once(&row.title).chain(&row.lines));
    let widest = lines.chain([&card.title]).map(|line| text_width(line)).fold(60.0, f64::max);
    (widest + 2.0 * PADDING).min(WIDEST)
}

/// A guess that errs on the wide side.
fn text_width(text: &str) -> f64 {
    text.chars().map(|character| if character.is_ascii() { 7.2 } else { 12.5 }).sum()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no control characters.
            character if character.is_control() => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}
