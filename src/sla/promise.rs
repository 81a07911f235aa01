//! One promise on its clock.
//!
//! ```text
//!  from          80%                due
//!   |------------|------------------|      allowance: the time that counts from `from` to `due`
//!         |####|                           paused: `due` and what is left of the shares move by what of it counts
//! ```

use super::people::People;
use super::{FollowUp, Holder, Standing};
use crate::policy::{CalendarId, PoolId, Promise, Warning};
use crate::syntax::ast::Stage;
use serde::{Deserialize, Serialize};

/// A promise that was made. Instants and durations are microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Running {
    pub stage: Stage,
    /// None where the calendar never opens long enough.
    pub due: Option<i64>,
    pub standing: Standing,
    /// How many of the SLA's warnings were given.
    pub warned: usize,
    /// When the next warning is due.
    pub warning: Option<i64>,
    /// The time that counts, all in all.
    pub allowance: i64,
    pub calendar: Option<CalendarId>,
    pub frozen: Option<Frozen>,
}

/// Where a clock stood when it was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Frozen {
    pub at: i64,
    /// The time that was left.
    pub left: i64,
    /// Whether it goes on with a calendar other than that on which it was stopped.
    pub moved: bool,
}

impl Running {
    /// When something falls due.
    pub fn next(&self) -> Option<i64> {
        match (self.standing, self.warning, self.due) {
            (Standing::Open, Some(warning), Some(due)) => Some(warning.min(due)),
            (Standing::Open, None, due) => due,
            _ => None,
        }
    }

    pub fn is_kept(&self) -> bool {
        matches!(self.standing, Standing::Kept { .. } | Standing::Broken { kept: Some(_), .. })
    }

    /// Makes the promise anew at an instant.
    pub fn begin(&mut self, promise: &Promise, people: &People, warnings: &[Warning], at: i64) {
        self.due = people.due(&promise.within, self.calendar, at);
        self.allowance = self.due.map_or(0, |due| people.between(self.calendar, at, due));
        self.standing = Standing::Open;
        self.warned = 0;
        if self.frozen.is_some() {
            self.frozen = Some(Frozen { at, left: self.allowance, moved: false });
        }
        self.plan_warning(people, warnings, at);
    }

    /// Stops the clock.
    pub fn freeze(&mut self, people: &People, at: i64) {
        let left = self.due.map_or(0, |due| people.between(self.calendar, at, due));
        self.frozen = Some(Frozen { at, left, moved: false });
    }

    /// Lets the clock go on: what of the pause counted is added to the deadline.
    pub fn go_on(&mut self, people: &People, warnings: &[Warning], at: i64) {
        let Some(frozen) = self.frozen.take() else { return };
        let Some(due) = self.due else { return };
        self.due = if frozen.moved {
            self.left_from(people, at, frozen.left, due)
        } else {
            // What fell due in the moment of the pause falls due when it ends.
            people.after(self.calendar, due, people.between(self.calendar, frozen.at, at)).map(|due| due.max(at))
        };
        self.plan_warning(people, warnings, at);
    }

    /// What is left goes on with another calendar.
    pub fn move_to(
        &mut self,
        calendar: Option<CalendarId>,
        promise: &Promise,
        people: &People,
        warnings: &[Warning],
        at: i64,
    ) {
        if calendar == self.calendar {
            return;
        }
        let before = std::mem::replace(&mut self.calendar, calendar);
        match (&mut self.frozen, self.due) {
            (_, None) => self.begin(promise, people, warnings, at),
            (Some(frozen), Some(_)) => frozen.moved = true,
            (None, Some(due)) => {
                let left = people.between(before, at, due);
                self.due = self.left_from(people, at, left, due);
                self.plan_warning(people, warnings, at);
            }
        }
    }

    /// The time that is gone at an instant.
    pub fn used(&self, people: &People, at: i64) -> i64 {
        let left = match (self.frozen, self.due) {
            (Some(frozen), _) => frozen.left,
            (None, Some(due)) => people.between(self.calendar, at, due),
            (None, None) => self.allowance,
        };
        (self.allowance - left).max(0)
    }

    /// Takes what is gone already from a promise that was just made.
    pub fn spend(&mut self, used: i64, people: &People, warnings: &[Warning], at: i64) {
        let Some(due) = self.due.filter(|_| used > 0) else { return };
        self.due = self.left_from(people, at, self.allowance - used, due.min(at));
        self.warned = warnings.iter().take_while(|warning| self.share(warning) <= used).count();
        self.plan_warning(people, warnings, at);
    }

    /// The time that is gone when a warning is due.
    fn share(&self, warning: &Warning) -> i64 {
        self.allowance - self.kept_back(warning)
    }

    fn kept_back(&self, warning: &Warning) -> i64 {
        let percent = 100 - i64::from(warning.percent);
        self.allowance / 100 * percent + self.allowance % 100 * percent / 100
    }

    /// The deadline when so much is left at an instant. Nothing may be left before the deadline is there: one that is an opening.
    fn left_from(&self, people: &People, at: i64, left: i64, due: i64) -> Option<i64> {
        if left > 0 { people.after(self.calendar, at, left) } else { Some(due.max(at)) }
    }

    /// When the next warning that was not given is due, as of an instant; at once where its share is gone already.
    pub fn plan_warning(&mut self, people: &People, warnings: &[Warning], at: i64) {
        self.warning = self.due.zip(warnings.get(self.warned)).and_then(|(due, warning)| {
            let left = people.between(self.calendar, at, due);
            people.after(self.calendar, at, left - self.kept_back(warning))
        });
    }
}

impl FollowUp<'_> {
    pub(super) fn begin(&self, promise: &Promise, at: i64) -> Running {
        let calendar = self.calendar_of(promise, self.holder, self.pool);
        let mut running = Running {
            stage: promise.stage,
            due: None,
            standing: Standing::Open,
            warned: 0,
            warning: None,
            allowance: 0,
            calendar,
            frozen: None,
        };
        running.begin(promise, self.people, &self.sla.warnings, at);
        running
    }

    pub(super) fn calendar_of(&self, promise: &Promise, holder: Holder, pool: Option<PoolId>) -> Option<CalendarId> {
        self.people.calendar(&promise.clock, holder, pool)
    }
}
