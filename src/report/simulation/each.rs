//! What became of each lead of a simulation, one JSON object a line, in the order of arrival.

use super::gather::{Against, rule_title};
use crate::simulate::Promised;
use chrono::{DateTime, SecondsFormat};
use serde_json::json;

pub fn ndjson(of: Against) -> String {
    let mut lines = String::new();
    let policy = of.policy;
    for (lead, fate) in of.leads() {
        let rep =
            |rep: Option<crate::policy::RepId>| rep.and_then(|rep| policy.reps.get(rep.at())).map(|rep| &rep.name);
        let sla = lead.sla().and_then(|sla| policy.slas.get(sla.at()));
        let promises = sla.into_iter().flat_map(|sla| &sla.promises).zip(&fate.promises).map(|(promise, promised)| {
            let word = match promised {
                Promised::Kept => "kept",
                Promised::Broken => "broken",
                Promised::Open => "open",
            };
            (promise.stage.word().to_owned(), json!(word))
        });
        let line = json!({
            "lead": lead.id,
            "line": lead.line,
            "arrived": instant(lead.at),
            "rule": rule_title(policy, lead),
            "sla": sla.map(|sla| &sla.name),
            "rep": rep(fate.rep),
            "queue": fate.queue.and_then(|queue| policy.queues.get(queue.at())).map(|queue| &queue.name),
            "queue_since": fate.queued.map(instant),
            "age_from": instant(fate.born.unwrap_or(lead.at)),
            "given": fate.given.map(instant),
            "answered": fate.answered.map(instant),
            "answered_by": rep(fate.answered_by),
            "business_seconds": fate.business.map(|micros| micros / 1_000_000),
            "promises": promises.collect::<serde_json::Map<_, _>>(),
            "breaches": fate.breaches,
            "reps": fate.turns,
            "reassigned": fate.reassigned,
            "escalated": fate.escalated,
            "recycled": fate.recycled,
            "recalled": fate.recalled,
            "returned": fate.returned,
            "converted": fate.converted,
        });
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    lines
}

/// In RFC 3339, in UTC.
fn instant(micros: i64) -> String {
    let at = DateTime::from_timestamp_micros(micros);
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)).unwrap_or_default()
}
