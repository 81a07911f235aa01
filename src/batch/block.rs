//! A block of matched leads, and the turn that it waits for.

use super::Matched;
use crate::assign::{Asked, Assignment, Crews, Request, State};
use crate::decision::Decided;
use crate::lead::{BadValue, Note};
use crate::matcher::Match;
use crate::policy::{Instant, SlaId};
use crate::router::{self, Router};
use crate::sla::Given;
use rustc_hash::FxHashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What a state is to remember of leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remember {
    Nothing,
    /// Each under its id.
    Leads,
    /// And which of them were touched, so that the others may widen.
    Touches,
}

/// Matched leads in the order of the input. It is used again and again, so that its room is made once.
#[derive(Debug, Default)]
pub struct Block {
    leads: Vec<Lead>,
    used: usize,
    dues: Dues,
}

#[derive(Debug, Default)]
struct Lead {
    place: usize,
    id: String,
    has_id: bool,
    line: u64,
    bad_values: Vec<BadValue>,
    notes: Vec<Note>,
    /// What `on bad lead` says, or what the step said.
    assignment: Option<Assignment>,
    bad: bool,
    found: Match,
    asked: Asked,
    at: Option<Instant>,
    due: Option<Instant>,
}

/// When promises fall due that begin at one instant: a batch has few of them.
#[derive(Debug, Default)]
struct Dues {
    at: i64,
    known: FxHashMap<(SlaId, Option<Given>), Option<Instant>>,
}

impl Dues {
    fn due(&mut self, router: &Router, found: &Match, assignment: &Assignment, at: Instant) -> Option<Instant> {
        let sla = found.sla?;
        if self.at != at.micros {
            self.at = at.micros;
            self.known.clear();
        }
        let known = self.known.entry((sla, router::given(assignment)));
        *known.or_insert_with(|| router.due(found, assignment, at))
    }
}

impl Block {
    pub fn clear(&mut self) {
        self.used = 0;
    }

    /// `place` comes back with the lead's decision.
    pub fn push(&mut self, matched: Matched, place: usize) {
        if self.used == self.leads.len() {
            self.leads.push(Lead::default());
        }
        let Some(lead) = self.leads.get_mut(self.used) else { return };
        self.used += 1;
        lead.place = place;
        lead.id.clear();
        lead.id.push_str(matched.id.unwrap_or(""));
        lead.has_id = matched.id.is_some();
        lead.line = matched.line;
        lead.bad_values.clear();
        lead.bad_values.extend_from_slice(matched.bad_values);
        lead.notes.clear();
        lead.notes.extend_from_slice(matched.notes);
        lead.bad = matched.bad.is_some();
        lead.assignment = matched.bad.map(Assignment::to_queue);
        lead.found.take_over(matched.found);
        lead.asked = matched.asked;
        lead.due = None;
        lead.at = matched.bad.is_none().then_some(matched.at);
    }

    /// Assigns the leads, the first first.
    pub fn assign(&mut self, crews: &Crews, state: &mut State, remember: Remember) {
        for lead in self.leads.iter_mut().take(self.used) {
            let Some(at) = lead.at else { continue };
            let name = Some(lead.id.as_str()).filter(|_| remember != Remember::Nothing && lead.has_id);
            let request = Request { found: &lead.found, asked: &lead.asked, at, lead: name, never: &[] };
            let untouched = (remember == Remember::Touches).then(|| crews.untouched(state, &request)).flatten();
            lead.assignment = untouched.or_else(|| {
                // Who gave it back does not get it again.
                let never = name.map_or_else(Vec::new, |name| state.given_back(name).to_vec());
                crews.assign(state, &Request { never: &never, ..request })
            });
        }
    }

    /// Says when the first promise to each lead falls due.
    pub fn promise(&mut self, router: &Router) {
        let Block { leads, used, dues } = self;
        for lead in leads.iter_mut().take(*used) {
            let made = lead.assignment.as_ref().zip(lead.at);
            lead.due = made.and_then(|(assignment, at)| dues.due(router, &lead.found, assignment, at));
        }
    }

    /// When the first promise falls due to a lead that is not in the block.
    pub fn due(&mut self, router: &Router, matched: &Matched, assignment: &Assignment) -> Option<Instant> {
        matched.bad.is_none().then(|| self.dues.due(router, matched.found, assignment, matched.at)).flatten()
    }

    /// The places and decisions of the leads.
    pub fn decided(&self) -> impl Iterator<Item = (usize, Decided<'_>)> {
        self.leads.iter().take(self.used).map(|lead| {
            let decided = Decided {
                id: Some(lead.id.as_str()).filter(|_| lead.has_id),
                line: lead.line,
                bad_values: &lead.bad_values,
                notes: &lead.notes,
                bad: lead.bad,
                found: &lead.found,
                assignment: lead.assignment.as_ref(),
                due: lead.due,
            };
            (lead.place, decided)
        })
    }
}

/// Lets blocks change the state one after the other, in the order of their places in the input.
#[derive(Debug)]
pub struct Turns {
    at_work: Mutex<AtWork>,
    moved: Condvar,
}

#[derive(Debug)]
struct AtWork {
    /// The place whose turn it is.
    next: u64,
    /// Nobody waits any more: a turn will never be taken.
    abandoned: bool,
    state: State,
}

impl Turns {
    pub fn new(state: State) -> Turns {
        Turns { at_work: Mutex::new(AtWork { next: 0, abandoned: false, state }), moved: Condvar::new() }
    }

    /// Waits until all places before have had their turn, and takes this one's; not where turns were abandoned meanwhile.
    pub fn take(&self, place: u64, turn: impl FnOnce(&mut State)) {
        let mut at_work = self.lock();
        while at_work.next != place && !at_work.abandoned {
            at_work = self.moved.wait(at_work).unwrap_or_else(PoisonError::into_inner);
        }
        if at_work.abandoned {
            return;
        }
        turn(&mut at_work.state);
        at_work.next += 1;
        drop(at_work);
        self.moved.notify_all();
    }

    /// Lets everybody go who waits for a turn: one who fails before his own would be waited for without end.
    pub fn abandon(&self) {
        self.lock().abandoned = true;
        self.moved.notify_all();
    }

    /// The state after all blocks.
    pub fn end(self) -> State {
        self.at_work.into_inner().unwrap_or_else(PoisonError::into_inner).state
    }

    fn lock(&self) -> MutexGuard<'_, AtWork> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
