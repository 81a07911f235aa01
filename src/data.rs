//! Data files and the values in them.

pub mod icalendar;
