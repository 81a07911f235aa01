//! What the analyses of one policy have in common: the question, the lead that answers it, and the words for it.

use super::guarantees::owner_tests;
use super::{Answer, Budget, Formula, Reason, Space, Witness, witness::Found};
use crate::diagnostic::Diagnostic;
use crate::matcher::{Match, Outcome};
use crate::policy::{Condition, FieldId, Policy, Subject, Type, Value, words};
use crate::source::Span;
use std::collections::BTreeSet;

/// What was found of a policy.
#[derive(Debug, Clone, Default)]
pub struct Told {
    pub diagnostics: Vec<Diagnostic>,
    pub undecided: Vec<Undecided>,
    /// Claims of guarantees that hold for every lead.
    pub proved_claims: usize,
    /// Whether some lead ends without a decision is known, and told.
    pub gap_decided: bool,
}

/// A question that was not decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    pub span: Span,
    /// As `whether emea and apac overlap`.
    pub what: String,
    pub why: Reason,
}

impl Undecided {
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::remark("undecided", self.span, format!("it is not decided {}", self.what))
            .note(self.why.to_string())
            .help("give the proofs more time with `--budget`")
    }
}

/// One policy under analysis. Its space has the policy at place 0.
pub struct Prover<'a> {
    pub policy: &'a Policy,
    pub space: Space<'a>,
    pub budget: Budget,
    pub told: Told,
    /// Also tell what only an `otherwise` takes.
    pub catch_all: bool,
    /// The policy is what errors left of one.
    pub is_part: bool,
}

impl<'a> Prover<'a> {
    pub fn new(policy: &'a Policy, budget: &Budget) -> Prover<'a> {
        Prover {
            policy,
            space: Space::asking(&[policy], &owner_tests(policy)),
            budget: budget.clone(),
            told: Told::default(),
            catch_all: false,
            is_part: false,
        }
    }

    /// Everything that is proved of declarations, conditions, guarantees, rules and tables.
    pub fn run(mut self) -> Told {
        self.conditions();
        self.partitions();
        self.grades();
        self.territories();
        self.guarantees();
        self.rules();
        self.table_overlaps();
        self.told
    }

    /// What is proved of the part of a policy that its errors do not touch, and holds whatever stands in their place. `all_leads` says
    /// that no exclusion is among that, so that leads which two parts share are decided.
    pub fn run_part(mut self, all_leads: bool) -> Told {
        self.is_part = true;
        self.conditions();
        self.grades();
        if all_leads {
            self.partitions();
            self.territories();
            self.table_overlaps();
        }
        self.shadows_of_part();
        // What a fix does to the whole policy is not known.
        self.told.diagnostics.iter_mut().for_each(|found| found.fixes.clear());
        self.told
    }

    /// Steps that one question may take, so that a hard one leaves something for the others.
    pub(super) const MOST: u64 = 2_000_000;

    /// Asks for a lead for which all of `holds` hold and none of `without`. Says so where it is not decided.
    pub fn ask(&mut self, holds: &[Formula], without: &[Formula], span: Span, what: impl FnOnce() -> String) -> Asked {
        match self.space.find(holds, without, &self.budget.at_most(Self::MOST)) {
            Answer::Proved(_) => Asked::Nobody,
            Answer::Witness(witness) => Asked::Lead(witness),
            Answer::Unknown(why) => {
                self.told.undecided.push(Undecided { span, what: what(), why });
                Asked::Unknown
            }
        }
    }

    /// Whether no lead is so; not decided counts as no.
    pub fn is_proved(&mut self, holds: &[Formula], without: &[Formula]) -> bool {
        matches!(self.space.find(holds, without, &self.budget.at_most(Self::MOST)), Answer::Proved(_))
    }

    /// Whether the reference matcher says of a lead what the proof says; where it does not, that is said.
    pub fn holds_up(&mut self, holds_up: bool, span: Span, what: impl FnOnce() -> String) -> bool {
        if !holds_up {
            let why = Reason::Loose("the lead that was found does not hold up".to_owned());
            self.told.undecided.push(Undecided { span, what: what(), why });
        }
        holds_up
    }

    pub fn condition(&mut self, condition: &Condition) -> Formula {
        self.space.condition(0, condition)
    }

    /// Where a lead can be read and is not excluded.
    pub fn decided(&mut self) -> Formula {
        let mut parts = vec![self.space.readable(0)];
        for exclude in &self.policy.excludes {
            let excluded = self.condition(&exclude.when);
            parts.push(self.space.formulas.negate(excluded));
        }
        self.space.formulas.and(parts)
    }

    pub fn tell(&mut self, diagnostic: Diagnostic) {
        self.told.diagnostics.push(diagnostic);
    }

    /// A lead in words, as `country US, postal_code "94000", a row of account with customer true`: what conditions ask about, in the
    /// order of the fields.
    pub fn lead_words(&self, lead: &Witness) -> String {
        self.lead_words_for(lead, &[])
    }

    /// The same, with the fields that are missing and that these conditions ask about.
    pub fn lead_words_for(&self, lead: &Witness, asking: &[&Condition]) -> String {
        let mut fields = BTreeSet::new();
        for condition in asking {
            self.policy.each_test_below(condition, &mut |test| _ = fields.insert(test.subject));
        }
        let mut parts = Vec::new();
        for (id, field) in (0..).map(FieldId).zip(&self.policy.fields) {
            match lead.values.get(&field.name).filter(|_| self.space.is_asked(&field.name)) {
                Some(value) => parts.push(said(&field.name, value, &field.ty)),
                None if fields.contains(&Subject::Field(id)) => parts.push(format!("{} missing", field.name)),
                None => {}
            }
        }
        for records in &self.policy.records {
            match lead.records.get(&records.name) {
                Some(Found::Tie) => parts.push(format!("several rows of `{}` alike", records.name)),
                Some(Found::Row(row)) => {
                    let columns = records.columns.iter();
                    let columns =
                        columns.filter_map(|column| Some(said(&column.name, row.get(&column.name)?, &column.ty)));
                    let columns: Vec<String> = columns.collect();
                    parts.push(match columns.as_slice() {
                        [] => format!("a row of `{}`", records.name),
                        columns => format!("a row of `{}` with {}", records.name, columns.join(", ")),
                    });
                }
                None => {}
            }
        }
        if lead.at_matters {
            let at = lead.at.seen_in(self.policy.zone);
            parts.push(format!("decided at {}", words::value(&Value::Time(at), &Type::Time)));
        }
        if parts.is_empty() { "any lead".to_owned() } else { parts.join(", ") }
    }

    /// What happens to a lead today, as `rule "Large" takes it: pool closers, else queue triage`.
    pub fn today(&self, found: &Match) -> String {
        let targets: Vec<String> = found.targets.iter().map(|target| words::target(self.policy, target)).collect();
        let targets = targets.join(", else ");
        let said = match found.outcome {
            Outcome::Excluded(at) => {
                let title = self.policy.excludes.get(at as usize).map_or("", |exclude| &exclude.title);
                format!("it is excluded by \"{title}\"")
            }
            Outcome::Tie(id) => {
                let name = self.policy.records.get(id.at()).map_or("", |records| &records.name);
                format!("several rows of `{name}` tie, so it goes to {targets}")
            }
            Outcome::Rule(id) => match self.policy.rules.get(id.at()) {
                Some(rule) if rule.otherwise => format!("`otherwise` takes it: {targets}"),
                rule => format!("rule \"{}\" takes it: {targets}", rule.map_or("", |rule| &rule.title)),
            },
            Outcome::None => "no rule takes it".to_owned(),
        };
        if self.is_part { format!("as far as it could be read, {said}") } else { said }
    }
}

/// The answer to one question.
pub enum Asked {
    Nobody,
    Lead(Box<Witness>),
    Unknown,
}

fn said(name: &str, value: &Value, ty: &Type) -> String {
    format!("{name} {}", words::value(value, ty))
}
