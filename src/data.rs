//! Data files and the values in them.

pub mod company;
pub mod icalendar;
pub mod records;
//! What comes from outside a policy: values as people write them, and tables of reference data.

pub mod country;
pub mod csv;
pub mod email;
pub mod encoding;
pub mod field;
pub mod language;
pub mod literal;
pub mod number;
pub mod postal;
pub mod region;
pub mod table;
pub mod text;
pub mod time;
pub mod value;
