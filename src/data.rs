//! Data files and the values in them.

pub mod company;
pub mod icalendar;
pub mod records;
