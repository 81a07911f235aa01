//! The result of a run of tests: the line for people, JSON and JUnit for machines.

use super::Run;
use super::profile::{Bench, RuleCost};
use super::snapshots::{self, Compared};
use crate::cli::Failure;
use crate::policy::tests::TestCase;
use crate::source::{Sources, Span};
use crate::suite::coverage::{self, Coverage, Item, Share};
use crate::suite::{self, Verdict};
use crate::world::git::Repository;
use comfy_table::{CellAlignment, Table, presets};
use quick_junit::{NonSuccessKind, Report, TestCase as Reported, TestCaseStatus, TestSuite};
use serde::Serialize;
use std::path::Path;
use std::time::Duration;

/// `12 tests: 11 passed, 1 failed (3 ms)`.
pub fn summary(run: &Run) -> String {
    let failed = failed(run);
    let all = run.verdicts.len();
    let tests = if all == 1 { "test" } else { "tests" };
    let left_out = if run.left_out == 0 { String::new() } else { format!(", {} left out by the filter", run.left_out) };
    let differ = run.snapshots.iter().filter(|one| !one.passed()).count();
    let snapshots = match run.snapshots.len() {
        0 => String::new(),
        1 => format!("; 1 snapshot: {differ} failed"),
        all => format!("; {all} snapshots: {differ} failed"),
    };
    let passed = all - failed;
    format!("{all} {tests}: {passed} passed, {failed} failed{left_out}{snapshots} ({:.0} ms)\n", run.seconds * 1e3)
}

/// Open items that are told one by one.
const MOST_OPEN: usize = 40;

/// The shares as a table, then what is not reached and where.
pub fn coverage(coverage: &Coverage, sources: &Sources) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for share in coverage.shares() {
        let cells = [
            share.kind.words().to_owned(),
            format!("{} of {}", share.reached, share.all),
            format!("{:.1}%", share.percent()),
        ];
        table.add_row(cells);
    }
    for column in [1, 2] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = format!("\nreached\n{}\n", table.trim_fmt());
    let open: Vec<&Item> = coverage.open().collect();
    if !open.is_empty() {
        text.push_str("\nnot reached\n");
    }
    for item in open.iter().take(MOST_OPEN) {
        let place = sources.get(item.span.file).map_or_else(String::new, |file| {
            let at = file.place(item.span.start);
            format!("{}:{}:{}", file.name, at.line, at.column)
        });
        text.push_str(&format!("  {place}  {}\n", coverage::told(item)));
    }
    if let Some(more) = open.len().checked_sub(MOST_OPEN).filter(|more| *more > 0) {
        text.push_str(&format!("  and {more} more; `--coverage-html FILE` shows all in their place\n"));
    }
    text
}

fn failed(run: &Run) -> usize {
    run.verdicts.iter().filter(|verdict| !verdict.passed()).count()
}

#[derive(Serialize)]
struct Result<'a> {
    tests: Vec<One<'a>>,
    summary: Summary,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    snapshots: &'a [Compared],
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Reached<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a [RuleCost]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bench: Option<&'a Bench>,
}

#[derive(Serialize)]
struct Reached<'a> {
    shares: Vec<Share>,
    items: Vec<ReachedItem<'a>>,
}

#[derive(Serialize)]
struct ReachedItem<'a> {
    file: &'a str,
    at: u32,
    #[serde(flatten)]
    item: &'a Item,
}

#[derive(Serialize)]
struct Summary {
    tests: usize,
    passed: usize,
    failed: usize,
    left_out: usize,
}

#[derive(Serialize)]
struct One<'a> {
    title: &'a str,
    file: &'a str,
    /// Of the block, the case, or, where the lead stands in a data file, that file's row.
    line: u32,
    /// The data file's line, where the lead stands in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u32>,
    passed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mismatches: Vec<Mismatch<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    why: Vec<String>,
}

#[derive(Serialize)]
struct Mismatch<'a> {
    expected: &'a str,
    got: &'a str,
    line: u32,
}

pub fn json(run: &Run) -> std::result::Result<String, Failure> {
    let failed = failed(run);
    let all = run.verdicts.len();
    let summary = Summary { tests: all, passed: all - failed, failed, left_out: run.left_out };
    let tests = run.verdicts.iter().filter_map(|verdict| one(run, verdict)).collect();
    let coverage = run.coverage.as_ref().map(|coverage| Reached {
        shares: coverage.shares(),
        items: coverage
            .items
            .iter()
            .map(|item| ReachedItem {
                file: run.sources.get(item.span.file).map_or("", |file| file.name.as_str()),
                at: line_of(run, item.span),
                item,
            })
            .collect(),
    });
    let (profile, bench) = (run.profile.as_deref(), run.bench.as_ref());
    let result = Result { tests, summary, snapshots: run.snapshots, coverage, profile, bench };
    let text = serde_json::to_string_pretty(&result);
    text.map(|text| text + "\n").map_err(|error| Failure::new(error.to_string()))
}

fn one<'a>(run: &'a Run, verdict: &'a Verdict) -> Option<One<'a>> {
    let case = run.policy.tests.get(verdict.case)?;
    let (file, line) = place(run, case);
    let mismatches = verdict.mismatches.iter().map(|mismatch| {
        let span = case.expected().nth(mismatch.expectation).map_or(case.span, |expected| expected.span);
        Mismatch { expected: &mismatch.expected, got: &mismatch.got, line: line_of(run, span) }
    });
    Some(One {
        title: &case.title,
        file,
        line,
        row: case.line,
        passed: verdict.passed(),
        mismatches: mismatches.collect(),
        why: if verdict.passed() { Vec::new() } else { suite::told(run.suite, case, verdict) },
    })
}

fn line_of(run: &Run, span: Span) -> u32 {
    run.sources.get(span.file).map_or(0, |file| file.place(span.start).line)
}

fn place<'a>(run: &'a Run, case: &TestCase) -> (&'a str, u32) {
    let file = run.sources.get(case.span.file).map_or("", |file| file.name.as_str());
    (file, line_of(run, case.span))
}

/// The folder that this runs in, from the top of its repository: there a CI server looks for the files of a report. Empty where none is.
fn from_top() -> String {
    Repository::of(Path::new(".")).map(|(_, folder)| folder).unwrap_or_default()
}

/// A way from that folder, from the top.
fn way_from_top(folder: &str, file: &str) -> String {
    if Path::new(file).is_absolute() {
        return file.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/').filter(|part| *part != ".") {
        match parts.last() {
            Some(last) if part == ".." && *last != ".." => _ = parts.pop(),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// One suite a file; times are not measured for each test, since most take microseconds.
pub fn junit(run: &Run) -> std::result::Result<String, Failure> {
    let mut report = Report::new("leadway");
    report.set_time(Duration::from_secs_f64(run.seconds));
    let mut suites: Vec<TestSuite> = Vec::new();
    let folder = from_top();
    for verdict in run.verdicts {
        let Some(case) = run.policy.tests.get(verdict.case) else { continue };
        let (file, line) = place(run, case);
        let file = way_from_top(&folder, file);
        let status = match verdict.passed() {
            true => TestCaseStatus::success(),
            false => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                let differ = verdict.mismatches.iter();
                let differ: Vec<String> =
                    differ.map(|mismatch| format!("expected {}, got {}", mismatch.expected, mismatch.got)).collect();
                status.set_message(differ.join("; "));
                let why = suite::told(run.suite, case, verdict);
                status.set_description(differ.into_iter().chain(why).collect::<Vec<_>>().join("\n"));
                status
            }
        };
        let mut reported = Reported::new(case.title.as_str(), status);
        reported.set_classname(file.as_str());
        reported.extra.insert("file".into(), file.as_str().into());
        reported.extra.insert("line".into(), line.to_string().into());
        match suites.iter_mut().find(|suite| suite.name.as_str() == file) {
            Some(suite) => _ = suite.add_test_case(reported),
            None => {
                let mut suite = TestSuite::new(file.as_str());
                suite.add_test_case(reported);
                suites.push(suite);
            }
        }
    }
    if !run.snapshots.is_empty() {
        let mut suite = TestSuite::new("snapshots");
        for one in run.snapshots {
            let status = match one.passed() {
                true => TestCaseStatus::success(),
                false => {
                    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message(one.headline());
                    status.set_description(snapshots::human(std::slice::from_ref(one)));
                    status
                }
            };
            suite.add_test_case(Reported::new(one.file.as_str(), status));
        }
        suites.push(suite);
    }
    report.add_test_suites(suites);
    report.to_string().map_err(|error| Failure::new(error.to_string()))
}
