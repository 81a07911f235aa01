//! Reps whom no lead reaches, reps without the manager that an SLA speaks of, and languages that nobody of a pool speaks.

use super::Year;
use super::attendance::chain;
use super::offers::Offer;
use crate::diagnostic::Diagnostic;
use crate::policy::{
    Condition, ConditionKind, FieldId, Policy, Pool, PoolId, Predicate, Recipient, RepId, Sla, SlaId, Step, Subject,
    Target, Type,
};
use crate::sla::Holder;
use crate::syntax::ast::RepPreference;
use chrono::{Months, NaiveDate};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// So many names stand in one finding.
const MOST_NAMES: usize = 5;

/// Says where an SLA tells the manager of somebody who has none.
pub(super) fn managers(year: &Year, offers: &[Offer], found: &mut Vec<Diagnostic>) {
    let policy = year.policy;
    for (at, sla) in policy.slas.iter().enumerate().filter(|(_, sla)| asks_manager(sla)) {
        let under = offers.iter().filter(|offer| offer.sla == Some(SlaId(at as u32)));
        let reps: BTreeSet<RepId> = under.flat_map(|offer| takers(policy, &offer.target)).collect();
        let manager = |rep: &RepId| year.staff.manager(Holder::Rep(*rep), 1);
        let is_there = |manager: RepId| is_active(policy, manager) && !away_all_year(year, manager);
        let alone = reps.iter().filter(|rep| !manager(rep).is_some_and(is_there));
        let alone: Vec<RepId> = alone.copied().filter(|rep| is_active(policy, *rep)).collect();
        let gone: BTreeSet<RepId> = alone.iter().filter_map(manager).collect();
        let teams = policy.teams.iter().filter(|team| team.members.iter().any(|member| alone.contains(member)));
        if alone.is_empty() {
            continue;
        }
        let mut said = Diagnostic::warning(
            "manager-missing",
            sla.span,
            format!(
                "the sla `{}` tells the manager of the assignee, and nobody is there for {}",
                sla.name,
                names(policy, &alone)
            ),
        );
        for team in teams.filter(|team| team.manager.is_none()).take(3) {
            said = said.also(team.span, format!("the team `{}` has no manager", team.name));
        }
        for manager in gone.iter().filter_map(|rep| policy.reps.get(rep.at())).take(3) {
            let why = if manager.active { "is away all the year" } else { "is not active" };
            said = said.note(format!("the manager `{}` {why}", manager.name));
        }
        found.push(said.help("give the team a `manager`, or name somebody else to notify"));
    }
}

/// One absence takes all the year that is looked at.
fn away_all_year(year: &Year, rep: RepId) -> bool {
    let last = year.from.checked_add_months(Months::new(12));
    let takes = |(from, to): &(Option<NaiveDate>, Option<NaiveDate>)| {
        from.is_none_or(|from| from <= year.from) && to.is_none_or(|to| last.is_some_and(|last| to >= last))
    };
    year.policy.reps.get(rep.at()).is_some_and(|rep| rep.away.iter().any(takes))
}

fn asks_manager(sla: &Sla) -> bool {
    let warnings = sla.warnings.iter().flat_map(|warning| &warning.steps);
    warnings.chain(&sla.on_breach).chain(&sla.finally).any(|step| match step {
        Step::Notify(recipients) => recipients.contains(&Recipient::ManagerOfAssignee),
        Step::Escalate(recipient) => *recipient == Recipient::ManagerOfAssignee,
        Step::Reassign { .. } | Step::Recycle(_) | Step::Recall(_) | Step::Reopen => false,
    })
}

/// The reps to whom a target gives leads; owners are those whom the records at hand name. In a queue nobody is the assignee yet.
fn takers(policy: &Policy, target: &Target) -> Vec<RepId> {
    let owners = |records, column| policy.owners_at_hand(records, column).into_keys();
    let teams_of = |records, column| {
        let owners: BTreeSet<RepId> = owners(records, column).collect();
        policy.teams.iter().filter(move |team| team.members.iter().any(|member| owners.contains(member)))
    };
    let members = |id: &PoolId| policy.pools.get(id.at()).map_or_else(Vec::new, |pool| pool.members.clone());
    match target {
        Target::Pool(pool) => chain(policy, *pool).iter().flat_map(members).collect(),
        Target::Team(team) => policy.teams.get(team.at()).map_or_else(Vec::new, |team| team.members.clone()),
        Target::Rep(rep) => vec![*rep],
        Target::Owner { records, column, .. } => owners(*records, *column).collect(),
        Target::TeamOfOwner { records, column } => {
            teams_of(*records, *column).flat_map(|team| team.members.iter().copied()).collect()
        }
        Target::ManagerOfOwner { records, column } => {
            teams_of(*records, *column).filter_map(|team| team.manager).collect()
        }
        Target::Queue(_) | Target::Table { .. } => Vec::new(),
    }
}

/// Says which languages a rule sends to a pool that looks for reps who speak them, and nobody does.
pub(super) fn languages(year: &Year, offers: &[Offer], found: &mut Vec<Diagnostic>) {
    let policy = year.policy;
    let mut said: BTreeSet<(PoolId, SmolStr)> = BTreeSet::new();
    for offer in offers {
        let (Target::Pool(id), Some(rule)) = (&offer.target, policy.rules.get(offer.rule.at())) else { continue };
        let (Some(pool), Some(when)) = (policy.pools.get(id.at()), &rule.when) else { continue };
        for (field, language) in asked_languages(when) {
            let looked_for = spoken_fields(policy, pool).any(|spoken| spoken == field);
            if !looked_for || is_served(policy, pool, &language) || !said.insert((*id, language.clone())) {
                continue;
            }
            let title = format!("rule \"{}\" sends leads in this language to it", rule.title);
            found.push(unserved(pool, &language).also(when.span, title));
        }
    }
}

pub(super) fn unserved(pool: &Pool, language: &str) -> Diagnostic {
    let message = format!("nobody of the pool `{}` speaks `{language}`", pool.name);
    Diagnostic::warning("language-unserved", pool.span, message)
        .help("add somebody who `speaks` it, or send these leads to another pool")
}

/// The fields that hold a language which the pool would like its rep to speak.
pub(super) fn spoken_fields(policy: &Policy, pool: &Pool) -> impl Iterator<Item = FieldId> {
    let fields = pool.prefer.iter().filter_map(|preference| match preference {
        RepPreference::Speak(field) => policy.fields.iter().position(|known| known.name == field.text),
        _ => None,
    });
    let is_language = |at: &usize| policy.fields.get(*at).is_some_and(|field| field.ty == Type::Language);
    fields.filter(is_language).map(|at| FieldId(at as u32))
}

/// Whether somebody active of the pool speaks a language.
pub(super) fn is_served(policy: &Policy, pool: &Pool, language: &str) -> bool {
    let mut active = pool.members.iter().filter_map(|rep| policy.reps.get(rep.at())).filter(|rep| rep.active);
    active.any(|rep| rep.speaks.iter().any(|tag| speaks(tag, language)))
}

/// The languages that a condition asks for wherever it holds.
fn asked_languages(condition: &Condition) -> Vec<(FieldId, SmolStr)> {
    match &condition.kind {
        ConditionKind::And(parts) => parts.iter().flat_map(asked_languages).collect(),
        ConditionKind::Test(test) => match (&test.subject, &test.predicate) {
            (Subject::Field(field), Predicate::InTexts(set)) => {
                set.values.iter().map(|value| (*field, value.clone())).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Whether somebody who speaks one language serves another: the same, or one a region of the other (RFC 4647, section 3.3.1).
fn speaks(spoken: &str, asked: &str) -> bool {
    let (spoken, asked) = (spoken.to_lowercase(), asked.to_lowercase());
    let begins =
        |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    begins(&spoken, &asked) || begins(&asked, &spoken)
}

/// Says which active reps no target, queue, manager's post or record leads to.
pub(super) fn without_leads(year: &Year, offers: &[Offer], found: &mut Vec<Diagnostic>) {
    let policy = year.policy;
    let mut reached: BTreeSet<RepId> = offers.iter().flat_map(|offer| takers(policy, &offer.target)).collect();
    reached.extend(policy.pools.iter().flat_map(|pool| pool.members.iter().copied()));
    let workers =
        policy.queues.iter().flat_map(|queue| &queue.worked_by).filter_map(|team| policy.teams.get(team.at()));
    reached.extend(workers.flat_map(|team| team.members.iter().copied()));
    reached.extend(policy.teams.iter().filter_map(|team| team.manager));
    reached.extend(policy.reps.iter().filter_map(|rep| rep.delegate));
    for team in &policy.teams {
        let idle: Vec<RepId> = team.members.iter().copied().filter(|rep| !reached.contains(rep)).collect();
        let idle: Vec<RepId> = idle.into_iter().filter(|rep| is_active(policy, *rep)).collect();
        if !idle.is_empty() {
            found.push(
                Diagnostic::warning(
                    "rep-in-no-pool",
                    team.span,
                    format!("no lead gets to {} of the team `{}`", names(policy, &idle), team.name),
                )
                .help("take them into a pool, let the team work a queue, or set them inactive"),
            );
            reached.extend(idle);
        }
    }
}

fn is_active(policy: &Policy, rep: RepId) -> bool {
    policy.reps.get(rep.at()).is_some_and(|rep| rep.active)
}

fn names(policy: &Policy, reps: &[RepId]) -> String {
    let named = reps.iter().take(MOST_NAMES).filter_map(|rep| policy.reps.get(rep.at()));
    let named = named.map(|rep| format!("`{}`", rep.name)).collect::<Vec<_>>().join(", ");
    match reps.len().saturating_sub(MOST_NAMES) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
