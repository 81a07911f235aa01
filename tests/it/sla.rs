//! The follow-up of leads: stories with their effects, a minute-by-minute oracle, and what holds after any sequence of events.

mod deadlines;
mod migration;
mod naive;
mod properties;
mod stories;

use leadway::load;
use leadway::policy::{Policy, RepId};
use leadway::router::Router;
use leadway::sla::{Doing, Effect, Event, Given, Holder};
use std::collections::BTreeMap;

fn router(policy: &str) -> Router {
    let files = BTreeMap::from([("main.leadway".to_string(), policy.as_bytes().into())]);
    let compiled = load::compile("main.leadway", &files).unwrap();
    assert_eq!(compiled.diagnostics, []);
    Router::new(compiled.policy.unwrap())
}

/// What a driver does with a demand to reassign: the first of the pool who is not excluded takes the lead.
fn answer(policy: &Policy, effects: &[Effect]) -> Option<Event> {
    effects.iter().rev().find_map(|effect| match &effect.doing {
        Doing::Reassign { pool, excluding } => {
            let free: Option<&RepId> = policy.pools[pool.at()].members.iter().find(|rep| !excluding.contains(rep));
            Some(match free {
                Some(rep) => Event::Assigned(Given { holder: Holder::Rep(*rep), pool: Some(*pool) }),
                None => Event::NobodyLeft,
            })
        }
        _ => None,
    })
}

#[test]
fn the_table_of_statuses() {
    let table = leadway::sla::statuses::table();
    insta::assert_snapshot!(table);
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/language.md")).unwrap();
    assert!(page.contains(&table), "docs/language.md, Statuses:\n{table}");
}
