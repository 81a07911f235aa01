//! Tests for what no test reaches: a lead of the analysis for each, with what comes of it today as the expectation.
//!
//! Goals are taken in the order of the policy, rules first. The lead that is looked for is to reach as many other open goals as it can
//! along with the first, so that few tests come out; a test that the others make needless is taken out again. What is found counts only
//! where it reaches its goal when it is run.

mod goals;
mod later;
mod lead;
mod text;

use crate::analysis::{Answer, Budget, Space, find};
use crate::matcher::Outcome;
use crate::policy::Policy;
use crate::policy::tests::{ExpectedKind, TestCase};
use crate::policy::{GradeId, ScoreId, Target};
use crate::source::Span;
use crate::suite::course::{self, Situation};
use crate::suite::coverage::walk::{self, Items, Key};
use crate::suite::coverage::{self, Coverage, Kind, Share};
use crate::suite::{Suite, Verdict};
use goals::{Goal, Goals, Region, Way};
use rustc_hash::FxHashMap;
use serde::Serialize;

pub use text::write;

/// What could be found for what no test reaches.
#[derive(Debug, Clone)]
pub struct Suggestions {
    pub tests: Vec<Suggestion>,
    pub left: Vec<Left>,
    /// What is reached without the suggested tests, and with them.
    pub before: Vec<Share>,
    pub after: Vec<Share>,
}

/// A test that reaches something that no other does.
#[derive(Debug, Clone)]
pub struct Suggestion {
    pub case: TestCase,
    /// What of it no test reached before: `rule "Warm"`, `employees >= 1000 holds`.
    pub reaches: Vec<String>,
    /// The table whose row it is about, where it is about nothing else.
    table: Option<Span>,
}

/// Something that stays out of reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    pub what: String,
    #[serde(skip)]
    pub span: Span,
    pub why: String,
}

/// Steps of one search for a lead.
const STEPS: u64 = 400_000;
/// Goals that are tried along with another.
const TRIED: usize = 48;
/// Goals that one lead is to reach by design; it reaches others by chance.
const TOGETHER: usize = 8;

/// Tests for what the tests of a policy leave open.
pub fn suggest(suite: &Suite, policy: &Policy, budget: &Budget) -> Suggestions {
    let mut space = Space::new(&[policy]);
    let mut items = walk::items(policy);
    for (at, case) in policy.tests.iter().enumerate().filter(|(_, case)| !case.bad) {
        suite.run(at, case).iter().for_each(|verdict| coverage::count(suite, case, verdict, &mut items));
    }
    let before = Coverage::from(items.clone()).shares();
    let goals = goals::goals(&mut space, policy, &items);
    let takes = space.steps(0).map(|steps| steps.into_iter().map(|step| step.takes).collect::<Vec<_>>());
    let mut suggester =
        Suggester { suite, policy, blank: walk::items(policy), items, taken: Vec::new(), why: FxHashMap::default() };
    if let (Some(goals), Some(takes)) = (goals, takes) {
        suggester.reach_all(&mut Finder { space, takes, budget }, &goals);
    }
    suggester.leave_alone();
    suggester.send_away();
    suggester.finish(before)
}

struct Finder<'f, 'p> {
    space: Space<'p>,
    takes: Vec<crate::analysis::Formula>,
    budget: &'f Budget,
}

impl Finder<'_, '_> {
    fn find(&mut self, region: &Region) -> Answer {
        let without = self.takes.get(..region.after).unwrap_or_default();
        self.space.find(&region.holds, without, &self.budget.at_most(STEPS))
    }
}

/// A test that is to be suggested.
struct Taken {
    case: TestCase,
    about: About,
    reached: Vec<(Key, Way)>,
    new: Vec<(Key, Way)>,
}

/// What a test is about.
enum About {
    /// Some respect in which its lead stands out.
    Lead(String),
    /// Something that needs a title of its own.
    Title(String),
}

struct Suggester<'a> {
    suite: &'a Suite,
    policy: &'a Policy,
    /// With nothing reached.
    blank: Items,
    /// With all that is reached so far.
    items: Items,
    taken: Vec<Taken>,
    /// Why a goal was not reached.
    why: FxHashMap<(Key, Way), String>,
}

impl Suggester<'_> {
    fn reach_all(&mut self, finder: &mut Finder, goals: &Goals) {
        for (at, (goal, found)) in goals.iter().enumerate() {
            if self.is_reached(goal) {
                continue;
            }
            if finder.budget.is_spent() {
                self.why.insert(*goal, "the time for finding leads was over".to_owned());
                continue;
            }
            let mut why = None;
            for region in &found.regions {
                match self.reach(finder, goals, at, region) {
                    Ok(()) => break,
                    Err(not) => why = why.or(Some(not)),
                }
            }
            if let (Some(why), false) = (why, self.is_reached(goal)) {
                self.why.insert(*goal, why);
            }
        }
    }

    fn reach(&mut self, finder: &mut Finder, goals: &Goals, at: usize, region: &Region) -> Result<(), String> {
        let Some((goal, found)) = goals.get_index(at) else { return Ok(()) };
        let alone = match finder.find(region) {
            Answer::Witness(witness) => witness,
            Answer::Proved(_) => {
                return Err(match goal.1 {
                    Way::Reached => "no lead comes to it".to_owned(),
                    Way::Held => "proved: no lead comes to it on which it holds and decides".to_owned(),
                    Way::Failed => "proved: no lead comes to it on which it fails and decides".to_owned(),
                });
            }
            Answer::Unknown(find::Reason::OutOfBudget) => return Err("no lead was found in time".to_owned()),
            Answer::Unknown(reason) => return Err(reason.to_string()),
        };
        // A row of a table stands for itself: one line each.
        let together = match goal.0.0 {
            Kind::TableRow => None,
            _ => self.together(finder, goals, at, region),
        };
        for witness in together.iter().chain([&alone]) {
            for case in lead::cases(self.policy, witness) {
                if self.reaches(&case, goal) {
                    self.take(case, About::Lead(found.says.clone()), &[*goal]);
                    return Ok(());
                }
            }
        }
        Err(match alone.records.keys().next() {
            Some(records) => {
                format!("it takes a row of `{records}` such as there is none: {}", alone.words(self.policy))
            }
            None => format!("the lead that was found does not come to it: {}", alone.words(self.policy)),
        })
    }

    /// A lead that reaches what others are to reach too.
    fn together(
        &mut self,
        finder: &mut Finder,
        goals: &Goals,
        at: usize,
        region: &Region,
    ) -> Option<Box<crate::analysis::Witness>> {
        let mut region = region.clone();
        let mut best = None;
        let (mut tried, mut joined) = (0, 0);
        for (other, Goal { regions, .. }) in goals.iter().skip(at + 1) {
            if tried >= TRIED || joined >= TOGETHER {
                break;
            }
            if other.0.0 == Kind::TableRow || self.is_reached(other) || self.why.contains_key(other) {
                continue;
            }
            let Some(with) = regions.first() else { continue };
            tried += 1;
            let mut both = region.clone();
            both.holds.extend(&with.holds);
            both.after = both.after.max(with.after);
            if let Answer::Witness(witness) = finder.find(&both) {
                (region, best) = (both, Some(witness));
                joined += 1;
            }
        }
        best
    }

    fn is_reached(&self, (key, way): &(Key, Way)) -> bool {
        self.items.get(key).is_some_and(|item| match (&item.answers, way) {
            (Some(answers), Way::Held) => answers.held_and_decided > 0,
            (Some(answers), Way::Failed) => answers.failed_and_decided > 0,
            _ => item.hits > 0,
        })
    }

    fn reached_by(&self, case: &TestCase, verdict: &Verdict) -> Vec<(Key, Way)> {
        let mut items = self.blank.clone();
        coverage::count(self.suite, case, verdict, &mut items);
        goals::reached(&items).collect()
    }

    fn reaches(&self, case: &TestCase, goal: &(Key, Way)) -> bool {
        let verdict = self.suite.run(0, case);
        verdict.is_some_and(|verdict| self.reached_by(case, &verdict).contains(goal))
    }

    /// Takes a test where it reaches something new; `about` says in which respect it stands out.
    fn take(&mut self, case: TestCase, about: About, first: &[(Key, Way)]) {
        let Some(verdict) = self.suite.run(0, &case) else { return };
        let mut reached = self.reached_by(&case, &verdict);
        if matches!(about, About::Title(_)) {
            // That its lead meets a rule as well is no reason to leave out a plain test of that rule.
            reached.retain(|((kind, ..), _)| matches!(kind, Kind::SlaStep | Kind::Overflow));
        }
        let mut new: Vec<(Key, Way)> = first.to_vec();
        new.extend(reached.iter().filter(|goal| !first.contains(goal) && !self.is_reached(goal)));
        if new.is_empty() {
            return;
        }
        coverage::count(self.suite, &case, &verdict, &mut self.items);
        self.taken.push(Taken { case, about, reached, new });
    }

    /// Takes out what is not needed, and says of the rest what is expected.
    fn finish(mut self, before: Vec<Share>) -> Suggestions {
        let mut times: FxHashMap<(Key, Way), u32> = FxHashMap::default();
        let there = self.policy.tests.iter().enumerate().filter(|(_, case)| !case.bad);
        let there: Vec<(Key, Way)> =
            there.filter_map(|(at, case)| Some(self.reached_by(case, &self.suite.run(at, case)?))).flatten().collect();
        let suggested = self.taken.iter().flat_map(|taken| &taken.reached);
        there.iter().chain(suggested).for_each(|goal| *times.entry(*goal).or_default() += 1);
        let mut kept: Vec<Taken> = Vec::new();
        for taken in self.taken.drain(..) {
            let needed = taken.reached.iter().any(|goal| times.get(goal) == Some(&1));
            match needed {
                true => kept.push(taken),
                false => taken.reached.iter().for_each(|goal| *times.entry(*goal).or_insert(1) -= 1),
            }
        }
        let after = Coverage::from(self.items.clone()).shares();
        let left = self.left();
        let mut titles = text::Titles::new(self.policy);
        let tests = kept.into_iter().filter_map(|taken| self.suggestion(taken, &mut titles)).collect();
        Suggestions { tests, left, before, after }
    }

    fn left(&self) -> Vec<Left> {
        let mut left = Vec::new();
        for (key, item) in &self.items {
            let ways = if item.answers.is_some() { [Way::Held, Way::Failed].as_slice() } else { &[Way::Reached] };
            for way in ways.iter().filter(|way| !self.is_reached(&(*key, **way))) {
                let known = self.why.get(&(*key, *way)).cloned();
                let why = known.or_else(|| self.why_later(*key));
                let why = why.or_else(|| {
                    let many = key.0 == Kind::TableRow && key.2 as usize >= goals::MOST_ROWS;
                    many.then(|| format!("of a table the first {} rows are looked at", goals::MOST_ROWS))
                });
                let why = why.unwrap_or_else(|| "nothing asks it of a lead".to_owned());
                left.push(Left { what: text::reaches(item, *way), span: item.span, why });
            }
        }
        left.sort_by_key(|left| left.span);
        left
    }

    fn suggestion(&self, taken: Taken, titles: &mut text::Titles) -> Option<Suggestion> {
        let Taken { mut case, about, new, .. } = taken;
        let (decision, situations) = course::run(self.suite.router(&case)?, &case);
        let first = situations.first()?;
        let kinds: Vec<Kind> = new.iter().map(|((kind, ..), _)| *kind).collect();
        case.expect = self.outcome(&decision.found, first, &new).into_iter().map(later::plain).collect();
        let steps = case.after.iter_mut().zip(situations.iter().zip(situations.iter().skip(1)));
        for (step, (before, now)) in steps {
            step.expect = later::expected(self.policy, before, now).into_iter().map(later::plain).collect();
        }
        // What the lead is at last is said in any case: without the step nothing would be reached.
        if let (Some(last), Some(now)) =
            (case.after.last_mut().filter(|last| last.expect.is_empty()), situations.last())
        {
            let breach = now.breached.then_some(ExpectedKind::Breach);
            last.expect = later::holder(self.policy, now).or(breach).into_iter().map(later::plain).collect();
        }
        case.after.retain(|step| !step.expect.is_empty());
        let rows = new.iter().all(|((kind, ..), _)| *kind == Kind::TableRow);
        let table = new.first().filter(|_| rows && !kinds.is_empty()).and_then(|((_, span, row), _)| {
            self.policy.tables.iter().find(|table| table.rows.get(*row as usize).is_some_and(|row| row.span == *span))
        });
        case.title = match &about {
            About::Lead(about) => titles.title(&decision.found, about),
            About::Title(title) => titles.unused(title.clone()),
        };
        let reaches = new.iter().filter_map(|(key, way)| Some(text::reaches(self.items.get(key)?, *way))).collect();
        Some(Suggestion { case, reaches, table: table.map(|table| table.span) })
    }

    /// What comes of a lead today, as far as a reviewer wants it said.
    fn outcome(&self, found: &crate::matcher::Match, now: &Situation, new: &[(Key, Way)]) -> Vec<ExpectedKind> {
        let policy = self.policy;
        let mut all = Vec::new();
        match found.outcome {
            Outcome::Rule(id) if policy.rules.get(id.at()).is_some_and(|rule| rule.otherwise) => {
                all.push(ExpectedKind::Otherwise);
            }
            Outcome::Rule(id) => all.push(ExpectedKind::Rule(id)),
            Outcome::Excluded(at) => return vec![ExpectedKind::Excluded(Some(at))],
            Outcome::Tie(_) | Outcome::None => {}
        }
        let taken = found.targets.get(now.assignment.as_ref().map_or(0, |assignment| assignment.choice));
        let said = taken.filter(|target| matches!(target, Target::Pool(_) | Target::Queue(_) | Target::Team(_)));
        all.extend(said.map(|target| ExpectedKind::Target(target.clone())));
        let is_plain_turn =
            |now: &Situation| now.assignment.as_ref().is_none_or(|a| a.pools.len() < 2 && a.queue.is_none());
        if said.is_none() || !is_plain_turn(now) {
            let came_to = later::holder(policy, now);
            all.extend(came_to.filter(|kind| !all.contains(kind)));
        }
        all.push(found.sla.map_or(ExpectedKind::NoSla, ExpectedKind::Sla));
        all.extend(found.priority.map(ExpectedKind::Priority));
        all.extend(found.territory.map(|id| ExpectedKind::Territory(vec![id])));
        let about = |span: Span, kinds: &[Kind]| {
            new.iter().any(|((kind, at, _), _)| {
                kinds.contains(kind) && span.start <= at.start && at.end <= span.end && span.file == at.file
            })
        };
        for id in &found.segments {
            let segment = policy.segments.get(id.at());
            if segment.is_some_and(|segment| {
                about(segment.span, &[Kind::Segment]) || about(segment.when.span, &[Kind::Condition])
            }) {
                all.push(ExpectedKind::Segment(*id));
            }
        }
        for ((id, score), value) in (0..).map(ScoreId).zip(&policy.scores).zip(&found.scores) {
            if score.terms.iter().filter_map(|term| term.when.as_ref()).any(|when| about(when.span, &[Kind::Condition]))
            {
                all.push(ExpectedKind::Score(id, *value));
            }
        }
        for ((id, grade), step) in (0..).map(GradeId).zip(&policy.grades).zip(&found.grades) {
            all.extend(step.filter(|_| about(grade.span, &[Kind::Grade])).map(|step| ExpectedKind::Grade(id, step)));
        }
        all
    }
}
