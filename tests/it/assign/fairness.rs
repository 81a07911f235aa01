//! Turns against exact shares: rational numbers, added up lead by lead for everyone who might have had it.

use leadway::assign::rota::Rota;
use proptest::prelude::*;

/// An exact fraction over the common denominator of a run.
struct Shares {
    /// Shares less leads, by member, times `unit`.
    owed: Vec<i128>,
    unit: i128,
}

fn lcm(a: i128, b: i128) -> i128 {
    fn gcd(a: i128, b: i128) -> i128 {
        if b == 0 { a } else { gcd(b, a % b) }
    }
    a / gcd(a, b) * b
}

impl Shares {
    fn new(members: usize, sums: impl Iterator<Item = i128>) -> Shares {
        Shares { owed: vec![0; members], unit: sums.fold(1, lcm) }
    }

    fn lead(&mut self, weights: &[u64], may: u64, to: usize) {
        let sum: i128 = members(may, weights.len()).map(|member| i128::from(weights[member])).sum();
        for member in members(may, weights.len()) {
            self.owed[member] += self.unit / sum * i128::from(weights[member]);
        }
        self.owed[to] -= self.unit;
    }
}

fn members(set: u64, count: usize) -> impl Iterator<Item = usize> {
    (0..count).filter(move |member| set >> member & 1 == 1)
}

fn next(rota: &mut Rota) -> usize {
    let picked = rota.in_turn(0, rota.candidates(0)).unwrap().member;
    rota.count(0, picked, |_| true);
    picked as usize
}

/// The quota method, in exact numbers: of those whose share of this many leads is above what they have, the earliest deadline.
fn quota_method(weights: &[u64], leads: usize) -> Vec<usize> {
    let sum: u64 = weights.iter().sum();
    let mut has = vec![0u64; weights.len()];
    (1..=leads as u64)
        .map(|lead| {
            let due = (0..weights.len()).filter(|&at| has[at] * sum < weights[at] * lead);
            let first = due.min_by(|&a, &b| ((has[a] + 1) * weights[b]).cmp(&((has[b] + 1) * weights[a]))).unwrap();
            has[first] += 1;
            first
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn while_the_set_stays_everyone_is_less_than_one_lead_from_its_share(
        weights in prop::collection::vec(prop_oneof![1u64..6, 1u64..200, Just(1_000_000u64)], 1..12),
    ) {
        let all = (1 << weights.len()) - 1;
        let mut rota = Rota::new(weights.iter().map(|&weight| (weight, 0)), 1);
        (0..weights.len() as u32).for_each(|member| rota.allow(member, 1));
        let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
        let mut shares = Shares::new(weights.len(), [sum].into_iter());
        let mut given = Vec::new();
        for _ in 0..600 {
            let to = next(&mut rota);
            given.push(to);
            shares.lead(&weights, all, to);
            prop_assert!(shares.owed.iter().all(|owed| owed.abs() < shares.unit), "{:?} of {}", shares.owed, shares.unit);
        }
        prop_assert_eq!(given, quota_method(&weights, 600));
    }

    #[test]
    fn whoever_comes_and_goes_nobody_is_as_many_leads_from_its_share_as_there_are_members(
        weights in prop::collection::vec(1u64..6, 2..7),
        sets in prop::collection::vec((any::<u64>(), 1usize..12), 1..60),
    ) {
        let count = weights.len();
        let all = (1u64 << count) - 1;
        let sets: Vec<(u64, usize)> = sets.into_iter().map(|(set, leads)| (set & all, leads)).filter(|(set, _)| *set != 0).collect();
        let sums = sets.iter().map(|(set, _)| members(*set, count).map(|member| i128::from(weights[member])).sum());
        let mut shares = Shares::new(count, sums);
        let mut rota = Rota::new(weights.iter().map(|&weight| (weight, 0)), 1);
        for (set, leads) in sets {
            (0..count as u32).for_each(|member| rota.allow(member, u128::from(set >> member & 1)));
            for _ in 0..leads {
                let to = next(&mut rota);
                prop_assert!(set >> to & 1 == 1);
                shares.lead(&weights, set, to);
                let most = (count as i128 - 1) * shares.unit;
                prop_assert!(shares.owed.iter().all(|owed| owed.abs() <= most), "{:?} of {}", shares.owed, shares.unit);
            }
        }
    }
}
