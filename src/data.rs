//! What comes from outside a policy: values as people write them, and tables of reference data.

pub mod company;
pub mod country;
pub mod csv;
pub mod email;
pub mod encoding;
pub mod field;
pub mod icalendar;
pub mod language;
pub mod literal;
pub mod number;
pub mod postal;
pub mod records;
pub mod region;
pub mod sound;
pub mod table;
pub mod text;
pub mod time;
pub mod value;
