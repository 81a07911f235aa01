//! The tests of a policy: their leads are typed, and what they expect is there.

use super::declarations::Declarations;
use super::names::Kind;
use super::scope::Scope;
use super::words;
use crate::calendar;
use crate::data::time;
use crate::data::value::set_of;
use crate::diagnostic::Diagnostic;
use crate::policy::tests::{Expected, Given, Happening, Step, TestCase};
use crate::policy::{DataFiles, Experiment, ExperimentId, Field, FieldId, Instant, PoolId, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{self, GivenKind, LiteralKind, Unit};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// What the leads of tests are made of.
#[derive(Clone, Copy)]
pub(super) struct Leads<'a> {
    pub fields: &'a [Field],
    pub missing: &'a [SmolStr],
    pub experiments: &'a [Experiment],
}

/// What all leads of one `test` block share.
pub(super) struct Shared<'a> {
    pub leads: Leads<'a>,
    pub title: &'a SmolStr,
    pub span: Span,
    pub values: Vec<Value>,
    pub bad: bool,
    pub at: Option<Instant>,
    /// The zone of local times in the block.
    pub zone: Tz,
    pub arm: Option<(ExperimentId, usize)>,
    pub given: Vec<Given>,
    pub after: Vec<Step>,
    /// Something is expected, though it may be nothing that is known.
    pub expects: bool,
    pub expect: Vec<Expected>,
}

/// One lead of a block.
pub(super) struct Lead {
    pub values: Vec<Value>,
    pub bad: bool,
}

impl Scope<'_> {
    pub(super) fn tests(&mut self, found: &Declarations<'_>, leads: &Leads<'_>, data: &DataFiles) -> Vec<TestCase> {
        let mut titles: FxHashMap<&str, Span> = FxHashMap::default();
        let mut cases = Vec::new();
        for test in &found.tests {
            if let Some(first) = titles.insert(&test.title.text, test.title.span) {
                self.report(
                    Diagnostic::error(
                        "duplicate-name",
                        test.title.span,
                        format!("two tests are called `{}`", test.title.text),
                    )
                    .also(first, "the first is here")
                    .help("say in each title what it shows"),
                );
            }
            self.test(test, *leads, data, &mut cases);
        }
        cases
    }

    fn test(&mut self, test: &ast::Test, leads: Leads<'_>, data: &DataFiles, cases: &mut Vec<TestCase>) {
        let mut values = vec![Value::Missing; leads.fields.len()];
        let bad = self.test_lead(test, &leads, &mut values);
        let zone = test.at.as_ref().and_then(|at| at.zone.as_ref());
        let zone = zone.and_then(|zone| self.zone_named(&zone.text, zone.span)).unwrap_or(self.zone);
        let shared = Shared {
            leads,
            title: &test.title.text,
            span: test.title.span,
            values,
            bad,
            at: test.at.as_ref().and_then(|at| self.instant(&at.at, zone)),
            zone,
            arm: test.arm.as_ref().and_then(|(arm, experiment)| self.arm_named(arm, experiment, &leads)),
            given: test.given.iter().filter_map(|given| self.given(given)).collect(),
            after: self.later(&test.after, zone),
            expects: !test.expect.is_empty() || test.after.iter().any(|after| !after.expect.is_empty()),
            expect: self.expectations(&test.expect, zone),
        };
        match (&test.leads, &test.cases) {
            (None, None) => {
                let lead = Lead { values: shared.values.clone(), bad: shared.bad };
                self.one_case(&shared, None, lead, Vec::new(), cases);
            }
            (Some(file), _) => self.file_cases(&shared, file, data, cases),
            (None, Some(_)) => {}
        }
        if let Some(written) = &test.cases {
            self.written_cases(&shared, written, cases);
        }
    }

    /// Adds one lead with what is expected of it beside what its block expects of all.
    pub(super) fn one_case(
        &mut self,
        shared: &Shared<'_>,
        which: Option<(String, Span, Option<u32>)>,
        lead: Lead,
        mut expect: Vec<Expected>,
        cases: &mut Vec<TestCase>,
    ) {
        let (title, span, line) = match which {
            Some((which, span, line)) => (SmolStr::new(format!("{}, {which}", shared.title)), span, line),
            None => (shared.title.clone(), shared.span, None),
        };
        let expects_nothing = expect.is_empty() && !shared.expects;
        expect.splice(0..0, shared.expect.iter().cloned());
        if expects_nothing {
            self.report(
                Diagnostic::error(
                    "missing-part",
                    span,
                    format!("the test `{title}` expects nothing, so it cannot fail"),
                )
                .help("add `expect` and what should become of the lead, such as `expect rule \"...\"`"),
            );
        }
        let at = shared.at.unwrap_or_else(|| usual_instant(&lead.values, self.zone));
        if !calendar::is_known(at.micros) {
            let message = format!(
                "the lead of the test `{title}` came at {}, which is not between 1970 and 2100",
                time::show(at)
            );
            self.report(
                Diagnostic::error("value-outside-range", span, message)
                    .help("write when it is decided, such as `at 2026-03-04 10:00`, or mend the lead"),
            );
        }
        let Lead { values, bad } = lead;
        let (arm, given, after) = (shared.arm, shared.given.clone(), shared.after.clone());
        cases.push(TestCase { title, span, line, values, bad, at, arm, given, expect, after });
    }

    fn written_cases(&mut self, shared: &Shared<'_>, written: &ast::Cases, cases: &mut Vec<TestCase>) {
        let fields: Vec<Option<FieldId>> = written.fields.iter().map(|name| self.test_field(name)).collect();
        for row in &written.rows {
            if row.values.len() != fields.len() {
                let is = words::count(row.values.len(), "value");
                self.report(
                    Diagnostic::error(
                        "table-row",
                        row.span,
                        format!("this case has {is}, and `cases` names {}", words::count(fields.len(), "field")),
                    )
                    .help("give one value for each field after `cases`, with `missing` for none"),
                );
                continue;
            }
            let mut values = shared.values.clone();
            let mut bad = shared.bad;
            let mut shown = Vec::new();
            for ((field, name), written) in fields.iter().zip(&written.fields).zip(&row.values) {
                let words: Vec<_> = written.iter().map(|value| words::literal(value).to_string()).collect();
                shown.push(if words.is_empty() { "missing".to_owned() } else { words.join(" | ") });
                let field = field.and_then(|id| Some((id, shared.leads.fields.get(id.at())?)));
                let Some((id, field)) = field else { continue };
                bad |= field.required && written.is_empty();
                let value = self.test_value(written, &field.ty, name);
                if let (Some(place), Some(value)) = (values.get_mut(id.at()), value) {
                    *place = value;
                }
            }
            let expect = self.expectations(&row.expect, shared.zone);
            if expect.is_empty() {
                continue;
            }
            let which = (shown.join(", "), row.span, None);
            self.one_case(shared, Some(which), Lead { values, bad }, expect, cases);
        }
        if written.rows.is_empty() {
            let span = written.fields.first().map_or(shared.span, |name| name.span);
            self.report(
                Diagnostic::error("missing-part", span, "there is no case after `cases`")
                    .help("write one a line, such as `DE, 4000 -> rule \"...\"`"),
            );
        }
    }

    /// The lead that the block writes; says whether a required field is given as `missing`.
    fn test_lead(&mut self, test: &ast::Test, leads: &Leads<'_>, values: &mut [Value]) -> bool {
        let mut given: FxHashMap<&str, Span> = FxHashMap::default();
        let mut bad = false;
        for field in &test.lead {
            let name = &field.name;
            if let Some(first) = given.insert(&name.text, name.span) {
                self.report(
                    Diagnostic::error("duplicate-name", name.span, format!("`{}` is given twice", name.text))
                        .also(first, "first given here")
                        .help("give each field once"),
                );
            }
            let Some(id) = self.test_field(name) else { continue };
            let Some(known) = leads.fields.get(id.at()) else { continue };
            bad |= known.required && field.values.is_empty();
            let value = self.test_value(&field.values, &known.ty, name);
            if let (Some(place), Some(value)) = (values.get_mut(id.at()), value) {
                *place = value;
            }
        }
        bad
    }

    fn test_field(&mut self, name: &ast::Name) -> Option<FieldId> {
        if !self.knows_leads() {
            return None;
        }
        self.resolve(Kind::Field, name).map(FieldId)
    }

    /// The value of a field; none written means that it is missing.
    fn test_value(&mut self, written: &[ast::Literal], ty: &Type, name: &ast::Name) -> Option<Value> {
        if let ([_, second, ..], false) = (written, matches!(ty, Type::SetOf(_))) {
            let is = words::a_type(ty);
            self.report(
                Diagnostic::error("type-mismatch", second.span, format!("`{}` is {is}, and has one value", name.text))
                    .help("give one value; only a set has several"),
            );
            return None;
        }
        let mut values = Vec::with_capacity(written.len());
        for literal in written {
            if super::comparisons::is_ordered(ty) {
                let stretch = self.stretch(literal, ty, &name.text)?;
                self.within_type(&stretch.compared(ast::Op::Equal), ty, &name.text, literal.span);
            }
            values.push(self.literal(literal, ty, &name.text)?);
        }
        if matches!(ty, Type::SetOf(_)) {
            let members = values.into_iter().filter_map(|value| match value {
                Value::Text(text) => Some(text),
                _ => None,
            });
            return Some(set_of(members.collect()));
        }
        Some(values.pop().unwrap_or(Value::Missing))
    }

    /// An instant of a test: a time, or the midnight of a day, on the clock of a zone.
    pub(super) fn instant(&mut self, literal: &ast::Literal, zone: Tz) -> Option<Instant> {
        let instant = match &literal.kind {
            LiteralKind::Date(date) => Some(time::instant(date.and_time(NaiveTime::MIN), zone)),
            LiteralKind::Time(local, Some(offset)) => Some(time::at_offset(*local, *offset)),
            LiteralKind::Time(local, None) => Some(time::instant(*local, zone)),
            _ => None,
        };
        let written = words::literal(literal);
        match instant {
            Some(instant) if calendar::is_known(instant.micros) => Some(instant),
            Some(_) => {
                let message = format!("`{written}` is not between 1970 and 2100");
                self.report(
                    Diagnostic::error("value-outside-range", literal.span, message)
                        .help("calendars and caps are known for these years"),
                );
                None
            }
            None => {
                self.report(
                    Diagnostic::error("type-mismatch", literal.span, format!("`{written}` is not a time"))
                        .help("write a time such as 2026-03-04 10:00"),
                );
                None
            }
        }
    }

    fn given(&mut self, given: &ast::Given) -> Option<Given> {
        let rep = self.rep(&given.rep)?;
        Some(match &given.kind {
            GivenKind::Away => Given::Away(rep),
            GivenKind::Offline => Given::Offline(rep),
            GivenKind::AtCap => Given::AtCap(rep),
            GivenKind::HadLastTurn(pool) => Given::HadLastTurn(rep, PoolId(self.resolve(Kind::Pool, pool)?)),
        })
    }

    /// What happens after the decision; each step is no earlier than the one before.
    fn later(&mut self, written: &[ast::After], zone: Tz) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::with_capacity(written.len());
        for step in written {
            let Some(after) = self.elapsed(&step.wait) else { continue };
            if steps.last().is_some_and(|before| before.after > after) {
                self.report(
                    Diagnostic::error("reversed-steps", step.wait.span, "this happens before the step above it")
                        .help("write steps in the order in which they happen, each with the time since the decision"),
                );
            }
            let happening = step.happening.as_ref().and_then(|happening| {
                Some(match happening {
                    ast::Happening::Status(name) => Happening::Status(self.status(name)?),
                    ast::Happening::Accepted => Happening::Accepted,
                    ast::Happening::Responded => Happening::Responded,
                    ast::Happening::Met => Happening::Met,
                    ast::Happening::Returned(reason) => Happening::Returned(reason.text.clone()),
                    ast::Happening::Paused => Happening::Paused,
                    ast::Happening::Resumed => Happening::Resumed,
                })
            });
            steps.push(Step { after, happening, expect: self.expectations(&step.expect, zone) });
        }
        steps
    }

    /// Microseconds on the wall's clock.
    fn elapsed(&mut self, wait: &ast::Duration) -> Option<i64> {
        let each = match wait.unit {
            Unit::Second => 1,
            Unit::Minute => 60,
            Unit::Hour => 3_600,
            Unit::Day => 86_400,
            Unit::Week => 604_800,
            Unit::Month => 0,
        };
        let micros = wait.count.checked_mul(each * 1_000_000).filter(|micros| *micros >= 0);
        if wait.business || each == 0 || micros.is_none() {
            self.report(
                Diagnostic::error("bad-value", wait.span, "a step of a test comes after so much time on the clock")
                    .help("write seconds, minutes, hours, days or weeks, such as `after 5 minutes`"),
            );
            return None;
        }
        micros
    }

    fn arm_named(
        &mut self,
        arm: &ast::Name,
        experiment: &ast::Name,
        leads: &Leads<'_>,
    ) -> Option<(ExperimentId, usize)> {
        let id = ExperimentId(self.resolve(Kind::Experiment, experiment)?);
        let arms: Vec<SmolStr> = leads.experiments.get(id.at())?.arms.iter().map(|arm| arm.name.clone()).collect();
        let at = arms.iter().position(|name| *name == arm.text);
        if at.is_none() {
            self.outside_enum(&arm.text, arm.span, &experiment.text, &arms);
        }
        at.map(|at| (id, at))
    }
}

/// The instant of a test that names none: when the lead came, by its first field that is a time, else noon of a Monday.
pub fn usual_instant(values: &[Value], zone: Tz) -> Instant {
    let came = values.iter().find_map(|value| match value {
        Value::Time(instant) => Some(*instant),
        _ => None,
    });
    came.unwrap_or_else(|| time::instant(monday_noon(), zone))
}

/// Noon of 2026-01-05.
fn monday_noon() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 1, 5)
        .unwrap_or_default()
        .and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default())
}
