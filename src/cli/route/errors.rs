//! Leads that could not be decided: a line each, for people on standard error or as NDJSON in a file.

use crate::batch::Undecided;
use crate::cli::output;
use crate::lead::RowError;
use crate::policy::Policy;
use serde::Serialize;
use std::io::{self, Write};

/// How many errors are said on standard error before the rest is only counted.
const SHOWN: u64 = 20;

pub struct Errors<'p> {
    policy: &'p Policy,
    file: Option<Box<dyn Write + Send>>,
    said: u64,
}

/// One thing that stood in the way, as it is written.
#[derive(Debug, Serialize)]
struct Fault<'a> {
    line: u64,
    lead: Option<&'a str>,
    /// None where the record as a whole cannot be read.
    field: Option<&'a str>,
    value: &'a str,
    expected: &'a str,
}

/// A record that became no decision.
#[derive(Debug)]
pub enum Rejected {
    Row(RowError),
    Lead(Undecided),
}

impl<'p> Errors<'p> {
    pub fn new(policy: &'p Policy, file: Option<Box<dyn Write + Send>>) -> Self {
        Errors { policy, file: file.map(|file| Box::new(io::BufWriter::new(file)) as Box<dyn Write + Send>), said: 0 }
    }

    pub fn reject(&mut self, rejected: &Rejected) -> io::Result<()> {
        match rejected {
            Rejected::Row(row) => {
                let RowError { line, found, expected } = row;
                self.write(&Fault { line: *line, lead: None, field: None, value: found, expected })
            }
            Rejected::Lead(lead) => lead.faults.iter().try_for_each(|fault| {
                let field = self.policy.fields.get(fault.field.at()).map(|field| field.name.as_str());
                let (value, expected) = (fault.raw.as_str(), fault.expected.as_str());
                self.write(&Fault { line: lead.line, lead: lead.id.as_deref(), field, value, expected })
            }),
        }
    }

    fn write(&mut self, fault: &Fault) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            serde_json::to_writer(&mut *file, fault)?;
            return file.write_all(b"\n");
        }
        self.said += 1;
        if self.said <= SHOWN {
            let lead = fault.lead.map(|lead| format!(", lead `{lead}`")).unwrap_or_default();
            let field = fault.field.map(|field| format!("`{field}` ")).unwrap_or_default();
            let value = if fault.value.is_empty() { "is missing".to_owned() } else { format!("is `{}`", fault.value) };
            let subject = if fault.field.is_some() { field } else { "the record ".to_owned() };
            output::say(&format!("error: line {}{lead}: {subject}{value}; expected {}\n", fault.line, fault.expected));
        }
        Ok(())
    }

    /// Flushes the file, or says how many more errors there were.
    pub fn finish(&mut self) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            return file.flush();
        }
        if self.said > SHOWN {
            output::say(&format!("and {} more errors; `--errors FILE` writes them all\n", self.said - SHOWN));
        }
        Ok(())
    }
}
