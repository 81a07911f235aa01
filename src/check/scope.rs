//! What names mean: the subjects of conditions, and references to declarations, with the finding where nothing has the name.

use super::cycles::{Dependencies, Node};
use super::lists::RawList;
use super::names::{Kind, Names};
use super::people::People;
use super::suggest::Suggester;
use super::targets::TableShape;
use crate::diagnostic::Diagnostic;
use crate::policy::{
    self, ColumnId, FieldId, GradeId, LetId, RecordsId, ScoreId, SegmentId, Subject, TerritoryId, Type,
};
use crate::source::Span;
use crate::syntax::ast;
use chrono_tz::Tz;
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::sync::Arc;

/// A field or column as conditions need it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub ty: Arc<Type>,
    pub required: bool,
}

/// The columns of one block of records.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub names: IndexMap<SmolStr, (Known, Span), FxBuildHasher>,
}

/// What a `let` is, before it is lowered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum LetShape {
    Condition,
    /// The domain of something; whether that may be missing.
    Domain {
        required: bool,
    },
}

/// A value that can be compared.
#[derive(Debug, Clone)]
pub(super) struct Valued {
    pub subject: Subject,
    pub ty: Arc<Type>,
    /// Never missing.
    pub required: bool,
}

/// What the subject of a condition means.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    Value(Valued),
    Segment(SegmentId),
    Let(LetId),
    Territory(Vec<TerritoryId>),
    Partition(u32),
    Grade(GradeId),
}

/// Where a condition stands: within `records`, the lead's fields are written `lead.x`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Side {
    Lead,
    Records,
}

/// Everything that names can mean, and the findings so far.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub names: Names,
    pub zone: Tz,
    /// Where to say that the policy has no `lead` block, until it is said.
    pub no_lead: Option<Span>,
    pub has_fields: bool,
    pub fields: Vec<Known>,
    pub columns: Vec<Columns>,
    pub lets: Vec<LetShape>,
    /// `domain of x` within a condition: a let without a name, one for each subject.
    pub unnamed_lets: IndexMap<Subject, policy::Let>,
    /// The parts of each partition by name, in the order written.
    pub partitions: Vec<IndexMap<SmolStr, SegmentId, FxBuildHasher>>,
    /// The steps of each grade by name.
    pub grades: Vec<IndexMap<SmolStr, u32, FxBuildHasher>>,
    pub scores: Vec<Arc<Type>>,
    pub territories: IndexMap<SmolStr, Vec<TerritoryId>, FxBuildHasher>,
    pub lists: Vec<RawList<'a>>,
    pub tables: Vec<TableShape>,
    pub people: People,
    /// A rule assigns reps by name, or owners: then a team may be of use though nothing names it.
    pub assigns_people: bool,
    /// Reps that reps name, to be found once all are known.
    pub people_named: Vec<ast::Name>,
    /// Files of which something was said.
    pub files_said: FxHashSet<SmolStr>,
    pub domain: Arc<Type>,
    pub dependencies: Dependencies,
    pub suggester: Suggester,
    pub diagnostics: Vec<Diagnostic>,
    /// The first finding on each unknown name, and how many more there were.
    unknown: FxHashMap<(&'static str, SmolStr), (usize, u32)>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(names: Names, zone: Tz, diagnostics: Vec<Diagnostic>) -> Self {
        Scope {
            names,
            zone,
            no_lead: None,
            has_fields: true,
            fields: Vec::new(),
            columns: Vec::new(),
            lets: Vec::new(),
            unnamed_lets: IndexMap::new(),
            partitions: Vec::new(),
            grades: Vec::new(),
            scores: Vec::new(),
            territories: IndexMap::default(),
            lists: Vec::new(),
            tables: Vec::new(),
            people: People::default(),
            assigns_people: false,
            people_named: Vec::new(),
            files_said: FxHashSet::default(),
            domain: Arc::new(Type::Domain),
            dependencies: Dependencies::default(),
            suggester: Suggester::default(),
            diagnostics,
            unknown: FxHashMap::default(),
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The id of a declaration of this kind, which counts as used; else the finding that there is none.
    pub(super) fn resolve(&mut self, kind: Kind, name: &ast::Name) -> Option<u32> {
        self.resolve_text(kind, &name.text, name.span)
    }

    pub(super) fn resolve_text(&mut self, kind: Kind, name: &SmolStr, span: Span) -> Option<u32> {
        if let Some(declared) = self.names.take(kind, name) {
            return Some(declared.id);
        }
        self.unknown(kind.word(), &[kind], name, span);
        None
    }

    /// Says that no `word` has this name, once for each name.
    pub(super) fn unknown(&mut self, word: &'static str, kinds: &[Kind], name: &SmolStr, span: Span) {
        if let Some((_, more)) = self.unknown.get_mut(&(word, name.clone())) {
            *more += 1;
            return;
        }
        let mut found = Diagnostic::error("unknown-name", span, format!("there is no {word} `{name}`"));
        let candidates = kinds.iter().flat_map(|kind| self.names.of(*kind));
        let close = self.suggester.closest(name, candidates.map(|(name, _)| name.as_str()));
        let close = close.and_then(|close| kinds.iter().find_map(|kind| Some((close, self.names.get(*kind, close)?))));
        let elsewhere = kinds.first().and_then(|kind| self.names.other_kind(*kind, name));
        if let Some((close, declared)) = close {
            let titled = matches!(kinds, [Kind::Rule | Kind::Exclude]);
            found = found
                .here(format!("did you mean `{close}`?"))
                .also(declared.span, format!("`{close}` is declared here"))
                .fix(span, if titled { format!("\"{close}\"") } else { close.to_string() });
        } else if let Some((kind, place)) = elsewhere {
            found = found.also(place, format!("`{name}` is {}, declared here", kind.a_word()));
        } else {
            found = found.help(format!("declare the {word} `{name}`, or use one that is declared"));
        }
        self.unknown.insert((word, name.clone()), (self.diagnostics.len(), 0));
        self.diagnostics.push(found);
    }

    /// Ends the run: each finding on an unknown name says in how many other places the name stands.
    pub(super) fn count_unknown(&mut self) {
        for ((_, name), (at, more)) in &self.unknown {
            let Some(found) = self.diagnostics.get_mut(*at) else { continue };
            match more {
                0 => {}
                1 => found.notes.push(format!("`{name}` stands in one other place too")),
                more => found.notes.push(format!("`{name}` stands in {more} other places too")),
            }
        }
    }

    /// What the subject of a condition means, or the finding that it means nothing.
    pub(super) fn subject(&mut self, subject: &ast::Subject, side: Side) -> Option<Meaning> {
        if let Some(function) = &subject.function {
            return self.domain_of(function, subject, side);
        }
        match (&subject.record, side) {
            (Some(record), Side::Records) if record.text == "lead" => self.plain(&subject.name),
            (Some(record), Side::Lead) if record.text == "lead" => {
                self.report(
                    Diagnostic::error("unknown-name", subject.span, "`lead.` is written only within `records`")
                        .help(format!("write `{}`", subject.name.text))
                        .fix(subject.span, subject.name.text.as_str()),
                );
                self.plain(&subject.name)
            }
            (Some(record), _) => {
                let (records, column, known) = self.column(record, &subject.name)?;
                self.dependencies.edge(Node::Records(records), subject.span);
                Some(Meaning::Value(Valued {
                    subject: Subject::Record(records, column),
                    ty: known.ty,
                    required: false,
                }))
            }
            (None, Side::Lead) => self.plain(&subject.name),
            (None, Side::Records) => {
                self.report(
                    Diagnostic::error(
                        "unknown-name",
                        subject.span,
                        format!("`{}` within `records` must say whose it is", subject.name.text),
                    )
                    .help(format!("write `lead.{}`", subject.name.text))
                    .fix(subject.span, format!("lead.{}", subject.name.text)),
                );
                None
            }
        }
    }

    /// False where the policy has no field at all, which is said once and in place of each field that is unknown.
    pub(super) fn knows_leads(&mut self) -> bool {
        if let Some(span) = self.no_lead.take() {
            self.report(
                Diagnostic::error("missing-part", span, "nothing says what a lead has")
                    .help("write a `lead { ... }` block with the fields of a lead"),
            );
        }
        self.has_fields
    }

    /// A name that stands without a record before it.
    pub(super) fn plain(&mut self, name: &ast::Name) -> Option<Meaning> {
        for kind in Kind::IN_CONDITIONS {
            if let Some(declared) = self.names.take(kind, &name.text) {
                return self.meaning(kind, declared.id, name);
            }
        }
        if self.knows_leads() {
            self.unknown("field, segment or territory", &Kind::IN_CONDITIONS, &name.text, name.span);
        }
        None
    }

    fn meaning(&mut self, kind: Kind, id: u32, name: &ast::Name) -> Option<Meaning> {
        let at = id as usize;
        let node = match kind {
            Kind::Let => Some(Node::Let(LetId(id))),
            Kind::Segment => Some(Node::Segment(SegmentId(id))),
            Kind::Partition => Some(Node::Partition(id)),
            Kind::Score => Some(Node::Score(ScoreId(id))),
            Kind::Grade => Some(Node::Grade(GradeId(id))),
            Kind::Territory => None,
            _ => None,
        };
        if let Some(node) = node {
            self.dependencies.edge(node, name.span);
        }
        match kind {
            Kind::Field => {
                let known = self.fields.get(at)?;
                Some(Meaning::Value(Valued {
                    subject: Subject::Field(FieldId(id)),
                    ty: known.ty.clone(),
                    required: known.required,
                }))
            }
            Kind::Let => match self.lets.get(at)? {
                LetShape::Condition => Some(Meaning::Let(LetId(id))),
                LetShape::Domain { required } => Some(Meaning::Value(Valued {
                    subject: Subject::Let(LetId(id)),
                    ty: self.domain.clone(),
                    required: *required,
                })),
            },
            Kind::Segment => Some(Meaning::Segment(SegmentId(id))),
            Kind::Partition => Some(Meaning::Partition(id)),
            Kind::Grade => Some(Meaning::Grade(GradeId(id))),
            Kind::Score => Some(Meaning::Value(Valued {
                subject: Subject::Score(ScoreId(id)),
                ty: self.scores.get(at)?.clone(),
                required: true,
            })),
            Kind::Territory => {
                let ids = self.territories.get(&name.text)?.clone();
                self.dependencies.edge(Node::Territories, name.span);
                Some(Meaning::Territory(ids))
            }
            _ => None,
        }
    }

    /// A column of records, both by name.
    pub(super) fn column(&mut self, record: &ast::Name, column: &ast::Name) -> Option<(RecordsId, ColumnId, Known)> {
        let records = RecordsId(self.resolve(Kind::Records, record)?);
        let (id, known) = self.column_of(records, column)?;
        Some((records, id, known))
    }

    /// A column of these records.
    pub(super) fn column_of(&mut self, records: RecordsId, column: &ast::Name) -> Option<(ColumnId, Known)> {
        let columns = self.columns.get(records.at())?;
        if let Some((at, _, (known, _))) = columns.names.get_full(&column.text) {
            return Some((ColumnId(at as u32), known.clone()));
        }
        let close = self.suggester.closest(&column.text, columns.names.keys().map(SmolStr::as_str));
        let mut found =
            Diagnostic::error("unknown-name", column.span, format!("these records have no column `{}`", column.text));
        found = match close.and_then(|close| Some((close, columns.names.get(close)?.1))) {
            Some((close, place)) => found
                .here(format!("did you mean `{close}`?"))
                .also(place, format!("`{close}` is declared here"))
                .fix(column.span, close),
            None => found.help(format!("declare the column `{}` in the records' block", column.text)),
        };
        self.report(found);
        None
    }

    /// `domain of email`, where it stands within a condition.
    fn domain_of(&mut self, function: &ast::Name, subject: &ast::Subject, side: Side) -> Option<Meaning> {
        let of = self.domain_subject(function, subject, side)?;
        let next = LetId((self.lets.len() + self.unnamed_lets.len()) as u32);
        let known = self.unnamed_lets.get_index_of(&of.subject);
        let id = known.map_or(next, |at| LetId((self.lets.len() + at) as u32));
        self.unnamed_lets.entry(of.subject).or_insert_with(|| policy::Let {
            name: SmolStr::new(format!("domain of {}", subject.name.text)),
            span: subject.span,
            value: policy::LetValue::DomainOf(of.subject),
        });
        Some(Meaning::Value(Valued { subject: Subject::Let(id), ty: self.domain.clone(), required: of.required }))
    }

    /// The subject whose domain is asked for.
    pub(super) fn domain_subject(
        &mut self,
        function: &ast::Name,
        subject: &ast::Subject,
        side: Side,
    ) -> Option<Valued> {
        if function.text != "domain" {
            self.report(
                Diagnostic::error("unknown-name", function.span, format!("there is no `{} of`", function.text))
                    .help("`domain of` takes the domain of an email; other values are compared as they are"),
            );
            return None;
        }
        let inner = ast::Subject { function: None, ..subject.clone() };
        match self.subject(&inner, side)? {
            Meaning::Value(valued) if matches!(*valued.ty, Type::Email | Type::Domain) => Some(valued),
            Meaning::Value(valued) => {
                let is = super::words::a_type(&valued.ty);
                self.report(
                    Diagnostic::error("type-mismatch", subject.span, format!("`{}` is {is}", subject.name.text))
                        .here("`domain of` asks for an email")
                        .help("take the domain of a field whose type is `email`"),
                );
                None
            }
            _ => {
                self.report(
                    Diagnostic::error(
                        "type-mismatch",
                        subject.span,
                        format!("`{}` is a condition and has no domain", subject.name.text),
                    )
                    .help("take the domain of a field whose type is `email`"),
                );
                None
            }
        }
    }
}
