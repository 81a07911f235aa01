//! The checker: the worked example, and the corpus in tests/cases/check.

use leadway::load::{Compiled, Reader, compile};
use leadway::world::Folder;
use std::path::Path;

fn compiled(policy: &str) -> Compiled {
    let (folder, name) = Folder::of(Path::new(policy));
    compile(&name, &folder as &dyn Reader).unwrap()
}

#[test]
fn the_worked_example_has_no_finding() {
    let compiled = compiled("examples/software_inbound/main.leadway");
    assert_eq!(compiled.diagnostics, []);
    assert!(compiled.policy.is_some());
}
