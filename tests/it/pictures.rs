//! The readable graph: what a person sees of a small policy, and that no policy breaks the formats.

use crate::generate::{self, Choices};
use leadway::graph::print::{dot, mermaid, picture, svg};
use leadway::policy::*;
use leadway::source::Span;
use leadway::syntax::ast;
use proptest::prelude::*;
use std::sync::Arc;

fn queue(name: &str) -> Queue {
    Queue { name: name.into(), span: Span::default(), worked_by: Vec::new() }
}

fn pool(name: &str, when_empty: Vec<Fallback>) -> Pool {
    Pool {
        name: name.into(),
        span: Span::default(),
        members: Vec::new(),
        strategy: ast::Strategy::RoundRobin,
        only_on_duty: false,
        only_under_cap: false,
        only_online: false,
        caps: Vec::new(),
        prefer: Vec::new(),
        joiners: ast::Start::Level,
        returners: ast::Start::Level,
        when_empty,
        shares_turns_with: Vec::new(),
        after: Vec::new(),
    }
}

fn rule(at: u32, title: &str, route: u32, when: Option<Condition>, assign: Vec<Target>) -> Rule {
    Rule {
        title: title.into(),
        route: RouteId(route),
        span: Span::default(),
        whole: Span::default(),
        otherwise: when.is_none(),
        only: Vec::new(),
        when,
        assign,
        sla: None,
        priority: (at == 0).then_some(1),
        tier: None,
        overrides: Vec::new(),
    }
}

fn is(field: u32, text: &str) -> Condition {
    let set = TextSet { values: Arc::new([text.into()].into()), ..TextSet::default() };
    let test = Test { subject: Subject::Field(FieldId(field)), predicate: Predicate::InTexts(set) };
    Condition { kind: ConditionKind::Test(test), span: Span::default() }
}

fn small_policy() -> Policy {
    let one_of = Type::OneOf(vec!["demo".into(), "event".into()]);
    let mut fields = vec![generate::field(0, one_of), generate::field(1, Type::Text)];
    fields[0].name = "source".into();
    fields[1].name = "company".into();
    let mut policy = generate::blank(fields);
    policy.title = "Small <policy>".into();
    policy.queues = vec![queue("triage"), queue("events")];
    policy.pools = vec![
        pool("aes", vec![Fallback::Pool(PoolId(1)), Fallback::Queue(QueueId(0))]),
        pool("overflow", vec![Fallback::Queue(QueueId(0))]),
    ];
    policy.excludes =
        vec![Exclude { title: "Our own".into(), span: Span::default(), when: is(1, "say \"us\" & <them>") }];
    let events = Condition { kind: ConditionKind::Not(Box::new(is(0, "event"))), span: Span::default() };
    policy.rules = vec![
        rule(0, "Demos", 0, Some(is(0, "demo")), vec![Target::Pool(PoolId(0))]),
        rule(1, "Not from \"events\"", 1, Some(events), vec![Target::Pool(PoolId(1)), Target::Queue(QueueId(1))]),
        rule(2, "otherwise", 0, None, vec![Target::Queue(QueueId(0))]),
    ];
    let route = |name: &str, entries| Route { name: name.into(), span: Span::default(), exclusive: false, entries };
    policy.routes = vec![
        route(
            "main",
            vec![
                Entry::Rule(RuleId(0)),
                Entry::Continue { route: RouteId(1), when: Some(is(1, "acme")), span: Span::default() },
                Entry::Rule(RuleId(2)),
            ],
        ),
        route("acme", vec![Entry::Rule(RuleId(1))]),
    ];
    policy
}

#[test]
fn a_small_policy_reads_well() {
    let picture = picture(&small_policy());
    insta::assert_snapshot!("mermaid", mermaid(&picture));
    insta::assert_snapshot!("dot", dot(&picture));
    insta::assert_snapshot!("svg", svg(&picture));
    insta::assert_json_snapshot!("json", picture);
}

#[test]
fn thousands_of_rules_are_drawn_together() {
    let mut policy = small_policy();
    let demos = policy.rules[0].clone();
    policy.rules = (0..10_000).map(|at| Rule { title: format!("rule {at}").into(), ..demos.clone() }).collect();
    policy.routes[0].entries = (0..10_000).map(|at| Entry::Rule(RuleId(at))).collect();
    let picture = picture(&policy);
    let route = picture.cards.iter().find(|card| card.id == "route_0").unwrap();
    assert_eq!((route.rows.len(), route.rows[1].title.as_str()), (200, "rule 50 ... rule 99"));
    assert!(svg(&picture).len() < 200_000);
}

proptest! {
    #[test]
    fn every_edge_joins_what_is_drawn(shape in prop::collection::vec(any::<u32>(), 0..600)) {
        let picture = picture(&generate::policy(&mut Choices::new(&shape)));
        let rows = picture.cards.iter().flat_map(|card| card.rows.iter().map(|row| row.id.as_str()));
        let ids: Vec<&str> = picture.cards.iter().map(|card| card.id.as_str()).chain(rows).collect();
        let mut distinct = ids.clone();
        distinct.sort_unstable();
        distinct.dedup();
        prop_assert_eq!(distinct.len(), ids.len());
        for edge in &picture.edges {
            prop_assert!(ids.contains(&edge.from.as_str()) && ids.contains(&edge.to.as_str()), "{:?}", edge);
        }
    }
}
