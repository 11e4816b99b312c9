//! Flows from texts, calls of them, and what was counted.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::fs;
use std::sync::Arc;

use flowsim::analysis::coverage::{Coverage, Kind, NodeReport, PartReport, Report};
use flowsim::engine::{Call, Session, play};
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::Files;
use flowsim::trace::Trace;
use flowsim::world::{FixtureHost, Fixtures, Input};

/// Flows that were loaded together.
pub(crate) struct Stage {
    pub(crate) program: Arc<Program>,
    pub(crate) files: Files,
}

impl Stage {
    /// Loads flows; a text a file.
    pub(crate) fn new(flows: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut files = Files::new();
        let paths: Vec<_> = flows
            .iter()
            .zip(1..)
            .map(|(flow, number)| {
                let path = folder.path().join(format!("flow{number}.yaml"));
                fs::write(&path, flow).unwrap();
                path
            })
            .collect();
        let loaded = load(&paths, &[], &mut files);
        assert_eq!(loaded.diagnostics, []);
        let program = Program::compile_all(&loaded.flows, &loaded.architect);
        Self { program: Arc::new(program), files }
    }

    /// Calls a flow; the caller does this.
    pub(crate) fn call(&self, flow: &str, inputs: &[&str]) -> Trace {
        let inputs: Vec<Input> =
            inputs.iter().map(|input| Input::parse(input).unwrap()).collect();
        let call = Call::new(self.program.flow(flow).unwrap());
        let mut session = Session::start(Arc::clone(&self.program), &call);
        let fixtures = Fixtures::default();
        play(&mut session, &call, &mut FixtureHost::new(&fixtures, &inputs))
    }

    /// What these calls came to.
    pub(crate) fn count(&self, traces: &[&Trace]) -> Report {
        let mut coverage = Coverage::new(&self.program);
        traces.iter().for_each(|trace| coverage.add(trace));
        self.report(&coverage)
    }

    /// The report, with the names of files but not their folder.
    pub(crate) fn report(&self, coverage: &Coverage) -> Report {
        let mut report = Report::of(coverage, &self.files);
        for flow in &mut report.flows {
            flow.file = flow.file.rsplit('/').next().unwrap_or_default().into();
        }
        report
    }
}

/// `nodes 7/9, paths 6/12, …`, kinds of which there are none left out.
pub(crate) fn shares(report: &Report) -> String {
    let kinds = Kind::ALL.into_iter().zip(report.shares());
    let shares = kinds.filter(|(_, share)| share.total > 0).map(|(kind, share)| {
        format!("{} {}/{}", kind.name(), share.covered, share.total)
    });
    shares.collect::<Vec<_>>().join(", ")
}

pub(crate) fn node<'r>(report: &'r Report, flow: &str, node: &str) -> &'r NodeReport {
    let flow = report.flows.iter().find(|it| it.name == flow).unwrap();
    flow.nodes.iter().find(|it| it.id == node).unwrap()
}

/// How often a call came to a part of a node.
pub(crate) fn count(report: &Report, flow: &str, of: &str, name: &str) -> u64 {
    let is_it = |part: &&PartReport| part.name == name;
    node(report, flow, of).parts.iter().find(is_it).unwrap().count
}
