//! What changes between two versions of a policy: which leads route differently, why, and what else is said otherwise.

pub mod github;
pub mod leads;
pub mod markdown;
pub mod outcome;
pub mod parts;
mod renumber;
pub mod routing;
pub mod text;

use crate::analysis::Budget;
use leads::Leads;
use outcome::Respect;
use parts::{Change, Kind, Side};
use routing::Routing;
use serde::Serialize;

/// The whole difference, as `--format json` writes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// What was compared, as the user would write it.
    pub old: String,
    pub new: String,
    /// What is known of all leads there can be.
    pub routing: Routing,
    /// Real leads under both versions, where a file of them was given.
    pub leads: Option<Leads>,
    /// What is said otherwise.
    pub parts: Vec<Change>,
}

/// What a difference may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// A lead is decided otherwise, in some respect.
    Routing,
    Respect(Respect),
    /// A lead is in another territory.
    Territory,
    /// Something could not be decided.
    Unknown,
    Part(Kind),
}

impl Difference {
    /// Compares two versions, each with its label.
    pub fn new(old: (String, Side), new: (String, Side), budget: &Budget) -> Difference {
        let routing = routing::compare(old.1.policy, new.1.policy, budget);
        Difference { old: old.0, new: new.0, routing, leads: None, parts: parts::changes(old.1, new.1) }
    }

    /// Everything that there is a difference in.
    pub fn about(&self) -> Vec<About> {
        let mut about: Vec<About> = self.parts.iter().map(|part| About::Part(part.kind)).collect();
        let changes = self.routing.changes.iter().map(|change| &change.differs);
        let moves = self.leads.iter().flat_map(|leads| &leads.moves).map(|moved| &moved.differs);
        for differs in changes.chain(moves) {
            about.push(About::Routing);
            about.extend(differs.iter().map(|respect| About::Respect(*respect)));
        }
        about.extend((!self.routing.unknown.is_empty()).then_some(About::Unknown));
        let moved = self.leads.as_ref().is_some_and(|leads| !leads.territories.is_empty());
        if moved || !self.routing.territories.is_empty() {
            about.push(About::Territory);
        }
        about.sort_unstable();
        about.dedup();
        about
    }
}

impl Change {
    /// In a line: `pool senior`, `rule "Warm" (was "Lukewarm")`, `list gulf (new)`.
    pub fn headline(&self) -> String {
        let name = |name: &str| match self.what {
            "rule" | "exclude" | "guarantee" | "goal" | "test" | "policy" => format!("{} \"{name}\"", self.what),
            "returning leads" => name.to_owned(),
            what => format!("{what} {name}"),
        };
        match &self.how {
            parts::How::Added => format!("{} is new", name(&self.name)),
            parts::How::Removed => format!("{} is gone", name(&self.name)),
            parts::How::Renamed { from } => format!("{} was called {}", name(&self.name), quoted_like(self.what, from)),
            parts::How::Changed => name(&self.name),
        }
    }
}

fn quoted_like(what: &str, name: &str) -> String {
    match what {
        "rule" | "exclude" => format!("\"{name}\""),
        _ => name.to_owned(),
    }
}

/// `1 lead`, `2 leads`.
fn counted(count: u64, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
