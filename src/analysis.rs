//! What is proved of a policy over all leads.
//!
//! Every analysis is one question: *is there a lead in this box that no blocker takes?* It is answered by *proved* (there is none), a
//! *witness* (a lead, made of real values), or *unknown, because*.
//!
//! ```text
//! policies --Space::new--> dimensions of atoms (asked, moments), what is known of every lead (facts)
//!                |
//!      condition, takes, steps: conditions, rules, routes as formulas (formula, space, scores, routes)
//!                |
//!              find: formulas that hold, formulas that do not --> Answer
//!                |   cubes decide nearly all (cubes, cover, quick, regions), a solver the rest (find, slice, solver, texts)
//!                |
//!           decide: the witness once more, by the reference matcher (witness)
//! ```
//!
//! docs/design/proofs.md tells of the steps, and why they stand in this order. How to ask:
//!
//! - [`Space::new`] over one policy, or over two that are compared; a policy is named by its place. Fields, records and their columns
//!   are the same in both where they have one name.
//! - [`Space::condition`], [`Space::segment`], [`Space::territory`], [`Space::takes`] and the others give a [`Formula`]. Combine them
//!   by `space.formulas.and`, `or`, `negate`.
//! - [`Space::comes_to_routes`] is where the lead is readable, not excluded and not tied: most questions have it among what holds.
//!   [`Space::steps`] are the rules in the order tried, `continue`s followed.
//! - [`Space::find`] takes formulas that hold and formulas that do not, and a [`Budget`]. [`Answer::Proved`] names blockers that suffice.
//! - [`Space::decide`], [`Space::holds`], [`Space::rule_takes`] run a [`Witness`] through the reference matcher. Do so before it is
//!   shown: a witness that does not hold up there is [`Answer::Unknown`].
//!
//! Records are not looked up: what a lead finds is free, as rows that are not there today may be there tomorrow. Its columns are missing
//! together where it finds none. A witness brings its row along.

pub mod asked;
mod broken;
pub mod budget;
mod conditions;
mod cover;
mod cubes;
mod facts;
pub mod find;
pub mod formula;
mod gaps;
mod guarantees;
mod moments;
mod overlaps;
mod partitions;
pub mod quick;
pub mod reached;
pub mod regions;
pub mod routes;
pub mod same;
mod scores;
mod shadows;
mod slice;
mod solver;
pub mod space;
mod territories;
mod texts;
pub mod told;
mod values;
pub mod witness;

pub use budget::Budget;
pub use find::{Answer, Reason};
pub use formula::Formula;
pub use routes::Step;
pub use space::Space;
pub use told::{Prover, Told, Undecided};
pub use witness::Witness;
