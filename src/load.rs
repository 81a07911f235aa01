//! A policy with all that it includes and names, read through a [`Reader`] and parsed.

mod consequences;
pub mod sound;

use crate::check;
use crate::diagnostic::Diagnostic;
use crate::policy::{DataFiles, Policy};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::syntax::ast::{self, ItemKind};
use crate::syntax::{self, Parsed};
use sound::Part;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where files come from. Names are relative to the folder of the policy that was asked for, also in files that it includes.
pub trait Reader {
    fn read(&self, name: &str) -> Result<Arc<[u8]>, ReadFault>;

    /// The name that findings show for a policy file.
    fn shown(&self, name: &str) -> String {
        name.to_owned()
    }

    /// The names of the files in the folder itself, in order; none where there is no telling.
    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadFault {
    NotFound,
    /// The name leaves the policy's folder.
    Outside,
    Other(String),
}

/// Files held in memory: for tests, and for programs that keep policies elsewhere.
impl Reader for BTreeMap<String, Arc<[u8]>> {
    fn read(&self, name: &str) -> Result<Arc<[u8]>, ReadFault> {
        self.get(name).cloned().ok_or(ReadFault::NotFound)
    }

    fn names(&self) -> Vec<String> {
        self.keys().filter(|name| !name.contains('/')).cloned().collect()
    }
}

/// A policy as it was read: every file parsed, every data file's bytes at hand.
#[derive(Default)]
pub struct Loaded {
    pub sources: Sources,
    /// The policy that was asked for first, then what it includes, in the order met.
    pub files: Vec<(FileId, Parsed)>,
    pub data: DataFiles,
    /// What was wrong with reading and parsing.
    pub diagnostics: Vec<Diagnostic>,
}

/// A policy that was read and checked.
pub struct Compiled {
    pub sources: Sources,
    /// The policy that was asked for first, then what it includes, in the order met.
    pub files: Vec<(FileId, Parsed)>,
    /// None where an error keeps it from running.
    pub policy: Option<Policy>,
    /// Where one does, what of the policy the errors do not touch, if anything.
    pub part: Option<Part>,
    /// Every finding, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the policy of this name with all that it includes and names.
///
/// # Errors
/// Only where the policy itself cannot be read; whatever else is missing or broken is a diagnostic.
pub fn load(name: &str, reader: &dyn Reader) -> Result<Loaded, ReadFault> {
    load_all(name, &[], reader)
}

/// Reads the policy of this name with all that it includes and names, and the files of tests beside it: of `main.leadway` every
/// `*.test.leadway` in its folder, of another `x.leadway` those whose name begins with `x.`.
///
/// # Errors
/// As [`load`].
pub fn load_with_tests(name: &str, reader: &dyn Reader) -> Result<Loaded, ReadFault> {
    let stem = name.strip_suffix("leadway").filter(|stem| *stem != "main.").unwrap_or("");
    let tests = |file: &String| file.ends_with(TESTS) && file.starts_with(stem) && file != name;
    load_all(name, &reader.names().into_iter().filter(tests).collect::<Vec<_>>(), reader)
}

/// How the name of a file of tests ends.
const TESTS: &str = ".test.leadway";

fn load_all(name: &str, tests: &[String], reader: &dyn Reader) -> Result<Loaded, ReadFault> {
    let bytes = reader.read(name)?;
    let mut loading = Loading { reader, loaded: Loaded::default(), seen: BTreeMap::new() };
    let mut open = vec![plain(name)];
    loading.add(name, &bytes, &mut open);
    for file in tests {
        if !loading.seen.contains_key(file) {
            loading.add(file, &reader.read(file)?, &mut open);
        }
    }
    let mut loaded = loading.loaded;
    let files: Vec<_> = loaded.files.iter().map(|(id, parsed)| (*id, &parsed.file)).collect();
    for (path, _) in check::data_paths(&files) {
        loaded.data.entry(path).or_insert_with_key(|path| reader.read(path).map_err(|fault| words(&fault)));
    }
    Ok(loaded)
}

/// Reads and checks the policy of this name.
///
/// # Errors
/// As [`load`].
pub fn compile(name: &str, reader: &dyn Reader) -> Result<Compiled, ReadFault> {
    Ok(load(name, reader)?.compile())
}

impl Loaded {
    /// Checks what was read.
    pub fn compile(self) -> Compiled {
        let Loaded { sources, files, data, mut diagnostics } = self;
        let trees: Vec<_> = files.iter().map(|(id, parsed)| (*id, &parsed.file)).collect();
        let mut checked = check::check(&trees, &data);
        let errors = sound::errors(&diagnostics, &checked.diagnostics);
        let (policy, part) = match checked.policy {
            Some(policy) if errors.is_empty() => (Some(policy), None),
            Some(broken) => (None, sound::part(broken, &checked.names, &errors, &diagnostics, &sources, &files)),
            None => (None, None),
        };
        consequences::leave_out(&mut checked.diagnostics, &diagnostics, &sources, &files);
        diagnostics.extend(checked.diagnostics);
        // What is no text explains whatever else is wrong with it.
        diagnostics.sort_by_key(|d| (d.code != "not-utf-8", d.primary.span, d.code));
        Compiled { sources, files, policy, part, diagnostics }
    }
}

/// How many files may lead to one another.
const DEEPEST: usize = 64;

struct Loading<'a> {
    reader: &'a dyn Reader,
    loaded: Loaded,
    /// Files that were read, by their plain name.
    seen: BTreeMap<String, FileId>,
}

impl Loading<'_> {
    /// Parses a file and what it includes; `open` are the files that led here, this one last.
    fn add(&mut self, name: &str, bytes: &[u8], open: &mut Vec<String>) {
        let (text, bad_byte) = match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), None),
            Err(error) => (String::from_utf8_lossy(bytes).into_owned(), Some(error.valid_up_to())),
        };
        let id = self.loaded.sources.add(SourceFile::new(self.reader.shown(name), text));
        self.seen.insert(plain(name), id);
        let text = self.loaded.sources.get(id).map(|file| Arc::clone(&file.text)).unwrap_or_default();
        if let Some(at) = bad_byte {
            let span = Span::new(id, at, at + char::REPLACEMENT_CHARACTER.len_utf8());
            self.loaded.diagnostics.push(
                Diagnostic::error("not-utf-8", span, format!("`{name}` is not UTF-8 text"))
                    .here("the first byte that is not")
                    .help("save the file with the encoding UTF-8"),
            );
        }
        let mut parsed = syntax::parse(id, &text);
        self.loaded.diagnostics.append(&mut parsed.diagnostics);
        let includes: Vec<ast::Text> = parsed
            .file
            .items
            .iter()
            .filter_map(|item| match &item.kind {
                ItemKind::Include(path) => Some(path.clone()),
                _ => None,
            })
            .collect();
        self.loaded.files.push((id, parsed));
        for include in includes {
            self.include(&include, open);
        }
    }

    fn include(&mut self, include: &ast::Text, open: &mut Vec<String>) {
        let name = include.text.as_str();
        let key = plain(name);
        if open.contains(&key) {
            let way = open.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" includes ");
            self.loaded.diagnostics.push(
                Diagnostic::error("include-loops", include.span, format!("`{name}` includes itself"))
                    .here("this file is being read already")
                    .note(format!("{way} includes `{key}`"))
                    .help("take one of these includes out"),
            );
            return;
        }
        if self.seen.contains_key(&key) {
            return;
        }
        if open.len() >= DEEPEST {
            self.loaded.diagnostics.push(
                Diagnostic::error("nested-too-deep", include.span, format!("{DEEPEST} files include one another"))
                    .help("include from the first file instead of from file to file"),
            );
            return;
        }
        match self.reader.read(name) {
            Ok(bytes) => {
                open.push(key);
                self.add(name, &bytes, open);
                open.pop();
            }
            Err(ReadFault::Outside) => self.loaded.diagnostics.push(
                Diagnostic::error("include-outside", include.span, format!("`{name}` is outside the policy's folder"))
                    .here("leaves the folder")
                    .help(
                        "move the file into the folder of the policy, or a folder below it, and include it from there",
                    ),
            ),
            Err(fault) => self.loaded.diagnostics.push(
                Diagnostic::error("include-not-found", include.span, format!("`{name}` cannot be read"))
                    .here(words(&fault))
                    .help("paths are relative to the folder of the policy that is run"),
            ),
        }
    }
}

/// A name without `./` parts, so that one file has one name.
fn plain(name: &str) -> String {
    name.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/")
}

fn words(fault: &ReadFault) -> String {
    match fault {
        ReadFault::NotFound => "there is no such file".to_owned(),
        ReadFault::Outside => "it is outside the policy's folder".to_owned(),
        ReadFault::Other(words) => words.clone(),
    }
}
