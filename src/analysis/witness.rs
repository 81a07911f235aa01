//! A lead that shows something: from a point of the space to values, and back through the reference matcher.

use super::asked::{Asked, Axis, Key, YES};
use super::budget::Budget;
use super::find::{Fault, Point, Question, Reason, Texts};
use super::formula::{Formula, Node};
use super::slice::{LocalDim, Slice};
use super::space::{NO_ROW, ROW, Space, TIE};
use super::texts::{exact_atom, pattern_holds, value_atom};
use super::values::{number_between, usual};
use crate::calendar::Calendars;
use crate::data::text::code;
use crate::graph::atoms::{AtomSet, Cube, DimId};
use crate::graph::axis::MISSING;
use crate::matcher::reference::Reference;
use crate::matcher::{Facts, Match, RecordMatch};
use crate::policy::{CalendarId, Condition, Instant, Policy, RuleId, Text, Type, Value, words};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A lead that was made up, with what it found in the records.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// By the field's name, those that are not missing. A field that two policies declare with types that cannot be compared is read by
    /// each as its own.
    pub values: BTreeMap<SmolStr, Value>,
    pub at: Instant,
    /// Whether anything depends on `at`.
    pub at_matters: bool,
    /// For records blocks, by name, that are not just without a row.
    pub records: BTreeMap<SmolStr, Found>,
}

/// What a made-up lead found in a records block.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A row with these columns; others are missing.
    Row(BTreeMap<SmolStr, Value>),
    Tie,
}

impl Space<'_> {
    /// The lead that a point stands for.
    pub(super) fn witness_at(&self, question: &Question, point: &Point, budget: &Budget) -> Result<Witness, Fault> {
        let sets = question.slice.dims.iter().filter_map(|local| {
            let run = question.run(point, local.dim)?;
            Some((local.dim, Arc::new(AtomSet::new(vec![run]).intersection(self.domain(local.dim)))))
        });
        let witness = self.witness(&Cube { sets: sets.collect(), flags: Vec::new() }, budget)?;
        // What was made is looked at again, by the values themselves.
        let coded: Point =
            question.slice.dims.iter().map(|local| self.coded(question, &witness, local.dim, point)).collect();
        match question.slice.holds(&coded).iter().all(|root| *root == Some(true)) {
            true => Ok(witness),
            false => {
                let loose = self.loose.first().map(|(_, why)| why.clone());
                Err(Fault::Unknown(Reason::Loose(
                    loose.unwrap_or_else(|| "the lead that was found does not hold up".to_owned()),
                )))
            }
        }
    }

    /// A lead whose atoms are those of a box, whatever hangs together with what. Where a dimension leaves a choice, missing is taken,
    /// else the first atom that has a value.
    pub(super) fn witness(&self, part: &Cube, budget: &Budget) -> Result<Witness, Fault> {
        let texts = self.texts(part, budget)?;
        let first = |dim: DimId| part.set(dim).and_then(|set| set.runs().first()).map(|run| run.0);
        let at = self.moment.and_then(first).unwrap_or(0);
        let mut witness = Witness {
            values: BTreeMap::new(),
            at: self.moments.instants.get(at as usize).copied().unwrap_or(Instant { micros: 0, offset: 0 }),
            at_matters: self.moment.is_some_and(|dim| part.set(dim).is_some()),
            records: BTreeMap::new(),
        };
        for (name, dim) in &self.rows {
            let found = match first(*dim).unwrap_or(NO_ROW) {
                NO_ROW => continue,
                TIE => Found::Tie,
                _ => Found::Row(BTreeMap::new()),
            };
            witness.records.insert(name.clone(), found);
        }
        for (place, (key, asked)) in self.subjects.all.iter().enumerate() {
            let value = self.value(part, &texts, place, asked).ok_or_else(|| {
                Fault::Unknown(Reason::Loose(format!("no value of `{}` could be made", self.subject_name(place))))
            })?;
            match key {
                Key::DomainOf(_) => {}
                Key::Field(name, _) if value != Value::Missing => _ = witness.values.insert(name.clone(), value),
                Key::Field(..) => {}
                Key::Column(records, column, _) => {
                    if let (Some(Found::Row(row)), true) = (witness.records.get_mut(records), value != Value::Missing) {
                        row.insert(column.clone(), value);
                    }
                }
            }
        }
        self.fill(&mut witness);
        Ok(witness)
    }

    /// Whether a lead is in a box for certain, and as every lead is.
    pub(super) fn is_in(&self, lead: &Witness, part: &Cube) -> bool {
        part.sets.iter().all(|(dim, set)| {
            let atom = self.atom(lead, *dim);
            // What is missing hangs together with nothing.
            atom.is_some_and(|atom| set.contains(atom) && (atom == MISSING || self.is_as_known(lead, *dim)))
        })
    }

    /// Whether all holds of a lead that is known of a dimension together with others.
    fn is_as_known(&self, lead: &Witness, dim: DimId) -> bool {
        if self.links.get(dim as usize).copied().flatten().is_none() {
            return true;
        }
        let facts = self.facts.iter().filter(|(_, dims)| dims.len() > 1 && dims.contains(&dim));
        facts.into_iter().all(|(fact, _)| self.fact_holds(*fact, lead) == Some(true))
    }

    /// [`Space::truth`] of something small.
    fn fact_holds(&self, fact: Formula, lead: &Witness) -> Option<bool> {
        let holds = match self.formulas.node(fact) {
            Node::True => true,
            Node::In(dim, set) => set.contains(self.atom(lead, *dim)?),
            Node::And(parts) => {
                let mut all = Some(true);
                for part in parts.iter() {
                    match self.fact_holds(*part, lead) {
                        Some(true) => {}
                        Some(false) => return Some(fact.is_negated()),
                        None => all = None,
                    }
                }
                all?
            }
        };
        Some(holds != fact.is_negated())
    }

    /// The value of a subject in a box.
    fn value(&self, part: &Cube, texts: &Texts, place: usize, asked: &Asked) -> Option<Value> {
        let ty = asked.fields.first().map(|(_, field)| &field.ty);
        let Some(set) = part.set(asked.value) else {
            return Some(texts.get(&place).map_or(Value::Missing, |text| Value::Text(text.clone())));
        };
        let mut atoms = set.runs().iter().flat_map(|run| run.0..run.1);
        match &asked.axis {
            Axis::Text(_) => match texts.get(&place) {
                Some(text) => Some(Value::Text(text.clone())),
                None => Some(Value::Missing),
            },
            Axis::Boolean => Some(match atoms.next()? {
                MISSING => Value::Missing,
                atom => Value::Boolean(atom == super::asked::TRUE),
            }),
            Axis::Number(axis) => {
                let first = atoms.next()?;
                if first == MISSING {
                    return Some(Value::Missing);
                }
                let types: Vec<&Type> = asked.fields.iter().map(|(_, field)| &field.ty).collect();
                std::iter::once(first).chain(atoms).take(64).find_map(|atom| {
                    let (low, high) = axis.interval(atom)?;
                    types.iter().find_map(|ty| number_between(ty, low, high))
                })
            }
            Axis::Presence => {
                let mut members: Vec<Text> = asked
                    .members
                    .iter()
                    .filter(|(_, dim)| part.set(**dim).is_some_and(|set| set.contains(YES) && !set.contains(0)))
                    .map(|(member, _)| member_text(ty, member))
                    .collect();
                members.sort();
                if members.is_empty() && atoms.next()? != MISSING {
                    members.extend(self.other_member(ty, asked));
                }
                Some(if members.is_empty() { Value::Missing } else { Value::Set(members) })
            }
        }
    }

    /// A member of a set that nothing speaks of.
    fn other_member(&self, ty: Option<&Type>, asked: &Asked) -> Option<Text> {
        let unnamed = |text: &Text| !asked.members.contains_key(&text.folded);
        if let Some(Type::SetOf(member)) = ty
            && let Some(all) = super::values::closed_texts(member)
        {
            return all.into_iter().find(unnamed);
        }
        (0..)
            .map(|number| code(format!("other{}", if number == 0 { String::new() } else { number.to_string() })))
            .find(unnamed)
    }

    /// Required fields that nothing is asked of, and the country of a region.
    fn fill(&self, witness: &mut Witness) {
        for policy in &self.policies {
            for field in policy.fields.iter().filter(|field| field.required) {
                let asked = self.asked(&field.name);
                let there = witness.values.contains_key(&field.name);
                let bare = asked.is_some_and(|place| self.is_bare(place)) && field.ty == Type::Text;
                if (there && bare) || (!there && asked.is_none()) {
                    witness.values.insert(field.name.clone(), usual(&field.name, &field.ty));
                }
            }
        }
    }

    /// Whether a condition asks about a field of this name.
    pub(super) fn is_asked(&self, name: &SmolStr) -> bool {
        self.asked(name).is_some()
    }

    fn asked(&self, name: &SmolStr) -> Option<usize> {
        self.subjects.all.keys().position(|key| matches!(key, Key::Field(known, _) if known == name))
    }

    /// Whether nothing is asked of a subject but whether it is missing.
    fn is_bare(&self, place: usize) -> bool {
        let taken_from = self.subjects.all.values().any(|other| other.domain_of == Some(place));
        self.subjects.get(place).is_some_and(Asked::is_bare) && !taken_from
    }

    /// The local atom that a lead has in a dimension.
    fn coded(&self, question: &Question, witness: &Witness, dim: DimId, point: &Point) -> Option<u32> {
        let atom = self.atom(witness, dim).or_else(|| question.run(point, dim).map(|run| run.0))?;
        let mut coded = vec![None; question.slice.dims.len()];
        question.set(&mut coded, dim, atom);
        coded.into_iter().flatten().next()
    }

    /// The atom of a lead in a dimension of the space; none for dimensions that stand for what is not known.
    fn atom(&self, witness: &Witness, dim: DimId) -> Option<u32> {
        if self.moment == Some(dim) {
            return self.moments.instants.iter().position(|at| *at == witness.at).map(|at| at as u32);
        }
        if let Some((name, _)) = self.rows.iter().find(|(_, known)| **known == dim) {
            return Some(match witness.records.get(name) {
                None => NO_ROW,
                Some(Found::Row(_)) => ROW,
                Some(Found::Tie) => TIE,
            });
        }
        for (place, asked) in self.subjects.all.values().enumerate() {
            let value = || self.subject_value(witness, place);
            if asked.value == dim {
                return Some(match (&asked.axis, value()) {
                    (_, Value::Missing) => MISSING,
                    (Axis::Presence, _) => 1,
                    (Axis::Boolean, Value::Boolean(true)) => super::asked::TRUE,
                    (Axis::Boolean, _) => super::asked::FALSE,
                    (Axis::Number(axis), value) => axis.atom(&value),
                    (Axis::Text(_), Value::Text(text)) => value_atom(asked, &text),
                    (Axis::Text(_), _) => 1,
                });
            }
            if asked.exact.as_ref().is_some_and(|(exact, _)| *exact == dim) {
                return Some(match value() {
                    Value::Text(text) => exact_atom(asked, &text),
                    _ => MISSING,
                });
            }
            if let Some((pattern, _)) = asked.patterns.iter().find(|(_, known)| *known == dim) {
                return Some(match value() {
                    Value::Text(text) => u32::from(pattern_holds(pattern, &text)),
                    _ => 0,
                });
            }
            if let Some((member, _)) = asked.members.iter().find(|(_, known)| **known == dim) {
                return Some(match value() {
                    Value::Set(texts) => u32::from(texts.iter().any(|text| text.folded == *member)),
                    _ => 0,
                });
            }
        }
        None
    }

    /// Whether a formula holds for a lead; none where that hangs on what is not known.
    pub fn truth(&self, formula: Formula, witness: &Witness) -> Option<bool> {
        let slice = Slice::new(&self.formulas, &[formula]);
        let local = |local: &LocalDim| {
            let atom = self.atom(witness, local.dim)?;
            Some(local.starts.partition_point(|start| *start <= atom).saturating_sub(1) as u32)
        };
        let point: Point = slice.dims.iter().map(local).collect();
        slice.holds(&point).first().copied().flatten()
    }

    fn subject_value(&self, witness: &Witness, place: usize) -> Value {
        let Some((key, asked)) = self.subjects.all.get_index(place) else { return Value::Missing };
        match key {
            Key::Field(name, _) => witness.values.get(name).cloned().unwrap_or(Value::Missing),
            Key::Column(records, column, _) => match witness.records.get(records) {
                Some(Found::Row(row)) => row.get(column).cloned().unwrap_or(Value::Missing),
                _ => Value::Missing,
            },
            Key::DomainOf(_) => match asked.domain_of.map(|from| self.subject_value(witness, from)) {
                Some(Value::Text(text)) => {
                    // One step: the text of the subject that it is taken from is at hand.
                    Value::Text(code(crate::policy::meaning::domain_of(&text.folded)))
                }
                _ => Value::Missing,
            },
        }
    }

    /// The name of a subject, for messages.
    pub(super) fn subject_name(&self, place: usize) -> String {
        fn name(key: &Key) -> String {
            match key {
                Key::Field(name, _) => name.to_string(),
                Key::Column(records, column, _) => format!("{records}.{column}"),
                Key::DomainOf(of) => format!("domain of {}", name(of)),
            }
        }
        self.subjects.all.get_index(place).map(|(key, _)| name(key)).unwrap_or_default()
    }

    // ---- replays ----

    /// What a policy says of a lead, by the reference matcher.
    pub fn decide(&mut self, policy: usize, witness: &Witness) -> Match {
        self.with_lead(policy, witness, |lead| lead.decide()).unwrap_or_default()
    }

    /// Whether a condition holds for a lead, by the reference matcher.
    pub fn holds(&mut self, policy: usize, condition: &Condition, witness: &Witness) -> bool {
        self.with_lead(policy, witness, |lead| lead.holds(condition)).unwrap_or(false)
    }

    /// Whether a rule would take a lead that came to it, by the reference matcher.
    pub fn rule_takes(&mut self, policy: usize, rule: RuleId, witness: &Witness) -> bool {
        let takes = |lead: &Reference| lead.policy.rules.get(rule.at()).is_some_and(|rule| lead.takes(rule));
        self.with_lead(policy, witness, takes).unwrap_or(false)
    }

    /// Looks at a lead under a policy; the rows that the lead found are put into the policy's records.
    pub fn with_lead<T>(&mut self, policy: usize, witness: &Witness, look: impl FnOnce(&Reference) -> T) -> Option<T> {
        let of = *self.policies.get(policy)?;
        let mut records = Vec::with_capacity(of.records.len());
        let mut rows = Vec::new();
        for (at, block) in of.records.iter().enumerate() {
            records.push(match witness.records.get(&block.name) {
                None => RecordMatch::None,
                Some(Found::Tie) => RecordMatch::Tie,
                Some(Found::Row(row)) => {
                    let value =
                        |column: &crate::policy::Field| row.get(&column.name).cloned().unwrap_or(Value::Missing);
                    rows.push((at, block.columns.iter().map(value).collect::<Vec<_>>()));
                    RecordMatch::Row(0)
                }
            });
        }
        let values: Vec<Value> = of
            .fields
            .iter()
            .map(|field| match witness.values.get(&field.name) {
                Some(value) if has(&field.ty, value) => value.clone(),
                _ => Value::Missing,
            })
            .collect();
        let calendars = Calendars::new(&of.calendars);
        let ids = (0..of.calendars.len() as u32).map(CalendarId);
        let open: Vec<bool> = ids.map(|id| calendars.contains(id, witness.at.micros)).collect();
        let facts = Facts { values: &values, at: witness.at, calendars: &open, records: &records };
        let shared = self.shared.get(policy)?;
        if rows.is_empty() {
            return Some(look(&Reference::sharing(of, &facts, shared)));
        }
        let stage = self.stages.get_mut(policy)?.get_or_insert_with(|| Box::new(of.clone()));
        for (at, row) in rows {
            stage.records.get_mut(at).into_iter().for_each(|block| block.rows = Arc::new(vec![row.clone()]));
        }
        Some(look(&Reference::sharing(stage, &facts, shared)))
    }
}

/// Whether a type has a value.
fn has(ty: &Type, value: &Value) -> bool {
    match (ty, value) {
        (Type::Integer { .. } | Type::Decimal { .. }, value) => {
            let declared = super::values::declared_range(ty);
            value.number().is_some_and(|number| declared.is_none_or(|range| range.contains(&number)))
        }
        (Type::OneOf(_), Value::Text(text)) => {
            super::values::closed_texts(ty).is_some_and(|all| all.iter().any(|one| one.folded == text.folded))
        }
        (Type::SetOf(member), Value::Set(texts)) => texts.iter().all(|text| has(member, &Value::Text(text.clone()))),
        (Type::SetOf(_), _) => false,
        (_, value) => !matches!(value, Value::Set(_)),
    }
}

fn member_text(ty: Option<&Type>, member: &SmolStr) -> Text {
    if let Some(Type::SetOf(of)) = ty
        && let Some(all) = super::values::closed_texts(of)
        && let Some(text) = all.into_iter().find(|text| text.folded == *member)
    {
        return text;
    }
    code(member.clone())
}

impl Witness {
    /// The lead in words: `country = DE, employees = 1000`. Fields in the order in which the policy declares them.
    pub fn words(&self, policy: &Policy) -> String {
        let mut parts = Vec::new();
        for field in &policy.fields {
            if let Some(value) = self.values.get(&field.name) {
                parts.push(format!("{} = {}", field.name, words::value(value, &field.ty)));
            }
        }
        for (name, found) in &self.records {
            let Some(block) = policy.records.iter().find(|block| block.name == *name) else { continue };
            match found {
                Found::Tie => parts.push(format!("several rows of {name} tie")),
                Found::Row(row) if row.is_empty() => parts.push(format!("{name} is present")),
                Found::Row(row) => {
                    for column in &block.columns {
                        if let Some(value) = row.get(&column.name) {
                            parts.push(format!("{name}.{} = {}", column.name, words::value(value, &column.ty)));
                        }
                    }
                }
            }
        }
        if parts.is_empty() {
            parts.push("every field missing".to_owned());
        }
        if self.at_matters {
            let at = self.at.seen_in(policy.zone);
            parts.push(format!("at {}", words::value(&Value::Time(at), &Type::Time)));
        }
        parts.join(", ")
    }
}
