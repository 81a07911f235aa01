//! Generated policies of 50 to 500 rules with what is proved of them, to be held against z3.
//!
//! `cargo bench --bench z3 -- 1000 > questions.ndjson` writes a policy a line: its fields and rules as trees, which rules take no lead,
//! whether some lead is taken by none, which pairs of rules really overlap, and the seconds it took. `python3 benches/ask_z3.py
//! questions.ndjson` (with `pip install z3-solver`) asks z3 the same and compares. The trees are made before the policy's text, so
//! that reading and checking are held against z3 as well. The shapes that proofs are measured on come last, each once, with the trees
//! of their checked policies.

#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

use leadway::analysis::quick::Existence;
use leadway::analysis::{Budget, Formula, Prover, Space};
use leadway::policy::{
    Condition, ConditionKind, Entry, FieldId, Policy, Predicate, Range, Row, Rule, RuleId, Subject, Type,
};
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};
use shapes::{Numbers, narrow, policy, table, territories};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Bound;
use std::time::Instant;

mod shapes;

#[derive(Clone, Copy)]
enum Kind {
    OneOf(u64),
    Integer(u64),
    Boolean,
    Set(u64),
}

struct Field {
    kind: Kind,
    required: bool,
}

/// Names that end in the place of a value: `v3`.
fn values(numbers: &mut Numbers, count: u64, most: u64) -> Vec<String> {
    let mut all: Vec<u64> = (0..1 + numbers.below(most)).map(|_| numbers.below(count)).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|value| format!("v{value}")).collect()
}

/// One comparison of a field as text and as a tree.
fn comparison(numbers: &mut Numbers, at: usize, field: &Field) -> (String, Value) {
    let name = format!("f{at}");
    // Whether a required field is missing is refused.
    if !field.required && numbers.below(12) == 0 {
        return match numbers.below(2) {
            0 => (format!("{name} is missing"), json!(["missing", at])),
            _ => (format!("{name} is present"), json!(["not", ["missing", at]])),
        };
    }
    match field.kind {
        Kind::OneOf(count) => {
            let of = values(numbers, count, count / 2 + 1);
            match numbers.below(4) {
                0 => (format!("{name} not in {}", of.join(", ")), json!(["not", ["in", at, of]])),
                _ => (format!("{name} in {}", of.join(", ")), json!(["in", at, of])),
            }
        }
        Kind::Integer(high) => {
            let (one, other) = (numbers.below(high + 1), numbers.below(high + 1));
            let (low, top) = (one.min(other), one.max(other));
            match numbers.below(3) {
                0 => (format!("{name} in {low}..{top}"), json!(["range", at, low, top])),
                1 => (format!("{name} >= {low}"), json!(["range", at, low, null])),
                _ => (format!("{name} < {}", low + 1), json!(["range", at, null, low])),
            }
        }
        Kind::Boolean => match numbers.below(2) {
            0 => (name, json!(["true", at])),
            _ => (format!("not {name}"), json!(["not", ["true", at]])),
        },
        Kind::Set(count) => {
            let of = values(numbers, count, 3);
            match numbers.below(2) {
                0 => (format!("{name} has any of {}", of.join(", ")), json!(["any", at, of])),
                _ => (format!("{name} has all of {}", of.join(", ")), json!(["all", at, of])),
            }
        }
    }
}

/// A condition of so many parts, now and then with others inside.
fn condition(numbers: &mut Numbers, fields: &[Field], most: u64, depth: u32) -> (String, Value) {
    let mut parts = Vec::new();
    for _ in 0..1 + numbers.below(most) {
        let (text, tree) = match numbers.below(5) {
            0 if depth > 0 => {
                let (text, tree) = condition(numbers, fields, most, depth - 1);
                match numbers.below(3) {
                    0 => (format!("not ({text})"), json!(["not", tree])),
                    _ => (format!("({text})"), tree),
                }
            }
            _ => {
                let at = numbers.below(fields.len() as u64) as usize;
                comparison(numbers, at, &fields[at])
            }
        };
        parts.push((text, tree));
    }
    let word = if depth == 2 || numbers.below(2) == 0 { "and" } else { "or" };
    let texts: Vec<&str> = parts.iter().map(|(text, _)| text.as_str()).collect();
    let text = texts.join(&format!(" {word} "));
    let trees: Vec<&Value> = parts.iter().map(|(_, tree)| tree).collect();
    (text, json!([word, trees]))
}

fn fields(numbers: &mut Numbers) -> Vec<Field> {
    let count = 4 + numbers.below(7);
    let field = |_| Field {
        kind: match numbers.below(8) {
            0..=3 => Kind::OneOf(3 + numbers.below(20)),
            4 | 5 => Kind::Integer(5 + numbers.below(500)),
            6 => Kind::Boolean,
            _ => Kind::Set(2 + numbers.below(5)),
        },
        required: numbers.below(4) == 0,
    };
    (0..count).map(field).collect()
}

fn declared(at: usize, field: &Field) -> String {
    let of = |count: u64| (0..count).map(|value| format!("v{value}")).collect::<Vec<_>>().join(", ");
    let kind = match field.kind {
        Kind::OneOf(count) => format!("one of {}", of(count)),
        Kind::Integer(high) => format!("integer 0..{high}"),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Set(count) => format!("set of one of {}", of(count)),
    };
    format!("  f{at} {kind}{}", if field.required { " required" } else { "" })
}

fn described(field: &Field) -> Value {
    let required = field.required;
    match field.kind {
        Kind::OneOf(count) => json!({"kind": "one of", "count": count, "required": required}),
        Kind::Integer(high) => json!({"kind": "number", "low": 0, "high": high, "required": required}),
        Kind::Boolean => json!({"kind": "boolean", "required": required}),
        Kind::Set(count) => json!({"kind": "set", "count": count, "required": required}),
    }
}

/// The policy of a number with what is proved of it.
fn case(number: u64) -> Value {
    let mut numbers = Numbers((number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let fields = fields(&mut numbers);
    let count = 50 + numbers.below(451) as usize;
    let most = 2 + numbers.below(4);
    let rules: Vec<(String, Value)> = (0..count).map(|_| condition(&mut numbers, &fields, most, 2)).collect();
    let mut text = String::from("lead {\n");
    fields.iter().enumerate().for_each(|(at, field)| writeln!(text, "{}", declared(at, field)).unwrap());
    text.push_str("}\nqueue one\nqueue two\nroute main {\n");
    for (at, (when, _)) in rules.iter().enumerate() {
        let queue = if at % 3 == 0 { "one" } else { "two" };
        writeln!(text, "  rule \"{at}\" {{ match {when}  assign queue {queue} }}").unwrap();
    }
    text.push_str("}\n");

    let policy = policy(&text);
    let told = Prover::new(&policy, &Budget::steps(u64::MAX)).run();
    let title = |found: &leadway::diagnostic::Diagnostic, at: usize| {
        found.message.split('"').nth(at).and_then(|title| title.parse::<usize>().ok())
    };
    let of = |code: &'static str| told.diagnostics.iter().filter(move |found| found.code == code);
    let shadowed: Vec<usize> = of("shadowed-rule").filter_map(|found| title(found, 1)).collect();
    let crossing = of("conflicting-rules").filter_map(|found| Some((title(found, 1)?, title(found, 3)?)));
    let crossing: Vec<(usize, usize)> = crossing.map(|(one, other)| (one.min(other), one.max(other))).collect();

    let mut pairs = crossing.clone();
    for _ in 0..40 {
        let (one, other) = (numbers.below(count as u64) as usize, numbers.below(count as u64) as usize);
        pairs.extend((one != other).then(|| (one.min(other), one.max(other))));
    }

    let answers = answers(&policy, &pairs, |space| space.steps(0).unwrap().iter().map(|step| step.takes).collect());
    json!({
        "shape": "of every kind", "number": number,
        "fields": fields.iter().map(described).collect::<Vec<_>>(),
        "rules": rules.iter().map(|(_, tree)| tree).collect::<Vec<_>>(),
        "pairs": pairs,
        "live": answers.live, "gap": answers.gap, "overlap": answers.overlap, "seconds": answers.seconds,
        "told": {"shadowed": shadowed, "gap": of("coverage-gap").count() > 0, "crossing": crossing,
                 "undecided": told.undecided.len()},
    })
}

/// What was proved of rules, or of the rows of a table, and how long that took.
struct Answers {
    live: Vec<Option<bool>>,
    gap: Option<bool>,
    overlap: Vec<Option<bool>>,
    seconds: f64,
}

/// Asks from a policy that was checked to the last answer.
fn answers(policy: &Policy, pairs: &[(usize, usize)], taking: impl Fn(&mut Space) -> Vec<Formula>) -> Answers {
    let started = Instant::now();
    let budget = Budget::steps(u64::MAX);
    let mut space = Space::new(&[policy]);
    let comes = space.comes_to_routes(0);
    let takes = taking(&mut space);
    let all = space.ordered(takes.clone());
    let mut exists = |holds: &[Formula], with, below| {
        let without: Vec<_> = space.meeting(&all, with, below).into_iter().map(|at| takes[at]).collect();
        match space.exists(holds, &without, &budget) {
            Existence::Yes => Some(true),
            Existence::No(_) => Some(false),
            Existence::Unknown(_) => None,
        }
    };
    let live = (0..takes.len()).map(|at| exists(&[comes, takes[at]], takes[at], at)).collect();
    let gap = exists(&[comes], Formula::TRUE, takes.len());
    let overlap =
        pairs.iter().map(|(one, other)| exists(&[comes, takes[*one], takes[*other]], takes[*one], *one)).collect();
    Answers { live, gap, overlap, seconds: started.elapsed().as_secs_f64() }
}

/// A policy with fields of a lead as numbers: closed values and texts by their place among those that are asked for, ranges of text by
/// the places where they are cut.
struct Numbered<'a> {
    policy: &'a Policy,
    values: Vec<BTreeMap<String, usize>>,
    cuts: Vec<BTreeMap<String, usize>>,
}

impl<'a> Numbered<'a> {
    fn new(policy: &'a Policy, all: &[&Condition]) -> Self {
        let none = || vec![BTreeMap::new(); policy.fields.len()];
        let mut numbered = Numbered { policy, values: none(), cuts: none() };
        for condition in all {
            numbered.gather(condition);
        }
        for of in numbered.values.iter_mut().chain(&mut numbered.cuts) {
            of.values_mut().zip(0..).for_each(|(place, number)| *place = number);
        }
        numbered
    }

    fn gather(&mut self, condition: &Condition) {
        match &condition.kind {
            ConditionKind::And(parts) | ConditionKind::Or(parts) => parts.iter().for_each(|part| self.gather(part)),
            ConditionKind::Not(inner) => self.gather(inner),
            ConditionKind::Test(test) => {
                let (Subject::Field(FieldId(at)), Predicate::InTexts(texts)) = (&test.subject, &test.predicate) else {
                    return;
                };
                assert!(texts.values.is_empty() || texts.ranges.is_empty(), "values beside ranges have no numbers");
                self.values[*at as usize].extend(texts.values.iter().map(|value| (value.to_string(), 0)));
                for (low, high) in &texts.ranges {
                    self.cuts[*at as usize].extend([(low.to_string(), 0), (behind(high), 0)]);
                }
            }
            _ => {}
        }
    }

    fn tree(&self, condition: &Condition) -> Value {
        let trees = |parts: &[Condition]| parts.iter().map(|part| self.tree(part)).collect::<Vec<_>>();
        match &condition.kind {
            ConditionKind::Constant(true) => json!(["and", []]),
            ConditionKind::And(parts) => json!(["and", trees(parts)]),
            ConditionKind::Or(parts) => json!(["or", trees(parts)]),
            ConditionKind::Not(inner) => json!(["not", self.tree(inner)]),
            ConditionKind::Test(test) => {
                let Subject::Field(FieldId(at)) = test.subject else { panic!("{test:?}") };
                let place = at as usize;
                match &test.predicate {
                    Predicate::Missing => json!(["missing", at]),
                    Predicate::True => json!(["true", at]),
                    Predicate::InRanges(ranges) => {
                        json!(["or", ranges.iter().map(|range| self.range(place, range)).collect::<Vec<_>>()])
                    }
                    Predicate::InTexts(texts) if texts.ranges.is_empty() => {
                        let values: Vec<String> = texts
                            .values
                            .iter()
                            .map(|value| format!("v{}", self.values[place][value.as_str()]))
                            .collect();
                        json!(["in", at, values])
                    }
                    Predicate::InTexts(texts) => {
                        let cuts = &self.cuts[place];
                        let range = |(low, high): &(_, _)| {
                            let (low, high): (&smol_str::SmolStr, &smol_str::SmolStr) = (low, high);
                            json!(["range", at, cuts[low.as_str()], cuts[&behind(high)] - 1])
                        };
                        json!(["or", texts.ranges.iter().map(range).collect::<Vec<_>>()])
                    }
                    other => panic!("{other:?}"),
                }
            }
            other => panic!("{other:?}"),
        }
    }

    /// Money is dense, and has a number between any two that are asked for.
    fn range(&self, at: usize, range: &Range) -> Value {
        let dense = matches!(self.policy.fields[at].ty, Type::Money { .. });
        let scale = if dense { 2 } else { 1 };
        let end = |bound: &Bound<rust_decimal::Decimal>, inside: i64| match bound {
            Bound::Included(end) => json!(end.to_i64().unwrap() * scale),
            Bound::Excluded(end) => json!(end.to_i64().unwrap() * scale + inside),
            Bound::Unbounded => Value::Null,
        };
        json!(["range", at, end(&range.low, 1), end(&range.high, -1)])
    }

    fn field(&self, at: usize) -> Value {
        let field = &self.policy.fields[at];
        let kind = match &field.ty {
            Type::Boolean => json!({"kind": "boolean"}),
            Type::OneOf(values) => json!({"kind": "one of", "count": values.len()}),
            Type::Integer { low, high } => json!({"kind": "number", "low": low, "high": high}),
            _ => json!({"kind": "number"}),
        };
        let mut kind = kind;
        kind["required"] = json!(field.required);
        kind
    }
}

/// Behind all texts that start so.
fn behind(text: &str) -> String {
    format!("{text}\u{10FFFF}")
}

/// A rule for each row of its table, where a policy has one.
fn rows_as_rules(mut policy: Policy) -> Policy {
    let Some(table) = policy.tables.pop() else { return policy };
    let first = policy.rules.remove(0);
    let rule = |row: &Row| Rule {
        when: Some(Condition { kind: ConditionKind::And(row.cells.clone()), span: first.span }),
        assign: row.target.iter().cloned().collect(),
        ..first.clone()
    };
    policy.rules = table.rows.iter().map(rule).collect();
    policy.routes[0].entries = (0..policy.rules.len() as u32).map(|id| Entry::Rule(RuleId(id))).collect();
    policy
}

/// The questions of one shape, asked as `check` asks them: which rules take no lead, and whether some lead is taken by none.
fn shape(name: &str, text: &str) -> Value {
    let policy = rows_as_rules(policy(text));
    let started = Instant::now();
    let budget = Budget::steps(u64::MAX);
    let mut prover = Prover::new(&policy, &budget);
    let (way, gap) = prover.shadows_and_gap().unwrap();
    let seconds = started.elapsed().as_secs_f64();
    let all: Vec<&Condition> = policy.rules.iter().filter_map(|rule| rule.when.as_ref()).collect();
    let numbered = Numbered::new(&policy, &all);
    let fields: Vec<Value> = (0..policy.fields.len()).map(|at| numbered.field(at)).collect();
    let rules: Vec<Value> = all.iter().map(|condition| numbered.tree(condition)).collect();
    let dead: Vec<usize> = (0..rules.len()).filter(|at| way.live[*at] == Some(false)).collect();
    json!({
        "shape": name, "number": 0, "fields": fields, "rules": rules, "pairs": [], "overlap": [],
        "live": way.live, "gap": gap, "seconds": seconds,
        "told": {"shadowed": dead, "gap": gap, "crossing": [], "undecided": 0},
    })
}

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let (count, first) = (numbers.next().unwrap_or(20), numbers.next().unwrap_or(0));
    (first..first + count).for_each(|number| println!("{}", case(number)));
    println!("{}", shape("territory-shaped, 1,000", &territories(1_000)));
    println!("{}", shape("narrow mixed, 1,000", &narrow(1_000)));
    println!("{}", shape("table-shaped, 1,500 x 7", &table(1_500)));
}
