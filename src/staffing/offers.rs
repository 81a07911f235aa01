//! Which rules may give a lead to which target, under which SLA, and when.

use super::Year;
use crate::calendar::hours::{DAY, instant_of};
use crate::calendar::spans::{Span, difference, intersection, union};
use crate::policy::meaning::days;
use crate::policy::{CalendarId, Condition, ConditionKind, Entry, Policy, Rule, RuleId, SlaId, Target};
use chrono::NaiveDate;

/// A target that a rule, a row of its table or an arm of its experiment names.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub rule: RuleId,
    pub target: Target,
    pub sla: Option<SlaId>,
}

pub(super) fn offers(policy: &Policy) -> Vec<Offer> {
    let mut offers = Vec::new();
    for (at, rule) in policy.rules.iter().enumerate() {
        rule.assign.iter().for_each(|target| add(policy, RuleId(at as u32), target, rule.sla, &mut offers));
    }
    for experiment in &policy.experiments {
        let Some(rule) = policy.rules.get(experiment.rule.at()) else { continue };
        for arm in &experiment.arms {
            let targets = if arm.assign.is_empty() { &rule.assign } else { &arm.assign };
            targets.iter().for_each(|target| add(policy, experiment.rule, target, arm.sla.or(rule.sla), &mut offers));
        }
    }
    offers
}

/// A table stands for what its rows give.
fn add(policy: &Policy, rule: RuleId, target: &Target, sla: Option<SlaId>, offers: &mut Vec<Offer>) {
    match target {
        Target::Table { table, .. } => {
            let rows = policy.tables.get(table.at()).map_or(&[][..], |table| &table.rows);
            offers.extend(rows.iter().filter_map(|row| {
                let target = row.target.clone()?;
                Some(Offer { rule, target, sla: sla.or(row.sla) })
            }));
        }
        target => offers.push(Offer { rule, target: target.clone(), sla }),
    }
}

/// When leads may come to a rule: what its own conditions and days say of the clock, less what rules before it take at all.
pub(super) fn arrivals(year: &Year, id: RuleId) -> Vec<Span> {
    let mut spans = vec![year.window];
    let Some(rule) = year.policy.rules.get(id.at()) else { return spans };
    spans = within_days(year, rule, &spans);
    for (calendar, during) in rule.when.as_ref().map_or_else(Vec::new, of_clock) {
        let open = year.staff.calendars().open_spans(calendar, year.window.start, year.window.end);
        spans = if during { intersection(&spans, &open) } else { difference(&spans, &open) };
    }
    let entries = year.policy.routes.get(rule.route.at()).map_or(&[][..], |route| &route.entries);
    for entry in entries.iter().take_while(|entry| !matches!(entry, Entry::Rule(other) if *other == id)) {
        let Entry::Rule(before) = entry else { continue };
        let Some(before) = year.policy.rules.get(before.at()).filter(|rule| rule.only.is_empty()) else { continue };
        if let Some((calendar, during)) = before.when.as_ref().and_then(clock_alone) {
            let open = year.staff.calendars().open_spans(calendar, year.window.start, year.window.end);
            spans = if during { difference(&spans, &open) } else { intersection(&spans, &open) };
        }
    }
    spans
}

fn within_days(year: &Year, rule: &Rule, spans: &[Span]) -> Vec<Span> {
    if rule.only.is_empty() {
        return spans.to_vec();
    }
    let periods = rule.only.iter().map(|period| {
        let midnight = |day: NaiveDate| instant_of(period.zone, days(day).saturating_mul(DAY));
        Span {
            start: period.from.map_or(year.window.start, midnight),
            end: period.to.and_then(|day| day.succ_opt()).map_or(year.window.end, midnight),
        }
    });
    intersection(spans, &union(periods.filter(|span| span.start < span.end).collect()))
}

/// A condition that asks about nothing but one calendar.
fn clock_alone(condition: &Condition) -> Option<(CalendarId, bool)> {
    match &condition.kind {
        ConditionKind::ArrivesDuring(calendar) => Some((*calendar, true)),
        ConditionKind::Not(inner) => clock_alone(inner).map(|(calendar, during)| (calendar, !during)),
        _ => None,
    }
}

/// What a condition asks of the clock wherever it holds.
fn of_clock(condition: &Condition) -> Vec<(CalendarId, bool)> {
    match &condition.kind {
        ConditionKind::And(parts) => parts.iter().flat_map(of_clock).collect(),
        _ => clock_alone(condition).into_iter().collect(),
    }
}
