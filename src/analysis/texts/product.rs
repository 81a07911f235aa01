//! The shortest text that several automata accept together, found breadth first in their product; where the product is used up, there
//! is none (Hopcroft, Motwani and Ullman, "Introduction to Automata Theory", section 4.2).
//!
//! Texts are read byte by byte. Patterns are automata of the crate `regex-automata`; which atom of an axis a text has is told by a
//! tree of its literals and cuts.

use crate::analysis::budget::Budget;
use crate::graph::atoms::AtomSet;
use crate::graph::axis::TextAxis;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::{start, syntax};
use regex_automata::{Anchored, MatchKind};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// States of the product that are visited.
const MOST_STATES: usize = 30_000;
/// Bytes of one automaton.
const MOST_BYTES: usize = 4 << 20;

/// What is asked of a text, or of what comes behind its last `@`.
pub struct Machine {
    kind: Kind,
    /// How it is to end.
    wanted: bool,
    /// Starts anew at each `@`.
    domain: bool,
}

enum Kind {
    Pattern(Box<dense::DFA<Vec<u32>>>),
    Value(Tree, AtomSet),
}

#[derive(Debug, PartialEq, Eq)]
pub enum Shortest {
    Text(String),
    /// No text is accepted by all.
    None,
    TooHard,
}

impl Machine {
    /// Whether an expression is found in the text; `None` where it is no automaton, or too large.
    pub fn found(expression: &str, any_case: bool, wanted: bool, domain: bool) -> Option<Machine> {
        let bytes = "(?s-u:.)*";
        Self::whole(&format!("{bytes}(?:{expression}){bytes}"), any_case, wanted, domain)
    }

    /// Whether an expression is the whole text.
    pub fn is(expression: &str, wanted: bool, domain: bool) -> Option<Machine> {
        Self::whole(expression, false, wanted, domain)
    }

    fn whole(expression: &str, any_case: bool, wanted: bool, domain: bool) -> Option<Machine> {
        let config = dense::Config::new()
            .match_kind(MatchKind::All)
            .start_kind(StartKind::Anchored)
            .dfa_size_limit(Some(MOST_BYTES))
            .determinize_size_limit(Some(2 * MOST_BYTES));
        let dfa = dense::Builder::new()
            .configure(config)
            .syntax(syntax::Config::new().utf8(false).case_insensitive(any_case))
            .build(&format!("(?:{expression})$"))
            .ok()?;
        Some(Machine { kind: Kind::Pattern(Box::new(dfa)), wanted, domain })
    }

    /// Whether the text's atom is one of these.
    pub fn value(axis: &TextAxis, literals: &[SmolStr], atoms: AtomSet, domain: bool) -> Machine {
        Machine { kind: Kind::Value(Tree::new(axis, literals), atoms), wanted: true, domain }
    }

    fn start(&self) -> Option<u32> {
        match &self.kind {
            Kind::Pattern(dfa) => {
                dfa.start_state(&start::Config::new().anchored(Anchored::Yes)).ok().map(|state| state.as_u32())
            }
            Kind::Value(..) => Some(0),
        }
    }

    fn step(&self, state: u32, byte: u8) -> Option<u32> {
        if self.domain && byte == b'@' {
            return self.start();
        }
        Some(match &self.kind {
            Kind::Pattern(dfa) => dfa.next_state(id(state), byte).as_u32(),
            Kind::Value(tree, _) => tree.step(state, byte),
        })
    }

    fn accepts(&self, state: u32) -> bool {
        let accepts = match &self.kind {
            Kind::Pattern(dfa) => dfa.is_match_state(dfa.next_eoi_state(id(state))),
            Kind::Value(tree, atoms) => tree.atom(state).is_some_and(|atom| atoms.contains(atom)),
        };
        accepts == self.wanted
    }

    /// Nothing that follows is accepted.
    fn is_lost(&self, state: u32) -> bool {
        match &self.kind {
            Kind::Pattern(dfa) => self.wanted && !self.domain && dfa.is_dead_state(id(state)),
            Kind::Value(..) => false,
        }
    }

    /// Bytes of one number are treated alike.
    fn class(&self, byte: u8) -> u8 {
        match &self.kind {
            Kind::Pattern(dfa) => dfa.byte_classes().get(byte),
            Kind::Value(tree, _) => tree.bytes.get(byte as usize).copied().unwrap_or(0),
        }
    }
}

fn id(state: u32) -> StateID {
    StateID::new(state as usize).unwrap_or(StateID::ZERO)
}

/// The shortest text of these bytes that all accept; without `bytes`, of any.
pub fn shortest(machines: &[Machine], bytes: Option<&[u8]>, budget: &Budget) -> Shortest {
    let Some(first) = machines.iter().map(Machine::start).collect::<Option<Vec<u32>>>() else {
        return Shortest::TooHard;
    };
    let mut seen = Vec::new();
    let mut alphabet = Vec::new();
    let all: Vec<u8> = (0..=u8::MAX).collect();
    for byte in bytes.unwrap_or(&all) {
        // `@` is a class of its own, since a domain begins behind it.
        let class: Vec<u8> =
            machines.iter().map(|machine| machine.class(*byte)).chain([u8::from(*byte == b'@')]).collect();
        if bytes.is_some() || !seen.contains(&class) {
            seen.push(class);
            alphabet.push(*byte);
        }
    }
    let mut places: FxHashMap<Vec<u32>, usize> = FxHashMap::default();
    // Each state with the one before it and the byte between.
    let mut states: Vec<(Vec<u32>, usize, u8)> = vec![(first.clone(), 0, 0)];
    places.insert(first, 0);
    let mut next = 0;
    while let Some((state, ..)) = states.get(next).cloned() {
        if machines.iter().zip(&state).all(|(machine, state)| machine.accepts(*state)) {
            return text_of(&states, next).map_or(Shortest::TooHard, Shortest::Text);
        }
        if states.len() > MOST_STATES || !budget.spend(1 + alphabet.len() as u64 / 4) {
            return Shortest::TooHard;
        }
        for byte in &alphabet {
            let after = machines.iter().zip(&state).map(|(machine, state)| machine.step(*state, *byte));
            let Some(after) = after.collect::<Option<Vec<u32>>>() else { continue };
            let lost = machines.iter().zip(&after).any(|(machine, state)| machine.is_lost(*state));
            if !lost && !places.contains_key(&after) {
                places.insert(after.clone(), states.len());
                states.push((after, next, *byte));
            }
        }
        next += 1;
    }
    Shortest::None
}

fn text_of(states: &[(Vec<u32>, usize, u8)], mut at: usize) -> Option<String> {
    let mut bytes = Vec::new();
    while at != 0 {
        let (_, before, byte) = states.get(at)?;
        bytes.push(*byte);
        at = *before;
    }
    bytes.reverse();
    String::from_utf8(bytes).ok()
}

/// A tree of literals and cuts: as long as a text is a beginning of one of them its place is a node; then all that matters is how many
/// cuts are below it.
struct Tree {
    nodes: Vec<Node>,
    /// For each interval between cuts the atom of its other texts.
    others: Vec<u32>,
    /// A number of its own for each byte that occurs.
    bytes: Vec<u8>,
}

#[derive(Default)]
struct Node {
    children: BTreeMap<u8, u32>,
    literal: Option<u32>,
    /// Cuts at or below this text, and cuts in the whole subtree.
    below: u32,
    within: u32,
    is_cut: bool,
}

/// Numbers from here on are counts of cuts.
const LEFT: u32 = 1 << 31;

impl Tree {
    fn new(axis: &TextAxis, literals: &[SmolStr]) -> Tree {
        let mut tree = Tree { nodes: vec![Node::default()], others: Vec::new(), bytes: vec![0; 256] };
        for literal in literals {
            let node = tree.enter(literal.as_bytes());
            tree.nodes.get_mut(node as usize).into_iter().for_each(|node| node.literal = Some(axis.atom(literal)));
        }
        for atom in (0..axis.size()).filter(|atom| axis.other_interval(*atom).is_some()) {
            tree.others.push(atom);
            let low = axis.other_interval(atom).map_or(&[][..], |(low, _)| low);
            if !low.is_empty() {
                let node = tree.enter(low);
                tree.nodes.get_mut(node as usize).into_iter().for_each(|node| node.is_cut = true);
            }
        }
        tree.count();
        tree
    }

    fn enter(&mut self, bytes: &[u8]) -> u32 {
        let mut at = 0;
        for byte in bytes {
            let new = self.nodes.len() as u32;
            let number = u8::try_from(1 + self.bytes.iter().filter(|number| **number > 0).count()).unwrap_or(u8::MAX);
            if let Some(place) = self.bytes.get_mut(*byte as usize).filter(|place| **place == 0) {
                *place = number;
            }
            let Some(node) = self.nodes.get_mut(at as usize) else { return at };
            at = *node.children.entry(*byte).or_insert(new);
            if at == new {
                self.nodes.push(Node::default());
            }
        }
        at
    }

    /// Counts cuts, in the order of the texts.
    fn count(&mut self) {
        let mut sum = 0;
        let mut open = vec![(0u32, false)];
        while let Some((at, done)) = open.pop() {
            let Some(node) = self.nodes.get_mut(at as usize) else { continue };
            if done {
                node.within = sum + u32::from(node.is_cut) - node.below;
                continue;
            }
            sum += u32::from(node.is_cut);
            node.below = sum;
            let children: Vec<u32> = node.children.values().rev().copied().collect();
            open.push((at, true));
            open.extend(children.into_iter().map(|child| (child, false)));
        }
    }

    fn step(&self, state: u32, byte: u8) -> u32 {
        let Some(node) = self.nodes.get(state as usize).filter(|_| state < LEFT) else { return state };
        if let Some(child) = node.children.get(&byte) {
            return *child;
        }
        let smaller = node.children.range(..byte).filter_map(|(_, child)| self.nodes.get(*child as usize));
        LEFT + node.below + smaller.map(|child| child.within).sum::<u32>()
    }

    fn atom(&self, state: u32) -> Option<u32> {
        if state >= LEFT {
            return self.others.get((state - LEFT) as usize).copied();
        }
        let node = self.nodes.get(state as usize)?;
        node.literal.or_else(|| self.others.get(node.below as usize).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::TextSet;
    use std::sync::Arc;

    #[test]
    fn a_tree_tells_the_atom_of_every_text() {
        let set = |texts: &[&str], ranges: &[(&str, &str)]| TextSet {
            values: Arc::new(texts.iter().map(SmolStr::new).collect()),
            ranges: ranges.iter().map(|(low, high)| (SmolStr::new(low), SmolStr::new(high))).collect(),
            list: None,
        };
        let sets =
            [set(&["ab", "b", "abc"], &[]), set(&["b"], &[("aa", "ac"), ("b", "b")]), set(&[""], &[("abb", "c")])];
        let (axis, _) = TextAxis::new(&sets);
        let literals: Vec<SmolStr> = sets.iter().flat_map(|set| set.values.iter().cloned()).collect();
        let tree = Tree::new(&axis, &literals);
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            texts
                .extend(texts.clone().iter().flat_map(|text| ["a", "b", "c", "d"].map(|more| format!("{text}{more}"))));
        }
        for text in texts {
            let state = text.bytes().fold(0, |state, byte| tree.step(state, byte));
            assert_eq!(tree.atom(state), Some(axis.atom(&text)), "{text}");
        }
    }

    #[test]
    fn patterns_are_joined_or_refuted() {
        let budget = Budget::steps(1_000_000);
        let found = |text, wanted| Machine::found(text, false, wanted, false).unwrap();
        let shortest = |machines: &[Machine]| shortest(machines, None, &budget);
        assert_eq!(
            shortest(&[found("^ab", true), found("b$", true), found("c", true)]),
            Shortest::Text("abcb".to_owned())
        );
        assert_eq!(shortest(&[found("ab", true), found("b", false)]), Shortest::None);
        let at_acme = Machine::found("^acme$", false, true, true).unwrap();
        assert_eq!(shortest(&[found("^a@", true), at_acme]), Shortest::Text("a@acme".to_owned()));
    }
}
