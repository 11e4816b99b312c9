//! Suggestions for misspelt names, within bounds: a document with thousands of wrong
//! names among thousands of correct ones must not cost millions of comparisons.

use std::cell::Cell;

use crate::diagnostic::nearest;

/// The cost limit of comparisons in one check. A comparison of short names costs 1 and
/// takes a fraction of a microsecond.
const BUDGET: usize = 500_000;

/// Finds the most similar names, until its budget is used up.
pub(super) struct Spelling {
    left: Cell<usize>,
}

impl Spelling {
    pub(super) fn new() -> Self {
        Self { left: Cell::new(BUDGET) }
    }

    /// Deducts a cost from the budget. Returns `false` if the budget is too small.
    pub(super) fn pay(&self, cost: usize) -> bool {
        let left = self.left.get().checked_sub(cost);
        self.left.set(left.unwrap_or(self.left.get()));
        left.is_some()
    }

    /// Returns the nearest of the given number of candidates.
    pub(super) fn nearest<'a>(
        &self,
        name: &str,
        count: usize,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        // The cost of a comparison grows with the square of the length, up to a limit.
        let length = name.len().min(64);
        let cost = count.saturating_mul((length * length / 64).max(1));
        self.pay(cost).then(|| nearest(name, candidates)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_kept() {
        let spelling = Spelling::new();
        assert_eq!(spelling.nearest("Chek", 1, ["Check"]), Some("Check"));
        assert_eq!(spelling.nearest("Chek", BUDGET, ["Check"]), None);
        assert_eq!(spelling.nearest("Chek", 1, ["Check"]), Some("Check"));
        assert!(spelling.pay(BUDGET - 2));
        assert_eq!(spelling.nearest("Chek", 1, ["Check"]), None);
    }
}
