//! Every name that a policy declares, with its kind, its id and its place.

use crate::source::Span;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Each kind of thing has names of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Field,
    Let,
    Segment,
    Partition,
    Territory,
    Score,
    Grade,
    List,
    Records,
    Calendar,
    Team,
    Queue,
    Pool,
    Sla,
    Table,
    Route,
    Rule,
    Exclude,
    Experiment,
    Status,
}

impl Kind {
    /// The kinds that a condition names without saying which it means.
    pub(super) const IN_CONDITIONS: [Kind; 7] =
        [Kind::Field, Kind::Let, Kind::Segment, Kind::Partition, Kind::Territory, Kind::Score, Kind::Grade];

    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Field => "field",
            Kind::Let => "let",
            Kind::Segment => "segment",
            Kind::Partition => "partition of segments",
            Kind::Territory => "territory",
            Kind::Score => "score",
            Kind::Grade => "grade",
            Kind::List => "list",
            Kind::Records => "records",
            Kind::Calendar => "calendar",
            Kind::Team => "team",
            Kind::Queue => "queue",
            Kind::Pool => "pool",
            Kind::Sla => "sla",
            Kind::Table => "table",
            Kind::Route => "route",
            Kind::Rule => "rule",
            Kind::Exclude => "exclusion",
            Kind::Experiment => "experiment",
            Kind::Status => "status",
        }
    }

    /// With `a` or `an`, for messages.
    pub(super) fn a_word(self) -> String {
        let word = self.word();
        let article = match self {
            Kind::Records => return "the name of records".to_string(),
            Kind::Exclude | Kind::Experiment | Kind::Sla => "an",
            _ => "a",
        };
        format!("{article} {word}")
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Declared {
    pub id: u32,
    pub span: Span,
    pub used: bool,
}

pub(super) type Index = IndexMap<SmolStr, Declared, FxBuildHasher>;

/// Every name by kind, in the order declared.
#[derive(Debug, Default)]
pub(super) struct Names {
    kinds: BTreeMap<Kind, Index>,
}

impl Names {
    /// Declares a name; where it is taken, by what.
    pub(super) fn declare(&mut self, kind: Kind, name: &SmolStr, declared: Declared) -> Result<(), Declared> {
        let names = self.kinds.entry(kind).or_default();
        if let Some(first) = names.get(name) {
            return Err(*first);
        }
        names.insert(name.clone(), declared);
        Ok(())
    }

    pub(super) fn get(&self, kind: Kind, name: &str) -> Option<Declared> {
        self.kinds.get(&kind)?.get(name).copied()
    }

    /// As [`Names::get`], and the name counts as used from now on.
    pub(super) fn take(&mut self, kind: Kind, name: &str) -> Option<Declared> {
        let declared = self.kinds.get_mut(&kind)?.get_mut(name)?;
        declared.used = true;
        Some(*declared)
    }

    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = (&SmolStr, &Declared)> {
        self.kinds.get(&kind).into_iter().flatten()
    }

    /// Every name with its place.
    pub(super) fn all(&self) -> Vec<super::Declared> {
        let all = self.kinds.values().flatten();
        all.map(|(name, declared)| super::Declared { name: name.clone(), span: declared.span }).collect()
    }

    pub(super) fn count(&self, kind: Kind) -> u32 {
        self.kinds.get(&kind).map_or(0, |names| names.len() as u32)
    }

    /// The first other kind that has this name.
    pub(super) fn other_kind(&self, not: Kind, name: &str) -> Option<(Kind, Span)> {
        self.kinds
            .iter()
            .filter(|(kind, _)| **kind != not)
            .find_map(|(kind, names)| Some((*kind, names.get(name)?.span)))
    }
}
