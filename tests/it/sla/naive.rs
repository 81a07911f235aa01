//! The obvious follow-up: it counts the minutes of each promise one by one, and is held against the machine.

use super::answer;
use super::properties::{Story, any_router, stories};
use leadway::policy::{CalendarId, Clock, Policy, Recipient, RepId, Sla, SlaId, Step};
use leadway::router::Router;
use leadway::sla::statuses::{self, Change};
use leadway::sla::{Cause, Doing, Effect, Event, FollowUp, Given, Holder, Whom};
use leadway::syntax::ast::Stage;
use proptest::prelude::*;

pub const MINUTE: i64 = 60_000_000;

struct Count {
    stage: Stage,
    /// Minutes.
    allowance: i64,
    used: i64,
    warned: usize,
    open: bool,
    kept: bool,
}

struct Naive<'r> {
    router: &'r Router,
    policy: &'r Policy,
    sla: &'r Sla,
    born: i64,
    given: Given,
    had: Vec<RepId>,
    counts: Vec<Count>,
    status: u32,
    by_hand: bool,
    /// Restart the clock, and whether it counts.
    asked: Option<(bool, bool)>,
    reassigned: u32,
    nobody_left: bool,
    escalated: u32,
    reopened: bool,
    finished: bool,
    ended: bool,
    log: Vec<Effect>,
}

impl Naive<'_> {
    fn paused(&self) -> bool {
        self.by_hand || self.sla.pause_while.contains(&self.status)
    }

    fn any_open(&self, reps: &[RepId], at: i64) -> bool {
        let hours: Vec<Option<CalendarId>> = reps.iter().map(|rep| self.policy.reps[rep.at()].hours).collect();
        hours.is_empty()
            || hours.iter().any(|hours| hours.is_none_or(|id| self.router.people().calendars().contains(id, at)))
    }

    fn runs(&self, clock: &Clock, at: i64) -> bool {
        let policy = self.policy;
        match (clock, self.given) {
            (Clock::Elapsed, _) => true,
            (Clock::In(calendar), _) => self.router.people().calendars().contains(*calendar, at),
            (Clock::OfPool, Given { pool: Some(pool), .. }) => self.any_open(&policy.pools[pool.at()].members, at),
            (_, Given { holder, .. }) => match holder {
                Holder::Rep(rep) => self.any_open(&[rep], at),
                Holder::Pool(pool) => self.any_open(&policy.pools[pool.at()].members, at),
                Holder::Queue(queue) => {
                    let teams = policy.queues[queue.at()].worked_by.iter();
                    let people: Vec<RepId> = teams.flat_map(|team| policy.teams[team.at()].members.clone()).collect();
                    self.any_open(&people, at)
                }
            },
        }
    }

    fn say(&mut self, at: i64, cause: Cause, doing: Doing) {
        self.log.push(Effect { at, cause, doing });
    }

    fn whom(&self, recipient: &Recipient, level: u32) -> Whom {
        match (recipient, self.given.holder) {
            (Recipient::Assignee, Holder::Rep(rep)) => Whom::Rep(rep),
            (Recipient::Assignee, Holder::Queue(queue)) => Whom::Queue(queue),
            (Recipient::Assignee, Holder::Pool(_)) => Whom::Nobody,
            (Recipient::ManagerOfAssignee, holder) => {
                self.router.people().manager(holder, level).map_or(Whom::Nobody, Whom::Rep)
            }
            (Recipient::Rep(rep), _) => Whom::Rep(*rep),
            (Recipient::Email(email), _) => Whom::Email(email.clone()),
        }
    }

    fn steps(&mut self, steps: &[Step], at: i64, cause: Cause, movers_only: bool) -> bool {
        let mut moved = false;
        for step in steps {
            if self.ended || movers_only && matches!(step, Step::Notify(_) | Step::Escalate(_)) {
                continue;
            }
            match step {
                Step::Notify(all) => {
                    all.iter().for_each(|one| self.say(at, cause, Doing::Notify(self.whom(one, 1))));
                }
                Step::Escalate(one) => {
                    self.escalated += 1;
                    let whom = self.whom(one, self.escalated);
                    self.say(at, cause, Doing::Escalate { whom, level: self.escalated });
                }
                _ if moved => {}
                Step::Reassign { never_who_had_it, at_most, restart_clock, .. } => {
                    let may = at_most.is_none_or(|most| self.reassigned < most);
                    moved = self.asked.is_some() || may && self.ask(at, cause, *never_who_had_it, *restart_clock, true);
                }
                Step::Recycle(queue) => {
                    self.status = statuses::after(self.policy, self.status, Change::Recycled);
                    self.given.holder = Holder::Queue(*queue);
                    (moved, self.ended) = (true, true);
                    self.say(at, cause, Doing::Recycle { queue: *queue, born: self.born });
                }
                Step::Recall(queue) if self.given.holder != Holder::Queue(*queue) => {
                    self.status = statuses::after(self.policy, self.status, Change::Recalled);
                    self.given.holder = Holder::Queue(*queue);
                    moved = true;
                    self.say(at, cause, Doing::Recall(*queue));
                }
                Step::Reopen if !self.reopened => {
                    self.status = statuses::after(self.policy, self.status, Change::Reopened);
                    (moved, self.reopened) = (true, true);
                    self.restart(true);
                    self.say(at, cause, Doing::Reopen);
                }
                Step::Recall(_) | Step::Reopen => {}
            }
        }
        moved
    }

    fn ask(&mut self, at: i64, cause: Cause, all: bool, restart: bool, counts: bool) -> bool {
        let Some(pool) = self.given.pool.filter(|_| !self.nobody_left) else { return false };
        let excluding = match self.given.holder {
            _ if all => self.had.clone(),
            Holder::Rep(rep) => vec![rep],
            _ => vec![],
        };
        self.asked = Some((restart, counts));
        self.say(at, cause, Doing::Reassign { pool, excluding });
        true
    }

    fn finish(&mut self, at: i64, cause: Cause) {
        if !self.finished {
            self.finished = true;
            self.steps(&self.sla.finally.clone(), at, cause, false);
        }
    }

    fn restart(&mut self, kept_too: bool) {
        for count in self.counts.iter_mut().filter(|count| kept_too || !count.kept) {
            (count.used, count.warned, count.open, count.kept) = (0, 0, true, false);
        }
    }

    fn keep(&mut self, stages: &[Stage]) {
        for count in self.counts.iter_mut().filter(|count| stages.contains(&count.stage)) {
            (count.open, count.kept) = (false, true);
        }
    }

    fn change(&mut self, change: Change) {
        self.status = statuses::after(self.policy, self.status, change);
        self.keep(statuses::kept_by(change));
    }

    fn returned(&mut self, reason: &str, at: i64) {
        self.change(Change::Returned);
        if let Holder::Rep(rep) = self.given.holder {
            self.say(at, Cause::Returned, Doing::Credit { rep, reason: reason.into() });
        }
        let restarts = |step: &Step| matches!(step, Step::Reassign { restart_clock: true, .. });
        let restarts = self.sla.on_breach.iter().any(restarts);
        if self.asked.is_some() || self.ask(at, Cause::Returned, true, restarts, false) {
            return;
        }
        self.finish(at, Cause::Returned);
        self.stranded(at, Cause::Returned);
    }

    fn stranded(&mut self, at: i64, cause: Cause) {
        if !self.ended && matches!(self.given.holder, Holder::Rep(_)) {
            self.say(at, cause, Doing::Notify(self.whom(&Recipient::ManagerOfAssignee, 1)));
        }
    }

    fn event(&mut self, event: &Event, at: i64) {
        if self.ended {
            return;
        }
        match event {
            Event::Timer => {}
            Event::Accepted => self.change(Change::Accepted),
            Event::Responded => self.change(Change::Responded),
            Event::Met => self.change(Change::Met),
            Event::Paused => self.by_hand = true,
            Event::Resumed => self.by_hand = false,
            Event::Returned { reason } => self.returned(reason, at),
            Event::Status(status) => match statuses::meaning(self.policy, *status) {
                Some(row) if row.status == "returned" => self.returned("", at),
                row => {
                    self.status = *status;
                    self.keep(row.map_or(&[], |row| row.keeps));
                    self.ended = row.is_some_and(|row| row.ends);
                }
            },
            Event::Assigned(given) => {
                let answered = self.asked.take();
                self.reassigned += u32::from(answered.is_some_and(|(_, counts)| counts));
                self.given = Given { holder: given.holder, pool: given.pool.or(self.given.pool) };
                self.change(Change::Assigned);
                if let Holder::Rep(rep) = given.holder
                    && !self.had.contains(&rep)
                {
                    self.had.push(rep);
                }
                if answered.is_some_and(|(restart, _)| restart) {
                    self.restart(false);
                }
            }
            Event::NobodyLeft => {
                if self.asked.take().is_some() {
                    self.nobody_left = true;
                    if !self.steps(&self.sla.on_breach.clone(), at, Cause::NobodyLeft, true) {
                        self.finish(at, Cause::NobodyLeft);
                    }
                    if self.policy.statuses[self.status as usize] == "returned" {
                        self.stranded(at, Cause::NobodyLeft);
                    }
                }
            }
        }
    }

    /// Whatever is due in this minute.
    fn due(&mut self, at: i64) {
        while !self.ended && !self.paused() {
            let shares: Vec<i64> = self.sla.warnings.iter().map(|warning| i64::from(warning.percent)).collect();
            let warned = |count: &Count| {
                shares.get(count.warned).is_some_and(|percent| count.used * 100 >= count.allowance * percent)
            };
            let due = |count: &Count| count.open && (warned(count) || count.used >= count.allowance);
            let Some(place) = self.counts.iter().position(due) else { return };
            let warns = warned(&self.counts[place]);
            let count = &mut self.counts[place];
            let from = self.log.len();
            if warns {
                let warning = self.sla.warnings[count.warned].clone();
                count.warned += 1;
                let cause = Cause::Share(count.stage, warning.percent);
                self.steps(&warning.steps, at, cause, false);
            } else {
                count.open = false;
                let cause = Cause::Breach(count.stage);
                self.say(at, cause, Doing::Breach { due: at });
                if !self.steps(&self.sla.on_breach.clone(), at, cause, false) {
                    self.finish(at, cause);
                }
            }
            self.answer(from, at);
        }
    }

    /// The driver answers at once.
    fn answer(&mut self, from: usize, at: i64) {
        let mut from = from;
        while let Some(event) = answer(self.policy, &self.log[from..]) {
            from = self.log.len();
            self.event(&event, at);
        }
    }

    fn minute(&mut self, at: i64) {
        if !self.paused() && !self.ended {
            for place in 0..self.counts.len() {
                let runs = self.runs(&self.sla.promises[place].clock, at);
                self.counts[place].used += i64::from(runs && self.counts[place].open);
            }
        }
    }
}

/// What the obvious follow-up logs.
fn naive(router: &Router, story: &Story) -> Vec<Effect> {
    let policy = router.policy();
    let sla = &policy.slas[story.sla];
    let minutes = |promise: &leadway::policy::Promise| {
        promise.within.count * if promise.within.unit == leadway::syntax::ast::Unit::Hour { 60 } else { 1 }
    };
    let count = |promise: &leadway::policy::Promise| Count {
        stage: promise.stage,
        allowance: minutes(promise),
        used: 0,
        warned: 0,
        open: true,
        kept: false,
    };
    let mut naive = Naive {
        router,
        policy,
        sla,
        born: story.start,
        given: story.given,
        had: if let Holder::Rep(rep) = story.given.holder { vec![rep] } else { vec![] },
        counts: sla.promises.iter().map(count).collect(),
        status: 0,
        by_hand: false,
        asked: None,
        reassigned: 0,
        nobody_left: false,
        escalated: 0,
        reopened: false,
        finished: false,
        ended: false,
        log: Vec::new(),
    };
    let mut events = story.events.iter().peekable();
    for at in (story.start..story.end).step_by(MINUTE as usize) {
        while let Some((_, event)) = events.next_if(|(instant, _)| *instant == at) {
            let from = naive.log.len();
            naive.event(event, at);
            naive.answer(from, at);
        }
        naive.due(at);
        naive.minute(at);
    }
    naive.log
}

/// What the machine logs, driven as its documentation says.
fn machine(router: &Router, story: &Story) -> Vec<Effect> {
    let policy = router.policy();
    let (sla, start) = (SlaId(story.sla as u32), story.start);
    let mut follow_up = FollowUp::start(policy, router.people(), sla, story.given, start, start).unwrap();
    let mut log = Vec::new();
    let mut step = |follow_up: &mut FollowUp, event: &Event, at: i64| {
        let mut effects = follow_up.step(event, at);
        let mut next = answer(policy, &effects);
        log.append(&mut effects);
        while let Some(event) = next {
            effects = follow_up.step(&event, at);
            next = answer(policy, &effects);
            log.append(&mut effects);
        }
    };
    for (at, event) in &story.events {
        while let Some(due) = follow_up.next_due().filter(|due| due < at) {
            step(&mut follow_up, &Event::Timer, due);
        }
        step(&mut follow_up, event, *at);
    }
    while let Some(due) = follow_up.next_due().filter(|&due| due < story.end) {
        step(&mut follow_up, &Event::Timer, due);
    }
    log
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_machine_agrees_with_counting_minutes(story in stories()) {
        let (machine, naive) = (machine(any_router(), &story), naive(any_router(), &story));
        prop_assert_eq!(machine, naive, "{:#?}", story);
    }
}
