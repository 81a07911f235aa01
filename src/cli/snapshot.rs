//! `leadway snapshot`: where a set of leads goes, recorded, compared and accepted by group.

pub mod files;
mod review;
pub mod text;

use super::{Exit, Failure, output};
use crate::policy::{Policy, Type};
use crate::router::Router;
use crate::suite::snapshot::{self, Move, Snapshot};
use crate::world;
use clap::{Args, Subcommand};
use files::File;
use std::path::{Path, PathBuf};

/// Record where a file of leads goes, for `leadway test` to compare; accept or reject what has changed, by group
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "\
A snapshot is a text file beside the policy, NAME.routing.snap, that says of each lead by which rule it goes where. `leadway test`
decides the leads again. Where some go elsewhere, it fails, tells them by group, and leaves what is new in NAME.routing.snap.new
(never where the variable CI is set). `review` asks of each group, `accept` and `reject` do without asking.

Exit codes: 0 fine, 1 groups are left that are neither accepted nor rejected, 2 could not run

Examples:
  leadway snapshot main.leadway --leads leads.csv --at created_at
  leadway snapshot review main.leadway
  leadway snapshot accept main.leadway --group 1 --group 3
  leadway snapshot reject main.leadway")]
pub struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    /// The policy
    #[arg(required = true)]
    policy: Option<PathBuf>,
    /// A file with leads: CSV, NDJSON or JSON
    #[arg(long, required = true, value_name = "FILE")]
    leads: Option<PathBuf>,
    /// The instant of the decisions, or the field that holds each lead's; the first field that is a time if not given
    #[arg(long, value_name = "INSTANT|FIELD")]
    at: Option<String>,
    /// What the snapshot is called; as the file of leads if not given
    #[arg(long)]
    name: Option<String>,
    /// Replace a snapshot of that name, whatever it says
    #[arg(long)]
    overwrite: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Go through the groups that changed, and say of each what is to be done
    #[command(after_help = "Examples:\n  leadway snapshot review main.leadway")]
    Review(Chosen),
    /// Take what has changed over into the snapshots
    #[command(
        after_help = "Examples:\n  leadway snapshot accept main.leadway\n  leadway snapshot accept main.leadway --group 2"
    )]
    Accept(Chosen),
    /// Keep the snapshots as they are, and forget what has changed
    #[command(after_help = "Examples:\n  leadway snapshot reject main.leadway --group 2")]
    Reject(Chosen),
}

#[derive(Debug, Args)]
struct Chosen {
    /// The policy
    policy: PathBuf,
    /// Only this snapshot
    #[arg(long)]
    name: Option<String>,
    /// Only this group, by the number that `leadway test` gives it; may be given again
    #[arg(long, value_name = "N")]
    group: Vec<usize>,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if world::is_ci() {
        return Err(Failure::new("a snapshot is not changed where the variable `CI` is set")
            .help("run this in a clone of yours, and commit what it writes; `leadway test` compares here too"));
    }
    match (&arguments.what, &arguments.policy, &arguments.leads) {
        (Some(What::Review(chosen)), ..) => review::review(chosen),
        (Some(What::Accept(chosen)), ..) => settle(chosen, File::accept),
        (Some(What::Reject(chosen)), ..) => settle(chosen, File::reject),
        (None, Some(policy), Some(leads)) => record(arguments, policy, leads),
        (None, ..) => Err(Failure::new("there is no policy or no file of leads")),
    }
}

fn record(arguments: &Arguments, path: &Path, leads: &Path) -> Result<Exit, Failure> {
    let (policy, _) = output::runnable(path)?;
    let at = match &arguments.at {
        Some(at) => at.clone(),
        None => first_time(&policy).ok_or_else(|| {
            Failure::new("the policy has no field that is a time, so it is not known when the leads are decided")
                .help("name an instant, such as `--at 2026-03-04T10:00Z`: a snapshot must come out the same tomorrow")
        })?,
    };
    let folder = files::folder_of(path);
    let way = world::way(&folder, leads)
        .map_err(|error| Failure::new(format!("cannot read `{}`: {}", leads.display(), world::words(&error))))?;
    let snapshot = decide(&Router::new(policy), path, &way, &at)?;
    let stem = leads.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name = files::name(path, arguments.name.as_deref().unwrap_or(&stem));
    let target = folder.join(&name);
    let text = snapshot::write(&snapshot);
    if !arguments.overwrite && world::exists(&target) && world::read_text(&target).ok().as_ref() != Some(&text) {
        return Err(Failure::new(format!("`{}` is there and says otherwise", files::shown(&target)))
            .help("`leadway test` shows the difference; `--overwrite` takes the new one as it is"));
    }
    output::write_file(&target, text.as_bytes())?;
    let (leads, fates) = (snapshot.len(), snapshot.groups.len());
    output::say(&format!("{}: {leads} leads, {fates} ways to go\n", files::shown(&target)));
    Ok(Exit::Fine)
}

/// The first field that says when a lead came.
fn first_time(policy: &Policy) -> Option<String> {
    policy.fields.iter().find(|field| field.ty == Type::Time).map(|field| field.name.to_string())
}

/// Decides the leads of a snapshot of the policy at a path; their file is named from the policy's folder.
pub fn decide(router: &Router, path: &Path, leads: &str, at: &str) -> Result<Snapshot, Failure> {
    use crate::diff::leads;
    let policy = router.policy();
    let when = leads::At::read(at, policy, policy).ok_or_else(|| {
        Failure::new(format!("`{at}` is neither a time nor a field that is one"))
            .help("write a time such as `2026-03-04T10:00Z`, or the name of a field such as `created_at`")
    })?;
    let (name, path) = (files::policy_name(path), files::folder_of(path).join(leads));
    let cannot = |why: String| Failure::new(format!("cannot read `{}`: {why}", files::shown(&path)));
    let source = world::open(&path).map_err(|error| cannot(world::words(&error)))?;
    let decided = leads::decide(router, source, Some(leads), &when)
        .map_err(|error| Failure { help: error.help.clone(), ..cannot(error.message) })?;
    match decided.failure {
        Some(why) => Err(cannot(why)),
        None => Ok(Snapshot::of(&decided, name, leads.to_owned(), at.to_owned())),
    }
}

/// Settles what `leadway test` left to be settled.
fn settle(chosen: &Chosen, settle: fn(&mut File, &[Move])) -> Result<Exit, Failure> {
    if !chosen.group.is_empty() && chosen.name.is_none() && files::pending(&chosen.policy)?.len() > 1 {
        return Err(Failure::new("several snapshots have groups of these numbers").help("say which one with `--name`"));
    }
    let mut left = 0;
    for mut file in files::pending_of(&chosen.policy, chosen.name.as_deref())? {
        let groups = file.groups();
        let all: Vec<usize> = (1..=groups.len()).collect();
        let asked = if chosen.group.is_empty() { &all } else { &chosen.group };
        if let Some(none) = asked.iter().find(|number| !all.contains(number)) {
            return Err(Failure::new(format!("`{}` has no group {none}", file.shown()))
                .help(format!("it has groups 1 to {}; `leadway snapshot review` shows them", groups.len())));
        }
        let moves: Vec<Move> = asked.iter().filter_map(|number| groups.get(number - 1).cloned()).collect();
        settle(&mut file, &moves);
        left += file.store()?;
    }
    Ok(if left == 0 { Exit::Fine } else { Exit::Findings })
}
