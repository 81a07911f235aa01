//! Tests whose leads are in a CSV file: columns of leads as an export has them, and columns such as `expect rule`.

use super::names::Kind;
use super::scope::Scope;
use super::tests::{Lead, Shared};
use crate::data::field::FieldReader;
use crate::data::table::DataTable;
use crate::data::text::{squeeze, trim};
use crate::data::value::Context;
use crate::data::{number, time};
use crate::diagnostic::{Diagnostic, Severity};
use crate::policy::tests::{Expected, ExpectedKind, TestCase};
use crate::policy::{
    DataFiles, Field, GradeId, PoolId, QueueId, RuleId, ScoreId, SegmentId, SlaId, Target, TeamId, Type, Value,
};
use crate::syntax::ast;
use smol_str::SmolStr;
use std::sync::Arc;

/// What a column of expectations is about.
#[derive(Debug, Clone)]
enum About {
    Rule,
    Excluded,
    Target(Kind),
    Assignee,
    Sla,
    Priority,
    Due,
    Territory,
    Segment,
    Score(ScoreId),
    Grade(GradeId),
}

impl Scope<'_> {
    pub(super) fn file_cases(
        &mut self,
        shared: &Shared<'_>,
        path: &ast::Text,
        data: &DataFiles,
        cases: &mut Vec<TestCase>,
    ) {
        let Some(file) = self.table_file(path, data) else { return };
        let leads = shared.leads;
        let columns: Vec<Vec<usize>> = leads
            .fields
            .iter()
            .map(|field| {
                let named = field.columns.iter().chain([&field.name]);
                let mut found: Vec<usize> = named.filter_map(|name| file.column(name)).collect();
                found.dedup();
                found
            })
            .collect();
        let abouts = self.abouts(&file, path, &columns);
        let readers: Vec<_> = leads.fields.iter().map(|field| FieldReader::new(field, leads.missing)).collect();
        let mut faults = Vec::new();
        for row in 0..file.len() {
            let line = file.line(row);
            let mut values = shared.values.clone();
            // Countries first, since regions and postal codes are read together with them.
            let dependent = |ty: &Type| matches!(ty, Type::Region { .. } | Type::PostalCode { .. });
            for pass in [false, true] {
                for (at, (field, reader)) in leads.fields.iter().zip(&readers).enumerate() {
                    if dependent(&field.ty) != pass {
                        continue;
                    }
                    let country = country_of(&field.ty, &values);
                    let context = Context { country: country.as_deref(), ..Context::in_zone(self.zone) };
                    for column in columns.get(at).into_iter().flatten() {
                        let raw = file.cell(row, *column);
                        match reader.read(&raw, &context) {
                            Ok(good) if good.value == Value::Missing => {}
                            Ok(good) => {
                                values.get_mut(at).into_iter().for_each(|place| *place = good.value.clone());
                                break;
                            }
                            Err(bad) => {
                                faults.push((line, format!("`{}` is `{raw}`; expected {}", field.name, bad.expected)));
                            }
                        }
                    }
                }
            }
            let blank = |(at, field): (usize, &Field)| {
                let read = columns.get(at).is_some_and(|columns| !columns.is_empty());
                field.required && read && values.get(at) == Some(&Value::Missing)
            };
            let bad = shared.bad || leads.fields.iter().enumerate().any(blank);
            let mut expect = Vec::new();
            for (column, about) in &abouts {
                let raw = file.cell(row, *column);
                let raw = trim(&raw);
                if raw.is_empty() {
                    continue;
                }
                match self.file_expectation(about, raw, shared) {
                    Ok(kind) => expect.push(Expected { negated: false, kind, span: path.span }),
                    Err(expected) => {
                        let header = file.columns.get(*column).map_or("", SmolStr::as_str);
                        faults.push((line, format!("`{header}` is `{raw}`; expected {expected}")));
                    }
                }
            }
            let which = (format!("line {line}"), path.span, Some(line));
            self.one_case(shared, Some(which), Lead { values, bad }, expect, cases);
        }
        if file.is_empty() {
            faults.push((1, "the file has a header and no lead".to_owned()));
        }
        self.file_findings(path, faults, Severity::Error, "mend the file; a test that is half read shows nothing");
    }

    /// The columns of expectations; one that is neither that nor a field's is said, since a test would miss it.
    fn abouts(&mut self, file: &DataTable, path: &ast::Text, of_fields: &[Vec<usize>]) -> Vec<(usize, About)> {
        let mut abouts = Vec::new();
        for (at, header) in file.columns.iter().enumerate() {
            let words: Vec<&str> = header.split([' ', '_', '-']).filter(|word| !word.is_empty()).collect();
            let [first, rest @ ..] = words.as_slice() else { continue };
            if !first.eq_ignore_ascii_case("expect") {
                if !of_fields.iter().flatten().any(|column| *column == at) {
                    self.report(
                        Diagnostic::warning(
                            "unread-column",
                            path.span,
                            format!("the column `{header}` of `{}` is not read", path.text),
                        )
                        .help(
                            "name the column after a field, or `expect rule`, `expect pool` and so on; or take it out",
                        ),
                    );
                }
                continue;
            }
            match self.about(rest) {
                Some(about) => abouts.push((at, about)),
                None => self.report(
                    Diagnostic::error(
                        "bad-data",
                        path.span,
                        format!("the column `{header}` of `{}` says nothing that can be expected", path.text),
                    )
                    .help("expect `rule`, `excluded`, `pool`, `queue`, `team`, `rep`, `assignee`, `sla`, `priority`, `due`, `territory`, `segment`, `score NAME` or `grade NAME`"),
                ),
            }
        }
        abouts
    }

    fn about(&mut self, words: &[&str]) -> Option<About> {
        let named = |kind: Kind, scope: &Self| {
            let name = words.get(1..)?.join("_");
            scope.names.of(kind).find(|(known, _)| squeeze(known) == squeeze(&name)).map(|(_, declared)| declared.id)
        };
        Some(match words.first()?.to_ascii_lowercase().as_str() {
            "score" => About::Score(ScoreId(named(Kind::Score, self)?)),
            "grade" => About::Grade(GradeId(named(Kind::Grade, self)?)),
            _ if words.len() > 1 => return None,
            "rule" => About::Rule,
            "excluded" => About::Excluded,
            "pool" => About::Target(Kind::Pool),
            "queue" => About::Target(Kind::Queue),
            "team" => About::Target(Kind::Team),
            "rep" | "assignee" => About::Assignee,
            "sla" => About::Sla,
            "priority" => About::Priority,
            "due" => About::Due,
            "territory" => About::Territory,
            "segment" => About::Segment,
            _ => return None,
        })
    }

    /// A cell as an expectation, or what was expected in it.
    fn file_expectation(&mut self, about: &About, raw: &str, shared: &Shared<'_>) -> Result<ExpectedKind, String> {
        let id = |kind: Kind, scope: &mut Self| {
            let found = scope.names.take(kind, raw).map(|declared| declared.id);
            found.ok_or_else(|| format!("the name of {}", kind.a_word()))
        };
        Ok(match about {
            About::Rule if raw.eq_ignore_ascii_case("otherwise") => ExpectedKind::Otherwise,
            About::Rule => ExpectedKind::Rule(RuleId(id(Kind::Rule, self)?)),
            About::Excluded => match number::boolean(raw) {
                Some(true) => ExpectedKind::Excluded(None),
                _ => ExpectedKind::Excluded(Some(id(Kind::Exclude, self)?)),
            },
            About::Target(Kind::Pool) => ExpectedKind::Target(Target::Pool(PoolId(id(Kind::Pool, self)?))),
            About::Target(Kind::Queue) => ExpectedKind::Target(Target::Queue(QueueId(id(Kind::Queue, self)?))),
            About::Target(_) => ExpectedKind::Target(Target::Team(TeamId(id(Kind::Team, self)?))),
            About::Assignee => ExpectedKind::Assignee(self.people.find(raw).ok_or("the name or email of a rep")?),
            About::Sla if matches!(raw, "none" | "no" | "-") => ExpectedKind::NoSla,
            About::Sla => ExpectedKind::Sla(SlaId(id(Kind::Sla, self)?)),
            About::Priority => ExpectedKind::Priority(number::integer(raw).map_err(|_| "a whole number")?),
            About::Due => {
                ExpectedKind::Due(time::time(raw, None, shared.zone).map_err(|_| "a time such as 2026-03-04 10:00")?)
            }
            About::Territory => {
                id(Kind::Territory, self)?;
                ExpectedKind::Territory(self.territories.get(raw).cloned().unwrap_or_default())
            }
            About::Segment => ExpectedKind::Segment(SegmentId(id(Kind::Segment, self)?)),
            About::Score(score) => ExpectedKind::Score(*score, self.points(*score, raw)?),
            About::Grade(grade) => {
                let step = self.grades.get(grade.at()).and_then(|steps| steps.get(raw)).copied();
                ExpectedKind::Grade(*grade, step.ok_or("a step of the grade")?)
            }
        })
    }

    /// A value on the scale of a score.
    fn points(&self, score: ScoreId, raw: &str) -> Result<i64, String> {
        let points = number::integer(raw).map_err(|_| "a whole number")?;
        match self.scores.get(score.at()).map(Arc::as_ref) {
            Some(Type::Integer { low: Some(low), high: Some(high) }) if !(*low..=*high).contains(&points) => {
                Err(format!("a whole number from {low} to {high}"))
            }
            _ => Ok(points),
        }
    }
}

/// The country that a region or a postal code is read together with.
fn country_of(ty: &Type, values: &[Value]) -> Option<SmolStr> {
    let (Type::Region { of: Some(of) } | Type::PostalCode { of: Some(of) }) = ty else { return None };
    match values.get(*of as usize)? {
        Value::Text(text) => Some(text.folded.clone()),
        _ => None,
    }
}
