//! Queues and pools: who is in them, how turns are given, and where a lead goes that nobody can take.

use super::cycles::Node;
use super::declarations::Declarations;
use super::filters;
use super::names::Kind;
use super::roster;
use super::scope::{Meaning, Scope};
use super::words;
use crate::diagnostic::Diagnostic;
use crate::policy::turns;
use crate::policy::{Cap, Fallback, GradeId, Pool, PoolId, Queue, QueueId, Rep, RepId, Team, TeamId, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Eligible, PoolClauseKind, Start, Strategy};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

impl Scope<'_> {
    pub(super) fn queues(&mut self, found: &Declarations<'_>) -> Vec<Queue> {
        let mut queues = Vec::with_capacity(found.queues.len());
        for queue in &found.queues {
            let worked_by =
                queue.worked_by.iter().filter_map(|team| self.resolve(Kind::Team, team).map(TeamId)).collect();
            queues.push(Queue { name: queue.name.text.clone(), span: queue.name.span, worked_by });
        }
        queues
    }

    pub(super) fn pools(&mut self, found: &Declarations<'_>, teams: &[Team], reps: &[Rep]) -> Vec<Pool> {
        let mut teams_of: Vec<Vec<SmolStr>> = vec![Vec::new(); reps.len()];
        for team in teams {
            for member in &team.members {
                if let Some(of) = teams_of.get_mut(member.at()) {
                    of.push(team.name.clone());
                }
            }
        }
        let mut columns: Vec<SmolStr> = roster::FACTS.iter().map(|name| SmolStr::new_static(name)).collect();
        let attributes: FxHashSet<&SmolStr> = reps.iter().flat_map(|rep| rep.attributes.keys()).collect();
        let mut attributes: Vec<SmolStr> = attributes.into_iter().cloned().collect();
        attributes.sort();
        columns.extend(attributes);
        let crew = Crew { teams, reps, teams_of, columns };
        let pools: Vec<Pool> =
            found.pools.iter().enumerate().map(|(id, pool)| self.pool(PoolId(id as u32), pool, &crew)).collect();
        self.dependencies.leave();
        self.kinds(&pools);
        self.unreachable_overflow(found, &pools);
        pools
    }

    /// One count of turns tells only so many kinds of leads apart.
    fn kinds(&mut self, pools: &[Pool]) {
        for group in turns::sharing(pools) {
            let of = || group.iter().filter_map(|id| pools.get(id.at()));
            let kinds = of().map(Pool::kinds).fold(0, usize::saturating_add);
            if let Some(first) = of().next().filter(|_| kinds > turns::MOST_KINDS) {
                let most = turns::MOST_KINDS;
                let whose = match group.len() {
                    1 => format!("the caps of `{}` tell {kinds} kinds of leads apart", first.name),
                    pools => {
                        format!("`{}` and {} more pools share turns over {kinds} kinds of leads", first.name, pools - 1)
                    }
                };
                self.report(
                    Diagnostic::error("value-outside-range", first.span, whose)
                        .here(format!("{most} are the most"))
                        .help("share turns among fewer pools, or cap fewer steps of grades; each pool is one kind, and more by its caps of steps"),
                );
            }
        }
    }

    fn pool(&mut self, id: PoolId, pool: &ast::Pool, crew: &Crew<'_>) -> Pool {
        self.dependencies.enter(Node::Pool(id), pool.name.text.as_str());
        let mut lowered = Pool {
            name: pool.name.text.clone(),
            span: pool.name.span,
            members: self.members(pool, crew),
            strategy: Strategy::RoundRobin,
            only_on_duty: false,
            only_under_cap: false,
            only_online: false,
            caps: Vec::new(),
            prefer: Vec::new(),
            joiners: Start::Level,
            returners: Start::Level,
            when_empty: Vec::new(),
            shares_turns_with: Vec::new(),
            after: Vec::new(),
        };
        let mut said: Vec<(&'static str, Span)> = Vec::new();
        for clause in &pool.clauses {
            if let Some(word) = once(&clause.kind) {
                if let Some((_, first)) = said.iter().find(|(other, _)| *other == word) {
                    self.repeated(word, "a pool", clause.span, *first);
                }
                said.push((word, clause.span));
            }
            self.pool_clause(id, clause, &mut lowered);
        }
        self.pool_end(pool, &lowered, &said);
        lowered
    }

    /// A clause that a block has once.
    pub(super) fn repeated(&mut self, what: &str, block: &str, span: Span, first: Span) {
        self.report(
            Diagnostic::error("repeated-clause", span, format!("{block} has one {what}, and this is another"))
                .also(first, "the first is here")
                .help("take one of them out"),
        );
    }

    fn members(&mut self, pool: &ast::Pool, crew: &Crew<'_>) -> Vec<RepId> {
        let sound = pool.filter.as_ref().is_none_or(|filter| self.check_filter(filter, &crew.columns));
        let mut members = Vec::new();
        let mut seen = FxHashSet::default();
        let mut anyone = false;
        for name in &pool.teams {
            let Some(team) = self.resolve(Kind::Team, name).and_then(|id| crew.teams.get(id as usize)) else {
                continue;
            };
            for id in &team.members {
                anyone = true;
                let Some(rep) = crew.reps.get(id.at()) else { continue };
                let of = crew.teams_of.get(id.at()).map_or(&[] as &[SmolStr], Vec::as_slice);
                let holds =
                    pool.filter.as_ref().is_none_or(|filter| filters::holds(filter, &RepFacts { rep, teams: of }));
                if sound && holds && seen.insert(*id) {
                    members.push(*id);
                }
            }
        }
        if sound && anyone && members.is_empty() {
            let name = &pool.name.text;
            let span = pool.filter.as_ref().map_or(pool.name.span, |filter| filter.span);
            self.report(
                Diagnostic::warning("no-members", span, format!("nobody of the team is in the pool `{name}`"))
                    .here("holds for no rep")
                    .help("see whether `where` asks for what the team's reps have"),
            );
        }
        members
    }

    fn pool_clause(&mut self, id: PoolId, clause: &ast::PoolClause, pool: &mut Pool) {
        match &clause.kind {
            PoolClauseKind::Strategy(strategy) => pool.strategy = *strategy,
            PoolClauseKind::Only(asked) => {
                pool.only_on_duty |= asked.contains(&Eligible::OnDuty);
                pool.only_under_cap |= asked.contains(&Eligible::UnderCap);
                pool.only_online |= asked.contains(&Eligible::Online);
            }
            PoolClauseKind::Cap { count, of, per, zone, credited_back_on } => {
                let of = of.as_ref().and_then(|step| self.step_of_any_grade(step));
                let zone = self.zone_of(zone.as_ref());
                if let Some(count) = self.positive(count, "a cap") {
                    let credited_back_on = credited_back_on.iter().map(|reason| reason.text.clone()).collect();
                    pool.caps.push(Cap { count, per: *per, of, zone, credited_back_on });
                }
            }
            PoolClauseKind::Prefer(order) => {
                for preference in order {
                    if let ast::RepPreference::Speak(field) = preference {
                        self.spoken(field);
                    }
                    pool.prefer.push(preference.clone());
                }
            }
            PoolClauseKind::Joiners(start) => pool.joiners = self.start(start),
            PoolClauseKind::Returners(start) => pool.returners = self.start(start),
            PoolClauseKind::WhenEmpty(steps) => {
                let steps: Vec<Fallback> = steps.iter().filter_map(|step| self.fallback(step)).collect();
                pool.when_empty.extend(steps);
            }
            PoolClauseKind::ShareTurnsWith(others) => {
                for other in others {
                    match self.resolve(Kind::Pool, other) {
                        Some(other_id) if other_id == id.0 => self.report(
                            Diagnostic::error(
                                "cycle",
                                other.span,
                                format!("`{}` shares turns with itself", other.text),
                            )
                            .help("name another pool"),
                        ),
                        Some(other_id) => pool.shares_turns_with.push(PoolId(other_id)),
                        None => {}
                    }
                }
            }
            PoolClauseKind::After { wait, fallback } => {
                self.wall_time(wait);
                if let Some(fallback) = self.fallback(fallback) {
                    pool.after.push((clause.span, wait.clone(), fallback));
                }
            }
        }
    }

    fn start(&mut self, start: &Start) -> Start {
        if let Start::CatchUp { by, .. } = start {
            self.positive(by, "the number to catch up by");
        }
        start.clone()
    }

    /// The field that says which language a rep should speak.
    fn spoken(&mut self, field: &ast::Name) {
        match self.plain(field) {
            Some(Meaning::Value(valued)) if matches!(*valued.ty, Type::Language) => {}
            Some(Meaning::Value(valued)) => {
                let is = words::a_type(&valued.ty);
                self.report(
                    Diagnostic::error("type-mismatch", field.span, format!("`{}` is {is}, not a language", field.text))
                        .help("name a field whose type is `language`"),
                );
            }
            Some(_) => self.report(
                Diagnostic::error("type-mismatch", field.span, format!("`{}` is not a language", field.text))
                    .help("name a field whose type is `language`"),
            ),
            None => {}
        }
    }

    /// A step, of whichever grade has one of this name.
    fn step_of_any_grade(&mut self, step: &ast::Name) -> Option<(GradeId, u32)> {
        let mut having = self
            .grades
            .iter()
            .enumerate()
            .filter_map(|(id, steps)| steps.get(&step.text).map(|place| (GradeId(id as u32), *place)));
        let (first, second) = (having.next(), having.next());
        if second.is_some() {
            self.report(
                Diagnostic::error("name-clash", step.span, format!("`{}` is a step of several grades", step.text))
                    .help("give the steps of each grade names of their own"),
            );
        } else if first.is_none() {
            let steps: Vec<SmolStr> = self.grades.iter().flat_map(|steps| steps.keys().cloned()).collect();
            let close = self.suggester.closest(&step.text, steps.iter().map(SmolStr::as_str));
            let found = Diagnostic::error("unknown-name", step.span, format!("no grade has a step `{}`", step.text));
            self.report(match close {
                Some(close) => found.here(format!("did you mean `{close}`?")).fix(step.span, close),
                None => found.help("name a step of a grade, such as `hot`, or cap all leads"),
            });
        }
        if let Some((grade, _)) = first {
            let name =
                self.names.of(Kind::Grade).find(|(_, declared)| declared.id == grade.0).map(|(name, _)| name.clone());
            name.and_then(|name| self.names.take(Kind::Grade, &name));
        }
        first
    }

    fn fallback(&mut self, fallback: &ast::Fallback) -> Option<Fallback> {
        Some(match fallback {
            ast::Fallback::Pool(name) => {
                let id = PoolId(self.resolve(Kind::Pool, name)?);
                self.dependencies.edge(Node::Pool(id), name.span);
                Fallback::Pool(id)
            }
            ast::Fallback::Queue(name) => Fallback::Queue(QueueId(self.resolve(Kind::Queue, name)?)),
            ast::Fallback::WaitAtMost(wait) => {
                self.wall_time(wait);
                Fallback::WaitAtMost(wait.clone())
            }
            ast::Fallback::WaitUntilOpening(_) => Fallback::WaitUntilOpening,
        })
    }

    /// A time on the wall that is longer than none.
    pub(super) fn wall_time(&mut self, duration: &ast::Duration) {
        self.some_time(duration);
        if duration.business {
            self.report(
                Diagnostic::error("misplaced-clause", duration.span, "business time is counted by promises alone")
                    .here("nothing says whose hours")
                    .help("write the time on the wall, such as `4 hours` or `1 day`"),
            );
        }
    }

    /// A time that is longer than none.
    pub(super) fn some_time(&mut self, duration: &ast::Duration) {
        if duration.count < 1 {
            self.report(
                Diagnostic::error("value-outside-range", duration.span, "this is no time at all")
                    .help("write 1 or more"),
            );
        }
        let seconds = match duration.unit {
            ast::Unit::Second => 1,
            ast::Unit::Minute => 60,
            ast::Unit::Hour => 3_600,
            ast::Unit::Day => 86_400,
            ast::Unit::Week => 7 * 86_400,
            ast::Unit::Month => 30 * 86_400,
        };
        if duration.count > HUNDRED_YEARS / seconds {
            self.report(
                Diagnostic::error("value-outside-range", duration.span, "this is longer than a hundred years")
                    .help("write a time that somebody lives to see, such as `30 days`"),
            );
        }
    }

    /// The overflow of a pool ends in a queue, or in a pool whose own does.
    fn pool_end(&mut self, pool: &ast::Pool, lowered: &Pool, said: &[(&str, Span)]) {
        let name = &pool.name.text;
        let place = said.iter().find(|(word, _)| *word == WHEN_EMPTY).map(|(_, span)| *span);
        let written = pool.clauses.iter().any(|clause| match &clause.kind {
            PoolClauseKind::WhenEmpty(steps) => steps.len() > lowered.when_empty.len(),
            _ => false,
        });
        match (place, lowered.when_empty.last()) {
            (Some(_), Some(Fallback::Queue(_) | Fallback::Pool(_))) => {}
            (Some(_), _) if written => {}
            (Some(span), _) => self.report(
                Diagnostic::error("no-fallback", span, format!("the overflow of `{name}` ends in no queue"))
                    .help("end it with `then queue` and the queue that takes what is left"),
            ),
            (None, _) => self.report(
                Diagnostic::error(
                    "no-fallback",
                    pool.name.span,
                    format!("nothing says where a lead goes when nobody of `{name}` can take it"),
                )
                .help("write `when empty` and a queue"),
            ),
        }
        for pair in lowered.when_empty.windows(2) {
            if let [Fallback::Queue(_), _] = pair {
                let span = place.unwrap_or(pool.name.span);
                self.report(
                    Diagnostic::error(
                        "unreachable",
                        span,
                        "a queue takes every lead, so that nothing behind it is reached",
                    )
                    .help("put the queue last"),
                );
            }
        }
    }
}

/// In seconds. No calendar reaches further.
const HUNDRED_YEARS: i64 = 36_525 * 86_400;

const WHEN_EMPTY: &str = "`when empty` clause";

/// The word of a clause that stands once in a pool.
fn once(clause: &PoolClauseKind) -> Option<&'static str> {
    match clause {
        PoolClauseKind::Strategy(_) => Some("way of taking turns"),
        PoolClauseKind::Prefer(_) => Some("`prefer` clause"),
        PoolClauseKind::Joiners(_) => Some("`joiners` clause"),
        PoolClauseKind::Returners(_) => Some("`returners` clause"),
        PoolClauseKind::WhenEmpty(_) => Some(WHEN_EMPTY),
        PoolClauseKind::Only(_)
        | PoolClauseKind::Cap { .. }
        | PoolClauseKind::ShareTurnsWith(_)
        | PoolClauseKind::After { .. } => None,
    }
}

/// Everyone, for the filters of pools.
struct Crew<'p> {
    teams: &'p [Team],
    reps: &'p [Rep],
    teams_of: Vec<Vec<SmolStr>>,
    columns: Vec<SmolStr>,
}

struct RepFacts<'p> {
    rep: &'p Rep,
    teams: &'p [SmolStr],
}

impl filters::Facts for RepFacts<'_> {
    fn values(&self, column: &str) -> Vec<SmolStr> {
        let rep = self.rep;
        let one = |value: Option<SmolStr>| value.into_iter().collect();
        match column {
            "name" => vec![rep.name.clone()],
            "email" => one(rep.email.clone()),
            "team" => self.teams.to_vec(),
            "level" => one(rep.level.map(|level| SmolStr::new(level.to_string()))),
            "weight" => vec![SmolStr::new(rep.weight.to_string())],
            "speaks" => rep.speaks.clone(),
            "zone" => one(rep.zone.map(|zone| SmolStr::new(zone.name()))),
            "active" => vec![SmolStr::new_static(if rep.active { "yes" } else { "no" })],
            "since" => one(rep.since.map(|since| SmolStr::new(since.to_string()))),
            "territory" => one(rep.territory.clone()),
            other => {
                let value = rep.attributes.get(other).or_else(|| rep.attributes.get(&roster::column_name(other)));
                value.map_or(Vec::new(), |value| vec![SmolStr::new(crate::data::value::show(value))])
            }
        }
    }
}
