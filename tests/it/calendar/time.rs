//! Spans, sums and deadlines against a walk over every minute.
