//! Business time held against the plain definition, and holidays read from iCalendar text.

mod holidays;
mod time;
