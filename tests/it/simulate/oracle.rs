//! A naive replay of a simple policy: no calendars, no agenda, no follow-up, but a look at everything for what comes next.

use super::{history, router, run_with};
use leadway::policy::RepId;
use leadway::simulate::Promised;
use leadway::simulate::duty::Duty;
use leadway::simulate::history::PastLead;
use leadway::simulate::model::{Answering, Model, Outcomes};
use proptest::prelude::*;

const MINUTE: i64 = 60_000_000;
const LIMIT: i64 = 60 * MINUTE;

const POLICY: &str = r#"policy "P" { timezone "UTC" }
lead { id text required  created_at time required }
team all { rep ann "ann@x.test"  rep bob "bob@x.test"  rep cas "cas@x.test" }
queue triage
pool p of all { round robin  when empty queue triage }
sla s { respond within 60 minutes  on breach { reassign in pool, never to a rep who had it, at most 2 times, restart clock }  finally { recycle to queue triage } }
route main { otherwise { assign pool p  sla s } }
"#;

/// What the oracle knows of a lead.
#[derive(Debug, Clone, Default)]
struct Naive {
    turns: u32,
    answers: Option<i64>,
    due: Option<i64>,
    answered: Option<i64>,
    breaches: u32,
    recycled: bool,
}

fn naive(leads: &[PastLead], answers: &dyn Fn(&PastLead, u32, i64) -> Option<i64>) -> Vec<Naive> {
    let mut all: Vec<Naive> = leads.iter().map(|_| Naive::default()).collect();
    loop {
        // The earliest of everything: arrivals before answers before what falls due.
        let next = leads.iter().zip(&all).enumerate().flat_map(|(at, (lead, naive))| {
            let open = naive.answered.is_none() && !naive.recycled;
            [
                Some((lead.at, 0, at)).filter(|_| naive.turns == 0),
                naive.answers.filter(|_| open).map(|answers| (answers, 1, at)),
                naive.due.filter(|_| open).map(|due| (due, 2, at)),
            ]
        });
        let Some((now, what, at)) = next.flatten().min() else { return all };
        let naive = &mut all[at];
        if what == 1 {
            naive.answered = Some(now);
            continue;
        }
        naive.breaches += u32::from(what == 2);
        if naive.turns < 3 {
            naive.answers = answers(&leads[at], naive.turns, now);
            naive.turns += 1;
            naive.due = Some(now + LIMIT);
        } else {
            naive.recycled = true;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// The first rep answers on time, late or never, as the history tells; what others take is drawn, for each rep alike. Who
    /// they are is not asked: the turns of a pool have an oracle of their own.
    #[test]
    fn a_naive_replay_says_the_same(
        gaps in prop::collection::vec((0i64..90, prop::option::weighted(0.5, 0i64..120)), 1..12),
        seed in 0u64..5,
    ) {
        let mut minute = 0;
        let mut csv = "id,created_at,answered,owner,stage\n".to_owned();
        for (at, (gap, answer)) in gaps.iter().enumerate() {
            minute += gap;
            // No two things fall on one instant, since every lead has seconds of its own.
            let arrives = 1_772_409_600 + minute * 60 + at as i64;
            let answered = answer.map(|after| (arrives + after * 60).to_string()).unwrap_or_default();
            csv.push_str(&format!("L{at},{arrives},{answered},,\n"));
        }
        let router = router(POLICY);
        let history = history(&router, &csv, true);
        let duty = Duty::new(router.policy(), router.people().calendars());
        let model = Model::new(&history, &duty, 3, Answering::new(30 * MINUTE, 240 * MINUTE), seed, Outcomes::default());
        let run = run_with(&router, &history, &duty, &model);
        let expected = naive(&history.leads, &|lead, turn, from| model.answered(lead, &duty, RepId(0), turn, from));
        for ((lead, fate), naive) in history.leads.iter().zip(&run.fates).zip(&expected) {
            prop_assert_eq!(fate.breaches, naive.breaches, "{}", lead.id);
            prop_assert_eq!(fate.turns, naive.turns);
            prop_assert_eq!(fate.queue.is_some(), naive.recycled);
            prop_assert_eq!(fate.rep.is_some(), !naive.recycled);
            prop_assert_eq!(fate.answered, naive.answered);
            let kept = if naive.answered.is_some() { Promised::Kept } else { Promised::Broken };
            prop_assert_eq!(&fate.promises, &vec![kept]);
        }
    }
}
