//! The expression languages of flows: text to tree, tree to compiled form, evaluation.
//!
//! Each language is a separate module with the same parts: a grammar under `grammar/`, a
//! tree, a parser and an evaluator. The tree is generic over names: `Reference` as
//! written, or an operand of the program once compiled. [`draft`] is the small language
//! of the draft dialect, with types known only at run time. [`architect`] is the language
//! of Architect flows, with types, overloads and functions.

pub mod architect;
pub mod draft;
#[cfg(test)]
#[path = "../../tests/support/laws.rs"]
pub(crate) mod laws;

use std::borrow::Cow;

use crate::source::Span;

/// A syntax error in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The place in the file.
    pub span: Span,
    /// The finding and the expectation.
    pub message: String,
    /// The suggested replacement, if there is one.
    pub help: Option<String>,
}

/// An error during the evaluation of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluationError {
    /// The problem with the current values.
    pub message: String,
}

/// The source of an expression in a file. It translates places in the text to places in
/// the file.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    span: Span,
    is_verbatim: bool,
}

impl Origin {
    /// Creates an origin for `text` read from `span`. Places are exact if the file
    /// contains the text verbatim, plain or in quotes. If the text was written with
    /// escapes, every place is the whole span.
    pub fn new(text: &str, span: Span) -> Self {
        let length = (span.end - span.start) as usize;
        if length == text.len() + 2 {
            Self { span: span.part(1, length - 1), is_verbatim: true }
        } else {
            Self { span, is_verbatim: length == text.len() }
        }
    }

    /// The place in the file of the bytes `start..end` of the text.
    pub(crate) fn part(self, start: usize, end: usize) -> Span {
        if self.is_verbatim { self.span.part(start, end) } else { self.span }
    }
}

/// Returns the content of a quoted literal. `\n`, `\r` and `\t` are resolved; any other
/// character after a backslash stays as it is.
fn unquoted(literal: &str) -> Cow<'_, str> {
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    Cow::Owned(text)
}
