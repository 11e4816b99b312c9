//! Flows and fixtures in YAML, calls in one line, and their results as plain text.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flowsim::diagnostic::Diagnostic;
use flowsim::engine::{Call, Limits, Session, play};
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::{Files, read_yaml};
use flowsim::trace::{
    EventKind, Field, JsonWriter, PathTaken, Phrase, TextStyle, Trace, conversation,
    render_text,
};
use flowsim::value::{Json, Value};
use flowsim::world::{FixtureHost, Fixtures, Host, Input};

/// Flows and their environment. The first flow is called.
pub(crate) struct Stage {
    flows: Vec<String>,
    world: String,
    context: Vec<(String, Value)>,
    variables: Vec<(String, Value)>,
    inputs: Vec<Input>,
    limits: Limits,
    is_strict: bool,
    stops_at_queue: bool,
}

/// A finished call.
pub(crate) struct Run {
    pub(crate) program: Arc<Program>,
    pub(crate) trace: Trace,
}

/// Calls a flow.
pub(crate) fn run(flow: &str, world: &str, inputs: &[&str]) -> Run {
    stage(flow).world(world).inputs(inputs).run()
}

/// Prepares the call of a flow.
pub(crate) fn stage(flow: impl Into<String>) -> Stage {
    Stage {
        flows: vec![flow.into()],
        world: String::new(),
        context: Vec::new(),
        variables: Vec::new(),
        inputs: Vec::new(),
        limits: Limits::default(),
        is_strict: false,
        stops_at_queue: false,
    }
}

/// Compiles a flow that must have no findings.
pub(crate) fn compile(flow: &str) -> Arc<Program> {
    stage(flow).compile()
}

/// Reads fixtures, and returns their findings too.
pub(crate) fn fixtures(yaml: &str) -> (Fixtures, Vec<Diagnostic>) {
    if yaml.is_empty() {
        return (Fixtures::default(), Vec::new());
    }
    let file = Files::new().add("fixtures.yaml", yaml);
    Fixtures::read(&read_yaml(&file).unwrap(), Path::new(""))
}

/// Builds a call flow with one task. Each of `variables` is a type and a name, with
/// optional settings: `string x`, `integer n, initialValue: {lit: 1}`.
pub(crate) fn call_flow(variables: &[&str], actions: &str) -> String {
    let variables = variables.iter().map(|variable| {
        let (kind, name) = variable.split_once(' ').unwrap();
        format!("    - {kind}Variable: {{name: Flow.{name}}}\n")
    });
    format!(
        "inboundCall:
  name: F
  defaultLanguage: en-us
  startUpRef: /inboundCall/tasks/task[Main_1]
  variables:
{}  tasks:
    - task:
        name: Main
        refId: Main_1
        actions:
{}",
        variables.collect::<String>(),
        indented(actions, 10)
    )
}

/// Builds an export with one task of these actions, which follow each other in order.
/// `keys` are further keys of the flow.
pub(crate) fn export(keys: &str, actions: &[&str]) -> String {
    let actions: Vec<String> = actions
        .iter()
        .enumerate()
        .map(|(index, action)| {
            let next = match index + 1 == actions.len() {
                true => String::new(),
                false => format!("\"nextAction\":\"a{}\",", index + 1),
            };
            format!("{{\"id\":\"a{index}\",{next}{action}}}")
        })
        .collect();
    format!(
        "{{\"name\":\"F\",\"type\":\"inboundcall\",\"defaultLanguage\":\"en-US\",{keys}
\"initialSequence\":\"t\",\"flowSequenceItemList\":[{{\"id\":\"t\",\"name\":\"Main\",
\"__type\":\"Task\",\"startAction\":\"a0\",\"paths\":[],\"actionList\":[{}]}}]}}",
        actions.join(",")
    )
}

/// Builds an expression of an export that is entered as text, without a tree.
pub(crate) fn exported(text: &str, code: &str) -> String {
    format!(
        "{{\"text\":{},\"type\":\"{code}\",\"uiMetaData\":{{\"mode\":0}}}}",
        serde_json::to_string(text).unwrap()
    )
}

/// Indents every line of a string.
pub(crate) fn indented(text: &str, width: usize) -> String {
    text.lines().map(|line| format!("{:width$}{line}\n", "")).collect()
}

impl Stage {
    /// Adds another flow.
    pub(crate) fn and(mut self, flow: impl Into<String>) -> Self {
        self.flows.push(flow.into());
        self
    }

    /// Adds fixtures in YAML. Several documents accumulate.
    pub(crate) fn world(mut self, yaml: &str) -> Self {
        self.world += yaml;
        self.world += if yaml.is_empty() { "" } else { "\n" };
        self
    }

    /// Sets context fields of the call.
    pub(crate) fn context<V: Into<Value> + Clone>(mut self, known: &[(&str, V)]) -> Self {
        let known =
            known.iter().map(|(name, value)| ((*name).into(), value.clone().into()));
        self.context.extend(known);
        self
    }

    /// Sets the caller's inputs.
    pub(crate) fn variables(mut self, given: &[(&str, &str)]) -> Self {
        let given = given.iter().map(|(name, json)| {
            ((*name).to_owned(), Value::from(Json::parse(json).unwrap()))
        });
        self.variables = given.collect();
        self
    }

    pub(crate) fn inputs(mut self, inputs: &[&str]) -> Self {
        self.inputs = inputs.iter().map(|input| Input::parse(input).unwrap()).collect();
        self
    }

    pub(crate) fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    pub(crate) fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    pub(crate) fn stop_at_queue(mut self) -> Self {
        self.stops_at_queue = true;
        self
    }

    pub(crate) fn run(&self) -> Run {
        let fixtures = self.fixtures();
        self.answered_by(&mut FixtureHost::new(&fixtures, &self.inputs))
    }

    /// Calls the first flow with this host.
    pub(crate) fn answered_by(&self, host: &mut impl Host) -> Run {
        let program = self.compile();
        let flow = program.flow(&program.symbols.flows[0].id).unwrap();
        let mut call = Call::new(flow)
            .in_organisation(Arc::new(self.fixtures()))
            .strict(self.is_strict)
            .stop_at_queue(self.stops_at_queue)
            .takes_messages(true)
            .limits(self.limits);
        for (name, value) in &self.context {
            call = call.context(&program, name, value.clone());
        }
        for (name, value) in &self.variables {
            call = call.variable(&program, name, value.clone());
        }
        let mut session = Session::start(Arc::clone(&program), &call);
        let trace = play(&mut session, &call, host);
        Run { program, trace }
    }

    fn fixtures(&self) -> Fixtures {
        let (fixtures, problems) = fixtures(&self.world);
        assert_eq!(problems, [], "{}", self.world);
        fixtures
    }

    fn compile(&self) -> Arc<Program> {
        let folder = tempfile::tempdir().unwrap();
        for (index, flow) in self.flows.iter().enumerate() {
            let extension = if flow.starts_with('{') { "json" } else { "yaml" };
            fs::write(folder.path().join(format!("{index}.{extension}")), flow).unwrap();
        }
        let loaded = load(&[folder.path().to_owned()], &[], &mut Files::new());
        assert_eq!(loaded.diagnostics, [], "{:?}", self.flows);
        Arc::new(Program::compile_all(&loaded.flows, &loaded.architect))
    }
}

impl Run {
    /// Returns the prompts that the caller heard or read.
    pub(crate) fn prompts(&self) -> Vec<&str> {
        self.trace.prompts(&self.program.symbols).map(|text| &**text).collect()
    }

    /// Returns the ids of the executed nodes.
    pub(crate) fn path(&self) -> Vec<&str> {
        self.trace.path(&self.program.symbols).map(|id| &**id).collect()
    }

    /// Returns the status of the call, with the code of its failure.
    pub(crate) fn end(&self) -> String {
        let status = self.trace.status.name();
        let failure = self.trace.failure.as_ref();
        failure.map_or(status.into(), |failure| format!("{status} {}", failure.code))
    }

    /// Returns the final value of a variable as JSON; for a task's own variable, the last
    /// assigned value.
    pub(crate) fn variable(&self, name: &str) -> String {
        let symbols = &self.program.symbols;
        let last = || {
            self.facts().rev().find_map(|fact| match fact {
                EventKind::Assigned(id, value) if symbols.variable(*id) == name => {
                    Some(value)
                }
                _ => None,
            })
        };
        let value = self.trace.variable(symbols, name).or_else(last);
        value.map_or(Json::Null, Value::to_json).to_string()
    }

    /// Returns the output that a node took first: its name, `next`, `error` or `none`.
    pub(crate) fn output(&self, id: &str) -> &str {
        let symbols = &self.program.symbols;
        let step = self.trace.steps.iter().find(|step| symbols.node(step.node).id == id);
        let step = step.expect("the node ran");
        match step.path {
            PathTaken::Output(index) => {
                &symbols.node(step.node).outputs[usize::from(index)]
            }
            PathTaken::Next => "next",
            PathTaken::Error => "error",
            _ => "none",
        }
    }

    /// Returns the codes of all notes and failures.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let codes = self.facts().filter_map(|fact| match fact {
            EventKind::Noted(code) => Some(code.name()),
            EventKind::Failed(failure)
            | EventKind::Warned(failure)
            | EventKind::Unfilled(_, failure) => Some(failure.code.name()),
            _ => None,
        });
        codes.collect()
    }

    /// Returns the inputs and outputs of actions for this field: `value`, `name = value`.
    pub(crate) fn values(&self, field: Field) -> Vec<String> {
        let values = self.facts().filter_map(|fact| match fact {
            EventKind::Input(of, value) | EventKind::Output(of, value)
                if *of == field =>
            {
                Some(plain(value))
            }
            EventKind::Entry(entry) if entry.of == field => {
                Some(format!("{} = {}", entry.name, plain(&entry.value)))
            }
            _ => None,
        });
        values.collect()
    }

    /// Returns the named values of actions: `> inputs name = value`, `< outputs name =
    /// value`.
    pub(crate) fn entries(&self) -> Vec<String> {
        let entries = self.facts().filter_map(|fact| match fact {
            EventKind::Entry(entry) => {
                let way = if entry.of.is_output() { "<" } else { ">" };
                let (of, name) = (entry.of.name(), &entry.name);
                Some(format!("{way} {of} {name} = {}", entry.value))
            }
            _ => None,
        });
        entries.collect()
    }

    /// Returns the time in milliseconds after which an agent answered.
    pub(crate) fn connected(&self) -> Option<i64> {
        self.facts().find_map(|fact| match fact {
            EventKind::Connected(connection) => Some(connection.waited_ms),
            _ => None,
        })
    }

    /// Returns the agent who answered.
    pub(crate) fn agent(&self) -> Option<&str> {
        self.trace.connection()?.agent.as_deref()
    }

    /// Returns the routing of the conversation: queue, id, skills, priority.
    pub(crate) fn routing(&self) -> Option<String> {
        let routing = self.trace.routing()?;
        let text = |phrase: &Option<Phrase>| {
            let phrase = phrase.as_ref();
            phrase.map_or("-".into(), |it| it.text(&self.program.symbols).to_string())
        };
        let (name, id) = (text(&routing.queue_name), text(&routing.queue_id));
        let skills = routing.skills.join("+");
        Some(format!("{name} {id} [{skills}] {:?}", routing.priority))
    }

    /// Returns the target of the transfer: kind, name, id.
    pub(crate) fn transfer(&self) -> Option<String> {
        let transfer = self.trace.transfer()?;
        let id = transfer.id.as_deref().unwrap_or("-");
        Some(format!("{} {} {id}", transfer.kind.name(), transfer.name))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        let mut out = String::new();
        JsonWriter::new(&self.program.symbols).write(&self.trace, &mut out);
        serde_json::from_str(&out).unwrap()
    }

    /// Returns the turns of the conversation, one line each.
    pub(crate) fn conversation(&self) -> String {
        let turns = conversation(&self.trace, &self.program.symbols, 40);
        let lines = turns.iter().map(|turn| {
            let time = turn.time_ms.map_or_else(|| "-".into(), |time| time.to_string());
            format!("{time:>6} {:?}: {}\n", turn.kind, turn.text)
        });
        lines.collect()
    }

    pub(crate) fn text(&self) -> String {
        render_text(&self.trace, &self.program.symbols, TextStyle::default())
    }

    fn facts(&self) -> impl DoubleEndedIterator<Item = &EventKind> {
        self.trace.events.iter().map(|event| &event.kind)
    }
}

/// Writes a string as it is, and any other value as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => other.to_json().to_string(),
    }
}
