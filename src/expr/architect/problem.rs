//! Why a text is not an expression that can be evaluated.

use crate::diagnostic::Code;

use super::tree::Place;

/// A mistake that is found before anything is evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which kind of mistake.
    pub code: Code,
    /// What was found and what was expected.
    pub message: String,
    /// Where in the text of the expression.
    pub place: Place,
    /// What to write instead, if that is known.
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
