//! The short way to a mutant's fate against the long one: every test run on the mutant as on a policy of its own.

use leadway::analysis::Budget;
use leadway::load::{self, Reader};
use leadway::policy::Policy;
use leadway::suite::Suite;
use leadway::suite::coverage::{Coverage, Kind};
use leadway::suite::mutate::{self, Fate, Score};
use leadway::world::Folder;
use std::num::NonZero;
use std::path::Path;

fn example(name: &str) -> Policy {
    let (folder, name) = Folder::of(&crate::house::root().join(Path::new("examples")).join(name).join("main.leadway"));
    let folder: &dyn Reader = &folder;
    load::load_with_tests(&name, folder).ok().unwrap().compile().policy.unwrap()
}

/// The sentence in which an example's README says what its tests are worth.
#[test]
fn the_examples_say_what_their_tests_are_worth() {
    for (name, _) in crate::cli::EXAMPLES {
        let policy = example(name);
        let suite = Suite::new(&policy);
        let threads = NonZero::new(2).unwrap();
        let verdicts = suite.run_all(&policy, &(0..policy.tests.len()).collect::<Vec<_>>(), threads);
        let shares = Coverage::of(&suite, &policy, &verdicts).shares();
        let reached =
            |kind| shares.iter().find(|share| share.kind == kind).map(|share| (share.reached, share.all)).unwrap();
        let (rules, all_rules) = reached(Kind::Rule);
        let (answers, all_answers) = reached(Kind::Condition);
        assert_eq!(rules, all_rules, "{name}: every rule is tested");
        let mutants = mutate::mutants(&policy);
        let mut fates = Vec::new();
        let all: Vec<usize> = (0..mutants.len()).collect();
        let budget = Budget::steps(1 << 40);
        mutate::run(&suite, &policy, &mutants, &all, (threads, &budget), &mut |_, fate| fates.push(fate));
        let Score { killed, equivalent, .. } = Score::of(fates.iter());
        let percent = Score::of(fates.iter()).percent().unwrap();
        let tests = verdicts.len();
        let sentence = format!(
            "{tests} tests reach {rules} of {all_rules} rules and {answers} of {all_answers} answers of conditions. Of {} mistakes that \
             `leadway mutate` puts in, {equivalent} are proved to change nothing, and the tests notice {killed} of the others: a mutation \
             score of {percent:.1}%.",
            mutants.len()
        );
        let readme = crate::house::read(&format!("examples/{name}/README.md"));
        let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(readme.contains(&sentence), "{name}: README.md should say: {sentence}");
    }
}

#[test]
fn tests_notice_a_mutant_as_they_would_a_policy_of_its_own() {
    for name in ["education", "software_inbound", "field_territories"] {
        let policy = example(name);
        let mutants = mutate::mutants(&policy);
        let all: Vec<usize> = (0..mutants.len()).collect();
        let mut fates: Vec<Option<Fate>> = vec![None; mutants.len()];
        let threads = NonZero::new(2).unwrap();
        mutate::run(&Suite::new(&policy), &policy, &mutants, &all, (threads, &Budget::steps(0)), &mut |at, fate| {
            fates[at] = Some(fate);
        });
        // Every third, since a policy of its own takes long to make ready.
        for (mutant, fate) in mutants.iter().zip(&fates).step_by(3) {
            let changed = mutant.of(&policy);
            let verdicts =
                Suite::new(&changed).run_all(&changed, &(0..changed.tests.len()).collect::<Vec<_>>(), threads);
            let noticed = verdicts.iter().find(|verdict| !verdict.passed()).map(|verdict| verdict.case);
            let killed = match fate {
                Some(Fate::Killed { by }) => Some(*by),
                _ => None,
            };
            assert_eq!(killed, noticed, "{name}: {} -> {}", mutant.was, mutant.now);
        }
    }
}
