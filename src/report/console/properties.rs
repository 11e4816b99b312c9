//! The properties of scenario files on the console.

use std::path::Path;
use std::sync::Arc;

use crate::report::property_cases::{PropertyCases, PropertyResult};
use crate::report::words::{file_of, shown_path};
use crate::runner::CaseResult;
use crate::suite::SuiteFile;

/// The properties of all scenario files, in the order of the run.
#[derive(Debug, Default)]
pub(super) struct Properties(Vec<(Arc<Path>, String, PropertyCases)>);

impl Properties {
    /// Adds the properties that the call of a test was checked for.
    pub(super) fn add(&mut self, result: &CaseResult) {
        if result.properties.is_empty() {
            return;
        }
        let path = &result.id.file;
        if self.0.last().is_none_or(|(last, ..)| last != path) {
            let file = file_of(&result.id);
            self.0.push((Arc::clone(path), file, PropertyCases::default()));
        }
        if let Some((.., cases)) = self.0.last_mut() {
            cases.add(result);
        }
    }

    /// Adds the properties of a scenario file without tests.
    pub(super) fn add_without_tests(&mut self, suite: &SuiteFile) {
        let cases = PropertyCases::without_tests(suite);
        self.0.push((suite.path.as_path().into(), shown_path(&suite.path), cases));
    }

    /// Returns a line for each property, with its result.
    pub(super) fn lines(&mut self) -> Vec<(PropertyResult, String)> {
        let mut lines = Vec::new();
        for (_, file, cases) in std::mem::take(&mut self.0) {
            for (name, result) in cases.results() {
                let rest = match &result {
                    PropertyResult::Kept => String::new(),
                    PropertyResult::NotChecked(why) => format!("  not checked: {why}"),
                    PropertyResult::Broken(broken) => {
                        format!("\n    {}\n    {}", broken.message, broken.command)
                    }
                };
                lines.push((result, format!("{file}  {name}{rest}")));
            }
        }
        lines
    }
}
