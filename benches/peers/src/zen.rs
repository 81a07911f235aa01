//! The workload for GoRules' zen-engine: one decision table, hit policy `first`, as it is loaded and after its `compile`.

use crate::workload::{FIELDS, Rule, Test, Value};
use serde_json::{Map, json};
use zen_engine::model::DecisionContent;
use zen_engine::{Decision, DecisionEngine};
use zen_expression::variable::Variable;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Loaded,
    Compiled,
}

pub fn decision(rules: &[Rule], form: Form) -> Decision {
    let inputs: Vec<_> = FIELDS.iter().map(|(name, _)| json!({ "id": name, "name": name, "field": name })).collect();
    let rows: Vec<_> = rules.iter().enumerate().map(|(at, rule)| row(at, rule)).collect();
    let content: DecisionContent = serde_json::from_value(json!({
        "nodes": [
            { "id": "in", "name": "lead", "type": "inputNode", "content": {} },
            { "id": "table", "name": "table", "type": "decisionTableNode", "content": {
                "hitPolicy": "first", "passThrough": false, "inputs": inputs, "rules": rows,
                "outputs": [{ "id": "target", "name": "target", "field": "target" }],
            } },
            { "id": "out", "name": "out", "type": "outputNode", "content": {} },
        ],
        "edges": [
            { "id": "e1", "sourceId": "in", "targetId": "table" },
            { "id": "e2", "sourceId": "table", "targetId": "out" },
        ],
    }))
    .expect("a decision");
    let mut decision = DecisionEngine::default().create_decision(content.into()).expect("a graph");
    if form == Form::Compiled {
        decision.compile();
    }
    decision
}

fn row(at: usize, rule: &Rule) -> serde_json::Value {
    let mut row = Map::new();
    row.insert("_id".into(), json!(format!("rule {at}")));
    for (field, test) in &rule.tests {
        row.insert(FIELDS[*field].0.into(), json!(cell(test)));
    }
    row.insert("target".into(), json!(rule.target.to_string()));
    row.into()
}

fn cell(test: &Test) -> String {
    match test {
        Test::OneOf(texts) => texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", "),
        Test::Between(low, high) => format!("[{low}..{high}]"),
        Test::AtLeast(low) => format!(">= {low}"),
        Test::True => "true".into(),
    }
}

pub fn lead(values: &[Value]) -> Variable {
    let value = |value: &Value| match value {
        Value::Missing => serde_json::Value::Null,
        Value::Text(text) => json!(text),
        Value::Number(number) => json!(number),
        Value::Boolean(value) => json!(value),
    };
    let fields: Map<_, _> =
        FIELDS.iter().zip(values).map(|((name, _), given)| ((*name).into(), value(given))).collect();
    serde_json::Value::Object(fields).into()
}

pub fn target(decision: &Decision, lead: &Variable) -> Option<u32> {
    let response = pollster::block_on(decision.evaluate(lead.clone())).expect("an answer");
    let target = response.result.dot("target")?;
    target.as_number().and_then(|number| number.to_string().parse().ok())
}
