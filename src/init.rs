//! A first policy: a scaffold to change, or one inferred from an export. Files as data; the caller writes them.

mod column;
mod decide;
pub mod infer;
mod name;
pub mod write;

/// A file to write, by its path from the new folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    pub path: &'static str,
    pub text: String,
}

const POLICY: &str = include_str!("init/starter/main.leadway");
const LEADS: &str = include_str!("init/starter/leads.csv");
const README: &str = include_str!("init/starter/README.md");
const WORKFLOW: &str = include_str!("init/starter/leadway.yml");

/// A policy that checks, leads that it routes, a page that says how, and a workflow that checks every change.
pub fn starter() -> Vec<NewFile> {
    vec![
        NewFile { path: "main.leadway", text: POLICY.to_string() },
        NewFile { path: "leads.csv", text: LEADS.to_string() },
        NewFile { path: "README.md", text: README.to_string() },
        NewFile { path: ".github/workflows/leadway.yml", text: WORKFLOW.to_string() },
    ]
}

/// The same around a policy that was inferred from an export, which stays where it is: `leads` is its path from the folder.
pub fn around(policy: String, leads: &str) -> Vec<NewFile> {
    let named = |text: &str| text.replace("leads.csv", leads);
    vec![
        NewFile { path: "main.leadway", text: policy },
        NewFile { path: "README.md", text: named(README) },
        NewFile { path: ".github/workflows/leadway.yml", text: named(WORKFLOW) },
    ]
}
