//! The binary as its user meets it: what it writes and where, and how it exits.

mod agreement;
mod bad_input;
mod ci;
mod diff;
mod events;
mod explain;
mod findings;
mod hostile;
mod integrations;
mod mutants;
mod policies;
mod reference;
mod route;
mod simulate;
mod snapshots_of_routing;
mod state;
mod suggest;
#[cfg(unix)]
mod terminal;
mod tests;

use crate::house::root;
use std::path::Path;

/// What a run came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The run, which must have exited so.
    pub fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "{self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
        assert!(!self.out.contains('\u{1b}') && !self.err.contains('\u{1b}'), "colour without a terminal: {self:?}");
        self
    }
}

/// Runs a command line, split at blanks, in a folder.
pub fn run_in(folder: &Path, line: &str, input: impl Into<Vec<u8>>) -> Ran {
    run(folder, &line.split_whitespace().collect::<Vec<_>>(), input)
}

pub fn run(folder: &Path, arguments: &[&str], input: impl Into<Vec<u8>>) -> Ran {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_leadway"));
    // A CI server sets `CI`, which the binary heeds: a test that is about that sets it itself.
    let command = command.env_remove("CI").args(arguments).current_dir(folder).write_stdin(input);
    let output = command.timeout(std::time::Duration::from_secs(120)).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// The examples: their folder and the file of leads.
pub const EXAMPLES: [(&str, &str); 4] = [
    ("education", "leads.csv"),
    ("field_territories", "leads.ndjson"),
    ("software_inbound", "leads.csv"),
    ("three_offices", "history.csv"),
];

pub fn example(name: &str) -> std::path::PathBuf {
    root().join("examples").join(name)
}

/// A small policy without a finding.
pub const POLICY: &str = r#"lead {
  id          text  required
  created_at  time
  country     country
  company     text
  employees   integer 1..
}

queue triage
queue big
queue late

segment large when employees >= 1000

exclude "Our own" when company = "Acme"

route main {
  rule "Large" { match large  assign queue big  priority 1 }
  continue in europe when country in DE, FR
  otherwise { assign queue triage }
}

route europe {
  rule "Small, in Germany" { match country = DE and employees < 10  assign queue triage }
  rule "Late"              { only 2026-06-01..2026-06-30            assign queue late }
  otherwise { assign queue triage }
}
"#;

/// Leads of it: fine ones, one excluded, one with a bad value, one without its id, a row that is too long, a quote that stays open.
pub const LEADS: &str = "\
id,created_at,country,company,employees
L1,2026-03-04 10:00,Germany,Bolt,5000
L2,2026-06-04 10:00,DE,Nut,40
L3,2026-03-04 10:00,France,Acme,12
L4,2026-03-04 10:00,Atlantis,Gear,7
,2026-03-04 10:00,DE,Wheel,7
L6,2026-03-04 10:00,DE,Screw,7,more
L7,,DE,\"Pin,7
L8,,US
";

/// A folder with the small policy and its leads.
pub fn small() -> tempfile::TempDir {
    folder(&[("main.leadway", POLICY), ("leads.csv", LEADS)])
}

pub fn folder<T: AsRef<[u8]>>(files: &[(&str, T)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
