//! Tests: leads, an instant, and what is expected.

use super::{Builder, Pair, Parts, Rule, messages};
use crate::syntax::ast::{
    After, Case, Cases, Expectation, ExpectationKind, Given, GivenKind, Happening, ItemKind, Literal, Test, TestField,
    TestInstant,
};

impl Builder<'_> {
    pub(super) fn test(&mut self, mut parts: Parts<'_>) -> Option<ItemKind> {
        let title = self.text(&mut parts)?;
        let mut test = Test {
            title,
            lead: Vec::new(),
            leads: None,
            cases: None,
            at: None,
            arm: None,
            given: Vec::new(),
            after: Vec::new(),
            expect: Vec::new(),
        };
        self.clauses(parts, Rule::test_clause_alone, |builder, pair| {
            let inner = Parts::of(&pair).0.next()?;
            builder.test_clause(&mut test, &inner)
        });
        Some(ItemKind::Test(test))
    }

    fn test_clause(&mut self, test: &mut Test, clause: &Pair<'_, Rule>) -> Option<()> {
        let mut parts = Parts::of(clause);
        let (word, again) = match clause.as_rule() {
            Rule::test_lead => {
                parts.take(Rule::open)?;
                for field in parts.take_all(Rule::test_field) {
                    test.lead.push(self.test_field(&field)?);
                }
                return Some(());
            }
            Rule::test_expect => {
                test.expect.append(&mut self.expectations(&mut parts)?);
                return Some(());
            }
            Rule::test_given => {
                for given in parts.take_all(Rule::given) {
                    test.given.push(self.given(&given)?);
                }
                return Some(());
            }
            Rule::test_after => {
                test.after.push(self.after(parts)?);
                return Some(());
            }
            Rule::test_leads => ("leads from", test.leads.replace(self.text(&mut parts)?).is_some()),
            Rule::test_cases => ("cases", test.cases.replace(self.cases(parts)?).is_some()),
            Rule::test_arm => {
                let arm = (self.name(&mut parts)?, self.name(&mut parts)?);
                ("in arm", test.arm.replace(arm).is_some())
            }
            _ => {
                let instant = TestInstant { at: self.literal(&mut parts)?, zone: self.text(&mut parts) };
                ("at", test.at.replace(instant).is_some())
            }
        };
        if again {
            self.tell(messages::twice(self.span(clause), word));
        }
        Some(())
    }

    fn test_field(&mut self, pair: &Pair<'_, Rule>) -> Option<TestField> {
        let mut parts = Parts::of(pair);
        let name = self.name(&mut parts)?;
        self.starts.push(name.span.start);
        Some(TestField { name, values: self.literals(&mut parts) })
    }

    fn given(&mut self, pair: &Pair<'_, Rule>) -> Option<Given> {
        let mut parts = Parts::of(pair);
        let rep = self.name(&mut parts)?;
        let kind = match parts.take(Rule::had_last_turn) {
            Some(turn) => GivenKind::HadLastTurn(self.name(&mut Parts::of(&turn))?),
            None if parts.has(Rule::k_away) => GivenKind::Away,
            None if parts.has(Rule::k_offline) => GivenKind::Offline,
            None => GivenKind::AtCap,
        };
        Some(Given { rep, kind })
    }

    fn after(&mut self, mut parts: Parts<'_>) -> Option<After> {
        let wait = self.duration(&mut parts)?;
        let happening = match parts.take(Rule::happening) {
            Some(pair) => {
                let mut inner = Parts::of(&pair);
                Some(match inner.next_rule()? {
                    Rule::k_status => Happening::Status(self.name(&mut inner)?),
                    Rule::k_accepted => Happening::Accepted,
                    Rule::k_responded => Happening::Responded,
                    Rule::k_met => Happening::Met,
                    Rule::k_returned => Happening::Returned(self.name(&mut inner)?),
                    Rule::k_paused => Happening::Paused,
                    _ => Happening::Resumed,
                })
            }
            None => None,
        };
        let expect = match parts.take(Rule::test_expect) {
            Some(pair) => self.expectations(&mut Parts::of(&pair))?,
            None => Vec::new(),
        };
        Some(After { wait, happening, expect })
    }

    fn cases(&mut self, mut parts: Parts<'_>) -> Option<Cases> {
        let fields = std::iter::from_fn(|| self.name(&mut parts)).collect();
        let rows = self.clauses(parts, Rule::test_case_alone, |builder, pair| builder.case(&pair));
        Some(Cases { fields, rows })
    }

    fn case(&mut self, pair: &Pair<'_, Rule>) -> Option<Case> {
        let mut parts = Parts::of(pair);
        let values: Vec<Vec<Literal>> =
            parts.take_all(Rule::case_value).map(|value| self.literals(&mut Parts::of(&value))).collect();
        parts.take(Rule::arrow)?;
        Some(Case { values, expect: self.expectations(&mut parts)?, span: self.span(pair) })
    }

    fn expectations(&mut self, parts: &mut Parts<'_>) -> Option<Vec<Expectation>> {
        parts
            .take_all(Rule::expectation)
            .map(|pair| {
                let mut inner = Parts::of(&pair);
                let negated = inner.next_rule() == Some(Rule::k_not);
                if negated {
                    inner.0.next();
                }
                Some(Expectation { negated, kind: self.expectation(inner)?, span: self.span(&pair) })
            })
            .collect()
    }

    fn expectation(&mut self, mut whole: Parts<'_>) -> Option<ExpectationKind> {
        let inner = whole.0.peek()?;
        let mut parts = Parts::of(&inner);
        Some(match inner.as_rule() {
            Rule::expect_rule => ExpectationKind::Rule(self.text(&mut parts)?),
            Rule::expect_fails => {
                let rule = self.text(&mut parts)?;
                let (record, name) = self.path(&mut parts)?;
                ExpectationKind::Fails { rule, record, name }
            }
            Rule::k_breach => ExpectationKind::Breach,
            Rule::expect_notified => ExpectationKind::Notified(self.recipient(&parts.take(Rule::recipient)?)?),
            Rule::expect_escalated => ExpectationKind::EscalatedTo(self.recipient(&parts.take(Rule::recipient)?)?),
            Rule::expect_status => ExpectationKind::Status(self.name(&mut parts)?),
            Rule::k_otherwise => ExpectationKind::Otherwise,
            Rule::expect_excluded => ExpectationKind::Excluded(self.text(&mut parts)),
            Rule::expect_assignee => ExpectationKind::Assignee(self.name(&mut parts)?),
            Rule::expect_no_sla => ExpectationKind::NoSla,
            Rule::expect_sla => ExpectationKind::Sla(self.name(&mut parts)?),
            Rule::expect_priority => ExpectationKind::Priority(self.whole(&mut parts)?),
            Rule::expect_due => ExpectationKind::Due(self.literal(&mut parts)?),
            Rule::expect_territory => ExpectationKind::Territory(self.name(&mut parts)?),
            Rule::expect_segment => ExpectationKind::Segment(self.name(&mut parts)?),
            Rule::expect_score => {
                let name = self.name(&mut parts)?;
                self.equals(&mut parts)?;
                ExpectationKind::Score { name, value: self.whole(&mut parts)? }
            }
            Rule::expect_grade => {
                let name = self.name(&mut parts)?;
                self.equals(&mut parts)?;
                ExpectationKind::Grade { name, value: self.name(&mut parts)? }
            }
            _ => ExpectationKind::Target(self.target(&mut whole)?),
        })
    }
}
