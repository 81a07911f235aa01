//! What happened to the leads of a state, from a file: they are touched, closed, or given back; and who signed in or out.

use crate::assign::{Presence, State};
use crate::cli::{Failure, output};
use crate::data::text;
use crate::router::Router;
use crate::sla::happened::{self, Happened, What};
use crate::sla::statuses;
use std::path::Path;

/// Takes the events in the order of their instants. An event that was told before changes nothing, so that a run may be run again.
pub fn tell(path: &Path, router: &Router, state: &mut State) -> Result<(), Failure> {
    let shown = path.display().to_string();
    let policy = router.policy();
    let plan = happened::plan(policy);
    let file = output::leads(path, &plan)?;
    let (happened, warnings) = happened::happened(policy, &plan, file);
    for warning in warnings {
        output::say(&format!("{shown}: {warning}\n"));
    }
    // Several events of one instant are new together.
    let is_new = |event: &Happened| {
        let told = match event.what {
            What::Signed { rep, .. } => Some(state.told_of(rep)),
            _ => state.held(&event.lead).map(|held| held.told),
        };
        told.map(|told| told.is_none_or(|told| told < event.at.micros))
    };
    let known: Vec<Option<bool>> = happened.iter().map(is_new).collect();
    let (mut taken, mut before, mut unknown) = (0u64, 0u64, 0u64);
    for (event, is_new) in happened.iter().zip(known) {
        match is_new {
            Some(true) => {
                match event.what {
                    What::Signed { rep, online } => {
                        let presence = if online { Presence::Online } else { Presence::Offline };
                        state.signed(router.crews(), rep, presence, event.at);
                    }
                    _ => {
                        state.tell(&event.lead, event.at);
                        take(router, state, event);
                    }
                }
                taken += 1;
            }
            Some(false) => before += 1,
            None => unknown += 1,
        }
    }
    let mut said = format!("{shown}: {taken} events taken");
    if before > 0 {
        said.push_str(&format!(", {before} told before"));
    }
    if unknown > 0 {
        said.push_str(&format!(", {unknown} of leads that the state does not know"));
    }
    output::say(&format!("{said}\n"));
    Ok(())
}

fn take(router: &Router, state: &mut State, event: &Happened) {
    let (policy, crews) = (router.policy(), router.crews());
    let status = |status: u32| policy.statuses.get(status as usize).map(|status| text::squeeze(status));
    match &event.what {
        What::Returned(reason) => {
            state.returned(crews, &event.lead, reason, event.at);
        }
        What::Closed => {
            state.closed(crews, &event.lead);
        }
        What::Status(told) => match statuses::meaning(policy, *told) {
            Some(row) if row.status == "returned" => {
                state.returned(crews, &event.lead, "", event.at);
            }
            Some(row) if row.ends => {
                state.closed(crews, &event.lead);
            }
            _ if status(*told).as_deref() == Some("closed") => {
                state.closed(crews, &event.lead);
            }
            // The first status is that of a lead that nobody has touched.
            _ if *told == 0 => return,
            _ => {}
        },
        What::Accepted | What::Responded | What::Met | What::Signed { .. } => {}
    }
    state.touched(&event.lead);
}
