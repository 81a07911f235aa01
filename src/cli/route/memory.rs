//! The file of a state: one run has it at a time, it is replaced in one step, and no decision goes out before that is done.
//!
//! So a run that is cut off before has decided nothing, and one that is cut off after is told again what it decided.

use crate::assign::State;
use crate::cli::{Failure, output};
use crate::router::Router;
use crate::world;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A state's file, locked until this is dropped.
pub struct Memory {
    path: PathBuf,
    _lock: world::Lock,
}

impl Memory {
    pub fn open(path: &Path, router: &Router) -> Result<Memory, Failure> {
        if path == Path::new("-") {
            return Err(Failure::new("a state is kept in a file").help("name a file behind `--state`"));
        }
        if router.policy().id_field().is_none() {
            return Err(Failure::new("the policy has no field that names a lead, so leads cannot be remembered")
                .help("declare one, such as `id text required`"));
        }
        match world::lock(path) {
            Ok(Some(lock)) => {
                lock.clear(path);
                Ok(Memory { path: path.to_path_buf(), _lock: lock })
            }
            Ok(None) => Err(Failure::new(format!("another run has the state `{}`", path.display()))
                .help("wait until it has ended, or give this run a state of its own")),
            Err(error) => {
                Err(Failure::new(format!("cannot lock the state `{}`: {}", path.display(), world::words(&error))))
            }
        }
    }

    /// The state that was kept; a new one where there is no file.
    pub fn state(&self, router: &Router) -> Result<State, Failure> {
        if world::exists(&self.path) { read(&self.path, router) } else { Ok(State::new(router.crews())) }
    }

    /// Puts the state in the file's place.
    pub fn keep(&self, router: &Router, state: &State) -> Result<(), Failure> {
        output::write_file(&self.path, &state.keep(router.crews()))
    }
}

/// Reads a state.
pub fn read(path: &Path, router: &Router) -> Result<State, Failure> {
    let shown = path.display();
    let kept = world::read(path)
        .map_err(|error| Failure::new(format!("cannot read the state `{shown}`: {}", world::words(&error))))?;
    State::resume(router.crews(), &kept).map_err(|broken| {
        Failure::new(format!("`{shown}`, line {}: {}", broken.line, broken.what)).help(
            "nothing was run and the file is as it was; bring back a copy, or name a file that is not there to begin anew",
        )
    })
}

/// Where decisions go.
pub enum Out {
    Open(Box<dyn Write + Send>),
    HeldBack(world::HeldBack),
}

impl Out {
    /// Open at once, or where a state is kept, when it is safe.
    pub fn create(path: &Path, memory: Option<&Memory>) -> io::Result<Out> {
        match memory {
            Some(memory) => world::HeldBack::new(path, &memory.path).map(Out::HeldBack),
            None => world::create(path).map(Out::Open),
        }
    }

    pub fn release(self) -> io::Result<()> {
        match self {
            Out::Open(_) => Ok(()),
            Out::HeldBack(out) => out.release(),
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Out::Open(out) => out.write(bytes),
            Out::HeldBack(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Out::Open(out) => out.flush(),
            Out::HeldBack(out) => out.flush(),
        }
    }
}
