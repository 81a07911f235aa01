//! Which rules may give a lead to which target, under which SLA.

use crate::policy::{Policy, RuleId, SlaId, Target};

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
