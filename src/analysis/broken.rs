//! A broken guarantee in words: the lead, what becomes of it, and its way to where it must not go.

use super::guarantees::Broken;
use super::told::Prover;
use super::{Reason, Witness};
use crate::diagnostic::Diagnostic;
use crate::matcher::Outcome;
use crate::policy::guarantees::{Claim, Guarantee, Promised};
use crate::policy::ways::{Met, Stop, Via};
use crate::policy::{Condition, LetValue, Policy, Subject, Target, Text, Value, words};
use smol_str::SmolStr;

/// Keys that are tried for a lead that is to land in an arm.
const MOST_KEYS: usize = 400;

impl Prover<'_> {
    pub(super) fn tell_broken(&mut self, guarantee: &Guarantee, claim: &Claim, broken: &Broken) {
        let Broken { lead, found } = broken;
        let what = self.what_breaks(claim, broken);
        let mut told =
            Diagnostic::error("guarantee-broken", claim.span, format!("\"{}\" does not hold: {what}", guarantee.title))
                .here("broken");
        if let Outcome::Rule(id) = found.outcome
            && let Some(rule) = self.policy.rules.get(id.at())
        {
            told = told.also(rule.span, "this rule takes the lead");
        }
        let asking: Vec<&Condition> = claim.when.iter().collect();
        told = told.note(format!("the lead: {}", self.lead_words_for(lead, &asking)));
        if let Some(way) = self.stops(claim, lead, found) {
            told = told.note(format!("its way: {}", self.way_words(claim, found.outcome, &way)));
            if way
                .iter()
                .any(|met| matches!(met.stop, Stop::Owner(..) | Stop::TeamOfOwner(..) | Stop::ManagerOfOwner(..)))
            {
                told = told.note("owners and their teams are those of the files at hand");
            }
        } else if !matches!(claim.promised, Promised::GoesTo(_)) || found.outcome == Outcome::None {
            told = told.note(format!("today {}", self.today(found)));
        }
        let help = "change where these leads go, or leave them out of the guarantee by its `where`";
        self.tell(told.help(help));
    }

    pub(super) fn tell_unproved(&mut self, guarantee: &Guarantee, claim: &Claim, why: &Reason) {
        self.tell(
            Diagnostic::warning(
                "guarantee-unproved",
                claim.span,
                format!("\"{}\" is neither proved nor refuted", guarantee.title),
            )
            .here("not decided")
            .note(format!("{why}"))
            .help("ask about fewer leads by its `where`, or give the proof more time with `--budget`"),
        );
    }

    /// What a lead does that breaks the claim, in a few words.
    fn what_breaks(&self, claim: &Claim, broken: &Broken) -> String {
        let policy = self.policy;
        let found = &broken.found;
        let named = |name: Option<&SmolStr>| name.cloned().unwrap_or_default();
        match &claim.promised {
            Promised::GoesTo(_) if found.outcome == Outcome::None => "a lead goes nowhere".to_owned(),
            Promised::GoesTo(targets) => {
                let goal: Vec<String> = targets.iter().map(|target| words::target(policy, target)).collect();
                let goal = goal.join(" or ");
                if claim.every {
                    format!("a lead may end elsewhere than {goal}")
                } else {
                    format!("a lead may get to {goal}")
                }
            }
            Promised::HasAnSla | Promised::HasSla(_) => match found.sla {
                Some(sla) => format!("a lead has sla {}", named(policy.slas.get(sla.at()).map(|sla| &sla.name))),
                None => "a lead has no sla".to_owned(),
            },
            Promised::HasPriority { .. } => match found.priority {
                Some(priority) => format!("a lead has priority {priority}"),
                None => "a lead has no priority".to_owned(),
            },
            Promised::InTerritory(_) => match found.territory.and_then(|id| policy.territories.get(id.at())) {
                Some(territory) => format!("a lead is in territory {}", territory.name),
                None => "a lead is in no territory".to_owned(),
            },
            Promised::TakenBy(_) => match found.outcome {
                Outcome::Rule(id) => match policy.rules.get(id.at()) {
                    Some(rule) if rule.otherwise => "a lead is taken by `otherwise`".to_owned(),
                    rule => format!("a lead is taken by rule \"{}\"", named(rule.map(|rule| &rule.title))),
                },
                _ => "a lead is taken by no rule".to_owned(),
            },
        }
    }

    /// `rule "X" -> pool a -> when empty: pool b -> its rep ana, of team dach_aes`.
    fn way_words(&self, claim: &Claim, outcome: Outcome, way: &[Met]) -> String {
        let policy = self.policy;
        let start = match outcome {
            Outcome::Rule(id) => match policy.rules.get(id.at()) {
                Some(rule) if rule.otherwise => "`otherwise`".to_owned(),
                rule => format!("rule \"{}\"", rule.map_or("", |rule| &rule.title)),
            },
            _ => "a tie".to_owned(),
        };
        let mut steps = vec![start];
        for met in way {
            let stop = stop_words(policy, &met.stop);
            steps.push(match met.via {
                Via::Assign(0) => stop,
                Via::Assign(_) => format!("else {stop}"),
                Via::Sla(id) => {
                    let name = policy.slas.get(id.at()).map_or("", |sla| &sla.name);
                    format!("breach of sla {name}: {stop}")
                }
                Via::WhenEmpty => format!("when empty: {stop}"),
                Via::Untouched => format!("when untouched: {stop}"),
                Via::WorkedBy => format!("worked by {stop}"),
                Via::Member | Via::Named => stop,
                Via::Delegate => format!("in whose place stands {stop}"),
            });
        }
        let team = way.last().and_then(|met| self.team_of(claim, &met.stop));
        let of = team.map_or(String::new(), |team| format!(", who is in team {team}"));
        format!("{}{of}", steps.join(" -> "))
    }

    /// The team that a claim names and a rep is in.
    fn team_of(&self, claim: &Claim, stop: &Stop) -> Option<&SmolStr> {
        let (Promised::GoesTo(targets), Stop::Rep(rep)) = (&claim.promised, stop) else { return None };
        targets.iter().find_map(|target| match target {
            Target::Team(id) => {
                self.policy.teams.get(id.at()).filter(|team| team.members.contains(rep)).map(|team| &team.name)
            }
            _ => None,
        })
    }

    /// The same lead with other values in the fields that the keys of experiments are made of.
    pub(super) fn varied(&self, lead: &Witness) -> Vec<Witness> {
        let keys = self.policy.experiments.iter().flat_map(|experiment| &experiment.keys);
        let mut fields: Vec<(&SmolStr, bool)> = keys.filter_map(|(key, _)| field_of(self.policy, *key)).collect();
        fields.dedup();
        let mut varied = Vec::new();
        for number in 1..=MOST_KEYS {
            for (name, domain) in &fields {
                if let Some(value) = lead.values.get(*name).and_then(|value| other(value, *domain, number)) {
                    let mut other = lead.clone();
                    other.values.insert((*name).clone(), value);
                    varied.push(other);
                }
            }
        }
        varied
    }
}

/// The field that a key is taken from, and whether it is the field's domain.
fn field_of(policy: &Policy, key: Subject) -> Option<(&SmolStr, bool)> {
    match key {
        Subject::Field(id) => policy.fields.get(id.at()).map(|field| (&field.name, false)),
        Subject::Let(id) => match &policy.lets.get(id.at())?.value {
            LetValue::DomainOf(of) => field_of(policy, *of).map(|(name, _)| (name, true)),
            LetValue::Condition(_) => None,
        },
        Subject::Record(..) | Subject::Score(_) => None,
    }
}

/// A value like this one, by a number.
fn other(value: &Value, domain: bool, number: usize) -> Option<Value> {
    let text = |text: &Text| {
        let with = |text: &str| match text.split_once('@') {
            Some((name, host)) if domain => format!("{name}@n{number}.{host}"),
            Some((name, host)) => format!("{name}{number}@{host}"),
            None => format!("{text}{number}"),
        };
        Text { folded: with(&text.folded).into(), written: with(&text.written).into() }
    };
    match value {
        Value::Text(of) => Some(Value::Text(text(of))),
        Value::Integer(of) => of.checked_add(number as i64).map(Value::Integer),
        _ => None,
    }
}

fn stop_words(policy: &Policy, stop: &Stop) -> String {
    match *stop {
        Stop::Owner(records, column) => words::target(policy, &Target::Owner { records, column, under_cap: false }),
        Stop::TeamOfOwner(records, column) => words::target(policy, &Target::TeamOfOwner { records, column }),
        Stop::ManagerOfOwner(records, column) => words::target(policy, &Target::ManagerOfOwner { records, column }),
        Stop::Team(id) => words::target(policy, &Target::Team(id)),
        Stop::Pool(id) => words::target(policy, &Target::Pool(id)),
        Stop::Queue(id) => words::target(policy, &Target::Queue(id)),
        Stop::Rep(id) => words::target(policy, &Target::Rep(id)),
    }
}
