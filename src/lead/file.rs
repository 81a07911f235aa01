//! A file of leads: what it is, which of its columns are read, and its records in blocks.

use crate::data::{csv, encoding, text};
use crate::lead::block::Block;
use crate::lead::elements::Elements;
use crate::lead::plan::PlanField;
use crate::lead::split::{Layout, Splitter};
use crate::lead::stream::{self, CarriageReturns, Source};
use crate::lead::values::DateOrders;
use crate::lead::{Plan, RowError, clip, json};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::fmt;
use std::io::Read;
use std::sync::Arc;

/// A block has about so many bytes: enough leads to keep a thread busy, few enough to stay, with what is written of them, in the cache of
/// one core.
const BLOCK: usize = 1 << 18;
/// The first block, which tells of the whole file, has about so many.
const FIRST_BLOCK: usize = 1 << 20;
/// A record may have so many bytes.
const RECORD: usize = 16 << 20;

/// How the leads of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadFormat {
    /// With a header.
    Csv,
    /// One object a line.
    JsonLines,
    /// An array of objects, or objects that span lines.
    Json,
}

/// Why a file cannot be read as leads, in the user's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenError {
    pub message: String,
    pub help: Option<String>,
}

impl OpenError {
    fn new(message: impl Into<String>) -> Self {
        OpenError { message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A file of leads that was opened. Blocks come in order; what is done with them may happen on any thread.
pub struct LeadFile<'a> {
    source: Source<'a>,
    format: LeadFormat,
    layout: Layout,
    elements: Option<Elements>,
    /// Read and not yet handed out.
    carry: Vec<u8>,
    ended: bool,
    /// Why it ended before its end, and whether that was said.
    failure: Option<String>,
    failure_said: bool,
    line: u64,
    marked: bool,
    /// The first block, which was looked at when the file was opened.
    first: Option<Block>,
    dates: DateOrders,
    warnings: Vec<String>,
}

impl fmt::Debug for LeadFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeadFile").field("format", &self.format).field("line", &self.line).finish_non_exhaustive()
    }
}

impl<'a> LeadFile<'a> {
    /// Opens leads: `name` is the file's name, whose ending tells the format where it is a known one; otherwise the content does. Gzip and zstd
    /// are told by their content.
    pub fn open(source: impl Read + Send + 'a, name: Option<&str>, plan: &Plan) -> Result<LeadFile<'a>, OpenError> {
        let unreadable = |error: std::io::Error| OpenError::new(format!("the leads cannot be read: {error}"));
        let source = stream::decompressed(Box::new(source)).map_err(unreadable)?;
        let (start, source) = stream::peek(source, 512).map_err(unreadable)?;
        refuse_other_files(&start)?;
        let (encoding, mark) = encoding::sniff(&start);
        let mut source = stream::as_utf8(source, encoding);
        let mut carry = Vec::new();
        let (ended, failure) = match stream::fill(&mut source, &mut carry, FIRST_BLOCK) {
            Ok(goes_on) => (!goes_on, None),
            Err(error) if carry.is_empty() => return Err(unreadable(error)),
            Err(error) => (true, Some(error.to_string())),
        };
        let marked = mark == 3;
        if marked {
            carry.drain(..mark);
        }
        if carry.contains(&b'\r') && !carry.contains(&b'\n') {
            carry.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
            source = Box::new(CarriageReturns(source));
        }
        let format = format_of(name, &carry)?;
        let mut file = LeadFile {
            source,
            format,
            layout: Layout::Json,
            elements: (format == LeadFormat::Json).then(|| Elements::new(RECORD)),
            carry,
            ended,
            failure,
            failure_said: false,
            line: 1,
            marked,
            first: None,
            dates: DateOrders::default(),
            warnings: Vec::new(),
        };
        if format == LeadFormat::Csv {
            file.read_header(plan)?;
        }
        file.look_ahead(plan);
        Ok(file)
    }

    pub fn format(&self) -> LeadFormat {
        self.format
    }

    pub fn splitter(&self) -> Splitter {
        Splitter::new(self.layout.clone())
    }

    /// The order of ambiguous dates, as the first block shows it.
    pub fn dates(&self) -> &DateOrders {
        &self.dates
    }

    /// Why the file ended before its end: it could not be read on. The last block has an error for it.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Takes up what [`Block::text`] noticed.
    pub fn notice(&mut self, note: Option<String>) {
        const NOTES: usize = 20;
        if let Some(note) = note.filter(|_| self.warnings.len() < NOTES) {
            self.warnings.push(note);
        }
    }

    /// What is to be said about the file as a whole; with the splitters that its blocks went through, also about JSON keys.
    pub fn warnings<'s>(&self, plan: &Plan, splitters: impl IntoIterator<Item = &'s Splitter>) -> Vec<String> {
        let mut warnings = self.warnings.clone();
        if self.format != LeadFormat::Csv {
            let (mut met, mut unmapped) = (BTreeSet::new(), Vec::new());
            for splitter in splitters {
                met.extend(splitter.met());
                for name in splitter.unmapped() {
                    if !unmapped.contains(name) {
                        unmapped.push(name.clone());
                    }
                }
            }
            warnings.extend(unread(&unmapped));
            let missing = plan.fields.iter().filter(|field| !field.columns.iter().any(|column| met.contains(column)));
            warnings.extend(no_columns(plan, missing, &unmapped));
        }
        warnings
    }

    /// The next records in order, into a block that may be used again; false at the end.
    pub fn next_block(&mut self, block: &mut Block) -> bool {
        match self.first.take() {
            Some(first) => {
                *block = first;
                true
            }
            None => self.read_block(block, BLOCK),
        }
    }

    fn read_block(&mut self, block: &mut Block, size: usize) -> bool {
        block.clear();
        (block.first_line, block.marked) = (self.line, self.marked);
        match self.elements.take() {
            Some(mut elements) => {
                self.cut_elements(&mut elements, block, size);
                self.line = elements.line();
                self.elements = Some(elements);
            }
            None => self.cut_lines(block, size),
        }
        !block.is_empty()
    }

    fn cut_elements(&mut self, elements: &mut Elements, block: &mut Block, size: usize) {
        while !elements.rests() || block.bytes.len() < size && block.faults.is_empty() {
            self.fill(size);
            let taken = elements.feed(&self.carry, block, size);
            self.carry.drain(..taken);
            if self.ended && self.carry.is_empty() {
                elements.finish(block);
                self.say_failure(block);
                return;
            }
        }
    }

    fn cut_lines(&mut self, block: &mut Block, size: usize) {
        let mut wanted = size;
        loop {
            self.fill(wanted);
            let cut = match self.ended && self.failure.is_none() {
                true => self.carry.len(),
                false => self.last_record_end(),
            };
            if cut > 0 || self.ended {
                self.hand_out(cut, block);
                if self.ended {
                    self.carry.clear();
                    self.say_failure(block);
                }
                return;
            }
            if wanted >= RECORD {
                return self.pass_over(block);
            }
            wanted *= 2;
        }
    }

    fn last_record_end(&self) -> usize {
        match &self.layout {
            Layout::Csv { delimiter, .. } => csv::last_record_end(&self.carry, *delimiter),
            Layout::Json => memchr::memrchr(b'\n', &self.carry).map_or(0, |newline| newline + 1),
        }
    }

    /// Moves the first bytes of what was read into the block.
    fn hand_out(&mut self, cut: usize, block: &mut Block) {
        std::mem::swap(&mut block.bytes, &mut self.carry);
        self.carry.clear();
        self.carry.extend_from_slice(block.bytes.get(cut..).unwrap_or(&[]));
        block.bytes.truncate(cut);
        self.line += memchr::memchr_iter(b'\n', &block.bytes).count() as u64;
    }

    /// A record does not end within the limit. In CSV a quote may be open: its line alone is handed out, and is an error. A line
    /// without an end is passed over.
    fn pass_over(&mut self, block: &mut Block) {
        if let Some(newline) = memchr::memchr(b'\n', &self.carry) {
            return self.hand_out(newline + 1, block);
        }
        let found = String::from_utf8_lossy(self.carry.get(..200).unwrap_or(&[])).into_owned();
        block.faults.push((0, RowError::new(self.line, &found, "a lead of at most 16 MiB")));
        let newline = loop {
            match memchr::memchr(b'\n', &self.carry) {
                None if self.ended => break self.carry.len(),
                None => {
                    self.carry.clear();
                    self.fill(BLOCK);
                }
                Some(newline) => break newline + 1,
            }
        };
        self.carry.drain(..newline);
        self.line += 1;
        if self.ended && self.carry.is_empty() {
            self.say_failure(block);
        }
    }

    fn fill(&mut self, wanted: usize) {
        if self.ended || self.carry.len() >= wanted {
            return;
        }
        match stream::fill(&mut self.source, &mut self.carry, wanted) {
            Ok(goes_on) => self.ended = !goes_on,
            Err(error) => {
                self.failure = Some(error.to_string());
                self.ended = true;
            }
        }
    }

    /// The end of a file that broke off, said once.
    fn say_failure(&mut self, block: &mut Block) {
        if let Some(failure) = self.failure.as_ref().filter(|_| !self.failure_said) {
            let expected = format!("the rest of the file, which cannot be read: {failure}");
            block.faults.push((usize::MAX, RowError::new(self.line, "", expected)));
            self.failure_said = true;
        }
    }

    /// Reads the first block and what it shows of the order of dates.
    fn look_ahead(&mut self, plan: &Plan) {
        let mut block = Block::default();
        if !self.read_block(&mut block, FIRST_BLOCK) {
            return;
        }
        let mut dates = DateOrders::default();
        let (text, _) = block.text();
        self.splitter().split(plan, &block, &text, |raw| {
            if let Ok(raw) = raw {
                dates.see(plan, &raw);
            }
        });
        self.warnings.extend(dates.words(plan));
        self.dates = dates;
        self.first = Some(block);
    }

    fn read_header(&mut self, plan: &Plan) -> Result<(), OpenError> {
        let (delimiter, at) = match csv::declared_delimiter(&self.carry) {
            Some(declared) => declared,
            None => (csv::delimiter(&self.carry), 0),
        };
        let mut cells = Vec::new();
        let (start, end) = match csv::record(&self.carry, at, delimiter, &mut cells) {
            csv::Scan::Record { start, end } if self.ended || end < self.carry.len() => (start, end),
            csv::Scan::Record { .. } => {
                return Err(OpenError::new("the first line, which names the columns, is longer than 1 MiB"));
            }
            csv::Scan::OpenQuote { .. } => {
                return Err(OpenError::new(
                    "the first line, which names the columns, opens a quote and never closes it",
                ));
            }
            csv::Scan::End => return Err(OpenError::new(EMPTY)),
        };
        let header = encoding::decode(self.carry.get(start..end).unwrap_or(&[])).text;
        csv::record(header.as_bytes(), 0, delimiter, &mut cells);
        let names: Vec<SmolStr> = cells.iter().map(|cell| SmolStr::new(text::trim(&cell.text(&header)))).collect();
        let columns = map_columns(plan, &names)?;
        let unmapped: Vec<SmolStr> =
            names.iter().zip(&columns).filter(|(_, column)| column.is_none()).map(|(name, _)| name.clone()).collect();
        let is_missing = |field: &&PlanField| !field.columns.iter().any(|column| columns.contains(&Some(*column)));
        let (required, optional): (Vec<_>, Vec<_>) =
            plan.fields.iter().filter(is_missing).partition(|field| field.required);
        if !required.is_empty() {
            return Err(OpenError::new(no_columns(plan, required, &unmapped).join("; "))
                .help("every required field needs a column; `from \"...\"` says which"));
        }
        if columns.iter().all(Option::is_none) {
            let shown: Vec<String> = names.iter().take(5).map(|name| format!("`{}`", clip(name))).collect();
            return Err(OpenError::new(format!("no field reads any of the columns {}", shown.join(", ")))
                .help("the first line must name the columns; fields read a column of their own name, or that of `from \"...\"`"));
        }
        self.warnings.extend(unread(&unmapped));
        self.warnings.extend(no_columns(plan, optional, &unmapped));
        self.layout = Layout::Csv { delimiter, header: Arc::new(columns) };
        self.line += memchr::memchr_iter(b'\n', self.carry.get(..end).unwrap_or(&[])).count() as u64;
        self.carry.drain(..end);
        Ok(())
    }
}

const EMPTY: &str = "the file is empty: leads were expected";

/// Files of other programs that are taken for leads, by their magic numbers.
fn refuse_other_files(start: &[u8]) -> Result<(), OpenError> {
    if start.is_empty() {
        return Err(OpenError::new(EMPTY));
    }
    const KINDS: [(&[u8], &str); 5] = [
        (b"PK\x03\x04", "a spreadsheet or a zip archive"),
        (b"\xd0\xcf\x11\xe0", "an old spreadsheet"),
        (b"PAR1", "a Parquet file"),
        (b"%PDF", "a PDF document"),
        (b"SQLite format 3", "a database"),
    ];
    let kind = KINDS.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, kind)| *kind);
    let control = start.iter().filter(|byte| **byte < 0x20 && !byte.is_ascii_whitespace()).count();
    let binary = control > start.len() / 8 && encoding::sniff(start).0 == encoding::Encoding::Utf8;
    match kind.or(binary.then_some("a binary file")) {
        Some(kind) => Err(OpenError::new(format!("this is {kind}, not leads")).help("export the leads as CSV or JSON")),
        None => Ok(()),
    }
}

/// The format by the file's name, else by the first character and whether a line holds a whole object.
fn format_of(name: Option<&str>, start: &[u8]) -> Result<LeadFormat, OpenError> {
    let name = name.unwrap_or("").to_ascii_lowercase();
    let name = name.trim_end_matches(".gz").trim_end_matches(".zst");
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace()).ok_or_else(|| OpenError::new(EMPTY))?;
    if ends(&[".ndjson", ".jsonl"]) {
        return Ok(LeadFormat::JsonLines);
    }
    if ends(&[".csv", ".tsv"]) {
        return Ok(LeadFormat::Csv);
    }
    let mut lines = start.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).take(20);
    Ok(match first {
        b'{' if lines.any(json::is_whole_object) => LeadFormat::JsonLines,
        b'{' | b'[' => LeadFormat::Json,
        _ => LeadFormat::Csv,
    })
}

/// For each column of a header its place in the plan's columns. Names to the letter come first.
fn map_columns(plan: &Plan, header: &[SmolStr]) -> Result<Vec<Option<u32>>, OpenError> {
    let mut columns = vec![None; header.len()];
    let keys: Vec<SmolStr> = header.iter().map(|name| text::squeeze(name)).collect();
    for exact in [true, false] {
        for (wanted, place) in plan.columns().iter().zip(0u32..) {
            if columns.contains(&Some(place)) {
                continue;
            }
            let key = text::squeeze(wanted);
            let same = |at: &usize| if exact { header.get(*at) == Some(wanted) } else { keys.get(*at) == Some(&key) };
            let found: Vec<usize> =
                (0..header.len()).filter(same).filter(|at| columns.get(*at) == Some(&None)).collect();
            match found.as_slice() {
                [] => {}
                [one] => {
                    if let Some(column) = columns.get_mut(*one) {
                        *column = Some(place);
                    }
                }
                [first, second, ..] => {
                    let name = |at: &usize| clip(header.get(*at).map_or("", SmolStr::as_str));
                    return Err(OpenError::new(format!(
                        "two columns could be `{wanted}`: `{}`, which is column {}, and `{}`, which is column {}",
                        name(first),
                        first + 1,
                        name(second),
                        second + 1
                    ))
                    .help("rename one of them in the file"));
                }
            }
        }
    }
    Ok(columns)
}

/// What to say of fields whose columns a file does not have: a line each where a column is alike, one line for the others.
fn no_columns<'p>(plan: &Plan, fields: impl IntoIterator<Item = &'p PlanField>, unmapped: &[SmolStr]) -> Vec<String> {
    let (mut lines, mut others) = (Vec::new(), Vec::new());
    for field in fields {
        let wanted =
            field.columns.first().and_then(|column| plan.columns().get(*column as usize)).unwrap_or(&field.name);
        let of = if *wanted == field.name { String::new() } else { format!(" of the field `{}`", field.name) };
        match text::nearest(wanted, unmapped.iter().map(SmolStr::as_str).filter(|name| !name.is_empty())) {
            Some(near) => lines.push(format!("there is no column `{wanted}`{of}; did you mean `{}`?", clip(near))),
            None => others.push(format!("`{wanted}`{of}")),
        }
    }
    match others.as_slice() {
        [] => {}
        [one] => lines.push(format!("there is no column {one}")),
        several => lines.push(format!("there are no columns {}", several.join(", "))),
    }
    lines
}

/// The columns that no field reads, in one line.
fn unread(names: &[SmolStr]) -> Option<String> {
    const SHOWN: usize = 10;
    let named: Vec<String> =
        names.iter().filter(|name| !name.is_empty()).map(|name| format!("`{}`", clip(name))).collect();
    let more = named.len().saturating_sub(SHOWN);
    let shown = named.get(..named.len().min(SHOWN)).unwrap_or(&[]).join(", ");
    match (named.len(), more) {
        (0, _) => None,
        (1, _) => Some(format!("no field reads the column {shown}")),
        (_, 0) => Some(format!("no field reads the columns {shown}")),
        _ => Some(format!("no field reads the columns {shown} and {more} more")),
    }
}
