//! From the tree of a policy and its data files to the checked policy: names resolved, values typed, and every finding.
//!
//! Names are gathered first, then each kind of declaration is lowered, those that others need before the others. A declaration with a fault is
//! lowered as far as it goes, so that what is sound is still checked; what an error touches has no meaning.

mod calendars;
mod comparisons;
mod conditions;
mod contradictions;
mod cycles;
mod declarations;
mod expectations;
mod experiments;
mod files;
mod filters;
mod goals;
mod guarantees;
mod hash;
mod intervals;
mod lets;
mod lists;
mod literals;
mod membership;
mod missing;
mod names;
mod order;
mod overflow;
mod people;
mod pools;
mod postal_codes;
mod records;
mod roster;
mod roster_names;
mod routes;
mod schema;
mod scope;
mod segments;
mod slas;
mod spelling;
mod suggest;
mod table_files;
mod tables;
mod targets;
mod territories;
mod test_files;
mod tests;
mod unused;
mod words;

pub use files::data_paths;
pub use tests::usual_instant;

use crate::diagnostic::Diagnostic;
use crate::policy::{DataFiles, Policy, QueueId, RouteId};
use crate::source::{FileId, Span};
use crate::syntax::ast;
use chrono_tz::Tz;
use declarations::Declarations;
use names::Kind;
use scope::Scope;
use smol_str::SmolStr;
use std::borrow::Borrow;

/// What checking gives: the findings, and the policy, as far as it could be made where one of them is an error.
#[derive(Debug)]
pub struct Checked {
    pub policy: Option<Policy>,
    /// Every name that is declared.
    pub names: Vec<Declared>,
    pub diagnostics: Vec<Diagnostic>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    pub name: SmolStr,
    pub span: Span,
}

/// Checks the files of a policy, includes among them, with the data files that it names (see [`data_paths`]).
pub fn check<F: Borrow<ast::File>>(files: &[(FileId, F)], data: &DataFiles) -> Checked {
    let (names, found, diagnostics) = declarations::gather(files);
    let mut scope = Scope::new(names, Tz::UTC, diagnostics);
    let start = files.first().map_or(Span::default(), |(file, _)| Span::new(*file, 0, 0));
    let policy = lower(&mut scope, &found, data, start);
    scope.report_cycles();
    scope.unused(&found);
    scope.count_unknown();
    let mut diagnostics = scope.diagnostics;
    diagnostics.sort_by_key(|found| (found.primary.span.file, found.primary.span.start));
    Checked { policy, names: scope.names.all(), diagnostics }
}

fn lower<'a>(scope: &mut Scope<'a>, found: &Declarations<'a>, data: &DataFiles, start: Span) -> Option<Policy> {
    scope.zone = policy_zone(scope, found);
    let missing: Vec<SmolStr> =
        found.lead.iter().flat_map(|lead| lead.missing.iter().flatten()).map(|text| text.text.clone()).collect();
    let fields = scope.lead_fields(found);
    if fields.is_empty() {
        scope.has_fields = false;
        scope.no_lead = Some(found.policy.map_or(start, |block| block.title.span));
    }

    let columns = scope.record_columns(found);
    scope.segment_names(found);
    scope.let_shapes(found);
    scope.territories.clone_from(&found.territories);
    scope.table_shapes(found);
    scope.load_lists(found, data);

    let calendars = scope.calendars(found, data);
    let (teams, reps) = scope.people(found, data);
    let queues = scope.queues(found);
    let pools = scope.pools(found, &teams, &reps);
    let slas = scope.slas(found);

    let mut lets = scope.lets(found);
    let records = scope.records(found, columns, data, &missing);
    let segments = scope.segments(found);
    let partitions = scope.partitions(found);
    let scores = scope.scores(found);
    let grades = scope.grades(found);
    let (territory_sets, territories) = scope.territories(found);

    let excludes = scope.excludes(found);
    let tables = scope.tables(found, data);
    let (routes, rules) = scope.routes(found);
    let experiments = scope.experiments(found);
    let on_bad_lead = found.policy.and_then(|block| bad_lead_queue(scope, block));
    if let Some(returning) = found.returning {
        scope.returning(returning);
    }
    let guarantees = scope.guarantees(found);
    let goals = scope.goals(found);
    let tests =
        scope.tests(found, &tests::Leads { fields: &fields, missing: &missing, experiments: &experiments }, data);
    scope.check_order(found, &routes, &rules);

    lets.extend(scope.unnamed_lets.values().cloned());
    let main = scope.names.get(Kind::Route, "main")?;
    let mut policy = Policy {
        title: found.policy.map_or(SmolStr::new_static("policy"), |block| block.title.text.clone()),
        zone: scope.zone,
        on_bad_lead,
        missing,
        fields,
        lists: scope.lists(),
        lets,
        records,
        segments,
        partitions,
        scores,
        grades,
        territory_sets,
        territories,
        calendars,
        teams,
        reps,
        queues,
        pools,
        slas,
        excludes,
        tables,
        routes,
        main: RouteId(main.id),
        rules,
        statuses: scope.statuses(),
        returning: found.returning.cloned(),
        experiments,
        tiers: found.tiers.iter().map(|tier| tier.order.iter().map(|name| name.text.clone()).collect()).collect(),
        guarantees: Vec::new(),
        goals: Vec::new(),
        tests: Vec::new(),
        hash: String::new(),
    };
    postal_codes::short_codes(&policy).into_iter().for_each(|found| scope.report(found));
    policy.hash = hash::hash(&policy);
    policy.guarantees = guarantees;
    policy.goals = goals;
    policy.tests = tests;
    contradictions::contradictions(&policy).into_iter().for_each(|found| scope.report(found));
    Some(policy)
}

/// Where a lead goes that cannot be read.
fn bad_lead_queue(scope: &mut Scope<'_>, block: &ast::PolicyBlock) -> Option<QueueId> {
    let mut queue = None;
    for clause in &block.clauses {
        if let ast::PolicyClause::OnBadLead(name) = clause {
            queue = scope.resolve(Kind::Queue, name).map(QueueId);
        }
    }
    queue
}

/// The zone of the policy block, UTC where it names none.
fn policy_zone(scope: &mut Scope<'_>, found: &Declarations<'_>) -> Tz {
    let clauses = found.policy.into_iter().flat_map(|block| &block.clauses);
    let mut zones = clauses.filter_map(|clause| match clause {
        ast::PolicyClause::Timezone(zone) => Some(zone),
        ast::PolicyClause::OnBadLead(_) => None,
    });
    zones.next().and_then(|zone| scope.zone_named(&zone.text, zone.span)).unwrap_or(Tz::UTC)
}
