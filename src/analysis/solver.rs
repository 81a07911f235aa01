//! The exact tier: a slice as clauses for a solver of the satisfiability problem (crate `batsat`, after MiniSat: Eén and Sörensson,
//! "An Extensible SAT-solver", SAT 2003).
//!
//! A dimension is encoded by its order (Tamura et al., "Compiling finite linear CSP into SAT", Constraints 2009): variable k says
//! that the atom is at least k + 1, so that a run of atoms is two literals however long it is. A node is one variable, equal to what
//! it says (Tseitin 1968). Roots are assumptions, so that a refutation names those that it needed.

use super::budget::Budget;
use super::slice::{Literal, Part, Slice};
use batsat::{Callbacks, Lit, Solver, SolverInterface, SolverOpts, lbool};
use std::cell::Cell;

/// What the solver found.
pub enum Outcome {
    /// The local atom of each dimension.
    Model(Vec<u32>),
    /// The roots that no lead satisfies together, by place.
    Core(Vec<usize>),
    OutOfBudget,
}

/// One slice in a solver.
pub struct Clauses {
    solver: Solver<Limit>,
    /// For each dimension the variables of its order.
    order: Vec<Vec<Lit>>,
    always: Lit,
    roots: Vec<Lit>,
}

/// Stops a search when its budget is used up. The solver asks after each conflict.
struct Limit {
    budget: Budget,
    stopped: Cell<bool>,
}

/// Steps of the budget that one question of the solver costs.
const STEP: u64 = 50;

impl Callbacks for Limit {
    fn stop(&self) -> bool {
        if !self.stopped.get() && !self.budget.spend(STEP) {
            self.stopped.set(true);
        }
        self.stopped.get()
    }
}

impl Clauses {
    pub fn new(slice: &Slice, budget: &Budget) -> Self {
        let limit = Limit { budget: budget.clone(), stopped: Cell::new(false) };
        let mut solver = Solver::new(SolverOpts::default(), limit);
        let always = Lit::new(solver.new_var_default(), true);
        solver.add_clause_reuse(&mut vec![always]);
        let mut order = Vec::with_capacity(slice.dims.len());
        for dim in &slice.dims {
            let cuts: Vec<Lit> = (1..dim.local_atoms()).map(|_| Lit::new(solver.new_var_default(), true)).collect();
            for (low, high) in cuts.iter().zip(cuts.iter().skip(1)) {
                solver.add_clause_reuse(&mut vec![!*high, *low]);
            }
            order.push(cuts);
        }
        let mut clauses = Clauses { solver, order, always, roots: Vec::new() };
        let mut nodes: Vec<Lit> = Vec::with_capacity(slice.nodes.len());
        for node in &slice.nodes {
            let literal = match node {
                Part::True => always,
                Part::In(dim, runs) => {
                    let runs: Vec<Lit> = runs.iter().map(|run| !clauses.run(*dim, *run)).collect();
                    !clauses.all(runs)
                }
                Part::And(parts) => {
                    let parts = parts.iter().map(|part| of(&nodes, part, always)).collect();
                    clauses.all(parts)
                }
            };
            nodes.push(literal);
        }
        clauses.roots = slice.roots.iter().map(|root| of(&nodes, root, always)).collect();
        clauses
    }

    /// The atom is at least this one.
    fn at_least(&self, dim: u32, atom: u32) -> Lit {
        let Some(below) = (atom as usize).checked_sub(1) else { return self.always };
        self.order.get(dim as usize).and_then(|cuts| cuts.get(below)).copied().unwrap_or(!self.always)
    }

    fn run(&mut self, dim: u32, (start, end): (u32, u32)) -> Lit {
        let parts = vec![self.at_least(dim, start), !self.at_least(dim, end)];
        self.all(parts)
    }

    /// A literal that holds where all of these do.
    fn all(&mut self, mut parts: Vec<Lit>) -> Lit {
        if parts.contains(&!self.always) {
            return !self.always;
        }
        parts.retain(|part| *part != self.always);
        match parts.as_slice() {
            [] => return self.always,
            [one] => return *one,
            _ => {}
        }
        let whole = Lit::new(self.solver.new_var_default(), true);
        for part in &parts {
            self.solver.add_clause_reuse(&mut vec![!whole, *part]);
        }
        let mut back: Vec<Lit> = parts.iter().map(|part| !*part).collect();
        back.push(whole);
        self.solver.add_clause_reuse(&mut back);
        whole
    }

    /// Atoms that no lead has together: local dimensions with runs of their local atoms.
    pub fn forbid(&mut self, together: &[(u32, u32)]) {
        let mut clause: Vec<Lit> = together.iter().map(|(dim, atom)| !self.run(*dim, (*atom, *atom + 1))).collect();
        self.solver.add_clause_reuse(&mut clause);
    }

    /// Looks for a point at which all of these roots hold.
    pub fn solve(&mut self, roots: &[usize]) -> Outcome {
        let assumed: Vec<Lit> = roots.iter().filter_map(|root| self.roots.get(*root).copied()).collect();
        let found = self.solver.solve_limited(&assumed);
        if found == lbool::TRUE {
            let atom = |cuts: &Vec<Lit>| {
                cuts.iter().take_while(|cut| self.solver.value_lit(**cut) == lbool::TRUE).count() as u32
            };
            return Outcome::Model(self.order.iter().map(atom).collect());
        }
        if found == lbool::FALSE {
            let needed = |root: &usize| {
                self.roots.get(*root).is_some_and(|literal| self.solver.unsat_core_contains_var(literal.var()))
            };
            return Outcome::Core(roots.iter().copied().filter(needed).collect());
        }
        Outcome::OutOfBudget
    }
}

fn of(nodes: &[Lit], part: &Literal, always: Lit) -> Lit {
    let literal = nodes.get(part.node as usize).copied().unwrap_or(always);
    if part.negated { !literal } else { literal }
}
