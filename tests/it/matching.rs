//! The graph decides every lead as the reference matcher does.

use crate::generate::{self, Choices};
use leadway::graph::Graph;
use leadway::matcher::change::{Changes, changed, what_would_change};
use leadway::matcher::reference::Reference;
use leadway::matcher::shared::Shared;
use leadway::matcher::trace::{Verdict, trace};
use leadway::matcher::{Facts, Matcher, Outcome, reference};
use leadway::policy::RuleId;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn graph_equals_reference(
        shape in prop::collection::vec(any::<u32>(), 0..800),
        leads in prop::collection::vec(prop::collection::vec(any::<u32>(), 0..60), 1..30),
    ) {
        let policy = generate::policy(&mut Choices::new(&shape));
        let graph = Graph::build(&policy);
        let mut matcher = Matcher::new(&graph);
        let shared = Shared::new(&policy);
        for choices in &leads {
            let lead = generate::lead(&mut Choices::new(choices), &policy);
            let expected = reference::decide(&policy, &lead.facts());
            prop_assert_eq!(Reference::sharing(&policy, &lead.facts(), &shared).decide(), expected.clone());
            prop_assert_eq!(matcher.decide_facts(&lead.facts()), &expected, "lead {:?}", lead);
        }
    }

    #[test]
    fn a_trace_ends_where_the_lead_does(
        shape in prop::collection::vec(any::<u32>(), 0..800),
        choices in prop::collection::vec(any::<u32>(), 0..60),
    ) {
        let policy = generate::policy(&mut Choices::new(&shape));
        let lead = generate::lead(&mut Choices::new(&choices), &policy);
        let expected = reference::decide(&policy, &lead.facts());
        let trace = trace(&policy, &lead.facts());
        let taken = trace.entries.iter().find(|entry| entry.verdict == Verdict::Takes).and_then(|entry| entry.rule);
        prop_assert_eq!(taken.map_or(expected.outcome, Outcome::Rule), expected.outcome);
        prop_assert_eq!(trace.entries.iter().rposition(|entry| entry.verdict == Verdict::Takes).map(|at| at + 1),
            taken.map(|_| trace.entries.len()));
        prop_assert_eq!(trace.territory.len(), trace.territories.iter().filter(|asked| asked.holds).count());
        prop_assert_eq!(trace.found, expected);
    }

    #[test]
    fn suggested_changes_work_and_none_is_needless(
        shape in prop::collection::vec(any::<u32>(), 0..800),
        choices in prop::collection::vec(any::<u32>(), 0..60),
        rule in any::<u32>(),
    ) {
        let policy = generate::policy(&mut Choices::new(&shape));
        let lead = generate::lead(&mut Choices::new(&choices), &policy);
        let rule = RuleId(rule % policy.rules.len().max(1) as u32);
        let change = what_would_change(&policy, &lead.facts(), rule, |_| lead.records.clone());
        let takes = |plan: &Changes| {
            let values = changed(&lead.values, plan);
            reference::decide(&policy, &Facts { values: &values, ..lead.facts() }).outcome == Outcome::Rule(rule)
        };
        prop_assert_eq!(change.takes_it, takes(&Changes::new()));
        for plan in &change.suggestions {
            prop_assert!(takes(plan), "{:?} is not enough", plan);
            for field in plan.keys() {
                let mut smaller = plan.clone();
                smaller.remove(field);
                prop_assert!(!takes(&smaller), "{:?} is more than needed", plan);
            }
        }
    }
}
