//! Teams and reps: from the policy and from rosters, with one rep for each person however often one is named.

use super::declarations::Declarations;
use super::filters;
use super::names::Kind;
use super::roster::{self, Facts, Roster};
use super::scope::Scope;
use crate::data::text::fold;
use crate::diagnostic::{Diagnostic, Severity};
use crate::policy::{CalendarId, Cap, DataFiles, Rep, RepId, Team};
use crate::source::Span;
use crate::syntax::ast::{self, RepClause};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::sync::Arc;

/// A person as gathered so far: what the policy says stands above what rosters say.
#[derive(Debug, Default)]
struct Person {
    span: Span,
    written: Option<(Facts, Span)>,
    listed: Facts,
    name: SmolStr,
    email: Option<SmolStr>,
}

/// Everyone, by folded name and email.
#[derive(Debug, Default)]
pub(super) struct People {
    persons: Vec<Person>,
    pub by_name: FxHashMap<SmolStr, RepId>,
    by_email: FxHashMap<SmolStr, RepId>,
    pub rosters: FxHashMap<SmolStr, Option<Arc<Roster>>>,
    /// Lines of rosters that some team takes, by file.
    pub taken: FxHashMap<SmolStr, FxHashSet<u32>>,
}

impl People {
    /// The rep with this name or email, in any case.
    pub(super) fn find(&self, name: &str) -> Option<RepId> {
        let folded = fold(name);
        self.by_email.get(&folded).or_else(|| self.by_name.get(&folded)).copied()
    }

    /// The person with this email, or this name where no other email speaks against it; a new one where there is none.
    fn enter(&mut self, name: &SmolStr, email: Option<&SmolStr>, span: Span) -> RepId {
        let by_email = email.and_then(|email| self.by_email.get(&fold(email)).copied());
        let by_name = self.by_name.get(&fold(name)).copied().filter(|id| {
            let known = self.persons.get(id.at()).and_then(|person| person.email.as_ref());
            email.is_none() || known.is_none()
        });
        let id = by_email.or(by_name).unwrap_or_else(|| {
            self.persons.push(Person { span, name: name.clone(), ..Person::default() });
            RepId(self.persons.len() as u32 - 1)
        });
        self.by_name.entry(fold(name)).or_insert(id);
        if let Some(email) = email {
            self.by_email.entry(fold(email)).or_insert(id);
            if let Some(person) = self.persons.get_mut(id.at()) {
                person.email.get_or_insert_with(|| email.clone());
            }
        }
        id
    }
}

/// Weights are counted exactly up to here.
pub(super) const MOST_WEIGHT: i64 = 1_000_000;

impl Scope<'_> {
    pub(super) fn people(&mut self, found: &Declarations<'_>, data: &DataFiles) -> (Vec<Team>, Vec<Rep>) {
        let mut teams = Vec::with_capacity(found.teams.len());
        for team in &found.teams {
            let mut members: Vec<RepId> = Vec::new();
            let mut managers: Vec<SmolStr> = Vec::new();
            let mut rosters_read = true;
            for clause in &team.members {
                rosters_read &= self.roster_members(clause, data, &mut members, &mut managers).is_some();
            }
            for rep in &team.reps {
                members.push(self.written_rep(rep));
            }
            let mut seen = FxHashSet::default();
            members.retain(|id| seen.insert(*id));
            if members.is_empty() && rosters_read {
                self.report(
                    Diagnostic::warning(
                        "no-members",
                        team.name.span,
                        format!("the team `{}` has nobody in it", team.name.text),
                    )
                    .help("name a `rep`, or take `members from` a roster"),
                );
            }
            managers.dedup();
            teams.push((Team { name: team.name.text.clone(), span: team.name.span, manager: None, members }, managers));
        }
        self.roster_names(found);
        let reps = self.reps();
        let teams = teams.into_iter().zip(&found.teams).map(|((mut team, managers), declared)| {
            team.manager = match (&declared.manager, managers.as_slice()) {
                (Some(manager), _) => self.rep(manager),
                (None, [only]) => self.people.find(only),
                (None, _) => None,
            };
            team
        });
        (teams.collect(), reps)
    }

    /// The rep that a name or an email means.
    pub(super) fn rep(&mut self, name: &ast::Name) -> Option<RepId> {
        if let Some(id) = self.people.find(&name.text) {
            return Some(id);
        }
        let close = self.suggester.closest(&name.text, self.people.persons.iter().map(|person| person.name.as_str()));
        let found = Diagnostic::error("unknown-name", name.span, format!("there is no rep `{}`", name.text));
        let close = close.and_then(|close| Some((close, self.people.persons.get(self.people.find(close)?.at())?.span)));
        let found = match close {
            Some((close, place)) => found
                .here(format!("did you mean `{close}`?"))
                .also(place, format!("`{close}` comes from here"))
                .fix(name.span, close),
            None => found.help("name a rep of one of the teams, by name or email"),
        };
        self.report(found);
        None
    }

    fn roster(&mut self, path: &ast::Text, data: &DataFiles) -> Option<Arc<Roster>> {
        if let Some(known) = self.people.rosters.get(&path.text) {
            return known.clone();
        }
        let roster = self.table_file(path, data).map(|table| Arc::new(roster::read(&table, self.zone)));
        if let Some(roster) = &roster {
            self.file_faults(path, roster.faults.clone());
            let help = "mend the file: these cells say how many leads a rep gets, and when";
            self.file_findings(path, roster.grave.clone(), Severity::Error, help);
        }
        self.people.rosters.insert(path.text.clone(), roster.clone());
        roster
    }

    /// Adds the reps of a roster that a team takes; `None` where that cannot be told.
    fn roster_members(
        &mut self,
        clause: &ast::Members,
        data: &DataFiles,
        members: &mut Vec<RepId>,
        managers: &mut Vec<SmolStr>,
    ) -> Option<()> {
        let roster = self.roster(&clause.path, data)?;
        if let Some(filter) = &clause.filter
            && !self.check_filter(filter, &roster.columns)
        {
            return None;
        }
        let mut faults = Vec::new();
        let mut lines: FxHashMap<RepId, u32> = FxHashMap::default();
        for row in &roster.rows {
            let cells = Cells { columns: &roster.columns, cells: &row.cells };
            if clause.filter.as_ref().is_some_and(|filter| !filters::holds(filter, &cells)) {
                continue;
            }
            let facts = &row.facts;
            self.people.taken.entry(clause.path.text.clone()).or_default().insert(facts.line);
            let id = self.people.enter(&facts.name, facts.email.as_ref(), clause.path.span);
            if let Some(first) = lines.insert(id, facts.line) {
                let who = facts.email.as_ref().unwrap_or(&facts.name);
                faults.push((facts.line, format!("`{who}` stands in line {first} already; the first counts")));
                continue;
            }
            if let Some(person) = self.people.persons.get_mut(id.at()) {
                person.listed.fill(facts);
            }
            members.push(id);
            managers.extend(facts.manager.clone());
        }
        self.file_faults(&clause.path, faults);
        Some(())
    }

    fn written_rep(&mut self, rep: &ast::Rep) -> RepId {
        let email = rep.email.as_ref().and_then(|email| {
            let read = crate::data::email::email(&email.text);
            if read.is_none() {
                self.report(
                    Diagnostic::error("bad-value", email.span, format!("`{}` is not an email address", email.text))
                        .help("write an address such as \"ana@acme.test\""),
                );
            }
            read
        });
        let known = self.people.by_name.get(&fold(&rep.name.text)).and_then(|id| self.people.persons.get(id.at()));
        if let (Some(person), Some(email)) = (known, &email)
            && let (Some(other), Some((_, first))) = (&person.email, &person.written)
            && other != email
        {
            let (message, first) = (format!("the rep `{}` has two emails", rep.name.text), *first);
            self.report(
                Diagnostic::error("duplicate-name", rep.span, message)
                    .here(format!("`{email}` here"))
                    .also(first, "another here")
                    .help("give two people two names, or one person one email"),
            );
        }
        let id = self.people.enter(&rep.name.text, email.as_ref(), rep.name.span);
        let facts = self.written_facts(rep);
        let Some(person) = self.people.persons.get_mut(id.at()) else { return id };
        let described = !rep.clauses.is_empty();
        match &person.written {
            Some((_, first)) if described && person.written.as_ref().is_some_and(|(facts, _)| facts.line > 0) => {
                let first = *first;
                self.report(
                    Diagnostic::error(
                        "duplicate-name",
                        rep.span,
                        format!("the rep `{}` is described twice", rep.name.text),
                    )
                    .here("described again here")
                    .also(first, "first described here")
                    .help("describe a rep in one team; in another the name is enough"),
                );
            }
            Some(_) if !described => {}
            _ => {
                person.name = rep.name.text.clone();
                person.span = rep.name.span;
                person.written = Some((facts, rep.span));
            }
        }
        id
    }

    /// What the clauses of a rep say; `line` is set where there is one.
    fn written_facts(&mut self, rep: &ast::Rep) -> Facts {
        let mut facts =
            Facts { name: rep.name.text.clone(), line: u32::from(!rep.clauses.is_empty()), ..Facts::default() };
        for clause in &rep.clauses {
            match clause {
                RepClause::Hours(calendar) => {
                    if self.resolve(Kind::Calendar, calendar).is_some() {
                        facts.hours = Some(calendar.text.clone());
                    }
                }
                RepClause::Zone(zone) => facts.zone = self.zone_named(&zone.text, zone.span),
                RepClause::Weight(weight) => facts.weight = self.positive(weight, "a weight"),
                RepClause::Cap { count, per, zone } => {
                    let zone = self.zone_of(zone.as_ref());
                    let count = self.positive(count, "a cap");
                    facts.caps.extend(count.map(|count| Cap {
                        count,
                        per: *per,
                        of: None,
                        zone,
                        credited_back_on: Vec::new(),
                    }));
                }
                RepClause::Speaks(tags) => {
                    for tag in tags {
                        match crate::data::language::tag(&tag.text) {
                            Some(tag) => facts.speaks.push(tag),
                            None => self.report(
                                Diagnostic::error("bad-value", tag.span, format!("`{}` is not a language", tag.text))
                                    .help("write a language tag such as en or \"pt-BR\""),
                            ),
                        }
                    }
                }
                RepClause::Level(level) => facts.level = Some(level.value),
                RepClause::Away(ranges) => {
                    for range in ranges {
                        if self.check_dates(range) {
                            facts.away.push((range.from, range.to));
                        }
                    }
                }
                RepClause::Delegate(name) => {
                    facts.delegate = Some(name.text.clone());
                    self.people_named.push(name.clone());
                }
                RepClause::Territory(name) => {
                    if self.resolve(Kind::Territory, name).is_some() {
                        facts.territory = Some(name.text.clone());
                    }
                }
                RepClause::Since(day) => facts.since = Some(day.date),
                RepClause::Inactive(_) => facts.active = Some(false),
            }
        }
        facts
    }

    /// A count that is at least one.
    pub(super) fn positive(&mut self, whole: &ast::Whole, what: &str) -> Option<i64> {
        let most = if what == "a weight" { MOST_WEIGHT } else { i64::MAX };
        if (1..=most).contains(&whole.value) {
            return Some(whole.value);
        }
        let bound = if whole.value < 1 { "at least 1".to_owned() } else { format!("at most {most}") };
        let mut found =
            Diagnostic::error("value-outside-range", whole.span, format!("{what} is {bound}, not {}", whole.value));
        found = found.help(match what {
            "a weight" if whole.value > 1 => "weights are shares: 1 and 2 say as much as 1000 and 2000",
            "a weight" | "a cap" => "write 1 or more; a rep who gets no leads is `inactive`",
            _ => "write 1 or more",
        });
        self.report(found);
        None
    }

    /// Everyone as the policy keeps them.
    fn reps(&mut self) -> Vec<Rep> {
        for name in std::mem::take(&mut self.people_named) {
            self.rep(&name);
        }
        let persons = std::mem::take(&mut self.people.persons);
        let reps = persons.iter().map(|person| {
            let mut facts = person.written.as_ref().map(|(facts, _)| facts.clone()).unwrap_or_default();
            facts.fill(&person.listed);
            Rep {
                name: person.name.clone(),
                span: person.span,
                email: person.email.clone(),
                hours: facts.hours.and_then(|name| Some(CalendarId(self.names.take(Kind::Calendar, &name)?.id))),
                zone: facts.zone,
                weight: facts.weight.unwrap_or(1),
                caps: facts.caps,
                speaks: facts.speaks,
                level: facts.level,
                away: facts.away,
                delegate: facts.delegate.and_then(|name| self.people.find(&name)),
                territory: facts.territory,
                since: facts.since,
                active: facts.active.unwrap_or(true),
                attributes: facts.attributes,
            }
        });
        let reps = reps.collect();
        self.people.persons = persons;
        reps
    }
}

impl Facts {
    /// Takes from another source what is not known yet.
    fn fill(&mut self, other: &Facts) {
        fn missing<T: Clone>(mine: &mut Option<T>, other: &Option<T>) {
            if mine.is_none() {
                mine.clone_from(other);
            }
        }
        missing(&mut self.hours, &other.hours);
        missing(&mut self.zone, &other.zone);
        missing(&mut self.weight, &other.weight);
        missing(&mut self.level, &other.level);
        missing(&mut self.delegate, &other.delegate);
        missing(&mut self.territory, &other.territory);
        missing(&mut self.since, &other.since);
        missing(&mut self.active, &other.active);
        if self.caps.is_empty() {
            self.caps.clone_from(&other.caps);
        }
        if self.speaks.is_empty() {
            self.speaks.clone_from(&other.speaks);
        }
        if self.away.is_empty() {
            self.away.clone_from(&other.away);
        }
        for (name, value) in &other.attributes {
            self.attributes.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
}

/// A row of a roster, for `where`.
struct Cells<'r> {
    columns: &'r [SmolStr],
    cells: &'r [SmolStr],
}

impl filters::Facts for Cells<'_> {
    fn values(&self, column: &str) -> Vec<SmolStr> {
        let at = self.columns.iter().position(|name| name == column);
        let at = at.or_else(|| self.columns.iter().position(|name| *name == roster::column_name(column)));
        let Some(cell) = at.and_then(|at| self.cells.get(at)).filter(|cell| !cell.is_empty()) else {
            return Vec::new();
        };
        match self.columns.get(at.unwrap_or_default()).map(SmolStr::as_str) {
            Some("team" | "speaks") => cell.split(';').map(|part| SmolStr::new(part.trim())).collect(),
            _ => vec![cell.clone()],
        }
    }
}
