//! The workload for Leadway.

use crate::workload::{self, FIELDS, Kind, TARGETS};
use leadway::policy::*;
use leadway::source::Span;
use rust_decimal::Decimal;
use smol_str::SmolStr;
use std::ops::Bound;
use std::sync::Arc;

pub fn policy(rules: &[workload::Rule]) -> Policy {
    let rules: Vec<Rule> = rules.iter().enumerate().map(|(at, written)| rule(at, written)).collect();
    Policy {
        title: "workload".into(),
        zone: chrono_tz::Tz::UTC,
        on_bad_lead: None,
        missing: Vec::new(),
        fields: FIELDS.iter().map(|(name, kind)| field(name, kind)).collect(),
        lists: Vec::new(),
        lets: Vec::new(),
        records: Vec::new(),
        segments: Vec::new(),
        partitions: Vec::new(),
        scores: Vec::new(),
        grades: Vec::new(),
        territory_sets: Vec::new(),
        territories: Vec::new(),
        calendars: Vec::new(),
        teams: Vec::new(),
        reps: Vec::new(),
        queues: (0..TARGETS).map(queue).collect(),
        pools: Vec::new(),
        slas: Vec::new(),
        excludes: Vec::new(),
        tables: Vec::new(),
        routes: vec![Route {
            name: "main".into(),
            span: Span::default(),
            exclusive: false,
            entries: (0..rules.len() as u32).map(|at| Entry::Rule(RuleId(at))).collect(),
        }],
        main: RouteId(0),
        rules,
        statuses: Vec::new(),
        returning: None,
        experiments: Vec::new(),
        tiers: Vec::new(),
        guarantees: Vec::new(),
        goals: Vec::new(),
        tests: Vec::new(),
        hash: String::new(),
    }
}

fn queue(at: u64) -> Queue {
    Queue { name: format!("queue {at}").into(), span: Span::default(), worked_by: Vec::new() }
}

fn field(name: &str, kind: &Kind) -> Field {
    Field {
        name: name.into(),
        span: Span::default(),
        ty: match kind {
            Kind::Text(_) => Type::Text,
            Kind::Number(_) => Type::Integer { low: None, high: None },
            Kind::Boolean => Type::Boolean,
        },
        required: false,
        columns: Vec::new(),
        spellings: Vec::new(),
        missing: Vec::new(),
    }
}

fn rule(at: usize, written: &workload::Rule) -> Rule {
    let tests = written.tests.iter().map(|(field, test)| {
        condition(ConditionKind::Test(Test {
            subject: Subject::Field(FieldId(*field as u32)),
            predicate: predicate(test),
        }))
    });
    Rule {
        title: format!("rule {at}").into(),
        route: RouteId(0),
        span: Span::default(),
        whole: Span::default(),
        otherwise: false,
        only: Vec::new(),
        when: Some(condition(ConditionKind::And(tests.collect()))),
        assign: vec![Target::Queue(QueueId(written.target as u32))],
        sla: None,
        priority: None,
        tier: None,
        overrides: Vec::new(),
    }
}

fn condition(kind: ConditionKind) -> Condition {
    Condition { kind, span: Span::default() }
}

fn predicate(test: &workload::Test) -> Predicate {
    let range = |low, high| Predicate::InRanges(vec![Range { low, high }]);
    match test {
        workload::Test::OneOf(texts) => {
            let values = texts.iter().map(SmolStr::new).collect();
            Predicate::InTexts(TextSet { values: Arc::new(values), ..TextSet::default() })
        }
        workload::Test::Between(low, high) => {
            range(Bound::Included(Decimal::from(*low)), Bound::Included(Decimal::from(*high)))
        }
        workload::Test::AtLeast(low) => range(Bound::Included(Decimal::from(*low)), Bound::Unbounded),
        workload::Test::True => Predicate::True,
    }
}

pub fn lead(values: &[workload::Value]) -> Vec<Value> {
    let value = |value: &workload::Value| match value {
        workload::Value::Missing => Value::Missing,
        workload::Value::Text(text) => Value::Text(Text { folded: text.into(), written: text.into() }),
        workload::Value::Number(number) => Value::Integer(*number),
        workload::Value::Boolean(value) => Value::Boolean(*value),
    };
    values.iter().map(value).collect()
}
