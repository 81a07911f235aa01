//! Rules and leads that every engine gets: 14 fields, rules of two to four conditions, first match wins, 50 targets.
//!
//! Rules of territories each name a domain that few others name, and a lead's rule is anywhere among them. Broad rules ask about any fields:
//! one of the first dozens takes nearly every lead, and an engine that tries them in order soon stops.

/// A small generator of numbers (xorshift64*), so that every run has the same workload.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Self {
        Numbers(seed)
    }

    pub fn below(&mut self, count: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % count
    }
}

/// What a field's values are.
pub enum Kind {
    /// One of so many texts.
    Text(u64),
    /// A whole number below this.
    Number(u64),
    Boolean,
}

pub const FIELDS: [(&str, Kind); 14] = [
    ("country", Kind::Text(40)),
    ("state", Kind::Text(200)),
    ("industry", Kind::Text(20)),
    ("source", Kind::Text(8)),
    ("size_band", Kind::Text(4)),
    ("language", Kind::Text(12)),
    ("domain", Kind::Text(DOMAINS)),
    ("title", Kind::Text(60)),
    ("plan", Kind::Text(5)),
    ("region", Kind::Text(6)),
    ("employees", Kind::Number(20_000)),
    ("revenue", Kind::Number(5_000_000)),
    ("intent", Kind::Number(101)),
    ("customer", Kind::Boolean),
];

const DOMAINS: u64 = 2_000;
pub const TARGETS: u64 = 50;

#[derive(Debug, Clone)]
pub enum Test {
    OneOf(Vec<String>),
    /// Both ends are in it.
    Between(i64, i64),
    AtLeast(i64),
    True,
}

#[derive(Debug, Clone)]
pub struct Rule {
    /// By place in [`FIELDS`], each once, in that order.
    pub tests: Vec<(usize, Test)>,
    pub target: u64,
}

#[derive(Debug, Clone)]
pub enum Value {
    Missing,
    Text(String),
    Number(i64),
    Boolean(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Territories,
    Broad,
}

/// By place in [`FIELDS`].
const DOMAIN: usize = 6;

pub fn rules(shape: Shape, count: usize) -> Vec<Rule> {
    let numbers = &mut Numbers::new(0x9E37_79B9_7F4A_7C15);
    (0..count).map(|at| rule(shape, at, numbers)).collect()
}

fn rule(shape: Shape, at: usize, numbers: &mut Numbers) -> Rule {
    let conditions = 2 + numbers.below(3);
    let mut tests = Vec::new();
    if shape == Shape::Territories {
        tests.push((DOMAIN, Test::OneOf(vec![text("domain", at as u64 % DOMAINS)])));
    }
    for _ in tests.len() as u64..conditions {
        let field = numbers.below(FIELDS.len() as u64) as usize;
        if tests.iter().all(|(known, _)| *known != field) {
            tests.push((field, test(numbers, field)));
        }
    }
    tests.sort_by_key(|(field, _)| *field);
    Rule { tests, target: numbers.below(TARGETS) }
}

fn test(numbers: &mut Numbers, field: usize) -> Test {
    let (name, kind) = &FIELDS[field];
    match kind {
        Kind::Text(count) => {
            let members = [1, 1, 1, 2, 4][numbers.below(5) as usize];
            Test::OneOf((0..members).map(|_| text(name, numbers.below(*count))).collect())
        }
        Kind::Number(count) => {
            // Round numbers, as people write them.
            let step = (count / 20).max(1);
            let low = (numbers.below(20) * step) as i64;
            match numbers.below(2) {
                0 => Test::AtLeast(low),
                _ => Test::Between(low, low + (step * (1 + numbers.below(3))) as i64 - 1),
            }
        }
        Kind::Boolean => Test::True,
    }
}

pub fn leads(count: usize) -> Vec<Vec<Value>> {
    let numbers = &mut Numbers::new(0x1234_5678_9ABC_DEF1);
    (0..count).map(|_| FIELDS.iter().map(|(name, kind)| value(numbers, name, kind)).collect()).collect()
}

fn value(numbers: &mut Numbers, name: &str, kind: &Kind) -> Value {
    if numbers.below(20) == 0 {
        return Value::Missing;
    }
    match kind {
        Kind::Text(count) => Value::Text(text(name, numbers.below(*count))),
        Kind::Number(count) => Value::Number(numbers.below(*count) as i64),
        Kind::Boolean => Value::Boolean(numbers.below(4) == 0),
    }
}

fn text(name: &str, number: u64) -> String {
    format!("{name} {number}")
}
