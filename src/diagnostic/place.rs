//! Where a diagnostic is, in the words of every output: path, line and column.

use std::path::{Path, is_separator};

use crate::source::{Files, Position, Span};

/// The place of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The path as the user gave it, with forward slashes.
    pub(super) path: String,
    /// Where it starts and where it ends (exclusive); nothing for a file that is empty or
    /// could not be read, which has no lines.
    pub(super) range: Option<(Position, Position)>,
}

impl Place {
    pub(super) fn of(span: Span, files: &Files) -> Self {
        let file = files.get(span.file);
        let range = (!file.text().is_empty()).then(|| {
            (file.position(span.start), file.position(span.end.max(span.start)))
        });
        Self { path: slashed(file.path()), range }
    }

    pub(super) fn start(&self) -> Option<Position> {
        self.range.map(|(start, _)| start)
    }
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy()
        .chars()
        .map(|c| if is_separator(c) { '/' } else { c })
        .collect()
}
