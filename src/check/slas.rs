//! SLAs: promises, pauses and what is done when one is broken; and what becomes of returning leads.

use super::declarations::Declarations;
use super::names::Kind;
use super::scope::{Meaning, Scope};
use crate::diagnostic::Diagnostic;
use crate::policy::{CalendarId, Clock, Promise, Sla};
use crate::source::Span;
use crate::syntax::ast::{self, Recipient, SlaClauseKind, SlaClock, Stage, StepKind};
use smol_str::SmolStr;

/// The statuses of a lead where the policy lists none.
const STATUSES: [&str; 10] = [
    "new",
    "working",
    "waiting_on_prospect",
    "contacted",
    "meeting_booked",
    "qualified",
    "disqualified",
    "returned",
    "converted",
    "recycled",
];

impl Scope<'_> {
    pub(super) fn slas(&mut self, found: &Declarations<'_>) -> Vec<Sla> {
        found.slas.iter().map(|sla| self.sla(sla)).collect()
    }

    fn sla(&mut self, sla: &ast::Sla) -> Sla {
        let mut promises: Vec<(Promise, Span)> = Vec::new();
        for clause in &sla.clauses {
            match &clause.kind {
                SlaClauseKind::Within { stage, within, clock } => {
                    self.some_time(within);
                    let clock = self.clock(clock);
                    if let Some((_, first)) = promises.iter().find(|(promise, _)| promise.stage == *stage) {
                        self.repeated(stage_word(*stage), "an sla", clause.span, *first);
                    }
                    promises.push((Promise { stage: *stage, within: within.clone(), clock }, clause.span));
                }
                SlaClauseKind::PauseWhile(statuses) => {
                    for status in statuses {
                        self.status(status);
                    }
                }
                SlaClauseKind::At { percent, steps } => {
                    self.percent(percent, 1, 99);
                    self.sla_steps(steps);
                }
                SlaClauseKind::OnBreach(steps) | SlaClauseKind::Finally(steps) => self.sla_steps(steps),
            }
        }
        if promises.is_empty() {
            self.report(
                Diagnostic::error(
                    "missing-part",
                    sla.name.span,
                    format!("the sla `{}` promises nothing", sla.name.text),
                )
                .help("write `respond within` and a time"),
            );
        }
        Sla {
            name: sla.name.text.clone(),
            span: sla.name.span,
            promises: promises.into_iter().map(|(promise, _)| promise).collect(),
            clauses: sla.clauses.clone(),
        }
    }

    fn clock(&mut self, clock: &SlaClock) -> Clock {
        match clock {
            SlaClock::Elapsed => Clock::Elapsed,
            SlaClock::OfAssignee => Clock::OfAssignee,
            SlaClock::OfPool => Clock::OfPool,
            SlaClock::In(name) => {
                self.resolve(Kind::Calendar, name).map_or(Clock::Elapsed, |id| Clock::In(CalendarId(id)))
            }
        }
    }

    fn sla_steps(&mut self, steps: &[ast::Step]) {
        for step in steps {
            match &step.kind {
                StepKind::Notify(recipients) => recipients.iter().for_each(|recipient| self.recipient(recipient)),
                StepKind::Escalate(recipient) => self.recipient(recipient),
                StepKind::Reassign { at_most, .. } => {
                    if let Some(at_most) = at_most {
                        self.positive(at_most, "the number of times");
                    }
                }
                StepKind::Recycle(queue) | StepKind::Recall(queue) => {
                    self.resolve(Kind::Queue, queue);
                }
                StepKind::Reopen => {}
            }
        }
    }

    fn recipient(&mut self, recipient: &Recipient) {
        match recipient {
            Recipient::Assignee | Recipient::ManagerOfAssignee => {}
            Recipient::Rep(name) => {
                self.rep(name);
            }
            Recipient::Email(email) => {
                if crate::data::email::email(&email.text).is_none() {
                    self.report(
                        Diagnostic::error("bad-value", email.span, format!("`{}` is not an email address", email.text))
                            .help("write an address such as \"ana@acme.test\""),
                    );
                }
            }
        }
    }

    /// A status of the policy's own list, or of the usual ones where it has none.
    fn status(&mut self, name: &ast::Name) {
        if self.names.count(Kind::Status) > 0 {
            self.resolve(Kind::Status, name);
        } else if !STATUSES.contains(&name.text.as_str()) {
            let close = self.suggester.closest(&name.text, STATUSES);
            let found = Diagnostic::error("unknown-name", name.span, format!("there is no status `{}`", name.text));
            self.report(match close {
                Some(close) => found.here(format!("did you mean `{close}`?")).fix(name.span, close),
                None => found.help(format!("the statuses are {}; `status` lists a policy's own", STATUSES.join(", "))),
            });
        }
    }

    /// A number of a hundred within bounds.
    pub(super) fn percent(&mut self, percent: &ast::Whole, low: i64, high: i64) {
        if !(low..=high).contains(&percent.value) {
            self.report(
                Diagnostic::error(
                    "value-outside-range",
                    percent.span,
                    format!("`{}%` makes no sense here", percent.value),
                )
                .help(format!("write a share from {low}% to {high}%")),
            );
        }
    }

    /// What returning leads are known by: fields, or records.
    pub(super) fn returning(&mut self, returning: &ast::Returning) {
        for key in &returning.by {
            if self.names.take(Kind::Records, &key.text).is_some() {
                continue;
            }
            if Kind::IN_CONDITIONS.iter().all(|kind| self.names.get(*kind, &key.text).is_none()) {
                self.unknown("field or records", &[Kind::Field, Kind::Records], &key.text, key.span);
                continue;
            }
            match self.plain(key) {
                Some(Meaning::Value(_)) | None => {}
                Some(_) => self.report(
                    Diagnostic::error(
                        "type-mismatch",
                        key.span,
                        format!("`{}` does not tell one lead from another", key.text),
                    )
                    .help("name a field such as `email`, or records such as `account`"),
                ),
            }
        }
        for clause in &returning.clauses {
            self.some_time(&clause.within);
        }
    }

    pub(super) fn statuses(&self) -> Vec<SmolStr> {
        let own: Vec<SmolStr> = self.names.of(Kind::Status).map(|(name, _)| name.clone()).collect();
        if own.is_empty() { STATUSES.map(SmolStr::new_static).to_vec() } else { own }
    }
}

fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::Accept => "`accept within`",
        Stage::Respond => "`respond within`",
        Stage::Meet => "`meet within`",
    }
}
