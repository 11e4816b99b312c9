//! The progress of an action that listens to the caller.

use crate::value::Text;

/// The progress of an action that listens to the caller.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Listening {
    /// The smallest and the largest number of keys in an entry.
    pub(in crate::engine) min: u32,
    pub(in crate::engine) max: u32,
    /// The time to wait for the first key and for each further key, in milliseconds.
    pub(in crate::engine) first_ms: i64,
    pub(in crate::engine) next_ms: i64,
    /// The key that ends the entry, and whether the entry includes it.
    pub(in crate::engine) terminator: Option<char>,
    pub(in crate::engine) with_terminator: bool,
    /// Those of `*` and `#` that are an entry by themselves.
    pub(in crate::engine) single_keys: Text,
    /// The number of rounds, the first included.
    pub(in crate::engine) rounds: u32,
    /// Whether several digits are an extension.
    pub(in crate::engine) dials: bool,
    /// The number of the current round, from 1.
    pub(in crate::engine) round: u32,
    /// The keys of this round.
    pub(in crate::engine) digits: Text,
    /// The entry that the caller is asked to confirm.
    pub(in crate::engine) entry: Option<Text>,
    /// Whether the caller has answered in this round. No further keys come then.
    pub(in crate::engine) is_answered: bool,
    /// The keys that a question allows; empty if a menu defines them.
    pub(in crate::engine) keys: Text,
}

impl Listening {
    /// Begins the next round.
    pub(in crate::engine) fn again(&mut self) {
        self.round += 1;
        self.listen();
    }

    /// Clears the keys and listens again in the same round.
    pub(in crate::engine) fn listen(&mut self) {
        self.digits.clear();
        self.is_answered = false;
    }

    /// The number of keys in this round.
    pub(in crate::engine) fn count(&self) -> u32 {
        // Keys are ASCII, one byte each, and at most `max` of them.
        u32::try_from(self.digits.len()).unwrap_or(u32::MAX)
    }

    /// The time to wait for the next key, in milliseconds.
    pub(in crate::engine) fn patience_ms(&self) -> i64 {
        if self.digits.is_empty() { self.first_ms } else { self.next_ms }
    }
}
