//! What statuses mean to the follow-up, and how events change them: the whole table, as data.
//!
//! A policy's own list may use these names, which then mean the same; other names of its own mean nothing here but to
//! `pause while`. Where an event leads to a status that the policy's list has not, the status stays.

use crate::policy::Policy;
use crate::syntax::ast::Stage;

/// What changes a status besides being told one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Accepted,
    Responded,
    Met,
    Returned,
    Assigned,
    Recalled,
    Reopened,
    Recycled,
}

/// The changes in the order of the columns of [`ROWS`].
pub const CHANGES: [(Change, &str); 8] = [
    (Change::Accepted, "accepted"),
    (Change::Responded, "responded"),
    (Change::Met, "met"),
    (Change::Returned, "returned"),
    (Change::Assigned, "assigned"),
    (Change::Recalled, "recalled"),
    (Change::Reopened, "reopened"),
    (Change::Recycled, "recycled"),
];

/// A status: what a lead that has it has kept, whether it ends the follow-up, and the status after each change.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub status: &'static str,
    pub keeps: &'static [Stage],
    pub ends: bool,
    pub after: [&'static str; CHANGES.len()],
}

const ACCEPT: &[Stage] = &[Stage::Accept];
const RESPOND: &[Stage] = &[Stage::Accept, Stage::Respond];
const MEET: &[Stage] = &[Stage::Accept, Stage::Respond, Stage::Meet];

#[rustfmt::skip]
pub const ROWS: [Row; 10] = [
    //   status                 keeps     accepted               responded       met               returned    assigned               recalled  reopened  recycled
    row("new",                 &[],     ["working",             "contacted",    "meeting_booked", "returned", "new",                 "new",    "new",    "recycled"]),
    row("working",             ACCEPT,  ["working",             "contacted",    "meeting_booked", "returned", "new",                 "new",    "new",    "recycled"]),
    row("waiting_on_prospect", ACCEPT,  ["waiting_on_prospect", "contacted",    "meeting_booked", "returned", "waiting_on_prospect", "new",    "new",    "recycled"]),
    row("contacted",           RESPOND, ["contacted",           "contacted",    "meeting_booked", "returned", "contacted",           "new",    "new",    "recycled"]),
    row("meeting_booked",      MEET,    ["meeting_booked",      "meeting_booked", "meeting_booked", "returned", "meeting_booked",    "new",    "new",    "recycled"]),
    row("qualified",           RESPOND, ["qualified",           "qualified",    "qualified",      "returned", "qualified",           "new",    "new",    "recycled"]),
    end("disqualified"),
    row("returned",            &[],     ["working",             "contacted",    "meeting_booked", "returned", "new",                 "new",    "new",    "recycled"]),
    end("converted"),
    end("recycled"),
];

const fn row(status: &'static str, keeps: &'static [Stage], after: [&'static str; CHANGES.len()]) -> Row {
    Row { status, keeps, ends: false, after }
}

/// Nothing changes it any more.
const fn end(status: &'static str) -> Row {
    Row { status, keeps: &[], ends: true, after: [status; CHANGES.len()] }
}

/// The place of a status in the policy's list.
pub fn place(policy: &Policy, name: &str) -> Option<u32> {
    policy.statuses.iter().position(|status| status == name).map(|place| place as u32)
}

/// What a status of the policy means; none for a name of its own.
pub fn meaning(policy: &Policy, status: u32) -> Option<&'static Row> {
    let name = policy.statuses.get(status as usize)?;
    ROWS.iter().find(|row| row.status == name.as_str())
}

/// The status after a change. A status of the policy's own, which has no row, changes as `working` does.
pub fn after(policy: &Policy, status: u32, change: Change) -> u32 {
    let row = meaning(policy, status).or_else(|| ROWS.iter().find(|row| row.status == "working"));
    let column = CHANGES.iter().position(|(listed, _)| *listed == change);
    let next = row.zip(column).and_then(|(row, column)| row.after.get(column));
    next.and_then(|next| place(policy, next)).unwrap_or(status)
}

/// The stages that a change keeps by itself.
pub fn kept_by(change: Change) -> &'static [Stage] {
    match change {
        Change::Accepted => ACCEPT,
        Change::Responded => RESPOND,
        Change::Met => MEET,
        Change::Returned | Change::Assigned | Change::Recalled | Change::Reopened | Change::Recycled => &[],
    }
}

/// The table for people, in Markdown; it stands in docs/language.md.
pub fn table() -> String {
    let mut table = String::from("| status | promises kept |");
    let columns: String = CHANGES.iter().map(|(_, name)| format!(" {name} |")).collect();
    table.push_str(&columns);
    table.push_str(&format!("\n|{}\n", "---|".repeat(CHANGES.len() + 2)));
    for row in ROWS {
        let kept: Vec<&str> = row.keeps.iter().map(|stage| stage.word()).collect();
        let kept = if row.ends { "ends the follow-up".to_owned() } else { kept.join(", ") };
        table.push_str(&format!("| `{}` |", row.status));
        for cell in [kept.as_str()].into_iter().chain(row.after) {
            let cell = if cell == row.status { "" } else { cell };
            match cell.is_empty() {
                true => table.push_str(" |"),
                false => table.push_str(&format!(" {cell} |")),
            }
        }
        table.push('\n');
    }
    table
}
