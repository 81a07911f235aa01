//! Stories: a policy, a lead, and what happens to it, with every effect.
//!
//! A file of tests/cases/sla is a policy followed by stories. `#: TITLE` starts one; its lines are an instant and what happens: `start SLA rep NAME in
//! POOL`, `start SLA queue NAME`, `start SLA waiting POOL`, an event, or `until`, which lets time pass. Whoever is first in the pool and not excluded
//! takes a lead that is to be reassigned.

use super::answer;
use chrono::{DateTime, Utc};
use leadway::policy::{Policy, PoolId, QueueId, RepId, SlaId};
use leadway::router::Router;
use leadway::sla::{Cause, Doing, Effect, Event, FollowUp, Given, Holder, Standing, Whom};
use leadway::syntax::ast::Stage;
use std::fmt::Write;

const STAGES: [Stage; 3] = [Stage::Accept, Stage::Respond, Stage::Meet];

fn shown(instant: i64, zone: chrono_tz::Tz) -> String {
    let at: DateTime<Utc> = DateTime::from_timestamp_micros(instant).unwrap();
    let text = at.with_timezone(&zone).format("%a %m-%d %H:%M:%S").to_string();
    text.strip_suffix(":00").unwrap_or(&text).to_string()
}

fn place<T>(all: &[T], name: impl Fn(&T) -> &str, wanted: &str) -> u32 {
    all.iter().position(|one| name(one) == wanted).unwrap_or_else(|| panic!("no `{wanted}`")) as u32
}

struct Names<'p>(&'p Policy);

impl Names<'_> {
    fn rep(&self, rep: RepId) -> &str {
        &self.0.reps[rep.at()].name
    }

    fn holder(&self, holder: Holder) -> String {
        match holder {
            Holder::Rep(rep) => self.rep(rep).to_string(),
            Holder::Queue(queue) => format!("queue {}", self.0.queues[queue.at()].name),
            Holder::Pool(pool) => format!("waiting in {}", self.0.pools[pool.at()].name),
        }
    }

    fn whom(&self, whom: &Whom) -> String {
        match whom {
            Whom::Rep(rep) => self.rep(*rep).to_string(),
            Whom::Queue(queue) => format!("queue {}", self.0.queues[queue.at()].name),
            Whom::Email(email) => email.to_string(),
            Whom::Nobody => "nobody".to_string(),
        }
    }

    fn effect(&self, effect: &Effect) -> String {
        let zone = self.0.zone;
        let cause = match effect.cause {
            Cause::Share(stage, percent) => format!("{} at {percent}%", stage.word()),
            Cause::Breach(stage) => format!("{} broken", stage.word()),
            Cause::NobodyLeft => "nobody left".to_string(),
            Cause::Returned => "returned".to_string(),
        };
        let doing = match &effect.doing {
            Doing::Breach { due } => format!("breach, due {}", shown(*due, zone)),
            Doing::Notify(whom) => format!("notify {}", self.whom(whom)),
            Doing::Escalate { whom, level } => format!("escalate to {} (level {level})", self.whom(whom)),
            Doing::Reassign { pool, excluding } => {
                let excluding: Vec<&str> = excluding.iter().map(|rep| self.rep(*rep)).collect();
                format!("reassign in {}, not to {}", self.0.pools[pool.at()].name, excluding.join(", "))
            }
            Doing::Credit { rep, reason } => format!("credit {} for `{reason}`", self.rep(*rep)),
            Doing::Recall(queue) => format!("recall to {}", self.0.queues[queue.at()].name),
            Doing::Recycle { queue, born } => {
                format!("recycle to {}, born {}", self.0.queues[queue.at()].name, shown(*born, zone))
            }
            Doing::Reopen => "reopen".to_string(),
        };
        format!("  {} {cause}: {doing}", shown(effect.at, zone))
    }

    /// Who has the lead, its status, and how its promises stand.
    fn state(&self, follow_up: &FollowUp) -> String {
        let zone = self.0.zone;
        let mut text = format!("{}, {}", self.holder(follow_up.holder()), self.0.statuses[follow_up.status() as usize]);
        for stage in STAGES {
            let due = follow_up.due(stage).map_or("never".to_string(), |due| shown(due, zone));
            let word = stage.word();
            match follow_up.standing(stage) {
                None => {}
                Some(Standing::Open) => write!(text, ", {word} due {due}").unwrap(),
                Some(Standing::Kept { at }) => write!(text, ", {word} kept {}", shown(at, zone)).unwrap(),
                Some(Standing::Broken { kept: None, .. }) => write!(text, ", {word} broken").unwrap(),
                Some(Standing::Broken { kept: Some(at), .. }) => {
                    write!(text, ", {word} kept late {}", shown(at, zone)).unwrap();
                }
            }
        }
        if follow_up.is_paused() {
            text.push_str(", paused");
        }
        if follow_up.ended() {
            text.push_str(", ended");
        }
        if let Some(next) = follow_up.next_due() {
            write!(text, "; next {}", shown(next, zone)).unwrap();
        }
        text
    }

    fn given(&self, words: &[&str]) -> Given {
        let policy = self.0;
        let rep = |name| RepId(place(&policy.reps, |rep| &rep.name, name));
        let pool = |name| PoolId(place(&policy.pools, |pool| &pool.name, name));
        match words {
            ["rep", name, "in", from] => Given { holder: Holder::Rep(rep(name)), pool: Some(pool(from)) },
            ["rep", name] => Given { holder: Holder::Rep(rep(name)), pool: None },
            ["queue", name] => {
                Given { holder: Holder::Queue(QueueId(place(&policy.queues, |queue| &queue.name, name))), pool: None }
            }
            ["waiting", name] => Given { holder: Holder::Pool(pool(name)), pool: Some(pool(name)) },
            other => panic!("{other:?}"),
        }
    }

    fn event(&self, words: &[&str]) -> Event {
        match words {
            ["accepted"] => Event::Accepted,
            ["responded"] => Event::Responded,
            ["met"] => Event::Met,
            ["paused"] => Event::Paused,
            ["resumed"] => Event::Resumed,
            ["returned", reason] => Event::Returned { reason: (*reason).into() },
            ["status", status] => Event::Status(place(&self.0.statuses, |name| name, status)),
            ["assigned", given @ ..] => Event::Assigned(self.given(given)),
            other => panic!("{other:?}"),
        }
    }
}

fn told(corpus: &str) -> String {
    let mut stories = corpus.split("#: ");
    let router = super::router(stories.next().unwrap());
    stories.map(|story| tell(&router, story)).collect()
}

fn tell(router: &Router, story: &str) -> String {
    let policy = router.policy();
    let names = Names(policy);
    let mut lines = story.lines();
    let mut out = format!("# {}\n", lines.next().unwrap());
    let mut story: Option<FollowUp> = None;
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [day, clock, what @ ..] = words.as_slice() else { panic!("{line}") };
        let at = router.instant(&format!("{day} {clock}")).unwrap().micros;
        match (what, &mut story) {
            (["start", sla, given @ ..], story) => {
                let sla = SlaId(place(&policy.slas, |known| &known.name, sla));
                let born = at - 60_000_000;
                let begun = FollowUp::start(policy, router.people(), sla, names.given(given), born, at).unwrap();
                writeln!(out, "{} {}\n  = {}", shown(at, policy.zone), what.join(" "), names.state(&begun)).unwrap();
                *story = Some(begun);
            }
            (["until"], Some(follow_up)) => {
                while let Some(due) = follow_up.next_due().filter(|&due| due <= at) {
                    step(&names, follow_up, &Event::Timer, due, "timer", &mut out);
                }
            }
            (_, Some(follow_up)) => step(&names, follow_up, &names.event(what), at, &what.join(" "), &mut out),
            (_, None) => panic!("a story starts with `start`"),
        }
    }
    out + "\n"
}

/// One event, with the driver's answers to what it brings.
fn step(names: &Names, follow_up: &mut FollowUp, event: &Event, at: i64, words: &str, out: &mut String) {
    writeln!(out, "{} {words}", shown(at, names.0.zone)).unwrap();
    let mut effects = follow_up.step(event, at);
    loop {
        effects.iter().for_each(|effect| writeln!(out, "{}", names.effect(effect)).unwrap());
        let Some(event) = answer(names.0, &effects) else { break };
        match &event {
            Event::Assigned(given) => writeln!(out, "  -> assigned to {}", names.holder(given.holder)).unwrap(),
            _ => writeln!(out, "  -> nobody left").unwrap(),
        }
        effects = follow_up.step(&event, at);
    }
    writeln!(out, "  = {}", names.state(follow_up)).unwrap();
}

macro_rules! stories {
    ($($name:ident),* $(,)?) => { $(
        #[test]
        fn $name() {
            insta::assert_snapshot!(told(include_str!(concat!("../../cases/sla/", stringify!($name), ".txt"))));
        }
    )* };
}

stories!(hot, steps);
