//! Business time held against the plain definition, and holidays read from iCalendar text.

mod answers;
mod holidays;
mod time;
