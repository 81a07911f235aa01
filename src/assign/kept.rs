//! A state as it is kept between runs: one JSON object a line, with names in place of ids, so that it outlives an edit of the
//! policy. docs/state.md tells what each line means.
//!
//! Reading and writing are exact: a state that was kept and taken up again does what it would have done.

use super::crews::{Crews, Known, Order, Plan};
use super::rota::{Absence, Key, Rota};
use super::state::{Counter, Held, Presence, Seen, SeenBy, State};
use super::{Assignment, How};
use crate::calendar::hours::DAY;
use crate::policy::{Cap, Policy, PoolId, QueueId, RecordsId, RepId, meaning};
use crate::syntax::ast::Unit;
use chrono::{DateTime, SecondsFormat};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

mod resume;

/// The version of the format that is written, and the only one that is read.
pub const VERSION: u32 = 1;
/// Counts of periods that ended longer ago than this before the latest step are not kept.
const KEPT_PERIODS: i64 = 40 * DAY;

/// Why a kept state cannot be taken up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The line, from 1.
    pub line: usize,
    pub what: String,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Record {
    /// The first line.
    State {
        version: u32,
        /// The hash of the policy that it was kept under.
        policy: SmolStr,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        latest: Option<Time>,
        given: u64,
    },
    Rep {
        rep: SmolStr,
        open: i64,
        last: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        presence: Option<There>,
        /// The instant of the last event that told of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<Time>,
    },
    /// Leads that count against a cap: a rep's own, or a pool's.
    Cap {
        rep: SmolStr,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pool: Option<SmolStr>,
        cap: CapName,
        leads: i64,
    },
    /// A count of turns; its members' lines follow.
    Turns { pools: Vec<SmolStr>, teams: Vec<SmolStr>, time: Exact, rests: Vec<u64> },
    Turn {
        rep: SmolStr,
        /// How long after now its next lead is due, in leads for each unit of weight.
        due: Exact,
        weight: u64,
        rest: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Exact>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        joins: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        debt: Option<Exact>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        paid: Option<i64>,
        /// It was in no pool of the count any more.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        left: bool,
    },
    /// Who had a lead last that is known by this key.
    Returning { by: SmolStr, key: SmolStr, rep: SmolStr, last: Time, turn: Time },
    /// Who has an account.
    Account { account: SmolStr, rep: SmolStr },
    Lead {
        lead: SmolStr,
        at: Time,
        how: How,
        choice: usize,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pools: Vec<SmolStr>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rep: Option<SmolStr>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<SmolStr>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waits: Option<Waits>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        widens: Option<Widens>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<Time>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        priority: Option<i64>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        closed: bool,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        charged: Vec<(SmolStr, CapName)>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        had: Vec<SmolStr>,
    },
    /// The last line: how many stand before it.
    End { records: usize },
}

/// Whether somebody is there, where it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum There {
    Offline,
    Away(Option<Time>),
}

/// What a lead waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    pool: SmolStr,
    until: Time,
    /// The place in the pool's `when empty`.
    step: usize,
}

/// The `after` of a pool that counts next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widens {
    at: Time,
    pool: SmolStr,
    /// The place in the pool's `after`.
    step: usize,
    since: Time,
}

/// A cap in one of its periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapName {
    /// The step of a grade that alone is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<SmolStr>,
    per: Per,
    /// The first day of the period, or where it is shorter than a day, its first instant.
    from: SmolStr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Per {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

/// An instant in microseconds, written as people write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Time(pub i64);

/// A number that JSON would round, as a text of digits: billionths of a billionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Exact(pub i128);

impl From<Time> for SmolStr {
    fn from(time: Time) -> SmolStr {
        let text = DateTime::from_timestamp_micros(time.0).map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        text.unwrap_or_else(|| time.0.to_string()).into()
    }
}

impl TryFrom<SmolStr> for Time {
    type Error = String;

    fn try_from(text: SmolStr) -> Result<Time, String> {
        let read = DateTime::parse_from_rfc3339(&text).map(|at| at.timestamp_micros()).or_else(|_| text.parse());
        read.map(Time).map_err(|_| format!("`{text}` is no instant such as 2026-03-04T10:00:00Z"))
    }
}

impl From<Exact> for SmolStr {
    fn from(exact: Exact) -> SmolStr {
        SmolStr::new(exact.0.to_string())
    }
}

impl TryFrom<SmolStr> for Exact {
    type Error = String;

    fn try_from(text: SmolStr) -> Result<Exact, String> {
        text.parse().map(Exact).map_err(|_| format!("`{text}` is no whole number"))
    }
}

impl Per {
    fn of(unit: Unit) -> Per {
        match unit {
            Unit::Second => Per::Second,
            Unit::Minute => Per::Minute,
            Unit::Hour => Per::Hour,
            Unit::Day => Per::Day,
            Unit::Week => Per::Week,
            Unit::Month => Per::Month,
        }
    }

    fn in_days(self) -> bool {
        matches!(self, Per::Day | Per::Week | Per::Month)
    }
}

impl CapName {
    fn new(policy: &Policy, cap: &Cap, period: i64) -> CapName {
        let per = Per::of(cap.per);
        let from = match meaning::date_of_days(period).filter(|_| per.in_days()) {
            Some(date) => SmolStr::new(date.to_string()),
            None => Time(period).into(),
        };
        CapName { of: step_name(policy, cap), per, from }
    }

    /// Whether it counts what this cap of the policy counts.
    fn is_of(&self, policy: &Policy, cap: &Cap) -> bool {
        self.per == Per::of(cap.per) && self.of == step_name(policy, cap)
    }

    fn period(&self) -> Option<i64> {
        match self.per.in_days() {
            true => self.from.parse().ok().map(meaning::days),
            false => Time::try_from(self.from.clone()).ok().map(|time| time.0),
        }
    }
}

fn step_name(policy: &Policy, cap: &Cap) -> Option<SmolStr> {
    let (grade, step) = cap.of?;
    Some(policy.grades.get(grade.at())?.steps.get(step as usize)?.0.clone())
}

/// What names a rep: its email, else its name.
fn rep_name(policy: &Policy, id: RepId) -> SmolStr {
    policy.reps.get(id.at()).map_or_else(SmolStr::default, |rep| rep.email.clone().unwrap_or_else(|| rep.name.clone()))
}

fn pool_name(policy: &Policy, id: PoolId) -> SmolStr {
    policy.pools.get(id.at()).map_or_else(SmolStr::default, |pool| pool.name.clone())
}

/// What names a row of records: its `id`, else its first required column, else its first.
fn row_name(policy: &Policy, id: RecordsId, row: u32) -> Option<SmolStr> {
    let records = policy.records.get(id.at())?;
    let named = records.columns.iter().position(|column| column.name == "id");
    let required = || records.columns.iter().position(|column| column.required);
    let value = records.rows.get(row as usize)?.get(named.or_else(required).unwrap_or(0))?;
    value.key_text().map(SmolStr::new)
}

impl State {
    /// The state as lines, with the hash of the policy.
    pub fn keep(&self, crews: &Crews) -> Vec<u8> {
        let mut kept = Vec::new();
        let mut records = 0;
        let mut add = |record: &Record| {
            // A record always has a JSON form.
            if serde_json::to_writer(&mut kept, record).is_ok() {
                kept.push(b'\n');
                records += 1;
            }
        };
        let policy = &*crews.policy;
        add(&Record::State {
            version: VERSION,
            policy: policy.hash.clone().into(),
            latest: (self.latest != i64::MIN).then_some(Time(self.latest)),
            given: self.given,
        });
        self.keep_people(policy, &mut add);
        for (plan, rota) in crews.rotas.iter().zip(&self.rotas).filter(|(plan, _)| plan.order == Order::Turns) {
            keep_turns(policy, plan, rota, &mut add);
        }
        self.keep_returning(crews, &mut add);
        for (lead, held) in &self.leads {
            add(&self.lead(crews, lead, held));
        }
        let known = |record: &&Record| !matches!(record, Record::Lead { lead, .. } if self.leads.contains_key(lead));
        self.strangers.iter().filter(known).for_each(&mut add);
        let end = Record::End { records };
        if serde_json::to_writer(&mut kept, &end).is_ok() {
            kept.push(b'\n');
        }
        kept
    }

    fn keep_people(&self, policy: &Policy, add: &mut impl FnMut(&Record)) {
        let counts =
            |rep: &SmolStr, pool: Option<&SmolStr>, cap: &Cap, counter: &Counter, add: &mut dyn FnMut(&Record)| {
                for (period, leads) in counter.all().into_iter().filter(|(period, _)| self.is_recent(cap, *period)) {
                    let cap = CapName::new(policy, cap, period);
                    add(&Record::Cap { rep: rep.clone(), pool: pool.cloned(), cap, leads });
                }
            };
        for ((id, rep), state) in (0u32..).map(RepId).zip(&policy.reps).zip(&self.reps) {
            let name = rep_name(policy, id);
            let presence = match state.presence {
                Presence::Online => None,
                Presence::Offline => Some(There::Offline),
                Presence::Away(until) => Some(There::Away(until.map(Time))),
            };
            let told = state.told.map(Time);
            if (state.open, state.last, presence, told) != (0, 0, None, None) {
                add(&Record::Rep { rep: name.clone(), open: state.open, last: state.last, presence, told });
            }
            for (cap, counter) in rep.caps.iter().zip(&state.caps) {
                counts(&name, None, cap, counter, add);
            }
        }
        for (pool, counters) in policy.pools.iter().zip(&self.caps) {
            for (place, counters) in counters.chunks(pool.caps.len().max(1)).enumerate() {
                let Some(&rep) = pool.members.get(place) else { continue };
                let name = rep_name(policy, rep);
                for (cap, counter) in pool.caps.iter().zip(counters) {
                    counts(&name, Some(&pool.name), cap, counter, add);
                }
            }
        }
    }

    fn is_recent(&self, cap: &Cap, period: i64) -> bool {
        let start = if Per::of(cap.per).in_days() { period.saturating_mul(DAY) } else { period };
        start >= self.latest.saturating_sub(KEPT_PERIODS)
    }

    fn keep_returning(&self, crews: &Crews, add: &mut impl FnMut(&Record)) {
        let policy = &*crews.policy;
        let names = policy.returning.iter().flat_map(|returning| &returning.by);
        for ((name, known), seen) in names.zip(&crews.returning).zip(&self.seen) {
            let mut all: Vec<(SmolStr, &Seen)> =
                seen.iter().filter_map(|(key, seen)| Some((key_name(policy, *known, key)?, seen))).collect();
            all.sort_by(|a, b| a.0.cmp(&b.0));
            for (key, seen) in all {
                let (by, rep) = (name.text.clone(), rep_name(policy, seen.rep));
                add(&Record::Returning { by, key, rep, last: Time(seen.last), turn: Time(seen.turn) });
            }
        }
        let mut accounts: Vec<(SmolStr, RepId)> = self
            .accounts
            .iter()
            .filter_map(|(row, rep)| Some((row_name(policy, crews.account?, *row)?, *rep)))
            .collect();
        accounts.sort();
        for (account, rep) in accounts {
            add(&Record::Account { account, rep: rep_name(policy, rep) });
        }
    }

    fn lead(&self, crews: &Crews, lead: &SmolStr, held: &Held) -> Record {
        let policy = &*crews.policy;
        let Assignment { choice, pools, assignee, queue, how, waits, widens } = &held.assignment;
        let charged = held.charged.iter().filter_map(|(crew, cap, period)| {
            let pool = policy.pools.get(*crew as usize)?;
            Some((pool.name.clone(), CapName::new(policy, pool.caps.get(*cap as usize)?, *period)))
        });
        Record::Lead {
            lead: lead.clone(),
            at: Time(held.at),
            how: *how,
            choice: *choice,
            pools: pools.iter().map(|pool| pool_name(policy, *pool)).collect(),
            rep: assignee.map(|rep| rep_name(policy, rep)),
            queue: queue.and_then(|queue| Some(policy.queues.get(queue.at())?.name.clone())),
            waits: waits.map(|wait| Waits {
                pool: pool_name(policy, wait.pool),
                until: Time(wait.until),
                step: wait.step,
            }),
            widens: widens.map(|widening| Widens {
                at: Time(widening.at),
                pool: pool_name(policy, widening.pool),
                step: widening.step,
                since: Time(widening.since),
            }),
            told: held.told.map(Time),
            priority: held.priority,
            closed: assignee.is_some() && !held.open,
            charged: charged.collect(),
            had: held.had.iter().map(|rep| rep_name(policy, *rep)).collect(),
        }
    }
}

fn key_name(policy: &Policy, known: Known, key: &SeenBy) -> Option<SmolStr> {
    match (known, key) {
        (_, SeenBy::Text(text)) => Some(text.clone()),
        (Known::Row(records), SeenBy::Row(row)) => row_name(policy, records, *row),
        (Known::Subject(_), SeenBy::Row(_)) => None,
    }
}

fn keep_turns(policy: &Policy, plan: &Plan, rota: &Rota, add: &mut impl FnMut(&Record)) {
    let pools = policy.pools.len();
    let crews = || plan.crews.iter().map(|(at, _)| *at);
    let (rests, kinds) = rota.rests();
    if rota.time() == 0 {
        return;
    }
    add(&Record::Turns {
        pools: crews().filter_map(|at| Some(policy.pools.get(at)?.name.clone())).collect(),
        teams: crews().filter_map(|at| Some(policy.teams.get(at.checked_sub(pools)?)?.name.clone())).collect(),
        time: Exact(rota.time()),
        rests: kinds,
    });
    for ((member, (rep, weight, _)), rest) in (0u32..).zip(&plan.members).zip(rests) {
        let Absence { since, joins, debt, paid } = rota.absence(member);
        add(&Record::Turn {
            rep: rep_name(policy, *rep),
            due: Exact(rota.key(member).first),
            weight: *weight,
            rest,
            since: since.map(Exact),
            joins,
            debt: (debt != 0).then_some(Exact(debt)),
            paid: (paid != 0).then_some(paid),
            left: false,
        });
    }
}

/// Names as this policy knows them.
struct Names<'c> {
    crews: &'c Crews,
    pools: FxHashMap<&'c str, PoolId>,
    queues: FxHashMap<&'c str, QueueId>,
}

impl<'c> Names<'c> {
    fn new(crews: &'c Crews) -> Names<'c> {
        let policy = &*crews.policy;
        let pools = (0u32..).map(PoolId).zip(&policy.pools).map(|(id, pool)| (pool.name.as_str(), id));
        let queues = (0u32..).map(QueueId).zip(&policy.queues).map(|(id, queue)| (queue.name.as_str(), id));
        Names { crews, pools: pools.collect(), queues: queues.collect() }
    }

    fn rep(&self, name: &str) -> Option<RepId> {
        self.crews.owner(&name.to_lowercase())
    }

    fn pool(&self, name: &str) -> Option<PoolId> {
        self.pools.get(name).copied()
    }

    fn queue(&self, name: &str) -> Option<QueueId> {
        self.queues.get(name).copied()
    }
}

fn due(due: i128) -> Key {
    Key { first: due, second: 0 }
}
