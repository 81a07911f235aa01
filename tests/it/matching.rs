//! The graph decides every lead as the reference matcher does.

use crate::generate::{self, Choices};
use leadway::graph::Graph;
use leadway::matcher::{Matcher, reference};
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
        for choices in &leads {
            let lead = generate::lead(&mut Choices::new(choices), &policy);
            let expected = reference::decide(&policy, &lead.facts());
            prop_assert_eq!(matcher.decide_facts(&lead.facts()), &expected, "lead {:?}", lead);
        }
    }
}
