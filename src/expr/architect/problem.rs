//! Errors found before an expression is evaluated.

use crate::diagnostic::Code;

use super::tree::Place;

/// An error in the text of an expression, found before evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The kind of error.
    pub code: Code,
    /// The finding and the expectation.
    pub message: String,
    /// The place in the text of the expression.
    pub place: Place,
    /// The suggested replacement, if there is one.
    pub help: Option<String>,
}

impl Problem {
    pub(super) fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place, help: None }
    }

    #[must_use]
    pub(super) fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}
