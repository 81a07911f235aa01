//! The two versions of a policy that a command line names: files, or what git keeps of them.

use crate::cli::{Failure, output};
use crate::load::{self, Compiled, ReadFault, Reader};
use crate::policy::Policy;
use crate::source::Sources;
use crate::world::{self, git};
use std::path::{Path, PathBuf};

/// The policy of a folder.
const MAIN: &str = "main.leadway";

/// A version of a policy that was read and has no error.
pub struct Version {
    /// As the user would write it: `main.leadway`, `HEAD~3:policy/main.leadway`.
    pub label: String,
    pub policy: Policy,
    pub sources: Sources,
}

/// Where a version lies.
#[derive(Debug)]
pub enum Place {
    File(PathBuf),
    Commit {
        repository: git::Repository,
        /// As the user wrote it.
        revision: String,
        commit: String,
        /// From the top of the work tree.
        path: String,
    },
}

/// What one argument is.
#[derive(Debug, PartialEq, Eq)]
enum Argument {
    Path(PathBuf),
    /// `HEAD~3`
    Revision(String),
    /// `HEAD~3:policy/main.leadway`
    At(String, String),
    /// `main..HEAD`; with three dots, since where they parted.
    Range {
        old: String,
        new: String,
        since_parted: bool,
    },
}

/// The old and the new version that the arguments name.
pub fn places(arguments: &[String]) -> Result<(Place, Place), Failure> {
    use Argument::{At, Path as File, Range, Revision};
    let mut read: Vec<Argument> = arguments.iter().map(|text| argument(text)).collect();
    if let ([first, second, _], [one, two, _]) = (&mut read[..], arguments) {
        // A branch may be called as a folder is.
        (*first, *second) = (Revision(one.clone()), Revision(two.clone()));
    }
    match &read[..] {
        [] => Ok((in_commit("HEAD", Path::new(MAIN))?, Place::File(MAIN.into()))),
        [File(path)] => Ok((in_commit("HEAD", path)?, Place::File(path.clone()))),
        [Revision(old)] => Ok((in_commit(old, Path::new(MAIN))?, Place::File(MAIN.into()))),
        [Revision(old), File(path)] => Ok((in_commit(old, path)?, Place::File(path.clone()))),
        [Range { old, new, since_parted }] => range(old, new, *since_parted, Path::new(MAIN)),
        [Range { old, new, since_parted }, File(path)] => range(old, new, *since_parted, path),
        [Revision(old), Revision(new)] => range(old, new, false, Path::new(MAIN)),
        [Revision(old), Revision(new), File(path)] => range(old, new, false, path),
        [old @ (File(_) | At(..)), new @ (File(_) | At(..))] => Ok((alone(old)?, alone(new)?)),
        _ => Err(Failure::new("it is not clear which two versions are meant")
            .help("name two files, or revisions and the policy: `leadway diff main..HEAD policy/main.leadway`")),
    }
}

fn argument(text: &str) -> Argument {
    if world::exists(Path::new(text)) {
        return Argument::Path(text.into());
    }
    if let Some((revision, path)) = text.split_once(':').filter(|(revision, _)| revision.len() > 1) {
        return Argument::At(revision.to_owned(), path.to_owned());
    }
    let range = text.split_once("...").map(|ends| (ends, true)).or_else(|| Some((text.split_once("..")?, false)));
    // `../policy` is a path.
    if let Some(((old, new), since_parted)) =
        range.filter(|((old, new), _)| !old.ends_with('/') && !new.starts_with('/'))
    {
        let end = |name: &str| if name.is_empty() { "HEAD".to_owned() } else { name.to_owned() };
        return Argument::Range { old: end(old), new: end(new), since_parted };
    }
    match text.ends_with(".leadway") || text.ends_with('/') {
        true => Argument::Path(text.into()),
        false => Argument::Revision(text.to_owned()),
    }
}

fn range(old: &str, new: &str, since_parted: bool, path: &Path) -> Result<(Place, Place), Failure> {
    let (mut before, after) = (in_commit(old, path)?, in_commit(new, path)?);
    if let (true, Place::Commit { repository, commit, revision, .. }, Place::Commit { commit: new_commit, .. }) =
        (since_parted, &mut before, &after)
    {
        *commit = repository.merge_base(commit, new_commit).map_err(|fault| git_failure(&fault))?;
        *revision = format!("{old}...{new}");
    }
    Ok((before, after))
}

fn alone(argument: &Argument) -> Result<Place, Failure> {
    match argument {
        Argument::At(revision, path) if path.starts_with("./") || path.starts_with("../") => {
            in_commit(revision, Path::new(path))
        }
        Argument::At(revision, path) => {
            let (repository, _) = git::Repository::of(Path::new(".")).map_err(|fault| git_failure(&fault))?;
            commit(repository, revision, path.trim_end_matches('/').to_owned())
        }
        Argument::Path(path) => Ok(Place::File(path.clone())),
        Argument::Revision(_) | Argument::Range { .. } => Err(Failure::new("a revision alone names no policy")),
    }
}

/// A policy as it was where a base and the last commit parted, and files beside it that are not committed: what a change is held against,
/// whatever was added to the base since.
pub fn before_change(base: &str, path: &Path) -> Result<(Place, Vec<String>), Failure> {
    let mut place = in_commit(base, path)?;
    let mut uncommitted = Vec::new();
    if let Place::Commit { repository, commit, .. } = &mut place {
        let last = repository.commit("HEAD").map_err(|fault| git_failure(&fault))?;
        *commit = repository.merge_base(commit, &last).map_err(|fault| git_failure(&fault))?;
        uncommitted = repository.uncommitted().map_err(|fault| git_failure(&fault))?;
    }
    Ok((place, uncommitted))
}

/// A policy's path at a revision.
pub fn in_commit(revision: &str, path: &Path) -> Result<Place, Failure> {
    let (repository, path) = git::Repository::of(path).map_err(|fault| git_failure(&fault))?;
    commit(repository, revision, path.trim_end_matches('/').to_owned())
}

fn commit(repository: git::Repository, revision: &str, path: String) -> Result<Place, Failure> {
    let commit = repository.commit(revision).map_err(|fault| git_failure(&fault))?;
    Ok(Place::Commit { repository, revision: revision.to_owned(), commit, path })
}

impl Place {
    /// What is found of the version, whether it has errors or not; none where the commit has no such policy.
    pub fn compile(&self) -> Result<Option<Compiled>, Failure> {
        match self {
            Place::File(path) => Ok(Some(output::load_with_tests(path)?.compile())),
            Place::Commit { repository, commit, path, .. } => {
                let (snapshot, name) = repository.at(commit, path);
                match load::load(&name, &snapshot) {
                    Ok(loaded) => Ok(Some(loaded.compile())),
                    Err(ReadFault::NotFound) => Ok(None),
                    Err(_) => self.read().map(|_| None),
                }
            }
        }
    }

    /// Reads and checks the version.
    pub fn read(&self) -> Result<Version, Failure> {
        match self {
            Place::File(path) => {
                let path = if world::is_folder(path) { path.join(MAIN) } else { path.clone() };
                let compiled = output::load(&path)?.compile();
                sound(path.display().to_string(), compiled)
            }
            Place::Commit { repository, revision, commit, path } => {
                let in_folder = join(path, MAIN);
                let (snapshot, name) = repository.at(commit, path);
                match snapshot.read(&name) {
                    Err(ReadFault::Other(_)) if !path.ends_with(".leadway") => {
                        at(repository, revision, commit, &in_folder)
                    }
                    _ => at(repository, revision, commit, path),
                }
            }
        }
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn at(repository: &git::Repository, revision: &str, commit: &str, path: &str) -> Result<Version, Failure> {
    let (snapshot, name) = repository.at(commit, path);
    let id = commit.get(..10).unwrap_or(commit);
    let loaded = load::load(&name, &snapshot).map_err(|fault| match fault {
        ReadFault::NotFound => Failure::new(format!("`{path}` is not in `{revision}` (commit {id})"))
            .help("a policy that was renamed is compared by naming both: `leadway diff OLD:its/old/path its/new/path`"),
        ReadFault::Outside => {
            Failure::new(format!("`{path}` in `{revision}` is a link that leads out of the repository"))
        }
        ReadFault::Other(why) => Failure::new(format!("cannot read `{path}` in `{revision}`: {why}")),
    })?;
    sound(format!("{revision}:{path}"), loaded.compile())
}

/// A version without errors; those of another are shown.
fn sound(label: String, compiled: Compiled) -> Result<Version, Failure> {
    let (policy, sources) = output::sound(&label, compiled)?;
    Ok(Version { label, policy, sources })
}

fn git_failure(fault: &git::Fault) -> Failure {
    const SHALLOW: &str = "this clone holds only the last commits: run `git fetch --unshallow`, or set `fetch-depth: 0` \
                           where CI checks out";
    match fault {
        git::Fault::NotInstalled => {
            Failure::new("git is not installed, and revisions are read with it").help("install git, or name two files")
        }
        git::Fault::NoRepository(folder) => Failure::new(format!("`{}` is in no git repository", folder.display()))
            .help("a revision is read from git: run this in a clone; without one, `leadway diff old.leadway new.leadway` compares two files"),
        git::Fault::UnknownRevision { name, shallow: false } => {
            Failure::new(format!("there is no file and no revision `{name}`"))
                .help("`git log --oneline` lists commits, `git branch --all` branches")
        }
        git::Fault::UnknownRevision { name, shallow: true } => {
            Failure::new(format!("there is no revision `{name}` in this clone")).help(SHALLOW)
        }
        git::Fault::NoMergeBase { shallow: false } => Failure::new("the two revisions have no commit in common"),
        git::Fault::NoMergeBase { shallow: true } => {
            Failure::new("the two revisions have no commit in common in this clone").help(SHALLOW)
        }
        git::Fault::Said(said) => Failure::new(format!("git: {said}")),
    }
}
