//! `--filter` of commands that read recordings.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::output;
use crate::recording::{self, Recording};
use crate::source::Files;
#[cfg(feature = "live")]
use crate::suite::Case;
use crate::suite::{Attribute, Filter, Filtered, slashed};

/// Filter of tests and recordings.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct FilterOption {
    /// Take only what a filter accepts, such as 'flow(Main) and not name(~test)';
    /// repeatable, one match is enough. The name of a recording is its id
    #[arg(long, short = 'E', value_name = "EXPRESSION", value_parser = Filter::parse)]
    filter: Vec<Filter>,
}

impl FilterOption {
    /// Returns whether a filter is given.
    pub(super) fn is_given(&self) -> bool {
        !self.filter.is_empty()
    }

    /// Rejects a filter that no recording can match.
    pub(super) fn refused_for_recordings(&self) -> Option<Exit> {
        self.filter.iter().any(|it| it.compares(Attribute::Tag)).then(|| {
            let text = "recordings have no tags; filter them with name, file or flow";
            output::message("error", text);
            Exit::Usage
        })
    }

    fn accepts(&self, subject: &Filtered<'_>) -> bool {
        !self.is_given() || self.filter.iter().any(|filter| filter.accepts(subject))
    }

    /// Returns whether the filter accepts a test.
    #[cfg(feature = "live")]
    pub(super) fn accepts_test(&self, file: &Path, case: &Case) -> bool {
        self.accepts(&Filtered::test(&slashed(file), case))
    }

    /// Returns whether the filter accepts a recording.
    pub(super) fn accepts_recording(&self, file: &Path, recording: &Recording) -> bool {
        let flow = &recording.flow;
        let flows = [&flow.id, &flow.name].into_iter().flatten();
        self.accepts(&Filtered {
            name: &recording.id,
            file: &slashed(file),
            flows: flows.map(|it| it.as_str()).collect(),
            ..Filtered::default()
        })
    }

    /// Returns the recordings that the filter accepts. A recording that cannot be read is
    /// kept, so that its mistakes are reported.
    pub(super) fn recordings(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        if !self.is_given() {
            return paths;
        }
        let is_accepted = |path: &PathBuf| {
            let (recording, _) = recording::load(path, &mut Files::new());
            recording.is_none_or(|it| self.accepts_recording(path, &it))
        };
        paths.into_iter().filter(is_accepted).collect()
    }
}
