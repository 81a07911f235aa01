//! The follow-up of leads: stories with their effects, the table of statuses, and properties over any sequence of events.

mod stories;
