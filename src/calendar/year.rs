//! The open spans of one UTC year, with a place to look for each day and the open time before each span.

use super::hours::DAY;
use super::spans::Span;

/// ```text
///  before:  0            8h              12h
///           |--- 8h ---|  |--- 4h ---|    |-- ...
///           start    end
/// ```
#[derive(Debug, Clone)]
pub struct Year {
    start: i64,
    spans: Vec<Span>,
    /// For each day of the year, and for its end, how many spans have ended when it begins.
    ended: Vec<u32>,
    /// The open time of all spans before this one; one more than `spans`, the last is the year's.
    before: Vec<i64>,
}

impl Year {
    /// From the spans of a window of whole UTC days.
    pub fn new(window: Span, spans: Vec<Span>) -> Self {
        let days = window.length() / DAY;
        let ended_by = |instant| spans.partition_point(|span| span.end <= instant) as u32;
        let ended = (0..=days).map(|day| ended_by(window.start + day * DAY)).collect();
        let mut sum = 0;
        let mut before = vec![0];
        before.extend(spans.iter().map(|span| {
            sum += span.length();
            sum
        }));
        Year { start: window.start, spans, ended, before }
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

    /// How many spans have ended by an instant.
    fn ended_by(&self, instant: i64) -> usize {
        let day = instant.saturating_sub(self.start).div_euclid(DAY).clamp(0, self.ended.len() as i64 - 1) as usize;
        let from = self.ended.get(day).map_or(0, |&at| at as usize);
        let to = self.ended.get(day + 1).map_or(self.spans.len(), |&at| at as usize);
        let of_day = self.spans.get(from..to).unwrap_or(&[]);
        from + of_day.partition_point(|span| span.end <= instant)
    }
}
