//! SLAs: promises, pauses and what is done when one is broken; and what becomes of returning leads.

use super::declarations::Declarations;
use super::names::Kind;
use super::scope::{Meaning, Scope};
use crate::diagnostic::Diagnostic;
use crate::policy::{CalendarId, Clock, Promise, QueueId, Recipient, Sla, Step, Warning};
use crate::source::Span;
use crate::syntax::ast::{self, SlaClauseKind, SlaClock, Stage, StepKind, Unit};
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
        let mut lowered = Sla {
            name: sla.name.text.clone(),
            span: sla.name.span,
            promises: Vec::new(),
            pause_while: Vec::new(),
            warnings: Vec::new(),
            on_breach: Vec::new(),
            finally: Vec::new(),
        };
        for clause in &sla.clauses {
            match &clause.kind {
                SlaClauseKind::Within { stage, within, clock } => {
                    let promise = self.promise(*stage, within, clock, clause.span);
                    match lowered.promises.iter().find(|promise| promise.stage == *stage).map(|first| first.span) {
                        Some(first) => self.repeated(stage_word(*stage), "an sla", clause.span, first),
                        None => lowered.promises.push(promise),
                    }
                }
                SlaClauseKind::PauseWhile(statuses) => {
                    let statuses: Vec<u32> = statuses.iter().filter_map(|status| self.status(status)).collect();
                    lowered.pause_while.extend(statuses);
                }
                SlaClauseKind::At { percent, steps } => {
                    self.percent(percent, 1, 99);
                    let steps = self.sla_steps(steps);
                    let percent = u8::try_from(percent.value.clamp(1, 99)).unwrap_or(99);
                    lowered.warnings.push(Warning { percent, steps });
                }
                SlaClauseKind::OnBreach(steps) => lowered.on_breach.extend(self.sla_steps(steps)),
                SlaClauseKind::Finally(steps) => lowered.finally.extend(self.sla_steps(steps)),
            }
        }
        lowered.warnings.sort_by_key(|warning| warning.percent);
        if lowered.promises.is_empty() {
            self.report(
                Diagnostic::error(
                    "missing-part",
                    sla.name.span,
                    format!("the sla `{}` promises nothing", sla.name.text),
                )
                .help("write `respond within` and a time"),
            );
        }
        lowered
    }

    fn promise(&mut self, stage: Stage, within: &ast::Duration, clock: &SlaClock, span: Span) -> Promise {
        self.some_time(within);
        let elapsed = matches!(clock, SlaClock::Elapsed);
        if within.business && elapsed {
            self.report(
                Diagnostic::error("missing-part", within.span, "nothing says whose business time this is")
                    .help("write `in` and a calendar behind it, or `of business time of assignee`"),
            );
        }
        if matches!(within.unit, Unit::Week | Unit::Month) && (within.business || !elapsed) {
            self.report(
                Diagnostic::error("bad-value", within.span, "business time has no weeks and months of one length")
                    .help("count business days, such as `5 business days`"),
            );
        }
        let clock = match clock {
            SlaClock::Elapsed => Clock::Elapsed,
            SlaClock::OfAssignee => Clock::OfAssignee,
            SlaClock::OfPool => Clock::OfPool,
            SlaClock::In(name) => {
                self.resolve(Kind::Calendar, name).map_or(Clock::Elapsed, |id| Clock::In(CalendarId(id)))
            }
        };
        Promise { span, stage, within: within.clone(), clock }
    }

    fn sla_steps(&mut self, steps: &[ast::Step]) -> Vec<Step> {
        steps.iter().filter_map(|step| self.sla_step(step)).collect()
    }

    /// None where the step names something that is not there.
    fn sla_step(&mut self, step: &ast::Step) -> Option<Step> {
        Some(match &step.kind {
            StepKind::Notify(recipients) => {
                Step::Notify(recipients.iter().filter_map(|recipient| self.recipient(recipient)).collect())
            }
            StepKind::Escalate(recipient) => Step::Escalate(self.recipient(recipient)?),
            StepKind::Reassign { never_who_had_it, at_most, restart_clock } => {
                if *restart_clock && !never_who_had_it && at_most.is_none() {
                    self.report(
                        Diagnostic::error(
                            "missing-part",
                            step.span,
                            "a lead that nobody answers would be reassigned for ever",
                        )
                        .help("add `at most 2 times`, or `never to a rep who had it`"),
                    );
                }
                let at_most = at_most.as_ref().and_then(|times| self.positive(times, "the number of times"));
                Step::Reassign {
                    never_who_had_it: *never_who_had_it,
                    at_most: at_most.map(|times| u32::try_from(times).unwrap_or(u32::MAX)),
                    restart_clock: *restart_clock,
                    span: step.span,
                }
            }
            StepKind::Recycle(queue) => Step::Recycle(QueueId(self.resolve(Kind::Queue, queue)?)),
            StepKind::Recall(queue) => Step::Recall(QueueId(self.resolve(Kind::Queue, queue)?)),
            StepKind::Reopen => Step::Reopen,
        })
    }

    pub(super) fn recipient(&mut self, recipient: &ast::Recipient) -> Option<Recipient> {
        Some(match recipient {
            ast::Recipient::Assignee => Recipient::Assignee,
            ast::Recipient::ManagerOfAssignee => Recipient::ManagerOfAssignee,
            ast::Recipient::Rep(name) => Recipient::Rep(self.rep(name)?),
            ast::Recipient::Email(email) => match crate::data::email::email(&email.text) {
                Some(email) => Recipient::Email(email),
                None => {
                    self.report(
                        Diagnostic::error("bad-value", email.span, format!("`{}` is not an email address", email.text))
                            .help("write an address such as \"ana@acme.test\""),
                    );
                    return None;
                }
            },
        })
    }

    /// A status of the policy's own list, or of the usual ones where it has none.
    pub(super) fn status(&mut self, name: &ast::Name) -> Option<u32> {
        if self.names.count(Kind::Status) > 0 {
            return self.resolve(Kind::Status, name);
        }
        let place = STATUSES.iter().position(|status| *status == name.text);
        if place.is_none() {
            let close = self.suggester.closest(&name.text, STATUSES);
            let found = Diagnostic::error("unknown-name", name.span, format!("there is no status `{}`", name.text));
            self.report(match close {
                Some(close) => found.here(format!("did you mean `{close}`?")).fix(name.span, close),
                None => found.help(format!("the statuses are {}; `status` lists a policy's own", STATUSES.join(", "))),
            });
        }
        place.map(|place| place as u32)
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
            self.wall_time(&clause.within);
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
