//! `leadway simulate`: a policy and a history in, what would have happened out.

mod arguments;

use super::{Exit, Failure, output};
use crate::policy::Instant;
use crate::report::simulation::{self, Against, Numbers, Simulation};
use crate::router::Router;
use crate::simulate::history::{Columns, History, HistoryPlan};
use crate::simulate::model::{Answering, Model, Outcomes};
use crate::simulate::replay::{OPEN_FOR, Setting, replay};
use crate::simulate::{Run, duty, events, history};
use crate::sla::happened;
use crate::world;
use arguments::{Format, SaidOutcome, Span, Values};
use chrono::{DateTime, SecondsFormat};
use clap::Args;
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};

/// Replay a history of leads, and say how soon they are answered, what is kept and who gets what
#[derive(Debug, Args)]
#[command(after_help = "\
Leads arrive when the history says, and go through match, assignment and follow-up on a virtual clock. What the history
tells of answers and outcomes is used; what it does not tell is drawn from a stated model, always the same for a seed.
docs/simulate.md explains the report, the model and what to make of it.

Exit codes: 0 done, 1 some records were no leads, 2 could not run

Examples:
  leadway simulate main.leadway --leads history.csv
  leadway simulate main.leadway --leads history.csv --html report.html
  leadway simulate new.leadway --against old.leadway --leads history.csv
  leadway simulate main.leadway --leads crm.csv --arrival \"Created Date\" --won Stage=Won
  leadway simulate main.leadway --leads crm.csv --responded \"First Response\" --assignee Owner
  leadway simulate main.leadway --leads history.csv --response-median 10m --response-p90 2h --seed 7")]
pub struct Arguments {
    /// The policy
    policy: PathBuf,
    /// The history: CSV, NDJSON or a JSON array, plain, gzip or zstd; `-` is standard input
    #[arg(long, value_name = "FILE")]
    leads: PathBuf,
    /// Another policy, replayed on the same leads with the same chances
    #[arg(long, value_name = "POLICY")]
    against: Option<PathBuf>,
    /// The column, or field of the policy, that says when a lead came
    #[arg(long, value_name = "COLUMN", default_value = "created_at")]
    arrival: String,
    /// The column that says when it was first answered
    #[arg(long, value_name = "COLUMN")]
    responded: Option<String>,
    /// The column that says when it was closed
    #[arg(long, value_name = "COLUMN")]
    closed: Option<String>,
    /// The column that says who had it: a name or email
    #[arg(long, value_name = "COLUMN")]
    assignee: Option<String>,
    /// The column and the values that say that it converted
    #[arg(long, value_name = "COLUMN=VALUE,...")]
    won: Option<Values>,
    /// The values that say that it did not; without this, all that are not those of `--won`
    #[arg(long, value_name = "COLUMN=VALUE,...", requires = "won")]
    lost: Option<Values>,
    /// A field or column to tell conversion by; by default the field `source` where there is one
    #[arg(long, value_name = "COLUMN")]
    by: Option<String>,
    /// What happened to leads besides, as CSV or JSON: `lead`, `at`, and `event`, which is a status of the policy or
    /// `accepted`, `responded`, `met`, `returned: REASON`
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// How long half of all answers take, in working time, where the history does not tell
    #[arg(long, value_name = "TIME", default_value = "30m")]
    response_median: Span,
    /// How long nine of ten answers take
    #[arg(long, value_name = "TIME", default_value = "4h")]
    response_p90: Span,
    /// The share of answered leads that convert, where the history does not tell
    #[arg(long, value_name = "PERCENT", conflicts_with = "won")]
    conversion: Option<f64>,
    /// Whether a known outcome stays with the lead, or follows the rate of the rep who gets it
    #[arg(long, value_enum, default_value = "lead")]
    outcome: SaidOutcome,
    /// What chance is drawn from: the same number gives the same run
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How the report is written to standard output
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write the report as a page for a browser as well
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write what became of each lead, as NDJSON
    #[arg(long, value_name = "FILE")]
    each: Option<PathBuf>,
    /// How many threads read and match; by default one for each processor
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// A policy with its history and what became of it.
struct Replayed {
    router: Router,
    history: History,
    run: Run,
    assumptions: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let watch = world::Watch::start();
    check(arguments)?;
    let new = replayed(arguments, &arguments.policy)?;
    let old = arguments.against.as_ref().map(|policy| replayed(arguments, policy)).transpose()?;
    let told = simulation(arguments, &new, old.as_ref());
    if let Some(path) = &arguments.html {
        output::write_file(path, told.html().as_bytes())?;
    }
    if let Some(path) = &arguments.each {
        output::write_file(path, simulation::each::ndjson(of(&new)).as_bytes())?;
    }
    match arguments.format {
        Format::Json => output::print_json(&told)?,
        Format::Text => output::print(&told.text())?,
    }
    let warnings = new.history.warnings.iter().map(|warning| format!("{}: {warning}\n", arguments.leads.display()));
    warnings.for_each(|warning| output::say(&warning));
    say_errors(arguments, &new.history);
    output::say(&format!("{:.2} s in all, seed {}\n", watch.seconds(), arguments.seed));
    Ok(if new.history.errors.is_empty() { Exit::Fine } else { Exit::Findings })
}

fn check(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.against.is_some() && arguments.leads.as_os_str() == "-" {
        return Err(Failure::new("two policies need the leads twice, and standard input comes once")
            .help("write the leads to a file"));
    }
    if arguments.response_p90.0 < arguments.response_median.0 {
        return Err(Failure::new("nine of ten answers cannot be sooner than half of them")
            .help("make `--response-p90` at least as long as `--response-median`"));
    }
    if arguments.conversion.is_some_and(|percent| !(0.0..=100.0).contains(&percent)) {
        return Err(Failure::new("`--conversion` is a share of a hundred").help("write 12 for 12%"));
    }
    let written = [arguments.html.as_ref(), arguments.each.as_ref()].into_iter().flatten();
    let read = [Some(&arguments.policy), Some(&arguments.leads), arguments.against.as_ref(), arguments.events.as_ref()];
    for path in written {
        output::has_folder(path)?;
        if read.iter().flatten().any(|other| *other == path || world::same_file(other, path)) {
            return Err(Failure::new(format!("`{}` would be written over", path.display()))
                .help("name another file for what is written"));
        }
    }
    Ok(())
}

fn replayed(arguments: &Arguments, policy: &Path) -> Result<Replayed, Failure> {
    let (policy, _) = output::runnable(policy)?;
    let router = Router::new(policy);
    let policy = router.policy();
    let columns = columns(arguments, policy);
    let plan = HistoryPlan::new(policy, &columns);
    let mut file = output::leads(&arguments.leads, &plan.plan)?;
    let threads = arguments.threads.unwrap_or_else(world::threads).clamp(1, 256);
    let mut history = history::read(&router, &plan, &mut file, threads);
    if let Some(failure) = file.failure() {
        return Err(Failure::new(format!("`{}` could not be read to its end: {failure}", arguments.leads.display())));
    }
    let events = match &arguments.events {
        Some(path) => {
            let plan = happened::plan(policy);
            events::read(policy, &plan, output::leads(path, &plan)?, &mut history)
        }
        None => events::Events::default(),
    };
    events.warnings.iter().for_each(|warning| output::say(&format!("{warning}\n")));
    let duty = duty::Duty::new(policy, router.people().calendars());
    let stated = Answering::new(arguments.response_median.0, arguments.response_p90.0);
    let outcomes = match (arguments.conversion, arguments.outcome) {
        (Some(percent), _) => Outcomes::Stated(percent / 100.0),
        (None, SaidOutcome::Lead) => Outcomes::StayWithLead,
        (None, SaidOutcome::Rep) => Outcomes::FollowRep,
    };
    let model = Model::new(&history, &duty, policy.reps.len(), stated, arguments.seed, outcomes);
    let setting = Setting {
        policy,
        history: &history,
        events: &events.told,
        crews: router.crews(),
        people: router.people(),
        duty: &duty,
        model: &model,
        open_for: OPEN_FOR,
    };
    let progress = match world::is_watched() {
        true => ProgressBar::new(history.leads.len() as u64),
        false => ProgressBar::hidden(),
    };
    let run = replay(&setting, |census| {
        if census.arrived % 4_096 == 0 {
            progress.set_position(census.arrived);
        }
    });
    progress.finish_and_clear();
    let assumptions = simulation::assumptions(
        policy,
        &history,
        &model,
        events.told.iter().any(events::Occurrence::is_of_lead),
        OPEN_FOR,
    );
    Ok(Replayed { router, history, run, assumptions })
}

fn columns(arguments: &Arguments, policy: &crate::policy::Policy) -> Columns {
    let name = |said: &Option<String>| said.as_ref().map(smol_str::SmolStr::new);
    let values = |said: &Option<Values>| said.as_ref().map(|said| (said.column.clone(), said.values.clone()));
    let source = policy.fields.iter().find(|field| field.name == "source").map(|field| field.name.clone());
    Columns {
        arrival: (&arguments.arrival).into(),
        responded: name(&arguments.responded),
        closed: name(&arguments.closed),
        assignee: name(&arguments.assignee),
        won: values(&arguments.won),
        lost: values(&arguments.lost),
        by: name(&arguments.by).or(source),
    }
}

fn of(replayed: &Replayed) -> Against<'_> {
    Against { policy: replayed.router.policy(), history: &replayed.history, run: &replayed.run }
}

fn simulation(arguments: &Arguments, new: &Replayed, old: Option<&Replayed>) -> Simulation {
    let policy = new.router.policy();
    let told = |micros: i64| {
        let seen = Instant { micros, offset: 0 }.seen_in(policy.zone);
        let zone = chrono::FixedOffset::east_opt(seen.offset);
        let at = DateTime::from_timestamp_micros(micros).zip(zone).map(|(utc, zone)| utc.with_timezone(&zone));
        at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default()
    };
    let numbers = |replayed: &Replayed| -> Numbers { simulation::numbers(of(replayed)) };
    Simulation {
        from: new.history.leads.first().map(|lead| told(lead.at)),
        to: new.history.leads.last().map(|lead| told(lead.at)),
        zone: policy.zone.name().to_owned(),
        seed: arguments.seed,
        assumptions: new.assumptions.clone(),
        bad_values: simulation::counts(&new.history.bad_values),
        history: simulation::past(policy, &new.history),
        policy: numbers(new),
        against: old.map(numbers),
        changes: old.map(|old| simulation::changes(of(new), of(old))),
    }
}

/// How many errors are said before the rest is only counted.
const SHOWN: usize = 20;

fn say_errors(arguments: &Arguments, history: &History) {
    let shown = arguments.leads.display();
    for error in history.errors.iter().take(SHOWN) {
        output::say(&format!("{shown}:{}: {}\n", error.line, error.why));
    }
    if let more @ 1.. = history.errors.len().saturating_sub(SHOWN) {
        output::say(&format!("and {more} more records that are no leads\n"));
    }
}
