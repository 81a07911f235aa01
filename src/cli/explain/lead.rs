//! The lead that is to be explained.

use crate::cli::Failure;
use crate::lead::{Lead, LeadFile, LeadReader, Plan};
use crate::world;
use std::path::Path;

/// From arguments such as `country=DE`. A required field that is not given is missing, and no fault.
pub fn from_pairs(values: &[String], plan: &Plan) -> Result<Lead, Failure> {
    let pairs: Result<Vec<_>, _> = values
        .iter()
        .map(|pair| {
            pair.split_once('=').ok_or_else(|| {
                Failure::new(format!("`{pair}` is not of the form field=value"))
                    .help("write a field and its value, such as `country=DE`; quote it where it has spaces")
            })
        })
        .collect();
    let mut lead = plan.pairs(&pairs?).map_err(|unknown| {
        let failure = Failure::new(format!("no field or column is called `{}`", unknown.name));
        match unknown.close {
            Some(close) => failure.help(format!("did you mean `{close}`?")),
            None => failure,
        }
    })?;
    lead.faults.retain(|fault| !fault.raw.is_empty());
    Ok(lead)
}

/// From a file: the first lead, or the one of an id or a line.
pub fn from_file(path: &Path, plan: &Plan, id: Option<&str>, line: Option<u64>) -> Result<Lead, Failure> {
    let shown = path.display().to_string();
    let source =
        world::open(path).map_err(|error| Failure::new(format!("cannot read `{shown}`: {}", world::words(&error))))?;
    let name = (shown != "-").then_some(shown.as_str());
    let file = LeadFile::open(source, name, plan).map_err(|error| Failure {
        message: format!("`{shown}`: {}", error.message),
        help: error.help,
        quiet: false,
    })?;
    for lead in LeadReader::new(plan, file) {
        match lead {
            Ok(lead) if id.is_none_or(|id| lead.id == id) && line.is_none_or(|line| lead.line == line) => {
                return Ok(lead);
            }
            Err(error) if line == Some(error.line) || (id.is_none() && line.is_none()) => {
                return Err(Failure::new(format!(
                    "`{shown}`, line {}: found `{}`, expected {}",
                    error.line, error.found, error.expected
                )));
            }
            Ok(_) | Err(_) => {}
        }
    }
    Err(Failure::new(match (id, line) {
        (Some(id), _) => format!("`{shown}` has no lead with the id `{id}`"),
        (_, Some(line)) => format!("no lead of `{shown}` starts on line {line}"),
        _ => format!("`{shown}` has no lead"),
    }))
}
