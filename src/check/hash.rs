//! The hash of a policy: of everything that a decision depends on, and of nothing else.

use crate::policy::Policy;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// SHA-256 over the policy's JSON and the rows of its records, in hexadecimal. Spans are not serialised, so that layout and comments do not
/// count; tests, guarantees and goals are left out by being added to the policy later.
pub(super) fn hash(policy: &Policy) -> String {
    let mut hasher = Hasher(Sha256::new());
    // Writing to a hash does not fail, and neither does the policy: its maps have text for keys.
    let _ = serde_json::to_writer(&mut hasher, policy);
    for records in &policy.records {
        let _ = serde_json::to_writer(&mut hasher, &records.rows);
    }
    hasher.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Hasher(Sha256);

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
