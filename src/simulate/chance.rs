//! The dice of a simulation: numbers that depend on the seed, the lead and the throw, and on nothing else.
//!
//! A lead meets the same chance under every policy and in every order (common random numbers: Law, "Simulation Modeling and
//! Analysis", 5th edition, section 11.2), so two policies differ by what they do. Numbers come from SHA-256 in counter mode and are
//! made normal with functions that are compiled in, so they are the same on every machine.

use sha2::{Digest, Sha256};

/// What a throw is for; each purpose has its own numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// How long a rep takes to answer.
    Response,
    /// Whether a lead converts.
    Outcome,
}

/// The dice of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chance {
    pub seed: u64,
}

/// What a lead's numbers depend on besides the seed.
pub fn key_of(id: &str) -> u64 {
    first_number(&Sha256::digest(id)).0
}

impl Chance {
    /// A number of the standard normal distribution (Box and Muller, "A note on the generation of random normal deviates", 1958).
    pub fn normal(self, purpose: Purpose, lead: u64, throw: u32) -> f64 {
        let (one, other) = self.pair(purpose, lead, throw);
        let angle = std::f64::consts::TAU * unit(other);
        libm::sqrt(-2.0 * libm::log(unit(one))) * libm::cos(angle)
    }

    /// A number above 0 and below 1, each alike.
    pub fn uniform(self, purpose: Purpose, lead: u64, throw: u32) -> f64 {
        unit(self.pair(purpose, lead, throw).0)
    }

    fn pair(self, purpose: Purpose, lead: u64, throw: u32) -> (u64, u64) {
        let digest = Sha256::new()
            .chain_update(self.seed.to_le_bytes())
            .chain_update([purpose as u8])
            .chain_update(lead.to_le_bytes())
            .chain_update(throw.to_le_bytes())
            .finalize();
        first_number(&digest)
    }
}

fn first_number(digest: &[u8]) -> (u64, u64) {
    let number = |skip: usize| digest.iter().skip(skip).take(8).fold(0, |number, &byte| number << 8 | u64::from(byte));
    (number(0), number(8))
}

/// The middle of one of 2^53 equal parts of the way from 0 to 1.
fn unit(number: u64) -> f64 {
    ((number >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_for_ever_and_normal() {
        let chance = Chance { seed: 1 };
        // By an implementation in another language.
        assert!((chance.normal(Purpose::Response, key_of("L1"), 0) - 1.524135214489484).abs() < 1e-12);
        assert_eq!(chance.uniform(Purpose::Outcome, key_of("L1"), 0), 0.49158906205646885);
        let numbers: Vec<f64> = (0..20_000).map(|lead| chance.normal(Purpose::Response, lead, 3)).collect();
        let mean = numbers.iter().sum::<f64>() / 20_000.0;
        let variance = numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
        let beyond = numbers.iter().filter(|x| x.abs() > 1.96).count();
        assert!((900..1100).contains(&beyond), "{beyond} of 20,000 are outside of 95%");
    }
}
