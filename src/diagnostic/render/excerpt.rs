//! The lines of a file that a finding is shown on: cut to the screen, safe to print, with the real line numbers beside.

use crate::diagnostic::{Diagnostic, Label};
use crate::source::{FileId, Place, SourceFile, Sources};
use std::ops::Range;

/// Labels at most this many lines apart share an excerpt.
const NEAR: u32 = 4;
/// Places past this many are counted, not drawn.
const MAX_LABELS: usize = 12;

/// Nearby lines of one file.
pub(super) struct Excerpt {
    pub name: String,
    /// Where its first label starts in the file.
    pub place: Place,
    /// The lines shown, in order.
    lines: Vec<Line>,
}

/// One line, or the part of it that is shown.
pub(super) struct Line {
    pub number: u32,
    /// Always one character for each character of the file, so that columns hold.
    pub text: String,
    /// The bytes of the file that are shown.
    shown: Range<usize>,
    /// Whether something before the shown bytes was left out.
    cut: bool,
    pub marks: Vec<Mark>,
}

/// A stretch to underline, in characters of the line's text.
pub(super) struct Mark {
    pub columns: Range<usize>,
    pub message: String,
    pub primary: bool,
}

/// The excerpts of a finding, the one with its main place first, and how many places were left out.
pub(super) fn excerpts(diagnostic: &Diagnostic, sources: &Sources, width: usize) -> (Vec<Excerpt>, usize) {
    let mut excerpts: Vec<(FileId, Excerpt)> = Vec::new();
    let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
    for (at, label) in labels.enumerate().take(MAX_LABELS) {
        let Some(file) = sources.get(label.span.file) else { continue };
        let place = file.place(file.text.floor_char_boundary(label.span.start as usize) as u32);
        let bytes = on_first_line(label, file, place.line);
        let known = excerpts
            .iter_mut()
            .find(|(id, excerpt)| *id == label.span.file && excerpt.takes(place.line, bytes.start))
            .map(|(_, excerpt)| excerpt);
        let message = if label.message.is_empty() { "here" } else { &label.message };
        let mark =
            |line: &Line| Mark { columns: line.columns(&bytes, file), message: printable(message), primary: at == 0 };
        match known {
            Some(excerpt) => excerpt.add(place.line, &bytes, file, width, mark),
            None => {
                let mut excerpt = Excerpt { name: printable(&file.name), place, lines: Vec::new() };
                excerpt.add(place.line, &bytes, file, width, mark);
                excerpts.push((label.span.file, excerpt));
            }
        }
    }
    let left_out = (1 + diagnostic.secondary.len()).saturating_sub(MAX_LABELS);
    (excerpts.into_iter().map(|(_, excerpt)| excerpt).collect(), left_out)
}

/// The bytes of a label that lie on its first line, on character boundaries and inside the file.
fn on_first_line(label: &Label, file: &SourceFile, number: u32) -> Range<usize> {
    let line = file.line(number);
    let start = file.text.floor_char_boundary(label.span.start as usize).clamp(line.start, line.end);
    let end = file.text.ceil_char_boundary(label.span.end as usize).clamp(start, line.end);
    start..end
}

impl Excerpt {
    /// The lines with a `None` for every gap between them.
    pub fn rows(&self) -> impl Iterator<Item = Option<&Line>> {
        let mut last = None;
        self.lines.iter().flat_map(move |line| {
            let gap = last.is_some_and(|last| line.number > last + 1);
            last = Some(line.number);
            gap.then_some(None).into_iter().chain([Some(line)])
        })
    }

    pub fn last_number(&self) -> u32 {
        self.lines.last().map_or(1, |line| line.number)
    }

    fn takes(&self, number: u32, start: usize) -> bool {
        match self.lines.iter().find(|line| line.number == number) {
            Some(line) => line.shown.contains(&start) || line.shown.end == start,
            None => self.lines.iter().any(|line| line.number.abs_diff(number) <= NEAR),
        }
    }

    fn add(
        &mut self,
        number: u32,
        bytes: &Range<usize>,
        file: &SourceFile,
        width: usize,
        mark: impl Fn(&Line) -> Mark,
    ) {
        let at = self.lines.partition_point(|line| line.number < number);
        if self.lines.get(at).is_none_or(|line| line.number != number) {
            self.lines.insert(at, Line::cut(number, bytes, file, width));
        }
        if let Some(line) = self.lines.get_mut(at) {
            let mark = mark(line);
            line.marks.push(mark);
        }
    }
}

impl Line {
    /// The line that holds `bytes`; where it is longer than `width` characters, the part around their start.
    fn cut(number: u32, bytes: &Range<usize>, file: &SourceFile, width: usize) -> Self {
        let whole = file.line(number);
        let before = file.text.get(whole.start..bytes.start).unwrap_or("");
        let after = file.text.get(bytes.start..whole.end).unwrap_or("");
        let fits = before.chars().count() + after.chars().take(width).count() <= width;
        let lead = if fits { usize::MAX } else { width / 3 };
        let start = before.char_indices().rev().take(lead).last().map_or(bytes.start, |(at, _)| whole.start + at);
        let room = width.saturating_sub(before.chars().rev().take(lead).count());
        let end = after.char_indices().nth(room).map_or(whole.end, |(at, _)| bytes.start + at);
        let mut line =
            Line { number, text: String::new(), shown: start..end, cut: start > whole.start, marks: Vec::new() };
        line.text.extend(line.cut.then_some('…'));
        line.text.push_str(&printable(file.text.get(start..end).unwrap_or("")));
        line.text.extend((end < whole.end).then_some('…'));
        line
    }

    /// Where bytes of the file stand in the text of this line, in characters.
    fn columns(&self, bytes: &Range<usize>, file: &SourceFile) -> Range<usize> {
        let start = bytes.start.clamp(self.shown.start, self.shown.end);
        let end = bytes.end.clamp(start, self.shown.end);
        let count = |range: Range<usize>| file.text.get(range).map_or(0, |text| text.chars().count());
        let first = count(self.shown.start..start) + usize::from(self.cut);
        first..first + count(start..end)
    }
}

/// The same text with every character that could move the cursor, end a line or turn the writing direction replaced by
/// a visible one. Tabs stay.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' => '\t',
            '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
            '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' => '\u{fffd}',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            _ => c,
        })
        .collect()
}
