//! A page for browsers: every test with its conversation and its trace, and the flows drawn
//! with what was covered. One file, which needs nothing but itself.
//!
//! What scenario files and flows say stays text: the templates escape it, the script of the
//! page only makes texts of it, and the policy of the page lets nothing run but that script.

mod calls;
mod cases;
mod flows;
mod marks;

use std::io;

use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use serde::Serialize;

use super::output::ReportFile;
use super::page::{Frame, embedded};
use super::words::counts;
use super::{Options, Reporter};
use crate::runner::{Covered, RunEvent, Scene, Tally};
use calls::Calls;
use cases::Tests;

/// The page and its parts.
const PAGE: &str = include_str!("page.html");
const FLOWS: &str = include_str!("flows.html");
const SCRIPT: &str = include_str!("page.js");

/// The file in the folder of the report.
pub(super) const FILE: &str = "index.html";

/// Collects what the page shows.
pub(super) struct Html {
    file: ReportFile,
    options: Options,
    tests: Tests,
    calls: Calls,
    covered: Covered,
}

impl Html {
    /// In this folder.
    pub(super) fn new(folder: &std::path::Path, options: Options) -> Self {
        Self {
            file: ReportFile::new(folder.join(FILE)),
            tests: Tests::default(),
            calls: Calls::default(),
            covered: Covered::default(),
            options,
        }
    }

    fn page(&mut self, tally: Tally, scene: Scene<'_>) -> io::Result<String> {
        let (shares, flows) = flows::told(std::mem::take(&mut self.covered), scene);
        let mut environment = Environment::new();
        let added = environment
            .add_template("page.html", PAGE)
            .and_then(|()| environment.add_template("flows.html", FLOWS));
        let total = tally.total();
        let page = added.and_then(|()| environment.get_template("page.html"));
        let page = page.and_then(|page| {
            page.render(context! {
                frame => Value::from(Serde(Frame::new("", SCRIPT))),
                counts => counts(tally),
                parts => Value::from(Serde(parts(tally))),
                total,
                shares => Value::from(Serde(shares)),
                flows => Value::from(Serde(flows)),
                tests => Value::from_safe_string(embedded(&self.tests)?),
                calls => Value::from_safe_string(embedded(&self.calls)?),
            })
        });
        page.map_err(io::Error::other)
    }
}

impl Reporter for Html {
    fn event(&mut self, event: &RunEvent<'_>, scene: Scene<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started => self.file.begin(),
            RunEvent::Read { .. } | RunEvent::Waiting => Ok(()),
            RunEvent::Finished(result) => {
                let call = self.calls.add(result);
                self.tests.add(result, call, self.options.explain, scene.files);
                self.covered.add(result);
                Ok(())
            }
            RunEvent::Ended(ended) => {
                let page = self.page(ended.tally, scene)?;
                self.file.write(&page)
            }
        }
    }
}

/// How many tests came out how.
#[derive(Serialize)]
struct Part {
    outcome: &'static str,
    count: usize,
    /// How many are counted before.
    before: usize,
}

fn parts(tally: Tally) -> Vec<Part> {
    let mut before = 0;
    [
        ("passed", tally.passed),
        ("failed", tally.failed),
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
    fn the_page_asks_nobody_else() {
        assert_is_closed(&[PAGE, FLOWS], SCRIPT);
    }
}
