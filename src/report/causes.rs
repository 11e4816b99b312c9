//! Failed tests that have the same cause.

use std::fmt::Write;

use indexmap::IndexMap;

use super::words::{name_of, place_of, plural};
use crate::diagnostic::visible::one_line;
use crate::runner::{CaseResult, Outcome};
use crate::suite::LEFT;
use crate::value::shortened;

/// Maximum number of tests listed per cause.
pub(super) const MAX_LISTED: usize = 10;

/// Maximum length of a displayed cause, in characters.
const MAX_SHOWN: usize = 240;

/// Failed tests by cause, in order of their first test.
#[derive(Debug, Default)]
pub(super) struct Causes(IndexMap<String, Vec<Test>>);

/// A failed test: its place and its name.
#[derive(Debug)]
struct Test {
    place: String,
    name: String,
}

/// Tests with the same cause.
pub(super) struct Group<'c> {
    /// The decision or the failure, without the number of its step.
    pub(super) cause: &'c str,
    tests: &'c [Test],
}

impl Causes {
    /// Adds a test, if it failed for a known cause.
    pub(super) fn add(&mut self, result: &CaseResult) {
        let Some(cause) = cause_of(&result.outcome) else { return };
        let test = Test { place: place_of(&result.id), name: name_of(&result.id) };
        self.0.entry(cause).or_default().push(test);
    }

    /// Returns the causes of at least two tests.
    pub(super) fn shared(&self) -> impl Iterator<Item = Group<'_>> {
        let groups = self.0.iter().filter(|(_, tests)| tests.len() > 1);
        groups.map(|(cause, tests)| Group { cause, tests })
    }

    /// Returns whether at least two tests have this cause.
    pub(super) fn is_shared(&self, cause: &str) -> bool {
        self.0.get(cause).is_some_and(|tests| tests.len() > 1)
    }
}

impl Group<'_> {
    /// Returns the number of tests, as in "3 tests".
    pub(super) fn count(&self) -> String {
        plural(self.tests.len(), "test")
    }

    /// Returns the places and names of the tests, one line each.
    pub(super) fn places(&self) -> String {
        let mut out = String::new();
        for Test { place, name } in self.tests.iter().take(MAX_LISTED) {
            let _ = writeln!(out, "{place}  {name}");
        }
        if let Some(more @ 1..) = self.tests.len().checked_sub(MAX_LISTED) {
            let _ = writeln!(out, "… {more} more");
        }
        out
    }
}

/// Returns the first decision or failure in the explanation of a test. Its step has
/// different numbers in different calls, so the number is left out.
pub(super) fn cause_of(outcome: &Outcome) -> Option<String> {
    let Outcome::Failed(mismatches) = outcome else { return None };
    let lines = mismatches.iter().flat_map(|mismatch| &mismatch.cause);
    let bare = lines.filter_map(|line| {
        let line = line.strip_prefix(LEFT).unwrap_or(line);
        let (number, rest) = line.strip_prefix("step ")?.split_once(' ')?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some(rest)
    });
    let first = bare.into_iter().next()?;
    Some(one_line(&shortened(first, MAX_SHOWN)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};
    use crate::suite::{Mismatch, Shown};

    fn failed(line: u32, cause: &str) -> CaseResult {
        let mismatch = Mismatch {
            span: Span::new(FileId(0), 0, 0),
            subject: "path".into(),
            message: "it differs".into(),
            expected: Shown::Nothing,
            found: Shown::Nothing,
            step: None,
            cause: vec!["no step set it".into(), cause.into()],
            comparison: None,
        };
        CaseResult::sample(line, Outcome::Failed(vec![mismatch]))
    }

    #[test]
    fn tests_with_one_cause_are_a_group() {
        let mut causes = Causes::default();
        let results = [
            failed(1, "step 3 `Open?` (decision) took `no`"),
            failed(2, "left the expected path: step 7 `Open?` (decision) took `no`"),
            failed(3, "step 3 `Other` (decision) took `no`"),
        ];
        results.iter().for_each(|result| causes.add(result));
        let groups: Vec<_> =
            causes.shared().map(|it| (it.count(), it.cause.to_owned())).collect();
        let cause = "`Open?` (decision) took `no`".to_owned();
        assert_eq!(groups, [("2 tests".to_owned(), cause)]);
        assert_eq!(causes.shared().next().unwrap().places(), "a:1  b\na:2  b\n");
        let is_shared =
            |result: &CaseResult| causes.is_shared(&cause_of(&result.outcome).unwrap());
        assert_eq!(results.each_ref().map(is_shared), [true, true, false]);
    }
}
