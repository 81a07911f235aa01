//! Territories that are made of territories.

use leadway::graph::Graph;
use leadway::load::{Compiled, compile};
use leadway::matcher::{Facts, Matcher, reference};
use leadway::policy::{Instant, Text, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

fn policy(territories: &str) -> Compiled {
    let text = format!(
        "lead {{ id text required  country country }}
         queue triage
         {territories}
         route main {{ otherwise {{ assign queue triage }} }}"
    );
    let files: BTreeMap<String, Arc<[u8]>> = BTreeMap::from([("main.leadway".to_owned(), Arc::from(text.as_bytes()))]);
    compile("main.leadway", &files).unwrap()
}

/// The names of the territories that leads from these countries are in, by both matchers.
fn territories_of(compiled: &Compiled, countries: &[&str]) -> Vec<String> {
    let policy = compiled.policy.as_ref().unwrap();
    let graph = Graph::build(policy);
    let mut matcher = Matcher::new(&graph);
    let text = |text: &str| Value::Text(Text { folded: text.into(), written: text.into() });
    let at = Instant { micros: 1_772_600_000_000_000, offset: 0 };
    let decided = countries.iter().map(|country| {
        let values = [text("L1"), text(country)];
        let facts = Facts { values: &values, at, calendars: &[], records: &[] };
        let plain = reference::decide(policy, &facts);
        assert_eq!(matcher.decide_facts(&facts), &plain, "{country}");
        plain
            .territory
            .and_then(|id| policy.territories.get(id.at()))
            .map_or("none".into(), |found| found.name.to_string())
    });
    decided.collect()
}

#[test]
fn a_territory_without_a_condition_is_the_sum_of_its_children() {
    let compiled = policy(
        "territories {
           world { europe { british when country = GB  french when country = FR }  america when country = US }
         }",
    );
    assert_eq!(compiled.diagnostics, []);
    assert_eq!(territories_of(&compiled, &["GB", "FR", "US", "IN"]), ["british", "french", "america", "none"]);
}

#[test]
fn a_territory_does_not_depend_on_another() {
    let direct = policy("territories { emea when country in GB, FR  rest when not emea }");
    let by_a_segment = policy(
        "segment european when emea
         territories { emea when country in GB, FR  rest when not european }",
    );
    for compiled in [direct, by_a_segment] {
        assert!(compiled.policy.is_none());
        assert_eq!(compiled.diagnostics.iter().map(|found| found.code).collect::<Vec<_>>(), ["cycle"]);
    }
}
