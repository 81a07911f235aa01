//! The only door to the clock, the environment and the file system. Nothing else in Leadway opens one.
#![allow(clippy::disallowed_methods, reason = "this is the door that the ban leads to")]

pub mod git;

use crate::load::{ReadFault, Reader};
use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read, Seek, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

/// Policies and data files past this are refused: no real one comes near, and memory stays bounded.
const LARGEST_FILE: u64 = 1 << 30;

/// The folder of a policy: all that a policy names is in it, so that a decision depends on nothing outside.
pub struct Folder {
    root: PathBuf,
    canonical: io::Result<PathBuf>,
}

impl Folder {
    /// The folder that holds this policy, and the policy's name in it.
    pub fn of(policy: &Path) -> (Folder, String) {
        let root = match policy.parent() {
            Some(parent) if parent != Path::new("") => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        let name = policy.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let canonical = root.canonicalize();
        (Folder { root, canonical }, name)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

impl Reader for Folder {
    fn read(&self, name: &str) -> Result<Arc<[u8]>, ReadFault> {
        let relative = Path::new(name);
        if relative.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err(ReadFault::Outside);
        }
        let path = self.root.join(relative);
        let real = path.canonicalize().map_err(|error| fault(&error))?;
        // A link may still lead out.
        if self.canonical.as_ref().is_ok_and(|root| !real.starts_with(root)) {
            return Err(ReadFault::Outside);
        }
        let kind = std::fs::metadata(&real).map_err(|error| fault(&error))?;
        // A pipe may never end, nor a device.
        if !kind.is_file() && !kind.is_dir() {
            return Err(ReadFault::Other("it is a pipe or a device, not a file".to_owned()));
        }
        read(&real).map_err(|error| fault(&error))
    }

    /// The way to the file from where the command runs, so that editors and code scanners find it.
    fn shown(&self, name: &str) -> String {
        let path = self.root.join(name);
        let here = std::env::current_dir().ok();
        let real = self.canonical.as_ref().ok().map(|root| root.join(name));
        let from_here = here.zip(real).and_then(|(here, real)| Some(real.strip_prefix(here).ok()?.to_path_buf()));
        let from_here = from_here.unwrap_or(path);
        let parts = from_here.components().filter(|part| *part != Component::CurDir);
        parts.collect::<PathBuf>().display().to_string()
    }

    fn names(&self) -> Vec<String> {
        names(&self.root)
    }
}

/// The names in a folder, in order; none where it cannot be read.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

fn fault(error: &io::Error) -> ReadFault {
    match error.kind() {
        io::ErrorKind::NotFound => ReadFault::NotFound,
        _ => ReadFault::Other(words(error)),
    }
}

/// What the system says of a failure, without its number.
pub fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut characters = text.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

/// The bytes of a file.
pub fn read(path: &Path) -> io::Result<Arc<[u8]>> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(io::Error::other("it is larger than 1 GiB"));
    }
    Ok(bytes.into())
}

/// All bytes of a file, or of standard input for `-`.
pub fn read_all(path: &Path) -> io::Result<Arc<[u8]>> {
    let mut bytes = Vec::new();
    open(path)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(io::Error::other("it is larger than 1 GiB"));
    }
    Ok(bytes.into())
}

/// Opens a file, or standard input for `-`.
pub fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    Ok(Box::new(file))
}

/// The length of a regular file in bytes; none for standard input and other streams.
pub fn length(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().filter(|data| data.is_file()).map(|data| data.len())
}

/// Whether two paths lead to one regular file that is there.
pub fn same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok().filter(|path| path.is_file());
    real(one).is_some_and(|one| real(other) == Some(one))
}

/// Whether two paths lead to one folder that is there.
pub fn same_folder(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok().filter(|path| path.is_dir());
    real(one).is_some_and(|one| real(other) == Some(one))
}

pub fn exists(path: &Path) -> bool {
    path.exists()
}

pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

pub fn read_text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    open(path)?.take(LARGEST_FILE).read_to_end(&mut bytes)?;
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8"))
}

/// Creates a file, or gives standard output for `-`.
pub fn create(path: &Path) -> io::Result<Box<dyn Write + Send>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdout()));
    }
    Ok(Box::new(File::create(path)?))
}

/// The end of the name of a file that is about to take another's place; before it stands the process that writes it.
const UNFINISHED: &str = ".new";

/// Replaces a file in one step: a reader sees the old content or the new.
/// A link stays, and what it leads to is replaced.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = &behind_links(path);
    let beside = beside(path, &format!(".{}{UNFINISHED}", std::process::id()));
    let written = (|| {
        let mut file = File::create(&beside)?;
        file.write_all(content)?;
        file.sync_all()?;
        if let Ok(old) = std::fs::metadata(path) {
            std::fs::set_permissions(&beside, old.permissions())?;
        }
        std::fs::rename(&beside, path)?;
        sync_folder(path)
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// Where a link leads, so that a file has one name whichever way it is called; a path that is no link stays as it is.
fn behind_links(path: &Path) -> PathBuf {
    match path.is_symlink() {
        true => path.canonicalize().unwrap_or_else(|_| path.to_path_buf()),
        false => path.to_path_buf(),
    }
}

/// Makes the names in a file's folder last, where the system can.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A file that only one process has at a time, until this is dropped.
pub struct Lock {
    _file: File,
}

/// Locks a file by another beside it, whose name ends with `.lock`; none where another process has it.
pub fn lock(path: &Path) -> io::Result<Option<Lock>> {
    let lock = beside(&behind_links(path), ".lock");
    let file = File::options().create(true).truncate(false).write(true).open(lock)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock { _file: file })),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

impl Lock {
    /// Removes what processes left that were killed while they replaced the locked file: whoever replaces it has the lock.
    pub fn clear(&self, path: &Path) {
        let path = behind_links(path);
        let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return };
        let is_left = |found: &str| {
            let process = found.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(UNFINISHED));
            process.is_some_and(|process| !process.is_empty() && process.bytes().all(|byte| byte.is_ascii_digit()))
        };
        for found in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if found.file_name().to_str().is_some_and(is_left) {
                // What cannot be removed is in nobody's way.
                let _ = std::fs::remove_file(found.path());
            }
        }
    }
}

/// Output that is held back until something else is safe: it lies in a file beside where it goes to, and is removed where that
/// never comes.
pub struct HeldBack {
    to: PathBuf,
    path: PathBuf,
    file: File,
}

impl HeldBack {
    /// For a file, or for standard output, with its place beside another file, where `to` is `-`.
    pub fn new(to: &Path, by: &Path) -> io::Result<HeldBack> {
        let path = beside(if to == Path::new("-") { by } else { to }, ".held");
        let file = File::options().create(true).truncate(true).read(true).write(true).open(&path)?;
        Ok(HeldBack { to: to.to_path_buf(), path, file })
    }

    /// Lets it go.
    pub fn release(mut self) -> io::Result<()> {
        if self.to != Path::new("-") {
            self.file.sync_all()?;
            return std::fs::rename(std::mem::take(&mut self.path), &self.to);
        }
        self.file.seek(io::SeekFrom::Start(0))?;
        let mut out = io::stdout().lock();
        io::copy(&mut self.file, &mut out).and_then(|_| out.flush())
    }
}

impl Drop for HeldBack {
    fn drop(&mut self) {
        // Once it was let go its file is another's.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Write for HeldBack {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Writes a new file and the folders above it; refuses to replace one.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    File::options().write(true).create_new(true).open(path)?.write_all(content)
}

/// Microseconds since 1970-01-01T00:00:00Z, by the machine's clock.
pub fn now() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_micros() as i64)
}

/// A stopwatch.
pub struct Watch(Instant);

impl Watch {
    pub fn start() -> Watch {
        Watch(Instant::now())
    }

    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// Whether colour is wanted on a stream that is a terminal or not: `NO_COLOR` (no-color.org) and `TERM=dumb` forbid it.
pub fn color(terminal: bool) -> bool {
    let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    terminal && !forbidden && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether a CI server runs this, which is not to change what it checks: they all set `CI`.
pub fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

pub fn remove(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)
}

/// The way from a folder to a file that is there, both as the file system knows them.
pub fn way(folder: &Path, file: &Path) -> io::Result<String> {
    let (folder, file) = (folder.canonicalize()?, file.canonicalize()?);
    let common = folder.components().zip(file.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(common).map(|_| "..".to_owned());
    let down = file.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned());
    Ok(up.chain(down).collect::<Vec<_>>().join("/"))
}

/// Whether somebody can answer on standard input.
pub fn is_typed() -> bool {
    io::stdin().is_terminal()
}

/// A line from standard input, without its end; none where it has ended.
pub fn read_line() -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end().to_owned()))
}

/// Whether somebody watches standard error.
pub fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// How many threads may run at once.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
