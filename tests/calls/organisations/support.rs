//! Organisations in the folder `fixtures`, calls of their flows, and the results as plain
//! text.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use flowsim::engine::{Call, Session, play};
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::{Files, read_yaml};
use flowsim::trace::{Entry, EventKind, Field, PathTaken, TextStyle, Trace, render_text};
use flowsim::value::{DateTime, Value};
use flowsim::world::{FixtureHost, Fixtures, Input};

/// A prepared call.
pub(crate) struct Caller {
    program: Arc<Program>,
    fixtures: Fixtures,
    call: Call,
    inputs: Vec<Input>,
}

/// A finished call.
pub(crate) struct Run {
    program: Arc<Program>,
    pub(crate) trace: Trace,
}

/// Prepares a call of a flow of an organisation.
pub(crate) fn call(organisation: &str, flow: &str) -> Caller {
    let folder: PathBuf =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(organisation);
    let mut files = Files::new();
    let loaded = load(&[folder.join("flows")], &[], &mut files);
    assert_eq!(loaded.diagnostics, [], "the flows can be read");
    let (fixtures, problems) = Fixtures::load(&[folder], &mut files);
    assert_eq!(problems, [], "the fixtures can be read");
    let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
    let call = Call::new(program.flow(flow).expect("the flow is there")).strict(true);
    Caller { program, fixtures, call, inputs: Vec::new() }
}

impl Caller {
    /// Sets the start time of the call.
    pub(crate) fn at(self, time: &str) -> Self {
        let time = DateTime::parse(time).expect("a time");
        Self { call: self.call.at(time), ..self }
    }

    /// Sets a context field.
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        let call = self.call.context(&self.program, name, Value::from(value));
        Self { call, ..self }
    }

    /// Merges fixtures over those of the organisation.
    pub(crate) fn but(self, fixtures: &str) -> Self {
        let file = Files::new().add("changes.yaml", fixtures);
        let document = read_yaml(&file).expect("the changes are YAML");
        let (fixtures, problems) = self.fixtures.merged(&document, Path::new(""));
        assert_eq!(problems, [], "the changes can be read");
        Self { fixtures, ..self }
    }

    /// Sets the caller's inputs.
    pub(crate) fn does(self, inputs: &[&str]) -> Self {
        let inputs = inputs.iter().map(|text| Input::parse(text).expect("an input"));
        Self { inputs: inputs.collect(), ..self }
    }

    pub(crate) fn run(self) -> Run {
        let call = self.call.in_organisation(Arc::new(self.fixtures.clone()));
        let mut session = Session::start(Arc::clone(&self.program), &call);
        let mut host = FixtureHost::new(&self.fixtures, &self.inputs);
        let trace = play(&mut session, &call, &mut host);
        Run { program: self.program, trace }
    }
}

impl Run {
    /// Returns the status of the call, with the code of its failure.
    pub(crate) fn end(&self) -> String {
        let status = self.trace.status.name();
        let failure = self.trace.failure.as_ref();
        failure.map_or(status.into(), |failure| format!("{status} {}", failure.code))
    }

    /// Returns the id of the last node.
    pub(crate) fn last(&self) -> &str {
        self.trace.path(&self.program.symbols).last().map_or("", |id| id)
    }

    /// Returns the prompts that the caller heard.
    pub(crate) fn prompts(&self) -> Vec<&str> {
        self.trace.prompts(&self.program.symbols).map(|text| &**text).collect()
    }

    /// Returns the final value of a variable of the flow, as printed.
    pub(crate) fn variable(&self, name: &str) -> String {
        let value = self.trace.variable(&self.program.symbols, name);
        value.map_or("NOT_SET".into(), Value::to_string)
    }

    /// Returns the queue that took the call, the required skills, and the priority.
    pub(crate) fn routing(&self) -> Option<String> {
        let routing = self.trace.routing()?;
        let queue = routing.queue_name.as_ref()?.text(&self.program.symbols);
        let priority = routing.priority.unwrap_or_default();
        Some(format!("{queue} [{}] {priority}", routing.skills.join(" ")))
    }

    /// Returns the agent who answered in the queue, and the milliseconds until then.
    pub(crate) fn answered(&self) -> Option<String> {
        let connection = self.trace.connection()?;
        let agent = connection.agent.as_deref().unwrap_or("an agent");
        Some(format!("{agent} after {}", connection.waited_ms))
    }

    /// Returns the kind and name of another transfer target.
    pub(crate) fn transfer(&self) -> Option<String> {
        let transfer = self.trace.transfer()?;
        Some(format!("{} {}", transfer.kind.name(), transfer.name))
    }

    /// Returns the output that a node took last.
    pub(crate) fn output(&self, id: &str) -> Option<&str> {
        let symbols = &self.program.symbols;
        let mut steps = self.trace.steps.iter().rev();
        let step = steps.find(|step| symbols.node(step.node).id == id)?;
        let PathTaken::Output(index) = step.path else { return None };
        symbols.node(step.node).outputs.get(usize::from(index)).map(|name| &**name)
    }

    /// Returns the attributes of the participant that were set, in order.
    pub(crate) fn attributes(&self) -> Vec<String> {
        let of = |entry: &Entry| format!("{}={}", entry.name, entry.value);
        let entries = self.trace.events.iter().filter_map(|event| match &event.kind {
            EventKind::Entry(entry) if entry.of == Field::Attributes => Some(of(entry)),
            _ => None,
        });
        entries.collect()
    }

    /// Returns the whole call as a readable trace.
    pub(crate) fn text(&self) -> String {
        let style = TextStyle { color: false, width: None };
        render_text(&self.trace, &self.program.symbols, style)
    }
}
