//! The properties of all scenario files of a run, with their results.

use std::path::Path;
use std::sync::Arc;

use super::property_cases::{PropertyCase, PropertyCases};
use crate::runner::{CaseResult, Untested};

/// The properties of all scenario files, in the order of the run.
#[derive(Debug, Default)]
pub(super) struct Properties(Vec<(Arc<Path>, PropertyCases)>);

impl Properties {
    /// Adds the properties that the call of a test was checked for.
    pub(super) fn add(&mut self, result: &CaseResult) {
        if result.properties.is_empty() {
            return;
        }
        let path = &result.id.file;
        if self.0.last().is_none_or(|(last, _)| last != path) {
            self.0.push((Arc::clone(path), PropertyCases::default()));
        }
        if let Some((_, cases)) = self.0.last_mut() {
            cases.add(result);
        }
    }

    /// Adds the properties of scenario files without tests.
    pub(super) fn add_without_tests(&mut self, files: Vec<Untested>) {
        let cases =
            |it: Untested| (it.path.into(), PropertyCases::without_tests(it.properties));
        self.0.extend(files.into_iter().map(cases));
    }

    /// Returns the properties with their files and results.
    pub(super) fn take(&mut self) -> Vec<(Arc<Path>, PropertyCase)> {
        let files = std::mem::take(&mut self.0).into_iter();
        let cases = |(path, cases): (Arc<Path>, PropertyCases)| {
            cases.results().map(move |case| (Arc::clone(&path), case))
        };
        files.flat_map(cases).collect()
    }
}
