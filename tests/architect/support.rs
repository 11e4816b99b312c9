//! Flows run from texts.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flowsim::engine::{Call, Session, play};
use flowsim::flow::FlowId;
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::{Files, read_yaml};
use flowsim::trace::{Fact, Field, PathTaken, Trace};
use flowsim::value::Json;
use flowsim::world::{FixtureHost, Fixtures, Host, Input};

/// What came of a call.
pub(crate) struct Run {
    pub(crate) trace: Trace,
    pub(crate) program: Arc<Program>,
}

/// Calls the first flow of these texts.
pub(crate) fn run(flow: &str, fixtures: &str, inputs: &[Input]) -> Run {
    run_call(flow, fixtures, inputs, |call| call)
}

/// Calls the first flow of a text, and changes the call before.
pub(crate) fn run_call(
    flow: &str,
    fixtures: &str,
    inputs: &[Input],
    change: impl FnOnce(Call) -> Call,
) -> Run {
    let fixtures = Arc::new(read_fixtures(fixtures));
    let mut host = FixtureHost::new(&fixtures, inputs);
    let call = |entry| change(Call::new(entry).in_organisation(Arc::clone(&fixtures)));
    run_with(flow, call, &mut host)
}

/// Calls the first flow of a text; this host answers.
pub(crate) fn run_with(
    flow: &str,
    call: impl FnOnce(FlowId) -> Call,
    host: &mut impl Host,
) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flow.yaml");
    fs::write(&path, flow).unwrap();
    let mut files = Files::new();
    let loaded = load(&[path], &[], &mut files);
    assert_eq!(loaded.diagnostics, [], "{flow}");
    let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
    let entry = *program.entry_flows().first().unwrap();
    let call = call(entry);
    let mut session = Session::start(Arc::clone(&program), &call);
    let trace = play(&mut session, &call, host);
    Run { trace, program }
}

fn read_fixtures(text: &str) -> Fixtures {
    let file = Files::new().add("fixtures.yaml", text);
    let document = read_yaml(&file).unwrap();
    let (fixtures, diagnostics) = Fixtures::read(&document, Path::new(""));
    assert_eq!(diagnostics, [], "{text}");
    fixtures
}

impl Run {
    /// Everything that the caller heard.
    pub(crate) fn said(&self) -> Vec<&str> {
        self.trace.prompts(&self.program.legend).map(|text| text.as_str()).collect()
    }

    /// What a variable of the flow holds at the end, as JSON.
    pub(crate) fn variable(&self, name: &str) -> String {
        let value = self.trace.variable(&self.program.legend, name);
        value.map_or(Json::Null, |value| value.to_json()).to_string()
    }

    /// Codes of everything that was noted or failed.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let facts = self.trace.events.iter().map(|event| &event.fact);
        facts
            .filter_map(|fact| match fact {
                Fact::Noted(code) => Some(code.name()),
                Fact::Failed(failure) => Some(failure.code.name()),
                _ => None,
            })
            .collect()
    }

    /// The output that the node of this id took.
    pub(crate) fn output(&self, node: &str) -> &str {
        let legend = &self.program.legend;
        let step = self.trace.steps.iter().find(|step| legend.node(step.node).id == node);
        match step.map(|step| (legend.node(step.node), step.path)) {
            Some((label, PathTaken::Output(index))) => &label.outputs[index as usize],
            Some((_, PathTaken::Next)) => "next",
            Some((_, PathTaken::Error)) => "error",
            _ => "none",
        }
    }

    /// What was given and gave under this field, by name where it has one.
    pub(crate) fn facts(&self, field: Field) -> Vec<String> {
        let facts = self.trace.events.iter().map(|event| &event.fact);
        facts
            .filter_map(|fact| match fact {
                Fact::Input(known, value) | Fact::Output(known, value) => {
                    (*known == field).then(|| value.to_json().to_string())
                }
                Fact::Entry(entry) if entry.of == field => {
                    Some(format!("{}={}", entry.name, entry.value.to_json()))
                }
                _ => None,
            })
            .collect()
    }
}
