//! The languages in which flows compute: text to tree, tree to compiled form, evaluation.
//!
//! Each language is a module of its own with the same parts: a grammar under `grammar/`, a
//! tree that is generic over what a name stands for (`Reference` as written, an operand
//! of the program once compiled), a parser and an evaluator. [`draft`] is the small language
//! of the draft dialect, which knows its types only when it runs; [`architect`] is the
//! language of Architect's own flows, with types, overloads and functions.

pub mod architect;
pub mod draft;

use std::borrow::Cow;

use crate::source::Span;

/// Why a text is not an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where in the file.
    pub span: Span,
    /// What was found and what was expected.
    pub message: String,
    /// What to write instead, if that is known.
    pub help: Option<String>,
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluationError {
    /// What was wrong with the values at hand.
    pub message: String,
}

/// A text in a file that holds an expression: it translates places within the text into
/// places in the file.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    span: Span,
    is_verbatim: bool,
}

impl Origin {
    /// `text` as read from `span`. If the file has it letter for letter, plain or between
    /// quotes, places are exact; if it was written with escapes, they are the whole span.
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

/// The text between the quotes of a literal: `\n`, `\r` and `\t` resolved, any other character
/// behind a backslash as it is.
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
