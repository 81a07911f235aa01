//! The open spans of one UTC year with the open time before each, so that a sum of open time is two searches.

use super::spans::Span;

/// ```text
///  before:  0            8h              12h
///           |--- 8h ---|  |--- 4h ---|    |-- ...
///           start    end
/// ```
#[derive(Debug, Clone, Default)]
pub struct Year {
    spans: Vec<Span>,
    /// The open time of all spans before this one; one more than `spans`, the last is the year's.
    before: Vec<i64>,
}

impl Year {
    pub fn new(spans: Vec<Span>) -> Self {
        let mut sum = 0;
        let mut before = vec![0];
        before.extend(spans.iter().map(|span| {
            sum += span.length();
            sum
        }));
        Year { spans, before }
    }

    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The first span that ends after this instant.
    pub fn next_span(&self, instant: i64) -> Option<Span> {
        self.spans.get(self.ended_by(instant)).copied()
    }

    /// Open time of the year.
    pub fn total(&self) -> i64 {
        self.before.last().copied().unwrap_or(0)
    }

    /// Open time of the year before this instant.
    pub fn open_before(&self, instant: i64) -> i64 {
        let at = self.ended_by(instant);
        let within = self.spans.get(at).map_or(0, |span| instant.saturating_sub(span.start).max(0));
        self.before.get(at).map_or(0, |before| before + within)
    }

    /// The first instant before which this much of the year was open; `open` is above 0 and at most [`Year::total`].
    pub fn reached(&self, open: i64) -> Option<i64> {
        let at = self.before.partition_point(|&before| before < open).checked_sub(1)?;
        Some(self.spans.get(at)?.start + open - self.before.get(at)?)
    }

    fn ended_by(&self, instant: i64) -> usize {
        self.spans.partition_point(|span| span.end <= instant)
    }
}
