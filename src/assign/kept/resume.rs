//! Taking up a state that was kept, under this policy or an older edition of it.

use super::{Broken, Names, Record, Time, VERSION, due, row_name};
use crate::assign::crews::{Crews, Known, Order};
use crate::assign::rota::{Absence, Rota};
use crate::assign::state::{Held, Presence, Seen, SeenBy, State};
use crate::assign::{Assignment, Wait, Widening};
use crate::policy::{Cap, RecordsId, RepId};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// A count of turns that was kept.
struct Count {
    pools: Vec<SmolStr>,
    teams: Vec<SmolStr>,
    time: i128,
    rests: Vec<u64>,
    members: Vec<Turn>,
}

/// A member of it.
#[derive(Clone)]
struct Turn {
    rep: SmolStr,
    due: i128,
    weight: u64,
    rest: u64,
    absence: Absence,
    /// It was in no count when the state was kept.
    left: bool,
    used: bool,
}

impl State {
    /// Takes up a state that [`State::keep`] wrote. People and pools that the policy does not have are kept as they are.
    ///
    /// # Errors
    /// Where it is no such file, is of another version, was cut off, or has a line that says nothing of a state.
    pub fn resume(crews: &Crews, kept: &[u8]) -> Result<State, Broken> {
        let mut state = State::new(crews);
        let mut resuming = Resuming {
            names: Names::new(crews),
            rows: crews.returning.iter().map(|_| None).collect(),
            accounts: None,
            counts: Vec::new(),
            state: &mut state,
        };
        let mut ended = false;
        let mut last = 1;
        for (at, line) in kept.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
            let broken = |what: String| Broken { line: at + 1, what };
            if ended {
                return Err(broken("something stands behind the end".to_owned()));
            }
            last = at + 1;
            let record: Record = match serde_json::from_slice(line) {
                Ok(record) => record,
                Err(_) if at == 0 => return Err(broken(not_a_state(line))),
                Err(error) => return Err(broken(words(&error, line))),
            };
            match (at, &record) {
                (0, Record::State { version: VERSION, .. }) => {}
                (0, _) => return Err(broken(not_a_state(line))),
                (_, Record::State { .. }) => return Err(broken("a second state begins here".to_owned())),
                (records, Record::End { records: said }) => {
                    ended = true;
                    if *said != records {
                        return Err(broken(format!(
                            "{said} lines were written before this one, but {records} are here"
                        )));
                    }
                }
                _ => {}
            }
            resuming.take(record);
        }
        if !ended {
            return Err(Broken {
                line: last,
                what: "the file ends here, before its last line: it was cut off".to_owned(),
            });
        }
        let counts = resuming.counts;
        let strangers = take_up_turns(crews, &mut state, counts);
        state.strangers.extend(strangers);
        for rep in (0..crews.people.len() as u32).map(RepId) {
            state.load(crews, rep, 0);
        }
        Ok(state)
    }
}

fn not_a_state(line: &[u8]) -> String {
    let version = serde_json::from_slice::<serde_json::Value>(line).ok();
    let version = version.filter(|first| first.get("is").is_some_and(|is| is == "state"));
    let version = version.and_then(|first| first.get("version")?.as_u64());
    match version {
        Some(version) if version != u64::from(VERSION) => {
            format!("the state is of version {version}, and this Leadway reads version {VERSION}")
        }
        _ => "this is no state of Leadway".to_owned(),
    }
}

/// What is wrong with a line, without where in memory it was read.
fn words(error: &serde_json::Error, line: &[u8]) -> String {
    if error.is_eof() {
        return "the line ends in its middle: the file was cut off".to_owned();
    }
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    let start: String = String::from_utf8_lossy(line).chars().take(40).collect();
    format!("`{start}` is no line of a state: {what}")
}

/// Rows by what names them.
type Rows = FxHashMap<SmolStr, u32>;

struct Resuming<'s> {
    names: Names<'s>,
    /// By way of knowing returning leads, once one was asked for.
    rows: Vec<Option<Rows>>,
    accounts: Option<Rows>,
    counts: Vec<Count>,
    state: &'s mut State,
}

impl Resuming<'_> {
    fn take(&mut self, record: Record) {
        if self.known(&record).is_none() {
            self.state.strangers.push(record);
        }
    }

    /// Takes a record; none where the policy does not have what it speaks of.
    fn known(&mut self, record: &Record) -> Option<()> {
        match record {
            Record::State { latest, given, .. } => {
                self.state.latest = latest.map_or(i64::MIN, |latest| latest.0);
                self.state.given = *given;
            }
            Record::End { .. } => {}
            Record::Rep { rep, open, last, presence, told } => {
                let state = self.state.reps.get_mut(self.names.rep(rep)?.at())?;
                (state.open, state.last, state.told) = (*open, *last, told.map(|told| told.0));
                state.presence = match presence {
                    None => Presence::Online,
                    Some(super::There::Offline) => Presence::Offline,
                    Some(super::There::Away(until)) => Presence::Away(until.map(|until| until.0)),
                };
            }
            Record::Cap { rep, pool, cap, leads } => {
                let (policy, rep) = (&self.names.crews.policy, self.names.rep(rep)?);
                let is = |found: &Cap| cap.is_of(policy, found);
                let counter = match pool {
                    None => {
                        let at = policy.reps.get(rep.at())?.caps.iter().position(is)?;
                        self.state.reps.get_mut(rep.at())?.caps.get_mut(at)?
                    }
                    Some(pool) => {
                        let pool = self.names.pool(pool)?.at();
                        let caps = &policy.pools.get(pool)?.caps;
                        let place = *self.names.crews.all.get(pool)?.place_of.get(&rep)? as usize;
                        self.state.caps.get_mut(pool)?.get_mut(place * caps.len() + caps.iter().position(is)?)?
                    }
                };
                counter.add(cap.period()?, *leads);
            }
            Record::Turns { pools, teams, time, rests } => self.counts.push(Count {
                pools: pools.clone(),
                teams: teams.clone(),
                time: time.0,
                rests: rests.clone(),
                members: Vec::new(),
            }),
            Record::Turn { rep, due, weight, rest, since, joins, debt, paid, left } => {
                let absence = Absence {
                    since: since.map(|since| since.0),
                    joins: *joins,
                    debt: debt.map_or(0, |debt| debt.0),
                    paid: paid.unwrap_or_default(),
                };
                let (rep, due, weight, rest) = (rep.clone(), due.0, *weight, *rest);
                self.counts.last_mut()?.members.push(Turn {
                    rep,
                    due,
                    weight,
                    rest,
                    absence,
                    left: *left,
                    used: false,
                });
            }
            Record::Returning { by, key, rep, last, turn } => self.returning(by, key, rep, *last, *turn)?,
            Record::Account { account, rep } => {
                let rep = self.names.rep(rep)?;
                let crews = self.names.crews;
                let records = crews.account?;
                let rows = self.accounts.get_or_insert_with(|| rows(crews, records));
                self.state.accounts.insert(*rows.get(account)?, rep);
            }
            Record::Lead { .. } => self.lead(record)?,
        }
        Some(())
    }

    fn returning(&mut self, by: &SmolStr, key: &SmolStr, rep: &SmolStr, last: Time, turn: Time) -> Option<()> {
        let crews = self.names.crews;
        let way = crews.policy.returning.as_ref()?.by.iter().position(|name| name.text == *by)?;
        let key = match crews.returning.get(way)? {
            Known::Subject(_) => SeenBy::Text(key.clone()),
            Known::Row(records) => {
                let rows = self.rows.get_mut(way)?.get_or_insert_with(|| rows(crews, *records));
                SeenBy::Row(*rows.get(key)?)
            }
        };
        let rep = self.names.rep(rep)?;
        self.state.seen.get_mut(way)?.insert(key, Seen { rep, last: last.0, turn: turn.0 });
        Some(())
    }

    fn lead(&mut self, record: &Record) -> Option<()> {
        let Record::Lead {
            lead,
            at,
            how,
            choice,
            pools,
            rep,
            queue,
            waits,
            widens,
            told,
            priority,
            closed,
            charged,
            had,
        } = record
        else {
            return None;
        };
        let pools = pools.iter().map(|pool| self.names.pool(pool)).collect::<Option<Vec<_>>>()?;
        let assignee = match rep {
            Some(rep) => Some(self.names.rep(rep)?),
            None => None,
        };
        let queue = match queue {
            Some(queue) => Some(self.names.queue(queue)?),
            None => None,
        };
        let waits = match waits {
            Some(wait) => Some(Wait { pool: self.names.pool(&wait.pool)?, until: wait.until.0, step: wait.step }),
            None => None,
        };
        // A pool that is gone widens to nothing.
        let widens = widens.as_ref().and_then(|widens| {
            let pool = self.names.pool(&widens.pool)?;
            Some(Widening { at: widens.at.0, pool, step: widens.step, since: widens.since.0 })
        });
        let policy = &self.names.crews.policy;
        let charged = charged.iter().filter_map(|(pool, cap)| {
            let pool = self.names.pool(pool)?;
            let at = policy.pools.get(pool.at())?.caps.iter().position(|found| cap.is_of(policy, found))?;
            Some((pool.0, at as u32, cap.period()?))
        });
        let held = Held {
            at: at.0,
            told: told.map(|told| told.0),
            priority: *priority,
            open: assignee.is_some() && !closed,
            charged: charged.collect(),
            had: had.iter().filter_map(|rep| self.names.rep(rep)).collect(),
            assignment: Assignment { choice: *choice, waits, pools, assignee, queue, how: *how, widens },
        };
        self.state.leads.insert(lead.clone(), held);
        if waits.is_some() {
            self.state.line(lead, true);
        }
        Some(())
    }
}

fn rows(crews: &Crews, id: RecordsId) -> Rows {
    let count = crews.policy.records.get(id.at()).map_or(0, |records| records.rows.len() as u32);
    // Of two rows of one name the first counts.
    (0..count).rev().filter_map(|row| Some((row_name(&crews.policy, id, row)?, row))).collect()
}

/// Gives each rota the counts of its pools, and the members theirs; gives what no rota took.
fn take_up_turns(crews: &Crews, state: &mut State, mut counts: Vec<Count>) -> Vec<Record> {
    let policy = &*crews.policy;
    let names = Names::new(crews);
    for (plan, rota) in crews.rotas.iter().zip(&mut state.rotas).filter(|(plan, _)| plan.order == Order::Turns) {
        let of = |at: usize| {
            let pool = policy.pools.get(at).map(|pool| &pool.name);
            let team = at.checked_sub(policy.pools.len()).and_then(|at| policy.teams.get(at)).map(|team| &team.name);
            move |count: &Count| {
                pool.is_some_and(|pool| count.pools.contains(pool))
                    || team.is_some_and(|team| count.teams.contains(team))
            }
        };
        // Those that left stand in counts of their own, behind.
        let kept: Vec<(usize, usize)> = plan
            .crews
            .iter()
            .flat_map(|(at, _)| {
                counts.iter().enumerate().filter(|(_, count)| of(*at)(count)).map(|(count, _)| (*at, count))
            })
            .collect();
        let Some(&(_, first)) = kept.first() else { continue };
        let Some((time, rests)) = counts.get(first).map(|count| (count.time, count.rests.clone())) else { continue };
        rota.resume(time, &rests);
        let mut changed = false;
        for (member, (rep, weight, _)) in (0u32..).zip(&plan.members) {
            let found = kept.iter().find_map(|(at, count)| {
                crews.all.get(*at)?.place_of.get(rep)?;
                let count = counts.get_mut(*count)?;
                let turn = count.members.iter_mut().find(|turn| names.rep(&turn.rep) == Some(*rep))?;
                turn.used = true;
                Some((count.time, turn.clone()))
            });
            changed |= found.as_ref().is_none_or(|(_, turn)| turn.left);
            match found {
                Some((of, turn)) => take_up(rota, member, *weight, time - of, &turn),
                None => {
                    rota.set_absence(member, Absence { since: Some(0), joins: true, ..Absence::default() });
                }
            }
        }
        let mut members = kept.iter().filter_map(|(_, count)| counts.get(*count)).flat_map(|count| &count.members);
        if changed || members.any(|turn| !turn.used && !turn.left) {
            rota.level();
        }
    }
    counts.into_iter().flat_map(strangers).collect()
}

fn take_up(rota: &mut Rota, member: u32, weight: u64, later: i128, turn: &Turn) {
    // Who has another weight keeps what it is owed.
    let owed = match turn.weight == weight {
        true => turn.due,
        false => turn.due * i128::from(turn.weight) / i128::from(weight.max(1)),
    };
    rota.set_key(member, due(owed));
    rota.set_rest(member, if turn.weight == weight { turn.rest } else { 0 });
    let since = turn.absence.since.map(|since| since + later);
    rota.set_absence(member, Absence { since, ..turn.absence });
}

/// Those of a count who are not in it any more: they are away from now on.
fn strangers(count: Count) -> Vec<Record> {
    let time = count.time;
    let mut left: Vec<Record> = count
        .members
        .into_iter()
        .filter(|turn| !turn.used)
        .map(|turn| Record::Turn {
            rep: turn.rep,
            due: super::Exact(turn.due),
            weight: turn.weight,
            rest: turn.rest,
            since: Some(super::Exact(turn.absence.since.unwrap_or(time))),
            joins: turn.absence.joins,
            left: true,
            debt: (turn.absence.debt != 0).then_some(super::Exact(turn.absence.debt)),
            paid: (turn.absence.paid != 0).then_some(turn.absence.paid),
        })
        .collect();
    if !left.is_empty() {
        let (pools, teams, rests) = (count.pools, count.teams, count.rests);
        left.insert(0, Record::Turns { pools, teams, time: super::Exact(time), rests });
    }
    left
}
