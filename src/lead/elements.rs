//! A JSON array, or JSON objects that span lines, cut into one element a line without holding the whole.

use crate::lead::RowError;
use crate::lead::block::Block;

/// Where the cutter is in the text; elements go on over the ends of what is fed.
#[derive(Debug, Clone)]
pub struct Elements {
    state: State,
    /// Open brackets of the element.
    depth: usize,
    line: u64,
    /// Whether the elements are those of an array.
    array: bool,
    /// The line on which the element starts, and its place in the block.
    start_line: u64,
    start: usize,
    /// The element is too long: what is left of it is passed over.
    passing: bool,
    limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing but white space was met.
    Before,
    Between,
    Inside,
    Text,
    Escape,
    /// An element that is no object: a number, or junk.
    Scalar,
    /// Behind the array.
    After,
    /// Behind the array, where something stands that does not belong there.
    Junk,
}

impl Elements {
    /// `limit` is the most bytes that an element may have.
    pub fn new(limit: usize) -> Self {
        Elements {
            state: State::Before,
            depth: 0,
            line: 1,
            array: false,
            start_line: 1,
            start: 0,
            passing: false,
            limit,
        }
    }

    pub fn line(&self) -> u64 {
        self.line
    }

    /// Whether it is between elements, so that the block has whole ones only.
    pub fn rests(&self) -> bool {
        !matches!(self.state, State::Inside | State::Text | State::Escape | State::Scalar)
    }

    /// Moves whole elements from `bytes` into the block until it holds `enough`; how many bytes were taken.
    pub fn feed(&mut self, bytes: &[u8], block: &mut Block, enough: usize) -> usize {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            at += self.step(rest, block);
            if self.rests() && (block.bytes.len() >= enough || !block.faults.is_empty()) {
                break;
            }
        }
        at
    }

    /// The file ends here: an element that is still open is an error.
    pub fn finish(&mut self, block: &mut Block) {
        match self.state {
            State::Scalar => self.close(block),
            State::Inside | State::Text | State::Escape if self.passing => self.passing = false,
            State::Inside | State::Text | State::Escape => {
                let found = block.bytes.get(self.start..).map(String::from_utf8_lossy).unwrap_or_default().into_owned();
                self.give_up(block, &found, "the end of the object; the file ends inside it");
            }
            State::Between if self.array => {
                let error = RowError::new(self.line, "the end of the file", "`]`, the end of the array");
                block.faults.push((block.bytes.len(), error));
            }
            _ => {}
        }
        self.state = State::Junk;
    }

    /// Takes the next run of bytes that are alike; `rest` is not empty.
    fn step(&mut self, rest: &[u8], block: &mut Block) -> usize {
        let first = rest.first().copied().unwrap_or(b' ');
        match self.state {
            State::Before | State::Between => self.between(first, block),
            State::Inside => {
                let run =
                    rest.iter().take_while(|byte| !matches!(byte, b'"' | b'{' | b'}' | b'[' | b']' | b'\n')).count();
                match rest.get(run) {
                    None => self.copy(rest, block),
                    Some(byte) => {
                        self.copy(rest.get(..run).unwrap_or(&[]), block);
                        self.inside(*byte, block);
                    }
                }
                (run + 1).min(rest.len())
            }
            State::Text => {
                let run = memchr::memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len());
                self.copy(rest.get(..run).unwrap_or(&[]), block);
                match rest.get(run) {
                    Some(b'\n') => self.new_line(block),
                    Some(byte) => {
                        self.copy(&[*byte], block);
                        self.state = if *byte == b'\\' { State::Escape } else { State::Inside };
                        self.close_if_whole(block);
                    }
                    None => {}
                }
                (run + 1).min(rest.len())
            }
            State::Escape => {
                self.state = State::Text;
                if first == b'\n' {
                    self.new_line(block)
                } else {
                    self.copy(&[first], block)
                }
                1
            }
            State::Scalar => {
                let run = rest.iter().take_while(|byte| !matches!(byte, b',' | b']' | b'\n')).count();
                self.copy(rest.get(..run).unwrap_or(&[]), block);
                if run < rest.len() {
                    self.close(block);
                }
                run
            }
            State::After | State::Junk => {
                self.line += u64::from(first == b'\n');
                if self.state == State::After && !first.is_ascii_whitespace() {
                    self.state = State::Junk;
                    let found = String::from_utf8_lossy(rest.get(..rest.len().min(200)).unwrap_or(rest)).into_owned();
                    block
                        .faults
                        .push((block.bytes.len(), RowError::new(self.line, &found, "nothing behind the array")));
                }
                1
            }
        }
    }

    fn between(&mut self, byte: u8, block: &mut Block) -> usize {
        match (byte, self.state) {
            (b'\n', _) => self.line += 1,
            (b' ' | b'\t' | b'\r', _) => {}
            (b'[', State::Before) => {
                self.array = true;
                self.state = State::Between;
            }
            (b',', State::Between) => {}
            (b']', State::Between) if self.array => self.state = State::After,
            _ => {
                (self.start_line, self.start, self.depth, self.passing) = (self.line, block.bytes.len(), 0, false);
                block.lines.push(self.line);
                match byte {
                    b'{' | b'[' | b'"' => {
                        self.state = State::Inside;
                        self.inside(byte, block);
                    }
                    _ => {
                        self.state = State::Scalar;
                        self.copy(&[byte], block);
                    }
                }
            }
        }
        1
    }

    fn inside(&mut self, byte: u8, block: &mut Block) {
        match byte {
            b'\n' => return self.new_line(block),
            b'"' => self.state = State::Text,
            b'{' | b'[' => self.depth += 1,
            _ => self.depth = self.depth.saturating_sub(1),
        }
        self.copy(&[byte], block);
        self.close_if_whole(block);
    }

    fn copy(&mut self, run: &[u8], block: &mut Block) {
        if self.passing {
            return;
        }
        block.bytes.extend_from_slice(run);
        if block.bytes.len() - self.start > self.limit {
            let found =
                String::from_utf8_lossy(block.bytes.get(self.start..self.start + 200).unwrap_or(&[])).into_owned();
            self.give_up(block, &found, "a lead of at most 16 MiB");
            self.passing = true;
        }
    }

    fn new_line(&mut self, block: &mut Block) {
        self.line += 1;
        self.copy(b" ", block);
    }

    fn close_if_whole(&mut self, block: &mut Block) {
        if self.state == State::Inside && self.depth == 0 {
            self.close(block);
        }
    }

    fn close(&mut self, block: &mut Block) {
        self.state = State::Between;
        if !self.passing {
            block.bytes.push(b'\n');
        }
        self.passing = false;
    }

    /// The element becomes an error.
    fn give_up(&mut self, block: &mut Block, found: &str, expected: &str) {
        block.bytes.truncate(self.start);
        block.lines.pop();
        block.faults.push((self.start, RowError::new(self.start_line, found, expected)));
    }
}
