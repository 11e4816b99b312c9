//! What does not fit, told so that its author can act.

use crate::source::Span;
use crate::value::{Json, Text};

/// An expectation that does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// Where the expectation stands in the scenario file.
    pub span: Span,
    /// What it is about, as it is written: `path`, `routing.queueId`, `variables.result`.
    pub subject: Text,
    /// One line: what was expected and what happened.
    pub message: Text,
    /// What was expected.
    pub expected: Shown,
    /// What happened.
    pub found: Shown,
    /// The index of the step of the trace where the difference shows first, if it shows in
    /// one.
    pub step: Option<u32>,
    /// Why that step did what it did: the condition with its operands, and where they were
    /// set. One line each.
    pub cause: Vec<Text>,
}

/// A value as it is shown: texts and lists are shown as differences, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Nothing.
    Nothing,
    /// A short text.
    Text(Text),
    /// Items of a list, or lines of a text.
    Lines(Vec<Text>),
}

impl Mismatch {
    /// An expectation that does not hold, and what is to be said of it.
    pub(super) fn new(
        span: Span,
        subject: impl Into<Text>,
        message: impl Into<Text>,
    ) -> Self {
        Self {
            span,
            subject: subject.into(),
            message: message.into(),
            expected: Shown::Nothing,
            found: Shown::Nothing,
            step: None,
            cause: Vec::new(),
        }
    }

    /// What is shown side by side.
    pub(super) fn between(self, expected: Shown, found: Shown) -> Self {
        Self { expected, found, ..self }
    }

    /// The step where it shows first.
    pub(super) fn at_step(self, step: Option<usize>) -> Self {
        Self { step: step.and_then(|step| u32::try_from(step).ok()), ..self }
    }

    /// Adds lines that say why.
    pub(super) fn because<T: Into<Text>>(
        mut self,
        lines: impl IntoIterator<Item = T>,
    ) -> Self {
        self.cause.extend(lines.into_iter().map(Into::into));
        self
    }
}

impl Shown {
    /// JSON: objects, lists and long texts line by line.
    pub(super) fn json(json: &Json) -> Self {
        match json {
            Json::Null => Self::Text("not set".into()),
            Json::String(text) if text.contains('\n') => {
                Self::Lines(text.lines().map(Text::from).collect())
            }
            Json::Array(_) | Json::Object(_) => {
                let text = serde_json::to_string_pretty(json).unwrap_or_default();
                Self::Lines(text.lines().map(Text::from).collect())
            }
            other => Self::Text(other.to_string().into()),
        }
    }
}
