//! What the leads of a file ask of the pools of a policy.

use crate::cli::{Failure, output};
use crate::diagnostic::Diagnostic;
use crate::lead::{LeadReader, Plan};
use crate::policy::Policy;
use crate::router::Router;
use crate::staffing::demand::Demand;
use std::path::Path;

/// Matches every lead at the instant that it names itself. Leads that cannot be read, and those without an instant, are counted and said.
pub fn findings(policy: &Policy, path: &Path) -> Result<Vec<Diagnostic>, Failure> {
    let shown = path.display().to_string();
    let came = Demand::came(policy).ok_or_else(|| {
        Failure::new("the leads do not say when they came: the policy has no field of type `time`")
            .help("declare the field, such as `created_at time required`")
    })?;
    let plan = Plan::of(policy);
    let file = output::leads(path, &plan)?;
    let router = Router::new(policy.clone());
    let mut demand = Demand::default();
    let mut reader = LeadReader::new(&plan, file);
    let left_out = demand.count(&router, came, reader.by_ref());
    if let Some(failure) = reader.failure() {
        return Err(Failure::new(format!("`{shown}` could not be read to its end: {failure}")));
    }
    if left_out > 0 {
        let leads = if left_out == 1 { "lead" } else { "leads" };
        output::say(&format!(
            "{shown}: {left_out} {leads} left out that cannot be read or do not say when they came\n"
        ));
    }
    Ok(demand.findings(policy))
}
