//! Properties of a scenario file as cases of a report: a property fails with the first call
//! that breaks it.

use indexmap::IndexMap;

use super::words::{name_of, place_of};
use crate::diagnostic::visible::one_line;
use crate::runner::{CaseResult, Outcome};
use crate::value::Text;

/// The beginning of the subject of a mismatch with a property.
const SUBJECT: &str = "properties.";

/// The properties of a scenario file, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct PropertyCases(IndexMap<Text, Found>);

/// The calls that were checked.
#[derive(Debug, Default)]
struct Found {
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
}

/// The result of a property.
#[derive(Debug)]
pub(super) enum PropertyResult {
    /// Every call that was checked keeps it.
    Kept,
    /// A call breaks it.
    Broken(Broken),
    /// No test that was checked for it passed.
    NotChecked,
}

/// The reason why a property has no result.
pub(super) const NOT_CHECKED: &str = "no test that was checked for it passed";

impl PropertyCases {
    /// Adds the properties that the call of a test was checked for.
    pub(super) fn add(&mut self, result: &CaseResult) {
        for name in &result.properties {
            let found = self.0.entry(name.clone()).or_default();
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
                });
            }
        }
    }

    /// Returns the names of the properties, safe to print, with their results.
    pub(super) fn results(self) -> impl Iterator<Item = (String, PropertyResult)> {
        self.0.into_iter().map(|(name, found)| {
            let result = match found {
                Found { broken: Some(broken), .. } => PropertyResult::Broken(broken),
                Found { is_kept: true, .. } => PropertyResult::Kept,
                Found { .. } => PropertyResult::NotChecked,
            };
            (format!("property: {}", one_line(&name)), result)
        })
    }
}
