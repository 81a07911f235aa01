//! How near everybody is to his share of the leads that were given in turn.

use super::crews::{Crews, Order};
use super::rota::ONE;
use super::state::State;
use crate::policy::{PoolId, RepId};

impl Crews {
    /// The count of turns that a pool's leads are counted in: its number; pools that share turns have one. None where a pool's
    /// turns are not counted.
    pub fn count_of_turns(&self, pool: PoolId) -> Option<usize> {
        let crew = self.all.get(self.crew_of_pool(pool))?;
        let order =
            Some(crew.order).filter(|seat| self.rotas.get(seat.rota).is_some_and(|plan| plan.order == Order::Turns));
        order.or(crew.turns).map(|seat| seat.rota)
    }
}

impl State {
    /// What each rep is owed in a count of turns, in leads: his part of every lead that was given while he might have it, less
    /// those that he was given; below zero where he had more.
    pub fn owed(&self, crews: &Crews, count: usize) -> Vec<(RepId, f64)> {
        let (Some(plan), Some(rota)) = (crews.rotas.get(count), self.rotas.get(count)) else { return Vec::new() };
        let members = plan.members.iter().zip(0u32..);
        members.map(|((rep, ..), member)| (*rep, rota.owes(member) as f64 / ONE as f64)).collect()
    }
}
