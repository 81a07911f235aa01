//! The short way to a mutant's fate against the long one: every test run on the mutant as on a policy of its own.

use leadway::analysis::Budget;
use leadway::load::{self, Reader};
use leadway::policy::Policy;
use leadway::suite::Suite;
use leadway::suite::mutate::{self, Fate};
use leadway::world::Folder;
use std::num::NonZero;
use std::path::Path;

fn example(name: &str) -> Policy {
    let (folder, name) = Folder::of(&crate::house::root().join(Path::new("examples")).join(name).join("main.leadway"));
    let folder: &dyn Reader = &folder;
    load::load_with_tests(&name, folder).ok().unwrap().compile().policy.unwrap()
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
