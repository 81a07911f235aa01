//! Files as git keeps them at a revision. The machine's own `git` is asked: whatever a repository uses, it understands.

use super::{LARGEST_FILE, words};
use crate::load::{ReadFault, Reader};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// A work tree, seen from one of its folders.
#[derive(Debug, Clone)]
pub struct Repository {
    folder: PathBuf,
}

/// Why git could not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    NotInstalled,
    /// No folder above is a repository: the folder that was asked about.
    NoRepository(PathBuf),
    /// `shallow`: the clone holds only the last commits, and this may be one before them.
    UnknownRevision {
        name: String,
        shallow: bool,
    },
    /// Two revisions without a common ancestor.
    NoMergeBase {
        shallow: bool,
    },
    /// What git says itself, or the system.
    Said(String),
}

/// The folder of a policy as it is at a commit.
#[derive(Debug, Clone)]
pub struct Snapshot {
    repository: Repository,
    commit: String,
    /// From the top of the work tree, with a slash at its end where it is not the top.
    folder: String,
}

impl Repository {
    /// The repository that holds a path, and the path from its top. The path need not be there any more.
    pub fn of(path: &Path) -> Result<(Repository, String), Fault> {
        let mut folder = path.to_path_buf();
        let mut below = Vec::new();
        while !folder.is_dir() {
            match (folder.file_name(), folder.parent()) {
                (Some(name), Some(parent)) => {
                    below.push(name.to_string_lossy().into_owned());
                    folder = parent.to_path_buf();
                }
                _ => break,
            }
            if folder == Path::new("") {
                folder = PathBuf::from(".");
            }
        }
        let repository = Repository { folder };
        let prefix = repository.ask(&["rev-parse", "--show-prefix"])?.map_err(|said| repository.no_repository(said))?;
        let name = below.iter().rev().map(String::as_str).collect::<Vec<_>>().join("/");
        Ok((repository, format!("{}{name}", prefix.trim_end_matches(['\n', '\r']))))
    }

    /// The commit that a revision names: a branch, a tag, `HEAD~3`, an id.
    pub fn commit(&self, revision: &str) -> Result<String, Fault> {
        let unknown = || Fault::UnknownRevision { name: revision.to_owned(), shallow: self.is_shallow() };
        if revision.is_empty() || revision.starts_with('-') {
            return Err(unknown());
        }
        let asked = format!("{revision}^{{commit}}");
        let found = self.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &asked])?;
        found.map(|id| id.trim().to_owned()).map_err(|_| unknown())
    }

    /// Where two commits parted.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<String, Fault> {
        let found = self.ask(&["merge-base", one, other])?;
        found.map(|id| id.trim().to_owned()).map_err(|_| Fault::NoMergeBase { shallow: self.is_shallow() })
    }

    /// Files below the folder, from the top of the work tree, that are not as in the last commit, or not in it.
    pub fn uncommitted(&self) -> Result<Vec<String>, Fault> {
        let said = self.ask(&["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", "."])?;
        let said = said.map_err(Fault::Said)?;
        Ok(said.split('\0').filter_map(|entry| Some(entry.get(3..)?.to_owned())).collect())
    }

    /// The folder of a policy at a commit, and the policy's name in it; `path` is from the top of the work tree.
    pub fn at(&self, commit: &str, path: &str) -> (Snapshot, String) {
        let (folder, name) = match path.rfind('/') {
            Some(slash) => path.split_at(slash + 1),
            None => ("", path),
        };
        let snapshot = Snapshot { repository: self.clone(), commit: commit.to_owned(), folder: folder.to_owned() };
        (snapshot, name.to_owned())
    }

    fn is_shallow(&self) -> bool {
        matches!(self.ask(&["rev-parse", "--is-shallow-repository"]), Ok(Ok(answer)) if answer.trim() == "true")
    }

    fn no_repository(&self, said: String) -> Fault {
        match said.contains("not a git repository") {
            true => Fault::NoRepository(self.folder.clone()),
            false => Fault::Said(said),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        // In English, since what git says is looked at.
        command.arg("-C").arg(&self.folder).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
        command
    }

    /// What git answers, or what it says where it fails.
    fn ask(&self, arguments: &[&str]) -> Result<Result<String, String>, Fault> {
        let output =
            self.command().args(arguments).stdin(Stdio::null()).output().map_err(|error| cannot_start(&error))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(match output.status.success() {
            true => Ok(text(&output.stdout)),
            false => Err(text(&output.stderr).trim().trim_start_matches("fatal: ").to_owned()),
        })
    }
}

fn cannot_start(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::NotFound => Fault::NotInstalled,
        _ => Fault::Said(words(error)),
    }
}

impl Snapshot {
    /// The content of a file, links followed. Git answers with a line `ID blob SIZE`, then so many bytes, or with why not.
    fn content(&self, path: &str) -> io::Result<Result<Vec<u8>, ReadFault>> {
        let mut command = self.repository.command();
        command.args(["cat-file", "--batch", "--follow-symlinks"]);
        let mut git = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        if let Some(mut ask) = git.stdin.take() {
            ask.write_all(format!("{}:{path}\n", self.commit).as_bytes())?;
        }
        let mut answer = BufReader::new(git.stdout.take().ok_or_else(|| io::Error::other("git gives no output"))?);
        let mut head = String::new();
        answer.read_line(&mut head)?;
        let mut words = head.split_whitespace().rev();
        let size = words.next().and_then(|size| size.parse::<u64>().ok());
        let result = match (words.next(), size) {
            (Some("blob"), Some(size)) if size > LARGEST_FILE => {
                Err(ReadFault::Other("it is larger than 1 GiB".to_owned()))
            }
            (Some("blob"), Some(size)) => {
                let mut bytes = Vec::new();
                answer.by_ref().take(size).read_to_end(&mut bytes)?;
                Ok(bytes)
            }
            (Some("tree"), Some(_)) => Err(ReadFault::Other("it is a folder".to_owned())),
            _ if head.starts_with("symlink ") => Err(ReadFault::Outside),
            _ => Err(ReadFault::NotFound),
        };
        drop(answer);
        git.wait()?;
        Ok(result)
    }
}

impl Reader for Snapshot {
    fn read(&self, name: &str) -> Result<Arc<[u8]>, ReadFault> {
        let mut parts = Vec::new();
        for part in Path::new(name).components() {
            match part {
                Component::Normal(part) => parts.push(part.to_string_lossy()),
                Component::CurDir => {}
                _ => return Err(ReadFault::Outside),
            }
        }
        // One question is one line.
        if name.contains('\n') {
            return Err(ReadFault::NotFound);
        }
        let path = format!("{}{}", self.folder, parts.join("/"));
        let bytes = self.content(&path).map_err(|error| ReadFault::Other(words(&error)))??;
        if bytes.starts_with(b"version https://git-lfs.github.com/spec/") {
            return Err(ReadFault::Other("it is kept in Git LFS, which is not read at a revision".to_owned()));
        }
        Ok(bytes.into())
    }

    /// From the top of the work tree.
    fn shown(&self, name: &str) -> String {
        format!("{}{name}", self.folder)
    }
}
