//! Simulations: held against a naive replay, against what must always be so, and looked at in a browser.

mod browser;
mod oracle;

use leadway::assign::State;
use leadway::lead::LeadFile;
use leadway::load;
use leadway::router::Router;
use leadway::simulate::duty::Duty;
use leadway::simulate::history::{self, Columns, History, HistoryPlan};
use leadway::simulate::model::{Answering, Model, Outcomes};
use leadway::simulate::replay::{Census, OPEN_FOR, Setting, replay};
use leadway::simulate::{Promised, Run};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

const MINUTE: i64 = 60_000_000;

pub fn router(text: &str) -> Router {
    let files = BTreeMap::from([("main.leadway".to_owned(), Arc::from(text.as_bytes()))]);
    let compiled = load::compile("main.leadway", &files).unwrap();
    let faults: Vec<_> = compiled.diagnostics.iter().map(|found| found.message.clone()).collect();
    Router::new(compiled.policy.unwrap_or_else(|| panic!("{faults:?}\n{text}")))
}

/// A history in which columns `answered`, `owner` and `stage` tell what was.
pub fn history(router: &Router, csv: &str, told: bool) -> History {
    let name = |name: &str| told.then(|| name.into());
    let columns = Columns {
        arrival: "created_at".into(),
        responded: name("answered"),
        assignee: name("owner"),
        won: told.then(|| ("stage".into(), vec!["Won".into()])),
        ..Columns::default()
    };
    let plan = HistoryPlan::new(router.policy(), &columns);
    let mut file = LeadFile::open(csv.as_bytes(), Some("history.csv"), &plan.plan).unwrap();
    history::read(router, &plan, &mut file, 2)
}

pub fn run(router: &Router, history: &History, seed: u64) -> Run {
    let duty = Duty::new(router.policy(), router.people().calendars());
    let stated = Answering::new(30 * MINUTE, 240 * MINUTE);
    let model = Model::new(history, &duty, router.policy().reps.len(), stated, seed, Outcomes::default());
    run_with(router, history, &duty, &model)
}

/// Replays, and holds after every event that each lead that has arrived is in one place.
pub fn run_with(router: &Router, history: &History, duty: &Duty, model: &Model) -> Run {
    let setting = Setting {
        policy: router.policy(),
        history,
        events: &[],
        crews: router.crews(),
        people: router.people(),
        duty,
        model,
        open_for: OPEN_FOR,
    };
    let mut last = Census::default();
    let run = replay(&setting, |census| {
        let Census { arrived, excluded, nowhere, with_rep, in_queue, waiting } = *census;
        assert_eq!(arrived, excluded + nowhere + with_rep + in_queue + waiting, "{census:?}");
        assert!(arrived >= last.arrived && arrived <= history.leads.len() as u64, "{census:?} after {last:?}");
        last = *census;
    });
    assert_eq!(last.arrived, history.leads.len() as u64);
    assert_eq!(last.waiting, 0, "nobody waits for ever");
    assert_eq!(run.fates.iter().filter(|fate| fate.rep.is_some()).count() as u64, last.with_rep);
    assert_eq!(run.fates.iter().filter(|fate| fate.queue.is_some()).count() as u64, last.in_queue);
    run
}

const WAYS: [&str; 5] = ["round robin", "round robin weighted", "least loaded", "in order", "round robin weighted"];
const DUTY: [&str; 3] = ["", "only reps on duty", "only reps on duty, under cap"];
const EMPTY: [&str; 4] = [
    "queue triage",
    "use pool other, then queue triage",
    "wait at most 3 hours, then queue triage",
    "wait until next opening, then queue triage",
];
const CLOCKS: [&str; 4] =
    ["", "of business time of assignee", "of business time of pool", "of business time in office"];
const BREACHES: [&str; 5] = [
    "notify assignee",
    "reassign in pool, never to a rep who had it, at most 2 times, restart clock",
    "escalate to manager of assignee",
    "recall to queue triage",
    "reassign in pool, at most 1 times",
];
const LAST: [&str; 3] = ["", "finally { recycle to queue triage }", "finally { reopen }"];

/// A policy of the parts that a simulation has to do with.
fn policy_of(choices: &[usize]) -> String {
    let pick = |at: usize, from: &[&str]| from[choices[at] % from.len()].to_owned();
    let widen = ["", "after 20 minutes untouched try pool other", "after 5 hours untouched try queue triage"];
    format!(
        r#"policy "P" {{ timezone "Europe/Berlin"  on bad lead queue desk }}
lead {{ id text required  created_at time required  email email  kind one of a, b, c }}
calendar office {{ zone "Europe/Berlin" mon..fri 09:00-17:00 }}
calendar late   {{ zone "America/New_York" mon..fri 08:00-12:00, 13:00-18:00 }}
team one {{ manager mia  rep ann "ann@x.test" {{ hours office weight 2 cap 3 per day }}  rep bob "bob@x.test" {{ hours late cap 2 per hour }}  rep cas "cas@x.test" }}
team two {{ manager mia  rep dan "dan@x.test" {{ hours office away 2026-03-04..2026-03-06 }}  rep ann }}
team boss {{ rep mia "mia@x.test" }}
queue triage {{ worked by two }}
queue desk
pool first of one {{ {}  {}  {}  when empty {} }}
pool other of two {{ {}  {}  when empty queue triage }}
sla s {{ respond within {} minutes {}  at 50% {{ notify assignee }}  on breach {{ {} }}  {} }}
sla t {{ accept within 30 minutes  respond within 3 hours {} }}
returning leads by email {{ within 2 days keep owner }}
exclude "C" when kind = c and email is missing
goal "G" for kind = a {{ median response <= 1 hour, breaches <= 10%, assigned to a rep >= 50%, conversion >= 1% }}
route main {{
  rule "A" {{ match kind = a  assign pool first  sla s }}
  rule "B" {{ match kind = b  assign pool other  sla t }}
  otherwise {{ assign rep cas, else queue triage }}
}}
"#,
        pick(0, &WAYS),
        pick(1, &DUTY),
        pick(2, &widen),
        pick(3, &EMPTY),
        pick(4, &WAYS),
        pick(5, &DUTY),
        1 + choices[6] % 200,
        pick(7, &CLOCKS),
        pick(8, &BREACHES),
        pick(9, &LAST),
        pick(10, &CLOCKS),
    )
}

fn csv_of(leads: &[(u32, u8, u8, Option<u16>, u8)]) -> String {
    let mut csv = "id,created_at,email,kind,answered,owner,stage\n".to_owned();
    for (at, (minute, kind, mail, answered, owner)) in leads.iter().enumerate() {
        let arrives = 1_772_409_600 + i64::from(*minute) * 60;
        let email = if *mail < 4 { format!("p{mail}@q.test") } else { String::new() };
        let answered = answered.map(|after| (arrives + i64::from(after) * 60).to_string()).unwrap_or_default();
        let owner = ["ann", "bob", "dan@x.test", "somebody else", ""][usize::from(*owner) % 5];
        let (kind, stage) = (["a", "b", "c", "a", "d"][usize::from(*kind) % 5], ["Won", "Lost"][at % 2]);
        let id = if at % 17 == 16 { String::new() } else { format!("L{at}") };
        csv.push_str(&format!("{id},{arrives},{email},{kind},{answered},{owner},{stage}\n"));
    }
    csv
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the policy and the history: each lead is in one place at every moment (see [`run`]), what became of it hangs
    /// together, every breach has a promise that was too short, and the same run comes out again.
    #[test]
    fn what_becomes_of_leads_hangs_together(
        choices in prop::collection::vec(0usize..1_000, 11),
        leads in prop::collection::vec((0u32..8_000, any::<u8>(), any::<u8>(), prop::option::of(0u16..2_000), any::<u8>()), 1..60),
        told in any::<bool>(),
        seed in 0u64..3,
    ) {
        let router = router(&policy_of(&choices));
        let history = history(&router, &csv_of(&leads), told);
        prop_assert_eq!(history.leads.len() + history.errors.len(), leads.len());
        let run = run(&router, &history, seed);
        prop_assert_eq!(&run, &self::run(&router, &history, seed));
        let mut broken = 0;
        for (lead, fate) in history.leads.iter().zip(&run.fates) {
            prop_assert!(fate.rep.is_none() || fate.queue.is_none());
            prop_assert!(fate.given.is_none_or(|given| given >= lead.at));
            prop_assert!(fate.answered.is_none_or(|answered| answered >= lead.at));
            prop_assert!(fate.rep.is_none() || fate.given.is_some());
            prop_assert_eq!(fate.answered.is_some(), fate.business.is_some());
            if let (Some(business), Some(answered)) = (fate.business, fate.answered) {
                prop_assert!((0..=answered - lead.at).contains(&business));
            }
            prop_assert!(!fate.is_broken() || fate.breaches > 0, "a broken promise without a breach");
            prop_assert!(fate.breaches > 0 || fate.reassigned + fate.recycled + fate.recalled + fate.escalated == 0);
            prop_assert!(fate.promises.is_empty() || lead.sla().is_some());
            let unanswered_and_kept = fate.answered.is_none() && fate.promises.last() == Some(&Promised::Kept);
            prop_assert!(!unanswered_and_kept, "kept without an answer");
            prop_assert_eq!(fate.converted, lead.past.converted);
            broken += u64::from(fate.breaches);
        }
        prop_assert!(run.reps.iter().map(|load| load.broken).sum::<u64>() <= broken);
        for turns in &run.turns {
            let (given, due) = turns.members.iter().fold((0, 0.0), |(given, due), (_, got, owed)| (given + got, due + owed));
            prop_assert_eq!(given, turns.given);
            prop_assert!((due - given as f64).abs() < 1e-6, "{} leads given, {} due", given, due);
        }
    }
}

/// The state of assignment belongs to one replay: a second one begins anew.
#[test]
fn a_fresh_state_knows_no_lead() {
    let router = router(&policy_of(&[0; 11]));
    let state = State::new(router.crews());
    assert!(state.owed(router.crews(), 0).iter().all(|(_, owed)| *owed == 0.0));
}
