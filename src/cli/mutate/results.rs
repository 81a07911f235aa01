//! The results of a run, kept in a file, so that an interrupted run goes on where it was.

use crate::cli::{Failure, output};
use crate::policy::Policy;
use crate::suite::mutate::Fate;
use crate::world;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// What is known of the mutants of one policy under its tests. Mutants are numbered: the same policy, tests and version of Leadway
/// number them alike.
#[derive(Debug, Serialize, Deserialize)]
pub struct Results {
    leadway: String,
    policy: String,
    tests: String,
    mutants: usize,
    fates: BTreeMap<usize, Fate>,
}

impl Results {
    pub fn new(policy: &Policy, mutants: usize) -> Results {
        let digest = Sha256::digest(format!("{:?}", policy.tests));
        Results {
            leadway: env!("CARGO_PKG_VERSION").to_owned(),
            policy: policy.hash.clone(),
            tests: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            mutants,
            fates: BTreeMap::new(),
        }
    }

    /// Those of a file where they are of this policy and these tests; else none yet.
    pub fn open(path: &Path, policy: &Policy, mutants: usize) -> Result<Results, Failure> {
        let new = Results::new(policy, mutants);
        if !world::exists(path) {
            output::has_folder(path)?;
            return Ok(new);
        }
        let shown = path.display();
        let text = world::read_text(path)
            .map_err(|error| Failure::new(format!("cannot read `{shown}`: {}", world::words(&error))))?;
        let known: Results = serde_json::from_str(&text).map_err(|error| {
            Failure::new(format!("`{shown}` holds no results of `leadway mutate`: {error}"))
                .help("name another file, or remove this one")
        })?;
        Ok(if known.is_like(&new) { known } else { new })
    }

    fn is_like(&self, other: &Results) -> bool {
        let key = |one: &Results| (one.leadway.clone(), one.policy.clone(), one.tests.clone(), one.mutants);
        key(self) == key(other)
    }

    pub fn of(&self, mutant: usize) -> Option<&Fate> {
        self.fates.get(&mutant)
    }

    pub fn enter(&mut self, mutant: usize, fate: Fate) {
        self.fates.insert(mutant, fate);
    }

    pub fn save(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string(self).map_err(|error| Failure::new(error.to_string()))?;
        output::write_file(path, text.as_bytes())
    }
}
