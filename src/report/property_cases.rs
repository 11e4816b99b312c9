//! Properties of a scenario file as cases of a report: a property fails with the first call
//! that breaks it.

use indexmap::IndexMap;

use super::words::{name_of, place_of};
use crate::diagnostic::visible::one_line;
use crate::runner::{CaseId, CaseResult, Outcome};
use crate::value::Text;

/// The beginning of the subject of a mismatch with a property.
const SUBJECT: &str = "properties.";

/// The properties of a scenario file, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct PropertyCases {
    found: IndexMap<Text, Found>,
    /// Titles of tests that look like those of properties.
    alike: Vec<String>,
}

/// The beginning of the title of a property.
const TITLE: &str = "property: ";

/// The calls that were checked.
#[derive(Debug, Default)]
struct Found {
    /// Whether the file has no tests, whose calls could be checked.
    is_untested: bool,
    /// Whether a whole call keeps the property.
    is_kept: bool,
    /// The first call that breaks it.
    broken: Option<Broken>,
}

/// The first call that breaks a property.
#[derive(Debug)]
pub(super) struct Broken {
    /// The message.
    pub(super) message: String,
    /// File, line and name of the test.
    pub(super) test: String,
    /// The command that runs only the test.
    pub(super) command: String,
    /// The test.
    pub(super) id: CaseId,
    /// The index of the step that breaks the property.
    pub(super) step: Option<u32>,
}

/// A property with its result.
#[derive(Debug)]
pub(super) struct PropertyCase {
    /// The name in the scenario file.
    pub(super) name: Text,
    /// The title in reports, safe to print.
    pub(super) title: String,
    pub(super) result: PropertyResult,
}

/// The result of a property.
#[derive(Debug)]
pub(super) enum PropertyResult {
    /// Every call that was checked keeps it.
    Kept,
    /// A call breaks it.
    Broken(Broken),
    /// It has no result, for this reason.
    NotChecked(&'static str),
}

/// A file without tests, as the reason why its properties have no results.
pub(super) fn is_without_tests(reason: &str) -> bool {
    reason == NO_TESTS
}

const NONE_PASSED: &str = "no test that was checked for it passed";
const NO_TESTS: &str =
    "the file has no tests; `flowsim explore --properties` checks all calls";

impl PropertyCases {
    /// Returns the properties with these names, of a scenario file without tests.
    pub(super) fn without_tests(names: Vec<Text>) -> Self {
        let untested = |name| (name, Found { is_untested: true, ..Found::default() });
        Self { found: names.into_iter().map(untested).collect(), alike: Vec::new() }
    }

    /// Adds the properties that the call of a test was checked for.
    pub(super) fn add(&mut self, result: &CaseResult) {
        let title = name_of(&result.id);
        if title.starts_with(TITLE) {
            self.alike.push(title);
        }
        for name in &result.properties {
            let found = self.found.entry(name.clone()).or_default();
            let mismatches = match &result.outcome {
                // A call with other mismatches may not have reached its end.
                Outcome::Failed(mismatches) => mismatches,
                outcome => {
                    found.is_kept |= *outcome == Outcome::Passed;
                    continue;
                }
            };
            let is_own =
                |subject: &str| subject.strip_prefix(SUBJECT) == Some(name.as_str());
            let broken = mismatches.iter().find(|it| is_own(&it.subject));
            if let Some(broken) = broken.filter(|_| found.broken.is_none()) {
                let id = &result.id;
                found.broken = Some(Broken {
                    message: one_line(&broken.message),
                    test: format!("{} {}", place_of(id), name_of(id)),
                    command: one_line(&result.command()),
                    id: id.clone(),
                    step: broken.step,
                });
            }
        }
    }

    /// Returns the properties with their results.
    pub(super) fn results(self) -> impl Iterator<Item = PropertyCase> {
        let Self { found, alike } = self;
        found.into_iter().map(move |(name, found)| {
            let result = match found {
                Found { broken: Some(broken), .. } => PropertyResult::Broken(broken),
                Found { is_kept: true, .. } => PropertyResult::Kept,
                Found { is_untested: true, .. } => PropertyResult::NotChecked(NO_TESTS),
                Found { .. } => PropertyResult::NotChecked(NONE_PASSED),
            };
            let mut title = format!("{TITLE}{}", one_line(&name));
            // Readers of reports identify cases by their file and title.
            while alike.contains(&title) {
                title.push_str(" (property)");
            }
            PropertyCase { name, title, result }
        })
    }
}
