//! Flows and fixtures in YAML, calls made in a line, and what came of them as plain text.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flowsim::engine::{Call, Session, play};
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::{Files, read_yaml};
use flowsim::trace::{Fact, PathTaken, TextStyle, Trace, render_text};
use flowsim::value::Value;
use flowsim::world::{FixtureHost, Fixtures, Input};

/// A call that is over.
pub(crate) struct Run {
    pub(crate) program: Arc<Program>,
    pub(crate) trace: Trace,
}

/// Calls the first flow of a document, with fixtures and what the caller does.
pub(crate) fn run(flows: &str, fixtures: &str, inputs: &[&str]) -> Run {
    run_with(flows, fixtures, inputs, |call| call)
}

/// The same, with a call of one's own.
pub(crate) fn run_with(
    flows: &str,
    fixtures: &str,
    inputs: &[&str],
    prepare: impl FnOnce(Call) -> Call,
) -> Run {
    let program = compile(flows);
    let fixtures = read_fixtures(fixtures);
    let flow = program.flow(&program.legend.flows[0].id).expect("the flow is loaded");
    let call = prepare(Call::new(flow).in_organisation(Arc::new(fixtures.clone())));
    let inputs = inputs.iter().map(|text| Input::parse(text).expect("an input"));
    let inputs: Vec<Input> = inputs.collect();
    let mut session = Session::start(Arc::clone(&program), &call);
    let mut host = FixtureHost::new(&fixtures, &inputs);
    let trace = play(&mut session, &call, &mut host);
    Run { program, trace }
}

/// Compiles a document of flows, which has nothing wrong in it.
pub(crate) fn compile(flows: &str) -> Arc<Program> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("flow.yaml");
    fs::write(&path, flows).expect("the flow is written");
    let loaded = load(&[path], &[], &mut Files::new());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    Arc::new(Program::compile_all(&loaded.flows, &loaded.architect))
}

fn read_fixtures(text: &str) -> Fixtures {
    if text.is_empty() {
        return Fixtures::default();
    }
    let mut files = Files::new();
    let file = files.add("fixtures.yaml", text);
    let document = read_yaml(&file).expect("the fixtures are YAML");
    let (fixtures, diagnostics) = Fixtures::read(&document, Path::new(""));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    fixtures
}

impl Run {
    /// The ids of the steps, in order.
    pub(crate) fn path(&self) -> Vec<&str> {
        self.trace.path(&self.program.legend).map(|id| &**id).collect()
    }

    /// What the caller heard.
    pub(crate) fn said(&self) -> Vec<&str> {
        self.trace.prompts(&self.program.legend).map(|text| &**text).collect()
    }

    /// What a variable was set to last, as it is printed; empty if it never was.
    pub(crate) fn last(&self, name: &str) -> String {
        let value = self.trace.events.iter().rev().find_map(|event| match &event.fact {
            Fact::Assigned(id, value) if self.program.legend.variable(*id) == name => {
                Some(value)
            }
            _ => None,
        });
        value.map(|value| value.to_json().to_string()).unwrap_or_default()
    }

    /// The output that a step took, by the id of the step.
    pub(crate) fn output(&self, id: &str) -> Option<&str> {
        let legend = &self.program.legend;
        let step = self.trace.steps.iter().find(|it| legend.node(it.node).id == id)?;
        match step.path {
            PathTaken::Output(index) => {
                legend.node(step.node).outputs.get(usize::from(index)).map(|it| &**it)
            }
            _ => None,
        }
    }

    /// The values that actions gave under a name.
    pub(crate) fn gave(&self, name: &str) -> Vec<String> {
        let text = |value: &Value| match value {
            Value::String(text) => text.to_string(),
            other => other.to_json().to_string(),
        };
        let events = self.trace.events.iter();
        let given = events.filter_map(|event| match &event.fact {
            Fact::Output(field, value) if field.name() == name => Some(text(value)),
            Fact::Entry(entry) if entry.of.name() == name => Some(text(&entry.value)),
            _ => None,
        });
        given.collect()
    }

    /// The whole trace as people read it.
    pub(crate) fn text(&self) -> String {
        render_text(&self.trace, &self.program.legend, TextStyle::default())
    }
}
