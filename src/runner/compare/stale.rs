//! Outdated recordings.

use super::CompareContext;
use crate::engine::start;
use crate::program::Program;
use crate::recording::Recording;
use crate::value::{DateTime, Text};

/// A reason why a recording may be outdated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stale {
    /// The recording is older than the wanted minimum date.
    Old,
    /// No local flow matches the one in which the call began.
    Unmatched,
    /// The flow was recorded in another version than the local one.
    Version {
        /// Recorded version.
        recorded: Text,
        /// Local version.
        local: Text,
    },
    /// Recorded answers that are no longer requested, with their nodes.
    Unused(Vec<Text>),
}

impl Stale {
    /// Returns the name in reports: `old`, `unmatched`, `version` or `unused`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::Unmatched => "unmatched",
            Self::Version { .. } => "version",
            Self::Unused(_) => "unused",
        }
    }
}

/// Returns the reasons that are known before the call is replayed.
pub(super) fn of(
    recording: &Recording,
    is_matched: bool,
    against: CompareContext<'_>,
) -> Vec<Stale> {
    let is_old = against.oldest.is_some_and(|oldest| {
        let made = recording.recorded_at.as_deref().and_then(DateTime::parse);
        made.is_some_and(|made| made < oldest)
    });
    let old = is_old.then_some(Stale::Old);
    let unmatched = (!is_matched).then_some(Stale::Unmatched);
    [old, unmatched, version(recording, against.program)].into_iter().flatten().collect()
}

/// Returns the versions if both sides have one and they differ.
fn version(recording: &Recording, program: &Program) -> Option<Stale> {
    let flow = &recording.flow;
    let flow_type = flow.kind.as_deref();
    let known = |name: &Option<Text>| {
        start::flow_of_type(program, name.as_ref()?, flow_type).ok()
    };
    let local = known(&flow.id).or_else(|| known(&flow.name))?;
    let local = program.symbols.flow(local).version.clone()?;
    let recorded = flow.version.clone()?;
    let differ = whole(&recorded) != whole(&local);
    differ.then_some(Stale::Version { recorded, local })
}

/// Removes a trailing `.0`: `13.0` is version 13.
fn whole(version: &str) -> &str {
    version.strip_suffix(".0").unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_without_trailing_zero() {
        assert_eq!(whole("13.0"), whole("13"));
        assert_ne!(whole("13.1"), whole("13"));
        assert_ne!(whole("10"), whole("1"));
    }
}
