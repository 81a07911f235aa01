//! One promise on its clock.
//!
//! ```text
//!  from          80%                due
//!   |------------|------------------|      allowance: the time that counts from `from` to `due`
//!         |####|                           paused: `due` and what is left of the shares move by what of it counts
//! ```

use super::staff::Staff;
use super::{FollowUp, Holder, Standing};
use crate::policy::{CalendarId, PoolId, Promise, Warning};
use crate::syntax::ast::Stage;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    pub fn begin(&mut self, promise: &Promise, staff: &Staff, warnings: &[Warning], at: i64) {
        self.due = staff.due(&promise.within, self.calendar, at);
        self.allowance = self.due.map_or(0, |due| staff.between(self.calendar, at, due));
        self.standing = Standing::Open;
        self.warned = 0;
        if self.frozen.is_some() {
            self.frozen = Some(Frozen { at, left: self.allowance, moved: false });
        }
        self.plan_warning(staff, warnings, at);
    }

    /// Stops the clock.
    pub fn freeze(&mut self, staff: &Staff, at: i64) {
        let left = self.due.map_or(0, |due| staff.between(self.calendar, at, due));
        self.frozen = Some(Frozen { at, left, moved: false });
    }

    /// Lets the clock go on: what of the pause counted is added to the deadline.
    pub fn go_on(&mut self, staff: &Staff, warnings: &[Warning], at: i64) {
        let Some(frozen) = self.frozen.take() else { return };
        let Some(due) = self.due else { return };
        self.due = if frozen.moved {
            self.left_from(staff, at, frozen.left, due)
        } else {
            staff.after(self.calendar, due, staff.between(self.calendar, frozen.at, at))
        };
        self.plan_warning(staff, warnings, at);
    }

    /// What is left goes on with another calendar.
    pub fn move_to(
        &mut self,
        calendar: Option<CalendarId>,
        promise: &Promise,
        staff: &Staff,
        warnings: &[Warning],
        at: i64,
    ) {
        if calendar == self.calendar {
            return;
        }
        let before = std::mem::replace(&mut self.calendar, calendar);
        match (&mut self.frozen, self.due) {
            (_, None) => self.begin(promise, staff, warnings, at),
            (Some(frozen), Some(_)) => frozen.moved = true,
            (None, Some(due)) => {
                let left = staff.between(before, at, due);
                self.due = self.left_from(staff, at, left, due);
                self.plan_warning(staff, warnings, at);
            }
        }
    }

    /// The deadline when so much is left at an instant. Nothing may be left before the deadline is there: one that is an opening.
    fn left_from(&self, staff: &Staff, at: i64, left: i64, due: i64) -> Option<i64> {
        if left > 0 { staff.after(self.calendar, at, left) } else { Some(due.max(at)) }
    }

    /// When the next warning that was not given is due, as of an instant; at once where its share is gone already.
    pub fn plan_warning(&mut self, staff: &Staff, warnings: &[Warning], at: i64) {
        self.warning = self.due.zip(warnings.get(self.warned)).and_then(|(due, warning)| {
            let left = staff.between(self.calendar, at, due);
            let kept_back = self.allowance / 100 * (100 - i64::from(warning.percent))
                + self.allowance % 100 * (100 - i64::from(warning.percent)) / 100;
            staff.after(self.calendar, at, left - kept_back)
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
        running.begin(promise, self.staff, &self.sla.warnings, at);
        running
    }

    pub(super) fn calendar_of(&self, promise: &Promise, holder: Holder, pool: Option<PoolId>) -> Option<CalendarId> {
        self.staff.calendar(&promise.clock, holder, pool)
    }
}
