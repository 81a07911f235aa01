//! The mutants that no test notices, for people and for machines.

use super::Run;
use crate::suite::mutate::{Fate, Mutant, Witness};
use serde::Serialize;
use std::fmt::Write;

/// Each survivor with its place, what was changed and a lead that shows it, then the score.
pub fn human(run: &Run) -> String {
    let mut text = String::new();
    for (mutant, fate) in &run.fates {
        let Fate::Survived { witness, not_proved } = fate else { continue };
        // Writing to a string cannot fail.
        let _ = survivor(&mut text, run, mutant, witness.as_ref(), not_proved.as_deref());
    }
    let score = &run.score;
    let all = run.fates.len();
    if all == 0 {
        let _ = writeln!(text, "{}", nothing(run));
        return text;
    }
    let percent = score.percent().map_or_else(|| "no score".to_owned(), |percent| format!("score {percent:.1}%"));
    let mutants = if all == 1 { "mutant" } else { "mutants" };
    let _ = writeln!(
        text,
        "{all} {mutants}: {} killed, {} survived, {} proved to change nothing; {percent}",
        score.killed, score.survived, score.equivalent,
    );
    text
}

/// Why there was nothing to try.
fn nothing(run: &Run) -> String {
    match (run.since, run.gone.as_slice()) {
        (None, _) => "nothing to mutate: the policy has no condition, list, rule or score".to_owned(),
        (Some(since), []) => format!("nothing to mutate: nothing that a mistake is put in has changed since {since}"),
        (Some(since), gone) => {
            let (is, gone) = (if gone.len() == 1 { "is" } else { "are" }, gone.join(", "));
            format!("nothing to mutate in what changed since {since}: {gone} {is} gone")
        }
    }
}

fn survivor(
    text: &mut String,
    run: &Run,
    mutant: &Mutant,
    witness: Option<&Witness>,
    not_proved: Option<&str>,
) -> std::fmt::Result {
    let (file, line, column) = place(run, mutant);
    writeln!(text, "{file}:{line}:{column}  {}", mutant.owner.words())?;
    writeln!(text, "  {}  ->  {}", mutant.was, mutant.now)?;
    match (witness, not_proved) {
        (Some(witness), _) => {
            writeln!(text, "  no test notices that this lead moves: {}", witness.lead)?;
            writeln!(text, "    policy: {}", witness.policy)?;
            writeln!(text, "    mutant: {}", witness.mutant)?;
        }
        (None, why) => writeln!(text, "  not proved equivalent: {}", why.unwrap_or("no lead was found that it moves"))?,
    }
    writeln!(text)
}

#[derive(Serialize)]
pub struct Report<'a> {
    mutants: Vec<One<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct One<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    of: String,
    was: &'a str,
    now: &'a str,
    fate: &'static str,
    /// The test that fails on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    killed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<&'a Witness>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_proved: Option<&'a str>,
}

#[derive(Serialize)]
struct Summary {
    mutants: usize,
    killed: usize,
    survived: usize,
    equivalent: usize,
    /// Killed of a hundred that are not equivalent; null where there is none.
    score: Option<f64>,
}

pub fn json<'a>(run: &'a Run) -> Report<'a> {
    let one = |(mutant, fate): &(&'a Mutant, &'a Fate)| {
        let (file, line, column) = place(run, mutant);
        let (fate_word, killed_by, witness, not_proved) = match fate {
            Fate::Killed { by } => ("killed", run.policy.tests.get(*by).map(|case| case.title.as_str()), None, None),
            Fate::Equivalent => ("equivalent", None, None, None),
            Fate::Survived { witness, not_proved } => ("survived", None, witness.as_ref(), not_proved.as_deref()),
        };
        One {
            file,
            line,
            column,
            of: mutant.owner.words(),
            was: &mutant.was,
            now: &mutant.now,
            fate: fate_word,
            killed_by,
            witness,
            not_proved,
        }
    };
    let score = run.score;
    Report {
        mutants: run.fates.iter().map(one).collect(),
        summary: Summary {
            mutants: run.fates.len(),
            killed: score.killed,
            survived: score.survived,
            equivalent: score.equivalent,
            score: score.percent().map(|percent| (percent * 10.0).round() / 10.0),
        },
    }
}

fn place<'a>(run: &'a Run, mutant: &Mutant) -> (&'a str, u32, u32) {
    run.sources.get(mutant.span.file).map_or(("", 0, 0), |file| {
        let at = file.place(mutant.span.start);
        (file.name.as_str(), at.line, at.column)
    })
}
