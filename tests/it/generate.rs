//! Policies and leads made from a list of numbers, for property tests.
//!
//! Every decision takes the next number, and 0 is always the simplest choice; so a list that is cut short or made smaller gives a
//! simpler policy, and a failing case shrinks to one that can be read. The constants come from small pools, so that conditions
//! overlap, nest and touch at their ends, and leads fall on the ends.

mod conditions;

use chrono::NaiveDate;
use chrono_tz::Tz;
use conditions::{Scope, condition, plain};
use leadway::matcher::{Facts, RecordMatch};
use leadway::policy::*;
use leadway::source::Span;
use leadway::syntax::ast;
use rust_decimal::Decimal;
use smol_str::SmolStr;
use std::sync::Arc;

/// A list of numbers that decisions are taken from.
pub struct Choices<'a> {
    numbers: &'a [u32],
}

impl<'a> Choices<'a> {
    pub fn new(numbers: &'a [u32]) -> Self {
        Choices { numbers }
    }

    /// Below `count`; 0 once the list is used up.
    pub fn below(&mut self, count: usize) -> usize {
        match self.numbers {
            [first, rest @ ..] => {
                self.numbers = rest;
                *first as usize % count.max(1)
            }
            [] => 0,
        }
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    pub fn pick<'p, T>(&mut self, pool: &'p [T]) -> &'p T {
        &pool[self.below(pool.len())]
    }

    fn list<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self, usize) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|at| make(self, at)).collect()
    }
}

/// What a lead brings, owned.
#[derive(Debug, Clone)]
pub struct Lead {
    pub values: Vec<Value>,
    pub at: Instant,
    pub calendars: Vec<bool>,
    pub records: Vec<RecordMatch>,
}

impl Lead {
    pub fn facts(&self) -> Facts<'_> {
        Facts { values: &self.values, at: self.at, calendars: &self.calendars, records: &self.records }
    }
}

const TEXTS: [&str; 14] =
    ["a", "b", "acme", "acme inc", "the acme", "acmeinc", "ab", "abc", "14", "140", "15", "1", "é", "b.test"];
const WRITTEN: [&str; 3] = ["Acme", "ACME INC", "a"];
const PARTS: [&str; 7] = ["a", "acme", "inc", "1", "é", "b", ""];
const PATTERNS: [&str; 4] = ["a", "^acme", "inc$", "1[0-4]"];
const EMAILS: [&str; 5] = ["x@a.test", "y@b.test", "z@acme", "w@b@a.test", "b.test"];
const NUMBERS: [i64; 9] = [0, 1, 5, 10, 11, 100, -3, i64::MAX, i64::MIN];
const DECIMALS: [&str; 6] = ["0", "0.5", "9.99", "10", "10.01", "-1.5"];
const ZONES: [Tz; 3] = [Tz::UTC, Tz::America__New_York, Tz::Pacific__Auckland];

pub fn days() -> [NaiveDate; 4] {
    [(2026, 3, 1), (2026, 3, 2), (2026, 3, 5), (2027, 1, 1)].map(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d).unwrap())
}

fn name(kind: &str, at: usize) -> SmolStr {
    format!("{kind}_{at}").into()
}

pub fn text(folded: &str, written: &str) -> Value {
    Value::Text(Text { folded: folded.into(), written: written.into() })
}

// ---- types and values ----

/// One field of each kind of type.
pub fn fields() -> Vec<Field> {
    let one_of = Type::OneOf(TEXTS[..4].iter().map(|&text| text.into()).collect());
    let types = [
        Type::Text,
        one_of.clone(),
        Type::Integer { low: None, high: None },
        Type::Boolean,
        Type::Decimal { low: None, high: None },
        Type::Date,
        Type::Time,
        Type::Email,
        Type::SetOf(Box::new(one_of)),
        Type::PostalCode { of: None },
        Type::Money { currency: Some("USD".into()) },
    ];
    types.into_iter().enumerate().map(|(at, ty)| field(at, ty)).collect()
}

pub fn field(at: usize, ty: Type) -> Field {
    Field {
        name: name("field", at),
        span: Span::default(),
        ty,
        required: false,
        columns: Vec::new(),
        spellings: Vec::new(),
        missing: Vec::new(),
    }
}

pub fn value(choices: &mut Choices, ty: &Type) -> Value {
    if choices.one_in(4) {
        return Value::Missing;
    }
    match ty {
        Type::Integer { .. } => Value::Integer(choices.pick(&NUMBERS).saturating_add(choices.below(3) as i64 - 1)),
        Type::Decimal { .. } | Type::Money { .. } => Value::Decimal(
            choices.pick(&DECIMALS).parse::<Decimal>().unwrap() + Decimal::new(choices.below(3) as i64 - 1, 2),
        ),
        Type::Boolean => Value::Boolean(choices.below(2) == 1),
        Type::Date => Value::Date(*choices.pick(&days())),
        Type::Time => Value::Time(instant(choices)),
        Type::SetOf(_) => {
            let mut texts = choices.list(3, |choices, _| *choices.pick(&TEXTS[..5]));
            texts.sort();
            texts.dedup();
            Value::Set(texts.into_iter().map(|text| Text { folded: text.into(), written: text.into() }).collect())
        }
        Type::Email => {
            let email = choices.pick(&EMAILS);
            text(email, email)
        }
        _ => {
            let folded = *choices.pick(&TEXTS);
            match choices.below(3) {
                2 => text(folded, &folded.to_uppercase()),
                _ => text(folded, folded),
            }
        }
    }
}

pub fn instant(choices: &mut Choices) -> Instant {
    let day = choices.pick(&days()).and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_micros();
    let hours = [0, 12, -1, 6, 23][choices.below(5)];
    Instant { micros: day + hours * 3_600_000_000 + choices.below(2) as i64, offset: 0 }
}

pub fn lead(choices: &mut Choices, policy: &Policy) -> Lead {
    let record = |choices: &mut Choices, records: &Records| match choices.below(4) {
        0 => RecordMatch::None,
        3 => RecordMatch::Tie,
        _ if records.rows.is_empty() => RecordMatch::None,
        _ => RecordMatch::Row(choices.below(records.rows.len()) as u32),
    };
    Lead {
        values: policy.fields.iter().map(|field| value(choices, &field.ty)).collect(),
        at: instant(choices),
        calendars: policy.calendars.iter().map(|_| choices.below(2) == 1).collect(),
        records: policy.records.iter().map(|records| record(choices, records)).collect(),
    }
}

// ---- policies ----

/// A policy with these fields and nothing in it but an empty route `main`.
pub fn blank(fields: Vec<Field>) -> Policy {
    Policy {
        title: "generated".into(),
        zone: Tz::UTC,
        on_bad_lead: None,
        missing: Vec::new(),
        fields,
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
        queues: Vec::new(),
        pools: Vec::new(),
        slas: Vec::new(),
        excludes: Vec::new(),
        tables: Vec::new(),
        routes: vec![Route { name: "main".into(), span: Span::default(), exclusive: false, entries: Vec::new() }],
        main: RouteId(0),
        rules: Vec::new(),
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

/// A policy of every kind of part.
pub fn policy(choices: &mut Choices) -> Policy {
    let columns = [Type::Boolean, Type::Text, Type::Integer { low: None, high: None }, Type::Rep];
    let columns: Vec<Field> = columns.into_iter().enumerate().map(|(at, ty)| field(at, ty)).collect();
    policy_over(choices, fields(), &columns, &[7, 0, 2])
}

/// A policy over fields that have few values, so that all its leads can be gone through.
pub fn small_policy(choices: &mut Choices) -> Policy {
    let one_of = |count: usize| Type::OneOf(TEXTS[..count].iter().map(|&text| text.into()).collect());
    let types = [
        one_of(3 + choices.below(2)),
        Type::Integer { low: Some(0), high: Some(1 + choices.below(3) as i64) },
        Type::Boolean,
        Type::SetOf(Box::new(one_of(2))),
    ];
    let mut fields: Vec<Field> = types.into_iter().enumerate().map(|(at, ty)| field(at, ty)).collect();
    fields.truncate(2 + choices.below(3));
    fields.iter_mut().for_each(|field| field.required = choices.one_in(5));
    let mut columns = vec![field(0, Type::Boolean), field(1, one_of(2))];
    columns[0].required = choices.one_in(2);
    policy_over(choices, fields, &columns, &[0, 1])
}

fn policy_over(choices: &mut Choices, fields: Vec<Field>, columns: &[Field], domains: &[u32]) -> Policy {
    let mut policy = blank(fields);
    policy.zone = *choices.pick(&ZONES);
    policy.queues =
        (0..3).map(|at| Queue { name: name("queue", at), span: Span::default(), worked_by: Vec::new() }).collect();
    policy.calendars = choices.list(2, |_, at| Calendar {
        name: name("calendar", at),
        span: Span::default(),
        kind: CalendarKind::Or(Vec::new()),
    });
    policy.records = choices.list(2, |choices, at| records(choices, at, columns));
    policy.lets.push(Let {
        name: "domain".into(),
        span: Span::default(),
        value: LetValue::DomainOf(Subject::Field(FieldId(*choices.pick(domains)))),
    });
    let mut scope = Scope { lets: 1, calendars: policy.calendars.len(), ..Scope::default() };
    // Twice, so that lets and segments also speak of scores, grades and territories, and scores of those.
    for _ in 0..2 {
        for _ in 0..choices.below(3) {
            let value = LetValue::Condition(condition(choices, &policy, scope, 2));
            policy.lets.push(Let { name: name("let", policy.lets.len()), span: Span::default(), value });
            scope.lets += 1;
        }
        for _ in 0..choices.below(4) {
            let when = condition(choices, &policy, scope, 2);
            let name = name("segment", policy.segments.len());
            policy.segments.push(Segment { name, span: Span::default(), when, partition: None });
            scope.segments += 1;
        }
        if choices.one_in(2) {
            partition(choices, &mut policy, &mut scope);
        }
        if choices.one_in(2) {
            score(choices, &mut policy, &mut scope);
        }
        if scope.territories == 0 && choices.one_in(2) {
            territories(choices, &mut policy, scope);
            scope.territories = policy.territories.len();
        }
    }
    policy.excludes = choices.list(2, |choices, at| Exclude {
        title: name("exclude", at),
        span: Span::default(),
        when: plain(ConditionKind::And(vec![
            condition(choices, &policy, scope, 1),
            condition(choices, &policy, scope, 1),
        ])),
    });
    policy.tables = choices.list(2, |choices, at| table(choices, &policy, scope, at));
    routes(choices, &mut policy, scope);
    experiments(choices, &mut policy, scope);
    policy
}

fn records(choices: &mut Choices, at: usize, columns: &[Field]) -> Records {
    let rows = choices.list(3, |choices, _| columns.iter().map(|column| value(choices, &column.ty)).collect());
    Records {
        name: name("records", at),
        span: Span::default(),
        columns: columns.to_vec(),
        keys: Vec::new(),
        prefer: Vec::new(),
        on_tie: (choices.one_in(3)).then_some(QueueId(2)),
        rows: Arc::new(rows),
    }
}

fn partition(choices: &mut Choices, policy: &mut Policy, scope: &mut Scope) {
    let number = policy.partitions.len() as u32;
    let mut parts: Vec<SegmentId> = Vec::new();
    let count = 1 + choices.below(3);
    for at in 0..=count {
        let when = if at == count {
            // `otherwise`
            let none = parts.iter().map(|id| plain(ConditionKind::Not(Box::new(plain(ConditionKind::Segment(*id))))));
            plain(ConditionKind::And(none.collect()))
        } else {
            condition(choices, policy, *scope, 1)
        };
        parts.push(SegmentId(policy.segments.len() as u32));
        let name = name("part", policy.segments.len());
        policy.segments.push(Segment { name, span: Span::default(), when, partition: Some(number) });
    }
    scope.segments = policy.segments.len();
    policy.partitions.push(Partition { name: name("partition", number as usize), span: Span::default(), parts });
}

fn score(choices: &mut Choices, policy: &mut Policy, scope: &mut Scope) {
    let term = |choices: &mut Choices| ScoreTerm {
        points: [1, 5, -3, 100][choices.below(4)],
        when: (!choices.one_in(4)).then(|| condition(choices, policy, *scope, 1)),
        span: Span::default(),
    };
    let terms = (0..1 + choices.below(4)).map(|_| term(choices)).collect();
    let id = ScoreId(policy.scores.len() as u32);
    policy.scores.push(Score { name: name("score", id.at()), span: Span::default(), low: 0, high: 10, terms });
    let mut steps = vec![("hot".into(), Some(6)), ("warm".into(), Some(1))];
    if choices.below(2) == 1 {
        steps.push(("cold".into(), None));
    }
    policy.grades.push(Grade { name: name("grade", policy.grades.len()), span: Span::default(), score: id, steps });
    scope.scores += 1;
    scope.grades += 1;
}

fn territories(choices: &mut Choices, policy: &mut Policy, scope: Scope) {
    let mut starts = vec![None];
    starts.extend(choices.list(2, |choices, _| Some(*choices.pick(&days()))));
    starts.sort();
    starts.dedup();
    for (set, from) in starts.into_iter().enumerate() {
        let mut roots = Vec::new();
        for _ in 0..1 + choices.below(3) {
            let root = territory(choices, policy, scope, set as u32, None);
            roots.push(root);
            for _ in 0..choices.below(3) {
                let child = territory(choices, policy, scope, set as u32, Some(root));
                if choices.one_in(3) {
                    territory(choices, policy, scope, set as u32, Some(child));
                }
            }
        }
        policy.territory_sets.push(TerritorySet {
            title: None,
            span: Span::default(),
            from,
            roots,
            move_open_leads: false,
        });
    }
}

fn territory(
    choices: &mut Choices,
    policy: &mut Policy,
    scope: Scope,
    set: u32,
    parent: Option<TerritoryId>,
) -> TerritoryId {
    let id = TerritoryId(policy.territories.len() as u32);
    let when = condition(choices, policy, scope, 1);
    policy.territories.push(Territory {
        name: name("territory", id.at()),
        title: None,
        span: Span::default(),
        set,
        parent,
        children: Vec::new(),
        when,
        covered: false,
    });
    if let Some(parent) = parent {
        policy.territories[parent.at()].children.push(id);
    }
    id
}

fn target(choices: &mut Choices, tables: usize) -> Target {
    match choices.below(7) {
        1 => Target::Pool(PoolId(choices.below(3) as u32)),
        2 => Target::Owner { records: RecordsId(0), column: ColumnId(1), under_cap: false },
        3..=5 if tables > 0 => Target::Table {
            table: TableId(choices.below(tables) as u32),
            output: [None, Some(ast::OutputKind::Pool), Some(ast::OutputKind::Queue)][choices.below(3)],
        },
        _ => Target::Queue(QueueId(choices.below(3) as u32)),
    }
}

fn sla(choices: &mut Choices) -> Option<SlaId> {
    choices.below(3).checked_sub(1).map(|at| SlaId(at as u32))
}

fn priority(choices: &mut Choices) -> Option<i64> {
    choices.below(3).checked_sub(1).map(|at| at as i64)
}

fn table(choices: &mut Choices, policy: &Policy, scope: Scope, at: usize) -> Table {
    let rows = choices.list(5, |choices, _| Row {
        cells: (0..2)
            .map(|_| match choices.below(3) {
                0 => plain(ConditionKind::Constant(true)),
                _ => condition(choices, policy, scope, 1),
            })
            .collect(),
        target: (!choices.one_in(4)).then(|| target(choices, 0)),
        sla: sla(choices),
        priority: priority(choices),
        span: Span::default(),
        line: None,
    });
    Table { name: name("table", at), span: Span::default(), first_row_wins: true, inputs: Vec::new(), rows }
}

fn routes(choices: &mut Choices, policy: &mut Policy, scope: Scope) {
    let count = 1 + choices.below(3);
    policy.routes.clear();
    for at in 0..count {
        let mut entries = Vec::new();
        for _ in 0..1 + choices.below(5) {
            if at + 1 < count && choices.one_in(3) {
                // Only into a later route, so that routes form no cycle.
                let route = RouteId((at + 1 + choices.below(count - at - 1)) as u32);
                let when = (!choices.one_in(3)).then(|| condition(choices, policy, scope, 2));
                entries.push(Entry::Continue { route, when, span: Span::default() });
                continue;
            }
            entries.push(Entry::Rule(RuleId(policy.rules.len() as u32)));
            let rule = rule(choices, policy, scope, RouteId(at as u32));
            policy.rules.push(rule);
        }
        let name = if at == 0 { "main".into() } else { name("route", at) };
        policy.routes.push(Route { name, span: Span::default(), exclusive: false, entries });
    }
}

fn rule(choices: &mut Choices, policy: &Policy, scope: Scope, route: RouteId) -> Rule {
    let period = |choices: &mut Choices, _| Period {
        from: choices.one_in(2).then(|| *choices.pick(&days())),
        to: choices.one_in(2).then(|| *choices.pick(&days())),
        zone: *choices.pick(&ZONES),
    };
    Rule {
        title: name("rule", policy.rules.len()),
        route,
        span: Span::default(),
        whole: Span::default(),
        otherwise: false,
        only: if choices.one_in(5) { choices.list(2, period) } else { Vec::new() },
        when: (!choices.one_in(8)).then(|| condition(choices, policy, scope, 3)),
        assign: (0..1 + choices.below(2)).map(|_| target(choices, policy.tables.len())).collect(),
        sla: sla(choices),
        priority: priority(choices),
        tier: None,
        overrides: Vec::new(),
    }
}

fn experiments(choices: &mut Choices, policy: &mut Policy, scope: Scope) {
    let most = policy.rules.len().min(2);
    let experiments = choices.list(most, |choices, at| Experiment {
        name: name("experiment", at),
        span: Span::default(),
        rule: RuleId(choices.below(policy.rules.len()) as u32),
        keys: (0..1 + choices.below(3))
            .map(|_| {
                let subject = match choices.below(4) {
                    1 => Subject::Let(LetId(0)),
                    2 if scope.scores > 0 => Subject::Score(ScoreId(0)),
                    _ => Subject::Field(FieldId(choices.below(policy.fields.len()) as u32)),
                };
                (subject, choices.one_in(3).then(|| condition(choices, policy, scope, 1)))
            })
            .collect(),
        arms: [["50", "50"], ["33.3", "66.7"], ["0.001", "99.999"]][choices.below(3)]
            .iter()
            .map(|percent| Arm {
                name: (*percent).into(),
                percent: percent.parse().unwrap(),
                assign: choices.list(2, |choices, _| target(choices, policy.tables.len())),
                sla: sla(choices),
                priority: priority(choices),
            })
            .collect(),
    });
    policy.experiments = experiments;
}
