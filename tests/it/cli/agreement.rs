//! One lead, one answer: the fast path with its memory, the plain path, the reference matcher, and what `explain` says.

use super::{EXAMPLES, example, json, run_in};
use leadway::assign::{Assignment, State};
use leadway::batch::{self, Batch, Remember, When, to_queue};
use leadway::decision::Decided;
use leadway::lead::{BadValue, Block, LeadFile, Note, Plan};
use leadway::load;
use leadway::matcher::{Facts, Match, reference};
use leadway::policy::Value;
use leadway::router::Router;
use leadway::world::{self, Folder};

/// What a batch said of a lead.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    line: u64,
    bad: bool,
    bad_values: Vec<BadValue>,
    notes: Vec<Note>,
    found: Match,
    assignment: Option<Assignment>,
}

impl Said {
    fn of(decided: &Decided) -> Said {
        Said {
            line: decided.line,
            bad: decided.bad,
            bad_values: decided.bad_values.to_vec(),
            notes: decided.notes.to_vec(),
            found: decided.found.clone(),
            assignment: decided.assignment.cloned(),
        }
    }
}

fn router(name: &str) -> Router {
    let (folder, policy) = Folder::of(&example(name).join("main.leadway"));
    Router::new(load::compile(&policy, &folder).unwrap().policy.unwrap())
}

#[test]
fn a_batch_decides_every_lead_as_the_plain_path_and_the_reference_do() {
    for (name, leads) in EXAMPLES {
        let router = router(name);
        let policy = router.policy();
        let plan = Plan::of(policy);
        let bytes = world::read(&example(name).join(leads)).unwrap();
        let now = router.moment(router.instant("2026-03-04 10:00").unwrap());
        let arrival = policy.fields.iter().position(|field| matches!(field.ty, leadway::policy::Type::Time));
        let own = arrival.map(|at| When::Field(leadway::policy::FieldId(at as u32)));
        for when in [Some(When::Moment(&now)), own].into_iter().flatten() {
            let mut file = LeadFile::open(&bytes[..], Some(leads), &plan).unwrap();
            let (dates, mut splitter) = (file.dates().clone(), file.splitter());
            let mut batch = Batch::new(&router, &plan, &dates, when.clone(), false);
            let mut matched = batch::Block::default();
            let (mut fast_state, mut plain_state) = (State::new(router.crews()), State::new(router.crews()));
            let mut block = Block::default();
            let mut decided = 0;
            while file.next_block(&mut block) {
                let (text, _) = block.text();
                // The second time every value is remembered.
                for _ in 0..2 {
                    splitter.split(&plan, &block, &text, |raw| {
                        let raw = raw.unwrap();
                        let lead = plan.lead(&raw, &dates);
                        matched.clear();
                        let mut at_once = None;
                        let result = batch.decide(&raw, |found| {
                            at_once = found.at_once();
                            matched.push(found, 0);
                        });
                        matched.assign(router.crews(), &mut fast_state, Remember::Nothing);
                        let said = matched.decided().next().map(|(_, decided)| Said::of(&decided));
                        if let (Some(at_once), Some(said)) = (at_once, &said) {
                            assert_eq!(at_once, said.assignment, "{name}, line {}", raw.line);
                        }
                        let moment = match &when {
                            When::Moment(moment) => (*moment).clone(),
                            When::Field(field) => match &lead.values[field.0 as usize] {
                                Value::Time(at) => router.moment(*at),
                                _ => return assert!(result.is_err() || said.unwrap().bad),
                            },
                        };
                        result.unwrap();
                        let said = said.unwrap();
                        let (found, assignment) = if lead.is_bad() {
                            let (found, assignment) = to_queue(policy.on_bad_lead.unwrap());
                            (found, Some(assignment))
                        } else {
                            let decision = router.decide_next(&mut plain_state, None, &lead.values, moment.at);
                            let records = router.match_records(&lead.values, &moment);
                            let facts = Facts {
                                values: &lead.values,
                                at: moment.at,
                                calendars: &moment.open,
                                records: &records,
                            };
                            assert_eq!(decision.found, reference::decide(policy, &facts), "{name}, line {}", raw.line);
                            (decision.found, decision.assignment)
                        };
                        let (bad, bad_values, notes) = (lead.is_bad(), lead.faults, lead.notes);
                        let plain = Said { line: raw.line, bad, bad_values, notes, found, assignment };
                        assert_eq!(said, plain, "{name}, line {}", raw.line);
                        decided += 1;
                    });
                }
            }
            assert!(decided >= 400, "{name}: {decided}");
        }
    }
}

#[test]
fn explain_says_of_a_lead_what_route_does() {
    let kept = tempfile::tempdir().unwrap();
    for (name, leads) in EXAMPLES {
        let folder = example(name);
        let at = "--at 2026-03-04T10:00Z";
        // Whose turn it is depends on the leads before, which a state remembers.
        let state = format!("--state {}", kept.path().join(name).display());
        let route = format!("route main.leadway --leads {leads} --format ndjson {at} {state}");
        let routed = run_in(&folder, &route, "").exits(0);
        // One of each ending and rule, since a run of the binary takes its time.
        let mut seen = std::collections::BTreeSet::new();
        for line in routed.out.lines() {
            let decision = json(line);
            if !seen.insert((decision["outcome"].to_string(), decision["rule"].to_string())) {
                continue;
            }
            let explain =
                format!("explain main.leadway --lead {leads} --line {} --format json {at} {state}", decision["line"]);
            let explained = json(&run_in(&folder, &explain, "").exits(0).out);
            assert_eq!(explained["decision"], decision, "{name}");
            let taken = explained["trace"]["entries"]
                .as_array()
                .unwrap()
                .iter()
                .rev()
                .find(|entry| entry["verdict"] == "takes");
            if decision["outcome"] == "routed" {
                assert_eq!(taken.unwrap()["title"], decision["rule"], "{name}");
            }
        }
        assert!(seen.len() >= 6, "{name}: {seen:?}");
    }
}
