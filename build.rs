//! Lists docs/rules/ for src/diagnostic/pages.rs, so that a page is in the binary as soon as its file is there.

#![allow(clippy::disallowed_methods, reason = "a build script is made to read files")]

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=docs/rules");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("docs/rules");
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    // By code: `unused` stands before `unused-allow`, though `unused.md` stands behind `unused-allow.md`.
    pages.sort_by_key(|path| path.file_stem().map(std::ffi::OsStr::to_owned));
    let mut list = String::from("const PAGES: &[(&str, &str)] = &[\n");
    for path in &pages {
        let code = path.file_stem().unwrap_or_default();
        writeln!(list, "    ({code:?}, include_str!({path:?})),")?;
    }
    list.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("pages.rs"), list)?;
    Ok(())
}
