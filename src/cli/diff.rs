//! `leadway diff`: what a change of a policy changes.

pub(super) mod versions;

use super::{Exit, Failure, output};
use crate::analysis::Budget;
use crate::diff::leads::{self, At};
use crate::diff::outcome::Respect;
use crate::diff::parts::{Kind, Side};
use crate::diff::{About, Difference, github, markdown, text};
use crate::router::Router;
use crate::world;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use versions::Version;

/// Say what a change of a policy changes: which leads route differently, and what else is said otherwise
#[derive(Debug, Args)]
#[command(after_help = "\
Versions are files, folders with a main.leadway, or what git keeps of them:
  leadway diff old.leadway new.leadway        two files
  leadway diff main.leadway                   the last commit and the file as it is now
  leadway diff HEAD~3 main.leadway            an earlier commit and the file as it is now
  leadway diff main..HEAD main.leadway        two commits
  leadway diff main...HEAD main.leadway       the commit where two branches parted, and the second
  leadway diff main:old.leadway new.leadway   a file under another name
Without a policy, it is the main.leadway of this folder.

Exit codes: 0 nothing that --fail-on names has changed, 1 something has, 2 could not run

Examples:
  leadway diff main..HEAD policy/main.leadway --leads leads.csv --at created_at
  leadway diff main...HEAD policy/main.leadway --format markdown > comment.md
  leadway diff main.leadway --fail-on sla,people")]
pub struct Arguments {
    /// The versions: OLD NEW, OLD..NEW POLICY, OLD POLICY or POLICY
    #[arg(value_name = "VERSION", num_args = 0..=3)]
    versions: Vec<String>,
    /// Leads to decide under both versions: CSV, NDJSON or a JSON array, plain, gzip or zstd; `-` is standard input
    #[arg(long, value_name = "FILE")]
    leads: Option<PathBuf>,
    /// The instant of their decisions: a time such as `2026-03-04 10:00`, a time or date field of the lead, or `now`
    #[arg(long, value_name = "INSTANT", default_value = "now", requires = "leads")]
    at: String,
    /// Seconds after which what is not decided is said to be unknown
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    budget: f64,
    /// How the difference is written
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Which changes make the exit code 1
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KIND", default_values = ["routing", "unknown"])]
    fail_on: Vec<FailOn>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One object with all of it
    Json,
    /// A comment for a pull request
    Markdown,
    /// Annotations of a GitHub workflow
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Any change at all
    Any,
    /// A lead is decided otherwise: another target, SLA or priority
    Routing,
    /// A lead goes elsewhere
    Target,
    /// A lead has another SLA, or an SLA promises otherwise
    Sla,
    /// A lead has another priority
    Priority,
    /// A lead is in another territory, or a territory is defined otherwise
    Territory,
    /// Pools and queues: members, turns, caps, fallbacks
    Pool,
    /// Reps and teams
    People,
    /// Hours and holidays
    Calendar,
    Experiment,
    /// Lists, tables and records
    Data,
    /// The fields of leads and how they are read
    Schema,
    /// Rules and what they are written with, also where no lead notices
    Rule,
    /// Guarantees and goals
    Promise,
    /// Something could not be decided
    Unknown,
    /// Nothing
    None,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (old, new) = versions::places(&arguments.versions)?;
    let (old, new) = (old.read()?, new.read()?);
    let (sides, names) = ([side(&old), side(&new)], [old.label.clone(), new.label.clone()]);
    let ([old_side, new_side], [old_name, new_name]) = (sides, names);
    let (watch, seconds) = (world::Watch::start(), arguments.budget);
    let budget = Budget::until(move || watch.seconds() > seconds);
    let mut difference = Difference::new((old_name, old_side), (new_name, new_side), &budget);
    if let Some(path) = &arguments.leads {
        difference.leads = Some(leads_of(path, &arguments.at, &old, &new)?);
    }
    match arguments.format {
        Format::Human => output::print(&text::text(&difference))?,
        Format::Json => output::print_json(&difference)?,
        Format::Markdown => output::print(&markdown::markdown(&difference))?,
        Format::Github => output::print(&github::annotations(&difference, &new.sources))?,
    }
    let about = difference.about();
    let fails = |one: &FailOn| about.iter().any(|about| one.holds(*about));
    Ok(if arguments.fail_on.iter().any(fails) { Exit::Findings } else { Exit::Fine })
}

pub(super) fn side(version: &Version) -> Side<'_> {
    Side { policy: &version.policy, sources: &version.sources }
}

impl FailOn {
    fn holds(self, about: About) -> bool {
        let part = |kind: Kind| about == About::Part(kind);
        match self {
            FailOn::Any => true,
            FailOn::None => false,
            FailOn::Routing => about == About::Routing,
            FailOn::Target => about == About::Respect(Respect::Target),
            FailOn::Sla => about == About::Respect(Respect::Sla) || part(Kind::Sla),
            FailOn::Priority => about == About::Respect(Respect::Priority),
            FailOn::Territory => about == About::Territory || part(Kind::Territory),
            FailOn::Unknown => about == About::Unknown,
            FailOn::Pool => part(Kind::Pool),
            FailOn::People => part(Kind::People),
            FailOn::Calendar => part(Kind::Calendar),
            FailOn::Experiment => part(Kind::Experiment),
            FailOn::Data => part(Kind::Data),
            FailOn::Schema => part(Kind::Schema),
            FailOn::Rule => part(Kind::Rule),
            FailOn::Promise => part(Kind::Promise),
        }
    }
}

/// Decides the leads of a file under both versions.
pub(super) fn leads_of(path: &Path, at: &str, old: &Version, new: &Version) -> Result<leads::Leads, Failure> {
    let shown = path.display().to_string();
    let when = match at {
        "now" => At::Instant(crate::policy::Instant { micros: world::now(), offset: 0 }),
        text => At::read(text, &old.policy, &new.policy).ok_or_else(|| {
            Failure::new(format!("`{text}` is neither a time nor a time field of the leads in both versions"))
                .help("write a time such as `2026-03-04 10:00`, the name of a time or date field, or `now`")
        })?,
    };
    let cannot = |error: &std::io::Error| Failure::new(format!("cannot read `{shown}`: {}", world::words(error)));
    let bytes: Arc<[u8]> = match shown.as_str() {
        "-" => world::read_all(path).map_err(|error| cannot(&error))?,
        _ => world::read(path).map_err(|error| cannot(&error))?,
    };
    let name = (shown != "-").then_some(shown.as_str());
    let decide = |version: &Version| {
        let router = Router::new(version.policy.clone());
        let decided = leads::decide(&router, &bytes[..], name, &when);
        decided.map_err(|error| Failure {
            message: format!("`{shown}`: {}", error.message),
            help: error.help,
            quiet: false,
        })
    };
    let (before, after) = std::thread::scope(|scope| {
        let before = scope.spawn(|| decide(old));
        let after = decide(new);
        (before.join(), after)
    });
    let before = before.map_err(|_| Failure::new("deciding the leads under the old version failed"))??;
    let after = after?;
    if let Some(failure) = before.failure.as_ref().or(after.failure.as_ref()) {
        return Err(Failure::new(format!("`{shown}` could not be read to its end: {failure}")));
    }
    Ok(leads::compare(&before, &after, shown, at.to_owned()))
}
