//! What becomes of the lead of a test: the decision in the state that is given, and what follows on a virtual clock.

use crate::assign::{Again, Assignment, Presence, Request, State, Tried};
use crate::batch;
use crate::matcher::{Facts, Match};
use crate::policy::tests::{Given, Happening, TestCase};
use crate::policy::{GradeId, Instant, RepId, Target};
use crate::router::{Decision, Router, given};
use crate::sla::{Doing, Effect, Event, FollowUp, Holder, Whom};

/// The name under which assignment remembers the lead.
pub(super) const LEAD: &str = "the lead of the test";

/// How the lead stands at an instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation {
    pub assignment: Option<Assignment>,
    /// When the next open promise falls due, in microseconds.
    pub due: Option<i64>,
    pub breached: bool,
    pub notified: Vec<Sent>,
    pub escalated: Vec<Sent>,
    /// A place in [`crate::policy::Policy::statuses`]; none without an SLA.
    pub status: Option<u32>,
    /// Everything that the SLA did by then.
    pub effects: Vec<Effect>,
}

/// Something that somebody was told, and who had the lead then.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub whom: Whom,
    pub holder: Holder,
}

/// The decision, the situation after it, and the situation at each step.
pub(super) fn run(router: &Router, case: &TestCase) -> (Decision, Vec<Situation>) {
    follow(router, case, |state| router.decide_next(state, Some(LEAD), &case.values, case.at))
}

/// As [`run`], where the decision is made by another.
pub(super) fn follow(
    router: &Router,
    case: &TestCase,
    decide: impl FnOnce(&mut State) -> Decision,
) -> (Decision, Vec<Situation>) {
    let policy = router.policy();
    if let Some(queue) = policy.on_bad_lead.filter(|_| case.bad) {
        let (found, assignment) = batch::to_queue(queue);
        let decision = Decision { found, assignment: Some(assignment), due: None };
        let course = Course::new(router, case, &decision, State::new(router.crews()));
        return (decision.clone(), course.all());
    }
    let mut state = State::new(router.crews());
    for given in &case.given {
        prepare(router, case, &mut state, *given);
    }
    let decision = decide(&mut state);
    let course = Course::new(router, case, &decision, state);
    let situations = course.all();
    (decision, situations)
}

/// Who and what was tried when the lead was handed out, the first first.
pub(super) fn tried(router: &Router, case: &TestCase, facts: &Facts, found: &Match) -> Vec<Tried> {
    let mut state = State::new(router.crews());
    for given in &case.given {
        prepare(router, case, &mut state, *given);
    }
    let request = Request { found, asked: &router.asked(facts), at: case.at, lead: Some(LEAD), never: &[] };
    let mut tried = Vec::new();
    router.crews().assign_traced(&mut state, &request, &mut |one| tried.push(one));
    tried
}

/// Leads that are counted to bring a rep to a cap: past this a test would take long and show nothing more.
const MOST_TO_CAP: i64 = 100_000;

/// Turns that are waited for somebody's: in a larger pool nobody can say whose is next either.
const MOST_TURNS: usize = 10_000;

fn prepare(router: &Router, case: &TestCase, state: &mut State, given: Given) {
    let (policy, crews) = (router.policy(), router.crews());
    let blank = Match { grades: vec![None; policy.grades.len()], ..Match::default() };
    let asked = crews.asked(|_| None);
    match given {
        Given::Away(rep) => state.present(crews, rep, Presence::Away(None), case.at),
        Given::Offline(rep) => state.present(crews, rep, Presence::Offline, case.at),
        Given::HadLastTurn(rep, pool) => {
            // Leads go round until it is her turn: one that is handed to her past the others would leave the turn with her.
            let found = Match { targets: vec![Target::Pool(pool)], ..blank };
            let request = Request { found: &found, asked: &asked, at: case.at, lead: None, never: &[] };
            for _ in 0..MOST_TURNS {
                let given = crews.assign(state, &request).and_then(|assignment| assignment.assignee);
                if given.is_none_or(|given| given == rep) {
                    break;
                }
            }
        }
        Given::AtCap(rep) => {
            for cap in policy.reps.get(rep.at()).into_iter().flat_map(|rep| &rep.caps) {
                let mut found = Match { targets: vec![Target::Rep(rep)], ..blank.clone() };
                if let Some((GradeId(grade), step)) = cap.of
                    && let Some(place) = found.grades.get_mut(grade as usize)
                {
                    *place = Some(step);
                }
                for _ in 0..cap.count.min(MOST_TO_CAP) {
                    crews.assign(state, &Request { found: &found, asked: &asked, at: case.at, lead: None, never: &[] });
                }
            }
        }
    }
}

struct Course<'r> {
    router: &'r Router,
    case: &'r TestCase,
    found: &'r Match,
    state: State,
    follow_up: Option<FollowUp<'r>>,
    situation: Situation,
}

impl<'r> Course<'r> {
    fn new(router: &'r Router, case: &'r TestCase, decision: &'r Decision, state: State) -> Self {
        let assignment = decision.assignment.clone();
        let at = case.at.micros;
        let follow_up = decision.found.sla.zip(assignment.as_ref());
        let follow_up = follow_up.and_then(|(sla, assignment)| router.follow_up(sla, assignment, at, at));
        let situation = Situation {
            assignment,
            due: None,
            breached: false,
            notified: Vec::new(),
            escalated: Vec::new(),
            status: None,
            effects: Vec::new(),
        };
        Course { router, case, found: &decision.found, state, follow_up, situation }
    }

    fn all(mut self) -> Vec<Situation> {
        let mut situations = vec![self.look()];
        for step in &self.case.after {
            let at = self.case.at.micros.saturating_add(step.after);
            self.go_on_to(at, false);
            if let Some(happening) = &step.happening {
                self.happen(happening, at);
            }
            self.go_on_to(at, true);
            situations.push(self.look());
        }
        situations
    }

    fn look(&mut self) -> Situation {
        self.situation.due = self.follow_up.as_ref().and_then(FollowUp::first_due);
        self.situation.status = self.follow_up.as_ref().map(FollowUp::status);
        self.situation.clone()
    }

    /// Does what falls due by itself before an instant, or also at it.
    fn go_on_to(&mut self, until: i64, also_at_it: bool) {
        while let Some((at, what)) = self.next().filter(|(at, _)| *at < until || also_at_it && *at == until) {
            match what {
                Next::Timer => self.bring(&Event::Timer, at),
                Next::Again(why) => {
                    let assignment = self.reassign(why, at, &[]);
                    match assignment {
                        Some(assignment) => self.assigned(assignment, at),
                        None => self.settle_down(why),
                    }
                }
            }
        }
    }

    fn next(&self) -> Option<(i64, Next)> {
        let timer = self.follow_up.as_ref().and_then(FollowUp::next_due).map(|at| (at, Next::Timer));
        let assignment = self.situation.assignment.as_ref();
        let wake = assignment.and_then(|a| a.waits).map(|wait| (wait.until, Next::Again(Again::Wake)));
        let widen = assignment.and_then(|a| a.widens).filter(|_| self.untouched());
        let widen = widen.map(|widening| (widening.at, Next::Again(Again::Widen)));
        [timer, wake, widen].into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    fn untouched(&self) -> bool {
        self.follow_up.as_ref().is_none_or(|follow_up| follow_up.status() == 0)
    }

    /// Nobody else may have the lead: it stays, and asks again only where its pool says more.
    fn settle_down(&mut self, why: Again) {
        let Some(assignment) = &mut self.situation.assignment else { return };
        match why {
            Again::Widen => {
                assignment.widens = self.state.held(LEAD).and_then(|held| held.assignment.widens);
            }
            Again::Wake | Again::Reassign => assignment.waits = None,
        }
    }

    fn happen(&mut self, happening: &Happening, at: i64) {
        let event = match happening {
            Happening::Status(status) => Event::Status(*status),
            Happening::Accepted => Event::Accepted,
            Happening::Responded => Event::Responded,
            Happening::Met => Event::Met,
            Happening::Returned(reason) => Event::Returned { reason: reason.clone() },
            Happening::Paused => Event::Paused,
            Happening::Resumed => Event::Resumed,
        };
        self.bring(&event, at);
    }

    fn bring(&mut self, event: &Event, at: i64) {
        let mut open = vec![event.clone()];
        while let Some(event) = open.pop() {
            let Some(follow_up) = &mut self.follow_up else { return };
            let holder = follow_up.holder();
            for effect in follow_up.step(&event, at) {
                open.extend(self.effect(&effect, holder));
            }
        }
    }

    /// Does what the follow-up asks; what it is to be told of that.
    fn effect(&mut self, effect: &Effect, holder: Holder) -> Option<Event> {
        let crews = self.router.crews();
        self.situation.effects.push(effect.clone());
        match &effect.doing {
            Doing::Breach { .. } => self.situation.breached = true,
            Doing::Notify(whom) => self.situation.notified.push(Sent { whom: whom.clone(), holder }),
            Doing::Escalate { whom, .. } => self.situation.escalated.push(Sent { whom: whom.clone(), holder }),
            Doing::Reassign { excluding, .. } => {
                let assignment = self.reassign(Again::Reassign, effect.at, excluding);
                let Some(assignment) = assignment.filter(|assignment| assignment.assignee.is_some()) else {
                    return Some(Event::NobodyLeft);
                };
                let event = given(&assignment).map_or(Event::NobodyLeft, Event::Assigned);
                self.situation.assignment = Some(assignment);
                return Some(event);
            }
            Doing::Credit { reason, .. } => {
                self.state.returned(crews, LEAD, reason, self.instant(effect.at));
                self.held();
            }
            Doing::Recall(queue) | Doing::Recycle { queue, .. } => {
                self.state.recalled(crews, LEAD, *queue);
                self.held();
            }
            Doing::Reopen => {}
        }
        None
    }

    /// What assignment knows of the lead now.
    fn held(&mut self) {
        if let Some(held) = self.state.held(LEAD) {
            self.situation.assignment = Some(held.assignment.clone());
        }
    }

    fn assigned(&mut self, assignment: Assignment, at: i64) {
        let event = given(&assignment).map(Event::Assigned);
        self.situation.assignment = Some(assignment);
        event.iter().for_each(|event| self.bring(event, at));
    }

    fn reassign(&mut self, why: Again, at: i64, never: &[RepId]) -> Option<Assignment> {
        let at = self.instant(at);
        let moment = self.router.moment(at);
        let records = &self.found.records;
        let facts = Facts { values: &self.case.values, at, calendars: &moment.open, records };
        let asked = self.router.asked(&facts);
        let request = Request { found: self.found, asked: &asked, at, lead: Some(LEAD), never };
        self.router.crews().reassign(&mut self.state, &request, why)
    }

    fn instant(&self, micros: i64) -> Instant {
        Instant { micros, offset: self.case.at.offset }
    }
}

enum Next {
    Timer,
    Again(Again),
}
