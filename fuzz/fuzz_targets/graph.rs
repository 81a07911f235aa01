//! Any policy and any leads, made of the bytes as the property tests make them: the graph decides each lead as the reference does.
#![no_main]

use leadway::graph::Graph;
use leadway::matcher::{Matcher, reference};
use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/it"]
mod it {
    pub mod generate;
}

use it::generate::{self, Choices};

fuzz_target!(|bytes: &[u8]| {
    let numbers: Vec<u32> = bytes.iter().map(|byte| u32::from(*byte)).collect();
    let (shape, leads) = numbers.split_at(numbers.len() * 3 / 4);
    let policy = generate::policy(&mut Choices::new(shape));
    let graph = Graph::build(&policy);
    let mut matcher = Matcher::new(&graph);
    for choices in leads.chunks(40) {
        let lead = generate::lead(&mut Choices::new(choices), &policy);
        let expected = reference::decide(&policy, &lead.facts());
        assert_eq!(matcher.decide_facts(&lead.facts()), &expected, "{lead:?}");
    }
});
