//! Comparison of a call's trace with the snapshot of its test.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::place::pending_path;
use super::text::{HEADER_LINES, render};
use crate::program::Program;
use crate::source::{self, Span, replace_own_file, require_inside};
use crate::suite::event_index::EventIndex;
use crate::suite::history::History;
use crate::suite::mismatch::{Mismatch, Shown};
use crate::suite::scenario::{Case, SuiteFile};
use crate::trace::{Trace, steps_of_blocks};
use crate::value::Text;

/// Advice on a snapshot with a pending version.
const REVIEW: &str = "accept or reject it with `flowsim test --review`, or accept all \
                      with `flowsim test --update`";

/// Handling of a snapshot that differs from the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SnapshotMode {
    /// The test fails; nothing is written.
    #[default]
    Check,
    /// The test fails; the new snapshot is written next to the old one for review.
    Pending,
    /// The new snapshot replaces the old one.
    Update,
}

/// State of a snapshot compared with the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotState {
    /// Equal to the call.
    Unchanged,
    /// Missing.
    New,
    /// Different or unreadable.
    Changed,
}

/// Result of comparing a call with its snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotResult {
    /// Path of the snapshot.
    pub path: PathBuf,
    /// State of the snapshot.
    pub state: SnapshotState,
    /// Position in the scenario file.
    span: Span,
    /// New snapshot of this call.
    text: String,
}

/// Compares a call with the snapshot of its test, if it has one. The mismatch is `None`
/// if the snapshot is equal or will be updated.
pub fn compare(
    suite: &SuiteFile,
    case: &Case,
    trace: &Trace,
    program: &Program,
    mode: SnapshotMode,
) -> Option<(SnapshotResult, Option<Mismatch>)> {
    let snapshot = case.snapshot.as_ref()?;
    let text = render(suite, case, trace, &program.symbols);
    let known = source::open(&snapshot.path).and_then(io::read_to_string);
    // An editor may have added a byte order mark.
    let known = known.map(|text| match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    });
    let state = match &known {
        Ok(known) if known.lines().eq(text.lines()) => SnapshotState::Unchanged,
        Err(error) if error.kind() == io::ErrorKind::NotFound => SnapshotState::New,
        _ => SnapshotState::Changed,
    };
    let (span, path) = (snapshot.span, snapshot.path.clone());
    let result = SnapshotResult { path, state, span, text };
    let cause = match &known {
        Ok(known) => first_difference(known, &result.text, trace, program),
        Err(_) => (None, Vec::new()),
    };
    let mismatch = result.mismatch(known, mode);
    let mismatch = mismatch.map(|it| it.at_step(cause.0).because(cause.1));
    Some((result, mismatch))
}

/// Returns the step of the first line that differs from the snapshot, and why the call got
/// there or what decided it.
fn first_difference(
    known: &str,
    text: &str,
    trace: &Trace,
    program: &Program,
) -> (Option<usize>, Vec<Text>) {
    let same = text.lines().zip(known.lines()).take_while(|(new, old)| new == old);
    let same = same.count();
    let Some(line) = same.checked_sub(HEADER_LINES) else { return (None, Vec::new()) };
    let index = EventIndex::default();
    let history = History::of(trace, program, &index);
    let steps = steps_of_blocks(trace, &program.symbols);
    let Some(step) = steps.get(line).map(|step| *step as usize) else {
        return (history.last_step(), Vec::new());
    };
    // The first line of a step is its node: an earlier step led to another one.
    let is_node =
        line.checked_sub(1).and_then(|before| steps.get(before)) != steps.get(line);
    let cause = match is_node {
        true => history.cause(step, None).1,
        false if history.has_decided(step) || history.has_failed(step) => {
            history.reason(step)
        }
        false => history.values_set(step),
    };
    (Some(step), cause)
}

impl SnapshotResult {
    fn mismatch(
        &self,
        known: io::Result<String>,
        mode: SnapshotMode,
    ) -> Option<Mismatch> {
        if self.state == SnapshotState::Unchanged || mode == SnapshotMode::Update {
            return None;
        }
        let path = self.path.display();
        let message = match &known {
            Ok(_) => format!("the call differs from {path}"),
            Err(_) if self.state == SnapshotState::New => {
                format!("there is no snapshot yet: {path}")
            }
            Err(error) => format!("cannot read {path}: {error}"),
        };
        let advice = match mode {
            SnapshotMode::Pending => REVIEW,
            _ => "accept it with `flowsim test --update`",
        };
        let expected = known.map_or(Shown::Nothing, |known| shown(&known));
        Some(
            Mismatch::new(self.span, "snapshot", message)
                .between(expected, shown(&self.text))
                .because([advice]),
        )
    }

    /// Writes the snapshot as the mode requires. If writing fails, adds a mismatch. A
    /// pending version that no longer applies may stay in a read-only folder.
    pub fn settle(&self, mode: SnapshotMode, mismatches: &mut Vec<Mismatch>) {
        let Err(error) = self.write(mode) else { return };
        if self.state == SnapshotState::Unchanged && is_read_only(error.kind()) {
            return;
        }
        let (what, path) = match mode {
            SnapshotMode::Pending => ("the pending snapshot ", pending_path(&self.path)),
            _ => ("", self.path.clone()),
        };
        let message = format!("cannot write {what}{}: {error}", path.display());
        let mut mismatch = Mismatch::new(self.span, "snapshot", message);
        if mode == SnapshotMode::Pending {
            for other in mismatches.iter_mut().filter(|it| it.subject == "snapshot") {
                other.cause.retain(|line| line != REVIEW);
            }
            let advice = "make the folder writable and run the test again, or write no \
                          pending snapshots with `--check-snapshots`";
            mismatch = mismatch.because([advice]);
        }
        mismatches.push(mismatch);
    }

    fn write(&self, mode: SnapshotMode) -> io::Result<()> {
        let pending = pending_path(&self.path);
        match (mode, self.state) {
            (SnapshotMode::Check, _) => Ok(()),
            (_, SnapshotState::Unchanged) => remove(&pending),
            (SnapshotMode::Pending, _) => write(&pending, &self.text),
            (SnapshotMode::Update, _) => {
                write(&self.path, &self.text)?;
                remove(&pending)
            }
        }
    }
}

fn is_read_only(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}

fn shown(text: &str) -> Shown {
    Shown::Lines(text.lines().map(Text::from).collect())
}

/// Returns the folder of the scenario file of a snapshot: the snapshots are in a folder
/// next to it.
fn root_of(path: &Path) -> &Path {
    path.parent().and_then(Path::parent).unwrap_or(Path::new(""))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    replace_own_file(root_of(path), path, text)
}

/// Removes a file if it exists.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    source::writable()?;
    if path.parent().is_some_and(Path::exists) {
        require_inside(root_of(path), path)?;
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
