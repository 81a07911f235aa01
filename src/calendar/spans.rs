//! Sets of instants as sorted, disjoint, half-open spans, and the algebra of them.

/// From `start` to before `end`, in microseconds since 1970-01-01T00:00:00Z. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub start: i64,
    pub end: i64,
}

impl Span {
    pub fn length(self) -> i64 {
        self.end - self.start
    }

    /// The part of this span within another, if there is one.
    pub fn within(self, other: Span) -> Option<Span> {
        let common = Span { start: self.start.max(other.start), end: self.end.min(other.end) };
        (common.start < common.end).then_some(common)
    }
}

/// The instants that are in any of these spans, which may overlap and stand in any order.
pub fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let touch = next.start <= last.end;
        if touch {
            last.end = last.end.max(next.end);
        }
        touch
    });
    spans
}

/// The instants that are in both sets.
pub fn intersection(a: &[Span], b: &[Span]) -> Vec<Span> {
    let mut both = Vec::new();
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(&&x), Some(&&y)) = (a.peek(), b.peek()) {
        both.extend(x.within(y));
        if x.end <= y.end {
            a.next();
        } else {
            b.next();
        }
    }
    both
}

/// The instants of `a` that are not in `b`.
pub fn difference(a: &[Span], b: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    let mut b = b.iter().peekable();
    for &span in a {
        let mut start = span.start;
        while let Some(&&hole) = b.peek()
            && hole.start < span.end
        {
            left.extend(Span { start, end: hole.start }.within(span));
            start = start.max(hole.end);
            if hole.end > span.end {
                break;
            }
            b.next();
        }
        left.extend(Span { start, end: span.end }.within(span));
    }
    left
}
