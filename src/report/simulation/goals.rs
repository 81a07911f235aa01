//! Goals: what was to be reached, what was measured, and whether it is met.
//!
//! A response counts on the clock of the lead's promise to respond, on the wall where there is none. A lead without an answer is
//! later than every answer.

use super::gather::{Against, Fated, SECOND, sorted};
use super::tables::converted;
use super::{Goal, Measure, words};
use crate::policy;
use crate::simulate::statistics::{PERCENT, Share, quantile};
use crate::sla::told::duration;
use crate::syntax::ast::{self, MeasureKind, Op, Percent, Unit};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

pub fn goals(of: Against) -> Vec<Goal> {
    of.policy.goals.iter().enumerate().map(|(at, goal)| told(of, goal, at)).collect()
}

fn told(of: Against, goal: &policy::Goal, at: usize) -> Goal {
    let leads = || of.counted().filter(move |(lead, _)| lead.kind.goals.get(at).is_some_and(|&counts| counts));
    let count = leads().count() as u64;
    let times = sorted(leads().filter_map(response));
    let measures = goal.written.measures.iter().map(|measure| match &measure.kind {
        MeasureKind::MedianResponse(within) => {
            let value = quantile(&times, count, 50 * PERCENT);
            let goal = format!("median response {} {}", sign(measure.op), duration(within));
            time(goal, measure.op, value, count, within)
        }
        MeasureKind::ShareOfResponses { percent, within } => {
            let value = quantile(&times, count, millionths(percent));
            let goal = format!("{}% of responses {} {}", percent.value, sign(measure.op), duration(within));
            time(goal, measure.op, value, count, within)
        }
        MeasureKind::AssignedToRep(percent) => {
            let assigned = leads().filter(|(_, fate)| fate.given.is_some()).count() as u64;
            share("assigned to a rep", measure.op, percent, &Share::of(assigned, count))
        }
        MeasureKind::Breaches(percent) => {
            let promised = leads().filter(|(_, fate)| !fate.promises.is_empty());
            let broken = promised.clone().filter(|(_, fate)| fate.is_broken()).count() as u64;
            share("breaches", measure.op, percent, &Share::of(broken, promised.count() as u64))
        }
        MeasureKind::Conversion(percent) => share("conversion", measure.op, percent, &converted(leads())),
    });
    Goal { title: goal.written.title.text.to_string(), leads: count, measures: measures.collect() }
}

/// How long a lead waited for its answer, in microseconds.
fn response((lead, fate): Fated) -> Option<i64> {
    match fate.on_business_clock {
        true => fate.business,
        false => Some(fate.answered? - lead.at),
    }
}

/// A time that is past every answer is larger than any that a goal names.
fn time(goal: String, op: Op, value: Option<i64>, leads: u64, within: &ast::Duration) -> Measure {
    let measured = match value {
        _ if leads == 0 => "no such lead".to_owned(),
        Some(value) => words::time(value / SECOND),
        None => "not answered".to_owned(),
    };
    let met = (leads > 0).then(|| holds(op, i128::from(value.unwrap_or(i64::MAX)), i128::from(micros(within))));
    Measure { goal, measured, value: value.map(|value| value as f64 / SECOND as f64), met }
}

/// Shares are compared exactly: so many of so many, with so many of a hundred.
fn share(what: &str, op: Op, percent: &Percent, share: &Share) -> Measure {
    let measured = match share.share {
        Some(part) => format!("{:.1}% ({} of {})", part * 100.0, share.count, share.of),
        None => "no data".to_owned(),
    };
    let sides =
        (i128::from(share.count) * i128::from(100 * PERCENT), i128::from(millionths(percent)) * i128::from(share.of));
    Measure {
        goal: format!("{what} {} {}%", sign(op), percent.value),
        measured,
        value: share.share,
        met: share.share.map(|_| holds(op, sides.0, sides.1)),
    }
}

/// A share of a whole, in millionths of a hundredth: what `check` lets pass is counted exactly.
fn millionths(percent: &Percent) -> u64 {
    (percent.value * Decimal::from(PERCENT)).to_u64().unwrap_or(0)
}

fn holds(op: Op, value: i128, goal: i128) -> bool {
    match op {
        Op::Less => value < goal,
        Op::LessOrEqual => value <= goal,
        Op::Greater => value > goal,
        Op::GreaterOrEqual => value >= goal,
        _ => value == goal,
    }
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Less => "<",
        Op::LessOrEqual => "<=",
        Op::Greater => ">",
        Op::GreaterOrEqual => ">=",
        _ => "=",
    }
}

/// The length of a time that has one: see the check of goals.
fn micros(duration: &ast::Duration) -> i64 {
    let seconds = match duration.unit {
        Unit::Second => 1,
        Unit::Minute => 60,
        Unit::Hour => 3_600,
        Unit::Day => 86_400,
        Unit::Week => 7 * 86_400,
        Unit::Month => 30 * 86_400,
    };
    duration.count.saturating_mul(seconds).saturating_mul(SECOND)
}
