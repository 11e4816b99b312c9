//! The nesting of documents: its limits, and stack for functions that recurse with it.

use super::read::{Problem, ProblemKind};
use super::span::Span;

/// The maximum nesting of lists and objects in a value.
pub(super) const MAX_DEPTH: usize = 128;

/// The maximum nesting of lists and objects in a document. An action that is nested in
/// another one takes five levels.
const MAX_LEVELS: usize = 100_000;

/// The lists and objects that are open while a document is read.
pub(super) struct Levels {
    /// Keys below which a new value begins. It may be as deep as a whole document.
    sequences: &'static [&'static str],
    /// The depth of each open list or object in its value.
    open: Vec<usize>,
    /// The first list or object that would be too deep without sequences.
    deep: Option<Span>,
}

impl Levels {
    pub(super) fn new(sequences: &'static [&'static str]) -> Self {
        Self { sequences, open: Vec::new(), deep: None }
    }

    /// Opens a list or object, which is the value of a key or an item of a list.
    pub(super) fn open(&mut self, key: Option<&str>, span: Span) -> Result<(), Problem> {
        let depth = match self.open.last() {
            Some(depth) if !key.is_some_and(|key| self.sequences.contains(&key)) => {
                depth + 1
            }
            _ => 0,
        };
        if depth > MAX_DEPTH {
            return Err(too_deep(span, MAX_DEPTH));
        }
        if self.open.len() > MAX_LEVELS {
            return Err(too_deep(span, MAX_LEVELS));
        }
        self.note(self.open.len(), span);
        self.open.push(depth);
        Ok(())
    }

    /// Adds a copy of a list or object that contains this many levels.
    pub(super) fn repeat(&mut self, levels: usize, span: Span) {
        // The innermost level is that of the scalars.
        self.note((self.open.len() + levels).saturating_sub(1), span);
    }

    fn note(&mut self, depth: usize, span: Span) {
        if depth > MAX_DEPTH && self.deep.is_none() {
            self.deep = Some(span);
        }
    }

    /// The problem of a document that is nested deeper than a value may be.
    pub(super) fn too_deep(&self) -> Option<Problem> {
        self.deep.map(|span| too_deep(span, MAX_DEPTH))
    }

    /// Closes the innermost list or object.
    pub(super) fn close(&mut self) {
        self.open.pop();
    }
}

pub(super) fn too_deep(span: Span, most: usize) -> Problem {
    Problem {
        kind: ProblemKind::TooLarge,
        span,
        message: format!("lists and objects are nested deeper than {most} levels"),
        hint: None,
        other: None,
    }
}

/// Free stack below which a recursive function gets more, in bytes. The largest frames of
/// a build without optimisation fit.
const RED_ZONE: usize = 128 * 1024;

/// The size of each further piece of stack, in bytes.
const PIECE: usize = 2 * 1024 * 1024;

/// Runs one level of a function that recurses with the nesting of a document or a flow.
/// Gives it more stack if little is left.
pub(crate) fn nested<R>(level: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RED_ZONE, PIECE, level)
}
