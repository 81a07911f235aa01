//! `leadway route`: a policy and a file of leads in, decisions out.

mod errors;
mod events;
pub(super) mod memory;
mod run;
mod table;

use super::{Exit, Failure, output};
use crate::assign::State;
use crate::batch::{Remember, When};
use crate::calendar::hours::DAY;
use crate::lead::{LeadFile, Plan};
use crate::policy::{FieldId, Policy, Type};
use crate::router::Router;
use crate::world;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};

/// Decide where each lead of a file goes
#[derive(Debug, Args)]
#[command(after_help = "\
Every lead becomes a decision or an error: leads in = decisions + errors, and the run ends with that sum.
A value that is not of its field's type counts as missing, and is said on the decision and in the summary.
A lead whose required field is missing goes where `on bad lead` says, else to the error output.
With `--state`, turns, loads, caps and who has which lead are kept from run to run. A lead that is known by its id
keeps what it has, so a run that was cut off may simply be run again: nobody gets a lead twice. Decisions come out
once the state is safe. `--events` tells what happened to leads since: a CSV or JSON with `lead`, `at` and `event`,
which is a status, `accepted`, `responded`, `met`, `closed`, or `returned: REASON`; for `online` and `offline` a rep
stands in place of the lead. A lead that was given back goes to
somebody else when it comes again, and one that nobody touched to what its pool widens to.

Exit codes: 0 every lead was decided, 1 some leads went to the error output, 2 could not run

Examples:
  leadway route main.leadway --leads leads.csv
  leadway route main.leadway --leads leads.ndjson.gz --format ndjson --out out.ndjson
  cat leads.json | leadway route main.leadway --leads - --format csv
  leadway route main.leadway --leads leads.csv --errors errors.ndjson
  leadway route main.leadway --leads today.csv --state sales.state --format csv --out today.csv
  leadway route main.leadway --leads open.csv --events events.csv --state sales.state --forget 90
  leadway route main.leadway --leads history.csv --at created_at
                                     decide each lead at its own instant")]
pub struct Arguments {
    /// The policy
    policy: PathBuf,
    /// The leads: CSV, NDJSON or a JSON array, plain, gzip or zstd; `-` is standard input
    #[arg(long, value_name = "FILE")]
    leads: PathBuf,
    /// How decisions are written
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Where decisions are written; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// Where errors are written, as NDJSON; otherwise they are said on standard error
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Where the summary is written, as JSON; otherwise it is said beside the decisions
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// The instant of the decisions: a time such as `2026-03-04 10:00`, a time or date field of the lead, or `now`
    #[arg(long, value_name = "INSTANT", default_value = "now")]
    at: String,
    /// What is remembered from run to run: turns, loads, caps, who has which lead; begun where there is no such file
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// What happened to leads of the state: `lead`, `at` and `event`; taken before the leads
    #[arg(long, value_name = "FILE", requires = "state")]
    events: Option<PathBuf>,
    /// Forget leads that were assigned more than so many days before this run's instant; the oldest input must be younger
    #[arg(long, value_name = "DAYS", requires = "state", value_parser = clap::value_parser!(u32).range(1..))]
    forget: Option<u32>,
    /// Make every value that cannot be read an error of its lead
    #[arg(long)]
    strict: bool,
    /// How many decisions a table shows; 0 shows all
    #[arg(long, value_name = "N", default_value_t = 20)]
    rows: usize,
    /// How many threads decide; by default one for each processor
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// How decisions are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: the first decisions and a summary
    Table,
    /// One JSON object a line
    Ndjson,
    /// Comma-separated, with a header
    Csv,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let watch = world::Watch::start();
    let (policy, _) = output::runnable(&arguments.policy)?;
    let plan = Plan::of(&policy);
    let router = Router::new(policy);
    let made_ready = watch.seconds();
    let moment;
    let when = match instant(&arguments.at, &router)? {
        At::Field(field) => When::Field(field),
        At::Instant(at) => {
            moment = router.moment(at);
            When::Moment(&moment)
        }
    };
    let shown = arguments.leads.display().to_string();
    let source = world::open(&arguments.leads)
        .map_err(|error| Failure::new(format!("cannot read `{shown}`: {}", world::words(&error))))?;
    refuse_to_overwrite(arguments)?;
    let written =
        [Some(&arguments.out), arguments.errors.as_ref(), arguments.summary.as_ref(), arguments.state.as_ref()];
    for path in written.into_iter().flatten() {
        output::has_folder(path)?;
    }
    let memory = arguments.state.as_deref().map(|path| memory::Memory::open(path, &router)).transpose()?;
    let progress = progress(&arguments.leads);
    // Where nobody watches, the file is read without a layer that would fill its buffers with zeros first.
    let source = if progress.is_hidden() { source } else { Box::new(progress.wrap_read(source)) };
    let name = (shown != "-").then_some(shown.as_str());
    let mut file = LeadFile::open(source, name, &plan).map_err(|error| Failure {
        message: format!("`{shown}`: {}", error.message),
        help: error.help,
        quiet: false,
    })?;
    let dates = file.dates().clone();
    let job = run::Job {
        router: &router,
        plan: &plan,
        dates: &dates,
        when,
        strict: arguments.strict,
        format: arguments.format,
        rows: if arguments.rows == 0 { usize::MAX } else { arguments.rows },
        threads: arguments.threads.unwrap_or_else(world::threads).clamp(1, 256),
        remember: match (&memory, &arguments.events) {
            (Some(_), Some(_)) => Remember::Touches,
            (Some(_), None) => Remember::Leads,
            (None, _) => Remember::Nothing,
        },
    };
    let cannot_create = |path: &Path, error: &std::io::Error| {
        Failure::new(format!("cannot write `{}`: {}", path.display(), world::words(error)))
    };
    let out = memory::Out::create(&arguments.out, memory.as_ref());
    let mut out = out.map_err(|error| cannot_create(&arguments.out, &error))?;
    let mut errors = errors::Errors::new(
        router.policy(),
        match &arguments.errors {
            Some(path) => Some(world::create(path).map_err(|error| cannot_create(path, &error))?),
            None => None,
        },
    );
    let mut state = match &memory {
        Some(memory) => memory.state(&router)?,
        None => State::new(router.crews()),
    };
    if let Some(events) = &arguments.events {
        events::tell(events, &router, &mut state)?;
    }
    let done = run::run(&job, state, &mut file, &mut out, &mut errors);
    progress.finish_and_clear();
    let (done, mut state) = done?;
    if let Some(days) = arguments.forget {
        state.forget(router.crews(), state.latest().saturating_sub(i64::from(days).saturating_mul(DAY)));
    }
    if let Some(failure) = file.failure() {
        output::say_error(&format!("`{shown}` could not be read to its end: {failure}"), None);
    }
    for warning in &done.warnings {
        output::say(&format!("{shown}: {warning}\n"));
    }
    errors.finish()?;
    let summary = done.tally.summary(router.policy());
    if done.records != summary.decisions + summary.errors {
        return Err(Failure::new(format!(
            "{} leads were read, but {} decisions and {} errors were made: this is a fault of Leadway",
            done.records, summary.decisions, summary.errors
        )));
    }
    if let Some(memory) = &memory {
        memory.keep(&router, &state)?;
    }
    out.release().map_err(|error| cannot_create(&arguments.out, &error))?;
    if let Some(path) = &arguments.summary {
        let text = serde_json::to_string_pretty(&summary).map_err(|error| Failure::new(error.to_string()))?;
        output::write_file(path, format!("{text}\n").as_bytes())?;
    }
    let seconds = watch.seconds();
    let speed = format!(
        "{:.2} s in all, {:.2} s of it to make the policy ready; {:.0} leads a second\n",
        seconds,
        made_ready,
        summary.leads as f64 / (seconds - made_ready).max(1e-6)
    );
    match (arguments.format, arguments.out.as_os_str() == "-") {
        (Format::Table, true) => {
            output::print(&format!("\n{}", summary.text()))?;
            output::say(&speed);
        }
        _ if arguments.summary.is_some() => {}
        _ => output::say(&format!("{}{speed}", summary.text())),
    }
    let failed = summary.errors > 0 || file.failure().is_some();
    Ok(if failed { Exit::Findings } else { Exit::Fine })
}

/// Nothing that is written may take the place of what is read, nor of what else is written.
fn refuse_to_overwrite(arguments: &Arguments) -> Result<(), Failure> {
    let read = [Some(&arguments.policy), Some(&arguments.leads), arguments.events.as_ref()];
    let written =
        [Some(&arguments.out), arguments.errors.as_ref(), arguments.summary.as_ref(), arguments.state.as_ref()];
    let [read, written] = [&read[..], &written[..]].map(|paths| paths.iter().copied().flatten().collect::<Vec<_>>());
    for (at, path) in written.iter().enumerate() {
        let others = read.iter().chain(written.iter().skip(at + 1));
        let clashes = |other: &PathBuf| *other == **path || world::same_file(other, path);
        if path.as_os_str() != "-" && others.copied().any(clashes) {
            return Err(Failure::new(format!("`{}` would be written over", path.display()))
                .help("name another file for what is written"));
        }
    }
    Ok(())
}

enum At {
    Instant(crate::policy::Instant),
    Field(FieldId),
}

/// The instant that the user names: `now`, a field, or a time.
fn instant(text: &str, router: &Router) -> Result<At, Failure> {
    if text == "now" {
        return Ok(At::Instant(crate::policy::Instant { micros: world::now(), offset: 0 }));
    }
    if let Some(field) = time_field(router.policy(), text) {
        return Ok(At::Field(field));
    }
    let at = router.instant(text).ok_or_else(|| {
        Failure::new(format!("`{text}` is neither a time nor a time field of the leads"))
            .help("write a time such as `2026-03-04 10:00` or `2026-03-04T10:00Z`, the name of a time or date field, or `now`")
    })?;
    output::known(at, text)?;
    Ok(At::Instant(at))
}

fn time_field(policy: &Policy, name: &str) -> Option<FieldId> {
    let at = policy.fields.iter().position(|field| field.name == name)?;
    let field = policy.fields.get(at)?;
    matches!(field.ty, Type::Time | Type::Date).then_some(FieldId(at as u32))
}

/// A bar on a terminal, nothing elsewhere.
fn progress(leads: &Path) -> ProgressBar {
    if !world::is_watched() {
        return ProgressBar::hidden();
    }
    match world::length(leads) {
        Some(length) => {
            let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
            ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        }
        None => ProgressBar::new_spinner(),
    }
}
