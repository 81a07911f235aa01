//! What is told of a policy with errors is told of it without them, too.

use super::{Files, proved, written};
use crate::analysis::numbers;
use crate::generate::Choices;
use crate::seeds;
use leadway::analysis::{Budget, Prover, Told};
use leadway::load::{Compiled, compile};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What somebody may leave in a text by mistake.
const SLIPS: [&str; 10] = ["zzz", "???", "= =", "}", "{", "\"", "zzz and", "match", "rule", "1.."];

fn files(policy: &str, accounts: &str) -> Files {
    [("main.leadway", policy), ("accounts.csv", accounts)]
        .map(|(name, text)| (name.to_owned(), Arc::from(text.as_bytes())))
        .into()
}

/// The code of each finding with the text that it is about.
fn about(compiled: &Compiled, told: &Told) -> BTreeSet<(&'static str, String)> {
    let of = told.diagnostics.iter();
    of.map(|found| (found.code, compiled.sources.slice(found.primary.span).to_owned())).collect()
}

/// The text with a slip in it, or with a word taken out.
fn slip(choices: &mut Choices, policy: &str) -> String {
    let blanks: Vec<usize> = policy.match_indices(' ').map(|(at, _)| at).collect();
    let (before, behind) = policy.split_at(*choices.pick(&blanks));
    match choices.below(4) {
        0 => format!("{before} {}", behind.trim_start().split_once(' ').map_or("", |(_, rest)| rest)),
        _ => format!("{before} {}{behind}", choices.pick(&SLIPS)),
    }
}

/// Whether there was a part of some slip of a sound policy.
fn told_either_way(choices: &mut Choices) -> Result<bool, String> {
    let (policy, accounts) = written::policy(choices);
    let whole = compile("main.leadway", &files(&policy, &accounts)).unwrap();
    let Some(sound) = &whole.policy else { return Ok(false) };
    let all = about(&whole, &proved(sound));
    let mut compared = false;
    for _ in 0..4 {
        let text = slip(choices, &policy);
        let broken = compile("main.leadway", &files(&text, &accounts)).unwrap();
        let Some(part) = &broken.part else { continue };
        let told = Prover::new(&part.policy, &Budget::steps(10_000_000)).run_part(part.all_leads);
        if let Some(found) = about(&broken, &told).into_iter().find(|found| !all.contains(found)) {
            return Err(format!("{found:?} is told of the part only\n{text}\n{accounts}"));
        }
        compared = true;
    }
    Ok(compared)
}

#[test]
fn what_is_told_of_a_part_is_told_of_the_whole() {
    seeds::each("parts of policies", 60, |seed| told_either_way(&mut Choices::new(&numbers(seed ^ 0x9a27))));
}
