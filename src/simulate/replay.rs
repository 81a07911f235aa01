//! The replay: leads arrive, are assigned, answered and followed up, one event after the other on a clock of its own.
//!
//! ```text
//!  History --arrivals--+
//!                      +--> the earliest first --> assign, follow up --effects--> new events
//!  Agenda  --events----+                                                              |
//!     ^-------------------------------------------------------------------------------+
//! ```
//!
//! Events are taken by instant, then rank, then the order in which they were entered: an arrival before all others of its
//! instant, an answer before a timer, since an answer in the last moment counts. So a run is the same every time.

use super::agenda::{Agenda, What};
use super::duty::Duty;
use super::events::Occurrence;
use super::history::{History, PastLead};
use super::model::Model;
use super::{Fate, Load, Promised, Run, Turns};
use crate::assign::{Again, Assignment, Crews, How, Presence, Request, State, Widening};
use crate::matcher::Outcome;
use crate::policy::{Clock, Instant, Policy, PoolId, QueueId, RepId};
use crate::sla::happened::What as Happened;
use crate::sla::people::People;
use crate::sla::{Doing, Effect, Event, FollowUp, Given, Holder, Standing};
use crate::syntax::ast::{Stage, Strategy};
use std::collections::BTreeMap;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 1_440 * MINUTE;

/// All that a replay depends on.
pub struct Setting<'a> {
    pub policy: &'a Policy,
    pub history: &'a History,
    /// What the history tells of leads besides, in the order of their instants.
    pub events: &'a [Occurrence],
    pub crews: &'a Crews,
    pub people: &'a People,
    pub duty: &'a Duty<'a>,
    pub model: &'a Model,
    /// How long a lead counts as an open one of its rep, in microseconds.
    pub open_for: i64,
}

/// Where the leads are that have arrived: each in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Census {
    pub arrived: u64,
    pub excluded: u64,
    pub nowhere: u64,
    pub with_rep: u64,
    pub in_queue: u64,
    /// In the line of a pool.
    pub waiting: u64,
}

/// Replays the history. `watch` is told after every event where the leads are.
pub fn replay(setting: &Setting, mut watch: impl FnMut(&Census)) -> Run {
    let mut replay = Replay::new(setting);
    let mut told = setting.events.iter().peekable();
    let mut arrivals = setting.history.leads.iter().zip(0u32..).peekable();
    loop {
        let next = replay.agenda.next_at();
        let arrives = arrivals.peek().map(|(lead, _)| lead.at);
        let happens = told.peek().map(|event| event.at);
        if arrives.is_some_and(|at| [next, happens].into_iter().flatten().all(|other| at <= other)) {
            if let Some((lead, at)) = arrivals.next() {
                replay.arrives(at, lead);
            }
        } else if happens.is_some_and(|at| next.is_none_or(|next| at <= next)) {
            if let Some(event) = told.next() {
                replay.happens(event);
            }
        } else if let Some((at, lead, what)) = replay.agenda.take() {
            replay.due(lead, what, at);
        } else {
            return replay.finish();
        }
        watch(&replay.census);
    }
}

/// A lead that something may still happen to.
struct Open<'a> {
    follow_up: Option<FollowUp<'a>>,
    holder: Holder,
    pool: Option<PoolId>,
    /// How often it changed its holder: what is on the agenda for an earlier one no longer counts.
    turn: u32,
    /// Since when it waits in the line of a pool.
    waits_since: Option<i64>,
    /// The instant of the timer that is on the agenda.
    timer: Option<i64>,
}

struct Replay<'a> {
    setting: &'a Setting<'a>,
    state: State,
    agenda: Agenda,
    open: Vec<Option<Box<Open<'a>>>>,
    fates: Vec<Fate>,
    reps: Vec<Load>,
    /// Leads given in turn, by count of turns, then rep.
    turns: BTreeMap<usize, Vec<u64>>,
    notified: u64,
    census: Census,
    /// The history has events of leads.
    told_of_leads: bool,
    /// Somebody looks at how many open leads a rep has.
    counts_open: bool,
}

impl<'a> Replay<'a> {
    fn new(setting: &'a Setting<'a>) -> Replay<'a> {
        let (policy, leads) = (setting.policy, setting.history.leads.len());
        Replay {
            setting,
            state: State::new(setting.crews),
            agenda: Agenda::default(),
            open: (0..leads).map(|_| None).collect(),
            fates: vec![Fate::default(); leads],
            reps: vec![Load::default(); policy.reps.len()],
            turns: BTreeMap::new(),
            notified: 0,
            census: Census::default(),
            told_of_leads: setting.events.iter().any(Occurrence::is_of_lead),
            counts_open: policy.pools.iter().any(|pool| pool.strategy == Strategy::LeastLoaded),
        }
    }

    fn arrives(&mut self, at: u32, lead: &'a PastLead) {
        self.census.arrived += 1;
        if matches!(lead.kind.found.outcome, Outcome::Excluded(_)) {
            self.census.excluded += 1;
            return;
        }
        match self.assign(at, lead, &[], lead.at, None) {
            Some(given) => self.place(at, lead, &given, lead.at),
            None => self.census.nowhere += 1,
        }
    }

    /// Where the lead goes at an instant: for the first time, or again.
    fn assign(
        &mut self,
        at: u32,
        lead: &PastLead,
        never: &[RepId],
        now: i64,
        why: Option<Again>,
    ) -> Option<Assignment> {
        let mut name = itoa::Buffer::new();
        let request = Request {
            found: &lead.kind.found,
            asked: &lead.asked,
            at: Instant { micros: now, offset: 0 },
            // Two records are two leads, whatever they call themselves.
            lead: Some(name.format(at)),
            never,
        };
        match why {
            None => self.setting.crews.assign(&mut self.state, &request),
            Some(why) => self.setting.crews.reassign(&mut self.state, &request, why),
        }
    }

    /// Gives the lead to who or what took it, and begins what follows from that.
    fn place(&mut self, at: u32, lead: &'a PastLead, given: &Assignment, now: i64) {
        let pool = given.pools.last().copied();
        let holder = match (given.assignee, given.queue, &given.waits) {
            (Some(rep), ..) => Holder::Rep(rep),
            (_, Some(queue), _) => Holder::Queue(queue),
            (_, _, Some(wait)) => Holder::Pool(wait.pool),
            _ => return,
        };
        self.count(given, pool);
        let Some(slot) = self.open.get_mut(at as usize) else { return };
        match slot {
            Some(open) => {
                open.turn += 1;
                open.holder = holder;
                open.pool = pool.or(open.pool);
            }
            None => {
                let (policy, people) = (self.setting.policy, self.setting.people);
                let begin = |sla| FollowUp::start(policy, people, sla, Given { holder, pool }, lead.at, now);
                let follow_up = lead.sla().and_then(begin);
                *slot = Some(Box::new(Open { follow_up, holder, pool, turn: 0, waits_since: None, timer: None }));
            }
        }
        self.holds(at, lead, now);
        if let Some(wait) = &given.waits {
            self.wait(at, wait.pool, wait.until, now);
        }
        self.widens(at, given.widens, now);
        self.set_timer(at);
    }

    fn widens(&mut self, at: u32, widens: Option<Widening>, now: i64) {
        if let Some(widening) = widens {
            let turn = self.turn(at);
            self.agenda.enter(widening.at.max(now), at, What::Widen { turn });
        }
    }

    /// What a new holder of the lead brings: his answer, and an end to the wait.
    fn holds(&mut self, at: u32, lead: &PastLead, now: i64) {
        let Some(open) = self.open.get_mut(at as usize).and_then(Option::as_mut) else { return };
        let Some(fate) = self.fates.get_mut(at as usize) else { return };
        let census = &mut self.census;
        census.with_rep -= u64::from(fate.rep.take().is_some());
        census.in_queue -= u64::from(fate.queue.take().is_some());
        fate.queued = None;
        census.waiting -= u64::from(open.waits_since.is_some());
        let waits = matches!(open.holder, Holder::Pool(_));
        if let Some(since) = open.waits_since.take_if(|_| !waits) {
            fate.waited += now - since;
        }
        *match open.holder {
            Holder::Rep(_) => &mut census.with_rep,
            Holder::Queue(_) => &mut census.in_queue,
            Holder::Pool(_) => &mut census.waiting,
        } += 1;
        let answered = match open.holder {
            Holder::Rep(rep) => {
                fate.rep = Some(rep);
                fate.pool = fate.pool.or(open.pool);
                fate.given.get_or_insert(now);
                let before = fate.turns;
                fate.turns += 1;
                self.setting.model.answered(lead, self.setting.duty, rep, before, now)
            }
            Holder::Queue(queue) => {
                fate.queue = Some(queue);
                fate.queued = Some(now);
                let (policy, people) = (self.setting.policy, self.setting.people);
                self.setting.model.answered_from_queue(lead, policy, people, queue, open.turn, now)
            }
            Holder::Pool(_) => {
                open.waits_since.get_or_insert(now);
                None
            }
        };
        let turn = open.turn;
        if let Some(answered) = answered.filter(|_| fate.answered.is_none()) {
            self.agenda.enter(answered, at, What::Answer { turn });
        }
        if self.counts_open && fate.rep.is_some() {
            let closes = lead.past.closed.map_or_else(|| now.saturating_add(self.setting.open_for), |at| at.max(now));
            self.agenda.enter(closes, at, What::Close { turn });
        }
    }

    fn count(&mut self, given: &Assignment, pool: Option<PoolId>) {
        let Some(rep) = given.assignee else { return };
        if let Some(load) = self.reps.get_mut(rep.at()) {
            load.given += 1;
        }
        let pool = pool.filter(|_| given.how == How::Turn);
        if let Some(count) = pool.and_then(|pool| self.setting.crews.count_of_turns(pool)) {
            let reps = self.setting.policy.reps.len();
            let counts = self.turns.entry(count).or_insert_with(|| vec![0; reps]);
            if let Some(count) = counts.get_mut(rep.at()) {
                *count += 1;
            }
        }
    }

    /// Looks again when somebody of the pool comes to work, and from time to time while somebody is there: a cap may be free then.
    fn wait(&mut self, at: u32, pool: PoolId, until: i64, now: i64) {
        let people = self.setting.people;
        let since =
            self.open.get(at as usize).and_then(Option::as_ref).and_then(|open| open.waits_since).unwrap_or(now);
        let again = now + ((now - since) / 8).max(15 * MINUTE);
        let opens = match people.hours(Holder::Pool(pool)) {
            Some(hours) => people.calendars().next_opening(hours, now + 1).unwrap_or(until),
            None => again,
        };
        let next = if opens <= now + 1 { again } else { opens };
        let turn = self.turn(at);
        self.agenda.enter(next.min(until).max(now), at, What::Wake { turn, pool, until });
    }

    fn turn(&self, at: u32) -> u32 {
        self.open.get(at as usize).and_then(Option::as_ref).map_or(0, |open| open.turn)
    }

    /// Something on the agenda has come.
    fn due(&mut self, at: u32, what: What, now: i64) {
        let Some(lead) = self.setting.history.leads.get(at as usize) else { return };
        let Some(open) = self.open.get_mut(at as usize).and_then(Option::as_mut) else { return };
        let current = |turn: u32| turn == open.turn;
        match what {
            What::Answer { turn } if current(turn) => self.answer(at, lead, now),
            What::Timer => {
                open.timer = None;
                if open.follow_up.as_ref().and_then(FollowUp::next_due).is_some_and(|due| due <= now) {
                    self.step(at, lead, Event::Timer, now);
                }
                self.set_timer(at);
            }
            What::Wake { turn, pool, until } if current(turn) => {
                match self.assign(at, lead, &[], now, Some(Again::Wake)) {
                    Some(given) => self.moved(at, lead, &given, now),
                    None if now < until => self.wait(at, pool, until, now),
                    None => {}
                }
            }
            What::Widen { turn } if current(turn) => {
                let untouched = self.fates.get(at as usize).is_some_and(|fate| fate.answered.is_none());
                let had = open.follow_up.as_ref().map(|follow_up| follow_up.had().to_vec()).unwrap_or_default();
                if untouched {
                    match self.assign(at, lead, &had, now, Some(Again::Widen)) {
                        Some(given) => self.moved(at, lead, &given, now),
                        // Nobody there may have it: what the pool says next.
                        None => {
                            let held = self.state.held(itoa::Buffer::new().format(at));
                            let widens = held.and_then(|held| held.assignment.widens);
                            self.widens(at, widens, now);
                        }
                    }
                }
            }
            What::Close { turn } if current(turn) => {
                self.state.closed(self.setting.crews, itoa::Buffer::new().format(at));
            }
            _ => {}
        }
    }

    /// The lead went on without its follow-up asking for it.
    fn moved(&mut self, at: u32, lead: &'a PastLead, given: &Assignment, now: i64) {
        self.place(at, lead, given, now);
        let Some(open) = self.open.get(at as usize).and_then(Option::as_ref) else { return };
        let event = Event::Assigned(Given { holder: open.holder, pool: open.pool });
        self.step(at, lead, event, now);
        self.set_timer(at);
    }

    fn answer(&mut self, at: u32, lead: &'a PastLead, now: i64) {
        self.note_answer(at, lead, now);
        self.step(at, lead, Event::Responded, now);
        if !self.told_of_leads {
            // Nothing tells of meetings: see the assumptions of a simulation.
            self.step(at, lead, Event::Met, now);
        }
        self.set_timer(at);
    }

    fn note_answer(&mut self, at: u32, lead: &PastLead, now: i64) {
        let setting = self.setting;
        let Some(open) = self.open.get(at as usize).and_then(Option::as_ref) else { return };
        let Some(fate) = self.fates.get_mut(at as usize).filter(|fate| fate.answered.is_none()) else { return };
        fate.answered = Some(now);
        fate.answered_by = match open.holder {
            Holder::Rep(rep) => Some(rep),
            Holder::Queue(_) | Holder::Pool(_) => None,
        };
        let promises = lead.sla().and_then(|sla| setting.policy.slas.get(sla.at())).map(|sla| &sla.promises);
        let clock = promises.into_iter().flatten().find(|promise| promise.stage == Stage::Respond);
        let clock = clock.map(|promise| &promise.clock).filter(|clock| !matches!(clock, Clock::Elapsed));
        fate.on_business_clock = clock.is_some();
        let calendar = match clock {
            Some(clock) => setting.people.calendar(clock, open.holder, open.pool),
            None => setting.people.hours(open.holder),
        };
        fate.business = Some(match (calendar, open.holder) {
            (_, Holder::Rep(rep)) if clock.is_none() => setting.duty.worked(rep, lead.at, now),
            (Some(calendar), _) => setting.people.calendars().business_between(calendar, lead.at, now),
            (None, _) => now - lead.at,
        });
    }

    /// Takes an event to the follow-up, and does what it says is to be done.
    fn step(&mut self, at: u32, lead: &'a PastLead, event: Event, now: i64) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            let Some(open) = self.open.get_mut(at as usize).and_then(Option::as_mut) else { return };
            let Some(follow_up) = &mut open.follow_up else { return };
            for effect in follow_up.step(&event, now) {
                events.extend(self.effect(at, lead, effect, now));
            }
        }
    }

    fn effect(&mut self, at: u32, lead: &'a PastLead, effect: Effect, now: i64) -> Option<Event> {
        let fate = self.fates.get_mut(at as usize)?;
        match effect.doing {
            Doing::Breach { .. } => {
                fate.breaches += 1;
                if let Some(load) = fate.rep.and_then(|rep| self.reps.get_mut(rep.at())) {
                    load.broken += 1;
                }
            }
            Doing::Notify(_) => self.notified += 1,
            Doing::Escalate { .. } => fate.escalated += 1,
            Doing::Reassign { excluding, .. } => {
                return Some(match self.assign(at, lead, &excluding, now, Some(Again::Reassign)) {
                    Some(given) => {
                        self.place(at, lead, &given, now);
                        self.fates.get_mut(at as usize)?.reassigned += 1;
                        let open = self.open.get(at as usize)?.as_ref()?;
                        Event::Assigned(Given { holder: open.holder, pool: open.pool })
                    }
                    None => Event::NobodyLeft,
                });
            }
            Doing::Credit { reason, .. } => {
                fate.returned += 1;
                let instant = Instant { micros: now, offset: 0 };
                self.state.returned(self.setting.crews, itoa::Buffer::new().format(at), &reason, instant);
            }
            Doing::Recall(queue) => {
                fate.recalled += 1;
                self.lies_in(at, lead, queue, now);
            }
            Doing::Recycle { queue, born } => {
                fate.recycled += 1;
                fate.born = Some(born);
                self.lies_in(at, lead, queue, now);
            }
            Doing::Reopen => {}
        }
        None
    }

    fn lies_in(&mut self, at: u32, lead: &PastLead, queue: QueueId, now: i64) {
        self.state.recalled(self.setting.crews, itoa::Buffer::new().format(at), queue);
        if let Some(open) = self.open.get_mut(at as usize).and_then(Option::as_mut) {
            open.turn += 1;
            open.holder = Holder::Queue(queue);
        }
        self.holds(at, lead, now);
    }

    /// The history tells of an event.
    fn happens(&mut self, told: &Occurrence) {
        if let Happened::Signed { rep, online } = told.what {
            let presence = if online { Presence::Online } else { Presence::Offline };
            return self.state.present(self.setting.crews, rep, presence, Instant { micros: told.at, offset: 0 });
        }
        let Some(lead) = self.setting.history.leads.get(told.lead as usize) else { return };
        let event = match &told.what {
            Happened::Accepted => Event::Accepted,
            // The lead's own times say these.
            Happened::Responded | Happened::Closed | Happened::Signed { .. } => return,
            Happened::Met => Event::Met,
            Happened::Status(status) => Event::Status(*status),
            Happened::Returned(reason) => Event::Returned { reason: reason.clone() },
        };
        self.step(told.lead, lead, event, told.at);
        let open = self.open.get(told.lead as usize).and_then(Option::as_ref);
        let standing = open.and_then(|open| open.follow_up.as_ref()?.standing(Stage::Respond));
        if standing.is_some_and(|standing| !matches!(standing, Standing::Open | Standing::Broken { kept: None, .. })) {
            self.note_answer(told.lead, lead, told.at);
        }
        self.set_timer(told.lead);
    }

    /// Puts the follow-up's next instant on the agenda, or notes how it ended where there is none and nothing can come.
    fn set_timer(&mut self, at: u32) {
        let Some(open) = self.open.get_mut(at as usize).and_then(Option::as_mut) else { return };
        let Some(due) = open.follow_up.as_ref().and_then(FollowUp::next_due) else { return };
        if open.timer.is_none_or(|timer| timer > due) {
            open.timer = Some(due);
            self.agenda.enter(due, at, What::Timer);
        }
    }

    fn finish(mut self) -> Run {
        let setting = self.setting;
        for ((lead, open), fate) in setting.history.leads.iter().zip(&self.open).zip(&mut self.fates) {
            fate.converted = setting.model.converted(lead, fate);
            let Some(follow_up) = open.as_ref().and_then(|open| open.follow_up.as_ref()) else { continue };
            let promises = setting.policy.slas.get(follow_up.sla().at()).map(|sla| &sla.promises);
            let standing = promises.into_iter().flatten().map(|promise| match follow_up.standing(promise.stage) {
                Some(Standing::Kept { .. }) => Promised::Kept,
                Some(Standing::Broken { .. }) => Promised::Broken,
                Some(Standing::Open) | None => Promised::Open,
            });
            fate.promises = standing.collect();
        }
        let turns = self.turns.iter().map(|(&count, given)| self.owed(count, given)).collect();
        Run { turns, fates: self.fates, reps: self.reps, notified: self.notified }
    }

    fn owed(&self, count: usize, given: &[u64]) -> Turns {
        let crews = self.setting.crews;
        let pools = (0..self.setting.policy.pools.len() as u32).map(PoolId);
        let members = self.state.owed(crews, count).into_iter().map(|(rep, owed)| {
            let given = given.get(rep.at()).copied().unwrap_or(0);
            (rep, given, given as f64 + owed)
        });
        Turns {
            pools: pools.filter(|pool| crews.count_of_turns(*pool) == Some(count)).collect(),
            given: given.iter().sum(),
            members: members.collect(),
        }
    }
}

/// What a lead counts as an open one for, where nothing else is stated: thirty days.
pub const OPEN_FOR: i64 = 30 * DAY;
