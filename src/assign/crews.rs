//! Who may take leads, made ready once for a policy: crews and their counts of turns, caps, what is watched, and owners by name.
//!
//! A crew is whoever takes leads in turn: the members of a pool, or of a team where a rule names one. Crews that share turns
//! have one rota; a crew whose order is not that of turns (`least loaded`, `in order`) has one of its own besides.

use super::clock::Watched;
use crate::calendar::Calendars;
use crate::policy::turns;
use crate::policy::{
    Cap, CapZone, FieldId, GradeId, LetId, Policy, Pool, PoolId, RecordsId, RepId, Subject, TeamId, TerritoryId, Value,
};
use crate::syntax::ast::{self, RepPreference, Strategy, Unit};
use chrono_tz::Tz;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::Arc;

/// The people of a policy, ready to be assigned.
pub struct Crews {
    pub(super) policy: Arc<Policy>,
    pub(super) calendars: Calendars,
    /// The pools, then the teams.
    pub(super) all: Vec<Crew>,
    pub(super) rotas: Vec<Plan>,
    pub(super) people: Vec<Person>,
    pub(super) watched: Vec<Watched>,
    /// By watched thing: whose leads depend on it.
    pub(super) watching: Vec<Vec<RepId>>,
    /// What a returning lead is known by.
    pub(super) returning: Vec<Known>,
    /// Fields that `prefer` asks about.
    pub(super) spoken: Vec<FieldId>,
    /// The records that `sticky by account` means.
    pub(super) account: Option<RecordsId>,
    sticky: bool,
    owners: FxHashMap<SmolStr, RepId>,
}

/// What a returning lead is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Subject(Subject),
    Row(RecordsId),
}

/// Whoever takes leads in turn.
pub(super) struct Crew {
    pub members: Vec<RepId>,
    pub place_of: FxHashMap<RepId, u32>,
    pub strategy: Strategy,
    pub on_duty: bool,
    pub under_cap: bool,
    pub online: bool,
    pub caps: Vec<CrewCap>,
    pub prefer: Vec<Prefer>,
    pub joiners: Start,
    pub returners: Start,
    /// The steps of grades that caps name, by grade.
    capped: Vec<(GradeId, Vec<u32>)>,
    /// The caps that count a lead of each kind, by their places.
    pub counts: Vec<Vec<u32>>,
    /// The rota that says who is next, and the place of the crew's first kind of leads in it.
    pub order: Seat,
    /// The rota that counts turns, where it is another one.
    pub turns: Option<Seat>,
}

/// What becomes of the leads that somebody missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Level,
    MadeWhole,
    /// So many for each period that is watched.
    CatchUp(i64, u32),
}

/// A crew's kinds of leads in a rota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    pub rota: usize,
    pub first: usize,
}

/// A preference among those who may have a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefer {
    /// Who speaks the language in this field: its place in [`Crews::spoken`].
    Speak(usize),
    HighestLevel,
    SameTerritory,
}

pub(super) struct CrewCap {
    pub count: i64,
    /// What is watched for its period, by place of the member: members may have zones of their own.
    pub watched: Vec<u32>,
    pub credited_back_on: Vec<SmolStr>,
}

/// What orders a rota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Shares, by weight or each alike.
    Turns,
    /// Open leads, by weight.
    Loads,
    /// The order of the team.
    Places,
}

/// A rota before anything happened.
pub(super) struct Plan {
    pub order: Order,
    /// Members with their weight and profile.
    pub members: Vec<(RepId, u64, u32)>,
    /// The crews that are in it, with the place of their first kind.
    pub crews: Vec<(usize, usize)>,
    pub kinds: usize,
    pub profiles: Vec<Profile>,
}

/// What the pools of a rota prefer by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Profile {
    pub speaks: Vec<SmolStr>,
    pub level: Option<i64>,
    pub territory: Option<SmolStr>,
}

/// A rep, and where it stands.
pub(super) struct Person {
    /// Its places in rotas: the rota, and the member.
    pub seats: Vec<(usize, u32)>,
    /// The day that runs for it.
    pub day: u32,
    /// Its calendar.
    pub duty: Option<u32>,
    /// Its own caps: how many, and what is watched for the period.
    pub caps: Vec<(i64, u32)>,
}

/// Things that are watched, each once.
#[derive(Default)]
struct Watching {
    watched: Vec<Watched>,
    known: FxHashMap<Watched, u32>,
    reps: Vec<Vec<RepId>>,
}

impl Watching {
    fn place(&mut self, watched: Watched, rep: RepId) -> u32 {
        let next = self.watched.len() as u32;
        let place = *self.known.entry(watched).or_insert(next);
        if place == next {
            self.watched.push(watched);
            self.reps.push(Vec::new());
        }
        if let Some(reps) = self.reps.get_mut(place as usize).filter(|reps| reps.last() != Some(&rep)) {
            reps.push(rep);
        }
        place
    }
}

impl Crews {
    pub fn new(policy: Arc<Policy>, calendars: Calendars) -> Crews {
        let mut watching = Watching::default();
        let zone_of = |id: RepId| zone_of(&policy, id);
        let mut people: Vec<Person> = (0u32..)
            .map(RepId)
            .zip(&policy.reps)
            .map(|(id, rep)| Person {
                seats: Vec::new(),
                day: watching.place(Watched::Period(zone_of(id), Unit::Day), id),
                duty: rep.hours.map(|hours| watching.place(Watched::Calendar(hours), id)),
                caps: rep
                    .caps
                    .iter()
                    .map(|cap| (cap.count, watching.place(Watched::Period(cap_zone(&policy, cap, id), cap.per), id)))
                    .collect(),
            })
            .collect();
        let spoken = spoken(&policy);
        let mut crews: Vec<Crew> =
            policy.pools.iter().map(|pool| Crew::of_pool(&policy, pool, &spoken, &mut watching)).collect();
        crews.extend(policy.teams.iter().map(|team| Crew::of_team(&team.members)));
        let rotas = rotas(&policy, &mut crews);
        for (at, rota) in rotas.iter().enumerate() {
            for (member, (rep, ..)) in rota.members.iter().enumerate() {
                if let Some(person) = people.get_mut(rep.at()) {
                    person.seats.push((at, member as u32));
                }
            }
        }
        let returning = returning(&policy);
        let named = policy.records.iter().position(|records| records.name == "account");
        let account = named.or((!policy.records.is_empty()).then_some(0)).map(|at| RecordsId(at as u32));
        let owners = owners(&policy);
        let Watching { watched, reps: watching, .. } = watching;
        let sticky = policy.pools.iter().any(|pool| pool.strategy == Strategy::StickyByAccount);
        Crews {
            policy,
            calendars,
            all: crews,
            rotas,
            people,
            watched,
            watching,
            returning,
            spoken,
            account,
            sticky,
            owners,
        }
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The rep whose email or name this is, as records have it: case-folded.
    pub fn owner(&self, folded: &str) -> Option<RepId> {
        self.owners.get(folded).copied()
    }

    /// Whether assignment asks for any value of a lead.
    pub fn asks_values(&self) -> bool {
        !self.spoken.is_empty() || self.returning.iter().any(|known| matches!(known, Known::Subject(_)))
    }

    /// What assignment asks of a lead's values; `text` gives the comparison form of one, none where it is missing.
    pub fn asked(&self, text: impl Fn(Subject) -> Option<String>) -> Asked {
        let text = |subject| text(subject).map(SmolStr::new);
        Asked {
            spoken: self.spoken.iter().map(|field| text(Subject::Field(*field))).collect(),
            keys: self
                .returning
                .iter()
                .map(|known| match known {
                    Known::Subject(subject) => text(*subject),
                    Known::Row(_) => None,
                })
                .collect(),
        }
    }

    pub(super) fn crew_of_pool(&self, pool: PoolId) -> usize {
        pool.at()
    }

    pub(super) fn crew_of_team(&self, team: TeamId) -> usize {
        self.policy.pools.len() + team.at()
    }

    /// Whether a pool keeps accounts with their reps.
    pub(super) fn is_sticky(&self) -> bool {
        self.sticky
    }

    /// Whether a territory, or one above it, has this name.
    pub(super) fn is_in(&self, territory: Option<TerritoryId>, name: &str) -> bool {
        let mut next = territory;
        while let Some(found) = next.and_then(|id| self.policy.territories.get(id.at())) {
            if found.name == name {
                return true;
            }
            next = found.parent;
        }
        false
    }
}

/// What assignment asks of a lead's values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    pub(super) spoken: Vec<Option<SmolStr>>,
    pub(super) keys: Vec<Option<SmolStr>>,
}

impl Crew {
    fn of_pool(policy: &Policy, pool: &Pool, spoken: &[FieldId], watching: &mut Watching) -> Crew {
        let caps = pool.caps.iter().map(|cap| CrewCap {
            count: cap.count,
            watched: pool
                .members
                .iter()
                .map(|&rep| watching.place(Watched::Period(cap_zone(policy, cap, rep), cap.per), rep))
                .collect(),
            credited_back_on: cap.credited_back_on.clone(),
        });
        let caps = caps.collect();
        let prefer = pool.prefer.iter().filter_map(|preference| match preference {
            RepPreference::Speak(name) => {
                let field = field_named(policy, &name.text)?;
                spoken.iter().position(|known| *known == field).map(Prefer::Speak)
            }
            RepPreference::HighestLevel(_) => Some(Prefer::HighestLevel),
            RepPreference::SameTerritory(_) => Some(Prefer::SameTerritory),
        });
        let mut start = |start: &ast::Start| match start {
            ast::Start::Level => Start::Level,
            ast::Start::MadeWhole => Start::MadeWhole,
            ast::Start::CatchUp { by, per } => {
                let period = Watched::Period(policy.zone, *per);
                let places = pool.members.iter().map(|rep| watching.place(period, *rep)).collect::<Vec<_>>();
                Start::CatchUp(by.value, places.first().copied().unwrap_or_default())
            }
        };
        let mut crew = Crew {
            joiners: start(&pool.joiners),
            returners: start(&pool.returners),
            strategy: pool.strategy,
            on_duty: pool.only_on_duty,
            under_cap: pool.only_under_cap,
            online: pool.only_online,
            caps,
            prefer: prefer.collect(),
            capped: pool.capped(),
            ..Crew::of_team(&pool.members)
        };
        crew.counts = (0..crew.kinds()).map(|kind| crew.counting(pool, kind)).collect();
        crew
    }

    fn of_team(members: &[RepId]) -> Crew {
        let seat = Seat { rota: 0, first: 0 };
        Crew {
            members: members.to_vec(),
            place_of: members.iter().enumerate().map(|(at, rep)| (*rep, at as u32)).collect(),
            strategy: Strategy::RoundRobin,
            on_duty: false,
            under_cap: false,
            online: false,
            caps: Vec::new(),
            prefer: Vec::new(),
            joiners: Start::Level,
            returners: Start::Level,
            capped: Vec::new(),
            counts: vec![Vec::new()],
            order: seat,
            turns: None,
        }
    }

    /// How many kinds of leads its caps tell apart: for each grade, the steps that are named, and the others.
    pub fn kinds(&self) -> usize {
        self.capped.iter().map(|(_, steps)| steps.len() + 1).product()
    }

    /// The kind of a lead of these grades.
    pub fn kind(&self, grades: &[Option<u32>]) -> usize {
        self.capped.iter().fold(0, |kind, (grade, steps)| {
            let step = grades.get(grade.at()).copied().flatten();
            let named = step.and_then(|step| steps.iter().position(|known| *known == step));
            kind * (steps.len() + 1) + named.map_or(0, |at| at + 1)
        })
    }

    /// The caps that count leads of a kind.
    fn counting(&self, pool: &Pool, kind: usize) -> Vec<u32> {
        let mut left = kind;
        let mut steps: Vec<(GradeId, u32)> = Vec::new();
        for (grade, named) in self.capped.iter().rev() {
            let size = named.len() + 1;
            steps.extend((left % size).checked_sub(1).and_then(|at| named.get(at)).map(|step| (*grade, *step)));
            left /= size;
        }
        let counts = |cap: &Cap| cap.of.is_none_or(|of| steps.contains(&of));
        (0u32..).zip(&pool.caps).filter(|(_, cap)| counts(cap)).map(|(at, _)| at).collect()
    }
}

/// The zone of a rep's days: its own, else its calendar's, else the policy's.
fn zone_of(policy: &Policy, id: RepId) -> Tz {
    let rep = policy.reps.get(id.at());
    let own = rep.and_then(|rep| rep.zone.or_else(|| policy.calendar_zone(rep.hours?)));
    own.unwrap_or(policy.zone)
}

fn cap_zone(policy: &Policy, cap: &Cap, rep: RepId) -> Tz {
    match cap.zone {
        CapZone::Policy => policy.zone,
        CapZone::Named(zone) => zone,
        CapZone::OfRep => zone_of(policy, rep),
    }
}

fn field_named(policy: &Policy, name: &str) -> Option<FieldId> {
    policy.fields.iter().position(|field| field.name == name).map(|at| FieldId(at as u32))
}

fn spoken(policy: &Policy) -> Vec<FieldId> {
    let mut spoken = Vec::new();
    for preference in policy.pools.iter().flat_map(|pool| &pool.prefer) {
        if let RepPreference::Speak(name) = preference
            && let Some(field) = field_named(policy, &name.text)
            && !spoken.contains(&field)
        {
            spoken.push(field);
        }
    }
    spoken
}

fn returning(policy: &Policy) -> Vec<Known> {
    let names = policy.returning.iter().flat_map(|returning| &returning.by);
    let known = names.filter_map(|name| {
        let records = policy.records.iter().position(|records| records.name == name.text);
        if let Some(at) = records {
            return Some(Known::Row(RecordsId(at as u32)));
        }
        if let Some(field) = field_named(policy, &name.text) {
            return Some(Known::Subject(Subject::Field(field)));
        }
        let found = policy.lets.iter().position(|found| found.name == name.text)?;
        Some(Known::Subject(Subject::Let(LetId(found as u32))))
    });
    known.collect()
}

/// Reps by email, else by name, as [`Policy::rep_named`] finds them.
fn owners(policy: &Policy) -> FxHashMap<SmolStr, RepId> {
    let mut owners = FxHashMap::default();
    let reps = || (0u32..).map(RepId).zip(&policy.reps);
    for (id, rep) in reps() {
        if let Some(email) = &rep.email {
            owners.entry(SmolStr::new(email.to_lowercase())).or_insert(id);
        }
    }
    for (id, rep) in reps() {
        owners.entry(SmolStr::new(rep.name.to_lowercase())).or_insert(id);
    }
    owners
}

/// The rotas of all crews; each crew is told its seats.
fn rotas(policy: &Policy, crews: &mut [Crew]) -> Vec<Plan> {
    let mut rotas = Vec::new();
    let shared = turns::sharing(&policy.pools).into_iter().map(|group| group.into_iter().map(PoolId::at).collect());
    let teams = (policy.pools.len()..crews.len()).map(|team| vec![team]);
    for group in shared.chain(teams).collect::<Vec<Vec<usize>>>() {
        let turns = |at: &usize| {
            crews.get(*at).is_some_and(|crew| !matches!(crew.strategy, Strategy::LeastLoaded | Strategy::InOrder))
        };
        let has_turns = group.iter().any(turns);
        if has_turns {
            let plan = plan(policy, crews, &group, Order::Turns);
            for (at, first) in &plan.crews {
                if let Some(crew) = crews.get_mut(*at) {
                    crew.order = Seat { rota: rotas.len(), first: *first };
                }
            }
            rotas.push(plan);
        }
        for at in group {
            let order = match crews.get(at).map(|crew| crew.strategy) {
                Some(Strategy::LeastLoaded) => Order::Loads,
                Some(Strategy::InOrder) => Order::Places,
                _ => continue,
            };
            let plan = plan(policy, crews, &[at], order);
            if let Some(crew) = crews.get_mut(at) {
                crew.turns = has_turns.then_some(crew.order);
                crew.order = Seat { rota: rotas.len(), first: 0 };
            }
            rotas.push(plan);
        }
    }
    rotas
}

fn plan(policy: &Policy, crews: &[Crew], group: &[usize], order: Order) -> Plan {
    let of = || group.iter().filter_map(|at| Some((*at, crews.get(*at)?)));
    let weighted = order == Order::Loads || of().any(|(_, crew)| crew.strategy == Strategy::RoundRobinWeighted);
    let prefers = |what: fn(&Prefer) -> bool| of().any(|(_, crew)| crew.prefer.iter().any(what));
    let speak = prefers(|prefer| matches!(prefer, Prefer::Speak(_)));
    let level = prefers(|prefer| *prefer == Prefer::HighestLevel);
    let territory = prefers(|prefer| *prefer == Prefer::SameTerritory);
    let mut plan = Plan { order, members: Vec::new(), crews: Vec::new(), kinds: 0, profiles: Vec::new() };
    let (mut known, mut seen) = (FxHashMap::default(), rustc_hash::FxHashSet::default());
    for (at, crew) in of() {
        plan.crews.push((at, plan.kinds));
        plan.kinds += crew.kinds();
        for id in &crew.members {
            let Some(rep) = policy.reps.get(id.at()).filter(|_| seen.insert(*id)) else { continue };
            let profile = Profile {
                speaks: if speak { rep.speaks.clone() } else { Vec::new() },
                level: rep.level.filter(|_| level),
                territory: rep.territory.clone().filter(|_| territory),
            };
            let next = plan.profiles.len() as u32;
            let place = *known.entry(profile.clone()).or_insert(next);
            if place == next {
                plan.profiles.push(profile);
            }
            plan.members.push((*id, if weighted { rep.weight.max(1) as u64 } else { 1 }, place));
        }
    }
    plan
}

/// What a rep's column of a record says, case-folded.
pub(super) fn owner_text(value: Option<&Value>) -> Option<&SmolStr> {
    match value {
        Some(Value::Text(text)) => Some(&text.folded),
        _ => None,
    }
}
