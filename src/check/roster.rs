//! Rosters: files with a rep a row.

use super::people::MOST_WEIGHT;
use crate::data::table::DataTable;
use crate::data::{language, number, text, time};
use crate::policy::{Cap, CapZone, Value};
use crate::syntax::ast::Unit;
use chrono::NaiveDate;
use chrono_tz::Tz;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Days, both included; open where an end is not said.
type Days = (Option<NaiveDate>, Option<NaiveDate>);

/// What is known of one rep, from a roster or from the policy; what nobody says is `None`.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub name: SmolStr,
    pub email: Option<SmolStr>,
    /// A calendar's name.
    pub hours: Option<SmolStr>,
    pub zone: Option<Tz>,
    pub weight: Option<i64>,
    pub caps: Vec<Cap>,
    pub speaks: Vec<SmolStr>,
    pub level: Option<i64>,
    pub away: Vec<Days>,
    /// Another rep, by name or email.
    pub delegate: Option<SmolStr>,
    pub manager: Option<SmolStr>,
    pub territory: Option<SmolStr>,
    pub since: Option<NaiveDate>,
    pub active: Option<bool>,
    /// Columns that have no meaning of their own.
    pub attributes: BTreeMap<SmolStr, Value>,
    pub line: u32,
}

/// A roster as a file has it: each row with its cells by column, for `where`, and what they say.
#[derive(Debug, Default)]
pub(super) struct Roster {
    /// Names of columns as conditions write them: lower case, joined by `_`.
    pub columns: Vec<SmolStr>,
    pub rows: Vec<Row>,
    /// What could not be read, by line.
    pub faults: Vec<(u32, String)>,
    /// The same of cells that say whether and how many leads a rep gets.
    pub grave: Vec<(u32, String)>,
}

#[derive(Debug)]
pub(super) struct Row {
    pub cells: Vec<SmolStr>,
    /// The teams that its cell names.
    pub teams: Vec<SmolStr>,
    pub facts: Facts,
}

/// The columns that have a meaning, under the names that a roster may give them.
const COLUMNS: [(&str, &[&str]); 15] = [
    ("name", &["name", "rep", "rep name", "full name", "agent", "sales agent", "sales rep"]),
    ("email", &["email", "e-mail", "mail", "email address"]),
    ("team", &["team", "teams"]),
    ("level", &["level"]),
    ("weight", &["weight"]),
    ("speaks", &["speaks", "languages", "language"]),
    ("hours", &["hours", "calendar"]),
    ("zone", &["zone", "timezone", "time zone"]),
    ("cap", &["cap", "cap per day", "daily cap"]),
    ("manager", &["manager"]),
    ("active", &["active"]),
    ("away", &["away", "absences"]),
    ("since", &["since", "start date"]),
    ("territory", &["territory"]),
    ("delegate", &["delegate"]),
];

/// The columns that `where` may name and a roster need not have.
pub(super) const FACTS: [&str; 10] =
    ["name", "email", "team", "level", "weight", "speaks", "zone", "active", "since", "territory"];

/// The columns without which nobody knows how many leads a rep may get, and when.
const DECIDING: [&str; 6] = ["weight", "cap", "zone", "active", "away", "since"];

/// The name under which a column is known: its meaning's, else its own in lower case with `_`.
pub(super) fn column_name(header: &str) -> SmolStr {
    let key = text::squeeze(header);
    let known = COLUMNS.iter().find(|(_, names)| names.iter().any(|name| text::squeeze(name) == key));
    match known {
        Some((name, _)) => SmolStr::new_static(name),
        None => {
            let folded = text::fold(text::trim(header));
            let words: Vec<&str> =
                folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
            SmolStr::new(words.join("_"))
        }
    }
}

pub(super) fn read(table: &DataTable, zone: Tz) -> Roster {
    let columns: Vec<SmolStr> = table.columns.iter().map(|column| column_name(column)).collect();
    let (mut faults, mut grave) = (Vec::new(), Vec::new());
    let mut rows = Vec::with_capacity(table.len());
    for row in 0..table.len() {
        let cells: Vec<SmolStr> =
            (0..columns.len()).map(|column| SmolStr::new(text::trim(&table.cell(row, column)))).collect();
        let mut facts = Facts { line: table.line(row), ..Facts::default() };
        for ((column, cell), header) in columns.iter().zip(&cells).zip(&table.columns) {
            if let Err(expected) = fact(&mut facts, column, cell, zone) {
                let told = if DECIDING.contains(&column.as_str()) { &mut grave } else { &mut faults };
                told.push((facts.line, format!("`{header}` is `{cell}`; expected {expected}")));
            }
        }
        if facts.name.is_empty() {
            match &facts.email {
                Some(email) => facts.name = email.clone(),
                None => {
                    faults.push((facts.line, "the row has neither a name nor an email, and is left out".to_string()));
                    continue;
                }
            }
        }
        let of = columns.iter().zip(&cells).filter(|(column, _)| *column == "team").map(|(_, cell)| cell);
        let teams = of.flat_map(|cell| cell.split(';')).map(|team| SmolStr::new(team.trim()));
        let teams = teams.filter(|team| !team.is_empty()).collect();
        rows.push(Row { cells, teams, facts });
    }
    Roster { columns, rows, faults, grave }
}

/// Takes one cell; an error is what was expected.
fn fact(facts: &mut Facts, column: &str, cell: &SmolStr, zone: Tz) -> Result<(), &'static str> {
    if cell.is_empty() {
        return Ok(());
    }
    let whole = |expected| number::integer(cell).map_err(|_| expected);
    match column {
        "name" => facts.name = cell.clone(),
        "email" => facts.email = Some(crate::data::email::email(cell).ok_or("an email address")?),
        "team" => {}
        "level" => facts.level = Some(whole("a whole number")?),
        "weight" => {
            const EXPECTED: &str = "a whole number from 1 to 1000000";
            let weight = whole(EXPECTED)?;
            facts.weight = Some(if (1..=MOST_WEIGHT).contains(&weight) { weight } else { return Err(EXPECTED) });
        }
        "cap" => {
            let count = cap(cell)?;
            facts.caps =
                vec![Cap { count, per: Unit::Day, of: None, zone: CapZone::Policy, credited_back_on: Vec::new() }];
        }
        "speaks" => {
            for part in cell.split([';', ',', '|']).map(str::trim).filter(|part| !part.is_empty()) {
                facts.speaks.push(language::tag(part).ok_or("language tags such as en; de")?);
            }
        }
        "hours" => facts.hours = Some(cell.clone()),
        "zone" => facts.zone = Some(cell.parse().map_err(|_| "a time zone such as Europe/Berlin")?),
        "manager" => facts.manager = Some(cell.clone()),
        "delegate" => facts.delegate = Some(cell.clone()),
        "territory" => facts.territory = Some(cell.clone()),
        "active" => facts.active = Some(number::boolean(cell).ok_or("yes or no")?),
        "since" => facts.since = Some(time::date(cell, None, zone).map_err(|_| "a date such as 2026-03-04")?),
        "away" => facts.away = away(cell, zone)?,
        other => {
            facts.attributes.insert(SmolStr::new(other), Value::Text(text::text(cell)));
        }
    }
    Ok(())
}

fn at_least(value: i64, least: i64, expected: &'static str) -> Result<i64, &'static str> {
    if value >= least { Ok(value) } else { Err(expected) }
}

/// `20`, `20 per day`.
fn cap(cell: &str) -> Result<i64, &'static str> {
    const EXPECTED: &str = "a number of leads a day, such as 20";
    let count = cell.trim_end_matches("per day").trim_end_matches("/day").trim();
    number::integer(count).map_err(|_| EXPECTED).and_then(|count| at_least(count, 1, EXPECTED))
}

/// `2026-03-02..2026-03-13; 2026-12-24`.
fn away(cell: &str, zone: Tz) -> Result<Vec<Days>, &'static str> {
    const EXPECTED: &str = "days such as 2026-03-02..2026-03-13";
    let day = |part: &str| match part.trim() {
        "" => Ok(None),
        part => time::date(part, None, zone).map(Some).map_err(|_| EXPECTED),
    };
    let mut days = Vec::new();
    for part in cell.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (from, to) = match part.split_once("..") {
            Some((from, to)) => (day(from)?, day(to)?),
            None => (day(part)?, day(part)?),
        };
        match (from, to) {
            (Some(from), Some(to)) if from > to => return Err(EXPECTED),
            (None, None) => return Err(EXPECTED),
            range => days.push(range),
        }
    }
    Ok(days)
}
