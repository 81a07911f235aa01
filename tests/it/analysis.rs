//! What is proved, against going through all leads of small policies.

mod findings;
mod texts;

use crate::generate::{self, Choices, text};
use crate::seeds;
use leadway::analysis::{Answer, Budget, Formula, Space};
use leadway::matcher::{Facts, Match, Outcome, RecordMatch, reference};
use leadway::policy::*;
use std::sync::Arc;

/// All leads of a policy whose fields have few values, with every row that its records could have.
struct Leads {
    policy: Policy,
    values: Vec<Vec<Value>>,
    records: Vec<Vec<RecordMatch>>,
    instants: Vec<Instant>,
}

impl Leads {
    fn of(policy: &Policy) -> Leads {
        let mut policy = policy.clone();
        let values = product(policy.fields.iter().map(values_of).collect());
        let mut records = Vec::new();
        for block in &mut policy.records {
            let rows = product(block.columns.iter().map(values_of).collect());
            let found = (0..rows.len() as u32).map(RecordMatch::Row).chain([RecordMatch::None, RecordMatch::Tie]);
            records.push(found.collect());
            block.rows = Arc::new(rows);
        }
        let mut instants = Vec::new();
        for day in generate::days() {
            let day = day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_micros();
            for hours in -38..=38 {
                instants.push(Instant { micros: day + hours * 3_600_000_000, offset: 0 });
            }
        }
        // Those between which nothing changes are one.
        let periods: Vec<&Period> = policy.rules.iter().flat_map(|rule| &rule.only).collect();
        let answers = |at: &Instant| {
            let periods: Vec<bool> = periods.iter().map(|period| period.holds(*at)).collect();
            (periods, policy.territory_set_at(*at))
        };
        let mut seen = Vec::new();
        instants.retain(|at| {
            let answers = answers(at);
            let new = !seen.contains(&answers);
            seen.push(answers);
            new
        });
        Leads { values, records: product(records), instants, policy }
    }

    fn len(&self) -> usize {
        self.values.len() * self.records.len() * self.instants.len()
    }

    fn each(&self, mut visit: impl FnMut(&Facts, Match)) {
        let calendars = vec![false; self.policy.calendars.len()];
        for values in &self.values {
            for records in &self.records {
                for at in &self.instants {
                    let facts = Facts { values, at: *at, calendars: &calendars, records };
                    visit(&facts, reference::decide(&self.policy, &facts));
                }
            }
        }
    }
}

pub fn values_of(field: &Field) -> Vec<Value> {
    let mut values = match &field.ty {
        Type::Boolean => vec![Value::Boolean(false), Value::Boolean(true)],
        Type::Integer { low, high } => (low.unwrap()..=high.unwrap()).map(Value::Integer).collect(),
        Type::OneOf(options) => options.iter().map(|option| text(option, option)).collect(),
        Type::SetOf(member) => {
            let Type::OneOf(options) = &**member else { unreachable!() };
            let texts: Vec<Text> =
                options.iter().map(|option| Text { folded: option.clone(), written: option.clone() }).collect();
            let subset = |bits: usize| {
                let members = texts.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
                Value::Set(members.map(|(_, text)| text.clone()).collect())
            };
            (1..1 << texts.len()).map(subset).collect()
        }
        _ => unreachable!(),
    };
    if !field.required {
        values.push(Value::Missing);
    }
    values
}

pub fn product<T: Clone>(parts: Vec<Vec<T>>) -> Vec<Vec<T>> {
    let mut all = vec![Vec::new()];
    for part in parts {
        let longer = |one: Vec<T>| {
            part.iter().map(|next| [one.as_slice(), std::slice::from_ref(next)].concat()).collect::<Vec<_>>()
        };
        all = all.into_iter().flat_map(longer).collect();
    }
    all
}

/// Asks which rules some lead comes to and whether one comes to none, and holds the answers against all leads.
fn agrees(policy: &Policy) -> Result<bool, String> {
    let leads = Leads::of(policy);
    if leads.len() > 1_000 {
        return Ok(false);
    }
    let mut taken = vec![false; policy.rules.len()];
    let mut gap = false;
    leads.each(|_, found| match found.outcome {
        Outcome::Rule(rule) => taken[rule.at()] = true,
        Outcome::None => gap = true,
        _ => {}
    });
    let mut space = Space::new(&[policy]);
    let budget = Budget::steps(10_000_000);
    let comes = space.comes_to_routes(0);
    let steps = space.steps(0).unwrap();
    let takes: Vec<_> = steps.iter().map(|step| step.takes).collect();
    let mut found = vec![false; policy.rules.len()];
    for (at, step) in steps.iter().enumerate() {
        if witnessed(&mut space, &[comes, step.takes], &takes[..at], Outcome::Rule(step.rule), &budget)? {
            found[step.rule.at()] = true;
        }
    }
    if found != taken {
        return Err(format!("rules that take a lead: found {found:?}, but {taken:?}"));
    }
    let found = witnessed(&mut space, &[comes], &takes, Outcome::None, &budget)?;
    if found != gap { Err(format!("a gap was found: {found}, but {gap}")) } else { Ok(true) }
}

/// Whether there is such a lead; that it has this outcome is tried.
fn witnessed(
    space: &mut Space,
    holds: &[Formula],
    without: &[Formula],
    outcome: Outcome,
    budget: &Budget,
) -> Result<bool, String> {
    match space.find(holds, without, budget) {
        Answer::Proved(_) => Ok(false),
        Answer::Unknown(reason) => Err(format!("unknown: {reason:?}")),
        Answer::Witness(witness) => {
            let decided = space.decide(0, &witness).outcome;
            if decided == outcome { Ok(true) } else { Err(format!("{witness:?}: {decided:?}, not {outcome:?}")) }
        }
    }
}

/// The numbers of a seed (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
pub fn numbers(seed: u64) -> Vec<u32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let count = 20 + next() as usize % 300;
    (0..count).map(|_| next() as u32).collect()
}

/// Holds a property of policies. A failure is told with the simplest policy that shows it.
fn for_policies(
    name: &str,
    cases: u64,
    make: impl Fn(&mut Choices) -> Policy + Sync,
    holds: impl Fn(&Policy) -> Result<bool, String> + Sync,
) {
    let fails = |numbers: &[u32]| holds(&make(&mut Choices::new(numbers))).err();
    let case = |seed| {
        let mut worst = numbers(seed);
        let found = holds(&make(&mut Choices::new(&worst)));
        if found.is_ok() {
            return found;
        }
        // Shorter first, then simpler.
        while let Some(shorter) =
            (1..=worst.len()).rev().map(|cut| &worst[..worst.len() - cut]).find(|cut| fails(cut).is_some())
        {
            worst = shorter.to_vec();
        }
        for at in 0..worst.len() {
            let before = std::mem::take(&mut worst[at]);
            if fails(&worst).is_none() {
                worst[at] = before;
            }
        }
        Err(format!("{}\n{:#?}", fails(&worst).unwrap(), make(&mut Choices::new(&worst))))
    };
    seeds::each(name, cases, case);
}

#[test]
fn proofs_agree_with_all_leads() {
    for_policies("proofs", 300, generate::small_policy, agrees);
}
