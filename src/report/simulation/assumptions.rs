//! What a simulation takes for granted, in sentences: they stand on every report.

use super::words::{count, percent, time};
use crate::policy::Policy;
use crate::simulate::history::History;
use crate::simulate::model::{Answering, ENOUGH, Model, Outcomes};
use crate::syntax::ast::{Stage, Strategy};

const SECOND: i64 = 1_000_000;

/// `events`: the history tells of statuses and meetings. `open_for` is in microseconds.
pub fn assumptions(policy: &Policy, history: &History, model: &Model, events: bool, open_for: i64) -> Vec<String> {
    let mut said = Vec::new();
    answers(&mut said, history, model);
    let without = policy.reps.iter().filter(|rep| rep.active && rep.hours.is_none()).count();
    let around = match without {
        0 => String::new(),
        1 => "; one rep has none and works around the clock".to_owned(),
        several => format!("; {several} reps have none and work around the clock"),
    };
    said.push(format!("Reps work in the hours that the policy gives them, less their absences{around}."));
    queues(&mut said, policy);
    let promises = || policy.slas.iter().flat_map(|sla| &sla.promises);
    if !events && promises().any(|promise| promise.stage == Stage::Accept) {
        said.push("A rep accepts a lead by answering it: the history does not tell of acceptance.".to_owned());
    }
    if !events && promises().any(|promise| promise.stage == Stage::Meet) {
        said.push(
            "A first meeting stands as soon as a lead is answered: the history does not tell of meetings.".to_owned(),
        );
    }
    if policy.pools.iter().any(|pool| pool.strategy == Strategy::LeastLoaded) {
        let told = history.leads.iter().any(|lead| lead.past.closed.is_some());
        let until = if told { "until the history closes it, and where it does not say when, for " } else { "for " };
        said.push(format!("A lead counts as an open lead of its rep {until}{}.", time(open_for / SECOND)));
    }
    if policy.pools.iter().any(|pool| pool.only_online) {
        said.push("Whoever is on duty is online.".to_owned());
    }
    outcomes(&mut said, history, model);
    said
}

fn answers(said: &mut Vec<String>, history: &History, model: &Model) {
    let spread = |answering: &Answering| {
        format!("median {}, 9 of 10 within {}", time(answering.median() / SECOND), time(answering.p90() / SECOND))
    };
    if !model.told {
        said.push(format!(
            "The history does not tell when leads were answered. An answer takes a rep a stated time of work: {}, lognormal.",
            spread(&model.stated)
        ));
        return;
    }
    let answered = history.leads.iter().filter(|lead| lead.past.responded.is_some()).count() as u64;
    said.push(format!(
        "The history tells when {} of {} leads were answered. The rep who had a lead takes as long as he took; a lead that he never answered, its first rep does not answer.",
        count(answered),
        count(history.leads.len() as u64)
    ));
    let own = model.reps.iter().filter(|rep| rep.is_some()).count();
    let others = match &model.all {
        Some((all, _)) => format!("the answers of all ({}, of work)", spread(all)),
        None => format!("a stated time of work ({})", spread(&model.stated)),
    };
    said.push(format!(
        "Another rep takes as long as his own answers have it at the same rank: {own} reps have the {ENOUGH} answers that this needs; for the others count {others}."
    ));
}

fn queues(said: &mut Vec<String>, policy: &Policy) {
    if policy.queues.is_empty() {
        return;
    }
    let idle = policy.queues.iter().filter(|queue| queue.worked_by.is_empty()).map(|queue| format!("`{}`", queue.name));
    let idle: Vec<String> = idle.collect();
    let never = if idle.is_empty() { String::new() } else { format!("; nobody works {}", idle.join(", ")) };
    said.push(format!(
        "A lead in a queue is answered by those who work it, as fast as all reps, in the hours at which one of them works{never}."
    ));
}

fn outcomes(said: &mut Vec<String>, history: &History, model: &Model) {
    let known = history.leads.iter().filter(|lead| lead.past.converted.is_some()).count() as u64;
    said.push(match model.outcomes {
        Outcomes::Stated(share) => {
            format!("{} of the leads that are answered convert, whoever answers them: this is stated, not measured.", percent(share))
        }
        _ if known == 0 => "Nothing tells which leads converted.".to_owned(),
        Outcomes::StayWithLead => format!(
            "The history tells the outcome of {} leads, and each keeps it whoever has it: conversion by rep shows who has which leads, not who sells better.",
            count(known)
        ),
        Outcomes::FollowRep => format!(
            "The history tells the outcome of {} leads. A lead that goes to another rep converts at his rate: this takes it that rates are the reps' doing, not their leads'.",
            count(known)
        ),
    });
}
