//! What happens to leads after they were given: they are closed, returned, or taken away.

use super::crews::Crews;
use super::state::{Held, State};
use super::{Again, Assignment, How, Request};
use crate::policy::{Instant, QueueId, RepId, Target};

impl Held {
    /// It has a rep or a queue, so that it keeps what it has when it comes again.
    pub(super) fn settled(&self) -> bool {
        self.assignment.waits.is_none() && (self.assignment.assignee.is_some() || self.assignment.queue.is_some())
    }
}

impl Held {
    /// The assignment of a lead that comes again, when its rule may have changed: the place of what took it in the rule's targets.
    pub(super) fn again(&self, targets: &[Target]) -> Assignment {
        let mut assignment = self.assignment.clone();
        let taken = match (assignment.pools.first(), assignment.queue) {
            (Some(pool), _) => targets.iter().position(|target| *target == Target::Pool(*pool)),
            (None, Some(queue)) => targets.iter().position(|target| *target == Target::Queue(queue)),
            (None, None) => targets.get(assignment.choice).map(|_| assignment.choice),
        };
        assignment.choice = taken.unwrap_or(usize::MAX);
        assignment
    }
}

impl State {
    /// A lead is done with, won or lost: it is no open lead of its rep any more. False where the lead is not known, or closed.
    pub fn closed(&mut self, crews: &Crews, lead: &str) -> bool {
        let Some(held) = self.leads.get_mut(lead) else { return false };
        let Some(rep) = held.assignment.assignee.filter(|_| held.open) else { return false };
        held.open = false;
        self.load(crews, rep, -1);
        true
    }

    /// A rep gives a lead back for a reason. It is credited to the periods of the caps that it was charged to and that list the
    /// reason, and it has nobody then: assigning it again is a new turn, for which its rep is [`Held::had`]. Gives the rep.
    pub fn returned(&mut self, crews: &Crews, lead: &str, reason: &str, at: Instant) -> Option<RepId> {
        self.enter(crews, at.micros);
        let held = self.leads.get_mut(lead)?;
        let rep = held.assignment.assignee.take()?;
        held.had.push(rep);
        let was_open = std::mem::take(&mut held.open);
        let charged = std::mem::take(&mut held.charged);
        for (crew, cap, period) in charged {
            let Some(found) = crews.all.get(crew as usize) else { continue };
            let reasons = found.caps.get(cap as usize).map_or(&[][..], |cap| &cap.credited_back_on);
            let place = found.place_of.get(&rep).filter(|_| reasons.iter().any(|listed| listed == reason));
            let counter = place.and_then(|&place| {
                self.caps.get_mut(crew as usize)?.get_mut(place as usize * found.caps.len() + cap as usize)
            });
            if let Some(counter) = counter {
                counter.add(period, -1);
            }
        }
        if was_open {
            self.load(crews, rep, -1);
        }
        self.refresh(crews, rep);
        Some(rep)
    }

    /// A lead is taken from its rep, or out of the line that it waits in, into a queue; nothing is credited. Gives the rep.
    pub fn recalled(&mut self, crews: &Crews, lead: &str, queue: QueueId) -> Option<RepId> {
        self.line(lead, false);
        let held = self.leads.get_mut(lead)?;
        let rep = held.assignment.assignee.take();
        held.had.extend(rep);
        let was_open = std::mem::take(&mut held.open);
        held.assignment =
            Assignment { queue: Some(queue), how: How::Queued, waits: None, widens: None, ..held.assignment.clone() };
        if let Some(rep) = rep.filter(|_| was_open) {
            self.load(crews, rep, -1);
        }
        rep
    }

    /// Somebody did something about a lead: its pool widens no more. False where the lead is not known.
    pub fn touched(&mut self, lead: &str) -> bool {
        let held = self.leads.get_mut(lead);
        held.map(|held| held.assignment.widens = None).is_some()
    }

    /// Notes that an event was told of a lead. False where the lead is not known, or was told of this or a later one before.
    pub fn tell(&mut self, lead: &str, at: Instant) -> bool {
        let new = self.leads.get_mut(lead).filter(|held| held.told.is_none_or(|told| told < at.micros));
        new.map(|held| held.told = Some(at.micros)).is_some()
    }

    /// Who had a lead that was given back and that nobody has now.
    pub fn given_back(&self, lead: &str) -> &[RepId] {
        self.leads.get(lead).filter(|held| !held.settled()).map_or(&[], |held| &held.had)
    }

    /// Forgets the leads that were assigned before an instant and do not wait, and who is known to have had one last before it.
    /// What was open is so no more; counts of turns and caps stay.
    pub fn forget(&mut self, crews: &Crews, before: i64) {
        let old = |held: &Held| held.at < before && held.assignment.waits.is_none();
        let open: Vec<RepId> = self
            .leads
            .values()
            .filter(|held| old(held) && held.open)
            .filter_map(|held| held.assignment.assignee)
            .collect();
        open.into_iter().for_each(|rep| self.load(crews, rep, -1));
        self.leads.retain(|_, held| !old(held));
        self.seen.iter_mut().for_each(|seen| seen.retain(|_, seen| seen.last >= before));
    }

    /// The instant of the latest step, in microseconds.
    pub fn latest(&self) -> i64 {
        self.latest
    }
}

impl Crews {
    /// A lead that was assigned comes again and is known not to have been touched: where its time has come it goes to what its pool
    /// widens to, else it keeps what it has. None where it was not assigned before, or has nobody.
    pub fn untouched(&self, state: &mut State, request: &Request) -> Option<Assignment> {
        let lead = request.lead?;
        let had = state.leads.get(lead).filter(|held| held.settled())?.had.clone();
        let due = |state: &State| {
            let held = state.leads.get(lead)?;
            held.assignment.widens.filter(|widening| widening.at <= request.at.micros)
        };
        // A step that finds nobody leaves the one behind it.
        while due(state).is_some() {
            let given = self.reassign(state, &Request { never: &had, ..*request }, Again::Widen);
            if given.is_some() {
                return given;
            }
        }
        Some(state.leads.get(lead)?.again(&request.found.targets))
    }
}
