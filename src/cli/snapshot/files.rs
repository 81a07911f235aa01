//! Snapshots as files beside a policy, and what is new beside them.

use crate::cli::{Failure, output};
use crate::suite::snapshot::{self, Difference, Fate, Move, Snapshot};
use crate::world;
use std::path::{Path, PathBuf};

const ENDING: &str = ".routing.snap";
const NEW: &str = ".new";

/// The folder that a policy is in.
pub fn folder_of(policy: &Path) -> PathBuf {
    policy.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")).to_path_buf()
}

/// The file of a policy, without its folder.
pub fn policy_name(policy: &Path) -> String {
    policy.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A path as it is shown: what is in this folder by its name alone.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

/// The name of a snapshot's file: of `main.leadway` any name, of another policy `x.leadway` one that begins with `x.`.
pub fn name(policy: &Path, name: &str) -> String {
    format!("{}{name}{ENDING}", stem(policy))
}

fn stem(policy: &Path) -> String {
    let stem = policy.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if stem == "main" { String::new() } else { format!("{stem}.") }
}

/// The snapshots of a policy, by path, in order; and what is new of one that is gone.
pub fn all(policy: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let folder = folder_of(policy);
    let stem = stem(policy);
    let all = world::names(&folder);
    // Of `main.leadway` are those of no other policy beside it.
    let others: Vec<String> = match stem.is_empty() {
        true => all.iter().filter_map(|name| Some(format!("{}.", name.strip_suffix(".leadway")?))).collect(),
        false => Vec::new(),
    };
    let is_own = |name: &String| name.starts_with(&stem) && !others.iter().any(|other| name.starts_with(other));
    let names: Vec<String> = all.iter().filter(|name| is_own(name)).cloned().collect();
    let snapshots = names.iter().filter(|name| name.ends_with(ENDING)).map(|name| folder.join(name)).collect();
    let orphans = names.iter().filter(|name| {
        name.strip_suffix(NEW).is_some_and(|old| old.ends_with(ENDING) && !names.iter().any(|name| name == old))
    });
    (snapshots, orphans.map(|name| folder.join(name)).collect())
}

/// Reads a snapshot.
pub fn read(path: &Path) -> Result<Snapshot, Failure> {
    let shown = shown(path);
    let text = world::read_text(path)
        .map_err(|error| Failure::new(format!("cannot read `{shown}`: {}", world::words(&error))))?;
    snapshot::read(&text)
        .map_err(|broken| Failure::new(format!("`{shown}`, line {}: {}", broken.line, broken.why)).help(broken.help))
}

/// A snapshot and what leads come to now.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    pub old: Snapshot,
    pub new: Snapshot,
}

/// Those of a policy's snapshots beside which something is new.
pub fn pending(policy: &Path) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    for path in all(policy).0 {
        let new = beside(&path);
        if world::exists(&new) {
            files.push(File { old: read(&path)?, new: read(&new)?, path });
        }
    }
    Ok(files)
}

/// As [`pending`], or the one of a name.
///
/// # Errors
/// Where there is none, so that a script sees that it settled nothing.
pub fn pending_of(policy: &Path, called: Option<&str>) -> Result<Vec<File>, Failure> {
    let wanted = called.map(|called| folder_of(policy).join(name(policy, called)));
    let mut files = pending(policy)?;
    files.retain(|file| wanted.as_ref().is_none_or(|wanted| *wanted == file.path));
    match files.is_empty() {
        true => Err(Failure::new("no snapshot has something new beside it")
            .help("run `leadway test` first: it compares, and leaves what is new in a file beside each snapshot")),
        false => Ok(files),
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut new = path.as_os_str().to_owned();
    new.push(NEW);
    PathBuf::from(new)
}

/// Leaves what leads come to now beside a snapshot, or takes away what was left before.
pub fn leave(path: &Path, new: Option<&Snapshot>) -> Result<(), Failure> {
    let beside = beside(path);
    match new {
        Some(new) => output::write_file(&beside, snapshot::write(new).as_bytes()),
        None if world::exists(&beside) => world::remove(&beside)
            .map_err(|error| Failure::new(format!("cannot remove `{}`: {}", beside.display(), world::words(&error)))),
        None => Ok(()),
    }
}

/// What differs, by group: moves first, then leads that are new or gone, then the same outcome by another rule.
pub fn groups(difference: &Difference) -> Vec<Move> {
    let fate = |words: &str| Fate { by: words.into(), outcome: "".into() };
    let (absent, gone) = (fate("not in the snapshot"), fate("not among the leads"));
    let mut groups = difference.moves.clone();
    if !difference.new.is_empty() {
        groups.push(Move { old: absent, new: fate("among the leads"), ids: difference.new.clone() });
    }
    if !difference.gone.is_empty() {
        groups.push(Move { old: fate("in the snapshot"), new: gone, ids: difference.gone.clone() });
    }
    groups.extend(difference.renamed.iter().cloned());
    groups
}

impl File {
    pub fn shown(&self) -> String {
        shown(&self.path)
    }

    /// The file of leads, named from the policy's folder, and the instant or field of their decisions.
    pub fn decided(&self) -> (&str, &str) {
        (&self.new.leads, &self.new.at)
    }

    pub fn groups(&self) -> Vec<Move> {
        groups(&self.old.compare(&self.new))
    }

    pub fn accept(&mut self, moves: &[Move]) {
        moves.iter().for_each(|one| self.old.take_over(&self.new, &one.ids));
    }

    pub fn reject(&mut self, moves: &[Move]) {
        moves.iter().for_each(|one| self.new.take_over(&self.old, &one.ids));
    }

    /// Writes both, and says how many groups are left.
    pub fn store(self) -> Result<usize, Failure> {
        let left = self.groups().len();
        output::write_file(&self.path, snapshot::write(&self.old).as_bytes())?;
        leave(&self.path, Some(&self.new).filter(|_| left > 0))?;
        let settled = if left == 0 { "settled".to_owned() } else { format!("{left} left to settle") };
        output::say(&format!("{}: {settled}\n", self.shown()));
        Ok(left)
    }
}
