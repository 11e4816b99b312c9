//! Test report as a self-contained HTML page: every test with its conversation and trace,
//! and the flows drawn with their coverage.
//!
//! Text of scenario files and flows stays text: the templates escape it, the script only
//! creates text nodes from it, and the page's policy allows only that script.

mod calls;
mod cases;
mod flows;
mod marks;

use std::io;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::output::ReportFile;
use super::page::{BEGINNING, Page, embedded};
use super::properties::Properties;
use super::spec::{Destination, Format, Target};
use super::words::counts;
use super::{Options, Reporter};
use crate::runner::{Covered, LoadedSuite, RunEvent, Tally};
use calls::Calls;
use cases::Tests;

const PAGE: Page = Page {
    name: "flowsim test",
    templates: &[
        ("page.html", include_str!("page.html")),
        ("flows.html", include_str!("flows.html")),
    ],
    style: &[],
    script: &[include_str!("page.js")],
    is_live: false,
};

/// HTML page in a folder.
pub(super) const FORMAT: Format = Format {
    name: "html",
    target: Target::Folder("index.html"),
    beginnings: &[BEGINNING],
    needs_traces: true,
    reporter: |to: Destination<'_>, options| Box::new(Html::new(to.file, options)),
};

/// Collects the content of the page.
struct Html {
    file: ReportFile,
    options: Options,
    tests: Tests,
    calls: Calls,
    covered: Covered,
    properties: Properties,
}

impl Html {
    fn new(file: ReportFile, options: Options) -> Self {
        Self {
            file,
            tests: Tests::default(),
            calls: Calls::default(),
            covered: Covered::default(),
            properties: Properties::default(),
            options,
        }
    }

    fn page(&mut self, tally: Tally, scene: LoadedSuite<'_>) -> io::Result<String> {
        self.properties.add_without_tests(scene.library.without_tests());
        self.tests.add_properties(self.properties.take());
        let (shares, flows) =
            flows::covered_flows(std::mem::take(&mut self.covered), scene);
        let content = context! {
            counts => counts(tally),
            parts => Value::from(Serde(parts(tally))),
            total => tally.total(),
            shares => Value::from(Serde(shares)),
            flows => Value::from(Serde(flows)),
            tests => embedded(&self.tests).map_err(io::Error::other)?,
            calls => embedded(&self.calls).map_err(io::Error::other)?,
        };
        let (_, html) = PAGE.render(content).map_err(io::Error::other)?;
        Ok(html)
    }
}

impl Reporter for Html {
    fn event(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started => self.file.begin(),
            RunEvent::Read { .. } | RunEvent::Waiting => Ok(()),
            RunEvent::Finished(result) => {
                let call = self.calls.add(result);
                self.tests.add(result, call, self.options.explain, scene.files);
                self.covered.add(result);
                self.properties.add(result);
                Ok(())
            }
            RunEvent::Ended(ended) => {
                let page = self.page(ended.tally, scene)?;
                self.file.write(&page)
            }
        }
    }
}

/// Number of tests with an outcome.
#[derive(Serialize)]
struct Part {
    outcome: &'static str,
    count: usize,
    /// Number of tests in the parts before.
    before: usize,
}

fn parts(tally: Tally) -> Vec<Part> {
    let mut before = 0;
    [
        ("passed", tally.passed),
        ("failed", tally.failed),
        ("expectedFailure", tally.expected_failures),
        ("skipped", tally.skipped),
        ("not run", tally.not_run),
    ]
    .into_iter()
    .map(|(outcome, count)| {
        let part = Part { outcome, count, before };
        before += count;
        part
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::page::assert_is_closed;

    #[test]
    fn the_page_loads_nothing() {
        assert_is_closed(&PAGE);
    }
}
