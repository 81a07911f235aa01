//! Expectations held against a decision.

use super::Mismatch;
use super::course::{Sent, Situation};
use crate::assign::Assignment;
use crate::matcher::reason::Reason;
use crate::matcher::trace::{Verdict, trace};
use crate::matcher::{Facts, Outcome};
use crate::policy::tests::{ExpectedKind, TestCase};
use crate::policy::{Instant, Policy, Recipient, RuleId, Target, TerritoryId, Type, Value, words};
use crate::router::{Decision, Router};
use crate::sla::{Holder, Whom};
use smol_str::SmolStr;

/// `policy` says why a rule fails: the router's own, or one that differs in what it matches. `situations` are that after the decision
/// and that at each step.
pub(super) fn mismatches(
    router: &Router,
    policy: &Policy,
    case: &TestCase,
    decision: &Decision,
    situations: &[Situation],
) -> Vec<Mismatch> {
    let expected = [&case.expect].into_iter().chain(case.after.iter().map(|step| &step.expect));
    let mut found = Vec::new();
    let mut expectation = 0;
    for (stage, (expected, situation)) in expected.zip(situations).enumerate() {
        let subject = Subject { router, policy, case, decision, situation, is_later: stage > 0 };
        for one in expected {
            if subject.holds(&one.kind) == one.negated {
                let words = subject.words(&one.kind);
                let expected = if one.negated { format!("not {words}") } else { words };
                found.push(Mismatch { expectation, expected, got: subject.got(&one.kind) });
            }
            expectation += 1;
        }
    }
    found
}

struct Subject<'a> {
    router: &'a Router,
    policy: &'a Policy,
    case: &'a TestCase,
    decision: &'a Decision,
    situation: &'a Situation,
    /// Some time after the decision: where the lead is matters, not where it was sent.
    is_later: bool,
}

impl Subject<'_> {
    fn holds(&self, expected: &ExpectedKind) -> bool {
        let found = &self.decision.found;
        match expected {
            ExpectedKind::Rule(rule) => found.outcome == Outcome::Rule(*rule),
            ExpectedKind::Fails(rule, on) => self.fails_on(*rule).contains(on),
            ExpectedKind::Otherwise => self.router.rule(found).is_some_and(|rule| rule.otherwise),
            ExpectedKind::Excluded(None) => matches!(found.outcome, Outcome::Excluded(_)),
            ExpectedKind::Excluded(Some(at)) => found.outcome == Outcome::Excluded(*at),
            ExpectedKind::Target(target) => self.is_target(target),
            ExpectedKind::Assignee(rep) => self.assignment().and_then(|a| a.assignee) == Some(*rep),
            ExpectedKind::Sla(sla) => found.sla == Some(*sla),
            ExpectedKind::NoSla => found.sla.is_none(),
            ExpectedKind::Priority(priority) => found.priority == Some(*priority),
            ExpectedKind::Breach => self.situation.breached,
            ExpectedKind::Notified(whom) => self.situation.notified.iter().any(|sent| self.is_to(sent, whom)),
            ExpectedKind::EscalatedTo(whom) => self.situation.escalated.iter().any(|sent| self.is_to(sent, whom)),
            ExpectedKind::Status(status) => self.situation.status == Some(*status),
            ExpectedKind::Due(due) => self.situation.due == Some(due.micros),
            ExpectedKind::Territory(ids) => self.territories().any(|id| ids.contains(&id)),
            ExpectedKind::Segment(segment) => found.segments.contains(segment),
            ExpectedKind::Score(score, value) => found.scores.get(score.at()) == Some(value),
            ExpectedKind::Grade(grade, step) => found.grades.get(grade.at()) == Some(&Some(*step)),
        }
    }

    fn assignment(&self) -> Option<&Assignment> {
        self.situation.assignment.as_ref()
    }

    fn is_to(&self, sent: &Sent, whom: &Recipient) -> bool {
        match (whom, &sent.whom) {
            (Recipient::Rep(rep), Whom::Rep(told)) => rep == told,
            (Recipient::Email(email), Whom::Email(told)) => email == told,
            (Recipient::Assignee, Whom::Rep(told)) => sent.holder == Holder::Rep(*told),
            (Recipient::ManagerOfAssignee, Whom::Rep(told)) => {
                self.router.people().manager(sent.holder, 1) == Some(*told)
            }
            _ => false,
        }
    }

    fn is_target(&self, expected: &Target) -> bool {
        let assignment = self.assignment();
        let taken = self.decision.found.targets.get(assignment.map_or(0, |assignment| assignment.choice));
        let came_to = match expected {
            Target::Pool(pool) => assignment.is_some_and(|a| a.assignee.is_some() && a.pools.last() == Some(pool)),
            Target::Queue(queue) => assignment.is_some_and(|a| a.queue == Some(*queue)),
            Target::Rep(rep) => assignment.is_some_and(|a| a.assignee == Some(*rep)),
            _ => false,
        };
        came_to || !self.is_later && taken == Some(expected)
    }

    /// The territory that the lead is in, and all above it.
    fn territories(&self) -> impl Iterator<Item = TerritoryId> {
        let parent = |id: &TerritoryId| self.policy.territories.get(id.at()).and_then(|territory| territory.parent);
        std::iter::successors(self.decision.found.territory, parent)
    }

    /// What the first question that failed was about, where the rule was tried and failed: its subject, and those of the questions
    /// behind a name that it asks.
    fn fails_on(&self, rule: RuleId) -> Vec<SmolStr> {
        let moment = self.router.moment(self.case.at);
        let records = self.router.match_records(&self.case.values, &moment);
        let facts = Facts { values: &self.case.values, at: self.case.at, calendars: &moment.open, records: &records };
        let entries = trace(self.policy, &facts).entries;
        let tried = entries.iter().find(|entry| entry.rule == Some(rule) && entry.verdict == Verdict::Fails);
        let mut subjects = Vec::new();
        let mut open: Vec<&Reason> = tried.and_then(|entry| entry.why.first()).into_iter().collect();
        while let Some(reason) = open.pop() {
            subjects.push(SmolStr::new(&reason.subject));
            open.extend(&reason.because);
        }
        subjects
    }

    /// An expectation as it is written.
    fn words(&self, expected: &ExpectedKind) -> String {
        let policy = self.policy;
        match expected {
            ExpectedKind::Rule(rule) => self.rule_words(*rule),
            ExpectedKind::Fails(rule, on) => format!("{} fails on {on}", self.rule_words(*rule)),
            ExpectedKind::Otherwise => "otherwise".to_owned(),
            ExpectedKind::Excluded(None) => "excluded".to_owned(),
            ExpectedKind::Excluded(Some(at)) => {
                format!("excluded \"{}\"", policy.excludes.get(*at as usize).map_or("", |exclude| &exclude.title))
            }
            ExpectedKind::Target(target) => words::target(policy, target),
            ExpectedKind::Assignee(rep) => format!("assignee {}", name(policy.reps.get(rep.at()).map(|rep| &rep.name))),
            ExpectedKind::Sla(sla) => format!("sla {}", name(policy.slas.get(sla.at()).map(|sla| &sla.name))),
            ExpectedKind::NoSla => "no sla".to_owned(),
            ExpectedKind::Breach => "breach".to_owned(),
            ExpectedKind::Notified(whom) => format!("notified {}", self.recipient(whom)),
            ExpectedKind::EscalatedTo(whom) => format!("escalated to {}", self.recipient(whom)),
            ExpectedKind::Status(status) => format!("status {}", name(policy.statuses.get(*status as usize))),
            ExpectedKind::Priority(priority) => format!("priority {priority}"),
            ExpectedKind::Due(due) => format!("due {}", self.instant(*due)),
            ExpectedKind::Territory(ids) => {
                let territory = ids.first().and_then(|id| policy.territories.get(id.at()));
                format!("territory {}", name(territory.map(|territory| &territory.name)))
            }
            ExpectedKind::Segment(segment) => {
                format!("segment {}", name(policy.segments.get(segment.at()).map(|segment| &segment.name)))
            }
            ExpectedKind::Score(score, value) => {
                format!("score {} = {value}", name(policy.scores.get(score.at()).map(|score| &score.name)))
            }
            ExpectedKind::Grade(grade, step) => {
                let grade = policy.grades.get(grade.at());
                let step = grade.and_then(|grade| grade.steps.get(*step as usize));
                format!("grade {} = {}", name(grade.map(|grade| &grade.name)), name(step.map(|step| &step.0)))
            }
        }
    }

    /// What the decision says of the thing that an expectation is about.
    fn got(&self, expected: &ExpectedKind) -> String {
        let found = &self.decision.found;
        let assignment = self.assignment();
        match expected {
            ExpectedKind::Rule(_) | ExpectedKind::Otherwise | ExpectedKind::Excluded(_) => self.outcome(),
            ExpectedKind::Fails(rule, _) => match self.fails_on(*rule).into_iter().next() {
                Some(on) => format!("{} fails on {on}", self.rule_words(*rule)),
                None if found.outcome == Outcome::Rule(*rule) => format!("{} takes the lead", self.rule_words(*rule)),
                None => format!("{}, before that rule's conditions were asked", self.outcome()),
            },
            ExpectedKind::Target(Target::Rep(_)) | ExpectedKind::Assignee(_) => match assignment {
                Some(a) if a.assignee.is_some() => {
                    self.words(&ExpectedKind::Assignee(a.assignee.unwrap_or(crate::policy::RepId(0))))
                }
                Some(a) => a.queue.map_or_else(
                    || "nobody".to_owned(),
                    |queue| format!("{}, and nobody has it", words::target(self.policy, &Target::Queue(queue))),
                ),
                None => "nobody".to_owned(),
            },
            ExpectedKind::Target(_) if self.is_later => match assignment {
                Some(a) => match (a.queue, a.pools.last()) {
                    (Some(queue), _) => words::target(self.policy, &Target::Queue(queue)),
                    (None, Some(pool)) => words::target(self.policy, &Target::Pool(*pool)),
                    (None, None) => self.got(&ExpectedKind::Assignee(crate::policy::RepId(0))),
                },
                None => self.outcome(),
            },
            ExpectedKind::Target(_) => {
                let taken = found.targets.get(assignment.map_or(0, |assignment| assignment.choice));
                taken.map_or_else(|| self.outcome(), |target| words::target(self.policy, target))
            }
            ExpectedKind::Sla(_) | ExpectedKind::NoSla => {
                found.sla.map_or_else(|| "no sla".to_owned(), |sla| self.words(&ExpectedKind::Sla(sla)))
            }
            ExpectedKind::Priority(_) => {
                found.priority.map_or_else(|| "no priority".to_owned(), |priority| format!("priority {priority}"))
            }
            ExpectedKind::Breach => match self.situation.breached {
                true => "breach".to_owned(),
                false => "no breach".to_owned(),
            },
            ExpectedKind::Notified(_) => self.sent("notified", &self.situation.notified),
            ExpectedKind::EscalatedTo(_) => self.sent("escalated to", &self.situation.escalated),
            ExpectedKind::Status(_) => match self.situation.status {
                Some(status) => self.words(&ExpectedKind::Status(status)),
                None => "no status, since nothing is promised".to_owned(),
            },
            ExpectedKind::Due(_) => match self.situation.due {
                Some(micros) => format!("due {}", self.instant(Instant { micros, offset: 0 })),
                None => "nothing due".to_owned(),
            },
            ExpectedKind::Territory(_) => match found.territory {
                Some(id) => self.words(&ExpectedKind::Territory(vec![id])),
                None => "no territory".to_owned(),
            },
            ExpectedKind::Segment(_) => {
                let names = found.segments.iter().filter_map(|id| self.policy.segments.get(id.at()));
                let names: Vec<_> = names.map(|segment| segment.name.as_str()).collect();
                if names.is_empty() { "no segment".to_owned() } else { format!("segments {}", names.join(", ")) }
            }
            ExpectedKind::Score(score, _) => {
                let value = found.scores.get(score.at());
                value.map_or_else(|| "no score".to_owned(), |value| self.words(&ExpectedKind::Score(*score, *value)))
            }
            ExpectedKind::Grade(grade, _) => match found.grades.get(grade.at()) {
                Some(Some(step)) => self.words(&ExpectedKind::Grade(*grade, *step)),
                _ => "no step of the grade".to_owned(),
            },
        }
    }

    fn outcome(&self) -> String {
        match self.decision.found.outcome {
            Outcome::Rule(rule) => self.rule_words(rule),
            Outcome::Excluded(at) => self.words(&ExpectedKind::Excluded(Some(at))),
            Outcome::Tie(id) => {
                format!("a tie of {}", name(self.policy.records.get(id.at()).map(|records| &records.name)))
            }
            Outcome::None if self.case.bad => "a bad lead".to_owned(),
            Outcome::None => "no rule".to_owned(),
        }
    }

    fn recipient(&self, whom: &Recipient) -> String {
        match whom {
            Recipient::Assignee => "assignee".to_owned(),
            Recipient::ManagerOfAssignee => "manager of assignee".to_owned(),
            Recipient::Rep(rep) => format!("rep {}", name(self.policy.reps.get(rep.at()).map(|rep| &rep.name))),
            Recipient::Email(email) => format!("\"{email}\""),
        }
    }

    fn sent(&self, verb: &str, all: &[Sent]) -> String {
        let told = all.iter().map(|sent| match &sent.whom {
            Whom::Rep(rep) => self.recipient(&Recipient::Rep(*rep)),
            Whom::Email(email) => self.recipient(&Recipient::Email(email.clone())),
            Whom::Queue(queue) => words::target(self.policy, &Target::Queue(*queue)),
            Whom::Nobody => "nobody".to_owned(),
        });
        let told: Vec<String> = told.collect();
        format!("{verb} {}", if told.is_empty() { "nobody".to_owned() } else { told.join(", ") })
    }

    /// An `otherwise` has no title of its own.
    fn rule_words(&self, id: RuleId) -> String {
        match self.policy.rules.get(id.at()) {
            Some(rule) if rule.otherwise => "otherwise".to_owned(),
            Some(rule) => format!("rule \"{}\"", rule.title),
            None => String::new(),
        }
    }

    /// On the clock that the test's own instant is written with.
    fn instant(&self, instant: Instant) -> String {
        let shown = Instant { micros: instant.micros, offset: self.case.at.offset };
        words::value(&Value::Time(shown), &Type::Time)
    }
}

fn name(name: Option<&SmolStr>) -> &str {
    name.map_or("", SmolStr::as_str)
}
