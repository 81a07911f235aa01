//! A difference for people at a terminal.

use super::leads::Leads;
use super::routing::{Case, Change, Region, Routing, Verdict};
use super::{Difference, counted};
use smol_str::SmolStr;

/// Leads that are named before the rest is counted.
const NAMED: usize = 5;
/// Regions of a change that are written out, and conditions of one.
const REGIONS: usize = 4;
const CONDITIONS: usize = 6;
/// Details that a part shows before the rest is counted.
const DETAILS: usize = 12;

/// Indented text, ending in a line end.
pub fn text(difference: &Difference) -> String {
    let mut out = format!("from {}\nto   {}\n", difference.old, difference.new);
    out.push('\n');
    of_all_leads(&mut out, &difference.routing);
    if let Some(leads) = &difference.leads {
        out.push('\n');
        of_leads(&mut out, leads);
    }
    out.push('\n');
    if difference.parts.is_empty() {
        out.push_str("nothing else is said otherwise\n");
    } else {
        out.push_str("what is said otherwise\n");
    }
    for part in &difference.parts {
        out.push_str(&format!("  {}\n", part.headline()));
        for detail in part.details.iter().take(DETAILS) {
            out.push_str(&format!("    {detail}\n"));
        }
        let more = part.details.len().saturating_sub(DETAILS);
        if more > 0 {
            out.push_str(&format!("    and {more} more\n"));
        }
    }
    out
}

/// What is known of all leads, in a line.
pub fn headline(routing: &Routing) -> String {
    match routing.verdict {
        Verdict::Same if routing.assuming.is_empty() => "no lead routes differently".to_owned(),
        Verdict::Same => format!("no lead routes differently, as long as {}", routing.assuming.join(", and ")),
        Verdict::Unknown => "no lead was found that routes differently, but not everything could be decided".to_owned(),
        Verdict::Different => {
            format!("leads route differently: {}", counted(routing.changes.len() as u64, "change", "changes"))
        }
    }
}

fn of_all_leads(out: &mut String, routing: &Routing) {
    out.push_str(&format!("{}\n", headline(routing)));
    for change in &routing.changes {
        out.push_str(&format!("  was {}\n  now {}\n", change.old, change.new));
        regions(change).iter().for_each(|region| out.push_str(&format!("    {region}\n")));
        for case in &change.cases {
            out.push_str(&format!("    {}\n      such as {}\n", rules(case), case.witness.words));
        }
        if change.more {
            out.push_str("    and by other rules\n");
        }
    }
    if !routing.territories.is_empty() {
        out.push_str("leads are in another territory\n");
    }
    for moved in &routing.territories {
        let (old, new) = (moved.old.as_deref().unwrap_or("none"), moved.new.as_deref().unwrap_or("none"));
        out.push_str(&format!("  was {old}, now {new}\n    such as {}\n", moved.witness.words));
    }
    if !routing.unknown.is_empty() {
        out.push_str("not decided\n");
    }
    routing.unknown.iter().for_each(|why| out.push_str(&format!("  {why}\n")));
    if routing.verdict != Verdict::Same {
        routing.assuming.iter().for_each(|what| out.push_str(&format!("as long as {what}\n")));
    }
}

/// The leads of a change, a line each: `where country = DE`, `or where ...`. Regions of many conditions are counted only.
pub(super) fn regions(change: &Change) -> Vec<String> {
    let short = |region: &&Region| region.conditions.len() <= CONDITIONS;
    let mut lines = Vec::new();
    for region in change.regions.iter().filter(short).take(REGIONS) {
        lines.push(match (region.conditions.is_empty(), lines.is_empty()) {
            (true, _) => region.words(),
            (false, true) => format!("where {}", region.words()),
            (false, false) => format!("or where {}", region.words()),
        });
    }
    let more = change.regions.len() - lines.len();
    let others = if change.all_regions { "" } else { ", and other leads" };
    match (more, lines.is_empty()) {
        (0, _) if change.all_regions => {}
        (0, true) => {}
        (0, false) => lines.push("or other leads, which are not taken apart".to_owned()),
        (more, first) => {
            let word = if first { "in" } else { "or in" };
            let count = counted(more as u64, "region", "more regions");
            let count = if first { count.replace("more ", "") } else { count };
            lines.push(format!("{word} {count}, which `--format json` lists{others}"));
        }
    }
    lines
}

/// Who decided, and who decides.
pub(super) fn rules(case: &Case) -> String {
    match (&case.old_by, &case.new_by) {
        (Some(old), Some(new)) if old == new => format!("by {old}"),
        (old, new) => format!("by {}, was by {}", who(new), who(old)),
    }
}

fn of_leads(out: &mut String, leads: &Leads) {
    let all = counted(leads.leads, "lead", "leads");
    match leads.differ {
        0 => out.push_str(&format!("{}: none of {all} is decided otherwise\n", leads.file)),
        differ => {
            let are = if differ == 1 { "is" } else { "are" };
            out.push_str(&format!("{}: {differ} of {all} {are} decided otherwise\n", leads.file));
        }
    }
    for moved in &leads.moves {
        out.push_str(&format!("  {}\n", counted(moved.leads, "lead", "leads")));
        out.push_str(&format!("    was {}\n    now {}\n", moved.old, moved.new));
        for by in &moved.by {
            let count = if moved.by.len() > 1 { format!(" ({})", by.leads) } else { String::new() };
            out.push_str(&format!("    by  {}, was by {}{count}\n", who(&by.new), who(&by.old)));
        }
        out.push_str(&format!("    {}\n", named(&moved.ids)));
    }
    if !leads.territories.is_empty() {
        out.push_str("  in another territory\n");
    }
    for moved in &leads.territories {
        let count = counted(moved.leads, "lead", "leads");
        out.push_str(&format!("    {count}: {} -> {}  {}\n", place(&moved.old), place(&moved.new), named(&moved.ids)));
    }
}

pub(super) fn who(by: &Option<SmolStr>) -> &str {
    by.as_deref().unwrap_or("no rule")
}

pub(super) fn place(territory: &str) -> &str {
    if territory.is_empty() { "(none)" } else { territory }
}

/// The first ids, and how many more there are.
pub(super) fn named(ids: &[SmolStr]) -> String {
    let shown: Vec<&str> = ids.iter().take(NAMED).map(SmolStr::as_str).collect();
    let more = ids.len().saturating_sub(NAMED);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}
