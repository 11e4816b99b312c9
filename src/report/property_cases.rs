//! Properties of a scenario file as cases of a report: a property fails with the first call
//! that breaks it.

use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, XmlString};

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
    /// The first call that breaks it: the message, and the test.
    broken: Option<(String, String)>,
}

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
                let (id, command) = (&result.id, one_line(&result.command()));
                let test = format!(
                    "{} {}\n\nrun only the test that breaks it: {command}\n",
                    place_of(id),
                    name_of(id)
                );
                found.broken = Some((one_line(&broken.message), test));
            }
        }
    }

    /// Returns the cases. A property that no whole call was checked for is skipped.
    pub(super) fn cases(self, class: &XmlString) -> Vec<TestCase> {
        let case = |(name, found): (Text, Found)| {
            let status = match found {
                Found { broken: Some((message, test)), .. } => {
                    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_type("failed");
                    status.set_message(message);
                    status.set_description(test);
                    status
                }
                Found { is_kept: true, .. } => TestCaseStatus::success(),
                Found { .. } => {
                    let mut status = TestCaseStatus::skipped();
                    status.set_message("no test that was checked for it passed");
                    status
                }
            };
            let mut case =
                TestCase::new(format!("property: {}", one_line(&name)), status);
            case.classname = Some(class.clone());
            case
        };
        self.0.into_iter().map(case).collect()
    }
}
