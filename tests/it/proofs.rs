//! What is proved of declarations, conditions and guarantees, against going through all leads of small policies.

mod parts;
mod reach;
pub mod written;

use crate::analysis::numbers;
use crate::generate::{Choices, text};
use crate::seeds;
use leadway::analysis::same::mean_the_same;
use leadway::analysis::{Budget, Prover, Told};
use leadway::fix;
use leadway::load::{Compiled, compile};
use leadway::matcher::reference::{self, Reference};
use leadway::matcher::{Facts, Match, Outcome, RecordMatch};
use leadway::policy::*;
use std::collections::BTreeMap;
use std::sync::Arc;

type Files = BTreeMap<String, Arc<[u8]>>;

/// Every lead of a policy of [`written`], with every row that it may find; owners are those at hand, nobody known, or none.
struct Leads {
    policy: Policy,
    values: Vec<Vec<Value>>,
    records: Vec<[RecordMatch; 1]>,
}

impl Leads {
    fn of(policy: &Policy) -> Leads {
        let mut policy = policy.clone();
        let ids = if policy.experiments.is_empty() { 1 } else { 10 };
        let mut values = Vec::new();
        for id in 0..ids {
            for flag in [Value::Missing, Value::Boolean(false), Value::Boolean(true)] {
                for size in [None, Some(0), Some(1), Some(2), Some(3)] {
                    for kind in ["", "a", "b", "c"] {
                        for must in [false, true] {
                            let kind = if kind.is_empty() { Value::Missing } else { text(kind, kind) };
                            let size = size.map_or(Value::Missing, Value::Integer);
                            let id = format!("L{id}");
                            values.push(vec![
                                text(&id.to_lowercase(), &id),
                                flag.clone(),
                                size,
                                kind,
                                Value::Boolean(must),
                            ]);
                        }
                    }
                }
            }
        }
        let block = &mut policy.records[0];
        let mut owners: Vec<Value> = block.rows.iter().map(|row| row[1].clone()).collect();
        owners.extend([text("someone", "Someone"), Value::Missing]);
        owners.dedup();
        let mut rows = Vec::new();
        for owner in owners {
            for vip in [Value::Missing, Value::Boolean(false), Value::Boolean(true)] {
                rows.push(vec![text("x", "x"), owner.clone(), vip]);
            }
        }
        let mut records: Vec<[RecordMatch; 1]> = (0..rows.len() as u32).map(|row| [RecordMatch::Row(row)]).collect();
        records.push([RecordMatch::None]);
        if block.on_tie.is_some() {
            records.push([RecordMatch::Tie]);
        }
        block.rows = Arc::new(rows);
        Leads { policy, values, records }
    }

    fn all(&self) -> impl Iterator<Item = Facts<'_>> {
        self.values.iter().flat_map(|values| {
            self.records.iter().map(move |records| Facts {
                values,
                at: Instant { micros: 0, offset: 0 },
                calendars: &[],
                records,
            })
        })
    }

    fn any(&self, holds: impl Fn(&Facts, &dyn Fn(&Condition) -> bool) -> bool) -> bool {
        self.all().any(|facts| {
            let lead = Reference::new(&self.policy, &facts);
            holds(&facts, &|condition| lead.holds(condition))
        })
    }

    fn decided(&self, holds: &dyn Fn(&Condition) -> bool) -> bool {
        !self.policy.excludes.iter().any(|exclude| holds(&exclude.when))
    }

    /// What each lead comes to. Which rule says so is left out: a rule may be gone where others do what it did.
    fn decisions(&self) -> Vec<Match> {
        let decide = |facts| {
            let found = reference::decide(&self.policy, &facts);
            match found.outcome {
                Outcome::Rule(_) => Match { outcome: Outcome::Rule(RuleId(0)), ..found },
                _ => found,
            }
        };
        self.all().map(decide).collect()
    }
}

/// Whether there is a finding of a code at each of these places, as there should be.
fn told_as(told: &Told, code: &str, expected: &[(leadway::source::Span, bool)]) -> Result<(), String> {
    for (span, expected) in expected {
        let found = told.diagnostics.iter().any(|found| found.code == code && found.primary.span == *span);
        if found != *expected {
            return Err(format!("{code} at {span:?}: told {found}, but {expected}"));
        }
    }
    Ok(())
}

fn partitions_agree(leads: &Leads, told: &Told) -> Result<(), String> {
    let policy = &leads.policy;
    for partition in &policy.partitions {
        let parts: Vec<&Segment> = partition.parts.iter().map(|id| &policy.segments[id.at()]).collect();
        let overlaps: Vec<_> = parts
            .iter()
            .enumerate()
            .map(|(at, part)| {
                let shared = leads.any(|_, holds| {
                    leads.decided(holds) && holds(&part.when) && parts[..at].iter().any(|other| holds(&other.when))
                });
                (part.span, shared)
            })
            .collect();
        told_as(told, "segment-overlap", &overlaps)?;
        let gap = leads.any(|_, holds| leads.decided(holds) && !parts.iter().any(|part| holds(&part.when)));
        told_as(told, "segment-gap", &[(partition.span, gap)])?;
    }
    for (at, grade) in policy.grades.iter().enumerate() {
        let steps = 0..grade.steps.len() as u32;
        let reached = |step: u32| {
            let has = Condition { kind: ConditionKind::Grade(GradeId(at as u32), vec![step]), span: grade.span };
            leads.any(|_, holds| leads.decided(holds) && holds(&has))
        };
        let missed = steps.filter(|step| !reached(*step)).count();
        let found = told.diagnostics.iter().filter(|found| found.code == "unreachable-grade").count();
        if missed != found {
            return Err(format!("{missed} steps are not reached, {found} were told"));
        }
    }
    Ok(())
}

fn territories_agree(leads: &Leads, told: &Told) -> Result<(), String> {
    let policy = &leads.policy;
    for territory in &policy.territories {
        let parent = territory.parent.map(|id| &policy.territories[id.at()]);
        let siblings = parent.map_or(&policy.territory_sets[0].roots, |parent| &parent.children);
        let before =
            siblings.iter().map(|id| &policy.territories[id.at()]).take_while(|other| other.span != territory.span);
        let before: Vec<&Territory> = before.collect();
        let inside = |holds: &dyn Fn(&Condition) -> bool| parent.is_none_or(|parent| holds(&parent.when));
        let shared = leads.any(|_, holds| {
            leads.decided(holds)
                && inside(holds)
                && holds(&territory.when)
                && before.iter().any(|other| holds(&other.when))
        });
        told_as(told, "territory-overlap", &[(territory.span, shared)])?;
        let gap = territory.covered
            && leads.any(|_, holds| {
                let children = territory.children.iter().map(|id| &policy.territories[id.at()]);
                leads.decided(holds) && holds(&territory.when) && !children.into_iter().any(|child| holds(&child.when))
            });
        told_as(told, "territory-gap", &[(territory.span, gap)])?;
        let Some(parent) = parent else { continue };
        let some = leads.any(|_, holds| leads.decided(holds) && holds(&territory.when));
        let some_inside = leads.any(|_, holds| leads.decided(holds) && holds(&territory.when) && holds(&parent.when));
        let outside = leads.any(|_, holds| leads.decided(holds) && holds(&territory.when) && !holds(&parent.when));
        let found = told
            .diagnostics
            .iter()
            .find(|found| found.code == "territory-outside-parent" && found.primary.span == territory.span);
        let is_error = found.is_some_and(|found| found.severity == leadway::diagnostic::Severity::Error);
        if is_error != (some && !some_inside) || (found.is_some() && !outside) {
            return Err(format!("`{}`: told {found:?}, but some {some}, inside {some_inside}", territory.name));
        }
    }
    Ok(())
}

/// The conditions that somebody wrote.
fn written_conditions(policy: &Policy) -> Vec<&Condition> {
    let mut all = Vec::new();
    policy.each_condition(&mut |condition| all.push(condition));
    policy.each_claim(&mut |condition| all.push(condition));
    // Of a table's cells nothing is told; an `otherwise` is no condition that was written.
    let cells: Vec<_> = policy.tables.iter().flat_map(|table| &table.rows).flat_map(|row| &row.cells).collect();
    all.retain(|condition| !cells.iter().any(|cell| std::ptr::eq(*cell, *condition)));
    let rest = policy.segments.iter().find(|segment| segment.name == "rest").map(|segment| &segment.when);
    all.retain(|condition| rest.is_none_or(|rest| !std::ptr::eq(rest, *condition)));
    all
}

fn conditions_agree(leads: &Leads, told: &Told) -> Result<(), String> {
    for condition in written_conditions(&leads.policy) {
        let within = |code: &str| {
            told.diagnostics.iter().any(|found| {
                let span = found.primary.span;
                found.code == code && condition.span.start <= span.start && span.end <= condition.span.end
            })
        };
        let ever = leads.any(|_, holds| holds(condition));
        let always = !leads.any(|_, holds| !holds(condition));
        if within("contradictory-condition") && ever {
            return Err(format!("{condition:?} holds for a lead"));
        }
        let mut named = false;
        each_name(condition, &mut |_| named = true);
        if !ever && !named && !within("contradictory-condition") {
            return Err(format!("{condition:?} holds for no lead, which is not told"));
        }
        told_as(told, "always-true", &[(condition.span, always)])?;
        let (ConditionKind::And(parts) | ConditionKind::Or(parts)) = &condition.kind else { continue };
        let joined_by_and = matches!(condition.kind, ConditionKind::And(_));
        let needless = (0..parts.len()).any(|at| {
            let fewer: Vec<Condition> =
                parts.iter().enumerate().filter(|(part, _)| *part != at).map(|(_, p)| p.clone()).collect();
            let kind = if joined_by_and { ConditionKind::And(fewer) } else { ConditionKind::Or(fewer) };
            let without = Condition { kind, span: condition.span };
            !leads.any(|_, holds| holds(condition) != holds(&without))
        });
        if ever && !always && needless && !within("irrelevant-condition") {
            return Err(format!("a part of {condition:?} is needless, which is not told"));
        }
    }
    Ok(())
}

fn each_name(condition: &Condition, visit: &mut dyn FnMut(&Condition)) {
    match &condition.kind {
        ConditionKind::And(parts) | ConditionKind::Or(parts) => parts.iter().for_each(|part| each_name(part, visit)),
        ConditionKind::Not(part) => each_name(part, visit),
        ConditionKind::Segment(_) | ConditionKind::Territory(_) | ConditionKind::Let(_) => visit(condition),
        _ => {}
    }
}

fn guarantees_agree(leads: &Leads, told: &Told) -> Result<(), String> {
    for claim in leads.policy.guarantees.iter().flat_map(|guarantee| &guarantee.claims) {
        let broken = leads.any(|facts, holds| {
            let found = reference::decide(&leads.policy, facts);
            let asked = claim.when.as_ref().is_none_or(holds);
            asked && !matches!(found.outcome, Outcome::Excluded(_)) && reach::breaks(&leads.policy, claim, &found)
        });
        told_as(told, "guarantee-broken", &[(claim.span, broken)])?;
    }
    match told.diagnostics.iter().find(|found| found.code == "guarantee-unproved") {
        Some(found) => Err(format!("not decided: {:?}", found.notes)),
        None => Ok(()),
    }
}

fn proved(policy: &Policy) -> Told {
    Prover::new(policy, &Budget::steps(10_000_000)).run()
}

/// Fixes keep every decision, and none is left but those that are said to be left out.
fn fixes_keep_the_meaning(files: &Files, leads: &Leads) -> Result<(), String> {
    let findings = |compiled: &Compiled| proved(compiled.policy.as_ref().unwrap()).diagnostics;
    let same = |one: &Policy, other: &Policy| mean_the_same(one, other, &Budget::steps(10_000_000));
    let mended = fix::fix("main.leadway", files, &findings, &same).unwrap();
    let mut after = files.clone();
    for (name, (_, text)) in &mended.files {
        after.insert(name.clone(), text.as_bytes().into());
    }
    let compiled = compile("main.leadway", &after).unwrap();
    let Some(policy) = compiled.policy else { return Err(format!("mended to {:?}", mended.files)) };
    if Leads::of(&policy).decisions() != leads.decisions() {
        return Err(format!("other decisions after {:?}", mended.files));
    }
    // Every fix that is left was tried and left out; none of them is of a part that changes nothing.
    let found = proved(&policy).diagnostics;
    let mut left: Vec<_> = found.iter().flat_map(|found| &found.fixes).filter(|fix| fix.safe).collect();
    left.sort_by_key(|fix| (fix.span, &fix.text));
    left.dedup();
    let needless = found.iter().any(|found| found.code == "irrelevant-condition");
    match left.len() == mended.left_out && !needless {
        true => Ok(()),
        false => Err(format!("left are {left:?}, left out {} of {:?}", mended.left_out, mended.files)),
    }
}

fn agrees(files: &Files) -> Option<Result<(), String>> {
    let policy = compile("main.leadway", files).unwrap().policy?;
    let told = proved(&policy);
    let leads = Leads::of(&policy);
    if !told.undecided.is_empty() {
        return Some(Err(format!("{:?}", told.undecided)));
    }
    let all = partitions_agree(&leads, &told)
        .and_then(|()| territories_agree(&leads, &told))
        .and_then(|()| conditions_agree(&leads, &told))
        .and_then(|()| guarantees_agree(&leads, &told))
        .and_then(|()| fixes_keep_the_meaning(files, &leads));
    Some(all)
}

fn agrees_for(seed: u64) -> Result<bool, String> {
    let (policy, accounts) = written::policy(&mut Choices::new(&numbers(seed)));
    let files: Files = BTreeMap::from([
        ("main.leadway".to_owned(), Arc::from(policy.as_bytes())),
        ("accounts.csv".to_owned(), Arc::from(accounts.as_bytes())),
    ]);
    match agrees(&files) {
        None => Ok(false),
        Some(agreed) => agreed.map(|()| true).map_err(|fault| format!("{fault}\n{policy}\n{accounts}")),
    }
}

#[test]
fn findings_agree_with_all_leads() {
    seeds::each("findings of declarations", 30, agrees_for);
}

/// The number of a long run in which a table and one kind of its targets were told by the same words.
#[test]
fn a_kind_of_targets_of_a_table_is_told_apart() {
    assert_eq!(agrees_for(7_322), Ok(true));
}
