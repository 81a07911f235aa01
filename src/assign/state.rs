//! What assignment remembers from lead to lead.

use super::Assignment;
use super::clock::Window;
use super::crews::{Crews, Order, Plan, Seat, Start};
use super::kept::Record;
use super::rota::{Key, Kinds, ONE, Rota};
use super::why_not::WhyNot;
use crate::policy::{Instant, RepId};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What assignment remembers: turns, loads, caps, who has which lead, and who is there. It belongs to one [`Crews`].
#[derive(Debug, Clone)]
pub struct State {
    /// Where all that is watched stays as it is.
    steady: Window,
    pub(super) windows: Vec<Window>,
    pub(super) rotas: Vec<Rota>,
    pub(super) reps: Vec<RepState>,
    /// By crew: the counts of its caps, by place of the member, then cap.
    pub(super) caps: Vec<Vec<Counter>>,
    /// In the order in which they were assigned first.
    pub(super) leads: IndexMap<SmolStr, Held, FxBuildHasher>,
    /// Who had a lead last that is known by a key, for each way that leads are known by.
    pub(super) seen: Vec<FxHashMap<SeenBy, Seen>>,
    /// Who had a lead of an account last, by its row.
    pub(super) accounts: FxHashMap<u32, RepId>,
    /// Leads given so far.
    pub(super) given: u64,
    /// The latest instant of any step, in microseconds.
    pub(super) latest: i64,
    /// Leads that wait for somebody of a pool, those that go first first.
    pub(super) waiting: BTreeSet<Line>,
    /// What was kept of people and pools that this policy does not have.
    pub(super) strangers: Vec<Record>,
}

/// The place of a lead that waits: the more urgent before, then the older.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub priority: i64,
    pub at: i64,
    pub lead: SmolStr,
}

/// What a returning lead is known by: a text, or a row of records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SeenBy {
    Text(SmolStr),
    Row(u32),
}

/// Who had a lead of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub rep: RepId,
    /// When the last of them came.
    pub last: i64,
    /// When the one came that took a turn.
    pub turn: i64,
}

/// Whether a rep is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Presence {
    /// Signed in, or nobody said otherwise.
    #[default]
    Online,
    /// Signed out; matters where a pool asks for reps who are online.
    Offline,
    /// Away until an instant in microseconds, or until it is said to be back.
    Away(Option<i64>),
}

#[derive(Debug, Clone, Default)]
pub(super) struct RepState {
    /// Leads that it has and that are neither closed nor taken away.
    pub open: i64,
    /// The number of the lead that it was given last.
    pub last: u64,
    pub presence: Presence,
    /// The instant of the last event that told of its presence.
    pub told: Option<i64>,
    /// By its own caps.
    pub caps: Vec<Counter>,
}

/// Leads counted by period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counter {
    /// The period asked about last, with its count; the others are kept.
    period: i64,
    count: i64,
    others: BTreeMap<i64, i64>,
}

impl Counter {
    pub fn count(&self, period: i64) -> i64 {
        if self.period == period { self.count } else { self.others.get(&period).copied().unwrap_or(0) }
    }

    /// The periods with leads, the earliest first, and their counts.
    pub fn all(&self) -> BTreeMap<i64, i64> {
        let current = (self.period, self.count);
        let others = self.others.iter().map(|(period, count)| (*period, *count));
        others.chain([current]).filter(|(_, count)| *count != 0).collect()
    }

    pub fn add(&mut self, period: i64, leads: i64) -> i64 {
        if self.period != period {
            if self.count != 0 {
                self.others.insert(self.period, self.count);
            }
            self.count = self.others.remove(&period).unwrap_or(0);
            self.period = period;
        }
        self.count = (self.count + leads).max(0);
        self.count
    }
}

/// A lead that was assigned.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    pub assignment: Assignment,
    /// When it was assigned first, in microseconds.
    pub at: i64,
    /// The instant of the last event that was told of it, in microseconds.
    pub told: Option<i64>,
    /// As its rule says.
    pub priority: Option<i64>,
    /// It counts as one of its rep's open leads.
    pub open: bool,
    /// The caps that it was charged to and that may be credited: crew, cap, and period.
    pub charged: Vec<(u32, u32, i64)>,
    /// Who had it before, the first first.
    pub had: Vec<RepId>,
}

impl State {
    /// Nothing happened yet.
    pub fn new(crews: &Crews) -> State {
        let rotas = crews.rotas.iter().map(|plan| {
            let mut rota = Rota::new(plan.members.iter().map(|(_, weight, profile)| (*weight, *profile)), plan.kinds);
            if plan.order == Order::Places {
                for member in 0..plan.members.len() as u32 {
                    rota.set_key(member, Key { first: i128::from(member), second: 0 });
                }
            }
            rota
        });
        let reps = crews
            .people
            .iter()
            .map(|person| RepState { caps: vec![Counter::default(); person.caps.len()], ..RepState::default() });
        let caps = crews.all.iter().map(|crew| vec![Counter::default(); crew.caps.len() * crew.members.len()]);
        State {
            steady: Window::NEVER,
            windows: vec![Window::NEVER; crews.watched.len()],
            rotas: rotas.collect(),
            reps: reps.collect(),
            caps: caps.collect(),
            leads: IndexMap::default(),
            seen: vec![FxHashMap::default(); crews.returning.len()],
            accounts: FxHashMap::default(),
            given: 0,
            latest: i64::MIN,
            waiting: BTreeSet::new(),
            strangers: Vec::new(),
        }
    }

    /// Brings the clock to an instant: whoever's day, duty or caps changed is looked at again.
    pub(super) fn enter(&mut self, crews: &Crews, at: i64) {
        self.latest = self.latest.max(at);
        if self.steady.holds(at) {
            return;
        }
        let mut changed: Vec<RepId> = Vec::new();
        let mut steady = Window { from: i64::MIN, until: i64::MAX, value: 0 };
        for ((window, watched), reps) in self.windows.iter_mut().zip(&crews.watched).zip(&crews.watching) {
            if !window.holds(at) {
                let before = window.value;
                *window = watched.at(&crews.calendars, at);
                if window.value != before {
                    changed.extend(reps);
                }
            }
            steady.from = steady.from.max(window.from);
            steady.until = steady.until.min(window.until);
        }
        for (id, rep) in (0u32..).map(RepId).zip(&mut self.reps) {
            if let Presence::Away(Some(until)) = rep.presence {
                if until <= at {
                    rep.presence = Presence::Online;
                    changed.push(id);
                } else {
                    steady.until = steady.until.min(until);
                }
            }
        }
        self.steady = steady;
        changed.sort_unstable();
        changed.dedup();
        // What one makes up, all others owe: they are to be there first.
        changed.iter().for_each(|rep| self.allow(crews, *rep));
        changed.iter().for_each(|rep| self.make_up(crews, *rep));
    }

    /// Says whether a rep is there.
    pub fn present(&mut self, crews: &Crews, rep: RepId, presence: Presence, at: Instant) {
        self.enter(crews, at.micros);
        if let Some(found) = self.reps.get_mut(rep.at()) {
            found.presence = presence;
            // The end of an absence is something to watch for.
            self.steady = Window::NEVER;
        }
        self.refresh(crews, rep);
    }

    /// As [`State::present`], where an event tells of it.
    pub fn signed(&mut self, crews: &Crews, rep: RepId, presence: Presence, at: Instant) {
        self.present(crews, rep, presence, at);
        if let Some(found) = self.reps.get_mut(rep.at()) {
            found.told = Some(at.micros);
        }
    }

    /// The instant, in microseconds, of the last event that told of a rep's presence.
    pub fn told_of(&self, rep: RepId) -> Option<i64> {
        self.reps.get(rep.at())?.told
    }

    /// Looks again at which leads a rep may have, and what it missed.
    pub(super) fn refresh(&mut self, crews: &Crews, rep: RepId) {
        self.allow(crews, rep);
        self.make_up(crews, rep);
    }

    fn allow(&mut self, crews: &Crews, rep: RepId) {
        let Some(person) = crews.people.get(rep.at()) else { return };
        for &(rota, member) in &person.seats {
            let Some(plan) = crews.rotas.get(rota) else { continue };
            let mut kinds: Kinds = 0;
            for &(at, first) in &plan.crews {
                let Some(crew) = crews.all.get(at) else { continue };
                if !crew.place_of.contains_key(&rep) || self.why_not(crews, at, rep).is_some() {
                    continue;
                }
                for kind in 0..crew.kinds() {
                    if self.reached(crews, at, rep, kind).is_none() {
                        kinds |= 1 << (first + kind);
                    }
                }
            }
            if let Some(rota) = self.rotas.get_mut(rota) {
                rota.allow(member, kinds);
            }
        }
    }

    fn make_up(&mut self, crews: &Crews, rep: RepId) {
        let Some(person) = crews.people.get(rep.at()) else { return };
        for &(rota, member) in &person.seats {
            if let Some(plan) = crews.rotas.get(rota).filter(|plan| plan.order == Order::Turns) {
                self.make_up_in(crews, plan, (rota, member), rep);
            }
        }
    }

    /// Sees whether a member left, joined or is back, and lets it catch up what its pool says.
    fn make_up_in(&mut self, crews: &Crews, plan: &Plan, (rota, member): (usize, u32), rep: RepId) {
        let gone = self.gone(crews, rep);
        let mut of = plan.crews.iter().filter_map(|(at, _)| crews.all.get(*at));
        let (Some(crew), Some(found)) = (of.find(|crew| crew.place_of.contains_key(&rep)), self.rotas.get(rota)) else {
            return;
        };
        let before = found.absence(member);
        let mut absence = before;
        let mut granted = 0;
        let start = if absence.joins { crew.joiners } else { crew.returners };
        match (gone, absence.since) {
            (Some(why), None) => {
                absence.since = Some(found.time());
                absence.joins = matches!(why, WhyNot::NotYet(_));
            }
            // Nothing was missed yet, so that it may have joined and left again in between: only what holds now counts.
            (Some(why), Some(since)) if since == found.time() => absence.joins = matches!(why, WhyNot::NotYet(_)),
            (None, Some(_)) => {
                match start {
                    Start::Level => {}
                    Start::MadeWhole => granted = found.missed(member),
                    Start::CatchUp(..) => absence.debt += found.missed(member),
                }
                (absence.since, absence.joins) = (None, false);
            }
            _ => {}
        }
        let by = [crew.joiners, crew.returners].into_iter().find_map(|start| match start {
            Start::CatchUp(by, watched) => Some((i128::from(by) * ONE, self.period(watched))),
            _ => None,
        });
        if let Some((by, period)) =
            by.filter(|(_, period)| gone.is_none() && absence.debt > 0 && absence.paid != *period)
        {
            let part = absence.debt.min(by);
            (absence.debt, absence.paid) = (absence.debt - part, period);
            granted += part;
        }
        if let Some(rota) = self.rotas.get_mut(rota).filter(|_| absence != before) {
            rota.set_absence(member, absence);
            if granted != 0 {
                rota.grant(member, granted);
            }
        }
    }

    /// Whether a crew's rep may have a lead of a kind now, as the rota knows it.
    pub(super) fn may_have(&self, crews: &Crews, crew: usize, rep: RepId, kind: usize) -> bool {
        let Some(Seat { rota, first }) = crews.all.get(crew).map(|crew| crew.order) else { return false };
        let member = crews.member(rota, rep);
        let kinds = member.and_then(|member| Some(self.rotas.get(rota)?.allowed(member)));
        kinds.is_some_and(|kinds| kinds >> (first + kind) & 1 == 1)
    }

    /// Why a rep may take no lead at all at the moment, whoever asks.
    pub(super) fn gone(&self, crews: &Crews, id: RepId) -> Option<WhyNot> {
        let (rep, person) = (crews.policy.reps.get(id.at())?, crews.people.get(id.at())?);
        if !rep.active {
            return Some(WhyNot::Inactive);
        }
        let today = self.windows.get(person.day as usize).map_or(0, |window| window.value);
        let today = crate::policy::meaning::date_of_days(today)?;
        if let Some(since) = rep.since.filter(|&since| today < since) {
            return Some(WhyNot::NotYet(since));
        }
        let away =
            rep.away.iter().find(|(from, to)| from.is_none_or(|from| from <= today) && to.is_none_or(|to| today <= to));
        if let Some((_, to)) = away {
            return Some(WhyNot::Away(*to));
        }
        let away = self.reps.get(id.at()).is_some_and(|state| matches!(state.presence, Presence::Away(_)));
        away.then_some(WhyNot::Away(None))
    }

    /// Why a rep may take no lead of a crew, whatever the lead.
    pub(super) fn why_not(&self, crews: &Crews, crew: usize, id: RepId) -> Option<WhyNot> {
        if let Some(gone) = self.gone(crews, id) {
            return Some(gone);
        }
        let (crew, person) = (crews.all.get(crew)?, crews.people.get(id.at())?);
        let closed = |duty: u32| self.windows.get(duty as usize).is_none_or(|window| window.value != 1);
        if crew.on_duty && person.duty.is_some_and(closed) {
            return Some(WhyNot::OffDuty);
        }
        let offline = self.reps.get(id.at()).is_some_and(|state| state.presence == Presence::Offline);
        (crew.online && offline).then_some(WhyNot::Offline)
    }

    /// The cap that keeps a rep from a crew's leads of a kind.
    pub(super) fn reached(&self, crews: &Crews, at: usize, id: RepId, kind: usize) -> Option<WhyNot> {
        let crew = crews.all.get(at)?;
        if crew.under_cap
            && let Some(reached) = self.own_cap_reached(crews, id)
        {
            return Some(reached);
        }
        let place = *crew.place_of.get(&id)? as usize;
        let counters = self.caps.get(at)?;
        crew.counts.get(kind)?.iter().find_map(|&cap| {
            let found = crew.caps.get(cap as usize)?;
            let period = self.period(*found.watched.get(place)?);
            let count = counters.get(place * crew.caps.len() + cap as usize)?.count(period);
            (count >= found.count).then_some(WhyNot::PoolCap { crew: at, cap: cap as usize, count })
        })
    }

    pub(super) fn own_cap_reached(&self, crews: &Crews, id: RepId) -> Option<WhyNot> {
        let (person, state) = (crews.people.get(id.at())?, self.reps.get(id.at())?);
        person.caps.iter().zip(&state.caps).enumerate().find_map(|(cap, (&(most, watched), counter))| {
            let count = counter.count(self.period(watched));
            (count >= most).then_some(WhyNot::OwnCap { rep: id, cap, count })
        })
    }

    /// The period of a cap that runs.
    pub(super) fn period(&self, watched: u32) -> i64 {
        self.windows.get(watched as usize).map_or(0, |window| window.value)
    }

    /// Open leads of a rep.
    pub fn open_leads(&self, rep: RepId) -> i64 {
        self.reps.get(rep.at()).map_or(0, |state| state.open)
    }

    /// Adds to a rep's open leads, and puts it in its new place where loads decide.
    pub(super) fn load(&mut self, crews: &Crews, rep: RepId, leads: i64) {
        let (Some(state), Some(person)) = (self.reps.get_mut(rep.at()), crews.people.get(rep.at())) else { return };
        state.open = (state.open + leads).max(0);
        let key = Key { first: i128::from(state.open), second: state.last };
        for &(rota, member) in &person.seats {
            if crews.rotas.get(rota).is_some_and(|plan| plan.order == Order::Loads)
                && let Some(rota) = self.rotas.get_mut(rota)
            {
                rota.set_key(member, key);
            }
        }
    }

    /// The leads that wait for a pool, in the order in which they are to be tried: the more urgent before, then the older.
    /// [`Crews::reassign`] tries one; newer work never overtakes older where a driver tries them before it assigns a new lead.
    pub fn waiting(&self) -> impl Iterator<Item = &str> {
        self.waiting.iter().map(|line| line.lead.as_str())
    }

    /// When a waiting lead is to be tried next, in microseconds, if nothing happens before: a wait ends, or somebody's day, duty
    /// or cap may have changed. None where nothing waits.
    pub fn wakes_at(&self) -> Option<i64> {
        let ends = self.waiting.iter().filter_map(|line| self.leads.get(&line.lead)?.assignment.waits);
        let end = ends.map(|wait| wait.until).min()?;
        Some(end.min(self.steady.until))
    }

    /// Puts a lead into the line that it waits in, or takes it out.
    pub(super) fn line(&mut self, lead: &str, waits: bool) {
        let Some(held) = self.leads.get(lead) else { return };
        let line = Line { priority: held.priority.unwrap_or(i64::MAX), at: held.at, lead: lead.into() };
        if waits {
            self.waiting.insert(line)
        } else {
            self.waiting.remove(&line)
        };
    }

    /// Who has a lead and who had it, where it is remembered.
    pub fn held(&self, lead: &str) -> Option<&Held> {
        self.leads.get(lead)
    }
}
