//! What the rows of a roster name besides themselves: teams, calendars, people and territories, which have to be there.

use super::declarations::Declarations;
use super::names::Kind;
use super::roster::Row;
use super::scope::Scope;
use crate::data::text::{self, fold};
use crate::diagnostic::Severity;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::collections::BTreeSet;

impl Scope<'_> {
    /// Says what the rosters of the policy name that is not there, by line. A row that no team takes is of somebody else's people,
    /// unless its team looks like a slip of one that is taken.
    pub(super) fn roster_names(&mut self, found: &Declarations<'_>) {
        let mut said = FxHashSet::default();
        for path in found.teams.iter().flat_map(|team| &team.members).map(|clause| &clause.path) {
            let Some(Some(roster)) = self.people.rosters.get(&path.text).cloned() else { continue };
            if !said.insert(&path.text) {
                continue;
            }
            let lines = self.people.taken.get(&path.text).cloned().unwrap_or_default();
            let (taken, left): (Vec<&Row>, Vec<&Row>) =
                roster.rows.iter().partition(|row| lines.contains(&row.facts.line));
            let teams = found.teams.iter().map(|team| &team.name.text);
            let teams: BTreeSet<&SmolStr> = teams.chain(taken.iter().flat_map(|row| &row.teams)).collect();
            let is_known = |team: &SmolStr| teams.iter().any(|known| fold(known) == fold(team));
            let mut faults: Vec<(u32, String)> = Vec::new();
            for row in left {
                for team in row.teams.iter().filter(|team| !is_known(team)) {
                    let near = text::nearest(team, teams.iter().map(|known| known.as_str()));
                    faults.extend(near.map(|near| {
                        (row.facts.line, format!("no team takes anybody of `{team}`; did you mean `{near}`?"))
                    }));
                }
            }
            taken.iter().for_each(|row| self.named_by(row, &mut faults));
            faults.sort();
            let help = "mend the file; what is not there counts as missing";
            self.file_findings(path, faults, Severity::Warning, help);
        }
    }

    fn named_by(&self, row: &Row, faults: &mut Vec<(u32, String)>) {
        let facts = &row.facts;
        let of_kind = |kind, name: &SmolStr| self.names.get(kind, name).is_none();
        let is_nobody = |name: &SmolStr| self.people.find(name).is_none();
        let has_territories = self.names.of(Kind::Territory).next().is_some();
        let unknown = [
            ("hours", "calendar", facts.hours.as_ref().filter(|name| of_kind(Kind::Calendar, name))),
            ("delegate", "rep", facts.delegate.as_ref().filter(|name| is_nobody(name))),
            ("manager", "rep", facts.manager.as_ref().filter(|name| is_nobody(name))),
            (
                "territory",
                "territory",
                facts.territory.as_ref().filter(|name| has_territories && of_kind(Kind::Territory, name)),
            ),
        ];
        for (column, what, name) in unknown {
            let Some(name) = name else { continue };
            let near = match what {
                "calendar" => text::nearest(name, self.names.of(Kind::Calendar).map(|(name, _)| name.as_str())),
                "territory" => text::nearest(name, self.names.of(Kind::Territory).map(|(name, _)| name.as_str())),
                _ => None,
            };
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            faults.push((facts.line, format!("`{column}` is `{name}`; there is no {what} of this name{near}")));
        }
    }
}
