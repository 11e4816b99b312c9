//! Mismatches: expectations that do not hold, with an explanation.

use std::collections::BTreeSet;

use crate::analysis::comparison::Comparison;
use crate::source::Span;
use crate::value::{Json, Text};

/// An expectation that does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// Position of the expectation in the scenario file.
    pub span: Span,
    /// Subject, in the notation of scenario files: `path`, `routing.queueId`,
    /// `variables.result`.
    pub subject: Text,
    /// One line with the expected and the actual result.
    pub message: Text,
    /// Expected value.
    pub expected: Shown,
    /// Actual value.
    pub found: Shown,
    /// Index of the trace step where the difference first appears, if it appears in a
    /// step.
    pub step: Option<u32>,
    /// Reasons for that step: the condition with its operands, and where they were set.
    /// One line each.
    pub cause: Vec<Text>,
    /// Comparison with the recording, if this is the difference from it.
    pub comparison: Option<Box<Comparison>>,
}

/// A displayed value; strings and lists are compared line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// No value.
    Nothing,
    /// A short string.
    Text(Text),
    /// Items of a list, or lines of a string.
    Lines(Vec<Text>),
}

impl Mismatch {
    /// Creates a mismatch without values, step and cause.
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
            comparison: None,
        }
    }

    /// Creates the mismatch of a test that passes although it is expected to fail.
    pub(crate) fn unexpected_success(span: Span, reason: &str) -> Self {
        let message = format!(
            "the test passes, but is expected to fail ({reason}); remove `expectFailure`"
        );
        Self::new(span, "expectFailure", message)
    }

    /// Sets the expected and the actual value.
    pub(super) fn between(self, expected: Shown, found: Shown) -> Self {
        Self { expected, found, ..self }
    }

    /// Sets the step where the difference first appears.
    pub(super) fn at_step(self, step: Option<usize>) -> Self {
        Self { step: step.and_then(|step| u32::try_from(step).ok()), ..self }
    }

    /// Marks the reasons that the path of the test expects. They explain the call, but are
    /// not the cause of the failure.
    pub(super) fn mark_expected(&mut self, steps: &BTreeSet<usize>) {
        if self.subject.starts_with("path") {
            return;
        }
        for line in &mut self.cause {
            let number = line.strip_prefix("step ").and_then(|it| it.split_once(' '));
            let step = number.and_then(|(number, _)| number.parse::<usize>().ok());
            if step.is_some_and(|it| it > 0 && steps.contains(&(it - 1))) {
                *line = ecow::eco_format!("as expected, {line}");
            }
        }
    }

    /// Adds lines to the cause.
    pub(super) fn because<T: Into<Text>>(
        mut self,
        lines: impl IntoIterator<Item = T>,
    ) -> Self {
        self.cause.extend(lines.into_iter().map(Into::into));
        self
    }
}

impl Shown {
    /// Formats JSON; objects, lists and multi-line strings become lines.
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
