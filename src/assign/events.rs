//! What happens to leads after they were given: they are closed, returned, or taken away.

use super::crews::Crews;
use super::state::{Held, State};
use super::{Assignment, How};
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
}
