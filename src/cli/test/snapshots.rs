//! The snapshots of a policy, compared with what their leads come to now.

use crate::cli::Failure;
use crate::cli::snapshot::{self, files, text};
use crate::diagnostic::github::{data, property};
use crate::policy::Policy;
use crate::router::Router;
use crate::suite::snapshot::{Difference, Move};
use crate::world;
use serde::Serialize;
use std::path::Path;

/// How one snapshot stands.
#[derive(Debug, Serialize)]
pub struct Compared {
    /// The file, as it is named from where the command runs.
    pub file: String,
    /// Leads in both the snapshot and the file of leads.
    pub leads: usize,
    /// Why it could not be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// In the order of their numbers; those that no lead notices come last.
    pub groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
pub struct Group {
    /// The outcome is the same, by another rule.
    pub unnoticed: bool,
    #[serde(flatten)]
    pub moved: Move,
}

impl Compared {
    pub fn passed(&self) -> bool {
        self.failure.is_none() && self.groups.iter().all(|group| group.unnoticed)
    }

    /// In a line: `412 of 9240 leads go elsewhere`.
    pub fn headline(&self) -> String {
        if let Some(failure) = &self.failure {
            return failure.clone();
        }
        let moved: usize = self.groups.iter().filter(|group| !group.unnoticed).map(|group| group.moved.ids.len()).sum();
        let are = if moved == 1 { "lead is" } else { "leads are" };
        match moved {
            0 => format!("{} leads go where they went", self.leads),
            moved => format!("{moved} {are} not as in the snapshot, of {}", self.leads),
        }
    }
}

/// Compares every snapshot beside the policy. What is new is left beside each, but not on a CI server.
pub fn compare(path: &Path, policy: &Policy) -> Result<Vec<Compared>, Failure> {
    let (snapshots, orphans) = files::all(path);
    let router = (!snapshots.is_empty()).then(|| Router::new(policy.clone()));
    let mut all = Vec::new();
    for (snapshot, router) in snapshots.iter().zip(router.iter().cycle()) {
        let file = files::shown(snapshot);
        all.push(match one(path, router, snapshot) {
            Ok((difference, new)) => {
                if !world::is_ci() {
                    let differs = !difference.is_empty() || !difference.renamed.is_empty();
                    files::leave(snapshot, Some(&new).filter(|_| differs))?;
                }
                let unnoticed = difference.renamed.len();
                let groups = files::groups(&difference);
                let noticed = groups.len() - unnoticed;
                let groups = groups.into_iter().enumerate();
                let groups = groups.map(|(at, moved)| Group { unnoticed: at >= noticed, moved }).collect();
                Compared { file, leads: difference.compared, failure: None, groups }
            }
            Err(failure) => {
                let help = failure.help.map(|help| format!(" ({help})")).unwrap_or_default();
                Compared { file, leads: 0, failure: Some(format!("{}{help}", failure.message)), groups: Vec::new() }
            }
        });
    }
    for orphan in orphans {
        let file = files::shown(&orphan);
        let failure = Some("it is new beside a snapshot that is gone; remove it, or put the snapshot back".to_owned());
        all.push(Compared { file, leads: 0, failure, groups: Vec::new() });
    }
    Ok(all)
}

fn one(policy: &Path, router: &Router, path: &Path) -> Result<(Difference, crate::suite::snapshot::Snapshot), Failure> {
    let old = files::read(path)?;
    let own = files::policy_name(policy);
    if old.policy != own {
        return Err(Failure::new(format!("it is of the policy `{}`, and this is `{own}`", old.policy))
            .help("remove it, or record it again with `leadway snapshot POLICY --leads FILE --overwrite`"));
    }
    let new = snapshot::decide(router, policy, &old.leads, &old.at)?;
    let difference = old.compare(&new);
    if difference.compared == 0 && !old.is_empty() && !new.is_empty() {
        return Err(Failure::new(format!("none of its {} leads is in `{}`", old.len(), old.leads))
            .help("the file holds other leads, or the field that names a lead reads another column than it did"));
    }
    Ok((difference, new))
}

/// What is told of snapshots on a terminal: a line each, and of those that differ the groups and what to do.
pub fn human(all: &[Compared]) -> String {
    let mut out = String::new();
    for one in all {
        out.push_str(&format!("{}: {}\n", one.file, one.headline()));
        for (number, group) in (1..).zip(&one.groups) {
            out.push_str(&text::group(number, &group.moved));
        }
    }
    if all.iter().any(|one| one.failure.is_none() && !one.groups.is_empty()) && !world::is_ci() {
        out.push_str("`leadway snapshot review`, `accept` or `reject` settles what has changed\n");
    }
    out
}

/// As a finding that is shown beside the policy's own, for GitHub.
pub fn annotation(one: &Compared) -> Option<String> {
    let groups = (1..).zip(&one.groups).map(|(number, group)| text::group(number, &group.moved));
    let told: String = std::iter::once(format!("{}\n", one.headline())).chain(groups).collect();
    (!one.passed()).then(|| format!("::error file={}::{}\n", property(&one.file), data(told.trim_end())))
}
