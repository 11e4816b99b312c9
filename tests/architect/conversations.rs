//! Flows in YAML, calls in a line, and what came of them as plain text.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flowsim::diagnostic::Diagnostic;
use flowsim::engine::{Call, Session, play};
use flowsim::flow::Legend;
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::{Files, read_yaml};
use flowsim::trace::{Fact, PathTaken, Status, TextStyle, Trace, render_text};
use flowsim::value::Value;
use flowsim::world::{FixtureHost, Fixtures, Input};

/// A call that is over.
pub(crate) struct Run {
    pub(crate) trace: Trace,
    pub(crate) legend: Legend,
}

/// The flows of a document.
pub(crate) fn program(yaml: &str) -> Arc<Program> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flow.yaml");
    fs::write(&path, yaml).unwrap();
    let loaded = load(&[path], &[], &mut Files::new());
    let problems: Vec<_> =
        loaded.diagnostics.iter().map(|problem| problem.message.clone()).collect();
    assert_eq!(problems, Vec::<String>::new(), "the flow can be read");
    Arc::new(Program::compile_all(&loaded.flows, &loaded.architect))
}

/// Fixtures, and what is wrong with them.
pub(crate) fn fixtures(yaml: &str) -> (Fixtures, Vec<Diagnostic>) {
    if yaml.is_empty() {
        return (Fixtures::default(), Vec::new());
    }
    let file = Files::new().add("fixtures.yaml", yaml);
    Fixtures::read(&read_yaml(&file).unwrap(), Path::new(""))
}

/// Calls the first flow of a document.
pub(crate) fn run(yaml: &str, fixtures_yaml: &str, inputs: &[&str]) -> Run {
    run_with(yaml, fixtures_yaml, inputs, |call, _| call)
}

/// The same with a call of one's own.
pub(crate) fn run_with(
    yaml: &str,
    fixtures_yaml: &str,
    inputs: &[&str],
    prepare: impl FnOnce(Call, &Program) -> Call,
) -> Run {
    let program = program(yaml);
    let (fixtures, problems) = fixtures(fixtures_yaml);
    assert!(problems.is_empty(), "{problems:?}");
    let name = program.legend.flows[0].name.clone();
    let call = Call::new(program.flow(&name).unwrap());
    let call = prepare(call.in_organisation(Arc::new(fixtures.clone())), &program);
    let inputs: Vec<Input> =
        inputs.iter().map(|input| Input::parse(input).unwrap()).collect();
    let mut session = Session::start(Arc::clone(&program), &call);
    let trace = play(&mut session, &call, &mut FixtureHost::new(&fixtures, &inputs));
    Run { trace, legend: program.legend.clone() }
}

impl Run {
    /// What the participant heard or read.
    pub(crate) fn said(&self) -> Vec<&str> {
        self.trace.prompts(&self.legend).map(|text| text.as_str()).collect()
    }

    /// The names of the executed nodes.
    pub(crate) fn path(&self) -> Vec<&str> {
        self.trace.path(&self.legend).map(|id| id.as_str()).collect()
    }

    /// A variable of the flow at the end, as it prints.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.trace.variable(&self.legend, name).map(Value::to_string)
    }

    /// The output that the node of a name took last.
    pub(crate) fn output(&self, node: &str) -> Option<&str> {
        let is_it = |step: &&flowsim::trace::Step| self.legend.node(step.node).id == node;
        let step = self.trace.steps.iter().rev().find(is_it)?;
        match step.path {
            PathTaken::Output(index) => {
                let outputs = &self.legend.node(step.node).outputs;
                Some(outputs.get(usize::from(index)).map_or("", |name| name.as_str()))
            }
            _ => None,
        }
    }

    /// The named values of the actions: `field name = value`.
    pub(crate) fn entries(&self) -> Vec<String> {
        let entries = self.trace.events.iter().filter_map(|event| match &event.fact {
            Fact::Entry(entry) => Some(format!(
                "{}{} {} = {}",
                if entry.of.is_output() { "< " } else { "> " },
                entry.of.name(),
                entry.name,
                entry.value
            )),
            _ => None,
        });
        entries.collect()
    }

    /// The codes that were noted.
    pub(crate) fn notes(&self) -> Vec<&'static str> {
        let notes = self.trace.events.iter().filter_map(|event| match event.fact {
            Fact::Noted(code) => Some(code.name()),
            _ => None,
        });
        notes.collect()
    }

    /// How the call ended, with the code of its failure.
    pub(crate) fn end(&self) -> String {
        match &self.trace.failure {
            Some(failure) => {
                format!("{} {}", self.trace.status.name(), failure.code.name())
            }
            None => self.trace.status.name().to_owned(),
        }
    }

    pub(crate) fn is_completed(&self) -> bool {
        self.trace.status == Status::Completed
    }

    /// The trace as people read it.
    pub(crate) fn text(&self) -> String {
        render_text(&self.trace, &self.legend, TextStyle { color: false, width: None })
    }
}
