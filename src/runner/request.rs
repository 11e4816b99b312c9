//! Tests that run one at a time, in the order in which they are requested.

use std::sync::Arc;

use rayon::ThreadPoolBuildError;

use super::event::{CaseResult, Ended, RunEvent};
use super::load::Library;
use super::plan::{Broken, Plan, Planned};
use super::run::{Options, Run};
use super::stream::{LoadedSuite, RunRequest};
use crate::diagnostic::sort;
use crate::source::Files;

/// An entry in the list of a plan's tests.
#[derive(Debug, Clone, Copy)]
pub enum Listed<'p> {
    /// A test.
    Case(&'p Planned<'p>),
    /// The result for a scenario file that does not load.
    File(&'p CaseResult),
}

impl<'l> Plan<'l> {
    /// The tests and the scenario files that do not load, in order.
    pub fn listed(&self) -> Vec<Listed<'_>> {
        let mut broken = self.broken.iter().peekable();
        let mut listed = Vec::with_capacity(self.cases.len() + self.broken.len());
        for (index, planned) in self.cases.iter().enumerate() {
            while let Some(file) = broken.next_if(|it| it.before <= index) {
                listed.push(Listed::File(&file.result));
            }
            listed.push(Listed::Case(planned));
        }
        listed.extend(broken.map(|file| Listed::File(&file.result)));
        listed
    }

    /// A plan that holds one entry of the list.
    fn only(entry: Listed<'l>) -> Self {
        let (mut cases, mut broken) = (Vec::new(), Vec::new());
        match entry {
            Listed::Case(planned) => cases.push(planned.clone()),
            Listed::File(result) => {
                broken.push(Broken { before: 0, result: result.clone() });
            }
        }
        Self { cases, broken, ..Self::default() }
    }
}

/// Reads scenario files and runs the tests that `next` names, one at a time, until it
/// returns `None`. `next` gets the list of all selected tests and returns the index of one;
/// the same test may be requested again.
///
/// The events are those of [`run_files`](super::run_files), with one `Read` before the first
/// request.
///
/// # Errors
/// The threads cannot be created.
pub fn run_on_request(
    wanted: &RunRequest,
    options: Options,
    files: &mut Files,
    next: &mut dyn FnMut(&[Listed<'_>], LoadedSuite<'_>) -> Option<usize>,
    report: &mut dyn FnMut(&RunEvent<'_>, LoadedSuite<'_>),
) -> Result<(Library, Ended), ThreadPoolBuildError> {
    let mut run = Run::new(options)?;
    let project = Arc::clone(&wanted.project);
    let mut library = Library::load_in(project, &wanted.paths, files);
    library.diagnostics.extend(wanted.diagnostics.iter().cloned());
    sort(&mut library.diagnostics);
    let suite = LoadedSuite { library: &library, files };
    let report = &mut |event: &RunEvent<'_>| report(event, suite);
    report(&RunEvent::Started);
    let plan = Plan::new(&library, &wanted.selection, &wanted.places, files);
    run.count(&plan, true, report);
    let listed = plan.listed();
    while let Some(entry) = next(&listed, suite).and_then(|index| listed.get(index)) {
        run.add_requested(&Plan::only(*entry), report);
    }
    let ended = run.end(report);
    Ok((library, ended))
}
