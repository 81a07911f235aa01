//! Policies that are made to be hard: what is not decided in time is said, and memory stays small.

use super::folder;
use crate::analysis::numbers;
use crate::generate::Choices;
use std::fmt::Write;

/// Address space that a run may take, in KiB: 1 GiB.
const MEMORY: u32 = 1 << 20;

fn policy(fields: &str, more: &str, rules: &[String]) -> String {
    let mut text = format!("lead {{\n  id text required\n{fields}}}\nqueue triage\nqueue other\n{more}route main {{\n");
    for (at, when) in rules.iter().enumerate() {
        let queue = if at % 2 == 0 { "triage" } else { "other" };
        writeln!(text, "  rule \"R{at}\" {{ match {when}  assign queue {queue} }}").unwrap();
    }
    text.push_str("  otherwise { assign queue triage }\n}\n");
    text
}

fn booleans(count: usize) -> String {
    (0..count).map(|at| format!("  b{at} boolean\n")).collect()
}

/// Clauses of three, as many as make a solver work longest (Mitchell, Selman and Levesque, AAAI 1992).
fn random_clauses() -> String {
    let numbers = numbers_of(7, 20_000);
    let mut choices = Choices::new(&numbers);
    let count = 300;
    let mut clause = |_| {
        let parts: Vec<String> = (0..3)
            .map(|_| format!("{}b{}", if choices.below(2) == 0 { "not " } else { "" }, choices.below(count)))
            .collect();
        format!("({})", parts.join(" or "))
    };
    let rules: Vec<String> =
        (0..3).map(|_| (0..count * 426 / 100).map(&mut clause).collect::<Vec<_>>().join(" and ")).collect();
    policy(&booleans(count), "", &rules)
}

/// Brackets in brackets.
fn nest(choices: &mut Choices, depth: usize) -> String {
    let at = choices.below(30);
    if depth == 0 {
        return match choices.below(3) {
            0 => format!("b{at}"),
            1 => format!("not b{at}"),
            _ => format!("n{at} >= {}", choices.below(100)),
        };
    }
    let word = if depth.is_multiple_of(2) { " and " } else { " or " };
    let parts: Vec<String> = (0..2 + choices.below(2)).map(|_| format!("({})", nest(choices, depth - 1))).collect();
    parts.join(word)
}

fn deep_nests() -> String {
    let numbers = numbers_of(11, 200_000);
    let mut choices = Choices::new(&numbers);
    let fields: String = (0..30).map(|at| format!("  b{at} boolean\n  n{at} integer 0..100\n")).collect();
    let rules: Vec<String> = (0..20).map(|_| nest(&mut choices, 7)).collect();
    let territories: String = (0..20).map(|at| format!("  t{at} when {}\n", nest(&mut choices, 5))).collect();
    let guarantee = format!("guarantee \"G\" {{ no lead where {} goes to queue other }}\n", nest(&mut choices, 6));
    policy(&fields, &format!("territories {{\n{territories}}}\n{guarantee}"), &rules)
}

fn patterns_on_one_field() -> String {
    let numbers = numbers_of(13, 20_000);
    let mut choices = Choices::new(&numbers);
    let word = |choices: &mut Choices| -> String {
        (0..2 + choices.below(3)).map(|_| *choices.pick(&['a', 'b', 'c', 'd'])).collect()
    };
    let pattern = |choices: &mut Choices| {
        let (one, other) = (word(choices), word(choices));
        match choices.below(5) {
            0 => format!("name contains \"{one}\""),
            1 => format!("name starts with \"{one}\""),
            2 => format!("not (name contains \"{one}\")"),
            3 => format!("name matches \"(a|b)*{one}(a|b|c){{12}}{other}\""),
            _ => format!("name matches \"{one}.*{other}\""),
        }
    };
    let rules: Vec<String> = (0..200)
        .map(|_| (0..1 + choices.below(4)).map(|_| pattern(&mut choices)).collect::<Vec<_>>().join(" and "))
        .collect();
    policy("  name text\n", "", &rules)
}

/// More pigeons than holes, which resolution cannot see in polynomial time (Haken 1985).
fn pigeons() -> String {
    let holes = 10;
    let fields: String = (0..=holes).map(|at| format!("  p{at} integer 1..{holes}\n")).collect();
    let mut apart = Vec::new();
    for one in 0..=holes {
        apart.push(format!("p{one} is present"));
        for other in 0..one {
            let hole = |hole| format!("(p{one} != {hole} or p{other} != {hole})");
            apart.extend((1..=holes).map(hole));
        }
    }
    policy(&fields, "", &[apart.join(" and ")])
}

/// A score whose terms add up to something else in nearly every way.
fn sums() -> String {
    let terms: String = (0..150).map(|at| format!("  +{} when b{at}\n", 1009 + 613 * at % 9001)).collect();
    let rules: Vec<String> = (0..10).map(|at| format!("fit in {}..{} and b{at}", at * 9000, at * 9000 + 7)).collect();
    policy(&booleans(150), &format!("score fit 0..1000000 {{\n{terms}}}\n"), &rules)
}

fn numbers_of(seed: u64, count: usize) -> Vec<u32> {
    (seed * 1000..).flat_map(numbers).take(count).collect()
}

#[test]
fn hard_policies_end_within_their_budget() {
    let policies = [
        ("random clauses", random_clauses(), true),
        ("deep nests", deep_nests(), true),
        ("patterns on one field", patterns_on_one_field(), true),
        ("pigeons", pigeons(), true),
        ("sums", sums(), false),
    ];
    for (what, text, too_hard) in policies {
        let folder = folder(&[("main.leadway", text)]);
        let line = format!("ulimit -v {MEMORY}; exec \"$0\" check main.leadway --budget 0.1 --format json");
        let ran = assert_cmd::Command::new("sh")
            .args(["-c", &line, env!("CARGO_BIN_EXE_leadway")])
            .env_remove("CI")
            .current_dir(folder.path())
            .timeout(std::time::Duration::from_secs(120))
            .output()
            .unwrap();
        let code = ran.status.code();
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(matches!(code, Some(0 | 1)), "{what}: {code:?} {said}");
        let found: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        let findings = found["findings"].as_array().unwrap();
        assert!(!too_hard || findings.iter().any(|found| found["code"] == "undecided"), "{what}: {findings:?}");
    }
}
