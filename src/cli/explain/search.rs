//! How the row of a record was looked for, in the words of the policy: keys, preferences and what they left.

use crate::data::records::{Found, KeyTrial, Outcome};
use crate::policy::{KeyPart, Policy, Preference, Records, words};
use serde::Serialize;
use smol_str::SmolStr;

#[derive(Debug, Serialize)]
pub struct Search {
    pub name: SmolStr,
    /// Those that were tried, in order; the last one decided where it has rows.
    pub keys: Vec<Key>,
    /// Those that were asked, in order.
    pub preferences: Vec<Asked>,
    pub outcome: Ending,
    /// The row that was found, or those of a tie.
    pub rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
pub struct Key {
    /// As `website = company_domain`.
    pub by: String,
    #[serde(flatten)]
    pub gave: Gave,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "gave")]
pub enum Gave {
    /// Its `unless` holds.
    NotAsked,
    /// The lead has no value for this.
    Missing { value: String },
    /// `alike`: how alike the names are, in percent, where the key has a `like`.
    Rows { rows: usize, alike: Option<f64> },
}

#[derive(Debug, Serialize)]
pub struct Asked {
    pub prefer: String,
    pub rows_left: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Found,
    Tie,
    NoRow,
}

#[derive(Debug, Serialize)]
pub struct Row {
    /// Its place in the file, from 1.
    pub row: u32,
    /// Its first columns.
    pub values: Vec<String>,
}

/// What a row is told by.
const SHOWN: usize = 3;

pub fn search(policy: &Policy, block: &Records, found: &Found) -> Search {
    let column = |at: usize| block.columns.get(at).map_or("", |column| column.name.as_str());
    let part = |part: &KeyPart| {
        let sign = if part.like { "like" } else { "=" };
        format!("{} {sign} {}", column(part.column.at()), words::subject(policy, part.subject))
    };
    let keys = block.keys.iter().zip(&found.keys).map(|(key, trial)| Key {
        by: key.parts.iter().map(part).collect::<Vec<_>>().join(", "),
        gave: match trial {
            KeyTrial::Unless => Gave::NotAsked,
            KeyTrial::Missing(subject) => Gave::Missing { value: words::subject(policy, *subject) },
            KeyTrial::NoRow => Gave::Rows { rows: 0, alike: None },
            KeyTrial::Rows { rows, score } => {
                Gave::Rows { rows: rows.len(), alike: score.map(|thousandths| f64::from(thousandths) / 10.0) }
            }
        },
    });
    let preferences = block.prefer.iter().zip(&found.preferences).map(|(preference, left)| Asked {
        prefer: match preference {
            Preference::Holds(at) => column(at.at()).to_owned(),
            Preference::Same { column: at, subject } => {
                format!("{} = {}", column(at.at()), words::subject(policy, *subject))
            }
            Preference::Most(at) => format!("most {}", column(at.at())),
            Preference::Least(at) => format!("least {}", column(at.at())),
        },
        rows_left: left.len(),
    });
    let row = |at: &u32| {
        let values = block.rows.get(*at as usize).map_or(&[][..], Vec::as_slice);
        let shown = block.columns.iter().zip(values).take(SHOWN);
        Row { row: at + 1, values: shown.map(|(column, value)| words::value(value, &column.ty)).collect() }
    };
    let (outcome, rows) = match &found.outcome {
        Outcome::NoMatch => (Ending::NoRow, Vec::new()),
        Outcome::Row(at) => (Ending::Found, vec![row(at)]),
        Outcome::Tie(rows) => (Ending::Tie, rows.iter().map(row).collect()),
    };
    Search { name: block.name.clone(), keys: keys.collect(), preferences: preferences.collect(), outcome, rows }
}
