//! What two versions of a policy say and do differently.

mod brute;
mod parts;
mod stories;

use leadway::diff::parts::Side;
use leadway::load::{Compiled, compile};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A version without errors, from its files; the first is the policy.
pub fn version(files: &[(&str, &str)]) -> Compiled {
    let bytes = files.iter().map(|(name, text)| ((*name).to_owned(), Arc::from(text.as_bytes())));
    let files_by_name: BTreeMap<String, Arc<[u8]>> = bytes.collect();
    let compiled = compile(files[0].0, &files_by_name).unwrap();
    assert!(compiled.policy.is_some(), "{:?}", compiled.diagnostics);
    compiled
}

pub fn side(version: &Compiled) -> Side<'_> {
    Side { policy: version.policy.as_ref().unwrap(), sources: &version.sources }
}
