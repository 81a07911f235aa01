//! The run itself: blocks of leads go to as many threads as there are, and their decisions come out in the order of the leads.
//!
//! ```text
//! file --block--> thread --batch--> matches of a block --in turn--> decisions of a block --in order--> out
//!        ^                                                                                       |
//!        +------------------------- the same few blocks, again and again <-----------------------+
//! ```
//! There are twice as many blocks as threads, so memory does not grow with the file. A lead that lies in a queue whatever happened to those
//! before it, as most do, needs no turn and is written at once.

use super::errors::{Errors, Rejected};
use super::{Format, table};
use crate::assign::State;
use crate::batch::{self, Batch, Remember, Turns, When};
use crate::cli::Failure;
use crate::decision::{COLUMNS, Decided, Writer};
use crate::lead::{Block, DateOrders, LeadFile, Plan, Splitter};
use crate::report::Tally;
use crate::router::Router;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};

pub struct Job<'a> {
    pub router: &'a Router,
    pub plan: &'a Plan,
    pub dates: &'a DateOrders,
    pub when: When<'a>,
    pub strict: bool,
    pub format: Format,
    /// How many decisions a table shows.
    pub rows: usize,
    pub threads: usize,
    pub remember: Remember,
}

/// What a run came to.
pub struct Done {
    pub tally: Tally,
    /// Records that were read.
    pub records: u64,
    /// What is to be said about the file as a whole.
    pub warnings: Vec<String>,
}

/// A thread's own room.
struct Worker<'j> {
    batch: Batch<'j>,
    writer: Writer<'j>,
    splitter: Splitter,
    matched: batch::Block,
    /// Decisions that were written before others of their block could be.
    written: Vec<u8>,
}

/// A block, its place in the file, and room for its decisions.
#[derive(Default)]
struct Work {
    place: u64,
    block: Block,
    out: Vec<u8>,
}

/// What a block came to.
#[derive(Default)]
struct Outcome {
    work: Work,
    rows: Vec<[String; COLUMNS.len()]>,
    rejected: Vec<Rejected>,
    tally: Tally,
    records: u64,
    note: Option<String>,
}

/// Decides all leads of a file, from a state; gives the state after them too.
pub fn run(
    job: &Job,
    state: State,
    file: &mut LeadFile,
    out: &mut dyn Write,
    errors: &mut Errors,
) -> Result<(Done, State), Failure> {
    let turns = Turns::new(state);
    let (to_threads, work) = mpsc::channel::<Work>();
    let work = Arc::new(Mutex::new(work));
    let (to_writer, results) = mpsc::channel::<Result<Outcome, Failed>>();
    if job.format == Format::Csv {
        out.write_all(table::csv_header().as_bytes())?;
    }
    let done = std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for _ in 0..job.threads {
            let (work, to_writer, splitter) = (Arc::clone(&work), to_writer.clone(), file.splitter());
            let turns = &turns;
            threads.push(scope.spawn(move || decide_blocks(job, turns, &work, &to_writer, splitter)));
        }
        drop(to_writer);
        let mut order =
            InOrder { job, out, errors, next: 0, waiting: BTreeMap::new(), done: empty(), rows: Vec::new() };
        let mut free: Vec<Work> = (0..job.threads * 2).map(|_| Work::default()).collect();
        let mut place = 0;
        let mut notes = Vec::new();
        let mut more = true;
        let mut at_work = 0usize;
        let mut failed = false;
        while more || at_work > 0 {
            match free.pop().filter(|_| more) {
                Some(mut work) => {
                    more = file.next_block(&mut work.block);
                    if more {
                        at_work += 1;
                        work.place = place;
                        // The threads end only when this end of the channel does.
                        let _ = to_threads.send(work);
                        place += 1;
                    }
                }
                None => {
                    let Ok(Ok(result)) = results.recv() else {
                        failed = true;
                        break;
                    };
                    at_work -= 1;
                    notes.extend(result.note.clone().map(|note| (result.work.place, note)));
                    free.extend(order.take(result)?);
                }
            }
        }
        drop(to_threads);
        let splitters: Vec<Splitter> = threads.into_iter().filter_map(|thread| thread.join().ok()).collect();
        if failed {
            return Err(Failure::new("a thread that decides leads has failed, so that the run is not complete")
                .help("this is a fault of Leadway: report it with the message above"));
        }
        notes.sort();
        notes.into_iter().for_each(|(_, note)| file.notice(Some(note)));
        order.finish(file, &splitters)
    })?;
    Ok((done, turns.end()))
}

/// Sent in the place of an outcome that never comes.
struct Failed;

/// Where its thread panics, nobody waits for what that would have done.
struct Guard<'t> {
    turns: &'t Turns,
    to_writer: &'t Sender<Result<Outcome, Failed>>,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.turns.abandon();
            // The writer may have ended by itself.
            let _ = self.to_writer.send(Err(Failed));
        }
    }
}

fn empty() -> Done {
    Done { tally: Tally::default(), records: 0, warnings: Vec::new() }
}

fn decide_blocks(
    job: &Job,
    turns: &Turns,
    work: &Mutex<Receiver<Work>>,
    to_writer: &Sender<Result<Outcome, Failed>>,
    splitter: Splitter,
) -> Splitter {
    let _guard = Guard { turns, to_writer };
    let mut worker = Worker {
        batch: Batch::new(job.router, job.plan, job.dates, job.when.clone(), job.strict),
        writer: Writer::new(job.router.policy()),
        splitter,
        matched: batch::Block::default(),
        written: Vec::new(),
    };
    loop {
        // A thread that panicked while it held the lock has not touched what is behind it.
        let next = work.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
        let Ok(work) = next else { return worker.splitter };
        let place = work.place;
        let result = decide(job, &mut worker, work, |matched| {
            turns.take(place, |state| matched.assign(job.router.crews(), state, job.remember));
        });
        if to_writer.send(Ok(result)).is_err() {
            return worker.splitter;
        }
    }
}

fn decide(job: &Job, worker: &mut Worker, work: Work, assign: impl FnOnce(&mut batch::Block)) -> Outcome {
    let Work { place, block, mut out } = work;
    let (text, note) = block.text();
    out.clear();
    let mut result = Outcome { work: Work { place, block: Block::default(), out }, note, ..Outcome::default() };
    let Worker { batch, writer, splitter, matched, written } = worker;
    matched.clear();
    // In a state that is kept, and where time goes on between leads, each lead counts; a table shows the first.
    let at_once =
        job.remember == Remember::Nothing && matches!(job.when, When::Moment(_)) && job.format != Format::Table;
    splitter.split(job.plan, &block, &text, |raw| {
        result.records += 1;
        let raw = match raw {
            Ok(raw) => raw,
            Err(error) => {
                result.tally.errors += 1;
                result.rejected.push(Rejected::Row(error));
                return;
            }
        };
        result.tally.record(&raw);
        let decided = batch.decide(&raw, |found| match found.at_once().filter(|_| at_once) {
            Some(assignment) => {
                let due = assignment.as_ref().and_then(|made| matched.due(job.router, &found, made));
                write(job, writer, &mut result, &found.decided(assignment.as_ref(), due));
            }
            None => matched.push(found, result.work.out.len()),
        });
        if let Err(undecided) = decided {
            result.tally.errors += 1;
            result.rejected.push(Rejected::Lead(undecided));
        }
    });
    assign(matched);
    matched.promise(job.router);
    // Each goes to its place among those that were written before.
    let mut decided = matched.decided().peekable();
    if decided.peek().is_some() {
        let mut from = 0;
        std::mem::swap(written, &mut result.work.out);
        result.work.out.clear();
        for (place, decided) in decided {
            result.work.out.extend_from_slice(written.get(from..place).unwrap_or(&[]));
            write(job, writer, &mut result, &decided);
            from = place;
        }
        result.work.out.extend_from_slice(written.get(from..).unwrap_or(&[]));
    }
    drop(text);
    result.work.block = block;
    result
}

fn write(job: &Job, writer: &Writer, result: &mut Outcome, decided: &Decided) {
    result.tally.decision(decided);
    match job.format {
        Format::Ndjson => writer.ndjson(&mut result.work.out, decided),
        Format::Csv => result.work.out.extend(table::csv_row(writer, decided).unwrap_or_default()),
        Format::Table if result.rows.len() < job.rows => result.rows.push(writer.cells(decided)),
        Format::Table => {}
    }
}

/// Brings the results of blocks back into the order of the file.
struct InOrder<'o, 'p> {
    job: &'o Job<'o>,
    out: &'o mut dyn Write,
    errors: &'o mut Errors<'p>,
    next: u64,
    waiting: BTreeMap<u64, Outcome>,
    done: Done,
    rows: Vec<[String; COLUMNS.len()]>,
}

impl InOrder<'_, '_> {
    /// Takes a result; the blocks whose results were written may be used again.
    fn take(&mut self, result: Outcome) -> Result<Vec<Work>, Failure> {
        self.waiting.insert(result.work.place, result);
        let mut free = Vec::new();
        while let Some(result) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.out.write_all(&result.work.out)?;
            for rejected in &result.rejected {
                self.errors.reject(rejected)?;
            }
            let room = self.job.rows.saturating_sub(self.rows.len());
            self.rows.extend(result.rows.into_iter().take(room));
            self.done.tally.add(&result.tally);
            self.done.records += result.records;
            free.push(result.work);
        }
        Ok(free)
    }

    fn finish(mut self, file: &LeadFile, splitters: &[Splitter]) -> Result<Done, Failure> {
        if self.job.format == Format::Table {
            let more = self.done.tally.decisions() - self.rows.len() as u64;
            self.out.write_all(table::text(&self.rows, more).as_bytes())?;
        }
        self.out.flush()?;
        self.done.warnings = file.warnings(self.job.plan, splitters);
        Ok(self.done)
    }
}
