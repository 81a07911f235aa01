//! The steps of the machine.

use super::promise::Running;
use super::statuses::{self, Change};
use super::{Cause, Doing, Effect, Event, FollowUp, Given, Holder, Standing, Waiting, Whom};
use crate::policy::{Recipient, Step};
use crate::syntax::ast::Stage;
use smol_str::SmolStr;

/// What steps are run for, and what they gave.
struct Run<'e> {
    at: i64,
    cause: Cause,
    /// Only those that move the lead on.
    movers_only: bool,
    effects: &'e mut Vec<Effect>,
}

impl Run<'_> {
    fn emit(&mut self, doing: Doing) {
        self.effects.push(Effect { at: self.at, cause: self.cause, doing });
    }
}

impl FollowUp<'_> {
    /// What an event at an instant brings. What was due before is done first.
    pub fn step(&mut self, event: &Event, at: i64) -> Vec<Effect> {
        let at = at.max(self.now);
        let mut effects = Vec::new();
        self.fire(at, matches!(event, Event::Timer), &mut effects);
        self.now = at;
        if self.ended {
            return effects;
        }
        match event {
            Event::Timer => {}
            Event::Accepted => self.change(Change::Accepted, at),
            Event::Responded => self.change(Change::Responded, at),
            Event::Met => self.change(Change::Met, at),
            Event::Status(status) => self.told(*status, at, &mut effects),
            Event::Returned { reason } => self.returned(reason, at, &mut effects),
            Event::Assigned(given) => self.assigned(*given, at),
            Event::NobodyLeft => self.nobody(at, &mut effects),
            Event::Paused => self.stopped_by_hand = true,
            Event::Resumed => self.stopped_by_hand = false,
        }
        self.pause_or_go_on(at);
        effects
    }

    /// Does what is due before an instant, or also at it, in the order in which it is due; a warning before a breach.
    fn fire(&mut self, until: i64, also_at_it: bool, effects: &mut Vec<Effect>) {
        while let Some(at) = self.next_due().filter(|&due| due < until || also_at_it && due == until) {
            let Some(place) = self.promises.iter().position(|running| running.next() == Some(at)) else { return };
            let (people, sla) = (self.people, self.sla);
            let Some(running) = self.promises.get_mut(place) else { return };
            let stage = running.stage;
            if running.warning.is_some_and(|warning| warning <= at) {
                let warning = sla.warnings.get(running.warned);
                running.warned += 1;
                running.plan_warning(people, &sla.warnings, at);
                if let Some(warning) = warning {
                    let cause = Cause::Share(stage, warning.percent);
                    self.run(&warning.steps, &mut Run { at, cause, movers_only: false, effects });
                }
            } else {
                running.standing = Standing::Broken { due: at, kept: None };
                let mut run = Run { at, cause: Cause::Breach(stage), movers_only: false, effects };
                run.emit(Doing::Breach { due: at });
                if !self.run(&sla.on_breach, &mut run) {
                    self.finish(&mut run);
                }
            }
            self.now = self.now.max(at);
            self.pause_or_go_on(at);
        }
    }

    /// Runs steps in the order written; says whether one of them moved the lead on, which one of a list does: those behind it
    /// are for when it cannot.
    fn run(&mut self, steps: &[Step], run: &mut Run) -> bool {
        let mut moved = false;
        for step in steps {
            if self.ended || run.movers_only && !moves(step) {
                continue;
            }
            match step {
                Step::Notify(recipients) => {
                    for recipient in recipients {
                        run.emit(Doing::Notify(self.whom(recipient, 1)));
                    }
                }
                Step::Escalate(recipient) => {
                    self.escalated += 1;
                    let whom = self.whom(recipient, self.escalated);
                    run.emit(Doing::Escalate { whom, level: self.escalated });
                }
                _ if moved => {}
                Step::Reassign { never_who_had_it, at_most, restart_clock, .. } => {
                    moved = self.waiting.is_some()
                        || at_most.is_none_or(|times| self.reassigned < times)
                            && self.reassign(*never_who_had_it, *restart_clock, true, run);
                }
                Step::Recycle(queue) => {
                    moved = true;
                    self.change(Change::Recycled, run.at);
                    self.hold(Holder::Queue(*queue), run.at);
                    self.ended = true;
                    run.emit(Doing::Recycle { queue: *queue, born: self.born });
                }
                Step::Recall(queue) => {
                    moved = self.holder != Holder::Queue(*queue);
                    if moved {
                        self.change(Change::Recalled, run.at);
                        self.hold(Holder::Queue(*queue), run.at);
                        run.emit(Doing::Recall(*queue));
                    }
                }
                Step::Reopen => {
                    moved = !self.reopened;
                    if moved {
                        self.reopened = true;
                        self.change(Change::Reopened, run.at);
                        self.restart(run.at, |_| true);
                        run.emit(Doing::Reopen);
                    }
                }
            }
        }
        moved
    }

    /// Asks for another rep of the pool; false where there is no pool, or nobody left in it.
    fn reassign(&mut self, never_who_had_it: bool, restart_clock: bool, counts: bool, run: &mut Run) -> bool {
        let Some(pool) = self.pool.filter(|_| !self.nobody_left) else { return false };
        let excluding = match self.holder {
            _ if never_who_had_it => self.had.clone(),
            Holder::Rep(rep) => vec![rep],
            Holder::Queue(_) | Holder::Pool(_) => Vec::new(),
        };
        self.waiting = Some(Waiting { restart_clock, counts });
        run.emit(Doing::Reassign { pool, excluding });
        true
    }

    /// What is done last, once.
    fn finish(&mut self, run: &mut Run) {
        if !std::mem::replace(&mut self.finished, true) {
            let sla = self.sla;
            run.movers_only = false;
            self.run(&sla.finally, run);
        }
    }

    fn nobody(&mut self, at: i64, effects: &mut Vec<Effect>) {
        if self.waiting.take().is_none() {
            return;
        }
        self.nobody_left = true;
        let sla = self.sla;
        let mut run = Run { at, cause: Cause::NobodyLeft, movers_only: true, effects };
        if !self.run(&sla.on_breach, &mut run) {
            self.finish(&mut run);
        }
        if statuses::meaning(self.policy, self.status).is_some_and(|row| row.status == "returned") {
            self.stranded(&mut run);
        }
    }

    /// A lead that was given back and has nowhere to go stays with its rep; his manager is told.
    fn stranded(&mut self, run: &mut Run) {
        if !self.ended && matches!(self.holder, Holder::Rep(_)) {
            run.emit(Doing::Notify(self.whom(&Recipient::ManagerOfAssignee, 1)));
        }
    }

    fn returned(&mut self, reason: &SmolStr, at: i64, effects: &mut Vec<Effect>) {
        self.change(Change::Returned, at);
        let mut run = Run { at, cause: Cause::Returned, movers_only: true, effects };
        if let Holder::Rep(rep) = self.holder {
            run.emit(Doing::Credit { rep, reason: reason.clone() });
        }
        let sla = self.sla;
        let restarts = sla.on_breach.iter().any(|step| matches!(step, Step::Reassign { restart_clock: true, .. }));
        if self.waiting.is_some() || self.reassign(true, restarts, false, &mut run) {
            return;
        }
        self.finish(&mut run);
        self.stranded(&mut run);
    }

    fn assigned(&mut self, given: Given, at: i64) {
        let answer = self.waiting.take();
        self.reassigned += u32::from(answer.is_some_and(|answer| answer.counts));
        self.pool = given.pool.or(self.pool);
        self.change(Change::Assigned, at);
        self.hold(given.holder, at);
        if answer.is_some_and(|answer| answer.restart_clock) {
            self.restart(at, |running| !running.is_kept());
        }
    }

    /// Gives the lead to a holder; what is left of each promise goes on with his calendar.
    fn hold(&mut self, holder: Holder, at: i64) {
        self.holder = holder;
        if let Holder::Rep(rep) = holder
            && !self.had.contains(&rep)
        {
            self.had.push(rep);
        }
        let (people, sla, pool) = (self.people, self.sla, self.pool);
        for (running, promise) in self.promises.iter_mut().zip(&sla.promises) {
            let calendar = people.calendar(&promise.clock, holder, pool);
            if running.standing == Standing::Open {
                running.move_to(calendar, promise, people, &sla.warnings, at);
            } else {
                running.calendar = calendar;
            }
        }
    }

    /// Makes promises anew.
    fn restart(&mut self, at: i64, which: impl Fn(&Running) -> bool) {
        let (people, sla) = (self.people, self.sla);
        for (running, promise) in self.promises.iter_mut().zip(&sla.promises).filter(|(running, _)| which(running)) {
            running.begin(promise, people, &sla.warnings, at);
            if self.stopped {
                running.freeze(people, at);
            }
        }
    }

    /// Being told a status: what it means is kept, and it may end the follow-up.
    fn told(&mut self, status: u32, at: i64, effects: &mut Vec<Effect>) {
        if self.policy.statuses.get(status as usize).is_none() {
            return;
        }
        let meaning = statuses::meaning(self.policy, status);
        if meaning.is_some_and(|row| row.status == "returned") {
            return self.returned(&SmolStr::default(), at, effects);
        }
        self.status = status;
        if let Some(row) = meaning {
            self.keep(row.keeps, at);
            self.ended = row.ends;
        }
    }

    fn change(&mut self, change: Change, at: i64) {
        self.status = statuses::after(self.policy, self.status, change);
        self.keep(statuses::kept_by(change), at);
    }

    fn keep(&mut self, stages: &[Stage], at: i64) {
        for running in self.promises.iter_mut().filter(|running| stages.contains(&running.stage)) {
            running.standing = match running.standing {
                Standing::Open => Standing::Kept { at },
                Standing::Broken { due, kept } => Standing::Broken { due, kept: kept.or(Some(at)) },
                kept => kept,
            };
        }
    }

    /// Stops the clocks, or lets them go on, as the status and the hand say.
    pub(super) fn pause_or_go_on(&mut self, at: i64) {
        let stop = self.stopped_by_hand || self.sla.pause_while.contains(&self.status);
        if stop == self.stopped {
            return;
        }
        self.stopped = stop;
        let (people, sla) = (self.people, self.sla);
        for running in &mut self.promises {
            match running.standing {
                Standing::Open if stop => running.freeze(people, at),
                Standing::Open => running.go_on(people, &sla.warnings, at),
                _ => running.frozen = None,
            }
        }
    }

    fn whom(&self, recipient: &Recipient, level: u32) -> Whom {
        match (recipient, self.holder) {
            (Recipient::Assignee, Holder::Rep(rep)) => Whom::Rep(rep),
            (Recipient::Assignee, Holder::Queue(queue)) => Whom::Queue(queue),
            (Recipient::Assignee, Holder::Pool(_)) => Whom::Nobody,
            (Recipient::ManagerOfAssignee, holder) => {
                self.people.manager(holder, level).map_or(Whom::Nobody, Whom::Rep)
            }
            (Recipient::Rep(rep), _) => Whom::Rep(*rep),
            (Recipient::Email(email), _) => Whom::Email(email.clone()),
        }
    }
}

/// Whether a step moves the lead on.
fn moves(step: &Step) -> bool {
    match step {
        Step::Notify(_) | Step::Escalate(_) => false,
        Step::Reassign { .. } | Step::Recycle(_) | Step::Recall(_) | Step::Reopen => true,
    }
}
