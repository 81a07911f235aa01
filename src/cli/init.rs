//! `leadway init`: a folder to start from.

use super::{Exit, Failure, output};
use crate::data::table;
use crate::init::{self, infer::Inference, write};
use crate::world;
use clap::Args;
use std::path::{Path, PathBuf};

/// Start a policy: a folder with a policy that checks, leads, a README and a CI workflow
#[derive(Debug, Args)]
#[command(after_help = "Nothing is ever replaced: a file that is there already is an error.

Examples:
  leadway init acme                        a small policy to change
  leadway init acme --from export.csv      fields, types and values as the export has them
  leadway init --from export.csv --print   print that policy only")]
pub struct Arguments {
    /// The new folder
    #[arg(required_unless_present = "print")]
    folder: Option<PathBuf>,
    /// A CSV export of leads to infer the lead block from
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Print the inferred policy and write nothing
    #[arg(long, requires = "from", conflicts_with = "folder")]
    print: bool,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let policy = arguments.from.as_deref().map(infer).transpose()?;
    let Some(folder) = &arguments.folder else {
        output::print(&policy.unwrap_or_default())?;
        return Ok(Exit::Fine);
    };
    let files = match (policy, &arguments.from) {
        (Some(policy), Some(from)) => init::around(policy, &from.display().to_string()),
        _ => init::starter(),
    };
    if let Some(there) = files.iter().map(|file| folder.join(file.path)).find(|path| world::exists(path)) {
        return Err(Failure::new(format!("`{}` is there already", there.display()))
            .help("name another folder; nothing was written"));
    }
    for file in &files {
        let path = folder.join(file.path);
        world::write_new(&path, file.text.as_bytes())
            .map_err(|error| Failure::new(format!("cannot write `{}`: {}", path.display(), world::words(&error))))?;
    }
    let policy = folder.join("main.leadway");
    let leads = arguments.from.clone().unwrap_or_else(|| folder.join("leads.csv"));
    let written = files.iter().map(|file| format!("  {}\n", folder.join(file.path).display())).collect::<String>();
    output::print(&format!(
        "Wrote\n{written}\nNow try\n  leadway check {0}\n  leadway route {0} --leads {1}\n",
        policy.display(),
        leads.display()
    ))?;
    Ok(Exit::Fine)
}

fn infer(path: &Path) -> Result<String, Failure> {
    let shown = path.display();
    let bytes =
        world::read(path).map_err(|error| Failure::new(format!("cannot read `{shown}`: {}", world::words(&error))))?;
    let rows = table::read_table(&bytes).map_err(|fault| match fault.line {
        Some(line) => Failure::new(format!("cannot read `{shown}`: line {line}: {}", fault.message)),
        None => Failure::new(format!("cannot read `{shown}`: {}", fault.message)),
    })?;
    let mut inference = Inference::new(rows.columns.iter().map(|column| column.as_str()));
    for row in 0..rows.len() {
        let cells: Vec<_> = (0..rows.columns.len()).map(|column| rows.cell(row, column)).collect();
        inference.row(cells.iter().map(|cell| cell.as_ref()));
    }
    for fault in &rows.faults {
        let line = fault.line.map(|line| format!("{line}: ")).unwrap_or_default();
        output::say(&format!("{shown}: {line}{}\n", fault.message));
    }
    write::policy(&inference.finish(), &shown.to_string())
        .ok_or_else(|| Failure::new(format!("`{shown}` has no column that could be a field")))
}
