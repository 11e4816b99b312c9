//! Hash of a recorded call, by which equal calls are found.

use std::fmt;

use twox_hash::XxHash64;

use super::call_form;
use crate::program::Program;
use crate::recording::Recording;
use crate::suite::Recorded;

/// Hash of everything that a recorded call met: the flow and its version, the start of the
/// call, inputs, answers, and the recorded steps. Calls with equal hashes have equal
/// verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallHash(u128);

impl fmt::Display for CallHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

impl CallHash {
    /// Parses 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let hash = Self(u128::from_str_radix(text, 16).ok()?);
        (hash.to_string() == text).then_some(hash)
    }

    /// Returns the hash of a call that is compared with the program. `are_times_compared`
    /// is whether the start times of steps are compared.
    pub(super) fn of(
        recording: &Recording,
        recorded: &Recorded<'_>,
        program: &Program,
        are_times_compared: bool,
    ) -> Self {
        let form = call_form::of(recording, recorded, program, are_times_compared);
        let half = |seed| u128::from(XxHash64::oneshot(seed, form.as_bytes()));
        Self(half(0) << 64 | half(1))
    }
}
