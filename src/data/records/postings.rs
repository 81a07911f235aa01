//! Which ids have a hash: an immutable multimap in two flat arrays.

use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// Entries sorted by hash, then id, and where each bucket of hashes, told by their high bits, starts.
///
/// ```text
/// starts:   0     2  2        5 ...       one a bucket, about one bucket an entry
/// entries:  a a   .  b c c    ...         (tag: the next 32 bits of the hash, id)
/// ```
#[derive(Debug, Clone, Default)]
pub struct Postings {
    bucket_bits: u32,
    starts: Vec<u32>,
    entries: Vec<(u32, u32)>,
}

impl Postings {
    pub fn new(mut hashed: Vec<(u64, u32)>) -> Self {
        hashed.sort_unstable();
        hashed.dedup();
        let bucket_bits = hashed.len().next_power_of_two().ilog2().min(31);
        let mut starts = Vec::with_capacity((1 << bucket_bits) + 1);
        for (at, &(hash, _)) in (0..).zip(&hashed) {
            while starts.len() <= bucket(hash, bucket_bits) {
                starts.push(at);
            }
        }
        starts.resize((1 << bucket_bits) + 1, hashed.len() as u32);
        let entries = hashed.into_iter().map(|(hash, id)| (tag(hash, bucket_bits), id)).collect();
        Postings { bucket_bits, starts, entries }
    }

    /// The ids put in under this hash, ascending; rarely also one of another hash, so that the caller compares.
    pub fn get(&self, hash: u64) -> impl Iterator<Item = u32> + '_ {
        let at = bucket(hash, self.bucket_bits);
        let start = self.starts.get(at).map_or(0, |&start| start as usize);
        let end = self.starts.get(at + 1).map_or(0, |&end| end as usize);
        let bucket = self.entries.get(start..end).unwrap_or(&[]);
        let wanted = tag(hash, self.bucket_bits);
        let first = bucket.partition_point(|&(tag, _)| tag < wanted);
        bucket.iter().skip(first).take_while(move |&&(tag, _)| tag == wanted).map(|&(_, id)| id)
    }
}

fn bucket(hash: u64, bits: u32) -> usize {
    hash.checked_shr(64 - bits).unwrap_or(0) as usize
}

fn tag(hash: u64, bucket_bits: u32) -> u32 {
    ((hash << bucket_bits) >> 32) as u32
}

/// A hash whose high bits are well mixed, the same on every machine and in every run.
pub fn hash(value: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish().wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
