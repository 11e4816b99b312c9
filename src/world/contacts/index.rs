//! Index from the hash of a key to possible positions in a file.
//!
//! An entry has eight bytes: the upper 28 bits are the key's hash, the lower 36 the
//! position of its record. Two keys can share a hash, so readers must verify the key of a
//! record.

use rustc_hash::FxHasher;
use std::hash::Hasher;

const PLACE_BITS: u32 = 36;
const PLACE_MASK: u64 = (1 << PLACE_BITS) - 1;

/// Last position that can be indexed: 64 GiB into a file.
pub(super) const MAX_PLACE: u64 = PLACE_MASK;

/// Positions of keys.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Sorted once the index is complete.
    entries: Vec<u64>,
}

impl Index {
    /// Adds a key. The position is at most [`MAX_PLACE`].
    pub(super) fn add(&mut self, key: &str, place: u64) {
        self.entries.push(hash(key) | (place & PLACE_MASK));
    }

    /// Completes the index for lookups.
    pub(super) fn complete(&mut self) {
        // Not in parallel: a waiting worker could steal a job that needs the index being
        // built, and wait for itself.
        self.entries.sort_unstable();
        self.entries.dedup();
        self.entries.shrink_to_fit();
    }

    /// Returns the possible positions of the key, the last one first.
    pub(super) fn places(&self, key: &str) -> impl Iterator<Item = u64> {
        let low = hash(key);
        let start = self.entries.partition_point(|entry| *entry < low);
        let rest = &self.entries[start..];
        let same = rest.partition_point(|entry| *entry <= low | PLACE_MASK);
        rest[..same].iter().rev().map(|entry| entry & PLACE_MASK)
    }
}

fn hash(key: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(key.as_bytes());
    hasher.finish() & !PLACE_MASK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_leads_to_its_places_the_last_first() {
        let mut index = Index::default();
        for place in 0..100_000_u64 {
            index.add(&format!("contact-{place}"), place);
        }
        index.add("contact-7", MAX_PLACE);
        index.complete();
        for place in (0..100_000_u64).step_by(997) {
            let places: Vec<u64> = index.places(&format!("contact-{place}")).collect();
            assert!(places.contains(&place));
            assert!(places.len() < 4, "{places:?}");
        }
        assert_eq!(index.places("contact-7").next(), Some(MAX_PLACE));
    }

    #[test]
    fn hashes_spread_over_their_bits() {
        let mut index = Index::default();
        for number in 0..1_000_000_u64 {
            index.add(&format!("+1555{number:07}"), 0);
        }
        index.complete();
        // About 1,900 of a million keys are expected to collide in 2^28 places.
        assert!(index.entries.len() > 990_000, "{}", index.entries.len());
    }
}
