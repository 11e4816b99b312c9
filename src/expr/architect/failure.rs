//! Runtime errors of expressions.

use std::fmt;

use crate::diagnostic::Code;

/// A runtime error. In a flow it goes to the error handling of the action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(Box<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    code: Code,
    message: String,
    place: Option<(u32, u32)>,
}

impl Failure {
    /// Creates a failure with its code and a message about the values.
    #[cold]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Parts { code, message: message.into(), place: None }))
    }

    /// The kind of failure.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The range of bytes in the expression's text that failed, as `start..end`.
    pub fn place(&self) -> Option<(u32, u32)> {
        self.0.place
    }

    /// Adds a place in the text, unless the failure already has one: the innermost place
    /// counts.
    #[must_use]
    pub(super) fn at(mut self, place: (u32, u32)) -> Self {
        self.0.place.get_or_insert(place);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl std::error::Error for Failure {}
