//! What does not fit, told so that its author can act.

use crate::source::Span;
use crate::value::Text;

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
