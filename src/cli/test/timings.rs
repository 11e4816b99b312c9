//! `flowsim test --timings`: time spent per phase, slowest tests and most executed nodes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use crate::cli::output;
use crate::diagnostic::visible;
use crate::program::Program;
use crate::report::duration;
use crate::runner::{CaseId, CaseResult, Library};

/// Maximum number of tests and nodes that are listed.
const MOST: usize = 10;

/// Measurements and counts of a run.
#[derive(Debug, Default)]
pub(super) struct Timings {
    /// Duration of the run.
    pub(super) running: Duration,
    /// Time spent on reports.
    pub(super) reporting: Duration,
    /// Sum of the durations of the tests; parallel tests each count in full.
    work: Duration,
    tests: usize,
    /// Slowest tests, longest first once sorted.
    slowest: Vec<(Duration, CaseId)>,
    calls: u64,
    actions: u64,
    longest: Option<(u32, CaseId)>,
    /// Executions of each node.
    counts: Vec<(Arc<Program>, Vec<u64>)>,
}

impl Timings {
    pub(super) fn add(&mut self, result: &CaseResult) {
        self.tests += 1;
        self.work += result.took;
        self.slowest.push((result.took, result.id.clone()));
        // The sort is stable: among equally slow tests, the first stays first.
        if self.slowest.len() > 100 * MOST {
            self.shorten();
        }
        let (Some(trace), Some(program)) = (&result.trace, &result.program) else {
            return;
        };
        self.calls += 1;
        self.actions += u64::from(trace.actions);
        if self.longest.as_ref().is_none_or(|(most, _)| trace.actions > *most) {
            self.longest = Some((trace.actions, result.id.clone()));
        }
        let known = self.counts.iter().position(|(it, _)| Arc::ptr_eq(it, program));
        let index = known.unwrap_or_else(|| {
            self.counts.push((Arc::clone(program), vec![0; program.steps.len()]));
            self.counts.len() - 1
        });
        let Some((_, counts)) = self.counts.get_mut(index) else { return };
        for step in &trace.steps {
            if let Some(count) = counts.get_mut(step.node.index()) {
                *count += 1;
            }
        }
    }

    fn shorten(&mut self) {
        self.slowest.sort_by_key(|(took, _)| std::cmp::Reverse(*took));
        self.slowest.truncate(MOST);
    }

    /// Writes the timings to standard error.
    pub(super) fn show(mut self, library: &Library) {
        self.shorten();
        let mut text = self.phases(library);
        if self.tests == 0 {
            return output::aside(&text);
        }
        text.push_str("\nSlowest tests\n");
        for (took, id) in &self.slowest {
            line(&mut text, &duration(*took), &named(id));
        }
        let executed = self.most_executed();
        if !executed.is_empty() {
            text.push_str("\nMost executed nodes\n");
        }
        for (name, count) in executed {
            line(&mut text, &count.to_string(), &name);
        }
        if let Some((most, id)) = &self.longest {
            text.push_str("\nActions per call\n");
            let tenths = self.actions * 10 / self.calls.max(1);
            let mean = format!("{}.{}", tenths / 10, tenths % 10);
            line(&mut text, &mean, "on average");
            line(&mut text, &most.to_string(), &format!("at most, in {}", named(id)));
        }
        output::aside(&text);
    }

    fn phases(&self, library: &Library) -> String {
        let tests = if self.tests == 1 { "test" } else { "tests" };
        let playing = format!("playing {} {tests}", self.tests);
        let phases = [
            (library.loading, "loading scenario files, flows and fixtures"),
            (library.compiling, "compiling flows"),
            (self.work, &*playing),
            (self.reporting, "reporting"),
            (self.running, "total elapsed; the times above add up parallel work"),
        ];
        let mut text = String::from("\nTimings\n");
        for (time, of) in phases {
            line(&mut text, &duration(time), of);
        }
        text
    }

    /// Returns the most executed nodes with their names and counts. Scenario files may
    /// each load the same flow.
    fn most_executed(&self) -> Vec<(String, u64)> {
        let mut executed: BTreeMap<String, u64> = BTreeMap::new();
        for (program, counts) in &self.counts {
            let nodes = program.symbols.nodes.iter().zip(&program.steps).zip(counts);
            for ((label, step), count) in nodes.filter(|(_, count)| **count > 0) {
                if step.is_beginning() {
                    continue;
                }
                let flow = &program.symbols.flow(label.flow).name;
                let name = format!("{flow} / {}  {}", label.id, label.node_type);
                *executed.entry(visible::one_line(&name).to_string()).or_default() +=
                    count;
            }
        }
        let mut executed: Vec<_> = executed.into_iter().collect();
        executed.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        executed.truncate(MOST);
        executed
    }
}

fn line(text: &mut String, amount: &str, of: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{amount:>11}  {of}");
}

fn named(id: &CaseId) -> String {
    let text = format!("{}:{} {}", id.file.display(), id.line, id.title);
    visible::one_line(&text).to_string()
}
