//! Recordings that have had their time.

use super::Against;
use crate::program::Program;
use crate::recording::Recording;
use crate::value::{DateTime, Text};

/// Why a recording may have had its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stale {
    /// It was made before the time from which on recordings are wanted.
    Old,
    /// No local flow is the one that the call began in.
    Unmatched,
    /// Another version of the flow was recorded than is here.
    Version {
        /// The recorded one.
        recorded: Text,
        /// The one that is here.
        local: Text,
    },
    /// It has answers that nobody asks for any more; at which nodes.
    Unused(Vec<Text>),
}

impl Stale {
    /// As it is written: `old`, `unmatched`, `version`, `unused`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::Unmatched => "unmatched",
            Self::Version { .. } => "version",
            Self::Unused(_) => "unused",
        }
    }
}

/// What there is to say of a recording before its call is made.
pub(super) fn of(
    recording: &Recording,
    is_matched: bool,
    against: Against<'_>,
) -> Vec<Stale> {
    let is_old = against.oldest.is_some_and(|oldest| {
        let made = recording.recorded_at.as_deref().and_then(DateTime::parse);
        made.is_some_and(|made| made < oldest)
    });
    let old = is_old.then_some(Stale::Old);
    let unmatched = (!is_matched).then_some(Stale::Unmatched);
    [old, unmatched, version(recording, against.program)].into_iter().flatten().collect()
}

/// Whether both sides name a version, and not the same.
fn version(recording: &Recording, program: &Program) -> Option<Stale> {
    let flow = &recording.flow;
    let known = |name: &Option<Text>| program.flow(name.as_ref()?);
    let local = known(&flow.id).or_else(|| known(&flow.name))?;
    let local = program.legend.flow(local).version.clone()?;
    let recorded = flow.version.clone()?;
    let differ = whole(&recorded) != whole(&local);
    differ.then_some(Stale::Version { recorded, local })
}

/// `13.0` is the version 13.
fn whole(version: &str) -> &str {
    version.strip_suffix(".0").unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_without_their_zero() {
        assert_eq!(whole("13.0"), whole("13"));
        assert_ne!(whole("13.1"), whole("13"));
        assert_ne!(whole("10"), whole("1"));
    }
}
