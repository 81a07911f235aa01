//! Suggested tests, put beside the policy that they are of: they pass, they reach what they say, and what is left out of reach is.

use crate::analysis::numbers;
use crate::generate::Choices;
use crate::proofs::written;
use leadway::analysis::Budget;
use leadway::load::{self, Reader};
use leadway::policy::Policy;
use leadway::suite::coverage::Coverage;
use leadway::suite::suggest::{self, Suggestions};
use leadway::suite::{Suite, told};
use leadway::world::Folder;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::Arc;

type Files = BTreeMap<String, Arc<[u8]>>;

fn compiled(files: &dyn Reader) -> Result<Policy, String> {
    let compiled = load::load_with_tests("main.leadway", files).ok().unwrap().compile();
    let told = |()| leadway::diagnostic::render::render(&compiled.diagnostics, &compiled.sources, Default::default());
    compiled.policy.ok_or(()).map_err(|()| told(()))
}

/// Suggests tests for a policy, runs them, and says what was suggested.
fn suggested(files: &dyn Reader, beside: impl FnOnce(&str) -> Result<Policy, String>) -> Result<Suggestions, String> {
    let policy = compiled(files)?;
    let suggestions = suggest::suggest(&Suite::new(&policy), &policy, &Budget::steps(1 << 40));
    let text = suggest::write(&policy, &suggestions);
    let with = beside(&text).map_err(|why| format!("{text}\n{why}"))?;
    let suite = Suite::new(&with);
    let verdicts = suite.run_all(&with, &(0..with.tests.len()).collect::<Vec<_>>(), NonZero::<usize>::MIN);
    if let Some(failed) = verdicts.iter().skip(policy.tests.len()).find(|verdict| !verdict.passed()) {
        let why = told(&suite, &with.tests[failed.case], failed);
        return Err(format!("{text}\n{:?}: {why:?}", failed.mismatches));
    }
    let reached = Coverage::of(&suite, &with, &verdicts).shares();
    if reached != suggestions.after {
        return Err(format!("{text}\nreached {reached:?}, not {:?}", suggestions.after));
    }
    let open: u32 = reached.iter().map(|share| share.all - share.reached).sum();
    if open as usize != suggestions.left.len() {
        return Err(format!("{open} stay open, and of {:?} it is said why", suggestions.left));
    }
    Ok(suggestions)
}

/// The files of a folder, with more.
struct Beside<'a>(&'a Folder, &'a str);

impl Reader for Beside<'_> {
    fn read(&self, name: &str) -> Result<Arc<[u8]>, load::ReadFault> {
        if name == ADDED { Ok(self.1.as_bytes().into()) } else { self.0.read(name) }
    }

    fn names(&self) -> Vec<String> {
        self.0.names().into_iter().chain([ADDED.to_owned()]).collect()
    }
}

const ADDED: &str = "zz.suggested.test.leadway";

#[test]
fn suggested_tests_of_the_examples_pass_and_reach_every_rule() {
    for (example, _) in crate::cli::EXAMPLES {
        let (folder, _) = Folder::of(&crate::cli::example(example).join("main.leadway"));
        let suggestions = suggested(&folder, |text| compiled(&Beside(&folder, text))).unwrap();
        let rules = suggestions.after[0];
        assert_eq!(rules.all, rules.reached, "{example}");
    }
}

#[test]
fn suggested_tests_of_any_policy_pass_and_reach_what_can_be_reached() {
    let cases = std::env::var("LEADWAY_CASES").map_or(40, |cases| cases.parse().unwrap());
    let (mut sound, mut tests) = (0, 0);
    for seed in 0..cases {
        let (policy, accounts) = written::policy(&mut Choices::new(&numbers(seed)));
        let files = Files::from([
            ("main.leadway".to_owned(), Arc::from(policy.as_bytes())),
            ("accounts.csv".to_owned(), Arc::from(accounts.as_bytes())),
        ]);
        if compiled(&files).is_err() {
            continue;
        }
        let beside = |text: &str| {
            let mut with = files.clone();
            with.insert("more.test.leadway".to_owned(), text.as_bytes().into());
            compiled(&with)
        };
        let suggestions = suggested(&files, beside).unwrap_or_else(|why| panic!("seed {seed}: {why}\n{policy}"));
        sound += 1;
        tests += suggestions.tests.len();
    }
    assert!(sound * 3 > cases && tests > 0, "only {sound} of {cases} policies are sound");
}
