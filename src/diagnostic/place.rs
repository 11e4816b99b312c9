//! The place of a diagnostic as all renderers print it: path, line and column.

use std::path::{Path, is_separator};

use crate::source::{Files, Position, Span};

/// The place of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The span.
    pub(super) span: Span,
    /// The path as the user gave it, with forward slashes.
    pub(super) path: String,
    /// Start and exclusive end. `None` if the file is empty or unreadable, as it has no
    /// lines.
    pub(super) range: Option<(Position, Position)>,
}

impl Place {
    pub(super) fn of(span: Span, files: &Files) -> Self {
        let file = files.get(span.file);
        let range = (!file.text().is_empty()).then(|| {
            (file.position(span.start), file.position(span.end.max(span.start)))
        });
        Self { span, path: slashed(file.path()), range }
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
