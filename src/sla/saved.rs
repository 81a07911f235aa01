//! A follow-up as it is kept between runs: names instead of ids, and the policy under which it began.

use super::people::People;
use super::promise::{Frozen, Running};
use super::{FollowUp, Given, Holder, Standing, Waiting, statuses};
use crate::policy::{Policy, PoolId, QueueId, RepId, SlaId};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt;

/// The version of what is written; another one is refused.
pub const VERSION: u32 = 1;

/// See [`FollowUp::save`]. Instants and durations are microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    pub version: u32,
    /// [`Policy::hash`] of the policy under which the follow-up began.
    pub policy: String,
    pub sla: SmolStr,
    born: i64,
    now: i64,
    status: SmolStr,
    holder: SavedHolder,
    pool: Option<SmolStr>,
    had: Vec<SmolStr>,
    promises: Vec<SavedPromise>,
    stopped_by_hand: bool,
    stopped: bool,
    waiting: Option<Waiting>,
    reassigned: u32,
    nobody_left: bool,
    escalated: u32,
    reopened: bool,
    finished: bool,
    ended: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SavedHolder {
    /// By email, else by name.
    Rep(SmolStr),
    Queue(SmolStr),
    Pool(SmolStr),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SavedPromise {
    promise: SmolStr,
    due: Option<i64>,
    standing: Standing,
    warned: usize,
    warning: Option<i64>,
    allowance: i64,
    frozen: Option<Frozen>,
}

/// Why a follow-up cannot go on under a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Written by another version of the program.
    Version(u32),
    /// It began under another policy, with this hash.
    OtherPolicy(String),
    /// The policy has no such thing.
    Unknown { kind: &'static str, name: String },
    /// The file says something that cannot be.
    Damaged(&'static str),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Version(version) => {
                write!(f, "it was written in version {version}, and this program reads {VERSION}")
            }
            Fault::OtherPolicy(hash) => {
                write!(
                    f,
                    "it began under another version of the policy ({}); migrate it to this one",
                    hash.get(..12).unwrap_or(hash)
                )
            }
            Fault::Unknown { kind, name } => write!(f, "the policy has no {kind} `{name}`"),
            Fault::Damaged(what) => write!(f, "it is damaged: {what}"),
        }
    }
}

impl std::error::Error for Fault {}

impl FollowUp<'_> {
    pub fn save(&self) -> Saved {
        let policy = self.policy;
        let pool = |id: PoolId| policy.pools.get(id.at()).map_or_else(SmolStr::default, |pool| pool.name.clone());
        let promise = |running: &Running| SavedPromise {
            promise: SmolStr::new_static(running.stage.word()),
            due: running.due,
            standing: running.standing,
            warned: running.warned,
            warning: running.warning,
            allowance: running.allowance,
            frozen: running.frozen,
        };
        Saved {
            version: VERSION,
            policy: policy.hash.clone(),
            sla: self.sla.name.clone(),
            born: self.born,
            now: self.now,
            status: policy.statuses.get(self.status as usize).cloned().unwrap_or_default(),
            holder: match self.holder {
                Holder::Rep(rep) => SavedHolder::Rep(key(policy, rep)),
                Holder::Queue(queue) => SavedHolder::Queue(
                    policy.queues.get(queue.at()).map_or_else(SmolStr::default, |queue| queue.name.clone()),
                ),
                Holder::Pool(id) => SavedHolder::Pool(pool(id)),
            },
            pool: self.pool.map(pool),
            had: self.had.iter().map(|rep| key(policy, *rep)).collect(),
            promises: self.promises.iter().map(promise).collect(),
            stopped_by_hand: self.stopped_by_hand,
            stopped: self.stopped,
            waiting: self.waiting,
            reassigned: self.reassigned,
            nobody_left: self.nobody_left,
            escalated: self.escalated,
            reopened: self.reopened,
            finished: self.finished,
            ended: self.ended,
        }
    }

    /// The same follow-up under another policy, from an instant on. What was kept or broken stays so, and of what is open the
    /// time that is gone stays gone: it is taken from what the other policy's SLA of the same name promises. Warnings whose
    /// share is gone by then are not given again; promises that are new begin at the instant. Whoever had the lead and is not in
    /// the other policy is forgotten.
    ///
    /// # Errors
    /// Where the other policy has no SLA, holder or pool of that name.
    pub fn migrate<'n>(&self, policy: &'n Policy, people: &'n People, at: i64) -> Result<FollowUp<'n>, Fault> {
        let at = at.max(self.now);
        let mut saved = self.save();
        saved.policy.clone_from(&policy.hash);
        saved.had.retain(|name| policy.rep_named(&name.to_lowercase()).is_some());
        if statuses::place(policy, &saved.status).is_none() {
            saved.status = policy.statuses.first().cloned().unwrap_or_default();
        }
        let sla = find(&policy.slas, "sla", &saved.sla, |sla| &sla.name)?;
        let given = Given { holder: saved.holder.find(policy)?, pool: saved.find_pool(policy)? };
        let mut moved =
            FollowUp::start(policy, people, SlaId(sla), given, self.born, at).ok_or(Fault::Damaged("its sla"))?;
        let fresh = std::mem::take(&mut moved.promises);
        saved.fill(&mut moved, policy)?;
        moved.stopped = false;
        moved.promises = fresh;
        for running in &mut moved.promises {
            running.frozen = None;
            let Some(before) = self.promises.iter().find(|before| before.stage == running.stage) else { continue };
            running.standing = before.standing;
            if before.standing == Standing::Open && !self.ended {
                running.spend(before.used(self.people, at), people, &moved.sla.warnings, at);
            } else {
                running.due = before.due;
            }
        }
        moved.pause_or_go_on(at);
        Ok(moved)
    }
}

impl Saved {
    /// Opens it under the policy under which it began.
    ///
    /// # Errors
    /// Where it began under another policy or was written by another version of the program, and where it names what is not there.
    pub fn open<'p>(&self, policy: &'p Policy, people: &'p People) -> Result<FollowUp<'p>, Fault> {
        if self.version != VERSION {
            return Err(Fault::Version(self.version));
        }
        if self.policy != policy.hash {
            return Err(Fault::OtherPolicy(self.policy.clone()));
        }
        let sla = find(&policy.slas, "sla", &self.sla, |sla| &sla.name)?;
        let given = Given { holder: self.holder.find(policy)?, pool: self.find_pool(policy)? };
        let begun = FollowUp::start(policy, people, SlaId(sla), given, self.born, self.now);
        let mut opened = begun.ok_or(Fault::Damaged("its sla"))?;
        self.fill(&mut opened, policy)?;
        if opened.promises.len() != self.promises.len() {
            return Err(Fault::Damaged("its promises are not those of its sla"));
        }
        for (running, saved) in opened.promises.iter_mut().zip(&self.promises) {
            if running.stage.word() != saved.promise {
                return Err(Fault::Damaged("its promises are not those of its sla"));
            }
            running.due = saved.due;
            running.standing = saved.standing;
            running.warned = saved.warned;
            running.warning = saved.warning;
            running.allowance = saved.allowance;
            running.frozen = saved.frozen;
        }
        Ok(opened)
    }

    /// All but the promises.
    fn fill(&self, opened: &mut FollowUp<'_>, policy: &Policy) -> Result<(), Fault> {
        opened.status = statuses::place(policy, &self.status)
            .ok_or_else(|| Fault::Unknown { kind: "status", name: self.status.to_string() })?;
        opened.had = self.had.iter().map(|name| rep(policy, name)).collect::<Result<_, _>>()?;
        opened.stopped_by_hand = self.stopped_by_hand;
        opened.stopped = self.stopped;
        opened.waiting = self.waiting;
        opened.reassigned = self.reassigned;
        opened.nobody_left = self.nobody_left;
        opened.escalated = self.escalated;
        opened.reopened = self.reopened;
        opened.finished = self.finished;
        opened.ended = self.ended;
        opened.now = opened.now.max(self.now);
        Ok(())
    }

    fn find_pool(&self, policy: &Policy) -> Result<Option<PoolId>, Fault> {
        self.pool.as_ref().map(|name| find(&policy.pools, "pool", name, |pool| &pool.name).map(PoolId)).transpose()
    }
}

impl SavedHolder {
    fn find(&self, policy: &Policy) -> Result<Holder, Fault> {
        Ok(match self {
            SavedHolder::Rep(name) => Holder::Rep(rep(policy, name)?),
            SavedHolder::Queue(name) => {
                Holder::Queue(QueueId(find(&policy.queues, "queue", name, |queue| &queue.name)?))
            }
            SavedHolder::Pool(name) => Holder::Pool(PoolId(find(&policy.pools, "pool", name, |pool| &pool.name)?)),
        })
    }
}

/// The email of a rep, else the name: what stays when a roster is edited.
fn key(policy: &Policy, rep: RepId) -> SmolStr {
    policy.reps.get(rep.at()).map_or_else(SmolStr::default, |rep| rep.email.clone().unwrap_or_else(|| rep.name.clone()))
}

fn rep(policy: &Policy, name: &SmolStr) -> Result<RepId, Fault> {
    policy.rep_named(&name.to_lowercase()).ok_or_else(|| Fault::Unknown { kind: "rep", name: name.to_string() })
}

fn find<T>(all: &[T], kind: &'static str, name: &SmolStr, of: impl Fn(&T) -> &SmolStr) -> Result<u32, Fault> {
    let place = all.iter().position(|one| of(one) == name);
    place.map(|place| place as u32).ok_or_else(|| Fault::Unknown { kind, name: name.to_string() })
}
