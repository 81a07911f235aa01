//! One lead, all the way: records, match and assignment, with everything of a policy made ready once.
//!
//! ```
//! use leadway::{lead, load, router::Router};
//! use std::{collections::BTreeMap, sync::Arc};
//!
//! let text = r#"
//! lead { id text required  country country  employees integer 1.. }
//! queue triage { }
//! queue enterprise { }
//! route main {
//!   rule "Large, in Germany" { match country = DE and employees >= 1000  assign queue enterprise }
//!   otherwise { assign queue triage }
//! }
//! "#;
//! let files = BTreeMap::from([("main.leadway".to_owned(), Arc::from(text.as_bytes()))]);
//! let compiled = load::compile("main.leadway", &files).unwrap();
//! let router = Router::new(compiled.policy.expect("the policy has no errors"));
//!
//! let plan = lead::Plan::of(router.policy());
//! let lead = plan.pairs(&[("id", "L1"), ("country", "Germany"), ("employees", "4,000")]).unwrap();
//! let decision = router.decide(&lead.values, router.instant("2026-03-04 10:00").unwrap());
//! assert_eq!(router.rule(&decision.found).map(|rule| rule.title.as_str()), Some("Large, in Germany"));
//! ```

use crate::assign::{Asked, Assignment, Crews, Request, State};
use crate::data::records::{self, Found, RecordIndex};
use crate::data::time;
use crate::graph::{Clock, Graph};
use crate::matcher::{Facts, Match, Matcher, Outcome, RecordMatch, reference::Reference};
use crate::policy::{CalendarId, Instant, Policy, RecordsId, Rule, SlaId, Value};
use crate::sla::people::People;
use crate::sla::{FollowUp, Given, Holder};
use std::sync::Arc;

/// A policy that is ready to decide.
pub struct Router {
    policy: Arc<Policy>,
    graph: Graph,
    people: People,
    records: Vec<RecordIndex>,
    crews: Crews,
}

/// What became of a lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub found: Match,
    /// Who has it. None for a lead that is excluded, that no rule took, or that none of its rule's targets could take.
    pub assignment: Option<Assignment>,
    /// When the first promise falls due.
    pub due: Option<Instant>,
}

/// The clock's part of the facts: the same for all leads of one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    pub at: Instant,
    /// Whether each calendar is open, by [`CalendarId`].
    pub open: Vec<bool>,
    pub clock: Clock,
}

impl Router {
    pub fn new(policy: Policy) -> Router {
        let graph = Graph::build(&policy);
        let people = People::new(&policy);
        let records = policy.records.iter().map(RecordIndex::new).collect();
        let policy = Arc::new(policy);
        let crews = Crews::new(Arc::clone(&policy), people.calendars().clone());
        Router { policy, graph, people, records, crews }
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The people in their pools and teams, ready to be assigned.
    pub fn crews(&self) -> &Crews {
        &self.crews
    }

    /// Reads an instant as people write one; without an offset it is in the policy's zone.
    pub fn instant(&self, text: &str) -> Option<Instant> {
        time::time(text, None, self.policy.zone).ok()
    }

    pub fn moment(&self, at: Instant) -> Moment {
        let calendars = (0..self.policy.calendars.len() as u32).map(CalendarId);
        let open: Vec<bool> = calendars.map(|calendar| self.is_open(calendar, at)).collect();
        let clock = self.graph.clock(at, &open);
        Moment { at, open, clock }
    }

    pub fn is_open(&self, calendar: CalendarId, at: Instant) -> bool {
        self.people.calendars().contains(calendar, at.micros)
    }

    /// Decides one lead as the first ever: its values by [`crate::policy::FieldId`].
    pub fn decide(&self, values: &[Value], at: Instant) -> Decision {
        self.decide_next(&mut State::new(&self.crews), None, values, at)
    }

    /// Decides one lead after others: `state` is what assignment remembers of them. It remembers this one under the name
    /// `lead`, if there is one.
    pub fn decide_next(&self, state: &mut State, lead: Option<&str>, values: &[Value], at: Instant) -> Decision {
        let moment = self.moment(at);
        let records = self.match_records(values, &moment);
        let facts = Facts { values, at, calendars: &moment.open, records: &records };
        let found = Matcher::new(&self.graph).decide_facts(&facts).clone();
        self.hand_out(state, lead, found, &facts)
    }

    /// The rest of a decision, where the match is known.
    pub fn hand_out(&self, state: &mut State, lead: Option<&str>, found: Match, facts: &Facts) -> Decision {
        let at = facts.at;
        let request = Request { found: &found, asked: &self.asked(facts), at, lead, never: &[] };
        let assignment = self.crews.assign(state, &request);
        let due = assignment.as_ref().and_then(|assignment| self.due(&found, assignment, at));
        Decision { found, assignment, due }
    }

    /// What assignment asks of a lead's values.
    pub fn asked(&self, facts: &Facts) -> Asked {
        self.crews.asked(|subject| self.graph.key_text(facts, subject))
    }

    /// The row of each records block that belongs to the lead, by [`RecordsId`].
    pub fn match_records(&self, values: &[Value], moment: &Moment) -> Vec<RecordMatch> {
        self.match_records_under(&self.policy, values, moment)
    }

    /// As [`Router::match_records`], where names mean what another policy with the same records says.
    pub fn match_records_under(&self, policy: &Policy, values: &[Value], moment: &Moment) -> Vec<RecordMatch> {
        let mut matches = Vec::with_capacity(self.records.len());
        for at in 0..self.records.len() as u32 {
            let found = self.find_record_under(policy, RecordsId(at), values, moment, &matches);
            matches.push(found.as_ref().map_or(RecordMatch::None, matched));
        }
        matches
    }

    /// How the lead finds its row in one records block; `earlier` are the rows that it found in the blocks before.
    pub fn find_record(
        &self,
        id: RecordsId,
        values: &[Value],
        moment: &Moment,
        earlier: &[RecordMatch],
    ) -> Option<Found> {
        self.find_record_under(&self.policy, id, values, moment, earlier)
    }

    fn find_record_under(
        &self,
        policy: &Policy,
        id: RecordsId,
        values: &[Value],
        moment: &Moment,
        earlier: &[RecordMatch],
    ) -> Option<Found> {
        let facts = Facts { values, at: moment.at, calendars: &moment.open, records: earlier };
        let lead = Reference::new(policy, &facts);
        let index = self.records.get(id.at())?;
        Some(index.find(|subject| lead.value(subject), |condition| lead.holds(condition)))
    }

    /// Begins to follow up a lead that was assigned at an instant; `born` is when it came in, both in microseconds. None for a
    /// lead that nobody, no queue and no pool has.
    pub fn follow_up(&self, sla: SlaId, assignment: &Assignment, born: i64, at: i64) -> Option<FollowUp<'_>> {
        FollowUp::start(&self.policy, &self.people, sla, given(assignment)?, born, at)
    }

    /// When the first promise to a lead falls due that was assigned at this instant, in the policy's zone.
    pub fn due(&self, found: &Match, assignment: &Assignment, at: Instant) -> Option<Instant> {
        let sla = self.policy.slas.get(found.sla?.at())?;
        let micros = self.people.first_due(sla, given(assignment)?, at.micros)?;
        Some(Instant { micros, offset: 0 }.seen_in(self.policy.zone))
    }

    pub fn people(&self) -> &People {
        &self.people
    }

    /// The rule that took the lead.
    pub fn rule(&self, found: &Match) -> Option<&Rule> {
        match found.outcome {
            Outcome::Rule(rule) => self.policy.rules.get(rule.at()),
            _ => None,
        }
    }
}

/// Who has a lead after its assignment, for its follow-up.
pub fn given(assignment: &Assignment) -> Option<Given> {
    let waits = assignment.waits.map(|wait| wait.pool);
    match (assignment.assignee, assignment.queue) {
        (Some(rep), _) => Some(Given { holder: Holder::Rep(rep), pool: assignment.pools.last().copied() }),
        (None, Some(queue)) => Some(Given { holder: Holder::Queue(queue), pool: assignment.pools.first().copied() }),
        (None, None) => waits.map(|pool| Given { holder: Holder::Pool(pool), pool: Some(pool) }),
    }
}

/// What a search for a lead's row means to its match.
pub fn matched(found: &Found) -> RecordMatch {
    match found.outcome {
        records::Outcome::NoMatch => RecordMatch::None,
        records::Outcome::Row(row) => RecordMatch::Row(row),
        records::Outcome::Tie(_) => RecordMatch::Tie,
    }
}
