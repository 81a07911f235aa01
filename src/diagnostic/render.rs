//! Findings for people: the lines they are about, underlined, with what to do. The only user of ariadne.
//!
//! Ariadne never sees a file. It draws an excerpt, a text of the few lines that matter, so that the cost of a finding is
//! that of its lines and not of the file; the real names and line numbers are put into its drawing afterwards.

mod excerpt;

use crate::diagnostic::{Counts, Diagnostic, Fix, Severity};
use crate::source::Sources;
use ariadne::{Cache, Color, Config, Fmt, Label, Report, ReportKind, Source};
use excerpt::{Excerpt, excerpts, printable};
use std::fmt;
use std::ops::Range;

/// How to draw: the caller knows the terminal.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub color: bool,
    /// The width of the screen in columns; long lines are cut to it.
    pub width: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { color: false, width: 120 }
    }
}

/// What ariadne writes left of a line of text: two blanks, a bar and a blank around the number; and the `…` of a cut line.
const MARGIN: usize = 14;
/// A longer message is cut: a name in it may be a megabyte.
const MAX_MESSAGE: usize = 600;

/// Every finding drawn, then a line that counts them. Empty where there are none.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, options: Options) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        render_one(diagnostic, sources, options, &mut out);
        out.push('\n');
    }
    if !diagnostics.is_empty() {
        out.push_str(&format!("{}\n", Counts::of(diagnostics)));
    }
    out
}

fn render_one(diagnostic: &Diagnostic, sources: &Sources, options: Options, out: &mut String) {
    let text_width = options.width.saturating_sub(MARGIN).max(40);
    let (excerpts, left_out) = excerpts(diagnostic, sources, text_width);
    let color = match diagnostic.severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Note => Color::Cyan,
    };
    let kind = format!("{}[{}]", diagnostic.severity.name(), diagnostic.code);
    let kind = if options.color { kind.fg(color).to_string() } else { kind };
    out.push_str(&format!("{kind}: {}\n", shorten(&diagnostic.message)));
    let mut help: Vec<String> = diagnostic.help.iter().map(|help| wrap(&shorten(help), text_width)).collect();
    help.extend(diagnostic.fixes.iter().filter_map(|fix| suggestion(fix, sources)));
    let mut notes: Vec<String> = diagnostic.notes.iter().map(|note| wrap(&shorten(note), text_width)).collect();
    notes.extend((left_out > 0).then(|| format!("and {left_out} other places")));
    if excerpts.is_empty() {
        out.extend(help.iter().map(|line| format!("  Help: {line}\n")));
        out.extend(notes.iter().map(|line| format!("  Note: {line}\n")));
        return;
    }
    let mut drawing = Drawing { sources: Vec::new() };
    let mut labels = Vec::new();
    for (at, excerpt) in excerpts.iter().enumerate() {
        labels.extend(drawing.add(at, excerpt, color));
    }
    let mut report = Report::build(ReportKind::Error, (0, 0..0))
        .with_config(Config::default().with_color(options.color))
        .with_labels(labels);
    report.with_helps((!help.is_empty()).then(|| help.join("\n")));
    report.with_notes((!notes.is_empty()).then(|| notes.join("\n")));
    let mut drawn = Vec::new();
    // Writing to memory does not fail.
    let _ = report.finish().write(drawing, &mut drawn);
    renumber(&String::from_utf8_lossy(&drawn), &excerpts, out);
}

/// The excerpts as ariadne reads them. Each is known by its place in the list; its name is drawn as NUL and that place.
struct Drawing {
    sources: Vec<Source<String>>,
}

impl Drawing {
    fn add(&mut self, id: usize, excerpt: &Excerpt, color: Color) -> Vec<Label<(usize, Range<usize>)>> {
        let mut text = String::new();
        let mut labels = Vec::new();
        let mut chars = 0;
        for row in excerpt.rows() {
            for mark in row.map_or(&[][..], |line| &line.marks) {
                let span = chars + mark.columns.start..chars + mark.columns.end;
                let color = if mark.primary { color } else { Color::Blue };
                labels.push(Label::new((id, span)).with_message(shorten(&mark.message)).with_color(color));
            }
            let line = row.map_or("", |line| &line.text);
            text.push_str(line);
            text.push('\n');
            chars += line.chars().count() + 1;
        }
        self.sources.push(Source::from(text));
        labels
    }
}

impl Cache<usize> for Drawing {
    type Storage = String;

    fn fetch(&mut self, id: &usize) -> Result<&Source<String>, impl fmt::Debug> {
        self.sources.get(*id).ok_or("no such excerpt")
    }

    fn display<'a>(&self, id: &'a usize) -> Option<impl fmt::Display + 'a> {
        Some(format!("\0{id}"))
    }
}

/// Puts the real names and numbers into a drawing in which every excerpt is `\0N:line:column` and starts at line 1.
/// Ariadne's own first line, the message, is left out: it colours that line even where colour is off.
fn renumber(drawn: &str, excerpts: &[Excerpt], out: &mut String) {
    let digits = |number: usize| number.checked_ilog10().unwrap_or(0) as usize + 1;
    let width = excerpts.iter().map(|excerpt| digits(excerpt.last_number() as usize)).max().unwrap_or(1);
    let drawn_width = excerpts.iter().map(|excerpt| digits(excerpt.rows().count())).max().unwrap_or(1);
    let pad = width.saturating_sub(drawn_width);
    let mut numbers: Vec<u32> = Vec::new();
    for line in drawn.lines().skip(1).map(str::trim_end) {
        if let Some((before, id, after)) = header(line) {
            let Some(excerpt) = excerpts.get(id) else { continue };
            numbers = excerpt.rows().map(|row| row.map_or(0, |line| line.number)).collect();
            let Excerpt { name, place, .. } = excerpt;
            out.push_str(&format!("{:pad$}{before}{name}:{}:{}{after}", "", place.line, place.column));
        } else if let Some((before, at, after)) = numbered(line) {
            let number = numbers.get(at - 1).copied().unwrap_or(0);
            out.push_str(&format!("{before}{number:>width$}{after}"));
        } else if line.starts_with(' ') {
            out.push_str(&format!("{:pad$}{line}", ""));
        } else {
            // The closing corner.
            out.push_str(&line.replacen('─', &"─".repeat(pad + 1), 1));
        }
        out.push('\n');
    }
}

/// Splits a line that names an excerpt around the name.
fn header(line: &str) -> Option<(&str, usize, &str)> {
    let (before, named) = line.split_once('\0')?;
    let (id, rest) = named.split_once(':')?;
    Some((before, id.parse().ok()?, rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':')))
}

/// Splits a line of text around the number in its margin, where it has one; numbers start from 1.
fn numbered(line: &str) -> Option<(&str, usize, &str)> {
    let (margin, _) = line.split_once('│')?;
    let margin = margin.trim_end();
    let before = margin.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = margin.get(before.len()..)?.parse().ok().filter(|&number| number > 0)?;
    let after = line.get(margin.len()..)?;
    let before = before.trim_end_matches(' ');
    Some((if before.is_empty() { " " } else { before }, number, after))
}

/// The line as it is after the fix, for a fix of one line.
fn suggestion(fix: &Fix, sources: &Sources) -> Option<String> {
    let file = sources.get(fix.span.file)?;
    let first = file.line(file.place(fix.span.start).line);
    let last = file.line(file.place(fix.span.end).line);
    let before = file.text.get(first.start..fix.span.start as usize)?;
    let after = file.text.get(fix.span.end as usize..last.end)?;
    let gone = file.text.get(fix.span.start as usize..fix.span.end as usize)?;
    let whole_lines = before.trim().is_empty() && (after.trim().is_empty() || gone.contains('\n'));
    if fix.text.trim().is_empty() && whole_lines {
        let one = gone.trim().lines().count() < 2;
        return Some(if one { "leave this line out" } else { "leave these lines out" }.to_owned());
    }
    let mended = printable(format!("{before}{}{after}", fix.text.replace(['\r', '\n'], " ")).trim());
    Some(format!("write `{}`", shorten(&mended))).filter(|line| line.chars().count() < MAX_MESSAGE)
}

/// A text for one line of the screen.
fn shorten(text: &str) -> String {
    let text = printable(&text.replace(['\r', '\n'], " "));
    match text.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text,
    }
}

/// Breaks a text between words so that no line is longer than `width` characters, where its words allow that.
fn wrap(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}
