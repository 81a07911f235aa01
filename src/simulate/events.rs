//! What the history tells of leads besides: what happened to those that are in it, and when reps sign in and out.

use super::history::History;
use crate::lead::{LeadFile, Plan};
use crate::policy::Policy;
use crate::sla::happened::{Happened, What, happened};
use crate::sla::statuses;
use crate::syntax::ast::Stage;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Something that happened to a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Microseconds since 1970.
    pub at: i64,
    /// Its place in the history; says nothing of what a rep did.
    pub lead: u32,
    pub what: What,
}

impl Occurrence {
    pub fn is_of_lead(&self) -> bool {
        !matches!(self.what, What::Signed { .. })
    }
}

/// Events in the order of their instants, and what is to be said of the others.
#[derive(Debug, Clone, Default)]
pub struct Events {
    pub told: Vec<Occurrence>,
    pub warnings: Vec<String>,
}

/// Reads events. Those that mean an answer tell the history when its lead was answered, where it does not know better.
pub fn read(policy: &Policy, plan: &Plan, file: LeadFile, history: &mut History) -> Events {
    let places: FxHashMap<SmolStr, u32> =
        history.leads.iter().zip(0u32..).map(|(lead, at)| (lead.id.clone(), at)).collect();
    let (happened, warnings) = happened(policy, plan, file);
    let mut events = Events { told: Vec::with_capacity(happened.len()), warnings };
    let mut unknown_leads = 0u64;
    for Happened { lead, at, what } in happened {
        match places.get(&lead) {
            _ if matches!(what, What::Signed { .. }) => events.told.push(Occurrence { at: at.micros, lead: 0, what }),
            Some(&lead) => events.told.push(Occurrence { at: at.micros, lead, what }),
            None => unknown_leads += 1,
        }
    }
    for told in &events.told {
        let answers = match told.what {
            What::Responded | What::Met => true,
            What::Status(status) => {
                statuses::meaning(policy, status).is_some_and(|row| row.keeps.contains(&Stage::Respond))
            }
            What::Accepted | What::Closed | What::Returned(_) | What::Signed { .. } => false,
        };
        if told.what == What::Closed
            && let Some(lead) = history.leads.get_mut(told.lead as usize).filter(|lead| told.at >= lead.at)
        {
            lead.past.closed.get_or_insert(told.at);
        }
        if let Some(lead) = history.leads.get_mut(told.lead as usize).filter(|lead| answers && told.at >= lead.at) {
            lead.past.responded.get_or_insert(told.at);
        }
    }
    if unknown_leads > 0 {
        events.warnings.push(format!("{unknown_leads} events of leads that are not in the history were left out"));
    }
    events
}
