//! One step: a lead's targets are tried in order until a rep, a queue or a line takes it.

use super::clock::later;
use super::crews::{Crew, Crews, Known, Order, Prefer, Profile, Seat, owner_text};
use super::rota::{Candidate, Rota};
use super::state::{Held, Seen, SeenBy, State};
use super::why_not::WhyNot;
use super::{Again, Assignment, How, Request, Tried, Wait, Widening};
use crate::matcher::RecordMatch;
use crate::policy::{ColumnId, Fallback, PoolId, QueueId, RecordsId, RepId, Target, Value};
use crate::syntax::ast::{ReturningKind, Strategy};

impl Crews {
    /// Takes the first target that can take the lead, and remembers it. A lead that is known keeps what it has.
    /// None where no target can, which a checked policy allows only after owners and reps.
    pub fn assign(&self, state: &mut State, request: &Request) -> Option<Assignment> {
        self.step(state, request, None)
    }

    /// As [`Crews::assign`], and tells of each candidate and target what was found.
    pub fn assign_traced(
        &self,
        state: &mut State,
        request: &Request,
        trace: &mut dyn FnMut(Tried),
    ) -> Option<Assignment> {
        self.step(state, request, Some(trace))
    }

    fn step<'s>(
        &'s self,
        state: &'s mut State,
        request: &'s Request<'s>,
        trace: Option<&'s mut dyn FnMut(Tried)>,
    ) -> Option<Assignment> {
        if let Some(lead) = request.lead
            && let Some(held) = state.leads.get(lead).filter(|held| held.settled())
        {
            if let Some(trace) = trace {
                let what = format!("lead `{lead}` is known, and keeps what it has");
                trace(Tried { what, why_not: None });
            }
            return Some(held.again(&request.found.targets));
        }
        state.enter(self, request.at.micros);
        let mut step = Step { crews: self, state, request, returning: None, pools: Vec::new(), trace };
        step.returning = step.returning_to();
        let targets = &request.found.targets;
        let (choice, place) =
            targets.iter().enumerate().find_map(|(choice, target)| Some((choice, step.target(target)?)))?;
        Some(step.settle(choice, place, Vec::new(), None))
    }

    /// Assigns a lead that is known again. None where nobody else has it then: nobody may, or it goes on waiting. What it
    /// widens to after that is in the state.
    pub fn reassign(&self, state: &mut State, request: &Request, why: Again) -> Option<Assignment> {
        state.enter(self, request.at.micros);
        let held = state.leads.get(request.lead?)?.clone();
        let before = held.assignment;
        let pool = before.pools.last().copied();
        let never: Vec<RepId> = request.never.iter().copied().chain(before.assignee).collect();
        let request = Request { never: &never, ..*request };
        let mut step = Step { crews: self, state, request: &request, returning: None, pools: Vec::new(), trace: None };
        let mut widened = None;
        let place = match why {
            Again::Reassign => {
                step.pools.push(pool?);
                step.crew(self.crew_of_pool(pool?))?
            }
            Again::Widen => {
                let widening = before.widens?;
                widened = self.widening(widening.pool, widening.since, before.widens);
                let said = self.policy.pools.get(widening.pool.at()).and_then(|pool| pool.after.get(widening.step));
                let place = match said.map(|(_, _, then)| then) {
                    Some(Fallback::Pool(next)) => {
                        step.pools.push(*next);
                        step.crew(self.crew_of_pool(*next))
                    }
                    Some(Fallback::Queue(queue)) => Some(Place::Queue(*queue)),
                    Some(Fallback::WaitAtMost(_) | Fallback::WaitUntilOpening) | None => None,
                };
                match place {
                    Some(place) => place,
                    None => {
                        let held = step.state.leads.get_mut(request.lead?)?;
                        held.assignment.widens = widened;
                        return None;
                    }
                }
            }
            Again::Wake => {
                let wait = before.waits?;
                step.pools.clone_from(&before.pools);
                match step.crew(self.crew_of_pool(wait.pool)) {
                    Some(place) => place,
                    None if request.at.micros < wait.until => return None,
                    None => step.overflow(wait.pool, wait.step + 1)?,
                }
            }
        };
        let mut had = held.had;
        if let Some(rep) = before.assignee {
            had.push(rep);
            if held.open {
                step.state.load(self, rep, -1);
            }
        }
        Some(step.settle(before.choice, place, had, widened))
    }

    /// Which `after` of a pool that gave a lead at an instant counts first, or behind one that has had its time.
    fn widening(&self, pool: PoolId, since: i64, behind: Option<Widening>) -> Option<Widening> {
        let steps = &self.policy.pools.get(pool.at())?.after;
        let due = steps.iter().enumerate().map(|(step, (_, wait, _))| (later(since, wait, self.policy.zone), step));
        let next = due.filter(|due| behind.is_none_or(|behind| *due > (behind.at, behind.step))).min();
        next.map(|(at, step)| Widening { at, pool, step, since })
    }

    /// The member that a rep is in a rota.
    pub(super) fn member(&self, rota: usize, rep: RepId) -> Option<u32> {
        let seats = &self.people.get(rep.at())?.seats;
        seats.iter().find(|(at, _)| *at == rota).map(|(_, member)| *member)
    }
}

/// Where a lead goes.
enum Place {
    /// To a rep; of a crew, with the kind of the lead there.
    Rep(RepId, How, Option<(usize, usize)>),
    Queue(QueueId),
    Wait(Wait),
}

/// A returning lead's rep, and whether the lead joins another that came just now.
#[derive(Clone, Copy)]
struct Returning {
    rep: RepId,
    joins: bool,
}

struct Step<'s> {
    crews: &'s Crews,
    state: &'s mut State,
    request: &'s Request<'s>,
    returning: Option<Returning>,
    pools: Vec<PoolId>,
    trace: Option<&'s mut dyn FnMut(Tried)>,
}

impl Step<'_> {
    fn tell(&mut self, what: impl FnOnce() -> String, why_not: Option<String>) {
        if let Some(trace) = &mut self.trace {
            trace(Tried { what: what(), why_not });
        }
    }

    fn target(&mut self, target: &Target) -> Option<Place> {
        match target {
            Target::Queue(queue) => Some(self.queue(*queue)),
            Target::Pool(pool) => self.pool(*pool),
            Target::Team(team) => self.crew(self.crews.crew_of_team(*team)),
            Target::Rep(rep) => self.named(*rep, false),
            Target::Owner { records, column, under_cap } => {
                let owner = self.owner(*records, *column)?;
                self.named(owner, *under_cap)
            }
            Target::TeamOfOwner { records, column } => {
                let owner = self.owner(*records, *column)?;
                (0..self.crews.policy.teams.len() as u32).map(crate::policy::TeamId).find_map(|team| {
                    let crew = self.crews.crew_of_team(team);
                    let is_in = self.crews.all.get(crew).is_some_and(|crew| crew.place_of.contains_key(&owner));
                    if is_in { self.crew(crew) } else { None }
                })
            }
            Target::ManagerOfOwner { records, column } => {
                let owner = self.owner(*records, *column)?;
                let teams = self.crews.policy.teams.iter().filter(|team| team.members.contains(&owner));
                let managers: Vec<RepId> = teams.filter_map(|team| team.manager).collect();
                managers.into_iter().find_map(|manager| self.named(manager, false))
            }
            // The match puts what the row gives in its place.
            Target::Table { .. } => None,
        }
    }

    fn queue(&mut self, queue: QueueId) -> Place {
        let crews = self.crews;
        self.tell(|| format!("queue `{}`", crews.policy.queues.get(queue.at()).map_or("", |queue| &queue.name)), None);
        Place::Queue(queue)
    }

    /// Somebody of the pool, else what it names for when nobody may.
    fn pool(&mut self, id: PoolId) -> Option<Place> {
        if self.pools.contains(&id) {
            return None;
        }
        self.pools.push(id);
        if let Some(place) = self.crew(self.crews.crew_of_pool(id)) {
            return Some(place);
        }
        let crews = self.crews;
        let words = || format!("pool `{}`", crews.policy.pools.get(id.at()).map_or("", |pool| &pool.name));
        self.tell(words, Some("nobody may be picked".to_owned()));
        self.overflow(id, 0)
    }

    /// What a pool names for when nobody may, from a step on.
    fn overflow(&mut self, id: PoolId, from: usize) -> Option<Place> {
        let crews = self.crews;
        let steps = &crews.policy.pools.get(id.at())?.when_empty;
        steps.iter().enumerate().skip(from).find_map(|(step, fallback)| match fallback {
            Fallback::Pool(next) => self.pool(*next),
            Fallback::Queue(queue) => Some(self.queue(*queue)),
            Fallback::WaitAtMost(most) => {
                let until = later(self.request.at.micros, most, crews.policy.zone);
                Some(Place::Wait(Wait { pool: id, until, step }))
            }
            Fallback::WaitUntilOpening => {
                let until = self.opening(id)?;
                Some(Place::Wait(Wait { pool: id, until, step }))
            }
        })
    }

    /// When somebody of a pool is on duty next; none where nobody's hours begin.
    fn opening(&self, id: PoolId) -> Option<i64> {
        let crew = self.crews.all.get(self.crews.crew_of_pool(id))?;
        let at = self.request.at.micros;
        let reps = crew.members.iter().filter_map(|rep| self.crews.policy.reps.get(rep.at()));
        let openings = reps
            .filter(|rep| rep.active)
            .filter_map(|rep| self.crews.calendars.next_opening(rep.hours?, at).filter(|opening| *opening > at));
        openings.min()
    }

    /// A rep that is meant by name, else whoever stands in.
    fn named(&mut self, rep: RepId, under_cap: bool) -> Option<Place> {
        let mut next = Some(rep);
        let mut tried = Vec::new();
        while let Some(id) = next.filter(|id| !tried.contains(id)) {
            let gone = self.state.gone(self.crews, id);
            let cap = || self.state.own_cap_reached(self.crews, id).filter(|_| under_cap);
            let excluded = || self.request.never.contains(&id).then_some(WhyNot::Excluded);
            let why_not = gone.or_else(excluded).or_else(cap);
            self.rep_words(id, why_not);
            if why_not.is_none() {
                return Some(Place::Rep(id, if tried.is_empty() { How::Named } else { How::Delegate }, None));
            }
            tried.push(id);
            // A delegate stands in for who is away or gone, not for who has enough.
            next = gone.and_then(|_| self.crews.policy.reps.get(id.at())?.delegate);
        }
        None
    }

    fn rep_words(&mut self, id: RepId, why_not: Option<WhyNot>) {
        let crews = self.crews;
        let why_not = if self.trace.is_some() { why_not.map(|why_not| why_not.words(crews)) } else { None };
        self.tell(|| format!("rep `{}`", crews.policy.reps.get(id.at()).map_or("", |rep| &rep.name)), why_not);
    }

    /// The rep in a column of the lead's row.
    fn owner(&mut self, records: RecordsId, column: ColumnId) -> Option<RepId> {
        let crews = self.crews;
        let row = match self.request.found.records.get(records.at()) {
            Some(RecordMatch::Row(row)) => {
                crews.policy.records.get(records.at()).and_then(|r| r.rows.get(*row as usize))
            }
            _ => None,
        };
        let value: Option<&Value> = row.and_then(|row| row.get(column.at()));
        let Some(text) = owner_text(value) else {
            self.tell(|| "the owner".to_owned(), Some("no record matched, or it names no owner".to_owned()));
            return None;
        };
        let found = crews.owner(text);
        if found.is_none() {
            self.tell(|| format!("owner `{text}`"), Some("is no rep of this policy".to_owned()));
        }
        found
    }

    /// Somebody of a crew who may have the lead: who had it or its like, else whose turn it is.
    fn crew(&mut self, at: usize) -> Option<Place> {
        let crew = self.crews.all.get(at)?;
        let kind = crew.kind(&self.request.found.grades);
        let told = self.trace.is_some().then(|| self.members(at, kind));
        let taken = self.back(at, kind).or_else(|| Some((self.next(crew, kind)?, How::Turn)));
        if let Some(told) = told {
            self.tell_members(crew, told, taken);
        }
        let (rep, how) = taken?;
        Some(Place::Rep(rep, how, Some((at, kind))))
    }

    /// The member who had the lead or its like before, where it may have it.
    fn back(&self, at: usize, kind: usize) -> Option<(RepId, How)> {
        let crew = self.crews.all.get(at)?;
        let allowed = |rep: &RepId| !self.request.never.contains(rep);
        if let Some(Returning { rep, joins }) = self.returning.filter(|found| allowed(&found.rep)) {
            if joins && crew.place_of.contains_key(&rep) && self.state.gone(self.crews, rep).is_none() {
                return Some((rep, How::Joined));
            }
            if self.state.may_have(self.crews, at, rep, kind) {
                return Some((rep, How::Kept));
            }
        }
        let sticky = || self.state.accounts.get(&self.account()?).copied();
        let rep = (crew.strategy == Strategy::StickyByAccount).then(sticky)?.filter(allowed)?;
        self.state.may_have(self.crews, at, rep, kind).then_some((rep, How::Sticky))
    }

    /// Why each member may not have the lead; of those who may, whether the crew prefers them.
    fn members(&self, at: usize, kind: usize) -> Vec<(RepId, Result<bool, WhyNot>)> {
        let Some(crew) = self.crews.all.get(at) else { return Vec::new() };
        let Seat { rota, first } = crew.order;
        let Some((plan, live)) = self.crews.rotas.get(rota).zip(self.state.rotas.get(rota)) else { return Vec::new() };
        let preferred = self.preferred(crew, live, first + kind, &plan.profiles);
        let is_preferred = |rep: RepId| {
            let profile = self.crews.member(rota, rep).and_then(|member| plan.members.get(member as usize));
            preferred.as_ref().zip(profile).is_none_or(|(all, (.., profile))| all.get(*profile as usize) == Some(&true))
        };
        let verdict = |&rep: &RepId| {
            let excluded = self.request.never.contains(&rep).then_some(WhyNot::Excluded);
            let why_not = excluded.or_else(|| self.state.why_not(self.crews, at, rep));
            let why_not = why_not.or_else(|| self.state.reached(self.crews, at, rep, kind));
            (rep, why_not.map_or_else(|| Ok(is_preferred(rep)), Err))
        };
        crew.members.iter().map(verdict).collect()
    }

    fn tell_members(&mut self, crew: &Crew, told: Vec<(RepId, Result<bool, WhyNot>)>, taken: Option<(RepId, How)>) {
        let crews = self.crews;
        let name = |rep: RepId| crews.policy.reps.get(rep.at()).map_or("", |rep| rep.name.as_str());
        for (rep, verdict) in told {
            let open = self.state.open_leads(rep);
            let weight = crews.policy.reps.get(rep.at()).map_or(1, |rep| rep.weight);
            let why_not = match (verdict, taken) {
                (_, Some((taken, _))) if taken == rep => None,
                (Err(why_not), _) => Some(why_not.words(crews)),
                (_, Some((taken, How::Joined))) => {
                    Some(format!("may, but `{}` was given one of its kind just now", name(taken)))
                }
                (_, Some((taken, How::Kept))) => Some(format!("may, but `{}` had it before", name(taken))),
                (_, Some((taken, How::Sticky))) => Some(format!("may, but `{}` has the account", name(taken))),
                (Ok(false), _) => Some("may, but others are preferred".to_owned()),
                (Ok(true), Some((taken, _))) => Some(match crew.strategy {
                    Strategy::InOrder => format!("may, but `{}` stands before", name(taken)),
                    Strategy::LeastLoaded if weight > 1 => {
                        format!("may, but has {open} open leads at a weight of {weight}")
                    }
                    Strategy::LeastLoaded => format!("may, but has {open} open leads"),
                    _ => format!("may, but it is the turn of `{}`", name(taken)),
                }),
                (Ok(true), None) => None,
            };
            self.tell(|| format!("rep `{}`", name(rep)), why_not);
        }
    }

    /// The row of the account that `sticky by account` goes by.
    fn account(&self) -> Option<u32> {
        match self.request.found.records.get(self.crews.account?.at()) {
            Some(RecordMatch::Row(row)) => Some(*row),
            _ => None,
        }
    }

    /// Whose turn it is in a crew; the turn is counted.
    fn next(&mut self, crew: &Crew, kind: usize) -> Option<RepId> {
        let seats = [Some(crew.order), crew.turns];
        let mut hidden = Vec::new();
        for Seat { rota, .. } in seats.into_iter().flatten().filter(|_| !self.request.never.is_empty()) {
            for &rep in self.request.never {
                if let (Some(member), Some(found)) = (self.crews.member(rota, rep), self.state.rotas.get_mut(rota)) {
                    hidden.push((rota, member, found.allowed(member)));
                    found.allow(member, 0);
                }
            }
        }
        let picked = self.pick(crew, kind);
        // Who is named twice was hidden twice: what was found first is what it had.
        for (rota, member, kinds) in hidden.into_iter().rev() {
            if let Some(found) = self.state.rotas.get_mut(rota) {
                found.allow(member, kinds);
            }
        }
        picked
    }

    fn pick(&mut self, crew: &Crew, kind: usize) -> Option<RepId> {
        let Seat { rota: at, first } = crew.order;
        let (plan, rota) = (self.crews.rotas.get(at)?, self.state.rotas.get(at)?);
        let preferred = self.preferred(crew, rota, first + kind, &plan.profiles);
        let is_preferred = |profile: u32| {
            preferred.as_ref().is_none_or(|preferred| preferred.get(profile as usize).is_some_and(|&is| is))
        };
        let candidates = rota.candidates(first + kind).filter(|candidate| is_preferred(candidate.profile));
        let picked = match plan.order {
            Order::Turns => rota.in_turn(first + kind, candidates)?,
            Order::Loads => candidates.reduce(|best, next| if less_loaded(&next, &best) { next } else { best })?,
            Order::Places => candidates.min_by_key(|candidate| candidate.key)?,
        };
        let (rep, ..) = *plan.members.get(picked.member as usize)?;
        if plan.order == Order::Turns {
            self.state.rotas.get_mut(at)?.count(first + kind, picked.member, is_preferred);
        } else if let Some(Seat { rota, first }) = crew.turns {
            let member = self.crews.member(rota, rep)?;
            self.state.rotas.get_mut(rota)?.count(first + kind, member, |_| false);
        }
        Some(rep)
    }

    /// Which profiles of those who may have the lead the crew prefers, step by step; a step that nobody meets is left out.
    /// None where it prefers nobody.
    fn preferred(&self, crew: &Crew, rota: &Rota, kind: usize, profiles: &[Profile]) -> Option<Vec<bool>> {
        if crew.prefer.is_empty() {
            return None;
        }
        let mut left = vec![false; profiles.len()];
        for candidate in rota.candidates(kind) {
            if let Some(place) = left.get_mut(candidate.profile as usize) {
                *place = true;
            }
        }
        for prefer in &crew.prefer {
            let of = |at: usize| profiles.get(at).filter(|_| left.get(at) == Some(&true));
            let highest = (0..profiles.len()).filter_map(of).filter_map(|profile| profile.level).max();
            let meets = |profile: &Profile| match prefer {
                Prefer::Speak(field) => {
                    let asked = self.request.asked.spoken.get(*field).and_then(Option::as_ref);
                    asked.is_some_and(|asked| profile.speaks.iter().any(|spoken| same_language(spoken, asked)))
                }
                Prefer::HighestLevel => profile.level == highest,
                Prefer::SameTerritory => {
                    let territory = self.request.found.territory;
                    profile.territory.as_ref().is_some_and(|name| self.crews.is_in(territory, name))
                }
            };
            let met: Vec<bool> = (0..profiles.len()).map(|at| of(at).is_some_and(&meets)).collect();
            if met.contains(&true) {
                left = met;
            }
        }
        Some(left)
    }

    /// Who had a lead before that this one is known by.
    fn returning_to(&self) -> Option<Returning> {
        let clauses = &self.crews.policy.returning.as_ref()?.clauses;
        let (at, zone) = (self.request.at.micros, self.crews.policy.zone);
        self.keys().find_map(|(way, key)| {
            let seen = self.state.seen.get(way)?.get(&key)?;
            let within = |kind: ReturningKind, from: i64| {
                let mut within = clauses.iter().filter(|clause| clause.kind == kind);
                // A history need not come in order.
                within.any(|clause| later(from.min(at), &clause.within, zone) >= from.max(at))
            };
            let joins = within(ReturningKind::JoinSameOwner, seen.turn);
            let keeps = joins || within(ReturningKind::KeepOwner, seen.last);
            keeps.then_some(Returning { rep: seen.rep, joins })
        })
    }

    /// What the lead is known by: the way and the key.
    fn keys(&self) -> impl Iterator<Item = (usize, SeenBy)> {
        self.crews.returning.iter().enumerate().filter_map(|(way, known)| {
            let key = match known {
                Known::Subject(_) => SeenBy::Text(self.request.asked.keys.get(way)?.clone()?),
                Known::Row(records) => match self.request.found.records.get(records.at()) {
                    Some(RecordMatch::Row(row)) => SeenBy::Row(*row),
                    _ => return None,
                },
            };
            Some((way, key))
        })
    }

    /// Remembers where the lead went. `widened` is what the pool that it widened from says next; where the pool that has it now
    /// says something too, the earlier counts.
    fn settle(mut self, choice: usize, place: Place, had: Vec<RepId>, widened: Option<Widening>) -> Assignment {
        let pools = std::mem::take(&mut self.pools);
        let mut assignment =
            Assignment { choice, pools, assignee: None, queue: None, how: How::Queued, waits: None, widens: None };
        let mut charged = Vec::new();
        match place {
            Place::Queue(queue) => assignment.queue = Some(queue),
            Place::Wait(wait) => {
                assignment.how = How::Waiting;
                assignment.waits = Some(wait);
            }
            Place::Rep(rep, how, crew) => {
                assignment.assignee = Some(rep);
                assignment.how = how;
                charged = self.give(rep, how, crew);
                let pool = assignment.pools.last();
                let own = pool.and_then(|pool| self.crews.widening(*pool, self.request.at.micros, None));
                assignment.widens = widened.into_iter().chain(own).min_by_key(|widening| widening.at);
            }
        }
        if let Some(lead) = self.request.lead {
            let before = self.state.leads.get(lead);
            let told = before.and_then(|held| held.told);
            let at = before.map_or(self.request.at.micros, |held| held.at);
            let had = if had.is_empty() { before.map_or_else(Vec::new, |held| held.had.clone()) } else { had };
            if before.is_some() {
                self.state.line(lead, false);
            }
            let (open, priority) = (assignment.assignee.is_some(), self.request.found.priority);
            let held = Held { assignment: assignment.clone(), at, told, priority, open, charged, had };
            self.state.leads.insert(lead.into(), held);
            if assignment.waits.is_some() {
                self.state.line(lead, true);
            }
        }
        assignment
    }

    /// Counts the lead for its rep: load, caps, and what returning leads are known by.
    fn give(&mut self, rep: RepId, how: How, crew: Option<(usize, usize)>) -> Vec<(u32, u32, i64)> {
        let crews = self.crews;
        self.state.given += 1;
        let given = self.state.given;
        if let Some(state) = self.state.reps.get_mut(rep.at()) {
            state.last = given;
        }
        self.state.load(crews, rep, 1);
        let mut charged = Vec::new();
        // Who joins came with a lead that was charged.
        if how != How::Joined && self.charge(rep, crew, &mut charged) {
            self.state.refresh(crews, rep);
        }
        if crews.is_sticky()
            && let Some(row) = self.account()
        {
            self.state.accounts.insert(row, rep);
        }
        let at = self.request.at.micros;
        let keys: Vec<(usize, SeenBy)> = self.keys().collect();
        for (way, key) in keys {
            let Some(seen) = self.state.seen.get_mut(way) else { continue };
            let turn = match seen.get(&key) {
                Some(before) if how == How::Joined && before.rep == rep => before.turn,
                _ => at,
            };
            seen.insert(key, Seen { rep, last: at, turn });
        }
        charged
    }

    /// Charges a lead to its rep's caps; whether one is reached now.
    fn charge(&mut self, rep: RepId, crew: Option<(usize, usize)>, charged: &mut Vec<(u32, u32, i64)>) -> bool {
        let crews = self.crews;
        let mut reached = false;
        if let (Some(person), Some(state)) = (crews.people.get(rep.at()), self.state.reps.get_mut(rep.at())) {
            for (&(most, watched), counter) in person.caps.iter().zip(&mut state.caps) {
                let period = self.state.windows.get(watched as usize).map_or(0, |window| window.value);
                reached |= counter.add(period, 1) >= most;
            }
        }
        let Some((at, kind)) = crew else { return reached };
        let Some((crew, counters)) = crews.all.get(at).zip(self.state.caps.get_mut(at)) else { return reached };
        let Some(&place) = crew.place_of.get(&rep) else { return reached };
        for &cap in crew.counts.get(kind).into_iter().flatten() {
            let Some(found) = crew.caps.get(cap as usize) else { continue };
            let watched = found.watched.get(place as usize).copied().unwrap_or_default();
            let period = self.state.windows.get(watched as usize).map_or(0, |window| window.value);
            if let Some(counter) = counters.get_mut(place as usize * crew.caps.len() + cap as usize) {
                reached |= counter.add(period, 1) >= found.count;
            }
            if !found.credited_back_on.is_empty() {
                charged.push((at as u32, cap, period));
            }
        }
        reached
    }
}

/// Whether `a` has fewer open leads for its weight than `b`, and where they are level, was assigned longer ago.
fn less_loaded(a: &Candidate, b: &Candidate) -> bool {
    let (mine, theirs) = (a.key.first * i128::from(b.weight), b.key.first * i128::from(a.weight));
    (mine, a.key.second, a.member) < (theirs, b.key.second, b.member)
}

/// Whether one language tag is the other, or a narrower one of it: `de` and `de-AT`. Basic filtering of RFC 4647, both ways.
fn same_language(spoken: &str, asked: &str) -> bool {
    let within = |narrow: &str, wide: &str| {
        narrow.get(..wide.len()).is_some_and(|start| start.eq_ignore_ascii_case(wide))
            && matches!(narrow.as_bytes().get(wide.len()), None | Some(b'-'))
    };
    within(spoken, asked) || within(asked, spoken)
}
