//! What pools, reps and SLAs say, clause by clause and in the words of a policy, so that two can be compared and told apart.

use crate::policy::{Calendar, Cap, CapZone, Clock, Fallback, Policy, Pool, QueueId, Recipient, Rep, Sla, Step};
use crate::syntax::ast;
use chrono::NaiveDate;
use smol_str::SmolStr;

/// A clause: what it is about, and its words. Two clauses about one thing replace each other.
pub type Clause = (&'static str, String);

/// In what way two lists of clauses differ: what is said now, and what was said before.
pub fn changes(old: &[Clause], new: &[Clause]) -> Vec<String> {
    let mut gone: Vec<&Clause> = old.iter().filter(|clause| !new.contains(clause)).collect();
    let mut said = Vec::new();
    for (about, words) in new.iter().filter(|clause| !old.contains(clause)) {
        match gone.iter().position(|(gone, _)| gone == about) {
            Some(at) => said.push(format!("`{words}`, was `{}`", gone.remove(at).1)),
            None => said.push(format!("now `{words}`")),
        }
    }
    said.extend(gone.iter().map(|(_, words)| format!("no longer `{words}`")));
    said
}

/// The members that joined and left a list of names.
pub fn members(what: [&str; 2], old: &[SmolStr], new: &[SmolStr]) -> Vec<String> {
    let [joined, left] = what;
    let missing = |from: &[SmolStr], of: &[SmolStr]| -> Vec<SmolStr> {
        of.iter().filter(|name| !from.contains(name)).cloned().collect()
    };
    [(joined, missing(old, new)), (left, missing(new, old))]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(word, names)| format!("{word}: {}", first_of(&names, 8)))
        .collect()
}

/// The first names of a list, and how many more there are.
pub fn first_of<T: AsRef<str>>(names: &[T], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(most);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

pub fn pool(policy: &Policy, pool: &Pool) -> Vec<Clause> {
    let mut said = vec![("strategy", strategy(pool.strategy).to_owned())];
    for (asked, words) in
        [(pool.only_on_duty, "on duty"), (pool.only_under_cap, "under cap"), (pool.only_online, "online")]
    {
        said.extend(asked.then(|| ("only", format!("only reps {words}"))));
    }
    said.extend(pool.caps.iter().map(|one| ("cap", cap(policy, one))));
    let prefer: Vec<String> = pool.prefer.iter().map(preference).collect();
    said.extend((!prefer.is_empty()).then(|| ("prefer", format!("prefer {}", prefer.join(", then ")))));
    said.push(("joiners", format!("joiners {}", start(&pool.joiners))));
    said.push(("returners", format!("returners {}", start(&pool.returners))));
    let empty: Vec<String> = pool.when_empty.iter().map(|one| fallback(policy, one)).collect();
    said.extend((!empty.is_empty()).then(|| ("when empty", format!("when empty {}", empty.join(", then ")))));
    for id in &pool.shares_turns_with {
        let with = policy.pools.get(id.at()).map_or("", |pool| pool.name.as_str());
        said.push(("turns", format!("share turns with {with}")));
    }
    for (_, wait, then) in &pool.after {
        said.push(("after", format!("after {} untouched try {}", duration(wait), fallback(policy, then))));
    }
    said
}

pub fn rep(policy: &Policy, rep: &Rep) -> Vec<Clause> {
    let mut said: Vec<Clause> = Vec::new();
    said.extend(rep.email.as_ref().map(|email| ("email", format!("email {email}"))));
    let hours = rep.hours.and_then(|id| policy.calendars.get(id.at()));
    said.extend(hours.map(|Calendar { name, .. }| ("hours", format!("hours {name}"))));
    said.extend(rep.zone.map(|zone| ("zone", format!("zone {zone}"))));
    said.push(("weight", format!("weight {}", rep.weight)));
    said.extend(rep.caps.iter().map(|one| ("cap", cap(policy, one))));
    said.extend((!rep.speaks.is_empty()).then(|| ("speaks", format!("speaks {}", rep.speaks.join(", ")))));
    said.extend(rep.level.map(|level| ("level", format!("level {level}"))));
    said.extend(rep.away.iter().map(|&(from, to)| ("away", format!("away {}", days(from, to)))));
    let delegate = rep.delegate.and_then(|id| policy.reps.get(id.at()));
    said.extend(delegate.map(|rep| ("delegate", format!("delegate {}", rep.name))));
    said.extend(rep.territory.as_ref().map(|name| ("territory", format!("territory {name}"))));
    said.extend(rep.since.map(|day| ("since", format!("since {day}"))));
    said.push(("active", if rep.active { "active" } else { "inactive" }.to_owned()));
    said
}

pub fn sla(policy: &Policy, sla: &Sla) -> Vec<Clause> {
    let mut said: Vec<Clause> = Vec::new();
    for promise in &sla.promises {
        let (about, word) = match promise.stage {
            ast::Stage::Accept => ("accept", "accept"),
            ast::Stage::Respond => ("respond", "respond"),
            ast::Stage::Meet => ("meet", "meet"),
        };
        let clock = match promise.clock {
            Clock::Elapsed => String::new(),
            Clock::OfAssignee => " of business time of assignee".to_owned(),
            Clock::OfPool => " of business time of pool".to_owned(),
            Clock::In(id) => {
                let name = policy.calendars.get(id.at()).map_or("", |calendar| calendar.name.as_str());
                let word = if promise.within.business { "" } else { " of business time" };
                format!("{word} in {name}")
            }
        };
        said.push((about, format!("{word} within {}{clock}", duration(&promise.within))));
    }
    let states = sla.pause_while.iter().filter_map(|&at| policy.statuses.get(at as usize));
    let states: Vec<&str> = states.map(SmolStr::as_str).collect();
    said.extend((!states.is_empty()).then(|| ("pause", format!("pause while {}", states.join(", ")))));
    for warning in &sla.warnings {
        said.push(("at", format!("at {}% {}", warning.percent, steps(policy, &warning.steps))));
    }
    for (word, all) in [("on breach", &sla.on_breach), ("finally", &sla.finally)] {
        said.extend((!all.is_empty()).then(|| (word, format!("{word} {}", steps(policy, all)))));
    }
    said
}

fn steps(policy: &Policy, steps: &[Step]) -> String {
    let words: Vec<String> = steps.iter().map(|step| step_words(policy, step)).collect();
    words.join(", then ")
}

fn step_words(policy: &Policy, step: &Step) -> String {
    let queue = |QueueId(at): QueueId| policy.queues.get(at as usize).map_or("", |queue| queue.name.as_str());
    match step {
        Step::Notify(whom) => {
            let whom: Vec<String> = whom.iter().map(|one| recipient(policy, one)).collect();
            format!("notify {}", whom.join(", "))
        }
        Step::Reassign { never_who_had_it, at_most, restart_clock, .. } => {
            let mut words = "reassign in pool".to_owned();
            if *never_who_had_it {
                words.push_str(", never to a rep who had it");
            }
            if let Some(most) = at_most {
                words.push_str(&format!(", at most {most} times"));
            }
            if *restart_clock {
                words.push_str(", restart clock");
            }
            words
        }
        Step::Escalate(whom) => format!("escalate to {}", recipient(policy, whom)),
        Step::Recycle(id) => format!("recycle to queue {}", queue(*id)),
        Step::Recall(id) => format!("recall to queue {}", queue(*id)),
        Step::Reopen => "reopen".to_owned(),
    }
}

fn recipient(policy: &Policy, recipient: &Recipient) -> String {
    match recipient {
        Recipient::Assignee => "assignee".to_owned(),
        Recipient::ManagerOfAssignee => "manager of assignee".to_owned(),
        Recipient::Rep(id) => policy.reps.get(id.at()).map_or("", |rep| rep.name.as_str()).to_owned(),
        Recipient::Email(email) => format!("\"{email}\""),
    }
}

fn strategy(strategy: ast::Strategy) -> &'static str {
    match strategy {
        ast::Strategy::RoundRobin => "round robin",
        ast::Strategy::RoundRobinWeighted => "round robin weighted",
        ast::Strategy::LeastLoaded => "least loaded",
        ast::Strategy::InOrder => "in order",
        ast::Strategy::StickyByAccount => "sticky by account",
    }
}

fn cap(policy: &Policy, cap: &Cap) -> String {
    let of = cap.of.and_then(|(grade, step)| policy.grades.get(grade.at())?.steps.get(step as usize));
    let of = of.map_or(String::new(), |(name, _)| format!(" {name}"));
    let zone = match cap.zone {
        CapZone::Policy => String::new(),
        CapZone::Named(zone) => format!(" in zone \"{zone}\""),
        CapZone::OfRep => " in zone of rep".to_owned(),
    };
    let credited = match cap.credited_back_on.is_empty() {
        true => String::new(),
        false => format!(", credited back on {}", cap.credited_back_on.join(", ")),
    };
    format!("cap {}{of} per {}{zone}{credited}", cap.count, unit(cap.per))
}

fn preference(preference: &ast::RepPreference) -> String {
    match preference {
        ast::RepPreference::Speak(field) => format!("reps who speak {}", field.text),
        ast::RepPreference::HighestLevel(_) => "highest level".to_owned(),
        ast::RepPreference::SameTerritory(_) => "same territory".to_owned(),
    }
}

fn start(start: &ast::Start) -> String {
    match start {
        ast::Start::Level => "start level".to_owned(),
        ast::Start::MadeWhole => "made whole".to_owned(),
        ast::Start::CatchUp { by, per } => format!("catch up by {} per {}", by.value, unit(*per)),
    }
}

fn fallback(policy: &Policy, fallback: &Fallback) -> String {
    match fallback {
        Fallback::Pool(id) => format!("use pool {}", policy.pools.get(id.at()).map_or("", |pool| pool.name.as_str())),
        Fallback::Queue(id) => format!("queue {}", policy.queues.get(id.at()).map_or("", |queue| queue.name.as_str())),
        Fallback::WaitAtMost(wait) => format!("wait at most {}", duration(wait)),
        Fallback::WaitUntilOpening => "wait until next opening".to_owned(),
    }
}

/// `1 business day`, `5 minutes`.
pub fn duration(duration: &ast::Duration) -> String {
    let business = if duration.business { "business " } else { "" };
    let plural = if duration.count == 1 { "" } else { "s" };
    format!("{} {business}{}{plural}", duration.count, unit(duration.unit))
}

fn unit(unit: ast::Unit) -> &'static str {
    match unit {
        ast::Unit::Second => "second",
        ast::Unit::Minute => "minute",
        ast::Unit::Hour => "hour",
        ast::Unit::Day => "day",
        ast::Unit::Week => "week",
        ast::Unit::Month => "month",
    }
}

/// `2026-03-02..2026-03-13`; an open end is left out.
pub fn days(from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    let end = |day: Option<NaiveDate>| day.map_or(String::new(), |day| day.to_string());
    if from == to { end(from) } else { format!("{}..{}", end(from), end(to)) }
}
