//! Stack for expressions with many levels. A chain of operators has one level per operator,
//! and everything that walks an expression recurses over its levels.

use super::parse::MAX_DEPTH;

/// The number of levels that needs no further stack: threads of tests have 2 MiB.
const USUAL_LEVELS: u16 = 256;

/// The stack for a level, in bytes, in a build without optimization.
const LEVEL: usize = 16 * 1024;

/// Whether expressions with this number of levels are walked on a separate stack.
#[inline]
pub(super) fn is_deep(levels: u16) -> bool {
    levels > USUAL_LEVELS
}

/// Does work that recurses over this number of levels.
#[inline]
pub(super) fn with_levels<R>(levels: u16, work: impl FnOnce() -> R) -> R {
    if !is_deep(levels) {
        return work();
    }
    let size = usize::from(levels) * LEVEL;
    stacker::maybe_grow(size, size, work)
}

/// Returns a number of levels that the tree of an expression does not exceed, before it is parsed.
pub(super) fn most_levels(text: &str) -> u16 {
    if text.len() <= usize::from(USUAL_LEVELS) {
        return 0;
    }
    // An operator has a symbol, or its word is next to a space or a bracket.
    let symbols = text.bytes().filter(|it| it.is_ascii() && !it.is_ascii_alphanumeric());
    let most = symbols.take(usize::from(MAX_DEPTH) + 1).count();
    u16::try_from(most).unwrap_or(u16::MAX)
}
