//! Generated policies of 50 to 500 rules with what is proved of them, to be held against z3.
//!
//! `cargo bench --bench z3 -- 1000 > questions.ndjson` writes a policy a line: its fields and rules as trees, which rules take no lead,
//! whether some lead is taken by none, which pairs of rules really overlap, and the seconds it took. `python3 benches/ask_z3.py
//! questions.ndjson` (with `pip install z3-solver`) asks z3 the same and compares. The trees are made before the policy's text, so
//! that reading and checking are held against z3 as well.

#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

use leadway::analysis::quick::Existence;
use leadway::analysis::{Budget, Prover, Space};
use leadway::load;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant;

/// xorshift64*, so that every run has the same policies.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, count: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % count
    }
}

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
        Kind::Integer(high) => json!({"kind": "integer", "high": high, "required": required}),
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

    let files: BTreeMap<String, Arc<[u8]>> = [("main.leadway".to_owned(), text.as_bytes().into())].into();
    let compiled = load::compile("main.leadway", &files).unwrap();
    let Some(policy) = compiled.policy else { panic!("{:?}\n{text}", compiled.diagnostics) };
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

    let started = Instant::now();
    let budget = Budget::steps(u64::MAX);
    let mut space = Space::new(&[&policy]);
    let comes = space.comes_to_routes(0);
    let takes: Vec<_> = space.steps(0).unwrap().iter().map(|step| step.takes).collect();
    let all = space.ordered(takes.clone());
    let mut exists = |holds: &[leadway::analysis::Formula], with, below| {
        let without: Vec<_> = space.meeting(&all, with, below).into_iter().map(|at| takes[at]).collect();
        match space.exists(holds, &without, &budget) {
            Existence::Yes => Some(true),
            Existence::No(_) => Some(false),
            Existence::Unknown(_) => None,
        }
    };
    let live: Vec<Option<bool>> = (0..count).map(|at| exists(&[comes, takes[at]], takes[at], at)).collect();
    let gap = exists(&[comes], leadway::analysis::Formula::TRUE, count);
    let overlap: Vec<Option<bool>> =
        pairs.iter().map(|(one, other)| exists(&[comes, takes[*one], takes[*other]], takes[*one], *one)).collect();
    let seconds = started.elapsed().as_secs_f64();

    json!({
        "number": number,
        "fields": fields.iter().map(described).collect::<Vec<_>>(),
        "rules": rules.iter().map(|(_, tree)| tree).collect::<Vec<_>>(),
        "pairs": pairs,
        "live": live, "gap": gap, "overlap": overlap, "seconds": seconds,
        "told": {"shadowed": shadowed, "gap": of("coverage-gap").count() > 0, "crossing": crossing,
                 "undecided": told.undecided.len()},
    })
}

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let (count, first) = (numbers.next().unwrap_or(20), numbers.next().unwrap_or(0));
    (first..first + count).for_each(|number| println!("{}", case(number)));
}
