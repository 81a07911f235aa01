//! Who is next: the members of one count of turns, in an order that an assignment changes in logarithmic time.
//!
//! Turns are dealt by virtual time, after Stoica and Abdel-Wahab, "Earliest Eligible Virtual Deadline First" (1995), which
//! for a set of members that stays the same is the quota method of apportionment (Balinski and Young, American Mathematical
//! Monthly 82, 1975): every member is always less than one lead away from its exact share, as in the chairman assignment
//! problem (Tijdeman, Discrete Mathematics 32, 1980). Each lead moves the time of those who may have it on by one over the
//! sum of their weights. A member is due its next lead from the time at which its share reaches what it has, and its
//! deadline is one over its weight later. Of those who are due, the earliest deadline takes the lead.
//!
//! ```text
//!            now                    in time: (lead share so far) / weight
//!  ana  w2  --|--[due----deadline]      ahead: due after now
//!  ben  w1  [due-|--------------deadline]   due: takes the next
//! ```
//! When members come and go, nobody's account is touched: who may not have a lead gets no share of it. Then more than one may
//! be owed a whole lead, or nobody be due; in both cases whoever is owed most takes it. With `n` members, the accounts of any
//! `k` of them then never add up to more than `k(n-k)`, by induction over leads: if `j` takes the lead and `m` of the `k`
//! others had shares in it, the sums over the `k` and `j`, and over the `k` without those `m`, bound it. So nobody is ever
//! `n` leads away from its exact share, whoever comes and goes.
//!
//! Members are kept in classes of one weight, one set of facts that the pool prefers by, and one set of leads that they may
//! have. Within a class the order is by due time alone, so the best of a class is its first, and picking costs the number of
//! classes. Each class has its own clock, so that a lead moves the time of those alone who may have it; a member that changes
//! its class keeps its distance to the clock.

use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// One over a weight of one, and one lead.
pub const ONE: i128 = 1_000_000_000_000_000_000;
/// Two times that are this near are the same: clocks are cut to whole units when a set changes.
const SAME: i128 = 16;

/// Kinds of leads that a rota tells apart, a bit each.
pub type Kinds = u128;

/// What the members of a rota are ordered by: the smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Key {
    /// Due time, open leads, or place.
    pub first: i128,
    pub second: u64,
}

#[derive(Debug, Clone)]
struct Member {
    weight: u64,
    /// What the pool prefers by: its place in the crews's list.
    profile: u32,
    key: Key,
    /// What is left of the divisions that made the due time.
    rest: u64,
    /// None where it may have no lead at the moment; then the key's due time is the distance to a clock.
    class: Option<u32>,
    kinds: Kinds,
    absence: Absence,
}

/// What a member missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Absence {
    /// The rota's time when it left, or when the count began where it was never there.
    pub since: Option<i128>,
    /// It was never there.
    pub joins: bool,
    /// Leads that it has yet to catch up, in units of [`ONE`].
    pub debt: i128,
    /// The period in which it caught up last.
    pub paid: i64,
}

#[derive(Debug, Clone)]
struct Class {
    weight: u64,
    profile: u32,
    clock: i128,
    waiting: BTreeSet<(Key, u32)>,
}

/// A member that may be picked: the first of its class.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    pub member: u32,
    pub profile: u32,
    pub weight: u64,
    pub key: Key,
    class: u32,
}

/// The members of one count of turns.
#[derive(Debug, Clone)]
pub struct Rota {
    members: Vec<Member>,
    classes: Vec<Class>,
    known: FxHashMap<(u64, u32, Kinds), u32>,
    /// By kind: the classes that may have such leads, the sum of their members' weights, and what the last division left.
    kinds: Vec<Kind>,
    /// How far all leads together moved the time.
    time: i128,
}

#[derive(Debug, Clone, Default)]
struct Kind {
    classes: Vec<u32>,
    weight: u64,
    rest: u64,
}

impl Rota {
    /// Members by weight and profile, in their order; none may have a lead before [`Rota::allow`] says so.
    pub fn new(members: impl Iterator<Item = (u64, u32)>, kinds: usize) -> Rota {
        let member = |(weight, profile)| Member {
            weight,
            profile,
            key: Key::default(),
            rest: 0,
            class: None,
            kinds: 0,
            absence: Absence::default(),
        };
        Rota {
            members: members.map(member).collect(),
            classes: Vec::new(),
            known: FxHashMap::default(),
            kinds: vec![Kind::default(); kinds],
            time: 0,
        }
    }

    pub fn allowed(&self, member: u32) -> Kinds {
        self.members.get(member as usize).map_or(0, |member| member.kinds)
    }

    /// Says which kinds of leads a member may have from now on.
    pub fn allow(&mut self, member: u32, kinds: Kinds) {
        let Some(found) = self.members.get(member as usize) else { return };
        if found.kinds == kinds {
            return;
        }
        let (weight, profile, before) = (found.weight, found.profile, found.kinds);
        self.take_out(member);
        for (bit, kind) in self.kinds.iter_mut().enumerate() {
            match (before >> bit & 1, kinds >> bit & 1) {
                (0, 1) => kind.weight += weight,
                (1, 0) => kind.weight -= weight,
                _ => {}
            }
        }
        let class = (kinds != 0).then(|| self.class(weight, profile, kinds));
        if let Some(member) = self.members.get_mut(member as usize) {
            member.kinds = kinds;
        }
        self.put_in(member, class);
    }

    fn class(&mut self, weight: u64, profile: u32, kinds: Kinds) -> u32 {
        let next = self.classes.len() as u32;
        let class = *self.known.entry((weight, profile, kinds)).or_insert(next);
        if class == next {
            self.classes.push(Class { weight, profile, clock: 0, waiting: BTreeSet::new() });
            for (bit, kind) in self.kinds.iter_mut().enumerate() {
                if kinds >> bit & 1 == 1 {
                    kind.classes.push(class);
                }
            }
        }
        class
    }

    /// Takes a member out of its class; its key becomes a distance.
    fn take_out(&mut self, at: u32) {
        let Some(member) = self.members.get_mut(at as usize) else { return };
        let Some(class) = member.class.take().and_then(|class| self.classes.get_mut(class as usize)) else { return };
        class.waiting.remove(&(member.key, at));
        member.key.first -= class.clock;
    }

    fn put_in(&mut self, at: u32, class: Option<u32>) {
        let Some(member) = self.members.get_mut(at as usize) else { return };
        member.class = class;
        if let Some(class) = class.and_then(|class| self.classes.get_mut(class as usize)) {
            member.key.first += class.clock;
            class.waiting.insert((member.key, at));
        }
    }

    /// The key of a member, its first part counted from its clock.
    pub fn key(&self, member: u32) -> Key {
        let Some(found) = self.members.get(member as usize) else { return Key::default() };
        let class = found.class.and_then(|class| self.classes.get(class as usize));
        Key { first: found.key.first - class.map_or(0, |class| class.clock), ..found.key }
    }

    /// Gives a member a new key, its first part counted from its clock.
    pub fn set_key(&mut self, at: u32, key: Key) {
        let class = self.members.get(at as usize).and_then(|member| member.class);
        self.take_out(at);
        if let Some(member) = self.members.get_mut(at as usize) {
            member.key = key;
        }
        self.put_in(at, class);
    }

    /// The first of each class whose members may have such a lead.
    pub fn candidates(&self, kind: usize) -> impl Iterator<Item = Candidate> {
        let classes = self.kinds.get(kind).map_or(&[][..], |kind| &kind.classes);
        classes.iter().filter_map(|&id| {
            let class = self.classes.get(id as usize)?;
            let (key, member) = class.waiting.first()?;
            let (weight, profile) = (class.weight, class.profile);
            Some(Candidate { member: *member, profile, weight, key: *key, class: id })
        })
    }

    /// What a candidate is owed when the next lead's share is counted in, in units of [`ONE`], and its deadline from now.
    fn owed(&self, candidate: &Candidate, kind: usize) -> (i128, i128) {
        let clock = self.classes.get(candidate.class as usize).map_or(0, |class| class.clock);
        let weight = i128::from(candidate.weight);
        let due = candidate.key.first - clock;
        let late = self.step(kind).0 - due;
        (if late.abs() <= SAME { 0 } else { late * weight }, due + self.turn(candidate.member).0)
    }

    /// How far a lead moves the time, and what the division leaves.
    fn step(&self, kind: usize) -> (i128, u64) {
        let Some(kind) = self.kinds.get(kind).filter(|kind| kind.weight > 0) else { return (0, 0) };
        // What is left of a division by another sum of weights is cut to this one's.
        let sum = ONE as u64 + kind.rest.min(kind.weight - 1);
        (i128::from(sum / kind.weight), sum % kind.weight)
    }

    /// How far a lead moves a member, and what the division leaves.
    fn turn(&self, member: u32) -> (i128, u64) {
        let Some(member) = self.members.get(member as usize) else { return (0, 0) };
        let weight = member.weight.max(1);
        let sum = ONE as u64 + member.rest;
        (i128::from(sum / weight), sum % weight)
    }

    /// Whose turn it is among these candidates.
    pub fn in_turn(&self, kind: usize, candidates: impl Iterator<Item = Candidate>) -> Option<Candidate> {
        // Overdue before due before ahead; within the first and the last by what is owed, among the due by deadline.
        candidates.min_by_key(|candidate| {
            let (owed, deadline) = self.owed(candidate, kind);
            let (rank, by) = match owed {
                owed if owed >= ONE => (0, -owed),
                owed if owed > 0 => (1, deadline),
                owed => (2, -owed),
            };
            (rank, by, candidate.member)
        })
    }

    /// Counts a lead that went to a member: everyone who might have had it gets a share of it.
    ///
    /// A member that is a whole lead ahead was not picked by turn but preferred, and the lead is shared out among those
    /// `preferred` alone: who speaks a rare language gets its leads, is one lead ahead, and no debt to the others builds up.
    pub fn count(&mut self, kind: usize, member: u32, preferred: impl Fn(u32) -> bool) {
        let Some(found) = self.members.get(member as usize) else { return };
        let Some(class) = found.class else { return };
        let candidate = Candidate { member, profile: found.profile, weight: found.weight, key: found.key, class };
        let alone = self.owed(&candidate, kind).0 <= -ONE;
        let (step, rest) = self.step(kind);
        self.time += step;
        let Some(known) = self.kinds.get_mut(kind) else { return };
        if alone {
            let sharing = known
                .classes
                .iter()
                .copied()
                .filter(|&id| self.classes.get(id as usize).is_some_and(|class| preferred(class.profile)));
            let sharing: Vec<u32> = sharing.collect();
            if sharing.is_empty() {
                return;
            }
            let of =
                |id: &u32| self.classes.get(*id as usize).map_or(0, |class| class.weight * class.waiting.len() as u64);
            let weight = i128::from(sharing.iter().map(of).sum::<u64>().max(1));
            for id in sharing {
                if let Some(class) = self.classes.get_mut(id as usize) {
                    class.clock += ONE / weight;
                }
            }
        } else {
            known.rest = rest;
            for &id in &known.classes {
                if let Some(class) = self.classes.get_mut(id as usize) {
                    class.clock += step;
                }
            }
        }
        let (turn, rest) = self.turn(member);
        let mut key = self.key(member);
        key.first += turn;
        self.set_key(member, key);
        if let Some(found) = self.members.get_mut(member as usize) {
            found.rest = rest;
        }
    }

    /// Owes a member leads that all who may have leads now owe it by weight, itself too: `leads` in units of [`ONE`].
    pub fn grant(&mut self, member: u32, leads: i128) {
        let mut key = self.key(member);
        key.first -= leads / self.weight(member);
        self.set_key(member, key);
        let all: i128 = self.classes.iter().map(|class| i128::from(class.weight) * class.waiting.len() as i128).sum();
        if all > 0 {
            self.classes.iter_mut().for_each(|class| class.clock -= leads / all);
        }
    }

    fn weight(&self, member: u32) -> i128 {
        self.members.get(member as usize).map_or(1, |member| i128::from(member.weight.max(1)))
    }

    /// How many leads a member is owed, in units of [`ONE`]; below zero where it is ahead.
    pub fn owes(&self, member: u32) -> i128 {
        -self.key(member).first * self.weight(member)
    }

    /// What a member missed since it left: what it would have had at this weight beside the others.
    pub fn missed(&self, member: u32) -> i128 {
        let since = self.absence(member).since;
        since.map_or(0, |since| (self.time - since) * self.weight(member))
    }

    pub fn time(&self) -> i128 {
        self.time
    }

    pub fn absence(&self, member: u32) -> Absence {
        self.members.get(member as usize).map_or_else(Absence::default, |member| member.absence)
    }

    pub fn set_absence(&mut self, member: u32, absence: Absence) {
        if let Some(member) = self.members.get_mut(member as usize) {
            member.absence = absence;
        }
    }

    /// What divisions left: of each member's turns, and of each kind's time.
    pub fn rests(&self) -> (Vec<u64>, Vec<u64>) {
        (self.members.iter().map(|member| member.rest).collect(), self.kinds.iter().map(|kind| kind.rest).collect())
    }

    /// Takes up a count that was kept.
    pub fn resume(&mut self, time: i128, kinds: &[u64]) {
        self.time = time;
        self.kinds.iter_mut().zip(kinds).for_each(|(kind, rest)| kind.rest = *rest);
    }

    /// Sets what the division of a member's turns left.
    pub fn set_rest(&mut self, member: u32, rest: u64) {
        if let Some(found) = self.members.get_mut(member as usize) {
            found.rest = rest.min(found.weight.saturating_sub(1));
        }
    }

    /// Makes what all members are owed add up to nothing, by weight: somebody left with what it was owed.
    pub fn level(&mut self) {
        let members = 0..self.members.len() as u32;
        let owed: i128 = members.clone().map(|member| self.owes(member)).sum();
        let all: i128 = members.clone().map(|member| self.weight(member)).sum();
        for member in members.filter(|_| all > 0) {
            let mut key = self.key(member);
            key.first += owed / all;
            self.set_key(member, key);
        }
    }
}
